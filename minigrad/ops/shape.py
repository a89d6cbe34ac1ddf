"""Operations that move elements without changing them. Each rule moves the gradient back.

Most results are views: they share the input's memory, as numpy's and torch's views do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node, sum_to
from ..storage import owner
from .again import one_node
from .dims import broadcast_error, dimension, dimensions, infer_size
from .indexing import at
from .lift import (
    cat,
    constant,
    diagonal,
    diagonal_backward,
    expand,
    flip,
    index_put_impl,
    new_zeros,
    permute,
    repeated,
    roll,
    stack,
    transpose,
    tril,
    triu,
    unsqueeze,
    zeros,
)


class ViewBackward0(Node):
    """∂x.view(…)/∂x: the gradient in the shape of x"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, size: Sequence[int]) -> Any:
        self.self_sym_sizes = x.shape
        size = infer_size(size, x.size)
        try:
            return x.reshape(size, copy=False)
        except ValueError:
            raise RuntimeError(
                "view size is not compatible with input tensor's size and stride (at least one "
                "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
            ) from None

    def backward(self, grad: Any) -> Any:
        return grad.reshape(self.self_sym_sizes)


class UnsafeViewBackward0(ViewBackward0):
    """∂x.view(…)/∂x: the gradient in the shape of x (of a fresh result, which nobody else holds)"""


class ReshapeAliasBackward0(ViewBackward0):
    """∂x.reshape(…)/∂x: the gradient in the shape of x (of a view of memory out of order)"""


class ExpandBackward0(Node):
    """∂x.expand(…)/∂x: the sum over the copies"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, size: Sequence[int]) -> Any:
        shape = self.self_sym_sizes = x.shape
        if tuple(size) == shape:
            return x.view()
        added = len(size) - len(shape)
        if added < 0:
            raise RuntimeError(
                f"expand(minigrad.{dtypes.from_numpy(x.dtype).scalar_type}Tensor{{{list(shape)}}}"
                f", size={list(size)}): the number of sizes provided ({len(size)}) must be greater "
                f"or equal to the number of dimensions in the tensor ({x.ndim})"
            )
        full = _filled_in(size, shape, added) if min(size) < 0 else size
        for n, wanted in zip(shape, full[added:]):
            if n != wanted and (n != 1 or wanted < 0):
                raise _not_expandable(shape, size, added)
        return repeated(x, full)

    def backward(self, grad: Any) -> Any:
        return sum_to(grad, self.self_sym_sizes)


def _filled_in(size: Sequence[int], shape: tuple[int, ...], added: int) -> list[int]:
    """The sizes of an expanded tensor, with those of `shape` for -1."""
    if min(size[:added], default=0) < 0:
        raise RuntimeError(
            f"The expanded size of the tensor ({min(size[:added])}) isn't allowed in a leading,"
            f" non-existing dimension {[n < 0 for n in size].index(True)}"
        )
    return [*size[:added], *[m if n == -1 else n for n, m in zip(size[added:], shape)]]


def _not_expandable(shape: tuple[int, ...], size: Sequence[int], added: int) -> RuntimeError:
    """Torch's words, of the last dimension that does not fit."""
    pairs = enumerate(zip(shape, size[added:]), added)
    wrong = [(i, n, m) for i, (n, m) in pairs if m not in (n, -1) and (n != 1 or m < 0)]
    i, n, wanted = wrong[-1]
    return RuntimeError(
        f"The expanded size of the tensor ({wanted}) must match the existing size ({n}) at "
        f"non-singleton dimension {i}.  Target sizes: {[*size]}.  Tensor sizes: {[*shape]}"
    )


class TBackward0(Node):
    """∂xᵀ/∂x: the gradient transposed"""

    def forward(self, x: Any) -> Any:
        if x.ndim > 2:
            raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.ndim}D")
        return x.T

    def backward(self, grad: Any) -> Any:
        return grad.T if isinstance(grad, (np.ndarray, np.generic)) else grad.t()


class TransposeBackward0(Node):
    """∂x.transpose(i, j)/∂x: the gradient with dims i and j swapped"""

    constants = ("dim0", "dim1")
    dim0: int
    dim1: int

    def forward(self, x: Any, dim0: int, dim1: int) -> Any:
        self.dim0, self.dim1 = dim0, dim1
        try:
            return x.swapaxes(dim0, dim1)
        except (ValueError, TypeError):  # torch's words for what numpy refuses
            i, j = dimension(dim0, x.ndim), dimension(dim1, x.ndim)
            return x.swapaxes(i, j) if x.ndim else x.view()

    def backward(self, grad: Any) -> Any:
        return transpose(grad, self.dim0, self.dim1) if grad.ndim else grad


class PermuteBackward0(Node):
    """∂x.permute(…)/∂x: the gradient permuted back"""

    constants = ("dims",)
    dims: tuple[int, ...]

    def forward(self, x: Any, dims: Sequence[int]) -> Any:
        self.dims = tuple(dims)
        try:
            return x.transpose(self.dims)
        except ValueError:  # torch's words for what numpy refuses
            self.explain(x)
            raise

    def explain(self, x: Any) -> None:
        if len(self.dims) != x.ndim:
            raise RuntimeError(
                "permute(sparse_coo): number of dimensions in the tensor input does not match the "
                f"length of the desired ordering of dimensions i.e. input.dim() = {x.ndim} is not "
                f"equal to len(dims) = {len(self.dims)}"
            ) from None
        if len({dimension(d, x.ndim) for d in self.dims}) != x.ndim:
            raise RuntimeError("permute(): duplicate dims are not allowed.") from None

    def backward(self, grad: Any) -> Any:
        order = [d % max(len(self.dims), 1) for d in self.dims]
        return permute(grad, [order.index(d) for d in range(len(order))])


class UnsqueezeBackward0(Node):
    """∂x.unsqueeze(d)/∂x: the gradient without dim d"""

    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        at, shape = dimension(dim, x.ndim + 1), x.shape
        return x.reshape((*shape[:at], 1, *shape[at:]))  # a view, as numpy promises

    def backward(self, grad: Any) -> Any:
        return grad.squeeze(self.dim)


class SqueezeBackward0(Node):
    """∂x.squeeze()/∂x: the gradient with the dims of size 1 put back"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        self.self_sym_sizes = x.shape
        return x.squeeze()

    def backward(self, grad: Any) -> Any:
        return unsqueezed(grad, self.self_sym_sizes)


def unsqueezed(grad: Any, sizes: Sequence[int], dims: Sequence[int] | None = None) -> Any:
    """The gradient with the dims of size 1 put back: all of them, or those of `dims`."""
    for d, n in enumerate(sizes):
        if n == 1 and (dims is None or d in dims):
            grad = unsqueeze(grad, d)
    return grad


class SqueezeBackward1(Node):
    """∂x.squeeze(d)/∂x: the gradient with dim d put back"""

    constants = ("dim", "self_sym_sizes")
    dim: int
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, dim: int) -> Any:
        self.dim, self.self_sym_sizes = dim, x.shape
        axis = dimension(dim, x.ndim)
        return x.squeeze(axis) if x.ndim and x.shape[axis] == 1 else x.view()

    def backward(self, grad: Any) -> Any:
        shape = self.self_sym_sizes
        axis = dimension(self.dim, len(shape))
        return unsqueeze(grad, axis) if shape and shape[axis] == 1 else grad


class SqueezeBackward2(Node):
    """∂x.squeeze(dims)/∂x: the gradient with the dims put back"""

    constants = ("dim", "self_sym_sizes")
    dim: tuple[int, ...]
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, dim: tuple[int, ...]) -> Any:
        self.dim, self.self_sym_sizes = dim, x.shape
        axes = dimensions(dim, x.ndim) if dim else ()
        return x.squeeze(tuple([d for d in axes if x.shape[d] == 1]))

    def backward(self, grad: Any) -> Any:
        sizes = self.self_sym_sizes
        return unsqueezed(grad, sizes, dimensions(self.dim, len(sizes)) if self.dim else ())


# What `t_`, `squeeze_` and their kin leave in the graph.


class TBackward1(TBackward0):
    """∂xᵀ/∂x: the gradient transposed"""


class TransposeBackward1(TransposeBackward0):
    """∂x.transpose(i, j)/∂x: the gradient with dims i and j swapped"""


class UnsqueezeBackward1(UnsqueezeBackward0):
    """∂x.unsqueeze(d)/∂x: the gradient without dim d"""


class SqueezeBackward3(SqueezeBackward0):
    """∂x.squeeze()/∂x: the gradient with the dims of size 1 put back"""


class SqueezeBackward4(SqueezeBackward1):
    """∂x.squeeze(d)/∂x: the gradient with dim d put back"""


class SqueezeBackward5(SqueezeBackward2):
    """∂x.squeeze(dims)/∂x: the gradient with the dims put back"""


class CloneBackward0(Node):
    """∂x/∂x = 1"""

    def forward(self, x: Any, in_order: bool = False) -> Any:
        # A copy's strides are ordered as they were, but not where elements share their place.
        return x.copy("C" if in_order or 0 in x.strides else "K")

    def backward(self, grad: Any) -> Any:
        return grad


# -- parts and wholes ------------------------------------------------------------------------------


def filled(grads: Sequence[Any], shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """The gradients of several results; zeros for a result that nobody used."""
    like = next(g for g in grads if g is not None)
    return [new_zeros(like, shape) if g is None else g for g, shape in zip(grads, shapes)]


class CatBackward0(Node):
    """∂cat(a, b, …)/∂a: the part of the gradient that lies where a lies"""

    constants = ("dim",)
    dim: int
    shapes: list[tuple[int, ...]]

    def forward(self, *rest: Any) -> Any:
        *parts, self.dim = rest
        self.shapes = [part.shape for part in parts]
        if any(not part.ndim for part in parts):
            bad = next(i for i, part in enumerate(parts) if not part.ndim)
            raise RuntimeError(
                f"zero-dimensional tensor (at position {bad}) cannot be concatenated"
            )
        # Torch lets an empty vector stand for nothing at all.
        real = [part for part in parts if part.shape != (0,)] or parts[:1]
        if real[0].shape == (0,):
            return real[0].copy()  # whatever the dimension
        dim = dimension(self.dim, real[0].ndim)
        for i, part in enumerate(parts):
            if part.shape == (0,):
                continue
            if part.ndim != real[0].ndim:
                raise RuntimeError(
                    "Tensors must have same number of dimensions: got "
                    f"{real[0].ndim} and {part.ndim}"
                )
            for d, (n, m) in enumerate(zip(real[0].shape, part.shape)):
                if n != m and d != dim:
                    raise RuntimeError(
                        f"Sizes of tensors must match except in dimension {dim}. Expected size {n} "
                        f"but got size {m} for tensor number {i} in the list."
                    )
        return np.ascontiguousarray(np.concatenate(real, dim))  # numpy keeps the order of memory

    def backward(self, grad: Any) -> Any:
        dim = dimension(self.dim if grad.ndim > 1 else 0, grad.ndim)
        sent, start = [], 0
        for to_part, shape in zip(self.edges, self.shapes):
            if shape == (0,) and grad.ndim > 1:
                sent.append(to_part and new_zeros(grad, shape))
                continue
            end = start + shape[dim]
            sent.append(to_part and narrowed(grad, dim, start, end))
            start = end
        return tuple(sent)


def narrowed(x: Any, dim: int, start: int, end: int) -> Any:
    """The slices from `start` up to `end` along `dim`."""
    if isinstance(x, np.ndarray):
        return x[at(dim, slice(start, end))]
    return x.narrow(dim, start, end - start)


class StackBackward0(Node):
    """∂stack(a, b, …)/∂a: the slice of the gradient that lies where a lies"""

    constants = ("dim",)
    dim: int

    def forward(self, *rest: Any) -> Any:
        *parts, self.dim = rest
        for i, part in enumerate(parts):
            if part.shape != parts[0].shape:
                raise RuntimeError(
                    f"stack expects each tensor to be equal size, but got {list(parts[0].shape)} "
                    f"at entry 0 and {list(part.shape)} at entry {i}"
                )
        return np.ascontiguousarray(np.stack(parts, dimension(self.dim, parts[0].ndim + 1)))

    def backward(self, grad: Any) -> Any:
        dim = dimension(self.dim, grad.ndim)
        return tuple([to and grad[at(dim, i)] for i, to in enumerate(self.edges)])


class UnbindBackward0(Node):
    """∂(the slices of x)/∂x: their gradients, stacked"""

    constants = ("dim",)
    dim: int
    shape: tuple[int, ...]

    def forward(self, x: Any, dim: int = 0) -> Any:
        self.dim, self.num_outputs = dim, 0
        axis = dimension(dim, x.ndim)
        if not x.ndim:
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        self.num_outputs = x.shape[axis]
        self.shape = x.shape[:axis] + x.shape[axis + 1 :]
        return tuple([x[at(axis, i)] for i in range(x.shape[axis])])

    def backward(self, grads: Any) -> Any:
        grads = grads if self.num_outputs > 1 else [grads]
        return stack(filled(grads, [self.shape] * len(grads)), self.dim)


class SplitWithSizesBackward0(Node):
    """∂(the parts of x)/∂x: their gradients, one after the other"""

    constants: tuple[str, ...] = ("dim", "split_sizes", "self_sym_sizes")
    dim: int
    split_sizes: tuple[int, ...]
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
        self.dim, self.self_sym_sizes = dim, x.shape
        if not x.ndim:
            raise RuntimeError("split expects at least a 1-dimensional tensor")
        axis = dimension(dim, x.ndim)
        sizes = tuple(split_sizes)
        if any(n < 0 for n in sizes):
            raise RuntimeError(
                "split_with_sizes expects split_sizes have only non-negative entries, but got "
                f"split_sizes={list(sizes)}"
            )
        if sum(sizes) != x.shape[axis]:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {x.shape[axis]} (input "
                f"tensor's size at dimension {dim}), but got split_sizes={list(sizes)}"
            )
        self.split_sizes, self.num_outputs = sizes, len(sizes)
        ends = np.cumsum(sizes).tolist()
        return tuple([narrowed(x, axis, end - n, end) for n, end in zip(sizes, ends)])

    def backward(self, grads: Any) -> Any:
        grads = grads if self.num_outputs > 1 else [grads]
        shape = list(self.self_sym_sizes)
        axis = dimension(self.dim, len(shape))
        shapes = [(*shape[:axis], n, *shape[axis + 1 :]) for n in self.split_sizes]
        return cat(filled(grads, shapes), self.dim)


class SplitBackward0(SplitWithSizesBackward0):
    """∂(the parts of x)/∂x: their gradients, one after the other"""

    constants = ("dim", "split_size", "self_sym_sizes")
    split_size: int

    def forward(self, x: Any, split_size: int, dim: int = 0) -> Any:  # type: ignore[override]
        self.split_size = split_size
        if not x.ndim:
            raise RuntimeError("split expects at least a 1-dimensional tensor")
        size = x.shape[dimension(dim, x.ndim)]
        if split_size < 0:
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={split_size}"
            )
        if not split_size and size:
            raise RuntimeError(
                f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}"
            )
        whole, rest = divmod(size, split_size) if split_size else (1, 0)
        return super().forward(x, [split_size] * whole + [rest] * (rest > 0 or not whole), dim)


class UnsafeSplitBackward0(SplitBackward0):
    """∂(the parts of x)/∂x: their gradients, one after the other"""


class UnsafeSplitWithSizesBackward0(SplitWithSizesBackward0):
    """∂(the parts of x)/∂x: their gradients, one after the other"""


class RepeatBackward0(Node):
    """∂x.repeat(…)/∂x: the sum over the copies"""

    constants = ("repeats", "self_sym_sizes")
    repeats: tuple[int, ...]
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, repeats: Sequence[int]) -> Any:
        if len(repeats) < x.ndim:
            raise RuntimeError(
                "Number of dimensions of repeat dims can not be smaller than number of dimensions "
                "of tensor"
            )
        self.repeats, self.self_sym_sizes = tuple(repeats), x.shape
        return np.tile(x, self.repeats)

    def backward(self, grad: Any) -> Any:
        sizes = (1,) * (len(self.repeats) - len(self.self_sym_sizes)) + self.self_sym_sizes
        pairs = [n for pair in zip(self.repeats, sizes) for n in pair]
        copies = tuple(range(0, len(pairs), 2))
        summed = grad.reshape(pairs).sum(axis=copies) if copies else grad
        return summed.reshape(self.self_sym_sizes)


# -- reordered -------------------------------------------------------------------------------------


class FlipBackward0(Node):
    """∂x.flip(…)/∂x: the gradient flipped back"""

    constants = ("dims",)
    dims: tuple[int, ...]

    def forward(self, x: Any, dims: Sequence[int]) -> Any:
        self.dims = tuple(dims)
        return np.flip(x, dimensions(self.dims, x.ndim) if self.dims else ()).copy()

    def backward(self, grad: Any) -> Any:
        return flip(grad, self.dims) if grad.ndim else grad


class RollBackward0(Node):
    """∂x.roll(…)/∂x: the gradient rolled back"""

    constants = ("shifts", "dims")
    shifts: tuple[int, ...]
    dims: tuple[int, ...]

    def forward(self, x: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
        self.shifts, self.dims = shifts, dims
        if not shifts:
            raise RuntimeError("`shifts` required")
        if len(dims or shifts[:1]) != len(shifts):
            raise RuntimeError(
                f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
            )
        axes = tuple([dimension(d, x.ndim) for d in dims])
        if dims and not x.ndim:
            raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
        return np.roll(x, shifts if dims else shifts[0], axes if dims else None)

    def backward(self, grad: Any) -> Any:
        return roll(grad, tuple([-n for n in self.shifts]), self.dims)


class TrilBackward0(Node):
    """∂x.tril()/∂x: the lower triangle of the gradient"""

    constants = ("diagonal",)
    diagonal: int

    def forward(self, x: Any, diagonal: int = 0) -> Any:
        self.diagonal = diagonal
        _matrix(x, "tril")
        return np.tril(x, diagonal)

    def backward(self, grad: Any) -> Any:
        return tril(grad, self.diagonal)


class TriuBackward0(Node):
    """∂x.triu()/∂x: the upper triangle of the gradient"""

    constants = ("diagonal",)
    diagonal: int

    def forward(self, x: Any, diagonal: int = 0) -> Any:
        self.diagonal = diagonal
        _matrix(x, "triu")
        return np.triu(x, diagonal)

    def backward(self, grad: Any) -> Any:
        return triu(grad, self.diagonal)


def _matrix(x: Any, name: str) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")


class DiagonalBackward0(Node):
    """∂x.diagonal()/∂x: the gradient on the diagonal, 0 elsewhere"""

    constants = ("offset", "dim1", "dim2", "self_sym_sizes")
    offset: int
    dim1: int
    dim2: int
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        self.offset, self.dim1, self.dim2, self.self_sym_sizes = offset, dim1, dim2, x.shape
        first, second = dimension(dim1, x.ndim), dimension(dim2, x.ndim)
        if first == second:
            raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
        out = np.diagonal(x, offset, first, second)
        out.flags.writeable = x.flags.writeable  # numpy's own caution: it is a view like any other
        return out

    def backward(self, grad: Any) -> Any:
        return diagonal_backward(grad, self.self_sym_sizes, self.offset, self.dim1, self.dim2)


class DiagonalBackwardBackward0(Node):
    """∂(g on the diagonal)/∂g: the diagonal of the gradient"""

    constants = ("offset", "dim1", "dim2")
    offset: int
    dim1: int
    dim2: int

    def forward(self, x: Any, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Any:
        self.offset, self.dim1, self.dim2 = offset, dim1, dim2
        out = np.zeros(shape, x.dtype)
        DiagonalBackward0().forward(out, offset, dim1, dim2)[...] = x
        return out

    def backward(self, grad: Any) -> Any:
        return diagonal(grad, self.offset, self.dim1, self.dim2)


class DiagEmbedBackward0(DiagonalBackwardBackward0):
    """∂(the matrix with diagonal x)/∂x: the diagonal of the gradient"""

    def forward(  # type: ignore[override]
        self, x: Any, offset: int = 0, dim1: int = -2, dim2: int = -1
    ) -> Any:
        first, second = dimension(dim1, x.ndim + 1), dimension(dim2, x.ndim + 1)
        if first == second:
            raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
        n = x.shape[-1] + abs(offset)
        shape = list(x.shape[:-1])
        for d in sorted((first, second)):
            shape.insert(d, n)
        out = super().forward(x, tuple(shape), offset, first, second)
        self.dim1, self.dim2 = dim1, dim2
        return out


class DiagonalCopyBackward(DiagonalBackward0):
    """∂(a copy of the diagonal)/∂x: the gradient on the diagonal, 0 elsewhere"""

    def forward(self, x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        return super().forward(x, offset, dim1, dim2).copy()


DiagonalCopyBackward.__name__ = "DiagonalBackward0_copy"


class TraceBackward0(Node):
    """∂(Σ of the diagonal)/∂x = 1 on the diagonal, 0 elsewhere"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        if x.ndim != 2:
            raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {x.ndim}")
        self.self_sym_sizes = x.shape
        return np.trace(x, dtype=np.int64 if x.dtype.kind in "iub" else None)

    def backward(self, grad: Any) -> Any:
        shape = self.self_sym_sizes
        return diagonal_backward(expand(grad, (min(shape),)), shape, 0, 0, 1)


class AsStridedBackward0(Node):
    """∂(x's memory read with other strides)/∂x: each gradient added where it was read"""

    constants = ("size", "stride", "storage_offset")
    size: tuple[int, ...]
    stride: tuple[int, ...]
    storage_offset: int | None
    places: tuple[Any, Any, int]  # in memory: of the result, of x; and how much memory

    def forward(
        self, x: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Any:
        self.size, self.stride, self.storage_offset = tuple(size), tuple(stride), storage_offset
        storage = owner(x).ravel(order="K")
        own = (x.ctypes.data - storage.ctypes.data) // x.itemsize
        offset = own if storage_offset is None else storage_offset
        steps = [s // x.itemsize for s in x.strides]
        last = offset + sum([(n - 1) * s for n, s in zip(size, stride)])
        if 0 not in self.size and last >= storage.size:
            raise RuntimeError(
                f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, "
                f"and itemsize {x.itemsize} requiring a storage size of {(last + 1) * x.itemsize} "
                f"are out of bounds for storage of size {storage.nbytes}"
            )
        self.places = (
            _grid(self.size, self.stride, offset),
            _grid(x.shape, steps, own),
            storage.size,
        )
        strides = [s * x.itemsize for s in stride]
        return np.lib.stride_tricks.as_strided(storage[offset:], self.size, strides)

    def backward(self, grad: Any) -> Any:
        read, own, size = self.places
        memory = index_put_impl(new_zeros(grad, (size,)), [read], grad, True)
        shared = np.bincount(own.ravel(), minlength=size)[own]
        sent = memory[own]
        return sent if (shared <= 1).all() else sent / constant(shared, grad)


def _grid(size: Sequence[int], stride: Sequence[int], offset: int) -> Any:
    """For each element of a strided view, where in memory it lies."""
    places = np.full((1,) * len(size), offset)
    for d, (n, step) in enumerate(zip(size, stride)):
        places = places + (np.arange(n) * step).reshape(
            [-1 if i == d else 1 for i in range(len(size))]
        )
    return places


class AsStridedBackward1(AsStridedBackward0):
    """∂(x's memory read with other strides)/∂x: each gradient added where it was read"""


class UnfoldBackward0(Node):
    """∂(windows that slide over x)/∂x: the sum over the windows that hold xᵢ"""

    constants = ("dimension", "size", "step", "self_sym_sizes")
    dimension: int
    size: int
    step: int
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, dim: int, size: int, step: int) -> Any:
        self.dimension, self.size, self.step, self.self_sym_sizes = dim, size, step, x.shape
        axis = dimension(dim, x.ndim)
        length = x.shape[axis] if x.ndim else 1
        if size < 0:
            raise RuntimeError(f"size is {size} but must be >= 0")
        if size > length:
            raise RuntimeError(
                f"maximum size for tensor at dimension {axis} is {length} but size is {size}"
            )
        if step <= 0:
            raise RuntimeError(f"step is {step} but must be > 0")
        if not x.ndim:
            return x.reshape(1)[:size]
        windows = np.lib.stride_tricks.sliding_window_view(
            x, size, axis, writeable=x.flags.writeable
        )
        return windows[at(axis, slice(None, None, step))]

    @one_node("UnfoldBackwardBackward0")
    def backward(self, grad: Any) -> Any:
        if not self.self_sym_sizes:
            return grad.sum()
        axis = dimension(self.dimension, len(self.self_sym_sizes))
        places = np.arange(grad.shape[axis])[:, None] * self.step + np.arange(self.size)
        moved = permute(grad, _to_front(grad.ndim, axis))
        front = [axis, *[d for d in range(grad.ndim - 1) if d != axis]]
        shape = [self.self_sym_sizes[d] for d in front]
        sent = index_put_impl(new_zeros(grad, shape), [places], moved, True)
        return permute(sent, [front.index(d) for d in range(len(front))])


def _to_front(ndim: int, axis: int) -> list[int]:
    """The order of dims with `axis` first and the last second."""
    return [axis, ndim - 1, *[d for d in range(ndim - 1) if d != axis]]


class CopyBackwards(Node):
    """∂copy(x)/∂x = 1; what was overwritten gets no gradient"""

    qualifier = "torch::autograd::"

    def forward(self, target: Any, source: Any) -> Any:
        try:
            return np.broadcast_to(source, target.shape).astype(target.dtype)
        except ValueError:
            if source.ndim > target.ndim:
                raise RuntimeError(
                    f"output with shape {list(target.shape)} doesn't match the broadcast shape "
                    f"{list(source.shape)}"
                ) from None
            raise broadcast_error(target.shape, source.shape) from None

    def backward(self, grad: Any) -> Any:
        to_target, to_source = self.to_x, self.to_y
        return to_target and zeros(grad), to_source and grad


class ToCopyBackward0(Node):
    """∂x.to(dtype)/∂x = 1, in the dtype of x"""

    def forward(self, x: Any, kind: dtypes.dtype) -> Any:
        self.fit_to(x)
        return x.astype(kind.numpy)

    def backward(self, grad: Any) -> Any:
        return grad


class ZeroBackward0(Node):
    """∂0/∂x = 0"""

    def forward(self, x: Any) -> Any:
        return np.zeros_like(x)

    def backward(self, grad: Any) -> Any:
        return zeros(grad)


class FillBackward2(Node):
    """∂c/∂x = 0"""

    def forward(self, x: Any, value: Any) -> Any:
        return np.full_like(x, dtypes.to_number(value, dtypes.from_numpy(x.dtype)))

    def backward(self, grad: Any) -> Any:
        return zeros(grad)


class FillBackward3(Node):
    """∂c/∂x = 0,  ∂c/∂c = Σ over the copies"""

    def forward(self, x: Any, value: Any) -> Any:
        self.fit_to(x, value)
        return np.full_like(x, value)

    def backward(self, grad: Any) -> Any:
        to_x, to_value = self.to_x, self.to_y
        return to_x and zeros(grad), to_value and grad.sum()
