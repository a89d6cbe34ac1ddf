"""Operations of statistics: running extremes, the mode, distances; and parts put into wholes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .again import Error
from .dims import dimension
from .indexing import check_along, in_range, mesh, trimmed
from .lift import (
    amax,
    constant,
    exp,
    expand,
    flip,
    gather,
    index_add,
    index_select,
    log,
    logcumsumexp,
    masked_fill,
    new_zeros,
    power,
    scatter_add,
    scatter_reduce,
    sgn,
    unsqueeze,
    where,
    zeros,
)
from .reduction import Chosen, Reduction


class CummaxBackward0(Node):
    """∂(the largest so far)/∂xᵢ: the sum of the gradients of the places that hold xᵢ"""

    saves = {"self": 0b1, "values": 0, "indices": 0b1}
    constants = ("dim",)
    dim: int
    better = staticmethod(np.greater_equal)

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        axis = dimension(dim, x.ndim)
        if not x.ndim:
            return x.copy(), np.int64(0)
        values, places = np.moveaxis(x, axis, 0).copy(), np.zeros(x.shape, np.int64)
        indices = np.moveaxis(places, axis, 0)
        for i in range(1, len(values)):
            new, best = values[i], values[i - 1]
            wins = (new != new) | ((best == best) & self.better(new, best))
            values[i] = np.where(wins, new, best)
            indices[i] = np.where(wins, i, indices[i - 1])
        return np.moveaxis(values, 0, axis), places

    def backward(self, grad: Any, x: Any, indices: Any) -> Any:
        return scatter_add(zeros(x), self.dim, indices, grad) if grad.ndim else grad


class CumminBackward0(CummaxBackward0):
    """∂(the smallest so far)/∂xᵢ: the sum of the gradients of the places that hold xᵢ"""

    better = staticmethod(np.less_equal)


class LogcumsumexpBackward0(Node):
    """∂ln(eˣ¹ + … + eˣⁱ)/∂xⱼ = eˣʲ⁻ʸⁱ for j ≤ i, y the result"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        return np.logaddexp.accumulate(x, dimension(dim, x.ndim)) if x.ndim else x.copy()

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if not grad.ndim:
            return grad
        # Gradients of either sign, as logarithms, so that nothing overflows.
        axis, minus_inf = dimension(self.dim, grad.ndim), -np.inf
        sent = None
        for size in (grad, -grad):
            logs = where(size > 0, log(where(size > 0, size, 1)) - result, minus_inf)
            summed = exp(flip(logcumsumexp(flip(logs, [axis]), axis), [axis]) + x)
            sent = summed if sent is None else sent - summed
        return sent


class AminmaxBackward0(Reduction):
    """∂(min x, max x)/∂xᵢ = 1/(how many are equal) at the smallest and the largest, else 0"""

    saves = {"self": 0b1, "min": 0b1, "max": 0b1}

    @property
    def _saved_dim(self) -> int | None:
        return None if self.dim is None else self.dim[0] % 2**64

    def forward(self, x: Any, dim: int | None, keepdim: bool) -> Any:
        axes = self.along(x, dim, keepdim)
        if not x.size and dim is None:
            raise RuntimeError(
                "aminmax(): cannot compute aminmax over an empty dimension as the operation has "
                "no identity."
            )
        if dim is not None and not x.size and not x.shape[axes[0]]:
            raise IndexError(f"aminmax: Expected reduction dim {axes[0]} to have non-zero size.")
        return np.min(x, axes, keepdims=keepdim), np.max(x, axes, keepdims=keepdim)

    def backward(self, grads: Any, x: Any, low: Any, high: Any) -> Any:
        sent = None
        for grad, extreme in zip(grads, (low, high)):
            if grad is not None:
                equal = where(x == self.restored(extreme), new_zeros(x, ()) + 1, 0)
                count = self.restored(equal.sum(self.axes or None))
                share = equal * self.restored(grad) / count
                sent = share if sent is None else sent + share
        return sent


class ModeBackward0(Chosen):
    """∂(the most frequent x)/∂xᵢ = 1 at the place that is named, else 0"""

    label = "mode"

    def places(self, x: Any, axis: int) -> Any:
        moved = np.moveaxis(x, axis, -1)
        found = np.empty((*moved.shape[:-1], 1), np.int64)
        for at in np.ndindex(*moved.shape[:-1]):
            values, counts = np.unique(moved[at], return_counts=True)
            most = values[np.argmax(counts)]
            found[at] = np.flatnonzero(
                (moved[at] == most) | ((most != most) & (moved[at] != moved[at]))
            )[-1]
        return np.moveaxis(found, -1, axis)


class DistBackward0(Node):
    """∂‖x − y‖ₚ/∂x = (x − y)·|x − y|ᵖ⁻²/‖x − y‖ₚᵖ⁻¹,  ∂/∂y = −∂/∂x"""

    saves = {"self": 0b11, "other": 0b11, "result": 0b11}
    constants = ("p",)
    p: float

    def forward(self, x: Any, y: Any, p: float) -> Any:
        self.p = p
        distance = np.abs(x - y)
        if p == 0:
            return np.sum(distance != 0, dtype=x.dtype)
        if p in (np.inf, -np.inf):
            return distance.max(initial=0) if p > 0 else distance.min()
        wide = distance.astype(np.float32) if x.dtype == np.float16 else distance
        return x.dtype.type(np.sum(wide**p) ** (1 / p))

    def backward(self, grad: Any, x: Any, y: Any, result: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        sent = grad * norm_slope(x - y, result, self.p)
        return to_x and sent, to_y and -sent


def norm_slope(x: Any, norm: Any, p: float) -> Any:
    """∂‖x‖ₚ/∂x, 0 where it is not defined; `norm` has size 1 in place of the reduced dims."""
    if p == 0:
        return zeros(x)
    if p == 2:
        return masked_fill(x / norm, norm == 0, 0)
    if p == 1:
        return sgn(x)
    size = abs(x)
    if p in (np.inf, -np.inf):
        equal = size == norm
        return masked_fill(sgn(x), equal == 0, 0) / equal.sum()
    slope = sgn(x) * power(size, p - 1) / power(norm, p - 1)
    return masked_fill(slope, (norm == 0) | ((x == 0) if p < 1 else norm == 0), 0)


def _norms(apart: Any, p: float) -> Any:
    """The p-norm of each row."""
    size = np.abs(apart)
    if p == 0:
        return np.sum(size != 0, -1, dtype=apart.dtype)
    if p == np.inf:
        return size.max(-1, initial=0)
    return (np.sum(size**p, -1) ** (1 / p)).astype(apart.dtype)


def _norm_slopes(apart: Any, norms: Any, p: float) -> Any:
    """The derivatives of the p-norms of rows."""
    norm = unsqueeze(norms, -1)
    if p == np.inf:
        return sgn(apart) * (abs(apart) == norm)
    return norm_slope(apart, norm, p)


class CdistBackward0(Node):
    """∂‖a − b‖ₚ/∂a for all pairs of rows, summed over the partners; ∂/∂b likewise"""

    saves = {"x1": 0b11, "x2": 0b11, "result": 0b11}
    constants = ("p",)
    p: float

    def forward(self, x: Any, y: Any, p: float) -> Any:
        self.p = p
        return _norms(x[..., :, None, :] - y[..., None, :, :], p)

    def backward(self, grad: Any, x: Any, y: Any, result: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        apart = unsqueeze(x, -2) - unsqueeze(y, -3)
        sent = unsqueeze(grad, -1) * _norm_slopes(apart, result, self.p)
        return to_x and sent.sum(-2), to_y and -(sent.sum(-3))


class PdistBackward0(Node):
    """∂‖a − b‖ₚ/∂x for all pairs of two rows of x: to a, and its opposite to b"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("p",)
    p: float

    def forward(self, x: Any, p: float) -> Any:
        self.p = p
        first, second = np.triu_indices(len(x), 1)
        return _norms(x[first] - x[second], p)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        first, second = [
            constant(rows, grad, cast=False) for rows in np.triu_indices(x.shape[0], 1)
        ]
        apart = index_select(x, 0, first) - index_select(x, 0, second)
        sent = unsqueeze(grad, -1) * _norm_slopes(apart, result, self.p)
        to_x = index_add(new_zeros(sent, tuple(x.shape)), 0, first, sent)
        return index_add(to_x, 0, second, -sent)


class LinalgCrossBackward0(Node):
    """∂(x × y)/∂x: y × grad,  ∂(x × y)/∂y: grad × x"""

    saves = {"self": 0b10, "other": 0b01}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, y: Any, dim: int) -> Any:
        self.dim = dim
        x, y = np.broadcast_arrays(x, y)
        return crossed(x, y, dim)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and crossed(y, grad, self.dim), to_y and crossed(grad, x, self.dim)


def crossed(x: Any, y: Any, dim: int) -> Any:
    """The products of vectors of three along `dim`."""
    if not isinstance(x, np.ndarray):
        return x.cross(y, dim=dim)
    x1, x2, x3 = np.moveaxis(x, dim, 0)
    y1, y2, y3 = np.moveaxis(y, dim, 0)
    parts = [x2 * y3 - x3 * y2, x3 * y1 - x1 * y3, x1 * y2 - x2 * y1]
    return np.stack(parts, dim % x.ndim)


class RenormBackward0(Node):
    """∂(x·min(1, m/‖x‖))/∂x, slice by slice along a dimension"""

    saves = {"self": 0b1}
    constants = ("p", "dim", "maxnorm")
    p: float
    dim: int
    maxnorm: float

    def forward(self, x: Any, p: float, dim: int, maxnorm: float) -> Any:
        self.p, self.dim, self.maxnorm = p, dim, maxnorm
        norm = self.norm(x)
        return x * np.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1).astype(x.dtype)

    def norm(self, x: Any) -> Any:
        """The norm of each slice."""
        others = tuple([d for d in range(x.ndim) if d != dimension(self.dim, x.ndim)])
        if self.p == np.inf:
            return np.max(np.abs(x), others, keepdims=True, initial=0)
        return np.sum(np.abs(x) ** self.p, others, keepdims=True) ** (1 / self.p)

    def backward(self, grad: Any, x: Any) -> Any:
        axis = dimension(self.dim, x.ndim)
        others = tuple([d for d in range(x.ndim) if d != axis])
        kept = [n if d == axis else 1 for d, n in enumerate(x.shape)]
        if self.p == np.inf:
            norm = amax(abs(x), others).reshape(kept)
            equal = where(abs(x) == norm, sgn(x), 0)
            slope = equal / abs(equal).sum(others).reshape(kept)
        else:
            norm = power(power(abs(x), self.p).sum(others).reshape(kept), 1 / self.p)
            slope = norm_slope(x, norm, self.p)
        inverse = 1 / (norm + 1e-7)
        along = (grad * x).sum(others).reshape(kept)
        shorter = grad * inverse - along * slope * inverse * inverse
        return where(norm > self.maxnorm, shorter * self.maxnorm, grad)


# -- parts put into wholes -------------------------------------------------------------------------


class SelectScatterBackward0(Node):
    """∂(x with a part replaced by y)/∂x = 1, 0 in the part;  ∂/∂y: the gradient in the part"""

    constants: tuple[str, ...] = ("dim", "index")
    where: Any  # takes a view of the part, of an array or of a Tensor

    def forward(self, x: Any, src: Any, where: Any, **constants: Any) -> Any:
        self.where = where
        vars(self).update(constants)
        out = x.copy()
        part = where(out)
        if part.shape != src.shape:
            raise RuntimeError(
                "expected src to have a size equal to the slice of self. src size = "
                f"{list(src.shape)}, slice size = {list(part.shape)}"
            )
        part[...] = src
        return out

    def backward(self, grad: Any) -> Any:
        to_x, to_src = self.to_x, self.to_y
        return to_x and self.emptied(grad), to_src and self.where(grad)

    def emptied(self, grad: Any) -> Any:
        if isinstance(grad, np.ndarray):
            rest = grad.copy()
            self.where(rest)[...] = 0
            return rest
        inside = np.zeros(grad.shape, bool)
        self.where(inside)[...] = True
        return grad.masked_fill(type(grad)._wrap(inside), 0)


class SliceScatterBackward0(SelectScatterBackward0):
    """∂(x with a slice replaced by y)/∂x = 1, 0 in the slice;  ∂/∂y: the gradient in the slice"""

    constants = ("dim", "start", "end", "step")


class DiagonalScatterBackward0(SelectScatterBackward0):
    """∂(x with its diagonal replaced by y)/∂x = 1, 0 there;  ∂/∂y: the gradient there"""

    constants = ("offset", "dim1", "dim2")


class ScatterReduceBackward0(Node):
    """∂(x reduced with y at the indices): of a sum 1, of a mean 1/n, of a product the others,
    of an extreme 1/(how many are equal) where it was taken from"""

    saves = {"self": 0b11, "src": 0b11, "index": 0b11, "result": 0b11}
    constants = ("dim", "reduce", "include_self")
    dim: int
    reduce: str
    include_self: bool
    no_second = (
        "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are "
        "scattered to the same position in self"
    )

    def forward(
        self, x: Any, src: Any, index: Any, dim: int, reduce: str, include_self: bool
    ) -> Any:
        self.dim, self.reduce, self.include_self = dim, reduce, include_self
        if reduce not in _START:
            raise RuntimeError(
                "reduce argument must be either sum, prod, mean, amax or amin, got " + reduce + "."
            )
        axis = check_along(x, index, dim, "scatter", src)
        out = np.array(x, ndmin=1)
        if not index.size:
            return out.reshape(x.shape)
        index = np.atleast_1d(index)
        key, values = mesh(index, axis), trimmed(src, index.shape)
        combine, start = _START[reduce]
        if not include_self:
            out[key] = start(x.dtype)
        combine.at(out, key, values)
        if reduce == "mean":
            count = np.zeros(out.shape, np.int64) + include_self
            np.add.at(count, key, 1)
            count = np.maximum(count, 1)
            out = out / count if x.dtype.kind == "f" else out // count
        return out.astype(x.dtype).reshape(x.shape)

    def backward(self, grad: Any, x: Any, src: Any, index: Any, result: Any) -> Any:
        to_x, to_src = self.to_x, self.to_y
        dim, reduce = self.dim, self.reduce
        ones = new_zeros(src, src.shape) + 1
        if reduce == "sum":
            sent = grad, gather(grad, dim, index)
        elif reduce == "mean":
            count = scatter_add(new_zeros(x, x.shape) + int(self.include_self), dim, index, ones)
            share = grad / where(count == 0, 1, count)
            sent = share, gather(share, dim, index)
        elif reduce == "prod":
            sent = self.of_products(grad, x, src, index, result)
        else:
            equal_x = where(x == result, new_zeros(x, ()) + 1, 0)
            equal_src = where(src == gather(result, dim, index), new_zeros(x, ()) + 1, 0)
            start = equal_x if self.include_self else zeros(equal_x)
            count = scatter_add(start, dim, index, equal_src)
            share = grad / where(count == 0, 1, count)
            sent = share * equal_x, gather(share, dim, index) * equal_src
        to_self = sent[0]
        if not self.include_self:
            written = scatter_add(new_zeros(x, x.shape), dim, index, ones)
            kept = where(written == 0, grad, 0)
            to_self = kept
        return to_x and to_self, to_src and sent[1]

    def of_products(self, grad: Any, x: Any, src: Any, index: Any, result: Any) -> Any:
        """Of a product, the other factors: where one is 0, multiplied without it."""
        dim, how = self.dim, {"include_self": self.include_self}
        filled = where(x == 0, 1, x)
        to_x = grad * scatter_reduce(filled, dim, index, src, "prod", **how) / filled
        is_zero = where(src == 0, new_zeros(src, ()) + 1, 0)
        count = gather(scatter_add(new_zeros(x, x.shape), dim, index, is_zero), dim, index)
        alone = (src == 0) & (count == 1)
        others = scatter_reduce(x, dim, index, where(alone, 1, src), "prod", **how)
        divided = gather(grad * result, dim, index) / where(src == 0, 1, src)
        to_src = where(alone, gather(grad * others, dim, index), divided)
        if isinstance(grad, self.tensor_type) and bool((count > 1).any()):
            to_src = self.tensor_type._apply(Error, (to_src,), self.no_second)
        return to_x, to_src


class IndexReduceBackward0(ScatterReduceBackward0):
    """∂(x reduced with y's slices at the indices): as of `scatter_reduce`, slice by slice"""

    saves = {"self": 0b11, "source": 0b11, "index": 0b11, "result": 0b11}
    no_second = (
        "index_reduce(): Double backward is unsupported for source when >1 zeros in source are "
        "scattered to the same position in self"
    )

    def forward(
        self, x: Any, source: Any, index: Any, dim: int, reduce: str, include_self: bool
    ) -> Any:
        axis = dimension(dim, x.ndim)
        if index.ndim > 1:
            raise IndexError(
                "index_reduce_(): Index is supposed to be a vector, but got dim: "
                f"{index.ndim} with type: {dtypes.from_numpy(index.dtype).scalar_type} and size: "
                f"{list(index.shape)}"
            )
        if index.dtype not in (np.int32, np.int64):
            raise RuntimeError(
                "index_reduce_(): Expected dtype int32/int64 for index but got: "
                f"{dtypes.from_numpy(index.dtype).scalar_type}"
            )
        if source.dtype != x.dtype:
            raise RuntimeError(
                f"index_reduce_(): self ({dtypes.from_numpy(x.dtype).scalar_type}) and source "
                f"({dtypes.from_numpy(source.dtype).scalar_type}) must have the same scalar type"
            )
        if reduce not in _START or reduce == "sum":
            raise RuntimeError(
                "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got "
                f"{reduce}."
            )
        if index.size != (source.shape[axis] if source.ndim else 1):
            raise RuntimeError(
                f"index_reduce_(): Number of indices ({index.size}) should be equal to "
                f"source.size(dim): ({source.shape[axis]}), for dim: {axis}"
            )
        if not in_range(index, x.shape[axis] if x.ndim else 1):
            raise IndexError("index out of range in self")
        index = _along(index, axis, source.shape)
        return super().forward(x, source, index, dim, reduce, include_self)

    def backward(self, grad: Any, x: Any, source: Any, index: Any, result: Any) -> Any:
        axis = dimension(self.dim, len(x.shape))
        return super().backward(grad, x, source, _along(index, axis, source.shape), result)


def _along(index: Any, dim: int, shape: Any) -> Any:
    """A vector of indices along `dim`, as `scatter` takes them: one for each element of `shape`."""
    return expand(index.reshape([-1 if d == dim else 1 for d in range(len(shape))]), tuple(shape))


def _largest(kind: np.dtype[Any]) -> Any:
    return np.inf if kind.kind == "f" else True if kind.kind == "b" else np.iinfo(kind).max


def _smallest(kind: np.dtype[Any]) -> Any:
    return -np.inf if kind.kind == "f" else False if kind.kind == "b" else np.iinfo(kind).min


_START: dict[str, tuple[Any, Any]] = {
    "sum": (np.add, lambda kind: 0),
    "mean": (np.add, lambda kind: 0),
    "prod": (np.multiply, lambda kind: 1),
    "amax": (np.maximum, _smallest),
    "amin": (np.minimum, _largest),
}


class PutBackward0(Node):
    """∂(x with y written, or added, at flat places)/∂x = 1, 0 where written;  ∂/∂y: the gradient
    there"""

    saves = {"self": 0, "source": 0b11, "index": 0b11}
    constants = ("accumulate",)
    accumulate: bool

    def forward(self, x: Any, source: Any, index: Any, accumulate: bool) -> Any:
        self.accumulate = accumulate
        if index.dtype != np.int64:
            kind = dtypes.from_numpy(index.dtype).scalar_type
            raise RuntimeError(f"put_(): Expected a long tensor for index, but got {kind}")
        if index.size != source.size:
            raise IndexError(
                "put_(): Expected source and index to have the same number of elements, but got "
                f"source.numel() = {source.size}, index.numel() = {index.size}"
            )
        out = x.copy().ravel()
        if index.size and not out.size:
            raise IndexError("put_(): Tried to put elements into an empty tensor")
        for i in index.ravel()[(index.ravel() < -out.size) | (index.ravel() >= out.size)][:1]:
            raise IndexError(
                f"out of range: tried to access index {i} on a tensor of {out.size} elements."
            )
        if accumulate:
            np.add.at(out, index.ravel(), source.ravel())
        else:
            out[index.ravel()] = source.ravel()
        return out.reshape(x.shape)

    def backward(self, grad: Any, source: Any, index: Any) -> Any:
        to_x, to_source = self.to_x, self.to_y
        places = index.reshape(-1)
        flat = grad.reshape(-1)
        there = flat[places].reshape(source.shape)
        if self.accumulate or not to_x:
            return to_x and grad, to_source and there
        inside = np.zeros(grad.shape, bool)
        at = places if isinstance(places, np.ndarray) else places._data
        inside.reshape(-1)[at] = True
        if not isinstance(grad, np.ndarray):
            inside = type(grad)._wrap(inside)
        return masked_fill(grad, inside, 0), to_source and there


class BlockDiagBackward0(Node):
    """∂(blocks on a diagonal)/∂block: the gradient in its place"""

    saves = {}
    shapes: list[tuple[int, ...]]

    def forward(self, *blocks: Any) -> Any:
        self.shapes = [b.shape for b in blocks]
        matrices = [np.atleast_2d(b) for b in blocks]
        out = np.zeros(
            np.sum([m.shape for m in matrices], axis=0), np.result_type(*[m.dtype for m in blocks])
        )
        row = column = 0
        for m in matrices:
            out[row : row + m.shape[0], column : column + m.shape[1]] = m
            row, column = row + m.shape[0], column + m.shape[1]
        return out

    def backward(self, grad: Any) -> Any:
        sent = []
        row = column = 0
        for shape in self.shapes:
            height, width = (1, 1, *shape)[-2:]
            part = grad[row : row + height, column : column + width]
            sent.append(part.reshape(shape))
            row, column = row + height, column + width
        return tuple(sent)


class Rot90Backward0(Node):
    """∂(x turned by k·90°)/∂x: the gradient turned back"""

    constants = ("k", "dims")
    k: int
    dims: Any

    def forward(self, x: Any, k: int, dims: Any) -> Any:
        self.k, self.dims = k, tuple(dims)
        return np.ascontiguousarray(np.rot90(x, k, dims))

    def backward(self, grad: Any) -> Any:
        if isinstance(grad, np.ndarray):
            return np.rot90(grad, -self.k, self.dims)
        return grad.rot90(-self.k, self.dims)


class Unique2Backward0(Node):
    """the different values of x: torch has no derivative of it"""

    saves = {}

    def backward(self, *_: Any) -> Any:
        raise NotImplementedError("the derivative for '_unique2' is not implemented.")
