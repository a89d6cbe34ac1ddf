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


class _Conv(Module):
    """Weights of shape (out_channels, in_channels/groups, *kernel_size), over `ndim` dims.

    `padding` is the number of elements added at both sides, or "valid" for none, or "same" for as
    many as keep the size; `padding_mode` says what they are. With `groups`, channels are split
    into groups, and each group of outputs sees its own group of inputs.
    """

    ndim: int

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
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = Parameter(
            empty((out_channels, in_channels // groups, *self.kernel_size), dtype=dtype)
        )
        self.register_parameter(
            "bias", Parameter(empty(out_channels, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

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
        convolve = F.conv1d if self.ndim == 1 else F.conv2d
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


class Conv1d(_Conv):
    __doc__ = f"Over signals (N, in_channels, L). {_Conv.__doc__}"
    ndim = 1


class Conv2d(_Conv):
    __doc__ = f"Over images (N, in_channels, H, W). {_Conv.__doc__}"
    ndim = 2
