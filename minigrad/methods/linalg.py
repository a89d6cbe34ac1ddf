"""Methods that multiply vectors and matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.node import Node
from ..ops import linalg
from ..recording import apply

if TYPE_CHECKING:
    from ..tensor import Tensor


class Linalg:
    """Products of vectors, matrices, and batches of matrices."""

    _data: Any

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

    def addmm(self, mat1: Tensor, mat2: Tensor) -> Tensor:
        """self + mat1 · mat2"""
        return apply(linalg.AddmmBackward0, (self, mat1, mat2))

    def matmul(self, other: Tensor) -> Tensor:
        """The product of vectors, matrices, or batches of matrices."""
        if not isinstance(other, Node.tensor_type):
            return NotImplemented
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
        if x.ndim > 2 and y.ndim <= 2:  # fold the batch into the rows
            rows = x.reshape(-1, x.shape[-1])
            folded = rows.mm(y) if y.ndim == 2 else rows.mv(y)
            return folded._unsafe_view((*x.shape[:-1], *y.shape[1:]))
        return _batched(x, y)

    __matmul__ = matmul


def _batched(x: Tensor, y: Tensor) -> Tensor:
    """The product of batches of matrices, whose batch dimensions broadcast."""
    if x.ndim == 1:
        return _batched(x.unsqueeze(0), y).squeeze(-2)
    if x.shape[-1] != y.shape[-2]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: "
            f"[{math.prod(x.shape[:-2])}, {x.shape[-1]}] but got: "
            f"[{math.prod(y.shape[:-2])}, {y.shape[-2]}]."
        )
    batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    count = math.prod(batch)
    left = x.expand(*batch, *x.shape[-2:]).reshape(count, *x.shape[-2:])
    right = y.expand(*batch, *y.shape[-2:]).reshape(count, *y.shape[-2:])
    return left.bmm(right)._unsafe_view((*batch, x.shape[-2], y.shape[-1]))
