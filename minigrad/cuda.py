"""There is no GPU here: what a program asks before it chooses its device."""

from .errors import missing

__getattr__ = missing(
    __name__,
    {
        "a GPU": "CUDAGraph Event Stream amp current_device current_stream device empty_cache "
        "get_device_name manual_seed manual_seed_all max_memory_allocated memory_allocated "
        "set_device stream synchronize"
    },
)


def is_available() -> bool:
    """False: minigrad computes on the CPU."""
    return False


def device_count() -> int:
    """0: minigrad computes on the CPU."""
    return 0
