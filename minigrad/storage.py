"""The memory behind a tensor, which its views share; and how tensors lie in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

import numpy as np

from . import dtypes
from .device import CPU, device


class _Storage:
    """A row of memory, of bytes or of elements. `_array` is numpy's view of it."""

    _array: np.ndarray
    is_cuda = is_sparse = False

    @classmethod
    def _of(cls, array: np.ndarray) -> Any:
        """The storage that is the memory of `array`."""
        storage = cls.__new__(cls)
        flat = array.ravel(order="K")
        storage._array = flat.view(np.uint8) if cls is UntypedStorage else flat
        return storage

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return self._array.ctypes.data

    _cdata = property(data_ptr)

    def nbytes(self) -> int:
        """The number of bytes."""
        return self._array.nbytes

    def element_size(self) -> int:
        """The bytes of one entry."""
        return self._array.itemsize

    def size(self) -> int:
        """The number of entries: bytes, or elements."""
        return self._array.size

    __len__ = size

    @property
    def device(self) -> device:
        """Always ``device(type='cpu')``."""
        return CPU

    @property
    def filename(self) -> None:
        """None: the memory is no file's."""
        return None

    def tolist(self) -> list[Any]:
        """The entries, in their order in memory."""
        return self._array.tolist()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)._of(self._array[index])
        return self._array[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._array[index] = value._array if isinstance(value, _Storage) else value

    def fill_(self, value: Any) -> Any:
        """Write one value to every entry."""
        self._array[...] = value
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> Any:
        """Write the entries of another storage."""
        self._array[...] = source._array
        return self

    def clone(self) -> Any:
        """A copy in memory of its own."""
        return type(self)._of(self._array.copy())

    def cpu(self) -> Any:
        """The storage itself: there is no other device."""
        return self

    share_memory_ = cpu

    def is_shared(self) -> bool:
        """False: minigrad has no processes to share with."""
        return False

    def resizable(self) -> bool:
        """Whether `resize_` works: not in memory that belongs to someone else."""
        return self._array.base is None or isinstance(self._array.base, np.ndarray)

    def resize_(self, size: int) -> Any:
        """Take memory of another size, which tensors on the old memory do not follow."""
        kept = self._array[:size]
        self._array = np.empty(size, kept.dtype)
        self._array[: len(kept)] = kept
        return self

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._array.nbytes

    def __repr__(self) -> str:
        rows = "".join([f" {value}\n" for value in self.tolist()])
        return f"{rows}[minigrad.storage.{self._label()} of size {len(self)}]"

    def _label(self) -> str:
        return "UntypedStorage(device=cpu)"


class UntypedStorage(_Storage):
    """Memory as bytes: so many, or those of a sequence."""

    def __init__(self, *args: Any, device: Any = None) -> None:
        self._array = _filled(args, np.dtype(np.uint8))

    def untyped(self) -> UntypedStorage:
        """The storage itself."""
        return self

    def type(self) -> str:
        """The name of its class."""
        return "minigrad.storage.UntypedStorage"


class TypedStorage(_Storage):
    """Memory as elements of a dtype: so many, or those of a sequence."""

    def __init__(self, *args: Any, dtype: Any = None, device: Any = None) -> None:
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        self._array = _filled(args, kind.numpy)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_numpy(self._array.dtype)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage._of(self._array)

    def type(self) -> str:
        """The name of the class of its dtype: "torch.FloatStorage"."""
        return f"minigrad.{self.dtype.scalar_type}Storage"

    pickle_storage_type = type

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return super().__getitem__(index)

    def _label(self) -> str:
        return f"TypedStorage(dtype={self.dtype}, device=cpu)"


def _filled(args: tuple[Any, ...], kind: np.dtype[Any]) -> np.ndarray:
    if not args:
        return np.empty(0, kind)
    return np.zeros(args[0], kind) if isinstance(args[0], int) else np.array(list(args[0]), kind)


class _OfOneDtype(type):
    """The classes `FloatStorage`, `LongStorage`, …: called, they make typed storages."""

    dtype: dtypes.dtype

    def __call__(cls, *args: Any, **options: Any) -> TypedStorage:
        return TypedStorage(*args, dtype=cls.dtype, **options)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, TypedStorage) and instance.dtype is cls.dtype


def _of_dtype(kind: dtypes.dtype) -> Any:
    name = f"{kind.scalar_type}Storage"
    told = f"A storage of {kind.c_name} numbers."
    return _OfOneDtype(name, (), {"dtype": kind, "__module__": "minigrad", "__doc__": told})


BoolStorage = _of_dtype(dtypes.bool)
ByteStorage = _of_dtype(dtypes.uint8)
CharStorage = _of_dtype(dtypes.int8)
DoubleStorage = _of_dtype(dtypes.float64)
FloatStorage = _of_dtype(dtypes.float32)
HalfStorage = _of_dtype(dtypes.float16)
IntStorage = _of_dtype(dtypes.int32)
LongStorage = _of_dtype(dtypes.int64)
ShortStorage = _of_dtype(dtypes.int16)
OF_DTYPE: dict[dtypes.dtype, Any] = {
    made.dtype: made
    for made in (
        BoolStorage,
        ByteStorage,
        CharStorage,
        DoubleStorage,
        FloatStorage,
        HalfStorage,
        IntStorage,
        LongStorage,
        ShortStorage,
    )
}
"""The class of storages of each dtype."""


def _cast(kind: dtypes.dtype) -> Any:
    def cast(self: Any) -> TypedStorage:
        return TypedStorage._of(self._array.astype(kind.numpy))

    return cast


for _kind in dtypes.ALL:
    setattr(_Storage, _kind.scalar_type.lower(), _cast(_kind))


def _dtype_to_storage_type_map() -> dict[dtypes.dtype, str]:
    """The name of the class of storages of each dtype."""
    return {kind: made.__name__ for kind, made in OF_DTYPE.items()}


def is_storage(obj: Any, /) -> bool:
    """Whether `obj` is a storage."""
    return isinstance(obj, _Storage)


def of_type(storage: Any, kind: Any, text: str) -> np.ndarray:
    """The memory of a storage as numbers of `kind`; RuntimeError if it holds others."""
    if isinstance(storage, TypedStorage) and storage._array.dtype != kind:
        wanted = dtypes.from_numpy(kind)
        raise RuntimeError(text.format(wanted, storage.dtype))
    return storage._array.view(kind)


class _Named:
    """A constant that prints as its name."""

    __module__ = "minigrad"

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"minigrad.{self._name}"

    def __reduce__(self) -> str:
        return self._name


@final
class layout(_Named):
    """How a tensor lies in memory: always `strided` here."""

    __module__ = "minigrad"


@final
class memory_format(_Named):
    """In which order of dimensions a copy lies in memory."""

    __module__ = "minigrad"


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")


def in_order(format: Any) -> bool:
    """Whether a copy in a memory format lies in order. Raises NotImplementedError for others than
    `contiguous_format` and `preserve_format`."""
    if format not in (None, contiguous_format, preserve_format):
        raise NotImplementedError(f"minigrad has no {format!r}: strides are in order, or kept")
    return format is contiguous_format


def owner(array: Any) -> Any:
    """The array that owns the memory of `array`."""
    found = array
    while (array := getattr(array, "base", None)) is not None:  # numpy's own may lie between
        found = array if isinstance(array, np.ndarray) else found
    return found
