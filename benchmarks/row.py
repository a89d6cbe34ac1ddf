"""What a row of the table is: a workload written for each engine, and what minigrad must reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Case(NamedTuple):
    """A workload set up for one engine."""

    run: Callable[[], Any]  # what is timed: forward + backward (+ update)
    gradients: Callable[[], list[Any]]  # array-likes, after a run; the same for every engine


class Goal(NamedTuple):
    """minigrad's time must be at most `ratio` times that of `peer`."""

    peer: str
    ratio: float = 1.0

    def __str__(self) -> str:
        return f"≤ {self.ratio:g} × {self.peer}"


Version = Callable[..., Case]
"""``version(engine, **size)`` sets the workload up; the engine is the imported module."""


@dataclass(frozen=True)
class Row:
    """One workload. `tiny` is a size at which a test can run it in a moment."""

    name: str
    title: str
    goals: tuple[Goal, ...]
    versions: Mapping[str, Version]
    size: Mapping[str, int]
    tiny: Mapping[str, int]
    tolerance: float = 1e-3  # of gradients, relative to the norm of each

    def cases(self, engines: Mapping[str, Any], tiny: bool = False) -> dict[str, Case]:
        """The workload set up for those of `engines` that it is written for."""
        size = self.tiny if tiny else self.size
        return {
            name: version(engines[name], **size)
            for name, version in self.versions.items()
            if name in engines
        }


def normal(*shapes: tuple[int, ...], scale: float = 1.0) -> list[np.ndarray]:
    """The same random float32 arrays for every engine, one for each shape."""
    random = np.random.default_rng(0)
    return [(scale * random.standard_normal(shape)).astype(np.float32)[()] for shape in shapes]
