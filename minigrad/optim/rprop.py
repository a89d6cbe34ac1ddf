"""Rprop: each element has a step size of its own, and only the sign of its gradient counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..creation import full_like
from .optimizer import Optimizer, check_options, number


class Rprop(Optimizer):
    """p ← p − s·sign(g): s, at first `lr`, grows while the sign stays, and shrinks when it turns.

    It is multiplied by ``etas[1]`` or ``etas[0]`` and stays within `step_sizes`; where the sign
    turned, p rests for a step. Raises ValueError for an lr below 0 and for etas that are not on
    both sides of 1.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        shrink, grow = group["etas"]
        for param, grad, state in self.moving(group, "prev"):
            before = state["prev"]
            if "step_size" not in state:
                state["step_size"] = full_like(grad, number(group["lr"]))
            size = state["step_size"]
            sign = (grad * (before.clone() if group["differentiable"] else before)).sign()
            turned = sign < 0
            factor = sign.masked_fill(sign > 0, grow).masked_fill(sign == 0, 1)
            size.mul_(factor.masked_fill(turned, shrink)).clamp_(*group["step_sizes"])
            grad = grad.masked_fill(turned, 0)
            if group["differentiable"]:
                size = size.clone()  # the next step overwrites it
            param.addcmul_(grad.sign(), size, value=-1)
            before.copy_(grad)
