"""Methods that write random numbers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, random
from ..checked import overloads
from ..inplace import in_place
from ..ops.undefined import Overwritten
from ..random import Generator, default_generator
from ..recording import record, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


def _overwritten(name: str) -> Any:
    """A node that says that random numbers were written: what was there counts no longer."""
    return type(name, (Overwritten,), {})


_UniformBackward0 = _overwritten("UniformBackward0")
_NormalBackward0 = _overwritten("NormalBackward0")
_BernoulliBackward0 = _overwritten("BernoulliBackward0")
_ExponentialBackward0 = _overwritten("ExponentialBackward0")
_BernoulliBackward1 = _overwritten("BernoulliBackward1")
_CauchyBackward0 = _overwritten("CauchyBackward0")
_GeometricBackward0 = _overwritten("GeometricBackward0")
_LogNormalBackward0 = _overwritten("LogNormalBackward0")
_BernoulliBackward2 = _overwritten("BernoulliBackward2")
_RandomBackward0 = _overwritten("RandomBackward0")


def _stream(generator: Generator | None) -> np.random.Generator:
    return (generator or default_generator).stream


class Random:
    """Random numbers in place, from the common stream or from `generator`."""

    _data: Any

    def _uniform(self, low: float, high: float, generator: Generator | None) -> Tensor:
        x = self._data
        if x.dtype.kind == "f" and high - low > float(np.finfo(x.dtype).max):
            kind = dtypes.from_numpy(x.dtype).scalar_type
            raise RuntimeError(
                f"uniform_ expects to-from <= std::numeric_limits<{kind}>::max(), but found "
                f"to={high:g} and from={low:g} which result in to-from to exceed the limit"
            )
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

    def _bernoulli(self, p: Any, generator: Generator | None) -> Tensor:
        x = self._data
        if not isinstance(p, (int, float)):  # a tensor of probabilities
            p = np.broadcast_to(p._data, x.shape)
            values = _stream(generator).random(x.shape) < p
            return record(_BernoulliBackward1(), (self,), np.asarray(values, x.dtype))
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
        _check_range(x.dtype, low, high)
        values = _stream(generator).integers(low, high, x.shape)
        return record(_RandomBackward0(), (self,), np.asarray(values, x.dtype))

    def _exponential(self, lambd: float, generator: Generator | None) -> Tensor:
        x = self._data
        values = _stream(generator).exponential(1 / lambd, x.shape)
        return record(_ExponentialBackward0(), (self,), np.asarray(values, x.dtype))

    def _cauchy(self, median: float, sigma: float, generator: Generator | None) -> Tensor:
        x = self._data
        values = median + sigma * _stream(generator).standard_cauchy(x.shape)
        return record(_CauchyBackward0(), (self,), np.asarray(values, x.dtype))

    def _geometric(self, p: float, generator: Generator | None) -> Tensor:
        x = self._data
        values = _stream(generator).geometric(p, x.shape)
        return record(_GeometricBackward0(), (self,), np.asarray(values, x.dtype))

    def _log_normal(self, mean: float, std: float, generator: Generator | None) -> Tensor:
        x = self._data
        values = _stream(generator).lognormal(mean, std, x.shape)
        return record(_LogNormalBackward0(), (self,), np.asarray(values, x.dtype))

    _cauchy_ = in_place(_cauchy)
    _geometric_ = in_place(_geometric)
    _log_normal_ = in_place(_log_normal)
    _exponential_ = in_place(_exponential)
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

    @overloads("p: Tensor, *, generator=None", "p: float = 0.5, *, generator=None")
    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Write 1 with probability p, a number or a tensor, else 0."""
        return self._bernoulli_(p, generator)

    @overloads("*, generator=None, out=None", "p: float | None, *, generator=None")
    def bernoulli(self, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
        """1 with the probability that each element says (or `p`), else 0."""
        x = self._data
        if p is None and x.size and not ((x >= 0) & (x <= 1)).all():
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error "
                "message be improved?  If so, please report an enhancement request to PyTorch.)"
            )
        drawn = _stream(generator).random(x.shape) < (x if p is None else p)
        return record(_BernoulliBackward0(), (self,), np.asarray(drawn, x.dtype))

    def multinomial(
        self, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
    ) -> Tensor:
        """`num_samples` places of each row, drawn with the row's elements as weights."""
        weights = self._data
        if self._data.ndim not in (1, 2):
            raise RuntimeError("prob_dist must be 1 or 2 dim")
        if weights.dtype.kind != "f":
            raise RuntimeError(
                "multinomial only supports floating-point dtypes for input, got: "
                + dtypes.from_numpy(weights.dtype).scalar_type
            )
        if num_samples <= 0:
            raise RuntimeError("cannot sample n_sample <= 0 samples")
        if not replacement and num_samples > weights.shape[-1]:
            raise RuntimeError(
                "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
            )
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        if (weights.sum(-1) == 0).any():
            raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
        stream = _stream(generator)
        rows = np.atleast_2d(weights).astype(np.float64)
        if replacement:
            ends = np.cumsum(rows / rows.sum(-1, keepdims=True), -1)
            drawn = stream.random((len(rows), num_samples))
            places = np.array([np.searchsorted(e, d, "right") for e, d in zip(ends, drawn)])
            places = np.minimum(places, rows.shape[-1] - 1)
        else:  # the smallest of exponential times whose rates are the weights
            times = stream.exponential(size=rows.shape) / np.where(rows > 0, rows, 1)
            places = np.argsort(np.where(rows > 0, times, np.inf), -1, kind="stable")[
                :, :num_samples
            ]
        return wrap(places.astype(np.int64).reshape((*weights.shape[:-1], num_samples)))

    def exponential_(self, lambd: float = 1, *, generator: Generator | None = None) -> Tensor:
        """Write exponentially distributed numbers with mean 1/λ."""
        if lambd <= 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
        return self._exponential_(lambd, generator)

    def cauchy_(
        self, median: float = 0, sigma: float = 1, *, generator: Generator | None = None
    ) -> Tensor:
        """Write numbers with a Cauchy distribution."""
        if sigma <= 0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
        return self._cauchy_(median, sigma, generator)

    def geometric_(self, p: float, *, generator: Generator | None = None) -> Tensor:
        """Write how many trials it takes to the first success, each of probability p."""
        if not 0 < p < 1:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
        return self._geometric_(p, generator)

    def log_normal_(
        self, mean: float = 1, std: float = 2, *, generator: Generator | None = None
    ) -> Tensor:
        """Write numbers whose logarithms are normal."""
        if std <= 0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
        return self._log_normal_(mean, std, generator)

    def random_(
        self, *bounds: int | None, generator: Generator | None = None, **named: Any
    ) -> Tensor:
        """Write integers from `from` up to but without `to`; with one bound, from 0 up to it.

        Without `to`, up to the largest that the dtype holds.
        """
        low, high = 0, _limit(self._data.dtype)
        if len(bounds) == 1:
            high = bounds[0] or high
        elif bounds:
            low, high = bounds[0] or 0, high if bounds[1] is None else bounds[1]
        low, high = named.get("from", low), named.get("to", high)
        return self._random_(low, high, generator)


def _check_range(kind: np.dtype[Any], low: int, high: int) -> None:
    """Raise RuntimeError for bounds outside the dtype; warn of those that it cannot tell apart."""
    least, most = (0, 1) if kind.kind == "b" else (_least(kind), _most(kind))
    name = dtypes.from_numpy(kind).c_name
    for what, bound in (("from", low), ("to - 1", high - 1)):
        if not least <= bound <= most:
            raise RuntimeError(f"{what} is out of bounds for {name}")
    if kind.kind == "f":
        digits = np.finfo(kind).nmant + 1
        for what, bound in (("from", low), ("to - 1", high - 1)):
            if abs(bound) > 2**digits:
                warnings.warn(
                    f"{what} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision "
                    f"limitations {name} can support discrete uniform distribution only within "
                    "this range. This warning will become an error in version 1.7 release, please "
                    "fix the code in advance",
                    UserWarning,
                    stacklevel=7,
                )


def _least(kind: np.dtype[Any]) -> int:
    return int(np.finfo(kind).min) if kind.kind == "f" else int(np.iinfo(kind).min)


def _most(kind: np.dtype[Any]) -> int:
    return int(np.finfo(kind).max) if kind.kind == "f" else int(np.iinfo(kind).max)


def _limit(kind: np.dtype[Any]) -> int:
    """Up to where all integers are numbers of this dtype."""
    if kind.kind == "b":
        return 2
    return 2 ** (np.finfo(kind).nmant + 1) if kind.kind == "f" else int(np.iinfo(kind).max)
