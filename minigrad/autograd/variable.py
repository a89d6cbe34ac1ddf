"""torch's old name for a tensor, at its old address."""

from __future__ import annotations

import warnings
from typing import Any

from ..engine.backward import queue_callback
from ..errors import NO_INTEGERS
from ..tensor import Tensor

__all__ = ["Variable"]


class ImperativeEngine:
    """What runs backward passes."""

    queue_callback = staticmethod(queue_callback)


class VariableMeta(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, Tensor)


class Variable(metaclass=VariableMeta):
    """``Variable(tensor)`` is ``tensor.detach()``; every tensor is an instance of Variable."""

    _execution_engine = ImperativeEngine()

    def __new__(  # type: ignore[misc]
        cls, data: Tensor | None = None, requires_grad: bool = False, volatile: bool = False
    ) -> Tensor:
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                stacklevel=2,
            )
        if data is None:
            data = Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        if requires_grad and not data.is_floating_point():
            raise RuntimeError(NO_INTEGERS)
        return data.detach().requires_grad_(requires_grad)
