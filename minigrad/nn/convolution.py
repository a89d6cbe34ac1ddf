"""Functions whose filters slide over a row, a plane or a room; each is written once for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..ops import convolution as ops
from ..recording import apply
from ..tensor import Tensor
from . import arguments

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "fold",
    "unfold",
]

Sizes = int | Sequence[int]


def each(value: Any, n: int, name: str) -> tuple[int, ...]:
    """One size for all dimensions, or one for each."""
    values = (value,) * n if isinstance(value, int) else tuple(value)
    if len(values) == 1:
        values = values * n
    if len(values) != n:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {n} values to match the "
            f"convolution dimensions, but got {name}={list(values)}"
        )
    return values


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: str | Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Filters (out, in/groups, kernel) slide over (N, in, length): (N, out, places)."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: str | Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Filters (out, in/groups, height, width) slide over (N, in, H, W): (N, out, rows, columns)."""
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: str | Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Filters (out, in/groups, depth, height, width) slide over (N, in, D, H, W)."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)


def _conv(
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    _check_input(f"conv{n}d", n, input)
    if groups <= 0:
        raise RuntimeError(
            "non-positive groups is not supported"
            if isinstance(padding, str)
            else f"expected groups to be greater than 0, but got groups={groups}"
        )
    if isinstance(padding, str) and weight.ndim != n + 2:
        if weight.ndim < 3:
            raise RuntimeError("weight should have at least three dimensions")
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight"
            f"{list(weight.shape)}, but got {input.ndim}-dimensional input of size "
            f"{list(input.shape)} instead"
        )
    batched = input.ndim == n + 2
    x = input if batched else input.unsqueeze(0)
    steps, gaps = each(stride, n, "stride"), each(dilation, n, "dilation")
    if isinstance(padding, str):
        x, pads = _named_padding(x, weight, padding, steps, gaps)
    else:
        pads = each(padding, n, "padding")
    _check_conv(n, x, weight, bias, steps, pads, gaps, groups)
    out = apply(ops.ConvolutionBackward0, (x, weight, bias), steps, pads, gaps, groups)
    return out if batched else out.squeeze(0)


def _check_input(name: str, n: int, input: Any) -> None:
    arguments.tensor(name, input)
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input "
            f"of size: {list(input.shape)}"
        )


def _named_padding(
    x: Tensor, weight: Tensor, padding: str, steps: tuple[int, ...], gaps: tuple[int, ...]
) -> tuple[Tensor, tuple[int, ...]]:
    """ "valid" is none; "same" gives as many places as there are elements."""
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if padding == "valid":
        return x, (0,) * len(steps)
    if any(s != 1 for s in steps):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) for d, k in zip(gaps, weight.shape[2:])]
    if any(t % 2 for t in total):  # what is odd goes after the end
        extra = [n for t in reversed(total) for n in (0, t % 2)]
        x = x._constant_pad(tuple(extra), 0)
    return x, tuple([t // 2 for t in total])


def _check_conv(
    n: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    steps: tuple[int, ...],
    pads: tuple[int, ...],
    gaps: tuple[int, ...],
    groups: int,
) -> None:
    _check_numbers(n, x, weight, steps, pads, gaps, groups)
    if any(d <= 0 for d in gaps):
        raise RuntimeError("dilation should be greater than zero")
    size = list(weight.shape)
    if x.shape[1] != size[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {size}, expected input{list(x.shape)} to have "
            f"{size[1] * groups} channels, but got {x.shape[1]} channels instead"
        )
    if bias is not None and (bias.ndim != 1 or bias.shape[0] != size[0]):
        raise RuntimeError(
            f"Given weight of size {size}, expected bias to be 1-dimensional with {size[0]} "
            f"elements, but got bias of size {list(bias.shape)} instead"
        )
    inner = [m + 2 * p for m, p in zip(x.shape[2:], pads)]
    span = [(k - 1) * d + 1 for k, d in zip(size[2:], gaps)]
    if any(k > m for k, m in zip(span, inner)):
        shown = [" x ".join([str(m) for m in dims]) for dims in (inner, span)]
        raise RuntimeError(
            f"Calculated padded input size per channel: ({shown[0]}). Kernel size: ({shown[1]}). "
            "Kernel size can't be greater than actual input size"
        )
    arguments.convolution(x, weight, bias)


def _check_numbers(
    n: int,
    x: Tensor,
    weight: Tensor,
    steps: tuple[int, ...],
    pads: tuple[int, ...],
    gaps: tuple[int, ...],
    groups: int,
) -> None:
    """What both ways of sliding refuse."""
    if any(p < 0 for p in pads):
        raise RuntimeError("negative padding is not supported")
    if any(s <= 0 for s in steps):
        raise RuntimeError("non-positive stride is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if weight.ndim != n + 2:
        raise RuntimeError(
            f"Expected {n + 2}-dimensional input for {n + 2}-dimensional weight "
            f"{list(weight.shape)}, but got {x.ndim}-dimensional input of size {list(x.shape)} "
            "instead"
        )
    size = list(weight.shape)
    if size[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but "
            f"got weight of size {size} instead"
        )
    if size[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size {size} instead"
        )


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """As `conv1d`, for (length, N, in) and filters (kernel, in, out): (places, N, out)."""
    arguments.tensor("conv_tbc", input)
    if input.ndim != 3:
        raise RuntimeError("Input must have 3 dims: time, batch, in_channel")
    if weight.ndim != 3:
        raise RuntimeError(
            "Weight tensor must have 3 dims: kernel_width, in_channels, out_channels."
        )
    if bias.ndim != 1:
        raise RuntimeError("Bias must be 1-D")
    rows, filters = input.permute(1, 2, 0), weight.permute(2, 1, 0)
    return conv1d(rows, filters, bias, padding=pad).permute(2, 0, 1)


# -- the other way: each element spread by its filter ----------------------------------------------


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
    how = stride, padding, output_padding, dilation
    return _conv_transpose(1, input, weight, bias, how, groups)


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
    how = stride, padding, output_padding, dilation
    return _conv_transpose(2, input, weight, bias, how, groups)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """What `conv3d` does to gradients: each element adds its filter (in, out/groups, d, h, w)."""
    how = stride, padding, output_padding, dilation
    return _conv_transpose(3, input, weight, bias, how, groups)


def _conv_transpose(
    n: int, input: Tensor, weight: Tensor, bias: Tensor | None, how: tuple[Any, ...], groups: int
) -> Tensor:
    _check_input(f"conv_transpose{n}d", n, input)
    batched = input.ndim == n + 2
    x = input if batched else input.unsqueeze(0)
    names = ("stride", "padding", "output_padding", "dilation")
    steps, pads, extra, gaps = [each(v, n, name) for v, name in zip(how, names)]
    size = _check_transpose(n, x, weight, bias, steps, pads, extra, gaps, groups)
    how = size, extra, steps, pads, gaps, groups
    out = apply(ops.ConvTransposeBackward, (x, weight, bias), *how)
    return out if batched else out.squeeze(0)


def _check_transpose(
    n: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    steps: tuple[int, ...],
    pads: tuple[int, ...],
    extra: tuple[int, ...],
    gaps: tuple[int, ...],
    groups: int,
) -> tuple[int, ...]:
    """The size of the result. Raises RuntimeError for what does not fit together."""
    if any(p < 0 for p in extra):
        raise RuntimeError("negative output_padding is not supported")
    _check_numbers(n, x, weight, steps, pads, gaps, groups)
    shape = list(weight.shape)
    if x.shape[1] != shape[0]:
        raise RuntimeError(
            f"Given transposed=1, weight of size {shape}, expected input{list(x.shape)} to have "
            f"{shape[0]} channels, but got {x.shape[1]} channels instead"
        )
    channels = shape[1] * groups
    if bias is not None and (bias.ndim != 1 or bias.shape[0] != channels):
        raise RuntimeError(
            f"Given transposed=1, weight of size {shape}, expected bias to be 1-dimensional with "
            f"{channels} elements, but got bias of size {list(bias.shape)} instead"
        )
    arguments.convolution(x, weight, bias)
    # Torch makes two dims of one, and names them.
    names = ("depth", "height", "width")[-max(n, 2) :]
    if any(g <= 0 for g in gaps):
        shown = [f"dilation_{m}: {g}" for m, g in zip(names, (*[1] * (len(names) - n), *gaps))]
        raise RuntimeError("dilation should be greater than zero, but got " + ", ".join(shown))
    if any(e >= s and e >= g for e, s, g in zip(extra, steps, gaps)):
        kinds = ("output_padding", extra, 0), ("stride", steps, 1), ("dilation", gaps, 1)
        shown = [
            f"{kind}_{m}: {v}"
            for kind, values, one in kinds
            for m, v in zip(names, (*[one] * (len(names) - n), *values))
        ]
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            + " ".join(shown)
        )
    size = tuple(
        [
            (m - 1) * s - 2 * p + d * (k - 1) + e + 1
            for m, k, s, p, e, d in zip(x.shape[2:], shape[2:], steps, pads, extra, gaps)
        ]
    )
    if min(size) < 1:
        dims = [(*[1] * (len(names) - n), *s) for s in (x.shape[2:], size)]
        shown = [" x ".join([str(m) for m in d]) for d in dims]
        raise RuntimeError(
            f"Given input size per channel: ({shown[0]}). Calculated output size per channel: "
            f"({shown[1]}). Output size is too small"
        )
    return size


# -- windows as columns ----------------------------------------------------------------------------


def _pair(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else tuple(size)  # type: ignore[return-value]


def unfold(
    input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """All windows of (N, C, H, W) as columns: (N, C·kernel, windows)."""
    kernel, gap, pad, step = how = [_pair(v) for v in (kernel_size, dilation, padding, stride)]
    _check_windows(kernel, gap, pad, step)
    shape = list(input.shape)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    places = _places(shape[-2:], *how)
    if min(places) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(shape[-2:])}, kernel_size={kernel}, dilation="
            f"{gap}, padding={pad}, calculated shape of the array of sliding blocks as {places}, "
            "but its components must be at least one."
        )
    return input._im2col(*how) if len(shape) == 4 else input.unsqueeze(0)._im2col(*how).squeeze(0)


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added up in their windows of a plane of `output_size`."""
    size, kernel, gap, pad, step = how = [
        _pair(v) for v in (output_size, kernel_size, dilation, padding, stride)
    ]
    _check_windows(kernel, gap, pad, step)
    shape = list(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {shape}"
        )
    if shape[-2] % math.prod(kernel):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, "
            f"but got input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, columns = _places(size, *how[1:])
    if shape[-1] != rows * columns:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={gap}, padding={pad}, "
            f"stride={step}, expected size of input's dimension 2 to match the calculated number "
            f"of sliding blocks {rows} * {columns} = {rows * columns}, but got "
            f"input.size(2)={shape[-1]}."
        )
    return input._col2im(*how) if len(shape) == 3 else input.unsqueeze(0)._col2im(*how).squeeze(0)


def _places(size: Any, *how: tuple[int, int]) -> tuple[int, ...]:
    """How many windows a plane has in either direction."""
    return tuple([(m + 2 * p - d * (k - 1) - 1) // s + 1 for m, k, d, p, s in zip(size, *how)])


def _check_windows(*how: tuple[int, int]) -> None:
    words = ("kernel size", "kernel", 1), ("dilation", "dilation", 1), ("padding", "pad", 0)
    for (name, short, least), (high, wide) in zip((*words, ("stride", "stride", 1)), how):
        if min(high, wide) < least:
            must = "be greater than zero" if least else "be non-negative"
            raise RuntimeError(
                f"{name} should {must}, but got {short}_height: {high} {short}_width: {wide}"
            )
