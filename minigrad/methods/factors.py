"""Methods that take matrices apart, and solve equations with the parts: torch's older functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..errors import warn_once
from ..ops import decomposition, elimination
from ..ops.dims import dimension
from ..recording import apply, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


def older(name: str, text: str) -> None:
    warn_once(f"minigrad.{name} is deprecated in favor of {text}", 5)


class Factors:
    """Products of triangles, of mirrors, of orthogonal matrices; what is solved with them."""

    _data: Any
    shape: Any
    ndim: int

    def qr(self, some: bool = True) -> Any:
        """Q with orthonormal columns and R, an upper triangle, with A = Q·R."""
        older(
            "qr",
            "minigrad.linalg.qr and will be removed in a future PyTorch release.\nThe boolean "
            "parameter 'some' has been replaced with a string parameter 'mode'.\n"
            "Q, R = minigrad.qr(A, some)\nshould be replaced with\n"
            "Q, R = minigrad.linalg.qr(A, 'reduced' if some else 'complete')",
        )
        mode = "reduced" if some else "complete"
        return return_types.qr(*apply(decomposition.LinalgQrBackward0, (self,), mode))

    def svd(self, some: bool = True, compute_uv: bool = True) -> Any:
        """U, the singular values S, and V with A = U·diag(S)·Vᵀ; zeros for U and V if not asked."""
        u, s, vh = apply(decomposition.LinalgSvdBackward0, (self,), not some and compute_uv)
        if not compute_uv:
            m, n = self.shape[-2:]
            batch, kind = self.shape[:-2], self._data.dtype
            u, v = (wrap(np.zeros((*batch, size, size), kind)) for size in (m, n))
            return return_types.svd(u, s, v)
        return return_types.svd(u, s, vh.mT)

    def _singular_values(self) -> Tensor:
        """The singular values, the largest first."""
        return apply(decomposition.LinalgSvdBackward0, (self,), False)[1]

    def _nuclear(self, dim: Any, keepdim: bool) -> Tensor:
        """The sum of the singular values of the matrices that two dimensions span."""
        rows, columns = (dimension(d, self.ndim) for d in dim)
        order = [*[d for d in range(self.ndim) if d not in (rows, columns)], rows, columns]
        out = self.permute(order)._singular_values().sum(-1, keepdim)  # type: ignore[attr-defined]
        return out.unsqueeze(-1).permute(np.argsort(order).tolist()) if keepdim else out

    def lu(self, pivot: bool = True, get_infos: bool = False) -> Any:
        """L and U in one matrix, and the pivots: A = P·L·U."""
        found = factored(self, pivot)
        older(
            "lu",
            "minigrad.linalg.lu_factor / minigrad.linalg.lu_factor_ex and will be removed in a "
            "future PyTorch release.\nLU, pivots = minigrad.lu(A, compute_pivots)\nshould be "
            "replaced with\nLU, pivots = minigrad.linalg.lu_factor(A, compute_pivots)\nand\n"
            "LU, pivots, info = minigrad.lu(A, compute_pivots, get_infos=True)\nshould be "
            "replaced with\nLU, pivots, info = minigrad.linalg.lu_factor_ex(A, compute_pivots)",
        )
        return found if get_infos else found[:2]

    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
        """X with A·X = self, for A = P·L·U as `lu` gives it."""
        older(
            "lu_solve",
            "minigrad.linalg.lu_solveand will be removed in a future PyTorch release.\nNote that "
            "minigrad.linalg.lu_solve has its arguments reversed.\n"
            "X = minigrad.lu_solve(B, LU, pivots)\nshould be replaced with\n"
            "X = minigrad.linalg.lu_solve(LU, pivots, B)",
        )
        return lu_solved(LU_data, LU_pivots, self)

    def cholesky_solve(self, L: Tensor, upper: bool = False) -> Tensor:
        """X with A·X = self, for A = L·Lᵀ."""
        b, factor = _in_batches(self, L)
        return apply(elimination.CholeskySolveBackward0, (b, factor), upper)

    def cholesky_inverse(self, upper: bool = False) -> Tensor:
        """(L·Lᵀ)⁻¹"""
        decomposition.square(self._data, "cholesky_inverse")
        return apply(elimination.CholeskyInverseBackward0, (self,), upper)

    def triangular_solve(
        self, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
    ) -> Any:
        """X with A·X = self, where only a triangle of A counts; and a copy of A."""
        older(
            "triangular_solve",
            "minigrad.linalg.solve_triangularand will be removed in a future PyTorch release.\n"
            "minigrad.linalg.solve_triangular has its arguments reversed and does not return a "
            "copy of one of the inputs.\nX = minigrad.triangular_solve(B, A).solution\nshould "
            "be replaced with\nX = minigrad.linalg.solve_triangular(A, B).",
        )
        for name, t in (("b", self), ("A", A)):
            if t.ndim < 2:
                raise RuntimeError(
                    f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but "
                    f"it has {t.ndim} dimensions instead"
                )
        b, a = _in_batches(self, A)
        turned = (a.mT, not upper) if transpose else (a, upper)
        op = decomposition.LinalgSolveTriangularBackward0
        solution = apply(op, (turned[0], b), turned[1], True, unitriangular)
        return return_types.triangular_solve(solution, a.clone())

    def geqrf(self) -> Any:
        """The QR decomposition as mirrors: R with their vectors below, and τ. Not recorded."""
        return return_types.geqrf(*[wrap(x) for x in elimination.reflections(self._data)])

    def orgqr(self, input2: Tensor) -> Tensor:
        """Q, the product of mirrors: self holds their vectors, `input2` their τ."""
        _check_mirrors(self, input2)
        return _turned_by(self, input2)[..., : self.shape[-1]]

    def ormqr(
        self, input2: Tensor, input3: Tensor, left: bool = True, transpose: bool = False
    ) -> Tensor:
        """Q·C, Qᵀ·C, C·Q or C·Qᵀ, for the square Q of `orgqr` and C = `input3`."""
        q = _turned_by(self, input2)
        q = q.mT if transpose else q
        return q @ input3 if left else input3 @ q


def factored(a: Any, pivot: bool) -> Any:
    """(LU, pivots, info). Raises RuntimeError without pivoting."""
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    return return_types.linalg_lu_factor_ex(*apply(elimination.LinalgLuFactorExBackward0, (a,)))


def lu_solved(lu: Any, pivots: Any, b: Any, left: bool = True, adjoint: bool = False) -> Any:
    """X with A·X = B (or X·A = B, or with Aᵀ), for batches that broadcast."""
    b, lu = _in_batches(b, lu, left)
    if pivots.shape[:-1] != lu.shape[:-2]:
        pivots = pivots.expand(*lu.shape[:-2], pivots.shape[-1])
    return apply(elimination.LinalgLuSolveBackward0, (lu, b), left, adjoint, fixed=(pivots,))


def _in_batches(b: Any, a: Any, left: bool = True) -> tuple[Any, Any]:
    """`b` and the square `a` with the batch dimensions in which they meet."""
    if a.shape[-1] != a.shape[-2]:
        raise RuntimeError(
            "A must be batches of square matrices, but they are "
            f"{a.shape[-2]} by {a.shape[-1]} matrices"
        )
    if b.shape[-2 if left else -1] != a.shape[-1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for triangular_solve: each A matrix is {a.shape[-1]} by "
            f"{a.shape[-1]} but each b matrix is {b.shape[-2]} by {b.shape[-1]}"
        )
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return tuple(  # type: ignore[return-value]
        [t if t.shape[:-2] == batch else t.expand(*batch, *t.shape[-2:]) for t in (b, a)]
    )


def _check_mirrors(a: Any, tau: Any) -> None:
    name = "torch.linalg.householder_product"
    if a.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if a.shape[-2] < a.shape[-1]:
        raise RuntimeError(
            f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]"
        )
    if a.shape[-1] < tau.shape[-1]:
        raise RuntimeError(
            f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]"
        )
    if a.ndim != tau.ndim + 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal "
            f"to {tau.ndim} and input.ndim is equal to {a.ndim}"
        )
    if a.shape[:-2] != tau.shape[:-1]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got "
            f"{list(tau.shape[:-1])}"
        )
    if a.dtype is not tau.dtype:
        raise RuntimeError(
            f"{name}: tau dtype {tau.dtype.scalar_type} does not match input dtype "
            f"{a.dtype.scalar_type}"
        )


def _turned_by(a: Any, tau: Any) -> Any:
    """The square product of the mirrors 1 − τ·v·vᵀ, for v = (0, …, 0, 1, a below the diagonal)."""
    m = a.shape[-2]
    q = wrap(np.broadcast_to(np.eye(m, dtype=a._data.dtype), (*a.shape[:-2], m, m)).copy())
    below = a.tril(-1)
    for j in range(tau.shape[-1]):
        v = below[..., j] + wrap(np.eye(m, dtype=a._data.dtype)[j])
        v = v.unsqueeze(-1)
        q = q - (q @ v) @ v.mT * tau[..., j, None, None]
    return q
