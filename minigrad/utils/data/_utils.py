"""`collate.default_collate` and its kin, where code that builds on them finds them in torch."""

from . import dataloader as collate

__all__ = ["collate"]
