"""RAdam: Adam that does not yet divide by the gradient's size while too little is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_betas, check_options, number


class RAdam(Optimizer):
    """p ← p − lr·m̂·r/(√v̂ + eps), with Adam's means m̂ and v̂; p ← p − lr·m̂ in the first steps.

    v̂ is a mean of ρ gradients in effect, ever more of them; r ≤ 1 makes up for there being few,
    and needs ρ > 5. `weight_decay` adds weight_decay·p to the gradient, or if
    `decoupled_weight_decay`, takes lr·weight_decay·p from p. Raises ValueError for options below 0
    and for betas outside [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps)
        check_betas(betas)
        check_options(weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        most = 2 / (1 - beta2) - 1
        for param, grad, state in self.moving(group, "exp_avg", "exp_avg_sq"):
            step, mean, square = state["step"].item(), state["exp_avg"], state["exp_avg_sq"]
            mean.lerp_(grad, 1 - beta1)
            square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
            move = mean / (1 - beta1**step) * lr
            known = 1 - beta2**step
            count = most - 2 * step * beta2**step / known
            if count > 5:
                trust = (count - 4) * (count - 2) * most / ((most - 4) * (most - 2) * count)
                move = move * (known**0.5 / square.sqrt().add(group["eps"])) * trust**0.5
            param.sub_(move)
