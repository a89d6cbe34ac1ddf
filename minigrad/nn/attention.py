"""Attention: each place of a sequence takes a mean of values, weighted by how well keys fit it."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..creation import zeros
from ..functions import cat
from ..recording import wrap
from ..tensor import Tensor
from .linear import linear

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


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


def additive_mask(
    mask: Tensor | None, name: str, like: Tensor, other: Tensor | None = None, other_name: str = ""
) -> Tensor | None:
    """A mask to be added to scores: −inf where one of bools is True; one of floats as it is."""
    if mask is None:
        return None
    if mask.dtype is not dtypes.bool and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and other.dtype is not mask.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both "
            "instead.",
            stacklevel=3,
        )
    if mask.is_floating_point():
        return mask
    return zeros(mask.shape, dtype=like.dtype).masked_fill_(mask, -math.inf)


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What `nn.MultiheadAttention` computes, of (L, N, E), (S, N, Ek) and (S, N, Ev).

    Returns (L, N, E), and the weights (N, L, S) that the places gave each other, as the mean of all
    heads, if they are needed. Raises AssertionError and RuntimeError for shapes that do not fit.
    """
    _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    batched = query.ndim == 3
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, size = query.shape
    padding = additive_mask(key_padding_mask, "key_padding_mask", query, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
            "method `generate_square_subsequent_mask` to create this mask."
        )
    causal = is_causal and padding is None
    mask = None if causal and not need_weights else additive_mask(attn_mask, "attn_mask", query)

    if size != embed_dim_to_check:
        raise AssertionError(
            f"was expecting embedding dimension of {embed_dim_to_check}, but got {size}"
        )
    if size % num_heads:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's "
                f"{value.shape[:2]}"
            )
        separate: Any = (q_proj_weight, k_proj_weight, v_proj_weight)
        for name, weight in zip("qkv", separate):
            if weight is None:
                raise AssertionError(
                    f"use_separate_proj_weight is True but {name}_proj_weight is None"
                )
        biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
        q, k, v = (linear(*each) for each in zip((query, key, value), separate, biases))
    else:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias)
    mask = None if mask is None else _checked(mask, batch * num_heads, length, key.shape[0])

    if (bias_k is None) != (bias_v is None):
        given, missing = ("bias_v", "bias_k") if bias_k is None else ("bias_k", "bias_v")
        raise AssertionError(f"{given} is set but {missing} is None")
    if bias_k is not None and bias_v is not None:
        for name, static in (("key", static_k), ("value", static_v)):
            if static is not None:
                raise AssertionError(f"bias cannot be added to static {name}.")
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
        mask, padding = _one_more(mask), _one_more(padding)
    rows, width = batch * num_heads, size // num_heads
    q = q.view(length, rows, width).transpose(0, 1)
    k, v = (
        x.view(x.shape[0], rows, width).transpose(0, 1)
        if static is None
        else _static(name, static, rows, width)
        for name, x, static in (("static_k", k, static_k), ("static_v", v, static_v))
    )
    if add_zero_attn:
        k, v = (cat([x, zeros(rows, 1, width, dtype=x.dtype)], 1) for x in (k, v))
        mask, padding = _one_more(mask), _one_more(padding)
    places = k.shape[1]
    if padding is not None:
        for d, n in enumerate((batch, places)):
            if padding.shape[d] != n:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{d}] to be {n}, but got {padding.shape[d]}"
                )
        padding = padding.view(batch, 1, 1, places).expand(-1, num_heads, -1, -1)
        padding = padding.reshape(rows, 1, places)
        mask = padding if mask is None else mask + padding

    dropout_p = dropout_p if training else 0.0
    weights = None
    if need_weights:
        scaled = q * math.sqrt(1 / width)
        scores = (
            scaled.bmm(k.transpose(-2, -1))
            if mask is None
            else mask.baddbmm(scaled, k.transpose(-2, -1))
        )
        weights = scores.softmax(-1)
        weights = weights._dropout(dropout_p) if dropout_p else weights
        out = weights.bmm(v).transpose(0, 1)
        weights = weights.view(batch, num_heads, length, places)
        weights = weights.mean(1) if average_attn_weights else weights
        weights = weights if batched else weights.squeeze(0)
    else:
        if mask is not None:
            alone = mask.shape[0] == 1
            mask = mask.unsqueeze(0) if alone else mask.view(batch, num_heads, *mask.shape[1:])
        q, k, v = (x.view(batch, num_heads, x.shape[1], width) for x in (q, k, v))
        out = scaled_dot_product_attention(q, k, v, mask, dropout_p, causal)
        out = out.permute(2, 0, 1, 3)
    out = linear(out.reshape(length * batch, size), out_proj_weight, out_proj_bias)
    out = out.view(length, batch, out.shape[1])
    return out if batched else out.squeeze(1), weights


def _projected(
    query: Tensor, key: Tensor, value: Tensor, weight: Tensor, bias: Tensor | None
) -> tuple[Tensor, ...]:
    """What is looked for, what is offered, and what is passed on, by one matrix of three parts.

    What is the same tensor is multiplied once.
    """
    if key is not value:
        biases = (None,) * 3 if bias is None else bias.chunk(3)
        return tuple([linear(*each) for each in zip((query, key, value), weight.chunk(3), biases)])
    if query is key:
        return _parts(linear(query, weight, bias), 3)
    size = query.shape[-1]
    first, both = weight.split([size, 2 * size])
    b_first, b_both = (None, None) if bias is None else bias.split([size, 2 * size])
    return linear(query, first, b_first), *_parts(linear(key, both, b_both), 2)


def _parts(x: Tensor, n: int) -> tuple[Tensor, ...]:
    """`n` tensors side by side in the last dimension."""
    x = x.unflatten(-1, (n, x.shape[-1] // n)).unsqueeze(0).transpose(0, -2).squeeze(-2)
    x = x.contiguous()
    return tuple([x[i] for i in range(n)])


def _one_more(mask: Tensor | None) -> Tensor | None:
    """A mask with one more place, which nothing hides."""
    return None if mask is None else mask._constant_pad((0, 1), 0)


def _static(name: str, given: Tensor, rows: int, width: int) -> Tensor:
    for d, n in ((0, rows), (2, width)):
        if given.shape[d] != n:
            raise AssertionError(f"expecting {name}.size({d}) of {n}, but got {given.shape[d]}")
    return given


def _checked(mask: Tensor, rows: int, length: int, places: int) -> Tensor:
    if mask.ndim not in (2, 3):
        raise RuntimeError(f"attn_mask's dimension {mask.ndim} is not supported")
    wanted = (rows, length, places)[3 - mask.ndim :]
    if tuple(mask.shape) != wanted:
        raise RuntimeError(
            f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {wanted}."
        )
    return mask.unsqueeze(0) if mask.ndim == 2 else mask


def _check_dims(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Tensor | None,
    attn_mask: Tensor | None,
    num_heads: int,
) -> None:
    """Raise AssertionError unless all have a batch or none has."""
    n = query.ndim
    if n not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {n}-D query tensor"
        )
    case = f"For {'batched' if n == 3 else 'unbatched'} ({n}-D) `query`, expected"
    if key.ndim != n or value.ndim != n:
        raise AssertionError(
            f"{case} `key` and `value` to be {n}-D but found {key.ndim}-D and {value.ndim}-D "
            "tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.ndim != n - 1:
        raise AssertionError(
            f"{case} `key_padding_mask` to be `None` or {n - 1}-D but found "
            f"{key_padding_mask.ndim}-D tensor instead"
        )
    if attn_mask is not None and attn_mask.ndim not in (2, 3):
        raise AssertionError(
            f"{case} `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor "
            "instead"
        )
    if attn_mask is not None and n == 2 and attn_mask.ndim == 3:
        wanted = num_heads, query.shape[0], key.shape[0]
        if tuple(attn_mask.shape) != wanted:
            raise AssertionError(
                f"Expected `attn_mask` shape to be {wanted} but got {attn_mask.shape}"
            )
