"""Grad modes: whether operations are recorded. Thread-local, restored also after an exception."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    enabled = True


state = _State()


def is_grad_enabled() -> bool:
    """Return True if operations of this thread are being recorded."""
    return state.enabled


class _GradMode:
    """A context manager that sets the grad mode, and decorates functions and generators."""

    mode: bool

    def __init__(self) -> None:
        self.prev = False

    def __enter__(self) -> None:
        self.prev = state.enabled
        state.enabled = self.mode

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.enabled = self.prev

    def clone(self) -> _GradMode:
        """A fresh manager for each call, so that a decorated function may call itself."""
        return type(self)()

    def __call__(self, func: F) -> F:
        if inspect.isgeneratorfunction(func):
            return _wrap_generator(self.clone, func)

        @functools.wraps(func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return func(*args, **kwargs)

        return decorated  # type: ignore[return-value]


class _NoParamMode(_GradMode):
    """Decorates with or without parentheses: ``@no_grad`` and ``@no_grad()`` mean the same."""

    def __new__(cls, orig_func: Any = None) -> Any:
        manager = super().__new__(cls)
        if orig_func is None:
            return manager
        manager.__init__()
        return manager(orig_func)

    def __init__(self, orig_func: Any = None) -> None:
        super().__init__()


class no_grad(_NoParamMode):
    """Inside, nothing is recorded: results have ``requires_grad=False``."""

    mode = False


class enable_grad(_NoParamMode):
    """Inside, operations are recorded again, also within `no_grad`."""

    mode = True


class set_grad_enabled(_GradMode):
    """Set the grad mode at once; as a ``with`` block, put the old mode back at the end."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, "
                f"not {type(mode).__name__}"
            )
        self.prev = state.enabled
        self.mode = mode
        state.enabled = self.mode

    def __enter__(self) -> None:
        # The mode was set in __init__, and must be set anew when the manager was made earlier.
        state.enabled = self.mode

    def __call__(self, func: F) -> F:
        # As a decorator it acts inside the function only.
        state.enabled = self.prev
        return super().__call__(func)

    def __str__(self) -> str:
        return f"minigrad.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    __repr__ = __str__

    def clone(self) -> set_grad_enabled:
        return type(self)(self.mode)


def _wrap_generator(manager: Callable[[], Any], func: Any) -> Any:
    """Enter the mode only while the generator's own body runs, not between its yields."""

    @functools.wraps(func)
    def generator(*args: Any, **kwargs: Any) -> Any:
        body = func(*args, **kwargs)
        with manager():
            try:
                item = body.send(None)
            except StopIteration as stop:
                return stop.value
        while True:
            try:
                request = yield item
            except GeneratorExit:
                with manager():
                    body.close()
                raise
            except BaseException as error:
                step, value = body.throw, error
            else:
                step, value = body.send, request
            with manager():
                try:
                    item = step(value)
                except StopIteration as stop:
                    return stop.value

    return generator
