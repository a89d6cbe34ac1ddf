"""Graph to SVG: a layout engine finds the places, and every box and line is drawn here.

The engine (PyPI's graphviz-pure, or else Graphviz's `dot`) is told sizes and ids only: no name or
label ever reaches it. Ids, classes and bytes are the same for the same graph.

Structure of the SVG: `<g id="n3" class="node op">` for a box, `<g id="e2" class="edge">` for an
edge with its `path.data`. A leaf that many ops use is drawn once per use: `n5`, `n5.1`, `n5.2`, …,
all with data-node="n5". A picture for a replay also has, hidden or empty: beside each `path.data`
the gradient's way (`path.grad`, id `e2-grad`, its length declared as 1, and `path.grad-head`) and
`text.grad-label` (id `e2-label`); in a box a second outline (`rect.ring`) and, for a leaf's `.grad`
or an op's running sum, `text.acc` (id `n5-acc`). The x and y of both texts are the middle of the
room that is kept for all they will ever say.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib import metadata
from math import hypot
from typing import Any, TypeAlias

import graphviz

from .graph import Graph, GraphNode
from .theme import DARK, LIGHT, MONO, SANS, Palette
from .values import rows, shape_text

TIMEOUT = 20  # seconds the layout engine may take
NODES, DEPTH = 150, 40  # boxes, and boxes in a row, of one picture; the rest is counted in words
USES = 4  # a leaf used so often is drawn once per use
WIDTH = 800  # pixels of a notebook cell: a wider graph runs from top to bottom
LETTERS = 30  # of a name that are shown

POINT = 72  # points to an inch; one point is one pixel here
MARGIN, PAD, LINE = 16, 9, 15
GAP = 6  # between a line of data and the gradient's line beside it
INSTALL = (
    "no layout engine found. Install one of the two: `pip install graphviz-pure`, "
    "or Graphviz, whose `dot` must be on the PATH (https://graphviz.org/download/)"
)


class LayoutError(RuntimeError):
    """The layout engine is missing, failed, or took too long."""


# text


def clean(text: str, letters: int = LETTERS) -> str:
    """A user's text as one line that XML allows: no control or direction marks, cut when long."""
    kept = "".join(
        " " if c.isspace() else c
        for c in str(text)[: letters * 8]
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return kept if len(kept) <= letters else kept[: letters - 1] + "…"


NARROW = dict.fromkeys("ijl'|.,:;·![]", 0.26) | dict.fromkeys("ft()r /I-", 0.32)
WIDE = dict.fromkeys("mMW@", 0.86) | dict.fromkeys("wCDGHNOQRU", 0.74) | dict.fromkeys("∂Σ∑σ", 0.6)


def width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """About how many pixels wide a text is in Helvetica, or in a monospaced type."""
    total = 0.0
    for c in text:
        if unicodedata.east_asian_width(c) in "WF":
            total += 1.05
        elif unicodedata.combining(c):
            continue
        else:
            total += 0.605 if mono else NARROW.get(c) or WIDE.get(c) or 0.57
    return total * size * (1.06 if bold else 1)


def measure(notes: Sequence[str]) -> tuple[float, float]:
    """Width and height that the widest and the tallest of these notes need."""
    lines = [note.split("\n") for note in notes]
    widths = [width(line, 11, mono=True) for note in lines for line in note]
    return max(widths, default=0), LINE * max(map(len, lines), default=0)


# boxes


@dataclass
class Line:
    """One line of text in a box."""

    text: str
    style: str  # title, name, op, rule, shape or value
    prefix: str = ""  # a variable's name before an op's

    @property
    def size(self) -> float:
        return {"title": 13, "op": 12}.get(self.style, 11)

    def width(self) -> float:
        bold = width(self.prefix, self.size, bold=True)
        return bold + width(
            self.text, self.size, bold=self.style == "title", mono=self.style == "value"
        )


@dataclass
class Box:
    """One box on the page: what it says and how large it is. `of` is the graph node's id."""

    id: str
    of: str
    role: str
    lines: list[Line]
    title: str
    notes: Sequence[str] = ()  # what a replay writes at its foot
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        widest = max(44, measure(self.notes)[0], *(line.width() for line in self.lines))
        return widest + 2 * self.side

    @property
    def side(self) -> float:
        return PAD + 3 if self.role == "leaf" else PAD

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + 2 * 7 + self.room

    @property
    def room(self) -> float:
        """Pixels at its foot that are kept for its notes."""
        return measure(self.notes)[1] + 2 if self.notes else 0


@dataclass
class Wire:
    """One line on the page, in the direction of data: control points of a Bézier curve."""

    id: str
    tail: str
    head: str
    role: str = "edge"
    notes: Sequence[str] = ()  # what a replay writes beside it
    points: list[tuple[float, float]] = field(default_factory=list)
    spot: tuple[float, float] = (0, 0)  # the middle of the room for its notes

    @property
    def room(self) -> tuple[float, float]:
        """Width and height kept for the gradient's line and the notes beside it."""
        w, h = measure(self.notes)
        return w + 2 * GAP + 8, h + 2 * GAP


Replay: TypeAlias = "Mapping[str, Sequence[str]]"  # the texts at `e2-label`, at `n5-acc`, …


@dataclass
class Page:
    """What is drawn: boxes and wires with their places, and what was left out."""

    boxes: list[Box]
    wires: list[Wire]
    direction: str = "LR"
    replay: bool = False
    width: float = 0
    height: float = 0
    note: str = ""


def _lines(node: GraphNode, outputs: set[str]) -> list[Line]:
    name = clean(node.name) if node.name else ""
    shape = [Line(text, "shape")] if (text := shape_text(node.shape)) else []
    values = [Line(row, "value") for row in rows(node.value)]
    if node.kind != "op":
        title = [Line(name, "title")] if name else []
        return title + shape + values or [Line("scalar", "shape")]
    named = bool(name) and node.id not in outputs  # an output's name and value stand on its own box
    title = [Line(clean(node.op or ""), "op", f"{name} = " if named else "")]
    rules = [Line(rule, "rule") for rule in node.rules]
    return title + rules + shape + (values if named else [])


def _page(graph: Graph, replay: Replay | None) -> Page:
    shown, notes = _nearest(graph), replay or {}
    page = Page([], [], replay=replay is not None)
    outputs = {edge.target for edge in graph.edges if graph.node(edge.source).kind == "output"}
    edges = [edge for edge in graph.edges if shown >= {edge.source, edge.target}]
    uses, drawn = Counter(edge.target for edge in edges), Counter[str]()
    boxes = {n.id: _box(n, n.id, outputs, notes) for n in graph.nodes if n.id in shown}
    for edge in edges:
        leaf, id, count = graph.node(edge.target), edge.target, uses[edge.target]
        if leaf.kind == "leaf" and count >= USES:
            drawn[leaf.id] += 1
            if drawn[leaf.id] > 1:
                id = f"{leaf.id}.{drawn[leaf.id] - 1}"
                boxes[id] = _box(leaf, id, outputs, {})
            boxes[id].lines.append(Line(f"use {drawn[leaf.id]} of {count}", "shape"))
        page.wires.append(Wire(edge.id, id, edge.source, notes=notes.get(f"{edge.id}-label", ())))
    page.boxes = list(boxes.values())
    _add_saved(graph, shown, page)
    if hidden := len(graph.nodes) - len(shown):
        page.note = f"{hidden:,} more nodes lie behind these {len(shown)} and are not drawn."
        _add_stubs(graph, shown, page)
    return page


def _nearest(graph: Graph) -> set[str]:
    """Ids of the nodes that one picture can show: those nearest to the roots."""
    targets: dict[str, list[str]] = {}
    for edge in graph.edges:
        targets.setdefault(edge.source, []).append(edge.target)
    shown = dict.fromkeys(graph.roots)
    layer, depth = graph.roots, 0
    while layer and depth < DEPTH and len(shown) < NODES:
        found = (target for id in layer for target in targets.get(id, ()))
        layer = list(dict.fromkeys(target for target in found if target not in shown))
        shown |= dict.fromkeys(layer[: NODES - len(shown)])
        depth += 1
    return set(shown)


def _box(node: GraphNode, id: str, outputs: set[str], notes: Replay) -> Box:
    title = " ".join(filter(None, (clean(node.name or "", 200), node.op, shape_text(node.shape))))
    return Box(id, node.id, node.kind, _lines(node, outputs), title, notes.get(f"{id}-acc", ()))


def _add_saved(graph: Graph, shown: set[str], page: Page) -> None:
    kept = [(node, saved) for node in graph.nodes if node.id in shown for saved in node.saved]
    for i, (node, saved) in enumerate(kept):
        lines = [Line(saved.name, "op")]
        if saved.label:
            lines.append(Line(f"= {clean(saved.label)}", "shape"))
        elif saved.value:
            lines += [Line(t, "shape") for t in [shape_text(saved.value["shape"])] if t]
            lines += [Line(row, "value") for row in rows(saved.value)]
        if saved.text:
            lines.append(Line(clean(saved.text), "shape"))
        page.boxes.append(Box(f"s{i}", node.id, "saved", lines, saved.name))
        page.wires.append(Wire(f"s{i}-edge", f"s{i}", node.id, "saved-edge"))


def _add_stubs(graph: Graph, shown: set[str], page: Page) -> None:
    cut = [edge for edge in graph.edges if edge.source in shown and edge.target not in shown]
    for source in dict.fromkeys(edge.source for edge in cut):
        page.boxes.append(Box(f"{source}-more", "", "more", [Line("…", "op")], page.note))
        page.wires.append(Wire(f"{source}-more-edge", f"{source}-more", source, "more-edge"))


# places


@cache
def engine() -> str:
    """The path of graphviz-pure's program, or of `dot`. Raises LayoutError if there is neither."""
    for file in _files("graphviz-pure"):
        path = file.locate()
        if file.name in ("graphviz-pure", "graphviz-pure.exe") and path.exists():
            return str(path)
    found = shutil.which("graphviz-pure") or shutil.which("dot")
    if found is None:
        raise LayoutError(INSTALL)
    return found


def _files(package: str) -> list[Any]:
    try:
        return list(metadata.files(package) or [])
    except metadata.PackageNotFoundError:
        return []


def call(program: str, source: str, format: str, *flags: str) -> bytes:
    """Runs a layout engine on DOT source. Raises LayoutError with what it said."""
    try:
        done = subprocess.run(
            [program, f"-T{format}", *flags],
            input=source.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LayoutError(
            f"the layout took more than {TIMEOUT} seconds: draw a smaller part of the graph"
        ) from None
    except OSError as error:
        raise LayoutError(f"{program} did not start ({error}); {INSTALL}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise LayoutError(f"the layout engine failed: {said[:500]}")
    return done.stdout


def skeleton(page: Page) -> graphviz.Digraph:
    """The page as DOT: sizes and ids, and not a word of text."""
    across = page.direction == "LR"
    dot = graphviz.Digraph(
        graph_attr={
            "rankdir": page.direction,
            "nodesep": "0.25" if across else "0.4",
            "ranksep": "0.5" if across else "0.45",
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
    """Asks the layout engine where everything goes."""
    found = json.loads(call(engine(), skeleton(page).source, "json0"))
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


def _point(text: str, height: float) -> tuple[float, float]:
    x, y = text.split(",")
    return float(x), height - float(y)


def page_of(graph: Graph, *, direction: str | None = None, replay: Replay | None = None) -> Page:
    """The graph with all its places. `direction`: "LR", "TB", or None for what fits the width."""
    page = _page(graph, replay)
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


# ink


def svg(graph: Graph, *, direction: str | None = None, replay: Replay | None = None) -> str:
    """The graph as SVG text. `replay` names all that a player will write: room is kept for it.

    Raises LayoutError if no layout engine can be run.
    """
    return ink(page_of(graph, direction=direction, replay=replay), describe(graph))


def describe(graph: Graph) -> str:
    """One sentence for who cannot see the picture."""
    names = [clean(graph.node(root).name or "a tensor") for root in graph.roots]
    leaves = [
        clean(n.name or shape_text(n.shape) or "a scalar") for n in graph.nodes if n.kind == "leaf"
    ]
    ops = [clean(n.op or "") for n in graph.nodes if n.kind == "op"]
    text = f"Computational graph of {', '.join(names)} with {len(ops)} operations"
    if 0 < len(ops) <= 8:
        text += f" ({', '.join(reversed(ops))})"
    more = f" and {len(leaves) - 8} more" if len(leaves) > 8 else ""
    return f"{text}, computed from {', '.join(leaves[:8])}{more}"


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
LETTERS_OF_RULES = "a, b: the operation’s inputs   g: the gradient it receives"


def _legend(page: Page) -> tuple[str, float, float]:
    """What shapes, arrows and letters mean, in rows: ink, width, height."""
    items: list[tuple[str, float, str]] = []  # (ink at x = 0, y = 0; its width; the words)
    for role in LEGEND:
        if any(box.role == role for box in page.boxes):
            items.append((f'<g class="{role}">{_shape(role, 1, -9, 18, 11)}</g>', 25, LEGEND[role]))
    items.append((_sample("data", "head", LIGHT.edge, 1), 26, "data"))
    items.append((_sample("grad", "grad-head", LIGHT.grad, -1), 26, "gradient"))
    if any(line.style == "rule" for box in page.boxes for line in box.lines):
        items.append(("", 0, LETTERS_OF_RULES))
    if page.note:
        items.append(("", 0, page.note))
    out, x, y, widest = [], 0.0, 12.0, 0.0
    limit = max(page.width, 340)
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


# other formats


def paint(graph: Graph, format: str, *, direction: str | None = None) -> bytes:
    """The graph as a PNG or PDF file, drawn by the layout engine itself.

    Raises LayoutError where a PDF is asked for and Graphviz's `dot` is not installed.
    """
    program: str | None = engine()
    if format == "pdf" and (program := shutil.which("dot")) is None:
        raise LayoutError(
            "a PDF needs Graphviz's `dot`, which is not on the PATH: install Graphviz "
            "(https://graphviz.org/download/), or save as .svg or .png"
        )
    page = page_of(graph, direction=direction)
    dot = skeleton(page)
    dot.attr(bgcolor=LIGHT.background, pad="0.2", fontname="Helvetica")
    dot.attr("edge", dir="forward", arrowsize="0.5", color=LIGHT.edge, penwidth="1")
    for box in page.boxes:
        dot.node(box.id, **_painted(box))
    return call(str(program), dot.source, format, "-Gdpi=192" if format == "png" else "-Gdpi=72")


def _painted(box: Box) -> dict[str, str]:
    style = {"saved": "filled,dashed", "more": "dotted"}.get(box.role, "filled,rounded")
    rows = "".join(f"<TR><TD>{_cell(line)}</TD></TR>" for line in box.lines)
    return {
        "label": f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>',
        "style": style,
        "fillcolor": LIGHT.fill[box.role],
        "color": LIGHT.line[box.role],
        "penwidth": OUTLINE[box.role].split('"')[1],
    }


def _cell(line: Line) -> str:
    colour = LIGHT.faint if line.style in ("rule", "shape") else LIGHT.text
    face = "Courier" if line.style == "value" else "Helvetica"
    bold = "<B>{}</B>" if line.style == "title" else "{}"
    text = bold.format(escape(line.text))
    if line.style == "value":
        text = text.replace(" ", "\u00a0")
    prefix = f"<B>{escape(line.prefix)}</B>" if line.prefix else ""
    return (
        f'<FONT FACE="{face}" POINT-SIZE="{line.size - 1:g}" COLOR="{colour}">{prefix}{text}</FONT>'
    )
