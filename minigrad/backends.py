"""Switches of libraries that torch computes with: programs set them, and nothing changes here."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "get_num_threads",
    "is_deterministic_algorithms_warn_only_enabled",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_num_interop_threads",
    "set_num_threads",
    "use_deterministic_algorithms",
]


def _absent(**switches: Any) -> SimpleNamespace:
    return SimpleNamespace(is_available=lambda: False, is_built=lambda: False, **switches)


cudnn = _absent(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
mps = _absent()
cuda = _absent(matmul=SimpleNamespace(allow_tf32=False))
mkl = _absent()

_deterministic = _warn_only = False


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Taken and remembered: every operation of minigrad gives the same result each time."""
    global _deterministic, _warn_only
    _deterministic, _warn_only = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told."""
    return _deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was told to warn only."""
    return _warn_only


def sized(make: Callable[..., np.ndarray], shape: Any, value: Any) -> np.ndarray:
    """``make(shape, value)``. Raises RuntimeError for more bytes than there are addresses."""
    try:
        return make(shape, value)
    except ValueError:  # numpy's only one
        raise too_large(np.atleast_1d(shape).tolist()) from None


def too_large(shape: Any) -> RuntimeError:
    if 0 in shape:
        return RuntimeError("Stride calculation overflowed")
    return RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)}")


def fresh(shape: Any, kind: np.dtype[Any]) -> np.ndarray:
    """Memory whose content is left to chance; or, where runs are to be repeated exactly, nan or the
    largest number, so that whoever reads it sees it."""
    array = sized(np.empty, shape, kind)
    if _deterministic:
        array[...] = (
            np.nan if kind.kind == "f" else True if kind.kind == "b" else np.iinfo(kind).max
        )
    return array


def get_num_threads() -> int:
    """1: numpy decides by itself how many threads a product of matrices takes."""
    return 1


def set_num_threads(int: int) -> None:
    """Taken and ignored."""


def get_num_interop_threads() -> int:
    """1: minigrad runs in the thread that calls it."""
    return 1


def set_num_interop_threads(int: int) -> None:
    """Taken and ignored."""


_matmul_precision = "highest"


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last told."""
    return _matmul_precision


def set_float32_matmul_precision(precision: str) -> None:
    """Taken and remembered: numpy always computes at the highest."""
    global _matmul_precision
    _matmul_precision = precision


def set_flush_denormal(mode: bool) -> bool:
    """False: numpy keeps numbers that are nearly 0 as they are."""
    return False
