"""A page whose boxes and wires have their places becomes SVG. The same page gives the same bytes.

`<g id="n3" class="node op">` is a box, `<g id="e2" class="edge">` an edge with its `path.data`. A
leaf that many ops use has a box per use: `n5`, `n5.1`, `n5.2`, …, all with data-node="n5". A
picture for a replay also has, hidden or empty: beside each `path.data` the gradient's way
(`path.grad`, id `e2-grad`, its length declared as 1, and `path.grad-head`) and `text.grad-label`
(id `e2-label`); in a box a second outline (`rect.ring`) and, for a leaf's `.grad` or an op's
running sum, `text.acc` (id `n5-acc`). The x and y of both texts are the middle of the room that is
kept for all they will ever say.

Colours are attributes, for code-hosting pages strip `<style>`, which holds the dark variant alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from math import hypot

from .page import GAP, LINE, Box, Line, Page, Wire, width
from .theme import DARK, LIGHT, MONO, SANS, Palette

MARGIN = 14


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
    out += [_wire(wire, page) for wire in page.wires]
    out += [_node(box, page.replay) for box in page.boxes]
    out += [
        "</g>",
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
    yield f"{scope} .ring{{stroke:{p.grad}}}"
    yield f"{scope} .faint{{fill:{p.faint}}}{scope} .data{{stroke:{p.edge}}}"
    yield f"{scope} .head{{fill:{p.edge}}}{scope} .grad{{stroke:{p.grad}}}"
    yield f"{scope} .grad-label,{scope} .acc,{scope} .grad-head{{fill:{p.grad}}}"
    for role in p.fill:
        yield f"{scope} .{role} .box{{fill:{p.fill[role]};stroke:{p.line[role]}}}"
    yield f"{scope} .saved-edge .data{{stroke:{p.line['saved']}}}"


OUTLINE = {
    "leaf": 'stroke-width="1.8"',
    "op": 'stroke-width="1"',
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


def _ring(box: Box, left: float, top: float) -> str:
    """A second outline, hidden: the replay shows which box is at work, which leaf has a `.grad`."""
    w, h, out = box.width, box.height, 4
    radius = min(h / 2, 18) if box.role == "leaf" else 6
    return (
        f'<rect class="ring" x="{_n(left - out)}" y="{_n(top - out)}" width="{_n(w + 2 * out)}" '
        f'height="{_n(h + 2 * out)}" rx="{_n(radius + out)}" fill="none" stroke="{LIGHT.grad}" '
        f'stroke-width="2" visibility="hidden"/>'
    )


def _node(box: Box, replay: bool) -> str:
    w, h = box.width, box.height
    left, top = box.x - w / 2, box.y - h / 2
    out = [
        f'<g id="{box.id}" class="node {box.role}" data-node="{box.of}">'
        f"<title>{escape(box.title)}</title>",
        _shape(box.role, left, top, w, h),
    ]
    for i, line in enumerate(box.lines):
        out.append(_text(line, box.x, top + 7 + LINE * (i + 0.76)))
    if replay:
        out.append(_ring(box, left, top))
    if box.notes:
        y = top + h - 7 - box.room / 2
        out.append(
            f'<text id="{box.id}-acc" class="acc" x="{_n(box.x)}" y="{_n(y)}" '
            f'text-anchor="middle" fill="{LIGHT.grad}"></text>'
        )
    return "".join(out) + "</g>"


def _text(line: Line, x: float, y: float) -> str:
    faint = line.style in ("rule", "shape")
    attributes = [f'x="{_n(x)}" y="{_n(y)}" text-anchor="middle"']
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
    points = wire.points
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = hypot(x2 - x1, y2 - y1) or 1
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    head = _arrow(x2, y2, ux, uy)
    saved, full = wire.role == "saved-edge", wire.role == "edge"
    line = LIGHT.line["saved"] if saved else LIGHT.edge
    dash = "" if full else ' stroke-dasharray="4 3"' if saved else ' stroke-dasharray="1 3"'
    out = [
        f'<g id="{wire.id}" class="{wire.role}">',
        f'<path class="data" d="{_curve(points)}" fill="none" stroke="{line}" '
        f'stroke-width="1.2"{dash}/>',
    ]
    if full:
        out.append(f'<path class="head" d="{head}" fill="{line}"/>')
    if full and page.replay:
        out.append(_way_back(wire, page.direction))
    return "".join(out) + "</g>"


def _way_back(wire: Wire, direction: str) -> str:
    """The gradient's line, with its head, and the place of its number. Empty for no notes."""
    if not wire.notes:
        return ""
    points = _beside(wire.points, -GAP)[::-1]
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = hypot(x2 - x1, y2 - y1) or 1
    head = _arrow(x2, y2, (x2 - x1) / length, (y2 - y1) / length)
    (x, y), (w, _) = wire.spot, wire.room
    place = (x, y - GAP, "middle") if direction == "LR" else (x - w / 2 + 2 * GAP, y, "start")
    return (
        f'<path id="{wire.id}-grad" class="grad" d="{_curve(points)}" pathLength="1" fill="none" '
        f'stroke="{LIGHT.grad}" stroke-width="1.8" visibility="hidden"/>'
        f'<path class="grad-head" d="{head}" fill="{LIGHT.grad}" visibility="hidden"/>'
        f'<text id="{wire.id}-label" class="grad-label" x="{_n(place[0])}" y="{_n(place[1])}" '
        f'text-anchor="{place[2]}" fill="{LIGHT.grad}"></text>'
    )


def _arrow(x: float, y: float, ux: float, uy: float) -> str:
    bx, by = x - 7 * ux, y - 7 * uy
    return (
        f"M{_n(x)} {_n(y)}L{_n(bx - 3 * uy)} {_n(by + 3 * ux)}L{_n(bx + 3 * uy)} {_n(by - 3 * ux)}Z"
    )


def _curve(points: list[tuple[float, float]]) -> str:
    start, *rest = [f"{_n(x)} {_n(y)}" for x, y in points]
    return f"M{start}C{' '.join(rest)}"


def _beside(points: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """The curve moved sideways, to its right as data flows, or (gap < 0) to its left."""
    moved = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        length = hypot(bx - ax, by - ay) or 1
        moved.append((x - gap * (by - ay) / length, y + gap * (bx - ax) / length))
    return moved


LEGEND = {"leaf": "leaf", "op": "operation", "output": "output", "saved": "saved for backward"}
LETTERS = {
    r"\b[abc]\b|a[ᵢⱼᵀⁿ]": "a, b: an operation’s inputs",
    r"\bg": "g: the gradient it receives",
}


def _legend(page: Page) -> tuple[str, float, float]:
    """What shapes, arrows and letters mean, in rows: ink, width, height."""
    items: list[tuple[str, float, str]] = []  # (ink at x = 0, y = 0; its width; the words)
    for role in LEGEND:
        if any(box.role == role for box in page.boxes):
            items.append((f'<g class="{role}">{_shape(role, 1, -9, 18, 11)}</g>', 25, LEGEND[role]))
    items.append((_sample("data", "head", LIGHT.edge, 1), 26, "data"))
    items.append((_sample("grad", "grad-head", LIGHT.grad, -1), 26, "gradient"))
    rules = " ".join(line.text for box in page.boxes for line in box.lines if line.style == "rule")
    items += [("", 0, words) for letter, words in LETTERS.items() if re.search(letter, rules)]
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


def _sample(line: str, head: str, colour: str, sign: int) -> str:
    tip = 20 if sign > 0 else 0
    return (
        f'<path class="{line}" d="M0 -4H20" stroke="{colour}" stroke-width="1.4"/>'
        f'<path class="{head}" d="{_arrow(tip, -4, sign, 0)}" fill="{colour}"/>'
    )


def _small(x: float, y: float, text: str) -> str:
    return f'<text class="faint" x="{_n(x)}" y="{_n(y)}" fill="{LIGHT.faint}">{escape(text)}</text>'


def _n(x: float) -> str:
    """A coordinate with at most one decimal, the same text on every machine."""
    text = f"{x:.1f}"
    return text[:-2] if text.endswith(".0") else text
