"""``torch.special``: the functions of physics and statistics, most of them by a second name."""

from __future__ import annotations

import math
from typing import Any

from . import dtypes, functions
from .functions import (
    digamma,
    erf,
    erfc,
    erfinv,
    exp2,
    expm1,
    i0,
    log1p,
    log_softmax,
    logit,
    logsumexp,
    polygamma,
    round,
    sinc,
    softmax,
    xlogy,
)
from .out import with_out
from .recording import scalar, wrap
from .tensor import Tensor

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlog1py",
    "xlogy",
    "zeta",
]

expit = functions.sigmoid
gammainc = functions.igamma
gammaincc = functions.igammac
gammaln = functions.lgamma
multigammaln = functions.mvlgamma
psi = digamma


@with_out
def entr(input: Tensor) -> Tensor:
    """−x·ln x, 0 at 0, −∞ below"""
    return input._entr()


@with_out
def erfcx(input: Tensor) -> Tensor:
    """e^x²·erfc(x)"""
    return input._erfcx()


@with_out
def i0e(input: Tensor) -> Tensor:
    """e^−|x|·I₀(x), for Bessel's function I₀"""
    return input._i0e()


@with_out
def i1(input: Tensor) -> Tensor:
    """Bessel's function I₁"""
    return input._i1()


@with_out
def i1e(input: Tensor) -> Tensor:
    """e^−|x|·I₁(x)"""
    return input._i1e()


@with_out
def ndtr(input: Tensor) -> Tensor:
    """Φ(x): how much of the normal distribution lies below x"""
    return (input * math.sqrt(0.5)).mul(-1).erfc()._times(0.5)


@with_out
def log_ndtr(input: Tensor) -> Tensor:
    """ln Φ(x), exact also where Φ is nearly 0"""
    return input._log_ndtr()


@with_out
def ndtri(input: Tensor) -> Tensor:
    """Φ⁻¹(p)"""
    return input._ndtri()


@with_out
def xlog1py(input: Any, other: Any) -> Tensor:
    """input·ln(1 + other), 0 where input is 0; one of them may be a number."""
    return _tensor_first("xlog1py", input, other)._xlog1py(other)


@with_out
def zeta(input: Any, other: Any) -> Tensor:
    """ζ(x, q) = Σ 1/(q + k)ˣ; one of them may be a number."""
    return _tensor_first("zeta", input, other)._zeta(other)


def _tensor_first(name: str, first: Any, second: Any) -> Tensor:
    if isinstance(first, Tensor):
        return first
    if not isinstance(second, Tensor):
        given = ", ".join([type(v).__name__ for v in (first, second)])
        raise TypeError(
            f"special_{name}() received an invalid combination of arguments - got ({given}), but "
            "expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Number "
            "self, Tensor other, *, Tensor out = None)\n * (Tensor input, Number other, *, Tensor "
            "out = None)\n"
        )
    kind = second.dtype if second.dtype.is_floating_point else dtypes.get_default_dtype()
    return wrap(scalar(first, kind))
