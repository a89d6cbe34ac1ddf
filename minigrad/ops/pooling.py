"""Pooling: one number for each window of a plane, a row or a room. Written once for all ranks."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from ..engine.node import Node
from .convolution import Sizes, add_windows, windows
from .lift import (
    average_pool_again,
    average_pool_backward,
    gather,
    new_zeros,
    scatter_add,
)


def pooled_size(size: int, span: int, stride: int, padding: int, ceil: bool) -> int:
    """How many windows fit; with `ceil` one that hangs over the end counts, if it begins inside."""
    room = size + 2 * padding - span
    count = (room + stride - 1 if ceil else room) // stride + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count


def _counts(x: Any, span: Sizes, stride: Sizes, padding: Sizes, ceil: bool) -> Sizes:
    """How many windows fit along each dim. Raises RuntimeError if none does."""
    sizes = x.shape[-len(span) :]
    count = tuple([pooled_size(*each, ceil) for each in zip(sizes, span, stride, padding)])
    if min(count) <= 0:
        shown = ["x".join([str(n) for n in (x.shape[-len(span) - 1], *s)]) for s in (sizes, count)]
        raise RuntimeError(
            f"Given input size: ({shown[0]}). Calculated output size: ({shown[1]}). Output size is "
            "too small"
        )
    return count


def _widened(x: Any, count: Sizes, span: Sizes, stride: Sizes, padding: Sizes, value: Any) -> Any:
    """`x` with `value` around it, so far that the last window fits."""
    sizes = x.shape[-len(span) :]
    reach = [
        max((c - 1) * s + k, n + 2 * p)
        for c, k, s, n, p in zip(count, span, stride, sizes, padding)
    ]
    if reach == list(sizes):
        return x
    whole = np.full((*x.shape[: -len(span)], *reach), value, x.dtype)
    whole[_inner(sizes, padding)] = x
    return whole


def _inner(sizes: Sizes, padding: Sizes) -> Any:
    """The index of what is no padding."""
    return (..., *[slice(p, p + n) for p, n in zip(padding, sizes)])


def _steps(plane: Sizes) -> list[int]:
    """How far apart the neighbours of each dim stand, when the plane is laid out as one row."""
    return [math.prod(plane[d + 1 :]) for d in range(len(plane))]


def _rows(shape: Sizes, n: int) -> Sizes:
    """`shape` with its last `n` dims as one."""
    return (*shape[:-n], math.prod(shape[-n:]))


# -- the greatest of each window -------------------------------------------------------------------


class _Chosen(Node):
    """What one element of each window becomes: its gradient goes back to where it stood."""

    saves = {"self": 0b1, "result": 0, "result1": 0b1}
    plane: Sizes
    apart = False  # windows that do not overlap: each place gets one gradient, none is added up

    def backward(self, grad: Any, x: Any, indices: Any) -> Any:
        n = len(self.plane)
        rows, size = _rows(grad.shape, n), _rows(x.shape, n)
        if isinstance(grad, np.ndarray) and self.apart:
            out = np.zeros(math.prod(size), grad.dtype)
            planes = np.arange(0, out.size, size[-1])[:, None]
            out[indices.reshape(-1, rows[-1]) + planes] = grad.reshape(-1, rows[-1])
            return out.reshape(x.shape)
        sent = scatter_add(new_zeros(grad, size), -1, indices.reshape(rows), grad.reshape(rows))
        return sent.reshape(x.shape)


class MaxPool2DWithIndicesBackward0(_Chosen):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""

    constants = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    kernel_size: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    ceil_mode: bool

    def forward(
        self, x: Any, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool
    ) -> Any:
        self.kernel_size, self.stride, self.padding = kernel, stride, padding
        self.dilation, self.ceil_mode = dilation, ceil
        n = len(kernel)
        self.plane = x.shape[-n:]
        stride = stride or kernel
        span = tuple([(k - 1) * d + 1 for k, d in zip(kernel, dilation)])
        self.apart = all(s >= k for s, k in zip(stride, span))
        count = _counts(x, span, stride, padding, ceil)
        lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        whole = _widened(x, count, span, stride, padding, lowest)
        view = windows(whole, kernel, stride, dilation)
        view = view[(..., *[slice(c) for c in count], *[slice(None)] * n)]
        best = view[(..., *[0] * n)].copy()
        starts = [np.arange(c) * s - p for c, s, p in zip(count, stride, padding)]
        small = np.min_scalar_type(math.prod(kernel))  # bytes, mostly: a third of int64's time
        which = np.zeros(best.shape, small)
        if any(padding):  # the first element that is no padding, for windows of nothing but −∞
            first = [np.maximum(-(start // d), 0) for start, d in zip(starts, dilation)]
            inside = [f * s for f, s in zip(first, _steps(kernel))]
            which += reduce(np.add.outer, inside).astype(small)
        for number, offset in enumerate(np.ndindex(*kernel)):
            if number:
                part = view[(..., *offset)].copy()
                larger = part > best
                larger |= part != part  # a nan wins
                np.maximum(which, larger * small.type(number), out=which)
                np.maximum(best, part, out=best)
        apart = _steps(self.plane)
        begin = reduce(np.add.outer, [start * a for start, a in zip(starts, apart)])
        inside = [
            sum([o * d * a for o, d, a in zip(offset, dilation, apart)])
            for offset in np.ndindex(*kernel)
        ]
        places = np.array(inside).take(which)
        places += begin
        return best, places


class MaxPool3DWithIndicesBackward0(MaxPool2DWithIndicesBackward0):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""


class AdaptiveMaxPool2DBackward0(_Chosen):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""

    def forward(self, x: Any, size: Sizes) -> Any:
        n = len(size)
        self.plane = x.shape[-n:]
        outer, apart = x.shape[:-n], _steps(self.plane)
        best = np.empty((*outer, *size), x.dtype)
        places = np.empty(best.shape, np.int64)
        for window in np.ndindex(*size):
            start = [i * m // s for i, m, s in zip(window, self.plane, size)]
            end = [-(-(i + 1) * m // s) for i, m, s in zip(window, self.plane, size)]
            part = x[(..., *[slice(a, b) for a, b in zip(start, end)])]
            flat = part.reshape(*outer, math.prod(part.shape[-n:]))
            which = flat.argmax(-1)
            best[(..., *window)] = np.take_along_axis(flat, which[..., None], -1)[..., 0]
            inside = np.unravel_index(which, part.shape[-n:])
            places[(..., *window)] = sum([(a + i) * s for a, i, s in zip(start, inside, apart)])
        return best, places


class AdaptiveMaxPool3DBackward0(AdaptiveMaxPool2DBackward0):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""


class MaxUnpool2DBackward0(Node):
    """∂(each value put where the maximum stood)/∂x: the gradient that stands there"""

    saves = {"self": 0, "indices": 0b1}
    shape: Sizes
    plane: Sizes

    def forward(self, x: Any, indices: Any, size: Sizes) -> Any:
        n = len(size)
        self.shape, self.plane = x.shape, size
        outer, rows = x.shape[:-n], _rows(x.shape, n)
        out = np.zeros((*outer, math.prod(size)), x.dtype)
        outside = (indices < 0) | (indices >= out.shape[-1])
        if outside.any():
            shown = "x".join([str(s) for s in size])
            raise RuntimeError(
                f"Found an invalid max index: {indices[outside][0]} (output volumes are of size "
                f"{shown})"
            )
        np.put_along_axis(out, indices.reshape(rows), x.reshape(rows), -1)
        return out.reshape(*outer, *size)

    def backward(self, grad: Any, indices: Any) -> Any:
        n = len(self.plane)
        flat = grad.reshape(_rows(grad.shape, n))
        return gather(flat, -1, indices.reshape(_rows(self.shape, n))).reshape(self.shape)


class MaxUnpool3DBackward0(MaxUnpool2DBackward0):
    """∂(each value put where the maximum stood)/∂x: the gradient that stands there"""


# -- the mean of each window -----------------------------------------------------------------------


class AvgPool2DBackward0(Node):
    """∂(mean of each window)/∂xᵢ = 1/(size of the window), summed over the windows that hold xᵢ"""

    saves = {"self": 0b1}
    constants = (
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    )
    kernel_size: Sizes
    stride: Sizes
    padding: Sizes
    ceil_mode: bool
    count_include_pad: bool
    divisor_override: int | None

    def forward(self, x: Any, *how: Any) -> Any:
        for name, value in zip(self.constants, how):
            setattr(self, name, value)
        return average_pool(x, *how)

    def backward(self, grad: Any, x: Any) -> Any:
        how = [getattr(self, name) for name in self.constants]
        return average_pool_backward(grad, tuple(x.shape), *how)


class AvgPool3DBackward0(AvgPool2DBackward0):
    """∂(mean of each window)/∂xᵢ = 1/(size of the window), summed over the windows that hold xᵢ"""


class AvgPool2DBackwardBackward0(Node):
    """∂/∂g of the gradient of the mean of each window: the mean of each window again"""

    how: tuple[Any, ...]

    def forward(self, g: Any, shape: Sizes, *how: Any) -> Any:
        self.how = how
        return average_pool_gradient(g, shape, *how)

    def backward(self, grad: Any) -> Any:
        return average_pool_again(grad, *self.how)


class AvgPool3DBackwardBackward0(AvgPool2DBackwardBackward0):
    """∂/∂g of the gradient of the mean of each window: the mean of each window again"""


def _divisors(
    plane: Sizes,
    count: Sizes,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    with_pad: bool,
    divisor: int | None,
) -> Any:
    """By what the sum of each window is divided."""
    if divisor is not None:
        return np.asarray(divisor)
    lengths = []
    for c, k, s, n, p in zip(count, kernel, stride, plane, padding):
        start = np.arange(c) * s - p
        end = np.minimum(start + k, n + p)
        if not with_pad:
            start, end = np.maximum(start, 0), np.minimum(end, n)
        lengths.append(end - start)
    return reduce(np.multiply.outer, lengths)


def average_pool(
    x: Any,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil: bool,
    with_pad: bool,
    divisor: int | None,
) -> Any:
    """The mean of each window."""
    n, stride = len(kernel), stride or kernel
    count = _counts(x, kernel, stride, padding, ceil)
    divisors = _divisors(x.shape[-n:], count, kernel, stride, padding, with_pad, divisor)
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    whole = _widened(wide, count, kernel, stride, padding, 0)
    view = windows(whole, kernel, stride, (1,) * n)
    view = view[(..., *[slice(c) for c in count], *[slice(None)] * n)]
    total = view.sum(tuple(range(-n, 0)), dtype=wide.dtype)
    if x.dtype.kind != "f":
        return np.trunc(total / divisors).astype(x.dtype)
    return (total / divisors.astype(wide.dtype)).astype(x.dtype, copy=False)


def average_pool_gradient(
    g: Any,
    shape: Sizes,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil: bool,
    with_pad: bool,
    divisor: int | None,
) -> Any:
    """The gradient of an x of `shape` from that of the means of its windows."""
    n, stride = len(kernel), stride or kernel
    plane, count = shape[-n:], g.shape[-n:]
    divisors = _divisors(plane, count, kernel, stride, padding, with_pad, divisor)
    shares = (g / divisors.astype(g.dtype)).reshape(*g.shape, *[1] * n)
    parts = np.broadcast_to(shares, (*g.shape, *kernel))
    whole = [
        max((c - 1) * s + k, m + 2 * p)
        for c, k, s, m, p in zip(count, kernel, stride, plane, padding)
    ]
    out = add_windows(parts, (*shape[:-n], *whole), stride, (1,) * n)
    return out[_inner(plane, padding)]
