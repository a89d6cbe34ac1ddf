"""``torch.linalg``: norms, inverses, determinants, decompositions of matrices and of batches."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes, return_types
from .checked import told
from .functions import cat
from .methods.factors import factored, lu_solved
from .ops import decomposition, elimination, reduction
from .ops.decomposition import LinAlgError
from .ops.dims import broadcast_shape, matrix_dims
from .out import with_out
from .recording import apply, wrap
from .tensor import Tensor

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
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
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
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
    rows, columns = matrix_dims(A, dim)
    A = A if dtype is None else A.to(dtype)
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord not in ("nuc", 1, -1, 2, -2, math.inf, -math.inf):
        given = ord if isinstance(ord, str) else f"{ord:g}"
        raise RuntimeError(f"linalg.matrix_norm: Order {given} not supported.")
    if ord == "nuc":
        return A._nuclear((rows, columns), keepdim)
    if ord in (2, -2):
        order = [*[d for d in range(A.ndim) if d not in (rows, columns)], rows, columns]
        reduce: Any = Tensor.amax if ord == 2 else Tensor.amin
        out = reduce(svdvals(A.permute(order)), -1, keepdim)
        return out.unsqueeze(-1).permute(np.argsort(order).tolist()) if keepdim else out
    summed, chosen = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = vector_norm(A, 1, summed, keepdim)
    chosen -= chosen > summed and not keepdim
    return sums.amax(chosen, keepdim) if ord > 0 else sums.amin(chosen, keepdim)


@with_out
@functools.partial(told, name="linalg_norm")
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
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if not A.numel():
        return A.new_zeros(A.shape[:-2])
    if p in (None, 2, -2):
        values = svdvals(A)
        largest, smallest = values.narrow(-1, 0, 1), values.narrow(-1, -1, 1)
        return (smallest / largest if p == -2 else largest / smallest).squeeze(-1)
    if p not in ("fro", "nuc", 1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    name = "linalg.cond" if isinstance(p, str) else f"linalg.cond(ord={p:g})"
    decomposition.square(A._data, name)
    if p == "nuc":
        values = svdvals(A)
        return values.sum(-1) * values.reciprocal().sum(-1)
    inverse, info = inv_ex(A)
    inverse = inverse.masked_fill((info > 0)[..., None, None], math.inf)
    found = matrix_norm(A, p) * matrix_norm(inverse, p)
    return found.nan_to_num(math.inf, math.inf, -math.inf)  # 0·inf is inf here, as numpy has it


# -- inverses, determinants, equations -------------------------------------------------------------


@with_out
def inv(A: Tensor) -> Tensor:
    """A⁻¹. Raises LinAlgError if A is singular."""
    return A.inverse()


@with_out
def pinv(
    A: Tensor,
    rtol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rcond: Any = None,
) -> Tensor:
    """The pseudo-inverse A⁺; singular values up to `atol` or `rtol` (once called `rcond`) times
    the largest count as 0."""
    rtol, atol = _threshold(A, rtol if rcond is None else rcond, atol, "linalg.pinv")
    return apply(decomposition.LinalgPinvBackward0, (A,), rtol, atol)


def _threshold(A: Tensor, rtol: Any, atol: Any, name: str) -> tuple[Any, Any]:
    """(rtol, atol) as arrays: by default as small as the dtype and the size of A demand."""
    if A.ndim < 2:
        raise RuntimeError(
            f"{name}(Float{{{list(A.shape)}}}): expected a tensor with 2 or more dimensions of "
            "float, double, cfloat or cdouble types"
            if name == "linalg.pinv"
            else f"{name}: The input tensor A must have at least 2 dimensions."
        )
    atol, rtol = (t._data if isinstance(t, Tensor) else t for t in (atol, rtol))
    if rtol is None:
        kind = A._data.dtype if A._data.dtype.kind == "f" else np.float32
        eps = np.finfo(kind).eps * max(A.shape[-2:])
        rtol = eps if atol is None else np.where(np.asarray(atol) > 0, 0.0, eps)
    return rtol, 0.0 if atol is None else atol


@with_out
def det(A: Tensor) -> Tensor:
    """The determinant."""
    return A.det()


@with_out
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
    batch = broadcast_shape(A.shape[:-2], rows.shape[:-2])
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


@with_out
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
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> Tensor:
    """How many singular values are not (nearly) 0: larger than `atol` (or `tol`) and than `rtol`
    times the largest."""
    if tol is not None:
        rtol, atol = 0.0, tol
    rtol, atol = _threshold(A, rtol, atol, "linalg.matrix_rank")
    values = svdvals(A.detach())._data
    least = np.maximum(atol, rtol * values.max(-1, initial=0))
    return wrap(np.asarray((values > least[..., None]).sum(-1), np.int64))


# -- elimination -----------------------------------------------------------------------------------


@with_out
def lu(A: Tensor, *, pivot: bool = True) -> Any:
    """A = P·L·U: P moves rows, L and U are triangles: (P, L, U)."""
    if not pivot:
        factored(A, pivot)
    p, low, up = apply(elimination.LinalgLuBackward0, (A,))
    return return_types.linalg_lu(p.detach(), low, up)


@with_out
def lu_factor(A: Tensor, *, pivot: bool = True) -> Any:
    """L and U in one matrix, and the exchanges of rows: (LU, pivots). Raises RuntimeError if A is
    singular."""
    found = lu_factor_ex(A, pivot=pivot)
    _check_pivots(found.info, "lu_factor")
    return return_types.linalg_lu_factor(*found[:2])


@with_out
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """As `lu_factor`, with the first zero on U's diagonal (from 1; or 0): (LU, pivots, info)."""
    found = factored(A, pivot)
    if check_errors:
        _check_pivots(found.info, "lu_factor_ex")
    return found


def _check_pivots(info: Tensor, name: str) -> None:
    for at, k in np.ndenumerate(info._data):
        if k:
            batch = f"(Batch element {at[0]}): " if at else ""
            raise RuntimeError(
                f"torch.linalg.{name}: {batch}U[{k},{k}] is zero and using it on lu_solve would "
                "result in a division by zero. If you still want to perform the factorization, "
                "consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
            )


@with_out
def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False
) -> Tensor:
    """X with A·X = B (or X·A = B, or with Aᵀ), for A as `lu_factor` gives it."""
    return lu_solved(LU, pivots, B, left, adjoint)


@with_out
def inv_ex(A: Tensor, *, check_errors: bool = False) -> Any:
    """A⁻¹, and which pivot is 0 (from 1; 0 for none), if A is singular: (inverse, info)."""
    return return_types.linalg_inv_ex(*_tried(inv, A, 2, check_errors, "linalg.inv_ex"))


@with_out
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Any:
    """X with A·X = B, and which pivot is 0 (from 1; 0 for none): (result, info)."""
    inner = 1 if B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1]) else 2
    found = _tried(
        lambda a: solve(a, B, left=left), A, inner, check_errors, "torch.linalg.solve_ex"
    )
    return return_types.linalg_solve_ex(*found)


@with_out
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Any:
    """L with A = L·Lᵀ, and which leading minor is not positive (from 1; 0 for none): (L, info)."""
    factor, info = apply(decomposition.LinalgCholeskyExBackward0, (A,), upper)
    if check_errors:
        decomposition.check_info(info._data, "linalg.cholesky_ex")
    return return_types.linalg_cholesky_ex(factor, info)


def _tried(function: Any, A: Tensor, inner: int, check: bool, name: str) -> tuple[Any, Any]:
    """What `function` gives for A, in its last `inner` dimensions, and 0; for each matrix that is
    singular nan, and which pivot is 0."""
    try:
        return function(A), wrap(np.zeros(A.shape[:-2], np.int32))
    except LinAlgError as error:
        words = str(error)
        if check:
            raise LinAlgError(name + words[words.index(":") :]) from None
    info = wrap(decomposition.eliminated(A._data)[2])
    singular = (info > 0)[..., None, None]
    found = function(A.masked_fill(singular, 0) + singular * wrap(np.eye(A.shape[-1])).to(A.dtype))
    return found.masked_fill(singular if inner == 2 else singular.squeeze(-1), math.nan), info


@with_out
def householder_product(A: Tensor, tau: Tensor) -> Tensor:
    """Q, the product of mirrors: the vectors stand below A's diagonal."""
    return A.orgqr(tau)


@with_out
def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of A as a map from its dimensions from `ind` on to those before."""
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    front, back = A.shape[:ind], A.shape[ind:]
    rows, columns = math.prod(front), math.prod(back)
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {columns} != {rows}"
        )
    inverse = apply(decomposition.LinalgInvExBackward0, (A.reshape(rows, columns),), "inv")
    return inverse.reshape(*back, *front)


@with_out
def tensorsolve(A: Tensor, B: Tensor, dims: Any = None) -> Tensor:
    """X with tensordot(A, X) = B; `dims` of A are moved to its end before."""
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(-len(dims), 0)))
    back = A.shape[B.ndim :]
    columns, rows = math.prod(back), B.numel()
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {columns} != {rows}"
        )
    return solve(A.reshape(rows, columns), B.reshape(rows)).reshape(back)


@with_out
def vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """The powers 0, 1, …, N − 1 of each element, along a new last dimension."""
    x = x if x.ndim else x.reshape(1)
    n = x.shape[-1] if N is None else N
    if n <= 1:
        raise RuntimeError("N must be greater than 1.")
    kind = x.dtype if x.dtype.is_floating_point else dtypes.int64
    powers = x.to(kind).unsqueeze(-1).expand(*x.shape, n - 1).cumprod(-1)
    return cat([x.new_ones((*x.shape, 1), dtype=kind), powers], -1)


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
    for name, end in (("first", tensors[0]), ("last", tensors[-1])):
        if end.ndim not in (1, 2):
            raise RuntimeError(
                f"multi_dot(): the {name} tensor must be 1D or 2D but got {end.ndim}D"
            )
    for i, (x, y) in enumerate(itertools.pairwise(tensors)):
        if i and x.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {x.ndim}D")
        if y.dtype is not tensors[0].dtype:
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{tensors[0].dtype.c_name} and tensor {i + 1} {y.dtype.c_name}"
            )
        if x.shape[-1] != y.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(x.shape)} and "
                f"{list(y.shape)} cannot be multiplied"
            )
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
    factor, info = apply(decomposition.LinalgCholeskyExBackward0, (A,), upper)
    decomposition.check_info(info._data, "linalg.cholesky")
    return factor


@with_out
def qr(A: Tensor, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and R, an upper triangle, with A = Q·R: (Q, R)."""
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', "
            "or 'complete'"
        )
    q, r = apply(decomposition.LinalgQrBackward0, (A,), mode)
    return return_types.linalg_qr(wrap(np.empty(0, A._data.dtype)) if mode == "r" else q, r)


@with_out
def svd(A: Tensor, full_matrices: bool = True, *, driver: Any = None) -> Any:
    """U, the singular values S, and Vᵀ with A = U·diag(S)·Vᵀ: (U, S, Vh)."""
    return return_types.linalg_svd(*apply(decomposition.LinalgSvdBackward0, (A,), full_matrices))


@with_out
def svdvals(A: Tensor, *, driver: Any = None) -> Tensor:
    """The singular values, the largest first."""
    return A._singular_values()


@with_out
def eigh(A: Tensor, UPLO: str = "L") -> Any:
    """The eigenvalues and -vectors of a symmetric matrix: (eigenvalues, eigenvectors)."""
    lower = _lower(UPLO)
    return return_types.linalg_eigh(*apply(decomposition.LinalgEighBackward0, (A,), lower))


@with_out
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix, the smallest first."""
    return apply(decomposition.LinalgEighBackward0, (A,), _lower(UPLO))[0]


def _lower(UPLO: str) -> bool:
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper() == "L"
