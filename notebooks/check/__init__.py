"""Checks for the exercises.

`check.<name>(answer)` says what is wrong, and `check.hint("<name>")` helps in three steps.
They work with the tensors of any engine that speaks torch's names, and import none.
"""

from .chapter_00 import fence, lamp, treat
from .chapter_01 import leaves, small_weights, tracked, trainable
from .chapter_02 import doublings, fahrenheit, node_counts, op_names
from .chapter_03 import by_hand, gears, order, slope, two_paths
from .core import hint
from .tables import table

__all__ = [
    "by_hand",
    "doublings",
    "fahrenheit",
    "fence",
    "gears",
    "hint",
    "lamp",
    "leaves",
    "node_counts",
    "op_names",
    "order",
    "slope",
    "small_weights",
    "table",
    "tracked",
    "trainable",
    "treat",
    "two_paths",
]
