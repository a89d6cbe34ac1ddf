"""Methods that work element by element."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..checked import factors_first, overloads
from ..dtypes import Number
from ..engine.node import Node
from ..inplace import in_place
from ..ops import arithmetic, elementary, pieces, undefined
from ..ops.dims import broadcast_error
from ..recording import (
    Method,
    apply,
    apply_broadcast,
    binary,
    comparison,
    logical,
    method,
    not_a_tensor,
    plain,
    record,
    scalar,
    test,
    unary,
    wrap,
)

if TYPE_CHECKING:
    from ..tensor import Tensor

NO_INTEGER_ADDCDIV = (
    "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
    "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
    "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer "
    "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
    "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all "
    "dtypes."
)
_OR_A_NUMBER = ("other: Operand, *, out=None", "other: Number")
_EITHER_A_NUMBER = (
    "other: Tensor, *, out=None",
    "self: Number, other: Tensor",
    "other: Number, *, out=None",
)
_NUMBERS = (bool, int, float, np.number, np.bool_)


def _overwriting(name: str, compare: Method) -> Method:
    """A comparison that is to overwrite its tensor: it leaves a node, whose gradient is 0."""
    ops = [type(f"{name}Backward{i}", (undefined.Overwritten,), {}) for i in range(2)]

    def call(self: Any, other: Any) -> Any:
        out = compare(self, other)._data.astype(self._data.dtype)
        tensors = (self, other) if isinstance(other, Node.tensor_type) else (self,)
        return record(ops[len(tensors) - 1](), tensors, out)

    call.__doc__ = compare.__doc__
    call.overloads = compare.overloads  # type: ignore[attr-defined]
    return call


def lshift(x: Any, n: Any) -> Any:
    """Same as a << b."""
    return x << _bits(n)


def rshift(x: Any, n: Any) -> Any:
    """Same as a >> b."""
    return x >> _bits(n)


def _lshift(n: Any, x: Any) -> Any:
    return lshift(x, n)


def _rshift(n: Any, x: Any) -> Any:
    return rshift(x, n)


def _bits(n: Any) -> Any:
    if n.dtype.kind == "b":
        raise TypeError("a bool has no bits to shift")
    return n


class Pointwise:
    """Arithmetic, functions and comparisons of elements; operands broadcast and promote."""

    _data: Any

    # -- arithmetic -------------------------------------------------------------------------------

    add = factors_first(binary(arithmetic.AddBackward0))
    sub = factors_first(binary(arithmetic.SubBackward0))
    subtract = overloads(
        "other: Operand, *, alpha: Number = 1, out=None", "other: Number, alpha: Number = 1"
    )(binary(arithmetic.SubBackward0))
    mul = binary(arithmetic.MulBackward0)
    multiply = overloads(*_OR_A_NUMBER)(binary(arithmetic.MulBackward0))
    _div = binary(arithmetic.DivBackward0, integers=False)
    _div_floor = binary(arithmetic.DivFloorBackward)
    _div_trunc = binary(arithmetic.DivTruncBackward)
    floor_divide = overloads(*_OR_A_NUMBER)(binary(arithmetic.FloorDivide))
    _remainder_tensor = binary(arithmetic.RemainderBackward1)
    _fmod_tensor = binary(arithmetic.FmodBackward1)
    _pow_tensor = binary(arithmetic.PowBackward1)
    _pow_number = method(arithmetic.PowBackward0)
    _pow_of_number = method(arithmetic.PowBackward2)
    _tanh_backward = method(elementary.TanhBackwardBackward0, tensors=2)
    _sigmoid_backward = method(elementary.SigmoidBackwardBackward0, tensors=2)
    _threshold_backward = method(pieces.ThresholdBackwardBackward0, tensors=2)
    _plus = method(arithmetic.AddBackward1)
    _minus = method(arithmetic.SubBackward1)
    _times = method(arithmetic.MulBackward1)
    _over = method(arithmetic.DivBackward1)
    neg = negative = __neg__ = unary(arithmetic.NegBackward0)
    abs = absolute = __abs__ = unary(pieces.AbsBackward0)
    reciprocal = unary(arithmetic.ReciprocalBackward0, floating=True)

    __add__ = __radd__ = binary(arithmetic.AddBackward0, operator=True)
    __sub__ = binary(arithmetic.SubBackward0, operator=True)
    __mul__ = __rmul__ = binary(arithmetic.MulBackward0, operator=True)
    __truediv__ = binary(arithmetic.DivBackward0, integers=False, operator=True)
    __floordiv__ = binary(arithmetic.FloorDivide, operator=True)
    __rfloordiv__ = binary(arithmetic.FloorDivide, reflected=True, operator=True)
    _remainder_of_number = binary(arithmetic.RemainderOfNumber, reflected=True, operator=True)

    @overloads(
        "other: Operand, *, out=None",
        "other: Operand, *, rounding_mode: str | None, out=None",
        "other: Number, *, rounding_mode: str | None",
    )
    def div(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """self / other, or with `rounding_mode` "floor" or "trunc" the whole part of it."""
        if rounding_mode is None:
            return self._div(other)
        if rounding_mode not in ("floor", "trunc"):
            raise RuntimeError(
                "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
                f"'{rounding_mode}'"
            )
        return self._div_floor(other) if rounding_mode == "floor" else self._div_trunc(other)

    @overloads(
        *_OR_A_NUMBER[:1],
        "other: Operand, *, rounding_mode: str | None, out=None",
        *_OR_A_NUMBER[1:],
        "other: Number, *, rounding_mode: str | None",
    )
    def divide(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """As `div`."""
        return self.div(other, rounding_mode=rounding_mode)

    @overloads(*_OR_A_NUMBER)
    def true_divide(self, other: Any) -> Tensor:
        """self / other"""
        return self._div(other)

    @overloads("other: Tensor, *, out=None", "other: Number, *, out=None")
    def remainder(self, other: Any) -> Tensor:
        """What remains of self / other rounded down: it has the sign of `other`."""
        if isinstance(other, Node.tensor_type):
            return self._remainder_tensor(other)
        return _with_number(arithmetic.RemainderBackward0, self, other)

    def __rmod__(self, other: Any) -> Tensor:
        if isinstance(other, Node.tensor_type):
            return other.remainder(self)
        return self._remainder_of_number(other)

    def __mod__(self, other: Any) -> Tensor:
        return self.remainder(other) if _is_operand(other) else NotImplemented

    @overloads("other: Tensor, *, out=None", "other: Number, *, out=None")
    def fmod(self, other: Any) -> Tensor:
        """What remains of self / other rounded toward 0: it has the sign of self."""
        if isinstance(other, Node.tensor_type):
            return self._fmod_tensor(other)
        return _with_number(arithmetic.FmodBackward0, self, other)

    @overloads("exponent: Tensor, *, out=None", "exponent: Number, *, out=None")
    def pow(self, exponent: Any) -> Tensor:
        """∂xⁿ/∂x = n·xⁿ⁻¹"""
        if isinstance(exponent, Node.tensor_type):
            return self._pow_tensor(exponent)
        if type(exponent) in (int, float) and self._data.dtype.kind == "f":
            return self._pow_number(exponent)
        if not isinstance(exponent, _NUMBERS):
            raise not_a_tensor(arithmetic.PowBackward0, exponent, "exponent")
        exponent = plain(exponent)
        kind = dtypes.result_type(self, exponent)
        if not kind.is_floating_point and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return self.to(kind)._pow_number(exponent)

    def __pow__(self, exponent: Any) -> Tensor:
        return self.pow(exponent) if _is_operand(exponent) else NotImplemented

    def square(self) -> Tensor:
        """∂x²/∂x = 2·x"""
        return self.pow(2)

    def positive(self) -> Tensor:
        """The tensor itself. Raises RuntimeError for bools."""
        if self._data.dtype.kind == "b":
            raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
        return self

    __pos__ = positive

    def __rsub__(self, other: Any) -> Tensor:
        if isinstance(other, Node.tensor_type):
            return apply_broadcast(arithmetic.RsubBackward0, (self, other), 1)
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        bools = [self._data.dtype.kind == "b", isinstance(other, bool)]
        if any(bools):
            raise RuntimeError(arithmetic.NO_BOOL_SUB if all(bools) else arithmetic.NO_BOOL_RSUB)
        return _with_number(arithmetic.RsubBackward1, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return self.reciprocal() * other if _is_operand(other) else NotImplemented

    __rdiv__ = __rtruediv__

    def __rpow__(self, other: Any) -> Tensor:
        if isinstance(other, Node.tensor_type):
            return other.pow(self)
        if not _is_operand(other):
            return NotImplemented
        return self.to(dtypes.result_type(self, other))._pow_of_number(plain(other))

    # -- functions --------------------------------------------------------------------------------

    exp = unary(elementary.ExpBackward0, floating=True)
    exp2 = unary(elementary.Exp2Backward0, floating=True)
    expm1 = unary(elementary.Expm1Backward0, floating=True)
    log = unary(elementary.LogBackward0, floating=True)
    log2 = unary(elementary.Log2Backward0, floating=True)
    log10 = unary(elementary.Log10Backward0, floating=True)
    log1p = unary(elementary.Log1PBackward0, floating=True)
    sqrt = unary(elementary.SqrtBackward0, floating=True)
    rsqrt = unary(elementary.RsqrtBackward0, floating=True)
    sin = unary(elementary.SinBackward0, floating=True)
    cos = unary(elementary.CosBackward0, floating=True)
    tan = unary(elementary.TanBackward0, floating=True)
    asin = arcsin = unary(elementary.AsinBackward0, floating=True)
    acos = arccos = unary(elementary.AcosBackward0, floating=True)
    atan = arctan = unary(elementary.AtanBackward0, floating=True)
    sinh = unary(elementary.SinhBackward0, floating=True)
    cosh = unary(elementary.CoshBackward0, floating=True)
    tanh = unary(elementary.TanhBackward0, floating=True)
    asinh = arcsinh = unary(elementary.AsinhBackward0, floating=True)
    acosh = arccosh = unary(elementary.AcoshBackward0, floating=True)
    atanh = arctanh = unary(elementary.AtanhBackward0, floating=True)
    erf = unary(elementary.ErfBackward0, floating=True)
    erfc = unary(elementary.ErfcBackward0, floating=True)
    sigmoid = unary(elementary.SigmoidBackward0, floating=True)
    relu = unary(pieces.ReluBackward0)
    sign = unary(pieces.SignBackward0)
    sgn = unary(pieces.SgnBackward0)
    floor = unary(pieces.FloorBackward0)
    ceil = unary(pieces.CeilBackward0)
    trunc = fix = unary(pieces.TruncBackward0)
    frac = unary(pieces.FracBackward0)
    _round = unary(pieces.RoundBackward0)
    _round_decimals = method(pieces.RoundBackward1)
    atan2 = arctan2 = binary(elementary.Atan2Backward0, integers=False, numbers=False)
    hypot = binary(elementary.HypotBackward0, numbers=False)
    logaddexp = binary(elementary.LogaddexpBackward0, integers=False, numbers=False)

    _xlogy_tensor = binary(elementary.XlogyBackward0, integers=False)
    _xlogy_number = method(elementary.XlogyBackward2)

    @overloads(
        "other: Tensor, *, out=None",
        "self: Number, other: Tensor, *, out=None",
        "other: Number, *, out=None",
    )
    def xlogy(self, other: Any) -> Tensor:
        """self·ln(other), 0 where self is 0."""
        if isinstance(other, Node.tensor_type):
            return self._xlogy_tensor(other)
        kind = dtypes.result_type(self, other, dtypes.get_default_dtype().numpy.type(0))
        return self.to(kind)._xlogy_number(other)

    @overloads("*, out=None", "*, decimals: int, out=None")
    def round(self, *, decimals: int | None = None) -> Tensor:
        """The nearest whole number, the even one of two; or the nearest with `decimals` digits."""
        return self._round() if decimals is None else self._round_decimals(decimals)

    @overloads(
        "end: Tensor, weight: Tensor, *, out=None", "end: Tensor, weight: Number, *, out=None"
    )
    def lerp(self, end: Tensor, weight: Any) -> Tensor:
        """self + weight·(end − self), for a weight that is a tensor or a number."""
        for name, t in (("end", end), ("weight", weight)):
            if isinstance(t, Node.tensor_type) and t.dtype is not self.dtype and t.ndim:  # type: ignore[attr-defined]
                raise RuntimeError(
                    f"expected dtype {self.dtype.c_name} for `{name}` but got dtype "  # type: ignore[attr-defined]
                    f"{t.dtype.c_name}"
                )
        if isinstance(weight, Node.tensor_type):
            return apply_broadcast(arithmetic.LerpBackward1, (self, end, weight))
        return apply_broadcast(arithmetic.LerpBackward0, (self, end), weight)

    @factors_first
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """self + value·tensor1·tensor2"""
        return apply_broadcast(arithmetic.AddcmulBackward0, (self, tensor1, tensor2), value)

    @factors_first
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """self + value·tensor1/tensor2"""
        if not any(t.is_floating_point() for t in (tensor1, tensor2)):
            raise RuntimeError(NO_INTEGER_ADDCDIV)
        return apply_broadcast(arithmetic.AddcdivBackward0, (self, tensor1, tensor2), value)

    def nan_to_num(
        self, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
    ) -> Tensor:
        """A copy in which numbers replace nan (0 by default), inf and −inf (the largest)."""
        return apply(pieces.NanToNumBackward0, (self,), nan, posinf, neginf)

    def _zeros(self) -> Tensor:
        return wrap(np.zeros_like(self._data))

    def _floor_quotient(self, other: Tensor) -> Tensor:
        return self.div(other, rounding_mode="floor")

    def _trunc_quotient(self, other: Tensor) -> Tensor:
        return self.div(other, rounding_mode="trunc")

    # -- the larger, the smaller, the chosen ------------------------------------------------------

    maximum = binary(pieces.MaximumBackward0, numbers=False)
    minimum = binary(pieces.MinimumBackward0, numbers=False)

    @overloads(
        "min: Tensor | None = None, max: Tensor | None = None, *, out=None",
        "min: Number | None = None, max: Number | None = None, *, out=None",
    )
    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        """The elements moved to between `min` and `max`: two numbers, or two tensors, or one."""
        if min is None and max is None:
            raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
        bounds = [b for b in (min, max) if b is not None]
        tensors = [isinstance(b, Node.tensor_type) for b in bounds]
        x = self.to(dtypes.result_type(self, *bounds))
        if not any(tensors):
            return apply(pieces.ClampBackward1, (x,), min, max)
        if not all(tensors):
            raise TypeError("a tensor and a number")
        low = wrap(pieces.lowest(x._data.dtype)) if min is None else min
        high = wrap(pieces.highest(x._data.dtype)) if max is None else max
        return apply_broadcast(pieces.ClampBackward0, (self, low, high))

    clip = clamp

    @overloads("min: Tensor, *, out=None", "min: Number, *, out=None")
    def clamp_min(self, min: Any) -> Tensor:
        """The larger of self and `min`, a number or a tensor."""
        if isinstance(min, Node.tensor_type):
            return apply_broadcast(pieces.ClampMinBackward1, (self, min))
        x = self.to(dtypes.result_type(self, min))
        return apply(pieces.ClampMinBackward0, (x,), min)

    @overloads("max: Tensor, *, out=None", "max: Number, *, out=None")
    def clamp_max(self, max: Any) -> Tensor:
        """The smaller of self and `max`, a number or a tensor."""
        if isinstance(max, Node.tensor_type):
            return apply_broadcast(pieces.ClampMaxBackward1, (self, max))
        x = self.to(dtypes.result_type(self, max))
        return apply(pieces.ClampMaxBackward0, (x,), max)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """self where `condition` holds, elsewhere `other`, a tensor or a number."""
        return condition._where(self, other)

    def _where(self, x: Any, y: Any) -> Tensor:
        """`x` where self holds, elsewhere `y`; each a tensor, an array or a number."""
        if self._data.dtype != bool:
            raise RuntimeError(
                "where expected condition to be a boolean tensor, but got a tensor with dtype "
                f"{self.dtype.scalar_type}"
            )
        x, y = (wrap(v) if isinstance(v, (np.ndarray, np.generic)) else v for v in (x, y))
        return apply_broadcast(pieces.WhereBackward0, (x, y), fixed=(self,))

    # -- comparisons and logic: bools, never recorded ---------------------------------------------

    __eq__ = comparison(operator.eq, operator=True, arrays=True)  # type: ignore[assignment]
    __ne__ = comparison(operator.ne, operator=True)  # type: ignore[assignment]
    __lt__ = comparison(operator.lt, operator=True)
    __le__ = comparison(operator.le, operator=True)
    __gt__ = comparison(operator.gt, operator=True)
    __ge__ = comparison(operator.ge, operator=True)
    eq = comparison(operator.eq)
    ne = not_equal = comparison(operator.ne)
    lt = less = comparison(operator.lt)
    le = less_equal = comparison(operator.le)
    gt = greater = comparison(operator.gt)
    ge = greater_equal = comparison(operator.ge)

    __and__ = __rand__ = comparison(operator.and_, operator=True)
    __or__ = __ror__ = comparison(operator.or_, operator=True)
    __xor__ = __rxor__ = comparison(operator.xor, operator=True)
    __lshift__ = comparison(lshift, operator=True)
    __rshift__ = comparison(rshift, operator=True)
    __rlshift__ = comparison(_lshift, operator=True)
    __rrshift__ = comparison(_rshift, operator=True)
    bitwise_and = overloads(*_EITHER_A_NUMBER)(comparison(operator.and_))
    bitwise_or = overloads(*_EITHER_A_NUMBER)(comparison(operator.or_))
    bitwise_xor = overloads(*_EITHER_A_NUMBER)(comparison(operator.xor))
    bitwise_left_shift = overloads(*_EITHER_A_NUMBER)(comparison(lshift))
    bitwise_right_shift = overloads(*_EITHER_A_NUMBER)(comparison(rshift))
    logical_and = logical(np.logical_and)
    logical_or = logical(np.logical_or)
    logical_xor = logical(np.logical_xor)
    logical_not = test(np.logical_not)
    isnan = test(np.isnan)
    isinf = test(np.isinf)
    isposinf = test(np.isposinf)
    isneginf = test(np.isneginf)
    isfinite = test(np.isfinite)
    signbit = test(lambda x: x < 0 if x.dtype.kind in "iub" else np.signbit(x))

    def bitwise_not(self) -> Tensor:
        """Every bit turned over; of bools: not."""
        if self._data.dtype.kind == "f":
            kind = dtypes.from_numpy(self._data.dtype).scalar_type
            raise NotImplementedError(f"\"bitwise_not_cpu\" not implemented for '{kind}'")
        return wrap(~self._data)

    def __invert__(self) -> Tensor:
        if self._data.dtype.kind == "f":
            raise TypeError(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
            )
        return self.bitwise_not()

    def isclose(
        self, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
    ) -> Tensor:
        """Where |self − other| ≤ atol + rtol·|other|."""
        if self.dtype is not other.dtype:
            names = f"{self.dtype.scalar_type} did not match {other.dtype.scalar_type}"
            raise RuntimeError(names)
        rtol, atol = (v.item() if isinstance(v, Node.tensor_type) else v for v in (rtol, atol))
        if rtol < 0 or atol < 0:
            name, value = ("rtol", rtol) if rtol < 0 else ("atol", atol)
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
        x, y = self._data, other._data
        try:
            close = x == y
        except ValueError:
            raise broadcast_error(x.shape, y.shape) from None
        if equal_nan and x.dtype.kind == "f":
            close = close | ((x != x) & (y != y))
        if rtol or atol:
            x, y = (v if v.dtype.kind == "f" else v.astype(np.float64) for v in (x, y))
            with np.errstate(invalid="ignore"):  # inf − inf
                distance = np.abs(x - y)
                close = close | (np.isfinite(distance) & (distance <= atol + np.abs(rtol * y)))
        return wrap(close)

    def allclose(
        self, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
    ) -> bool:
        """Whether |self − other| ≤ atol + rtol·|other| for all elements."""
        return bool(self.isclose(other, rtol, atol, equal_nan)._data.all())

    def equal(self, other: Tensor) -> bool:
        """Whether two tensors have the same shape and the same elements."""
        return self.shape == other.shape and bool((self._data == other._data).all())

    # -- in place ---------------------------------------------------------------------------------

    add_ = in_place(add)
    sub_ = in_place(sub)
    subtract_ = in_place(subtract)
    mul_ = in_place(mul)
    multiply_ = in_place(multiply)
    div_ = in_place(div)
    divide_ = in_place(divide)
    true_divide_ = in_place(true_divide)
    floor_divide_ = in_place(floor_divide)
    remainder_ = in_place(remainder)
    fmod_ = in_place(fmod)
    pow_ = in_place(pow)
    __iadd__ = in_place(__add__)
    __isub__ = in_place(__sub__)
    __imul__ = in_place(__mul__)
    __itruediv__ = in_place(__truediv__)
    __ifloordiv__ = in_place(__floordiv__)
    __imod__ = in_place(__mod__)
    __ipow__ = in_place(__pow__)
    __iand__ = in_place(__and__)
    bitwise_and_ = in_place(bitwise_and)
    __ior__ = in_place(__or__)
    bitwise_or_ = in_place(bitwise_or)
    __ixor__ = in_place(__xor__)
    bitwise_xor_ = in_place(bitwise_xor)
    __ilshift__ = in_place(__lshift__)
    bitwise_left_shift_ = in_place(bitwise_left_shift)
    __irshift__ = in_place(__rshift__)
    bitwise_right_shift_ = in_place(bitwise_right_shift)
    bitwise_not_ = in_place(bitwise_not)
    neg_ = negative_ = in_place(neg)
    abs_ = absolute_ = in_place(abs)
    reciprocal_ = in_place(reciprocal)
    square_ = in_place(square)
    exp_ = in_place(exp)
    exp2_ = in_place(exp2)
    expm1_ = in_place(expm1)
    log_ = in_place(log)
    log2_ = in_place(log2)
    log10_ = in_place(log10)
    log1p_ = in_place(log1p)
    sqrt_ = in_place(sqrt)
    rsqrt_ = in_place(rsqrt)
    sin_ = in_place(sin)
    cos_ = in_place(cos)
    tan_ = in_place(tan)
    asin_ = arcsin_ = in_place(asin)
    acos_ = arccos_ = in_place(acos)
    atan_ = arctan_ = in_place(atan)
    sinh_ = in_place(sinh)
    cosh_ = in_place(cosh)
    tanh_ = in_place(tanh)
    asinh_ = arcsinh_ = in_place(asinh)
    acosh_ = arccosh_ = in_place(acosh)
    atanh_ = arctanh_ = in_place(atanh)
    erf_ = in_place(erf)
    erfc_ = in_place(erfc)
    sigmoid_ = in_place(sigmoid)
    relu_ = in_place(relu)
    sign_ = in_place(sign)
    sgn_ = in_place(sgn)
    floor_ = in_place(floor)
    ceil_ = in_place(ceil)
    trunc_ = fix_ = in_place(trunc)
    round_ = in_place(round)
    frac_ = in_place(frac)
    atan2_ = arctan2_ = in_place(atan2)
    hypot_ = in_place(hypot)
    xlogy_ = in_place(xlogy)
    lerp_ = in_place(lerp)
    addcmul_ = in_place(addcmul)
    addcdiv_ = in_place(addcdiv)
    nan_to_num_ = in_place(nan_to_num)
    clamp_ = clip_ = in_place(clamp)
    clamp_min_ = in_place(clamp_min)
    clamp_max_ = in_place(clamp_max)
    eq_ = in_place(_overwriting("Eq", eq))
    ne_ = not_equal_ = in_place(_overwriting("Ne", ne))
    lt_ = less_ = in_place(_overwriting("Lt", lt))
    le_ = less_equal_ = in_place(_overwriting("Le", le))
    gt_ = greater_ = in_place(_overwriting("Gt", gt))
    ge_ = greater_equal_ = in_place(_overwriting("Ge", ge))
    logical_and_ = in_place(logical_and)
    logical_or_ = in_place(logical_or)
    logical_xor_ = in_place(logical_xor)
    logical_not_ = in_place(logical_not)


def _is_operand(value: Any) -> bool:
    return isinstance(value, (_NUMBERS, Node.tensor_type))


def _with_number(op: type[Node], x: Any, number: Any) -> Any:
    """An operation whose node knows nothing of its second operand, a number."""
    if not isinstance(number, _NUMBERS):
        raise not_a_tensor(op, number)
    kind = dtypes.result_type(x, number)
    return apply(op, (x.to(kind),), scalar(number, kind))
