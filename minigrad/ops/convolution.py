"""Convolution, pooling and padding: what slides a window over the last dimensions.

All are done on arrays by one view of all windows; sums over windows are products of matrices.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import (
    average_pool_again,
    average_pool_backward,
    constant,
    constant_pad,
    convolution,
    convolution_input,
    convolution_weight,
    index_add,
    new_zeros,
    scatter_add,
    sums,
)

Sizes = tuple[int, ...]


def windows(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """A view of all windows over the last dims of `x`: (…, places, …, kernel, …)."""
    n = len(kernel)
    span = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    room = [m - s for m, s in zip(x.shape[-n:], span)]
    if min(room) < 0:
        raise ValueError(f"a window of {span} does not fit into {x.shape[-n:]}")
    steps = x.strides[-n:]  # by hand, in a third of sliding_window_view's time
    return np.lib.stride_tricks.as_strided(
        x,
        (*x.shape[:-n], *[r // s + 1 for r, s in zip(room, stride)], *kernel),
        (
            *x.strides[:-n],
            *[step * s for step, s in zip(steps, stride)],
            *[step * d for step, d in zip(steps, dilation)],
        ),
        writeable=False,
    )


def add_windows(parts: Any, shape: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """The inverse of `windows`: an array of `shape`, to which each window's part is added."""
    n = len(stride)
    out = np.zeros(shape, parts.dtype)
    places = parts.shape[-2 * n : -n]
    for offset in np.ndindex(*parts.shape[-n:]):
        where = [
            slice(o * d, o * d + (count - 1) * s + 1, s)
            for o, d, s, count in zip(offset, dilation, stride, places)
        ]
        out[(..., *where)] += parts[(..., *offset)]
    return out


def padded(x: Any, pads: Sizes, value: Any = 0) -> Any:
    """`x` with `pads` elements before and after each of the last dims."""
    if not any(pads):
        return x
    around = [(0, 0)] * (x.ndim - len(pads)) + [(p, p) for p in pads]
    return np.pad(x, around, constant_values=value)


# -- convolution -----------------------------------------------------------------------------------


class _Sliding(Node):
    """What a convolution and its two adjoints share.

    C(x, w) is linear in x and in w. With a gradient g of its result, I(g, w) is the gradient of x
    and W(x, g) that of w; and each of the three has the other two as its derivatives.
    """

    constants = ("stride", "padding", "dilation", "groups")
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int

    def settings(self, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> None:
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups

    @property
    def how(self) -> tuple[Sizes, Sizes, Sizes, int]:
        return self.stride, self.padding, self.dilation, self.groups


def convolve(x: Any, w: Any, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Any:
    """C(x, w): (N, C, …) and (O, C/groups, kernel …) to (N, O, …)."""
    n = len(stride)
    view = windows(padded(x, padding), w.shape[2:], stride, dilation)
    out = _filters(w, groups) @ _columns(view, groups, n)  # (N, groups, O/groups, places)
    return out.reshape(len(x), w.shape[0], *view.shape[2 : 2 + n])


def _columns(view: Any, groups: int, n: int) -> Any:
    """All windows as columns of matrices: (N, groups, C/groups·kernel, places).

    Places come last, so that whole rows of the image are copied at once: 29 µs against 183 µs for
    windows as rows, at 16×28×28.
    """
    batch, channels = view.shape[:2]
    order = (0, 1, *range(2 + n, 2 + 2 * n), *range(2, 2 + n))
    places = math.prod(view.shape[2 : 2 + n])
    return (
        view.transpose(order).reshape(batch, groups, -1, places)
        if places
        else np.zeros(
            (batch, groups, channels // groups * math.prod(view.shape[2 + n :]), 0), view.dtype
        )
    )


def _filters(w: Any, groups: int) -> Any:
    """The weights as a matrix for each group: (groups, O/groups, C/groups·kernel)."""
    return w.reshape(groups, w.shape[0] // groups, -1)


def _rows(g: Any, groups: int) -> Any:
    """A gradient as matrices: (N, groups, O/groups, places)."""
    batch, channels = g.shape[:2]
    return g.reshape(batch, groups, channels // groups, math.prod(g.shape[2:]))


def input_gradient(
    g: Any, w: Any, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """I(g, w): the gradient of an x of `shape`."""
    n, places, kernel = len(stride), g.shape[2:], w.shape[2:]
    parts = _filters(w, groups).swapaxes(1, 2) @ _rows(g, groups)
    parts = parts.reshape(len(g), shape[1], *kernel, *places)
    parts = parts.transpose(0, 1, *range(2 + n, 2 + 2 * n), *range(2, 2 + n))
    whole = [m + 2 * p for m, p in zip(shape[2:], padding)]
    out = add_windows(parts, (*shape[:2], *whole), stride, dilation)
    return out[(..., *[slice(p, p + m) for m, p in zip(shape[2:], padding)])]


def weight_gradient(
    x: Any, g: Any, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """W(x, g): the gradient of a w of `shape`."""
    n, places = len(stride), g.shape[2:]
    view = windows(padded(x, padding), shape[2:], stride, dilation)
    view = view[(slice(None), slice(None), *[slice(m) for m in places])]
    out = _rows(g, groups) @ _columns(view, groups, n).swapaxes(2, 3)
    return np.add.reduce(out, 0).reshape(shape)


class ConvolutionBackward0(_Sliding):
    """∂/∂x: the gradient of each window spread by the filter;  ∂/∂w: Σ gradient · window"""

    saves = {"input": 0b111, "weight": 0b111, "bias": 0}
    constants = (*_Sliding.constants, "output_padding", "transposed", "bias_sym_sizes_opt")
    bias_sym_sizes_opt: Sizes = (0,)
    transposed = False

    @property
    def output_padding(self) -> Sizes:
        return (0,) * len(self.stride)

    def forward(self, x: Any, w: Any, bias: Any, *how: Any) -> Any:
        self.settings(*how)
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        out = convolve(wide, w.astype(wide.dtype, copy=False), *how)
        if bias is not None:
            self.bias_sym_sizes_opt = bias.shape
            out += bias.reshape(-1, *[1] * len(self.stride))
        return out.astype(x.dtype, copy=False)

    def backward(self, grad: Any, x: Any, w: Any) -> Any:
        to_x, to_w, to_bias = self.edges
        return (
            to_x and convolution_input(grad, w, tuple(x.shape), *self.how),
            to_w and convolution_weight(x, grad, tuple(w.shape), *self.how),
            to_bias and channel_sums(grad),
        )


def channel_sums(grad: Any) -> Any:
    """The sum over all but dimension 1; of arrays first along the last, in a third of the time."""
    if isinstance(grad, np.ndarray) and grad.dtype.char in "fd":
        grad = sums(grad, -1)
    return grad.sum(axis=(0, *range(2, grad.ndim)))


class ConvolutionBackwardBackward0(_Sliding):
    """I(g, w), the gradient of x: linear in g and in w, with C and W as its derivatives"""

    saves = {"grad_output": 0b10, "weight": 0b01}
    shape: Sizes

    def forward(self, g: Any, w: Any, shape: Sizes, *how: Any) -> Any:
        self.settings(*how)
        self.shape = w.shape
        return input_gradient(g, w, shape, *how)

    def backward(self, grad: Any, g: Any, w: Any) -> Any:
        to_g, to_w = self.edges
        return (
            to_g and convolution(grad, w, *self.how),
            to_w and convolution_weight(grad, g, self.shape, *self.how),
        )


class ConvolutionWeightBackward(_Sliding):
    """W(x, g), the gradient of w: linear in x and in g, with I and C as its derivatives"""

    saves = {"input": 0b10, "grad_output": 0b01}
    shape: Sizes

    def forward(self, x: Any, g: Any, shape: Sizes, *how: Any) -> Any:
        self.settings(*how)
        self.shape = x.shape
        return weight_gradient(x, g, shape, *how)

    def backward(self, grad: Any, x: Any, g: Any) -> Any:
        to_x, to_g = self.edges
        return (
            to_x and convolution_input(g, grad, self.shape, *self.how),
            to_g and convolution(x, grad, *self.how),
        )


ConvolutionWeightBackward.__name__ = "ConvolutionBackwardBackward0"


# -- pooling ---------------------------------------------------------------------------------------


class MaxPool2DWithIndicesBackward0(Node):
    """∂(max of each window)/∂x = 1 at the largest, else 0"""

    saves = {"self": 0b1, "result": 0, "result1": 0b1}
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
        stride = stride or kernel
        span = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
        count = [
            pooled_size(n, k, s, p, ceil) for n, k, s, p in zip(x.shape[-2:], span, stride, padding)
        ]
        if min(count) <= 0:
            sizes = [
                "x".join([str(n) for n in (*x.shape[-3:-2], *plane)])
                for plane in (x.shape[-2:], count)
            ]
            raise RuntimeError(
                f"Given input size: ({sizes[0]}). Calculated output size: ({sizes[1]}). Output "
                "size is too small"
            )
        lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        reach = _reach(count, span, stride, x, padding)
        whole = x
        if reach != list(x.shape[-2:]):
            whole = np.full((*x.shape[:-2], *reach), lowest, x.dtype)
            rows, columns = [slice(p, p + n) for p, n in zip(padding, x.shape[-2:])]
            whole[..., rows, columns] = x
        view = windows(whole, kernel, stride, dilation)[..., : count[0], : count[1], :, :]
        best = view[..., 0, 0].copy()
        small = np.min_scalar_type(math.prod(kernel))  # bytes, mostly: a third of int64's time
        which = np.zeros(best.shape, small)
        for number, offset in enumerate(np.ndindex(*kernel)):
            if number:
                part = view[..., offset[0], offset[1]].copy()
                larger = part > best
                larger |= part != part  # a nan wins
                np.maximum(which, larger * small.type(number), out=which)
                np.maximum(best, part, out=best)
        w = x.shape[-1]
        rows = np.arange(count[0])[:, None] * stride[0] - padding[0]
        columns = np.arange(count[1]) * stride[1] - padding[1]
        steps = np.array([i * dilation[0] * w + j * dilation[1] for i, j in np.ndindex(*kernel)])
        places = steps.take(which)
        places += rows * w + columns
        return best, places

    def backward(self, grad: Any, x: Any, indices: Any) -> Any:
        *outer, height, width = x.shape
        last = math.prod(grad.shape[-2:])
        span = [(k - 1) * d + 1 for k, d in zip(self.kernel_size, self.dilation)]
        if isinstance(grad, np.ndarray) and all(
            s >= n for s, n in zip(self.stride or self.kernel_size, span)
        ):
            # Windows that do not overlap: each place gets one gradient, and nothing is added up.
            out = np.zeros(math.prod(x.shape), grad.dtype)
            planes = np.arange(0, out.size, height * width)[:, None]
            out[indices.reshape(-1, last) + planes] = grad.reshape(-1, last)
            return out.reshape(x.shape)
        flat = new_zeros(grad, (*outer, height * width))
        sent = scatter_add(flat, -1, indices.reshape(*outer, last), grad.reshape(*outer, last))
        return sent.reshape(x.shape)


def pooled_size(size: int, span: int, stride: int, padding: int, ceil: bool) -> int:
    """How many windows fit; with `ceil` one that hangs over the end counts, if it begins inside."""
    room = size + 2 * padding - span
    count = (room + stride - 1 if ceil else room) // stride + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count


def _reach(count: Any, span: Any, stride: Sizes, x: Any, padding: Sizes) -> list[int]:
    """The size of the padded plane, wide enough for the last window."""
    return [
        max((c - 1) * s + k, n + 2 * p)
        for c, k, s, n, p in zip(count, span, stride, x.shape[-2:], padding)
    ]


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
        (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        ) = how
        return average_pool(x, *how)

    def backward(self, grad: Any, x: Any) -> Any:
        how = [getattr(self, name) for name in self.constants]
        return average_pool_backward(grad, tuple(x.shape), *how)


class AvgPool2DBackwardBackward0(Node):
    """∂/∂g of the gradient of the mean of each window: the mean of each window again"""

    how: tuple[Any, ...]

    def forward(self, g: Any, shape: Sizes, *how: Any) -> Any:
        self.how = how
        return average_pool_gradient(g, shape, *how)

    def backward(self, grad: Any) -> Any:
        return average_pool_again(grad, *self.how)


def _pool_plan(
    shape: Sizes,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil: bool,
    with_pad: bool,
    divisor: int | None,
) -> tuple[Sizes, list[int], Sizes, Any]:
    """(stride, size of the padded plane, number of windows, divisor of each)."""
    stride = stride or kernel
    size = shape[-2:]
    count = tuple(
        [pooled_size(n, k, s, p, ceil) for n, k, s, p in zip(size, kernel, stride, padding)]
    )
    whole = [
        max((c - 1) * s + k, n + 2 * p)
        for c, k, s, n, p in zip(count, kernel, stride, size, padding)
    ]
    if divisor is not None:
        return stride, whole, count, np.asarray(divisor)
    lengths = []
    for c, k, s, n, p in zip(count, kernel, stride, size, padding):
        start = np.arange(c) * s - p
        end = np.minimum(start + k, n + p)
        if not with_pad:
            start, end = np.maximum(start, 0), np.minimum(end, n)
        lengths.append(end - start)
    return stride, whole, count, lengths[0][:, None] * lengths[1]


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
    how = (kernel, stride, padding, ceil, with_pad, divisor)
    step, whole, count, divisors = _pool_plan(x.shape, *how)
    wide = np.float32 if x.dtype == np.float16 else x.dtype
    plane: Any = np.zeros((*x.shape[:-2], *whole), wide)
    plane[(..., *[slice(p, p + n) for p, n in zip(padding, x.shape[-2:])])] = x
    view = windows(plane, kernel, step, (1, 1))[..., : count[0], : count[1], :, :]
    total = view.sum((-2, -1), dtype=wide)
    if x.dtype.kind != "f":
        return np.trunc(total / divisors).astype(x.dtype)
    return (total / divisors.astype(wide)).astype(x.dtype)


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
    how = (kernel, stride, padding, ceil, with_pad, divisor)
    step, whole, _, divisors = _pool_plan(shape, *how)
    shares = (g / divisors.astype(g.dtype))[..., None, None]
    parts = np.broadcast_to(shares, (*g.shape, *kernel))
    out = add_windows(parts, (*shape[:-2], *whole), step, (1, 1))
    return out[(..., *[slice(p, p + n) for p, n in zip(padding, shape[-2:])])]


# -- padding ---------------------------------------------------------------------------------------


class ConstantPadNdBackward0(Node):
    """∂pad(x)/∂x: the gradient without the padding"""

    constants = ("pad",)
    pad: Sizes

    def forward(self, x: Any, pad: Sizes, value: float) -> Any:
        self.pad = pad
        if len(pad) % 2:
            raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
        if len(pad) > 2 * x.ndim:
            raise RuntimeError(
                "Length of pad should be no more than twice the number of dimensions of the input. "
                f"Pad length is {len(pad)} while the input has {x.ndim} dimensions."
            )
        around = [(0, 0)] * (x.ndim - len(pad) // 2)
        around += [(pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)]
        for d, (before, after) in enumerate(around):
            if x.shape[d] + before + after < 0:
                raise RuntimeError(
                    f"The input size {x.shape[d]}, plus negative padding {before} and {after} "
                    "resulted in a negative output size, which is invalid. Check dimension "
                    f"{d} of your input."
                )
        inner = tuple([slice(max(-b, 0), n - max(-a, 0)) for (b, a), n in zip(around, x.shape)])
        outer = [(max(b, 0), max(a, 0)) for b, a in around]
        return np.pad(x[inner], outer, constant_values=x.dtype.type(value))

    def backward(self, grad: Any) -> Any:
        return constant_pad(grad, tuple([-p for p in self.pad]), 0)


class ReflectionPad1DBackward0(Node):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""

    saves = {"self": 0b1}
    constants = ("padding",)
    padding: Sizes

    def forward(self, x: Any, padding: Sizes) -> Any:
        self.padding = padding
        for dim, places in self.places(x.shape):
            x = np.take(x, places, dim)
        return x

    def places(self, shape: Sizes) -> list[tuple[int, Any]]:
        """For each padded dimension, which element stands at each place of the result."""
        pairs = zip(self.padding[::2], self.padding[1::2])
        return [
            (len(shape) - 1 - i, self.along(shape[len(shape) - 1 - i], before, after))
            for i, (before, after) in enumerate(pairs)
        ]

    @staticmethod
    def along(size: int, before: int, after: int) -> Any:
        """0 1 2 3 as 2 1 | 0 1 2 3 | 2 1"""
        places = np.abs(np.arange(-before, size + after))
        return np.where(places >= size, 2 * (size - 1) - places, places)

    def backward(self, grad: Any, x: Any) -> Any:
        shape = list(grad.shape)
        for dim, places in reversed(self.places(tuple(x.shape))):
            shape[dim] = x.shape[dim]
            grad = index_add(
                new_zeros(grad, tuple(shape)), dim, constant(places, grad, cast=False), grad
            )
        return grad


class ReflectionPad2DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""


class ReflectionPad3DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""


class ReplicationPad1DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""

    @staticmethod
    def along(size: int, before: int, after: int) -> Any:
        """0 1 2 3 as 0 0 | 0 1 2 3 | 3 3"""
        return np.clip(np.arange(-before, size + after), 0, size - 1)


class ReplicationPad2DBackward0(ReplicationPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""


class ReplicationPad3DBackward0(ReplicationPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""
