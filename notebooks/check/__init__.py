"""Checks for the exercises.

`check.<name>(answer)` says what is wrong, and `check.hint("<name>")` helps in three steps.
They work with the tensors of any engine that speaks torch's names, and import none.
"""

import importlib
import pkgutil

from .core import EXERCISES, hint
from .learner import Progress
from .mutants import mutant
from .parts import lines, spare
from .stand_in import show_committed, stand_in
from .tables import table

for _module in pkgutil.iter_modules(__path__):
    if _module.name.startswith("chapter_"):
        importlib.import_module(f"{__name__}.{_module.name}")

globals().update(EXERCISES)


def progress(chapter: str | int | None = None) -> Progress:
    """What you have solved, in this session and before: all chapters, or one, such as "03"."""
    return Progress(EXERCISES, None if chapter is None else str(chapter).zfill(2))


__all__ = [
    "hint",
    "lines",
    "mutant",
    "progress",
    "show_committed",
    "spare",
    "stand_in",
    "table",
    *EXERCISES,
]
