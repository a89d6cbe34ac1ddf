"""Functions of tensors: `torch.exp(x)` is `x.exp()`, and what takes several tensors alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, return_types
from .errors import typename
from .joining import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_shapes,
    broadcast_tensors,
    cat,
    column_stack,
    concat,
    concatenate,
    dstack,
    hstack,
    meshgrid,
    stack,
    tensordot,
    vstack,
)
from .methods.linalg import einsum
from .ops import pointwise
from .out import into, with_out
from .recording import apply, apply_broadcast, scalar, wrap
from .tensor import Tensor

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "add",
    "addbmm",
    "addcdiv",
    "addcmul",
    "addmm",
    "addmv",
    "addmv_",
    "addr",
    "adjoint",
    "all",
    "allclose",
    "amax",
    "amin",
    "aminmax",
    "angle",
    "any",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "argmax",
    "argmin",
    "argsort",
    "argwhere",
    "as_strided",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "baddbmm",
    "bincount",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "bmm",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "cat",
    "ceil",
    "ceil_",
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "chunk",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "clone",
    "column_stack",
    "concat",
    "concatenate",
    "conj",
    "copysign",
    "corrcoef",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "count_nonzero",
    "cov",
    "cross",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "deg2rad",
    "deg2rad_",
    "det",
    "detach",
    "detach_",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_scatter",
    "diff",
    "digamma",
    "dist",
    "div",
    "divide",
    "dot",
    "dropout",
    "dsplit",
    "dstack",
    "einsum",
    "eq",
    "equal",
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "erfinv",
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expm1",
    "expm1_",
    "fill",
    "fill_",
    "fix",
    "fix_",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "float_power",
    "floor",
    "floor_",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "frac_",
    "frexp",
    "frobenius_norm",
    "gather",
    "gcd",
    "gcd_",
    "ge",
    "geqrf",
    "ger",
    "greater",
    "greater_equal",
    "gt",
    "hardshrink",
    "heaviside",
    "histc",
    "histogram",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "i0_",
    "igamma",
    "igammac",
    "imag",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_put_",
    "index_reduce",
    "index_select",
    "inner",
    "inverse",
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_inference",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_tensor",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "kron",
    "kthvalue",
    "lcm",
    "lcm_",
    "ldexp",
    "ldexp_",
    "le",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log10",
    "log10_",
    "log_",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logcumsumexp",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "logit_",
    "logsumexp",
    "lt",
    "lu",
    "lu_solve",
    "lu_unpack",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "mode",
    "moveaxis",
    "movedim",
    "msort",
    "mul",
    "multiply",
    "mv",
    "mvlgamma",
    "nan_to_num",
    "nan_to_num_",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "narrow",
    "ne",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "nextafter",
    "nonzero",
    "nonzero_static",
    "norm",
    "not_equal",
    "nuclear_norm",
    "numel",
    "orgqr",
    "ormqr",
    "outer",
    "permute",
    "pinverse",
    "polygamma",
    "positive",
    "pow",
    "prelu",
    "prod",
    "put",
    "qr",
    "quantile",
    "rad2deg",
    "rad2deg_",
    "ravel",
    "real",
    "reciprocal",
    "reciprocal_",
    "relu",
    "relu_",
    "remainder",
    "renorm",
    "repeat_interleave",
    "reshape",
    "resize_as_",
    "resolve_conj",
    "resolve_neg",
    "roll",
    "rot90",
    "round",
    "round_",
    "rsqrt",
    "rsqrt_",
    "rsub",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "select",
    "select_scatter",
    "sgn",
    "sigmoid",
    "sigmoid_",
    "sign",
    "signbit",
    "sin",
    "sin_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "slice_scatter",
    "slogdet",
    "softmax",
    "sort",
    "split",
    "split_with_sizes",
    "sqrt",
    "sqrt_",
    "square",
    "square_",
    "squeeze",
    "stack",
    "std",
    "std_mean",
    "sub",
    "subtract",
    "sum",
    "svd",
    "swapaxes",
    "swapdims",
    "t",
    "take",
    "take_along_dim",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
    "tensor_split",
    "tensordot",
    "tile",
    "topk",
    "trace",
    "transpose",
    "triangular_solve",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "trunc_",
    "typename",
    "unbind",
    "unflatten",
    "unique",
    "unique_consecutive",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "unsqueeze",
    "var",
    "var_mean",
    "vdot",
    "vsplit",
    "vstack",
    "where",
    "xlogy",
    "xlogy_",
    "zero_",
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
    call.__wrapped__ = method  # type: ignore[attr-defined]  # what help() and Shift+Tab show
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
        f"{name}(): argument 'input' (position 1) must be Tensor, not {type(first).__name__}"
    )


_TAKE_TWO_NUMBERS = frozenset("add div floor_divide mul sub true_divide".split())
_TAKE_NUMBERS = _TAKE_TWO_NUMBERS | set(
    "bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor float_power "
    "xlogy".split()
)


def __getattr__(name: str) -> Any:
    """A function that calls a method is made, and the method loaded, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return function(name)


if TYPE_CHECKING:
    abs = absolute = function("abs")
    abs_ = function("abs_")
    acos = arccos = function("acos")
    acos_ = function("acos_")
    acosh = arccosh = function("acosh")
    acosh_ = function("acosh_")
    add = function("add")
    addcdiv = function("addcdiv")
    addcmul = function("addcmul")
    addmm = function("addmm")
    addmv = function("addmv")
    addr = function("addr")
    adjoint = function("adjoint")
    all = function("all")
    allclose = function("allclose")
    amax = function("amax")
    amin = function("amin")
    aminmax = function("aminmax")
    any = function("any")
    arccos_ = function("arccos_")
    arccosh_ = function("arccosh_")
    arcsin_ = function("arcsin_")
    arcsinh_ = function("arcsinh_")
    arctan_ = function("arctan_")
    arctanh_ = function("arctanh_")
    argmax = function("argmax")
    argmin = function("argmin")
    argsort = function("argsort")
    argwhere = function("argwhere")
    as_strided = function("as_strided")
    asin = arcsin = function("asin")
    asin_ = function("asin_")
    asinh = arcsinh = function("asinh")
    asinh_ = function("asinh_")
    atan = arctan = function("atan")
    atan2 = arctan2 = function("atan2")
    atan_ = function("atan_")
    atanh = arctanh = function("atanh")
    atanh_ = function("atanh_")
    baddbmm = function("baddbmm")
    bincount = function("bincount")
    bitwise_and = function("bitwise_and")
    bitwise_left_shift = function("bitwise_left_shift")
    bitwise_not = function("bitwise_not")
    bitwise_or = function("bitwise_or")
    bitwise_right_shift = function("bitwise_right_shift")
    bitwise_xor = function("bitwise_xor")
    bmm = function("bmm")
    broadcast_to = function("broadcast_to")
    ceil = function("ceil")
    ceil_ = function("ceil_")
    cholesky = function("cholesky")
    chunk = function("chunk")
    clamp = clip = function("clamp")
    clamp_ = function("clamp_")
    clamp_max = function("clamp_max")
    clamp_max_ = function("clamp_max_")
    clamp_min = function("clamp_min")
    clamp_min_ = function("clamp_min_")
    clip_ = function("clip_")
    clone = function("clone")
    conj = function("conj")
    copysign = function("copysign")
    corrcoef = function("corrcoef")
    cos = function("cos")
    cos_ = function("cos_")
    cosh = function("cosh")
    cosh_ = function("cosh_")
    count_nonzero = function("count_nonzero")
    cov = function("cov")
    cross = function("cross")
    cummax = function("cummax")
    cummin = function("cummin")
    cumprod = function("cumprod")
    cumsum = function("cumsum")
    deg2rad = function("deg2rad")
    deg2rad_ = function("deg2rad_")
    det = function("det")
    detach = function("detach")
    detach_ = function("detach_")
    diag = function("diag")
    diag_embed = function("diag_embed")
    diagflat = function("diagflat")
    diagonal = function("diagonal")
    diagonal_scatter = function("diagonal_scatter")
    diff = function("diff")
    digamma = function("digamma")
    dist = function("dist")
    div = divide = function("div")
    dot = function("dot")
    dsplit = function("dsplit")
    eq = function("eq")
    equal = function("equal")
    erf = function("erf")
    erf_ = function("erf_")
    erfc = function("erfc")
    erfc_ = function("erfc_")
    erfinv = function("erfinv")
    exp = function("exp")
    exp2 = function("exp2")
    exp2_ = function("exp2_")
    exp_ = function("exp_")
    expm1 = function("expm1")
    expm1_ = function("expm1_")
    fill_ = function("fill_")
    fix_ = function("fix_")
    flatten = function("flatten")
    flip = function("flip")
    fliplr = function("fliplr")
    flipud = function("flipud")
    float_power = function("float_power")
    floor = function("floor")
    floor_ = function("floor_")
    floor_divide = function("floor_divide")
    fmax = function("fmax")
    fmin = function("fmin")
    fmod = function("fmod")
    frac = function("frac")
    frac_ = function("frac_")
    gather = function("gather")
    gcd = function("gcd")
    gcd_ = function("gcd_")
    ge = greater_equal = function("ge")
    gt = greater = function("gt")
    hardshrink = function("hardshrink")
    heaviside = function("heaviside")
    histc = function("histc")
    hsplit = function("hsplit")
    hypot = function("hypot")
    index_add = function("index_add")
    index_copy = function("index_copy")
    index_fill = function("index_fill")
    index_put = function("index_put")
    index_put_ = function("index_put_")
    index_reduce = function("index_reduce")
    index_select = function("index_select")
    inner = function("inner")
    inverse = function("inverse")
    is_complex = function("is_complex")
    is_conj = function("is_conj")
    is_nonzero = function("is_nonzero")
    is_same_size = function("is_same_size")
    is_signed = function("is_signed")
    isclose = function("isclose")
    isfinite = function("isfinite")
    isinf = function("isinf")
    isnan = function("isnan")
    isneginf = function("isneginf")
    isposinf = function("isposinf")
    isreal = function("isreal")
    kron = function("kron")
    kthvalue = function("kthvalue")
    lcm = function("lcm")
    lcm_ = function("lcm_")
    ldexp = function("ldexp")
    ldexp_ = function("ldexp_")
    le = less_equal = function("le")
    lerp = function("lerp")
    lgamma = function("lgamma")
    log = function("log")
    log10 = function("log10")
    log10_ = function("log10_")
    log1p = function("log1p")
    log1p_ = function("log1p_")
    log2 = function("log2")
    log2_ = function("log2_")
    log_ = function("log_")
    log_softmax = function("log_softmax")
    logaddexp = function("logaddexp")
    logaddexp2 = function("logaddexp2")
    logcumsumexp = function("logcumsumexp")
    logdet = function("logdet")
    logical_and = function("logical_and")
    logical_not = function("logical_not")
    logical_or = function("logical_or")
    logical_xor = function("logical_xor")
    logit = function("logit")
    logit_ = function("logit_")
    logsumexp = function("logsumexp")
    lt = less = function("lt")
    masked_fill = function("masked_fill")
    masked_scatter = function("masked_scatter")
    masked_select = function("masked_select")
    matmul = function("matmul")
    matrix_exp = function("matrix_exp")
    matrix_power = function("matrix_power")
    max = function("max")
    maximum = function("maximum")
    mean = function("mean")
    median = function("median")
    min = function("min")
    minimum = function("minimum")
    mm = function("mm")
    mode = function("mode")
    movedim = moveaxis = function("movedim")
    msort = function("msort")
    mul = multiply = function("mul")
    mv = function("mv")
    nan_to_num = function("nan_to_num")
    nan_to_num_ = function("nan_to_num_")
    nanmean = function("nanmean")
    nanmedian = function("nanmedian")
    nanquantile = function("nanquantile")
    nansum = function("nansum")
    narrow = function("narrow")
    ne = not_equal = function("ne")
    neg = negative = function("neg")
    neg_ = function("neg_")
    negative_ = function("negative_")
    nextafter = function("nextafter")
    nonzero = function("nonzero")
    norm = function("norm")
    numel = function("numel")
    outer = ger = function("outer")
    permute = function("permute")
    pinverse = function("pinverse")
    positive = function("positive")
    prelu = function("prelu")
    prod = function("prod")
    put = function("put")
    quantile = function("quantile")
    rad2deg = function("rad2deg")
    rad2deg_ = function("rad2deg_")
    ravel = function("ravel")
    reciprocal = function("reciprocal")
    reciprocal_ = function("reciprocal_")
    relu = function("relu")
    relu_ = function("relu_")
    renorm = function("renorm")
    repeat_interleave = function("repeat_interleave")
    reshape = function("reshape")
    resize_as_ = function("resize_as_")
    resolve_conj = function("resolve_conj")
    resolve_neg = function("resolve_neg")
    roll = function("roll")
    rot90 = function("rot90")
    round = function("round")
    round_ = function("round_")
    rsqrt = function("rsqrt")
    rsqrt_ = function("rsqrt_")
    scatter = function("scatter")
    scatter_add = function("scatter_add")
    scatter_reduce = function("scatter_reduce")
    select = function("select")
    select_scatter = function("select_scatter")
    sgn = function("sgn")
    sigmoid = function("sigmoid")
    sigmoid_ = function("sigmoid_")
    sign = function("sign")
    signbit = function("signbit")
    sin = function("sin")
    sin_ = function("sin_")
    sinc = function("sinc")
    sinc_ = function("sinc_")
    sinh = function("sinh")
    sinh_ = function("sinh_")
    slice_scatter = function("slice_scatter")
    slogdet = function("slogdet")
    softmax = function("softmax")
    sort = function("sort")
    split = function("split")
    split_with_sizes = function("split_with_sizes")
    sqrt = function("sqrt")
    sqrt_ = function("sqrt_")
    square = function("square")
    square_ = function("square_")
    squeeze = function("squeeze")
    std = function("std")
    sub = function("sub")
    subtract = function("subtract")
    sum = function("sum")
    t = function("t")
    take = function("take")
    take_along_dim = function("take_along_dim")
    tan = function("tan")
    tan_ = function("tan_")
    tanh = function("tanh")
    tanh_ = function("tanh_")
    tensor_split = function("tensor_split")
    tile = function("tile")
    topk = function("topk")
    trace = function("trace")
    transpose = swapdims = function("transpose")
    swapaxes = function("swapaxes")
    tril = function("tril")
    triu = function("triu")
    true_divide = function("true_divide")
    trunc = fix = function("trunc")
    trunc_ = function("trunc_")
    unbind = function("unbind")
    unflatten = function("unflatten")
    unique = function("unique")
    unique_consecutive = function("unique_consecutive")
    unsafe_chunk = function("unsafe_chunk")
    unsafe_split = function("unsafe_split")
    unsafe_split_with_sizes = function("unsafe_split_with_sizes")
    unsqueeze = function("unsqueeze")
    var = function("var")
    vdot = function("vdot")
    vsplit = function("vsplit")
    xlogy = function("xlogy")
    xlogy_ = function("xlogy_")
    zero_ = function("zero_")
    histogram = function("histogram")
    nonzero_static = function("nonzero_static")
    angle = function("angle")
    i0 = function("i0")
    i0_ = function("i0_")
    igamma = function("igamma")
    igammac = function("igammac")
    mvlgamma = function("mvlgamma")
    frexp = function("frexp")
    addbmm = function("addbmm")
    addmv_ = function("addmv_")
    cholesky_inverse = function("cholesky_inverse")
    cholesky_solve = function("cholesky_solve")
    geqrf = function("geqrf")
    lu = function("lu")
    lu_solve = function("lu_solve")
    orgqr = function("orgqr")
    ormqr = function("ormqr")
    qr = function("qr")
    svd = function("svd")
    triangular_solve = function("triangular_solve")


def pow(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    """input to the power of `exponent`; each a tensor or a number, but not both a number."""
    if not isinstance(input, Tensor) and isinstance(exponent, Tensor):
        if out is not None:
            return into(out, Tensor.__rpow__, "pow", (exponent, input), {})
        return exponent.__rpow__(input)
    return function("pow")(input, exponent, out=out)


def remainder(input: Any, other: Any, *, out: Any = None) -> Tensor:
    """What remains of input / other rounded down; each a tensor or a number."""
    if not isinstance(input, Tensor) and isinstance(other, Tensor):
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


def fill(input: Tensor, value: Any) -> Tensor:
    """A copy of `input` that holds `value` everywhere."""
    return input.clone().fill_(value)


def rsub(input: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """other − alpha·input"""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"rsub(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    if isinstance(other, Tensor):
        return apply_broadcast(pointwise.RsubBackward0, (input, other), alpha)
    return other - input * alpha if alpha != 1 else other - input


def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Any = None) -> Any:
    """`input` where `condition` holds, elsewhere `other`; each a tensor or a number.

    With `condition` alone: the places where it holds, a tensor for each dimension.
    """
    if not isinstance(condition, Tensor):
        given = type(condition).__name__
        raise TypeError(f"where(): argument 'condition' (position 1) must be Tensor, not {given}")
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


def var_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """The variance and the mean; called as `var` is."""
    return input._var_mean(*args, **kwargs)


def std_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean; called as `std` is."""
    return input._std_mean(*args, **kwargs)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """With probability `p` 0 in place of an element, the others scaled by 1/(1 − p)."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    return input._dropout(p) if train and p else input
