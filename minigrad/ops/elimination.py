"""The elimination of Gauss: A = P·L·U, and equations solved with triangles that are known.

P moves rows, L is a lower triangle with ones on its diagonal, U an upper one. L and U are also
kept in one matrix, LU, and P as a row of pivots, counted from 1: row j was exchanged with row
pivots[j].
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .decomposition import NO_INVERSE, _beside, check_info, eliminated, solved, turned
from .lift import constant, lift, tril, triu


def permutation(pivots: Any, rows: int, kind: Any) -> Any:
    """The matrices P of rows of pivots."""
    each = np.arange(math.prod(pivots.shape[:-1]))
    order = np.tile(np.arange(rows), (len(each), 1))
    for j, best in enumerate(pivots.reshape(len(each), pivots.shape[-1]).T - 1):
        order[each, j], order[each, best] = order[each, best], order[each, j]
    out = np.zeros((len(each), rows, rows), kind)
    out[each[:, None], order, np.arange(rows)] = 1
    return out.reshape(*pivots.shape[:-1], rows, rows)


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
        if unpack_pivots and ((pivots < 1) | (pivots > lu.shape[-2])).any():
            raise RuntimeError(
                "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you "
                "properly pass the result of lu_factor?"
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
        for outside, bound in (
            (pivots < 1, "greater or equal to 1"),
            (pivots > lu.shape[-2], "smaller or equal to LU.size(-2)"),
        ):
            if outside.any():
                raise RuntimeError(
                    f"Pivots given to lu_solve must all be {bound}. Did you properly pass the "
                    "result of lu_factor?"
                )
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


def _by_factor(b: Any, factor: Any, upper: bool) -> Any:
    low = turned(triu(factor)) if upper else tril(factor)
    return solved(turned(low), solved(low, b))


cholesky_solve = lift("cholesky_solve", _by_factor)


class CholeskySolveBackward0(Node):
    """∂(A⁻¹B)/∂B: A⁻¹·grad =: G,  ∂/∂L: −(G·Xᵀ + X·Gᵀ)·L, for A = L·Lᵀ and X = A⁻¹B"""

    saves = {"self": 0, "input2": 0b11, "result": 0b10}
    constants = ("upper",)
    upper: bool

    def forward(self, b: Any, factor: Any, upper: bool) -> Any:
        self.upper = upper
        return _by_factor(b, factor, upper)

    def backward(self, grad: Any, factor: Any, result: Any = None) -> Any:
        to_b, to_factor = self.to_x, self.to_y
        back = cholesky_solve(grad, factor, self.upper)
        if to_factor:
            product = back @ turned(result)
            sent = -(product + turned(product)) @ (turned(factor) if self.upper else factor)
            to_factor = turned(sent) if self.upper else sent
        return to_b and back, to_factor


class CholeskyInverseBackward0(Node):
    """∂(L·Lᵀ)⁻¹/∂L: −X·(grad + gradᵀ)·X·L for the result X"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("upper",)
    upper: bool

    def forward(self, factor: Any, upper: bool) -> Any:
        self.upper = upper
        zero = np.diagonal(factor, 0, -2, -1) == 0
        if zero.any():
            first = np.where(zero.any(-1), zero.argmax(-1) + 1, 0)
            check_info(first, "cholesky_inverse", NO_INVERSE)
        low = turned(triu(factor)) if upper else tril(factor)
        return np.linalg.inv(low @ turned(low))

    def backward(self, grad: Any, factor: Any, result: Any) -> Any:
        low = turned(factor) if self.upper else factor
        sent = -(result @ (grad + turned(grad)) @ result @ low)
        return turned(sent) if self.upper else sent


def reflections(a: Any) -> tuple[Any, Any]:
    """The steps of Householder's QR decomposition: R with the mirrors' vectors below, and τ."""
    out, k = turned(turned(a).copy()), min(a.shape[-2:])  # by columns, as torch has it
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
