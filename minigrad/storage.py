"""The memory behind a tensor, which its views share; and how tensors lie in it."""

from __future__ import annotations

from typing import Any, final

import numpy as np


@final
class Storage:
    """All the memory that a tensor and its views share. It counts bytes if it is `untyped`."""

    __module__ = "minigrad"

    def __init__(self, array: np.ndarray, untyped: bool) -> None:
        self._array, self._untyped = array.ravel(order="K"), untyped

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return self._array.ctypes.data

    def nbytes(self) -> int:
        """The number of bytes."""
        return self._array.nbytes

    @property
    def filename(self) -> None:
        """None: the memory is no file's."""
        return None

    def size(self) -> int:
        """The number of elements, or of bytes."""
        return self._array.nbytes if self._untyped else self._array.size

    __len__ = size

    def tolist(self) -> list[Any]:
        """The elements, or the bytes, in their order in memory."""
        return (self._array.view(np.uint8) if self._untyped else self._array).tolist()

    def __getitem__(self, index: int) -> Any:
        return self.tolist()[index]


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


@final
class memory_format(_Named):
    """In which order of dimensions a copy lies in memory."""


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")


def owner(array: Any) -> Any:
    """The array that owns the memory of `array`."""
    found = array
    while (array := getattr(array, "base", None)) is not None:  # numpy's own may lie between
        found = array if isinstance(array, np.ndarray) else found
    return found
