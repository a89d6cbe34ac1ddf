"""What a click on a folded box shows: a picture of its inside, which a replay runs through, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from viz import layout
from viz.closed import Inside
from viz.page import clean

from .frames import Frame, notes

BOXES = 200  # of all insides together: what is folded deeper than that stays closed
STEPS = 4_000  # the same for their steps, in all runs
LETTERS = 60  # of a title


def few(insides: Sequence[Inside]) -> list[Inside]:
    """Those that can be opened, the outer ones first, and in them the same."""
    boxes, steps, layer = BOXES, STEPS, [list(insides)]
    for siblings in layer:  # which grows on the way
        kept = []
        for inside in siblings:
            boxes -= len(inside.graph.nodes)
            steps -= sum(len(run["steps"]) for run in inside.trace["runs"])
            if boxes > 0 and steps > 0:
                kept.append(inside)
                layer.append(inside.insides)
        siblings[:] = kept
    return layer[0]


def opened(insides: Sequence[Inside], steps: Sequence[Frame]) -> dict[str, Any]:
    """{group: {"title", "box", "svg", and "in", the group around it}} for the player."""
    found: dict[str, Any] = {}
    for inside, frames, around in _all(insides, steps, ""):
        svg = layout.svg(inside.graph, replay=notes(frames), framed=inside.framed)
        found[inside.id] = {
            "title": clean(inside.title, LETTERS),
            "box": inside.box,
            "in": around,
            "svg": re.sub(r'aria-label="[^"]*"', "", svg, count=1),
        }
    return found


def _all(
    insides: Sequence[Inside], steps: Sequence[Frame], around: str
) -> Iterator[tuple[Inside, list[Frame], str]]:
    """Each inside with its frames in all runs, and the group that it is in."""
    for inside in insides:
        frames = [frame for step in steps if step.group == inside.id for frame in step.inside]
        if frames:
            yield inside, frames, around
            yield from _all(inside.insides, frames, inside.id)
