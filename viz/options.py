"""What an option may be, and what a mistyped one may have meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

DIRECTIONS = "LR", "TB", None  # data flows to the right, downwards; what fits the width

P = ParamSpec("P")
R = TypeVar("R")


def check(option: str, given: object, allowed: tuple[object, ...]) -> None:
    """Raises ValueError, which names what is allowed."""
    if not any(given is each or (isinstance(each, str) and given == each) for each in allowed):
        *most, last = map(repr, allowed)
        raise ValueError(f"{option} is {', '.join(most)} or {last}, not {given!r}")


def explained(f: Callable[P, R]) -> Callable[P, R]:
    """`f`; where it is given an unknown option, a note on Python's error says what it takes."""
    signature = inspect.signature(f)
    options = [p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]

    @functools.wraps(f)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        unknown = next((name for name in kwargs if name not in signature.parameters), None)
        if unknown is not None:
            raise unknown_option(f.__name__, unknown, options)
        return f(*args, **kwargs)

    return called


def unknown_option(function: str, name: str, options: list[str]) -> TypeError:
    """Python's own error, with a note."""
    error: Any = TypeError(f"{function}() got an unexpected keyword argument {name!r}")
    near = get_close_matches(name, options, 1)
    if hasattr(error, "add_note"):
        error.add_note(f"Did you mean {near[0]}?" if near else f"It takes {', '.join(options)}.")
    return error  # type: ignore[no-any-return]
