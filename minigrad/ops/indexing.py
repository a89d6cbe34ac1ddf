"""Operations that pick elements out, or put elements in. Their rules do the other of the two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .again import one_node
from .dims import broadcast_shape, dimension
from .lift import (
    expand,
    gather,
    index_add,
    index_fill,
    index_put,
    index_put_impl,
    index_select,
    masked_fill,
    masked_scatter,
    masked_select,
    new_zeros,
    placed,
    places,
    put,
    scatter,
    scatter_add,
    select_backward,
    slice_backward,
    times,
    unique,
)
from .undefined import refusing

Key = tuple[Any, ...]

END = 2**63 - 1
"""Where a slice ends that has no end, as torch saves it."""


_WHOLE = (slice(None),)


def at(dim: int, index: Any) -> Key:
    """The basic index of what lies at `index` of dimension `dim`."""
    return (*_WHOLE * dim, index, ...) if dim else (index, ...)


class AliasBackward0(Node):
    """∂x[...]/∂x = 1"""

    def forward(self, x: Any) -> Any:
        return x.view()

    def backward(self, grad: Any) -> Any:
        return grad


class SelectBackward0(Node):
    """∂x[i]/∂x: the gradient at place i, 0 elsewhere"""

    constants = ("dim", "index", "self_sym_sizes")

    def forward(self, x: Any, dim: int, index: int) -> Any:
        self.dim, self.index, self.self_sym_sizes = dim, index, x.shape
        return x[self.key]

    @property
    def key(self) -> Key:
        return at(self.dim % len(self.self_sym_sizes), self.index)

    def backward(self, grad: Any) -> Any:
        return select_backward(grad, self.self_sym_sizes, self.key)


class SliceBackward0(Node):
    """∂x[a:b:c]/∂x: the gradient in the place of the slice, 0 elsewhere"""

    constants = ("dim", "start", "end", "step", "self_sym_sizes")

    def forward(self, x: Any, dim: int, start: int = 0, end: int = END, step: int = 1) -> Any:
        self.dim, self.start, self.end, self.step = dim, start, end, step
        self.self_sym_sizes = x.shape
        if dim == 0:  # as mostly: without a key 0.3 of 1.9 µs less
            return x[start:end:step]
        return x[self.key]

    @property
    def key(self) -> Key:
        return at(self.dim % len(self.self_sym_sizes), slice(self.start, self.end, self.step))

    def backward(self, grad: Any) -> Any:
        return slice_backward(grad, self.self_sym_sizes, self.key)


class SelectBackwardBackward0(Node):
    """∂(g at place i)/∂g: the gradient at place i"""

    key: Key

    def forward(self, x: Any, shape: tuple[int, ...], key: Key) -> Any:
        self.key = key
        return placed(x, shape, key)

    def backward(self, grad: Any) -> Any:
        return grad[self.key]


class SliceBackwardBackward0(SelectBackwardBackward0):
    """∂(g in the place of a slice)/∂g: the gradient in that place"""


# -- by tensors of indices -------------------------------------------------------------------------


class ByIndices(Node):
    """What `index` and `index_put` share: a tensor of indices for some of the dimensions."""

    gaps: tuple[bool, ...]  # for each leading dimension, whether it has no indices

    def filled(self, indices: Sequence[Any], gap: Any = None) -> list[Any]:
        """The indices, with `gap` for each dimension that has none."""
        given = iter(indices)
        return [gap if empty else next(given) for empty in self.gaps]

    def save(self, tensors: Sequence[Any]) -> None:
        first = len(tensors) - self.gaps.count(False)
        self.kept = tuple([("indices", i, 0b11) for i in range(first, len(tensors))])
        super().save(tensors)

    @property
    def _saved_indices(self) -> tuple[Any, ...]:
        return tuple(self.filled([self._kept_value(i) for i in range(len(self.kept))]))


class IndexBackward0(ByIndices):
    """∂x[indices]/∂x: each gradient added at the place that its element came from"""

    saves = {"self": 0, "indices": 0b1}
    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, *rest: Any) -> Any:
        *indices, self.gaps = rest
        self.self_sym_sizes = x.shape
        return x[places(x, self.filled(indices))]

    def backward(self, grad: Any, *indices: Any) -> Any:
        zeros = new_zeros(grad, self.self_sym_sizes)
        return index_put_impl(zeros, self.filled(indices), grad, True)


class IndexPutBackward0(ByIndices):
    """∂put(x, indices, y)/∂x: the gradient, 0 where overwritten;  ∂/∂y: the gradient there"""

    saves = {"self": 0, "values": 0, "indices": 0b11}
    constants = ("accumulate",)
    accumulate: bool

    def forward(self, x: Any, values: Any, *rest: Any) -> Any:
        *indices, self.gaps, self.accumulate = rest
        self.fit_to(x, values)
        return put(x, self.filled(indices), values, self.accumulate)

    def backward(self, grad: Any, *indices: Any) -> Any:
        to_x, to_values = self.to_x, self.to_y
        overwritten = to_x and not self.accumulate
        return (
            index_put(grad, self.filled(indices), new_zeros(grad, ()), False)
            if overwritten
            else grad,
            to_values and grad[tuple(self.filled(indices, slice(None)))],
        )


class IndexPutImplBackward0(IndexPutBackward0):
    """∂put(x, indices, y)/∂x: the gradient, 0 where overwritten;  ∂/∂y: the gradient there"""


# -- by one tensor of indices along one dimension --------------------------------------------------


def in_range(index: Any, size: int) -> bool:
    """Whether all indices lie in 0 … size−1."""
    return not index.size or (index.min() >= 0 and index.max() < size)


def _check_index(
    index: Any, x: Any, dim: int, error: type[Exception], told: str = "", lowest: int = 0
) -> None:
    n = x.shape[dim] if x.ndim else 1
    wrong = index[(index < lowest) | (index >= n)].ravel()
    if wrong.size:
        raise error(f"{told}index {wrong[0]} is out of bounds for dimension {dim} with size {n}")


def mesh(index: Any, dim: int) -> Key:
    """Numpy's index of the elements that `index` names along `dim`, place by place elsewhere."""
    places = np.ogrid[tuple([slice(n) for n in index.shape])]
    return (*places[:dim], index, *places[dim + 1 :])


class IndexSelectBackward0(Node):
    """∂(the slices at the indices)/∂x: each gradient added to the slice that it came from"""

    saves = {"self": 0, "index": 0b1}
    constants = ("dim", "self_sym_sizes")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        self.dim, self.self_sym_sizes = dim, x.shape
        dim = dimension(dim, x.ndim)
        if index.ndim > 1:
            raise IndexError("index_select(): Index is supposed to be a vector")
        if index.dtype not in (np.int32, np.int64):
            raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
        if not in_range(index, n := x.shape[dim] if x.ndim else 1):
            if x.size or x.ndim < 2:
                raise IndexError("index out of range in self")
            if not n:
                raise RuntimeError("index_select(): self indexing axis dim should be positive")
            bad = index[(index < 0) | (index >= n)].ravel()[0]
            raise RuntimeError(f"INDICES element is out of DATA bounds, id={bad} axis_dim={n}")
        return x.take(index.ravel(), dim) if x.ndim else x.copy()

    def backward(self, grad: Any, index: Any) -> Any:
        return index_add(new_zeros(grad, self.self_sym_sizes), self.dim, index, grad)


class IndexAddBackward0(Node):
    """∂(x with α·y added at the indices)/∂x = 1,  ∂/∂y: α · the gradient at the indices"""

    saves = {"self": 0, "source": 0b10, "index": 0b10}
    constants = ("dim", "alpha", "source_dim")

    def forward(self, x: Any, source: Any, index: Any, dim: int, alpha: Any) -> Any:
        self.dim, self.alpha, self.source_dim = dim, alpha, source.ndim
        dim = dimension(dim, x.ndim)
        if index.ndim > 1:
            raise IndexError(
                "index_add_(): Index is supposed to be a vector, but got dim: "
                f"{index.ndim} with type: {dtypes.from_numpy(index.dtype).scalar_type} and size: "
                f"{list(index.shape)}"
            )
        if index.dtype not in (np.int32, np.int64):
            kind = dtypes.from_numpy(index.dtype).scalar_type
            raise RuntimeError(
                f"index_add_(): Expected dtype int32/int64 for index but got: {kind}"
            )
        if source.dtype != x.dtype:
            raise RuntimeError(
                "index_add_(): self "
                f"({dtypes.from_numpy(x.dtype).scalar_type}) and source "
                f"({dtypes.from_numpy(source.dtype).scalar_type}) must have the same scalar type"
            )
        without = [s.shape[:dim] + s.shape[dim + 1 :] for s in (x, source)]
        if source.ndim > max(x.ndim, 1) or (x.ndim and source.ndim and without[0] != without[1]):
            raise RuntimeError(
                "source tensor shape must match self tensor shape, excluding the specified "
                f"dimension. Got self.shape = {list(x.shape)} source.shape = {list(source.shape)}"
            )
        _check_index(index, x, dim, RuntimeError)
        if source.ndim and index.size != source.shape[dim]:
            raise RuntimeError(
                f"index_add_(): Number of indices ({index.size}) should be equal to "
                f"source.size(dim): ({source.shape[dim]}), for dim: {dim}"
            )
        out = x.copy() if x.ndim else np.array([x])
        if alpha != 1:
            source = source * np.asarray(alpha).astype(x.dtype)
        np.add.at(out, (slice(None),) * dim + (index.ravel(),), source)
        return out.reshape(x.shape)

    def backward(self, grad: Any, source: Any, index: Any) -> Any:
        to_source = self.to_y
        if to_source:
            to_source = _chosen(grad, self.dim, index, source)
            to_source = to_source if self.alpha == 1 else times(to_source, self.alpha)
        return grad, to_source


def _chosen(grad: Any, dim: int, index: Any, source: Any) -> Any:
    """The gradient of what was put at the indices."""
    chosen = index_select(grad, dim, index)
    return expand(chosen, source.shape) if source.ndim else chosen.squeeze()


class IndexCopyBackward0(Node):
    """∂(x with y written at the indices)/∂x: the gradient, 0 there;  ∂/∂y: the gradient there"""

    saves = {"self": 0, "source": 0b10, "index": 0b11}
    constants = ("dim", "source_dim")

    def forward(self, x: Any, source: Any, index: Any, dim: int) -> Any:
        self.dim, self.source_dim = dim, source.ndim
        dim = dimension(dim, x.ndim)
        if index.dtype != np.int64:
            kind = dtypes.from_numpy(index.dtype).scalar_type
            raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {kind}")
        if source.ndim and index.size != source.shape[dim]:
            raise IndexError(
                f"index_copy_(): Number of indices ({index.size}) should be equal to "
                f"source.size(dim) ({source.shape[dim]})"
            )
        _check_index(index, x, dim, IndexError, "index_copy_(): ")
        out = x.copy() if x.ndim else np.array([x])
        out[(slice(None),) * dim + (index.ravel(),)] = source
        return out.reshape(x.shape)

    def backward(self, grad: Any, source: Any, index: Any) -> Any:
        to_x, to_source = self.to_x, self.to_y
        return (
            to_x and index_fill(grad, self.dim, index, 0),
            to_source and _chosen(grad, self.dim, index, source),
        )


class IndexFillBackward0(Node):
    """∂(x with c written at the indices)/∂x: the gradient, 0 there"""

    saves = {"self": 0, "index": 0b1}
    constants = ("dim",)

    def forward(self, x: Any, index: Any, dim: int, value: Any) -> Any:
        self.dim = dim
        if index.dtype != np.int64:
            raise IndexError("index_fill_(): Expected dtype int64 for index.")
        dim = dimension(dim, x.ndim)
        _check_index(index, x, dim, IndexError, lowest=-(x.shape[dim] if x.ndim else 1))
        out = x.copy() if x.ndim else np.array([x])
        number = dtypes.to_number(value, dtypes.from_numpy(x.dtype))
        out[(slice(None),) * dim + (index.ravel(),)] = number
        return out.reshape(x.shape)

    def backward(self, grad: Any, index: Any) -> Any:
        return index_fill(grad, self.dim, index, 0)


class IndexFillBackward1(IndexFillBackward0):
    """∂(x with c written at the indices)/∂x: the gradient, 0 there;  ∂/∂c: its sum there"""

    saves = {"self": 0, "value": 0, "index": 0b11}

    def forward(self, x: Any, value: Any, index: Any, dim: int) -> Any:
        return super().forward(x, index, dim, value)

    def backward(self, grad: Any, index: Any) -> Any:
        chosen = unique(index)  # a place that is filled twice counts once
        return index_fill(grad, self.dim, index, 0), index_select(grad, self.dim, chosen).sum()


class GatherBackward0(Node):
    """∂gather(x, indices)/∂x: each gradient added at the place that its element came from"""

    saves = {"self": 0b1, "index": 0b1}
    constants = ("dim", "sparse_grad")
    sparse_grad = False

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        self.dim = dim
        dim = check_along(x, index, dim, "gather")
        if not index.size:
            return np.empty(index.shape, x.dtype)
        key = mesh(np.atleast_1d(index), dim)
        return np.atleast_1d(x)[key].reshape(index.shape)

    def backward(self, grad: Any, x: Any, index: Any) -> Any:
        return scatter_add(new_zeros(grad, x.shape), self.dim, index, grad)


def check_along(x: Any, index: Any, dim: int, name: str, source: Any = None) -> int:
    """`dim` counted from the front, for indices that name a place along it for each element.

    Raises RuntimeError if they do not fit, or lie outside.
    """
    dim = dimension(dim, x.ndim)
    shape, sizes = np.atleast_1d(x).shape, np.atleast_1d(index).shape
    if source is not None and source.dtype != x.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if index.size:
        if index.dtype not in (np.int32, np.int64):
            raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
        whole = "input" if name == "gather" else "self"
        if len(shape) != len(sizes):
            raise RuntimeError(
                f"Index tensor must have the same number of dimensions as {whole} tensor"
            )
        if source is not None:
            given = np.atleast_1d(source).shape
            if len(given) != len(sizes):
                raise RuntimeError(
                    "Index tensor must have the same number of dimensions as src tensor"
                )
            if any(n > m for n, m in zip(sizes, given)) or any(
                n > m for d, (n, m) in enumerate(zip(sizes, shape)) if d != dim
            ):
                raise RuntimeError(
                    f"Expected index {list(index.shape)} to be no larger than self "
                    f"{list(x.shape)} apart from dimension {dim} and to be no larger size than src "
                    f"{list(source.shape)}"
                )
        for d, (n, limit) in enumerate(zip(sizes, shape)):
            if d != dim and n > limit:
                raise RuntimeError(
                    f"Size does not match at dimension {d} expected index {list(index.shape)} to "
                    f"be no larger than self {list(x.shape)} apart from dimension {dim}"
                )
        if not in_range(index, shape[dim]):
            bad = index[(index < 0) | (index >= shape[dim])].ravel()[0]
            raise RuntimeError(
                f"index {bad} is out of bounds for dimension {dim} with size {shape[dim]}"
            )
    return dim


class ScatterBackward0(Node):
    """∂(x with y written at the indices)/∂x: the gradient, 0 there;  ∂/∂y: the gradient there"""

    saves = {"self": 0, "src": 0, "index": 0b11}
    constants = ("dim",)
    src_sizes: tuple[int, ...]

    def forward(self, x: Any, src: Any, index: Any, dim: int) -> Any:
        self.dim, self.src_sizes = dim, src.shape
        return self.written(x, index, check_along(x, index, dim, "scatter", src), src)

    def written(self, x: Any, index: Any, dim: int, values: Any) -> Any:
        out = np.array(x, ndmin=1)
        if index.size:
            index = np.atleast_1d(index)
            out[mesh(index, dim)] = trimmed(values, index.shape)
        return out.reshape(x.shape)

    def backward(self, grad: Any, index: Any) -> Any:
        return scatter(grad, self.dim, index, 0), self.to_source(grad, index)

    def to_source(self, grad: Any, index: Any) -> Any:
        """The gradient of `src`, which must have the shape of the indices for it."""
        if self.edges[1] is not None and index.shape != self.src_sizes:
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index 1 - got "
                f"{list(index.shape)} but expected shape compatible with {list(self.src_sizes)}"
            )
        return self.edges[1] and gather(grad, self.dim, index)


def trimmed(values: Any, shape: tuple[int, ...]) -> Any:
    """The part of `values` that indices of `shape` name; a number as it is."""
    if not getattr(values, "shape", ()):
        return values
    return np.atleast_1d(values)[tuple([slice(n) for n in shape])]


class ScatterBackward1(ScatterBackward0):
    """∂(x with c written at the indices)/∂x: the gradient, 0 there"""

    saves = {"self": 0, "index": 0b1}

    def forward(self, x: Any, index: Any, dim: int, value: Any) -> Any:
        self.dim = dim
        number = dtypes.to_number(value, dtypes.from_numpy(x.dtype))
        return self.written(x, index, check_along(x, index, dim, "scatter"), number)

    def backward(self, grad: Any, index: Any) -> Any:
        return scatter(grad, self.dim, index, 0)


class ScatterAddBackward0(ScatterBackward0):
    """∂(x with y added at the indices)/∂x = 1,  ∂/∂y: the gradient at the indices"""

    saves = {"self": 0, "src": 0, "index": 0b10}
    constants = ("dim",)

    def forward(self, x: Any, src: Any, index: Any, dim: int) -> Any:
        self.dim, self.src_sizes = dim, src.shape
        dim = check_along(x, index, dim, "scatter", src)
        out = np.array(x, ndmin=1)
        if index.size:
            index = np.atleast_1d(index)
            np.add.at(out, mesh(index, dim), trimmed(src, index.shape))
        return out.reshape(x.shape)

    def backward(self, grad: Any, index: Any) -> Any:
        return grad, self.to_source(grad, index)


ScatterAdding = refusing("scatter")
ScatterMultiplying = refusing("scatter")


def _combining(combine: Any) -> Any:
    def forward(x: Any, src: Any, index: Any, dim: int) -> Any:
        dim = check_along(x, index, dim, "scatter")
        out = np.array(x, ndmin=1)
        if index.size:
            index = np.atleast_1d(index)
            values = trimmed(src, index.shape) if src.ndim else src
            combine.at(out, mesh(index, dim), values)
        return out.reshape(x.shape)

    return staticmethod(forward)


ScatterAdding.forward = _combining(np.add)  # type: ignore[method-assign]
ScatterMultiplying.forward = _combining(np.multiply)  # type: ignore[method-assign]


class TakeBackward0(Node):
    """∂(the elements at the flat indices)/∂x: each gradient added where its element came from"""

    saves = {"self": 0b1, "index": 0b1}

    def forward(self, x: Any, index: Any) -> Any:
        if index.dtype != np.int64:
            kind = dtypes.from_numpy(index.dtype).scalar_type
            raise RuntimeError(f"take(): Expected a long tensor for index, but got {kind}")
        if not x.size and index.size:
            raise IndexError("take(): tried to take from an empty tensor")
        for i in index[(index < -x.size) | (index >= x.size)][:1]:
            raise IndexError(
                f"out of range: tried to access index {i} on a tensor of {x.size} elements."
            )
        return x.reshape(-1)[index]

    def backward(self, grad: Any, x: Any, index: Any) -> Any:
        flat = new_zeros(grad, (math.prod(x.shape),))
        return index_put_impl(flat, [index], grad, True).reshape(x.shape)


# -- by a mask -------------------------------------------------------------------------------------


def _check_mask(mask: Any, x: Any) -> None:
    broadcast_shape(mask.shape, x.shape)
    if mask.dtype != bool:
        kind = dtypes.from_numpy(mask.dtype)
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {kind.c_name}"
        )


class MaskedFillBackward0(Node):
    """∂(x with c where the mask holds)/∂x: the gradient, 0 where the mask holds"""

    saves = {"self": 0, "mask": 0b1}

    def forward(self, x: Any, mask: Any, value: Any) -> Any:
        _check_mask(mask, x)
        self.fit_to(x)
        return np.where(mask, dtypes.to_number(value, dtypes.from_numpy(x.dtype)), x)

    def backward(self, grad: Any, mask: Any) -> Any:
        return masked_fill(grad, mask, 0)


class MaskedFillBackward1(Node):
    """∂(x with c where the mask holds)/∂x: the gradient, 0 there;  ∂/∂c: its sum there"""

    saves = {"self": 0, "value": 0, "mask": 0b11}

    def forward(self, x: Any, value: Any, mask: Any) -> Any:
        broadcast_shape(mask.shape, x.shape)
        if value.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        _check_mask(mask, x)
        self.fit_to(x, value)
        return np.where(mask, value.astype(x.dtype), x)

    def backward(self, grad: Any, mask: Any) -> Any:
        to_x, to_value = self.to_x, self.to_y
        return to_x and masked_fill(grad, mask, 0), to_value and masked_select(grad, mask).sum()


class MaskedSelectBackward0(Node):
    """∂(the elements where the mask holds)/∂x: the gradients in their places, 0 elsewhere"""

    saves = {"self": 0b1, "mask": 0b1}

    def forward(self, x: Any, mask: Any) -> Any:
        if mask.dtype != bool:
            raise RuntimeError("masked_select: expected BoolTensor for mask")
        self.fit_to(x)
        broadcast_shape(mask.shape, x.shape)
        x, mask = np.broadcast_arrays(x, mask)
        return x[mask]

    def backward(self, grad: Any, x: Any, mask: Any) -> Any:
        shape = np.broadcast_shapes(x.shape, mask.shape)
        return masked_scatter(new_zeros(grad, shape), mask, grad)


class MaskedScatterBackward0(Node):
    """∂(x with y's elements where the mask holds)/∂x: the gradient, 0 there;  ∂/∂y: that there"""

    saves = {"self": 0, "source": 0, "mask": 0b11}
    constants = ("source_sym_sizes",)
    source_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, source: Any, mask: Any) -> Any:
        self.fit_to(x, source)
        broadcast_shape(mask.shape, x.shape)
        self.source_sym_sizes = source.shape
        if source.dtype != x.dtype:
            raise RuntimeError(
                "masked_scatter: expected self and source to have same dtypes but got"  # sic
                f"{dtypes.from_numpy(x.dtype).scalar_type} and "
                f"{dtypes.from_numpy(source.dtype).scalar_type}"
            )
        if mask.dtype != bool:
            raise RuntimeError(
                "masked_scatter_ only supports boolean masks, but got mask with dtype "
                f"{dtypes.from_numpy(mask.dtype).scalar_type}"
            )
        x, mask = np.broadcast_arrays(x, mask)
        out, wanted = x.copy(), np.count_nonzero(mask)
        if source.size < wanted:
            raise RuntimeError("Number of elements of source < number of ones in mask")
        out[mask] = source.ravel()[:wanted]
        return out

    def backward(self, grad: Any, mask: Any) -> Any:
        to_x, to_source = self.to_x, self.to_y
        return to_x and masked_fill(grad, mask, 0), to_source and self.sent(grad, mask)

    @one_node("MaskedScatterBackwardBackward0", "mask", fixed=1)
    def sent(self, grad: Any, mask: Any) -> Any:
        """The gradient of the source: of its first elements, as many as were used."""
        picked = masked_select(grad, mask)
        count = math.prod(self.source_sym_sizes)
        flat = slice_backward(picked, (count,), at(0, slice(0, picked.shape[0])))
        return flat.reshape(self.source_sym_sizes)
