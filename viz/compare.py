"""compare(): two recordings replayed side by side, and the first edge on which they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from itertools import zip_longest
from typing import Any

import numpy as np

from . import layout
from .graph import Graph, GraphEdge, GraphNode
from .options import explained
from .page import clean
from .player import Animation
from .player.frames import Frame, frames, notes
from .theme import SANS
from .values import Value, number, spoken

GAP = 16  # pixels between the two pictures
WIDTH = 1060  # that both may take together: what a player takes at most
TITLE = 26  # pixels for the name above each
RTOL, ATOL = 1e-4, 1e-6  # two engines may differ in the last digits


@explained
def compare(a: Any, b: Any, *, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Replays two recordings (or their traces) side by side, step by step.

    The first edge on which they differ is marked with ≠; `.difference` tells it, or is None
    (also where only names differ: the first step tells such a name).
    `names` are what the two are called. Numbers that agree to four digits count as equal.
    Raises TypeError for what is no recording, ValueError for one of nothing.
    """
    return Comparison(_trace(a), _trace(b), names)


class Comparison(Animation):
    """Two replays as one. Shows itself in Jupyter; `save` makes a file of it."""

    def __init__(self, a: dict[str, Any], b: dict[str, Any], names: tuple[str, str]) -> None:
        self.names = names
        self.traces = a, b
        self.difference: str | None = None
        self._at, self._edges = -1, ("", "")
        if found := _first_difference(a, b):
            self._at, self._edges, self.difference = found
        told = [frames(trace) for trace in self.traces]
        graphs = [_graph(trace) for trace in self.traces]
        rooms = [self._room(one) for one in told]
        pictures = [layout.svg(graph, replay=room) for graph, room in zip(graphs, rooms)]
        if _across(pictures) > layout.WIDTH:  # running downwards they may stand side by side
            down = [
                layout.svg(graph, direction="TB", replay=room) for graph, room in zip(graphs, rooms)
            ]
            pictures = min(pictures, down, key=_across)
        self._offset = 1 + max(len(graph.nodes) + len(graph.edges) for graph in graphs)
        super().__init__(a, _beside(pictures[0], _moved(pictures[1], self._offset), names))
        self.label = "Two backward passes, side by side"
        self.title = f"{names[0]} and {names[1]}, step by step"

    @staticmethod
    def _room(told: list[Frame]) -> dict[str, list[str]]:
        """Room for all that is written, with a mark before it."""
        return {key: [*texts, *(f"≠ {text}" for text in texts if key.endswith("label"))]
                for key, texts in notes(told).items()}  # fmt: skip

    @cached_property
    def frames(self) -> list[Frame]:
        """The stops of both, in step."""
        pairs = zip_longest(*(frames(trace) for trace in self.traces))
        return [self._both(i, *pair) for i, pair in enumerate(pairs)]

    def _both(self, at: int, a: Frame | None, b: Frame | None) -> Frame:
        found = [(0, a), (self._offset, b)]
        changes: dict[str, str] = {}
        terms: list[tuple[str, ...]] = []
        words = []
        for (offset, frame), name in zip(found, self.names):
            if frame is None:
                words.append(f"{name} has ended.")
                continue
            changes |= {_shifted(key, offset): value for key, value in frame.changes.items()}
            words.append(frame.text)
            terms += [(f"{name}: {head}", *lines) for head, *lines in frame.terms]
        text = words[0]
        if words[0] != words[1]:
            text = " · ".join(f"{name}: {word}" for name, word in zip(self.names, words))
        if at == 0:
            text = self.difference or _alike(*self.traces, self.names)
        if at == self._at:
            text = f"{self.difference} {text}"
            for edge, offset in zip(self._edges, (0, self._offset)):
                key = _shifted(f"{edge}-label", offset)
                if key in changes:
                    changes[key] = f"≠ {changes[key]}"
        if a is not None and b is not None and a.terms == b.terms:
            terms = a.terms
        one = a or b
        assert one is not None
        kind = one.kind if at != self._at else "differs"
        nodes = [_shifted(frame.focus, offset) for offset, frame in found if frame]
        focus = " ".join(nodes) if at else ""  # at the start both are seen from their beginning
        return Frame(kind, text, focus, changes, terms, one.queue)


def _trace(x: Any) -> dict[str, Any]:
    found = x if isinstance(x, Mapping) else getattr(x, "trace", None)
    if not isinstance(found, Mapping) or "runs" not in found:
        raise TypeError(
            f"compare takes what viz.record() or viz.animate() gave, or their traces, "
            f"not {type(x).__name__}"
        )
    if not found["runs"]:
        raise ValueError("nothing to compare: no backward() was recorded")
    return {key: value for key, value in found.items() if key not in ("lines", "source")}


def _first_difference(
    a: dict[str, Any], b: dict[str, Any]
) -> tuple[int, tuple[str, str], str] | None:
    """(number of its frame, the edge in either trace, the sentence), or None."""
    at = 0
    for run_a, run_b in zip_longest(a["runs"], b["runs"]):
        at += 1  # the frame that opens the run
        if run_a is None or run_b is None:
            return at - 1, ("", ""), "They differ in the number of calls."
        for step_a, step_b in zip_longest(run_a["steps"], run_b["steps"]):
            if step_a is None or step_b is None:
                return at - 1, ("", ""), "They differ in the number of steps."
            if found := _step_differs(a, b, step_a, step_b):
                return (at, *found)
            at += 1
        at += bool(run_a["error"])
    return None


def _step_differs(
    a: dict[str, Any], b: dict[str, Any], step_a: dict[str, Any], step_b: dict[str, Any]
) -> tuple[tuple[str, str], str] | None:
    """(the edges, the sentence) where two steps are not the same."""
    at_a, at_b = _called(a, step_a["node"]), _called(b, step_b["node"])
    kinds = (step_a["kind"], _op(a, step_a["node"])), (step_b["kind"], _op(b, step_b["node"]))
    if kinds[0] != kinds[1]:
        if at_a == at_b and kinds[0][1] != kinds[1][1]:
            at_a, at_b = f"{at_a} ({kinds[0][1]})", f"{at_b} ({kinds[1][1]})"
        return ("", ""), f"First difference: one goes to {at_a}, the other to {at_b}."
    if step_a["kind"] == "seed" and not _same(step_a["grad"], step_b["grad"]):
        edges = step_a["edge"] or "", step_b["edge"] or ""
        return edges, _differ(f"the pass starts at {at_a}", step_a["grad"], step_b["grad"])
    for sent_a, sent_b in zip_longest(step_a.get("sends", ()), step_b.get("sends", ())):
        if sent_a is None or sent_b is None:
            return ("", ""), f"First difference: {at_a} sends to more inputs in one than the other."
        if not _same(sent_a["grad"], sent_b["grad"]):
            where = f"on the edge from {at_a} to {_called(a, _target(a, sent_a['edge']))}"
            return (sent_a["edge"], sent_b["edge"]), _differ(where, sent_a["grad"], sent_b["grad"])
    for key in ("after", "grad") if step_a["kind"] in ("accumulate", "result") else ():
        if not _same(step_a.get(key), step_b.get(key)):
            return ("", ""), _differ(f"at {at_a}", step_a[key], step_b[key])
    return None


def _alike(a: dict[str, Any], b: dict[str, Any], names: tuple[str, str]) -> str:
    """The sentence for two passes of the same numbers; it tells the first name that is another."""
    text = "Both passes are the same, step by step"
    for run_a, run_b in zip(a["runs"], b["runs"]):
        for step_a, step_b in zip(run_a["steps"], run_b["steps"]):
            one, other = (_node(t, s["node"])["name"] for t, s in ((a, step_a), (b, step_b)))
            if one and other and one != other:
                told = f"{clean(one)} in {names[0]} is {clean(other)} in {names[1]}"
                return f"{text}. Only a name differs: {told}."
    return f"{text}."


def _differ(where: str, a: Value | None, b: Value | None) -> str:
    return f"First difference, {where}: {_apart(a, b)}."


def _apart(a: Value | None, b: Value | None) -> str:
    """Two gradients that differ; by how much, where their words do not tell it."""
    told = ["None" if value is None else spoken(value) for value in (a, b)]
    words = f"{told[0]} and {told[1]}"
    if a is None or b is None or a["shape"] != b["shape"]:
        return words
    if a["data"] is None or b["data"] is None:
        return f"{a['text']} and {b['text']}"
    if unsaid := next((text for text in told if text.startswith("a ")), ""):
        words = f"two {unsaid.removeprefix('a ')}s"
    elif told[0] != told[1]:
        return words
    one, other = _array(a), _array(b)
    if (np.isnan(one) != np.isnan(other)).any():
        return f"{words}, and nan stands in one where the other has a number"
    with np.errstate(invalid="ignore"):  # inf - inf
        most = np.nanmax(np.abs(one - other))
    return f"{words}, which differ by {number(most)} at most"


def _same(a: Value | None, b: Value | None) -> bool:
    if a is None or b is None:
        return a is b
    if a["shape"] != b["shape"]:
        return False
    if a["data"] is None or b["data"] is None:
        return bool(a["text"] == b["text"])
    return np.allclose(_array(a), _array(b), rtol=RTOL, atol=ATOL, equal_nan=True)


def _array(value: Value) -> np.ndarray:
    return np.array(_floats(value["data"]), dtype=complex)


def _floats(data: Any) -> Any:
    return [_floats(x) for x in data] if isinstance(data, list) else complex(data)


def _node(trace: dict[str, Any], id: str) -> dict[str, Any]:
    return next(node for node in trace["graph"]["nodes"] if node["id"] == id)


def _op(trace: dict[str, Any], id: str) -> str | None:
    op: str | None = _node(trace, id)["op"]
    return op


def _called(trace: dict[str, Any], id: str) -> str:
    node = _node(trace, id)
    return clean(node["name"] or node["op"] or "the output")


def _target(trace: dict[str, Any], edge: str) -> str:
    target: str = next(e["target"] for e in trace["graph"]["edges"] if e["id"] == edge)
    return target


def _graph(trace: dict[str, Any]) -> Graph:
    """The graph that a trace tells of, for the layout."""
    nodes = [
        GraphNode(n["id"], n["kind"], n["op"], n["name"],
                  None if n["shape"] is None else tuple(n["shape"]), n["dtype"], n["value"],
                  [rule for rule in n["rule"].split("; ") if rule])
        for n in trace["graph"]["nodes"]
    ]  # fmt: skip
    edges = [GraphEdge(**edge) for edge in trace["graph"]["edges"]]
    roots = list(dict.fromkeys(root for run in trace["runs"] for root in run["roots"]))
    return Graph(nodes, edges, roots)


def _shifted(key: str, offset: int) -> str:
    """`e2-label` for 100: `e102-label`."""
    return re.sub(r"\d+", lambda m: str(int(m[0]) + offset), key, count=1) if offset else key


def _moved(svg: str, offset: int) -> str:
    """The same picture with other ids."""
    ids = r'( (?:id|data-node)=")([neg]\d+)'
    return re.sub(ids, lambda m: m[1] + _shifted(m[2], offset), svg)


def _size(svg: str) -> tuple[float, float]:
    w, h = re.findall(r'viewBox="0 0 (\S+) (\S+)"', svg)[0]
    return float(w), float(h)


def _across(pictures: Sequence[str]) -> float:
    """How wide two pictures are beside each other."""
    return sum(_size(svg)[0] for svg in pictures) + GAP


def _beside(a: str, b: str, names: tuple[str, str]) -> str:
    """Two pictures as one, beside each other or one above the other, each below its name."""
    (w1, h1), (w2, h2) = map(_size, (a, b))
    across = _across([a, b]) <= WIDTH
    wide, high = (w1 + GAP + w2, max(h1, h2)) if across else (max(w1, w2), h1 + TITLE + h2)
    places = [(0.0, TITLE), (w1 + GAP, TITLE) if across else (0.0, 2 * TITLE + h1)]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="viz-graph" role="img" '
        f'aria-label="{escape(clean(" and ".join(names), 80))}" viewBox="0 0 {wide:g} '
        f'{high + TITLE:g}" width="{wide:g}" height="{high + TITLE:g}">'
    ]
    bold = f'class="name" font-size="15" font-weight="bold" font-family="{escape(SANS)}"'
    for svg, name, (x, y) in zip((a, b), names, places):
        out.append(f'<text x="{x + 14:g}" y="{y - 8:g}" {bold}>{escape(clean(name))}</text>')
        out.append(svg.replace("<svg", f'<svg x="{x:g}" y="{y:g}"', 1))
    return "\n".join([*out, "</svg>"])
