"""Calls as torch once had them: factors before the tensors that they multiply."""

from __future__ import annotations

import functools
import inspect
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
            given = "".join([f", Number {name}" for name in factors[:extra]])
            inputs = "".join([f", Tensor {name}" for name in tensors])
            keywords = "".join([f", Number {name} = 1" for name in factors])
            name = method.__name__
            warn_once(
                f"This overload of {name} is deprecated:\n\t{name}(Tensor input{given}{inputs}, *, "
                "Tensor out = None)\nConsider using one of the following signatures instead:\n\t"
                f"{name}(Tensor input{inputs}, *{keywords}, Tensor out = None)",
                4,
            )
            constants.update(zip(factors, args[:extra]))
            args = args[extra:]
        return method(self, *args, **constants)

    return call
