"""Tools that belong to no layer and no optimizer."""

from . import checkpoint, hooks

__all__ = ["checkpoint", "hooks"]
