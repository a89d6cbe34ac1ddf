"""Yes or no."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..creation import bernoulli
from ..engine.grad_mode import no_grad
from ..nn.functional import binary_cross_entropy_with_logits
from ..tensor import Tensor
from .distribution import BOOLEAN, REAL, interval, together
from .probabilities import OfProbabilities


class Bernoulli(OfProbabilities):
    """1 with the probability `probs`, else 0."""

    arg_constraints = {"probs": interval(0.0, 1.0), "logits": REAL}
    support = BOOLEAN
    _num_events = 2

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(probs, logits, validate_args)

    def _prepared(self, name: str, given: Any) -> Tensor:
        return together(given)[0][0]

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The more probable value; nan if both are the same."""
        return (self.probs >= 0.5).to(self.probs).masked_fill(self.probs == 0.5, math.nan)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        logits, value = together(self.logits, value)[0]
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
