"""Puts the pages of open groups into the places of their boxes, which are as large as their frames.

The viewer, where a group is opened or folded by click, stretches or shrinks a page around its box
(view/view.js: `compose`).
"""

from __future__ import annotations

from .page import FRAME, Page, Point, size_of


def compose(page: Page) -> None:
    """Leads the wires of a page to the ports of its open groups, and on through its own frame."""
    left, top, _, _ = FRAME
    corners: dict[str, Point] = {}  # of an open group's inside
    for box in page.boxes:
        if page.is_open(box.id):
            w, h = size_of(page, box)
            corners[box.id] = (box.x - w / 2 + left, box.y - h / 2 + top)
    for wire in page.wires:
        points = list(wire.points)
        for at, beside, id, sign in ((0, 1, wire.tail, ">"), (-1, -2, wire.head, "<")):
            if id in corners:
                (x, y), (dx, dy) = border(page.inner[id], sign + wire.key), corners[id]
                (x0, y0), (x1, y1) = points[at], points[beside]
                points[at] = (x + dx, y + dy)
                points[beside] = (x1 + x + dx - x0, y1 + y + dy - y0)
        if wire.tail[0] == "<":  # on through the frame's margin, to its border
            points = [*_straight(border(page, wire.tail), points[0]), *points]
        if wire.head[0] == ">":
            points += _straight(border(page, wire.head), points[-1])[::-1]
        wire.points = points
    page.corners = corners


def border(page: Page, port: str) -> Point:
    """Where a port lies on the frame around a page, seen from the page's corner."""
    left, top, right, bottom = FRAME
    x, y = page.ports[port]
    if page.direction == "LR":
        return (-left if port[0] == "<" else page.width + right, y)
    return (x, -top if port[0] == "<" else page.height + bottom)


def _straight(start: Point, end: Point) -> list[Point]:
    """A line from start to (not with) end, as a piece of a Bézier curve."""
    return [start, start, end]
