"""Powers of e, logarithms, roots, angles and their kin, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import (
    cos,
    cosh,
    erf,
    exp,
    masked_fill,
    minus,
    number,
    plus,
    power,
    reciprocal,
    rsqrt,
    sigmoid,
    sigmoid_backward,
    sin,
    sinh,
    tanh_backward,
    times,
    xlogy,
)

_erfc = np.frompyfunc(math.erfc, 1, 1)


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


# -- of two numbers --------------------------------------------------------------------------------


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
