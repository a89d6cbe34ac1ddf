"""Words for errors: what to do about one, said beneath it; what an object is called in one."""

from __future__ import annotations

from typing import Any

from .engine.node import Node


def note(error: Exception, text: str) -> None:
    """Add `text` to the error's traceback (PEP 678). Python 3.10 has no place for it."""
    if hasattr(error, "add_note"):
        error.add_note(text)


def typename(obj: Any) -> str:
    """How torch's messages call what `obj` is: "int", "torch.FloatTensor", "my.module.Class"."""
    if isinstance(obj, Node.tensor_type):
        return obj.type()
    module = getattr(obj, "__module__", None)
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return named.__qualname__ if module in (None, "builtins") else f"{module}.{named.__qualname__}"
