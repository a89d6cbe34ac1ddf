"""``torch.linalg``: norms, inverses, determinants, decompositions of matrices and of batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import return_types
from .functions import with_out
from .ops import decomposition, reduction
from .ops.decomposition import LinAlgError
from .ops.dims import dimension
from .recording import apply, wrap
from .tensor import Tensor

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vecdot",
    "vector_norm",
]

Dims = int | Sequence[int] | None


# -- norms -----------------------------------------------------------------------------------------


@with_out
def vector_norm(
    x: Tensor, ord: Any = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(Σ|x|ᵖ)^(1/p) of all elements, or along `dim`."""
    if not isinstance(ord, (int, float)):
        raise TypeError(
            "linalg_vector_norm(): argument 'ord' (position 2) must be Number, not "
            f"{type(ord).__name__}"
        )
    return apply(reduction.LinalgVectorNormBackward0, (x,), ord, dim, keepdim, dtype)


@with_out
def matrix_norm(
    A: Tensor,
    ord: Any = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """A norm of each matrix: "fro", "nuc" (Σ of singular values), ±1 (columns), ±2 (singular
    values), ±inf (rows)."""
    if A.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {list(dim)}")
    rows, columns = (dimension(d, A.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    A = A if dtype is None else A.to(dtype)
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord not in ("nuc", 1, -1, 2, -2, math.inf, -math.inf):
        given = ord if isinstance(ord, str) else f"{ord:g}"
        raise RuntimeError(f"linalg.matrix_norm: Order {given} not supported.")
    if ord in ("nuc", 2, -2):
        order = [*[d for d in range(A.ndim) if d not in (rows, columns)], rows, columns]
        reduce: Any = {"nuc": Tensor.sum, 2: Tensor.amax, -2: Tensor.amin}[ord]
        out = reduce(svdvals(A.permute(order)), -1, keepdim)
        return out.unsqueeze(-1).permute(np.argsort(order).tolist()) if keepdim else out
    summed, chosen = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = vector_norm(A, 1, summed, keepdim)
    chosen -= chosen > summed and not keepdim
    return sums.amax(chosen, keepdim) if ord > 0 else sums.amin(chosen, keepdim)


@with_out
def norm(
    A: Tensor, ord: Any = None, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """A vector's norm, or a matrix's; of all elements the 2-norm, if neither is said."""
    if dim is not None and not isinstance(dim, int) and len(dim) not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is specified, it must be of length 1 or 2. Got " + str(list(dim))
        )
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None and A.ndim > 2:
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{A.ndim}D."
        )
    matrix = isinstance(ord, str) or (
        A.ndim == 2 if dim is None else not isinstance(dim, int) and len(dim) == 2
    )
    if not matrix:
        return vector_norm(A, ord, dim, keepdim, dtype=dtype)
    pair: Any = (-2, -1) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    return matrix_norm(A, ord, pair, keepdim, dtype=dtype)


@with_out
def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number: how many times larger an error may become in A⁻¹·b."""
    if p in (None, 2, -2):
        values = svdvals(A)
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


# -- inverses, determinants, equations -------------------------------------------------------------


@with_out
def inv(A: Tensor) -> Tensor:
    """A⁻¹. Raises LinAlgError if A is singular."""
    return A.inverse()


@with_out
def pinv(A: Tensor, rtol: float | None = None, hermitian: bool = False) -> Tensor:
    """The pseudo-inverse A⁺; singular values below `rtol` times the largest count as 0."""
    return apply(decomposition.LinalgPinvBackward0, (A,), rtol)


@with_out
def det(A: Tensor) -> Tensor:
    """The determinant."""
    return A.det()


def slogdet(A: Tensor) -> Any:
    """The determinant's sign, and the logarithm of its size: (sign, logabsdet)."""
    return return_types.linalg_slogdet(*A.slogdet())


@with_out
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A·X = B (or X·A = B), for a vector, a matrix, or batches. Raises LinAlgError if A is
    singular."""
    decomposition.square(A._data, "linalg.solve")
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    if not left:
        if vector:
            raise RuntimeError(
                "linalg.solve: Vector broadcasting of the left hand side is not supported for "
                "left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)"
            )
        return solve(A.mT, B.mT).mT
    rows = B.unsqueeze(-1) if vector else B
    if rows.shape[-2] != A.shape[-1]:
        raise RuntimeError(
            "linalg.solve: Incompatible shapes of A and B for the equation AX = B "
            f"({A.shape[-2]}x{A.shape[-1]} and {rows.shape[-2]}x{rows.shape[-1]})"
        )
    batch = np.broadcast_shapes(A.shape[:-2], rows.shape[:-2])
    if A.shape[:-2] != batch:
        A = A.expand(*batch, *A.shape[-2:])
    if rows.shape[:-2] != batch:
        rows = rows.expand(*batch, *rows.shape[-2:])
    if vector:
        return apply(decomposition.LinalgSolveExBackward0, (A, rows.squeeze(-1)))
    return apply(decomposition.LinalgSolveExBackward0, (A, rows))


@with_out
def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """X with A·X = B, where only a triangle of A counts."""
    op = decomposition.LinalgSolveTriangularBackward0
    return apply(op, (A, B), upper, left, unitriangular)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: Any = None) -> Any:
    """X for which ‖A·X − B‖ is smallest: (solution, residuals, rank, singular_values)."""
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    rows = B.unsqueeze(-1) if vector else B
    if rows.shape[-2] != A.shape[-2]:
        place = "-1" if vector else "-2"
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match other.size({place})")
    solution = pinv(A, rcond) @ rows
    empty = wrap(np.empty(0, A._data.dtype))
    residuals = empty
    if A.shape[-2] > A.shape[-1] and driver != "gelsy":
        residuals = (A @ solution - rows).square().sum(-2)
    return return_types.linalg_lstsq(
        solution.squeeze(-1) if vector else solution, residuals, matrix_rank(A), empty
    )


@with_out
def matrix_rank(
    A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False
) -> Tensor:
    """How many singular values are not (nearly) 0."""
    values = svdvals(A.detach())
    largest = values._data.max(-1, initial=0)
    atol, rtol = (t._data if isinstance(t, Tensor) else t for t in (atol, rtol))
    if rtol is None:
        eps = np.finfo(values._data.dtype).eps * max(A.shape[-2:])
        rtol = eps if atol is None else np.where(np.asarray(atol) > 0, 0.0, eps)
    least = np.maximum(0.0 if atol is None else atol, rtol * largest)
    return wrap(np.asarray((values._data > least[..., None]).sum(-1), np.int64))


# -- products --------------------------------------------------------------------------------------


@with_out
def matrix_power(A: Tensor, n: int) -> Tensor:
    """The product of n copies of a square matrix, or of its inverse for n < 0."""
    return A.matrix_power(n)


@with_out
def matrix_exp(A: Tensor) -> Tensor:
    """eᴬ = 1 + A + A²/2 + …"""
    return A.matrix_exp()


@with_out
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product of vectors, matrices, or batches of matrices."""
    return input.matmul(other)


@with_out
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    product = tensors[0]
    for factor in tensors[1:]:
        product = product.matmul(factor)
    return product._view(product.shape)


@with_out
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products along `dim`."""
    return x.vdot(y) if x.ndim == y.ndim == 1 else (x * y).sum(dim)


@with_out
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The products x × y of vectors of three along `dim`."""
    return input.cross(other, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonal of each matrix."""
    return A.diagonal(offset, dim1, dim2)


# -- decompositions --------------------------------------------------------------------------------


@with_out
def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """L with A = L·Lᵀ. Raises LinAlgError if A is not positive definite."""
    return apply(decomposition.LinalgCholeskyExBackward0, (A,), upper)


def qr(A: Tensor, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and R, an upper triangle, with A = Q·R: (Q, R)."""
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', "
            "or 'complete'"
        )
    q, r = apply(decomposition.LinalgQrBackward0, (A,), mode)
    return return_types.linalg_qr(wrap(np.empty(0, A._data.dtype)) if mode == "r" else q, r)


def svd(A: Tensor, full_matrices: bool = True, *, driver: Any = None) -> Any:
    """U, the singular values S, and Vᵀ with A = U·diag(S)·Vᵀ: (U, S, Vh)."""
    return return_types.linalg_svd(*apply(decomposition.LinalgSvdBackward0, (A,), full_matrices))


@with_out
def svdvals(A: Tensor, *, driver: Any = None) -> Tensor:
    """The singular values, the largest first."""
    return apply(decomposition.LinalgSvdBackward0, (A,), False)[1]


def eigh(A: Tensor, UPLO: str = "L") -> Any:
    """The eigenvalues and -vectors of a symmetric matrix: (eigenvalues, eigenvectors)."""
    return return_types.linalg_eigh(*apply(decomposition.LinalgEighBackward0, (A,), UPLO == "L"))


@with_out
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix, the smallest first."""
    return apply(decomposition.LinalgEighBackward0, (A,), UPLO == "L")[0]
