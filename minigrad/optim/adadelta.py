"""Adadelta: each element's step is as large as its last steps were, for gradients of that size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_options, number


class Adadelta(Optimizer):
    """p ← p − lr·Δ with Δ = g·√(d + eps)/√(v + eps).

    Both are running means of squares: v ← rho·v + (1 − rho)·g² and d ← rho·d + (1 − rho)·Δ².
    `weight_decay` adds weight_decay·p to g. Raises ValueError for options below 0, and for a rho
    above 1.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_options(eps=eps, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, rho, eps = number(group["lr"]), group["rho"], group["eps"]
        for param, grad, state in self.moving(group, "square_avg", "acc_delta"):
            square, moved = state["square_avg"], state["acc_delta"]
            square.mul_(rho).addcmul_(grad, grad, value=1 - rho)
            delta = (moved + eps).sqrt() / (square + eps).sqrt() * grad
            moved.mul_(rho).addcmul_(delta, delta, value=1 - rho)
            param.add_(delta, alpha=-lr)
