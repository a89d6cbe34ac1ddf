"""Words for errors: what to do about one, said beneath it; what an object is called in one."""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .engine.node import Node

NO_INTEGERS = "Only Tensors of floating point and complex dtype can require gradients"


def noted(error: Exception, text: str) -> Exception:
    """`error`, to be raised, with `text` below it (PEP 678). Python 3.10 has no place for it.

    Where it is raised no variable should hold it: its traceback holds the variables, and so it
    would keep a graph alive.
    """
    if hasattr(error, "add_note"):
        error.add_note(text)
    return error


_said: set[str] = set()
_always = [False]


def warn_once(text: str, stacklevel: int, kind: str | None = None) -> None:
    """Warn as torch does of what is deprecated: the first time only, unless told otherwise. Of
    texts of one `kind`, only the first is ever said."""
    if _always[0] or (kind or text) not in _said:
        _said.add(kind or text)
        warnings.warn(text, UserWarning, stacklevel=stacklevel + 1)


def set_warn_always(b: bool, /) -> None:
    """Let warnings that torch gives once be given each time."""
    _always[0] = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was last told."""
    return _always[0]


def missing(module: str, reasons: dict[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module: AttributeError, with a note on what is out of its scope.

    `reasons` are such families, each with its names: ``{"complex numbers": "complex64 cfloat"}``.
    """
    absent = {name: reason for reason, names in reasons.items() for name in names.split()}

    def __getattr__(name: str) -> Any:
        text = f"module '{module}' has no attribute '{name}'"
        if name in absent:
            raise noted(AttributeError(text), f"not in minigrad: {absent[name]}.")
        raise AttributeError(text, name=name, obj=sys.modules[module])

    return __getattr__


def misfit(
    name: str,
    signature: inspect.Signature,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    error: Exception,
) -> str | None:
    """What torch says of a call that failed with `error`, if the arguments do not fit the function
    `name`: as many as it takes, and of the types it is annotated with. None if they may fit."""
    parameters = list(signature.parameters.values())
    places = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    if len(args) > len(places) and all(p.kind is not p.VAR_POSITIONAL for p in parameters):
        least = sum([p.default is p.empty for p in places])
        most = len(places)
        counts = f"from {least} to {most}" if least < most else most
        noun = "argument" if least == most == 1 else "arguments"
        return f"{name}() takes {counts} positional {noun} but {len(args)} were given"
    wrong = getattr(error, "obj", None) if isinstance(error, AttributeError) else None
    for i, parameter in enumerate(parameters):
        by_place = i < min(len(args), len(places))
        if by_place or parameter.name in kwargs:
            value = args[i] if by_place else kwargs[parameter.name]
            kind = _mistaken(str(parameter.annotation), value, wrong)
            if kind:
                where = f" (position {i + 1})" if by_place else ""
                given = type(value).__name__
                return f"{name}(): argument '{parameter.name}'{where} must be {kind}, not {given}"
        elif parameter.default is parameter.empty and parameter in places:
            missing = [p.name for p in places[i:] if p.default is p.empty and p.name not in kwargs]
            noun = "argument" if len(missing) > 1 else "arguments"  # torch's own grammar
            listed = ", ".join([f'"{m}"' for m in missing])
            return f"{name}() missing {len(missing)} required positional {noun}: {listed}"
    for keyword in kwargs:
        if keyword not in signature.parameters and "unexpected keyword" in str(error):
            return f"{name}() got an unexpected keyword argument '{keyword}'"
    if isinstance(error, TypeError):  # a method does not count its tensor as an argument
        text = re.sub(r"(?<=\(position )\d+", lambda n: str(int(n[0]) + 1), str(error))
        return re.sub(r"^[\w.]+(?=\(\))", name, text)
    return None


def _mistaken(annotation: str, value: Any, wrong: Any) -> str | None:
    """The type that an argument should have been of, in torch's words; None if it is of that."""
    kind = annotation.removesuffix(" | None")
    tensor = isinstance(value, Node.tensor_type)
    if (value is None and annotation.endswith("None")) or kind not in _TYPES:
        return "Tensor" if value is wrong is not None and not tensor else None
    if tensor and kind != "bool":
        number = value.ndim == 0 and (kind != "int" or not value.is_floating_point())
        return None if kind == "Tensor" or number else _TYPES[kind][0]
    return None if isinstance(value, _TYPES[kind][1]) else _TYPES[kind][0]


_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "Tensor": ("Tensor", ()),
    "bool": ("bool", (bool, np.bool_)),
    "int": ("int", (int, np.integer)),
    "float": ("float", (int, float, np.number)),
    "Dims": ("tuple of ints", (int, tuple, list, type(None))),
    "Sequence[int]": ("tuple of ints", (int, tuple, list)),
}
"""Of an annotation: torch's name for it, and what else than a tensor may be given."""


def typename(obj: Any) -> str:
    """How torch's messages call what `obj` is: "int", "torch.FloatTensor", "my.module.Class"."""
    if isinstance(obj, Node.tensor_type):
        return obj.type()
    module = getattr(obj, "__module__", None)
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return named.__qualname__ if module in (None, "builtins") else f"{module}.{named.__qualname__}"
