"""Averaged stochastic gradient descent: beside the parameters, their average over the steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_options, number


class ASGD(Optimizer):
    """p ← (1 − lambd·η)·p − η·g, where η = lr/(1 + lambd·lr·t)^alpha falls with the steps t.

    From step `t0` on, the state ``"ax"`` is the average of p; before, it is p. `weight_decay` adds
    weight_decay·p to g. Raises ValueError for an lr or a weight_decay below 0.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_options(lr=lr, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, lambd = number(group["lr"]), group["lambd"]
        for param, grad, state in self.moving(group, "ax", eta=lr, mu=1):
            step, average, eta, mu = state["step"].item(), state["ax"], state["eta"], state["mu"]
            param.mul_(1 - lambd * eta.item()).add_(grad, alpha=-eta.item())
            if mu.item() == 1:
                average.copy_(param)
            else:
                average.add_((param - average) * mu)
            eta.fill_(lr / (1 + lambd * lr * step) ** group["alpha"])
            mu.fill_(1 / max(1, step - group["t0"]))
