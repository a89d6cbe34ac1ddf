"""Puts the pages of open groups into the places of their boxes, and makes room for them.

A page is laid out with all its groups folded. Where one is open, everything beyond it moves away,
and what lies beside it is stretched: along each axis, the lines that run through its folded box
grow until its frame fits. So order is kept, and nothing comes to overlap. The viewer does the same
when a group is opened by click (view/view.js: `compose`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from .page import FRAME, Page, Point, frame_size

Map = Callable[[float], float]


def compose(page: Page) -> None:
    """Moves all boxes, wires and ports of a page to where they are with its open groups open."""
    left, top, _, _ = FRAME
    open = {id: inner for id, inner in page.inner.items() if inner.group.open}
    for inner in open.values():
        compose(inner)
    boxes = {box.id: box for box in page.boxes}
    sizes = {id: frame_size(inner) for id, inner in open.items()}
    fx = stretch([(b.x, b.width, sizes[i][0]) for i, b in boxes.items() if i in open])
    fy = stretch([(b.y, b.height, sizes[i][1]) for i, b in boxes.items() if i in open])
    before = {id: (box.x, box.y) for id, box in boxes.items()} | page.ports
    after = {id: (fx(x), fy(y)) for id, (x, y) in before.items()}
    corners: dict[str, Point] = {}  # of an open group's inside
    for id, (w, h) in sizes.items():
        x, y = _middle(fx, boxes[id].x, boxes[id].width), _middle(fy, boxes[id].y, boxes[id].height)
        after[id] = (x, y)
        corners[id] = (x - w / 2 + left, y - h / 2 + top)

    def end(id: str, port: str, point: Point) -> Point:
        """Where a wire meets a box: at the same place of it, or at a port of an open group."""
        if id in open:
            (x, y), (dx, dy) = border(open[id], port), corners[id]
            return x + dx, y + dy
        (x, y), (x0, y0), (x1, y1) = point, before[id], after[id]
        return x + x1 - x0, y + y1 - y0

    for wire in page.wires:
        points = [(fx(x), fy(y)) for x, y in wire.points]
        for at, beside, id, sign in ((0, 1, wire.tail, ">"), (-1, -2, wire.head, "<")):
            x, y = end(id, sign + wire.key, wire.points[at])
            (x0, y0), (x1, y1) = points[at], points[beside]
            points[at], points[beside] = (x, y), (x1 + x - x0, y1 + y - y0)
        wire.points = points
    for box in page.boxes:
        box.x, box.y = after[box.id]
    page.ports = {id: after[id] for id in page.ports}
    page.width, page.height = fx(page.width), fy(page.height)
    for wire in page.wires:  # on through the frame's margin, to its border
        if wire.tail[0] == "<":
            wire.points = [*_straight(border(page, wire.tail), wire.points[0]), *wire.points]
        if wire.head[0] == ">":
            wire.points += _straight(border(page, wire.head), wire.points[-1])[::-1]
    page.corners = corners


def border(page: Page, port: str) -> Point:
    """Where a port lies on the frame around a page, seen from the page's corner."""
    left, top, right, bottom = FRAME
    x, y = page.ports[port]
    if page.direction == "LR":
        return (-left if port[0] == "<" else page.width + right, y)
    return (x, -top if port[0] == "<" else page.height + bottom)


def stretch(parts: Sequence[tuple[float, float, float]]) -> Map:
    """How an axis grows, so that each (middle, size now, size wanted) gets what it wants."""
    spans = [(at - size / 2, at + size / 2, max(want / size, 1)) for at, size, want in parts]
    marks = sorted({mark for low, high, _ in spans for mark in (low, high)})
    pieces = [
        (a, b, max((k for low, high, k in spans if low <= a and b <= high), default=1) - 1)
        for a, b in pairwise(marks)
    ]
    return lambda x: x + sum(k * (min(x, b) - a) for a, b, k in pieces if x > a)


def _middle(f: Map, at: float, size: float) -> float:
    return (f(at - size / 2) + f(at + size / 2)) / 2


def _straight(start: Point, end: Point) -> list[Point]:
    """A line from start to (not with) end, as a piece of a Bézier curve."""
    return [start, start, end]
