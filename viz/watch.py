"""Watches one call of backward or grad through public hooks, and writes down what the engine does.

Nothing is computed here but sums that check the engine's own, and nothing is changed: every hook
returns None, and is gone when the call has ended, in whatever way it ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any, TypeAlias

import numpy as np

from . import narrate
from .graph import (
    LEAF,
    Graph,
    GraphEdge,
    GraphNode,
    box_of,
    called,
    constants_of,
    follow,
    graph_of,
    hooks_of,
    identity,
    is_parameter,
    keys_of,
    mark_first_odd,
    memory_of,
    op_name,
    saved_by,
    saved_names,
)
from .names import Names, is_tensor
from .rules import named_in
from .values import (
    LISTED,
    Known,
    Large,
    Look,
    Seen,
    Value,
    glance,
    look,
    number,
    seen,
    settle,
    spoken,
    there,
)

Step: TypeAlias = "dict[str, Any]"
Place: TypeAlias = "tuple[int, int]"  # where a gradient arrives: box, and which of its outputs
Saved: TypeAlias = "dict[str, tuple[Any, str | None]]"  # (what is seen of a value, its name)
LARGE = object()  # a saved tensor of many numbers
KEPT = (np.ndarray, Seen)
NONE: dict[int, Seen] = {}
NOWHERE: tuple[int | None, Place] = (None, (-1, 0))


class Run:
    """Watches one call of backward: hooks on the nodes of its graph, and what they saw.

    While the engine works, only numbers are kept: a node has one hook, after it ran, a leaf one,
    after its `.grad` is written. `tell` makes boxes, steps and sentences of them.
    """

    def __init__(
        self, roots: Sequence[Any], seeds: Sequence[Any], names: Names, call: str = "backward"
    ) -> None:
        self.call = call
        self.steps: list[Step] = []
        self.error: str | None = None
        self.memory: list[str] = []  # that the nodes keep before and after, if it is measured
        self.graph = Graph()
        self._identities: dict[int, Any] = {}
        self.trail = trail = follow(roots)
        if trail.cut:
            return
        self._boxes: list[tuple[str, str | None, str | None, bool]] = []  # kind, op, name, is it
        # a parameter
        self._tensors: list[tuple[int, Look, Any]] = []  # what the boxes' tensors hold, and dtype
        self._marks: list[tuple[int, Any, list[str]]] = []  # their versions and hooks
        self._roots, self._seeds = roots, seeds
        self._scalar = len(roots) == 1 and seeds[0] is None and prod(roots[0].shape) == 1
        self._saved: dict[int, Saved] = {}
        self._gone: set[int] = set()
        self._known = Known()
        self._custom: set[int] = set()  # Functions of the user's
        self._hooked: set[int] = set()  # tensors that have hooks
        self._seen: list[tuple[Any, ...]] = []  # what the hooks saw, in their order
        self._met: dict[Place, list[np.ndarray]] = {}  # large gradients that meet others
        self.adds = False  # to a `.grad` that earlier runs may tell of
        self._named = 0  # bytes of large results that variables name
        self._look_around(names)
        self._edges: dict[Place, tuple[int, Place]] = {}  # by the sender's input
        self._meeting: set[Place] = set()  # where several gradients arrive
        self._ends: dict[int, set[int]] = {}  # inputs that alone are sent to a leaf
        met: set[Place] = set()
        for i, (source, target, input, output) in enumerate(trail.edges):
            place = target, output
            self._edges[source, input] = i, place
            (self._meeting if place in met else met).add(place)
        for source, target, input, output in trail.edges:
            if self._boxes[target][0] == "leaf" and (target, output) not in self._meeting:
                self._ends.setdefault(source, set()).add(input)

    def _look_around(self, names: Names) -> None:
        """Keeps what the pass may change: names, values, what the nodes have saved."""
        boxes = self._boxes
        for at, tensor in enumerate(self.trail.outputs):
            boxes.append(("output", None, names.of(tensor), False))
            self._look_at(at, tensor)
        for at, node in self.trail.numbered():
            op = op_name(node)
            if op == LEAF:
                leaf = node.variable
                boxes.append(("leaf", op, names.of(leaf), is_parameter(leaf, names)))
                self.adds |= leaf.grad is not None
                self._look_at(at, leaf)
                continue
            outputs = names.outputs(node)
            own = called(outputs) if outputs else None
            boxes.append(("op", op, own, False))
            if len(outputs) == 1 and 0 in outputs:
                self._look_at(at, outputs[0][1])
            else:
                for _, tensor in outputs.values():
                    self._marks.append((at, None, hooks_of(tensor)))
            if saved := saved_names(node):
                if found := _look_at_saved(node, saved, names, op, own):
                    self._saved[at] = found
                if "saved_tensors" in saved:
                    self._custom.add(at)

    def _look_at(self, at: int, tensor: Any) -> None:
        kept = glance(tensor)
        self._tensors.append((at, kept, tensor.dtype))
        if type(kept) is Seen and kept.large is not None and self._boxes[at][0] != "leaf":
            self._named += prod(kept.shape) * 8
        if hooks := hooks_of(tensor):
            self._hooked.add(at)
        self._marks.append((at, getattr(tensor, "_version", None), hooks))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hooks are on the graph inside the block and gone after it, whatever happens there."""
        hooks: list[Any] = []
        try:
            for at, node in self.trail.numbered():
                if self._boxes[at][0] == "leaf":
                    self._watch_leaf(at, node, hooks)
                else:
                    self._watch_op(at, node, hooks)
            self._seed()
            yield
        except BaseException as error:
            self.error = f"{type(error).__name__}: {error}"
            raise
        finally:
            for hook in hooks:
                hook.remove()
            self._end()

    # the hooks: each keeps numbers and returns None

    def _watch_op(self, at: int, node: Any, hooks: list[Any]) -> None:
        keep, meeting, known = self._seen.append, self._meeting, self._known
        came: list[Look] = []
        ends = self._ends.get(at, ())  # leaves, which keep what they are sent if nobody else does

        def ran(sent: Sequence[Any], received: Sequence[Any]) -> None:
            known.loose.clear()
            sends = [look(g, known, to not in ends) for to, g in enumerate(sent)]
            totals = self._meet(at, sent, sends) if meeting else NONE
            keep(("apply", at, came or [look(g, known) for g in received], sends, totals))

        hooks.append(node.register_hook(ran))
        if at in self._custom:  # it might write into what it gets

            def comes(received: Sequence[Any]) -> None:
                nonlocal came
                came = [look(g, known) for g in received]

            hooks.append(node.register_prehook(comes))

    def _watch_leaf(self, at: int, node: Any, hooks: list[Any]) -> None:
        leaf, keep, known = node.variable, self._seen.append, self._known
        before, came = None, None

        def added(leaf: Any) -> None:
            nonlocal before, came
            after = look(leaf.grad, known)
            keep(("accumulate", at, before, came, after))
            before, came = after, None

        if (
            leaf.grad is not None or at in self._hooked
        ):  # else what comes is what `.grad` is afterwards

            def comes(received: Sequence[Any]) -> None:
                nonlocal before, came
                before, came = look(leaf.grad), look(received[0])
                settle(before)
                settle(came)

            hooks.append(node.register_prehook(comes))
        hooks.append(leaf.register_post_accumulate_grad_hook(added))

    def _meet(self, at: int, sent: Sequence[Any], sends: Sequence[Look]) -> dict[int, Seen]:
        """{input: the sum at its target} of large gradients that meet others: made while they live.

        Nothing is added up that is not asked for: what is held is read a block at a time.
        """
        totals: dict[int, Seen] = {}
        for input, grad in enumerate(sends):
            _, place = self._edges.get((at, input), NOWHERE)
            if place in self._meeting and type(grad) is Seen and grad.large is not None:
                array = there(sent[input])
                if array is not None:
                    met = self._met.setdefault(place, [])
                    met.append(array)
                    total = grad.large if len(met) == 1 else Large.sum(met)
                    totals[input] = Seen(total, grad.shape, grad.dtype)
        return totals

    def _seed(self) -> None:
        for target, root, seed in zip(self.trail.roots, self._roots, self._seeds):
            given = seed is not None
            if not (is_tensor(seed) if given else prod(root.shape) == 1):
                continue  # the engine is about to refuse it
            edge, place = self._edges.get((target, 0), NOWHERE)
            if self._boxes[target][0] == "leaf":  # it has no box in front of it
                edge, place = None, (target, 0)
            kept = look(seed) if given else None
            settle(kept)
            grad = seen(kept) or Seen(np.ones(tuple(root.shape)), root.shape, None)
            grad.dtype = root.dtype
            totals = self._meet(target, [seed], [grad]) if edge is not None else NONE
            self._seen.append(("seed", target, edge, place, grad, given, totals))

    def returns(self, inputs: Sequence[Any], grads: Sequence[Any]) -> None:
        """What `autograd.grad` gives back for its inputs: leaves, or what an op has made."""
        numbers = {id(getattr(node, "variable", node)): at for at, node in self.trail.numbered()}
        for tensor, grad in zip(inputs, grads):
            at = numbers.get(id(tensor if tensor.grad_fn is None else tensor.grad_fn))
            if at is not None:
                self._seen.append(("result", at, look(grad)))

    def _end(self) -> None:
        """Sees what was freed, and holds nothing of the engine's any longer but the nodes."""
        ran = [
            at
            for kind, at, *_ in self._seen
            if kind == "apply" and at in self._saved and _tensors(self._saved[at])
        ]
        nodes = self.trail.nodes
        freed = [
            _is_freed(nodes[at - self.trail.first], self._saved[at])
            for at in ran[:: len(ran) - 1 or 1]
        ]
        if all(freed):  # a pass frees all that it ran through, or nothing
            self._gone.update(ran)
        elif any(freed):
            self._gone.update(
                at for at in ran if _is_freed(nodes[at - self.trail.first], self._saved[at])
            )
        self.trail.outputs.clear()
        self._met.clear()
        self._known.clear()
        del self._roots, self._seeds

    def measure(self) -> None:
        """Writes down how much memory the nodes keep now."""
        self.memory.append(memory_of({str(at): node for at, node in self.trail.numbered()})[1])

    @property
    def held(self) -> int:
        """About how many bytes are kept until they are told."""
        return 800 * len(self._boxes) + self._known.bytes + self._named

    def let_go(self) -> None:
        """Holds the engine's nodes no longer, but keeps which they were."""
        self._identities = {
            at: identity(node, self._boxes[at][0] == "leaf") for at, node in self.trail.numbered()
        }
        self.trail.nodes.clear()
        self.graph.handles.clear()

    # afterwards: the boxes, the sums, and what came of them

    def tell(self, *, words: bool = True, steps: bool = True) -> None:
        """Makes the graph and the steps of what was seen: sums, the queue, and so the sentences."""
        self.graph = graph = graph_of(self.trail)
        sent = self.trail.inputs()
        for at, (kind, op, name, parameter) in enumerate(self._boxes):
            graph.nodes.append(box_of(kind, op, name, sent[at]))
            graph.nodes[at].id, graph.nodes[at].parameter = f"n{at}", parameter
            graph.nodes[at].constants = constants_of(self._saved.get(at, {}), sent[at])
        for at, kept, dtype in self._tensors:
            known, box = seen(kept), graph.nodes[at]
            assert known is not None
            known.dtype = dtype
            box.shape, box.value, box.odd = tuple(known.shape), known.value, known.odd
            box.dtype = known.value["dtype"]
        for at, version, hooks in self._marks:
            graph.nodes[at].version = version
            graph.nodes[at].hooks += hooks
        mark_first_odd(graph)
        graph.keys = keys_of(graph, {f"n{at}": key for at, key in self._identities.items()})
        if not steps:
            return
        self._sums: dict[Place, Seen] = {}
        self._borrow()
        self.steps = [getattr(self, f"_told_{kind}")(*kept) for kind, *kept in self._seen]
        if words:
            self._tell_words()

    def _borrow(self) -> None:
        """What a leaf alone was sent is read where it is now: in what came to the leaf."""
        sent: dict[Place, Large] = {}
        for kind, at, *kept in self._seen:
            if kind == "apply":
                for input, grad in enumerate(kept[1]):
                    _, place = self._edges.get((at, input), NOWHERE)
                    if isinstance(grad, Seen) and grad.large and place not in self._meeting:
                        sent[place] = grad.large
            elif kind == "accumulate" and (mine := sent.get((at, 0))):
                before, came, after = kept
                there = after if before is None else came
                if isinstance(there, Seen) and there.large:
                    mine.borrow(there.large)

    def _tell_words(self) -> None:
        """The queue, and what depends on it or on other steps."""
        nodes = {node.id: node for node in self.graph.nodes}
        edges = {edge.id: edge for edge in self.graph.edges}
        root = (nodes[self.graph.roots[0]].name or "output") if self._scalar else None
        for step, ready in zip(self.steps, queues(edges, self.steps)):
            node = nodes[step["node"]]
            if step["kind"] != "seed":
                step["ready"] = ready
            if step["kind"] == "accumulate":
                step["text"] = narrate.accumulate(node, step)
            if step["kind"] == "result":
                step["text"] = narrate.result(node, step["grad"], root)
            if step["kind"] == "apply":
                saved = self._saved.get(int(step["node"][1:]), {})
                _tell_shape(node, step)
                worth = {name: few for name, (value, _) in saved.items() if (few := _few(value))}
                named = worth | {name: own for name, (_, own) in saved.items() if own}
                step["text"] = narrate.apply(nodes, edges, step, root, named, worth)

    def _told_seed(
        self, root: int, edge: int | None, place: Place, grad: Seen, given: bool,
        totals: dict[int, Seen],
    ) -> Step:  # fmt: skip
        self._add(place, grad, totals.get(0))
        text = narrate.seed(self.graph.nodes[root], grad.value, given)
        id = None if edge is None else f"e{edge}"
        return {"kind": "seed", "node": f"n{place[0]}", "edge": id, "grad": grad.value,
                "text": text}  # fmt: skip

    def _told_apply(
        self, at: int, came: list[Look], sent: list[Look], totals: dict[int, Seen]
    ) -> Step:
        step: Step = {"kind": "apply", "node": f"n{at}"}
        received = [self._came(step, (at, i), seen(kept)) for i, kept in enumerate(came)]
        step["received"] = next((value for value in received if value is not None), None)
        if len(received) > 1:
            step["received_all"] = received
        sends = []
        for input, kept in enumerate(sent):
            edge, place = self._edges.get((at, input), NOWHERE)
            grad = seen(kept)
            if grad is not None and edge is not None:
                total = self._add(place, grad, totals.get(input))
                sends.append({"edge": f"e{edge}", "grad": grad.value, "sum": total.value})
        frees = _tensors(self._saved[at]) if at in self._gone else []
        return step | {"ready": [], "sends": sends, "frees": frees}

    def _told_accumulate(self, at: int, before: Look, came: Look, after: Look) -> Step:
        step: Step = {"kind": "accumulate", "node": f"n{at}"}
        old, incoming, new = seen(before), seen(came), seen(after)
        total = self._sums.get((at, 0))
        if incoming is None:  # nothing stood between what came and `.grad`
            incoming = new if old is None else total
        if new is not None and incoming is not None and old is None:
            new = new.same_as(incoming)
        step["before"] = _value(old)
        step["incoming"] = self._came(step, (at, 0), incoming)
        return step | {"after": _value(new), "ready": []}

    def _told_result(self, at: int, grad: Look) -> Step:
        return {"kind": "result", "node": f"n{at}", "grad": _value(seen(grad)), "ready": []}

    def _add(self, place: Place, grad: Seen, total: Seen | None) -> Seen:
        """The sum that the edge's target has, now that this gradient has come in."""
        earlier = self._sums.get(place)
        if total is None and earlier is not None:
            a, b = earlier.array, grad.array
            if a is not None and b is not None:
                total = Seen(a + b, grad.shape, grad.dtype)
        self._sums[place] = total or grad
        return self._sums[place]

    def _came(self, step: Step, place: Place, grad: Seen | None) -> Value | None:
        """What a node receives; marks a step where a tensor's hook changed what was sent."""
        total = self._sums.pop(place, None)
        if grad is None:
            return None
        if total is not None and not grad.equals(total) and not grad.close_to(total):
            step["changed_from"] = total.value
        return grad.value


def _look_at_saved(
    node: Any, attributes: Sequence[str], names: Names, op: str, own: str | None
) -> Saved:
    """{name: (the number, or what is seen of a tensor; its name)} of what a node keeps."""
    found: Saved = {}
    wanted = named_in(op)  # of others, neither numbers nor names are told
    asked = [n for n in attributes if "_sym_" not in n or n[7:] in wanted]  # not how inputs lie
    for name, value, _ in saved_by(node, asked):
        if value is None:
            continue
        name = name.removeprefix("_saved_")
        if not is_tensor(value):
            found[name] = (value, None)
        elif name not in wanted:
            found[name] = (LARGE, None)
        else:
            kept = look(value) if prod(value.shape) <= LISTED else LARGE
            found[name] = (kept, own if name == "result" else names.of(value))
    return found


def _few(value: Any) -> str | None:
    """A saved number, or the numbers of a tensor that has few."""
    if isinstance(value, (Seen, np.ndarray)):
        text = spoken(_value(seen(value)) or {})
        return None if text.startswith("a ") else text
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if plain else None


def _tensors(saved: Saved) -> list[str]:
    return [n for n, (value, _) in saved.items() if value is LARGE or isinstance(value, KEPT)]


def _is_freed(node: Any, saved: Saved) -> bool:
    """Does the engine no longer give the tensors that this node kept? It frees all of them."""
    for name in _tensors(saved)[:1]:
        name = name.partition("[")[0]
        try:
            getattr(node, name if name == "saved_tensors" else f"_saved_{name}")
        except Exception as error:  # a hook that unpacks may raise anything
            return "freed" in str(error)
    return False


def _tell_shape(node: GraphNode, step: Step) -> None:
    """A gradient has the shape and dtype of what it belongs to, which a node does not tell."""
    if node.shape is None and "received_all" not in step and step["received"]:
        node.shape = tuple(step["received"]["shape"])
        node.dtype = step["received"]["dtype"]


def _value(seen: Seen | None) -> Value | None:
    return None if seen is None else seen.value


def queues(edges: dict[str, GraphEdge], steps: list[Step]) -> list[list[str]]:
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
