"""Operations that combine many elements into fewer. Their rules spread the gradient out again."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .dims import dimension, dimensions
from .lift import (
    SHORT,
    cat,
    count,
    cumprod,
    cumsum,
    exp,
    expand,
    flip,
    masked_fill,
    mean_backward,
    new_ones,
    new_zeros,
    over,
    power,
    prod,
    scatter,
    sgn,
    stack,
    sums,
    times,
    unsqueeze,
)
from .undefined import no_bool

Dims = tuple[int, ...]


class Reduction(Node):
    """What reductions along dimensions share: how to put the lost dimensions back.

    `dim` is as it was given, `axes` the same counted from the front.
    """

    constants: tuple[str, ...] = ("dim", "keepdim")
    dim: Any
    axes: Dims
    keepdim: bool

    def along(self, x: Any, dim: Any, keepdim: bool) -> Dims:
        """Remember the dimensions that are reduced, and return them counted from the front."""
        if isinstance(dim, np.integer):
            dim = int(dim)
        self.dim = (dim,) if isinstance(dim, int) else dim if dim is None else tuple(dim)
        self.keepdim = keepdim
        self.axes = dimensions(dim, x.ndim)
        return self.axes

    def restored(self, reduced: Any) -> Any:
        """A result, or its gradient, with size 1 in place of each dimension that was reduced."""
        if self.keepdim or not self.axes:
            return reduced
        if isinstance(reduced, Node.tensor_type):  # recorded as torch does, one by one
            if not self.dim:
                return reduced
            for axis in sorted(self.axes):
                reduced = reduced.unsqueeze(axis)
            return reduced
        shape = list(reduced.shape)
        for axis in sorted(self.axes):
            shape.insert(axis, 1)
        return reduced.reshape(shape)


def converted(node: Node, x: Any, kind: dtypes.dtype | None) -> Any:
    """`x` in the dtype that the caller asked for; the gradient will be converted back."""
    if kind is None or kind.numpy == x.dtype:
        return x
    node.fit_to(x)
    return x.astype(kind.numpy)


def floating(x: Any, name: str, what: str = "Input") -> None:
    """Raise RuntimeError for integers, of which there is no mean in their dtype."""
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. {what} dtype must be either a floating point "
            f"or complex dtype. Got: {dtypes.from_numpy(x.dtype).scalar_type}"
        )


_WIDER = {np.dtype(np.float16): np.dtype(np.float32)}
_WIDER.update({np.dtype(k): np.dtype(np.int64) for k in ("?", "i1", "i2", "i4", "u1")})
"""The dtypes in which sums of narrower ones are formed."""


LARGE = 10_000
"""Elements from which on a sum is formed by einsum or a product, in a half to a third of the time:
512×512 in all 42 -> 18 µs, along rows 54 -> 17, along columns 28 -> 11."""


def total(
    x: Any, axes: Dims | None = None, keepdim: bool = False, dtype: dtypes.dtype | None = None
) -> Any:
    """The sum; of integers in int64 unless `dtype` says otherwise, of halves formed in float32."""
    if x.dtype.char in "fd":  # as mostly: by position, and without asking for dtypes
        if x.size >= LARGE and x.flags.c_contiguous and (dtype is None or dtype.numpy is x.dtype):
            if axes is None and not keepdim and x.size >= 5 * LARGE:  # short rows, then by pairs
                rest = x.reshape(-1)
                rows = rest[: x.size // 512 * 512].reshape(-1, 512)
                return np.add.reduce(sums(rows, -1), None) + np.add.reduce(rest[rows.size :])
            if axes == (x.ndim - 1,) and x.shape[-1] <= SHORT:
                return sums(x, -1) if keepdim else sums(x, -1)[..., 0]
            if axes == (0,) and x.ndim == 2 and not keepdim:
                return np.ones(len(x), x.dtype) @ x
        return np.add.reduce(x, axes, None, None, keepdim)
    return combined(np.add.reduce, x, dtype, axis=axes, keepdims=keepdim)


def combined(combine: Any, x: Any, dtype: dtypes.dtype | None, **how: Any) -> Any:
    """A sum or product, complete or running, in the dtype asked for or else the usual one."""
    if x.dtype == np.float16:
        return combine(x, dtype=np.float32, **how).astype(x.dtype)
    return combine(x, dtype=_WIDER.get(x.dtype) if dtype is None else x.dtype, **how)


class SumBackward0(Node):
    """∂(Σx)/∂xᵢ = 1"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: Dims

    def forward(self, x: Any, dtype: dtypes.dtype | None = None) -> Any:
        self.self_sym_sizes = x.shape
        return total(x if dtype is None else converted(self, x, dtype), None, False, dtype)

    def backward(self, grad: Any) -> Any:
        return expand(grad, self.self_sym_sizes)


class MeanBackward0(Node):
    """∂(mean x)/∂xᵢ = 1/n"""

    constants = ("self_sym_sizes", "self_sym_numel")
    self_sym_sizes: Dims

    def forward(self, x: Any, dtype: dtypes.dtype | None = None) -> Any:
        if dtype is not None or x.dtype.kind != "f":
            x = converted(self, x, dtype)
            floating(x, "mean", "Input" if dtype is None else "Optional")
        self.self_sym_sizes = x.shape
        if x.dtype.char == "e":
            return x.mean(dtype=np.float32).astype(x.dtype)
        return total(x) / x.dtype.type(x.size)

    @property
    def self_sym_numel(self) -> int:
        return math.prod(self.self_sym_sizes)

    def backward(self, grad: Any) -> Any:
        return mean_backward(grad, self.self_sym_sizes, self.self_sym_numel)


class SumBackward1(Reduction):
    """∂(Σx)/∂xᵢ = 1, along the given dimensions"""

    constants = ("self_sym_sizes", "dim", "keepdim")
    self_sym_sizes: Dims

    def forward(
        self, x: Any, dim: Any, keepdim: bool = False, dtype: dtypes.dtype | None = None
    ) -> Any:
        self.self_sym_sizes = x.shape
        x = x if dtype is None else converted(self, x, dtype)
        return total(x, self.along(x, dim, keepdim), keepdim, dtype)

    def backward(self, grad: Any) -> Any:
        return expand(self.restored(grad), self.self_sym_sizes)


class MeanBackward1(SumBackward1):
    """∂(mean x)/∂xᵢ = 1/n, along the given dimensions"""

    constants = ("self_sym_sizes", "self_sym_numel", "dim", "keepdim")

    def forward(
        self, x: Any, dim: Any, keepdim: bool = False, dtype: dtypes.dtype | None = None
    ) -> Any:
        x = converted(self, x, dtype)
        floating(x, "mean", "Input" if dtype is None else "Optional")
        wide = x.astype(np.float32) if x.dtype.char == "e" else x
        summed = super().forward(wide, dim, keepdim)
        return (summed / wide.dtype.type(self.count)).astype(x.dtype, copy=False)

    @property
    def count(self) -> int:
        """How many elements each mean is of."""
        return math.prod([self.self_sym_sizes[d] for d in self.axes])

    @property
    def self_sym_numel(self) -> int:
        return math.prod(self.self_sym_sizes)

    def backward(self, grad: Any) -> Any:
        return mean_backward(self.restored(grad), self.self_sym_sizes, self.count)


class NansumBackward0(Reduction):
    """∂(Σ of what is not nan)/∂xᵢ = 1, 0 where xᵢ is nan"""

    saves = {"self": 0b1}

    def forward(
        self, x: Any, dim: Any, keepdim: bool = False, dtype: dtypes.dtype | None = None
    ) -> Any:
        x = converted(self, x, dtype)
        return total(np.where(x != x, 0, x), self.along(x, dim, keepdim), keepdim, dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return expand(self.restored(grad), x.shape) * (x == x)


class ProdBackward0(Node):
    """∂(Πx)/∂xᵢ = the product of all others"""

    saves = {"self": 0b1, "result": 0b1}

    def forward(self, x: Any, dtype: dtypes.dtype | None = None) -> Any:
        x = converted(self, x, dtype)
        return combined(np.multiply.reduce, x, dtype, axis=None)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if not (x == 0).any():
            return grad * (result / x)
        return (grad * product_of_others(x.reshape(-1), 0)).reshape(x.shape)


class ProdBackward1(Reduction):
    """∂(Πx)/∂xᵢ = the product of all others along dim"""

    saves = {"self": 0b1, "result": 0b1}

    def forward(
        self, x: Any, dim: int, keepdim: bool = False, dtype: dtypes.dtype | None = None
    ) -> Any:
        axes = self.along(x, dim, keepdim)
        self.dim = dim
        x = converted(self, x, dtype)
        return combined(np.multiply.reduce, x, dtype, axis=axes, keepdims=keepdim)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if not x.ndim:
            return grad
        if not (x == 0).any():
            return self.restored(grad) * (self.restored(result) / x)
        return self.restored(grad) * product_of_others(x, self.axes[0])


def product_of_others(x: Any, dim: int) -> Any:
    """For each element the product of all others along `dim`: those before it, those after it.

    Unlike the whole product over the element, this is right where elements are 0.
    """
    n = x.shape[dim]
    if n <= 1:
        return new_ones(x, x.shape)
    one = new_ones(x, [1 if d == dim else m for d, m in enumerate(x.shape)])
    before = cumprod(cat([one, _slices(x, dim, 0, n - 1)], dim), dim)
    after = flip(cumprod(cat([one, flip(_slices(x, dim, 1, n), [dim])], dim), dim), [dim])
    return before * after


def _slices(x: Any, dim: int, start: int, end: int) -> Any:
    return x[(*[slice(None)] * dim, slice(start, end))]


# -- running ---------------------------------------------------------------------------------------


class CumsumBackward0(Node):
    """∂(x₁ + … + xᵢ)/∂xⱼ = 1 for j ≤ i"""

    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int, dtype: dtypes.dtype | None = None) -> Any:
        self.dim = dim
        return running(np.add.accumulate, converted(self, x, dtype), dim, dtype)

    def backward(self, grad: Any) -> Any:
        return reversed_cumsum(grad, self.dim)


def running(combine: Any, x: Any, dim: int, dtype: dtypes.dtype | None) -> Any:
    """A sum or product at each place along `dim`."""
    axis = dimension(dim, x.ndim)
    out = combined(combine, x if x.ndim else x.reshape(1), dtype, axis=axis)
    return out.reshape(x.shape)


def reversed_cumsum(grad: Any, dim: int) -> Any:
    """For each place the sum of what stands there and after."""
    if grad.size <= 1 if isinstance(grad, np.ndarray) else grad.numel() <= 1:
        return grad
    return flip(cumsum(flip(grad, [dim]), dim), [dim])


class CumprodBackward0(Node):
    """∂(x₁·…·xᵢ)/∂xⱼ = the product of all others up to i, for j ≤ i"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int, dtype: dtypes.dtype | None = None) -> Any:
        self.dim = dim
        return running(np.multiply.accumulate, converted(self, x, dtype), dim, dtype)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if not x.ndim or x.shape[self.dim] <= 1 or not math.prod(x.shape):
            return grad
        if not (x == 0).any():
            return reversed_cumsum(result * grad, self.dim) / x
        dim = dimension(self.dim, x.ndim)
        n = x.shape[dim]
        sent = []
        for k in range(n):  # what x_k was multiplied with: all before it, and each run after it
            before = prod(_slices(x, dim, 0, k), dim, True)
            one = new_ones(before, before.shape)
            after = cat([one, cumprod(_slices(x, dim, k + 1, n), dim)], dim)
            sent.append((_slices(grad, dim, k, n) * before * after).sum(axis=dim))
        return stack(sent, dim)


# -- spread ----------------------------------------------------------------------------------------


class VarBackward0(Reduction):
    """∂(var x)/∂xᵢ = 2·(xᵢ − mean)/(n − correction)"""

    saves = {"self": 0b1}
    constants = ("dim", "correction", "keepdim")
    correction: Any

    def forward(self, x: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return self.variance(x, dim, correction, keepdim, "var")[0]

    def variance(self, x: Any, dim: Any, correction: Any, keepdim: bool, name: str) -> Any:
        """The variance, and the mean."""
        axes = self.along(x, dim, keepdim)
        self.correction = correction
        if x.dtype.kind != "f":
            name = "std and var" if name in ("std", "var") else name
            raise RuntimeError(f"{name} only support floating point and complex dtypes")
        n = math.prod([x.shape[d] for d in axes])
        freedom = n - (1 if correction is None else correction)
        if freedom <= 0:
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be "
                "strictly less than the reduction factor (input numel divided by output numel).",
                UserWarning,
                stacklevel=6,
            )
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        kind = wide.dtype.type
        with np.errstate(all="ignore"):  # torch has said what there is to say
            mean = np.add.reduce(wide, axis=axes, keepdims=True) / kind(n)
            square = np.add.reduce((wide - mean) ** 2, axis=axes, keepdims=keepdim)
            variance = square / kind(max(freedom, 0))
        mean = mean if keepdim else mean.reshape(square.shape)
        return variance.astype(x.dtype), mean.astype(x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return self.of_variance(grad, x)

    def of_variance(self, grad: Any, x: Any) -> Any:
        """The gradient of x, from that of the variance."""
        n = math.prod([x.shape[d] for d in self.axes])
        freedom = n - (1 if self.correction is None else self.correction)
        whole = isinstance(x, Node.tensor_type) and not self.dim
        mean = x.mean() if whole else x.mean(axis=self.axes, keepdims=True)
        return times(self.restored(grad), 2 / freedom if freedom > 0 else math.inf) * (x - mean)


class StdBackward0(VarBackward0):
    """∂(std x)/∂xᵢ = (xᵢ − mean)/((n − correction)·std)"""

    saves = {"self": 0b1, "result": 0b1}

    def forward(self, x: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return np.sqrt(self.variance(x, dim, correction, keepdim, "std")[0])

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return self.of_variance(masked_fill(grad / times(result, 2), result == 0, 0), x)


class VarMeanBackward0(VarBackward0):
    """∂(var x)/∂xᵢ = 2·(xᵢ − mean)/(n − correction),  ∂(mean x)/∂xᵢ = 1/n"""

    def forward(self, x: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return self.variance(x, dim, correction, keepdim, "var_mean")

    def backward(self, grads: Any, x: Any) -> Any:
        to_var, to_mean = grads
        sent = None if to_var is None else self.of_variance(to_var, x)
        return sent if to_mean is None else self.add_mean(sent, to_mean, x)

    def add_mean(self, sent: Any, grad: Any, x: Any) -> Any:
        n = math.prod([x.shape[d] for d in self.axes])
        spread = over(expand(self.restored(grad), x.shape), n)
        return spread if sent is None else sent + spread


class StdMeanBackward0(VarMeanBackward0):
    """∂(std x)/∂xᵢ = (xᵢ − mean)/((n − correction)·std),  ∂(mean x)/∂xᵢ = 1/n"""

    saves = {"self": 0b1, "result0": 0b1}

    def forward(self, x: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        var, mean = self.variance(x, dim, correction, keepdim, "std_mean")
        return np.sqrt(var), mean

    def backward(self, grads: Any, x: Any, std: Any) -> Any:
        to_std, to_mean = grads
        sent = None
        if to_std is not None:
            sent = self.of_variance(masked_fill(to_std / times(std, 2), std == 0, 0), x)
        return sent if to_mean is None else self.add_mean(sent, to_mean, x)


# -- norms and soft extremes -----------------------------------------------------------------------


class LogsumexpBackward0(Reduction):
    """∂ln(Σeˣ)/∂xᵢ = e^(xᵢ − result)"""

    saves = {"self": 0b1, "result": 0b1}

    def forward(self, x: Any, dim: Any, keepdim: bool = False) -> Any:
        axes = self.along(x, dim, keepdim)
        if not x.size:
            return np.log(np.add.reduce(np.exp(x), axis=axes, keepdims=keepdim))
        highest = np.maximum.reduce(x, axis=axes, keepdims=True)
        highest = np.where(np.isinf(highest), 0, highest)
        summed = np.log(np.add.reduce(np.exp(x - highest), axis=axes, keepdims=keepdim))
        return summed + highest.reshape(summed.shape)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return self.restored(grad) * exp(x - self.restored(result))


class LinalgVectorNormBackward0(Reduction):
    """∂‖x‖/∂xᵢ = xᵢ/‖x‖; for the p-norm sign(xᵢ)·(|xᵢ|/‖x‖)ᵖ⁻¹"""

    saves = {"self": 0b1, "result": 0b1}
    constants = ("ord", "dim", "keepdim")
    ord: float

    def forward(
        self,
        x: Any,
        ord: float,
        dim: Any = None,
        keepdim: bool = False,
        dtype: dtypes.dtype | None = None,
    ) -> Any:
        self.ord = ord
        if x.dtype.kind != "f":
            raise RuntimeError(
                "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
                f"{dtypes.from_numpy(x.dtype).scalar_type}"
            )
        x = converted(self, x, dtype)
        axes = self.along(x, dim, keepdim)
        wide = np.abs(x.astype(np.float32) if x.dtype == np.float16 else x)
        if (ord < 0 or ord == math.inf) and not all(x.shape[d] for d in axes):
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord:g} norm on an empty tensor because "
                "the operation does not have an identity"
            )
        return _norm(wide, ord, axes, keepdim).astype(x.dtype)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        p, grad, norm = self.ord, self.restored(grad), self.restored(result)
        if p == 0:
            return None
        if p == 1:
            return sgn(x) * grad
        if p == 2:
            return grad * masked_fill(x / norm, norm == 0, 0)
        if abs(p) == math.inf:
            largest = sgn(x) * (abs(x) == norm)
            return grad * (largest / abs(largest).sum(axis=self.axes, keepdims=True))
        if p < 1:
            scaled = sgn(x) * masked_fill(power(abs(x), p - 1), x == 0, 0)
            return scaled * grad * power(norm, 1 - p)
        scaled = sgn(x) * power(abs(x), p - 1) if p < 2 else x * power(abs(x), p - 2)
        return scaled * masked_fill(grad / power(norm, p - 1), norm == 0, 0)


class NormBackward1(LinalgVectorNormBackward0):
    """∂‖x‖/∂xᵢ = xᵢ/‖x‖; for the p-norm sign(xᵢ)·(|xᵢ|/‖x‖)ᵖ⁻¹"""

    constants = ("p", "dim", "keepdim")

    @property
    def p(self) -> float:
        return self.ord


def _norm(x: Any, p: float, axes: Dims, keepdim: bool) -> Any:
    """The p-norm of what is not negative."""
    if p == math.inf:
        return np.maximum.reduce(x, axis=axes, keepdims=keepdim)
    if p == -math.inf:
        return np.minimum.reduce(x, axis=axes, keepdims=keepdim)
    powers = x if p == 1 else x * x if p == 2 else (x != 0).astype(x.dtype) if p == 0 else x**p
    summed = np.add.reduce(powers, axis=axes, keepdims=keepdim)
    return summed if p in (0, 1) else np.sqrt(summed) if p == 2 else summed ** (1 / p)


# -- extremes: the gradient goes to the chosen, in equal parts where several are alike -------------


class MaxBackward1(Node):
    """∂(max x)/∂xᵢ = 1 at the largest, shared equally where several are; else 0"""

    saves = {"self": 0b1, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        not_empty(x, None, "max")
        return np.maximum.reduce(x, axis=None)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        chosen = (x == result) | ((x != x) & (result != result))
        return masked_fill(new_zeros(grad, x.shape), chosen, grad / count(chosen, None, grad))


class MinBackward1(MaxBackward1):
    """∂(min x)/∂xᵢ = 1 at the smallest, shared equally where several are; else 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        not_empty(x, None, "min")
        return np.minimum.reduce(x, axis=None)


class MedianBackward0(MaxBackward1):
    """∂(median x)/∂xᵢ = 1 at the median, shared equally where several are; else 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        no_bool(x, "median_cpu")
        if not x.size:
            return _missing(x)
        return _median(x.reshape(-1), 0, False)[0][0]


class NanmedianBackward0(MaxBackward1):
    """∂(median x, nan left out)/∂xᵢ = 1 at the median, shared equally; else 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        no_bool(x, "median_cpu")
        if not x.size:
            return _missing(x)
        return _median(x.reshape(-1), 0, True)[0][0]


class AmaxBackward0(Reduction):
    """∂(max x)/∂xᵢ = 1 at the largest, shared equally where several are; else 0"""

    saves = {"self": 0b1, "result": 0b1}
    reduce = staticmethod(np.maximum.reduce)
    label = "amax"

    def forward(self, x: Any, dim: Any, keepdim: bool) -> Any:
        axes = self.along(x, dim, keepdim)
        not_empty(x, axes if dim is not None and dim != () else None, self.label)
        return self.reduce(x, axis=axes, keepdims=keepdim)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        chosen = x == self.restored(result)
        return self.restored(grad) / count(chosen, self.axes, grad) * chosen


class AminBackward0(AmaxBackward0):
    """∂(min x)/∂xᵢ = 1 at the smallest, shared equally where several are; else 0"""

    reduce = staticmethod(np.minimum.reduce)
    label = "amin"


class Chosen(Node):
    """What operations share that choose elements along a dimension and say which they chose."""

    saves = {"self": 0, "values": 0, "indices": 0b1}
    constants: tuple[str, ...] = ("dim", "keepdim", "self_sym_sizes")
    dim: int
    keepdim: bool
    self_sym_sizes: Dims
    label = ""

    def along(self, x: Any, dim: int, keepdim: bool) -> int:
        """Remember the dimension, and return it counted from the front."""
        self.dim, self.keepdim, self.self_sym_sizes = dim, keepdim, x.shape
        return dimension(dim, x.ndim)

    def forward(self, x: Any, dim: int, keepdim: bool = False) -> Any:
        axis = self.along(x, dim, keepdim)
        not_empty(x, (axis,) if x.ndim else (), self.label)
        if not x.ndim:
            return x.copy(), np.int64(0)
        indices = self.places(x, axis)
        values = taken(x, indices, axis)
        if keepdim:
            return values, indices
        return values.squeeze(axis), indices.squeeze(axis)

    def places(self, x: Any, axis: int) -> Any:
        """The index of the chosen element, along `axis` of size 1."""
        raise NotImplementedError

    def backward(self, grad: Any, indices: Any) -> Any:
        sizes = self.self_sym_sizes
        if not self.keepdim and sizes:
            axis = dimension(self.dim, len(sizes))
            grad, indices = unsqueeze(grad, axis), unsqueeze(indices, axis)
        return scatter(new_zeros(grad, sizes), self.dim, indices, grad)


class MaxBackward0(Chosen):
    """∂(max x)/∂xᵢ = 1 at the largest along dim, else 0"""

    label = "max"

    def places(self, x: Any, axis: int) -> Any:
        return x.argmax(axis, keepdims=True)


class MinBackward0(Chosen):
    """∂(min x)/∂xᵢ = 1 at the smallest along dim, else 0"""

    label = "min"

    def places(self, x: Any, axis: int) -> Any:
        return x.argmin(axis, keepdims=True)


class MedianBackward1(Chosen):
    """∂(median x)/∂xᵢ = 1 at the median along dim, else 0"""

    label = "median"

    def places(self, x: Any, axis: int) -> Any:
        return _median(no_bool(x, "median_cpu"), axis, False)[1]


class NanmedianBackward1(Chosen):
    """∂(median x, nan left out)/∂xᵢ = 1 at the median along dim, else 0"""

    label = "nanmedian"

    def places(self, x: Any, axis: int) -> Any:
        return _median(no_bool(x, "median_cpu"), axis, True)[1]


class KthvalueBackward0(Chosen):
    """∂(k-th smallest)/∂xᵢ = 1 at the k-th smallest along dim, else 0"""

    def forward(self, x: Any, k: int, dim: int, keepdim: bool) -> Any:
        axis = self.along(x, dim, keepdim)
        size = x.shape[axis] if x.ndim else 1
        if x.ndim and not size:
            not_empty(x, (axis,), "kthvalue")
        if not 1 <= k <= size:
            raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
        if not x.ndim:
            return x.copy(), np.int64(0)
        indices = np.argsort(x, axis, kind="stable").take([k - 1], axis)
        values = np.take_along_axis(x, indices, axis)
        return (values, indices) if keepdim else (values.squeeze(axis), indices.squeeze(axis))


class SortBackward0(Chosen):
    """∂(sorted x)/∂x: each gradient back at the place that its element came from"""

    constants = ("dim", "self_sym_sizes")

    def forward(self, x: Any, dim: int, descending: bool) -> Any:
        axis = self.along(x, dim, True)
        if not x.ndim:
            return x.copy(), np.int64(0)
        indices = order(x, axis, descending)
        return np.take_along_axis(x, indices, axis), indices


class SortBackward1(SortBackward0):
    """∂(sorted x)/∂x: each gradient back at the place that its element came from"""


class TopkBackward0(Chosen):
    """∂(the k largest)/∂x: each gradient back at the place that its element came from"""

    constants = ("dim", "self_sym_sizes")

    def forward(self, x: Any, k: int, dim: int, largest: bool, sorted: bool) -> Any:
        axis = self.along(x, dim, True)
        if not 0 <= k <= (x.shape[axis] if x.ndim else 1):
            raise RuntimeError("selected index k out of range")
        if not x.ndim:
            return x.copy(), np.int64(0)
        indices = order(x, axis, largest).take(range(k), axis)
        return np.take_along_axis(x, indices, axis), indices


def order(x: Any, axis: int, descending: bool) -> Any:
    """The indices that sort `x`, stably; nan counts as the largest."""
    if not descending:
        return np.argsort(x, axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(backwards, axis)


def taken(x: Any, places: Any, axis: int) -> Any:
    """The elements at `places`, which are of size 1 along `axis`."""
    if axis != x.ndim - 1 or not x.flags.c_contiguous:
        return np.take_along_axis(x, places, axis)
    flat = places.reshape(-1) + np.arange(0, x.size, x.shape[-1])  # in a third of the time
    return x.reshape(-1)[flat].reshape(places.shape)


def largest(x: Any, axis: int) -> Any:
    """The largest element along `axis`, which keeps size 1; nan if there is one."""
    if axis != x.ndim - 1 or not x.flags.c_contiguous:
        return np.maximum.reduce(x, axis, keepdims=True)
    # numpy's maximum takes 80 ns to begin a row: of 8×64×64 elements 46 µs, and in this way 11.
    return taken(x, x.argmax(-1, keepdims=True), axis)


def _median(x: Any, axis: int, skip_nan: bool) -> tuple[Any, Any]:
    """The lower of the two middle elements, and where it stands; the first nan if there is one."""
    sorted_indices = np.argsort(x, axis, kind="stable")  # nan last
    numbers = np.sum(x == x, axis, keepdims=True)
    middle = (np.maximum(numbers, 1) - 1) // 2
    indices = np.take_along_axis(sorted_indices, middle, axis)
    if not skip_nan:
        first_nan = np.argmax(x != x, axis, keepdims=True)
        indices = np.where(numbers < x.shape[axis], first_nan, indices)
    return np.take_along_axis(x, indices, axis), indices


def _missing(x: Any) -> Any:
    """The median of nothing."""
    return x.dtype.type(np.nan) if x.dtype.kind == "f" else np.iinfo(x.dtype).min


def not_empty(x: Any, axes: Sequence[int] | None, name: str) -> None:
    """Raise if there is no element to choose."""
    if x.size:
        return
    if axes is None:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument."
        )
    for axis in axes:
        if not x.shape[axis]:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
