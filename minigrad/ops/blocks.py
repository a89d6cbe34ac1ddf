"""Blocks of networks: channels normalized in groups, planes resized, windows as columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .convolution import Sizes, add_windows, padded, windows
from .lift import lift, power


class NativeGroupNormBackward0(Node):
    """∂/∂x = (g − mean g − n·mean(g·n))/std in each group, with n = (x − mean)/std and g the
    gradient · weight"""

    saves = {"input": 0b111, "weight": 0b001, "bias": 0}
    constants = ("group", "eps", "N", "C", "HxW")
    group: int
    eps: float
    N: int
    C: int
    HxW: int

    def forward(self, x: Any, weight: Any, bias: Any, group: int, eps: float) -> Any:
        self.group, self.eps = group, eps
        self.N, self.C, self.HxW = *x.shape[:2], math.prod(x.shape[2:])
        out, _ = self.normal(x.astype(np.float32) if x.dtype == np.float16 else x)
        out = out.reshape(x.shape)
        shape = self.over_channels(x)
        out = out if weight is None else out * weight.reshape(shape)
        out = out if bias is None else out + bias.reshape(shape)
        return out.astype(x.dtype, copy=False)

    @staticmethod
    def over_channels(x: Any) -> tuple[int, ...]:
        return (1, -1, *[1] * (x.ndim - 2))

    def normal(self, x: Any) -> tuple[Any, Any]:
        """x in groups (N, groups, elements) with mean 0 and variance 1 each, and 1/std."""
        elements = math.prod(x.shape[1:]) // self.group
        rows = x.reshape(x.shape[0], self.group, elements)
        centred = rows - rows.mean(2, keepdims=True)
        rstd = power((centred * centred).mean(2, keepdims=True) + self.eps, -0.5)
        return centred * rstd, rstd

    @property
    def _saved_result1(self) -> Any:
        """The mean of each group."""
        elements = self.C * self.HxW // self.group
        return self._kept_value(0).reshape(self.N, self.group, elements).mean(2)

    @property
    def _saved_result2(self) -> Any:
        """1/std of each group."""
        return self.normal(self._kept_value(0))[1].squeeze(2)

    def backward(self, grad: Any, x: Any, weight: Any = None) -> Any:
        to_x, to_weight, to_bias = self.edges
        normal, rstd = self.normal(x)
        axes = (0, *range(2, x.ndim))
        sent = None
        if to_x:
            g = grad if weight is None else grad * weight.reshape(self.over_channels(x))
            g = g.reshape(normal.shape)
            inner = g - g.mean(2, keepdims=True) - normal * (g * normal).mean(2, keepdims=True)
            sent = (inner * rstd).reshape(x.shape)
        return (
            sent,
            to_weight and (grad * normal.reshape(x.shape)).sum(axes),
            to_bias and grad.sum(axes),
        )


class WeightNormInterfaceBackward0(Node):
    """∂(g·v/‖v‖)/∂g = v/‖v‖,  ∂/∂v = g/‖v‖·(grad − v·Σ(grad·v)/‖v‖²)"""

    saves = {"v": 0b11, "g": 0b01}
    constants = ("dim",)
    dim: int

    def forward(self, v: Any, g: Any, dim: int) -> Any:
        self.dim = dim
        return v * (g / self.length(v))

    def length(self, v: Any) -> Any:
        """The length of each part of `v` along `dim`."""
        return power(self.summed(v * v), 0.5)

    def summed(self, x: Any) -> Any:
        others = tuple([d for d in range(x.ndim) if d != self.dim])
        return x.sum(others, keepdims=True)

    @property
    def _saved_result1(self) -> Any:
        return self.length(self._kept_value(0).detach())

    def backward(self, grad: Any, v: Any, g: Any = None) -> Any:
        to_v, to_g = self.edges
        length, along = self.length(v), self.summed(grad * v)
        to_v = to_v and (grad - v * (along / (length * length))) * (g / length)
        return to_v, to_g and along / length


class Resized(Node):
    """∂(A·x·Bᵀ)/∂x: Aᵀ·grad·B. A, B, … say how each place along a dim is mixed of the old ones"""

    mixes: tuple[Any, ...]
    again: type[Resized]  # the node of this node's backward

    def forward(self, x: Any, settings: dict[str, Any], *mixes: Any) -> Any:
        for name, value in settings.items():
            setattr(self, name, value)
        self.mixes = mixes
        return mixed(x, mixes)

    def backward(self, grad: Any, *saved: Any) -> Any:
        return resized(grad, self.again, *[mix.T for mix in self.mixes])


def mixed(x: Any, mixes: tuple[Any, ...]) -> Any:
    """`x` with a matrix applied to each of its last dims."""
    if x.dtype == np.uint8 and not all((mix == mix.astype(bool)).all() for mix in mixes):
        return _mixed_bytes(x, mixes)
    wide = x.astype(np.float32) if x.dtype.itemsize < 4 else x
    for dim, mix in enumerate(reversed(mixes), 1):
        mix = mix.astype(wide.dtype)
        wide = mix @ wide if dim == 2 else (wide.swapaxes(-1, -dim) @ mix.T).swapaxes(-1, -dim)
    return np.ascontiguousarray(rounded(wide, x.dtype))


def _mixed_bytes(x: Any, mixes: tuple[Any, ...]) -> Any:
    """As `mixed`, in whole numbers: weights of 16 bits, and bytes again after each dim."""
    for dim, mix in enumerate(reversed(mixes), 1):
        bits = 0
        while bits < 22 and int(0.5 + mix.max() * 2 ** (bits + 1)) < 2**15:
            bits += 1
        weights = np.trunc(mix * 2**bits + np.copysign(0.5, mix)).astype(np.int64)
        sums = x.swapaxes(-1, -dim).astype(np.int64) @ weights.T + (1 << (bits - 1))
        x = (sums >> bits).clip(0, 255).astype(np.uint8).swapaxes(-1, -dim)
    return np.ascontiguousarray(x)


def rounded(x: Any, dtype: Any) -> Any:
    """`x` in a dtype; as whole numbers, if these are bytes."""
    return (
        x.astype(dtype, copy=False) if dtype.kind == "f" else np.rint(x).clip(0, 255).astype(dtype)
    )


SCALES = {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}


def _resizing(name: str, rule: str) -> type[Resized]:
    """The node that torch has for one kind of resizing, and the one of its backward."""
    body = {"__doc__": rule, "__module__": __name__}
    dims = SCALES[int(name.partition("D")[0][-1])]
    public: dict[str, Any] = {
        "constants": ("output_size", "self_sym_sizes", "align_corners", *dims)
    }
    if rule == _NEAREST:
        public = {"constants": ("output_size", "self_sym_sizes", *dims)}
    elif rule == _MEANS:
        public = {"saves": {"self": 0b1}}
    there = type(f"{name}Backward0", (Resized,), {**body, **public})
    back = type(f"{name}BackwardBackward0", (Resized,), body)
    there.again, back.again = back, there
    return there


_NEAREST = "∂(each place taken from the nearest of x)/∂x: the sum over the places that took xᵢ"
_BETWEEN = "∂(values between the next of x)/∂x: each gradient in the parts that were mixed"
_MEANS = "∂(means of windows that cover x)/∂x: each gradient in equal parts in its window"

RESIZING = {
    name: _resizing(name, rule)
    for rule, names in {
        _NEAREST: "UpsampleNearest1D UpsampleNearest2D UpsampleNearest3D "
        "UpsampleNearestExact1D UpsampleNearestExact2D UpsampleNearestExact3D",
        _BETWEEN: "UpsampleLinear1D UpsampleBilinear2D UpsampleTrilinear3D UpsampleBicubic2D "
        "UpsampleBilinear2DAa UpsampleBicubic2DAa",
        _MEANS: "AdaptiveAvgPool2D AdaptiveAvgPool3D",
    }.items()
    for name in names.split()
}


class PixelShuffleBackward0(Node):
    """∂(r² channels laid out as r × r places)/∂x: the gradient laid out as it was"""

    constants = ("upscale_factor",)
    upscale_factor: int

    def forward(self, x: Any, factor: int) -> Any:
        self.upscale_factor = factor
        return shuffled(x, factor)

    def backward(self, grad: Any) -> Any:
        return unshuffled(grad, self.upscale_factor)


class PixelUnshuffleBackward0(Node):
    """∂(r × r places laid out as r² channels)/∂x: the gradient laid out as it was"""

    constants = ("downscale_factor",)
    downscale_factor: int

    def forward(self, x: Any, factor: int) -> Any:
        self.downscale_factor = factor
        return unshuffled(x, factor)

    def backward(self, grad: Any) -> Any:
        return shuffled(grad, self.downscale_factor)


class ChannelShuffleBackward0(Node):
    """∂(channels dealt out in turn)/∂x: the gradient gathered again"""

    constants = ("groups",)
    groups: int

    def forward(self, x: Any, groups: int) -> Any:
        self.groups = groups
        return _dealt(x, groups)

    def backward(self, grad: Any) -> Any:
        return dealt(grad, grad.shape[1] // self.groups)


def _dealt(x: Any, groups: int) -> Any:
    batch, channels, *rest = x.shape
    split = x.reshape(batch, groups, channels // groups, *rest)
    return split.swapaxes(1, 2).reshape(x.shape)


def _shuffled(x: Any, r: int) -> Any:
    *outer, channels, height, width = x.shape
    split = x.reshape(math.prod(outer), channels // r**2, r, r, height, width)
    split = split.transpose(0, 1, 4, 2, 5, 3)
    return split.reshape(*outer, channels // r**2, height * r, width * r)


def _unshuffled(x: Any, r: int) -> Any:
    *outer, channels, height, width = x.shape
    split = x.reshape(math.prod(outer), channels, height // r, r, width // r, r)
    split = split.transpose(0, 1, 3, 5, 2, 4)
    return split.reshape(*outer, channels * r**2, height // r, width // r)


resized = lift("_resized", lambda x, _, *mixes: mixed(x, mixes))
dealt = lift("_channel_shuffle", _dealt)
shuffled = lift("_pixel_shuffle", _shuffled)
unshuffled = lift("_pixel_unshuffle", _unshuffled)


def _columns(x: Any, kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Any:
    view = windows(padded(x, padding), kernel, stride, dilation)
    batch, channels, *_ = x.shape
    moved = view.transpose(0, 1, 4, 5, 2, 3)
    count = view.shape[2] * view.shape[3]
    return moved.reshape(batch, channels * kernel[0] * kernel[1], count)


def _plane(
    g: Any, size: Sizes, kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Any:
    whole = [n + 2 * p for n, p in zip(size, padding)]
    count = [(n - d * (k - 1) - 1) // s + 1 for n, d, k, s in zip(whole, dilation, kernel, stride)]
    channels = g.shape[1] // math.prod(kernel)
    parts = g.reshape(len(g), channels, *kernel, *count).transpose(0, 1, 4, 5, 2, 3)
    out = add_windows(parts, (len(g), channels, *whole), stride, dilation)
    return out[(..., *[slice(p, p + n) for p, n in zip(padding, size)])]


columns = lift("_im2col", _columns)
plane = lift("_col2im", _plane)


_WINDOWS = ("kernel_size", "dilation", "padding", "stride")


def _show(node: Node, how: tuple[Sizes, ...]) -> None:
    for name, value in zip(_WINDOWS, how):
        setattr(node, name, value)


class Im2ColBackward0(Node):
    """∂(all windows as columns)/∂x: the sum over the windows that hold xᵢ"""

    constants = (*_WINDOWS, "self_sym_argsize_minus_2", "self_sym_argsize_minus_1")
    size: Sizes
    how: tuple[Sizes, ...]

    def forward(self, x: Any, *how: Sizes) -> Any:
        self.size, self.how = x.shape[-2:], how
        _show(self, how)
        self.self_sym_argsize_minus_2, self.self_sym_argsize_minus_1 = self.size
        return _columns(x, *how)

    def backward(self, grad: Any) -> Any:
        return plane(grad, self.size, *self.how)


class Col2ImBackward0(Node):
    """∂(columns added up in their windows)/∂x: the windows of the gradient as columns"""

    constants = _WINDOWS
    how: tuple[Sizes, ...]

    def forward(self, x: Any, size: Sizes, *how: Sizes) -> Any:
        self.how = how
        _show(self, how)
        return _plane(x, size, *how)

    def backward(self, grad: Any) -> Any:
        return columns(grad, *self.how)
