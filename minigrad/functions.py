"""Functions of tensors: `torch.exp(x)` is `x.exp()`, and what takes several tensors alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .recording import wrap
from .tensor import Tensor

__all__ = [
    "abs",
    "absolute",
    "add",
    "addmm",
    "allclose",
    "bmm",
    "clone",
    "cos",
    "cosh",
    "div",
    "divide",
    "dot",
    "eq",
    "equal",
    "exp",
    "flatten",
    "ge",
    "gt",
    "is_tensor",
    "le",
    "log",
    "lt",
    "matmul",
    "mean",
    "mm",
    "mul",
    "multiply",
    "mv",
    "ne",
    "neg",
    "negative",
    "numel",
    "permute",
    "pow",
    "reciprocal",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "squeeze",
    "sub",
    "subtract",
    "sum",
    "swapaxes",
    "t",
    "tanh",
    "transpose",
    "true_divide",
    "unsqueeze",
    "where",
]


def function(name: str) -> Callable[..., Any]:
    """The function that calls the method `name` of its first argument, a tensor."""
    method = getattr(Tensor, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        args = args or (kwargs.pop("input", None),)
        if not isinstance(args[0], Tensor):
            raise TypeError(
                f"{name}(): argument 'input' (position 1) must be Tensor, "
                f"not {type(args[0]).__name__}"
            )
        return method(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = method.__doc__
    return call


abs = absolute = function("abs")
add = function("add")
addmm = function("addmm")
bmm = function("bmm")
clone = function("clone")
cos = function("cos")
cosh = function("cosh")
div = divide = true_divide = function("div")
dot = function("dot")
eq = function("eq")
exp = function("exp")
flatten = function("flatten")
ge = function("ge")
gt = function("gt")
le = function("le")
log = function("log")
lt = function("lt")
matmul = function("matmul")
mean = function("mean")
mm = function("mm")
mul = multiply = function("mul")
mv = function("mv")
ne = function("ne")
neg = negative = function("neg")
numel = function("numel")
permute = function("permute")
pow = function("pow")
reciprocal = function("reciprocal")
relu = function("relu")
reshape = function("reshape")
sigmoid = function("sigmoid")
sin = function("sin")
sinh = function("sinh")
sqrt = function("sqrt")
square = function("square")
squeeze = function("squeeze")
sub = subtract = function("sub")
sum = function("sum")
t = function("t")
tanh = function("tanh")
transpose = swapaxes = function("transpose")
unsqueeze = function("unsqueeze")


def where(condition: Tensor, input: Any, other: Any) -> Tensor:
    """`input` where `condition` holds, elsewhere `other`; each a tensor or a number."""
    if not isinstance(input, Tensor):
        kind = dtypes.result_type(input, other)
        input = wrap(kind.numpy.type(input))
    return input.where(condition, other)


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same elements."""
    return input.shape == other.shape and bool(np.array_equal(input._data, other._data))


def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Whether all elements satisfy |input − other| ≤ atol + rtol · |other|."""
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.scalar_type} did not match {other.dtype.scalar_type}")
    return bool(np.allclose(input._data, other._data, rtol, atol, equal_nan))
