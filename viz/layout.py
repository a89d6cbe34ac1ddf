"""Graph to SVG: a layout engine finds the places, ink.py draws.

The engine is told sizes and ids only: no name or label ever reaches it.
"""

from __future__ import annotations

import json
from math import dist
from typing import Any

import graphviz

from .engine import LayoutError, call, engine
from .graph import Graph
from .ink import MARGIN, ink
from .page import Page, Replay, describe, page_of

__all__ = ["LayoutError", "arranged", "svg"]

WIDTH = 800  # pixels of a notebook cell: a wider graph runs from top to bottom
DETOUR = 1.03  # how much longer all wires may be for the sake of the order of inputs
POINT = 72  # points to an inch; one point is one pixel here


def svg(graph: Graph, *, direction: str | None = None, replay: Replay | None = None) -> str:
    """The graph as SVG text. `replay` names all that a player will write: room is kept for it.

    Raises LayoutError if no layout engine can be run.
    """
    return ink(arranged(graph, direction=direction, replay=replay), describe(graph))


def skeleton(page: Page) -> graphviz.Digraph:
    """The page as DOT: sizes and ids, and not a word of text."""
    across = page.direction == "LR"
    dot = graphviz.Digraph(
        graph_attr={
            "rankdir": page.direction,
            "nodesep": "0.25" if across else "0.35",
            "ranksep": "0.22" if page.replay else "0.42",  # a label is a rank of its own
            **({"ordering": "in"} if page.ordered else {}),
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"dir": "none"},
    )
    for box in page.boxes:
        dot.node(box.id, width=f"{box.width / POINT:.4f}", height=f"{box.height / POINT:.4f}")
    for wire in page.wires:
        room = {"label": _blank(*wire.room)} if wire.notes else {}
        dot.edge(wire.tail, wire.head, id=wire.id, **room)
    return dot


def _blank(w: float, h: float) -> str:
    """An empty label of that size: DOT can only be told so in its table language."""
    plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE"'
    size = f'WIDTH="{w:.0f}" HEIGHT="{h:.0f}"'
    return f"<<TABLE {plain} {size}><TR><TD></TD></TR></TABLE>>"


def place(page: Page) -> None:
    """Asks the layout engine where everything goes.

    What an operation is given stands in the order of its inputs, unless that takes detours.
    """
    free, found = (_found(page, ordered) for ordered in (False, True))
    if _ink(found) > DETOUR * _ink(free):
        page.ordered, found = False, free
    _, _, page.width, page.height = map(float, found["bb"].split(","))
    boxes = {box.id: box for box in page.boxes}
    wires = {wire.id: wire for wire in page.wires}
    for item in found.get("objects", []):
        box = boxes[item["name"]]
        box.x, box.y = _point(item["pos"], page.height)
    for item in found.get("edges", []):
        wire, points = wires[item["id"]], item["pos"].split()
        wire.points = [_point(p, page.height) for p in points if p[0] not in "es"]
        if "lp" in item:
            wire.spot = _point(item["lp"], page.height)


def _found(page: Page, ordered: bool) -> dict[str, Any]:
    page.ordered = ordered
    places: dict[str, Any] = json.loads(call(engine(), skeleton(page).source, "json0"))
    return places


def _ink(found: dict[str, Any]) -> float:
    """How long all wires of a layout are together."""
    total = 0.0
    for item in found.get("edges", []):
        points = [_point(p, 0) for p in item["pos"].split() if p[0] not in "es"]
        total += sum(map(dist, points, points[1:]))
    return total


def _point(text: str, height: float) -> tuple[float, float]:
    x, y = text.split(",")
    return float(x), height - float(y)


def arranged(graph: Graph, *, direction: str | None = None, replay: Replay | None = None) -> Page:
    """The graph with all its places. `direction`: "LR", "TB", or None for what fits the width."""
    page = page_of(graph, replay)
    page.direction = direction or "LR"
    place(page)
    if direction is None and page.width + 2 * MARGIN > WIDTH:
        across = page.width
        page.direction = "TB"
        place(page)
        if page.width >= across:
            page.direction = "LR"
            place(page)
    return page
