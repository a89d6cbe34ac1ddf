"""Instance normalization: each channel of each example with mean 0 and variance 1."""

from __future__ import annotations

import warnings
from typing import Any

from ... import dtypes
from ...tensor import Tensor
from .. import functional as F
from .batchnorm import _NormBase


class _InstanceNorm(_NormBase):
    """(x − mean)/√(variance + eps)·weight + bias, for each channel of each example.

    Unless they are asked for, there are no weight and bias and no running averages.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def _get_no_batch_dim(self) -> int:
        """How many dimensions a single example has."""
        raise NotImplementedError

    def _check_input_dim(self, input: Tensor) -> None:
        dims = self._get_no_batch_dim(), self._get_no_batch_dim() + 1
        if input.dim() not in dims:
            raise ValueError(f"expected {dims[0]}D or {dims[1]}D input (got {input.dim()}D input)")

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        dim = input.dim() - self._get_no_batch_dim()
        if input.size(dim) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features "
                    f"({self.num_features}), but got: {input.size(dim)}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        return self._normal(input) if dim else self._normal(input.unsqueeze(0)).squeeze(0)

    def _normal(self, input: Tensor) -> Tensor:
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    __doc__ = f"For (N, C, L) or (C, L): {_InstanceNorm.__doc__}"

    def _get_no_batch_dim(self) -> int:
        return 2


class InstanceNorm2d(_InstanceNorm):
    __doc__ = f"For (N, C, H, W) or (C, H, W): {_InstanceNorm.__doc__}"

    def _get_no_batch_dim(self) -> int:
        return 3


class InstanceNorm3d(_InstanceNorm):
    __doc__ = f"For (N, C, D, H, W) or (C, D, H, W): {_InstanceNorm.__doc__}"

    def _get_no_batch_dim(self) -> int:
        return 4
