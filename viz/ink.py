"""A page whose boxes and wires have their places becomes SVG. The same page gives the same bytes.

`<g id="n3" class="node op">` is a box, `<g id="e2" class="edge">` an edge with its `path.data`. A
leaf that many ops use has a box per use: `n5`, `n5.1`, `n5.2`, …, these with data-node="n5". A
picture for a replay also has, unseen or empty: beside each `path.data` the gradient's way
(`path.grad`, id `e2-grad`, its length declared as 1) and `text.grad-label` (id `e2-label`); in a
box, for a leaf's `.grad` or an op's running sum, `text.acc` (id `n5-acc`). The x and y of both
texts are the base line in the middle of the room that is kept for all they will ever say. Rows of
numbers that change from run to run have ids too: `n5-v0`, `n5-v1`, ….

A folded group is a box too (`<g id="g3" class="node group">`); an open one is a frame (`<g id="g3"
class="module">`) with wires and boxes of its own inside, which `translate` puts into their place.

Colours are attributes, for code-hosting pages strip `<style>`, which holds the dark variant alone.
What all wires or all boxes share is said once, on their group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from math import atan2, degrees, hypot
from typing import Any

from .page import (
    CELL,
    FRAME,
    GAP,
    LINE,
    Box,
    Line,
    Page,
    Point,
    Wire,
    frame_size,
    frame_title,
    width,
)
from .theme import DARK, LIGHT, MONO, SANS, Palette

MARGIN = 14
THIN = 'fill="none" stroke-width="1.2" stroke-linejoin="round"'


def ink(page: Page, label: str) -> str:
    """Draws a page that has its places."""
    legend, legend_width, legend_height = legend_ink(page)
    across = max(page.width, legend_width)
    dx, dy = MARGIN + (across - page.width) / 2, MARGIN
    w, h = across + 2 * MARGIN, page.height + 2 * MARGIN + legend_height
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="viz-graph" role="img" '
        f'aria-label="{escape(label)}" viewBox="0 0 {_n(w)} {_n(h)}" width="{_n(w)}" '
        f'height="{_n(h)}" font-family="{escape(SANS)}" font-size="11" fill="{LIGHT.text}">',
        "",  # the style, of what follows
        f'<rect class="background" width="{_n(w)}" height="{_n(h)}" rx="8" '
        f'fill="{LIGHT.background}"/>',
        f'<g transform="translate({_n(dx)} {_n(dy)})">',
    ]
    out += inside(page)
    out += [
        "</g>",
        f'<g class="legend" transform="translate({MARGIN} {_n(h - legend_height - 4)})">',
    ]
    out += [legend, "</g>", "</svg>"]
    out[1] = f"<style>{style(' '.join(out))}</style>"
    return "\n".join(out)


def inside(page: Page) -> Iterator[str]:
    """The wires and boxes of a page, and in their places its open groups."""
    side = "middle" if page.direction == "LR" else "start"
    open = page.corners
    yield from (_frame(*cluster.place) for cluster in page.clusters)
    yield f'<g {THIN} text-anchor="{side}">'
    yield from (wire_ink(wire, page) for wire in page.wires)
    yield '</g><g class="boxes" text-anchor="middle">'
    yield from (box_ink(box) for box in page.boxes if box.id not in open)
    yield "</g>"
    yield from (_title(c.title, c.place[0] + 10, c.place[1] + 16) for c in page.clusters)
    for id, (x, y) in open.items():
        yield f'<g id="{id}" class="module" transform="translate({_n(x)} {_n(y)})">'
        yield frame_ink(page.inner[id])
        yield from inside(page.inner[id])
        yield title_ink(page.inner[id])
        yield "</g>"


def title_shift(page: Page) -> float:
    """How far to the right a frame's title stands, so that no wire which comes in crosses it."""
    if page.direction == "LR":
        return 0
    room, wide, at = frame_size(page)[0], width(frame_title(page.group), 12) + 40, 0.0
    for port in sorted(x + FRAME[0] for id, (x, _) in page.ports.items() if id[0] == "<"):
        if at < port < at + wide:
            at = port
    return at if at + wide <= room else 0


def frame_ink(page: Page) -> str:
    """The frame around an open group."""
    left, top, _, _ = FRAME
    return _frame(-left, -top, *frame_size(page))


def _frame(x: float, y: float, w: float, h: float) -> str:
    return (
        f'<rect class="frame" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="8" '
        f'fill="{LIGHT.fill["module"]}" stroke="{LIGHT.line["module"]}" stroke-width="0.8"/>'
    )


def title_ink(page: Page) -> str:
    """Its title, which no wire strikes through."""
    left, top, _, _ = FRAME
    return _title(frame_title(page.group), 10 - left + title_shift(page), 16 - top)


def _title(text: str, x: float, y: float) -> str:
    return (
        f'<text class="frame-title faint" x="{_n(x)}" y="{_n(y)}" font-size="12" '
        f'fill="{LIGHT.faint}" stroke="{LIGHT.fill["module"]}" stroke-width="5" '
        f'paint-order="stroke">{escape(text)}</text>'
    )


def style(picture: str) -> str:
    """The dark variant of what is in the picture; its light colours are attributes."""
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', picture))))
    rules = (
        rule
        for rule in colours(DARK)
        if used.issuperset(re.findall(r"\.([\w-]+)", rule.partition("{")[0]))
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def colours(palette: Palette, scope: str = ".viz-graph") -> Iterator[str]:
    """CSS rules that put a palette on a picture below the element `scope` selects."""
    p = palette
    yield f"{scope}{{fill:{p.text}}}"
    yield f"{scope} .background{{fill:{p.background}}}"
    yield f"{scope} .faint{{fill:{p.faint}}}"
    yield f"{scope} .data{{stroke:{p.edge}}}"
    yield f"{scope} .grad{{stroke:{p.grad}}}"
    yield from (f"{scope} .{name}{{fill:{p.grad}}}" for name in ("grad-label", "acc", "odd"))
    for role in (role for role in p.fill if role != "module"):
        yield f"{scope} .{role} .box{{fill:{p.fill[role]};stroke:{p.line[role]}}}"
    yield f"{scope} .frame{{fill:{p.fill['module']};stroke:{p.line['module']}}}"
    yield f"{scope} .frame-title{{stroke:{p.fill['module']}}}"
    yield f"{scope} .gate{{stroke:{p.grad};fill:{p.background}}}"
    yield f"{scope} .second .data{{stroke:{p.line['second']}}}"
    yield f"{scope} .saved-edge .data{{stroke:{p.line['saved']}}}"
    yield from (f"{scope} .h{i}{{fill:{colour}}}" for i, colour in enumerate(p.heat))
    yield f"{scope} .hx{{stroke:{p.grad}}}"


OUTLINE = {
    "leaf": ' stroke-width="1.8"',
    "op": "",
    "output": ' stroke-width="3"',
    "saved": ' stroke-width="1.4" stroke-dasharray="4 3"',
    "freed": ' stroke-width="1" stroke-dasharray="1 3"',
    "more": ' stroke-width="1" stroke-dasharray="1 3"',
    "group": "",
    "second": ' stroke-width="1.4"',
}


def _shape(role: str, x: float, y: float, w: float, h: float) -> str:
    radius = min(h / 2, 18) if role == "leaf" else min(h / 5, 2 if role == "saved" else 6)
    return (
        f'<rect class="box" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" '
        f'rx="{_n(radius)}" fill="{LIGHT.fill[role]}" stroke="{LIGHT.line[role]}"{OUTLINE[role]}/>'
    )


def box_ink(box: Box) -> str:
    """One box with all that it says."""
    w, h = box.width, box.height
    left, top = box.x - w / 2, box.y - h / 2
    of = f' data-node="{box.of}"' if box.of != box.id else ""
    role = f"{box.role} second" if box.second else box.role
    shape = "second" if box.second and box.role == "op" else box.role
    out = [f'<g id="{box.id}" class="node {role}"{of}><title>{escape(box.title)}</title>']
    if box.role == "group":  # a stack of paper: there is more inside
        out += [_shape("group", left + by, top + by, w, h) for by in (6, 3)]
    out.append(_shape(shape, left, top, w, h))
    for i, line in enumerate(box.lines):
        out.append(_text(line, box, top + 7 + LINE * (i + 0.76)))
    if box.heat:
        x = box.x - CELL * len(box.heat[0]) / 2
        out.append(_heat(box.heat, x, top + 7 + LINE * len(box.lines) + 4))
    if box.notes:
        y = top + h - 7 - box.room / 2 + 4
        out.append(
            f'<text id="{box.id}-acc" class="acc" x="{_n(box.x)}" y="{_n(y)}" '
            f'fill="{LIGHT.grad}"></text>'
        )
    return "".join(out) + "</g>"


def _heat(rows: Sequence[str], left: float, top: float) -> str:
    """A thumbnail: one path a level, its cells joined where they are neighbours in a row."""
    ways: dict[str, str] = {}
    for y, row in enumerate(rows):
        for run in re.finditer(r"(.)\1*", row):
            level, x, n = run[1], run.start(), len(run[0])
            if level == "x":  # no number: crossed out
                cells = (f"M{x + i + 0.2:g} {y + 0.2:g}l.6 .6m0-.6l-.6 .6" for i in range(n))
                ways["x"] = ways.get("x", "") + "".join(cells)
            else:
                ways[level] = ways.get(level, "") + f"M{x} {y}h{n}v1h-{n}z"
    inks = {level: f'fill="{LIGHT.heat[int(level)]}"' for level in ways if level != "x"}
    inks["x"] = f'stroke="{LIGHT.grad}" stroke-width=".2" fill="none"'
    paths = (f'<path class="h{k}" d="{ways[k]}" {inks[k]}/>' for k in sorted(ways))
    place = f"translate({_n(left)} {_n(top)}) scale({CELL})"
    return f'<g class="heat" transform="{place}">{"".join(paths)}</g>'


def _text(line: Line, box: Box, y: float) -> str:
    faint = line.style in ("rule", "shape")
    odd = line.style == "odd"
    attributes = [f'id="{box.id}-{line.place}"'] if line.place else []
    attributes.append(f'x="{_n(box.x)}" y="{_n(y)}"')
    if faint:
        attributes.append(f'class="{line.style} faint" fill="{LIGHT.faint}"')
    else:
        attributes.append(f'class="{line.style}"')
    if odd:
        attributes.append(f'fill="{LIGHT.grad}"')
    if line.size != 11:
        attributes.append(f'font-size="{line.size}"')
    if line.style == "title" or odd:
        attributes.append('font-weight="bold"')
    if line.style == "value":
        attributes.append(f'font-family="{escape(MONO)}"')
    prefix = f'<tspan font-weight="bold">{escape(line.prefix)}</tspan>' if line.prefix else ""
    text = escape(line.text)
    if line.style == "value":
        text = text.replace(" ", "\u00a0")
    return f"<text {' '.join(attributes)}>{prefix}{text}</text>"


def wire_ink(wire: Wire, page: Page) -> str:
    """One wire; an edge has a head where it ends at a box, and a gate where a hook is."""
    saved, full = wire.role == "saved-edge", wire.role == "edge"
    line = LIGHT.line["saved"] if saved else LIGHT.line["second"] if wire.second else LIGHT.edge
    dash = "" if full else ' stroke-dasharray="4 3"' if saved else ' stroke-dasharray="1 3"'
    ends = full and wire.head[0] != ">" and wire.head not in page.corners
    way = curve(wire.points) + (_head(*wire.points[-2:]) if ends else "")
    back = _way_back(wire, page.direction) if wire.notes else ""
    gate = _gate(*wire.points[:2]) if wire.gate else ""
    role = f"{wire.role} second" if wire.second else wire.role
    return (
        f'<g id="{wire.id}" class="{role}">'
        f'<path class="data" d="{way}" stroke="{line}"{dash}/>{back}{gate}</g>'
    )


def _gate(start: Point, then: Point) -> str:
    """A hook: a gate across the line, which a gradient on its way back passes last."""
    angle = degrees(atan2(then[1] - start[1], then[0] - start[0]))
    place = f"translate({_n(start[0])} {_n(start[1])}) rotate({_n(angle)})"
    return (
        f'<path class="gate" transform="{place}" d="M7 -7h4v14h-4z" fill="{LIGHT.background}" '
        f'stroke="{LIGHT.grad}" stroke-width="1.4"/>'
    )


def _way_back(wire: Wire, direction: str) -> str:
    """The gradient's line, unseen until a replay gives it a colour, and the place of its number."""
    points = _beside(wire.points, -GAP)[::-1]
    (x, y), (w, _) = wire.spot, wire.room
    x, y = (x, y + 4 - GAP) if direction == "LR" else (x - w / 2 + 2 * GAP, y + 4)
    return (
        f'<path id="{wire.id}-grad" class="grad" d="{curve(points)}{_head(*points[-2:])}" '
        f'pathLength="1"/>'
        f'<text id="{wire.id}-label" class="grad-label" x="{_n(x)}" y="{_n(y)}" '
        f'fill="{LIGHT.grad}"></text>'
    )


def curve(points: Sequence[Point]) -> str:
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


LEGEND = {
    "leaf": "leaf",
    "op": "operation",
    "second": "operation of a gradient’s own graph",
    "output": "output",
    "saved": "saved for backward",
    "freed": "freed",
    "group": "folded",
}
RINGS = {  # what a player puts around a box: its state, the style of the ring
    "ready": ("ready", 'stroke-width="1.4" stroke-dasharray="3 4"'),
    "at work": ("active", 'stroke-width="2"'),
}


SIGNS = {
    "∂L/": "L: the tensor that backward() starts from",
    "σ": "σ: the sigmoid function",
    "Φ": "Φ, φ: the normal distribution and its density",
}


def _letters(letters: str, boxes: Sequence[Box]) -> list[str]:
    """What the letters in the rules of this page stand for."""
    rules = " ".join(line.text for box in boxes for line in box.lines if line.style == "rule")
    found = sorted(set(re.findall(rf"(?<![A-Za-z])[{letters}g](?![A-Za-z])", rules)))
    inputs = ", ".join(letter for letter in found if letter != "g")
    words = [f"{inputs}: an operation’s input{'s' * (len(inputs) > 1)}"] if inputs else []
    words += ["g: the gradient it receives"] if "g" in found else []
    return words + [meaning for sign, meaning in SIGNS.items() if sign in rules]


def legend_ink(page: Page) -> tuple[str, float, float]:
    """What shapes, arrows and letters mean, in rows: ink, width, height."""
    out, x, y, widest = [], 0.0, 12.0, 0.0
    limit = max(page.width, 380)
    for ink, wide in legend_items(page):
        if x and x + wide > limit:
            x, y = 0.0, y + LINE
        out.append(f'<g transform="translate({_n(x)} {_n(y)})">{ink}</g>')
        widest = max(widest, x + wide)
        x += wide + 18
    return "".join(out), widest, y + 4


def legend_items(page: Page, *, everything: bool = False) -> list[tuple[str, float]]:
    """The same one by one: ink around the point 0, 0 of its base line, width.

    everything:  of what is folded, too; without the note, which is right for one picture only
    """
    items: list[tuple[str, float, str]] = []  # (ink at x = 0, y = 0; its width; the words)
    boxes = list(_all(page, "boxes", everything))
    wires = list(_all(page, "wires", everything))
    roles = {"second" if box.second and box.role == "op" else box.role for box in boxes}
    for role in LEGEND:
        if role in roles:
            shape = _shape(role, 1, -9, 18, 11)
            items.append((f'<g class="{role}">{shape}</g>', 25, LEGEND[role]))
    items.append((_sample("data", LIGHT.edge, 0, 20), 26, "data"))
    if page.replay:
        items.append((_sample("grad", LIGHT.grad, 20, 0), 26, "gradient"))
        for words, (state, ring) in RINGS.items() if page.steps else ():
            shape = f'<rect class="key ring-{state}" x="1" y="-10" width="20" height="13" rx="5" '
            items.append((f'{shape}fill="none" stroke="{LIGHT.grad}" {ring}/>', 27, words))
    if any(wire.gate for wire in wires):
        items.append((_gate((-4, -4), (20, -4)), 13, "hook on the gradient"))
    if any(box.heat for box in boxes):
        scale = _heat(["0123456"], 14, -7)
        items.append((f"{_small(0, 0, '−')}{scale}{_small(60, 0, '+')}", 72, "values"))
    if any(re.search(r"\bview\b", line.text) for box in boxes for line in box.lines
           if line.style == "shape"):  # fmt: skip
        items.append(("", 0, "view: shares its input’s memory"))
    if any(line.text.startswith("version") or "· version" in line.text
           for box in boxes for line in box.lines if line.style == "shape"):  # fmt: skip
        items.append(("", 0, "version: times written in place"))
    items += [("", 0, words) for words in _letters(page.letters, boxes)]
    if page.note and not everything:
        items.append(("", 0, page.note))
    return [
        (ink + _small(space, 0, words), space + width(words, 11)) for ink, space, words in items
    ]


def _all(page: Page, what: str, everything: bool) -> Iterator[Any]:
    """The boxes or the wires of a page, and of its open groups, or of all of them."""
    inner = list(page.inner) if everything else list(page.corners)
    yield from (x for x in getattr(page, what) if everything or x.id not in inner)
    for id in inner:
        yield from _all(page.inner[id], what, everything)


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
