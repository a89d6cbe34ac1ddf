"""Switches of libraries that torch computes with: programs set them, and nothing changes here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_num_threads",
    "set_num_threads",
    "use_deterministic_algorithms",
]


def _absent(**switches: Any) -> SimpleNamespace:
    return SimpleNamespace(is_available=lambda: False, is_built=lambda: False, **switches)


cudnn = _absent(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
mps = _absent()
cuda = _absent(matmul=SimpleNamespace(allow_tf32=False))
mkl = _absent()

_deterministic = False


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Taken and remembered: every operation of minigrad gives the same result each time."""
    global _deterministic
    _deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told."""
    return _deterministic


def get_num_threads() -> int:
    """1: numpy decides by itself how many threads a product of matrices takes."""
    return 1


def set_num_threads(int: int) -> None:
    """Taken and ignored."""
