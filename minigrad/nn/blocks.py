"""Functions for larger networks: gates, groups of channels."""

from __future__ import annotations

import math
import warnings

import numpy as np

from ..out import with_out
from ..random import default_generator
from ..recording import wrap
from ..tensor import Tensor

__all__ = [
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "mish",
    "prelu",
    "softshrink",
]

# -- activations -----------------------------------------------------------------------------------


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a·σ(b), for the two halves a and b along `dim`."""
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim % input.ndim} is size {size}"
        )
    return input._glu(dim)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x·clamp(x + 3, 0, 6)/6"""
    return input._hardswish_() if inplace else input._hardswish()


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """clamp(x + 3, 0, 6)/6"""
    return input._hardsigmoid_() if inplace else input._hardsigmoid()


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x·tanh(ln(1 + eˣ))"""
    return input._mish_() if inplace else input._mish()


@with_out
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where |x| > λ, else 0"""
    return input.hardshrink(lambd)


@with_out
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by λ toward 0"""
    largest = np.finfo(input._data.dtype).max if input.is_floating_point() else math.inf
    if not 0 <= lambd <= largest:
        raise RuntimeError(
            f"lambda must be in range [0, {largest:g}] for input dtype {input.dtype.scalar_type}, "
            f"but found {lambd:g}"
        )
    return input._softshrink(lambd)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x where x > 0, else w·x, with one w for all, or one for each channel."""
    return input.prelu(weight)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A random choice along `dim` as a softmax; `hard`: exactly one is 1, with its gradient."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", UserWarning, stacklevel=2)
    noise = default_generator.stream.gumbel(size=tuple(logits.shape))
    soft = ((logits + wrap(np.asarray(noise, logits._data.dtype))) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one = wrap(np.zeros_like(soft._data)).scatter_(dim, index, 1.0)
    return one - soft.detach() + soft


# -- attention -------------------------------------------------------------------------------------
