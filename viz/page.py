"""What stands in a picture before anything has a place: boxes with their lines, wires, notes.

A leaf that many ops use is drawn once per use, for one box with many wires takes a layout engine
minutes. A graph too large for one picture is cut, and a note counts what was left out.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .graph import Graph, GraphNode
from .rules import letters_beside, respelled
from .values import rows, shape_text

NODES, DEPTH = 150, 40  # boxes, and boxes in a row, of one picture; the rest is counted in words
USES = 4  # a leaf used so often is drawn once per use
LONGEST = 30  # letters of a name that are shown
PAD, LINE = 9, 15  # pixels: beside the text of a box; from one line to the next
GAP = 6  # between a line of data and the gradient's line beside it


def clean(text: str, letters: int = LONGEST) -> str:
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


Replay: TypeAlias = "Mapping[str, Sequence[str]]"  # the texts at `e2-label`, `n5-acc`, `n5-v0`, …


@dataclass
class Line:
    """One line of text in a box."""

    text: str
    style: str  # title, name, op, rule, shape or value
    prefix: str = ""  # a variable's name before an op's
    place: str = ""  # "v0", …: the number of a row whose numbers a replay changes
    notes: Sequence[str] = ()  # what it then says

    @property
    def size(self) -> float:
        return {"title": 13, "op": 12}.get(self.style, 11)

    def width(self) -> float:
        bold = width(self.prefix, self.size, bold=True)
        own = width(self.text, self.size, bold=self.style == "title", mono=self.style == "value")
        return max(bold + own, measure(self.notes)[0])


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


@dataclass
class Page:
    """What is drawn: boxes and wires with their places, and what was left out."""

    boxes: list[Box]
    wires: list[Wire]
    direction: str = "LR"
    ordered: bool = True  # operands stand in their order
    replay: bool = False
    letters: str = "abc"  # what the rules call an operation's inputs
    width: float = 0
    height: float = 0
    note: str = ""


def _lines(node: GraphNode, outputs: set[str], notes: Replay, letters: str) -> list[Line]:
    name = clean(node.name) if node.name else ""
    shape = [Line(text, "shape")] if (text := shape_text(node.shape)) else []
    values = []
    for i, row in enumerate(rows(node.value)):
        told = notes.get(f"{node.id}-v{i}", ())
        values.append(Line(row, "value", place=f"v{i}" if told else "", notes=told))
    if node.kind != "op":
        title = [Line(name, "title")] if name else []
        return title + shape + values or [Line("scalar", "shape")]
    named = bool(name) and node.id not in outputs  # an output's name and value stand on its own box
    title = [Line(clean(node.op or ""), "op", f"{name} = " if named else "")]
    rules = [Line(respelled(rule, letters), "rule") for rule in node.rules]
    return title + rules + shape + (values if named else [])


def page_of(graph: Graph, replay: Replay | None) -> Page:
    """All boxes and wires of a graph's picture. `replay` names the texts to keep room for."""
    shown, notes = _nearest(graph), replay or {}
    letters = letters_beside(graph.node(id).name for id in shown)
    page = Page([], [], replay=replay is not None, letters=letters)
    outputs = {edge.target for edge in graph.edges if graph.node(edge.source).kind == "output"}
    edges = [edge for edge in graph.edges if shown >= {edge.source, edge.target}]
    uses, drawn = Counter(edge.target for edge in edges), Counter[str]()
    boxes = {n.id: _box(n, n.id, outputs, notes, letters) for n in graph.nodes if n.id in shown}
    for edge in edges:
        leaf, id, count = graph.node(edge.target), edge.target, uses[edge.target]
        if leaf.kind == "leaf" and count >= USES:
            drawn[leaf.id] += 1
            if drawn[leaf.id] > 1:
                id = f"{leaf.id}.{drawn[leaf.id] - 1}"
                boxes[id] = _box(leaf, id, outputs, notes, letters)
            use = count + 1 - drawn[leaf.id]  # the walk runs backwards, the program ran forwards
            boxes[id].lines.append(Line(f"use {use} of {count}", "shape"))
        page.wires.append(Wire(edge.id, id, edge.source, notes=notes.get(f"{edge.id}-label", ())))
    page.boxes = list(boxes.values())
    _add_saved(graph, shown, page)
    if hidden := len(graph.nodes) - len(shown):
        least = "at least " if graph.cut else ""
        page.note = f"{least}{hidden:,} more nodes lie behind these {len(shown)} and are not drawn."
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


def _box(node: GraphNode, id: str, outputs: set[str], notes: Replay, letters: str) -> Box:
    words = (clean(node.name or "", 200), clean(node.op or "", 200), shape_text(node.shape))
    title = " ".join(filter(None, words))
    return Box(
        id,
        node.id,
        node.kind,
        _lines(node, outputs, notes, letters),
        title,
        notes.get(f"{id}-acc", ()),
    )


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
