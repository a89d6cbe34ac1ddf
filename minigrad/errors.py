"""Words for errors: what to do about one, said beneath it; what an object is called in one."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

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


def typename(obj: Any) -> str:
    """How torch's messages call what `obj` is: "int", "torch.FloatTensor", "my.module.Class"."""
    if isinstance(obj, Node.tensor_type):
        return obj.type()
    module = getattr(obj, "__module__", None)
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return named.__qualname__ if module in (None, "builtins") else f"{module}.{named.__qualname__}"


def class_name(value: Any) -> str:
    """The name of a value's class as C knows it: with the module, unless Python code defines it."""
    kind = type(value)
    room = kind.__module__.partition(".")[0]
    written_in_python = kind.__flags__ & 1 << 9 and room != __name__.partition(".")[0]
    bare = room == "builtins" or written_in_python or isinstance(value, Node.tensor_type)
    return kind.__name__ if bare else f"{room}.{kind.__name__}"
