"""Sums, products, quotients, powers and remainders. `grad` is ∂L/∂result; each rule multiplies by a
local derivative.

Broadcasting needs no word here: the engine sums each gradient to its input's shape.
``to_x and …`` leaves out a product that no input asks for.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import (
    floor_divide,
    log,
    minus,
    number,
    over,
    power,
    rounded_once,
    times,
    trunc_divide,
    where,
    zeros,
)
from .undefined import no_bool, refusing

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
    with_number = staticmethod(rounded_once(lambda x, y: x * y))
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
    with_number = staticmethod(rounded_once(lambda x, y: x / y))
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
    no_bool(n, "pow")
    positive = x ** np.abs(n)
    inverse = np.where(x == 1, 1, np.where(x == -1, positive, 0)).astype(positive.dtype)
    return np.where(n < 0, inverse, positive)


class ReciprocalBackward0(Node):
    """∂(1/x)/∂x = −1/x²"""

    saves = {"self": 0, "result": 0b1}
    forward = staticmethod(np.reciprocal)

    def backward(self, grad: Any, result: Any) -> Any:
        return -grad * (result * result)


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
        out = divide(no_bool(x, name), y)
    if not y.all():
        raise RuntimeError("ZeroDivisionError")
    return out


FloorDivide = refusing("floor_divide")
FloorDivide.forward = staticmethod(DivBackward2.floor)  # type: ignore[method-assign, assignment]
RemainderOfNumber = refusing("remainder")
RemainderOfNumber.forward = staticmethod(RemainderBackward1.forward)  # type: ignore[method-assign, assignment]


# -- of several operands ---------------------------------------------------------------------------


class LerpBackward0(Node):
    """∂(x + w·(y − x))/∂x = 1 − w,  ∂/∂y = w"""

    constants = ("weight",)
    weight: float

    @rounded_once
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
    @rounded_once
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

    @rounded_once
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

    @rounded_once
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
