"""Functions that make one number of each window of a row, a plane or a room; written once for all.

A row is a plane of height 1, as in torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..ops import blocks
from ..ops import pooling as ops
from ..ops.pooling import pooled_size
from ..recording import apply
from ..tensor import Tensor
from . import arguments

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

Sizes = int | Sequence[int]
_NUMBERS = {2: "two", 3: "three"}


def _each(value: Any, n: int, complaint: str) -> tuple[int, ...]:
    """One size for all dimensions, or one for each."""
    values = (value,) if isinstance(value, int) else tuple(value)
    if len(values) not in (1, n):
        raise RuntimeError(complaint)
    return values if len(values) == n else values * n


def _single(function: str, name: str, value: Any) -> int:
    """The one size of a row."""
    return _each(
        value, 1, f"{function}() argument '{name}' should contain one int (got {_length(value)})"
    )[0]


def _length(value: Any) -> int:
    return 1 if isinstance(value, int) else len(value)


def _in_a_plane(pool: Callable[..., Any], row: Tensor, *sizes: Any) -> Any:
    """`row` pooled as a plane of height 1; the sizes are given for both dims."""
    out = pool(row.unsqueeze(-2), *sizes)
    return tuple([t.squeeze(-2) for t in out]) if isinstance(out, tuple) else out.squeeze(-2)


def _check_row(function: str, input: Any) -> None:
    arguments.tensor(function, input)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 "
            f"'self' (while checking arguments for {function})"
        )


# -- the greatest, the mean, the norm of each window -----------------------------------------------


def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window; with `return_indices` also where it stands."""
    if return_indices:  # torch takes another way, which says other words
        _check_row("max_pool1d", input)
        kernel = _single("max_pool1d", "kernel_size", kernel_size)
        step = kernel if stride in (None, (), []) else _single("max_pool1d", "stride", stride)
        pad = _single("max_pool1d", "padding", padding)
        gap = _single("max_pool1d", "dilation", dilation)
    else:
        kernel, step, pad, gap = _check_max_pool1d(
            input, kernel_size, stride, padding, dilation, ceil_mode
        )
        arguments.floating("max_pool1d_impl", input)
    how = (1, kernel), (1, step), (0, pad), (1, gap), ceil_mode, return_indices
    return _in_a_plane(max_pool2d, input, *how)


def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window; with `return_indices` also where in its plane it stands."""
    how = kernel_size, stride, padding, dilation, ceil_mode, return_indices
    return _max_pool(ops.MaxPool2DWithIndicesBackward0, 2, input, *how)


def max_pool1d_with_indices(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """The largest of each window, and where it stands; called as `max_pool1d` is."""
    return max_pool1d(input, *args, **{**kwargs, "return_indices": True})


def max_pool2d_with_indices(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """The largest of each window, and where it stands; called as `max_pool2d` is."""
    return max_pool2d(input, *args, **{**kwargs, "return_indices": True})


def max_pool3d_with_indices(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """The largest of each window, and where it stands; called as `max_pool3d` is."""
    return max_pool3d(input, *args, **{**kwargs, "return_indices": True})


def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window; with `return_indices` also where in its room it stands."""
    how = kernel_size, stride, padding, dilation, ceil_mode, return_indices
    return _max_pool(ops.MaxPool3DWithIndicesBackward0, 3, input, *how)


def _max_pool(
    op: type[ops.MaxPool2DWithIndicesBackward0],
    n: int,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    sizes = _sizes("max", n, input, kernel_size, stride, padding, dilation)
    if input.dtype is dtypes.bool:
        raise NotImplementedError(f"\"max_pool{n}d\" not implemented for 'Bool'")
    values, indices = apply(op, (input,), *sizes, ceil_mode)
    return (values, indices) if return_indices else values


def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window."""
    kernel = _single("avg_pool1d", "kernel_size", kernel_size)
    step = kernel if stride is None or stride == () else _single("avg_pool1d", "stride", stride)
    pad = _single("avg_pool1d", "padding", padding)
    _check_row("avg_pool1d", input)
    how = (1, kernel), (1, step), (0, pad), ceil_mode, count_include_pad
    return _in_a_plane(avg_pool2d, input, *how)


def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window."""
    how = ceil_mode, count_include_pad, divisor_override
    return _avg_pool(2, input, kernel_size, stride, padding, *how)


def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window."""
    how = ceil_mode, count_include_pad, divisor_override
    return _avg_pool(3, input, kernel_size, stride, padding, *how)


def _avg_pool(
    n: int, input: Tensor, kernel_size: Sizes, stride: Any, padding: Sizes, *how: Any
) -> Tensor:
    sizes = _sizes("avg", n, input, kernel_size, stride, padding, 1)[:3]
    if how[-1] == 0:
        raise RuntimeError("divisor must be not zero")
    return input._average_pool(*sizes, *how)


def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: int,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window, without signs: (Σ xᵖ)^(1/p)."""
    means = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norm(means, norm_type, kernel_size)


def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window, without signs: (Σ xᵖ)^(1/p)."""
    means = avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norm(means, norm_type, math.prod(_each(kernel_size, 2, "")))


def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window, without signs: (Σ xᵖ)^(1/p)."""
    means = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _norm(means, norm_type, math.prod(_each(kernel_size, 3, "")))


def _norm(means: Tensor, p: float, count: int) -> Tensor:
    return (means.sign() * means.abs().relu()).mul(count).pow(1.0 / p)


def _sizes(
    kind: str, n: int, input: Any, kernel: Any, stride: Any, padding: Any, dilation: Any
) -> tuple[tuple[int, ...], ...]:
    """Kernel, stride, padding and dilation, checked; a stride of () stands for the kernel's."""
    name = f"{kind}_pool{n}d"
    arguments.tensor(name, input)
    must = "must either be" if kind == "max" or n == 2 else "must be"
    ints = f"a single int, or a tuple of {_NUMBERS[n]} ints"
    given = () if stride is None else stride
    sizes = _each(kernel, n, f"{name}: kernel_size {must} {ints}")
    steps = () if given in ((), []) else _each(given, n, f"{name}: stride {must} omitted, {ints}")
    pads = _each(padding, n, f"{name}: padding {must} {ints}")
    gaps = _each(dilation, n, f"{name}: dilation must be either {ints}")
    if 0 in (steps or sizes) or any(s < 0 for s in steps):
        raise RuntimeError("stride should not be zero")
    if any(k <= 0 for k in sizes):
        shown = " ".join([f"k{d}: {k}" for d, k in zip("THW"[-n:], sizes)])
        raise RuntimeError(f"kernel size should be greater than zero, but got {shown}")
    if any(d <= 0 for d in gaps):
        shown = " ".join([f"dilation{d}: {g}" for d, g in zip("THW"[-n:], gaps)])
        raise RuntimeError(f"dilation should be greater than zero, but got {shown}")
    if any(p < 0 for p in pads):
        raise RuntimeError(f"pad must be non-negative, but got pad: {min(pads)}")
    for k, p, d in zip(sizes, pads, gaps):
        if p > ((k - 1) * d + 1) / 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, "
                f"kernel_size={k} and dilation={d}"
            )
    _check_room(name, n, input)
    return sizes, steps, pads, gaps


def _check_room(name: str, n: int, input: Tensor) -> None:
    """Raise RuntimeError unless the input is a plane or a room with channels, none empty."""
    dims, shape = (n + 1, n + 2), list(input.shape)
    known = len(shape) in dims
    if n == 2 and (0 in shape[-3:] if known else name.startswith("avg")):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got:{shape}"
        )
    if not known:
        raise RuntimeError(
            f"non-empty {dims[0]}D or {dims[1]}D (batch mode) tensor expected for input"
        )
    if 0 in shape[-n - 1 :]:
        where = name if name.startswith("avg") else "max_pool3d_with_indices_out_cpu_template"
        raise RuntimeError(
            f"{where}(): Expected input's non-batch dimensions to have positive length, but input "
            f"has a shape of {shape} and non-batch dimension 0 has length zero!"
        )


def _check_max_pool1d(
    input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[int, int, int, int]:
    arguments.tensor("max_pool1d", input)
    shape = list(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got:{shape}"
        )

    def one(name: str, value: Any) -> int:
        kinds = "an int, list of ints or tuple of ints"
        if name == "padding":
            kinds = "an int, list of ints, or tuple of ints"
        if name == "stride":
            kinds = "None, an int, list of ints, or tuple of ints"
        size = _length(value)
        return _each(
            value, 1, f"max_pool1d() {name} must be {kinds} of size 1 but got size {size}"
        )[0]

    kernel = one("kernel_size", kernel_size)
    step = kernel if stride is None or stride in ((), []) else one("stride", stride)
    pad, gap = one("padding", padding), one("dilation", dilation)
    for name, value in (("kernel_size", kernel), ("stride", step), ("dilation", gap)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    if pad < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {pad}")
    if pad > kernel / 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={pad} "
            f"and kernel_size={kernel}"
        )
    count = pooled_size(shape[-1], (kernel - 1) * gap + 1, step, pad, ceil_mode)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")
    return kernel, step, pad, gap


# -- as many windows as are asked for --------------------------------------------------------------


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that cover each row, as many as `output_size` says."""
    size = _single("adaptive_avg_pool1d", "output_size", output_size)
    _check_row("adaptive_avg_pool1d", input)
    return _in_a_plane(adaptive_avg_pool2d, input, (1, size))


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that cover the plane, as many as `output_size` says; None keeps."""
    return _adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that cover the room, as many as `output_size` says; None keeps."""
    return _adaptive_avg_pool(3, input, output_size)


def _adaptive_avg_pool(n: int, input: Tensor, output_size: Any) -> Tensor:
    name = f"adaptive_avg_pool{n}d"
    arguments.tensor(name, input)
    size = _adaptive_size(input, output_size, n, f"{name}: output_size must be {n}")
    if min(size) < 0:
        shown = ", ".join([str(s) for s in size[:2]]) + "".join([f",{s}" for s in size[2:]])
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received "
            f"{{{shown}}}"
        )
    kernel = name if n == 2 else name + "_cpu"
    _check_adaptive(name, n, input, "got", kernel)
    if size == (1,) * n:
        return input.mean((-2, -1) if n == 2 else (-1, -2, -3), keepdim=True)
    mixes = [_windows(m, s) for m, s in zip(input.shape[-n:], size)]
    return apply(blocks.RESIZING[f"AdaptiveAvgPool{n}D"], (input,), {}, *mixes)


def _windows(size: int, count: int) -> Any:
    """The matrix of means over `count` windows that cover `size` places."""
    mix = np.zeros((count, size))
    for i in range(count):
        start, end = i * size // count, -(-(i + 1) * size // count)
        mix[i, start:end] = 1 / (end - start)
    return mix


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that cover each row; with `return_indices` also where it stands."""
    size = _single("adaptive_max_pool1d", "output_size", output_size)
    _check_row("adaptive_max_pool1d", input)
    _check_adaptive("adaptive_max_pool1d", 1, input, "got:", "adaptive_max_pool2d")
    return _in_a_plane(adaptive_max_pool2d, input, (1, size), return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that cover the plane; with `return_indices` also where it stands."""
    return _adaptive_max_pool(ops.AdaptiveMaxPool2DBackward0, 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that cover the room; with `return_indices` also where it stands."""
    return _adaptive_max_pool(ops.AdaptiveMaxPool3DBackward0, 3, input, output_size, return_indices)


def _adaptive_max_pool(
    op: type[ops.AdaptiveMaxPool2DBackward0],
    n: int,
    input: Tensor,
    output_size: Any,
    return_indices: bool,
) -> Any:
    name = f"adaptive_max_pool{n}d"
    arguments.tensor(name, input)
    kernel = name if n == 2 else name + "_cpu"
    wrong = f"{name}(): internal error: output_size.size() must be {n}"
    size = _adaptive_size(input, output_size, n, wrong)
    _check_adaptive(name, n, input, "got:", kernel)
    if min(size) < 0:
        shown = [*input.shape[:-n], *size]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {shown}")
    values, places = apply(op, (input,), size)
    return (values, places) if return_indices else values


def _adaptive_size(input: Tensor, output_size: Any, n: int, complaint: str) -> tuple[int, ...]:
    given = (output_size,) * n if isinstance(output_size, (int, type(None))) else output_size
    if isinstance(output_size, Sequence) and input.ndim <= len(given):
        raise ValueError(f"Input dimension should be at least {len(given) + 1}")
    if len(given) != n:
        raise RuntimeError(complaint)
    return tuple([m if s is None else s for m, s in zip(input.shape[-n:], given)])


def _check_adaptive(name: str, n: int, input: Tensor, got: str, kernel: str) -> None:
    shape = list(input.shape)
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(f"{name}(): Expected {n + 1}D or {n + 2}D tensor, but {got} {shape}")
    for d in range(len(shape) - n, len(shape)):
        if not shape[d]:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but "
                f"input has sizes {shape} with dimension {d} being empty"
            )
    arguments.floating(kernel, input)


# -- maxima put back where they stood --------------------------------------------------------------


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """A longer row of zeros with each value at its index, which `max_pool1d` gave."""
    size = _unpooled(1, input, kernel_size, stride, padding, output_size)
    plane = input.unsqueeze(-1), indices.unsqueeze(-1)
    return _unpool(ops.MaxUnpool2DBackward0, *plane, (*size, 1)).squeeze(-1)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """A larger plane of zeros with each value at its index, which `max_pool2d` gave."""
    size = _unpooled(2, input, kernel_size, stride, padding, output_size)
    return _unpool(ops.MaxUnpool2DBackward0, input, indices, size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """A larger room of zeros with each value at its index, which `max_pool3d` gave."""
    size = _unpooled(3, input, kernel_size, stride, padding, output_size)
    return _unpool(ops.MaxUnpool3DBackward0, input, indices, size)


def _unpooled(
    n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> tuple[int, ...]:
    """The size before the pooling: what fits, or `output_size` if that is near it."""
    kernel, pads = [(v,) * n if isinstance(v, int) else tuple(v) for v in (kernel_size, padding)]
    steps = kernel if stride is None else (stride,) * n if isinstance(stride, int) else stride
    sizes = zip(input.shape[-n:], kernel, steps, pads)
    usual = tuple([(m - 1) * s + k - 2 * p for m, k, s, p in sizes])
    if output_size is None:
        return usual
    size = output_size[2:] if len(output_size) == n + 2 else output_size
    if len(size) != n:
        raise ValueError(
            f"output_size should be a sequence containing {n} or {n + 2} elements, but it has a "
            f"length of '{len(size)}'"
        )
    for d, (wanted, fits, step) in enumerate(zip(size, usual, steps)):
        if not fits - step < wanted < fits + step:
            raise ValueError(
                f'invalid output_size "{size}" (dim {d} must be between {fits - step} and '
                f"{fits + step})"
            )
    return tuple(size)


def _unpool(
    op: type[ops.MaxUnpool2DBackward0], input: Tensor, indices: Tensor, size: tuple[int, ...]
) -> Tensor:
    n, shape = len(size), list(input.shape)
    if indices.dtype is not dtypes.int64:
        kind = indices.dtype.scalar_type
        raise RuntimeError(f"elements in indices should be type int64 but got: {kind}")
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(
            f"Input to max_unpooling{n}d should be a {n + 1}d or {n + 2}d Tensor, but got a tensor "
            f"with {len(shape)} dim{'ensions' if n == 2 else 's'}."
        )
    if input.shape != indices.shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({shape}) but got indices tensor with shape: {list(indices.shape)}"
        )
    for d in range(1, len(shape)):
        if not shape[d]:
            raise RuntimeError(
                f"max_unpooling{n}d(): Expected input to have non-zero size for non-batch "
                f"dimensions, but got {shape} with dimension {d} being empty."
            )
    return apply(op, (input,), size, fixed=(indices,))
