"""Methods that combine elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, return_types
from ..checked import overloads
from ..engine.node import Node
from ..inplace import in_place
from ..ops import reduction
from ..ops.dims import dimension, dimensions, matrix_dims
from ..recording import apply, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor

Dims = int | Sequence[int] | None
Dtype = dtypes.dtype | None
_WHOLE: Any = object()  # where no dimension is named; torch has another node where None is


class Reduction:
    """Sums, means, extremes and orders, of all elements or along dimensions."""

    _data: Any

    @overloads("*, dtype=None", "dim: Dims | None, keepdim=False, *, dtype=None, out=None")
    def sum(
        self,
        dim: Dims = _WHOLE,
        keepdim: bool = False,
        *,
        dtype: Dtype = None,
        axis: Dims = _WHOLE,
        keepdims: bool = False,
    ) -> Tensor:
        """The sum of all elements, or along `dim` (one or several). Integers sum to int64."""
        if dtype is not None:
            dtype = dtypes.PYTHON_TYPES.get(dtype, dtype)
        dim = axis if dim is _WHOLE else dim
        if dim is _WHOLE and not (keepdim or keepdims):
            return apply(reduction.SumBackward0, (self,), dtype)
        dim = () if dim is _WHOLE or dim is None else dim
        try:
            return apply(reduction.SumBackward1, (self,), dim, keepdim or keepdims, dtype)
        except TypeError:  # called too often for a check around it
            from ..calls import reread

            reread("sum", Reduction.sum, (self, dim, keepdim)[: 2 + bool(keepdim)], {}, "method")
            raise

    @overloads(
        "*, dtype=None, out=None", "dim: Dims | None, keepdim=False, *, dtype=None, out=None"
    )
    def mean(
        self,
        dim: Dims = _WHOLE,
        keepdim: bool = False,
        *,
        dtype: Dtype = None,
    ) -> Tensor:
        """The mean of all elements, or along `dim`. Raises RuntimeError for integers."""
        if dtype is not None:
            dtype = dtypes.PYTHON_TYPES.get(dtype, dtype)
        if dim is _WHOLE and not keepdim:
            return apply(reduction.MeanBackward0, (self,), dtype)
        dim = () if dim is _WHOLE or dim is None else dim
        return apply(reduction.MeanBackward1, (self,), dim, keepdim, dtype)

    def _mean_backward(self, shape: Sequence[int], count: int) -> Tensor:
        return self._expand(shape)._over(count)

    def nansum(self, dim: Dims = None, keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:
        """The sum of what is not nan."""
        return apply(reduction.NansumBackward0, (self,), dim, keepdim, dtype)

    def nanmean(self, dim: Dims = None, keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:
        """The mean of what is not nan."""
        if self._data.dtype.kind != "f":
            kind = dtypes.from_numpy(self._data.dtype).scalar_type
            raise RuntimeError(
                "nanmean(): expected input to have floating point or complex dtype but got " + kind
            )
        count = self.isnan().logical_not().sum(dim, keepdim)
        return self.nansum(dim, keepdim, dtype=dtype) / count

    @overloads("*, dtype=None", "dim: int, keepdim=False, *, dtype=None, out=None")
    def prod(self, dim: int | None = None, keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:
        """The product of all elements, or along `dim`. Integers multiply to int64."""
        if dim is None:
            return apply(reduction.ProdBackward0, (self,), dtype)
        if not isinstance(dim, int):
            raise TypeError(f"prod(): argument 'dim' must be int, not {type(dim).__name__}")
        return apply(reduction.ProdBackward1, (self,), dim, keepdim, dtype)

    def cumsum(self, dim: int, *, dtype: Dtype = None) -> Tensor:
        """At each place along `dim` the sum up to there."""
        return apply(reduction.CumsumBackward0, (self,), dim, dtype)

    def cumprod(self, dim: int, *, dtype: Dtype = None) -> Tensor:
        """At each place along `dim` the product up to there."""
        return apply(reduction.CumprodBackward0, (self,), dim, dtype)

    @overloads(
        "dim: Dims | None, unbiased=True, keepdim=False, *, out=None",
        "dim: Dims = None, *, correction: Number = None, keepdim=False, out=None",
        "unbiased=True",
    )
    def var(
        self,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> Tensor:
        """Σ(x − mean)²/(n − correction), of all elements or along `dim`; correction is 1."""
        dim, correction = _spread(dim, unbiased, correction)
        return apply(reduction.VarBackward0, (self,), dim, correction, keepdim)

    @overloads(
        "dim: Dims | None, unbiased=True, keepdim=False, *, out=None",
        "dim: Dims = None, *, correction: Number = None, keepdim=False, out=None",
        "unbiased=True",
    )
    def std(
        self,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> Tensor:
        """The root of the variance."""
        dim, correction = _spread(dim, unbiased, correction)
        return apply(reduction.StdBackward0, (self,), dim, correction, keepdim)

    def _var_mean(
        self,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> tuple[Tensor, Tensor]:
        """The variance and the mean."""
        dim, correction = _spread(dim, unbiased, correction)
        return apply(reduction.VarMeanBackward0, (self,), dim, correction, keepdim)

    def _std_mean(
        self,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> tuple[Tensor, Tensor]:
        """The standard deviation and the mean."""
        dim, correction = _spread(dim, unbiased, correction)
        return apply(reduction.StdMeanBackward0, (self,), dim, correction, keepdim)

    def logsumexp(self, dim: Dims, keepdim: bool = False) -> Tensor:
        """ln(Σeˣ) along `dim`, without overflow."""
        x = self if self._data.dtype.kind == "f" else self.to(dtypes.get_default_dtype())
        return apply(reduction.LogsumexpBackward0, (x,), dim, keepdim)

    def norm(
        self,
        p: Any = "fro",
        dim: Dims = None,
        keepdim: bool = False,
        dtype: Dtype = None,
    ) -> Tensor:
        """(Σ|x|ᵖ)^(1/p), of all elements or along `dim`; p is 2 unless given."""
        if isinstance(p, str):
            if p == "nuc":
                return self._nuclear(matrix_dims(self, (-2, -1) if dim is None else dim), keepdim)
            if p != "fro":
                raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
            p = 2
        p = 2.0 if p is None else p
        return apply(reduction.LinalgVectorNormBackward0, (self,), p, dim, keepdim, dtype)

    # -- extremes ---------------------------------------------------------------------------------

    @overloads(
        "*, out=None",
        "other: Tensor, *, out=None",
        "dim: int, keepdim=False, *, out: Sequence[Tensor] = None",
    )
    def max(self, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        """The largest element; (values, indices) along `dim`; or of two tensors, as `maximum`."""
        other = dim if isinstance(dim, Node.tensor_type) else other
        if other is not None:
            return self.maximum(other)
        if dim is None:
            return apply(reduction.MaxBackward1, (self,))
        return return_types.max(*apply(reduction.MaxBackward0, (self,), dim, keepdim))

    @overloads(
        "*, out=None",
        "other: Tensor, *, out=None",
        "dim: int, keepdim=False, *, out: Sequence[Tensor] = None",
    )
    def min(self, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        """The smallest element; (values, indices) along `dim`; or of two tensors, as `minimum`."""
        other = dim if isinstance(dim, Node.tensor_type) else other
        if other is not None:
            return self.minimum(other)
        if dim is None:
            return apply(reduction.MinBackward1, (self,))
        return return_types.min(*apply(reduction.MinBackward0, (self,), dim, keepdim))

    def amax(self, dim: Dims = (), keepdim: bool = False) -> Tensor:
        """The largest element along `dim` (one or several); all of them if it is left out."""
        return apply(reduction.AmaxBackward0, (self,), dim, keepdim)

    def amin(self, dim: Dims = (), keepdim: bool = False) -> Tensor:
        """The smallest element along `dim` (one or several); all of them if it is left out."""
        return apply(reduction.AminBackward0, (self,), dim, keepdim)

    @overloads("", "dim: int, keepdim=False, *, out: Sequence[Tensor] = None")
    def median(self, dim: int | None = None, keepdim: bool = False) -> Any:
        """The lower of the two middle elements; (values, indices) along `dim`."""
        if dim is None:
            return apply(reduction.MedianBackward0, (self,))
        return return_types.median(*apply(reduction.MedianBackward1, (self,), dim, keepdim))

    @overloads("", "dim: int, keepdim=False, *, out: Sequence[Tensor] = None")
    def nanmedian(self, dim: int | None = None, keepdim: bool = False) -> Any:
        """The median of what is not nan."""
        if dim is None:
            return apply(reduction.NanmedianBackward0, (self,))
        return return_types.nanmedian(*apply(reduction.NanmedianBackward1, (self,), dim, keepdim))

    def kthvalue(self, k: int, dim: int = -1, keepdim: bool = False) -> Any:
        """The k-th smallest along `dim`, counted from 1: (values, indices)."""
        return return_types.kthvalue(*apply(reduction.KthvalueBackward0, (self,), k, dim, keepdim))

    def argmax(self, dim: int | None = None, keepdim: bool = False) -> Tensor:
        """Where the largest element stands, in all of the tensor or along `dim`."""
        return _place(self, np.argmax, dim, keepdim, "argmax")

    def argmin(self, dim: int | None = None, keepdim: bool = False) -> Tensor:
        """Where the smallest element stands, in all of the tensor or along `dim`."""
        return _place(self, np.argmin, dim, keepdim, "argmin")

    @overloads(
        "*, stable: bool | None, dim=-1, descending=False, out: Sequence[Tensor] = None",
        "dim=-1, descending=False, *, out: Sequence[Tensor] = None",
    )
    def sort(self, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
        """The elements in order along `dim`, and where they stood: (values, indices)."""
        op = reduction.SortBackward0 if stable is None else reduction.SortBackward1
        return return_types.sort(*apply(op, (self,), dim, bool(descending)))

    @overloads("*, stable: bool, dim=-1, descending=False, out=None", "dim=-1, descending=False")
    def argsort(self, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Tensor:
        """The indices that would sort the tensor along `dim`."""
        return self.detach().sort(dim, descending, stable=stable).indices

    def topk(self, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
        """The k largest (or smallest) along `dim`, in order: (values, indices)."""
        if isinstance(dim, bool):
            raise TypeError("topk(): argument 'dim' (position 2) must be int, not bool")
        return return_types.topk(*apply(reduction.TopkBackward0, (self,), k, dim, largest, sorted))

    # -- truth ------------------------------------------------------------------------------------

    @overloads(
        "*, out=None",
        "dim: Dims = None, keepdim=False, *, out=None",
        "dim: int, keepdim=False, *, out=None",
    )
    def all(self, dim: Dims = None, keepdim: bool = False) -> Tensor:
        """Whether no element is 0, in all of the tensor or along `dim`."""
        return _truth(self, np.logical_and, dim, keepdim)

    @overloads(
        "*, out=None",
        "dim: Dims = None, keepdim=False, *, out=None",
        "dim: int, keepdim=False, *, out=None",
    )
    def any(self, dim: Dims = None, keepdim: bool = False) -> Tensor:
        """Whether an element is not 0, in all of the tensor or along `dim`."""
        return _truth(self, np.logical_or, dim, keepdim)

    @overloads("dim: int = None", "dim: Sequence[int]")
    def count_nonzero(self, dim: Dims = None) -> Tensor:
        """How many elements are not 0."""
        return self.ne(0).sum(dim)

    def _count(self, axes: Any, like: Tensor) -> Tensor:
        return self.sum(axes, axes is not None, dtype=like.dtype)

    cumsum_ = in_place(cumsum)
    cumprod_ = in_place(cumprod)


def _spread(dim: Any, unbiased: bool | None, correction: Any) -> tuple[Any, Any]:
    """torch's three ways to call `var`: (unbiased), (dim, unbiased), (dim, correction=…)."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = int(unbiased)
    elif correction is None and dim is not None:
        correction = 1
    return dim, correction


def _place(x: Any, find: Any, dim: int | None, keepdim: bool, name: str) -> Any:
    data = x._data
    if data.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None:
        if not data.size:
            raise IndexError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
            )
        return wrap(np.asarray(find(data)).reshape((1,) * data.ndim if keepdim else ()))
    axis = dimension(dim, data.ndim)
    if not data.ndim:
        return wrap(np.int64(0))
    if not data.shape[axis]:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    return wrap(find(data, axis, keepdims=keepdim))


def _truth(x: Any, combine: Any, dim: Dims, keepdim: bool) -> Any:
    axes = dimensions(dim, x._data.ndim)
    out = combine.reduce(x._data, axis=axes, keepdims=keepdim)
    return wrap(out.astype(np.uint8) if x._data.dtype == np.uint8 else out)
