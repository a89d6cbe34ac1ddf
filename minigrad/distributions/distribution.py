"""What all distributions share: the shapes, the checks, the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .. import dtypes
from ..creation import tensor
from ..engine.grad_mode import no_grad
from ..functions import broadcast_tensors
from ..size import Size
from ..tensor import Tensor


class Constraint(NamedTuple):
    """What values must satisfy: in words, and as a function that gives a mask."""

    text: str
    check: Callable[[Tensor], Tensor]


def _sums_to_one(x: Tensor) -> Tensor:
    return (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6)


REAL = Constraint("Real()", lambda x: x == x)
REAL_VECTOR = Constraint("IndependentConstraint(Real(), 1)", lambda x: (x == x).all(-1))
POSITIVE = Constraint("GreaterThan(lower_bound=0.0)", lambda x: x > 0)
BOOLEAN = Constraint("Boolean()", lambda x: (x == 0) | (x == 1))
SIMPLEX = Constraint("Simplex()", _sums_to_one)


def interval(low: Any, high: Any, kind: str = "Interval") -> Constraint:
    return Constraint(
        f"{kind}(lower_bound={low}, upper_bound={high})", lambda x: (low <= x) & (x <= high)
    )


class Distribution:
    """Base class of distributions: `batch_shape` of them at once, each over an `event_shape`.

    Raises ValueError for parameters, and for values, that are out of bounds.
    """

    has_rsample = False
    arg_constraints: dict[str, Constraint] = {}
    support: Constraint
    _validate_args = True
    _parameter_dims = 0  # how many dimensions of a parameter belong to one distribution

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        event_shape: Sequence[int] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if not self._validate_args:
            return
        for name, constraint in self.arg_constraints.items():
            if name in vars(self) and not constraint.check(value := vars(self)[name]).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape "
                    f"{tuple(value.shape)}) of distribution {self!r} to satisfy the constraint "
                    f"{constraint.text}, but found invalid values:\n{value}"
                )

    @property
    def batch_shape(self) -> Size:
        """How many distributions there are."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample of one of them."""
        return self._event_shape

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise NotImplementedError

    @property
    def variance(self) -> Tensor:
        """The expected square of the distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """√variance"""
        return self.variance.sqrt()

    def expand(self, batch_shape: Sequence[int]) -> Any:
        """The same distribution, with parameters expanded to another batch shape."""
        new = object.__new__(type(self))
        vars(new).update(vars(self), _batch_shape=Size(batch_shape))
        for name in self.arg_constraints.keys() & vars(self).keys():
            value = vars(self)[name]
            own = value.shape[value.ndim - self._parameter_dims :]
            vars(new)[name] = value.expand(*batch_shape, *own)
        return new

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Random values of shape sample_shape + batch_shape + event_shape, without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """As `sample`, but computed from the parameters, which so get a gradient."""
        raise NotImplementedError

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The expected −log_prob."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """e to the entropy."""
        return self.entropy().exp()

    def _shape(self, sample_shape: Sequence[int]) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _check(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        event = value.shape[value.ndim - len(self._event_shape) :]
        if event != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs "
                f"{self._event_shape}."
            )
        expected = self._shape(())
        if any(1 not in pair and pair[0] != pair[1] for pair in _from_last(value.shape, expected)):
            raise ValueError(
                "Value is not broadcastable with batch_shape+event_shape: "
                f"{value.shape} vs {expected}."
            )
        if not self.support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) "
                f"to be within the support ({self.support.text}) of the distribution {self!r}, "
                f"but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        given = {name: vars(self)[name] for name in self.arg_constraints if name in vars(self)}
        shown = [f"{name}: {x if x.numel() == 1 else x.size()}" for name, x in given.items()]
        return f"{type(self).__name__}({', '.join(shown)})"


def _from_last(a: Sequence[int], b: Sequence[int]) -> Any:
    return zip(reversed(a), reversed(b))


def together(*values: Any) -> tuple[tuple[Tensor, ...], Size]:
    """Numbers and tensors as tensors of one shape, which is that of the batch."""
    if not all(isinstance(v, (Tensor, int, float)) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects "
            "implementing __torch_function__."
        )
    kind = next((v.dtype for v in values if isinstance(v, Tensor)), dtypes.get_default_dtype())
    tensors = [v if isinstance(v, Tensor) else tensor(v, dtype=kind) for v in values]
    together = tuple(broadcast_tensors(*tensors))
    return together, together[0].shape
