"""The shape of a tensor: a tuple of ints that prints as torch's and can count its elements."""

from __future__ import annotations

import math
from operator import index
from typing import Any, NoReturn, SupportsIndex, final


@final
class Size(tuple[int, ...]):
    """A tensor's shape. `Size(sizes)` takes any iterable of ints, and raises TypeError for others.

    Slices, sums and multiples of a Size are Sizes. Where the ints are known to be ints, as with
    the shape of a numpy array, `tuple.__new__(Size, shape)` builds one three times as fast.
    """

    __slots__ = ()
    __module__ = "minigrad"

    def __new__(cls, *sizes: Any) -> Size:
        self = tuple.__new__(cls, *sizes)
        for item in self:
            if type(item) is not int:
                return tuple.__new__(cls, map(_as_int, range(len(self)), self))
        return self

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("type 'minigrad.Size' is not an acceptable base type")

    def numel(self) -> int:
        """The number of elements in a tensor of this shape."""
        return math.prod(self)

    def __getitem__(self, key: Any) -> Any:
        got = tuple.__getitem__(self, key)
        return tuple.__new__(Size, got) if type(got) is tuple else got

    def __add__(self, other: object) -> Size:  # type: ignore[override]
        if isinstance(other, tuple):
            return Size((*self, *other))
        name = type(other).__name__
        raise TypeError(f"can only concatenate tuple (not {name}) to minigrad.Size")

    def __radd__(self, other: object) -> Size:
        return Size((*other, *self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Size:
        return tuple.__new__(Size, tuple(self) * times)

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[type[Size], tuple[tuple[int, ...]]]:
        return Size, (tuple(self),)

    def __repr__(self) -> str:
        return f"minigrad.Size({list(self)})"


def _as_int(position: int, item: Any) -> int:
    try:
        return index(item)
    except TypeError:
        raise TypeError(
            f"minigrad.Size() takes an iterable of 'int' (item {position} is "
            f"'{type(item).__name__}')"
        ) from None
