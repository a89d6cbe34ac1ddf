"""Functions for larger networks: gates, groups of channels, attention."""

from __future__ import annotations

import math

import numpy as np

from .. import dtypes
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
    "scaled_dot_product_attention",
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
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd:g}.")
    return input._softshrink(lambd)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x where x > 0, else w·x, with one w for all, or one for each channel."""
    return input.prelu(weight)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A random choice along `dim` as a softmax; `hard`: exactly one is 1, with its gradient."""
    noise = default_generator.stream.gumbel(size=tuple(logits.shape))
    soft = ((logits + wrap(np.asarray(noise, logits._data.dtype))) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one = wrap(np.zeros_like(soft._data)).scatter_(dim, index, 1.0)
    return one - soft.detach() + soft


# -- attention -------------------------------------------------------------------------------------


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(Q·Kᵀ·scale)·V, for (…, L, E), (…, S, E) and (…, S, Ev); scale is 1/√E by default.

    `attn_mask` is True where a place may be looked at, or is added; with `is_causal` no place
    looks at a later one.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError(
            "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
            "is_causal=True"
        )
    root = math.sqrt(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    scores = query._times(root).matmul(key.transpose(-2, -1)._times(root))
    if is_causal:
        size = (query.shape[-2], key.shape[-2])
        attn_mask = wrap(np.tril(np.ones(size, bool)))
    if attn_mask is not None:
        if attn_mask.dtype is dtypes.bool:
            hidden = np.where(attn_mask._data, 0.0, -np.inf)
            attn_mask = wrap(hidden.astype(query._data.dtype))
        scores = scores + attn_mask
    weights = scores.softmax(-1)
    if dropout_p:
        weights = weights._dropout(dropout_p)
    return weights.matmul(value)
