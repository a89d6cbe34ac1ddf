"""Numbers as the pictures print them: one function each for a number, an array, a tensor.

The same number is printed the same way everywhere: a whole number below a million in full, any
other with four significant digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, prod
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = "dict[str, Any]"

LISTED = 64  # arrays of up to so many numbers are listed in full, larger ones summed up
EACH = 3  # numbers that are listed even where all are alike
SHORT = 12  # characters that fit beside an edge
SPOKEN = 48  # characters of an array that fit in a sentence
ROW = 25  # characters of a row that fit in a box


def number(x: Any) -> str:
    """One number as text: `4.5`, `1300`, `0.3333`, `1.2e-05`, `nan`, `True`."""
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    if isinstance(x, (complex, np.complexfloating)):
        return f"{number(x.real)}{'' if x.imag < 0 else '+'}{number(x.imag)}j"
    x = x if isinstance(x, (int, np.integer)) else float(x)  # in a half's range 1_000_000 is none
    if abs(x) < 1_000_000 and x == int(x):
        return str(int(x))
    return f"{x:.4g}"


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
    """The few characters beside an edge: the one number that many share, a list, or a shape.

    text:  the array as `listing` or `summary` spells it
    """
    alike = array.size and (array == array.flat[0]).all()
    if alike and (array.size > EACH or len(text) > SHORT):
        return number(array.flat[0])
    if array.size <= LISTED and len(text) <= SHORT:
        return text
    return shape_text(array.shape)


def shared(value: Value) -> str:
    """The one number of all elements, where they are alike and few enough to be known."""
    brief: str = value["short"]
    numbers = set(brief.strip("[]").replace("[", "").replace("]", "").split(", "))
    return "" if brief == "?" or brief[0] == "(" or len(numbers) > 1 else numbers.pop()


def spoken(value: Value) -> str:
    """An array in a sentence: its one number, its numbers if few, or `a (10, 20) tensor`."""
    brief: str = value["short"]
    text: str = value["text"]
    few = value["data"] is not None and prod(value["shape"]) <= EACH
    if not brief.startswith("(") and brief != "?":
        return text if few else brief
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


COPIED = 8_192  # numbers of an array that are copied, to be put into words later
BLOCK = 65_536  # of more, as many are read at a time: they stay in the cache
FEW = 128  # and so many are kept
HELD = 64_000_000  # bytes of large gradients that one pass holds, to read them when it is told


class Seen:
    """A tensor's numbers as they were, which `value` puts into words when it is asked for.

    `array` is a copy of few numbers, `large` what is kept of many.
    """

    __slots__ = ("_value", "array", "dtype", "large", "shape")

    def __init__(self, kept: np.ndarray | Large | None, shape: Any, dtype: Any) -> None:
        many = type(kept) is Large
        self.array: np.ndarray | None = None if many else kept  # type: ignore[assignment]
        self.large: Large | None = kept if many else None  # type: ignore[assignment]
        self.shape, self.dtype = shape, dtype
        self._value: Value | None = None

    @property
    def value(self) -> Value:
        """What a trace says of it."""
        if self._value is None:
            dtype, shape = str(self.dtype).rpartition(".")[2], tuple(self.shape)
            self._value = value_of_array(self.array, shape, dtype)
            seen = self.array if self.large is None else self.large.few
            if seen is not None and prod(shape) > LISTED and (cells := heat(seen)):
                self._value["heat"] = cells
            if self.large is not None:
                text = f"{shape_text(shape)} {self.large.text}"
                self._value |= {"text": text, "short": self.large.one or shape_text(shape)}
        return self._value

    @property
    def odd(self) -> str:
        """As `odd` says it."""
        if self.large is not None:
            self.large.settle()
            return self.large.odd
        return "" if self.array is None else odd(self.array)

    def equals(self, other: Seen) -> bool:
        """Are these the very same numbers?"""
        if self.array is None or other.array is None:
            return self.large is not None and self.large is other.large
        return self.array.dtype == other.array.dtype and np.array_equal(self.array, other.array)

    def same_as(self, other: Seen | None) -> Seen:
        """The other one, if these are a copy of its numbers, so that both are told alike."""
        if other is None or tuple(self.shape) != tuple(other.shape):
            return self
        if self.large is not None and other.large is not None:
            return other if self.large.copies(other.large) else self
        return other if self.array is not None and self.equals(other) else self

    def close_to(self, other: Seen) -> bool:
        """Are these the same numbers but for rounding? True where that cannot be known."""
        if self.large is not None and other.large is not None:
            return tuple(self.shape) == tuple(other.shape) and self.large.close_to(other.large)
        if self.array is None or other.array is None:
            return True
        return _close(self.array, other.array)


Look: TypeAlias = "np.ndarray | Seen | None"  # what `look` keeps of a tensor


def there(tensor: Any) -> np.ndarray | None:
    """A tensor's numbers where they are, or as a copy; None where they cannot be had."""
    try:
        array: np.ndarray = (tensor.detach() if tensor.requires_grad else tensor).numpy()
        return array
    except (AttributeError, TypeError, RuntimeError, NotImplementedError, ValueError):
        return array_of(tensor)


def look(tensor: Any, known: Known | None = None, hold: bool = True) -> Look:
    """A tensor's numbers as they are now: few are copied, of many it is kept what they were.

    Recording calls this for every gradient; `seen` makes of it what can be told. With `hold` a
    large array is held, too, to be read when it is told. None for None.
    """
    try:
        array = (tensor.detach() if tensor.requires_grad else tensor).numpy()
        if array.size <= COPIED:
            if known is not None:
                known.bytes += array.nbytes
            return array.copy()  # type: ignore[no-any-return]
        large = (known or Known()).look(array, hold)
        return Seen(large, array.shape, array.dtype)
    except (AttributeError, TypeError, RuntimeError, NotImplementedError, ValueError):
        if tensor is None:
            return None
    array = array_of(tensor)
    if array is not None and array.size > COPIED:
        array = Large(array).read(array)
    return Seen(array, tuple(tensor.shape), tensor.dtype)


def glance(tensor: Any) -> Look:
    """The same for a tensor that counts its versions: nothing of a large one is read yet."""
    kept = look(tensor, UNREAD)
    if isinstance(kept, Seen) and kept.large is not None:
        alias = tensor.detach()
        kept.large.version = alias._version, alias
    return kept


def settle(look: Look) -> None:
    """Reads what is to be known of a large array, which is about to be written to."""
    if isinstance(look, Seen) and look.large is not None:
        look.large.settle()


def seen(look: Look) -> Seen | None:
    """What `look` has kept, as something that can be told."""
    return Seen(look, look.shape, look.dtype) if isinstance(look, np.ndarray) else look


class Large:
    """What is kept of a large array: its sum, some of its numbers, and it, as long as it lasts.

    Only the sum is taken at once, which tells nan and inf as well. Mean and spread are read when
    they are asked for. If the array has been written to by then, they are told as about right, from
    the numbers that were kept.
    """

    __slots__ = ("array", "few", "mean", "odd", "one", "rough", "size", "std", "total", "version")

    def __init__(self, array: np.ndarray, few: np.ndarray | None = None) -> None:
        self.array: np.ndarray | None = None
        self.version: tuple[int, Any] | None = None  # and the tensor whose version it is
        self.few, self.size = _few(array) if few is None else few, array.size
        self.total: Any = None
        self.odd = self.one = self.rough = ""
        self.mean: Any = None
        self.std: Any = None

    @classmethod
    def sum(cls, arrays: Sequence[np.ndarray]) -> Large:
        """The same for several arrays added up, of which nothing as large is made."""
        found = cls(arrays[0])
        found.few = sum(map(_few, arrays[1:]), found.few)
        return found.read(*arrays)

    def read(self, *arrays: np.ndarray) -> Large:
        """Reads mean and spread."""
        rows = _rows(arrays)
        size, kind = rows[0].size, rows[0].dtype.type
        self.total = _total(rows)
        if kind in _ones:
            squares = _total(rows, squared=True)
            mean = self.total / size
            square, spread = mean * mean, squares / size - mean * mean
            if TINY < squares < HUGE and spread > 0.1 * square:
                self.mean, self.std = kind(mean), kind(spread**0.5)
                return self
        self._read_carefully(sum(rows[1:], rows[0]))
        return self

    def _read_carefully(self, array: np.ndarray) -> None:
        """Where numbers are no floats, not finite, very large or small, or all but equal."""
        self.odd = odd(array)
        finite = array[np.isfinite(array)] if self.odd else array
        with np.errstate(all="ignore"):
            self.mean, self.std = (finite.mean(), finite.std()) if finite.size else (None, None)
        if (array == array[0]).all():
            self.one = number(array[0])

    def settle(self) -> None:
        """Reads what is left to be read, and lets the array go."""
        array, self.array = self.array, None
        version, self.version = self.version, None
        if self.std is not None or self.odd:
            return
        if array is not None and _same(self.few, _few(array)):
            same = version is None or version[0] == version[1]._version
            if same and self.total in (None, _total(_rows([array]))):
                self.read(array)
                return
        self.rough = f", about: {self.few.size} of its numbers were kept"
        finite = self.few[np.isfinite(self.few)]
        with np.errstate(all="ignore"):
            if finite.size:
                self.mean, self.std = finite.mean(), finite.std()
            if self.total is not None and np.isfinite(self.total):
                self.mean = self.few.dtype.type(self.total / self.size)
        if self.total is not None and not np.isfinite(self.total):
            self.odd = "nan or inf"

    def borrow(self, other: Large) -> None:
        """Takes over what was read of the same numbers elsewhere, in whatever order they lie."""
        if self is other or self.array is not None or not _same(self.few, other.few):
            return
        other.settle()
        if other.rough or other.odd or other.std is None or self.total is None:
            return
        near = 1e-5 * other.std * self.size**0.5 + 1e-6 * abs(self.total)
        if abs(self.total - other.total) <= near:
            self.mean, self.std, self.one = other.mean, other.std, other.one

    @property
    def text(self) -> str:
        """As `summary` says it, without the shape."""
        self.settle()
        if self.mean is None:
            return f"nothing finite, {self.odd}"
        told = f"mean {number(self.mean)} ± {number(self.std)}{self.rough}"
        return f"{told}, {self.odd}" if self.odd else told

    def copies(self, other: Large) -> bool:
        """The same numbers in another order of memory: their sum differs by its rounding."""
        self.settle()
        other.settle()
        if self.odd or other.odd or self.few.dtype != other.few.dtype:
            return False
        near = 1e-5 * self.std * self.size**-0.5 + 1e-6 * abs(self.mean)
        return np.array_equal(self.few, other.few) and bool(abs(self.mean - other.mean) <= near)

    def close_to(self, other: Large) -> bool:
        """The same but for rounding, as far as one can tell."""
        self.settle()
        other.settle()
        if self.odd or other.odd or self.mean is None or other.mean is None:
            return self.odd == other.odd
        mean, std = abs(self.mean - other.mean), abs(self.std - other.std)
        if self.rough or other.rough:
            std *= 0
        near = max(mean, std) <= 1e-2 * max(abs(self.std), abs(self.mean))
        return bool(near) and _close(self.few, other.few)


class Known:
    """Large arrays that were seen in one pass: the same numbers are read, and kept, once.

    What is held is known again by its place in memory and some of its numbers. That no other number
    was written meanwhile is seen when it is told: then its sum is taken again. What is `loose` may
    be gone, and its place another's, as soon as the next node runs. When enough is held, the rest
    is read at once.
    """

    def __init__(self) -> None:
        self.bytes = 0  # that are held, of small arrays, too
        self.held: dict[Any, Large] = {}
        self.loose: dict[Any, Large] = {}

    def look(self, array: np.ndarray, hold: bool) -> Large:
        """What is kept of the array as it is now."""
        place = array.__array_interface__["data"], array.shape, array.strides
        few, large = _few(array), self.held.get(place) or self.loose.get(place)
        if large is None or not _same(large.few, few):
            large = self.loose[place] = Large(array, few)
            large.total = _total(_rows([array]))
        if hold and large.array is None and self.bytes + array.nbytes <= HELD:
            large.array = array
            self.held[place] = large
            self.bytes += array.nbytes
        elif hold and large.array is None and large.std is None:
            large.read(array)
        return large

    def clear(self) -> None:
        """No more arrays will be seen."""
        self.held.clear()
        self.loose.clear()


class Unread(Known):
    """Of what counts its versions nothing needs to be read to know it again."""

    def look(self, array: np.ndarray, hold: bool) -> Large:
        large = Large(array)
        large.array = array
        return large


UNREAD = Unread()
TINY, HUGE = 1e-30, 1e30  # sums of squares beyond these are not exact in 32 bits
_ones = {kind: np.ones(BLOCK, kind) for kind in (np.float32, np.float64)}


def _rows(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Each array in one row. They lie alike in memory, or else their sum is made."""
    flats = [flat for flat in map(_flat, arrays) if flat is not None]
    if len(flats) == len(arrays) and (
        len(arrays) == 1 or len({(a.strides, a.dtype) for a in arrays}) == 1
    ):
        return flats
    whole = sum(arrays[1:], arrays[0])
    if (flat := _flat(whole)) is None:  # it has gaps, or one number stands for many
        flat = np.ascontiguousarray(_distinct(whole)).reshape(-1)
    return [flat]


def _total(rows: Sequence[np.ndarray], squared: bool = False) -> Any:
    """The sum of all numbers, or of their squares. Products of vectors are the fastest way."""
    ones = _ones.get(rows[0].dtype.type)
    if ones is None:
        return sum(rows[1:], rows[0]).sum()
    total = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, rows[0].size, BLOCK):
            block = rows[0][start : start + BLOCK]
            for row in rows[1:]:
                block = block + row[start : start + BLOCK]
            total += float(block.dot(block if squared else ones[: block.size]))
    return total


def _few(array: np.ndarray) -> np.ndarray:
    """A hundred numbers or two, evenly spread over rows and columns: a copy."""
    most = [FEW] if array.ndim == 1 else [FEW // 16, *[2] * (array.ndim - 2), 16]
    steps = [-(-n // each) for n, each in zip(array.shape, most)]
    return array[tuple([slice(step // 2, None, step) for step in steps])].copy()


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _distinct(array: np.ndarray) -> np.ndarray:
    """An expanded array without its repetitions: of the same mean and spread."""
    once = tuple(slice(0, 1) if step == 0 else slice(None) for step in array.strides)
    return array[once]


def _flat(array: np.ndarray) -> np.ndarray | None:
    """All numbers in one row, in the order of memory, without a copy; None if they have gaps."""
    if array.flags.c_contiguous:
        return array.reshape(-1)
    return array.T.reshape(-1) if array.flags.f_contiguous else None


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    half = min(a.dtype.itemsize, b.dtype.itemsize) < 4
    same = a.shape == b.shape
    return same and np.allclose(a, b, rtol=1e-2 if half else 1e-4, atol=1e-6, equal_nan=True)


def _plain(data: Any) -> Any:
    if isinstance(data, list):
        return [_plain(item) for item in data]
    if isinstance(data, complex) or (isinstance(data, float) and not isfinite(data)):
        return number(data)
    return data
