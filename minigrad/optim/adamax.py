"""Adamax: each element's step is divided by the greatest size that its gradient had of late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_betas, check_options, number


class Adamax(Optimizer):
    """p ← p − lr·m̂/u, where m̂ is Adam's mean of the gradient g, and u ← max(β₂·u, |g| + eps).

    `weight_decay` adds weight_decay·p to g. Raises ValueError for options below 0 and for betas
    outside [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps)
        check_betas(betas)
        check_options(weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        for param, grad, state in self.moving(group, "exp_avg", "exp_inf"):
            mean, greatest = state["exp_avg"], state["exp_inf"]
            mean.lerp_(grad, 1 - beta1)
            greatest.copy_((greatest * beta2).maximum(grad.abs() + group["eps"]))
            if group["differentiable"]:
                mean, greatest = mean.clone(), greatest.clone()  # the next step overwrites both
            param.addcdiv_(mean, greatest, value=-lr / (1 - beta1 ** state["step"].item()))
