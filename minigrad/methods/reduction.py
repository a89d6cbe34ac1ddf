"""Methods that combine elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..ops import reduction
from ..recording import method

if TYPE_CHECKING:
    from ..tensor import Tensor


class Reduction:
    """Sums, means and extremes, of all elements or along dimensions."""

    _data: Any

    _sum_all = method(reduction.SumBackward0)
    _sum_dim = method(reduction.SumBackward1)
    _mean_all = method(reduction.MeanBackward0)
    _mean_dim = method(reduction.MeanBackward1)

    def sum(
        self,
        dim: int | Sequence[int] | None = None,
        keepdim: bool = False,
        *,
        dtype: dtypes.dtype | None = None,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
    ) -> Tensor:
        """The sum of all elements, or along `dim` (one or several). Integers sum to int64."""
        x = self if dtype is None else self.to(dtype)
        dim = axis if dim is None else dim
        return x._sum_all() if dim is None else x._sum_dim(dim, keepdim or keepdims)

    def mean(
        self,
        dim: int | Sequence[int] | None = None,
        keepdim: bool = False,
        *,
        dtype: dtypes.dtype | None = None,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
    ) -> Tensor:
        """The mean of all elements, or along `dim`. Raises RuntimeError for integers."""
        x = self if dtype is None else self.to(dtype)
        dim = axis if dim is None else dim
        return x._mean_all() if dim is None else x._mean_dim(dim, keepdim or keepdims)
