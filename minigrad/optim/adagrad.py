"""Adagrad: each element's step is divided by the size that its gradient had in all steps so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..creation import full_like
from ..tensor import Tensor
from .optimizer import Optimizer, check_options, number, step_count


class Adagrad(Optimizer):
    """p ← p − lr/(1 + (t − 1)·lr_decay)·g/(√s + eps), where s is the sum of g² over all steps.

    The sum begins at `initial_accumulator_value`. `weight_decay` adds weight_decay·p to g. Raises
    ValueError for options below 0.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_options(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self._begin(param)

    def _begin(self, param: Tensor) -> None:
        start = self.defaults["initial_accumulator_value"]
        self.state[param] = {"step": step_count(), "sum": full_like(param, start)}

    def update(self, group: dict[str, Any]) -> None:
        lr, decay = number(group["lr"]), group["weight_decay"]
        for param in group["params"]:
            grad = param._grad
            if grad is None:
                continue
            if param not in self.state:
                self._begin(param)
            state = self.state[param]
            if group["maximize"]:
                grad = -grad
            if decay != 0:
                grad = grad.add(param, alpha=decay)

            step, total = state["step"].add_(1).item(), state["sum"].add_(grad * grad)
            slowed = lr / (1 + (step - 1) * group["lr_decay"])
            param.sub_(grad / (total.sqrt() + group["eps"]), alpha=slowed)
