"""Functions of tensors: `torch.exp(x)` is `x.exp()`, and what takes several tensors alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, joining, return_types
from .checked import overloads
from .dtypes import Number
from .errors import class_name
from .errors import typename as typename
from .joining import *  # noqa: F403
from .ops import arithmetic
from .out import into, with_out
from .recording import apply, apply_broadcast, scalar, wrap
from .tensor import Tensor

# The functions that call the method of the same name. Each is made, and its method loaded, when it
# is first asked for; its name alone stands here, for `__getattr__` below and for type checkers.
LATER: Callable[..., Any] = object()  # type: ignore[assignment]
abs = abs_ = absolute = acos = acos_ = acosh = acosh_ = add = addbmm = addcdiv = addcmul = LATER
addmm = addmv = addmv_ = addr = adjoint = all = allclose = amax = amin = aminmax = angle = LATER
any = arccos = arccos_ = arccosh = arccosh_ = arcsin = arcsin_ = arcsinh = arcsinh_ = arctan = LATER
arctan2 = arctan_ = arctanh = arctanh_ = argmax = argmin = argsort = argwhere = as_strided = LATER
asin = asin_ = asinh = asinh_ = atan = atan2 = atan_ = atanh = atanh_ = baddbmm = bincount = LATER
bitwise_and = bitwise_left_shift = bitwise_not = bitwise_or = bitwise_right_shift = LATER
bitwise_xor = bmm = broadcast_to = ceil = ceil_ = cholesky = cholesky_inverse = LATER
cholesky_solve = chunk = clamp = clamp_ = clamp_max = clamp_max_ = clamp_min = clamp_min_ = LATER
clip = clip_ = clone = conj = copysign = corrcoef = cos = cos_ = cosh = cosh_ = LATER
count_nonzero = cov = cross = cummax = cummin = cumprod = cumsum = deg2rad = deg2rad_ = det = LATER
detach = detach_ = diag = diag_embed = diagflat = diagonal = diagonal_scatter = diff = LATER
digamma = dist = div = divide = dot = dsplit = eq = equal = erf = erf_ = erfc = erfc_ = LATER
erfinv = exp = exp2 = exp2_ = exp_ = expm1 = expm1_ = fill_ = fix = fix_ = flatten = flip = LATER
fliplr = flipud = float_power = floor = floor_ = floor_divide = fmax = fmin = fmod = frac = LATER
frac_ = frexp = gather = gcd = gcd_ = ge = geqrf = ger = greater = greater_equal = gt = LATER
hardshrink = heaviside = histc = histogram = hsplit = hypot = i0 = i0_ = igamma = igammac = LATER
index_add = index_copy = index_fill = index_put = index_put_ = index_reduce = index_select = LATER
inner = inverse = is_complex = is_conj = is_nonzero = is_same_size = is_signed = isclose = LATER
isfinite = isinf = isnan = isneginf = isposinf = isreal = kron = kthvalue = lcm = lcm_ = LATER
ldexp = ldexp_ = le = lerp = less = less_equal = lgamma = log = log10 = log10_ = log1p = LATER
log1p_ = log2 = log2_ = log_ = log_softmax = logaddexp = logaddexp2 = logcumsumexp = logdet = LATER
logical_and = logical_not = logical_or = logical_xor = logit = logit_ = logsumexp = lt = lu = LATER
lu_solve = masked_fill = masked_scatter = masked_select = matmul = matrix_exp = matrix_power = LATER
max = maximum = mean = median = min = minimum = mm = mode = moveaxis = movedim = msort = mul = LATER
multiply = mv = mvlgamma = nan_to_num = nan_to_num_ = nanmean = nanmedian = nanquantile = LATER
nansum = narrow = ne = neg = neg_ = negative = negative_ = nextafter = nonzero = LATER
nonzero_static = norm = not_equal = numel = orgqr = ormqr = outer = permute = pinverse = LATER
positive = prelu = prod = put = qr = quantile = rad2deg = rad2deg_ = ravel = reciprocal = LATER
reciprocal_ = relu = relu_ = renorm = repeat_interleave = reshape = resize_as_ = LATER
resolve_conj = resolve_neg = roll = rot90 = round = round_ = rsqrt = rsqrt_ = scatter = LATER
scatter_add = scatter_reduce = select = select_scatter = sgn = sigmoid = sigmoid_ = sign = LATER
signbit = sin = sin_ = sinc = sinc_ = sinh = sinh_ = slice_scatter = slogdet = softmax = LATER
sort = split = split_with_sizes = sqrt = sqrt_ = square = square_ = squeeze = std = sub = LATER
subtract = sum = svd = swapaxes = swapdims = t = take = take_along_dim = tan = tan_ = tanh = LATER
tanh_ = tensor_split = tile = topk = trace = transpose = triangular_solve = tril = triu = LATER
true_divide = trunc = trunc_ = unbind = unflatten = unique = unique_consecutive = LATER
unsafe_chunk = unsafe_split = unsafe_split_with_sizes = unsqueeze = var = vdot = vsplit = LATER
xlogy = xlogy_ = zero_ = LATER

_made = [name for name, value in globals().items() if value is LATER and name != "LATER"]
for _name in _made:
    del globals()[_name]


def __getattr__(name: str) -> Any:
    if name in _made:
        return function(name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


if not TYPE_CHECKING:  # which see all public names
    __all__ = [
        *_made,
        *joining.__all__,
        "dropout",
        "fill",
        "frobenius_norm",
        "imag",
        "is_floating_point",
        "is_inference",
        "is_tensor",
        "lu_unpack",
        "nuclear_norm",
        "polygamma",
        "pow",
        "real",
        "remainder",
        "rsub",
        "std_mean",
        "typename",
        "var_mean",
        "where",
    ]


@functools.cache
def function(name: str) -> Callable[..., Any]:
    """The function that calls the method `name` of its first argument, a tensor.

    With ``out=`` the result is written into that tensor, which is given its shape.
    """
    method = getattr(Tensor, name)
    method = getattr(method, "unchecked", method)

    def call(*args: Any, out: Any = None, **named: Any) -> Any:
        try:
            if not args:
                return call(named["input"], out=out, **{n: named[n] for n in named if n != "input"})
            if not isinstance(args[0], Tensor):
                args = (_number_first(name, args, named), *args[1:])
            if out is None:
                return method(*args, **named)
            return into(out, method, name, args, named)
        except Exception:
            from .calls import reread

            given = named if out is None else {**named, "out": out}
            again = reread(name, method, args, given, "of a tensor")
            if again is None:
                raise
        return call(*again[0], **again[1])

    call.__name__ = call.__qualname__ = name
    call.__doc__ = method.__doc__
    call.__wrapped__ = call.unchecked = method  # type: ignore[attr-defined]  # what help() and Shift+Tab show
    return call


def _number_first(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """A number as first operand becomes a tensor of the dtype in which it meets the second."""
    first = args[0]
    second = args[1] if len(args) > 1 else named.get("other", named.get("exponent"))
    numbers = (int, float)
    if name in _TAKE_NUMBERS and isinstance(first, numbers):
        if name == "float_power" and isinstance(second, Tensor):
            return wrap(np.float64(first))
        if isinstance(second, Tensor):
            return wrap(scalar(first, dtypes.result_type(first, second)))
        if isinstance(second, numbers) and name in _TAKE_TWO_NUMBERS:
            return wrap(scalar(first, dtypes.number_dtype(first)))
    raise TypeError(
        f"{name}(): argument 'input' (position 1) must be Tensor, not {class_name(first)}"
    )


_TAKE_TWO_NUMBERS = frozenset("add div floor_divide mul sub true_divide".split())
_TAKE_NUMBERS = _TAKE_TWO_NUMBERS | set(
    "bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor float_power "
    "xlogy".split()
)


@overloads(
    "input: Tensor, exponent: Tensor, *, out=None",
    "self: Number, exponent: Tensor, *, out=None",
    "input: Tensor, exponent: Number, *, out=None",
)
def pow(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    """input to the power of `exponent`; each a tensor or a number, but not both a number."""
    if isinstance(input, (int, float, np.number)) and isinstance(exponent, Tensor):
        if out is not None:
            return into(out, Tensor.__rpow__, "pow", (exponent, input), {})
        return exponent.__rpow__(input)
    return function("pow")(input, exponent, out=out)


@overloads(
    "input: Tensor, other: Tensor, *, out=None",
    "self: Number, other: Tensor",
    "input: Tensor, other: Number, *, out=None",
)
def remainder(input: Any, other: Any, *, out: Any = None) -> Tensor:
    """What remains of input / other rounded down; each a tensor or a number."""
    if isinstance(input, (int, float, np.number)) and isinstance(other, Tensor):
        return other.__rmod__(input)
    return function("remainder")(input, other, out=out)


def real(input: Tensor) -> Tensor:
    """The tensor itself: it is real."""
    return input.real


@with_out
def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of the digamma function, for positive elements."""
    return input.polygamma(n)


@with_out
def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True
) -> Any:
    """P, L and U from what `linalg.lu_factor` gives; what is not asked for is empty."""
    from .ops.elimination import LuUnpackBackward0 as op

    p, low, up = apply(op, (LU_data,), unpack_data, unpack_pivots, fixed=(LU_pivots,))
    return return_types.lu_unpack(p.detach(), low, up)


@with_out
def nuclear_norm(input: Tensor, dim: Any = (-2, -1), keepdim: bool = False) -> Tensor:
    """The sum of the singular values: `linalg.matrix_norm` with "nuc"."""
    return input.norm("nuc", dim, keepdim)


def frobenius_norm(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The square root of the sum of squares: `linalg.vector_norm`."""
    return input.norm("fro", dim, keepdim)


def imag(input: Tensor) -> Tensor:
    """Raises RuntimeError: only complex numbers have an imaginary part."""
    return input.imag


def fill(input: Tensor, value: Tensor | Number) -> Tensor:
    """A copy of `input` that holds `value` everywhere."""
    return input.clone().fill_(value)


@overloads(
    "input: Tensor, other: Tensor, *, alpha: Number = 1",
    "input: Tensor, other: Number, alpha: Number = 1",
)
def rsub(input: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """other − alpha·input"""
    if not isinstance(input, Tensor):
        raise TypeError("no tensor")  # which is told in torch's words
    if isinstance(other, Tensor):
        return apply_broadcast(arithmetic.RsubBackward0, (input, other), alpha)
    return other - input * alpha if alpha != 1 else other - input


def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Any = None) -> Any:
    """`input` where `condition` holds, elsewhere `other`; each a tensor or a number.

    With `condition` alone: the places where it holds, a tensor for each dimension.
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if out is not None:
        return into(out, condition.__class__._where, "where", (condition, input, other), {})
    return condition._where(input, other)


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floating point numbers."""
    return input.is_floating_point()


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode."""
    return input.is_inference()


_SPREADS = (
    "input: Tensor, dim: Dims | None, unbiased=True, keepdim=False",
    "input: Tensor, dim: Dims = None, *, correction: Number = None, keepdim=False",
    "input: Tensor, unbiased=True",
)


@overloads(*_SPREADS)
def var_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """The variance and the mean; called as `var` is."""
    return input._var_mean(*args, **kwargs)


@overloads(*_SPREADS)
def std_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean; called as `std` is."""
    return input._std_mean(*args, **kwargs)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """With probability `p` 0 in place of an element, the others scaled by 1/(1 − p)."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    return input._dropout(p) if train and p else input
