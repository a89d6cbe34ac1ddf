"""What was found, ready to be printed or kept as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import growth
from .row import Goal, Row
from .table import milliseconds
from .timing import ratio

ENGINES = ("numpy", "torch", "autograd", "mygrad", "micrograd", "minigrad")
HEAD = ("workload", *ENGINES, "minigrad / reference", "target", "met?")


@dataclass
class Verdict:
    """One target: the ratio that was measured (median and quartiles), and whether it is enough."""

    goal: Goal
    median: float
    low: float
    high: float

    @property
    def met(self) -> bool:
        return self.median <= self.goal.ratio

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


@dataclass
class Result:
    """All that was measured of one row."""

    row: Row
    times: Mapping[str, list[float]]
    verdicts: list[Verdict] = field(init=False)

    def __post_init__(self) -> None:
        self.verdicts = [
            Verdict(goal, *ratio(self.times, goal.peer))
            for goal in self.row.goals
            if goal.peer in self.times
        ]

    def lines(self) -> list[tuple[str, ...]]:
        """The lines of the table: one for each target, the times in the first."""
        medians = {name: statistics.median(times) for name, times in self.times.items()}
        first = (self.row.title, *[milliseconds(medians.get(name)) for name in ENGINES])
        if not self.verdicts:
            return [(*first, "–", " ".join(map(str, self.row.goals)), "no peer")]
        rest = ("",) * len(first)
        return [
            (*(rest if i else first), str(v), str(v.goal), "yes" if v.met else "NO")
            for i, v in enumerate(self.verdicts)
        ]

    def data(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            "row": self.row.name,
            "seconds": {name: statistics.median(times) for name, times in self.times.items()},
            "rounds": len(self.times["minigrad"]),
            "targets": [
                {
                    "peer": v.goal.peer,
                    "at_most": v.goal.ratio,
                    "ratio": v.median,
                    "quartiles": [v.low, v.high],
                    "met": v.met,
                }
                for v in self.verdicts
            ],
        }


def growth_line(grown: Mapping[str, growth.Growth]) -> tuple[str, ...]:
    """The line of the table that holds exponents instead of times."""
    cells = [str(grown[name]) if name in grown else "–" for name in ENGINES]
    target = f"≤ {growth.WHOLE} ({growth.LAST})"
    return (growth.TITLE, *cells, "–", target, "yes" if grown["minigrad"].met else "NO")
