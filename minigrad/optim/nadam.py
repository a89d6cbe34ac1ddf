"""NAdam: Adam that looks ahead, as Nesterov's momentum does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .optimizer import Optimizer, check_betas, check_options, number


class NAdam(Optimizer):
    """p ← p − lr·((1 − μₜ)/(1 − Πₜ)·g + μₜ₊₁/(1 − Πₜ₊₁)·m)/(√v̂ + eps), with Adam's means m and v̂.

    μₜ = β₁·(1 − ½·0.96^(t·momentum_decay)) grows with the steps, Πₜ is the product of all so far.
    `weight_decay` adds weight_decay·p to g, or if `decoupled_weight_decay`, takes
    lr·weight_decay·p from p. Raises ValueError for options below 0 and for betas outside [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps)
        check_betas(betas)
        check_options(weight_decay=weight_decay, momentum_decay=momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, group: dict[str, Any]) -> None:
        lr, (beta1, beta2), slow = number(group["lr"]), group["betas"], group["momentum_decay"]
        for param, grad, state in self.moving(group, "exp_avg", "exp_avg_sq", mu_product=1):
            step, mean, square = state["step"].item(), state["exp_avg"], state["exp_avg_sq"]
            mu, ahead = [beta1 * (1 - 0.5 * 0.96 ** (t * slow)) for t in (step, step + 1)]
            product = state["mu_product"].mul_(mu)
            product = product.clone() if group["differentiable"] else product.item()
            mean.lerp_(grad, 1 - beta1)
            square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
            if group["differentiable"]:
                mean = mean.clone()  # the next step overwrites it
            root = (square / (1 - beta2**step)).sqrt().add(group["eps"])
            param.sub_(grad * (lr * (1 - mu) / (1 - product)) / root)
            param.sub_(mean * (lr * ahead / (1 - product * ahead)) / root)
