"""The ten types an element may have, and which type two of them meet in.

Torch and numpy agree on all promotions but one: an integer (or a bool) meeting a float becomes
*that* float, however narrow, while numpy widens until every integer would fit.
"""

from __future__ import annotations

import builtins  # this module's own `bool`, `int` and `float` are dtypes, as in torch
import functools
from collections.abc import Callable
from typing import Any, NoReturn, final

import numpy as np

__all__ = [
    "bool",
    "can_cast",
    "double",
    "dtype",
    "finfo",
    "float",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "half",
    "iinfo",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "long",
    "promote_types",
    "result_type",
    "set_default_dtype",
    "short",
    "uint8",
]

Number = builtins.int | builtins.float
"""What may stand beside a tensor: a number of Python's."""


@final
class dtype:
    """The type of a tensor's elements. There is one object per type: compare with `is` or `==`.

    `numpy` is numpy's name for the same type, `itemsize` counts bytes. `category` orders the
    kinds of number: 0 bool, 1 integer, 2 floating point. `scalar_type` and `c_name` are how
    error messages call it: "Float" and "float", "Long" and "long".
    """

    __slots__ = (
        "_name",
        "c_name",
        "category",
        "is_floating_point",
        "is_signed",
        "itemsize",
        "numpy",
        "scalar_type",
    )
    __module__ = "minigrad"
    _name: str
    c_name: str
    scalar_type: str
    numpy: np.dtype[Any]
    itemsize: builtins.int
    category: builtins.int
    is_floating_point: builtins.bool
    is_signed: builtins.bool
    is_complex = False

    def __new__(cls, *args: object, **kwargs: object) -> dtype:
        raise TypeError("cannot create 'minigrad.dtype' instances")

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("type 'minigrad.dtype' is not an acceptable base type")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        if hasattr(self, name):
            raise AttributeError(f"attribute '{name}' of 'minigrad.dtype' objects is not writable")
        raise AttributeError(f"'minigrad.dtype' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"minigrad.{self._name}"

    def __reduce__(self) -> str:  # pickled by name, so that it comes back as the same object
        return self._name


def _define(name: str, scalar_type: str, c_name: str) -> dtype:
    numpy = np.dtype(name)
    self: dtype = object.__new__(dtype)
    for attribute, value in {
        "_name": name,
        "scalar_type": scalar_type,
        "c_name": c_name,
        "numpy": numpy,
        "itemsize": numpy.itemsize,
        "category": {"b": 0, "u": 1, "i": 1, "f": 2}[numpy.kind],
        "is_floating_point": numpy.kind == "f",
        "is_signed": numpy.kind in "if",
    }.items():
        object.__setattr__(self, attribute, value)  # dtype's own refuses
    return self


float16 = half = _define("float16", "Half", "c10::Half")
float32 = float = _define("float32", "Float", "float")
float64 = double = _define("float64", "Double", "double")
uint8 = _define("uint8", "Byte", "unsigned char")
int8 = _define("int8", "Char", "signed char")
int16 = short = _define("int16", "Short", "short int")
int32 = int = _define("int32", "Int", "int")
int64 = long = _define("int64", "Long", "long int")
bool = _define("bool", "Bool", "bool")

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, bool)
_default = float32


class _FromNumpy(dict[np.dtype[Any], dtype]):
    """A dictionary, since every op looks here; only a missing key costs more."""

    def __missing__(self, key: np.dtype[Any]) -> NoReturn:
        if not key.isnative:
            raise ValueError(
                "given numpy array has byte order different from the native byte order. "
                "Conversion between byte orders is currently not supported."
            )
        if key.kind == "c" or key.kind == "u":  # torch has these
            raise NotImplementedError(f"minigrad has no {key}: its dtypes are {ALL}")
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{key.type.__name__}. The only supported types "
            "are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, "
            "uint64, uint32, uint16, uint8, and bool."
        )


from_numpy: Callable[[np.dtype[Any]], dtype] = _FromNumpy({d.numpy: d for d in ALL}).__getitem__
"""The dtype for a numpy dtype. Raises TypeError for what torch has no type for either,
NotImplementedError for complex and the wide unsigned integers, ValueError for a foreign byte order.
"""


def get_default_dtype() -> dtype:
    """The floating point dtype of tensors made from Python floats: float32 unless set otherwise."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make `d` the default floating point dtype. Raises TypeError if it is none."""
    global _default
    if not isinstance(d, dtype):
        raise TypeError(
            "invalid dtype object: only floating-point types are supported as the default type"
        )
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


def _meet(a: dtype, b: dtype) -> dtype:
    if a.is_floating_point != b.is_floating_point:
        return a if a.is_floating_point else b
    return from_numpy(np.promote_types(a.numpy, b.numpy))


_PROMOTED = {(a, b): _meet(a, b) for a in ALL for b in ALL}


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype of the higher kind that both convert to."""
    if not isinstance(type1, dtype) or not isinstance(type2, dtype):
        _check_dtypes("promote_types", type1=type1, type2=type2)
    return _PROMOTED[type1, type2]


PYTHON_TYPES: dict[Any, dtype] = {
    builtins.float: float64,
    builtins.int: int64,
    builtins.bool: bool,
}
"""Python's own types of numbers may be given where a dtype is asked for."""


def number_dtype(number: object) -> dtype:
    """The dtype that a Python or numpy number has in an expression with tensors.

    Raises TypeError for anything else.
    """
    if isinstance(number, builtins.bool):
        return bool
    if isinstance(number, (builtins.int, np.integer)):
        return int64
    if isinstance(number, (builtins.float, np.floating, np.bool_)):  # torch reads np.bool_ as float
        return _default
    if isinstance(number, (complex, np.complexfloating)):
        raise NotImplementedError("minigrad has no complex numbers")
    raise TypeError(f"expected a tensor or a number, not {type(number).__name__}")


_IN_C = {"int8": "int8_t", "int16": "int16_t", "int64": "int64_t", "uint8": "uint8_t"}


def to_number(value: Any, d: dtype) -> Any:
    """A Python number as one of dtype `d`, without its fraction if that holds integers.

    Raises RuntimeError if it is too large; a negative number may wrap around to an unsigned one.
    """
    if d is not bool and not fits(value, d):
        name = _IN_C.get(d._name, d.c_name)
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    if d.category == 1:
        value = builtins.int(value)
    if value < 0 and not d.is_signed:
        return np.asarray(value).astype(d.numpy)[()]
    return d.numpy.type(value)


def fits(value: Any, d: dtype) -> builtins.bool:
    """Whether a Python number lies within the range of `d`; inf and nan are floats of any kind."""
    if value != value or value in (np.inf, -np.inf):
        return d.is_floating_point
    low, high = _limits(d)
    return low <= value <= high


@functools.cache
def _limits(d: dtype) -> tuple[Any, Any]:
    kind = builtins.float if d.is_floating_point else builtins.int
    limits = np.finfo(d.numpy) if d.is_floating_point else np.iinfo(d.numpy)
    high = kind(limits.max)
    return kind(limits.min) if d.is_signed else -high, high


def result_type(*operands: Any) -> dtype:
    """The dtype of an arithmetic op on `operands`, each a tensor (any shape) or a Python number.

    Tensors with dimensions promote among themselves; so do 0-d tensors, and so do numbers. Of
    these three groups the first decides, unless a later one is of a higher category.
    Raises TypeError for an operand that is neither, or if there is none.
    """
    groups: list[dtype | None] = [None, None, None]
    for operand in operands:
        kind = getattr(operand, "dtype", None)
        if isinstance(kind, dtype):
            rank = 0 if operand.ndim else 1
        else:
            rank, kind = 2, number_dtype(operand)
        met = groups[rank]
        groups[rank] = kind if met is None else _PROMOTED[met, kind]
    result = None
    for group in groups:
        if group is not None and (result is None or group.category > result.category):
            result = group
    if result is None:
        raise TypeError("result_type() needs a tensor or a number")
    return result


def can_cast(from_: dtype, to: dtype) -> builtins.bool:
    """Whether a result of dtype `from_` may be written into a tensor of dtype `to`: never into a
    lower category, though always into a narrower type of the same one."""
    _check_dtypes("can_cast", from_=from_, to=to)
    return from_.category <= to.category


class finfo:
    """Limits of a floating point dtype (the default one if `type` is left out).

    `eps` is the step from 1 to the next number, `resolution` the power of ten that is still exact.
    Raises TypeError for other dtypes.
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")
    __module__ = "minigrad"
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, type: dtype | None = None) -> None:
        type = get_default_dtype() if type is None else type
        _check_dtypes("finfo", type=type)
        if not type.is_floating_point:
            raise TypeError(
                "minigrad.finfo() requires a floating point input type. "
                "Use minigrad.iinfo to handle 'minigrad.finfo'"
            )
        limits = np.finfo(type.numpy)
        self.bits, self.dtype = limits.bits, type._name
        self.min, self.max = limits.min.item(), limits.max.item()
        self.eps = limits.eps.item()
        self.tiny = self.smallest_normal = limits.tiny.item()
        self.resolution = 10.0**-limits.precision

    def __eq__(self, other: object) -> builtins.bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype. Raises TypeError for floating point dtypes and bool."""

    __slots__ = ("bits", "dtype", "max", "min")
    __module__ = "minigrad"
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, type: dtype) -> None:
        _check_dtypes("iinfo", type=type)
        if type is bool:
            raise TypeError("minigrad.bool is not supported by minigrad.iinfo")
        if type.is_floating_point:
            raise TypeError(
                "minigrad.iinfo() requires an integer input type. "
                "Use minigrad.finfo to handle 'minigrad.iinfo'"
            )
        limits = np.iinfo(type.numpy)
        self.bits, self.dtype = limits.bits, type._name
        self.min, self.max = builtins.int(limits.min), builtins.int(limits.max)

    def __eq__(self, other: object) -> builtins.bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def _check_dtypes(function: str, **arguments: object) -> None:
    for position, (name, value) in enumerate(arguments.items(), 1):
        if not isinstance(value, dtype):
            raise TypeError(
                f"{function}(): argument '{name}' (position {position}) must be minigrad.dtype, "
                f"not {type(value).__name__}"
            )
