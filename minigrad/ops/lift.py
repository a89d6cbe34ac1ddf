"""Functions that rules are written with, beyond what operators and array methods can say.

A rule gets arrays, or, when it is recorded itself, Tensors. Each function here is numpy's on an
array, and on a Tensor the Tensor's own method, which is recorded.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.node import Node

_ARRAYS = (np.ndarray, np.generic)


def lift(method: str, on_array: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """`on_array(x, …)` for an array `x`, `x.method(…)` for a Tensor.

    Without `on_array`, an array is made a tensor for the length of the call: nothing is recorded
    while a rule runs on arrays.
    """

    def function(x: Any, *args: Any, **named: Any) -> Any:
        if not isinstance(x, _ARRAYS):
            return getattr(x, method)(*args, **named)
        if on_array is not None:
            return on_array(x, *args, **named)
        return getattr(_tensor(x), method)(*[_tensor(a) for a in args], **named)._data

    function.__name__ = method
    return function


def _tensor(x: Any) -> Any:
    return Node.tensor_type._wrap(x) if isinstance(x, _ARRAYS) else x


cos = lift("cos", np.cos)
cosh = lift("cosh", np.cosh)
exp = lift("exp", np.exp)
log = lift("log", np.log)
sgn = lift("sgn", np.sign)
isfinite = lift("isfinite", np.isfinite)
floor_divide = lift("_floor_quotient", np.floor_divide)
trunc_divide = lift("_trunc_quotient", lambda x, y: np.trunc(x / y))
sin = lift("sin", np.sin)
sinh = lift("sinh", np.sinh)
sqrt = lift("sqrt", np.sqrt)


def repeated(x: Any, shape: Any) -> Any:
    """`x` with dimensions of size 1, or missing in front, repeated up to `shape`: a view, which can
    be written to if `x` can."""
    x = np.asarray(x)
    steps = [0 if n == 1 else step for n, step in zip(x.shape, x.strides)]
    steps = (*(0,) * (len(shape) - x.ndim), *steps)
    if not x.flags.c_contiguous:
        return np.lib.stride_tricks.as_strided(x, shape, steps)
    return np.ndarray(shape, x.dtype, x, 0, steps)  # a quarter of the time: 1.2 of 5 us


expand = lift("expand", repeated)
mean_backward = lift("_mean_backward", lambda g, shape, n: repeated(g / g.dtype.type(n), shape))
permute = lift("permute", np.transpose)
transpose = lift("transpose", np.swapaxes)
unsqueeze = lift("unsqueeze", np.expand_dims)
where = lift("_where", lambda condition, x, y: np.where(condition, x, y))
new_zeros = lift("new_zeros", lambda x, shape: np.zeros(shape, x.dtype))
zeros = lift("_zeros", np.zeros_like)
new_ones = lift("new_ones", lambda x, shape: np.ones(shape, x.dtype))
amax = lift("amax", np.max)
flip = lift("flip", np.flip)
cumsum = lift("cumsum", lambda x, dim: np.add.accumulate(x, dim))
cumprod = lift("cumprod", lambda x, dim: np.multiply.accumulate(x, dim))
prod = lift("prod", lambda x, dim, keepdim: np.multiply.reduce(x, dim, keepdims=keepdim))


def _count(mask: Any, axes: Any, like: Any) -> Any:
    return np.add.reduce(mask, axis=axes, keepdims=axes is not None, dtype=like.dtype)


count = lift("_count", _count)
"""``count(mask, axes, like)``: how many are True, in the dtype of `like`; `axes` are kept."""


def cat(parts: Any, dim: int) -> Any:
    """The arrays or tensors `parts` one after the other along `dim`."""
    return np.concatenate(parts, dim) if _are_arrays(parts) else parts[0]._cat(parts, dim)


def stack(parts: Any, dim: int) -> Any:
    """The arrays or tensors `parts` one after the other along a new `dim`."""
    return np.stack(parts, dim) if _are_arrays(parts) else parts[0]._stack(parts, dim)


def _are_arrays(parts: Any) -> bool:
    return isinstance(parts[0], _ARRAYS)


SHORT = 1024
"""Rows up to this length are summed by einsum: in a third of the time, for it begins a row sooner,
and as exactly; longer ones would miss numpy's summing by pairs."""


def sums(x: Any, dim: int) -> Any:
    """The sums along `dim`, which keeps size 1."""
    if not x.ndim:
        return x
    if (dim == -1 or dim == x.ndim - 1) and x.shape[-1] <= SHORT:
        return np.einsum("...i->...", x)[..., None]
    return np.add.reduce(x, dim, keepdims=True)


def _softmax_backward(grad: Any, out: Any, dim: int) -> Any:
    if not out.ndim:
        return grad * 0
    if (dim == -1 or dim == out.ndim - 1) and out.shape[-1] <= SHORT:
        sent = grad - np.einsum("...i,...i->...", grad, out)[..., None]
    else:
        sent = grad - (grad * out).sum(dim, keepdims=True)
    sent *= out
    return sent


def _log_softmax_backward(grad: Any, out: Any, dim: int) -> Any:
    sent = np.asarray(np.exp(out))
    sent *= sums(grad, dim)
    return np.subtract(grad, sent, out=sent)


BLOCK = 1 << 15
"""Elements that stay in the cache from one step of a function to the next: of a million, sigmoid's
backward takes 570 µs in blocks of so many, 790 at once."""


def in_blocks(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays, element by element, computed block by block where they are large."""

    def blocked(*arrays: Any) -> Any:
        like = arrays[-1]
        if like.size <= BLOCK or not all(a.flags.c_contiguous for a in arrays):
            return function(*arrays)
        out = np.empty_like(like)
        flat = [a.reshape(-1) for a in (out, *arrays)]
        for start in range(0, out.size, BLOCK):
            part, *parts = [a[start : start + BLOCK] for a in flat]
            part[...] = function(*parts)
        return out

    return blocked


def rounded_once(forward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a `forward`: as in torch, float16 is computed in float32 and rounded at the end."""
    place = int(forward.__code__.co_varnames[:1] == ("self",))

    @functools.wraps(forward)
    def call(*args: Any, **named: Any) -> Any:
        if args[place].dtype.char != "e":
            return forward(*args, **named)
        wide = [a.astype(np.float32) if isinstance(a, _ARRAYS) else a for a in args]
        return forward(*wide, **named).astype(np.float16)

    return call


@in_blocks
def _sigmoid(x: Any) -> Any:
    if x.dtype.char == "e":
        return _sigmoid(x.astype(np.float32)).astype(x.dtype)
    if not x.ndim:
        return 1 / (1 + np.exp(-x))
    out = -x
    np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


@in_blocks
def _sigmoid_backward(grad: Any, out: Any) -> Any:
    slope = 1 - out
    slope *= out
    slope *= grad
    return slope


@in_blocks
def _tanh_backward(grad: Any, out: Any) -> Any:
    slope = out * out
    slope = np.subtract(1, slope, out=slope) if out.ndim else 1 - slope
    slope *= grad
    return slope


_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


def _threshold_backward(g: Any, x: Any, at: Any) -> Any:
    if not x.ndim:  # a numpy scalar, with which the rules that follow are ten times faster
        return g.dtype.type(0) if x <= at else g
    # All bits of g, or none: exact also for inf and nan, and ten times faster than np.where.
    keep = x <= at
    np.logical_not(keep, out=keep)
    return (g.view(_BITS[g.dtype]) * keep).view(g.dtype)


mse_loss_backward = lift("_mse_loss_backward", lambda g, x, y, scale: g * ((x - y) * scale))
softmax_backward = lift("_softmax_backward", _softmax_backward)
log_softmax_backward = lift("_log_softmax_backward", _log_softmax_backward)
sigmoid_backward = lift("_sigmoid_backward", _sigmoid_backward)
tanh_backward = lift("_tanh_backward", _tanh_backward)
threshold_backward = lift("_threshold_backward", _threshold_backward)
leaky_relu_backward = lift(
    "_leaky_relu_backward", lambda g, x, slope: np.where(x > 0, g, g * g.dtype.type(slope))
)
hardtanh_backward = lift(
    "_hardtanh_backward", lambda g, x, low, high: np.where((x > low) & (x < high), g, 0)
)
reciprocal = lift("reciprocal", np.reciprocal)
rsqrt = lift("rsqrt", lambda x: 1 / np.sqrt(x))
batched = lift("bmm", operator.matmul)


def product(a: Any, b: Any) -> Any:
    """A·B of two matrices. As `dot`, small ones take half the time of `@`, a column times a row a
    quarter."""
    return a.dot(b) if type(a) is np.ndarray else a.mm(b)


def t(a: Any) -> Any:
    """Aᵀ"""
    return a.T if isinstance(a, _ARRAYS) else a.t()


times = lift("_times", operator.mul)
"""x·c, for a number c: recorded as torch's own rules do it, without a place for c in the graph."""
over = lift("_over", operator.truediv)
"""x/c, likewise."""
plus = lift("_plus", operator.add)
"""x + c, likewise."""
minus = lift("_minus", operator.sub)
"""x − c, likewise."""


def number(value: float, like: Any) -> Any:
    """A number that stands first, as in 1 − x: to a Tensor `like` it is one of 0 dims."""
    return like.dtype.type(value) if isinstance(like, _ARRAYS) else like.new_full((), value)


def placed(x: Any, shape: tuple[int, ...], key: Any) -> Any:
    """Zeros of `shape`, and `x` at the basic index `key`."""
    out = np.zeros(shape, x.dtype)
    out[key] = x
    return out


def places(x: Any, indices: Any) -> tuple[Any, ...]:
    """What numpy indexes `x` with; None stands for a whole dim.

    Of an empty `x` nothing can be taken, so that torch lets an index outside pass, where one
    version of numpy raises and another warns.
    """
    key = [slice(None) if index is None else index for index in indices]
    if not x.size:
        key = [
            np.zeros_like(k) if n and isinstance(k, np.ndarray) else k for k, n in zip(key, x.shape)
        ]
    return tuple(key)


def put(x: Any, indices: Any, values: Any, accumulate: bool) -> Any:
    """A copy of `x` with `values` written, or added, at `indices`; None stands for a whole dim."""
    key = places(x, indices)
    out = x.copy()
    if accumulate:
        np.add.at(out, key, values)
    else:
        out[key] = values
    return out


def constant(array: Any, like: Any, cast: bool = True) -> Any:
    """An array that is part of a rule, beside `like`: in its dtype, and a Tensor if it is one."""
    if isinstance(like, _ARRAYS):
        return array.astype(like.dtype) if cast else array
    return _tensor(array).to(like.dtype) if cast else _tensor(array)


def _erf(x: Any) -> Any:
    return np.array(_erf_of_each(x), x.dtype)


_erf_of_each = np.frompyfunc(math.erf, 1, 1)


abs_ = lift("abs", np.abs)
erf = lift("erf", _erf)
log1p = lift("log1p", np.log1p)
logsigmoid = lift("_log_sigmoid", lambda x: -np.logaddexp(-x, x.dtype.type(0)))
sigmoid = lift("sigmoid", _sigmoid)
tanh = lift("tanh", np.tanh)


average_pool_again = lift("_average_pool")
average_pool_backward = lift("_average_pool_backward")
constant_pad = lift("_constant_pad")
convolution = lift("_convolution")
convolution_input = lift("_convolution_input")
convolution_weight = lift("_convolution_weight")
unique = lift("_unique", np.unique)
roll = lift("roll", lambda x, shifts, dims: np.roll(x, shifts if dims else shifts[0], dims or None))
tril = lift("tril", np.tril)
triu = lift("triu", np.triu)
diagonal = lift("diagonal", np.diagonal)
diagonal_backward = lift("_diagonal_backward")
select_backward = lift("_select_backward", placed)
slice_backward = lift("_slice_backward", placed)
index_put = lift("index_put", put)
index_put_impl = lift("_index_put_impl", put)
gather = lift("gather")
logit = lift("logit", lambda x: np.log(x) - np.log1p(-x))
outer = lift("outer", np.multiply.outer)
xlogy = lift("xlogy", lambda x, y: np.where((x == 0) & (y == y), x.dtype.type(0), x * np.log(y)))
index_add = lift("index_add")
index_fill = lift("index_fill")
index_select = lift("index_select")
masked_fill = lift("masked_fill", lambda x, mask, value: np.where(mask, value, x))
masked_scatter = lift("masked_scatter")
masked_select = lift("masked_select")
scatter = lift("scatter")
scatter_add = lift("scatter_add")
scatter_reduce = lift("scatter_reduce")
logcumsumexp = lift("logcumsumexp", np.logaddexp.accumulate)


def power(x: Any, exponent: Any) -> Any:
    """``x ** exponent``; small whole powers by multiplying, which is many times faster."""
    if isinstance(exponent, (int, float)) and isinstance(x, _ARRAYS):
        if exponent == 1:
            return x
        if exponent == 3:
            return x * x * x
        if x.dtype.kind == "f":
            exponent = float(exponent)
    return x**exponent
