"""Averages of a model's weights over its training: equal shares (SWA), or late ones most (EMA)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

from ..creation import tensor
from ..engine.grad_mode import no_grad
from ..nn.modules.batchnorm import _BatchNorm
from ..nn.modules.module import Module
from ..tensor import Tensor
from .lr_scheduler import LRScheduler
from .lr_scheduler.scheduler import for_groups
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]
MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The average that forgets: decay·average + (1 − decay)·new. Raises ValueError outside [0, 1].

    Takes the average, what is new, and how many were averaged before.
    """
    if not 0.0 <= decay <= 1.0:
        raise ValueError(
            f"Invalid decay value {decay} provided. Please provide a value in [0,1] range."
        )

    @no_grad()
    def ema_update(average: Tensor, new: Tensor, count: Any) -> Tensor:
        return decay * average + (1 - decay) * new

    return ema_update


def get_swa_avg_fn() -> Average:
    """The plain average: average + (new − average)/(count + 1).

    Takes the average, what is new, and how many were averaged before.
    """

    @no_grad()
    def swa_update(average: Tensor, new: Tensor, count: Any) -> Tensor:
        return average + (new - average) / (count + 1)

    return swa_update


def _of_several(average_of: Average) -> MultiAverage:
    def update(averages: Sequence[Tensor], new: Sequence[Tensor], count: Any) -> None:
        for average, value in zip(averages, new):
            average.copy_(average_of(average, value, count))

    return no_grad()(update)


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """As `get_ema_avg_fn`, but for several tensors, whose averages are written over."""
    return _of_several(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverage:
    """As `get_swa_avg_fn`, but for several tensors, whose averages are written over."""
    return _of_several(get_swa_avg_fn())


class AveragedModel(Module):
    """A copy of `model` whose parameters are averages: `update_parameters` takes the model's in.

    The average is the plain one, unless `avg_fn` or `multi_avg_fn` computes another. Buffers are
    copied, or with `use_buffers` averaged. Raises AssertionError if both functions are given.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the parameters of `model` into the averages; the first ones are copied."""
        parts: list[list[Tensor]] = [list(m.parameters()) for m in (self.module, model)]
        buffers = [list(m.buffers()) for m in (self.module, model)]
        if self.use_buffers:
            parts = [[*mine, *others] for mine, others in zip(parts, buffers)]
        averages, new = [[part.detach() for part in mine] for mine in parts]
        update = self.multi_avg_fn or _of_several(self.avg_fn or get_swa_avg_fn())
        if self.n_averaged == 0:
            update = _of_several(lambda average, new, count: new)
        update(averages, new, self.n_averaged)
        if not self.use_buffers:
            for average, value in zip(*buffers):
                average.copy_(value)
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Give the batch norms of `model` the statistics of the loader's batches, averaged.

    A batch is what the model takes, or a list or tuple that begins with it.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta, training = [norm.momentum for norm in norms], model.training
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.train(training)


class SWALR(LRScheduler):
    """From the learning rate that there is to `swa_lr` in `anneal_epochs`, and there it stays.

    Along a cosine, or with ``anneal_strategy="linear"`` straight. Raises ValueError for another
    strategy, and for a number of epochs below 0.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = for_groups("swa_lr", optimizer.param_groups, swa_lr)
        for rate, group in zip(rates, optimizer.param_groups):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _way(self, step: int) -> float:
        """How much of the way is behind after so many steps, from 0 to 1."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._way(step - 1), self._way(step)
        rates = []
        for group in self.optimizer.param_groups:
            end = group["swa_lr"]
            first = end if before == 1 else (group["lr"] - before * end) / (1 - before)
            rates.append(end * now + first * (1 - now))
        return rates
