"""A trace as a folded picture shows it: each closed group is one box, and its steps are one step.

A box of kind "group" receives what comes into the group and sends what leaves it. What happens
inside, and the `.grad`s of the leaves there, its one sentence sums up; `Inside` tells it in full,
as a trace of its own whose steps all come before the one step of the box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from .fold import ROOM, Group
from .graph import Graph, GraphEdge, GraphNode
from .values import Value, shape_text, spoken, value_of_array
from .watch import queues

Step: TypeAlias = "dict[str, Any]"
MOST = 3  # targets, and leaves inside, that a sentence names


@dataclass
class Inside:
    """What one closed box holds: a graph with what is around it as boxes of kind "more"."""

    id: str  # of the group
    box: str  # where it stands in the picture around
    title: str
    trace: dict[str, Any]  # as many runs; their first steps are of kind "enter"
    graph: Graph
    framed: list[Group]  # its modules, where nothing inside is folded
    insides: list[Inside]
    ids: dict[str, str]  # {id of a node outside: its id inside}
    shown: dict[str, str]  # {that id: the id of its box}, where some are folded inside


@dataclass
class Closed:
    """A trace and its graph with the closed groups as boxes."""

    trace: dict[str, Any]
    graph: Graph
    box: dict[str, str]  # {id: the id of its box}
    insides: list[Inside]


def closed(trace: Mapping[str, Any], graph: Graph, root: Group) -> Closed:
    """The trace as the picture shows it in which some groups are closed."""
    fewer = _Closed(trace, graph, root)
    runs = [_Run(fewer, run).told() for run in trace["runs"]]
    told = {**trace, "graph": fewer.graph.plain(), "runs": runs}
    insides = [_Opened(fewer, trace, box).told() for box in fewer.inside]
    return Closed(told, fewer.graph, fewer.box, insides)


class _Closed:
    """The smaller graph, and where each node and edge of the larger one is in it."""

    def __init__(self, trace: Mapping[str, Any], graph: Graph, root: Group) -> None:
        self.before = graph
        self.root = root
        self.nodes = {node.id: node for node in graph.nodes}
        group = self._groups()
        order = {id: group.get(id) for id in self.nodes}
        self.box: dict[str, str] = {}  # by node
        self.inside: dict[str, list[str]] = {}  # by the box of a group: its nodes
        self.graph = Graph()
        self.group: dict[str, Group] = {}  # by its box
        boxes: dict[str, str] = {}  # by group
        for id, home in order.items():
            if home is None:
                self.box[id] = self._add(self.nodes[id])
                continue
            if home.id not in boxes:
                boxes[home.id] = self._add(self._as_node(home))
                self.group[boxes[home.id]] = home
            self.box[id] = boxes[home.id]
            self.inside.setdefault(boxes[home.id], []).append(id)
        self.edge: dict[str, str | None] = {}  # of those inside a group, None
        self._connect()
        self.graph.roots = [self.box[id] for id in graph.roots]

    def _groups(self) -> dict[str, Group]:
        """{node: the outermost closed group that it is in}, with leaves that are used there only"""
        found: dict[str, Group] = {}
        for group in (self.root, *self.root.groups()):
            if not group.open:
                for id in group.nodes():
                    found.setdefault(id, group)  # the outer ones come first
        for id in self.before.roots:
            found.pop(id, None)
        users: dict[str, set[int]] = {}
        for edge in self.before.edges:
            home = found.get(edge.source)
            users.setdefault(edge.target, set()).add(-1 if home is None else id_of(home))
        known = {id_of(group): group for group in found.values()}
        for node in self.before.nodes:
            homes = users.get(node.id, {-1})
            if node.kind == "leaf" and len(homes) == 1 and -1 not in homes:
                found[node.id] = known[next(iter(homes))]
        return found

    def _add(self, node: GraphNode) -> str:
        id = f"n{len(self.graph.nodes)}"
        self.graph.nodes.append(replace(node, id=id))
        return id

    def _as_node(self, group: Group) -> GraphNode:
        count = sum(1 for _ in group.nodes())
        operations = f"{count:,} operation{'s' * (count > 1)}"
        label = group.label or operations
        facts = [group.detail, "" if label == operations else operations]
        return GraphNode("", "group", label, label, rules=[fact for fact in facts if fact])

    def _connect(self) -> None:
        """One edge for all that a box sends to the same place: an output of a node, or a leaf."""
        known: dict[tuple[str, str, int], str] = {}
        outputs: dict[str, dict[tuple[str, int], int]] = {}
        inputs = Counter[str]()
        for edge in self.before.edges:
            source, target = self.box[edge.source], self.box[edge.target]
            if source == target:
                self.edge[edge.id] = None
                continue
            plain = source not in self.inside
            way = (edge.id if plain else source, edge.target, edge.output)
            if way not in known:
                output = edge.output
                if target in self.inside:  # what comes to different nodes inside stays apart
                    places = outputs.setdefault(target, {})
                    output = places.setdefault((edge.target, edge.output), len(places))
                input = edge.input if plain else inputs[source]
                inputs[source] += 1
                known[way] = f"e{len(known)}"
                self.graph.edges.append(GraphEdge(known[way], source, target, input, output))
            self.edge[edge.id] = known[way]


def id_of(group: Group) -> int:
    return int(group.id[1:])


@dataclass
class _Sum:
    """Gradients that are added up, as far as their numbers are known."""

    values: list[Value] = field(default_factory=list)

    def value(self) -> Value:
        if len(self.values) == 1:
            return self.values[0]
        first = self.values[0]
        if all(v["data"] is not None for v in self.values):
            arrays = [np.array(_floats(v["data"]), dtype=complex) for v in self.values]
            total = sum(arrays[1:], arrays[0])
            if "complex" not in first["dtype"]:
                total = total.real
            return value_of_array(total, tuple(first["shape"]), first["dtype"])
        shape = shape_text(first["shape"])
        text = f"{shape} the sum of {len(self.values)}"
        return {"shape": first["shape"], "dtype": first["dtype"], "text": text, "short": shape,
                "data": None}  # fmt: skip


class _Run:
    """One run with its groups closed."""

    def __init__(self, fewer: _Closed, run: Mapping[str, Any]) -> None:
        self.fewer, self.run = fewer, run
        self.edges = {edge.id: edge for edge in fewer.graph.edges}
        self.names = {node.id: _called(node) for node in fewer.graph.nodes}

    def told(self) -> dict[str, Any]:
        box, inside = self.fewer.box, self.fewer.inside
        nodes = dict.fromkeys(box[id] for id in self.run["nodes"])
        steps = self._in_order(self._merged())
        self._add_up(steps)
        for step, ready in zip(steps, queues(self.edges, steps)):
            if step["kind"] != "seed":
                step["ready"] = ready
            if "inner" in step:
                step["text"] = self._text(step)
                del step["inner"]
        values = {box[id]: v for id, v in self.run["values"].items() if box[id] not in inside}
        roots = [box[id] for id in self.run["roots"]]
        return {**self.run, "root": box[self.run["root"]], "roots": roots,
                "nodes": sorted(nodes, key=lambda id: int(id[1:])), "values": values,
                "steps": steps}  # fmt: skip

    def _merged(self) -> list[Step]:
        """The steps of the boxes; those inside a group as one, where the last of them stands."""
        box, inside = self.fewer.box, self.fewer.inside
        last = {box[step["node"]]: i for i, step in enumerate(self.run["steps"])
                if step["kind"] == "apply"}  # fmt: skip
        own: dict[str, list[Step]] = {}
        found: list[Step] = []
        for i, step in enumerate(self.run["steps"]):
            at = box[step["node"]]
            if step["kind"] == "seed":
                edge = self.fewer.edge.get(step["edge"] or "")
                found.append({**step, "node": at, "edge": edge})
            elif at not in inside:
                found.append(self._moved(step, at))
            elif step["kind"] == "result":
                found.append({**step, "node": at})
            else:
                own.setdefault(at, []).append(step)
                if i == last.get(at):
                    found.append(self._group(at, own[at]))
        return found

    def _moved(self, step: Step, at: str) -> Step:
        moved = {**step, "node": at}
        if "sends" in step:
            moved["sends"] = [
                {**send, "edge": self.fewer.edge[send["edge"]]} for send in step["sends"]
            ]
            ways = [self.edges[send["edge"]].target for send in moved["sends"]]
            into = [self.names[id] for id in dict.fromkeys(ways) if id in self.fewer.inside]
            moved["text"] += f" That enters {_listed(into)}, folded." if into else ""
        return moved

    def _group(self, at: str, steps: list[Step]) -> Step:
        """The one step of a group. `inner` are its steps, some of which may still come."""
        sent: dict[str, _Sum] = {}
        for step in steps:
            for send in step.get("sends", ()):
                edge = self.fewer.edge[send["edge"]]
                if edge is not None:
                    sent.setdefault(edge, _Sum()).values.append(send["grad"])
        sends = [{"edge": edge, "grad": total.value()} for edge, total in sent.items()]
        entered = self._entered(at, steps)
        step = {"kind": "apply", "node": at, "received": entered[0] if entered else None,
                "ready": [], "sends": sends, "frees": [], "inner": steps}  # fmt: skip
        return step | ({"received_all": entered} if len(entered) > 1 else {})

    def _entered(self, at: str, steps: list[Step]) -> list[Value]:
        """What the nodes of a group received from outside of it."""
        box, before = self.fewer.box, self.fewer.before
        fed = {e.target for e in before.edges if box[e.target] == at and box[e.source] != at}
        return [
            step["received"]
            for step in steps
            if step["kind"] == "apply" and step["node"] in fed and step["received"] is not None
        ]

    def _in_order(self, steps: list[Step]) -> list[Step]:
        """Each after all that sends to it: a group is done later than its first gradients were."""
        senders: dict[str, list[int]] = {}
        for i, step in enumerate(steps):
            for send in step.get("sends", ()):
                senders.setdefault(self.edges[send["edge"]].target, []).append(i)
        done: dict[int, None] = {}
        for start in range(len(steps)):
            stack = [start]
            while stack:
                i = stack[-1]
                waits = [] if steps[i]["kind"] == "seed" else senders.get(steps[i]["node"], [])
                first = [j for j in waits if j not in done and j not in stack]
                if first:
                    stack += reversed(first)
                else:
                    done[stack.pop()] = None
        return [steps[i] for i in done]

    def _add_up(self, steps: list[Step]) -> None:
        """The sum at each send's target, in the order that the boxes have now."""
        places = [
            (send, (edge.target, edge.output))
            for step in steps
            for send in step.get("sends", ())
            for edge in [self.edges[send["edge"]]]
        ]
        left = Counter(place for _, place in places)
        came = {step["node"]: step.get("received", step.get("incoming")) for step in steps
                if step["kind"] in ("apply", "accumulate") and "inner" not in step}  # fmt: skip
        sums: dict[tuple[str, int], _Sum] = {}
        for send, place in places:
            total = sums.setdefault(place, _Sum())
            total.values.append(send["grad"])
            left[place] -= 1
            several = len(total.values) > 1
            whole = came.get(place[0]) if several and not left[place] and not place[1] else None
            send["sum"] = whole or total.value()

    def _text(self, step: Step) -> str:
        received = step.get("received_all", [step["received"]])
        what = " and ".join(spoken(value) for value in received[:MOST] if value) or "nothing"
        sends = [
            f"{spoken(send['grad'])} to {self.names[self.edges[send['edge']].target]}"
            for send in step["sends"]
        ]
        text = f"{self.names[step['node']]}, folded, receives {what}"
        text += f" and sends {_listed(sends)}." if sends else "."
        leaves = [self.fewer.nodes[s["node"]] for s in step["inner"] if s["kind"] == "accumulate"]
        return text + (f" Inside it, {_written(leaves)}." if leaves else "")


class _Opened:
    """The inside of a closed box: its nodes, and around them what they exchange gradients with."""

    def __init__(self, fewer: _Closed, trace: Mapping[str, Any], box: str) -> None:
        self.fewer, self.box, self.runs = fewer, box, trace["runs"]
        self.graph = Graph()
        self.node: dict[str, str] = {}  # by the id that it has outside
        self.edge: dict[str, str] = {}
        self.giver: dict[str, str] = {}  # by edge from outside: the box that it comes from
        for id in fewer.inside[box]:
            self.node[id] = self._add(fewer.nodes[id])
        around: dict[Any, str] = {}
        outputs: dict[str, dict[tuple[str, int], int]] = {}
        for edge in fewer.before.edges:
            ends = [edge.source in self.node, edge.target in self.node]
            if not any(ends):
                continue
            source, target = (self._end(id, around) for id in (edge.source, edge.target))
            output = edge.output
            if not ends[1]:  # what goes to different nodes of one box outside stays apart
                places = outputs.setdefault(target, {})
                output = places.setdefault((edge.target, edge.output), len(places))
            self.edge[edge.id] = f"e{len(self.edge)}"
            self.graph.edges.append(replace(edge, id=self.edge[edge.id], source=source,
                                            target=target, output=output))  # fmt: skip
            if not ends[0]:
                self.giver[edge.id] = source
        self.graph.roots = list(dict.fromkeys(self.giver.values()))[:1]

    def _add(self, node: GraphNode) -> str:
        id = f"n{len(self.graph.nodes)}"
        self.graph.nodes.append(replace(node, id=id))
        return id

    def _end(self, id: str, around: dict[Any, str]) -> str:
        """A node inside; or a leaf outside, or the box that stands for all else there."""
        if id in self.node:
            return self.node[id]
        node, at = self.fewer.nodes[id], self.fewer.box[id]
        shown = self.fewer.graph.node(at)
        key = id if node.kind == "leaf" else at
        if key not in around:
            other = GraphNode("", "more", None, _called(shown))
            around[key] = self._add(node if node.kind == "leaf" else other)
        return around[key]

    def told(self) -> Inside:
        group = self.fewer.group[self.box]
        root = Group("all", items=[self._mapped(item) for item in group.items], open=True)
        runs = [self._run(run) for run in self.runs]
        trace = {"graph": self.graph.plain(), "runs": runs, "inner": True}
        title, ids = _titled(group), self.node
        found = Inside(group.id, self.box, title, trace, self.graph, [], [], ids, {})
        if len(self.graph.nodes) > ROOM and list(root.groups()):
            inner = closed(trace, self.graph, root)
            found.trace, found.graph, found.insides = inner.trace, inner.graph, inner.insides
            found.shown = inner.box
        else:
            found.framed = [g for g in root.groups() if g.kind == "module"]
        return found

    def _mapped(self, item: str | Group) -> str | Group:
        if isinstance(item, str):
            return self.node[item]
        return replace(item, items=[self._mapped(each) for each in item.items], open=False)

    def _run(self, run: Mapping[str, Any]) -> dict[str, Any]:
        steps = [step for step in run["steps"] if step["kind"] in ("apply", "accumulate")]
        inside = [self._moved(step) for step in steps if step["node"] in self.node]
        told = [*self._entering(run["steps"]), *inside] if inside else []
        edges = {edge.id: edge for edge in self.graph.edges}
        own = set(self.node.values())
        kept = [
            {**step, "sends": [send for send in step.get("sends", ())
                               if edges[send["edge"]].target in own]}
            for step in told
        ]  # fmt: skip
        for step, ready in zip(told, queues(edges, kept)):
            step["ready"] = ready
        all = [node.id for node in self.graph.nodes] if inside else []
        values = {self.node[id]: v for id, v in run["values"].items() if id in self.node}
        return {**run, "root": all[-1] if all else "n0", "roots": self.graph.roots, "nodes": all,
                "values": values, "error": None, "steps": told}  # fmt: skip

    def _moved(self, step: Step) -> Step:
        moved = {**step, "node": self.node[step["node"]]}
        if "sends" in step:
            moved["sends"] = [{**send, "edge": self.edge[send["edge"]]} for send in step["sends"]]
        return moved

    def _entering(self, steps: list[Step]) -> list[Step]:
        """What comes from outside, one step for each box that it comes from."""
        came: dict[str, list[Step]] = {}
        for step in steps:
            for send in step.get("sends") or [{**step, "sum": step.get("grad")}]:
                if giver := self.giver.get(send.get("edge") or ""):
                    moved = {key: send[key] for key in ("grad", "sum")}
                    came.setdefault(giver, []).append({"edge": self.edge[send["edge"]], **moved})
        found = []
        for giver, sends in came.items():
            what = _listed([spoken(send["grad"]) for send in sends])
            name = self.graph.node(giver).name
            found.append({"kind": "enter", "node": giver, "sends": sends, "ready": [],
                          "text": f"From {name} comes {what}."})  # fmt: skip
        return found


def _titled(group: Group) -> str:
    """`layers.3 · Block`"""
    return " · ".join(filter(None, (group.label, group.detail)))


def _written(leaves: list[GraphNode]) -> str:
    """`w.grad and b.grad are written`"""
    told = [f"{leaf.name}.grad" for leaf in leaves if leaf.name][:MOST]
    more = len(leaves) - len(told)
    told += [f"the .grad of {more} {'more ' * bool(told)}leaves"] if more else []
    return f"{_listed(told)} {'is' if len(leaves) == 1 else 'are'} written"


def _called(node: GraphNode) -> str:
    if node.kind == "leaf":
        return node.name or f"a leaf {shape_text(node.shape)}".strip()
    return node.op or node.name or "the output"


def _listed(words: list[str]) -> str:
    if len(words) > MOST + 1:
        words = [*words[:MOST], f"{len(words) - MOST} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _floats(data: Any) -> Any:
    return [_floats(x) for x in data] if isinstance(data, list) else complex(data)
