"""Losses and layers that torch counts as one operation each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node

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
