"""Losses and layers that torch counts as one operation each."""

from __future__ import annotations

from typing import Any

from ..engine.node import Node

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


class MseLossBackward0(Node):
    """∂mean((x − y)²)/∂x = 2·(x − y)/n,  ∂/∂y = −2·(x − y)/n"""

    saves = {"self": 0b11, "target": 0b11}
    constants = ("reduction",)
    reduction: int

    def forward(self, x: Any, y: Any, reduction: str = "mean") -> Any:
        if reduction not in REDUCTIONS:
            raise ValueError(f"{reduction} is not a valid value for reduction")
        self.reduction = REDUCTIONS[reduction]
        difference = x - y
        square = difference * difference
        if self.reduction == 0:
            return square
        return square.sum() if self.reduction == 2 else square.mean(dtype=square.dtype)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.edges
        difference = x - y
        scale = 2 / max(difference.size, 1) if self.reduction == 1 else 2
        slope = grad * (difference * scale)
        return to_x and slope, to_y and -slope
