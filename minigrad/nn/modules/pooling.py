"""Pooling: one number for each window of an image."""

from __future__ import annotations

from typing import Any

from ...tensor import Tensor
from .. import functional as F
from .module import Module

Sizes = int | tuple[int, ...]


class _MaxPool(Module):
    """The greatest element of each window; windows lie `stride` apart, which is their own size if
    left out. With `return_indices`, also where it was."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def _options(self) -> tuple[Any, ...]:
        sizes = self.kernel_size, self.stride, self.padding, self.dilation
        return *sizes, self.ceil_mode, self.return_indices

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    __doc__ = f"Over signals (N, C, L). {_MaxPool.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.max_pool1d(input, *self._options())


class MaxPool2d(_MaxPool):
    __doc__ = f"Over images (N, C, H, W). {_MaxPool.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(input, *self._options())


class MaxPool3d(_MaxPool):
    __doc__ = f"Over rooms (N, C, D, H, W). {_MaxPool.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.max_pool3d(input, *self._options())


class _MaxUnpool(Module):
    """Each value where it stood before the pooling, by the indices that this gave; else 0."""

    ndim: int

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        self.kernel_size = self._each(kernel_size)
        self.stride = self._each(kernel_size if stride is None else stride)
        self.padding = self._each(padding)

    def _each(self, size: Sizes) -> tuple[int, ...]:
        return (size,) * self.ndim if isinstance(size, int) else tuple(size)

    def forward(
        self, input: Tensor, indices: Tensor, output_size: list[int] | None = None
    ) -> Tensor:
        unpool = getattr(F, f"max_unpool{self.ndim}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    __doc__ = f"For signals (N, C, L). {_MaxUnpool.__doc__}"
    ndim = 1


class MaxUnpool2d(_MaxUnpool):
    __doc__ = f"For images (N, C, H, W). {_MaxUnpool.__doc__}"
    ndim = 2


class MaxUnpool3d(_MaxUnpool):
    __doc__ = f"For rooms (N, C, D, H, W). {_MaxUnpool.__doc__}"
    ndim = 3


class AvgPool1d(Module):
    """The mean of each window of (N, C, L); windows lie `stride` apart, which is their own size if
    left out."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = _single(kernel_size)
        self.stride = self.kernel_size if stride is None else _single(stride)
        self.padding = _single(padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


def _single(size: Sizes) -> tuple[int, ...]:
    return (size,) if isinstance(size, int) else tuple(size)


class _AvgPool(Module):
    """The mean of each window; windows lie `stride` apart, which is their own
    size if left out. `divisor_override` is used in place of the number of elements."""

    ndim: int

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        pool = getattr(F, f"avg_pool{self.ndim}d")
        return pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    __doc__ = f"Over images (N, C, H, W). {_AvgPool.__doc__}"
    ndim = 2


class AvgPool3d(_AvgPool):
    __doc__ = f"Over rooms (N, C, D, H, W). {_AvgPool.__doc__}"
    ndim = 3


class _LPPool(Module):
    """The p-norm of each window, (Σ xᵖ)^(1/p), p being `norm_type`; windows lie `stride` apart,
    which is their own size if left out."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: Any,
        stride: Any = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    __doc__ = f"Over signals (N, C, L). {_LPPool.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        kernel = self.kernel_size
        return F.lp_pool1d(input, float(self.norm_type), kernel, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    __doc__ = f"Over images (N, C, H, W). {_LPPool.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        kernel = self.kernel_size
        return F.lp_pool2d(input, float(self.norm_type), kernel, self.stride, self.ceil_mode)


class LPPool3d(_LPPool):
    __doc__ = f"Over rooms (N, C, D, H, W). {_LPPool.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        kernel = self.kernel_size
        return F.lp_pool3d(input, float(self.norm_type), kernel, self.stride, self.ceil_mode)


class _Adaptive(Module):
    """As many windows as `output_size` says cover the plane; None keeps a size."""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    __doc__ = f"Means over signals (N, C, L). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    __doc__ = f"Means over images (N, C, H, W). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_Adaptive):
    __doc__ = f"Means over rooms (N, C, D, H, W). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)


class AdaptiveMaxPool1d(_Adaptive):
    __doc__ = f"The greatest over signals (N, C, L). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_Adaptive):
    __doc__ = f"The greatest over images (N, C, H, W). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_Adaptive):
    __doc__ = f"The greatest over rooms (N, C, D, H, W). {_Adaptive.__doc__}"

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)
