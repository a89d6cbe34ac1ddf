"""RMSprop: each element's step is divided by the size that its gradient had of late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_options, number


class RMSprop(Optimizer):
    """p ← p − lr·g/(√v + eps), where v ← alpha·v + (1 − alpha)·g² is a running mean.

    `centered` takes the variance: the square of a running mean of g is subtracted from v. With
    momentum, b ← momentum·b + g/(√v + eps) and p ← p − lr·b. `weight_decay` adds weight_decay·p
    to g. Raises ValueError for options below 0.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, alpha, eps = number(group["lr"]), group["alpha"], group["eps"]
        momentum = group["momentum"]
        names = [
            "square_avg",
            *["momentum_buffer"] * (momentum > 0),
            *["grad_avg"] * group["centered"],
        ]
        for param, grad, state in self.moving(group, *names):
            square = state["square_avg"].mul_(alpha).add_(grad * grad, alpha=1 - alpha)
            if group["centered"]:
                mean = state["grad_avg"]
                mean.add_(grad - mean, alpha=1 - alpha)
                square = square - mean * mean
            ratio = grad / (square.sqrt() + eps)
            if momentum > 0:
                ratio = state["momentum_buffer"].mul_(momentum).add_(ratio)
            param.sub_(ratio, alpha=lr)
