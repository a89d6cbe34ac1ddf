"""Methods that move elements without changing them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..checked import overloads
from ..engine.node import Node
from ..errors import class_name, warn_once
from ..inplace import check_writable, in_place
from ..ops import shape
from ..ops.dims import dimension, infer_size, sizes
from ..recording import Method, apply, memory, method, named, own_counter, record
from ..views import view as view_of

if TYPE_CHECKING:
    from ..tensor import Tensor

NO_MATRIX = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated "
    "and it will throw an error in a future release. Consider `x.mT` to transpose batches of "
    "matrices or `x.permute(*minigrad.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a "
    "tensor."
)
NO_DIMS = "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases."


def reshaped_in_place(op: type[Node]) -> Method:
    """A method that gives its tensor itself another shape: `t_`, `squeeze_`, …"""

    def call(self: Any, *constants: Any, **named: Any) -> Any:
        check_writable(self)
        memory(self)
        out = apply(op, (self,), *constants, **named)
        self._data = out._data
        own_counter(self).value += 1
        if self._base is not None:
            self._steps = (*self._steps, (op, constants, named, 0))
            self._as_of = self._counter.value
        if out._grad_fn is not None:
            self._grad_fn = out._grad_fn
        return self

    return named(call, op)


class Shape:
    """Views in other shapes, parts and wholes, reordered copies."""

    _data: Any

    # -- views ------------------------------------------------------------------------------------

    _view = view_of(shape.ViewBackward0)
    _reshape_alias = view_of(shape.ReshapeAliasBackward0)
    _unsafe_view = method(shape.UnsafeViewBackward0)
    _expand = view_of(shape.ExpandBackward0)
    _permute = view_of(shape.PermuteBackward0)
    _squeeze_all = view_of(shape.SqueezeBackward0)
    _squeeze_dim = view_of(shape.SqueezeBackward1)
    _squeeze_dims = view_of(shape.SqueezeBackward2)
    _squeeze_result = method(shape.SqueezeBackward4)
    _as_strided = view_of(shape.AsStridedBackward0)
    _unfold = view_of(shape.UnfoldBackward0)
    t = view_of(shape.TBackward0)
    transpose = swapdims = view_of(shape.TransposeBackward0)
    unsqueeze = view_of(shape.UnsqueezeBackward0)
    diagonal = view_of(shape.DiagonalBackward0)
    unbind = view_of(shape.UnbindBackward0)
    _split = view_of(shape.SplitBackward0)
    _split_with_sizes = view_of(shape.SplitWithSizesBackward0)
    _unsafe_split = method(shape.UnsafeSplitBackward0)
    _unsafe_split_with_sizes = method(shape.UnsafeSplitWithSizesBackward0)

    @overloads("dtype: Dtype", "size: Sequence[int]")
    def view(self, *args: Any, size: Any = None, dtype: Any = None) -> Tensor:
        """The same elements in another shape, on the same memory; one size may be -1.

        ``view(dtype)`` reads the same bytes as another dtype of the same size.
        """
        if not args:
            args = (() if size is None else size,) if dtype is None else (dtype,)
        if isinstance(args[0], dtypes.dtype):
            return self._bits(args[0])
        return self._view(sizes(args))

    def _bits(self, kind: dtypes.dtype) -> Tensor:
        out = self.detach()  # torch records no reading of bits, not even as the same dtype
        if kind.itemsize != self._data.itemsize:
            _check_other_size(out, kind)
        out._data = out._data.view(kind.numpy)
        return out

    def sum_to_size(self, *args: Any, size: Any = None) -> Tensor:
        """The sums that undo a broadcast of a tensor of this size."""
        target = sizes(args if size is None else (size,))
        if not target:
            return self.sum()  # type: ignore[attr-defined]
        extra = self._data.ndim - len(target)
        kept = self._data.shape[max(extra, 0) :]
        if extra < 0 or any(n not in (1, m) for n, m in zip(target, kept)):
            raise RuntimeError(
                f"size {{{list(target)}}} is not expandable to size {{{list(self._data.shape)}}}."
            )
        out: Any = self.sum(tuple(range(extra))) if extra else self  # type: ignore[attr-defined]
        spread = [d for d, (n, m) in enumerate(zip(target, kept)) if n != m]
        return out.sum(spread, True) if spread else out

    def view_as(self, other: Tensor) -> Tensor:
        """The same elements in the shape of `other`, on the same memory."""
        return self._view(other.shape)

    def reshape(self, *args: Any, shape: Any = None) -> Tensor:
        """The same elements in another shape: a view if the memory allows it, else a copy."""
        size = sizes(args if shape is None else (shape,))
        if self.is_contiguous():
            return self._view(size)
        size = infer_size(size, self._data.size)
        try:
            return self._reshape_alias(size)
        except RuntimeError:
            return self._clone(True)._unsafe_view(size)

    def reshape_as(self, other: Tensor) -> Tensor:
        """The same elements in the shape of `other`."""
        return self.reshape(other.shape)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        """The dimensions from `start_dim` to `end_dim` made into one."""
        size = self._data.shape
        start, end = dimension(start_dim, len(size)), dimension(end_dim, len(size))
        if not size:
            return self.reshape(1)
        if start > end:
            raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
        if start == end:
            return self
        return self.reshape(*size[:start], math.prod(size[start : end + 1]), *size[end + 1 :])

    def unflatten(self, dim: int, sizes: Sequence[int]) -> Tensor:
        """Dimension `dim` made into several."""
        size = self._data.shape
        axis = dimension(dim, len(size))
        if not len(sizes):
            raise RuntimeError("unflatten: sizes must be non-empty")
        try:
            inner = infer_size(sizes, size[axis])
        except RuntimeError as error:
            if "only one" in str(error):
                raise
            raise RuntimeError(
                f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim "
                f"{axis} ({size[axis]}) in the input tensor"
            ) from None
        return self._view((*size[:axis], *inner, *size[axis + 1 :]))

    def ravel(self) -> Tensor:
        """The elements in one dimension."""
        return self.contiguous()._view((-1,))

    def expand(self, *args: Any, size: Any = None, implicit: bool = False) -> Tensor:
        """A view in which dimensions of size 1 are repeated; -1 keeps a size."""
        return self._expand(sizes(args if size is None else (size,)))

    def expand_as(self, other: Tensor) -> Tensor:
        """A view in the shape of `other`, in which dimensions of size 1 are repeated."""
        return self._expand(other.shape)

    def broadcast_to(self, *args: Any, size: Any = None) -> Tensor:
        """A view in which dimensions of size 1 are repeated; -1 keeps a size."""
        return self._expand(sizes(args if size is None else (size,)))

    def permute(self, *args: Any, dims: Any = None) -> Tensor:
        """A view with the dimensions in another order."""
        return self._permute(sizes(args or (() if dims is None else dims,)))

    @overloads("source: int, destination: int", "source: Sequence[int], destination: Sequence[int]")
    def movedim(self, source: Any, destination: Any) -> Tensor:
        """A view with some dimensions moved to other places, the others in their order."""
        ndim = self._data.ndim
        given = [(d,) if isinstance(d, int) else tuple(d) for d in (source, destination)]
        if len(given[0]) != len(given[1]):
            raise RuntimeError(
                "movedim: Invalid source or destination dims: source "
                f"({list(given[0])} dims) should contain the same number of dims as destination "
                f"({list(given[1])} dims)"
            )
        here, there = ([dimension(d, ndim) for d in dims] for dims in given)
        for name, dims, raw in (("source", here, given[0]), ("destination", there, given[1])):
            if len(set(dims)) != len(dims):
                raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(raw)})")
        if not ndim:
            return self._alias()
        order = [d for d in range(ndim) if d not in here]
        for to, d in sorted(zip(there, here)):
            order.insert(to, d)
        return self._permute(tuple(order))

    moveaxis = movedim

    @overloads("", "dim: int", "dim: Sequence[int]")
    def squeeze(self, dim: Any = None, *more: int) -> Tensor:
        """A view without the dimensions of size 1: all of them, or those that `dim` names."""
        dim = (dim, *more) if more else dim
        if dim is None:
            return self._squeeze_all()
        return self._squeeze_dim(dim) if isinstance(dim, int) else self._squeeze_dims(tuple(dim))

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order."""
        if self._data.ndim == 2:
            return self._permute((1, 0))
        warn_once(NO_MATRIX if self._data.ndim else NO_DIMS, 2)
        return self._permute(tuple(range(self._data.ndim - 1, -1, -1)))

    @property
    def mT(self) -> Tensor:
        """The last two dimensions swapped."""
        if self._data.ndim < 2:
            raise RuntimeError(
                "tensor.mT is only supported on matrices or batches of matrices. Got "
                f"{self._data.ndim}-D tensor."
            )
        return self.transpose(-2, -1)

    mH = mT

    @property
    def H(self) -> Tensor:
        """A matrix with its two dimensions swapped."""
        if self._data.ndim == 2 or not self._data.ndim:
            return self.transpose(-2, -1) if self._data.ndim else self._alias()
        batches = " For batches of matrices, consider using tensor.mH"
        raise RuntimeError(
            "tensor.H is only supported on matrices (2-D tensors). Got "
            f"{self._data.ndim}-D tensor.{batches if self._data.ndim > 2 else ''}"
        )

    def adjoint(self) -> Tensor:
        """The last two dimensions swapped."""
        if self._data.ndim < 2:
            raise RuntimeError(
                "tensor.adjoint() is only supported on matrices or batches of matrices. Got "
                f"{self._data.ndim}-D tensor."
            )
        return self.transpose(-2, -1)

    def as_strided(
        self, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Tensor:
        """A view of the memory with these sizes and strides, from an element of it on."""
        if len(size) != len(stride):
            raise RuntimeError("mismatch in length of strides and shape")
        if any(s < 0 for s in stride):
            raise RuntimeError(
                "as_strided: Negative strides are not supported at the moment, got strides: "
                f"{list(stride)}"
            )
        return self._as_strided(tuple(size), tuple(stride), storage_offset)

    def unfold(self, dimension: int, size: int, step: int) -> Tensor:
        """A view of all windows of `size` that slide along a dimension by `step`."""
        return self._unfold(dimension, size, step)

    # -- parts and wholes -------------------------------------------------------------------------

    def split(self, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of parts along `dim`: of one size (the last may be smaller), or of given sizes."""
        if isinstance(split_size, int):
            return self._split(split_size, dim)
        return self._split_with_sizes(tuple(split_size), dim)

    def split_with_sizes(self, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
        """Views of parts along `dim` of the given sizes."""
        return self._split_with_sizes(tuple(split_sizes), dim)

    def swapaxes(self, axis0: int, axis1: int) -> Tensor:
        """A view with two dimensions swapped."""
        return self.transpose(axis0, axis1)

    def swapaxes_(self, axis0: int, axis1: int) -> Tensor:
        """Swap two dimensions."""
        return self.transpose_(axis0, axis1)

    def unsafe_split(self, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
        """As `split`, but of parts that may each be written to: no graph knows that they are views
        of one memory, and so a write to it by another name gives wrong gradients."""
        return self._unsafe_split(split_size, dim)

    def unsafe_split_with_sizes(
        self, split_sizes: Sequence[int], dim: int = 0
    ) -> tuple[Tensor, ...]:
        """As `split_with_sizes`, and of parts as those of `unsafe_split`."""
        return self._unsafe_split_with_sizes(tuple(split_sizes), dim)

    def unsafe_chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        """As `chunk`, and of parts as those of `unsafe_split`."""
        sizes = [part._data.shape[dim] for part in self.detach().chunk(chunks, dim)]
        return (
            self._unsafe_split(sizes[0], dim)
            if sizes[0]
            else self._unsafe_split_with_sizes(tuple(sizes), dim)
        )

    def chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of `chunks` parts along `dim`, of equal size but for the last."""
        if not self._data.ndim:
            raise RuntimeError("chunk expects at least a 1-dimensional tensor")
        if chunks <= 0:
            raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
        size = self._data.shape[dimension(dim, self._data.ndim)]
        if not size:
            return self._split_with_sizes((0,) * chunks, dim)
        return self._split(-(-size // chunks), dim)

    @overloads(
        "indices: Sequence[int], dim=0",
        "tensor_indices_or_sections: Tensor, dim=0",
        "sections: int, dim=0",
    )
    def tensor_split(self, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of parts along `dim`: so many of nearly equal size, or split at given places."""
        if not self._data.ndim:
            raise RuntimeError(
                "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 "
                "dims"
            )
        dim = dimension(dim, self._data.ndim)
        size = self._data.shape[dim]
        if isinstance(indices_or_sections, Node.tensor_type):
            given, named = (
                indices_or_sections,
                "tensor_split expected tensor_indices_or_sections to",
            )
            if given._data.dtype != np.int64:
                kind = given.dtype.scalar_type
                raise RuntimeError(f"{named} have dtype of long, but got {kind}")
            if given.ndim > 1:
                raise RuntimeError(
                    f"{named} be a zero-dimensional or one-dimensional tensor, but got a tensor "
                    f"with {given.ndim} dims"
                )
            indices_or_sections = given.tolist()
        if isinstance(indices_or_sections, int):
            n = indices_or_sections
            if n <= 0:
                raise RuntimeError(f"number of sections must be larger than 0, got {n}")
            ends = [i * (size // n) + min(i, size % n) for i in range(1, n + 1)]
        else:
            ends = [*indices_or_sections, size]
        starts = [0, *ends[:-1]]
        return tuple([self._slice(dim, start, end) for start, end in zip(starts, ends)])

    def fill_diagonal_(self, fill_value: Any, wrap: bool = False) -> Tensor:
        """Write a value to the main diagonal; with `wrap` a tall matrix begins it anew below."""
        if self._data.ndim < 2:
            raise RuntimeError("dimensions must larger than 1")
        sizes = self._data.shape
        if len(sizes) > 2 and len(set(sizes)) > 1:
            raise RuntimeError("all dimensions of input must be of equal length")
        places = np.arange(min(sizes))
        index: Any = [places] * len(sizes)
        if wrap and len(sizes) == 2 and sizes[0] > sizes[1] + 1:
            flat = np.arange(0, sizes[0] * sizes[1], sizes[1] + 1)
            index = list(np.divmod(flat, sizes[1]))
        value = self._wrap(dtypes.to_number(fill_value, self.dtype))  # type: ignore[attr-defined]
        return self.index_put_([self._wrap(i) for i in index], value)

    @overloads("sections: int", "indices: Sequence[int]")
    def hsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of parts side by side: along the second dimension, of a vector along the first."""
        return _split_along(
            self, "hsplit", 1, indices_or_sections, 0 if self._data.ndim == 1 else 1
        )

    @overloads("sections: int", "indices: Sequence[int]")
    def vsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of parts below each other, along the first dimension."""
        return _split_along(self, "vsplit", 2, indices_or_sections, 0)

    @overloads("sections: int", "indices: Sequence[int]")
    def dsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of parts behind each other, along the third dimension."""
        return _split_along(self, "dsplit", 3, indices_or_sections, 2)

    def repeat(self, *args: Any, repeats: Any = None) -> Tensor:
        """A copy that repeats the tensor along each dimension."""
        return apply(shape.RepeatBackward0, (self,), sizes(args or (repeats,)))

    def tile(self, *args: Any, dims: Any = None) -> Tensor:
        """A copy that repeats the tensor along the last dimensions."""
        repeats = sizes(args or (dims,))
        return self.repeat((1,) * (self._data.ndim - len(repeats)) + repeats)

    def repeat_interleave(
        self, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
    ) -> Tensor:
        """A copy in which each element (or slice along `dim`) stands several times in a row.

        Without `repeats`, self says how often each of 0, 1, 2, … stands.
        """
        if repeats is None:
            return self._wrap(_repeated(self._data))
        if dim is None:
            return self.flatten().repeat_interleave(repeats, 0)
        axis = dimension(dim, self._data.ndim)
        if isinstance(repeats, int) and self._data.ndim:
            if repeats < 0:
                raise RuntimeError("Repeats must be non-negative")
            shape = self._data.shape
            copies = (*shape[: axis + 1], repeats, *shape[axis + 1 :])
            return self.unsqueeze(axis + 1).expand(copies).clone().flatten(axis, axis + 1)
        n = self._data.shape[axis] if self._data.ndim else 1
        counts = np.asarray(repeats._data if isinstance(repeats, Node.tensor_type) else repeats)
        if counts.ndim > 1:
            raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
        if counts.size not in (1, n):
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{counts.size} and input.size({axis}) = {n}"
            )
        places = _repeated(np.broadcast_to(counts, n))
        return self.index_select(dim, self._wrap(places))

    def _cat(self, tensors: Sequence[Any], dim: int) -> Tensor:
        return cat(tensors, dim)

    def _stack(self, tensors: Sequence[Any], dim: int) -> Tensor:
        return stack(tensors, dim)

    # -- reordered --------------------------------------------------------------------------------

    tril = method(shape.TrilBackward0)
    triu = method(shape.TriuBackward0)
    diag_embed = method(shape.DiagEmbedBackward0)
    trace = method(shape.TraceBackward0)
    _diagonal_copy = method(shape.DiagonalCopyBackward)
    _diagonal_backward = method(shape.DiagonalBackwardBackward0)

    def diag(self, diagonal: int = 0) -> Tensor:
        """The diagonal of a matrix, or the matrix with a vector as its diagonal."""
        if self._data.ndim == 1:
            return self.diag_embed(diagonal)
        if self._data.ndim != 2:
            raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {self._data.ndim}D")
        return self._diagonal_copy(diagonal)

    def diagflat(self, offset: int = 0) -> Tensor:
        """The matrix with all elements, in order, on its diagonal."""
        return self.contiguous()._view((-1,)).diag_embed(offset)

    def flip(self, *args: Any, dims: Any = None) -> Tensor:
        """A copy with the order of the elements reversed along `dims`."""
        return apply(shape.FlipBackward0, (self,), sizes(args or (dims,)))

    def fliplr(self) -> Tensor:
        """A copy with the columns in reverse order."""
        if self._data.ndim < 2:
            raise RuntimeError("Input must be >= 2-d.")
        return self.flip(1)

    def flipud(self) -> Tensor:
        """A copy with the rows in reverse order."""
        if self._data.ndim < 1:
            raise RuntimeError("Input must be >= 1-d.")
        return self.flip(0)

    def roll(self, shifts: Any, dims: Any = ()) -> Tensor:
        """A copy whose elements moved along `dims`; what leaves at one end enters at the other."""
        shifts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
        dims = (dims,) if isinstance(dims, int) else tuple(dims or ())
        return apply(shape.RollBackward0, (self,), shifts, dims)

    # -- in place ---------------------------------------------------------------------------------

    t_ = reshaped_in_place(shape.TBackward1)
    transpose_ = swapdims_ = reshaped_in_place(shape.TransposeBackward1)
    unsqueeze_ = reshaped_in_place(shape.UnsqueezeBackward1)
    _squeeze_all_ = reshaped_in_place(shape.SqueezeBackward3)
    _squeeze_dim_ = reshaped_in_place(shape.SqueezeBackward4)
    _squeeze_dims_ = reshaped_in_place(shape.SqueezeBackward5)
    as_strided_ = reshaped_in_place(shape.AsStridedBackward1)
    tril_ = in_place(tril)
    triu_ = in_place(triu)

    @overloads("", "dim: int", "dim: Sequence[int]")
    def squeeze_(self, dim: Any = None) -> Tensor:
        """Lose the dimensions of size 1, or `dim` (or several) if its size is 1."""
        if dim is None:
            return self._squeeze_all_()
        return self._squeeze_dim_(dim) if isinstance(dim, int) else self._squeeze_dims_(tuple(dim))


def _check_other_size(x: Any, kind: dtypes.dtype) -> None:
    """Raise RuntimeError unless the bytes can be read as a dtype of another size."""
    what = f"to view {x.dtype.scalar_type} as {kind.scalar_type} (different element sizes)"
    if not x.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {what}")
    if x.stride(-1) != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {what}, but got {x.stride(-1)}")
    ratio = kind.itemsize // x.dtype.itemsize
    if ratio > 1:
        if x.shape[-1] % ratio:
            raise RuntimeError(
                f"self.size(-1) must be divisible by {ratio} {what}, but got {x.shape[-1]}"
            )
        if x.storage_offset() % ratio:
            raise RuntimeError(
                f"self.storage_offset() must be divisible by {ratio} {what}, but got "
                f"{x.storage_offset()}"
            )
        for d, stride in enumerate(x.stride()[:-1]):
            if stride % ratio:
                raise RuntimeError(
                    f"self.stride({d}) must be divisible by {ratio} {what}, but got {stride}"
                )


def _split_along(x: Any, name: str, least: int, parts: Any, dim: int) -> Any:
    if x.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
            f"with {x.ndim} dimensions!"
        )
    if isinstance(parts, int) and (parts == 0 or x.shape[dim] % parts):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the "
            f"dimension {x.shape[dim]} is not divisible by the split_size {parts}!"
        )
    return x.tensor_split(parts, dim)


def _several(tensors: Any, name: str) -> list[Any]:
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, "
            f"not {class_name(tensors)}"
        )
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Node.tensor_type):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {class_name(tensor)}"
            )
    return list(tensors)


def _joined(op: type[Node], tensors: list[Any], dim: int) -> Any:
    """Join tensors in the dtype in which they meet; gradients go back in the tensors' own."""
    kind = dtypes.result_type(*tensors)
    node = op()
    data = node.forward(*[t._data.astype(kind.numpy, copy=False) for t in tensors], dim)
    if any(t.dtype is not kind for t in tensors):
        node.fit_to(*[t._data for t in tensors])
    return record(node, tensors, data)


def cat(tensors: Sequence[Tensor], dim: int = 0, *, axis: int | None = None) -> Tensor:
    """The tensors one after the other along `dim`; their other sizes must be equal."""
    dim = dim if axis is None else axis
    tensors = _several(tensors, "cat")
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    return _joined(shape.CatBackward0, tensors, dim)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors one after the other along a new dimension; their sizes must be equal."""
    tensors = _several(tensors, "stack")
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    return _joined(shape.StackBackward0, tensors, dim)


def _repeated(counts: np.ndarray) -> np.ndarray:
    """0 … n − 1, each as often as its count says."""
    if counts.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if counts.dtype not in (np.int32, np.int64):
        kind = dtypes.from_numpy(counts.dtype).scalar_type
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{kind}'")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeats can not be negative")
    return np.repeat(np.arange(counts.size, dtype=counts.dtype), counts)
