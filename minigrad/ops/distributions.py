"""Functions of the normal, the gamma and Bessel's distributions: what statistics and physics ask.

Each forward computes in float64 with a series where it converges fast, and rounds once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import exp, lift, log, log1p, masked_fill, power, sgn, times
from .special import digamma

_erfc_of_each = np.frompyfunc(math.erfc, 1, 1)
_lgamma_of_each = np.frompyfunc(math.lgamma, 1, 1)
NOT_YET = "the derivative for '{}' is not implemented."


def _doubles(x: Any) -> Any:
    return np.asarray(x, np.float64)


# -- Bessel's functions ----------------------------------------------------------------------------

_ANGLES = (np.arange(64) + 0.5) * (np.pi / 64)


def _scaled_bessel(x: Any, n: int) -> Any:
    """e^−|x|·Iₙ(x), n = 0 or 1: a mean of e^(x·cos θ)·cos nθ over a circle; far out a series."""
    z = np.abs(_doubles(x))
    near, far = np.minimum(z, 50.0)[..., None], np.maximum(z, 50.0)
    # The mean over points of a circle converges faster than any power of their number.
    cosines = np.cos(_ANGLES)
    half = np.exp(near * (cosines - 1)) * (1 if n == 0 else cosines)
    if n:  # opposite points in pairs, so that nothing cancels near 0
        half = np.exp(near * (np.abs(cosines) - 1)) * np.abs(cosines)
        half = half * -np.expm1(-2 * near * np.abs(cosines)) / 2
    inner = half.mean(-1)
    term = outer = np.ones_like(far)
    for k in range(1, 16):
        term = -term * (4 * n * n - (2 * k - 1) ** 2) / (8 * k * far)
        outer = outer + term
    out = np.where(z <= 50, inner, outer / np.sqrt(2 * np.pi * far))
    return np.where(np.isnan(z), z, out) if n == 0 else np.copysign(out, x)


def _bessel(n: int, scaled: bool) -> Any:
    def forward(x: Any) -> Any:
        out = _scaled_bessel(x, n)
        return np.asarray(out if scaled else out * np.exp(np.abs(_doubles(x))), x.dtype)

    return forward


i0, i0e = lift("i0", _bessel(0, False)), lift("_i0e", _bessel(0, True))
i1, i1e = lift("_i1", _bessel(1, False)), lift("_i1e", _bessel(1, True))


class I0Backward0(Node):
    """∂I₀(x)/∂x = I₁(x)"""

    saves = {"self": 0b1}
    forward = staticmethod(_bessel(0, False))

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * i1(x)


class SpecialI0EBackward0(Node):
    """∂(e^−|x|·I₀(x))/∂x = e^−|x|·(I₁(x) − sign(x)·I₀(x))"""

    saves = {"self": 0b1, "result": 0b1}
    forward = staticmethod(_bessel(0, True))

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return grad * (i1e(x) - sgn(x) * result)


class SpecialI1Backward0(Node):
    """∂I₁(x)/∂x = I₀(x) − I₁(x)/x, ½ at 0"""

    saves = {"self": 0b1, "result": 0b1}
    forward = staticmethod(_bessel(1, False))

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        slope = i0(x) - result / masked_fill(x, x == 0, 1)
        return grad * masked_fill(slope, x == 0, 0.5)


class SpecialI1EBackward0(Node):
    """∂(e^−|x|·I₁(x))/∂x = e^−|x|·(I₀(x) − I₁(x)·(sign(x) + 1/x)), ½ at 0"""

    saves = {"self": 0b1, "result": 0b1}
    forward = staticmethod(_bessel(1, True))

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        slope = i0e(x) - result * (sgn(x) + 1 / masked_fill(x, x == 0, 1))
        return grad * masked_fill(slope, x == 0, 0.5)


# -- the normal distribution -----------------------------------------------------------------------


def _erfcx(x: Any) -> Any:
    """e^x²·erfc(x), where erfc is too small for that by a series."""
    z = _doubles(x)
    near, far = np.minimum(z, 25.0), np.maximum(z, 25.0)
    inner = np.exp(near * near) * np.asarray(_erfc_of_each(near), np.float64)
    term = series = np.ones_like(far)
    for k in range(1, 10):
        term = -term * (2 * k - 1) / (2 * far * far)
        series = series + term
    return np.asarray(np.where(z <= 25, inner, series / (far * math.sqrt(math.pi))), x.dtype)


erfcx = lift("_erfcx", _erfcx)


class SpecialErfcxBackward0(Node):
    """∂(e^x²·erfc(x))/∂x = 2·x·result − 2/√π"""

    saves = {"self": 0b1, "result": 0b1}
    forward = staticmethod(_erfcx)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return grad * (times(x * result, 2.0) - 2 / math.sqrt(math.pi))


class SpecialLogNdtrBackward0(Node):
    """∂ln Φ(x)/∂x = √(2/π)/erfcx(−x/√2), for the normal distribution's Φ"""

    saves = {"self": 0b1, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        z = _doubles(x) * math.sqrt(0.5)
        low, high = np.minimum(z, -0.5), np.maximum(z, -0.5)
        below = np.log(_erfcx(-low) / 2) - low * low
        above = np.log1p(-np.asarray(_erfc_of_each(high), np.float64) / 2)
        return np.asarray(np.where(z < -0.5, below, above), x.dtype)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        return grad / erfcx(times(x, -math.sqrt(0.5))) * math.sqrt(2 / math.pi)


class SpecialNdtriBackward0(Node):
    """∂Φ⁻¹(p)/∂p = √(2π)·e^(result²/2), for the normal distribution's Φ"""

    saves = {"self": 0, "result": 0b1}

    @staticmethod
    def forward(p: Any) -> Any:
        z = _doubles(p)
        tail = np.clip(np.minimum(z, 1 - z), 1e-300, 0.5)
        t = np.sqrt(-2 * np.log(tail))
        x = -(t - (2.515517 + 0.802853 * t) / (1 + 1.432788 * t + 0.189269 * t * t))
        for _ in range(4):  # Newton's method, on ln Φ, which is nearly a parabola there
            phi = np.asarray(_erfc_of_each(-x * math.sqrt(0.5)), np.float64) / 2
            density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
            x = x - phi / density * np.log(phi / tail)
        x = np.where(z > 0.5, -x, x)
        x = np.where(z == 0.5, 0.0, np.where(z == 0, -np.inf, np.where(z == 1, np.inf, x)))
        return np.asarray(np.where((z >= 0) & (z <= 1), x, np.nan), p.dtype)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * times(exp(power(result, 2) / 2), math.sqrt(2 * math.pi))


class SpecialEntrBackward0(Node):
    """∂(−x·ln x)/∂x = −1 − ln x"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        inside = -x * np.log(np.where(x > 0, x, x.dtype.type(1)))
        out = np.where(x > 0, inside, np.where(x == 0, 0, -np.inf))
        return np.where(np.isnan(x), x, out).astype(x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * (-1 - log(x))


class SpecialXlog1PyBackward0(Node):
    """∂(x·ln(1 + y))/∂x = ln(1 + y), 0 where x is 0 and y ≤ −1,  ∂/∂y = x/(1 + y)"""

    saves = {"self": 0b11, "other": 0b11}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        out = x * np.log1p(x.dtype.type(y) if isinstance(y, (int, float)) else y)
        return np.where((x == 0) & ~np.isnan(y), 0, out).astype(out.dtype)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        to_x = to_x and grad * masked_fill(log1p(y), (x == 0) & (y <= -1), 0)
        return to_x, to_y and grad * x / (y + 1)


# -- the gamma function's kin ----------------------------------------------------------------------


def _zeta(x: Any, q: Any) -> Any:
    """Σ 1/(q + k)ˣ by its first terms, the rest by Euler and Maclaurin."""
    s, a = np.broadcast_arrays(_doubles(x), _doubles(q))
    whole = (a <= 0) & (a == np.floor(a))
    out = np.zeros(a.shape)
    for k in range(12):
        out = out + np.power(a + k, -s)
    w = a + 12
    out = out + np.power(w, 1 - s) / (s - 1) + np.power(w, -s) / 2
    factor = s.copy()
    for j, b in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        out = out + b / math.factorial(2 * j) * factor * np.power(w, 1 - s - 2 * j)
        factor = factor * (s + 2 * j - 1) * (s + 2 * j)
    out = np.where(s == 1, np.inf, np.where(whole, np.inf, out))
    wrong = (s < 1) | ((a <= 0) & ~whole & (s != np.floor(s)))
    return np.asarray(np.where(wrong, np.nan, out), x.dtype)


zeta = lift("_zeta", _zeta)


class SpecialZetaBackward0(Node):
    """∂ζ(x, q)/∂q = −x·ζ(x + 1, q); ∂/∂x is not implemented"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(_zeta)

    def backward(self, grad: Any, x: Any, q: Any) -> Any:
        to_x, to_q = self.to_x, self.to_y
        if to_x:
            raise NotImplementedError(NOT_YET.format("zeta"))
        return None, to_q and grad * -x * zeta(x + 1, q)


def _incomplete(a: Any, x: Any, upper: bool) -> Any:
    """P(a, x), or Q = 1 − P: below a + 1 by P's series, above by Q's continued fraction."""
    s, z = np.broadcast_arrays(_doubles(a), _doubles(x))
    good = (s > 0) & (z > 0) & np.isfinite(s) & np.isfinite(z)
    p, y = np.where(good, s, 1.0), np.where(good, z, 1.0)
    scale = np.exp(p * np.log(y) - y - np.asarray(_lgamma_of_each(p), np.float64))
    below = y < p + 1
    term = series = 1 / p
    u = np.where(below, y, 0.0)
    b = np.where(below, 1.0, y - p + 1)
    c, d = np.full(p.shape, 1e300), 1 / b
    fraction = d
    for k in range(1, 400 if p.size and max(p.max(), y.max()) < 1e4 else 4000):
        term = term * u / (p + k)
        series = series + term
        step = -k * (k - np.where(below, 0.0, p))
        b = b + 2
        d = 1 / (step * d + b)
        c = b + step / c
        fraction = fraction * d * c
    q = np.where(below, 1 - scale * series, scale * fraction)
    out = q if upper else np.where(below, scale * series, 1 - scale * fraction)
    # the ends: Γ counts all of it for x = ∞ or a = 0, nothing for x = 0 or a = ∞
    nothing, whole = (1.0, 0.0) if upper else (0.0, 1.0)
    out = np.where((z == 0) & (s > 0), nothing, np.where((s == 0) & (z > 0), whole, out))
    out = np.where(np.isinf(z) & np.isfinite(s), whole, out)
    out = np.where(np.isinf(s) & np.isfinite(z), nothing, out)
    wrong = (s < 0) | (z < 0) | np.isnan(s) | np.isnan(z) | ((s == 0) & (z == 0))
    return np.where(wrong | (np.isinf(s) & np.isinf(z)), np.nan, out).astype(a.dtype)


class IgammaBackward0(Node):
    """∂P(a, x)/∂x = e^((a − 1)·ln x − x − ln Γ(a)); ∂/∂a is not implemented"""

    saves = {"self": 0b11, "other": 0b11}
    sign, called = 1, "igamma"

    @staticmethod
    def forward(a: Any, x: Any) -> Any:
        return _incomplete(a, x, False)

    def backward(self, grad: Any, a: Any, x: Any) -> Any:
        to_a, to_x = self.to_x, self.to_y
        if to_a:
            raise NotImplementedError(NOT_YET.format(f"{self.called}: input"))
        return None, to_x and grad * times(exp((a - 1) * log(x) - x - lgamma(a)), self.sign)


class IgammacBackward0(IgammaBackward0):
    """∂Q(a, x)/∂x = −e^((a − 1)·ln x − x − ln Γ(a)); ∂/∂a is not implemented"""

    saves = {"self": 0b11, "other": 0b11}
    sign, called = -1, "igammac"

    @staticmethod
    def forward(a: Any, x: Any) -> Any:
        return _incomplete(a, x, True)


lgamma = lift("lgamma", lambda x: np.asarray(_lgamma_of_each(x), x.dtype))


class MvlgammaBackward0(Node):
    """∂ln Γₚ(x)/∂x = Σ ψ(x − j/2) for j = 0 … p − 1"""

    saves = {"self": 0b1}
    constants = ("p",)
    p: int

    def forward(self, x: Any, p: int) -> Any:
        self.p = p
        parts = [_lgamma_of_each(np.asarray(x - j / 2)) for j in range(p)]
        total = np.asarray(sum(parts), np.float64) + p * (p - 1) / 4 * math.log(math.pi)
        return np.asarray(total, x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sum([digamma(x - j / 2) for j in range(self.p)])


class FrexpBackward0(Node):
    """∂m/∂x = 2⁻ᵉ, for x = m·2ᵉ"""

    saves = {"self": 0, "mantissa": 0, "exponent": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        if x.dtype.kind != "f":
            raise RuntimeError("torch.frexp() only supports floating-point dtypes")
        mantissa, exponent = np.frexp(x)
        return mantissa, np.where(np.isfinite(x), exponent, 0).astype(np.int32)

    def backward(self, grad: Any, exponent: Any) -> Any:
        return grad / exp(times(exponent + grad * 0, math.log(2)))
