"""Methods that multiply vectors and matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.node import Node
from ..ops import linalg
from ..ops.dims import broadcast_error, dimension
from ..recording import apply

if TYPE_CHECKING:
    from ..tensor import Tensor


class Linalg:
    """Products of vectors, matrices, and batches of matrices."""

    _data: Any
    ndim: int
    shape: Any

    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices."""
        return apply(linalg.MmBackward0, (self, mat2))

    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix and a vector."""
        return apply(linalg.MvBackward0, (self, vec))

    def dot(self, tensor: Tensor) -> Tensor:
        """The inner product of two vectors."""
        return apply(linalg.DotBackward0, (self, tensor))

    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of two batches of matrices, pair by pair."""
        return apply(linalg.BmmBackward0, (self, mat2))

    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """β·self + α·(mat1 · mat2)"""
        return apply(linalg.AddmmBackward0, (self, mat1, mat2), beta, alpha)

    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """β·self + α·(mat · vec)"""
        return apply(linalg.AddmvBackward0, (self, mat, vec), beta, alpha)

    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """β·self + α·(batch1 · batch2), matrix by matrix."""
        return apply(linalg.BaddbmmBackward0, (self, batch1, batch2), beta, alpha)

    def outer(self, vec2: Tensor) -> Tensor:
        """The matrix of all products of an element of self and one of `vec2`."""
        for name, vector in (("self", self), ("vec2", vec2)):
            if vector._data.ndim != 1:
                raise RuntimeError(
                    f"outer: Expected 1-D argument {name}, but got {vector._data.ndim}-D"
                )
        return self.reshape(self._data.shape[0], 1) * vec2

    ger = outer

    def inner(self, other: Tensor) -> Tensor:
        """The sums of products along the last dimensions."""
        if not self._data.ndim or not other._data.ndim:
            return self * other
        if self._data.shape[-1] != other._data.shape[-1]:
            raise RuntimeError(
                "inner() the last dimension must match on both input tensors but got shapes "
                f"{list(self._data.shape)} and {list(other._data.shape)}"
            )
        return tensordot(self, other, ([-1], [-1]))

    def matmul(self, other: Tensor) -> Tensor:
        """The product of vectors, matrices, or batches of matrices."""
        x, y = self, other
        if x.ndim == 0 or y.ndim == 0:
            raise RuntimeError(
                "both arguments to matmul need to be at least 1D, but they are "
                f"{x.ndim}D and {y.ndim}D"
            )
        if x.ndim == 1 and y.ndim == 1:
            return x.dot(y)
        if x.ndim == 2 and y.ndim == 1:
            return x.mv(y)
        if x.ndim == 1 and y.ndim == 2:
            return x.unsqueeze(0).mm(y)._squeeze_result(0)
        if x.ndim == 2 and y.ndim == 2:
            return x.mm(y)
        if x.ndim > 2 and y.ndim <= 2 and _may_fold(x, y):  # the batch goes into the rows
            rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
            folded = rows.mm(y) if y.ndim == 2 else rows.mv(y)
            return folded._unsafe_view((*x.shape[:-1], *y.shape[1:]))
        if y.ndim > 2 and x.ndim <= 2 and _may_fold(y, x) and (x.ndim == 1 or x.requires_grad):
            turned = y.mT
            rows = turned.reshape(math.prod(turned.shape[:-1]), turned.shape[-1])
            if x.ndim == 1:
                return rows.mv(x)._unsafe_view(turned.shape[:-1])
            product = rows.mm(x.t())._unsafe_view((*turned.shape[:-1], x.shape[0]))
            return product.mT.contiguous()
        if x.ndim == 1:
            return _batched(x.unsqueeze(0), y)._squeeze_result(-2)
        if y.ndim == 1:
            return _batched(x, y.unsqueeze(1))._squeeze_result(-1)
        return _batched(x, y)

    def __matmul__(self, other: Any) -> Tensor:
        return self.matmul(other) if isinstance(other, Node.tensor_type) else NotImplemented


def _may_fold(batch: Tensor, other: Tensor) -> bool:
    """Whether torch makes one large product of a batch times one matrix, rather than many."""
    return other.requires_grad or not batch.numel() or batch.is_contiguous()


def _batched(x: Tensor, y: Tensor) -> Tensor:
    """The product of batches of matrices, whose batch dimensions broadcast."""
    try:
        batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    except ValueError:
        raise broadcast_error(x.shape[:-2], y.shape[:-2]) from None
    count = math.prod(batch)
    left = x.expand(*batch, *x.shape[-2:]).reshape(count, *x.shape[-2:])
    right = y.expand(*batch, *y.shape[-2:]).reshape(count, *y.shape[-2:])
    return left.bmm(right)._unsafe_view((*batch, x.shape[-2], y.shape[-1]))


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sums of products along the last `dims` dimensions of `a` and the first of `b`.

    Or along two lists of dimensions.
    """
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        pairs = (list(range(-dims, 0)), list(range(dims)))
    else:
        pairs = tuple([[d] if isinstance(d, int) else list(d) for d in dims])
    if len(pairs[0]) != len(pairs[1]):
        raise RuntimeError("both dimension lists should have same length")
    inner = [[dimension(d, t.ndim) for d in ds] for ds, t in zip(pairs, (a, b))]
    for left, right in zip(*inner):
        if a.shape[left] != b.shape[right]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[left]} in dim "
                f"{left} and second has size {b.shape[right]} in dim {right}"
            )
    outer = [[d for d in range(t.ndim) if d not in ds] for ds, t in zip(inner, (a, b))]
    count = math.prod([a.shape[d] for d in inner[0]])
    shapes = [[t.shape[d] for d in ds] for ds, t in zip(outer, (a, b))]
    left, right = a.permute(*outer[0], *inner[0]), b.permute(*inner[1], *outer[1])
    if left.ndim == right.ndim == len(inner[0]) == 1:
        return left.dot(right).reshape(())
    rows = left.reshape(math.prod(shapes[0]), count)
    columns = right.reshape(count, math.prod(shapes[1]))
    return rows.mm(columns).reshape(*shapes[0], *shapes[1])


def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products, named by letters: ``einsum("ij,jk->ik", a, b)`` is ``a @ b``.

    Letters that the right side leaves out are summed over; "..." stands for further dimensions.
    """
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    terms, output = _parsed(equation.replace(" ", ""), [t.ndim for t in operands])
    total, letters = _diagonals(operands[0], terms[0])
    for operand, term in zip(operands[1:], terms[1:]):
        other, names = _diagonals(operand, term)
        later = set(output).union(*terms[terms.index(term) + 1 :])
        total, letters = _contracted(total, letters, other, names, later)
    summed = [i for i, name in enumerate(letters) if name not in output]
    if summed:
        total = total.sum(summed)
        letters = [name for name in letters if name in output]
    return total.permute(*[letters.index(name) for name in output]) if output else total


def _parsed(equation: str, ndims: list[int]) -> tuple[list[list[Any]], list[Any]]:
    """For each operand, and for the result, a name per dimension; "..." becomes numbers."""
    left, arrow, right = equation.partition("->")
    parts = left.split(",")
    if len(parts) != len(ndims):
        few = "fewer" if len(parts) > len(ndims) else "more"
        raise RuntimeError(f"einsum(): {few} operands were provided than specified in the equation")
    terms = []
    for i, (part, ndim) in enumerate(zip(parts, ndims)):
        before, dots, after = part.partition("...")
        hidden = ndim - len(before) - len(after)
        if hidden < 0 or (hidden and not dots):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(before) + len(after)}) "
                + ("is more than" if hidden < 0 else "does not match")
                + f" the number of dimensions ({ndim}) for operand {i}"
                + ("" if hidden < 0 else " and no ellipsis was given")
            )
        terms.append([*before, *range(-hidden, 0), *after])
    dotted = sorted({name for term in terms for name in term if isinstance(name, int)})
    if arrow:
        before, dots, after = right.partition("...")
        output = [*before, *(dotted if dots else ()), *after]
    else:
        names = [name for term in terms for name in term if isinstance(name, str)]
        output = [*dotted, *sorted([name for name in set(names) if names.count(name) == 1])]
    known = {name for term in terms for name in term}
    for name in output:
        if name not in known:
            raise RuntimeError(
                f"einsum(): output subscript {name} does not appear in the equation for any input "
                "operand"
            )
        if output.count(name) > 1:
            raise RuntimeError(
                f"einsum(): output subscript {name} appears more than once in the output"
            )
    return terms, output


def _diagonals(x: Tensor, names: list[Any]) -> tuple[Tensor, list[Any]]:
    """A repeated letter stands for a diagonal."""
    names = list(names)
    while len(set(names)) < len(names):
        name = next(n for n in names if names.count(n) > 1)
        first = names.index(name)
        second = names.index(name, first + 1)
        if x.shape[first] != x.shape[second]:
            raise RuntimeError(
                f"einsum(): subscript {name} is repeated for operand 0 but the sizes don't match, "
                f"{x.shape[second]} != {x.shape[first]}"
            )
        x = x.diagonal(0, first, second)
        names = [n for i, n in enumerate(names) if i not in (first, second)] + [name]
    return x, names


def _contracted(
    x: Tensor, x_names: list[Any], y: Tensor, y_names: list[Any], later: set[Any]
) -> tuple[Tensor, list[Any]]:
    """The product of two operands, summed over the letters that nobody needs later: one bmm."""
    sizes: dict[Any, int] = {}
    for t, names in ((x, x_names), (y, y_names)):
        for name, n in zip(names, t.shape):
            if n != 1 and sizes.get(name, 1) not in (1, n):
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {n} for operand 1 which does not "
                    f"broadcast with previously seen size {sizes[name]}"
                )
            sizes[name] = max(n, sizes.get(name, 1)) if n else 0
    x_alone = [n for n in x_names if n not in y_names and n not in later]
    y_alone = [n for n in y_names if n not in x_names and n not in later]
    x = x.sum([x_names.index(n) for n in x_alone]) if x_alone else x
    y = y.sum([y_names.index(n) for n in y_alone]) if y_alone else y
    x_names = [n for n in x_names if n not in x_alone]
    y_names = [n for n in y_names if n not in y_alone]
    batch = [n for n in x_names if n in y_names and n in later]
    summed = [n for n in x_names if n in y_names and n not in later]
    rows = [n for n in x_names if n not in y_names]
    columns = [n for n in y_names if n not in x_names]

    def arranged(t: Tensor, names: list[Any], *groups: list[Any]) -> Tensor:
        order = [n for group in groups for n in group]
        t = t.permute(*[names.index(n) for n in order])
        shape = [sizes[n] if n in x_names and n in y_names else m for n, m in zip(order, t.shape)]
        t = t if list(t.shape) == shape else t.expand(shape)
        return t.reshape([math.prod([sizes[n] for n in group]) for group in groups])

    left = arranged(x, x_names, batch, rows, summed)
    right = arranged(y, y_names, batch, summed, columns)
    names = [*batch, *rows, *columns]
    return left.bmm(right).reshape([sizes[n] for n in names]), names
