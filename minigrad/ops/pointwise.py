"""Operations element by element. `grad` is ∂L/∂result; each rule multiplies by a local derivative.

Broadcasting needs no word here: the engine sums each gradient to its input's shape.
``to_x and …`` leaves out a product that no input asks for.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .lift import cos, cosh, log, power, sign, sin, sinh, where


class AddBackward0(Node):
    """∂(x + α·y)/∂x = 1,  ∂(x + α·y)/∂y = α"""

    constants = ("alpha",)
    alpha = 1
    forward = staticmethod(operator.add)

    def backward(self, grad: Any) -> Any:
        return grad, grad if self.alpha == 1 else grad * self.alpha


class SubBackward0(Node):
    """∂(x − α·y)/∂x = 1,  ∂(x − α·y)/∂y = −α"""

    constants = ("alpha",)
    alpha = 1
    forward = staticmethod(operator.sub)

    def backward(self, grad: Any) -> Any:
        to_x, to_y = self.edges
        return grad, to_y and (-grad if self.alpha == 1 else -grad * self.alpha)


class RsubBackward1(Node):
    """∂(c − x)/∂x = −1"""

    def forward(self, x: Any, other: Any) -> Any:
        return other - x

    def backward(self, grad: Any) -> Any:
        return -grad


class MulBackward0(Node):
    """∂(x·y)/∂x = y,  ∂(x·y)/∂y = x"""

    saves = {"self": 0b10, "other": 0b01}
    forward = staticmethod(operator.mul)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.edges
        return to_x and grad * y, to_y and grad * x


class DivBackward0(Node):
    """∂(x/y)/∂x = 1/y,  ∂(x/y)/∂y = −x/y²"""

    saves = {"self": 0b10, "other": 0b11}
    forward = staticmethod(operator.truediv)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.edges
        return to_x and grad / y, to_y and -grad * ((x / y) / y)


class NegBackward0(Node):
    """∂(−x)/∂x = −1"""

    forward = staticmethod(operator.neg)

    def backward(self, grad: Any) -> Any:
        return -grad


class PowBackward0(Node):
    """∂xⁿ/∂x = n·xⁿ⁻¹"""

    saves = {"self": 0b1}
    constants = ("exponent",)
    exponent: float

    def forward(self, x: Any, exponent: float) -> Any:
        self.exponent = exponent
        return power(x, exponent)

    def backward(self, grad: Any, x: Any) -> Any:
        n = self.exponent
        return grad * 0.0 if n == 0 else grad * (n * power(x, n - 1))


class PowBackward1(Node):
    """∂xʸ/∂x = y·xʸ⁻¹,  ∂xʸ/∂y = xʸ·ln x"""

    saves = {"self": 0b11, "exponent": 0b11, "result": 0b10}
    forward = staticmethod(operator.pow)

    def backward(self, grad: Any, x: Any, y: Any, result: Any) -> Any:
        to_x, to_y = self.edges
        return (
            to_x and where(y == 0, grad * 0.0, grad * (y * x ** (y - 1))),
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
        return base**x

    def backward(self, grad: Any, x: Any, result: Any) -> Any:
        if self.base == 0:
            return grad * where(x >= 0, x * 0.0, result * -np.inf)
        return grad * (result * float(np.log(self.base)))

    @property
    def _saved_self(self) -> float:
        return self.base


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


class SqrtBackward0(Node):
    """∂√x/∂x = 1/(2·√x)"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.sqrt)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad / (2 * result)


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


class TanhBackward0(Node):
    """∂(tanh x)/∂x = 1 − tanh² x"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.tanh)

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * (1 - result * result)


class SigmoidBackward0(Node):
    """∂σ(x)/∂x = σ(x)·(1 − σ(x))"""

    saves = {"self": 0, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return 1 / (1 + np.exp(-x))

    def backward(self, grad: Any, result: Any) -> Any:
        return grad * ((1 - result) * result)


class ReluBackward0(Node):
    """∂relu(x)/∂x = 1 where x > 0, else 0"""

    saves = {"self": 0, "result": 0b1}

    @staticmethod
    def forward(x: Any) -> Any:
        return np.maximum(x, 0)

    def backward(self, grad: Any, result: Any) -> Any:
        return where(result > 0, grad, 0)


class AbsBackward0(Node):
    """∂|x|/∂x = sign x"""

    saves = {"self": 0b1}
    forward = staticmethod(np.abs)

    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sign(x)


class WhereBackward0(Node):
    """∂where(c, x, y)/∂x = 1 where c,  ∂where(c, x, y)/∂y = 1 where not c"""

    saves = {"self": 0, "other": 0, "condition": 0b11}

    def forward(self, x: Any, y: Any, condition: Any) -> Any:
        out = np.where(condition, x, y)
        if not x.shape == y.shape == out.shape:
            self.inputs = tuple([(v.shape, dtypes.from_numpy(v.dtype)) for v in (x, y)])
        return out

    def backward(self, grad: Any, condition: Any) -> Any:
        to_x, to_y = self.edges
        return to_x and where(condition, grad, 0), to_y and where(condition, 0, grad)


class CloneBackward0(Node):
    """∂x/∂x = 1"""

    def forward(self, x: Any) -> Any:
        return x.copy()

    def backward(self, grad: Any) -> Any:
        return grad
