"""The broken cells of the exercises: a learner who runs one as it stands has not started yet."""

from __future__ import annotations

import ast
import functools
import inspect
import json
import types
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("stubs.json")  # {exercise: source of its cell}; see tests/mirror.py


def untouched(name: str, answer: Any) -> bool:
    """Whether `answer`, a function or a class, is still what the exercise's cell holds."""
    functions = list(vars(answer).values()) if isinstance(answer, type) else [answer]
    functions = [getattr(each, "__func__", each) for each in functions]
    codes = [each.__code__ for each in functions if hasattr(each, "__code__")]
    return bool(codes) and {_signature(code) for code in codes} == _asked().get(name)


@functools.cache
def _asked() -> dict[str, set]:
    """What the functions of each exercise's cell do."""
    sources = json.loads(FILE.read_text(encoding="utf-8"))
    found: dict[str, set] = {}
    for name, source in sources.items():
        for line in ast.parse(source).body:  # compiled one by one, as a notebook does
            code = compile(ast.Module([line], []), name, "exec", dont_inherit=True)
            found.setdefault(name, set()).update(map(_signature, _functions(code)))
    return found


def _functions(code: types.CodeType) -> list[types.CodeType]:
    """The functions that a cell defines, also those in its classes."""
    found = []
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            is_function = part.co_flags & inspect.CO_NEWLOCALS  # the body of a class is none
            found += [part] if is_function else _functions(part)
    return found


def _signature(code: types.CodeType) -> tuple:
    """What a function does, wherever it stands."""
    constants = [
        _signature(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts
    ]
    return (code.co_code, code.co_names, code.co_varnames, code.co_freevars, tuple(constants))
