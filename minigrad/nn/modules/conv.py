"""Convolutions: a small window of weights that slides over a signal or an image."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ... import dtypes
from ...creation import empty
from ...tensor import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module

Sizes = int | tuple[int, ...]
_PADDINGS = ("same", "valid")
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """Weights of shape (out_channels, in_channels/groups, *kernel_size), over `ndim` dims.

    `padding` is the number of elements added at both sides, or "valid" for none, or "same" for as
    many as keep the size; `padding_mode` says what they are. With `groups`, channels are split
    into groups, and each group of outputs sees its own group of inputs.
    """

    ndim: int
    output_padding: tuple[int, ...]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = self._each(kernel_size)
        self.stride = self._each(stride)
        self.padding = padding if isinstance(padding, str) else self._each(padding)
        self.dilation = self._each(dilation)
        if isinstance(padding, str):
            if padding not in _PADDINGS:
                raise ValueError(
                    f"Invalid padding string {padding!r}, should be one of {_set(_PADDINGS)}"
                )
            if padding == "same" and any(step != 1 for step in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {_set(_PADDING_MODES)}, but got "
                f"padding_mode='{padding_mode}'"
            )
        self.transposed = False
        self.output_padding = self._each(0)
        self.groups = groups
        self.padding_mode = padding_mode
        shape = self._shape(in_channels, out_channels, groups)
        self.weight = Parameter(empty((*shape, *self.kernel_size), dtype=dtype))
        self.register_parameter(
            "bias", Parameter(empty(out_channels, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    @staticmethod
    def _shape(in_channels: int, out_channels: int, groups: int) -> tuple[int, int]:
        """The first two dims of the weight."""
        return out_channels, in_channels // groups

    def _each(self, size: Sizes) -> tuple[int, ...]:
        """One number for each dim, if only one is given."""
        return tuple(size) if isinstance(size, Iterable) else (size,) * self.ndim

    def reset_parameters(self) -> None:
        """Draw new initial values, uniform on ±1/√(number of weights of one output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def _pads(self) -> list[int]:
        """How much to add before and after each dim, the last dim first, as `F.pad` takes it."""
        if self.padding == "valid":
            return [0, 0] * self.ndim
        if self.padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size)]
            return [pad for t in reversed(total) for pad in (t // 2, t - t // 2)]
        return [pad for pad in reversed(self.padding) for _ in range(2)]  # type: ignore[misc]

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._pads(), mode=self.padding_mode)
            padding = self._each(0)
        convolve = getattr(F, f"conv{self.ndim}d")
        return convolve(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        if self.padding != self._each(0):
            text += f", padding={self.padding}"
        if self.dilation != self._each(1):
            text += f", dilation={self.dilation}"
        if self.output_padding != self._each(0):
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


def _set(values: tuple[str, ...]) -> str:
    """`values` as a set prints, but always in the same order."""
    return "{" + str(values)[1:-1] + "}"


class Conv1d(_ConvNd):
    __doc__ = f"Over signals (N, in_channels, L). {_ConvNd.__doc__}"
    ndim = 1


class Conv2d(_ConvNd):
    __doc__ = f"Over images (N, in_channels, H, W). {_ConvNd.__doc__}"
    ndim = 2


class Conv3d(_ConvNd):
    __doc__ = f"Over rooms (N, in_channels, D, H, W). {_ConvNd.__doc__}"
    ndim = 3


class _ConvTransposeNd(_ConvNd):
    """Each element of the input adds its filter to the output, which is larger: what a convolution
    does to gradients. Weights have shape (in_channels, out_channels/groups, *kernel_size).

    Several sizes lead to one when a convolution has a stride: `output_padding` chooses, or
    `output_size` when the layer is called.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        self.transposed = True
        self.output_padding = self._each(output_padding)

    @staticmethod
    def _shape(in_channels: int, out_channels: int, groups: int) -> tuple[int, int]:
        return in_channels, out_channels // groups

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        spread = getattr(F, f"conv_transpose{self.ndim}d")
        return spread(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self._output_padding(input, output_size),
            self.groups,
            self.dilation,
        )

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """How much to add at the end, so that the result has `output_size`."""
        if output_size is None:
            return self.output_padding
        n = self.ndim
        outer = 2 if input.dim() == n + 2 else 1
        if len(output_size) == outer + n:
            output_size = output_size[outer:]
        if len(output_size) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.dim()}D input, output_size must have {n} or "
                f"{outer + n} elements (got {len(output_size)})"
            )
        pads: Any = self.padding
        how = zip(input.shape[outer:], self.stride, pads, self.dilation, self.kernel_size)
        least = [(m - 1) * s - 2 * p + d * (k - 1) + 1 for m, s, p, d, k in how]
        most = [m + s - 1 for m, s in zip(least, self.stride)]
        if any(not low <= m <= high for m, low, high in zip(output_size, least, most)):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range from {least} to "
                f"{most} (for an input of {input.size()[2:]})"
            )
        return tuple([m - low for m, low in zip(output_size, least)])


class ConvTranspose1d(_ConvTransposeNd):
    __doc__ = f"Over signals (N, in_channels, L). {_ConvTransposeNd.__doc__}"
    ndim = 1


class ConvTranspose2d(_ConvTransposeNd):
    __doc__ = f"Over images (N, in_channels, H, W). {_ConvTransposeNd.__doc__}"
    ndim = 2


class ConvTranspose3d(_ConvTransposeNd):
    __doc__ = f"Over rooms (N, in_channels, D, H, W). {_ConvTransposeNd.__doc__}"
    ndim = 3
