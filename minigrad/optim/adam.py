"""Adam: each element's step is divided by the size that its gradient had of late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..creation import zeros_like
from .optimizer import Optimizer, check_betas, check_options, number, step_count


class Adam(Optimizer):
    """p ← p − lr·m̂/(√v̂ + eps), with running means of the gradient g and of its square:

    m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g².  Both begin at 0, so that after t steps they are
    too small by 1 − βᵗ; m̂ and v̂ make up for that. `weight_decay` adds weight_decay·p to g, or if
    `decoupled_weight_decay`, takes lr·weight_decay·p from p. `amsgrad` takes the greatest v so far.
    Raises ValueError for options below 0 and for betas outside [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps)
        check_betas(betas)
        check_options(weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, decay, eps = number(group["lr"]), group["weight_decay"], group["eps"]
        beta1, beta2 = group["betas"]
        for param in group["params"]:
            grad = param._grad
            if grad is None:
                continue
            state = self.state[param]
            if not state:
                state["step"] = step_count()
                names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
                for name in names if group["amsgrad"] else names[:2]:
                    state[name] = zeros_like(param)
            if group["maximize"]:
                grad = -grad
            if decay != 0:
                if group["decoupled_weight_decay"]:
                    param.mul_(1 - lr * decay)
                else:
                    grad = grad.add(param, alpha=decay)

            step, mean, square = state["step"].add_(1).item(), state["exp_avg"], state["exp_avg_sq"]
            mean.add_(grad - mean, alpha=1 - beta1)
            square.mul_(beta2).add_(grad * grad, alpha=1 - beta2)
            if group["amsgrad"]:
                greatest = state["max_exp_avg_sq"]
                square = greatest.copy_(square.where(square > greatest, greatest))
            if group["differentiable"]:
                mean = mean.clone()  # the next step overwrites the mean, but not what is saved here
            root = square.sqrt() / (1 - beta2**step) ** 0.5
            param.sub_(mean / root.add_(eps), alpha=lr / (1 - beta1**step))
