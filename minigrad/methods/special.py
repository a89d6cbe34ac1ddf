"""Methods for more functions of elements: angles, signs, bits, the gamma function's kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, return_types
from ..checked import overloads
from ..dtypes import Number
from ..engine.node import Node
from ..inplace import in_place
from ..ops import distributions, special
from ..recording import apply, apply_broadcast, binary, method, unary, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


def _of_integers(name: str, combine: Any) -> Any:
    """A method of two tensors of integers, never recorded."""

    def method(self: Any, other: Tensor) -> Any:
        kind = dtypes.result_type(self, other)
        if kind.category != 1:
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{kind.scalar_type}'")
        x, y = (t._data.astype(kind.numpy, copy=False) for t in (self, other))
        return wrap(np.abs(combine(x, y)))

    method.__doc__ = f"{name} of integers, element by element; never recorded."
    return method


class Special:
    """Functions of elements beyond a calculator's; operands broadcast and promote."""

    _data: Any

    deg2rad = unary(special.Deg2RadBackward0, floating=True)
    rad2deg = unary(special.Rad2DegBackward0, floating=True)
    angle = unary(special.AngleBackward0, floating=True)
    sinc = unary(special.SincBackward0, floating=True)
    lgamma = unary(special.LgammaBackward0, floating=True)
    digamma = unary(special.DigammaBackward0, floating=True)
    erfinv = unary(special.ErfinvBackward0, floating=True)
    fmax = binary(special.FmaxBackward0, numbers=False)
    fmin = binary(special.FminBackward0, numbers=False)
    logaddexp2 = binary(special.Logaddexp2Backward0, integers=False, numbers=False)
    _step = binary(special.Heaviside, numbers=False)
    nextafter = binary(special.NextafterBackward0, numbers=False)
    gcd = _of_integers("gcd", np.gcd)
    lcm = _of_integers("lcm", np.lcm)
    i0 = unary(distributions.I0Backward0, floating=True)
    _i0e = unary(distributions.SpecialI0EBackward0, floating=True)
    _i1 = unary(distributions.SpecialI1Backward0, floating=True)
    _i1e = unary(distributions.SpecialI1EBackward0, floating=True)
    _erfcx = unary(distributions.SpecialErfcxBackward0, floating=True)
    _log_ndtr = unary(distributions.SpecialLogNdtrBackward0, floating=True)
    _ndtri = unary(distributions.SpecialNdtriBackward0, floating=True)
    _entr = unary(distributions.SpecialEntrBackward0, floating=True)
    _xlog1py = binary(distributions.SpecialXlog1PyBackward0, integers=False)
    _zeta = binary(distributions.SpecialZetaBackward0, integers=False)
    igamma = binary(distributions.IgammaBackward0, numbers=False)
    igammac = binary(distributions.IgammacBackward0, numbers=False)
    _copysign_tensor = binary(special.CopysignBackward0, integers=False)
    _polygamma = method(special.PolygammaBackward0)
    _hardswish = method(special.HardswishBackward0)
    _hardsigmoid = method(special.HardsigmoidBackward0)
    _mish = unary(special.MishBackward0)
    _softshrink = method(special.SoftshrinkBackward0)
    _glu = method(special.GluBackward0)

    @overloads("other: Tensor, *, out=None", "other: Number, *, out=None")
    def copysign(self, other: Any) -> Tensor:
        """|self| with the signs of `other`, a tensor or a number."""
        if isinstance(other, Node.tensor_type):
            return self._copysign_tensor(other)
        return apply(special.CopysignBackward1, (_floating(self),), other)

    def heaviside(self, values: Tensor) -> Tensor:
        """0 where self < 0, 1 where self > 0, and `values` where self is 0."""
        if self.dtype is not values.dtype:  # type: ignore[attr-defined]
            raise RuntimeError(
                "heaviside is not yet implemented for tensors with different dtypes."
            )
        return self._step(values)

    def ldexp(self, other: Tensor) -> Tensor:
        """self·2ⁿ, n from `other`."""
        return apply_broadcast(special.LdexpBackward0, (self, other), integers=False)

    @overloads(
        "exponent: Tensor, *, out=None",
        "self: Number, exponent: Tensor, *, out=None",
        "exponent: Number, *, out=None",
    )
    def float_power(self, exponent: Any) -> Tensor:
        """self to a power, in float64."""
        x = self.to(dtypes.float64)  # type: ignore[attr-defined]
        if isinstance(exponent, Node.tensor_type):
            return x.pow(exponent.to(dtypes.float64))
        return x.pow(float(exponent))

    def logit(self, eps: float | None = None) -> Tensor:
        """ln(x/(1 − x)); with `eps` of x moved to between eps and 1 − eps."""
        return apply(special.LogitBackward0, (_floating(self),), eps)

    def polygamma(self, n: int) -> Tensor:
        """The n-th derivative of ψ, for positive elements."""
        if n < 0:
            raise RuntimeError("polygamma(n, x) does not support negative n.")
        return _floating(self)._polygamma(n)

    def mvlgamma(self, p: int) -> Tensor:
        """ln of the gamma function of symmetric p × p matrices: Σ ln Γ(x − j/2), and a constant."""
        if p < 1:
            raise RuntimeError("p has to be greater than or equal to 1")
        return apply(distributions.MvlgammaBackward0, (_floating(self),), p)

    def frexp(self) -> Any:
        """m and e with self = m·2ᵉ and ½ ≤ |m| < 1: (mantissa, exponent)."""
        return return_types.frexp(*apply(distributions.FrexpBackward0, (self,)))

    def prelu(self, weight: Tensor) -> Tensor:
        """x where x > 0, else w·x, with one w for all, or one for each channel (dimension 1)."""
        if weight.ndim > 1:
            raise RuntimeError(
                f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = "
                f"{weight.ndim}"
            )
        ndim = self._data.ndim
        if weight.numel() != 1:
            channels = self._data.shape[1] if ndim > 1 else 1
            if not ndim:
                raise RuntimeError("Not allow zero-dim input tensor.")
            if channels != weight.numel():
                raise RuntimeError(
                    "Mismatch of parameter numbers and input channel size. Found parameter numbers "
                    f"= {weight.numel()} and channel size = {channels}."
                )
        shape = [weight.numel() if d == 1 else 1 for d in range(max(ndim, 1))]
        if weight.ndim or ndim:
            weight = weight.reshape(shape if ndim else ())
        return apply_broadcast(special.PreluKernelBackward0, (self, weight))

    def hardshrink(self, lambd: Number = 0.5) -> Tensor:
        """x where |x| > λ, else 0"""
        return apply(special.HardshrinkBackward0, (self,), lambd)

    copysign_ = in_place(copysign)
    deg2rad_ = in_place(deg2rad)
    rad2deg_ = in_place(rad2deg)
    sinc_ = in_place(sinc)
    lgamma_ = in_place(lgamma)
    digamma_ = in_place(digamma)
    erfinv_ = in_place(erfinv)
    _float_power_ = in_place(float_power)

    def float_power_(self, exponent: Any) -> Tensor:
        """self to a power, in place, for float64."""
        if self.dtype is not dtypes.float64:  # type: ignore[attr-defined]
            raise RuntimeError(
                "the base given to float_power_ has dtype "
                f"{self.dtype.scalar_type} but the operation's result requires dtype Double"  # type: ignore[attr-defined]
            )
        return self._float_power_(exponent)

    i0_ = in_place(i0)
    igamma_ = in_place(igamma)
    igammac_ = in_place(igammac)
    _mvlgamma_ = in_place(mvlgamma)

    def mvlgamma_(self, p: int) -> Tensor:
        """`mvlgamma` in place, for floats."""
        if self._data.dtype.kind != "f":
            kind, wanted = self.dtype, dtypes.get_default_dtype()  # type: ignore[attr-defined]
            raise RuntimeError(
                f"mvlgamma: result type {kind.scalar_type} can't be cast to the desired output "
                f"type {wanted.scalar_type}"
            )
        return self._mvlgamma_(p)

    polygamma_ = in_place(polygamma)
    gcd_ = in_place(gcd)
    lcm_ = in_place(lcm)
    ldexp_ = in_place(ldexp)
    logit_ = in_place(logit)
    nextafter_ = in_place(nextafter)
    heaviside_ = in_place(heaviside)
    _hardswish_ = in_place(_hardswish)
    _hardsigmoid_ = in_place(_hardsigmoid)
    _mish_ = in_place(_mish)


def _floating(x: Any) -> Any:
    """A tensor as it is if it is of floats, else in the default float dtype."""
    return x if x._data.dtype.kind == "f" else x.to(dtypes.get_default_dtype())
