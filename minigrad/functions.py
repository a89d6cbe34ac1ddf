"""Functions of tensors: `torch.exp(x)` is `x.exp()`, and what takes several tensors alike."""

from __future__ import annotations

import builtins  # many of this module's own names are Python's too
import functools
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import dtypes
from .engine.grad_mode import state
from .inplace import check_apart, write
from .methods.linalg import einsum
from .methods.linalg import tensordot as _tensordot
from .methods.pointwise import Pointwise
from .methods.shape import cat as _cat
from .methods.shape import stack as _stack
from .ops import pointwise
from .recording import apply_broadcast, memory, scalar, wrap
from .tensor import Tensor

__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "addmm",
    "addmv",
    "all",
    "allclose",
    "amax",
    "amin",
    "any",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argsort",
    "as_strided",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "baddbmm",
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
    "chunk",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "clone",
    "column_stack",
    "concat",
    "concatenate",
    "cos",
    "cosh",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "detach",
    "diag",
    "diag_embed",
    "diagonal",
    "div",
    "divide",
    "dot",
    "dropout",
    "dstack",
    "einsum",
    "eq",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fix",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "floor",
    "floor_divide",
    "fmod",
    "frac",
    "gather",
    "ge",
    "ger",
    "greater",
    "greater_equal",
    "gt",
    "hstack",
    "hypot",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "inner",
    "is_floating_point",
    "is_inference",
    "is_tensor",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "kthvalue",
    "le",
    "lerp",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "lt",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "matmul",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "moveaxis",
    "movedim",
    "mul",
    "multiply",
    "mv",
    "nan_to_num",
    "nanmean",
    "nanmedian",
    "nansum",
    "narrow",
    "ne",
    "neg",
    "negative",
    "nonzero",
    "norm",
    "not_equal",
    "numel",
    "outer",
    "permute",
    "positive",
    "pow",
    "prod",
    "ravel",
    "reciprocal",
    "relu",
    "remainder",
    "repeat_interleave",
    "reshape",
    "roll",
    "round",
    "rsqrt",
    "rsub",
    "scatter",
    "scatter_add",
    "select",
    "sgn",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "softmax",
    "sort",
    "split",
    "split_with_sizes",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "std_mean",
    "sub",
    "subtract",
    "sum",
    "swapaxes",
    "swapdims",
    "t",
    "take",
    "take_along_dim",
    "tan",
    "tanh",
    "tensor_split",
    "tensordot",
    "tile",
    "topk",
    "trace",
    "transpose",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "unbind",
    "unflatten",
    "unsqueeze",
    "var",
    "var_mean",
    "vstack",
    "where",
    "xlogy",
]


def function(name: str) -> Callable[..., Any]:
    """The function that calls the method `name` of its first argument, a tensor.

    With ``out=`` the result is written into that tensor, which is given its shape.
    """
    method = getattr(Tensor, name)

    def call(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        args = args or (kwargs.pop("input", None),)
        if not isinstance(args[0], Tensor):
            args = _number_first(name, args, kwargs)
        try:
            if out is None:
                return method(*args, **kwargs)
            return _into(out, method, name, args, kwargs)
        except TypeError as error:  # a method does not count its tensor as an argument
            text = re.sub(r"(?<=\(position )\d+", lambda n: str(int(n[0]) + 1), str(error))
            error.args = (text,)
            raise

    call.__name__ = call.__qualname__ = name
    call.__doc__ = method.__doc__
    return call


def with_out(call: Callable[..., Any]) -> Callable[..., Any]:
    """A function of several tensors that also takes ``out=``."""

    @functools.wraps(call)
    def function(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None:
            return call(*args, **kwargs)
        return _into(out, call, call.__name__, args, kwargs)

    return function


def _number_first(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """A number as first operand becomes a tensor of the dtype in which it meets the second."""
    first = args[0]
    second = args[1] if len(args) > 1 else kwargs.get("other", kwargs.get("exponent"))
    if name in _TAKE_NUMBERS and isinstance(second, Tensor) and isinstance(first, (int, float)):
        return wrap(scalar(first, dtypes.result_type(first, second))), *args[1:]
    raise TypeError(
        f"{name}(): argument 'input' (position 1) must be Tensor, not {type(first).__name__}"
    )


_TAKE_NUMBERS = frozenset("add bitwise_and bitwise_or bitwise_xor div mul sub".split())


def _into(
    out: Any, method: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Write what `method` returns into `out`: one tensor, or a tuple of them."""
    outs = out if isinstance(out, (tuple, list)) else (out,)
    listed = args[0] if isinstance(args[0], (list, tuple)) else ()
    tensors = [t for t in (*args, *listed, *kwargs.values()) if isinstance(t, Tensor)]
    if state.enabled and builtins.any(t.requires_grad for t in (*tensors, *outs)):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    result = method(*args, **kwargs)
    results = result if isinstance(result, tuple) else (result,)
    for target, value in zip(outs, results):
        if name in _SAME_DTYPE and value.dtype is not target.dtype:
            raise RuntimeError(_SAME_DTYPE[name].format(value.dtype, target.dtype))
        check_apart(memory(target))
        if not dtypes.can_cast(value.dtype, target.dtype):
            raise RuntimeError(
                f"result type {value.dtype.scalar_type} can't be cast to the desired output type "
                f"{target.dtype.scalar_type}"
            )
        if builtins.any(_shared(target, t, hasattr(Pointwise, name)) for t in tensors):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to "
                "tensor refer to a single memory location. Please clone() the tensor before "
                "performing the operation."
            )
        if target.shape != value.shape:
            _resize(target, value.shape)
        write(target, value._data)
    return out if not isinstance(result, tuple) else type(result)(*outs)


_MATCH = (
    "Expected the dtype for input and out to match, but got {0.scalar_type} for input's dtype and "
    "{1.scalar_type} for out's dtype."
)
_SAME = "Expected out tensor to have dtype {0.c_name}, but got {1.c_name} instead"
_SAME_DTYPE = {"amax": _MATCH, "amin": _MATCH, "gather": _SAME}
"""The operations that do not convert what they write into `out`."""


def _shared(a: Tensor, b: Tensor, pointwise: bool) -> bool:
    """Whether two tensors share memory; a pointwise operation may write over its own input."""
    x, y = memory(a), memory(b)
    same = x.ctypes.data == y.ctypes.data and x.strides == y.strides and x.shape == y.shape
    return not (same and pointwise) and np.shares_memory(x, y)


def _resize(target: Tensor, shape: Any) -> None:
    if target.numel():
        warnings.warn(
            "An output with one or more elements was resized since it had shape "
            f"{list(target.shape)}, which does not match the required output shape {list(shape)}. "
            "This behavior is deprecated, and in a future PyTorch release outputs will not be "
            "resized unless they have zero elements. You can explicitly reuse an out tensor t by "
            "resizing it, inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=4,
        )
    target._data = np.empty(shape, memory(target).dtype)


abs = absolute = function("abs")
acos = arccos = function("acos")
acosh = arccosh = function("acosh")
add = function("add")
addcdiv = function("addcdiv")
addcmul = function("addcmul")
addmm = function("addmm")
addmv = function("addmv")
all = function("all")
allclose = function("allclose")
amax = function("amax")
amin = function("amin")
any = function("any")
argmax = function("argmax")
argmin = function("argmin")
argsort = function("argsort")
as_strided = function("as_strided")
asin = arcsin = function("asin")
asinh = arcsinh = function("asinh")
atan = arctan = function("atan")
atan2 = arctan2 = function("atan2")
atanh = arctanh = function("atanh")
baddbmm = function("baddbmm")
bitwise_and = function("bitwise_and")
bitwise_left_shift = function("bitwise_left_shift")
bitwise_not = function("bitwise_not")
bitwise_or = function("bitwise_or")
bitwise_right_shift = function("bitwise_right_shift")
bitwise_xor = function("bitwise_xor")
bmm = function("bmm")
broadcast_to = function("broadcast_to")
ceil = function("ceil")
chunk = function("chunk")
clamp = clip = function("clamp")
clamp_max = function("clamp_max")
clamp_min = function("clamp_min")
clone = function("clone")
cos = function("cos")
cosh = function("cosh")
count_nonzero = function("count_nonzero")
cumprod = function("cumprod")
cumsum = function("cumsum")
detach = function("detach")
diag = function("diag")
diag_embed = function("diag_embed")
diagonal = function("diagonal")
div = divide = function("div")
dot = function("dot")
eq = function("eq")
equal = function("equal")
erf = function("erf")
erfc = function("erfc")
exp = function("exp")
exp2 = function("exp2")
expm1 = function("expm1")
trunc = fix = function("trunc")
flatten = function("flatten")
flip = function("flip")
fliplr = function("fliplr")
flipud = function("flipud")
floor = function("floor")
floor_divide = function("floor_divide")
fmod = function("fmod")
frac = function("frac")
gather = function("gather")
ge = greater_equal = function("ge")
gt = greater = function("gt")
hypot = function("hypot")
index_add = function("index_add")
index_copy = function("index_copy")
index_fill = function("index_fill")
index_put = function("index_put")
index_select = function("index_select")
inner = function("inner")
isclose = function("isclose")
isfinite = function("isfinite")
isinf = function("isinf")
isnan = function("isnan")
isneginf = function("isneginf")
isposinf = function("isposinf")
kthvalue = function("kthvalue")
le = less_equal = function("le")
lerp = function("lerp")
log = function("log")
log10 = function("log10")
log1p = function("log1p")
log2 = function("log2")
log_softmax = function("log_softmax")
logaddexp = function("logaddexp")
logical_and = function("logical_and")
logical_not = function("logical_not")
logical_or = function("logical_or")
logical_xor = function("logical_xor")
logsumexp = function("logsumexp")
lt = less = function("lt")
masked_fill = function("masked_fill")
masked_scatter = function("masked_scatter")
masked_select = function("masked_select")
matmul = function("matmul")
max = function("max")
maximum = function("maximum")
mean = function("mean")
median = function("median")
min = function("min")
minimum = function("minimum")
mm = function("mm")
movedim = moveaxis = function("movedim")
mul = multiply = function("mul")
mv = function("mv")
nan_to_num = function("nan_to_num")
nanmean = function("nanmean")
nanmedian = function("nanmedian")
nansum = function("nansum")
narrow = function("narrow")
ne = not_equal = function("ne")
neg = negative = function("neg")
nonzero = function("nonzero")
norm = function("norm")
numel = function("numel")
outer = ger = function("outer")
permute = function("permute")
positive = function("positive")
prod = function("prod")
ravel = function("ravel")
reciprocal = function("reciprocal")
relu = function("relu")
repeat_interleave = function("repeat_interleave")
reshape = function("reshape")
roll = function("roll")
round = function("round")
rsqrt = function("rsqrt")
scatter = function("scatter")
scatter_add = function("scatter_add")
select = function("select")
sgn = function("sgn")
sigmoid = function("sigmoid")
sign = function("sign")
signbit = function("signbit")
sin = function("sin")
sinh = function("sinh")
softmax = function("softmax")
sort = function("sort")
split = function("split")
split_with_sizes = function("split_with_sizes")
sqrt = function("sqrt")
square = function("square")
squeeze = function("squeeze")
std = function("std")
sub = subtract = function("sub")
sum = function("sum")
t = function("t")
take = function("take")
take_along_dim = function("take_along_dim")
tan = function("tan")
tanh = function("tanh")
tensor_split = function("tensor_split")
tile = function("tile")
topk = function("topk")
trace = function("trace")
transpose = swapaxes = swapdims = function("transpose")
tril = function("tril")
triu = function("triu")
true_divide = function("true_divide")
unbind = function("unbind")
unflatten = function("unflatten")
unsqueeze = function("unsqueeze")
var = function("var")
xlogy = function("xlogy")
_pow = function("pow")


def pow(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    """input to the power of `exponent`; each a tensor or a number, but not both a number."""
    if not isinstance(input, Tensor) and isinstance(exponent, Tensor):
        return exponent.__rpow__(input)
    return _pow(input, exponent, out=out)


_remainder = function("remainder")


def remainder(input: Any, other: Any, *, out: Any = None) -> Tensor:
    """What remains of input / other rounded down; each a tensor or a number."""
    if not isinstance(input, Tensor) and isinstance(other, Tensor):
        return other.__rmod__(input)
    return _remainder(input, other, out=out)


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
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if out is not None:
        return _into(out, condition.__class__._where, "where", (condition, input, other), {})
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


# -- of several tensors ----------------------------------------------------------------------------


cat = concat = concatenate = with_out(_cat)
stack = with_out(_stack)
tensordot = with_out(_tensordot)


def atleast_1d(*tensors: Any) -> Any:
    """The tensors, with a dimension if they have none."""
    return _each(tensors, lambda t: t.reshape(1) if t.ndim == 0 else t)


def atleast_2d(*tensors: Any) -> Any:
    """The tensors, with two dimensions if they have fewer: a vector becomes a row."""
    return _each(
        tensors, lambda t: t.reshape(1, 1) if t.ndim == 0 else t.unsqueeze(0) if t.ndim == 1 else t
    )


def atleast_3d(*tensors: Any) -> Any:
    """The tensors, with three dimensions if they have fewer."""

    def deepened(t: Tensor) -> Tensor:
        if t.ndim == 0:
            return t.reshape(1, 1, 1)
        return (
            t.unsqueeze(0).unsqueeze(-1) if t.ndim == 1 else t.unsqueeze(-1) if t.ndim == 2 else t
        )

    return _each(tensors, deepened)


def _each(tensors: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return change(tensors[0])
    return tuple([change(t) for t in (tensors[0] if len(tensors) == 1 else tensors)])


def _some(tensors: Sequence[Tensor], name: str) -> Sequence[Tensor]:
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return tensors


@with_out
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side: along the second dimension, vectors along the first."""
    parts = [atleast_1d(t) for t in _some(tensors, "hstack")]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@with_out
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors below each other; a vector is a row."""
    return cat([atleast_2d(t) for t in _some(tensors, "vstack")], 0)


@with_out
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors behind each other, along the third dimension."""
    return cat([atleast_3d(t) for t in _some(tensors, "dstack")], 2)


@with_out
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side; a vector is a column."""
    columns = _some(tensors, "column_stack")
    return hstack([t.reshape(t.numel(), 1) if t.ndim <= 1 else t for t in columns])


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape in which tensors of these shapes meet."""
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(
            "Shape mismatch: objects cannot be broadcast to a single shape"
        ) from None
    return Tensor._wrap(np.empty(shape)).shape


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors as views of the shape in which they meet."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    shape = broadcast_shapes(*[t.shape for t in tensors])
    return tuple([t if t.shape == shape else t.expand(shape) for t in tensors])


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The grid that vectors span: for each of them, its element at every point of the grid."""
    if indexing is None:
        warnings.warn(
            "minigrad.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            UserWarning,
            stacklevel=2,
        )
        indexing = "ij"
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            'torch.meshgrid: indexing must be one of "xy" or "ij", but received: ' + indexing
        )
    if indexing == "xy" and len(tensors) > 1:
        second, first, *rest = meshgrid(tensors[1], tensors[0], *tensors[2:], indexing="ij")
        return first, second, *rest
    shape = [t.numel() for t in tensors]
    at = [[n if i == d else 1 for i in range(len(shape))] for d, n in enumerate(shape)]
    return tuple([t.view(size).expand(shape) for t, size in zip(tensors, at)])
