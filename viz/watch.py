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
from .graph import GraphEdge, GraphNode, saved_by, walk
from .names import Names, is_tensor
from .values import LISTED, Value, array_of, dtype_of, number, spoken, value_of, value_of_array

Step: TypeAlias = "dict[str, Any]"


class Run:
    """Watches one call of backward: hooks on every node of its graph, and the steps they saw."""

    def __init__(
        self, roots: Sequence[Any], seeds: Sequence[Any], names: Names, call: str = "backward"
    ) -> None:
        self.graph = walk(roots, names)
        self.call = call
        self.steps: list[Step] = []
        self.error: str | None = None
        self._nodes = {node.id: node for node in self.graph.nodes}
        self._edges = {(edge.source, edge.input): edge for edge in self.graph.edges}
        self._roots, self._seeds, self._names = roots, seeds, names
        self._saved = {id: self._look_at_saved(id) for id in self.graph.handles}
        self._sums: dict[tuple[str, int], tuple[np.ndarray | None, Value]] = {}  # by node, output
        self._arrived: tuple[np.ndarray | None, Value] | None = None  # at the leaf that is adding
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
            self._finish()

    def _put_hooks(self, id: str, node: Any) -> None:
        if self._nodes[id].kind == "leaf":
            self._hooks.append(node.register_prehook(partial(self._arrives, id)))
            hook = node.variable.register_post_accumulate_grad_hook(partial(self._added, id))
        else:
            self._hooks.append(node.register_prehook(partial(self._receives, id)))
            hook = node.register_hook(partial(self._sends, id))
        self._hooks.append(hook)

    # the hooks: each copies numbers and returns None

    def _receives(self, id: str, grads: Sequence[Any]) -> None:
        values: list[Value | None] = []
        step: Step = {"kind": "apply", "node": id}
        for output, grad in enumerate(grads):
            values.append(self._came(step, (id, output), grad))
        step["received"] = next((value for value in values if value is not None), None)
        if len(values) > 1:
            step["received_all"] = values
        self._waiting[id] = step

    def _sends(self, id: str, grads: Sequence[Any], received: Sequence[Any]) -> None:
        sends = []
        for input, grad in enumerate(grads):
            edge = self._edges.get((id, input))
            if grad is not None and edge is not None:
                array = array_of(grad)
                value = _value(grad, array)
                sends.append({"edge": edge.id, "grad": value, "sum": self._add(edge, array, value)})
        self.steps.append({**self._waiting.pop(id), "ready": [], "sends": sends, "frees": []})

    def _arrives(self, id: str, grads: Sequence[Any]) -> None:
        grad, old = grads[0], self.graph.handles[id].variable.grad
        step: Step = {
            "kind": "accumulate",
            "node": id,
            "before": None if old is None else value_of(old),
        }
        self._arrived = self._sums.get((id, 0))
        step["incoming"] = self._came(step, (id, 0), grad)
        self._waiting[id] = step

    def _added(self, id: str, leaf: Any) -> None:
        step, grad = self._waiting.pop(id), leaf.grad
        after = None if grad is None else self._same_as_came(step, grad) or value_of(grad)
        self.steps.append({**step, "after": after, "ready": []})

    def _same_as_came(self, step: Step, grad: Any) -> Value | None:
        """What came in, where that is all of `.grad` now: large arrays are summed up once."""
        alone = step["before"] is None and "changed_from" not in step
        array, value = self._arrived or (None, None)
        return value if alone and _equal(array, grad) else None

    def returns(self, inputs: Sequence[Any], grads: Sequence[Any]) -> None:
        """What `autograd.grad` gives back for its inputs: leaves, or what an op has made."""
        boxes = {
            id(getattr(node, "variable", node)): box for box, node in self.graph.handles.items()
        }
        for tensor, grad in zip(inputs, grads):
            box = boxes.get(id(tensor if tensor.grad_fn is None else tensor.grad_fn))
            if box is not None:
                value = None if grad is None else value_of(grad)
                self.steps.append({"kind": "result", "node": box, "grad": value, "ready": []})

    def _add(self, edge: GraphEdge, array: np.ndarray | None, value: Value) -> Value:
        """The sum that the edge's target has, now that this gradient has come in."""
        place = (edge.target, edge.output)
        earlier = self._sums.get(place, (None, value))[0]
        if array is None or place not in self._sums:
            self._sums[place] = array, value
            return value
        total = None if earlier is None else earlier + array
        found = value_of_array(total, tuple(value["shape"]), value["dtype"])
        self._sums[place] = total, found
        return found

    def _came(self, step: Step, place: tuple[str, int], grad: Any) -> Value | None:
        """What a node receives; marks a step where a tensor's hook changed what was sent."""
        total, value = self._sums.pop(place, (None, None))
        if grad is None:
            return None
        if value is not None and value["dtype"] == dtype_of(grad) and _equal(total, grad):
            return value  # large arrays are summed up once
        array = array_of(grad)
        if total is not None and array is not None and not _close(total, array):
            step["changed_from"] = value_of_array(total, total.shape, str(total.dtype))
        return _value(grad, array)

    # before the pass, and after it

    def _seed(self) -> None:
        for id, root, seed in zip(self.graph.roots, self._roots, self._seeds):
            edge = self._edges.get((id, 0), GraphEdge("", id, id, 0, 0))
            if self._nodes[id].kind == "leaf":  # a leaf that is a root has no box in front of it
                edge = GraphEdge("", id, id, 0, 0)
            shape, dtype = tuple(root.shape), dtype_of(root)
            array = np.ones(shape) if seed is None else array_of(seed)
            value = value_of_array(array, shape, dtype)
            self._add(edge, array, value)
            step = {"kind": "seed", "node": edge.target, "edge": edge.id or None, "grad": value}
            step["text"] = narrate.seed(self._nodes[id], value, seed is not None)
            self.steps.append(step)

    def _look_at_saved(self, id: str) -> dict[str, tuple[bool, str | None, str | None]]:
        """{name: (is it a tensor, what a sentence calls it, its numbers)} of what a node keeps."""
        found = {}
        for name, value, _ in saved_by(self.graph.handles[id]):
            if value is not None:
                few = self._few(value)
                called = self._called(id, name, value) or few
                found[name.removeprefix("_saved_")] = (is_tensor(value), called, few)
        return found

    def _called(self, id: str, name: str, value: Any) -> str | None:
        """The name of a saved tensor."""
        if not is_tensor(value):
            return None
        return self._nodes[id].name if name == "_saved_result" else self._names.of(value)

    @staticmethod
    def _few(value: Any) -> str | None:
        """A saved number, or the numbers of a tensor that has few."""
        if not is_tensor(value):
            plain = isinstance(value, (int, float)) and not isinstance(value, bool)
            return number(value) if plain else None
        if prod(value.shape) > LISTED:
            return None
        text = spoken(value_of(value))
        return None if text.startswith("a ") else text

    def _finish(self) -> None:
        """What is known only at the end: the queue, what was freed, and so the sentences."""
        edges = {edge.id: edge for edge in self.graph.edges}
        single = (
            len(self._roots) == 1 and prod(self._roots[0].shape) == 1 and self._seeds[0] is None
        )
        root = (self._nodes[self.graph.roots[0]].name or "out") if single else None
        for step, ready in zip(self.steps, _queues(edges, self.steps)):
            if step["kind"] != "seed":
                step["ready"] = ready
            if step["kind"] == "accumulate":
                step["text"] = narrate.accumulate(self._nodes[step["node"]], step)
            if step["kind"] == "result":
                step["text"] = narrate.result(self._nodes[step["node"]], step["grad"], root)
            if step["kind"] == "apply":
                id = step["node"]
                self._tell_shape(self._nodes[id], step)
                step["frees"] = self._freed(id)
                called = {name: text for name, (_, text, _) in self._saved[id].items() if text}
                worth = {name: few for name, (_, _, few) in self._saved[id].items() if few}
                step["text"] = narrate.apply(self._nodes, edges, step, root, called, worth)

    @staticmethod
    def _tell_shape(node: GraphNode, step: Step) -> None:
        """A gradient has the shape and dtype of what it belongs to, which a node does not tell."""
        if node.shape is None and "received_all" not in step and step["received"]:
            node.shape = tuple(step["received"]["shape"])
            node.dtype = step["received"]["dtype"]

    def _freed(self, id: str) -> list[str]:
        gone = {
            name.removeprefix("_saved_")
            for name, _, trouble in saved_by(self.graph.handles[id])
            if trouble == "freed"
        }
        tensors = [name for name, (tensor, *_) in self._saved[id].items() if tensor]
        return [name for name in tensors if name.partition("[")[0] in gone]


def _value(grad: Any, array: np.ndarray | None) -> Value:
    return value_of_array(array, tuple(grad.shape), dtype_of(grad))


def _equal(array: np.ndarray | None, tensor: Any) -> bool:
    """Are these the very same numbers? The tensor's are looked at where they are."""
    try:
        seen = tensor.detach().numpy()
    except (AttributeError, TypeError, RuntimeError, NotImplementedError, ValueError):
        return False
    same: bool = array is not None and array.dtype == seen.dtype and np.array_equal(array, seen)
    return same


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    half = min(a.dtype.itemsize, b.dtype.itemsize) < 4
    same = a.shape == b.shape
    return same and np.allclose(a, b, rtol=1e-2 if half else 1e-4, atol=1e-6, equal_nan=True)


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
