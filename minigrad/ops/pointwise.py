"""Operations element by element. `grad` is ∂L/∂result; each rule multiplies by a local derivative.

Broadcasting needs no word here: the engine sums each gradient to its input's shape.
``to_x and …`` leaves out a product that no input asks for.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .lift import (
    cos,
    cosh,
    erf,
    exp,
    floor_divide,
    isfinite,
    log,
    masked_fill,
    minus,
    number,
    over,
    plus,
    power,
    reciprocal,
    rsqrt,
    sgn,
    sigmoid,
    sigmoid_backward,
    sin,
    sinh,
    tanh_backward,
    threshold_backward,
    times,
    trunc_divide,
    where,
    xlogy,
    zeros,
)

_erfc = np.frompyfunc(math.erfc, 1, 1)


NO_BOOL_SUB = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
    "`logical_xor()` operator instead."
)
NO_BOOL_RSUB = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
    "invert a mask, use the `~` or `logical_not()` operator instead."
)
NO_BOOL_NEG = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a "
    "mask, use the `~` or `logical_not()` operator instead."
)


class AddBackward0(Node):
    """∂(x + α·y)/∂x = 1,  ∂(x + α·y)/∂y = α"""

    ufunc = np.add
    constants = ("alpha",)
    alpha = 1
    forward = staticmethod(operator.add)

    def backward(self, grad: Any) -> Any:
        return grad, grad if self.alpha == 1 else times(grad, self.alpha)


class SubBackward0(Node):
    """∂(x − α·y)/∂x = 1,  ∂(x − α·y)/∂y = −α"""

    ufunc = np.subtract
    constants = ("alpha",)
    alpha = 1
    no_bool = NO_BOOL_RSUB

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        try:
            return x - y
        except TypeError:  # numpy's only one here: bools
            raise RuntimeError(NO_BOOL_SUB) from None

    def backward(self, grad: Any) -> Any:
        to_y = self.to_y
        return grad, to_y and (-grad if self.alpha == 1 else times(-grad, self.alpha))


class AddBackward1(Node):
    """∂(x + c)/∂x = 1"""

    forward = staticmethod(operator.add)

    def backward(self, grad: Any) -> Any:
        return grad


class SubBackward1(AddBackward1):
    """∂(x − c)/∂x = 1"""

    forward = staticmethod(operator.sub)


class MulBackward1(Node):
    """∂(x·c)/∂x = c"""

    constants = ("other",)
    other: Any

    def forward(self, x: Any, other: Any) -> Any:
        self.other = other
        return x * other

    def backward(self, grad: Any) -> Any:
        return times(grad, self.other)


class DivBackward1(Node):
    """∂(x/c)/∂x = 1/c"""

    constants = ("other",)
    other: Any

    def forward(self, x: Any, other: Any) -> Any:
        self.other = other
        return x / other

    def backward(self, grad: Any) -> Any:
        return over(grad, self.other)


class RsubBackward0(Node):
    """∂(y − α·x)/∂x = −α,  ∂(y − α·x)/∂y = 1"""

    constants = ("alpha",)
    alpha: Any

    def forward(self, x: Any, y: Any, alpha: Any) -> Any:
        self.alpha = alpha
        return y - x * np.asarray(alpha).astype(x.dtype)

    def backward(self, grad: Any) -> Any:
        return -grad if self.alpha == 1 else times(-grad, self.alpha), grad


class RsubBackward1(Node):
    """∂(c − x)/∂x = −1"""

    def forward(self, x: Any, other: Any) -> Any:
        return other - x

    def backward(self, grad: Any) -> Any:
        return -grad


class MulBackward0(Node):
    """∂(x·y)/∂x = y,  ∂(x·y)/∂y = x"""

    ufunc = np.multiply
    saves = {"self": 0b10, "other": 0b01}
    forward = staticmethod(operator.mul)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        if self.inputs is not None and isinstance(grad, np.ndarray):
            (x_shape, _), (y_shape, _) = self.inputs
            return to_x and _towards(x_shape, grad, y), to_y and _towards(y_shape, grad, x)
        return to_x and grad * y, to_y and grad * x


def _towards(shape: tuple[int, ...], grad: Any, other: Any) -> Any:
    """grad·other, and for a 0-d factor its sum at once, in a quarter of the time when large."""
    return grad * other if shape or not grad.ndim else np.vdot(grad, other)


class DivBackward0(Node):
    """∂(x/y)/∂x = 1/y,  ∂(x/y)/∂y = −x/y²"""

    ufunc = np.divide
    saves = {"self": 0b10, "other": 0b11}
    forward = staticmethod(operator.truediv)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and grad / y, to_y and -grad * ((x / y) / y)


class NegBackward0(Node):
    """∂(−x)/∂x = −1"""

    @staticmethod
    def forward(x: Any) -> Any:
        try:
            return -x
        except TypeError:
            raise RuntimeError(NO_BOOL_NEG) from None

    def backward(self, grad: Any) -> Any:
        return -grad


class PowBackward0(Node):
    """∂xⁿ/∂x = n·xⁿ⁻¹"""

    saves = {"self": 0b1}
    constants = ("exponent",)
    exponent: float

    def forward(self, x: Any, exponent: float) -> Any:
        self.exponent = exponent
        return x.copy() if exponent == 1 else power(x, exponent)

    def backward(self, grad: Any, x: Any) -> Any:
        n = self.exponent
        return zeros(grad) if n == 0 else grad * times(power(x, n - 1), n)


class PowBackward1(Node):
    """∂xʸ/∂x = y·xʸ⁻¹,  ∂xʸ/∂y = xʸ·ln x"""

    saves = {"self": 0b11, "exponent": 0b11, "result": 0b11}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return x**y if x.dtype.kind == "f" else _whole_power(x, y)

    def backward(self, grad: Any, x: Any, y: Any, result: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return (
            to_x and where(y == 0, 0.0, grad * (y * x ** minus(y, 1))),
            # The limit at x = 0 is 0 for y ≥ 0, although ln 0 is not finite.
            to_y and grad * where((x == 0) & (y >= 0), x * 0.0, result * log(x)),
        )


class PowBackward2(Node):
    """∂cˣ/∂x = cˣ·ln c"""

    saves = {"exponent": 0b1, "result": 0b1}
    constants = ("self",)
    base: float

    def forward(self, x: Any, base: float) -> Any:
        self.base = base
        return base**x if x.dtype.kind == "f" else _whole_power(x.dtype.type(base), x)

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if self.base == 0:
            return grad * where(x >= 0, 0.0, times(result, -np.inf))
        return grad * times(result, float(np.log(self.base)))

    @property
    def _saved_self(self) -> float:
        return self.base


def _whole_power(x: Any, n: Any) -> Any:
    """A power of integers; a negative one is 0, unless the base is 1 or −1."""
    x, n = np.broadcast_arrays(x, n)
    _no_bool(n, "pow")
    positive = x ** np.abs(n)
    inverse = np.where(x == 1, 1, np.where(x == -1, positive, 0)).astype(positive.dtype)
    return np.where(n < 0, inverse, positive)


class ReciprocalBackward0(Node):
    """∂(1/x)/∂x = −1/x²"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.reciprocal)

    def backward(self, grad: Any, result: Any) -> Any:
        return -grad * (result * result)


class ExpBackward0(Node):
    """∂eˣ/∂x = eˣ"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.exp)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * result


class LogBackward0(Node):
    """∂(ln x)/∂x = 1/x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.log)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad / x


class Exp2Backward0(Node):
    """∂2ˣ/∂x = 2ˣ·ln 2"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.exp2)

    def backward(self, grad: Any, result: Any) -> Any:
        return times(grad * result, math.log(2))


class Expm1Backward0(Node):
    """∂(eˣ − 1)/∂x = eˣ"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.expm1)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * plus(result, 1)


class Log2Backward0(Node):
    """∂(log₂ x)/∂x = 1/(x·ln 2)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.log2)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad / times(x, math.log(2))


class Log10Backward0(Node):
    """∂(log₁₀ x)/∂x = 1/(x·ln 10)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.log10)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad / times(x, math.log(10))


class Log1PBackward0(Node):
    """∂ln(1 + x)/∂x = 1/(1 + x)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.log1p)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad / plus(x, 1)


class RsqrtBackward0(Node):
    """∂(1/√x)/∂x = −½·(1/√x)³"""

    saves = {"self": 0, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return 1 / np.sqrt(x)

    def backward(self, grad: Any, result: Any) -> Any:
        return times(grad, -0.5) * power(result, 3)


class ErfBackward0(Node):
    """∂erf(x)/∂x = 2/√π · e^(−x²)"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return erf(x)

    def backward(self, grad: Any, x: Any) -> Any:
        return times(exp(-power(x, 2)), 2 / math.sqrt(math.pi)) * grad


class ErfcBackward0(Node):
    """∂(1 − erf x)/∂x = −2/√π · e^(−x²)"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.array(_erfc(x), x.dtype)

    def backward(self, grad: Any, x: Any) -> Any:
        return times(exp(-power(x, 2)), -2 / math.sqrt(math.pi)) * grad


class SqrtBackward0(Node):
    """∂√x/∂x = 1/(2·√x)"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.sqrt)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad / times(result, 2)


class SinBackward0(Node):
    """∂(sin x)/∂x = cos x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.sin)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * cos(x)


class CosBackward0(Node):
    """∂(cos x)/∂x = −sin x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.cos)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * -sin(x)


class SinhBackward0(Node):
    """∂(sinh x)/∂x = cosh x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.sinh)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * cosh(x)


class CoshBackward0(Node):
    """∂(cosh x)/∂x = sinh x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.cosh)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sinh(x)


class TanBackward0(Node):
    """∂(tan x)/∂x = 1 + tan² x"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.tan)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * plus(power(result, 2), 1)


class AsinBackward0(Node):
    """∂(asin x)/∂x = 1/√(1 − x²)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arcsin)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * rsqrt(plus(-x * x, 1))


class AcosBackward0(Node):
    """∂(acos x)/∂x = −1/√(1 − x²)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arccos)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * -rsqrt(plus(-x * x, 1))


class AtanBackward0(Node):
    """∂(atan x)/∂x = 1/(1 + x²)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arctan)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad / plus(x * x, 1)


class AsinhBackward0(Node):
    """∂(asinh x)/∂x = 1/√(x² + 1)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arcsinh)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * rsqrt(plus(power(x, 2), 1))


class AcoshBackward0(Node):
    """∂(acosh x)/∂x = 1/√(x² − 1)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arccosh)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * rsqrt(minus(x * x, 1))


class AtanhBackward0(Node):
    """∂(atanh x)/∂x = 1/(1 − x²)"""

    saves = {"self": 0b1}
    forward = staticmethod(np.arctanh)

    def backward(self, grad: Any, x: Any) -> Any:
        return times(grad, 1) / (number(1, x) - power(x, 2))


class TanhBackward0(Node):
    """∂(tanh x)/∂x = 1 − tanh² x"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.tanh)

    def backward(self, grad: Any, result: Any) -> Any:
        return tanh_backward(grad, result)


class TanhBackwardBackward0(Node):
    """∂(g·(1 − y²))/∂g = 1 − y²,  ∂/∂y = −2·g·y"""

    saves = {"grad_output": 0b10, "output": 0b11}
    forward = staticmethod(tanh_backward)

    def backward(self, grad: Any, g: Any, y: Any) -> Any:
        to_g, to_y = self.to_x, self.to_y
        return to_g and tanh_backward(grad, y), to_y and grad * (times(y, -2) * g)


class SigmoidBackward0(Node):
    """∂σ(x)/∂x = σ(x)·(1 − σ(x))"""

    saves = {"self": 0, "result": 0b1}

    forward = staticmethod(sigmoid)

    def backward(self, grad: Any, result: Any) -> Any:
        return sigmoid_backward(grad, result)


class SigmoidBackwardBackward0(Node):
    """∂(g·y·(1 − y))/∂g = y·(1 − y),  ∂/∂y = g·(1 − 2·y)"""

    saves = {"grad_output": 0b10, "output": 0b11}
    forward = staticmethod(sigmoid_backward)

    def backward(self, grad: Any, g: Any, y: Any) -> Any:
        to_g, to_y = self.to_x, self.to_y
        return to_g and sigmoid_backward(grad, y), to_y and grad * g * (times(y, -2) + 1)


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
        return np.abs(_no_bool(x, "abs_cpu"))

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sgn(x)


class Step(Node):
    """∂/∂x = 0"""

    def backward(self, grad: Any) -> Any:
        return zeros(grad)


class Overwritten(Node):
    """∂/∂x = 0: what was there counts no longer"""

    def backward(self, grad: Any) -> Any:
        return tuple([zeros(grad) for _ in self.edges])


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
        return np.floor(x) if x.dtype.kind == "f" else _no_bool(x, "floor_vml_cpu").copy()


class CeilBackward0(Step):
    """∂⌈x⌉/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.ceil(x) if x.dtype.kind == "f" else _no_bool(x, "ceil_vml_cpu").copy()


class TruncBackward0(Step):
    """∂(x without its fraction)/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.trunc(x) if x.dtype.kind == "f" else _no_bool(x, "trunc_vml_cpu").copy()


class RoundBackward0(Step):
    """∂round(x)/∂x = 0"""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.rint(x) if x.dtype.kind == "f" else _no_bool(x, "round_vml_cpu").copy()


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


# -- division with remainder -----------------------------------------------------------------------


class DivBackward2(Node):
    """∂⌊x/y⌋ = 0 (rounded down, or toward 0)"""

    saves = {"self": 0b10, "other": 0b11}
    constants = ("rounding_mode",)
    rounding_mode: str

    @staticmethod
    def floor(x: Any, y: Any) -> Any:
        return _divided(np.floor_divide, x, y, "div_floor_cpu")

    @staticmethod
    def trunc(x: Any, y: Any) -> Any:
        if x.dtype.kind == "f":
            return np.trunc(x / y)
        floor = _divided(np.floor_divide, x, y, "div_trunc_cpu")
        return floor + ((floor * y != x) & ((x < 0) != (y < 0))).astype(x.dtype)

    def backward(self, grad: Any, *_: Any) -> Any:
        return zeros(grad), zeros(grad)


class DivFloorBackward(DivBackward2):
    """∂⌊x/y⌋ = 0"""

    rounding_mode = "floor"
    forward = staticmethod(DivBackward2.floor)


class DivTruncBackward(DivBackward2):
    """∂trunc(x/y) = 0"""

    rounding_mode = "trunc"
    forward = staticmethod(DivBackward2.trunc)


# Both roundings are the same node to torch.
DivFloorBackward.__name__ = DivTruncBackward.__name__ = "DivBackward2"


class RemainderBackward1(Node):
    """∂(x mod y)/∂x = 1,  ∂(x mod y)/∂y = −⌊x/y⌋"""

    saves = {"self": 0b10, "other": 0b10}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return _divided(_remainder, x, y, "remainder_cpu")

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_y = self.to_y
        return grad, to_y and -grad * floor_divide(x, y)


class RemainderBackward0(Node):
    """∂(x mod c)/∂x = 1"""

    forward = staticmethod(RemainderBackward1.forward)

    def backward(self, grad: Any) -> Any:
        return grad


class FmodBackward1(Node):
    """∂fmod(x, y)/∂x = 1,  ∂fmod(x, y)/∂y = −trunc(x/y)"""

    saves = {"self": 0b10, "other": 0b10}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return _divided(np.fmod, x, y, "fmod_cpu")

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_y = self.to_y
        return grad, to_y and -grad * trunc_divide(x, y)


class FmodBackward0(RemainderBackward0):
    """∂fmod(x, c)/∂x = 1"""

    forward = staticmethod(FmodBackward1.forward)


def _remainder(x: Any, y: Any) -> Any:
    """numpy's, but a remainder of 0 has the sign of x, as in torch."""
    rest = np.fmod(x, y)
    return np.where((rest != 0) & ((y < 0) != (rest < 0)), rest + y, rest)[()]


def _divided(divide: Any, x: Any, y: Any, name: str) -> Any:
    """A division that is not defined for bools, nor by an integer 0."""
    if x.dtype.kind == "f":
        return divide(x, y)
    x, y = np.broadcast_arrays(x, y)
    with np.errstate(all="ignore"):
        out = divide(_no_bool(x, name), y)
    if not y.all():
        raise RuntimeError("ZeroDivisionError")
    return out


def _no_bool(x: Any, name: str) -> Any:
    if x.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")
    return x


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


class CloneBackward0(Node):
    """∂x/∂x = 1"""

    def forward(self, x: Any, in_order: bool = False) -> Any:
        # A copy's strides are ordered as they were, but not where elements share their place.
        return x.copy("C" if in_order or 0 in x.strides else "K")

    def backward(self, grad: Any) -> Any:
        return grad


# -- of several operands ---------------------------------------------------------------------------


class Atan2Backward0(Node):
    """∂atan2(y, x)/∂y = x/(x² + y²),  ∂atan2(y, x)/∂x = −y/(x² + y²)"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.arctan2)

    def backward(self, grad: Any, y: Any, x: Any) -> Any:
        to_y, to_x = self.to_x, self.to_y
        square = y * y + x * x
        inverse = masked_fill(reciprocal(square), square == 0, 0)
        return to_y and grad * x * inverse, to_x and grad * -y * inverse


class HypotBackward0(Node):
    """∂√(x² + y²)/∂x = x/√(x² + y²),  ∂/∂y = y/√(x² + y²)"""

    saves = {"self": 0b01, "other": 0b10, "result": 0b11}
    forward = staticmethod(np.hypot)

    def backward(self, grad: Any, x: Any, y: Any, result: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and grad * x / result, to_y and grad * y / result


class LogaddexpBackward0(Node):
    """∂ln(eˣ + eʸ)/∂x = 1/(1 + eʸ⁻ˣ),  ∂/∂y = 1/(1 + eˣ⁻ʸ)"""

    saves = {"self": 0b11, "other": 0b11}
    forward = staticmethod(np.logaddexp)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and grad / plus(exp(y - x), 1), to_y and grad / plus(exp(x - y), 1)


class XlogyBackward0(Node):
    """∂(x·ln y)/∂x = ln y,  ∂(x·ln y)/∂y = x/y"""

    saves = {"self": 0b11, "other": 0b11}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return np.where((x == 0) & (y == y), x.dtype.type(0), x * np.log(y))

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return (
            to_x and masked_fill(xlogy(grad, y), (x == 0) & (y <= 0), 0),
            to_y and grad * x / y,
        )


class XlogyBackward2(Node):
    """∂(x·ln c)/∂x = ln c"""

    saves = {"self": 0b1}
    constants = ("other",)
    other: float

    def forward(self, x: Any, other: float) -> Any:
        self.other = other
        return XlogyBackward0.forward(x, x.dtype.type(other))

    def backward(self, grad: Any, x: Any) -> Any:
        sent = xlogy(grad, self.other)
        return sent if self.other > 0 else masked_fill(sent, x == 0, 0)


class LerpBackward0(Node):
    """∂(x + w·(y − x))/∂x = 1 − w,  ∂/∂y = w"""

    constants = ("weight",)
    weight: float

    def forward(self, x: Any, y: Any, weight: float) -> Any:
        self.weight = weight
        share = x.dtype.type(weight)
        return x + share * (y - x) if abs(weight) < 0.5 else y - (y - x) * (1 - share)

    def backward(self, grad: Any) -> Any:
        return times(grad, 1 - self.weight), times(grad, self.weight)


class LerpBackward1(Node):
    """∂(x + w·(y − x))/∂x = 1 − w,  ∂/∂y = w,  ∂/∂w = y − x"""

    saves = {"self": 0b100, "end": 0b100, "weight": 0b011}

    @staticmethod
    def forward(x: Any, y: Any, weight: Any) -> Any:
        near = np.abs(weight) < 0.5  # from the nearer end, as torch does
        return np.where(near, x + weight * (y - x), y - (y - x) * (1 - weight))

    def backward(self, grad: Any, x: Any, y: Any, weight: Any) -> Any:
        to_x, to_y, to_weight = self.edges
        return (
            to_x and grad * (number(1, weight) - weight),
            to_y and grad * weight,
            to_weight and grad * (y - x),
        )


class AddcmulBackward0(Node):
    """∂(x + c·a·b)/∂x = 1,  ∂/∂a = c·b,  ∂/∂b = c·a"""

    saves = {"self": 0, "tensor1": 0b100, "tensor2": 0b010}
    constants = ("value",)
    value: Any

    def forward(self, x: Any, a: Any, b: Any, value: Any) -> Any:
        self.value = value
        return x + x.dtype.type(value) * a * b

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        _, to_a, to_b = self.edges
        return grad, to_a and grad * times(b, self.value), to_b and grad * times(a, self.value)


class AddcdivBackward0(Node):
    """∂(x + c·a/b)/∂x = 1,  ∂/∂a = c/b,  ∂/∂b = −c·a/b²"""

    saves = {"self": 0, "tensor1": 0b100, "tensor2": 0b110}
    constants = ("value",)
    value: Any

    def forward(self, x: Any, a: Any, b: Any, value: Any) -> Any:
        self.value = value
        return x + x.dtype.type(value) * (a / b)

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        _, to_a, to_b = self.edges
        return (
            grad,
            to_a and grad * (number(self.value, b) / b),
            to_b and -grad * (times(a, self.value) / (b * b)),
        )


class NanToNumBackward0(Node):
    """∂/∂x = 1 where x is finite, else 0"""

    saves = {"self": 0b1}

    @staticmethod
    def forward(x: Any, nan: float | None, posinf: float | None, neginf: float | None) -> Any:
        return np.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * isfinite(x)


def refusing(name: str, space: str = "aten::") -> type[Node]:
    """A node for an operation that torch cannot differentiate: it says so when it is to run."""

    def backward(self: Node, grad: Any) -> Any:
        raise RuntimeError(f"derivative for {space}{name} is not implemented")

    members = {
        "__doc__": f"{name} has no derivative",
        "qualifier": "torch::autograd::",
        "backward": backward,
    }
    return type("NotImplemented", (Node,), members)


FloorDivide = refusing("floor_divide")
FloorDivide.forward = staticmethod(DivBackward2.floor)  # type: ignore[method-assign, assignment]
RemainderOfNumber = refusing("remainder")
RemainderOfNumber.forward = staticmethod(RemainderBackward1.forward)  # type: ignore[method-assign, assignment]
