"""Functions that make rows, planes and rooms larger or smaller: padding, resizing, shuffling."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops import padding as padding_ops
from ..ops.blocks import RESIZING, SCALES
from ..recording import apply
from ..tensor import Tensor
from . import arguments
from .pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

__all__ = [
    "channel_shuffle",
    "interpolate",
    "pad",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Tensor:
    """`input` with elements before and after: pairs of numbers, the last dimension first.

    `mode` says which: a constant `value` (0), or the tensor's own by "reflect", "replicate" or
    "circular" order.
    """
    arguments.tensor("pad", input)
    if isinstance(pad, int):
        raise TypeError("pad(): argument 'pad' (position 2) must be tuple of ints, not int")
    pads = tuple(pad)
    if len(pads) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pads) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(pads)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return input._constant_pad(pads, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    n = len(pads) // 2
    kinds = {"reflect": "Reflection", "replicate": "Replication"}
    if mode not in (*kinds, "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if input.ndim not in (n + 1, n + 2) or not 1 <= n <= 3:
        raise NotImplementedError(
            f"Padding size {len(pads)} is not supported for {input.ndim}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode == "circular":
        return _circular(input, pads)
    if 0 in input.shape[-n - 1 :]:
        raise RuntimeError(
            f"Expected {n + 1}D or {n + 2}D (batch mode) tensor with possibly 0 batch size and "
            f"other non-zero dimensions for input, but got: {list(input.shape)}"
        )
    for i in range(n):
        size = input.shape[-1 - i]
        if mode == "reflect" and max(pads[2 * i : 2 * i + 2]) >= size:
            raise RuntimeError(
                "Argument #4: Padding size should be less than the corresponding input dimension, "
                f"but got: padding ({pads[2 * i]}, {pads[2 * i + 1]}) at dimension "
                f"{input.ndim - 1 - i} of input {list(input.shape)}"
            )
    return apply(getattr(padding_ops, f"{kinds[mode]}Pad{n}DBackward0"), (input,), pads)


def _circular(x: Tensor, pads: tuple[int, ...]) -> Tensor:
    """Each end padded with what stands at the other, written side by side into new memory."""
    n = len(pads) // 2
    shape = list(x.shape)
    for i in range(n):
        before, after, size = pads[2 * i], pads[2 * i + 1], x.shape[-1 - i]
        if before > size or after > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        shape[-1 - i] += before + after
        if shape[-1 - i] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    out = x.new_empty(shape)
    here, there = out, x
    for i in range(n):
        dim = x.ndim - 1 - i
        before, after = pads[2 * i], pads[2 * i + 1]
        start, end = max(before, 0), shape[dim] - max(after, 0)
        here = here._slice(dim, start, end)
        there = there._slice(dim, max(-before, 0), x.shape[dim] - max(-after, 0))
    here.copy_(there)
    for i in range(n):
        dim = x.ndim - 1 - i
        before, after = pads[2 * i], pads[2 * i + 1]
        if before > 0:
            end = shape[dim] - max(after, 0)
            out._slice(dim, 0, before).copy_(out._slice(dim, end - before, end))
        if after > 0:
            start = max(before, 0)
            size = shape[dim]
            out._slice(dim, size - after, size).copy_(out._slice(dim, start, start + after))
    return out


# -- resizing: each dim by a matrix, which says how new places are mixed of the old ones -----------

_KINDS = {
    ("nearest", 1): "UpsampleNearest1D",
    ("nearest", 2): "UpsampleNearest2D",
    ("nearest", 3): "UpsampleNearest3D",
    ("nearest-exact", 1): "UpsampleNearestExact1D",
    ("nearest-exact", 2): "UpsampleNearestExact2D",
    ("nearest-exact", 3): "UpsampleNearestExact3D",
    ("linear", 1): "UpsampleLinear1D",
    ("bilinear", 2): "UpsampleBilinear2D",
    ("trilinear", 3): "UpsampleTrilinear3D",
    ("bicubic", 2): "UpsampleBicubic2D",
}
_MEANS = {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}
_NEEDS = {"linear": 3, "bilinear": 4, "trilinear": 5}


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, …) in another size, each place from its nearest ("nearest", "nearest-exact"), or from
    those around it ("linear", "bilinear", "bicubic", "trilinear", "area").

    `antialias` widens what a place is mixed of as the image shrinks. Raises ValueError and
    NotImplementedError for what does not go together.
    """
    arguments.tensor("interpolate", input)
    n = input.ndim - 2
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear "
            "| bicubic | trilinear"
        )
    sizes, factors = _new_size(input, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in ("bilinear", "bicubic") and n == 2):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires "
            "a 4-D tensor as input"
        )
    if mode == "area" and n in (1, 2, 3):
        return _MEANS[n](input, sizes)
    if (mode, n) not in _KINDS:
        if n in (1, 2, 3) and mode in _NEEDS:
            raise NotImplementedError(
                f"Got {n + 2}D input, but {mode} mode needs {_NEEDS[mode]}D input"
            )
        raise NotImplementedError(
            "Input Error: Only 3D, 4D and 5D input Tensors supported"
            f" (got {n + 2}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | "
            f"lanczos | area | nearest-exact (got {mode})"
        )
    name = _KINDS[mode, n]
    _check_resizing(name, n, input, sizes, antialias)
    mixes = [
        _mix(mode, old, new, factor, bool(align_corners), antialias)
        for old, new, factor in zip(input.shape[2:], sizes, factors)
    ]
    settings = {
        "output_size": tuple(sizes),
        "self_sym_sizes": tuple(input.shape),
        "align_corners": bool(align_corners),
        **dict(zip(SCALES[n], factors)),
    }
    return apply(RESIZING[name + "Aa" * antialias], (input,), settings, *mixes)


def _new_size(
    input: Tensor, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[list[int], list[float | None]]:
    """The new sizes, and the factors that were given, or None where the sizes decide."""
    n = input.ndim - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        if isinstance(size, Sequence):
            _fit(input, "output", "output size", size, "(o1, o2, ...,oK)")
        sizes = list(size) if isinstance(size, Sequence) else [size] * n
        if any(isinstance(m, float) for m in sizes):
            raise TypeError(
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, "
                f"int, int], but got size with types {[type(m) for m in sizes]}"
            )
        return [int(m) for m in sizes], [None] * n
    factors = list(scale_factor) if isinstance(scale_factor, Sequence) else [scale_factor] * n
    if isinstance(scale_factor, Sequence):
        shape = f"shape {scale_factor}"
        _fit(input, "scale_factor", "scale_factor", scale_factor, "(s1, s2, ...,sK)", shape)
    sizes = [math.floor(m * float(f)) for m, f in zip(input.shape[2:], factors)]
    return sizes, [None] * n if recompute else [float(f) for f in factors]


def _fit(
    input: Tensor, what: str, name: str, given: Any, form: str, shown: str | None = None
) -> None:
    if len(given) != input.ndim - 2:
        raise ValueError(
            f"Input and {what} must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(input.shape[2:])} and {name} of {shown or given}. Please "
            f"provide input tensor in (N, C, d1, d2, ...,dK) format and {name} in {form} format."
        )


def _check_resizing(name: str, n: int, input: Tensor, sizes: list[int], antialias: bool) -> None:
    if min(sizes) <= 0 or 0 in input.shape[2:]:
        names = ["D", "H", "W"][-n:]
        shown = [
            ", ".join([f"{d}: {m}" for d, m in zip(names, s)]) for s in (input.shape[2:], sizes)
        ]
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"({shown[0]}) output ({shown[1]})"
        )
    if 0 in input.shape[1:]:
        raise RuntimeError(
            f"Non-empty {n + 2}D data tensor expected but got a tensor with sizes "
            f"{list(input.shape)}"
        )
    kind = input.dtype.scalar_type
    if not (input.is_floating_point() or (kind == "Byte" and name not in _NO_BYTES)):
        kernel = _KERNELS.get(name, "compute_indices_weights_" + _family(name))
        if antialias:
            kernel = "compute_index_ranges_weights"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")


_NO_BYTES = ("UpsampleLinear1D", "UpsampleTrilinear3D")
_KERNELS = {
    "UpsampleNearest2D": "upsample_nearest2d_channels_last",
    "UpsampleNearestExact2D": "upsample_nearest2d_channels_last",
    "UpsampleBilinear2D": "upsample_bilinear2d_channels_last",
}


def _family(name: str) -> str:
    return "nearest" if "Nearest" in name else "cubic" if "cubic" in name else "linear"


def _mix(
    mode: str, old: int, new: int, factor: float | None, corners: bool, antialias: bool
) -> Any:
    """How the `new` places are mixed of the `old` ones: a matrix (new, old)."""
    step = old / new if not factor else 1 / factor
    places = np.arange(new)
    if mode.startswith("nearest"):
        half = 0.5 if mode == "nearest-exact" else 0.0
        taken = np.floor((places + half).astype(np.float32) * np.float32(step)).astype(int)
        return np.eye(old)[np.minimum(taken, old - 1)]
    if corners:
        step = (old - 1) / (new - 1) if new > 1 else 0.0
    cubic = mode == "bicubic"
    at = places * step if corners and not antialias else (places + 0.5) * step - 0.5
    if antialias:
        return _widened(at, step, old, cubic)
    if not cubic:
        at = np.maximum(at, 0)
    low = np.floor(at).astype(int) if cubic else np.minimum(np.floor(at).astype(int), old - 1)
    share = at - low if cubic else np.clip(at - low, 0, 1)
    mix = np.zeros((new, old))
    for offset in range(-1, 3) if cubic else range(2):
        weight = _cubic(share - offset, -0.75) if cubic else 1 - np.abs(share - offset)
        np.add.at(mix, (places, np.clip(low + offset, 0, old - 1)), weight)
    return mix


def _widened(at: Any, step: float, old: int, cubic: bool) -> Any:
    """Weights of all old places by their distance, in steps where the image shrinks."""
    scale = max(step, 1.0)
    centre = at + 0.5
    reach = (2 if cubic else 1) * scale
    grid = np.arange(old)
    start = np.maximum(np.trunc(centre - reach + 0.5), 0)[:, None]
    end = np.minimum(np.trunc(centre + reach + 0.5), old)[:, None]
    far = (grid - centre[:, None] + 0.5) / scale
    weight = _cubic(far, -0.5) if cubic else np.maximum(1 - np.abs(far), 0)
    weight = np.where((grid >= start) & (grid < end), weight, 0)
    return weight / weight.sum(1, keepdims=True)


def _cubic(x: Any, a: float) -> Any:
    """The cubic kernel of Keys, which is 1 at 0 and 0 from 2 on."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """The older name of `interpolate`."""
    _older("upsample", "interpolate")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of `interpolate` by the nearest."""
    _older("upsample_nearest", "interpolate")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of `interpolate` between the next, corners on corners."""
    _older("upsample_bilinear", "interpolate")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _older(name: str, better: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.{better}` instead.",
        stacklevel=3,
    )


# -- the same elements in another order ------------------------------------------------------------


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(…, C·r², H, W) laid out as (…, C, H·r, W·r)."""
    _check_pixels("pixel_shuffle", "upscale_factor", input, upscale_factor)
    if input.shape[-3] % upscale_factor**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={input.shape[-3]} is not divisible by "
            f"{upscale_factor**2}"
        )
    return input._pixel_shuffle(upscale_factor)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(…, C, H·r, W·r) laid out as (…, C·r², H, W)."""
    _check_pixels("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    for dim, name in ((-2, "height"), (-1, "width")):
        if input.shape[dim] % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={input.shape[dim]} is not divisible by {downscale_factor}"
            )
    return input._pixel_unshuffle(downscale_factor)


def _check_pixels(function: str, name: str, input: Any, factor: int) -> None:
    arguments.tensor(function, input)
    if input.ndim < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input with "
            f"{input.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{function} expects a positive {name}, but got {factor}")


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """(N, C, …) with the channels of each of `groups` dealt out in turn."""
    arguments.tensor("channel_shuffle", input)
    if input.ndim < 3:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes "
            f"{list(input.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(
            "Number of groups to divide channels in must be positive. Value of groups:"
            + str(groups)
        )
    channels = input.shape[1]
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} "
            "groups."
        )
    return input._channel_shuffle(groups)
