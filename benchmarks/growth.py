"""How time grows with the graph: the exponent p of t ~ nᵖ, from 100 to 100,000 nodes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .rows.chain import VERSIONS
from .timing import round_robin

TITLE = "growth exponent, 1e2 to 1e5 nodes (last decade)"
SIZES = (100, 1_000, 10_000, 100_000)
WHOLE, LAST = 1.03, 1.06
"""What minigrad must reach: over all sizes, and from the last but one to the last."""


@dataclass
class Growth:
    """An engine's exponents."""

    whole: float  # the slope of a line through all sizes
    last: float  # from the last size but one

    def __str__(self) -> str:
        return f"{self.whole:.2f} ({self.last:.2f})"

    @property
    def met(self) -> bool:
        return self.whole <= WHOLE and self.last <= LAST


def exponents(
    engines: Mapping[str, Any], seconds: float, sizes: tuple[int, ...] = SIZES
) -> dict[str, Growth]:
    """{engine: its exponents} on chains of 0-d tensors."""
    medians: dict[str, list[float]] = {}
    for size in sizes:
        runs = {
            name: version(engines[name], ops=size, elements=0).run
            for name, version in VERSIONS.items()
            if name in engines
        }
        for name, times in round_robin(runs, seconds / len(sizes)).items():
            medians.setdefault(name, []).append(statistics.median(times))
    logs = {name: [math.log(t) for t in times] for name, times in medians.items()}
    decades = math.log(sizes[-1] / sizes[-2])
    return {
        name: Growth(float(np.polyfit(np.log(sizes), log, 1)[0]), (log[-1] - log[-2]) / decades)
        for name, log in logs.items()
    }
