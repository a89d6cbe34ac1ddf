"""Whether operations are recorded: torch's address for what the engine's ground floor holds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..engine.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
    state,
)

__all__ = [
    "enable_grad",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]


class _Flag:
    """Sets a flag of this thread at once; as a ``with`` block, puts the old one back at the end."""

    name: str

    def __init__(self, mode: bool) -> None:
        self.prev = getattr(state, self.name)
        self.mode = mode
        setattr(state, self.name, mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        setattr(state, self.name, self.prev)

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        setattr(state, self.name, self.prev)  # as a decorator it acts inside the function only

        @functools.wraps(func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.mode):
                return func(*args, **kwargs)

        return decorated


class set_multithreading_enabled(_Flag):
    """Whether a backward pass may use several threads: noted, but minigrad's uses the caller's."""

    name = "multithreading"


class _force_original_view_tracking(_Flag):
    """Whether a view of a base that was written to since is, in the graph, made by its own steps
    again; and not by one node that stands for all of them."""

    name = "view_replay"


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` says; True at first."""
    return state.multithreading


def is_view_replay_enabled() -> bool:
    """What `_force_original_view_tracking` says; False at first."""
    return state.view_replay
