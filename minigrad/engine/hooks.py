"""Hooks: how they are kept and taken away again, and what they may return."""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class RemovableHandle:
    """What `register_hook` returns; `remove()` takes the hook away again."""

    __module__ = "minigrad.utils.hooks"

    _next_id = itertools.count().__next__

    def __init__(self, hooks: OrderedDict[int, Any]) -> None:
        self.hooks_dict_ref = weakref.ref(hooks)
        self.id = RemovableHandle._next_id()

    def remove(self) -> None:
        hooks = self.hooks_dict_ref()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __getstate__(self) -> Any:
        return self.hooks_dict_ref(), self.id

    def __setstate__(self, state: Any) -> None:
        hooks, self.id = state
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        free = max(RemovableHandle._next_id(), self.id + 1)
        RemovableHandle._next_id = itertools.count(free).__next__

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class Hooks(OrderedDict[int, Callable[..., Any]]):
    """Hooks in the order in which they were registered; a handle refers to them weakly."""

    def add(self, hook: Callable[..., Any]) -> RemovableHandle:
        handle = RemovableHandle(self)
        self[handle.id] = hook
        return handle


def replaced(hook: Any, old: Any, new: Any, tensor_type: Any) -> Any:
    """What a hook returned, if it returned anything, checked to fit the value it replaces."""
    if new is None:
        return old
    if not isinstance(new, tensor_type):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is not None and old.dtype is not new.dtype:
        raise RuntimeError(
            f"hook '{_name(hook)}' has changed the type of value "
            f"(was {old.type()} got {new.type()})"
        )
    if old is not None and old.shape != new.shape:
        raise RuntimeError(f"hook '{_name(hook)}' has changed the size of value")
    return new


def replaced_tuple(hook: Any, old: tuple[Any, ...], new: Any, tensor_type: Any) -> tuple[Any, ...]:
    if new is None:
        return old
    if not isinstance(new, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(new).__name__}'")
    if len(new) != len(old):
        raise RuntimeError(
            f"hook '{_name(hook)}' has returned an incorrect number of values "
            f"(got {len(new)}, but expected {len(old)})"
        )
    return tuple([n if n is None else replaced(hook, o, n, tensor_type) for o, n in zip(old, new)])


def _name(hook: Any) -> str:
    return getattr(hook, "__name__", "<unknown>")
