"""Functions for larger networks: gates, groups of channels, attention, planes made larger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..ops import blocks, neural
from ..random import default_generator
from ..recording import apply, wrap
from ..tensor import Tensor

Sizes = int | Sequence[int]


def _pair(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else tuple(size)  # type: ignore[return-value]


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


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where |x| > λ, else 0"""
    return input.hardshrink(lambd)


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


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """While training, whole channels of (N, C, L) are 0 with probability p."""
    return _channel_dropout(input, p, training, inplace, (2, 3))


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """While training, whole channels of (N, C, H, W) are 0 with probability p."""
    return _channel_dropout(input, p, training, inplace, (3, 4))


dropout3d = dropout2d


def _channel_dropout(
    input: Tensor, p: float, training: bool, inplace: bool, dims: tuple[int, int]
) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or not p:
        return input
    channels = 1 if input.ndim == dims[0] else 2
    shape = (*input.shape[:channels], *[1] * (input.ndim - channels))
    kept = default_generator.stream.random(shape) >= p
    scale = wrap(np.asarray(kept / (1 - p) if p < 1 else kept * 0, input._data.dtype))
    return input.mul_(scale) if inplace else input * scale


# -- normalization ---------------------------------------------------------------------------------


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 in each group of channels of each example, then weight and bias."""
    if input.ndim < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {input.ndim}"
        )
    channels = input.shape[1]
    if num_groups <= 0:
        raise RuntimeError("Expected num groups to be greater than 0, got " + str(num_groups))
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {list(input.shape)} and num_groups={num_groups}"
        )
    for name, values in (("weight", weight), ("bias", bias)):
        if values is not None and (values.ndim != 1 or values.numel() != channels):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(values.shape)} and input of shape "
                f"{list(input.shape)}"
            )
    return apply(blocks.NativeGroupNormBackward0, (input, weight, bias), num_groups, eps)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 in each channel of each example, then weight and bias."""
    batch, channels, *rest = input.shape
    if use_input_stats and math.prod(rest) == 1:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {input.size()}"
        )
    if not use_input_stats:
        raise NotImplementedError("minigrad keeps no running statistics of instances")
    scales = [None if v is None else v.repeat(batch) for v in (weight, bias)]
    rows = input.contiguous().view(1, batch * channels, *rest)
    op = neural.NativeBatchNormBackward0
    out = apply(op, (rows, *scales), True, eps, fixed=(None, None))
    return out.view(input.shape)


def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """x/√(mean x² + eps)·weight over the last dimensions, those of a shape."""
    shape = tuple(normalized_shape)
    if tuple(input.shape[-len(shape) :]) != shape:
        given = ", ".join([str(n) for n in ("*", *shape)])
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{given}], but got "
            f"input of size{list(input.shape)}"
        )
    eps = float(np.finfo(input._data.dtype).eps) if eps is None else eps
    axes = tuple(range(input.ndim - len(shape), input.ndim))
    out = input * (input.pow(2).mean(axes, keepdim=True) + eps).rsqrt()
    return out if weight is None else out * weight


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


# -- planes ----------------------------------------------------------------------------------------


def _windows(size: int, count: int) -> Any:
    """The matrix of means over `count` windows that cover `size` places."""
    mix = np.zeros((count, size))
    for i in range(count):
        start, end = i * size // count, -(-(i + 1) * size // count)
        mix[i, start:end] = 1 / (end - start)
    return mix


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that cover the plane, as many as `output_size` says; None keeps."""
    given = (output_size,) * 2 if isinstance(output_size, (int, type(None))) else output_size
    size = tuple([n if s is None else s for n, s in zip(input.shape[-2:], given)])
    if input.ndim not in (3, 4):
        raise RuntimeError(
            f"adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got {list(input.shape)}"
        )
    if size == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    mixes = [_windows(n, s) for n, s in zip(input.shape[-2:], size)]
    return apply(blocks.AdaptiveAvgPool2DBackward0, (input,), *mixes)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that cover each row, as many as `output_size` says."""
    size = output_size if isinstance(output_size, int) else output_size[0]
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, size)).squeeze(-2)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that cover the plane; with `return_indices` also where it stands."""
    given = (output_size,) * 2 if isinstance(output_size, (int, type(None))) else output_size
    size = tuple([n if s is None else s for n, s in zip(input.shape[-2:], given)])
    values, places = apply(blocks.AdaptiveMaxPool2DBackward0, (input,), size)
    return (values, places) if return_indices else values


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that cover each row; with `return_indices` also where it stands."""
    size = output_size if isinstance(output_size, int) else output_size[0]
    values, places = adaptive_max_pool2d(input.unsqueeze(-2), (1, size), True)
    values = values.squeeze(-2)
    return (values, places.squeeze(-2)) if return_indices else values


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, L) or (N, C, H, W) in another size: "nearest", "linear" or "bilinear"."""
    n = input.ndim - 2
    if (size is None) == (scale_factor is None):
        which = "only one of size or scale_factor should be defined"
        text = which if size is not None else "either size or scale_factor should be defined"
        raise ValueError(text)
    kinds: dict[tuple[str, int], Any] = {
        ("nearest", 1): blocks.UpsampleNearest1DBackward0,
        ("nearest", 2): blocks.UpsampleNearest2DBackward0,
        ("linear", 1): blocks.UpsampleLinear1DBackward0,
        ("bilinear", 2): blocks.UpsampleBilinear2DBackward0,
    }
    if (mode, n) not in kinds:
        raise NotImplementedError(f"minigrad resizes no {input.ndim}-D input by {mode!r}")
    factors = None if scale_factor is None else _for_dims(scale_factor, n)
    sizes = (
        _for_dims(size, n)
        if factors is None
        else [math.floor(m * f) for m, f in zip(input.shape[2:], factors)]
    )
    mixes = [
        _mix(m, int(s), None if factors is None else factors[d], mode, bool(align_corners))
        for d, (m, s) in enumerate(zip(input.shape[2:], sizes))
    ]
    if n == 1:
        out = apply(kinds[mode, n], (input,), np.eye(input.shape[1]), mixes[0])
    else:
        out = apply(kinds[mode, n], (input,), *mixes)
    return out


def _for_dims(value: Any, n: int) -> list[Any]:
    return [value] * n if isinstance(value, (int, float)) else list(value)


def _mix(old: int, new: int, factor: float | None, mode: str, corners: bool) -> Any:
    """How the `new` places are mixed of the `old` ones."""
    step = old / new if factor is None else 1 / factor
    places = np.arange(new)
    if mode == "nearest":
        return np.eye(old)[np.minimum(np.floor(places * step).astype(int), old - 1)]
    if corners:
        at = places * ((old - 1) / (new - 1) if new > 1 else 0.0)
    else:
        at = np.maximum((places + 0.5) * step - 0.5, 0)
    low = np.minimum(np.floor(at).astype(int), old - 1)
    high = np.minimum(low + 1, old - 1)
    share = (at - low)[:, None]
    return np.eye(old)[low] * (1 - share) + np.eye(old)[high] * share


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(…, C·r², H, W) laid out as (…, C, H·r, W·r)."""
    if input.shape[-3] % upscale_factor**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={input.shape[-3]} is not divisible by "
            f"{upscale_factor**2}"
        )
    return input._pixel_shuffle(upscale_factor)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(…, C, H·r, W·r) laid out as (…, C·r², H, W)."""
    return input._pixel_unshuffle(downscale_factor)


def unfold(
    input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """All windows of (N, C, H, W) as columns: (N, C·kernel, windows)."""
    how = [_pair(v) for v in (kernel_size, dilation, padding, stride)]
    return input._im2col(*how) if input.ndim == 4 else unfold(input.unsqueeze(0), *how).squeeze(0)


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added up in their windows of a plane of `output_size`."""
    how = [_pair(v) for v in (output_size, kernel_size, dilation, padding, stride)]
    return input._col2im(*how) if input.ndim == 3 else fold(input.unsqueeze(0), *how).squeeze(0)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """What `conv1d` does to gradients: each element adds its filter (in, out/groups, kernel)."""
    sizes = [_for_dims(v, 1) for v in (stride, padding, output_padding, dilation)]
    return _conv_transpose(input, weight, bias, sizes, groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """What `conv2d` does to gradients: each element adds its filter (in, out/groups, h, w)."""
    sizes = [_for_dims(v, 2) for v in (stride, padding, output_padding, dilation)]
    return _conv_transpose(input, weight, bias, sizes, groups)


def _conv_transpose(
    input: Tensor, weight: Tensor, bias: Tensor | None, sizes: list[list[int]], groups: int
) -> Tensor:
    stride, padding, extra, dilation = sizes
    if input.ndim == len(stride) + 1:
        return _conv_transpose(input.unsqueeze(0), weight, bias, sizes, groups).squeeze(0)
    if input.shape[1] != weight.shape[0]:
        raise RuntimeError(
            f"Given transposed=True, weight of size {list(weight.shape)}, expected input"
            f"{list(input.shape)} to have {weight.shape[0]} channels, but got {input.shape[1]} "
            "channels instead"
        )
    shape = tuple(
        [
            (n - 1) * s - 2 * p + d * (k - 1) + e + 1
            for n, k, s, p, e, d in zip(
                input.shape[2:], weight.shape[2:], stride, padding, extra, dilation
            )
        ]
    )
    how = (tuple(stride), tuple(padding), tuple(dilation), groups)
    return apply(blocks.ConvTransposeBackward, (input, weight, bias), shape, *how)
