"""Tools that belong to no layer and no optimizer."""

from . import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
