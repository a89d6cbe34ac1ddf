"""Blocks of networks: channels normalized in groups, planes resized, windows as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node
from .convolution import Sizes, add_windows, input_gradient, padded, windows
from .lift import constant, convolution, convolution_weight, lift, new_zeros, power, scatter_add


class NativeGroupNormBackward0(Node):
    """∂/∂x = (g − mean g − n·mean(g·n))/std in each group, with n = (x − mean)/std and g the
    gradient · weight"""

    saves = {"input": 0b111, "weight": 0b001, "bias": 0}
    constants = ("group", "eps")
    group: int
    eps: float

    def forward(self, x: Any, weight: Any, bias: Any, group: int, eps: float) -> Any:
        self.group, self.eps = group, eps
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
        rows = x.reshape(x.shape[0], self.group, -1)
        centred = rows - rows.mean(2, keepdims=True)
        rstd = power((centred * centred).mean(2, keepdims=True) + self.eps, -0.5)
        return centred * rstd, rstd

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


class Resized(Node):
    """∂(A·x·Bᵀ)/∂x: Aᵀ·grad·B. A and B say how each row and column of the new plane is mixed"""

    rows: Any
    columns: Any

    def forward(self, x: Any, rows: Any, columns: Any) -> Any:
        self.rows, self.columns = rows, columns
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        return (rows.astype(wide.dtype) @ wide @ columns.T.astype(wide.dtype)).astype(x.dtype)

    def backward(self, grad: Any) -> Any:
        return constant(self.rows.T, grad) @ grad @ constant(self.columns, grad)


class AdaptiveAvgPool2DBackward0(Resized):
    """∂(means of windows that cover the plane)/∂x: each gradient in equal parts in its window"""


class UpsampleNearest2DBackward0(Resized):
    """∂(each place of a larger plane taken from the nearest of x)/∂x: the sum over these places"""


class UpsampleNearest1DBackward0(Resized):
    """∂(each place of a longer row taken from the nearest of x)/∂x: the sum over these places"""


class UpsampleBilinear2DBackward0(Resized):
    """∂(values between the four next of x)/∂x: each gradient in the parts that were mixed"""


class UpsampleLinear1DBackward0(Resized):
    """∂(values between the two next of x)/∂x: each gradient in the parts that were mixed"""


class AdaptiveMaxPool2DBackward0(Node):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""

    saves = {"self": 0, "result": 0, "result1": 0b1}
    shape: Sizes

    def forward(self, x: Any, size: Sizes) -> Any:
        self.shape = x.shape
        height, width = x.shape[-2:]
        best = np.empty((*x.shape[:-2], *size), x.dtype)
        places = np.empty(best.shape, np.int64)
        for i, j in np.ndindex(*size):
            top, left = i * height // size[0], j * width // size[1]
            bottom, right = -(-(i + 1) * height // size[0]), -(-(j + 1) * width // size[1])
            part = x[..., top:bottom, left:right]
            flat = part.reshape(*x.shape[:-2], -1)
            which = flat.argmax(-1)
            best[..., i, j] = np.take_along_axis(flat, which[..., None], -1)[..., 0]
            row, column = np.divmod(which, right - left)
            places[..., i, j] = (top + row) * width + left + column
        return best, places

    def backward(self, grad: Any, places: Any) -> Any:
        outer = self.shape[:-2]
        flat = new_zeros(grad, (*outer, self.shape[-2] * self.shape[-1]))
        rows = (*outer, -1)
        return scatter_add(flat, -1, places.reshape(rows), grad.reshape(rows)).reshape(self.shape)


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


def _shuffled(x: Any, r: int) -> Any:
    *outer, channels, height, width = x.shape
    split = x.reshape(-1, channels // r**2, r, r, height, width).transpose(0, 1, 4, 2, 5, 3)
    return split.reshape(*outer, channels // r**2, height * r, width * r)


def _unshuffled(x: Any, r: int) -> Any:
    *outer, channels, height, width = x.shape
    split = x.reshape(-1, channels, height // r, r, width // r, r).transpose(0, 1, 3, 5, 2, 4)
    return split.reshape(*outer, channels * r**2, height // r, width // r)


shuffled = lift("_pixel_shuffle", _shuffled)
unshuffled = lift("_pixel_unshuffle", _unshuffled)


def _columns(x: Any, kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Any:
    view = windows(padded(x, padding), kernel, stride, dilation)
    batch, channels, *_ = x.shape
    moved = view.transpose(0, 1, 4, 5, 2, 3)
    return moved.reshape(batch, channels * kernel[0] * kernel[1], -1)


def _plane(
    g: Any, size: Sizes, kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Any:
    whole = [n + 2 * p for n, p in zip(size, padding)]
    count = [(n - d * (k - 1) - 1) // s + 1 for n, d, k, s in zip(whole, dilation, kernel, stride)]
    parts = g.reshape(len(g), -1, *kernel, *count).transpose(0, 1, 4, 5, 2, 3)
    out = add_windows(parts, (len(g), parts.shape[1], *whole), stride, dilation)
    return out[(..., *[slice(p, p + n) for p, n in zip(padding, size)])]


columns = lift("_im2col", _columns)
plane = lift("_col2im", _plane)


class Im2ColBackward0(Node):
    """∂(all windows as columns)/∂x: the sum over the windows that hold xᵢ"""

    size: Sizes
    how: tuple[Sizes, ...]

    def forward(self, x: Any, *how: Sizes) -> Any:
        self.size, self.how = x.shape[-2:], how
        return _columns(x, *how)

    def backward(self, grad: Any) -> Any:
        return plane(grad, self.size, *self.how)


class Col2ImBackward0(Node):
    """∂(columns added up in their windows)/∂x: the windows of the gradient as columns"""

    how: tuple[Sizes, ...]

    def forward(self, x: Any, size: Sizes, *how: Sizes) -> Any:
        self.how = how
        return _plane(x, size, *how)

    def backward(self, grad: Any) -> Any:
        return columns(grad, *self.how)


class ConvTransposeBackward(Node):
    """∂/∂x: the gradient's windows · the filter;  ∂/∂w: Σ windows of the gradient · x"""

    saves = {"input": 0b010, "weight": 0b001, "bias": 0}
    how: tuple[Any, ...]
    shape: Sizes

    def forward(self, x: Any, w: Any, bias: Any, size: Sizes, *how: Any) -> Any:
        self.how, self.shape = how, w.shape
        groups = how[-1]
        out = input_gradient(x, w, (len(x), w.shape[1] * groups, *size), *how)
        return out if bias is None else out + bias.reshape(-1, *[1] * len(size))

    def backward(self, grad: Any, x: Any, w: Any) -> Any:
        to_x, to_w, to_bias = self.edges
        return (
            to_x and convolution(grad, w, *self.how),
            to_w and convolution_weight(grad, x, self.shape, *self.how),
            to_bias and grad.sum((0, *range(2, grad.ndim))),
        )


ConvTransposeBackward.__name__ = "ConvolutionBackward0"
