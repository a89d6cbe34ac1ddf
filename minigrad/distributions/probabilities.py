"""What the distributions over a few values share: probabilities and logits."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from .. import dtypes
from ..creation import arange
from ..engine.grad_mode import enable_grad
from ..size import Size
from ..tensor import Tensor
from .distribution import Distribution


class OfProbabilities(Distribution):
    """Given by its `probs` or by its `logits`; the other ones are computed when asked for."""

    _num_events: int

    def __init__(self, probs: Any, logits: Any, validate_args: bool | None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        if probs is not None:
            self.probs = self._param = self._prepared("probs", probs)
        else:
            self.logits = self._param = self._prepared("logits", logits)
        shape = self._param.shape[: self._param.ndim - self._parameter_dims]
        super().__init__(shape, validate_args=validate_args)

    def _prepared(self, name: str, given: Any) -> Tensor:
        raise NotImplementedError

    @cached_property
    def logits(self) -> Tensor:
        """What the probabilities are computed from by a softmax, or by a sigmoid."""
        with enable_grad():
            eps = dtypes.finfo(self.probs.dtype).eps
            probs = self.probs.clamp(min=eps, max=1 - eps)
            return probs.log() if self._parameter_dims else probs.log() - (-probs).log1p()

    @cached_property
    def probs(self) -> Tensor:
        """The probabilities."""
        with enable_grad():
            return self.logits.softmax(-1) if self._parameter_dims else self.logits.sigmoid()

    @property
    def param_shape(self) -> Size:
        """The shape of `probs`, and of `logits`."""
        return self._param.shape

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values, along a first dimension."""
        values = arange(self._num_events, dtype=None if self._parameter_dims else self._param.dtype)
        values = values.view(-1, *(1,) * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values
