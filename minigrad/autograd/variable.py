"""torch's old name for a tensor, at its old address."""

from ..tensor import Tensor as Variable

__all__ = ["Variable"]
