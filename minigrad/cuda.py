"""There is no GPU here: what a program asks before it chooses its device."""

from typing import Any

from .errors import missing

__getattr__ = missing(
    __name__,
    {
        "a GPU": "CUDAGraph Event Stream amp current_device current_stream device "
        "get_device_name set_device stream synchronize"
    },
)


def is_available() -> bool:
    """False: minigrad computes on the CPU."""
    return False


def device_count() -> int:
    """0: minigrad computes on the CPU."""
    return 0


is_initialized = is_available


def memory_allocated(device: Any = None) -> int:
    """0: nothing lies on a GPU."""
    return 0


max_memory_allocated = memory_reserved = memory_allocated


def manual_seed(seed: int) -> None:
    """Nothing: there is no GPU whose random numbers this could start anew."""


manual_seed_all = manual_seed


def empty_cache() -> None:
    """Nothing: there is no memory of a GPU."""
