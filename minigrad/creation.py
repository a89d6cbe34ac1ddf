"""New tensors: from Python's numbers, lists and arrays, of a given shape, or of random numbers.

Those of a shape take torch's options: `dtype`, `requires_grad`, `out` (a tensor to write into), and
`device`, which must be "cpu". `layout`, `pin_memory` and `memory_format` are taken and ignored.
"""

from __future__ import annotations

import builtins
import math
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from . import dtypes
from .backends import fresh, sized
from .checked import overloads, told
from .engine.node import Node
from .errors import class_name, noted, warn_once
from .inplace import write
from .ops.dims import broadcast_shape, sizes
from .random import default_generator, uniform
from .random import normal as normal_numbers
from .recording import memory, own, record, wrap
from .size import Size
from .storage import in_order, is_storage, of_type
from .tensor import Tensor

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "arange",
    "as_tensor",
    "asarray",
    "bernoulli",
    "empty",
    "empty_like",
    "empty_strided",
    "eye",
    "from_numpy",
    "frombuffer",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "multinomial",
    "normal",
    "ones",
    "ones_like",
    "poisson",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "range",
    "scalar_tensor",
    "set_default_tensor_type",
    "tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]

_OPTIONS_NEW = "dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False"
_OPTIONS = f"out=None, {_OPTIONS_NEW}"
_MADE, _NEW = f"*, {_OPTIONS}", f"*, {_OPTIONS_NEW}"

Dtype = dtypes.dtype | type | None
"""A dtype, or bool, int or float for the widest of its kind; None leaves the choice to the data."""


def _numpy(dtype: Dtype, name: str = "tensor") -> np.dtype[Any]:
    if dtype is None:
        return dtypes.get_default_dtype().numpy
    if isinstance(dtype, dtypes.dtype):
        return dtype.numpy
    if dtype in dtypes.PYTHON_TYPES:
        return dtypes.PYTHON_TYPES[dtype].numpy
    raise TypeError(
        f"{name}(): argument 'dtype' must be minigrad.dtype, not {type(dtype).__name__}"
    )


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


@overloads("data: Any, *, dtype=None, device=None, pin_memory=False, requires_grad=False")
def tensor(
    data: Any, *, dtype: Dtype = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A new leaf that holds a copy of `data`: a number, nested sequences of numbers, an array.

    Without `dtype`, Python floats become the default dtype (float32), ints int64, bools bool.
    Raises TypeError or ValueError for other data, RuntimeError if integers are to require grad.
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use "
            "sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than "
            "minigrad.tensor(sourceTensor).",
            UserWarning,
            stacklevel=3,
        )
    return _leaf(own(_array(data, dtype).copy()), requires_grad, "tensor")


@overloads("data: Any, *, dtype=None, device=None")
def as_tensor(data: Any, dtype: Dtype = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without a copy where that is possible."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtypes.from_numpy(_numpy(dtype)))
    if isinstance(data, np.ndarray) and (dtype is None or _numpy(dtype) == data.dtype):
        return from_numpy(data)
    return _leaf(_array(data, dtype), False, "as_tensor")


def asarray(
    obj: Any,
    *,
    dtype: Dtype = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """`obj` as a tensor: of a tensor, an array or a buffer on the same memory, unless `copy`.

    It requires grad if `obj` does, unless `requires_grad` says otherwise. Raises ValueError if
    `copy` is False and a copy is needed.
    """
    if isinstance(obj, (bytes, bytearray, memoryview)):
        obj = frombuffer(obj, dtype=dtype or dtypes.get_default_dtype())
    same = isinstance(obj, Tensor) or (isinstance(obj, np.ndarray) and obj.dtype.kind in "biuf")
    if same:
        tensor = obj if isinstance(obj, Tensor) else from_numpy(obj)
        if dtype is not None and _numpy(dtype) != tensor._data.dtype:
            if copy is False:
                wanted = dtypes.from_numpy(_numpy(dtype)).scalar_type
                raise ValueError(
                    f"can't alias tensor with dtype '{tensor.dtype.scalar_type}' into dtype "
                    f"'{wanted}'."
                )
            out = tensor.to(dtypes.from_numpy(_numpy(dtype)))
        else:
            out = tensor.clone() if copy else tensor
        if requires_grad is None and out.requires_grad:
            warn_once(
                "minigrad.asarray: unspecified requires_grad now defaults to obj.requires_grad "
                "instead of False. Pass requires_grad=False explicitly to get the old behavior and "
                "silence this warning.",
                2,
            )
        elif not requires_grad and out.requires_grad:
            out = out.detach()
        elif requires_grad and not out.requires_grad:
            out = (out.detach() if out is obj else out).requires_grad_()
        return out
    if copy is False:
        if isinstance(obj, np.generic):
            raise RuntimeError(
                "can't alias NumPy scalars. Either remove copy=False or transform it in a ndarray. "
            )
        raise ValueError(f"can't alias arbitrary sequence of type '{type(obj).__name__}'.")
    return _leaf(_array(obj, dtype), bool(requires_grad), "asarray")


def frombuffer(
    buffer: Any, *, dtype: Dtype, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A tensor on the memory of a Python buffer: bytes read as numbers of `dtype`."""
    kind = _numpy(dtype)
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    size, item = view.nbytes, kind.itemsize
    if size == 0 or count == 0:
        raise ValueError(f"both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length "
            f"({size} bytes) minus 1"
        )
    if count < 0 and (size - offset) % item:
        raise ValueError(
            f"buffer length ({size - offset} bytes) after offset ({offset} bytes) must be a "
            f"multiple of element size ({item})"
        )
    n = (size - offset) // item if count < 0 else count
    if offset + n * item > size:
        raise ValueError(
            f"requested buffer length ({n} * {item} bytes) after offset ({offset} bytes) must not "
            f"be greater than actual buffer length ({size} bytes)"
        )
    if view.readonly:
        warnings.warn(
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. "
            "This means you can write to the underlying (supposedly non-writable) buffer using the "
            "tensor. You may want to copy the buffer to protect its data or make it writable "
            "before converting it to a tensor. This type of warning will be suppressed for the "
            "rest of this program.",
            UserWarning,
            stacklevel=3,
        )
    return _leaf(np.frombuffer(buffer, kind, n, offset), requires_grad, "frombuffer")


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the memory of `ndarray`: a write to one is seen in the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if not ndarray.flags.writeable:
        warn_once(
            "The given NumPy array is not writable, and PyTorch does not support non-writable "
            "tensors. This means writing to this tensor will result in undefined behavior. You may "
            "want to copy the array to protect its data or make it writable before converting it "
            "to a tensor. This type of warning will be suppressed for the rest of this program.",
            3,
        )
    return _leaf(_readable(ndarray), False, "from_numpy")


def _readable(array: np.ndarray) -> np.ndarray:
    """`array`, unless it steps through its memory as no tensor can: then ValueError."""
    if any(step < 0 for step in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported. (You can probably work around this by making a "
            "copy of your array  with array.copy().) "
        )
    if any(step % array.itemsize for step in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy "
            "array to reallocate the memory."
        )
    return array


_OTHER_STORAGE = (
    "Expected a Storage of type {0.scalar_type} or an UntypedStorage, but got {1.scalar_type}"
)


_TOO_LARGE = "Overflow when unpacking long long"


def _array(data: Any, dtype: Dtype) -> np.ndarray:
    wanted = None if dtype is None else _numpy(dtype)
    if is_storage(data):
        return of_type(data, data._array.dtype if wanted is None else wanted, _OTHER_STORAGE)
    if isinstance(data, Tensor):
        data = data._data
    if isinstance(data, (np.ndarray, np.generic)):
        return np.asarray(_readable(np.asarray(data)), wanted, order="C")
    plain = _plain(data)
    first = data
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if isinstance(first, np.ndarray) and first.ndim:
        warn_once(
            "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider "
            "converting the list to a single numpy.ndarray with numpy.array() before converting to "
            "a tensor.",
            4,
        )
    try:
        # Integers beyond 64 bits may still be read as floats, or as True.
        array = np.array(plain, wanted if wanted is not None and wanted.kind in "fb" else None)
    except ValueError:
        raise _refused(plain) from None
    if array.dtype.kind not in "biuf":
        raise _refused(plain)
    if array.dtype == np.uint64 and wanted is None:
        raise ValueError(_TOO_LARGE)
    if wanted is None and array.dtype.kind == "f":
        kinds = _floats(data)
        wanted = (
            kinds.pop()
            if len(kinds) == 1
            else np.result_type(*kinds or [dtypes.get_default_dtype().numpy])
        )
    if wanted is None or wanted.kind in "fb" or not array.size:
        return array if wanted is None else array.astype(wanted, copy=False)
    kind = dtypes.from_numpy(wanted)
    if not all(dtypes.fits(extreme, kind) for extreme in (array.min(), array.max())):
        raise RuntimeError(f"value cannot be converted to type {wanted} without overflow")
    return array.astype(wanted, copy=False)


def _plain(data: Any) -> Any:
    """Nested lists of numbers; a tensor with one element counts as its number."""
    if isinstance(data, Tensor):
        if data.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return data._data.reshape(())[()]
    if not isinstance(data, (list, tuple)):
        return data
    try:
        return [_plain(d) for d in data]
    except RecursionError:
        raise TypeError("new(): self-referential lists are incompatible") from None


_PYTHONS = frozenset([float, int, bool])


def _floats(data: Any) -> set[np.dtype[Any]]:
    """The dtypes of the floats in nested lists: arrays', tensors' and numpy's keep their own."""
    if isinstance(data, (list, tuple)):
        types = set(map(type, data))
        if types <= _PYTHONS:
            return {dtypes.get_default_dtype().numpy} if float in types else set()
        return set().union(*map(_floats, data))
    if type(data) is float:
        return {dtypes.get_default_dtype().numpy}
    kind = getattr(data._data if isinstance(data, Tensor) else data, "dtype", None)
    return {kind} if kind is not None and kind.kind == "f" else set()


def _listed(data: Any) -> Any:
    """`data` with arrays as lists."""
    data = data.tolist() if isinstance(data, np.ndarray) else data
    return [*map(_listed, data)] if isinstance(data, list) else data


def _refused(data: Any) -> Exception:
    """Torch's words for what is no nest of rows of numbers, each as long as its neighbours."""
    data = first = _listed(data)
    leaves = [data]
    while isinstance(first, list) and first:
        first = first[0]
    if isinstance(first, str) and first and first is not data:
        return ValueError("too many dimensions 'str'")
    while any(isinstance(d, list) for d in leaves):
        leaves = [leaf for d in leaves for leaf in (d if isinstance(d, list) else (d,))]
    for leaf in leaves:
        if isinstance(leaf, (str, bytes)):
            return TypeError(f"new(): invalid data type '{type(leaf).__name__}'")
        if not isinstance(leaf, (bool, int, float, np.number, np.bool_)):
            error = RuntimeError(f"Could not infer dtype of {type(leaf).__name__}")
            absent = type(leaf) is complex
            return noted(error, "not in minigrad: complex numbers.") if absent else error
    if not isinstance(data, list):
        return ValueError(_TOO_LARGE)
    return _ragged(data, 0, any(isinstance(leaf, (float, np.floating)) for leaf in leaves))


def _ragged(data: Any, dim: int, real: bool) -> Exception:
    """Torch's words for the first row whose length differs from its neighbours'."""
    lengths = [len(d) if isinstance(d, list) else None for d in data]
    for length in lengths:
        if length is None and lengths[0] is not None:
            return TypeError("not a sequence")
        if length != lengths[0] is not None:
            return ValueError(
                f"expected sequence of length {lengths[0]} at dim {dim + 1} (got {length})"
            )
        if length is not None and lengths[0] is None:
            return TypeError(
                "must be real number, not list"
                if real
                else "'list' object cannot be interpreted as an integer"
            )
    for row in data:
        if isinstance(row, list):
            return _ragged(row, dim + 1, real)
    return ValueError(_TOO_LARGE)


# -- of a shape ------------------------------------------------------------------------------------


def _made(
    name: str,
    make: Callable[[np.dtype[Any]], np.ndarray],
    *,
    default: np.dtype[Any] | None = None,
    dtype: Dtype = None,
    out: Tensor | None = None,
    requires_grad: bool = False,
    device: Any = None,
    layout: Any = None,
    pin_memory: bool = False,
    memory_format: Any = None,
    **unknown: Any,
) -> Tensor:
    """What `make` gives for the dtype that the options name, or else for `default`."""
    for keyword in unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{keyword}'")
    if device is not None and not str(device).startswith("cpu"):
        raise NotImplementedError("minigrad computes on the CPU only")
    if out is not None:
        if dtype is not None and out._data.dtype != _numpy(dtype):
            given = dtypes.from_numpy(_numpy(dtype))
            raise RuntimeError(f"dtype {given} does not match dtype of out parameter ({out.dtype})")
        array = make(out._data.dtype)
        if name in _IN_ORDER and array.size == out._data.size:
            array = array.reshape(out._data.shape)
        elif name == "arange" and out._data.size:
            warnings.warn(
                f"The number of elements in the out tensor of shape {list(out.shape)} is "
                f"{out.numel()} which does not match the computed number of elements {array.size}. "
                "Note that this may occur as a result of rounding error. The out tensor will be "
                f"resized to a tensor of shape ({array.size},).",
                UserWarning,
                stacklevel=5,
            )
        if out._data.shape != array.shape:
            out._data = np.empty(array.shape, array.dtype)
        write(out, array)
        return out
    kind = default if dtype is None and default is not None else _numpy(dtype)
    return _leaf(own(make(kind)), requires_grad, name)


_IN_ORDER = ("arange", "linspace", "logspace", "range")
"""What may be written into `out` in order, whatever its shape."""


def _shape(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> tuple[int, ...]:
    """The shape in ``zeros(2, 3)``, ``zeros((2, 3))`` or ``zeros(size=(2, 3))``."""
    if "size" in options:
        args = (options.pop("size"),)
    if not args:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    try:
        shape = sizes(args)
    except TypeError:
        raise _no_size(name, args) from None
    if any(n < 0 for n in shape):
        if name == "zeros":
            raise RuntimeError("zeros: Dimension size must be non-negative.")
        negative = next(n for n in shape if n < 0)
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {negative}: {list(shape)}"
        )
    return shape


def _no_size(name: str, args: tuple[Any, ...]) -> TypeError:
    """Torch's words for a size with something that is no integer."""
    several = isinstance(args[0], (list, tuple))
    given = args[0] if several else args
    at = next(i for i, n in enumerate(given) if not hasattr(n, "__index__"))
    kind = class_name(given[at])
    if at:
        return TypeError(
            f"{name}(): argument 'size' failed to unpack the object at pos {at + 1} with error "
            f'"type must be tuple of ints,but got {kind}"'
        )
    found = f", but found element of type {kind} at pos 0" if several else f", not {kind}"
    return TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints{found}")


@overloads(f"size: Sequence[int], {_MADE}")
def zeros(*size: Any, **options: Any) -> Tensor:
    """Zeros, in the default dtype unless `dtype` says otherwise."""
    shape = _shape("zeros", size, options)
    return _made("zeros", lambda kind: sized(np.zeros, shape, kind), **options)


@overloads(f"size: Sequence[int], {_MADE}")
def ones(*size: Any, **options: Any) -> Tensor:
    """Ones, in the default dtype unless `dtype` says otherwise."""
    shape = _shape("ones", size, options)
    return _made("ones", lambda kind: sized(np.ones, shape, kind), **options)


@overloads(f"size: Sequence[int], *, memory_format=None, {_OPTIONS}")
def empty(*size: Any, **options: Any) -> Tensor:
    """Memory whose content is left to chance."""
    shape = _shape("empty", size, options)
    return _made("empty", lambda kind: fresh(shape, kind), **options)


@overloads(f"size: Sequence[int], fill_value: Number, {_MADE}")
def full(size: Any, fill_value: Any, **options: Any) -> Tensor:
    """A tensor of shape `size` filled with one value, whose type decides the dtype."""
    if isinstance(size, int):
        raise TypeError("no size")
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    return _made(
        "full",
        lambda kind: sized(
            np.full, sizes((size,)), dtypes.to_number(value, dtypes.from_numpy(kind))
        ),
        default=dtypes.number_dtype(value).numpy,
        **options,
    )


@overloads(f"n: int, {_MADE}", f"n: int, m: int, {_MADE}")
def eye(n: int, m: int | None = None, **options: Any) -> Tensor:
    """The n × m matrix with ones on its diagonal; m is n if left out."""
    for name, value in (("n", n), ("m", m)):
        if value is not None and value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return _made("eye", lambda kind: np.eye(n, m, dtype=kind), **options)


@overloads(
    f"end: Number, {_MADE}",
    f"start: Number, end: Number, {_NEW}",
    f"start: Number, end: Number, step: Number = 1, {_MADE}",
)
def arange(start: Any = None, end: Any = None, step: Any = 1, **options: Any) -> Tensor:
    """start, start + step, … up to but without `end`; integers if all three are."""
    if start is None:
        if end is None:
            raise TypeError("no end")
        start = 0
    start, end, step = (
        v.item() if isinstance(v, (Tensor, np.generic)) else v for v in (start, end, step)
    )
    if end is None:
        start, end = 0, start
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(v, int) for v in (start, end, step))

    def make(kind: np.dtype[Any]) -> np.ndarray:
        low, high, by = start, end, step
        if kind == np.int64:  # torch converts the bounds first: arange(0.5, 3) is 0, 1, 2
            low, high, by = int(start), int(end), int(step)
            if by == 0:
                raise ValueError("step must be nonzero")
        count = math.ceil((high - low) / by)
        if count >= 2**63 // kind.itemsize:
            raise RuntimeError("invalid size, possible overflow?")
        if kind.kind != "f":
            low, by = int(start), int(step)
        return (low + by * np.arange(count)).astype(kind)

    return _made("arange", make, default=np.dtype(np.int64) if whole else None, **options)


def range(start: Any = 0, end: Any = None, step: Any = 1, **options: Any) -> Tensor:
    """As `arange`, but with `end`, and of floats. Deprecated in favour of `arange`."""
    warnings.warn(
        "minigrad.range is deprecated and will be removed in a future release because its behavior "
        "is inconsistent with Python's range builtin. Instead, use minigrad.arange, which produces "
        "values in [start, end).",
        UserWarning,
        stacklevel=3,
    )
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    count = math.floor((end - start) / step) + 1
    return _made("range", lambda kind: (start + step * np.arange(count)).astype(kind), **options)


@overloads(
    f"start: Tensor, end: Tensor, steps: int, base: float = 10.0, {_MADE}",
    f"start: Number, end: Tensor, steps: int, base: float = 10.0, {_MADE}",
    f"start: Tensor, end: Number, steps: int, base: float = 10.0, {_MADE}",
    f"start: Number, end: Number, steps: int, base: float = 10.0, {_MADE}",
)
def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """base^start, …, base^end: `steps` powers at equal distances of their exponents."""
    first, last = _ends(start, end, steps)

    def make(kind: np.dtype[Any]) -> np.ndarray:
        exponents = linspace(first, last, steps, dtype=dtypes.float64)._data
        return np.power(float(base), exponents).astype(kind)

    return _made("logspace", make, **options)


def _ends(start: Any, end: Any, steps: int) -> Any:
    ends = [v.item() if isinstance(v, Tensor) else v for v in (start, end)]
    if any(isinstance(v, complex) for v in ends):
        raise NotImplementedError("minigrad has no complex numbers")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    return ends


@overloads(f"row: int, col: int, offset=0, {_NEW}")
def tril_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """The places of a matrix's lower triangle: the rows' and the columns' numbers."""
    return _triangle("tril_indices", np.tril, row, col, offset, options)


@overloads(f"row: int, col: int, offset=0, {_NEW}")
def triu_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """The places of a matrix's upper triangle: the rows' and the columns' numbers."""
    return _triangle("triu_indices", np.triu, row, col, offset, options)


def _triangle(
    name: str, part: Any, row: int, col: int, offset: int, options: dict[str, Any]
) -> Tensor:
    for label, n in (("row", row), ("col", col)):
        if n < 0:
            raise RuntimeError(f"{label} must be non-negative, got{n}")
    places = np.stack(np.nonzero(part(np.ones((row, col), bool), offset)))
    return _made(name, places.astype, default=np.dtype(np.int64), **options)


@overloads(f"s: Number, {_NEW}")
def scalar_tensor(s: Any, **options: Any) -> Tensor:
    """A 0-d tensor of one number, in the default dtype unless `dtype` says otherwise."""
    return _made("scalar_tensor", lambda kind: np.asarray(s).astype(kind), **options)


@overloads(f"size: Sequence[int], stride: Sequence[int], {_NEW}")
def empty_strided(size: Any, stride: Any, **options: Any) -> Tensor:
    """Memory with these strides, its content left to chance."""
    size, stride = tuple(size), tuple(stride)
    if len(size) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(size)}) must match dimensionality of strides "
            f"({len(stride)})"
        )
    last = sum([(n - 1) * s for n, s in zip(size, stride)])

    def make(kind: np.dtype[Any]) -> np.ndarray:
        memory = np.empty(0 if 0 in size else last + 1, kind)
        steps = [s * kind.itemsize for s in stride]
        return np.lib.stride_tricks.as_strided(memory, size, steps)

    return _made("empty_strided", make, **options)


@overloads(
    f"start: Tensor, end: Tensor, steps: int, {_MADE}",
    f"start: Number, end: Tensor, steps: int, {_MADE}",
    f"start: Tensor, end: Number, steps: int, {_MADE}",
    f"start: Number, end: Number, steps: int, {_MADE}",
)
def linspace(start: Any, end: Any, steps: int, **options: Any) -> Tensor:
    """`steps` values from `start` to `end`, both included, at equal distances."""
    dims = [v.ndim if isinstance(v, Tensor) else 0 for v in (start, end)]
    if any(dims):
        raise RuntimeError(
            "linspace only supports 0-dimensional start and end tensors, but got start with "
            f"{dims[0]} dimension(s) and end with {dims[1]} dimension(s)."
        )
    if not isinstance(steps, int):
        raise TypeError("steps are counted")
    first, last = _ends(start, end, steps)

    def make(kind: np.dtype[Any]) -> np.ndarray:
        low, high = (first, last) if kind.kind == "f" else (int(first), int(last))
        step = (high - low) / max(steps - 1, 1)
        i = np.arange(steps)
        # From both ends to the middle, so that both are met exactly.
        values = np.where(i < steps / 2, low + step * i, high - step * (steps - 1 - i))
        return values.astype(kind)

    return _made("linspace", make, **options)


@overloads(f"input: Tensor, *, memory_format=None, {_OPTIONS_NEW}")
def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """Zeros in the shape and dtype of `input`."""
    return _like("zeros_like", input, lambda kind: np.zeros(input.shape, kind), options)


@overloads(f"input: Tensor, *, memory_format=None, {_OPTIONS_NEW}")
def ones_like(input: Tensor, **options: Any) -> Tensor:
    """Ones in the shape and dtype of `input`."""
    return _like("ones_like", input, lambda kind: np.ones(input.shape, kind), options)


@overloads(f"input: Tensor, *, memory_format=None, {_OPTIONS_NEW}")
def empty_like(input: Tensor, **options: Any) -> Tensor:
    """Memory left to chance in the shape and dtype of `input`."""
    return _like("empty_like", input, lambda kind: np.empty(input.shape, kind), options)


@overloads(f"input: Tensor, fill_value: Number, *, memory_format=None, {_OPTIONS_NEW}")
def full_like(input: Tensor, fill_value: Any, **options: Any) -> Tensor:
    """One value in the shape and dtype of `input`."""
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value

    def make(kind: np.dtype[Any]) -> np.ndarray:
        return np.full(input.shape, dtypes.to_number(value, dtypes.from_numpy(kind)))

    return _like("full_like", input, make, options)


def _like(
    name: str,
    input: Tensor,
    make: Callable[[np.dtype[Any]], np.ndarray],
    options: dict[str, Any],
) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError("no tensor")
    data = memory(input)
    if data.flags.c_contiguous or 0 in data.strides or in_order(options.get("memory_format")):
        return _made(name, make, default=data.dtype, **options)

    def ordered(kind: np.dtype[Any]) -> np.ndarray:
        out = np.empty_like(data, kind)  # the order of the strides is kept
        out[...] = make(kind)
        return out

    return _made(name, ordered, default=data.dtype, **options)


# -- of random numbers -----------------------------------------------------------------------------


def _stream(options: dict[str, Any]) -> np.random.Generator:
    return (options.pop("generator", None) or default_generator).stream


@overloads(
    f"size: Sequence[int], *, generator: Generator | None, {_OPTIONS}",
    f"size: Sequence[int], {_MADE}",
)
def rand(*size: Any, **options: Any) -> Tensor:
    """Uniform on [0, 1)."""
    stream, shape = _stream(options), _shape("rand", size, options)
    return _made("rand", lambda kind: uniform(stream, shape, kind), **options)


@overloads(
    f"size: Sequence[int], *, generator: Generator | None, {_OPTIONS}",
    f"size: Sequence[int], {_MADE}",
)
def randn(*size: Any, **options: Any) -> Tensor:
    """Standard normal."""
    stream, shape = _stream(options), _shape("randn", size, options)
    return _made("randn", lambda kind: normal_numbers(stream, shape, kind), **options)


@overloads(
    f"high: int, size: Sequence[int], *, generator: Generator | None, {_OPTIONS}",
    f"high: int, size: Sequence[int], {_MADE}",
    f"low: int, high: int, size: Sequence[int], *, generator: Generator | None, {_OPTIONS}",
    f"low: int, high: int, size: Sequence[int], {_MADE}",
)
def randint(*args: Any, **options: Any) -> Tensor:
    """(low, high, size): integers from `low`, 0 if left out, up to but without `high`."""
    for name in ("low", "high", "size"):
        args += (options.pop(name),) if name in options else ()
    if len(args) not in (2, 3):
        raise TypeError("no size")
    low, high, size = args if len(args) > 2 else (0, *args)
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    values = _stream(options).integers(low, high, sizes((size,)))
    return _made(
        "randint",
        lambda kind: np.asarray(values, kind),
        default=np.dtype(np.int64),
        **options,
    )


@overloads(f"n: int, *, generator: Generator | None, {_OPTIONS}", f"n: int, {_MADE}")
def randperm(n: int, **options: Any) -> Tensor:
    """The integers 0 … n−1 in random order."""
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    values = _stream(options).permutation(n)
    return _made("randperm", values.astype, default=np.dtype(np.int64), **options)


@overloads(
    "mean: Tensor, std: Tensor, *, generator=None, out=None",
    "mean: Tensor, std: float = 1, *, generator=None, out=None",
    "mean: float, std: Tensor, *, generator=None, out=None",
    f"mean: float, std: float, size: Sequence[int], *, generator=None, {_OPTIONS}",
)
def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    **options: Any,
) -> Tensor:
    """Normal numbers with these means and standard deviations: tensors, or numbers with `size`."""
    stream = _stream({"generator": generator})
    if not isinstance(std, Tensor) and std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError("no size")
        shape = sizes((size,))
        return _made(
            "normal",
            lambda kind: mean + std * normal_numbers(stream, shape, kind),
            out=out,
            **options,
        )
    given = [t for t in (mean, std) if isinstance(t, Tensor)]
    kind = dtypes.result_type(*given).numpy
    least = std.min().item() if isinstance(std, Tensor) and std.numel() else 0
    if least < 0:
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = broadcast_shape(given[0].shape, given[-1].shape)
    numbers = wrap(normal_numbers(stream, shape, kind))
    with_std = std.detach() if isinstance(std, Tensor) else std
    with_mean = mean.detach() if isinstance(mean, Tensor) else mean
    values = (numbers * with_std + with_mean)._data
    if out is not None:
        return _made("normal", values.astype, out=out)
    name = f"NormalBackward{len(given) + isinstance(std, Tensor)}"
    return record(_overwritten(name), given, values)


@overloads(
    "input: Tensor, *, generator=None, out=None", "input: Tensor, p: float, *, generator=None"
)
def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Any = None, out: Tensor | None = None
) -> Tensor:
    """1 with the probability that the element says (or `p`), else 0; `out` may be of any dtype."""
    drawn = input.bernoulli(p, generator=generator)
    return drawn if out is None else out.resize_(drawn.shape).copy_(drawn)


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Counts with the elements as their means."""
    counts = _stream({"generator": generator}).poisson(input._data)
    values = np.asarray(counts, input._data.dtype)
    return record(_overwritten("PoissonBackward0"), (input,), values)


def _overwritten(name: str) -> Node:
    from .ops.undefined import Overwritten  # few programs need it

    return type(name, (Overwritten,), {})()


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """`num_samples` places of each row, drawn with the row's elements as weights."""
    return input.multinomial(num_samples, replacement, generator=generator)


@overloads(
    f"input: Tensor, *, generator: Generator | None, memory_format=None, {_OPTIONS_NEW}",
    f"input: Tensor, *, memory_format=None, {_OPTIONS_NEW}",
)
def rand_like(input: Tensor, **options: Any) -> Tensor:
    """Uniform on [0, 1) in the shape and dtype of `input`."""
    return rand(input.shape, **{"dtype": input.dtype, **options})


@overloads(
    f"input: Tensor, *, generator: Generator | None, memory_format=None, {_OPTIONS_NEW}",
    f"input: Tensor, *, memory_format=None, {_OPTIONS_NEW}",
)
def randn_like(input: Tensor, **options: Any) -> Tensor:
    """Standard normal in the shape and dtype of `input`."""
    return randn(input.shape, **{"dtype": input.dtype, **options})


def randint_like(input: Tensor, *args: Any, **options: Any) -> Tensor:
    """Integers from `low` up to but without `high` in the shape and dtype of `input`."""
    return randint(*args, input.shape, **{"dtype": input.dtype, **options})


# -- torch's older constructors --------------------------------------------------------------------


class _Legacy(type):
    """`FloatTensor` is called as a class, and is one to `isinstance`; its tensors are Tensors."""

    kind: dtypes.dtype

    def __call__(cls, *args: Any, **kwargs: Any) -> Tensor:
        device = kwargs.get("device")
        if device is not None and not str(device).startswith("cpu"):
            raise RuntimeError(
                "legacy constructor expects device type: cpu but device type: "
                f"{str(device).partition(':')[0]} was passed"
            )
        return legacy(args, cls.kind)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.kind


def _legacy_type(kind: dtypes.dtype) -> Any:
    name = f"{kind.scalar_type}Tensor"
    told = f"A {kind.c_name} tensor of a size, or of data: torch's older way to make one."
    return _Legacy(name, (), {"kind": kind, "__module__": "minigrad", "__doc__": told})


_LEGACY = [*map(_legacy_type, dtypes.ALL)]
(
    HalfTensor,
    FloatTensor,
    DoubleTensor,
    ByteTensor,
    CharTensor,
    ShortTensor,
    IntTensor,
    LongTensor,
    BoolTensor,
) = _LEGACY


def set_default_tensor_type(t: Any, /) -> None:
    """Torch's older `set_default_dtype`: takes a class such as FloatTensor, or its name.

    Raises TypeError for others than the floating point ones.
    """
    warn_once(
        "minigrad.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "minigrad.set_default_dtype() and minigrad.set_default_device() as alternatives.",
        2,
    )
    found = next((k for k in _LEGACY if t is k or t == f"torch.{k.__name__}"), None)
    if found is None:
        raise TypeError(
            "invalid type object: only floating-point types are supported as the default type"
        )
    dtypes.set_default_dtype(found.kind)


def legacy(args: tuple[Any, ...], kind: dtypes.dtype | None = None) -> Tensor:
    """A tensor of `kind` of the sizes given, or on the data given: a sequence, a tensor."""
    kind = kind or dtypes.get_default_dtype()
    if not args:
        return wrap(np.empty(0, kind.numpy))
    data = args[0]
    if isinstance(data, Tensor):
        if data.dtype is not kind:
            raise TypeError(f"expected {kind} (got {data.dtype})")
        return data.detach()
    if all(isinstance(arg, int) for arg in args):
        return wrap(np.empty(args, kind.numpy))
    if isinstance(data, Size):
        return wrap(np.empty(data, kind.numpy))
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if isinstance(data, builtins.range):
        data = list(data)
    if not (isinstance(data, (list, tuple, np.ndarray)) or is_storage(data)):
        raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
    array = _array(data, kind)
    return wrap(array if is_storage(data) else array.copy())


Tensor._legacy = staticmethod(legacy)
for _name in __all__:
    if isinstance(globals()[_name], FunctionType):
        globals()[_name] = told(globals()[_name], _name)
