"""Methods that pick elements out, or put elements in: `x[…]`, `x[…] = y`, and their named kin."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..checked import overloads
from ..engine.node import Node
from ..errors import typename
from ..inplace import in_place
from ..ops import indexing
from ..ops.dims import broadcast_shape, dimension
from ..recording import apply, method, wrap
from ..views import view as view_of

if TYPE_CHECKING:
    from ..tensor import Tensor

AS_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in "
    "pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as "
    "tensor index, x[minigrad.tensor(seq)], which will result either in an error or a different "
    "result"
)


class Indexing:
    """Views of parts, elements by index tensors or masks, and writes to them."""

    _data: Any
    ndim: int

    _alias = view_of(indexing.AliasBackward0)
    _select_at = view_of(indexing.SelectBackward0)
    _slice = view_of(indexing.SliceBackward0)
    _select_backward = method(indexing.SelectBackwardBackward0)
    _slice_backward = method(indexing.SliceBackwardBackward0)

    def __getitem__(self, index: Any) -> Tensor:
        if type(index) is int:
            return _pick(self, 0, index, 0)
        if type(index) is slice and self._data.ndim:
            return _sliced(self, 0, index, True)
        view, indices = _basic(self, index, isinstance(index, slice))
        if indices:
            return _index(view, indices)
        return view._alias() if view is self else view

    def __setitem__(self, index: Any, value: Any) -> None:
        view, indices = _basic(self, index, False)
        if not isinstance(value, Node.tensor_type):
            if not isinstance(value, (bool, int, float, np.number, np.bool_)):
                raise TypeError(f"can't assign a {typename(type(value))} to a {self.type()}")
            kind = self.dtype  # type: ignore[attr-defined]
            if kind is dtypes.float16 and abs(value) > 65504:  # which torch lets be inf here
                value = math.copysign(math.inf, value)
            value = wrap(dtypes.to_number(value, kind))
        shape = value._data.shape
        ones = next((i for i, n in enumerate(shape) if n != 1), len(shape))
        if indices:
            view.index_put_(indices, value._view(shape[ones:]) if ones else value)
        elif shape == view._data.shape:
            view.copy_(value)
        elif not shape:
            view.fill_(value)
        else:
            value = value._view(shape[ones:])
            view.copy_(value if value.shape == view.shape else value.expand(view.shape))

    def select(self, dim: int, index: int) -> Tensor:
        """A view of what lies at `index` of dimension `dim`."""
        d, size = dimension(dim, self._data.ndim), self._data.shape
        if not size:
            raise IndexError("select() cannot be applied to a 0-dim tensor.")
        if not -size[d] <= index < size[d]:
            raise IndexError(
                f"select(): index {index} out of range for tensor of size {list(size)} at "
                f"dimension {dim}"
            )
        return self._select_at(dim, index)

    @overloads("dim: int, start: Tensor, length: int", "dim: int, start: int, length: int")
    def narrow(self, dim: int, start: Any, length: int) -> Tensor:
        """A view of `length` slices from `start` on along `dim`."""
        if not self._data.ndim:
            raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
        if length < 0:
            raise RuntimeError("narrow(): length must be non-negative.")
        size = self._data.shape[dimension(dim, self._data.ndim)]
        if isinstance(start, Node.tensor_type):
            if start.ndim or start.is_floating_point() or start.dtype is dtypes.bool:
                raise RuntimeError("start must be an 0-dim integral Tensor.")
            start = start.item()
        if not -size <= start <= size:
            raise IndexError(
                f"start out of range (expected to be in range of [{-size}, {size}], but got "
                f"{start})"
            )
        start = start + size if start < 0 else start
        if start + length > size:
            raise RuntimeError(
                f"start ({start}) + length ({length}) exceeds dimension size ({size})."
            )
        return self._slice(dim, start, start + length)

    def index_put(self, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
        """A copy with `values` written, or added, at `indices`: one tensor a dim, or None."""
        if not indices:
            raise RuntimeError("index_put: at least one index is needed")
        indices = [i if i is None else _index_tensor(i) for i in indices]
        masks = [i is None or i.dtype is dtypes.bool for i in indices]
        if values.dtype is not self.dtype and values.numel() == 1 and all(masks):
            values = values.to(self.dtype)
        if values.dtype is not self.dtype:
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{self.dtype.scalar_type} for the destination and {values.dtype.scalar_type} for "
                "the source."
            )
        return _with_indices(indexing.IndexPutBackward0, self, (values,), indices, accumulate)

    def _index_put_impl(self, indices: Sequence[Any], values: Tensor, accumulate: bool) -> Tensor:
        indices = [wrap(i) if isinstance(i, np.ndarray) else i for i in indices]
        return _with_indices(indexing.IndexPutImplBackward0, self, (values,), indices, accumulate)

    def index_select(self, dim: int, index: Tensor) -> Tensor:
        """The slices at the places `index` along `dim`."""
        if not self._data.ndim and index.numel() != 1:
            raise RuntimeError(
                "index_select(): Index to scalar can have only 1 value, got "
                f"{index.numel()} value(s)"
            )
        return apply(indexing.IndexSelectBackward0, (self,), dim, fixed=(index,))

    def index_add(self, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
        """A copy to whose slices at the places `index` along `dim` those of `source` are added."""
        return apply(indexing.IndexAddBackward0, (self, source), dim, alpha, fixed=(index,))

    def index_copy(self, dim: int, index: Tensor, source: Tensor) -> Tensor:
        """A copy whose slices at the places `index` along `dim` are those of `source`."""
        return apply(indexing.IndexCopyBackward0, (self, source), dim, fixed=(index,))

    @overloads("dim: int, index: Tensor, value: Tensor", "dim: int, index: Tensor, value: Number")
    def index_fill(self, dim: int, index: Tensor, value: Any) -> Tensor:
        """A copy whose slices at the places `index` along `dim` are filled with `value`."""
        if isinstance(value, Node.tensor_type):
            return apply(indexing.IndexFillBackward1, (self, value), dim, fixed=(index,))
        return apply(indexing.IndexFillBackward0, (self,), dim, value, fixed=(index,))

    def gather(self, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
        """For each place of `index`, the element of self there, but at that index along `dim`."""
        return apply(indexing.GatherBackward0, (self,), dim, fixed=(index,))

    @overloads(
        "dim: int, index: Tensor, src: Tensor, *, out=None",
        "dim: int, index: Tensor, src: Tensor, *, reduce: str, out=None",
        "dim: int, index: Tensor, value: Number, *, out=None",
        "dim: int, index: Tensor, value: Number, *, reduce: str, out=None",
    )
    def scatter(
        self, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> Tensor:
        """A copy where `src`, a tensor or a number, is written to the places `gather` reads.

        With `reduce` "add" or "multiply" it is combined with what stands there, and has no
        derivative.
        """
        src = value if src is None else src
        if reduce is not None:
            if reduce not in ("add", "multiply"):
                raise RuntimeError("reduce argument must be either add or multiply.")
            op = indexing.ScatterAdding if reduce == "add" else indexing.ScatterMultiplying
            if isinstance(src, Node.tensor_type):
                return apply(op, (self, src), dim, fixed=(index,))
            return apply(op, (self,), dtypes.to_number(src, self.dtype), index._data, dim)
        if isinstance(src, Node.tensor_type):
            return apply(indexing.ScatterBackward0, (self, src), dim, fixed=(index,))
        return apply(indexing.ScatterBackward1, (self,), dim, src, fixed=(index,))

    def scatter_add(self, dim: int, index: Tensor, src: Tensor) -> Tensor:
        """A copy where `src` is added to the places that `gather` reads."""
        return apply(indexing.ScatterAddBackward0, (self, src), dim, fixed=(index,))

    def take(self, index: Tensor) -> Tensor:
        """The elements at the places `index` of the flattened tensor."""
        return apply(indexing.TakeBackward0, (self,), fixed=(index,))

    def _unique(self) -> Tensor:
        return wrap(np.unique(self._data))

    def take_along_dim(self, indices: Tensor, dim: int | None = None) -> Tensor:
        """As `gather`, but self and `indices` broadcast; without `dim`, in the flattened tensor."""
        if indices.dtype is not dtypes.int64:
            raise RuntimeError(
                "torch.take_along_dim(): dtype of indices should be Long but got "
                f"{indices.dtype.scalar_type}"
            )
        if dim is None:
            return self.reshape(-1).gather(0, _not_negative(indices.reshape(-1), self.numel()))
        if self.ndim != indices.ndim:
            raise RuntimeError(
                "torch.take_along_dim(): input and indices should have the same number of "
                f"dimensions, but got {self.ndim} dimensions for input, and {indices.ndim} "
                "dimensions for indices"
            )
        axis = dimension(dim, self.ndim)
        sizes = [list(broadcast_shape(_but(self, axis), _but(indices, axis)))] * 2
        x_size, index_size = (
            [*size[:axis], t.shape[axis], *size[axis + 1 :]]
            for size, t in zip(sizes, (self, indices))
        )
        indices = _not_negative(indices.expand(index_size), self.shape[axis])
        return self.expand(x_size).gather(axis, indices)

    @overloads("mask: Tensor, value: Tensor", "mask: Tensor, value: Number")
    def masked_fill(self, mask: Tensor, value: Any) -> Tensor:
        """A copy that holds `value`, a number or a 0-d tensor, where `mask` is True."""
        if isinstance(value, Node.tensor_type):
            return apply(indexing.MaskedFillBackward1, (self, value), fixed=(mask,))
        return apply(indexing.MaskedFillBackward0, (self,), value, fixed=(mask,))

    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements where `mask` is True, in one dimension."""
        return apply(indexing.MaskedSelectBackward0, (self,), fixed=(mask,))

    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """A copy that holds the elements of `source`, in order, where `mask` is True."""
        return apply(indexing.MaskedScatterBackward0, (self, source), fixed=(mask,))

    @overloads("*, out=None", "*, as_tuple: bool")
    def nonzero(self, *, as_tuple: bool = False) -> Any:
        """The places of all elements that are not 0: a row each, or a tensor for each dim."""
        places = np.nonzero(np.atleast_1d(self._data))
        if as_tuple:
            return tuple([wrap(p) for p in places])
        return wrap(
            np.stack(places[: self._data.ndim], 1)
            if self._data.ndim
            else np.zeros((len(places[0]), 0), np.int64)
        )

    def nonzero_static(self, *, size: int, fill_value: int = -1) -> Tensor:
        """The first `size` rows of `nonzero`, made up with rows of `fill_value`."""
        if size < 0:
            raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
        places = self.nonzero()._data[:size]
        rest = np.full((size - len(places), places.shape[1]), fill_value, np.int64)
        return wrap(np.concatenate([places, rest]))

    def narrow_copy(self, dim: int, start: int, length: int) -> Tensor:
        """A copy of what `narrow` views."""
        return self.narrow(dim, start, length).clone()

    index_put_ = in_place(index_put, repeats="index_put_", apart=True)
    index_add_ = in_place(index_add, apart=True)
    index_copy_ = in_place(index_copy, apart=True)
    index_fill_ = in_place(index_fill, repeats="index_fill_", apart=True, reads=2)
    scatter_ = in_place(scatter, apart=True)
    scatter_add_ = in_place(scatter_add, apart=True)
    masked_fill_ = in_place(masked_fill, repeats="masked_fill_", reads=1)

    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """Write the elements of `source`, in order, where `mask` is True."""
        if mask.ndim > self.ndim:
            raise RuntimeError(
                f"expand(CPUBoolType{{{list(mask.shape)}}}, size={list(self.shape)}): the number "
                f"of sizes provided ({self.ndim}) must be greater or equal to the number of "
                f"dimensions in the tensor ({mask.ndim})"
            )
        return self._masked_scatter_(mask, source)

    _masked_scatter_ = in_place(masked_scatter, apart=True)


def _not_negative(indices: Any, size: int) -> Any:
    """Indices from the front, where some count from the end."""
    data = indices._data
    return wrap(np.where(data < 0, data + size, data))


def _but(tensor: Any, axis: int) -> tuple[int, ...]:
    """The shape, with 1 for one dimension."""
    return tuple([1 if d == axis else n for d, n in enumerate(tensor.shape)])


def _pick(x: Any, dim: int, index: int, position: int) -> Any:
    """One index of several: its `position` among them is what the error calls the dimension."""
    size = x._data.shape
    if not size:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` "
            "in C++ to convert a 0-dim tensor to a number"
        )
    if not -size[dim] <= index < size[dim]:
        raise IndexError(
            f"index {index} is out of bounds for dimension {position} with size {size[dim]}"
        )
    return x._select_at(dim, index)


def _basic(x: Any, index: Any, always_slice: bool) -> tuple[Any, list[Any]]:
    """`x` after the ints, slices, None and ... of an index; and the index tensors that remain.

    The tensors stand at the dimension of the view that they are for; None marks a gap.
    """
    items = index if isinstance(index, tuple) else (index,)
    if _as_tuple(index):
        warnings.warn(AS_TUPLE, UserWarning, stacklevel=4)
        items = tuple(index)
    named = sum([_dims_named(item) for item in items])
    if named > x._data.ndim:
        if x._data.ndim == 0 and isinstance(index, slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if x._data.ndim == 0 and not isinstance(index, tuple):
            _pick(x, 0, 0, 0)
        raise IndexError(f"too many indices for tensor of dimension {x._data.ndim}")
    dim = 0
    ndim = x._data.ndim
    indices: list[Any] = []
    for position, item in enumerate(items):
        if item is None:
            x = x.unsqueeze(dim)
            dim += 1
        elif item is Ellipsis:
            dim += ndim - named
        elif isinstance(item, slice):
            x = _sliced(x, dim, item, always_slice)
            dim += 1
        elif not isinstance(item, (bool, np.bool_)) and (number := _integer(item)) is not None:
            x = _pick(x, dim, number, position)
        else:
            item = _index_tensor(item)
            if item._data.ndim == 0:  # a bool: a new dimension, of size 1 or 0
                x = x.unsqueeze(dim)
                item = wrap(np.zeros(1 if item._data else 0, np.int64))
            indices += [None] * (dim - len(indices))
            indices.append(item)
            taken = item._data.ndim if item._data.dtype == bool else 1
            dim += taken
    return x, indices


def _as_tuple(index: Any) -> bool:
    """Whether a list stands for a tuple of indices, as in ``x[[slice(0, 2), 1]]``."""
    if isinstance(index, str):
        return True
    if not isinstance(index, (list, range)) or len(index) >= 32:
        return False
    kinds = (Node.tensor_type, np.ndarray, list, tuple, range, slice)
    return any(item is None or item is Ellipsis or isinstance(item, kinds) for item in index)


def _dims_named(item: Any) -> int:
    if type(item) is slice or type(item) is int:
        return 1
    if item is None or item is Ellipsis or isinstance(item, (bool, np.bool_)):
        return 0
    kind = getattr(item, "dtype", None)
    if kind is not None and str(kind).endswith(("bool", "uint8")):
        return item.ndim
    return 1


def _integer(item: Any) -> int | None:
    """An index that is an integer, or a 0-d tensor that holds one."""
    if isinstance(item, (int, np.integer)):
        return int(item)
    if isinstance(item, (Node.tensor_type, np.ndarray)) and item.ndim == 0:
        data = getattr(item, "_data", item)
        return int(data) if data.dtype.kind == "i" else None
    return None


def _sliced(x: Any, dim: int, item: slice, always: bool) -> Any:
    start, end, step = item.start, item.stop, item.step
    if type(start) is not int:
        start = _bound(start, 0)
    if type(end) is not int:
        end = _bound(end, indexing.END)
    if step is None:
        step = 1
    elif step == 0:
        raise ValueError("slice step cannot be zero")
    else:
        step = _bound(step, 1)
        if step < 0:
            raise ValueError("step must be greater than zero")
    if not always and start == 0 and step == 1 and end >= x._data.shape[dim]:
        return x
    return x._slice(dim, start, end, step)


def _bound(value: Any, default: int) -> int:
    if value is None:
        return default
    try:
        return value.__index__()
    except (AttributeError, TypeError):
        raise TypeError(
            "slice indices must be integers or None or have an __index__ method"
        ) from None


def _index_tensor(item: Any) -> Any:
    """An index that is no integer, slice, None or ..., as a tensor of integers or a mask."""
    if isinstance(item, (bool, np.bool_)):
        return wrap(np.bool_(item))
    if isinstance(item, Node.tensor_type):
        tensor = item
    elif isinstance(item, np.ndarray):
        tensor = wrap(item)
    elif isinstance(item, (list, tuple, range)):
        plain = [v.tolist() if isinstance(v, Node.tensor_type) else v for v in item]
        array = np.array(plain)
        if array.dtype.kind == "U":
            raise TypeError("new(): invalid data type 'str'")
        tensor = wrap(array if array.dtype == bool else array.astype(np.int64))
    elif isinstance(item, str):
        raise TypeError("new(): invalid data type 'str'")
    else:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
            f"valid indices (got {type(item).__name__})"
        )
    kind = tensor._data.dtype
    if kind == np.uint8:
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool "
            "instead.",
            UserWarning,
            stacklevel=4,
        )
        return wrap(tensor._data.astype(bool))
    if kind not in (np.int64, np.int32, np.bool_):
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    return tensor


def _index(x: Any, indices: Sequence[Any]) -> Any:
    return _with_indices(indexing.IndexBackward0, x, (), indices)


def _with_indices(
    op: type[Node], x: Any, others: tuple[Any, ...], indices: Sequence[Any], *constants: Any
) -> Any:
    given = [i for i in indices if i is not None]
    gaps = tuple([i is None for i in indices])
    try:
        return apply(op, (x, *others), gaps, *constants, fixed=given)
    except (IndexError, ValueError):
        _explain(x, indices)
        if others:
            shape = x._data[tuple([slice(None) if i is None else i._data for i in indices])].shape
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(others[0].shape)} cannot be broadcast"
                f" to indexing result of shape {list(shape)}"
            ) from None
        raise


def _explain(x: Any, indices: Sequence[Any]) -> None:
    """Raise IndexError, in torch's words, if the indices do not fit `x`."""
    shape, dim = x._data.shape, 0
    if sum([i._data.ndim if i is not None and i._data.dtype == bool else 1 for i in indices]) > len(
        shape
    ):
        raise IndexError(
            f"too many indices for tensor of dimension {len(shape)} (got {len(indices)})"
        ) from None
    plain: list[tuple[int, Any]] = []  # (dimension, indices along it), masks as what they pick
    for index in indices:
        data = None if index is None else index._data
        if data is None:
            dim += 1
        elif data.dtype != bool:
            plain.append((dim, data))
            dim += 1
        else:
            if data.shape != shape[dim : dim + data.ndim]:
                raise IndexError(
                    f"The shape of the mask {list(data.shape)} at index 0 does not match the shape "
                    f"of the indexed tensor {list(shape)} at index {dim}"
                ) from None
            plain += [(dim + i, places) for i, places in enumerate(data.nonzero())]
            dim += data.ndim
    try:
        places = np.broadcast_arrays(*[data for _, data in plain])
    except ValueError:
        shapes = ", ".join([str(list(data.shape)) for _, data in plain])
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    # Torch goes from element to element, and counts the index tensors, not the dimensions.
    sizes = [shape[d] for d, _ in plain]
    if 0 in sizes and places[0].size:
        raise IndexError("index is out of bounds for dimension with size 0") from None
    rows = [np.ravel((p < -n) | (p >= n)) for p, n in zip(places, sizes)]
    if any(row.any() for row in rows):
        element = np.logical_or.reduce(rows).argmax()
        i = [row[element] for row in rows].index(True)
        raise IndexError(
            f"index {places[i].ravel()[element]} is out of bounds for dimension {i} with size "
            f"{sizes[i]}"
        ) from None
