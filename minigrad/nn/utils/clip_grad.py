"""Clipping: gradients that are too long are shortened before a step."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable

import numpy as np

from ...engine.grad_mode import no_grad
from ...recording import wrap
from ...tensor import Tensor

Tensors = Tensor | Iterable[Tensor]


def _list(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _grads(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all elements of all tensors, as of one vector: (Σ|x|ᵖ)^(1/p) for p = `norm_type`.

    Raises RuntimeError for a norm that is nan or infinite, if `error_if_nonfinite`.
    """
    p = float(norm_type)
    norms = [np.linalg.norm(t._data.ravel(), p) for t in _list(tensors)]
    total = np.linalg.norm(np.array(norms, None if norms else np.float32), p)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it "
            "cannot be clipped. To disable this error and scale the gradients by the non-finite "
            "norm anyway, set `error_if_nonfinite=False`"
        )
    return wrap(total)


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply all gradients by max_norm/total_norm, if that is less than 1."""
    factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    with no_grad():
        for grad in _grads(_list(parameters)):
            grad.mul_(factor)


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Shorten all gradients by one factor, so that their norm as one vector is at most `max_norm`.

    Returns the norm that they had. Raises RuntimeError if it is nan or infinite and
    `error_if_nonfinite`.
    """
    found = _list(parameters)
    if not found and isinstance(parameters, types.GeneratorType):
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2
        )
    total = get_total_norm(_grads(found), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(found, max_norm, total, foreach)
    return total


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring each element of all gradients into [−clip_value, clip_value]."""
    bound = float(clip_value)
    with no_grad():
        for grad in _grads(_list(parameters)):
            grad.clamp_min_(-bound).clamp_max_(bound)


def clip_grad_norm(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The older name of `clip_grad_norm_`."""
    warnings.warn(
        "`minigrad.nn.utils.clip_grad_norm` is now deprecated in favor of "
        "`minigrad.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
