"""The elimination of Gauss: A = P·L·U, and equations solved with triangles that are known.

P moves rows, L is a lower triangle with ones on its diagonal, U an upper one. L and U are also
kept in one matrix, LU, and P as a row of pivots, counted from 1: row j was exchanged with row
pivots[j].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .decomposition import _beside, solved, turned
from .lift import constant, tril, triu


def eliminated(a: Any) -> tuple[Any, Any, Any]:
    """LU, its pivots, and for each matrix the first zero of U's diagonal, counted from 1 (or 0)."""
    if a.dtype.kind != "f" or a.dtype == np.float16:
        kind = dtypes.from_numpy(a.dtype).scalar_type
        raise NotImplementedError(f"\"lu_cpu\" not implemented for '{kind}'")
    lu, k = a.copy(), min(a.shape[-2:])
    pivots = np.empty((*a.shape[:-2], k), np.int32)
    info = np.zeros(a.shape[:-2], np.int32)
    for at in np.ndindex(*a.shape[:-2]):
        x = lu[at]
        for j in range(k):
            best = j + int(np.argmax(np.abs(x[j:, j])))
            pivots[(*at, j)] = best + 1
            x[[j, best]] = x[[best, j]]
            if x[j, j] != 0:
                x[j + 1 :, j] /= x[j, j]
                x[j + 1 :, j + 1 :] -= np.outer(x[j + 1 :, j], x[j, j + 1 :])
            elif not info[at]:
                info[at] = j + 1
    return lu, pivots, info


def permutation(pivots: Any, rows: int, kind: Any) -> Any:
    """The matrices P of rows of pivots."""
    out = np.empty((*pivots.shape[:-1], rows, rows), kind)
    for at in np.ndindex(*pivots.shape[:-1]):
        order = np.arange(rows)
        for j, pivot in enumerate(pivots[at]):
            order[[j, pivot - 1]] = order[[pivot - 1, j]]
        out[at] = np.eye(rows, dtype=kind)[order].T
    return out


def triangles(lu: Any) -> tuple[Any, Any]:
    """L and U of LU, an array or a tensor."""
    m, n = lu.shape[-2:]
    k = min(m, n)
    low = tril(lu, -1)[..., :, :k]
    eye = np.broadcast_to(np.eye(m, k), low.shape)
    return low + constant(eye, low), triu(lu)[..., :k, :]


def _padded(x: Any, shape: Any) -> Any:
    """A triangle as part of a matrix with more rows or columns: zeros there."""
    if x.shape[-1] < shape[-1]:
        x = _beside(x, constant(np.zeros((*x.shape[:-1], shape[-1] - x.shape[-1])), x))
    if x.shape[-2] < shape[-2]:
        more = constant(np.zeros((*x.shape[:-2], shape[-1], shape[-2] - x.shape[-2])), x)
        x = turned(_beside(turned(x), more))
    return x


def _of_product(grad_l: Any, grad_u: Any, p: Any, low: Any, up: Any) -> Any:
    """∂/∂A from the gradients of L and U; one of them may be None."""
    k = low.shape[-1]
    square_l, square_u = low[..., :k, :], up[..., :, :k]
    below = above = 0.0
    if grad_l is not None:
        below = turned(square_l) @ grad_l[..., :k, :]
        if low.shape[-2] > k:
            above = -(turned(low[..., k:, :]) @ grad_l[..., k:, :])
    if grad_u is not None:
        above = above + grad_u[..., :, :k] @ turned(square_u)
        if up.shape[-1] > k:
            below = below - grad_u[..., :, k:] @ turned(up[..., :, k:])
    inner = (tril(below, -1) if hasattr(below, "shape") else 0.0) + (
        triu(above) if hasattr(above, "shape") else 0.0
    )
    sent = turned(solved(square_u, turned(solved(turned(square_l), inner))))
    if up.shape[-1] > k:
        rest = up[..., :, k:] * 0 if grad_u is None else grad_u[..., :, k:]
        sent = _beside(sent, solved(turned(square_l), rest))
    if low.shape[-2] > k:
        rest = low[..., k:, :] * 0 if grad_l is None else grad_l[..., k:, :]
        sent = turned(_beside(turned(sent), solved(square_u, turned(rest))))
    return p @ sent


class LinalgLuBackward0(Node):
    """∂A for A = P·L·U: P·L⁻ᵀ·(tril(Lᵀ·gL, −1) + triu(gU·Uᵀ))·U⁻ᵀ"""

    saves = {"A": 0, "P": 0b1, "L": 0b1, "U": 0b1}

    def forward(self, a: Any) -> Any:
        lu, pivots, _ = eliminated(a)
        low, up = triangles(lu)
        return permutation(pivots, a.shape[-2], a.dtype), low, up

    def backward(self, grads: Any, p: Any, low: Any, up: Any) -> Any:
        return _of_product(grads[1], grads[2], p, low, up)


class LinalgLuFactorExBackward0(Node):
    """∂A for A = P·L·U: P·L⁻ᵀ·(tril(Lᵀ·gL, −1) + triu(gU·Uᵀ))·U⁻ᵀ"""

    saves = {"A": 0, "LU": 0b1, "pivots": 0b1}

    def forward(self, a: Any) -> Any:
        if a.ndim < 2:
            raise RuntimeError(
                "torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: "
                f"{list(a.shape)} instead"
            )
        return eliminated(a)

    def backward(self, grad: Any, lu: Any, pivots: Any) -> Any:
        low, up = triangles(lu)
        k = low.shape[-1]
        p = constant(permutation(_numbers(pivots), lu.shape[-2], np.float64), lu)
        return _of_product(tril(grad, -1)[..., :, :k], triu(grad)[..., :k, :], p, low, up)


class LuUnpackBackward0(Node):
    """∂LU: the gradients of L below the diagonal, and of U from it on"""

    saves = {"LU_data": 0}
    constants = ("sizes",)
    sizes: Any

    def forward(self, lu: Any, pivots: Any, unpack_data: bool, unpack_pivots: bool) -> Any:
        if pivots.dtype != np.int32:
            raise RuntimeError(
                "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 "
                "dtype.\nNote: this function is intended to be used with the output produced by "
                "torch.linalg.lu_factor"
            )
        self.sizes = lu.shape
        nothing = np.empty(0, lu.dtype)
        p = permutation(pivots, lu.shape[-2], lu.dtype) if unpack_pivots else nothing
        return (p, *triangles(lu)) if unpack_data else (p, nothing, nothing)

    def backward(self, grads: Any) -> Any:
        parts = [
            None if grads[1] is None else _padded(tril(grads[1], -1), self.sizes),
            None if grads[2] is None else _padded(triu(grads[2]), self.sizes),
        ]
        low, up = parts
        return up if low is None else low if up is None else low + up


class LinalgLuSolveBackward0(Node):
    """∂(A⁻¹B)/∂B: A⁻ᵀ·grad,  ∂/∂L and ∂/∂U from −(A⁻ᵀ·grad)·(A⁻¹B)ᵀ, for A = P·L·U"""

    saves = {"LU": 0b11, "B": 0, "pivots": 0b11, "result": 0b01}
    constants = ("left", "adjoint")
    left: bool
    adjoint: bool

    def forward(self, lu: Any, b: Any, pivots: Any, left: bool, adjoint: bool) -> Any:
        self.left, self.adjoint = left, adjoint
        p = permutation(pivots, lu.shape[-2], lu.dtype)
        return self.turned(_solved(p, *triangles(lu), self.turned(b), adjoint is left))

    def turned(self, x: Any) -> Any:
        """X·A = B is Aᵀ·Xᵀ = Bᵀ."""
        return x if self.left else turned(x)

    def backward(self, grad: Any, lu: Any, pivots: Any, result: Any = None) -> Any:
        to_lu, to_b = self.to_x, self.to_y
        p = constant(permutation(_numbers(pivots), lu.shape[-2], np.float64), lu)
        low, up = triangles(lu)
        back = _solved(p, low, up, self.turned(grad), self.adjoint is not self.left)
        if not to_lu:
            return None, self.turned(back)
        x = self.turned(result)
        to_a = -(x @ turned(back)) if self.adjoint is self.left else -(back @ turned(x))
        rows = turned(p) @ to_a
        return tril(rows @ turned(up), -1) + triu(turned(low) @ rows), to_b and self.turned(back)


def _solved(p: Any, low: Any, up: Any, b: Any, adjoint: bool) -> Any:
    if adjoint:
        return p @ solved(turned(low), solved(turned(up), b))
    return solved(up, solved(low, turned(p) @ b))


def _numbers(pivots: Any) -> Any:
    return pivots if isinstance(pivots, np.ndarray) else pivots._data


class CholeskySolveBackward0(Node):
    """∂(A⁻¹B)/∂B: A⁻¹·grad =: G,  ∂/∂L: −(G·Xᵀ + X·Gᵀ)·L, for A = L·Lᵀ and X = A⁻¹B"""

    saves = {"self": 0, "input2": 0b11, "result": 0b10}
    constants = ("upper",)
    upper: bool

    def forward(self, b: Any, factor: Any, upper: bool) -> Any:
        self.upper = upper
        low = turned(triu(factor)) if upper else tril(factor)
        return np.linalg.solve(turned(low), np.linalg.solve(low, b))

    def backward(self, grad: Any, factor: Any, result: Any = None) -> Any:
        to_b, to_factor = self.to_x, self.to_y
        low = turned(factor) if self.upper else factor
        back = solved(turned(low), solved(low, grad))
        if to_factor:
            product = back @ turned(result)
            sent = -(product + turned(product)) @ low
            to_factor = turned(sent) if self.upper else sent
        return to_b and back, to_factor


class CholeskyInverseBackward0(Node):
    """∂(L·Lᵀ)⁻¹/∂L: −X·(grad + gradᵀ)·X·L for the result X"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("upper",)
    upper: bool

    def forward(self, factor: Any, upper: bool) -> Any:
        self.upper = upper
        low = turned(triu(factor)) if upper else tril(factor)
        return np.linalg.inv(low @ turned(low))

    def backward(self, grad: Any, factor: Any, result: Any) -> Any:
        low = turned(factor) if self.upper else factor
        sent = -(result @ (grad + turned(grad)) @ result @ low)
        return turned(sent) if self.upper else sent


def reflections(a: Any) -> tuple[Any, Any]:
    """The steps of Householder's QR decomposition: R with the mirrors' vectors below, and τ."""
    out, k = a.copy(), min(a.shape[-2:])
    tau = np.zeros((*a.shape[:-2], k), a.dtype)
    for at in np.ndindex(*a.shape[:-2]):
        x = out[at]
        for j in range(k):
            rest = np.linalg.norm(x[j + 1 :, j])
            if rest == 0:
                continue
            beta = -np.copysign(np.hypot(x[j, j], rest), x[j, j])
            t = (beta - x[j, j]) / beta
            v = np.concatenate([[1], x[j + 1 :, j] / (x[j, j] - beta)]).astype(a.dtype)
            x[j:, j + 1 :] -= t * np.outer(v, v @ x[j:, j + 1 :])
            x[j, j], x[j + 1 :, j], tau[(*at, j)] = beta, v[1:], t
    return out, tau
