"""Methods that networks are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..inplace import in_place
from ..ops import neural
from ..random import default_generator
from ..recording import apply, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


class Neural:
    """Softmax, its logarithm, dropout. The others are functions in `nn.functional`."""

    _data: Any

    def softmax(self, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
        """eˣ/Σeˣ along `dim`"""
        return apply(neural.SoftmaxBackward0, (self if dtype is None else self.to(dtype),), dim)

    def log_softmax(self, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
        """ln(eˣ/Σeˣ) along `dim`"""
        return apply(neural.LogSoftmaxBackward0, (self if dtype is None else self.to(dtype),), dim)

    def _dropout(self, p: float, train: bool) -> Tensor:
        if not 0 <= p <= 1:
            raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
        if not train or not p:
            return self
        if p == 1:
            return self * wrap(np.zeros_like(self._data))
        kept = default_generator.stream.random(self._data.shape) >= p
        return self * wrap((kept / (1 - p)).astype(self._data.dtype))

    _dropout_ = in_place(_dropout)
