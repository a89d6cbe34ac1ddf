"""New tensors: from Python's numbers, lists and arrays, of a given shape, or of random numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import dtypes
from .ops.dims import sizes
from .random import Generator, default_generator
from .recording import wrap
from .tensor import Tensor

__all__ = [
    "arange",
    "as_tensor",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "linspace",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "tensor",
    "zeros",
    "zeros_like",
]

Dtype = dtypes.dtype | type | None
"""A dtype, or bool, int or float for the widest of its kind; None leaves the choice to the data."""

_PYTHON_TYPES = {bool: dtypes.bool, int: dtypes.int64, float: dtypes.float64}


def _numpy(dtype: Dtype) -> np.dtype[Any]:
    if dtype is None:
        return dtypes.get_default_dtype().numpy
    if isinstance(dtype, dtypes.dtype):
        return dtype.numpy
    if dtype in _PYTHON_TYPES:
        return _PYTHON_TYPES[dtype].numpy
    raise TypeError(f"dtype must be minigrad.dtype, not {type(dtype).__name__}")


def _leaf(array: np.ndarray, requires_grad: bool, name: str) -> Tensor:
    if not isinstance(requires_grad, bool):
        raise TypeError(
            f"{name}(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}"
        )
    dtypes.from_numpy(array.dtype)  # raises for what no tensor can hold
    leaf = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients"
            )
        leaf._requires_grad = True
    return leaf


# -- from data -------------------------------------------------------------------------------------


def tensor(
    data: Any, *, dtype: Dtype = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A new leaf that holds a copy of `data`: a number, nested sequences of numbers, an array.

    Without `dtype`, Python floats become the default dtype (float32), ints int64, bools bool.
    Raises TypeError or ValueError for other data, RuntimeError if integers are to require grad.
    """
    return _leaf(_array(data, dtype).copy(), requires_grad, "tensor")


def as_tensor(data: Any, dtype: Dtype = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without a copy where that is possible."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtypes.from_numpy(_numpy(dtype)))
    if isinstance(data, np.ndarray) and (dtype is None or _numpy(dtype) == data.dtype):
        return from_numpy(data)
    return _leaf(_array(data, dtype), False, "as_tensor")


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the memory of `ndarray`: a write to one is seen in the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return _leaf(ndarray, False, "from_numpy")


def _array(data: Any, dtype: Dtype) -> np.ndarray:
    wanted = None if dtype is None else _numpy(dtype)
    if isinstance(data, Tensor):
        data = data._data
    if isinstance(data, (np.ndarray, np.generic)):
        return np.asarray(data, wanted, order="C")
    plain = _plain(data)
    try:
        array = np.array(plain)
    except ValueError:
        raise _ragged(plain, 0) from None
    if array.dtype.kind not in "biuf":
        raise _not_a_number(plain)
    if wanted is None and array.dtype.kind == "f" and not _holds_arrays(data):
        wanted = dtypes.get_default_dtype().numpy
    return array if wanted is None else array.astype(wanted, copy=False)


def _plain(data: Any) -> Any:
    if isinstance(data, Tensor):
        return data.tolist()
    return [_plain(d) for d in data] if isinstance(data, (list, tuple)) else data


def _holds_arrays(data: Any) -> bool:
    first = data[0] if isinstance(data, (list, tuple)) and data else None
    return isinstance(first, np.ndarray) or (first is not None and _holds_arrays(first))


def _ragged(data: Any, dim: int) -> Exception:
    """Torch's words for the first row whose length differs from its neighbours'."""
    lengths = [len(d) if isinstance(d, (list, tuple)) else None for d in data]
    for row, length in zip(data, lengths):
        if length is None and lengths[0] is not None:
            return TypeError(f"not a sequence: {row!r}")
        if length != lengths[0]:
            if lengths[0] is None:
                return _not_a_number(row)
            return ValueError(
                f"expected sequence of length {lengths[0]} at dim {dim + 1} (got {length})"
            )
    for row in data:
        if isinstance(row, (list, tuple)):
            return _ragged(row, dim + 1)
    return _not_a_number(data)


def _not_a_number(data: Any) -> Exception:
    while isinstance(data, (list, tuple)):
        data = next((d for d in data if not isinstance(d, (bool, int, float, np.number))), None)
    if isinstance(data, str):
        return TypeError(f"new(): invalid data type '{type(data).__name__}'")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


# -- of a shape ------------------------------------------------------------------------------------


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of shape `size` filled with one value, whose type decides the dtype."""
    kind = dtypes.number_dtype(fill_value).numpy if dtype is None else _numpy(dtype)
    return _leaf(np.full(sizes((size,)), fill_value, kind), requires_grad, "full")


def ones(
    *size: Any, dtype: Dtype = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones, in the default dtype unless `dtype` says otherwise."""
    return _leaf(np.ones(sizes(size), _numpy(dtype)), requires_grad, "ones")


def zeros(
    *size: Any, dtype: Dtype = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros, in the default dtype unless `dtype` says otherwise."""
    return _leaf(np.zeros(sizes(size), _numpy(dtype)), requires_grad, "zeros")


def empty(
    *size: Any, dtype: Dtype = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Memory whose content is left to chance."""
    return _leaf(np.empty(sizes(size), _numpy(dtype)), requires_grad, "empty")


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The n × m matrix with ones on its diagonal; m is n if left out."""
    return _leaf(np.eye(n, m, dtype=_numpy(dtype)), requires_grad, "eye")


def arange(
    start: float,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … up to but without `end`; integers if all three are."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(v, int) for v in (start, end, step))
    kind = (np.dtype(np.int64) if whole else _numpy(None)) if dtype is None else _numpy(dtype)
    count = math.ceil((end - start) / step)
    return _leaf((start + step * np.arange(count)).astype(kind), requires_grad, "arange")


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` values from `start` to `end`, both included, at equal distances."""
    return _leaf(np.linspace(start, end, steps).astype(_numpy(dtype)), requires_grad, "linspace")


def _like(array: np.ndarray, input: Tensor, dtype: Dtype, requires_grad: bool, name: str) -> Tensor:
    kind = input._data.dtype if dtype is None else _numpy(dtype)
    return _leaf(array.astype(kind), requires_grad, name)


def ones_like(input: Tensor, *, dtype: Dtype = None, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and dtype of `input`."""
    return _like(np.ones(input.shape), input, dtype, requires_grad, "ones_like")


def zeros_like(input: Tensor, *, dtype: Dtype = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and dtype of `input`."""
    return _like(np.zeros(input.shape), input, dtype, requires_grad, "zeros_like")


def empty_like(input: Tensor, *, dtype: Dtype = None, requires_grad: bool = False) -> Tensor:
    """Memory left to chance in the shape and dtype of `input`."""
    return _like(np.empty(input.shape), input, dtype, requires_grad, "empty_like")


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Dtype = None, requires_grad: bool = False
) -> Tensor:
    """One value in the shape and dtype of `input`."""
    return _like(np.full(input.shape, fill_value), input, dtype, requires_grad, "full_like")


# -- of random numbers -----------------------------------------------------------------------------


def _stream(generator: Generator | None) -> np.random.Generator:
    return (generator or default_generator).stream


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform on [0, 1)."""
    # Rounded to a narrower dtype, the largest values would reach 1, which is excluded.
    kind = _numpy(dtype)
    values = np.minimum(
        _stream(generator).random(sizes(size)).astype(kind),
        np.nextafter(kind.type(1), kind.type(0)),
    )
    return _leaf(np.asarray(values), requires_grad, "rand")


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Standard normal."""
    values = _stream(generator).standard_normal(sizes(size))
    return _leaf(np.asarray(values, _numpy(dtype)), requires_grad, "randn")


def randint(
    low: int,
    high: Any,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Dtype = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers from `low` (0 if left out) up to but without `high`."""
    if size is None:
        low, high, size = 0, low, high
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    kind = np.dtype(np.int64) if dtype is None else _numpy(dtype)
    values = _stream(generator).integers(low, high, sizes((size,)))
    return _leaf(np.asarray(values, kind), requires_grad, "randint")


def randperm(n: int, *, generator: Generator | None = None, dtype: Dtype = None) -> Tensor:
    """The integers 0 … n−1 in random order."""
    kind = np.dtype(np.int64) if dtype is None else _numpy(dtype)
    return _leaf(_stream(generator).permutation(n).astype(kind), False, "randperm")


def rand_like(input: Tensor, *, dtype: Dtype = None, requires_grad: bool = False) -> Tensor:
    """Uniform on [0, 1) in the shape and dtype of `input`."""
    return rand(input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randn_like(input: Tensor, *, dtype: Dtype = None, requires_grad: bool = False) -> Tensor:
    """Standard normal in the shape and dtype of `input`."""
    return randn(input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)
