"""Functions that add noise while training: elements or whole channels that are 0, at random."""

from __future__ import annotations

import warnings

import numpy as np

from ..random import default_generator
from ..recording import wrap
from ..tensor import Tensor
from . import arguments

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]

_LEAST = -1.7580993408473766  # what selu comes near at the left: −1.0507·1.6733


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training: 0 with probability `p`, and else x/(1 − p)."""
    arguments.tensor("dropout", input)
    _check(p)
    if not training or p == 0:
        return input
    return input._dropout_(p) if inplace else input._dropout(p)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """While training, whole channels of (N, C, L) are 0 with probability p."""
    arguments.tensor("dropout1d", input)
    _check(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that "
            "dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, "
            "a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _with_a_batch(input, p, training, inplace, 3)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """While training, whole channels of (N, C, H, W) are 0 with probability p."""
    arguments.tensor("dropout2d", input)
    _check(p)
    if input.ndim not in (3, 4):
        _unusual(2, input.ndim, "3D or 4D", "2 spatial dimensions")
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout "
            "behavior is desired - input is interpreted as shape (N, C, L), where C is the channel "
            "dim. This behavior will change in a future release to interpret the input as one "
            "without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise "
            "dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return _noisy(input, p, training, inplace, channels=True)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """While training, whole channels of (N, C, D, H, W) are 0 with probability p."""
    arguments.tensor("dropout3d", input)
    _check(p)
    if input.ndim not in (4, 5):
        _unusual(3, input.ndim, "4D or 5D", "3 spatial dimensions")
    return _with_a_batch(input, p, training, inplace, 5)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """While training, elements are what selu saturates at, with probability p; mean and variance
    stay."""
    arguments.tensor("alpha_dropout", input)
    _check(p)
    return _noisy(input, p, training, inplace, least=_LEAST)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """As `alpha_dropout`, for whole channels (dim 1)."""
    arguments.tensor("feature_alpha_dropout", input)
    _check(p)
    return _noisy(input, p, training, inplace, channels=True, least=_LEAST)


def _check(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _unusual(n: int, ndim: int, usual: str, space: str) -> None:
    warnings.warn(
        f"dropout{n}d: Received a {ndim}-D input to dropout{n}d, which is deprecated and will "
        "result in an error in a future release. To retain the behavior and silence this warning, "
        f"please use dropout instead. Note that dropout{n}d exists to provide channel-wise dropout "
        f"on inputs with {space}, a channel dimension, and an optional batch dimension (i.e. "
        f"{usual} inputs).",
        stacklevel=3,
    )


def _with_a_batch(input: Tensor, p: float, training: bool, inplace: bool, ndim: int) -> Tensor:
    """Channels dropped, of an input that may lack the dimension of the batch."""
    if input.ndim != ndim - 1:
        return _noisy(input, p, training, inplace, channels=True)
    one = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    out = _noisy(one, p, training, inplace, channels=True)
    return out.squeeze_(0) if inplace else out.squeeze(0)


def _noisy(
    input: Tensor,
    p: float,
    training: bool,
    inplace: bool,
    channels: bool = False,
    least: float = 0.0,
) -> Tensor:
    """x·a + b where an element, or a channel, is kept, and least·a + b where it is dropped; a and b
    are such that mean and variance stay, or for 0 as the least the mean."""
    shape = tuple(input.shape)
    if channels:
        if input.ndim < 2:
            raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
        shape = (*shape[:2], *[1] * (input.ndim - 2))
    if not training or not p or not input.numel():
        return input
    if p == 1:
        zero = input.new_zeros(())
        return input.mul_(zero) if inplace else input.mul(zero)
    kept = default_generator.stream.random(shape) >= p
    scale = 1 / np.sqrt((least**2 * p + 1) * (1 - p)) if least else 1 / (1 - p)
    dtype = input._data.dtype
    factor = wrap(np.asarray(kept * scale, dtype))
    out = input.mul_(factor) if inplace else input * factor
    if not least:
        return out
    shift = wrap(np.asarray(~kept * (least * scale) - least * scale * p, dtype))
    return out.add_(shift) if inplace else out + shift
