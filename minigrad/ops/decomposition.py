"""Inverses, determinants, and the matrices that a matrix is a product of.

The rules are written with Aᵀ = `turned(A)`, for batches of matrices.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .lift import constant, lift, transpose, tril, triu, unsqueeze


class LinAlgError(RuntimeError):
    """A matrix that has no inverse, or is not positive definite, where it has to be."""


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"  # as torch spells it


inverse = lift("inverse", np.linalg.inv)


def _solved(a: Any, b: Any) -> Any:
    return (
        np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else np.linalg.solve(a, b)
    )


solved = lift("_solve", _solved)
diag_embed = lift("diag_embed", lambda x: x[..., None] * np.eye(x.shape[-1], dtype=x.dtype))
diagonal = lift("diagonal", lambda x, *dims: np.diagonal(x, *dims))
exponential = lift("matrix_exp", lambda x: matrix_exp(x))


def turned(x: Any) -> Any:
    """The transpose of each matrix of a batch: a tensor, or an array."""
    return transpose(x, -2, -1)


def square(x: Any, name: str) -> Any:
    """`x`, if it is a square matrix of floats, or a batch; otherwise RuntimeError."""
    matrix(x, name)
    if x.shape[-2] != x.shape[-1]:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {x.shape[-2]} by "
            f"{x.shape[-1]} matrices"
        )
    return x


def matrix(x: Any, name: str) -> Any:
    """`x`, if it is a matrix of floats, or a batch; otherwise RuntimeError."""
    if x.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if x.dtype.kind != "f":
        kind = dtypes.from_numpy(x.dtype).scalar_type
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {kind}"
        )
    if x.dtype == np.float16 and name != "linalg.matrix_exp":
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got Half")
    return x


def eliminated(a: Any) -> tuple[Any, Any, Any]:
    """A = P·L·U: LU in one matrix, the pivots (see `elimination`), and for each matrix the first
    zero of U's diagonal, counted from 1 (or 0)."""
    if a.dtype.kind != "f" or a.dtype == np.float16:
        kind = dtypes.from_numpy(a.dtype).scalar_type
        raise NotImplementedError(f"\"lu_cpu\" not implemented for '{kind}'")
    batch, k = a.shape[:-2], min(a.shape[-2:])
    each = np.arange(math.prod(batch))
    lu = a.reshape(len(each), *a.shape[-2:]).copy()
    pivots = np.empty((len(each), k), np.int32)
    info = np.zeros(len(each), np.int32)
    for j in range(k):
        best = j + np.abs(lu[:, j:, j]).argmax(1)
        pivots[:, j] = best + 1
        lu[each, j], lu[each, best] = lu[each, best], lu[each, j]
        pivot = lu[:, j, j]
        info[(pivot == 0) & (info == 0)] = j + 1
        below = lu[:, j + 1 :, j]
        below /= np.where(pivot == 0, 1, pivot)[:, None]
        lu[:, j + 1 :, j + 1 :] -= below[:, :, None] * lu[:, j, None, j + 1 :]
    return lu.reshape(a.shape), pivots.reshape(*batch, k), info.reshape(batch)


def singular(a: Any, name: str, text: str) -> LinAlgError:
    """Torch's words for a matrix without inverse: which pivot of the elimination is 0."""
    for place, at in enumerate(np.ndindex(*a.shape[:-2])):
        if pivot := int(eliminated(a[at])[2]):
            batch = f"(Batch element {place}): " if at else ""
            return LinAlgError(f"{name}: {batch}{text.format(pivot)}")
    return LinAlgError(f"{name}: {text.format(a.shape[-1])}")


NO_INVERSE = (
    "The diagonal element {} is zero, the inversion could not be completed because the input "
    "matrix is singular."
)
_NO_SOLUTION = "The solver failed because the input matrix is singular."


class LinalgInvExBackward0(Node):
    """∂A⁻¹/∂A: −A⁻ᵀ·grad·A⁻ᵀ"""

    saves = {"self": 0, "inverse": 0b1}
    saves_result = True

    def forward(self, a: Any, name: str) -> Any:
        try:
            return np.linalg.inv(square(a, name))
        except np.linalg.LinAlgError:
            raise singular(a, name, NO_INVERSE) from None

    def backward(self, grad: Any, result: Any) -> Any:
        back = turned(result)
        return -(back @ (grad @ back))


class LinalgDetBackward0(Node):
    """∂(det A)/∂A = det A · A⁻ᵀ"""

    saves = {"A": 0b1, "result": 0b1}

    @staticmethod
    def forward(a: Any) -> Any:
        return np.asarray(np.linalg.det(square(a, "linalg.det")), a.dtype)

    def backward(self, grad: Any, a: Any, result: Any) -> Any:
        if isinstance(a, np.ndarray) and not np.all(result):
            return grad[..., None, None] * cofactors(a)
        scale = grad * result
        return unsqueeze(unsqueeze(scale, -1), -1) * turned(inverse(a))


def cofactors(a: Any) -> Any:
    """∂(det A)/∂A, also where A has no inverse: from its singular values."""
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, -1), -1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return (u * (others * sign[..., None])[..., None, :]) @ vh


class LinalgSlogdetBackward0(Node):
    """∂(ln |det A|)/∂A = A⁻ᵀ"""

    saves = {"A": 0b1}

    @staticmethod
    def forward(a: Any) -> Any:
        sign, log = np.linalg.slogdet(square(a, "linalg.slogdet"))
        return np.asarray(sign, a.dtype), np.asarray(log, a.dtype)

    def backward(self, grads: Any, a: Any) -> Any:
        grad = grads[1]
        return None if grad is None else unsqueeze(unsqueeze(grad, -1), -1) * turned(inverse(a))


class LinalgSolveExBackward0(Node):
    """∂(A⁻¹B)/∂B: A⁻ᵀ·grad,  ∂(A⁻¹B)/∂A: −(A⁻ᵀ·grad)·(A⁻¹B)ᵀ"""

    saves = {"A": 0b11, "B": 0, "result": 0b01}
    constants = ("left",)
    left = True

    def forward(self, a: Any, b: Any) -> Any:
        try:
            if b.ndim == a.ndim - 1:
                return np.linalg.solve(a, b[..., None])[..., 0]
            return np.linalg.solve(a, b)
        except np.linalg.LinAlgError:
            raise singular(a, "torch.linalg.solve", _NO_SOLUTION) from None

    def backward(self, grad: Any, a: Any, result: Any = None) -> Any:
        to_a, to_b = self.to_x, self.to_y
        back = solved(turned(a), grad)
        if not to_a:
            return None, back
        vector = grad.ndim == a.ndim - 1
        columns, rows = (
            (back, turned(result))
            if not vector
            else (
                unsqueeze(back, -1),
                unsqueeze(result, -2),
            )
        )
        return -(columns @ rows), to_b and back


class LinalgSolveTriangularBackward0(Node):
    """∂(A⁻¹B)/∂B: A⁻ᵀ·grad,  ∂(A⁻¹B)/∂A: the triangle of −(A⁻ᵀ·grad)·(A⁻¹B)ᵀ"""

    saves = {"self": 0b11, "B": 0, "result": 0b11}
    constants = ("left", "upper", "unitriangular")
    left: bool
    upper: bool
    unitriangular: bool

    def forward(self, a: Any, b: Any, upper: bool, left: bool, unitriangular: bool) -> Any:
        self.upper, self.left, self.unitriangular = upper, left, unitriangular
        if left:
            return np.linalg.solve(self.triangle(a), b)
        return turned(np.linalg.solve(turned(self.triangle(a)), turned(b)))

    def triangle(self, a: Any) -> Any:
        part = self.half(a)
        return part + _eye(a.shape[-1], a) if self.unitriangular else part

    def half(self, a: Any) -> Any:
        strict = int(self.unitriangular)
        return triu(a, strict) if self.upper else tril(a, -strict)

    def backward(self, grad: Any, a: Any, result: Any) -> Any:
        to_a, to_b = self.to_x, self.to_y
        if self.left:
            back = solved(turned(self.triangle(a)), grad)
            return to_a and self.half(-(back @ turned(result))), to_b and back
        back = turned(solved(self.triangle(a), turned(grad)))
        return to_a and self.half(-(turned(result) @ back)), to_b and back


def cholesky(a: Any, upper: bool) -> tuple[Any, Any]:
    """L with A = L·Lᵀ (or Lᵀ), and for each matrix the order of the first leading minor that is not
    positive, where the factorization stops; 0 if it is complete."""
    info = np.zeros(a.shape[:-2], np.int32)
    a = turned(a) if upper else a
    try:
        low = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        low = np.tril(a)
        for at in np.ndindex(*info.shape):
            info[at] = _factorized(low[at])
    return (turned(low) if upper else low), info


def _factorized(low: Any) -> int:
    """Turn a lower triangle into its factor in place, as far as it has one; see `cholesky`."""
    for j in range(len(low)):
        low[j, j] -= low[j, :j] @ low[j, :j]
        if not low[j, j] > 0:
            return j + 1
        low[j, j] = np.sqrt(low[j, j])
        low[j + 1 :, j] = (low[j + 1 :, j] - low[j + 1 :, :j] @ low[j, :j]) / low[j, j]
    return 0


_NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the "
    "leading minor of order {0} is not positive-definite)."
)


def check_info(info: Any, name: str, text: str = _NOT_POSITIVE) -> None:
    """Raise LinAlgError for the first matrix whose number in `info` is not 0."""
    for place, number in enumerate(info.ravel()):
        if number:
            batch = f"(Batch element {place}): " if info.ndim else ""
            raise LinAlgError(f"{name}: {batch}{text.format(number)}")


class LinalgCholeskyExBackward0(Node):
    """∂L/∂A for A = L·Lᵀ: L⁻ᵀ·Φ(Lᵀ·grad)·L⁻¹, Φ the lower triangle, its diagonal halved, made
    symmetric"""

    saves = {"self": 0, "L": 0b1}
    constants = ("upper",)
    upper: bool

    def forward(self, a: Any, upper: bool) -> Any:
        self.upper = upper
        return cholesky(square(a, "linalg.cholesky"), upper)

    def backward(self, grad: Any, result: Any) -> Any:
        factor, grad = (turned(result), turned(grad)) if self.upper else (result, grad)
        low = tril(turned(factor) @ grad)
        both = (low + turned(tril(low, -1))) * 0.5
        inside = solved(turned(factor), both)
        return turned(solved(turned(factor), turned(inside)))


class CholeskyBackward0(LinalgCholeskyExBackward0):
    """∂L/∂A for A = L·Lᵀ: L⁻ᵀ·Φ(Lᵀ·grad)·L⁻¹"""

    saves = {"self": 0, "result": 0b1}

    def forward(self, a: Any, upper: bool) -> Any:
        factor, info = super().forward(a, upper)
        check_info(info, "cholesky")
        return factor


class LinalgQrBackward0(Node):
    """∂(Q, R)/∂A for A = Q·R: (gQ + Q·sym(triu(gR·Rᵀ − Qᵀ·gQ)))·R⁻ᵀ; for a wide A
    Q·(gR + [tril(M − Mᵀ)·R₁⁻ᵀ, 0]) with M = Qᵀ·gQ − gR·Rᵀ and the square part R₁ of R"""

    saves = {"A": 0, "Q": 0b1, "R": 0b1}
    constants = ("mode",)
    mode: str

    def forward(self, a: Any, mode: str) -> Any:
        self.mode = mode
        q, r = np.linalg.qr(matrix(a, "linalg.qr"), "complete" if mode == "complete" else "reduced")
        return q, r

    def backward(self, grads: Any, q: Any, r: Any) -> Any:
        grad_q, grad_r = grads
        m, n = r.shape[-2:]
        if self.mode == "r":
            raise RuntimeError(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. "
                "Please use linalg.qr(A, mode='reduced') if you are going to differentiate through "
                "linalg.qr."
            )
        if m > n:
            raise RuntimeError(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols."
            )
        inner = 0.0
        if grad_r is not None:
            inner = grad_r @ turned(r)
        if grad_q is not None:
            inner = inner - turned(q) @ grad_q
        if m < n:
            below = turned(solved(r[..., :m], turned(tril(turned(inner) - inner, -1))))
            sent = _beside(below, constant(np.zeros((*r.shape[:-1], n - m)), r))
            return q @ (sent if grad_r is None else sent + grad_r)
        upper = triu(inner)
        whole = upper + turned(upper) - diag_embed(diagonal(upper, 0, -2, -1))
        sent = q @ whole
        if grad_q is not None:
            sent = sent + grad_q
        return turned(solved(r, turned(sent)))


class LinalgSvdBackward0(Node):
    """∂S/∂A = u·vᵀ for each singular value; of U and Vᵀ by how far the values lie apart"""

    saves = {"A": 0, "U": 0b1, "S": 0b1, "Vh": 0b1}
    constants = ("full_matrices",)
    full_matrices: bool

    @property
    def _saved_S_sym_argsize_minus_1(self) -> int:
        return self._kept_value(1).shape[-1]

    def forward(self, a: Any, full_matrices: bool) -> Any:
        self.full_matrices = full_matrices
        a = np.ascontiguousarray(matrix(a, "linalg.svd"))
        return tuple(np.linalg.svd(a, full_matrices=full_matrices))

    def backward(self, grads: Any, u: Any, s: Any, vh: Any) -> Any:
        grad_u, grad_s, grad_vh = grads
        k = s.shape[-1]
        if grad_u is None and grad_vh is None:
            return (u[..., :, :k] * unsqueeze(grad_s, -2)) @ vh[..., :k, :]
        if self.full_matrices and u.shape[-1] != vh.shape[-1]:
            raise RuntimeError(
                "svd_backward: The singular vectors in the complement of the range cannot be "
                "differentiated; use full_matrices=False"
            )
        squares = s * s
        apart = unsqueeze(squares, -2) - unsqueeze(squares, -1) + _eye(k, s)
        inner = 0.0
        if grad_u is not None:
            skew = turned(u) @ grad_u
            inner = (skew - turned(skew)) / apart * unsqueeze(s, -2)
        if grad_vh is not None:
            skew = vh @ turned(grad_vh)
            inner = inner + (skew - turned(skew)) / apart * unsqueeze(s, -1)
        if grad_s is not None:
            inner = inner + diag_embed(grad_s)
        sent = u @ inner @ vh
        if grad_u is not None and u.shape[-2] > k:
            rest = grad_u / unsqueeze(s, -2)
            sent = sent + (rest - u @ (turned(u) @ rest)) @ vh
        if grad_vh is not None and vh.shape[-1] > k:
            rest = grad_vh / unsqueeze(s, -1)
            sent = sent + u @ (rest - (rest @ turned(vh)) @ vh)
        return sent


def _eye(n: int, like: Any) -> Any:
    eye = np.eye(n)
    return eye.astype(like.dtype) if isinstance(like, np.ndarray) else like.new_tensor(eye)


class LinalgEighBackward0(Node):
    """∂λ/∂A = v·vᵀ for each eigenvalue; of V by how far the eigenvalues lie apart"""

    saves = {"A": 0, "eigenvalues": 0b1, "eigenvectors": 0b1}

    def forward(self, a: Any, lower: bool) -> Any:
        return tuple(np.linalg.eigh(square(a, "linalg.eigh"), "L" if lower else "U"))

    def backward(self, grads: Any, values: Any, vectors: Any) -> Any:
        grad_values, grad_vectors = grads
        if grad_vectors is None:
            return (vectors * unsqueeze(grad_values, -2)) @ turned(vectors)
        n = values.shape[-1]
        apart = unsqueeze(values, -2) - unsqueeze(values, -1)
        inner = turned(vectors) @ grad_vectors
        inner = (inner - diag_embed(diagonal(inner, 0, -2, -1))) / (apart + _eye(n, values))
        if grad_values is not None:
            inner = inner + diag_embed(grad_values)
        return vectors @ inner @ turned(vectors)


class LinalgPinvBackward0(Node):
    """∂A⁺/∂A: −(A⁺ᵀ·grad·A⁺ᵀ), and what lies outside the ranges of A and Aᵀ"""

    saves = {"self": 0b1, "result": 0b1}

    def forward(self, a: Any, rtol: Any, atol: Any = 0.0) -> Any:
        if not matrix(a, "linalg.pinv").size:
            return np.empty(turned(a).shape, a.dtype)
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        least = np.maximum(atol, rtol * s[..., 0])[..., None]
        inverted = np.where(s > least, 1 / np.where(s > least, s, 1), 0).astype(a.dtype)
        return turned(vh) @ (inverted[..., None] * turned(u))

    def backward(self, grad: Any, a: Any, p: Any) -> Any:
        g, pt = turned(grad), turned(p)
        if a.shape[-2] <= a.shape[-1]:
            k = g @ p
            kp = k @ pt
            return turned(-(p @ k)) + kp - (a @ p) @ kp + (pt @ p) @ (g - k @ a)
        k = p @ g
        pk = pt @ k
        return turned(-(k @ p)) + (g - a @ k) @ p @ pt + pk - (pk @ p) @ a


def matrix_exp(a: Any) -> Any:
    """eᴬ by its series for A/2ˢ, squared s times."""
    norm = np.abs(a).sum(-2).max() if a.size else 0.0
    squarings = max(0, int(np.ceil(np.log2(norm))) + 4) if norm > 0 and np.isfinite(norm) else 0
    small = a.astype(np.float64) / 2.0**squarings
    term = out = np.broadcast_to(np.eye(a.shape[-1]), a.shape)
    for n in range(1, 18):
        term = term @ small / n
        out = out + term
    for _ in range(squarings):
        out = out @ out
    return out.astype(a.dtype)


class LinalgMatrixExpBackward0(Node):
    """∂eᴬ/∂A: the upper right block of exp [[Aᵀ, grad], [0, Aᵀ]]"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(a: Any) -> Any:
        return matrix_exp(square(a, "linalg.matrix_exp"))

    def backward(self, grad: Any, a: Any) -> Any:
        back, n = turned(a), a.shape[-1]
        top, below = _beside(back, grad), _beside(grad * 0.0, back)
        whole = turned(_beside(turned(top), turned(below)))
        return exponential(whole)[..., :n, n:]


def _beside(x: Any, y: Any) -> Any:
    return np.concatenate([x, y], -1) if isinstance(x, np.ndarray) else x._cat([x, y], -1)
