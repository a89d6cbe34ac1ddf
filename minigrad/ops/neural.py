"""Losses and layers that torch counts as one operation each."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .dims import dimension
from .lift import exp

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


class MseLossBackward0(Node):
    """∂mean((x − y)²)/∂x = 2·(x − y)/n,  ∂/∂y = −2·(x − y)/n"""

    saves = {"self": 0b11, "target": 0b11}
    constants = ("reduction",)
    reduction: int
    count: int

    def forward(self, x: Any, y: Any, reduction: str = "mean") -> Any:
        if reduction not in REDUCTIONS:
            raise ValueError(f"{reduction} is not a valid value for reduction")
        self.reduction, self.count = REDUCTIONS[reduction], x.size
        difference = x - y
        square = difference * difference
        if self.reduction == 0:
            return square
        total = np.add.reduce(square, axis=None)
        return total if self.reduction == 2 else total / total.dtype.type(self.count)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.edges
        scale = 2 / max(self.count, 1) if self.reduction == 1 else 2
        return to_x and grad * ((x - y) * scale), to_y and grad * ((y - x) * scale)


class SoftmaxBackward0(Node):
    """∂sᵢ/∂xⱼ = sᵢ·(δᵢⱼ − sⱼ)"""

    saves = {"self": 0, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        powers, total = exponentials(x, dim, "softmax")
        return (powers / total).astype(x.dtype, copy=False)

    def backward(self, grad: Any, result: Any) -> Any:
        weighted = grad * result
        if not weighted.ndim:
            return weighted - result * weighted
        return weighted - result * weighted.sum(axis=self.dim, keepdims=True)


class LogSoftmaxBackward0(Node):
    """∂(ln s)ᵢ/∂xⱼ = δᵢⱼ − sⱼ"""

    saves = {"self": 0, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        _, total = exponentials(x, dim, "log_softmax")
        if not x.ndim or not x.size:
            return np.zeros_like(x)
        axis = dimension(dim, x.ndim)
        return (x - x.max(axis, keepdims=True) - np.log(total)).astype(x.dtype, copy=False)

    def backward(self, grad: Any, result: Any) -> Any:
        if not grad.ndim:
            return grad * 0
        return grad - exp(result) * grad.sum(axis=self.dim, keepdims=True)


def exponentials(x: Any, dim: int, name: str) -> tuple[Any, Any]:
    """eˣ and Σeˣ along `dim`, both scaled down by the largest eˣ: so no power overflows."""
    axis = dimension(dim, x.ndim)
    if x.dtype.kind != "f":
        kind = dtypes.from_numpy(x.dtype).scalar_type
        raise NotImplementedError(f"\"{name}_lastdim_kernel_impl\" not implemented for '{kind}'")
    if x.dtype == np.float16:
        x = x.astype(np.float32)
    if not x.ndim or not x.size:
        return np.exp(x - x), np.exp(x - x)
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers, np.add.reduce(powers, axis, keepdims=True)
