"""Functions of several tensors: joined, brought to one shape, spread over a grid."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .methods.linalg import einsum
from .methods.linalg import tensordot as _tensordot
from .methods.shape import cat as _cat
from .methods.shape import stack as _stack
from .out import with_out
from .recording import first_misfit
from .size import Size
from .tensor import Tensor

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_shapes",
    "broadcast_tensors",
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "einsum",
    "hstack",
    "meshgrid",
    "stack",
    "tensordot",
    "vstack",
]

cat = concat = concatenate = with_out(_cat)
stack = with_out(_stack)
tensordot = with_out(_tensordot)


def atleast_1d(*tensors: Any) -> Any:
    """The tensors, with a dimension if they have none."""
    return _each(tensors, lambda t: t.reshape(1) if t.ndim == 0 else t)


def atleast_2d(*tensors: Any) -> Any:
    """The tensors, with two dimensions if they have fewer: a vector becomes a row."""
    return _each(
        tensors, lambda t: t.reshape(1, 1) if t.ndim == 0 else t.unsqueeze(0) if t.ndim == 1 else t
    )


def atleast_3d(*tensors: Any) -> Any:
    """The tensors, with three dimensions if they have fewer."""

    def deepened(t: Tensor) -> Tensor:
        if t.ndim == 0:
            return t.reshape(1, 1, 1)
        return (
            t.unsqueeze(0).unsqueeze(-1) if t.ndim == 1 else t.unsqueeze(-1) if t.ndim == 2 else t
        )

    return _each(tensors, deepened)


def _each(tensors: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return change(tensors[0])
    return tuple([change(t) for t in (tensors[0] if len(tensors) == 1 else tensors)])


def _some(tensors: Sequence[Tensor], name: str) -> Sequence[Tensor]:
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, "
            f"not {type(tensors).__name__}"
        )
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return tensors


@with_out
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side: along the second dimension, vectors along the first."""
    parts = [atleast_1d(t) for t in _some(tensors, "hstack")]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@with_out
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors below each other; a vector is a row."""
    return cat([atleast_2d(t) for t in _some(tensors, "vstack")], 0)


@with_out
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors behind each other, along the third dimension."""
    return cat([atleast_3d(t) for t in _some(tensors, "dstack")], 2)


@with_out
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side; a vector is a column."""
    columns = _some(tensors, "column_stack")
    return hstack([t.reshape(t.numel(), 1) if t.ndim <= 1 else t for t in columns])


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape in which tensors of these shapes meet."""
    met: list[int] = []
    for i, given in enumerate(shapes):
        if not isinstance(given, (int, tuple, list)):
            raise RuntimeError(
                "Input shapes should be of type ints, a tuple of ints, or a list of ints, got "
                f"{given}"
            )
        shape = (given,) if isinstance(given, int) else tuple(given)
        met = [1] * (len(shape) - len(met)) + met
        for d in range(-1, -len(shape) - 1, -1):
            if shape[d] < 0 and met[d] == 1:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if shape[d] != 1 and met[d] not in (1, shape[d]):
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[d]} at {d}! Mismatching "
                    f"argument at index {i} had {shape}; but expected shape should be "
                    f"broadcastable to {met}"
                )
            met[d] = met[d] if shape[d] == 1 else shape[d]
    return Size(met)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors as views of the shape in which they meet."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    try:
        shape = np.broadcast_shapes(*[t.shape for t in tensors])
    except ValueError:
        raise first_misfit([t._data for t in tensors]) from None
    return tuple([t if t.shape == shape else t.expand(shape) for t in tensors])


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The grid that vectors span: for each of them, its element at every point of the grid."""
    if indexing is None:
        warnings.warn(
            "minigrad.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            UserWarning,
            stacklevel=2,
        )
        indexing = "ij"
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for t in tensors:
        if t.dtype is not tensors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
        if t.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {t!r}"
            )
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            'torch.meshgrid: indexing must be one of "xy" or "ij", but received: ' + indexing
        )
    if indexing == "xy" and len(tensors) > 1:
        second, first, *rest = meshgrid(tensors[1], tensors[0], *tensors[2:], indexing="ij")
        return first, second, *rest
    shape = [t.numel() for t in tensors]
    at = [[n if i == d else 1 for i in range(len(shape))] for d, n in enumerate(shape)]
    return tuple([t.view(size).expand(shape) for t, size in zip(tensors, at)])
