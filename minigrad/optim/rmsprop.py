"""RMSprop: each element's step is divided by the size that its gradient had of late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..creation import zeros_like
from .optimizer import Optimizer, check_options, number, step_count


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
        momentum, decay = group["momentum"], group["weight_decay"]
        for param in group["params"]:
            grad = param._grad
            if grad is None:
                continue
            state = self.state[param]
            if not state:
                state["step"] = step_count()
                state["square_avg"] = zeros_like(param)
                if momentum > 0:
                    state["momentum_buffer"] = zeros_like(param)
                if group["centered"]:
                    state["grad_avg"] = zeros_like(param)
            if group["maximize"]:
                grad = -grad
            if decay != 0:
                grad = grad.add(param, alpha=decay)

            state["step"].add_(1)
            square = state["square_avg"].mul_(alpha).add_(grad * grad, alpha=1 - alpha)
            if group["centered"]:
                mean = state["grad_avg"]
                mean.add_(grad - mean, alpha=1 - alpha)
                square = square - mean * mean
            ratio = grad / (square.sqrt() + eps)
            if momentum > 0:
                ratio = state["momentum_buffer"].mul_(momentum).add_(ratio)
            param.sub_(ratio, alpha=lr)
