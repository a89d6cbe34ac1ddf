"""Methods that multiply vectors and matrices."""

from __future__ import annotations

import functools
import inspect
import math
import re
import string
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..checked import factors_first, overloads
from ..dtypes import Number
from ..engine.node import Node
from ..inplace import in_place
from ..ops import decomposition, linalg
from ..ops.dims import broadcast_error, dimension
from ..recording import Method, apply
from .factors import older

if TYPE_CHECKING:
    from ..tensor import Tensor


def _of_own_size(method: Method) -> Method:
    """A method whose result must have the shape of its tensor, for that is to be overwritten."""
    plain = inspect.unwrap(method)

    @functools.wraps(plain)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        out = plain(self, *args, **kwargs)
        if out.shape != self.shape:
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(self.shape)} and output tensor size "
                f"{list(out.shape)} should match"
            )
        return out

    return factors_first(call)


class Linalg:
    """Products of vectors, matrices, and batches of matrices."""

    _data: Any
    ndim: int
    shape: Any

    @overloads("mat2: Tensor, *, out=None")
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices."""
        return apply(linalg.MmBackward0, (self, mat2))

    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix and a vector."""
        return apply(linalg.MvBackward0, (self, vec))

    def dot(self, tensor: Tensor) -> Tensor:
        """The inner product of two vectors."""
        return apply(linalg.DotBackward0, (self, tensor))

    @overloads("mat2: Tensor, *, out=None")
    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of two batches of matrices, pair by pair."""
        return apply(linalg.BmmBackward0, (self, mat2))

    @factors_first
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """β·self + α·(mat1 · mat2)"""
        return apply(linalg.AddmmBackward0, (self, mat1, mat2), beta, alpha)

    @factors_first
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """β·self + α·(mat · vec)"""
        return apply(linalg.AddmvBackward0, (self, mat, vec), beta, alpha)

    @factors_first
    def baddbmm(
        self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1
    ) -> Tensor:
        """β·self + α·(batch1 · batch2), matrix by matrix."""
        return apply(linalg.BaddbmmBackward0, (self, batch1, batch2), beta, alpha)

    @factors_first
    def addbmm(
        self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1
    ) -> Tensor:
        """β·self + α·Σ(batch1 · batch2) over the batch."""
        return apply(linalg.AddbmmBackward0, (self, batch1, batch2), beta, alpha)

    addbmm_ = in_place(_of_own_size(addbmm))
    addmm_ = in_place(_of_own_size(addmm))
    addmv_ = in_place(_of_own_size(addmv))
    baddbmm_ = in_place(_of_own_size(baddbmm))

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
        if x._data.ndim == y._data.ndim == 2:
            return apply(linalg.MmBackward0, (x, y))
        if x.ndim == 0 or y.ndim == 0:
            raise RuntimeError(
                "both arguments to matmul need to be at least 1D, but they are "
                f"{x.ndim}D and {y.ndim}D"
            )
        if x.ndim == 1 and y.ndim == 1:
            return x.dot(y)
        if x.ndim == y.ndim == 3 and x.shape[0] != y.shape[0]:  # a batch of one is a matrix
            if y.shape[0] == 1 and y.requires_grad:
                y = y.squeeze(0)
            elif x.shape[0] == 1 and x.requires_grad:
                x = x.squeeze(0)
        if x.ndim == 2 and y.ndim == 1:
            return x.mv(y)
        if x.ndim == 1 and y.ndim == 2:
            return x.unsqueeze(0).mm(y)._squeeze_result(0)
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

    # -- inverses and determinants ----------------------------------------------------------------

    def inverse(self) -> Tensor:
        """A⁻¹. Raises `linalg.LinAlgError` if A is singular."""
        return apply(decomposition.LinalgInvExBackward0, (self,), "linalg.inv")

    def _solve(self, other: Tensor) -> Tensor:
        return apply(decomposition.LinalgSolveExBackward0, (self, other))

    def det(self) -> Tensor:
        """The determinant."""
        return apply(decomposition.LinalgDetBackward0, (self,))

    def slogdet(self) -> Any:
        """The determinant's sign, and the logarithm of its size: (sign, logabsdet)."""
        return return_types.slogdet(*apply(decomposition.LinalgSlogdetBackward0, (self,)))

    def logdet(self) -> Tensor:
        """The logarithm of the determinant; nan where that is negative."""
        sign, logabsdet = apply(decomposition.LinalgSlogdetBackward0, (self,))
        return (sign.detach() == -1)._where(math.nan, logabsdet)

    def matrix_exp(self) -> Tensor:
        """eᴬ = 1 + A + A²/2 + …"""
        return apply(decomposition.LinalgMatrixExpBackward0, (self,))

    def pinverse(self, rcond: float = 1e-15) -> Tensor:
        """The pseudo-inverse A⁺."""
        return apply(decomposition.LinalgPinvBackward0, (self,), rcond)

    def cholesky(self, upper: bool = False) -> Tensor:
        """L with A = L·Lᵀ, for a positive definite matrix."""
        older(
            "cholesky",
            "minigrad.linalg.cholesky and will be removed in a future PyTorch release.\n"
            "L = minigrad.cholesky(A)\nshould be replaced with\nL = minigrad.linalg.cholesky(A)\n"
            "and\nU = minigrad.cholesky(A, upper=True)\nshould be replaced with\n"
            "U = minigrad.linalg.cholesky(A).mH\nThis transform will produce equivalent results "
            "for all valid (symmetric positive definite) inputs.",
        )
        return apply(decomposition.CholeskyBackward0, (self,), upper)

    def matrix_power(self, n: int) -> Tensor:
        """The product of n copies of a square matrix, or of its inverse for n < 0."""
        if not isinstance(n, int):
            raise TypeError(
                "linalg_matrix_power(): argument 'n' (position 2) must be int, not "
                f"{type(n).__name__}"
            )
        decomposition.square(self._data, "linalg.matrix_power")
        base: Any = self if n >= 0 else self.inverse()
        n = abs(n)
        if n == 0:
            return self.clone().copy_(self._wrap(np.eye(self.shape[-1], dtype=self._data.dtype)))  # type: ignore[attr-defined]
        if n == 3:
            return base.matmul(base).matmul(base)
        result = None
        while n:
            if n & 1:
                result = base if result is None else result.matmul(base)
            n >>= 1
            base = base.matmul(base) if n else base
        return result.clone() if result is self else result

    def vdot(self, other: Tensor) -> Tensor:
        """The inner product of two vectors."""
        return apply(linalg.VdotBackward0, (self, other))

    def kron(self, other: Tensor) -> Tensor:
        """Each element of self times all of `other`, in a block."""
        ndim = max(self.ndim, other.ndim)
        a_shape = (*(1,) * (ndim - self.ndim), *self.shape)
        b_shape = (*(1,) * (ndim - other.ndim), *other.shape)
        a = self.reshape([n for size in a_shape for n in (size, 1)])  # type: ignore[attr-defined]
        b = other.reshape([n for size in b_shape for n in (1, size)])
        return (a * b)._unsafe_view(tuple([m * n for m, n in zip(a_shape, b_shape)]))

    @factors_first
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """β·self + α·(vec1 · vec2ᵀ)"""
        if self.ndim > 2:
            raise RuntimeError(f"2D tensor expected, got {self.ndim}D tensor for input")
        for name, vector in (("vec1", vec1), ("vec2", vec2)):
            if vector.ndim != 1:
                raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {vector.ndim}-D")
        return apply(linalg.AddrBackward0, (self, vec1, vec2), beta, alpha)

    _addr_ = in_place(_of_own_size(addr))

    @factors_first
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """β·self + α·(vec1 · vec2ᵀ), in place"""
        if self.ndim != 2:
            raise RuntimeError(f"2D tensor expected, got {self.ndim}D tensor for input")
        return self._addr_(vec1, vec2, beta=beta, alpha=alpha)

    def __rmatmul__(self, other: Any) -> Tensor:
        return other.matmul(self) if isinstance(other, Node.tensor_type) else NotImplemented

    def __matmul__(self, other: Any) -> Tensor:
        if not isinstance(other, Node.tensor_type):
            return NotImplemented
        return Linalg.matmul(self, other)  # type: ignore[arg-type]  # unchecked: 0.3 of 3.2 us


def _may_fold(batch: Tensor, other: Tensor) -> bool:
    """Whether torch makes one large product of a batch times one matrix, rather than many."""
    return other.requires_grad or not batch.numel() or batch.is_contiguous()


def _batched(x: Tensor, y: Tensor) -> Tensor:
    """The product of batches of matrices, whose batch dimensions broadcast."""
    a, b = x._data.shape, y._data.shape
    batch = a[:-2]
    if batch != b[:-2]:
        try:
            batch = np.broadcast_shapes(a[:-2], b[:-2])
        except ValueError:
            raise broadcast_error(x.shape[:-2], y.shape[:-2]) from None
    count = math.prod(batch)
    left = x._expand((*batch, *a[-2:])).reshape(count, *a[-2:])
    right = y._expand((*batch, *b[-2:])).reshape(count, *b[-2:])
    return left.bmm(right)._unsafe_view((*batch, a[-2], b[-1]))


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
    for (left, right), given in zip(zip(*inner), zip(*pairs)):
        if a.shape[left] == 1 != b.shape[right]:
            b = b.sum(right, keepdim=True, dtype=b.dtype)
        elif b.shape[right] == 1 != a.shape[left]:
            a = a.sum(left, keepdim=True, dtype=a.dtype)
        elif a.shape[left] != b.shape[right]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[left]} in dim "
                f"{given[0]} and second has size {b.shape[right]} in dim {given[1]}"
            )
    outer = [[d for d in range(t.ndim) if d not in ds] for ds, t in zip(inner, (a, b))]
    count = math.prod([a.shape[d] for d in inner[0]])
    shapes = [[t.shape[d] for d in ds] for ds, t in zip(outer, (a, b))]
    left, right = a.permute(*outer[0], *inner[0]), b.permute(*inner[1], *outer[1])
    if left.ndim == right.ndim == len(inner[0]) == 1:
        return left.dot(right).reshape(())
    if math.prod([*shapes[0], *shapes[1]]) == 1:
        return (left.squeeze() * right.squeeze()).sum(dtype=a.dtype).reshape(*shapes[0], *shapes[1])
    rows = left.reshape(math.prod(shapes[0]), count)
    columns = right.reshape(count, math.prod(shapes[1]))
    return rows.mm(columns).reshape(*shapes[0], *shapes[1])


def einsum(*args: Any) -> Tensor:
    """Sums of products, named by letters: ``einsum("ij,jk->ik", a, b)`` is ``a @ b``.

    Letters that the right side leaves out are summed over; "..." stands for further dimensions.
    Numbers below 52 do as well: ``einsum(a, [0, 1], b, [1, 2], [0, 2])``, with ``...`` for "...".
    """
    equation, *operands = args or ("",)
    if isinstance(equation, Node.tensor_type) and len(args) > 1:
        left, right = [*map(_lettered, args[1::2])], ""
        if len(args) % 2:
            right = "->" + _lettered(args[-1])
        equation, operands = ",".join(left) + right, [*args[: len(args) // 2 * 2 : 2]]
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = [*operands[0]]
    if not operands:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one "
            "operand and its subscripts list"
        )
    _check_letters(equation)
    terms, output = _parsed(equation.replace(" ", ""), [t.ndim for t in operands])
    sizes = _sizes_of(terms, operands)
    summed = sorted([name for name in sizes if name not in output], key=str)
    order = [*output, *summed]
    inner = range(len(output), len(order))
    parts = [_aligned(t, term, order) for t, term in zip(operands, terms)]
    total, *others = parts
    if not others:
        return total.sum(tuple(inner)) if summed else total
    uses = [sum([part.shape[d] != 1 for part in parts]) for d in range(len(order))]
    for other in others:
        here: list[int] = []  # dims that both have, and no other operand: summed by the product
        alone: tuple[list[int], list[int]] = ([], [])  # dims that one has alone: summed before
        for d in inner:
            has = (total.shape[d] != 1, other.shape[d] != 1)
            if all(has):
                uses[d] -= 1
                if uses[d] == 1:
                    here.append(d)
                    uses[d] = 0
            elif uses[d] == 1 and any(has):
                alone[has.index(True)].append(d)
                uses[d] = 0
        total = total.sum(alone[0], True) if alone[0] else total
        other = other.sum(alone[1], True) if alone[1] else other
        total = _contracted(total, other, here) if here else total * other
    return total.reshape(total.shape[: len(output)]) if summed else total


def _lettered(numbers: Any) -> str:
    """The letters that numbers stand for, A-Z and a-z."""
    for number in numbers:
        if number is not ... and not 0 <= number < 52:
            raise ValueError(
                "einsum(): subscript in subscript list is not within the valid range [0, 52)"
            )
    return "".join(["..." if n is ... else string.ascii_letters[(n + 26) % 52] for n in numbers])


def _check_letters(equation: str) -> None:
    """Raise RuntimeError for what is neither a letter nor the only "..." of its operand."""
    place, seen = "operand 0", False
    for found in re.finditer(r"\.{3}|->|\S", equation):
        text, is_input = found[0], place != "output"
        if text in ("->", ",") and is_input:
            place, seen = f"operand {int(place[8:]) + 1}" if text == "," else "output", False
        elif text[0] == ".":
            if seen:
                what = f"{place} for which" if is_input else f"{place} but"
                dots = "" if is_input else " (...)"
                raise RuntimeError(
                    f"einsum(): found '.' for {what} an ellipsis{dots} was already found"
                )
            if text == ".":
                dots = "" if is_input else " (...)"
                raise RuntimeError(
                    f"einsum(): found '.' for {place} that is not part of any ellipsis{dots}"
                )
            seen = True
        elif text not in string.ascii_letters:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {found.start()} in the equation "
                "string, subscripts must be in [a-zA-Z]"
            )


def _parsed(equation: str, ndims: list[int]) -> tuple[list[list[Any]], list[Any]]:
    """For each operand, and for the result, a name per dimension; "..." becomes numbers."""
    left, arrow, right = equation.partition("->")
    parts = left.split(",")
    if len(parts) != len(ndims):
        few = "fewer" if len(parts) > len(ndims) else "more"
        raise RuntimeError(f"einsum(): {few} operands were provided than specified in the equation")
    terms: list[list[Any]] = []
    for i, (part, ndim) in enumerate(zip(parts, ndims)):
        before, dots, after = part.partition("...")
        hidden = ndim - len(before) - len(after)
        if hidden < 0 or (hidden and not dots):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(before) + len(after)}) "
                + ("is more than" if dots else "does not match")
                + f" the number of dimensions ({ndim}) for operand {i}"
                + ("" if dots else " and no ellipsis was given")
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


def _sizes_of(terms: list[list[Any]], operands: list[Any]) -> dict[Any, int]:
    """The size of each named dimension, checked to be the same in all operands, or 1."""
    sizes: dict[Any, int] = {}
    for i, (term, operand) in enumerate(zip(terms, operands)):
        own: dict[Any, int] = {}
        for name, n in zip(term, operand.shape):
            if own.setdefault(name, n) != n:
                raise RuntimeError(
                    f"einsum(): subscript {name} is repeated for operand {i} but the sizes don't "
                    f"match, {n} != {own[name]}"
                )
            if sizes.setdefault(name, n) == 1:
                sizes[name] = n
            elif n not in (1, sizes[name]):
                if isinstance(name, int):
                    raise RuntimeError(
                        f"einsum(): dimension {term.index(name)} covered by ellipsis in operand "
                        f"{i}has size {n} which does not broadcast with previously seen ellipsis "
                        f"with size {sizes[name]} for the respective dimension"
                    )
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {n} for operand {i} which does not "
                    f"broadcast with previously seen size {sizes[name]}"
                )
    return sizes


def _aligned(x: Tensor, names: list[Any], order: list[Any]) -> Tensor:
    """`x` with its dimensions in `order`, size 1 for names that it has not."""
    names = list(names)
    while len(set(names)) < len(names):  # a repeated letter stands for a diagonal
        name = next(n for i, n in enumerate(names) if n in names[:i])
        first = names.index(name)
        second = names.index(name, first + 1)
        x = x.diagonal(0, first, second).movedim(-1, first)
        del names[second]
    for name in order:
        if name not in names:
            x = x.unsqueeze(-1)
            names.append(name)
    return x.permute([names.index(name) for name in order])


def _contracted(x: Tensor, y: Tensor, summed: list[int]) -> Tensor:
    """The product of aligned operands, summed over some dims, which keep size 1: one bmm."""
    dims = range(x.ndim)
    has = [(x.shape[d] != 1, y.shape[d] != 1) for d in dims]
    both = [d for d in dims if d not in summed and all(has[d])]
    left = [d for d in dims if d not in summed and has[d] == (True, False)]
    right = [d for d in dims if d not in summed and not has[d][0]]

    def count(t: Tensor, ds: list[int]) -> int:
        return math.prod([t.shape[d] for d in ds])

    a = x.permute([*both, *left, *summed, *right])
    a = a.reshape(count(x, both), count(x, left), count(x, summed))
    b = y.permute([*both, *summed, *right, *left])
    b = b.reshape(count(x, both), count(x, summed), count(y, right))
    sizes = [x.shape[d] for d in (*both, *left)] + [1] * len(summed) + [y.shape[d] for d in right]
    order = [*both, *left, *summed, *right]
    return a.bmm(b)._view(tuple(sizes)).permute([order.index(d) for d in dims])
