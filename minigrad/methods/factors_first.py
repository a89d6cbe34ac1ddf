"""Calls as torch once had them: factors before the tensors that they multiply."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import Any

from ..errors import warn_once
from ..recording import Method


def factors_first(method: Method) -> Method:
    """The method, which also takes the keyword-only factors of its signature as its first
    arguments: ``x.addcmul(value, a, b)`` for ``x.addcmul(a, b, value=value)``. Warns once."""
    named = list(inspect.signature(method).parameters.values())[1:]
    factors = [p.name for p in named if p.kind is p.KEYWORD_ONLY]
    tensors = [p.name for p in named if p.kind is not p.KEYWORD_ONLY]

    @functools.wraps(method)
    def call(self: Any, *args: Any, **constants: Any) -> Any:
        extra = len(args) - len(tensors)
        if 0 < extra <= len(factors) and all(isinstance(f, (int, float)) for f in args[:extra]):
            _discourage(call.__name__, factors, extra, tensors)
            constants.update(zip(factors, args[:extra]))
            args = args[extra:]
        return method(self, *args, **constants)

    return call


def alpha_first(method: Method) -> Method:
    """`add` and `sub`, which also take alpha as their first argument: ``x.add(alpha, y)``."""

    @functools.wraps(method)
    def call(self: Any, other: Any, later: Any = None, *, alpha: Any = 1) -> Any:
        if later is None:  # as mostly; written out, for it is called often
            return method(self, other, alpha=alpha)
        if not isinstance(other, (int, float)):
            counts = (
                "2 positional arguments but 3"
                if _by("functions", 2)
                else "1 positional argument but 2"
            )
            raise TypeError(f"{call.__name__}() takes {counts} were given")
        if alpha != 1:
            raise TypeError(
                f"{call.__name__}() received an invalid combination of arguments - got "
                "unrecognized keyword arguments: alpha"
            )
        _discourage(call.__name__, ["alpha"], 1, ["other"])
        return method(self, later, alpha=other)

    return call


def _by(module: str, depth: int) -> bool:
    """Whether the method was called by a module of minigrad's, and not by its user."""
    return sys._getframe(depth).f_globals["__name__"] == f"minigrad.{module}"


def _discourage(name: str, factors: list[str], given: int, tensors: list[str]) -> None:
    """Warn of a call with the first `given` factors before the tensors."""
    first, last = (["Tensor input"], ["Tensor out = None"]) if _by("functions", 3) else ([], [])
    name += "_" * _by("inplace", 3)
    inputs = [f"Tensor {t}" for t in tensors]

    def signature(before: list[str], after: list[str]) -> str:
        return f"{name}({', '.join([*first, *before, *inputs, *['*'] * bool(after), *after])})"

    older = signature([f"Number {f}" for f in factors[:given]], last)
    newer = signature([], [*[f"Number {f} = 1" for f in factors], *last])
    warn_once(
        f"This overload of {name} is deprecated:\n\t{older}\nConsider using one of the following "
        f"signatures instead:\n\t{newer}",
        5 if first else 4,
        "overload",
    )
