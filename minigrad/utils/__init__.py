"""Tools that belong to no layer and no optimizer."""

from . import hooks

__all__ = ["hooks"]
