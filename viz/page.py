"""What stands in a picture before anything has a place: boxes with their lines, wires, notes.

A leaf that many ops use is drawn once per use, for one box with many wires takes a layout engine
minutes. Each group of a folded graph is a page of its own, which ports connect to what is around
it. What is too large even so is cut, and a note counts what was left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any, TypeAlias

from .fold import Group, flat
from .graph import Graph, GraphEdge, GraphNode, Saved
from .rules import letters_beside, respelled
from .values import bytes_text, rows, shape_text

NODES, DEPTH = 150, 40  # boxes of one picture; of more, those of so many rows are drawn
USES = 4  # a leaf used so often is drawn once per use
LONGEST = 30  # letters of a name that are shown
PAD, LINE = 9, 15  # pixels: beside the text of a box; from one line to the next
GAP = 6  # between a line of data and the gradient's line beside it
CELL = 6  # a cell of a thumbnail
FRAME = (12, 24, 12, 4)  # room inside a group's frame: left, top (for its title), right, bottom


def clean(text: str, letters: int = LONGEST) -> str:
    """A user's text as one line that XML allows: no control or direction marks, cut when long."""
    kept = str(text)[: letters * 8]
    if not kept.isprintable():
        kept = "".join(
            " " if c.isspace() else c
            for c in kept
            if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        )
    return kept if len(kept) <= letters else kept[: letters - 1] + "…"


NARROW = dict.fromkeys("ijl'|.,:;·![]", 0.26) | dict.fromkeys("ft()r /I-", 0.32)
WIDE = dict.fromkeys("mMW@", 0.86) | dict.fromkeys("wCDGHNOQRU", 0.74) | dict.fromkeys("∂Σ∑σ", 0.6)
WIDE |= dict.fromkeys("→…", 1)


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


Point: TypeAlias = "tuple[float, float]"
Replay: TypeAlias = "Mapping[str, Sequence[str]]"  # the texts at `e2-label`, `n5-acc`, `n5-v0`, …


@dataclass
class Line:
    """One line of text in a box."""

    text: str
    style: str  # title, op, rule, shape, value or odd
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
    heat: Sequence[str] = ()  # a thumbnail of its values
    second: bool = False  # part of a gradient's own graph alone
    x: float = 0
    y: float = 0

    @cached_property
    def width(self) -> float:
        widest = max(44, measure(self.notes)[0], *(line.width() for line in self.lines))
        return max(widest, CELL * max(map(len, self.heat), default=0)) + 2 * self.side

    @property
    def side(self) -> float:
        return PAD + 3 if self.role == "leaf" else PAD

    @cached_property
    def height(self) -> float:
        return LINE * len(self.lines) + 2 * 7 + self.room + self.heat_room

    @property
    def heat_room(self) -> float:
        """Pixels below its lines that its thumbnail takes."""
        return CELL * len(self.heat) + 5 if self.heat else 0

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
    key: str = ""  # the tensor that it carries, as ports name it: "n4:0"
    gate: bool = False  # a hook may change the gradient on its way back
    second: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)
    spot: tuple[float, float] = (0, 0)  # the middle of the room for its notes

    @property
    def room(self) -> tuple[float, float]:
        """Width and height kept for the gradient's line and the notes beside it."""
        w, h = measure(self.notes)
        return w + 2 * GAP + 8, h + 2 * GAP


@dataclass
class Cluster:
    """A frame around boxes of one page: left, top, width and height."""

    title: str
    boxes: set[str]
    place: tuple[float, float, float, float] = (0, 0, 0, 0)


@dataclass
class Base:
    """Where things are as laid out: with those groups open that are open at first."""

    width: float
    height: float
    boxes: dict[str, Point]
    sizes: dict[str, Point]
    ports: dict[str, Point]
    wires: list[list[Point]]


@dataclass
class Page:
    """What is drawn of one group: boxes and wires with their places, and what was left out.

    A wire's end is a box, or a port: `<n4:0` is where output 0 of n4 comes in, `>n4:0` where it
    goes out.
    """

    boxes: list[Box]
    wires: list[Wire]
    direction: str = "LR"
    ordered: bool = True  # operands stand in their order
    replay: bool = False
    steps: bool = True  # of the replay: it marks nodes that wait or work
    letters: str = "abc"  # what the rules call an operation's inputs
    width: float = 0
    height: float = 0
    note: str = ""
    group: Group = field(default_factory=lambda: Group("all", id="g0", open=True))
    ports: dict[str, tuple[float, float]] = field(default_factory=dict)
    inner: dict[str, Page] = field(default_factory=dict)  # of its groups, by their ids
    corners: dict[str, Point] = field(default_factory=dict)  # where the open ones begin
    base: Base = field(default_factory=lambda: Base(0, 0, {}, {}, {}, []), repr=False)
    clusters: list[Cluster] = field(default_factory=list)  # the outer ones first
    left_out: str = ""  # what no click brings into the picture

    def is_open(self, id: str) -> bool:
        """Is this box a group whose inside is seen?"""
        return id in self.inner and self.inner[id].group.open


def frame_size(page: Page) -> tuple[float, float]:
    """Width and height of the frame around an open group's page."""
    left, top, right, bottom = FRAME
    title = width(frame_title(page.group), 12) + 40
    return max(page.width + left + right, title), page.height + top + bottom


def size_of(page: Page, box: Box) -> tuple[float, float]:
    """Width and height of a box of this page, or of the frame that an open group is."""
    return frame_size(page.inner[box.id]) if page.is_open(box.id) else (box.width, box.height)


def frame_title(group: Group) -> str:
    """`layers.0 · Linear`"""
    return clean(" · ".join(filter(None, (group.label, group.detail))), 60)


def page_of(
    graph: Graph,
    replay: Replay | None = None,
    group: Group | None = None,
    *,
    saved: bool = False,
    framed: Sequence[Group] = (),
) -> Page:
    """The page of a whole graph, with the pages of its groups inside.

    replay:  names the texts to keep room for
    group:   the graph as `fold` gives it; None draws all nodes, or those nearest to the roots
    saved:   draws what the nodes keep, too
    framed:  groups that get a frame, but no page of their own
    """
    maker = _Maker(graph, replay, group or flat(graph), saved)
    page = maker.page(maker.root)
    page.clusters = [c for each in framed if (c := _cluster(graph, page, each)).boxes]
    notes = (_count_folded(page), memory(graph) if saved else "")
    page.note = " · ".join(filter(None, notes))
    if maker.hidden:
        least = "at least " if graph.cut else ""
        page.left_out = (
            f"{least}{maker.hidden:,} more nodes lie behind these {len(maker.shown)} "
            "and are not drawn."
        )
        page.note = " · ".join(filter(None, (page.note, page.left_out)))
        _add_stubs(graph, maker.shown, page)
    return page


def _cluster(graph: Graph, page: Page, group: Group) -> Cluster:
    """The boxes of a group: its ops, and the parameters that no other op reads."""
    inside = set(group.nodes())
    readers: dict[str, set[str]] = {}
    for wire in page.wires:
        readers.setdefault(wire.tail, set()).add(wire.head)
    return Cluster(
        frame_title(group),
        {
            box.id
            for box in page.boxes
            if box.of in inside
            or (
                box.role == "leaf"
                and graph.node(box.of).parameter
                and readers.get(box.id, {""}) <= inside
            )
        },
    )


def learned(graph: Graph) -> str:
    """`49 parameters in 4 tensors`: how many numbers of a model its graph would change."""
    shapes = [node.shape for node in graph.nodes if node.parameter and node.shape is not None]
    count, tensors = sum(map(prod, shapes)), len(shapes)
    if not shapes:
        return ""
    return f"{count:,} parameter{'s' * (count != 1)} in {tensors} tensor{'s' * (tensors != 1)}"


def memory(graph: Graph) -> str:
    """`keeps 3.2 kB in 4 tensors for backward; 2 are freed`: all that the nodes of a graph hold."""
    kept = [s for node in graph.nodes for s in node.saved if s.value]
    freed = sum(s.freed for node in graph.nodes for s in node.saved)
    places = (  # one number may share its memory or not: an engine's own affair
        s.place if s.place and s.value and s.value["shape"] else -i for i, s in enumerate(kept, 1)
    )
    each = dict(zip(places, (s.nbytes for s in kept)))
    if not kept and not freed:
        return ""
    tensors = f"{len(each)} tensor{'s' * (len(each) != 1)}"
    text = f"keeps {bytes_text(sum(each.values()))} in {tensors} for backward"
    text += f"; {freed} {'is' if freed == 1 else 'are'} freed" if freed else ""
    return f"{text}; kept {graph.memory[0]} before the pass" if graph.memory else text


def _count_folded(page: Page) -> str:
    """How much of the graph stands folded in this picture, in words."""
    stack, boxes, nodes = [page], 0, 0
    while stack:
        outer = stack.pop()
        for item in outer.group.items:
            if isinstance(item, Group) and item.open:
                stack.append(outer.inner[item.id])
            elif isinstance(item, Group):
                boxes += 1
                nodes += sum(1 for _ in item.nodes())
    what = "1 box stands" if boxes == 1 else f"{boxes} boxes stand"
    return f"folded: {what} for {nodes:,} operation{'s' * (nodes != 1)}" if boxes else ""


SHIPPED = 200  # boxes of all pages together; what is folded deeper than that is not drawn at all


class _Maker:
    """Finds the page of each group: which boxes stand there, and which wires."""

    def __init__(self, graph: Graph, replay: Replay | None, root: Group, saved: bool) -> None:
        self.graph, self.root, self.notes = graph, root, replay or {}
        self.replay, self.saved = replay is not None, saved
        self.at = {node.id: i for i, node in enumerate(graph.nodes)}
        groups = [root, *root.groups()]
        self.folded = len(groups) > 1
        self.shown = {n.id for n in graph.nodes} if self.folded else _nearest(graph)
        self.hidden = len(graph.nodes) - len(self.shown)
        self.letters = letters_beside(graph.node(id).name for id in self.shown)
        self.outputs = {e.target for e in graph.edges if graph.node(e.source).kind == "output"}
        self.parent = {i.id: g for g in groups for i in g.items if isinstance(i, Group)}
        self.home = {i: g for g in groups for i in g.items if isinstance(i, str)}
        self.chains: dict[str, list[Group]] = {}
        self.leaves: dict[str, list[tuple[str, str, str]]] = {}  # group: (box, leaf, "use 1 of 4")
        self.wires: dict[str, dict[tuple[str, ...], Wire]] = {g.id: {} for g in groups}
        self.left = SHIPPED
        self._connect()

    def _chain(self, group: Group) -> list[Group]:
        """The groups around, from the whole graph in."""
        if group.id not in self.chains:
            outer = self.parent.get(group.id)
            self.chains[group.id] = [*(self._chain(outer) if outer else ()), group]
        return self.chains[group.id]

    def _connect(self) -> None:
        edges = [e for e in self.graph.edges if self.shown >= {e.source, e.target}]
        users: dict[str, list[GraphEdge]] = {}
        for edge in edges:
            if self.graph.node(edge.target).kind == "leaf":
                users.setdefault(edge.target, []).append(edge)
        place: dict[str, str] = {}  # edge from a leaf: the box that it comes from
        for node in self.graph.nodes:
            if node.kind == "leaf" and node.id in self.shown:
                place |= self._put(node, users.get(node.id, []))
        for edge in edges:
            tail = place.get(edge.id, edge.target)
            self._lead(edge, tail, self.home[tail], self.home[edge.source])

    def _put(self, leaf: GraphNode, uses: list[GraphEdge]) -> dict[str, str]:
        """Gives a leaf its boxes: one, one per use, or (a parameter) one per group."""
        homes = [self.home[edge.source] for edge in uses]
        if len(uses) >= USES:  # as copies() says
            keys = [str(i) for i in range(len(uses))]
        elif leaf.parameter:
            keys = [home.id for home in homes]
        else:
            keys = [""] * len(uses)
        boxes: dict[str, str] = {}
        for key, home in zip(keys, homes):
            if key not in boxes:
                boxes[key] = id = f"{leaf.id}.{len(boxes)}" if boxes else leaf.id
                self.home[id] = home if key else self._around(homes)
        if not boxes:  # a leaf that is a root
            boxes[""] = leaf.id
            self.home[leaf.id] = self.root
        # A graph that is walked from its end meets the last use first, one that grew the first.
        forwards = bool(uses) and self.at[leaf.id] < self.at[uses[0].source]
        for i, id in enumerate(boxes.values(), 1):
            number = i if forwards else len(boxes) + 1 - i
            use = f"use {number} of {len(boxes)}" if len(boxes) > 1 else ""
            self.leaves.setdefault(self.home[id].id, []).append((id, leaf.id, use))
        return {edge.id: boxes[key] for key, edge in zip(keys, uses)}

    def _around(self, groups: list[Group]) -> Group:
        """The innermost group around all of these."""
        found = self.root
        for level in zip(*map(self._chain, groups)):
            if any(group is not level[0] for group in level):
                break
            found = level[0]
        return found

    def _lead(self, edge: GraphEdge, tail: str, start: Group, end: Group) -> None:
        """Leads an edge from a box to its user, through the ports of all groups on the way."""
        key = f"{tail}:{edge.output}"
        if start is end:
            self._wire(start, edge, tail, edge.source, key)
            return
        around = self._around([start, end])
        depth = len(self._chain(around))
        out, into = self._chain(start)[depth:], self._chain(end)[depth:]
        for inner, deeper in zip(out, [*out[1:], None]):
            self._wire(inner, edge, deeper.id if deeper else tail, f">{key}", key)
        for inner, deeper in zip(into, [*into[1:], None]):
            self._wire(inner, edge, f"<{key}", deeper.id if deeper else edge.source, key)
        first, last = out[0].id if out else tail, into[0].id if into else edge.source
        self._wire(around, edge, first, last, key)

    def _wire(self, group: Group, edge: GraphEdge, tail: str, head: str, key: str) -> None:
        """A wire of one page; the same tensor takes the same way into a group or out of it once."""
        way = (tail, head, key, edge.id if tail[0] == head[0] == "n" else "")
        if way not in self.wires[group.id]:
            id = f"{edge.id}-{group.id}" if tail[0] == "<" or head[0] == ">" else edge.id
            giver, taker = self.graph.node(edge.target), self.graph.node(edge.source)
            hooked = bool(giver.hooks) or (taker.kind == "output" and bool(taker.hooks))
            self.wires[group.id][way] = Wire(
                id, tail, head, notes=self.notes.get(f"{edge.id}-label", ()), key=key,
                gate=hooked and tail[0] == "n", second=giver.second or taker.second,
            )  # fmt: skip

    def page(self, group: Group) -> Page:
        """The page of a group, and of the groups inside it as far as they are shipped."""
        page = self._own(group)
        layer = [page]
        while layer:
            inner = []
            for outer in layer:
                for item in outer.group.items:
                    if isinstance(item, Group) and (item.open or self._fits(item)):
                        outer.inner[item.id] = self._own(item)
                        inner.append(outer.inner[item.id])
            layer = inner
        return page

    def _fits(self, group: Group) -> bool:
        self.left -= len(group.items) + len(self.leaves.get(group.id, ()))
        return self.left > 0

    def _own(self, group: Group) -> Page:
        page = Page([], [], replay=self.replay, letters=self.letters, group=group)
        page.boxes = [
            self._box(self.graph.node(item), item)
            for item in group.items
            if isinstance(item, str) and item in self.shown
        ]
        for id, leaf, use in self.leaves.get(group.id, ()):
            page.boxes.append(self._box(self.graph.node(leaf), id))
            if use:
                _shorten(page.boxes[-1], use, first=id == leaf)
        if not self.folded:
            page.boxes.sort(key=lambda box: (int(box.of[1:]), box.id))
        page.boxes += [self._folded(item) for item in group.items if isinstance(item, Group)]
        page.wires = list(self.wires[group.id].values())
        if self.saved:
            _add_saved(self.graph, [i for i in group.items if isinstance(i, str)], page)
        return page

    def _box(self, node: GraphNode, id: str) -> Box:
        named = bool(node.name) and node.id not in self.outputs
        words = (clean(node.name or "", 200), clean(node.op or "", 200), shape_text(node.shape))
        return Box(
            id,
            node.id,
            node.kind,
            _lines(node, named, self.notes, self.letters, self.replay),
            " ".join(filter(None, words)),
            self.notes.get(f"{id}-acc", ()),
            () if self.replay or (node.kind == "op" and not named) else node.heat,
            node.second,
        )

    def _folded(self, group: Group) -> Box:
        nodes = [self.graph.node(id) for id in group.nodes()]
        count = f"{len(nodes):,} operation{'s' * (len(nodes) > 1)}"
        lines = [Line(clean(group.label, 40) or count, "title")]
        if group.detail:
            lines.append(Line(clean(group.detail, 40), "shape"))
        if not lines[0].text.startswith(f"{len(nodes):,} "):
            lines.append(Line(count, "shape"))
        if broken := next((n.odd for n in nodes if n.odd), ""):
            lines.append(Line(f"inside: {broken}", "odd"))
        title = clean(f"{group.label} {group.detail}", 200).strip()
        return Box(group.id, group.id, "group", lines, title, second=all(n.second for n in nodes))


def copies(edges: Iterable[Mapping[str, Any]], leaves: Container[str]) -> dict[str, str]:
    """{box of a leaf that is drawn once per use: the edge from it}, but for its first box.

    edges:  those of a trace, all drawn on one page
    """
    uses: dict[str, list[str]] = {}
    for edge in edges:
        if edge["target"] in leaves:
            uses.setdefault(edge["target"], []).append(edge["id"])
    return {
        f"{leaf}.{i}": edge
        for leaf, own in uses.items()
        if len(own) >= USES
        for i, edge in enumerate(own)
        if i
    }


def _shorten(box: Box, use: str, *, first: bool) -> None:
    """One of several boxes of a leaf says so, and only the first shows a thumbnail."""
    if not first and box.heat:
        box.heat = ()
        box.lines = [line for line in box.lines if "±" not in line.text]
    box.lines.append(Line(use, "shape"))


def _lines(node: GraphNode, named: bool, notes: Replay, letters: str, replay: bool) -> list[Line]:
    """What a box says. An output's name and value stand on its own box, not on its op's."""
    name = clean(node.name) if node.name else ""
    shown = node.kind != "op" or named
    facts = [shape_text(node.shape), "view" * node.view]
    written = node.version and shown and node.op == "CopySlices"
    facts += [f"version {node.version}"] if written else []
    shape = [Line(text, "shape")] if (text := " · ".join(filter(None, facts))) else []
    values = []
    for i, row in enumerate(rows(node.value)):
        told = notes.get(f"{node.id}-v{i}", ())
        values.append(Line(row, "value", place=f"v{i}" if told else "", notes=told))
    if node.spread and not values and not replay:
        values.append(Line(node.spread, "shape"))
    if node.odd:
        values.append(Line(node.odd, "odd"))
    marks = [Line(mark, "odd") for mark in node.marks]
    if node.kind == "group":
        inside = [Line(clean(fact, 40), "shape") for fact in node.rules]
        return [Line(clean(name, 40), "title"), *inside]
    if node.kind != "op":
        named_as = name or "output" * (node.kind == "output")
        title = [Line(named_as, "title")] if named_as else []
        return (title + shape + values or [Line("scalar", "shape")]) + marks
    title = [Line(clean(node.op or ""), "op", f"{name} = " if named else "")]
    rules = [Line(respelled(rule, letters), "rule") for rule in node.told]
    return title + rules + shape + (values if named else []) + marks


def fits(graph: Graph) -> bool:
    """Can one picture show all of a graph without folding?"""
    return len(graph.nodes) <= NODES


def _nearest(graph: Graph) -> set[str]:
    """Ids of the nodes that one picture can show: all, or those nearest to the roots."""
    if len(graph.nodes) <= NODES:
        return {node.id for node in graph.nodes}
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


def _add_saved(graph: Graph, ids: Sequence[str], page: Page) -> None:
    """Boxes of what these nodes keep. Ids count on through the whole graph."""
    for id in ids:
        node = graph.node(id)
        for i, saved in enumerate(node.saved):
            box = Box(
                f"s{id[1:]}.{i}" if i else f"s{id[1:]}",
                id,
                "saved",
                _saved_lines(saved),
                saved.name,
            )
            box.role = "freed" if saved.freed else "saved"
            page.boxes.append(box)
            page.wires.append(Wire(f"{box.id}-edge", box.id, id, "saved-edge"))


def _saved_lines(saved: Saved) -> list[Line]:
    lines = [Line(saved.name, "op")]
    if saved.label:
        lines.append(Line(f"= {clean(saved.label)}", "shape"))
    elif saved.value:
        lines += [Line(t, "shape") for t in [shape_text(saved.value["shape"])] if t]
        lines += [Line(row, "value") for row in rows(saved.value)]
    facts = [f"version {saved.version}"] if saved.version else []
    facts += [bytes_text(saved.nbytes)] if saved.value else []
    if saved.text:
        lines.append(Line(clean(saved.text, 60), "shape" if saved.freed else "odd"))
    if facts:
        lines.append(Line(" · ".join(facts), "shape"))
    return lines


def _add_stubs(graph: Graph, shown: set[str], page: Page) -> None:
    cut = [edge for edge in graph.edges if edge.source in shown and edge.target not in shown]
    for source in dict.fromkeys(edge.source for edge in cut):
        page.boxes.append(Box(f"{source}-more", "", "more", [Line("…", "op")], page.note))
        page.wires.append(Wire(f"{source}-more-edge", f"{source}-more", source, "more-edge"))


def titled(graph: Graph) -> str:
    """`Computational graph of loss`"""
    names = [clean(graph.node(root).name or "a tensor") for root in graph.roots]
    return f"Computational graph of {', '.join(names)}"


def describe(graph: Graph) -> str:
    """One sentence for who cannot see the picture."""
    leaves = [
        clean(n.name or shape_text(n.shape) or "a scalar") for n in graph.nodes if n.kind == "leaf"
    ]
    ops = [clean(n.op or "") for n in graph.nodes if n.kind == "op"]
    text = f"{titled(graph)} with {len(ops)} operations"
    if 0 < len(ops) <= 8:
        text += f" ({', '.join(reversed(ops))})"
    more = f" and {len(leaves) - 8} more" if len(leaves) > 8 else ""
    return f"{text}, computed from {', '.join(leaves[:8])}{more}"
