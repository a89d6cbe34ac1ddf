"""There is no accelerator here: what a program asks before it chooses its device."""


def is_available() -> bool:
    """False: minigrad computes on the CPU."""
    return False


def current_accelerator(check_available: bool = False) -> None:
    """None: minigrad computes on the CPU."""


def device_count() -> int:
    """0: minigrad computes on the CPU."""
    return 0
