"""The same density everywhere between two ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..creation import rand
from ..tensor import Tensor
from .distribution import Constraint, Distribution, interval, together


class Uniform(Distribution):
    """Every value from `low` up to `high` with the same density."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        (self.low, self.high), shape = together(low, high)
        super().__init__(shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[str, Constraint]:  # type: ignore[override]
        low, high = self.low, self.high
        return {
            "low": Constraint(f"LessThan(upper_bound={high})", lambda x: x < high),
            "high": Constraint(f"GreaterThan(lower_bound={low})", lambda x: x > low),
        }

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        return interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def stddev(self) -> Tensor:
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn = rand(self._shape(sample_shape), dtype=self.low.dtype)
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        inside = self.low.le(value).type_as(self.low) * self.high.gt(value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value that is not larger."""
        self._check(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        """Where `cdf` is `value`."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()
