"""Methods that work element by element."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from ..inplace import in_place
from ..ops import pointwise
from ..recording import apply, binary, comparison, method, unary, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


class Pointwise:
    """Arithmetic, functions and comparisons of elements; operands broadcast and promote."""

    _data: Any

    add = binary(pointwise.AddBackward0)
    sub = subtract = binary(pointwise.SubBackward0)
    mul = multiply = binary(pointwise.MulBackward0)
    div = divide = true_divide = binary(pointwise.DivBackward0, integers=False)
    neg = negative = unary(pointwise.NegBackward0)
    reciprocal = unary(pointwise.ReciprocalBackward0, floating=True)
    exp = unary(pointwise.ExpBackward0, floating=True)
    log = unary(pointwise.LogBackward0, floating=True)
    sqrt = unary(pointwise.SqrtBackward0, floating=True)
    sin = unary(pointwise.SinBackward0, floating=True)
    cos = unary(pointwise.CosBackward0, floating=True)
    sinh = unary(pointwise.SinhBackward0, floating=True)
    cosh = unary(pointwise.CoshBackward0, floating=True)
    tanh = unary(pointwise.TanhBackward0, floating=True)
    sigmoid = unary(pointwise.SigmoidBackward0, floating=True)
    relu = unary(pointwise.ReluBackward0)
    abs = absolute = __abs__ = unary(pointwise.AbsBackward0)
    clone = method(pointwise.CloneBackward0)
    _pow_number = method(pointwise.PowBackward0)
    _pow_tensor = binary(pointwise.PowBackward1)
    _pow_of_number = method(pointwise.PowBackward2)

    def pow(self, exponent: Any) -> Tensor:
        """∂xⁿ/∂x = n·xⁿ⁻¹"""
        if isinstance(exponent, Node.tensor_type):
            return self._pow_tensor(exponent)
        if not isinstance(exponent, (bool, int, float, np.number)):
            return NotImplemented
        if self._data.dtype.kind != "f":
            if isinstance(exponent, float):
                return self.to(dtypes.get_default_dtype())._pow_number(exponent)
            if exponent < 0:
                raise RuntimeError("Integers to negative integer powers are not allowed.")
        return self._pow_number(exponent)

    def square(self) -> Tensor:
        """∂x²/∂x = 2·x"""
        return self._pow_number(2)

    __add__ = __radd__ = add
    __sub__ = sub
    __mul__ = __rmul__ = mul
    __truediv__ = div
    __neg__ = neg
    __pow__ = pow
    _rsub = method(pointwise.RsubBackward1)

    def __rsub__(self, other: Any) -> Tensor:
        kind = dtypes.result_type(self, other)
        return self.to(kind)._rsub(kind.numpy.type(other))

    def __rtruediv__(self, other: Any) -> Tensor:
        return self.reciprocal() * other

    def __rpow__(self, other: Any) -> Tensor:
        return self.to(dtypes.result_type(self, other))._pow_of_number(other)

    __eq__ = eq = comparison(operator.eq)  # type: ignore[assignment]
    __ne__ = ne = comparison(operator.ne)  # type: ignore[assignment]
    __lt__ = lt = comparison(operator.lt)
    __le__ = le = comparison(operator.le)
    __gt__ = gt = comparison(operator.gt)
    __ge__ = ge = comparison(operator.ge)
    __and__ = __rand__ = comparison(operator.and_)
    __or__ = __ror__ = comparison(operator.or_)
    __xor__ = __rxor__ = comparison(operator.xor)

    def __invert__(self) -> Tensor:
        return wrap(~self._data)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """self where `condition` holds, elsewhere `other`, a tensor or a number."""
        return condition._where(self, other)

    def _where(self, x: Any, y: Any) -> Tensor:
        """`x` where self holds, elsewhere `y`; each a tensor, an array or a number."""
        tensor = Node.tensor_type
        x, y = (wrap(v) if isinstance(v, (np.ndarray, np.generic)) else v for v in (x, y))
        kind = dtypes.result_type(x, y)
        x, y = (v.to(kind) if isinstance(v, tensor) else wrap(kind.numpy.type(v)) for v in (x, y))
        return apply(pointwise.WhereBackward0, (x, y), fixed=(self,))

    add_ = __iadd__ = in_place(add)
    sub_ = subtract_ = __isub__ = in_place(sub)
    mul_ = multiply_ = __imul__ = in_place(mul)
    div_ = divide_ = __itruediv__ = in_place(div)
    pow_ = __ipow__ = in_place(pow)
    neg_ = in_place(neg)
    exp_ = in_place(exp)
    sqrt_ = in_place(sqrt)
    tanh_ = in_place(tanh)
    sigmoid_ = in_place(sigmoid)
    relu_ = in_place(relu)
    abs_ = in_place(abs)
