"""Functions that are straight on each piece: bends, steps, the larger, the smaller, the chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .lift import isfinite, masked_fill, over, sgn, threshold_backward, where, zeros
from .undefined import no_bool


class ReluBackward0(Node):
    """∂relu(x)/∂x = 1 where x > 0, else 0"""

    saves = {"self": 0, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        if x.dtype.kind == "b":
            raise RuntimeError("Boolean inputs not supported for relu")
        return np.maximum(x, 0)

    def backward(self, grad: Any, result: Any) -> Any:
        return threshold_backward(grad, result, 0)


class ByPieces(Node):
    """∂(g·slope(x))/∂g = slope(x),  ∂/∂x = 0: the slope is constant on each piece"""

    saves = {"grad_output": 0, "self": 0b01}
    settings: tuple[Any, ...]
    again: Any  # how g is multiplied, on arrays and on tensors

    def forward(self, g: Any, x: Any, *settings: Any) -> Any:
        self.settings = settings
        return self.again(g, x, *settings)

    def backward(self, grad: Any, x: Any) -> Any:
        to_g, to_x = self.to_x, self.to_y
        return to_g and self.again(grad, x, *self.settings), to_x and zeros(grad)


class ThresholdBackwardBackward0(ByPieces):
    """∂(g where x > the threshold, else 0)/∂g = 1 there,  ∂/∂x = 0"""

    again = staticmethod(threshold_backward)

    @property
    def _saved_threshold(self) -> float:
        return self.settings[0]


# -- steps: constant almost everywhere, so that no gradient comes through --------------------------


class AbsBackward0(Node):
    """∂|x|/∂x = sign x"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.abs(no_bool(x, "abs_cpu"))

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sgn(x)


class Step(Node):
    """∂/∂x = 0"""

    def backward(self, grad: Any) -> Any:
        return zeros(grad)


class SignBackward0(Step):
    """∂(sign x)/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return x.copy() if x.dtype.kind == "b" else np.where(x != x, 0, np.sign(x))


class SgnBackward0(Node):
    """∂(sign x)/∂x = 0"""

    saves = {"self": 0b1, "result": 0b1}
    forward = staticmethod(SignBackward0.forward)

    def backward(self, grad: Any, *_: Any) -> Any:
        return zeros(grad)


class FloorBackward0(Step):
    """∂⌊x⌋/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.floor(x) if x.dtype.kind == "f" else no_bool(x, "floor_vml_cpu").copy()


class CeilBackward0(Step):
    """∂⌈x⌉/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.ceil(x) if x.dtype.kind == "f" else no_bool(x, "ceil_vml_cpu").copy()


class TruncBackward0(Step):
    """∂(x without its fraction)/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.trunc(x) if x.dtype.kind == "f" else no_bool(x, "trunc_vml_cpu").copy()


class RoundBackward0(Step):
    """∂round(x)/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.rint(x) if x.dtype.kind == "f" else no_bool(x, "round_vml_cpu").copy()


class RoundBackward1(Step):
    """∂round(x)/∂x = 0"""

    def forward(self, x: Any, decimals: int) -> Any:
        if x.dtype.kind != "f":
            kind = dtypes.from_numpy(x.dtype).scalar_type
            raise NotImplementedError(f"\"round_cpu\" not implemented for '{kind}'")
        scale = x.dtype.type(10.0 ** abs(decimals))
        return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


class FracBackward0(Node):
    """∂(the fraction of x)/∂x = 1"""

    @staticmethod
    def forward(x: Any) -> Any:
        if x.dtype.kind != "f":
            kind = dtypes.from_numpy(x.dtype).scalar_type
            raise NotImplementedError(f"\"frac_cpu\" not implemented for '{kind}'")
        return x - np.trunc(x)

    def backward(self, grad: Any) -> Any:
        return grad


# -- the larger, the smaller, the chosen -----------------------------------------------------------


class MaximumBackward0(Node):
    """∂max(x, y)/∂x = 1 where x > y, ½ where equal;  ∂/∂y = 1 where y > x, ½ where equal"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.maximum)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        shared = where(x == y, over(grad, 2), grad)
        return to_x and masked_fill(shared, x < y, 0), to_y and masked_fill(shared, x > y, 0)


class MinimumBackward0(Node):
    """∂min(x, y)/∂x = 1 where x < y, ½ where equal;  ∂/∂y = 1 where y < x, ½ where equal"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.minimum)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        shared = where(x == y, over(grad, 2), grad)
        return to_x and masked_fill(shared, x > y, 0), to_y and masked_fill(shared, x < y, 0)


class ClampBackward1(Node):
    """∂clamp(x, a, b)/∂x = 1 where a ≤ x ≤ b, else 0"""

    saves = {"self": 0b1}
    constants = ("min", "max")
    min: Any
    max: Any

    def forward(self, x: Any, min: Any, max: Any) -> Any:
        self.min, self.max = min, max
        return _clamped(x, min, max)

    def backward(self, grad: Any, x: Any) -> Any:
        return where(_inside(x, self.min, self.max), grad, 0)


class ClampMinBackward0(Node):
    """∂max(x, a)/∂x = 1 where x ≥ a, else 0"""

    saves = {"self": 0b1}
    constants = ("min",)
    min: Any

    def forward(self, x: Any, min: Any) -> Any:
        self.min = min
        return _clamped(x, min, None)

    def backward(self, grad: Any, x: Any) -> Any:
        return where(x >= self.min, grad, 0)


class ClampMaxBackward0(Node):
    """∂min(x, b)/∂x = 1 where x ≤ b, else 0"""

    saves = {"self": 0b1}
    constants = ("max",)
    max: Any

    def forward(self, x: Any, max: Any) -> Any:
        self.max = max
        return _clamped(x, None, max)

    def backward(self, grad: Any, x: Any) -> Any:
        return where(x <= self.max, grad, 0)


class ClampMinBackward1(Node):
    """∂max(x, a)/∂x = 1 where x ≥ a,  ∂/∂a = 1 where x < a"""

    saves = {"self": 0b11, "min": 0b11}
    forward = staticmethod(np.maximum)

    def backward(self, grad: Any, x: Any, low: Any) -> Any:
        to_x, to_low = self.to_x, self.to_y
        return to_x and where(x >= low, grad, 0), to_low and where(x < low, grad, 0)


class ClampMaxBackward1(Node):
    """∂min(x, b)/∂x = 1 where x ≤ b,  ∂/∂b = 1 where x > b"""

    saves = {"self": 0b11, "max": 0b11}
    forward = staticmethod(np.minimum)

    def backward(self, grad: Any, x: Any, high: Any) -> Any:
        to_x, to_high = self.to_x, self.to_y
        return to_x and where(x <= high, grad, 0), to_high and where(x > high, grad, 0)


class ClampBackward0(Node):
    """∂clamp(x, a, b)/∂x = 1 where a ≤ x ≤ b;  ∂/∂a = 1 where x < a < b;  ∂/∂b = 1 where x > b or
    a > b"""

    saves = {"self": 0b111, "min": 0b111, "max": 0b111}

    @staticmethod
    def forward(x: Any, low: Any, high: Any) -> Any:
        return np.minimum(np.maximum(x, low), high)

    def backward(self, grad: Any, x: Any, low: Any, high: Any) -> Any:
        to_x, to_low, to_high = self.edges
        return (
            to_x and where((x >= low) & (x <= high), grad, 0),
            to_low and where((low < high) & (x < low), grad, 0),
            to_high and where((x > high) | (high < low), grad, 0),
        )


def highest(kind: np.dtype[Any]) -> Any:
    """The largest value of a dtype."""
    if kind.kind == "b":
        return np.bool_(True)
    return kind.type(np.inf if kind.kind == "f" else np.iinfo(kind).max)


def lowest(kind: np.dtype[Any]) -> Any:
    """The smallest value of a dtype."""
    if kind.kind == "b":
        return np.bool_(False)
    return kind.type(-np.inf if kind.kind == "f" else np.iinfo(kind).min)


def _clamped(x: Any, low: Any, high: Any) -> Any:
    x = x if low is None else np.maximum(x, dtypes.to_number(low, dtypes.from_numpy(x.dtype)))
    return x if high is None else np.minimum(x, dtypes.to_number(high, dtypes.from_numpy(x.dtype)))


def _inside(x: Any, low: Any, high: Any) -> Any:
    if low is None or high is None:
        return x <= high if low is None else x >= low
    return (x >= low) & (x <= high)


class WhereBackward0(Node):
    """∂where(c, x, y)/∂x = 1 where c,  ∂where(c, x, y)/∂y = 1 where not c"""

    saves = {"self": 0, "other": 0, "condition": 0b11}

    def forward(self, x: Any, y: Any, condition: Any) -> Any:
        out = np.where(condition, x, y)
        if not x.shape == y.shape == out.shape:
            self.fit_to(x, y)
        return out

    def backward(self, grad: Any, condition: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and where(condition, grad, 0), to_y and where(condition, 0, grad)


class NanToNumBackward0(Node):
    """∂/∂x = 1 where x is finite, else 0"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any, nan: float | None, posinf: float | None, neginf: float | None) -> Any:
        return np.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * isfinite(x)
