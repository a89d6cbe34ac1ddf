"""What a click on a folded box shows: a picture of its inside, which a replay runs through, too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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


def by_box(checks: Mapping[str, str], box: Mapping[str, str]) -> dict[str, str]:
    """What is said of nodes, for those that have a box of their own."""
    held = Counter(box.values())
    return {box.get(id, id): text for id, text in checks.items() if held[box.get(id, id)] < 2}


def clickable(checks: Mapping[str, str], trace: Mapping[str, Any]) -> dict[str, str]:
    """What is said of boxes, for the edges into them, too."""
    edges = [edge for edge in trace["graph"]["edges"] if edge["target"] in checks]
    ways = Counter(edge["target"] for edge in edges)
    found = dict(checks)
    for edge in edges:
        text, count = checks[edge["target"]], ways[edge["target"]]
        found[edge["id"]] = f"All {count} ways together. {text}" if count > 1 else text
    return found


def opened(
    insides: Sequence[Inside], steps: Sequence[Frame], checks: Mapping[str, str]
) -> dict[str, Any]:
    """{group: {"title", "box", "svg", "checks", "in" (the group around it)}} for the player."""
    found: dict[str, Any] = {}
    for inside, frames, around, own in _all(insides, steps, "", checks):
        svg = layout.svg(inside.graph, replay=notes(frames), framed=inside.framed)
        found[inside.id] = {
            "title": clean(inside.title, LETTERS),
            "box": inside.box,
            "in": around,
            "checks": clickable(by_box(own, inside.shown), inside.trace),
            "svg": re.sub(r'aria-label="[^"]*"', "", svg, count=1),
        }
    return found


def _all(
    insides: Sequence[Inside], steps: Sequence[Frame], around: str, checks: Mapping[str, str]
) -> Iterator[tuple[Inside, list[Frame], str, dict[str, str]]]:
    """Each inside with its frames in all runs, the group that it is in, and its own checks."""
    for inside in insides:
        frames = [frame for step in steps if step.group == inside.id for frame in step.inside]
        if frames:
            own = {inside.ids[id]: text for id, text in checks.items() if id in inside.ids}
            yield inside, frames, around, own
            yield from _all(inside.insides, frames, inside.id, own)
