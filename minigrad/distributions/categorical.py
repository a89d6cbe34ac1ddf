"""One of several classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..creation import full, multinomial
from ..functions import broadcast_tensors
from ..tensor import Tensor
from .distribution import REAL_VECTOR, SIMPLEX, Constraint, interval
from .probabilities import OfProbabilities


class Categorical(OfProbabilities):
    """One of n classes, 0 … n − 1, with the probabilities, or logits, along the last dimension."""

    arg_constraints = {"probs": SIMPLEX, "logits": REAL_VECTOR}
    _parameter_dims = 1

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(probs, logits, validate_args)

    def _prepared(self, name: str, given: Any) -> Tensor:
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        self._num_events = given.shape[-1]
        if name == "probs":
            return given / given.sum(-1, keepdim=True)
        return given - given.logsumexp(-1, keepdim=True)

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        low, high = 0, self._num_events - 1
        return Constraint(
            interval(low, high, "IntegerInterval").text,
            lambda x: (x % 1 == 0) & (low <= x) & (x <= high),
        )

    @property
    def mean(self) -> Tensor:
        return full(self._shape(()), math.nan, dtype=self.probs.dtype)

    variance = mean

    @property
    def mode(self) -> Tensor:
        """The most probable class."""
        return self.probs.argmax(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn = multinomial(self.probs.reshape(-1, self._num_events), math.prod(sample_shape), True)
        return drawn.T.reshape(self._shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        value, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=dtypes.finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)
