"""Graph to SVG: a layout engine finds the places, ink.py draws.

The engine is told sizes and numbers only: no name or label ever reaches it. Each group's page is
laid out alone; place.py puts the pages of open groups into one another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from math import dist
from typing import Any

from .engine import LayoutError, call, engine
from .fold import Group
from .graph import Graph
from .ink import MARGIN, ink
from .page import FRAME, Base, Page, Replay, describe, page_of, size_of, width
from .place import compose

__all__ = ["LayoutError", "arranged", "svg"]

WIDTH = 800  # pixels of a notebook cell: a wider graph runs from top to bottom
DETOUR = 1.03  # how much longer all wires may be for the sake of the order of inputs
CAREFUL = 40  # boxes of a page that is laid out twice, with and without that order
POINT = 72  # points to an inch; one point is one pixel here
MANY = 4  # wires between a group and a box that are drawn apart
NEAR = 12  # pixels from a port to the next box
RANKSEP, CLOSE = 0.42, 0.22  # inches from rank to rank; in a replay a label is a rank of its own


def svg(
    graph: Graph,
    *,
    direction: str | None = None,
    replay: Replay | None = None,
    framed: Sequence[Group] = (),
    steps: bool = True,
) -> str:
    """The graph as SVG text. `replay` names all that a player will write: room is kept for it.

    steps: goes the replay node by node, and so needs words for a node that waits or works?
    `framed` are groups of its nodes that a frame shows.

    Raises LayoutError if no layout engine can be run.
    """
    page = arranged(graph, direction=direction, replay=replay, framed=framed)
    page.steps = steps
    return ink(page, describe(graph))


def arranged(
    graph: Graph,
    *,
    direction: str | None = None,
    replay: Replay | None = None,
    group: Group | None = None,
    saved: bool = False,
    framed: Sequence[Group] = (),
) -> Page:
    """The graph with all its places. `direction`: "LR", "TB", or None for what fits the width."""
    page = page_of(graph, replay, group, saved=saved, framed=framed)
    roots = [root for root in graph.roots if any(box.id == root for box in page.boxes)]
    least = _run(page)
    grows = any(p.group.kind == "module" and not p.group.open for p in pages(page))
    wanted = direction or ("TB" if grows or least + 2 * MARGIN > WIDTH else "LR")
    across = _turn(page, wanted, roots)
    other = "LR" if wanted == "TB" else "TB"
    fits = least > across or grows if wanted == "TB" else across + 2 * MARGIN <= WIDTH
    if direction is None and not fits and _turn(page, other, roots) >= across:
        _turn(page, wanted, roots)
    return page


def _turn(page: Page, direction: str, roots: list[str]) -> float:
    """Lays a page out in that direction, with the pages that are seen in it. How wide it is."""
    for p in pages(page):
        p.direction = direction
    layers = [[page]]  # as deep as open groups are in each other
    while layers[-1]:
        layers.append([p for q in layers[-1] for p in q.inner.values() if p.group.open])
    for layer in reversed(layers):  # the inner ones first: a frame is as large as what is in it
        place(page, layer, roots)
        for p in layer:
            compose(p)
    return page.width


def complete(page: Page) -> None:
    """Finds places for what is folded, too."""
    folded = [p for p in pages(page) if not p.group.open]
    if folded:
        place(page, folded, [])


def pages(page: Page) -> Iterator[Page]:
    """A page and all pages inside it."""
    yield page
    for inner in page.inner.values():
        yield from pages(inner)


def _run(page: Page) -> float:
    """How wide the longest way through a page must be, from left to right."""
    gap = RANKSEP * POINT
    wide = {box.id: box.width for box in page.boxes}
    for id, inner in page.inner.items():
        if inner.group.open:
            wide[id] = max(wide[id], _run(inner))
    after: dict[str, list[str]] = {}
    missing: dict[str, int] = dict.fromkeys(wide, 0)
    for wire in page.wires:
        if wire.tail in wide and wire.head in wide:
            after.setdefault(wire.tail, []).append(wire.head)
            missing[wire.head] += 1
    ready = [id for id, count in missing.items() if not count]
    far = dict.fromkeys(wide, 0.0)
    for id in ready:
        for head in after.get(id, ()):
            far[head] = max(far[head], far[id] + wide[id] + gap)
            missing[head] -= 1
            if not missing[head]:
                ready.append(head)
    return max((far[id] + wide[id] for id in wide), default=0)


def skeleton(page: Page, roots: Iterable[str] = ()) -> str:
    """The page as DOT: sizes and numbers, and not a word of text."""
    across = page.direction == "LR"
    graph = [
        f"rankdir={page.direction}",
        f"nodesep={0.25 if across else 0.35}",
        f"ranksep={CLOSE if page.replay else RANKSEP}",
        *(["ordering=in"] if page.ordered else []),
    ]
    lines = [
        f"digraph{{graph[{' '.join(graph)}]",
        'node[shape=box fixedsize=true label=""]edge[dir=none]',
    ]
    number = {id: i for i, id in enumerate([*(box.id for box in page.boxes), *_ports(page)])}
    bundled = _bundled(page)
    for box in page.boxes:
        w, h = size_of(page, box)
        size = f"width={w / POINT:.4f} height={h / POINT:.4f}"
        lines.append(f"{number[box.id]}[{size}]")
    for i, wire in enumerate(page.wires):
        if bundled[i] != i:
            continue
        room = f" label={_blank(*wire.room)}" if wire.notes else ""
        lines.append(f"{number[wire.tail]}->{number[wire.head]}[id={i}{room}]")
    for sign, rank in (("<", "source"), (">", "sink")):
        if ports := [number[port] for port in _ports(page) if port[0] == sign]:
            held = "".join(f"{port}[width=.01 height=.01]" for port in ports)
            lines.append(f"{{rank={rank} {held}}}")
    lines += _clusters(page, number, range(len(page.clusters)))
    for above, below in pairwise(roots):  # several outputs stand as they were given
        lines.append(f"{{rank=same {number[above]}->{number[below]}[style=invis weight=0]}}")
    return "\n".join((*lines, "}"))


def _bundled(page: Page) -> list[int]:
    """For each wire the one whose way it takes: of many between a group and a box, the first."""
    ends = [(wire.tail, wire.head) for wire in page.wires]
    count, first = Counter(ends), dict[tuple[str, str], int]()
    many = {
        pair
        for pair in count
        if not page.replay and count[pair] > MANY and "g" in (pair[0][0], pair[1][0])
    }
    return [first.setdefault(pair, i) if pair in many else i for i, pair in enumerate(ends)]


def _clusters(page: Page, number: Mapping[str, int], which: Sequence[int]) -> Iterator[str]:
    """The frames among these that are in no other of them, each with those that are in it."""
    rest = list(which)
    while rest:
        outer = rest.pop(0)
        cluster = page.clusters[outer]
        inner = [i for i in rest if page.clusters[i].boxes <= cluster.boxes]
        rest = [i for i in rest if i not in inner]
        title = _blank(width(cluster.title, 12) + 12, FRAME[1] - 10)
        yield f"subgraph cluster_{outer}{{margin=10 labeljust=l label={title}"
        yield " ".join(str(number[box]) for box in sorted(cluster.boxes, key=number.__getitem__))
        yield from _clusters(page, number, inner)
        yield "}"


def _ports(page: Page) -> list[str]:
    ends = [end for wire in page.wires for end in (wire.tail, wire.head) if end[0] in "<>"]
    return list(dict.fromkeys(ends))


def _blank(w: float, h: float) -> str:
    """An empty label of that size: DOT can only be told so in its table language."""
    plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE"'
    size = f'WIDTH="{w:.0f}" HEIGHT="{h:.0f}"'
    return f"<<TABLE {plain} {size}><TR><TD></TD></TR></TABLE>>"


def place(page: Page, pages: Iterable[Page], roots: list[str]) -> None:
    """Asks the layout engine where everything goes, on the outermost page and on some inside it.

    What an operation is given stands in the order of its inputs, unless that takes detours.
    """
    asked = []
    for p in pages:
        for ordered in _ways(p):
            p.ordered = ordered
            asked.append((p, ordered, skeleton(p, roots if p is page else ())))
    program = engine()
    with ThreadPoolExecutor(4) as pool:  # each waits for a process of its own
        answers = list(pool.map(lambda a: _answer(program, a[2]), asked))
    best: dict[int, tuple[Page, bool, Any]] = {}
    for (p, ordered, _), found in zip(asked, answers):
        known = best.get(id(p))
        if known is None or _ink(known[2]) > DETOUR * _ink(found):
            best[id(p)] = (p, ordered, found)
    for p, ordered, found in best.values():
        p.ordered = ordered
        _take(p, found)


def _ways(page: Page) -> tuple[bool, ...]:
    """With the order of inputs, without it, or both: whichever may turn out best."""
    heads = Counter(wire.head for wire in page.wires)
    tails = Counter(wire.tail for wire in page.wires)
    if len(page.boxes) > CAREFUL or all(count == 1 for count in heads.values()):
        return (False,)
    # a tree needs no detours for an order
    return (True,) if all(count == 1 for count in tails.values()) else (True, False)


@lru_cache(256)
def _answer(program: str, source: str) -> dict[str, Any]:
    """What the engine says; blocks of the same form ask the same, whatever their ids are."""
    answer: dict[str, Any] = json.loads(call(program, source, "json0"))
    return answer


def _take(page: Page, found: dict[str, Any]) -> None:
    """Writes the places that the engine found into the page."""
    _, _, page.width, page.height = map(float, found["bb"].split(","))
    ports = _ports(page)
    for item in found.get("objects", []):
        number = int(item["name"]) if item["name"].isdecimal() else -1  # ranks have names, too
        if 0 <= number < len(page.boxes):
            box = page.boxes[number]
            box.x, box.y = _point(item["pos"], page.height)
        elif number >= 0:
            page.ports[ports[number - len(page.boxes)]] = _point(item["pos"], page.height)
        if item["name"].startswith("cluster_"):
            left, bottom, right, top = map(float, item["bb"].split(","))
            place = left, page.height - top, right - left, top - bottom
            page.clusters[int(item["name"].partition("_")[2])].place = place
    for item in found.get("edges", []):
        if "id" not in item:
            continue
        wire, points = page.wires[int(item["id"])], item["pos"].split()
        wire.points = [_point(p, page.height) for p in points if p[0] not in "es"]
        if "lp" in item:
            wire.spot = _point(item["lp"], page.height)
    for wire, first in zip(page.wires, _bundled(page)):
        wire.points = page.wires[first].points
    _tighten(page)
    places = {box.id: (box.x, box.y) for box in page.boxes}
    sizes = {box.id: size_of(page, box) for box in page.boxes}
    ways = [wire.points for wire in page.wires]
    page.base = Base(page.width, page.height, places, sizes, dict(page.ports), ways)


def _tighten(page: Page) -> None:
    """Moves the ports of a frame near to what is in it: ranks leave more room than they need."""
    if not page.ports:
        return
    along = 0 if page.direction == "LR" else 1
    places = [((box.x, box.y)[along], size_of(page, box)[along] / 2) for box in page.boxes]
    first, last = min(at - half for at, half in places), max(at + half for at, half in places)
    start = max((p[along] for id, p in page.ports.items() if id[0] == "<"), default=first)
    end = min((p[along] for id, p in page.ports.items() if id[0] == ">"), default=last)
    near, far = min(first - start, NEAR), min(end - last, NEAR)

    def moved(point: tuple[float, float]) -> tuple[float, float]:
        at = point[along]
        new = at - (first - start - near)
        if at < first:
            new = start + (at - start) * near / (first - start) if at > start else at
        elif at > last:
            new = (
                last
                - (first - start - near)
                + (at - last) * (far / (end - last) if end > last else 1)
            )
        return (new, point[1]) if along == 0 else (point[0], new)

    for box in page.boxes:
        box.x, box.y = moved((box.x, box.y))
    page.ports = {id: moved(point) for id, point in page.ports.items()}
    for wire in page.wires:
        wire.points = [moved(point) for point in wire.points]
        wire.spot = moved(wire.spot)
    page.width, page.height = moved((page.width, page.height))


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
