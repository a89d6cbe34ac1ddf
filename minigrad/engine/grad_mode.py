"""Grad modes: whether operations are recorded. Thread-local, restored also after an exception."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable
from threading import get_ident
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    enabled = True  # whether operations are recorded, which the two below decide
    grad_mode = True
    inference = False
    multithreading = True
    view_replay = False  # whether a view of a written base is made again by the steps that made it
    tasks: tuple[Any, ...] = ()  # the backward passes that are running, one inside the other
    saved_hooks: tuple[Any, ...] = ()  # pairs of hooks for saved tensors; the last one counts …
    saved_hooks_disabled: str | None = None  # … and what to say where there may be none


state = _State()

unusual: set[Any] = set()
"""The threads that do not record, or record with hooks for saved tensors; and "anomaly" while
anomalies are looked for. Mostly it is empty, so that an operation asks one set: 50 ns less."""


def is_grad_enabled() -> bool:
    """Return True if operations of this thread are being recorded (unless in inference mode)."""
    return state.grad_mode


def is_inference_mode_enabled() -> bool:
    """Return True if this thread is in inference mode."""
    return state.inference


class _GradMode:
    """A context manager that sets the grad mode, and decorates functions and generators."""

    mode: bool
    prev = False  # the mode before

    def __enter__(self) -> None:
        self.prev = state.grad_mode
        set_mode(self.mode)

    def __exit__(self, *exc: object) -> None:
        set_mode(self.prev)

    def clone(self) -> _GradMode:
        """A fresh manager for each call, so that a decorated function may call itself."""
        return type(self)()

    def __call__(self, func: F) -> F:
        if inspect.isgeneratorfunction(func):
            return _wrap_generator(self.clone, func)
        if inspect.isclass(func):
            warnings.warn(_DECORATES_A_CLASS, FutureWarning, stacklevel=2)
        # A class becomes a function that makes its instances, as torch has it for now.
        updated: Any = () if inspect.isclass(func) else ("__dict__",)

        @functools.wraps(func, updated=updated)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return func(*args, **kwargs)

        return decorated  # type: ignore[return-value]


_DECORATES_A_CLASS = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only "
    "decorate functions or methods. To preserve the current behavior of class decoration, you can "
    "directly decorate the `__init__` method and nothing else."
)


def set_mode(mode: bool) -> None:
    """Record, or do not; in inference mode nothing is recorded whatever the grad mode."""
    state.grad_mode = mode
    state.enabled = enabled = mode and not state.inference
    (unusual.discard if enabled and not state.saved_hooks else unusual.add)(get_ident())


class _NoParamMode(_GradMode):
    """Decorates with or without parentheses: ``@no_grad`` and ``@no_grad()`` mean the same."""

    def __new__(cls, orig_func: Any = None) -> Any:
        manager = super().__new__(cls)
        return manager if orig_func is None else manager(orig_func)


class no_grad(_NoParamMode):
    """Inside, nothing is recorded: results have ``requires_grad=False``."""

    __module__ = "minigrad.autograd.grad_mode"
    mode = False


class enable_grad(_NoParamMode):
    """Inside, operations are recorded again, also within `no_grad`."""

    __module__ = "minigrad.autograd.grad_mode"
    mode = True


class set_grad_enabled(_GradMode):
    """Set the grad mode at once; as a ``with`` block, put the old mode back at the end."""

    __module__ = "minigrad.autograd.grad_mode"

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, "
                f"not {type(mode).__name__}"
            )
        self.prev = state.grad_mode
        self.mode = mode
        set_mode(mode)

    def __enter__(self) -> None:
        # The mode was set in __init__, and must be set anew when the manager was made earlier.
        set_mode(self.mode)

    def __call__(self, func: F) -> F:
        # As a decorator it acts inside the function only.
        set_mode(self.prev)
        return super().__call__(func)

    def __str__(self) -> str:
        return f"minigrad.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    __repr__ = __str__

    def clone(self) -> set_grad_enabled:
        return type(self)(self.mode)


class inference_mode(_GradMode):
    """As `no_grad`, and tensors made inside can never be part of a graph: they are not counted.

    Such a tensor raises RuntimeError where an operation that is recorded would save it, and where
    it is written to, or asked to require grad, outside inference mode. ``inference_mode(False)``
    leaves the mode for a while. Within it `enable_grad` has no effect.
    """

    __module__ = "minigrad.autograd.grad_mode"

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        self._before = state.grad_mode, state.inference
        state.inference = self.mode
        set_mode(not self.mode)

    def __exit__(self, *exc: object) -> None:
        mode, state.inference = self._before
        set_mode(mode)

    def clone(self) -> inference_mode:
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
