"""Numbers as the pictures print them: one function each for a number, an array, a tensor.

The same number is printed the same way everywhere: a whole number below a million in full, any
other with four significant digits.
"""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = "dict[str, Any]"

LISTED = 64  # arrays of up to so many numbers are listed in full, larger ones summed up
SHORT = 12  # characters that fit beside an edge
SPOKEN = 48  # characters of an array that fit in a sentence
ROW = 24  # characters of a row that fit in a box


def number(x: Any) -> str:
    """One number as text: `4.5`, `1300`, `0.3333`, `1.2e-05`, `nan`, `True`."""
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    if isinstance(x, (complex, np.complexfloating)):
        return f"{number(x.real)}{'' if x.imag < 0 else '+'}{number(x.imag)}j"
    if abs(x) < 1_000_000 and x == int(x):
        return str(int(x))
    return f"{float(x):.4g}"


def listing(array: np.ndarray) -> str:
    """A whole array as nested lists: `[[4.5, 4.5], [4.5, 4.5]]`."""
    return _listed(array.tolist())


def _listed(data: Any) -> str:
    if isinstance(data, list):
        return f"[{', '.join(map(_listed, data))}]"
    return number(data)


def summary(array: np.ndarray) -> str:
    """A large array in a few words: `(256, 20) mean 0.0012 ± 0.034`, of what is finite."""
    return ", ".join(filter(None, (f"{shape_text(array.shape)} {spread(array)}", odd(array))))


def spread(array: np.ndarray) -> str:
    """`mean 0.0012 ± 0.034` of the finite numbers."""
    finite = array if _all_finite(array) else array[np.isfinite(array)]
    if not finite.size:
        return "nothing finite"
    with np.errstate(all="ignore"):
        return f"mean {number(finite.mean())} ± {number(finite.std())}"


def odd(array: np.ndarray) -> str:
    """`2 nan, 1 inf`: how many numbers are none; nothing if all are finite."""
    if _all_finite(array):
        return ""
    counts = {"nan": np.isnan(array).sum(), "inf": np.isinf(array).sum()}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _all_finite(array: np.ndarray) -> bool:
    if array.dtype.kind not in "fc":
        return True
    with np.errstate(all="ignore"):  # a sum is finite or not, as what it sums, and needs no memory
        return bool(np.isfinite(array.sum()) or np.isfinite(array).all())


HEAT_ROWS, HEAT_COLUMNS, LEVELS = 8, 16, 3  # a thumbnail's cells; levels on each side of zero


def heat(array: np.ndarray | None) -> list[str]:
    """An array as a thumbnail: rows of levels, `0` (most negative) to `6`; `3` is zero, `x` nan.

    Each cell is the mean of its part of the array, in relation to the largest such mean.
    """
    if array is None or array.ndim == 0 or array.size < 2 or array.dtype.kind not in "fiub":
        return []
    table = array.astype(np.float64).reshape(-1, array.shape[-1])
    for axis, most in ((0, HEAT_ROWS), (1, HEAT_COLUMNS)):
        if table.shape[axis] > most:
            with np.errstate(all="ignore"):
                parts = np.array_split(table, most, axis)
                table = np.stack([part.mean(axis) for part in parts], axis)
    finite = np.isfinite(table)
    scale = np.abs(table[finite]).max(initial=0) or 1
    with np.errstate(all="ignore"):
        levels = np.floor(np.round(LEVELS * table / scale, 4) + 0.5) + LEVELS
    return [
        "".join(str(int(level)) if fine else "x" for level, fine in zip(*row))
        for row in zip(levels, finite)
    ]


def bytes_text(count: int) -> str:
    """`16 B`, `3.2 kB`, `1.5 MB`: memory in units of 1,000."""
    size, units = float(count), ["B", "kB", "MB", "GB"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.3g} {units[0]}"


def shape_text(shape: tuple[int, ...] | list[int] | None) -> str:
    """`(2, 3)`, and `(4,)` as Python writes it; nothing for a scalar."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" if shape else ""


def short(array: np.ndarray, text: str) -> str:
    """The few characters beside an edge: the one number all elements share, a list, or a shape.

    text:  the array as `listing` or `summary` spells it
    """
    if array.size and (array == array.flat[0]).all():
        return number(array.flat[0])
    if array.size <= LISTED and len(text) <= SHORT:
        return text
    return shape_text(array.shape)


def spoken(value: Value) -> str:
    """An array in a sentence: its one number, its numbers where few, or `a (10, 20) tensor`."""
    brief: str = value["short"]
    if not brief.startswith("(") and brief != "?":
        return brief
    text: str = value["text"]
    listed = value["data"] is not None and len(text) <= SPOKEN
    return text if listed else f"a {shape_text(value['shape'])} tensor"


def rows(value: Value | None) -> list[str]:
    """A small value as lines of text, its columns aligned; no line if it is not small."""
    if value is None or value["data"] is None or len(value["shape"]) > 2 or 0 in value["shape"]:
        return []
    data = value["data"]
    table = data if len(value["shape"]) == 2 else [data] if value["shape"] else [[data]]
    if len(table) > 4 or 3 * len(table[0]) > ROW:
        return []
    cells = [[x if isinstance(x, str) else number(x) for x in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*cells)]
    if sum(widths) + 2 * len(widths) > ROW:
        return []
    lines = [", ".join(x.rjust(w) for x, w in zip(row, widths)) for row in cells]
    opening, closing = "[" * len(value["shape"]), "]" * len(value["shape"])
    starts = [opening] + [opening[1:].rjust(len(opening))] * (len(lines) - 1)
    ends = [closing[1:].ljust(len(closing))] * (len(lines) - 1) + [closing]
    return [start + line + end for start, line, end in zip(starts, lines, ends)]


def array_of(tensor: Any) -> np.ndarray | None:
    """A copy of a tensor's numbers, or None where they cannot be had (sparse, meta, no memory)."""
    try:
        data = tensor.detach()
        if getattr(data, "is_cuda", False) or "bfloat16" in str(data.dtype):
            data = data.cpu().float()
        return np.array(data.numpy())
    except (AttributeError, TypeError, RuntimeError, NotImplementedError, ValueError):
        return None


def dtype_of(tensor: Any) -> str:
    """`float32` for a tensor of torch.float32 or minigrad.float32."""
    return str(tensor.dtype).rpartition(".")[2]


def value_of(tensor: Any) -> Value:
    """What a trace says of a tensor: shape, dtype, text, and its numbers if they are few."""
    return value_of_array(array_of(tensor), tuple(tensor.shape), dtype_of(tensor))


def value_of_array(array: np.ndarray | None, shape: tuple[int, ...], dtype: str) -> Value:
    """The same for numbers already copied. Non-finite ones stand as strings, for JSON has none."""
    value: Value = {"shape": list(shape), "dtype": dtype}
    if array is None:
        return value | {"text": f"{shape_text(shape)} {dtype}".strip(), "short": "?", "data": None}
    small = array.size <= LISTED
    text = listing(array) if small else summary(array)
    return value | {
        "text": text,
        "short": short(array, text),
        "data": _plain(array.tolist()) if small else None,
    }


class Seen:
    """A tensor's numbers as they are now, which `value` puts into words whenever it is asked for.

    Few numbers are copied, many are summed up. `known` are those seen before, by their place in
    memory: what lies there unchanged is summed up once.
    """

    __slots__ = ("_value", "_words", "array", "dtype", "shape", "sums")

    def __init__(self, tensor: Any, known: dict[int, Sums] | None = None) -> None:
        array = _looked_at(tensor)
        self.dtype: Any = tensor.dtype
        self.array: np.ndarray | None = None
        self.sums: Sums | None = None
        self._value: Value | None = None
        if array is None:
            self.shape = tuple(tensor.shape)
            return
        self.shape = array.shape
        if array.size <= LISTED:
            self.array = array.copy()
        else:
            self.sums = sums_of(array, {} if known is None else known)

    @classmethod
    def of(cls, array: np.ndarray, dtype: Any, known: dict[int, Sums]) -> Seen:
        """The same for numbers of no tensor's; `array` itself is kept where it is small."""
        seen = cls.__new__(cls)
        seen.shape, seen.dtype, seen._value = array.shape, dtype, None
        small = array.size <= LISTED
        seen.array, seen.sums = (array, None) if small else (None, sums_of(array, known))
        return seen

    @property
    def value(self) -> Value:
        """What a trace says of it."""
        if self._value is None:
            dtype = str(self.dtype).rpartition(".")[2]
            if self.sums is None:
                self._value = value_of_array(self.array, self.shape, dtype)
            else:
                text = f"{shape_text(self.shape)} {self.sums.text}"
                brief = self.sums.one or shape_text(self.shape)
                self._value = {"shape": list(self.shape), "dtype": dtype, "text": text,
                               "short": brief, "data": None}  # fmt: skip
        return self._value

    @property
    def odd(self) -> str:
        """As `odd` says it."""
        if self.sums is not None:
            return self.sums.odd
        return "" if self.array is None else odd(self.array)

    def equals(self, other: Seen) -> bool:
        """Are these the very same numbers?"""
        if self.array is None or other.array is None:
            return self.sums is not None and self.sums is other.sums
        return self.array.dtype == other.array.dtype and np.array_equal(self.array, other.array)

    def same_as(self, other: Seen | None) -> Seen:
        """The other one, if these are a copy of its many numbers, so that both are told alike."""
        if other is None or self.sums is None or other.sums is None or self.shape != other.shape:
            return self
        return other if self.sums.copies(other.sums) else self

    def close_to(self, other: Seen) -> bool:
        """Are these the same numbers but for rounding? True where that cannot be known."""
        if self.sums is not None and other.sums is not None:
            return self.shape == other.shape and self.sums.close_to(other.sums)
        if self.array is None or other.array is None:
            return True
        return _close(self.array, other.array)


class Sums:
    """What is kept of a large array: sum, mean and spread of its numbers, and a few of them."""

    __slots__ = ("few", "mark", "mean", "odd", "one", "size", "std")

    def __init__(self, array: np.ndarray, total: Any, mark: Any) -> None:
        self.mark, self.size = mark, array.size
        self.few = _few(array).copy()
        self.odd, self.one = "", ""
        fast = array.dtype in (np.float32, np.float64) and isfinite(total)
        if fast and (flat := _flat(array)) is not None:
            self.mean = array.dtype.type(total / array.size)
            self.std = _std(flat, self.mean)
        else:
            self.odd = odd(array)
            finite = array[np.isfinite(array)] if self.odd else array
            with np.errstate(all="ignore"):
                self.mean, self.std = (finite.mean(), finite.std()) if finite.size else (None, None)
        if (self.few == self.few.flat[0]).all() and (array == array.flat[0]).all():
            self.one = number(array.flat[0])

    @property
    def text(self) -> str:
        """As `summary` says it, without the shape."""
        if self.mean is None:
            return f"nothing finite, {self.odd}"
        told = f"mean {number(self.mean)} ± {number(self.std)}"
        return f"{told}, {self.odd}" if self.odd else told

    def copies(self, other: Sums) -> bool:
        """The same numbers in another order of memory: their sum differs by its rounding."""
        if self.odd or other.odd or self.few.dtype != other.few.dtype:
            return False
        near = 1e-5 * self.std * self.size**-0.5 + 1e-6 * abs(self.mean)
        return np.array_equal(self.few, other.few) and bool(abs(self.mean - other.mean) <= near)

    def close_to(self, other: Sums) -> bool:
        """The same but for rounding, as far as one can tell."""
        if self.odd or other.odd or self.mean is None or other.mean is None:
            return self.odd == other.odd
        mean, std = abs(self.mean - other.mean), abs(self.std - other.std)
        near = max(mean, std) <= 1e-2 * max(abs(self.std), abs(self.mean))
        return bool(near) and _close(self.few, other.few)


BLOCK = 16_384  # numbers that stay in the cache between two looks at them


def sums_of(array: np.ndarray, known: dict[int, Sums]) -> Sums:
    """Sums of an array of more than LISTED numbers: those known, if its memory has not changed."""
    with np.errstate(all="ignore"):
        total = array.sum()
    if (flat := _flat(array)) is None:
        return Sums(array, total, None)
    place = array.__array_interface__["data"][0]
    mark = (array.size, array.dtype, total.tobytes(), flat[:: array.size // 16].tobytes())
    sums = known.get(place)
    if sums is None or sums.mark != mark:
        sums = known[place] = Sums(array, total, mark)
    return sums


def _few(array: np.ndarray) -> np.ndarray:
    return array[tuple([slice(None, None, max(1, n // 8)) for n in array.shape])]


def _flat(array: np.ndarray) -> np.ndarray | None:
    """All numbers in one row, in the order of memory, without a copy; None if they have gaps."""
    if array.flags.c_contiguous:
        return array.reshape(-1)
    return array.T.reshape(-1) if array.flags.f_contiguous else None


def _std(flat: np.ndarray, mean: Any) -> Any:
    """The standard deviation: a block at a time, which is all that has to be written anew."""
    room = np.empty(min(BLOCK, flat.size), flat.dtype)
    squares = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, BLOCK):
            block = flat[start : start + BLOCK]
            apart = np.subtract(block, mean, out=room[: block.size])
            squares += float(apart.dot(apart))
    return flat.dtype.type((squares / flat.size) ** 0.5)


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    half = min(a.dtype.itemsize, b.dtype.itemsize) < 4
    same = a.shape == b.shape
    return same and np.allclose(a, b, rtol=1e-2 if half else 1e-4, atol=1e-6, equal_nan=True)


@cache
def _brain(dtype: Any) -> bool:
    return "bfloat16" in str(dtype)


def _looked_at(tensor: Any) -> np.ndarray | None:
    """A tensor's numbers where they are, or as a copy; None where they cannot be had."""
    try:
        if not _brain(tensor.dtype):
            data: np.ndarray = (tensor.detach() if tensor.requires_grad else tensor).numpy()
            return data
    except (AttributeError, TypeError, RuntimeError, NotImplementedError, ValueError):
        pass
    return array_of(tensor)


def _plain(data: Any) -> Any:
    if isinstance(data, list):
        return [_plain(item) for item in data]
    if isinstance(data, complex) or (isinstance(data, float) and not isfinite(data)):
        return number(data)
    return data
