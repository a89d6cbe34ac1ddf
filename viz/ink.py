"""A page whose boxes and wires have their places becomes SVG. The same page gives the same bytes.

`<g id="n3" class="node op">` is a box, `<g id="e2" class="edge">` an edge with its `path.data`. A
leaf that many ops use has a box per use: `n5`, `n5.1`, `n5.2`, …, these with data-node="n5". A
picture for a replay also has, unseen or empty: beside each `path.data` the gradient's way
(`path.grad`, id `e2-grad`, its length declared as 1) and `text.grad-label` (id `e2-label`); in a
box, for a leaf's `.grad` or an op's running sum, `text.acc` (id `n5-acc`). The x and y of both
texts are the base line in the middle of the room that is kept for all they will ever say. Rows of
numbers that change from run to run have ids too: `n5-v0`, `n5-v1`, ….

Colours are attributes, for code-hosting pages strip `<style>`, which holds the dark variant alone.
What all wires or all boxes share is said once, on their group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from math import hypot
from typing import TypeAlias

from .page import GAP, LINE, Box, Line, Page, Wire, width
from .theme import DARK, LIGHT, MONO, SANS, Palette

MARGIN = 14
THIN = 'fill="none" stroke-width="1.2" stroke-linejoin="round"'


def ink(page: Page, label: str) -> str:
    """Draws a page that has its places."""
    legend, legend_width, legend_height = _legend(page)
    across = max(page.width, legend_width)
    dx, dy = MARGIN + (across - page.width) / 2, MARGIN
    w, h = across + 2 * MARGIN, page.height + 2 * MARGIN + legend_height
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="viz-graph" role="img" '
        f'aria-label="{escape(label)}" viewBox="0 0 {_n(w)} {_n(h)}" width="{_n(w)}" '
        f'height="{_n(h)}" font-family="{escape(SANS)}" font-size="11" fill="{LIGHT.text}">',
        f"<style>{style()}</style>",
        f'<rect class="background" width="{_n(w)}" height="{_n(h)}" rx="8" '
        f'fill="{LIGHT.background}"/>',
        f'<g transform="translate({_n(dx)} {_n(dy)})">',
    ]
    side = "middle" if page.direction == "LR" else "start"
    out += [f'<g {THIN} text-anchor="{side}">', *(_wire(wire, page) for wire in page.wires)]
    out += ['</g><g class="boxes" text-anchor="middle">', *(_node(box) for box in page.boxes)]
    out += [
        "</g></g>",
        f'<g class="legend" transform="translate({MARGIN} {_n(h - legend_height - 4)})">',
    ]
    out += [legend, "</g>", "</svg>"]
    return "\n".join(out)


def style(scope: str = ".viz-graph") -> str:
    """The dark variant, for who prefers it; light colours are attributes of what they colour."""
    return f"@media (prefers-color-scheme:dark){{{''.join(colours(DARK, scope))}}}"


def colours(palette: Palette, scope: str = ".viz-graph") -> Iterator[str]:
    """CSS rules that put a palette on a picture below the element `scope` selects."""
    p = palette
    yield f"{scope}{{fill:{p.text}}}{scope} .background{{fill:{p.background}}}"
    yield f"{scope} .faint{{fill:{p.faint}}}{scope} .data{{stroke:{p.edge}}}"
    yield f"{scope} .grad{{stroke:{p.grad}}}{scope} .grad-label,{scope} .acc{{fill:{p.grad}}}"
    for role in p.fill:
        yield f"{scope} .{role} .box{{fill:{p.fill[role]};stroke:{p.line[role]}}}"
    yield f"{scope} .saved-edge .data{{stroke:{p.line['saved']}}}"


OUTLINE = {
    "leaf": 'stroke-width="1.8"',
    "op": "",
    "output": 'stroke-width="3"',
    "saved": 'stroke-width="1.4" stroke-dasharray="4 3"',
    "more": 'stroke-width="1" stroke-dasharray="1 3"',
}


def _shape(role: str, x: float, y: float, w: float, h: float) -> str:
    radius = min(h / 2, 18) if role == "leaf" else min(h / 5, 2 if role == "saved" else 6)
    return (
        f'<rect class="box" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" '
        f'rx="{_n(radius)}" fill="{LIGHT.fill[role]}" stroke="{LIGHT.line[role]}" {OUTLINE[role]}/>'
    )


def _node(box: Box) -> str:
    w, h = box.width, box.height
    left, top = box.x - w / 2, box.y - h / 2
    of = f' data-node="{box.of}"' if box.of != box.id else ""
    out = [
        f'<g id="{box.id}" class="node {box.role}"{of}><title>{escape(box.title)}</title>',
        _shape(box.role, left, top, w, h),
    ]
    for i, line in enumerate(box.lines):
        out.append(_text(line, box, top + 7 + LINE * (i + 0.76)))
    if box.notes:
        y = top + h - 7 - box.room / 2 + 4
        out.append(
            f'<text id="{box.id}-acc" class="acc" x="{_n(box.x)}" y="{_n(y)}" '
            f'fill="{LIGHT.grad}"></text>'
        )
    return "".join(out) + "</g>"


def _text(line: Line, box: Box, y: float) -> str:
    faint = line.style in ("rule", "shape")
    attributes = [f'id="{box.id}-{line.place}"'] if line.place else []
    attributes.append(f'x="{_n(box.x)}" y="{_n(y)}"')
    if faint:
        attributes.append(f'class="{line.style} faint" fill="{LIGHT.faint}"')
    else:
        attributes.append(f'class="{line.style}"')
    if line.size != 11:
        attributes.append(f'font-size="{line.size}"')
    if line.style == "title":
        attributes.append('font-weight="bold"')
    if line.style == "value":
        attributes.append(f'font-family="{escape(MONO)}"')
    prefix = f'<tspan font-weight="bold">{escape(line.prefix)}</tspan>' if line.prefix else ""
    text = escape(line.text)
    if line.style == "value":
        text = text.replace(" ", "\u00a0")
    return f"<text {' '.join(attributes)}>{prefix}{text}</text>"


def _wire(wire: Wire, page: Page) -> str:
    saved, full = wire.role == "saved-edge", wire.role == "edge"
    line = LIGHT.line["saved"] if saved else LIGHT.edge
    dash = "" if full else ' stroke-dasharray="4 3"' if saved else ' stroke-dasharray="1 3"'
    way = _curve(wire.points) + (_head(*wire.points[-2:]) if full else "")
    back = _way_back(wire, page.direction) if wire.notes else ""
    return (
        f'<g id="{wire.id}" class="{wire.role}">'
        f'<path class="data" d="{way}" stroke="{line}"{dash}/>{back}</g>'
    )


def _way_back(wire: Wire, direction: str) -> str:
    """The gradient's line, unseen until a replay gives it a colour, and the place of its number."""
    points = _beside(wire.points, -GAP)[::-1]
    (x, y), (w, _) = wire.spot, wire.room
    x, y = (x, y + 4 - GAP) if direction == "LR" else (x - w / 2 + 2 * GAP, y + 4)
    return (
        f'<path id="{wire.id}-grad" class="grad" d="{_curve(points)}{_head(*points[-2:])}" '
        f'pathLength="1"/>'
        f'<text id="{wire.id}-label" class="grad-label" x="{_n(x)}" y="{_n(y)}" '
        f'fill="{LIGHT.grad}"></text>'
    )


Point: TypeAlias = "tuple[float, float]"


def _curve(points: list[Point]) -> str:
    """Bézier pieces as path data, each relative to its start: half as long as absolute places."""
    places = [(round(x, 1), round(y, 1)) for x, y in points]
    pieces = [f"M{_n(places[0][0])} {_n(places[0][1])}"]
    for i in range(0, len(places) - 1, 3):
        x0, y0 = places[i]
        steps = " ".join(f"{_n(x - x0)} {_n(y - y0)}" for x, y in places[i + 1 : i + 4])
        pieces.append(f"c{steps}")
    return "".join(pieces)


def _head(before: Point, tip: Point) -> str:
    """The arrow's head, drawn in one go with the curve before it, so that it is drawn last."""
    (x1, y1), (x2, y2) = before, tip
    length = hypot(x2 - x1, y2 - y1) or 1
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    left = (-6 * ux - 3.5 * uy, -6 * uy + 3.5 * ux)
    right = (-6 * ux + 3.5 * uy, -6 * uy - 3.5 * ux)
    way = (*left, -left[0], -left[1], *right)
    return f"l{' '.join(map(_n, way))}"


def _beside(points: list[Point], gap: float) -> list[Point]:
    """The curve moved sideways, to its right as data flows, or (gap < 0) to its left."""
    moved = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        length = hypot(bx - ax, by - ay) or 1
        moved.append((x - gap * (by - ay) / length, y + gap * (bx - ax) / length))
    return moved


LEGEND = {"leaf": "leaf", "op": "operation", "output": "output", "saved": "saved for backward"}


def _letters(page: Page) -> list[str]:
    """What the letters in the rules of this page stand for."""
    rules = " ".join(line.text for box in page.boxes for line in box.lines if line.style == "rule")
    found = sorted(set(re.findall(rf"(?<![A-Za-z])[{page.letters}g](?![A-Za-z])", rules)))
    inputs = ", ".join(letter for letter in found if letter != "g")
    words = [f"{inputs}: an operation’s input{'s' * (len(inputs) > 1)}"] if inputs else []
    return [*words, *(["g: the gradient it receives"] if "g" in found else [])]


def _legend(page: Page) -> tuple[str, float, float]:
    """What shapes, arrows and letters mean, in rows: ink, width, height."""
    items: list[tuple[str, float, str]] = []  # (ink at x = 0, y = 0; its width; the words)
    for role in LEGEND:
        if any(box.role == role for box in page.boxes):
            items.append((f'<g class="{role}">{_shape(role, 1, -9, 18, 11)}</g>', 25, LEGEND[role]))
    items.append((_sample("data", LIGHT.edge, 0, 20), 26, "data"))
    items.append((_sample("grad", LIGHT.grad, 20, 0), 26, "gradient"))
    items += [("", 0, words) for words in _letters(page)]
    if page.note:
        items.append(("", 0, page.note))
    out, x, y, widest = [], 0.0, 12.0, 0.0
    limit = max(page.width, 380)
    for ink, space, words in items:
        wide = space + width(words, 11)
        if x and x + wide > limit:
            x, y = 0.0, y + LINE
        out.append(f'<g transform="translate({_n(x)} {_n(y)})">{ink}{_small(space, 0, words)}</g>')
        widest = max(widest, x + wide)
        x += wide + 18
    return "".join(out), widest, y + 4


def _sample(role: str, colour: str, start: float, end: float) -> str:
    way = f"M{_n(start)} -4H{_n(end)}{_head((start, -4), (end, -4))}"
    return f'<path class="{role}" d="{way}" {THIN} stroke="{colour}"/>'


def _small(x: float, y: float, text: str) -> str:
    return f'<text class="faint" x="{_n(x)}" y="{_n(y)}" fill="{LIGHT.faint}">{escape(text)}</text>'


def _n(x: float) -> str:
    """A coordinate with at most one decimal, the same text on every machine."""
    text = f"{x:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text
