"""Functions that say in torch's words what is wrong with a call, and how they may be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def told(call: Callable[..., Any], name: str, style: str = "plain") -> Callable[..., Any]:
    """The function or method `name`, which says in torch's words what is wrong with a call; for
    `style` see `calls.overloads_of`."""

    def checked(*args: Any, **named: Any) -> Any:
        try:
            return call(*args, **named)
        except Exception:
            from .calls import reread

            again = reread(name, call, args, named, style)
            if again is None:
                raise
        return checked(*again[0], **again[1])

    checked.__name__ = checked.__qualname__ = name
    checked.__doc__, checked.__module__ = call.__doc__, call.__module__
    checked.__wrapped__ = checked.unchecked = call  # type: ignore[attr-defined]
    return checked


def factors_first(function: F) -> F:
    """Say that torch once had the keyword-only factors of a function before the tensors that they
    multiply, and still takes them there: ``x.addcmul(value, a, b)``."""
    function.factors_first = True  # type: ignore[attr-defined]
    return function


def overloads(*texts: str) -> Callable[[F], F]:
    """Say in which ways torch takes the arguments, where the signature does not say it; each way as
    the parameters of a Python function."""

    def said_of(function: F) -> F:
        function.overloads = texts  # type: ignore[attr-defined]
        return function

    return said_of
