"""Methods that write random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import random
from ..inplace import in_place
from ..ops import pointwise
from ..random import Generator, default_generator
from ..recording import record

if TYPE_CHECKING:
    from ..tensor import Tensor


def _overwritten(name: str) -> Any:
    """A node that says that random numbers were written: what was there counts no longer."""
    return type(name, (pointwise.Overwritten,), {})


_UniformBackward0 = _overwritten("UniformBackward0")
_NormalBackward0 = _overwritten("NormalBackward0")
_BernoulliBackward2 = _overwritten("BernoulliBackward2")
_RandomBackward0 = _overwritten("RandomBackward0")


def _stream(generator: Generator | None) -> np.random.Generator:
    return (generator or default_generator).stream


class Random:
    """Random numbers in place, from the common stream or from `generator`."""

    _data: Any

    def _uniform(self, low: float, high: float, generator: Generator | None) -> Tensor:
        x = self._data
        if low > high:
            raise RuntimeError(
                "uniform_ expects to return a [from, to) range, but found "
                f"from={low:g} > to={high:g}"
            )
        values = low + (high - low) * random.uniform(_stream(generator), x.shape, x.dtype)
        return record(_UniformBackward0(), (self,), values.astype(x.dtype))

    def _normal(self, mean: float, std: float, generator: Generator | None) -> Tensor:
        x = self._data
        if std < 0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
        values = mean + std * random.normal(_stream(generator), x.shape, x.dtype)
        return record(_NormalBackward0(), (self,), values.astype(x.dtype))

    def _bernoulli(self, p: float, generator: Generator | None) -> Tensor:
        x = self._data
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        values = _stream(generator).random(x.shape) < p
        return record(_BernoulliBackward2(), (self,), values.astype(x.dtype))

    def _random(self, low: int, high: int, generator: Generator | None) -> Tensor:
        x = self._data
        if low >= high:
            raise RuntimeError(
                f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
            )
        values = _stream(generator).integers(low, high, x.shape)
        return record(_RandomBackward0(), (self,), np.asarray(values, x.dtype))

    _uniform_ = in_place(_uniform)
    _normal_ = in_place(_normal)
    _bernoulli_ = in_place(_bernoulli)
    _random_ = in_place(_random)

    def uniform_(
        self, from_: float = 0, to: float = 1, *, generator: Generator | None = None, **bounds: Any
    ) -> Tensor:
        """Write numbers that are uniform on [from, to)."""
        return self._uniform_(bounds.pop("from", from_), to, generator)

    def normal_(
        self, mean: float = 0, std: float = 1, *, generator: Generator | None = None
    ) -> Tensor:
        """Write normal numbers."""
        return self._normal_(mean, std, generator)

    def bernoulli_(self, p: float = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Write 1 with probability p, else 0."""
        return self._bernoulli_(p, generator)

    def random_(
        self, from_: int = 0, to: int | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """Write integers from `from_` up to but without `to`; with one bound, from 0 up to it."""
        if to is None:
            low, high = 0, from_ or _limit(self._data.dtype)
        else:
            low, high = from_, to
        return self._random_(low, high, generator)


def _limit(kind: np.dtype[Any]) -> int:
    """Up to where all integers are numbers of this dtype."""
    if kind.kind == "b":
        return 2
    return 2 ** (np.finfo(kind).nmant + 1) if kind.kind == "f" else int(np.iinfo(kind).max)
