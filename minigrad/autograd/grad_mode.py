"""Whether operations are recorded: torch's address for what the engine's ground floor holds."""

from ..engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, state

__all__ = [
    "enable_grad",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]


class set_multithreading_enabled:
    """Whether a backward pass may use several threads: noted, but minigrad's uses the caller's."""

    def __init__(self, mode: bool) -> None:
        self.prev = state.multithreading
        state.multithreading = self.mode = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        state.multithreading = self.prev


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` says; True at first."""
    return state.multithreading
