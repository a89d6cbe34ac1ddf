"""Dimensions and shapes as torch reads them: negative dims, tuples of dims, one -1 in a shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np


def dimension(dim: int, ndim: int) -> int:
    """`dim` counted from the front. Raises IndexError outside [-ndim, ndim - 1]."""
    bound = ndim or 1
    if not isinstance(dim, int):
        if not hasattr(dim, "__index__"):
            raise TypeError(f"argument 'dim' must be int, not {type(dim).__name__}")
        dim = index(dim)  # a 0-d tensor of integers
    if not -bound <= dim < bound:
        raise IndexError(
            "Dimension out of range (expected to be in range of "
            f"[{-bound}, {bound - 1}], but got {dim})"
        )
    return dim % bound


def dimensions(dim: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """One dim or several as a tuple counted from the front; all of them for None or ().

    Raises RuntimeError if one is named twice.
    """
    if type(dim) is int and ndim:
        return (dimension(dim, ndim),)
    if dim is None or dim == ():
        return tuple(range(ndim))
    several = dim if isinstance(dim, (tuple, list)) else (dim,)
    if not several:
        return tuple(range(ndim))
    dims = tuple([dimension(d, ndim) for d in several])
    for d in dims:
        if dims.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return dims if ndim else ()


def sizes(args: Sequence[int | Sequence[int]]) -> tuple[int, ...]:
    """Sizes given as ``2, 3`` or as ``(2, 3)``."""
    if len(args) == 1 and type(args[0]) is not int:
        only: Any = args[0]
        args = only if not hasattr(only, "__index__") or getattr(only, "ndim", 0) else (only,)
    return tuple([n if type(n) is int else index(n) for n in args])  # type: ignore[arg-type]


def infer_size(shape: Sequence[int], count: int) -> tuple[int, ...]:
    """`shape` with its -1 filled in so that it holds `count` elements.

    Raises RuntimeError if that is impossible.
    """
    known, lowest = math.prod(shape), min(shape, default=0)
    if lowest >= 0:
        if known == count:
            return tuple(shape)
    elif lowest == -1 and known < 0 and not count % known and shape.count(-1) == 1:
        return tuple([count // -known if n == -1 else n for n in shape])
    if list(shape).count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in shape):
        bad = next(i for i, n in enumerate(shape) if n < -1)
        raise RuntimeError(
            f"invalid shape dimension {shape[bad]} at index {bad} of shape {list(shape)}"
        )
    if -1 in shape and known == count == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the "
            "unspecified dimension size -1 can be any value and is ambiguous"
        )
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")


def broadcast_shape(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """The shape of both together. Raises RuntimeError if they do not broadcast."""
    try:
        return np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        raise broadcast_error(a, b) from None


def broadcast_error(a: Sequence[int], b: Sequence[int]) -> RuntimeError:
    """Torch's words for two shapes that do not broadcast."""
    width = max(len(a), len(b))
    pairs = zip((1,) * (width - len(a)) + tuple(a), (1,) * (width - len(b)) + tuple(b))
    at, (m, n) = [(i, p) for i, p in enumerate(pairs) if p[0] != p[1] and 1 not in p][-1]
    return RuntimeError(
        f"The size of tensor a ({m}) must match the size of tensor b ({n}) "
        f"at non-singleton dimension {at}"
    )


def matrix_dims(x: Any, dim: Any) -> tuple[int, int]:
    """The two dimensions of `x` that span matrices. Raises RuntimeError if they are not two."""
    if x.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    dim = (dim,) if isinstance(dim, int) else dim
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {list(dim)}")
    rows, columns = (dimension(d, x.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    return rows, columns
