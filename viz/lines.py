"""Records a notebook cell line by line: which nodes each line made, and what `backward()` did.

A trace of it has two more entries: "source", the cell's text, and "lines", what happened in order:

    {"line": 3, "made": [id, …], "older": [id, …], "gone": [id, …], "values": {id: VALUE}, "grads":
     {id: VALUE or null}, "sets": {name: text}, "run": number or null, "error": text or null}

`line` counts from 1. `made` are the nodes that are new since this line, `older` those of them that
an earlier cell made, `gone` those that no variable leads to any more, `values` and `grads` what
changed in tensors and in the `.grad` of leaves. `sets` are variables that have no node: numbers,
words, and tensors that require no grad. `run` is the run in "runs" that the line called. A node
that a loop makes again has the same id again, when the one before was used up or is gone. "note"
says why the rest is missing, if it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .graph import MOST, Graph, GraphEdge, GraphNode, keys_of, walk
from .names import Names, _found, is_tensor
from .page import clean
from .player import Animation
from .record import Recording, keep_constants
from .values import Value, number, spoken, value_of
from .watch import Run

LINES = 400  # lines that are told one by one; further ones still run


class Lines(Recording):
    """The recording of one cell. `see` is called as each line ends."""

    def __init__(self, source: str, namespace: Mapping[str, Any], *, quiz: bool = False) -> None:
        super().__init__()
        self.source, self.quiz, self.note = source, quiz, ""
        self.line = 1
        self.lines: list[dict[str, Any]] = []
        self._before = {k: (v, v.grad_fn if is_tensor(v) else None) for k, v in namespace.items()}
        self._tensors = {id(tensor): tensor for _, tensor in _found(namespace)}
        self._older: set[str] = set()  # leaves that are among these
        self._boxes: dict[Any, list[str]] = {}  # by what a node was made from
        self._leaves: dict[str, Any] = {}
        self._there: set[str] = set()  # what is in the picture now
        self._spent: set[str] = set()  # what a backward() has used up
        self._fresh: list[str] = []
        self._told: dict[str, tuple[Value | None, Value | None]] = {}  # values and grads
        self._wrote = 0  # entries when the current line began
        self._plain = _plain([namespace], {})  # variables without a node

    @property
    def trace(self) -> dict[str, Any]:
        """As in record.py, with "source" and "lines"."""
        told = {**super().trace, "source": self.source, "lines": self.lines}
        return told | ({"note": self.note} if self.note else {})

    def animation(  # type: ignore[override]  # a cell is replayed as a whole
        self, *, direction: str | None = None, quiz: bool = False
    ) -> Animation:
        """The replay: the source beside the graph that it makes."""
        return Animation.of(self.trace, self.graph, direction=direction, quiz=quiz)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.animation(quiz=self.quiz)._repr_mimebundle_()

    def __repr__(self) -> str:
        return str(self.animation())

    def start(self, line: int) -> None:
        """This line is about to run."""
        self.line, self._wrote = line, len(self.lines)

    def see(self, line: int, namespaces: Sequence[Mapping[str, Any]]) -> None:
        """This line has run: compares what the variables lead to with what they led to before."""
        if len(self.lines) >= LINES:
            self.note = f"The lines after these {LINES} are not shown."
            return
        self.line = line
        names: dict[str, Any] = {}
        for name, value in (item for space in reversed(namespaces) for item in space.items()):
            names.pop(name, None)  # what a function calls a tensor comes after its name outside
            names[name] = value
        found = Names(namespace=names)
        roots = [t for t in self._changed(names) if t.requires_grad]
        graph = _without_outputs(walk(roots, found)) if roots else Graph()
        graph.keys = keys_of(graph)
        if graph.cut:
            raise ValueError(f"this graph has more than {MOST:,} nodes, too many to watch")
        new, _ = self._merge(graph)
        reached = set(new.values())
        gone = sorted((self._there - reached - self._leaves.keys()), key=_number)
        self._there = reached | self._leaves.keys()
        values = {new[n.id]: n.value for n in graph.nodes if n.value is not None}
        old, self._plain = self._plain, _plain(namespaces, self._plain)
        sets = {k[1]: told[1] for k, told in self._plain.items() if told != old.get(k)}
        self._write(gone=gone, values=values, sets=sets)

    def give_up(self, error: Exception) -> None:
        """Further lines run without being watched."""
        self.note = f"From here on the cell was not watched: {error}."

    def fail(self, error: str) -> None:
        """The line that is running raised."""
        self.lines.append(_entry(self.line, error=error))

    def add(self, run: Run, *, retain_graph: bool, create_graph: bool) -> None:
        """Takes in a backward() that the current line has called."""
        super().add(run, retain_graph=retain_graph, create_graph=create_graph)
        told = self.runs[-1]
        if len(self.lines) >= LINES:
            return
        values = {id: value for id, value in told["values"].items() if id in self._there}
        if self._fresh:
            self._write(values=values, leaves=self._fresh)
        self.lines.append(_entry(self.line, run=len(self.runs) - 1))
        for step in told["steps"]:
            if step["kind"] == "accumulate":
                self._told[step["node"]] = (self._told[step["node"]][0], step["after"])
        if not retain_graph:
            self._spent |= self._there.intersection(told["nodes"]) - self._leaves.keys()

    def finish(self) -> None:
        """Gives each end of the graph the box of its tensor, which comes and goes with its op."""
        self._tell_names_apart()
        consumed = {edge.target for edge in self.graph.edges}
        for node in list(self.graph.nodes):
            if node.kind == "op" and node.id not in consumed:
                box = GraphNode(f"n{len(self.graph.nodes)}", "output", None, node.name, node.shape,
                                node.dtype, node.value)  # fmt: skip
                self.graph.nodes.append(box)
                self._edge(box.id, node.id, 0, 0)
        outputs: dict[str, list[str]] = {}
        kinds = {node.id: node.kind for node in self.graph.nodes}
        for edge in self.graph.edges:
            if kinds[edge.source] == "output":
                outputs.setdefault(edge.target, []).append(edge.source)
        self.graph.roots = [id for ids in outputs.values() for id in ids] or self.graph.roots
        for entry in self.lines:
            for list_ in (entry["made"], entry["gone"]):
                ops = [id for id in list_ if kinds[id] != "output"]
                list_[:] = [each for id in ops for each in (id, *outputs.get(id, ()))]
            for id in list(entry["values"]):
                for output in outputs.get(id, ()):
                    entry["values"][output] = entry["values"][id]

    def _tell_names_apart(self) -> None:
        """A name that went on to another result says, at the earlier one, which line gave it."""
        made: dict[str, int] = {}
        for entry in self.lines:
            for id in entry["made"]:
                made.setdefault(id, entry["line"])
        held: dict[str, list[GraphNode]] = {}
        for node in self.graph.nodes:
            if node.kind == "op" and node.name and node.id in made:
                held.setdefault(node.name, []).append(node)
        for name, nodes in held.items():
            earlier = [made[node.id] for node in nodes[:-1]]
            for i, (node, line) in enumerate(zip(nodes, earlier)):
                again = earlier[:i].count(line) + 1
                which = f", time {again}" if earlier.count(line) > 1 else ""
                node.name = f"{name} (line {line}{which})"

    def _changed(self, names: Mapping[str, Any]) -> Iterator[Any]:
        """Tensors that this cell has made, or has given another history."""
        new = {}
        for name, value in names.items():
            old, grad_fn = self._before.get(name, (None, None))
            if old is not value or (is_tensor(value) and value.grad_fn is not grad_fn):
                new[name] = value
        for _, tensor in _found(new):
            yield tensor

    def _write(
        self,
        *,
        gone: list[str] | None = None,
        values: Mapping[str, Any],
        sets: Mapping[str, str] | None = None,
        leaves: Iterable[str] | None = None,
    ) -> None:
        """Adds an entry with what is new, if anything is, or if the line has no entry yet."""
        now: dict[str, tuple[Value | None, Value | None]]
        now = {id: (value, None) for id, value in values.items() if id not in self._leaves}
        for id in self._leaves.keys() if leaves is None else self._leaves.keys() & leaves:
            leaf = self._leaves[id]
            grad = leaf.grad if leaf.is_leaf and leaves is None else None
            now[id] = (value_of(leaf), None if grad is None else value_of(grad))
        old = {id: self._told.get(id, (None, None)) for id in now}
        entry = _entry(
            self.line,
            made=sorted(set(self._fresh), key=_number),
            older=sorted(self._older.intersection(self._fresh), key=_number),
            gone=gone or [],
            values={id: v for id, (v, _) in now.items() if v != old[id][0]},
            grads={id: g for id, (_, g) in now.items() if g != old[id][1]},
            sets=sets or {},
        )
        self._told |= now
        self._fresh = []
        if len(self.lines) == self._wrote or any(
            entry[key] for key in ("made", "gone", "values", "grads", "sets")
        ):
            self.lines.append(entry)

    def _merge(self, graph: Graph) -> tuple[dict[str, str], bool]:
        """Gives each node its box, that of an earlier node made alike if this is no more."""
        new: dict[str, str] = {}
        inputs: dict[str, list[GraphEdge]] = {}
        for edge in graph.edges:
            inputs.setdefault(edge.source, []).append(edge)
        again = False
        for node in _inputs_first(graph, inputs):
            key, edges = graph.keys[node.id], inputs.get(node.id, [])
            if key not in self._ids:
                made_from = tuple((new[e.target], e.input, e.output) for e in edges)
                place = (node.kind, node.op, node.name if node.kind == "output" else "", made_from)
                again |= self._box(place, node, key)
            new[node.id] = self._ids[key]
            if node.kind == "leaf":
                leaf = self._leaves[new[node.id]] = graph.handles[node.id].variable
                if id(leaf) in self._tensors:
                    self._older.add(new[node.id])
            for e in edges:
                self._edge(new[node.id], new[e.target], e.input, e.output)
        for root in graph.roots:
            if new[root] not in self.graph.roots:
                self.graph.roots.append(new[root])
        self._alive.append(graph.handles)
        return {node.id: new[node.id] for node in graph.nodes}, again

    def _box(self, place: Any, node: GraphNode, key: Any) -> bool:
        """Finds or makes the box of a new node; True for one that was there before."""
        known = self._boxes.setdefault(place, []) if node.kind != "leaf" else []
        free = [id for id in known if id in self._spent or id not in self._there]
        id = free[0] if free else f"n{len(self.graph.nodes)}"
        if free:
            keep_constants(self.graph.node(id), node)
        else:
            known.append(id)
            self.graph.nodes.append(GraphNode(**{**vars(node), "id": id}))
        self._ids[key] = id
        self._spent.discard(id)
        if node.kind != "output":  # these come and go with their ops: see finish()
            self._there.add(id)
            self._fresh.append(id)
        return bool(free)


def _entry(line: int, **told: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "made": [],
        "older": [],
        "gone": [],
        "values": {},
        "grads": {},
        "sets": {},
        "run": None,
        "error": None,
    }
    return {"line": line, **empty, **told}


Variable: TypeAlias = "tuple[int, str]"  # how deep in calls of functions, and the name
Told: TypeAlias = "tuple[Any, str]"  # what tells that a variable is as it was, and its value


def _plain(
    spaces: Sequence[Mapping[str, Any]], old: Mapping[Variable, Told]
) -> dict[Variable, Told]:
    """The variables that no node stands for."""
    found: dict[Variable, Told] = {}
    for level, space in enumerate(reversed(spaces)):
        for name, value in space.items():
            if name[:1] == "_":
                continue
            at = level, name
            if isinstance(value, str):
                found[at] = (value, repr(clean(value)))
            elif isinstance(value, (int, float)):
                found[at] = (value, number(value))
            elif is_tensor(value) and not value.requires_grad:
                key = (id(value), getattr(value, "_version", 0))
                same = at in old and old[at][0] == key
                found[at] = old[at] if same else (key, spoken(value_of(value)))
    return found


def _number(id: str) -> int:
    return int(id[1:])


def _without_outputs(graph: Graph) -> Graph:
    outputs = {node.id for node in graph.nodes if node.kind == "output"}
    return Graph(
        [node for node in graph.nodes if node.id not in outputs],
        [edge for edge in graph.edges if edge.source not in outputs],
        [],
        graph.cut,
        graph.handles,
    )


def _inputs_first(graph: Graph, inputs: Mapping[str, list[GraphEdge]]) -> Iterator[GraphNode]:
    """The nodes, each after all that it was made from. A loop, for chains may be long."""
    nodes = {node.id: node for node in graph.nodes}
    done: set[str] = set()
    for start in nodes:
        stack = [start]
        while stack:
            id = stack[-1]
            waiting = [e.target for e in inputs.get(id, []) if e.target not in done]
            if id in done:
                stack.pop()
            elif waiting:
                stack += waiting
            else:
                done.add(stack.pop())
                yield nodes[id]
