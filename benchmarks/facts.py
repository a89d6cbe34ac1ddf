"""What is measured beside the table of times: one line each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

HEAD = ("measured", "is", "target", "met?")


@dataclass(frozen=True)
class Fact:
    """One number with its unit, and what it must be."""

    what: str
    found: str
    target: str = "–"
    met: bool | None = None  # None where there is no target, or nothing to compare with

    def line(self) -> tuple[str, ...]:
        return (self.what, self.found, self.target, {None: "–", True: "yes"}.get(self.met, "NO"))

    def data(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


def at_most(what: str, value: float, limit: float, unit: str, target: str = "") -> Fact:
    """A number that must not be larger than `limit`."""
    return Fact(what, f"{value:.3g}{unit}", target or f"≤ {limit:g}{unit}", value <= limit)
