"""More functions of elements: of angles, signs and bits, of probabilities; the gamma function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .again import one_node
from .lift import (
    cat,
    cos,
    exp,
    lift,
    log,
    masked_fill,
    power,
    rounded_once,
    sigmoid,
    sin,
    tanh,
    times,
    where,
    zeros,
)
from .undefined import refusing


class Deg2RadBackward0(Node):
    """∂(x·π/180)/∂x = π/180"""

    @staticmethod
    def forward(x: Any) -> Any:
        return x * x.dtype.type(math.pi / 180)

    def backward(self, grad: Any) -> Any:
        return times(grad, math.pi / 180)


class Rad2DegBackward0(Node):
    """∂(x·180/π)/∂x = 180/π"""

    @staticmethod
    def forward(x: Any) -> Any:
        return x * x.dtype.type(180 / math.pi)

    def backward(self, grad: Any) -> Any:
        return times(grad, 180 / math.pi)


class CopysignBackward0(Node):
    """∂(|x| with y's sign)/∂x = ±1, 0 where x = 0,  ∂/∂y = 0"""

    saves = {"self": 0b01, "other": 0, "result": 0b01}
    forward = staticmethod(np.copysign)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and masked_fill(grad * (result / x), x == 0, 0), to_y and zeros(grad)


class CopysignBackward1(Node):
    """∂(|x| with c's sign)/∂x = ±1, 0 where x = 0"""

    saves = {"self": 0b1, "result": 0b1}

    @staticmethod
    def forward(x: Any, other: Any) -> Any:
        return np.copysign(x, x.dtype.type(other))

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return masked_fill(grad * (result / x), x == 0, 0)


class FmaxBackward0(Node):
    """∂fmax(x, y)/∂x = 1 where x ≥ y or y is nan,  ∂/∂y = 1 elsewhere"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.fmax)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        first = (x >= y) | (y != y)
        return to_x and masked_fill(grad, first == 0, 0), to_y and masked_fill(grad, first, 0)


class FminBackward0(Node):
    """∂fmin(x, y)/∂x = 1 where x ≤ y or y is nan,  ∂/∂y = 1 elsewhere"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.fmin)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        first = (x <= y) | (y != y)
        return to_x and masked_fill(grad, first == 0, 0), to_y and masked_fill(grad, first, 0)


class LdexpBackward0(Node):
    """∂(x·2ⁿ)/∂x = 2ⁿ,  ∂/∂n = x·2ⁿ·ln 2"""

    saves = {"self": 0, "other": 0b01, "result": 0b10}

    @staticmethod
    def forward(x: Any, n: Any) -> Any:
        return x * np.exp2(n)

    def backward(self, grad: Any, n: Any, result: Any) -> Any:
        to_x, to_n = self.to_x, self.to_y
        return (
            to_x and grad * exp(times(n, math.log(2))),
            to_n and grad * times(result, math.log(2)),
        )


class Logaddexp2Backward0(Node):
    """∂log₂(2ˣ + 2ʸ)/∂x = 1/(1 + 2ʸ⁻ˣ),  ∂/∂y = 1/(1 + 2ˣ⁻ʸ)"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.logaddexp2)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        distance = times(x - y, math.log(2))
        return to_x and grad * sigmoid(distance), to_y and grad * sigmoid(-distance)


class LogitBackward0(Node):
    """∂ln(x/(1 − x))/∂x = 1/(x·(1 − x)); with ε, 0 outside [ε, 1 − ε]"""

    saves = {"self": 0b1}
    constants = ("eps",)
    eps: float | None

    def forward(self, x: Any, eps: float | None = None) -> Any:
        self.eps = eps
        if eps is not None:
            x = np.clip(x, x.dtype.type(eps), x.dtype.type(1 - eps))
        return np.log(x / (1 - x))

    def backward(self, grad: Any, x: Any) -> Any:
        low, outside = (0.0, np.nan) if self.eps is None else (self.eps, 0.0)
        within = (x >= low) & (x <= 1 - low)
        return where(within, grad / (x * (1 - x)), outside)


class AngleBackward0(Node):
    """∂(π where x < 0, else 0)/∂x = 0"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.where(np.isnan(x), x, np.where(x < 0, np.pi, 0)).astype(x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return zeros(grad)


class SincBackward0(Node):
    """∂(sin(πx)/(πx))/∂x = (cos(πx) − sin(πx)/(πx))/x, 0 at 0"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.sinc(x).astype(x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        angle = times(x, math.pi)
        square = times(x * x, math.pi)
        slope = (angle * cos(angle) - sin(angle)) / square
        return grad * masked_fill(slope, square == 0, 0)


# -- the gamma function and the error function's inverse -------------------------------------------


def _digamma(x: Any) -> Any:
    """ψ(x): by ψ(x) = ψ(x + 1) − 1/x up to where its asymptotic series converges fast."""
    x = np.asarray(x)
    z = x.astype(np.float64)
    mirrored = z < 0
    y = np.where(mirrored, 1 - z, z)
    out = np.zeros_like(y)
    for _ in range(10):
        small = y < 10
        out -= np.where(small, 1 / np.where(small, y, 1), 0)
        y = y + small
    inverse = 1 / (y * y)
    series = 0.0
    for c in (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12):
        series = (series + c) * inverse
    out += np.log(y) - 0.5 / y - series
    out -= np.where(mirrored, np.pi / np.tan(np.pi * (z - np.floor(z))), 0)
    out = np.where(z == 0, np.copysign(np.inf, -z), out)
    return np.where((z < 0) & (z == np.floor(z)), np.nan, out).astype(x.dtype)


def _polygamma(x: Any, n: int) -> Any:
    """ψ⁽ⁿ⁾(x) for n ≥ 1, by its series with the tail by Euler and Maclaurin; of negative x only for
    n = 1, by ψ′(x) + ψ′(1 − x) = π²/sin²(πx), where sin has the rounding of x's dtype, as in torch.
    """
    x = np.asarray(x)
    if n == 1 and (x < 0.5).any():
        mirrored = np.square(np.pi / np.sin(x.dtype.type(np.pi) * x).astype(np.float64))
        beyond = _polygamma(np.where(x < 0.5, 1 - x, x), 1)
        return np.where(x < 0.5, mirrored - beyond, beyond).astype(x.dtype)
    z = x.astype(np.float64)
    out = np.zeros_like(z)
    for k in range(20):
        out = out + (z + k) ** -(n + 1.0)
    y = z + 20
    out = out + y ** -float(n) / n + 0.5 * y ** -(n + 1.0)
    factor = n + 1.0
    for j, b in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66), 1):
        out = out + b / math.factorial(2 * j) * factor * y ** -(n + 2.0 * j)
        factor *= (n + 2 * j) * (n + 2 * j + 1)
    return ((-1) ** (n + 1) * math.factorial(n) * out).astype(x.dtype)


def _lgamma_of(x: float) -> float:
    if x != x:
        return x
    return math.inf if x in (math.inf, -math.inf) or (x <= 0 and x == int(x)) else math.lgamma(x)


_lgamma_of_each = np.frompyfunc(_lgamma_of, 1, 1)
digamma = lift("digamma", _digamma)
polygamma = lift("_polygamma", _polygamma)


class LgammaBackward0(Node):
    """∂ln Γ(x)/∂x = ψ(x)"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.array(_lgamma_of_each(x), x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * digamma(x)


class DigammaBackward0(Node):
    """∂ψ(x)/∂x = ψ⁽¹⁾(x)"""

    saves = {"self": 0b1}
    forward = staticmethod(_digamma)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * polygamma(x, 1)


class PolygammaBackward0(Node):
    """∂ψ⁽ⁿ⁾(x)/∂x = ψ⁽ⁿ⁺¹⁾(x)"""

    saves = {"self": 0b1}
    constants = ("n",)
    n: int

    def forward(self, x: Any, n: int) -> Any:
        self.n = n
        return _digamma(x) if n == 0 else _polygamma(x, n)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * polygamma(x, self.n + 1)


def _erfinv(y: Any) -> Any:
    """The inverse of erf: a good guess, and three steps of Newton's method."""
    y = np.asarray(y)
    z = y.astype(np.float64)
    w = np.log1p(-z * z)
    a = 2 / (np.pi * 0.147) + w / 2
    x = np.copysign(np.sqrt(np.sqrt(a * a - w / 0.147) - a), z)
    for _ in range(3):
        error = np.array(_erf_of_each(x), np.float64) - z
        slope = 2 / math.sqrt(math.pi) * np.exp(-x * x)
        x = np.where(np.abs(z) < 1, x - error / slope, x)
    x = np.where(np.abs(z) == 1, np.copysign(np.inf, z), x)
    return np.where(np.abs(z) > 1, np.nan, x).astype(y.dtype)


_erf_of_each = np.frompyfunc(math.erf, 1, 1)
erfinv = lift("erfinv", _erfinv)


class ErfinvBackward0(Node):
    """∂erf⁻¹(x)/∂x = √π/2 · e^(erf⁻¹(x)²)"""

    saves = {"self": 0b1}
    forward = staticmethod(_erfinv)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * times(exp(power(erfinv(x), 2)), math.sqrt(math.pi) / 2)


# -- activations -----------------------------------------------------------------------------------


class HardswishBackward0(Node):
    """∂(x·clamp(x + 3, 0, 6)/6)/∂x = 0 for x ≤ −3, x/3 + ½ between, 1 for x ≥ 3"""

    saves = {"self": 0b1}

    @staticmethod
    @rounded_once
    def forward(x: Any) -> Any:
        return x * np.clip(x + 3, 0, 6) / 6

    @one_node("HardswishBackwardBackward0", "self")
    def backward(self, grad: Any, x: Any) -> Any:
        return where(x < -3, 0, where(x < 3, grad * (times(x, 1 / 3) + 0.5), grad))


class HardsigmoidBackward0(Node):
    """∂(clamp(x + 3, 0, 6)/6)/∂x = 1/6 where −3 < x < 3, else 0"""

    saves = {"self": 0b1}

    @staticmethod
    @rounded_once
    def forward(x: Any) -> Any:
        return np.clip(x + 3, 0, 6) / 6

    def backward(self, grad: Any, x: Any) -> Any:
        sixth = float(np.float32(1 / 6))  # torch's, for all dtypes
        return where((x > -3) & (x < 3), times(grad, sixth), 0)


class MishBackward0(Node):
    """∂(x·t)/∂x = t + x·σ(x)·(1 − t²), where t = tanh(ln(1 + eˣ))"""

    saves = {"self": 0b1}

    @staticmethod
    @rounded_once
    def forward(x: Any) -> Any:
        return x * np.tanh(np.logaddexp(x, x.dtype.type(0)))

    def backward(self, grad: Any, x: Any) -> Any:
        t = tanh(log(1 + exp(-x)) + x)
        return grad * (t + x * sigmoid(x) * (1 - t * t))


class HardshrinkBackward0(Node):
    """∂/∂x = 1 where |x| > λ, else 0"""

    saves = {"self": 0b1}
    constants = ("lambd",)
    lambd: float

    def forward(self, x: Any, lambd: float) -> Any:
        self.lambd = lambd
        return np.where((x >= -lambd) & (x <= lambd), 0, x).astype(x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return where((x >= -self.lambd) & (x <= self.lambd), 0, grad)


class SoftshrinkBackward0(HardshrinkBackward0):
    """∂(x moved by λ toward 0)/∂x = 1 where |x| > λ, else 0"""

    def forward(self, x: Any, lambd: float) -> Any:
        self.lambd = lambd
        moved = np.where(x > lambd, x - lambd, np.where(x < -lambd, x + lambd, 0 * x))
        return moved.astype(x.dtype)


class PreluKernelBackward0(Node):
    """∂prelu(x, w)/∂x = 1 where x > 0, else w,  ∂/∂w = x where x < 0, else 0"""

    saves = {"self": 0b11, "weight": 0b01}

    @staticmethod
    def forward(x: Any, weight: Any) -> Any:
        return np.where(x > 0, x, weight * x)

    def backward(self, grad: Any, x: Any, weight: Any = None) -> Any:
        to_x, to_weight = self.to_x, self.to_y
        return (
            to_x and where(x > 0, grad, grad * weight),
            to_weight and where(x > 0, 0.0, grad * x),
        )


class GluBackward0(Node):
    """∂(a·σ(b))/∂a = σ(b),  ∂(a·σ(b))/∂b = a·σ(b)·(1 − σ(b))"""

    saves = {"self": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        a, b = np.split(x, 2, dim)
        return a / (1 + np.exp(-b))

    def backward(self, grad: Any, x: Any) -> Any:
        half = x.shape[self.dim] // 2
        at = [slice(None)] * x.ndim
        a, b = (x[(*at[: self.dim], part)] for part in (slice(half), slice(half, None)))
        s = sigmoid(b)
        return cat([grad * s, grad * a * s * (1 - s)], self.dim)


class NextafterBackward0(Node):
    """∂(the number next to x, toward y)/∂x = 1 where x ≠ y,  ∂/∂y = 0"""

    saves = {"self": 0b01, "other": 0b01}
    forward = staticmethod(np.nextafter)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and where(x == y, 0, grad), to_y and zeros(grad)


Heaviside = refusing("heaviside")


def heaviside(x: Any, values: Any) -> Any:
    return np.where(x == 0, values, (x > 0).astype(x.dtype))


Heaviside.forward = staticmethod(heaviside)  # type: ignore[method-assign, assignment]
