"""Methods of statistics: counts, running extremes, quantiles, distances between vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, return_types
from ..checked import overloads
from ..dtypes import Number
from ..engine.node import Node
from ..errors import warn_once
from ..inplace import in_place
from ..ops import statistics
from ..ops.dims import dimension
from ..recording import apply, apply_broadcast, memory, record_several, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


class Statistics:
    """What there is of each value, where values lie, how they spread."""

    _data: Any
    ndim: int
    shape: Any
    dtype: Any

    # -- along a dimension ------------------------------------------------------------------------

    def cummax(self, dim: int) -> Any:
        """At each place along `dim` the largest up to there: (values, indices)."""
        return return_types.cummax(*apply(statistics.CummaxBackward0, (self,), dim))

    def cummin(self, dim: int) -> Any:
        """At each place along `dim` the smallest up to there: (values, indices)."""
        return return_types.cummin(*apply(statistics.CumminBackward0, (self,), dim))

    def logcumsumexp(self, dim: int) -> Tensor:
        """At each place along `dim` ln(Σeˣ) up to there."""
        if self._data.dtype.kind != "f":
            kind = self.dtype.scalar_type
            raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{kind}'")
        return apply(statistics.LogcumsumexpBackward0, (self,), dim)

    def aminmax(self, *, dim: int | None = None, keepdim: bool = False) -> Any:
        """The smallest and the largest element, of all or along `dim`: (min, max)."""
        return return_types.aminmax(*apply(statistics.AminmaxBackward0, (self,), dim, keepdim))

    def mode(self, dim: int = -1, keepdim: bool = False) -> Any:
        """The value that comes most often along `dim`, the smallest if equal: (values, indices)."""
        return return_types.mode(*apply(statistics.ModeBackward0, (self,), dim, keepdim))

    def msort(self) -> Tensor:
        """The elements in order along the first dimension."""
        return self.sort(0).values  # type: ignore[attr-defined]

    @overloads(
        "q: Tensor, dim: int = None, keepdim=False, *, interpolation='linear', out=None",
        "q: float, dim: int = None, keepdim=False, *, interpolation='linear', out=None",
    )
    def quantile(
        self,
        q: Any,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
    ) -> Tensor:
        """The value below which a share `q` of the elements lies, of all or along `dim`."""
        return _quantile(self, "quantile", q, dim, keepdim, interpolation, False)

    @overloads(
        "q: Tensor, dim: int = None, keepdim=False, *, interpolation='linear', out=None",
        "q: float, dim: int = None, keepdim=False, *, interpolation='linear', out=None",
    )
    def nanquantile(
        self,
        q: Any,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
    ) -> Tensor:
        """The quantile of what is not nan."""
        return _quantile(self, "nanquantile", q, dim, keepdim, interpolation, True)

    def diff(self, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
        """The differences of neighbours along `dim`, taken n times."""
        if not self.ndim:
            raise RuntimeError("diff expects input to be at least one-dimensional")
        if n < 0:
            raise RuntimeError(f"order must be non-negative but got {n}")
        if n == 0:
            return self.new_zeros(self.shape).copy_(self)  # type: ignore[attr-defined]
        parts = [t for t in (prepend, self, append) if t is not None]
        for t in (prepend, append):
            if t is not None:
                axis = dimension(dim, self.ndim)
                if t.ndim != self.ndim:
                    raise RuntimeError(
                        "diff expects prepend or append to be the same dimension as input"
                    )
                if any(m != n for d, (m, n) in enumerate(zip(t.shape, self.shape)) if d != axis):
                    raise RuntimeError(
                        "diff expects the shape of tensor to prepend or append to match that of "
                        "input except along the differencing dimension;"
                    )
        x: Any = self if len(parts) == 1 else self._cat(parts, dim)  # type: ignore[attr-defined]
        size = x.shape[dimension(dim, x.ndim)]
        for _ in range(min(n, size)):
            size -= 1
            after, before = x.narrow(dim, 1, size), x.narrow(dim, 0, size)
            x = after.logical_xor(before) if x.dtype is dtypes.bool else after - before
        return x

    def cov(self, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
        """The covariances of the rows, each of which is a variable."""
        if self.ndim > 2:
            raise RuntimeError(
                "cov(): expected input to have two or fewer dimensions but got an input with "
                f"{self.ndim} dimensions"
            )
        x: Any = self.view(1, -1) if self.ndim < 2 else self  # type: ignore[attr-defined]
        n = x.shape[1]
        for name, given, integral in (("fweights", fweights, True), ("aweights", aweights, False)):
            if given is not None:
                _check_weights(name, given, integral, n)
        weights = None
        for w in (fweights, aweights):
            if w is not None:
                weights = w if weights is None else weights * w
        total: Any = n if weights is None else weights.sum()
        mean = (x if weights is None else x * weights).sum(1, keepdim=True) / total
        if weights is not None and aweights is not None and correction != 0:
            norm = total - correction * (weights * aweights).sum() / total
        else:
            norm = total - correction
        centred = x - mean
        weighted = centred if weights is None else centred * weights
        norm = max(norm, 0) if weights is None else norm.clamp(min=0)
        return weighted.mm(centred.t()).true_divide(_as_tensor(norm, x)).squeeze()

    def corrcoef(self) -> Tensor:
        """The correlations of the rows, each of which is a variable."""
        if self.ndim > 2:
            raise RuntimeError(
                "corrcoef(): expected input to have two or fewer dimensions but got an input with "
                f"{self.ndim} dimensions"
            )
        covariance = self.cov()
        if not covariance.ndim:
            return covariance / covariance
        spread = covariance.diag().sqrt()
        scaled = covariance / spread.view(-1, 1) / spread.view(1, -1)
        return scaled.clamp(-1, 1)

    # -- values and counts ------------------------------------------------------------------------

    def unique(
        self,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        """Each value (or slice along `dim`) once, in order; also where it went, how often it is."""
        x = memory(self)
        if dim is not None:
            dim = dimension(dim, x.ndim)
        found = np.unique(x, return_inverse=True, return_counts=True, axis=dim, equal_nan=False)
        values, inverse, counts = found
        inverse = inverse.reshape(x.shape if dim is None else -1)
        return _several(self, values, inverse, counts, return_inverse, return_counts)

    def unique_consecutive(
        self, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
    ) -> Any:
        """Each run of equal values (or slices along `dim`) once."""
        x = memory(self)
        rows = x.reshape(-1) if dim is None else np.moveaxis(x, dim, 0)
        apart = rows[1:] != rows[:-1]
        changes = apart.reshape(len(apart), math.prod(apart.shape[1:])).any(1)
        first = np.concatenate([[True], changes]) if len(rows) else np.zeros(0, bool)
        values = rows[first]
        inverse = np.cumsum(first) - 1
        counts = np.diff(np.flatnonzero(np.concatenate([first, [True]])))
        if dim is None:
            inverse = inverse.reshape(x.shape)
        else:
            values = np.moveaxis(values, 0, dim)
        return _several(self, values, inverse, counts, return_inverse, return_counts)

    def bincount(self, weights: Any = None, minlength: int = 0) -> Tensor:
        """How often each of 0, 1, 2, … comes; or the sum of the weights where it does."""
        x = self._data
        if x.dtype.kind not in "iu":
            raise NotImplementedError(
                f"\"bincount_cpu\" not implemented for '{self.dtype.scalar_type}'"
            )
        if minlength < 0:
            raise RuntimeError("minlength should be >= 0")
        if x.ndim != 1 or (x.size and x.min() < 0):
            raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
        if weights is None:
            return wrap(np.bincount(x, minlength=minlength))
        if weights.shape != self.shape:
            raise RuntimeError("weights should be 1-d and have the same length as input")
        counts = np.bincount(x, weights._data, minlength)
        return wrap(counts.astype(np.float32 if weights.dtype is dtypes.float32 else np.float64))

    def histc(self, bins: int = 100, min: Number = 0, max: Number = 0) -> Tensor:
        """How many elements lie in each of `bins` equal parts of [min, max]."""
        x = self._data
        if x.dtype.kind == "b":
            raise NotImplementedError("\"histogram_cpu\" not implemented for 'Bool'")
        if bins <= 0:
            raise RuntimeError(
                f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0"
            )
        if min == max and x.size:
            min, max = x.min().item(), x.max().item()
        if min == max:
            min, max = min - 1, max + 1
        if not (math.isfinite(min) and math.isfinite(max)):
            raise RuntimeError(f"range of [{min:g}, {max:g}] is not finite")
        if min > max:
            raise RuntimeError("torch.histc: max must be larger than min")
        counts, _ = np.histogram(x[(x >= min) & (x <= max)], bins, (min, max))
        return wrap(counts.astype(x.dtype))

    @overloads(
        "bins: Tensor, *, weight: Tensor = None, density=False, out: Sequence[Tensor] = None",
        "bins: int = 100, *, range: Sequence[float] = None, weight: Tensor = None, density=False, "
        "out: Sequence[Tensor] = None",
    )
    def histogram(
        self, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: bool = False
    ) -> Any:
        """How many elements (or what `weight` of them) lie in each of `bins` equal parts of
        `range`, or between the edges `bins`: (hist, bin_edges)."""
        x = self._data.ravel()
        if x.dtype.kind != "f":
            kind = self.dtype.scalar_type
            raise NotImplementedError(f"\"histogramdd\" not implemented for '{kind}'")
        edges = bins._data if isinstance(bins, Node.tensor_type) else bins
        weights = None if weight is None else weight._data.ravel()
        if weights is not None and weight.shape != self.shape:  # type: ignore[union-attr]
            raise RuntimeError(
                "torch.histogram: if weight tensor is provided it should have the same shape as "
                "the input tensor excluding its innermost dimension"
            )
        if isinstance(edges, int) and edges <= 0:
            raise RuntimeError(
                f"torch.histogram(): bins must be > 0, but got {edges} for dimension 0"
            )
        limits = (x.min(), x.max()) if x.size else (0.0, 1.0)
        if range is not None:
            limits = tuple(range)
        counts, edges = np.histogram(x, edges, limits, weights=weights, density=density)
        return return_types.histogram(wrap(counts.astype(x.dtype)), wrap(edges.astype(x.dtype)))

    def _isin(self, test: Any, invert: bool) -> Tensor:
        return wrap(np.isin(self._data, test._data, invert=invert))

    def argwhere(self) -> Tensor:
        """The places of all elements that are not 0, a row each."""
        return self.nonzero()  # type: ignore[attr-defined]

    # -- distances --------------------------------------------------------------------------------

    def dist(self, other: Tensor, p: Number = 2) -> Tensor:
        """(Σ|x − y|ᵖ)^(1/p)"""
        return apply_broadcast(statistics.DistBackward0, (self, other), p, integers=False)

    def cross(self, other: Tensor, dim: int | None = None) -> Tensor:
        """The products x × y of vectors of three along `dim`; left out, the first of size 3."""
        if dim is None:
            if 3 not in self.shape:
                raise RuntimeError("no dimension of size 3 in input")
            dim = self.shape.index(3)
            warn_once(
                "Using minigrad.cross without specifying the dim arg is deprecated.\nPlease either "
                "pass the dim explicitly or simply use minigrad.linalg.cross.\nThe default value "
                "of dim will change to agree with that of linalg.cross in a future release.",
                4,
            )
        if self.ndim != other.ndim:
            raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
        axis = dimension(dim, self.ndim)
        if self.shape[axis] != 3 or other.shape[axis] != 3:
            raise RuntimeError(
                f"linalg.cross: inputs dimension {dim} must have length 3. Got {self.shape[axis]} "
                f"and {other.shape[axis]}"
            )
        return apply_broadcast(statistics.LinalgCrossBackward0, (self, other), dim)

    def renorm(self, p: float, dim: int, maxnorm: float) -> Tensor:
        """A copy whose slices along `dim` are shortened to norm `maxnorm` where they are longer."""
        if self.ndim < 2:
            raise RuntimeError(
                f"renorm: input needs at least 2 dimensions, got {self.ndim} dimensions"
            )
        return apply(statistics.RenormBackward0, (self,), p, dim, float(maxnorm))

    # -- parts put into wholes --------------------------------------------------------------------

    def select_scatter(self, src: Tensor, dim: int, index: int) -> Tensor:
        """A copy in which `src` stands at `index` of dimension `dim`."""
        return apply(
            statistics.SelectScatterBackward0,
            (self, src),
            lambda x: _at(x, dim, index),
            dim=dim,
            index=index,
        )

    def slice_scatter(
        self,
        src: Tensor,
        dim: int = 0,
        start: int | None = None,
        end: int | None = None,
        step: int = 1,
    ) -> Tensor:
        """A copy in which `src` stands in a slice along `dim`."""
        key = slice(start, end, step)
        return apply(
            statistics.SliceScatterBackward0,
            (self, src),
            lambda x: _at(x, dim, key),
            dim=dim,
            start=start,
            end=end,
            step=step,
        )

    def diagonal_scatter(
        self, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
    ) -> Tensor:
        """A copy in which `src` stands on the diagonal."""

        def diagonal(x: Any) -> Any:
            if not isinstance(x, np.ndarray):
                return x.diagonal(offset, dim1, dim2)
            view = np.diagonal(x, offset, dim1, dim2)
            if x.flags.writeable:
                view.flags.writeable = True
            return view

        return apply(
            statistics.DiagonalScatterBackward0,
            (self, src),
            diagonal,
            offset=offset,
            dim1=dim1,
            dim2=dim2,
        )

    def scatter_reduce(
        self, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
    ) -> Tensor:
        """A copy whose places that `gather` reads are reduced with `src`.

        `reduce` is "sum", "prod", "mean", "amax" or "amin".
        """
        return apply(
            statistics.ScatterReduceBackward0,
            (self, src),
            dim,
            reduce,
            include_self,
            fixed=(index,),
        )

    def index_reduce(
        self, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
    ) -> Tensor:
        """A copy whose slices at the places `index` along `dim` are reduced with `source`'s.

        `reduce` is "prod", "mean", "amax" or "amin".
        """
        warn_once("index_reduce() is in beta and the API may change at any time.", 4)
        op = statistics.IndexReduceBackward0
        return apply(op, (self, source), dim, reduce, include_self, fixed=(index,))

    def put(self, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
        """A copy with `source` written, or added, at the places `index` of the flat tensor."""
        if source.dtype is not self.dtype:
            raise RuntimeError(
                "put_(): self and source expected to have the same dtype, but got self.dtype = "
                f"{self.dtype.scalar_type} and source.dtype = {source.dtype.scalar_type}"
            )
        return apply(statistics.PutBackward0, (self, source), accumulate, fixed=(index,))

    def rot90(self, k: int = 1, dims: Any = (0, 1)) -> Tensor:
        """A copy turned by k·90° in the plane of two dimensions."""
        dims = tuple(dims)
        if len(dims) != 2:
            raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
        if self.ndim < 2:
            raise RuntimeError(f"expected total dims >= 2, but got total dims = {self.ndim}")
        if dims[0] == dims[1] or abs(dims[0] - dims[1]) == self.ndim:
            raise RuntimeError(
                "expected rotation dims to be different, but got dim0 = "
                f"{dims[0]} and dim1 = {dims[1]}"
            )
        for name, d in (("0", dims[0]), ("1", dims[1])):
            if not -self.ndim <= d < self.ndim:
                raise RuntimeError(f"Rotation dim{name} out of range, dim{name} = {d}")
        return apply(statistics.Rot90Backward0, (self,), k, dims)

    put_ = in_place(put, apart=True)
    renorm_ = in_place(renorm)
    scatter_reduce_ = in_place(scatter_reduce, apart=True)
    index_reduce_ = in_place(index_reduce, apart=True)


def _at(x: Any, dim: int, key: Any) -> Any:
    axis = dimension(dim, x.ndim)
    if isinstance(key, int):
        size = x.shape[axis]
        if not -size <= key < size:
            raise IndexError(
                f"select(): index {key} out of range for tensor of size {list(x.shape)} at "
                f"dimension {dim}"
            )
    return x[(*(slice(None),) * axis, key, ...)]


def _check_weights(name: str, weights: Any, integral: bool, n: int) -> None:
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
            f"{weights.ndim} dimensions"
        )
    if weights.dtype.category != (1 if integral else 2):
        kind = "integral" if integral else "floating point"
        raise RuntimeError(
            f"cov(): expected {name} to have {kind} dtype but got {name} with "
            f"{weights.dtype.scalar_type} dtype"
        )
    if weights.numel() != n:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input "
            f"but got {weights.numel()} != {n}"
        )
    if weights.numel() and weights._data.min() < 0:
        raise RuntimeError(f"cov(): {name} cannot be negative")


def _as_tensor(value: Any, like: Any) -> Any:
    return value if isinstance(value, Node.tensor_type) else wrap(like._data.dtype.type(value))


def _several(
    x: Any, values: Any, inverse: Any, counts: Any, return_inverse: bool, return_counts: bool
) -> Any:
    """The unique values, with what else is asked for; torch's node says it has no derivative."""
    results = [values, *([inverse] if return_inverse else ()), *([counts] if return_counts else ())]
    if x.requires_grad and x._data.dtype.kind == "f":
        outs = record_several(statistics.Unique2Backward0(), (x,), results)
    else:
        outs = tuple([wrap(r) for r in results])
    return outs if len(outs) > 1 else outs[0]


_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(
    x: Any, name: str, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> Any:
    if x.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if not isinstance(q, Node.tensor_type):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q:g}")
        q = wrap(x._data.dtype.type(q))
    if q.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if q.dtype is not x.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if not ((q._data >= 0) & (q._data <= 1)).all():
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {interpolation}"
        )
    if not x.numel():
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    whole = dim is None or not x.ndim
    if whole:
        shape, ordered = [1] * x.ndim if keepdim else [], x.flatten().sort().values
    else:
        axis = dimension(dim, x.ndim)
        shape = list(x.shape)
        shape[axis : axis + 1] = [1] if keepdim else []
        turned = x if axis == x.ndim - 1 else x.unsqueeze(-1).transpose(axis, -1)
        ordered = turned.sort().values
    ordered = ordered.view((*shape, ordered.shape[-1]))
    last = ordered.isnan().logical_not().sum(-1, keepdim=True) - 1
    size = ordered.shape[-1] - 1
    ranks = (q * last.clamp(min=0)) if skip_nan else (q * size).masked_fill(last < size, size)
    ranks = ranks.to(x.dtype)
    rounded = {"lower": ranks.floor, "higher": ranks.ceil, "nearest": ranks.round}
    ranks = rounded.get(interpolation, lambda: ranks)()
    count = ranks.shape[-1] if ranks.ndim else 1
    ranks = ranks.expand(*ordered.shape[:-1], count)
    below = ranks.long()
    values = ordered.gather(-1, below)
    if interpolation in ("linear", "midpoint"):
        half = wrap(np.full(values.shape, 0.5, x._data.dtype))
        weights = ranks - below.to(x.dtype) if interpolation == "linear" else half
        values = values.lerp(ordered.gather(-1, ranks.ceil().long()), weights)
    if q.ndim:  # the quantiles become the first dimension
        values.unsqueeze_(0)
        values.transpose_(0, -1)
    return values.squeeze_(-1)
