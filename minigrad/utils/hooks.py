"""Hooks of modules and optimizers: an attribute of their owner, which is made when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..engine.hooks import Hooks, RemovableHandle

__all__ = ["NO_HOOKS", "Hooks", "RemovableHandle", "add_hook"]

NO_HOOKS: Mapping[int, Any] = MappingProxyType({})
"""Stands on the owner's class until there is a first hook."""


def add_hook(owner: object, kind: str, hook: Any, prepend: bool = False) -> RemovableHandle:
    """Add a hook to the owner's attribute `kind`, at its end or with `prepend` at its front."""
    hooks: Hooks = vars(owner).setdefault(kind, Hooks())
    handle = hooks.add(hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
