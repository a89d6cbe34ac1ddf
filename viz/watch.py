"""Watches one call of backward or grad through public hooks, and writes down what the engine does.

Nothing is computed here but sums that check the engine's own, and nothing is changed: every hook
returns None, and is gone when the call has ended, in whatever way it ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import prod
from typing import Any, TypeAlias

import numpy as np

from . import narrate
from .graph import GraphEdge, GraphNode, hooks_of, keys_of, mark_first_odd, saved_by, walk
from .names import Names, is_tensor
from .values import LISTED, Seen, Sums, Value, array_of, number, spoken

Step: TypeAlias = "dict[str, Any]"
LARGE = object()  # a saved tensor of many numbers


class Run:
    """Watches one call of backward: hooks on every node of its graph, and the steps they saw.

    While the engine works, only numbers are kept. `tell` makes the steps of them.
    """

    def __init__(
        self, roots: Sequence[Any], seeds: Sequence[Any], names: Names, call: str = "backward"
    ) -> None:
        self.call = call
        self.steps: list[Step] = []
        self.error: str | None = None
        self._known: dict[int, Sums] = {}
        self._tensors: list[tuple[GraphNode, Seen]] = []  # boxes, and what their tensors hold
        self.graph = walk(roots, names, look_at=self._look_at)
        if self.graph.cut:
            return
        self._nodes = {node.id: node for node in self.graph.nodes}
        self._edges = {(edge.source, edge.input): edge for edge in self.graph.edges}
        self._roots, self._seeds, self._names = roots, seeds, names
        self._scalar = len(roots) == 1 and seeds[0] is None and prod(roots[0].shape) == 1
        self._saved = {id: self._look_at_saved(id) for id in self.graph.handles}
        self._gone: dict[str, set[str]] = {}
        ways = Counter((edge.target, edge.output) for edge in self.graph.edges)
        self._meeting = {place for place, count in ways.items() if count > 1}
        self._totals: dict[tuple[str, int], np.ndarray] = {}  # of large gradients that meet
        self._sums: dict[tuple[str, int], Seen] = {}  # by node, output
        self._waiting: dict[str, Step] = {}  # steps begun by a prehook
        self._hooks: list[Any] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hooks are on the graph inside the block and gone after it, whatever happens there."""
        try:
            for id, node in self.graph.handles.items():
                self._put_hooks(id, node)
            self._seed()
            yield
        except BaseException as error:
            self.error = f"{type(error).__name__}: {error}"
            raise
        finally:
            for hook in self._hooks:
                hook.remove()
            self._end()

    def _put_hooks(self, id: str, node: Any) -> None:
        if self._nodes[id].kind == "leaf":
            self._hooks.append(node.register_prehook(partial(self._arrives, id)))
            hook = node.variable.register_post_accumulate_grad_hook(partial(self._added, id))
        else:
            self._hooks.append(node.register_prehook(partial(self._receives, id)))
            hook = node.register_hook(partial(self._sends, id))
        self._hooks.append(hook)

    # the hooks: each keeps numbers and returns None

    def _look_at(self, box: GraphNode, tensor: Any) -> None:
        seen = Seen(tensor, self._known)
        self._tensors.append((box, seen))
        box.shape = tuple(seen.shape)
        box.version, box.hooks = getattr(tensor, "_version", None), hooks_of(tensor)

    def _see(self, tensor: Any) -> Seen | None:
        return None if tensor is None else Seen(tensor, self._known)

    def _receives(self, id: str, grads: Sequence[Any]) -> None:
        self._waiting[id] = {"kind": "apply", "node": id, "came": [*map(self._see, grads)]}

    def _sends(self, id: str, grads: Sequence[Any], received: Sequence[Any]) -> None:
        sends = []
        for input, grad in enumerate(grads):
            edge = self._edges.get((id, input))
            if grad is not None and edge is not None:
                seen = Seen(grad, self._known)
                sends.append((edge, seen, self._large_total(edge, grad, seen)))
        self.steps.append({**self._waiting.pop(id), "sent": sends})

    def _arrives(self, id: str, grads: Sequence[Any]) -> None:
        old = self.graph.handles[id].variable.grad
        step = {"kind": "accumulate", "node": id, "before": self._see(old)}
        self._waiting[id] = {**step, "came": [self._see(grads[0])]}

    def _added(self, id: str, leaf: Any) -> None:
        step, after = self._waiting.pop(id), self._see(leaf.grad)
        if after is not None and step["before"] is None:
            after = after.same_as(step["came"][0])
        self.steps.append({**step, "after": after})

    def returns(self, inputs: Sequence[Any], grads: Sequence[Any]) -> None:
        """What `autograd.grad` gives back for its inputs: leaves, or what an op has made."""
        boxes = {
            id(getattr(node, "variable", node)): box for box, node in self.graph.handles.items()
        }
        for tensor, grad in zip(inputs, grads):
            box = boxes.get(id(tensor if tensor.grad_fn is None else tensor.grad_fn))
            if box is not None:
                self.steps.append({"kind": "result", "node": box, "grad": self._see(grad)})

    def _large_total(self, edge: GraphEdge, grad: Any, seen: Seen) -> Seen | None:
        """The sum of large gradients that meet: made at once, for they are not kept."""
        place = (edge.target, edge.output)
        if seen.sums is None or place not in self._meeting:
            return None
        array, earlier = array_of(grad), self._totals.get(place)
        if array is None:
            return None
        self._totals[place] = array if earlier is None else earlier + array
        return seen if earlier is None else Seen.of(self._totals[place], seen.dtype, {})

    # afterwards: the sums, and what came of them

    def _add(self, edge: GraphEdge, seen: Seen, total: Seen | None) -> Seen:
        """The sum that the edge's target has, now that this gradient has come in."""
        place = (edge.target, edge.output)
        earlier = self._sums.get(place)
        if total is None and earlier is not None:
            a, b = earlier.array, seen.array
            total = None if a is None or b is None else Seen.of(a + b, seen.dtype, {})
        self._sums[place] = total or seen
        return self._sums[place]

    def _came(self, step: Step, output: int, seen: Seen | None) -> Value | None:
        """What a node receives; marks a step where a tensor's hook changed what was sent."""
        total = self._sums.pop((step["node"], output), None)
        if seen is None:
            return None
        if total is not None and not seen.equals(total) and not seen.close_to(total):
            step["changed_from"] = total.value
        return seen.value

    # before the pass, and after it

    def _seed(self) -> None:
        for id, root, seed in zip(self.graph.roots, self._roots, self._seeds):
            edge = self._edges.get((id, 0), GraphEdge("", id, id, 0, 0))
            if self._nodes[id].kind == "leaf":  # a leaf that is a root has no box in front of it
                edge = GraphEdge("", id, id, 0, 0)
            ones = np.ones(tuple(root.shape)) if seed is None else None
            seen = Seen(seed, self._known) if ones is None else Seen.of(ones, root.dtype, {})
            seen.dtype = root.dtype
            step = {"kind": "seed", "node": edge.target, "edge": edge.id or None, "grad": seen}
            total = None if seed is None else self._large_total(edge, seed, seen)
            told = {"sent": (edge, seen, total), "given": seed is not None, "root": id}
            self.steps.append(step | told)

    def _look_at_saved(self, id: str) -> dict[str, tuple[Any, str | None]]:
        """{name: (the number, or what is seen of a tensor; its name)} of what a node keeps."""
        found = {}
        for name, value, _ in saved_by(self.graph.handles[id]):
            if value is not None:
                name = name.removeprefix("_saved_")
                if is_tensor(value):
                    few = prod(value.shape) <= LISTED
                    own = self._nodes[id].name if name == "result" else self._names.of(value)
                    found[name] = (Seen(value) if few else LARGE, own)
                else:
                    found[name] = (value, None)
        return found

    @staticmethod
    def _few(value: Any) -> str | None:
        """A saved number, or the numbers of a tensor that has few."""
        if not isinstance(value, Seen):
            plain = isinstance(value, (int, float)) and not isinstance(value, bool)
            return number(value) if plain else None
        text = spoken(value.value)
        return None if text.startswith("a ") else text

    def _end(self) -> None:
        """Sees what was freed, and holds nothing of the engine's any longer but the graph."""
        for step in self.steps:
            if step["kind"] == "apply":
                self._gone[step["node"]] = self._freed(step["node"])
        self.graph.keys = keys_of(self.graph)
        del self._roots, self._seeds, self._names, self._hooks, self._waiting
        del self._totals, self._known

    def tell(self) -> None:
        """Makes the steps of what was seen: sums, the queue, and so the sentences."""
        for box, seen in self._tensors:
            box.value, box.dtype, box.odd = seen.value, seen.value["dtype"], seen.odd
        mark_first_odd(self.graph)
        self.steps = [self._told(step) for step in self.steps]
        edges = {edge.id: edge for edge in self.graph.edges}
        root = (self._nodes[self.graph.roots[0]].name or "output") if self._scalar else None
        for step, ready in zip(self.steps, _queues(edges, self.steps)):
            if step["kind"] != "seed":
                step["ready"] = ready
            if step["kind"] == "accumulate":
                step["text"] = narrate.accumulate(self._nodes[step["node"]], step)
            if step["kind"] == "result":
                step["text"] = narrate.result(self._nodes[step["node"]], step["grad"], root)
            if step["kind"] == "apply":
                saved = self._saved[step["node"]]
                self._tell_shape(self._nodes[step["node"]], step)
                worth = {
                    name: few for name, (value, _) in saved.items() if (few := self._few(value))
                }
                called = worth | {name: own for name, (_, own) in saved.items() if own}
                step["text"] = narrate.apply(self._nodes, edges, step, root, called, worth)

    def _told(self, seen: Step) -> Step:
        """A step as the trace has it, but for what depends on the others."""
        step: Step = {"kind": seen["kind"], "node": seen["node"]}
        if seen["kind"] == "seed":
            step |= {"edge": seen["edge"], "grad": seen["grad"].value}
            root = self._nodes[seen["root"]]
            step["text"] = narrate.seed(root, step["grad"], seen["given"])
            self._add(*seen["sent"])
        elif seen["kind"] == "result":
            step |= {"grad": _value(seen["grad"]), "ready": []}
        elif seen["kind"] == "accumulate":
            step["before"] = _value(seen["before"])
            step["incoming"] = self._came(step, 0, seen["came"][0])
            step |= {"after": _value(seen["after"]), "ready": []}
        else:
            came = [self._came(step, output, value) for output, value in enumerate(seen["came"])]
            step["received"] = next((value for value in came if value is not None), None)
            if len(came) > 1:
                step["received_all"] = came
            sends = [
                {"edge": edge.id, "grad": grad.value, "sum": self._add(edge, grad, total).value}
                for edge, grad, total in seen["sent"]
            ]
            frees = [n for n in self._saved[step["node"]] if n in self._gone[step["node"]]]
            step |= {"ready": [], "sends": sends, "frees": frees}
        return step

    @staticmethod
    def _tell_shape(node: GraphNode, step: Step) -> None:
        """A gradient has the shape and dtype of what it belongs to, which a node does not tell."""
        if node.shape is None and "received_all" not in step and step["received"]:
            node.shape = tuple(step["received"]["shape"])
            node.dtype = step["received"]["dtype"]

    def _freed(self, id: str) -> set[str]:
        """The saved tensors that the engine no longer gives."""
        tensors = [
            n
            for n, (value, _) in self._saved[id].items()
            if isinstance(value, Seen) or value is LARGE
        ]
        gone = {name for name in {n.partition("[")[0] for n in tensors} if self._is_freed(id, name)}
        return {name for name in tensors if name.partition("[")[0] in gone}

    def _is_freed(self, id: str, name: str) -> bool:
        try:
            getattr(self.graph.handles[id], name if name == "saved_tensors" else f"_saved_{name}")
        except Exception as error:  # a hook that unpacks may raise anything
            return "freed" in str(error)
        return False


def _value(seen: Seen | None) -> Value | None:
    return None if seen is None else seen.value


def _queues(edges: dict[str, GraphEdge], steps: list[Step]) -> list[list[str]]:
    """After each step, the nodes that have all their gradients and have not run, by their ids."""
    reached = [
        [step["node"]]
        if step["kind"] == "seed"
        else [edges[send["edge"]].target for send in step.get("sends", ())]
        for step in steps
    ]
    missing = Counter(target for targets in reached for target in targets)
    ready: set[str] = set()
    queues = []
    for step, targets in zip(steps, reached):
        if step["kind"] != "seed":
            ready.discard(step["node"])
        missing.subtract(targets)
        ready |= {target for target in targets if not missing[target]}
        queues.append(sorted(ready, key=lambda id: int(id[1:])))
    return queues
