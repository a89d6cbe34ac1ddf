"""Walks a `grad_fn` graph into plain data: what was computed from what, and under which names.

The walk is a loop, so that a chain of any length can be read. It holds the engine's nodes while it
runs, for some engines make a node's Python object anew each time it is asked for.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .names import Names, is_tensor, output_nr
from .rules import rule_for
from .values import Value, dtype_of, value_of

# Torch frees a chain of nodes by recursion once Python has looked at them: 40,000 are a crash.
MOST = 5_000


@dataclass
class GraphNode:
    """One box. `kind` is "op", "leaf" (an input or parameter) or "output" (a root's tensor)."""

    id: str
    kind: str
    op: str | None
    name: str | None = None
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    value: Value | None = None
    rules: list[str] = field(default_factory=list)
    parameter: bool = False
    saved: list[Saved] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """The node as a trace shows it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "op": self.op,
            "name": self.name,
            "shape": None if self.shape is None else list(self.shape),
            "dtype": self.dtype,
            "value": self.value,
            "rule": "; ".join(self.rules),
        }


@dataclass
class Saved:
    """A tensor (or number) that a node keeps for its backward. `freed` once backward has run."""

    name: str
    label: str | None = None
    value: Value | None = None
    text: str = ""
    freed: bool = False


@dataclass(frozen=True)
class GraphEdge:
    """One edge, named as the gradient runs: from the op that sends to input `input` of its own.

    `target` is `next_functions[input][0]`, and `output` says which of the target's outputs it is.
    """

    id: str
    source: str
    target: str
    input: int
    output: int


@dataclass
class Graph:
    """A graph as plain data. `handles` maps an id to the engine's node, while it is alive."""

    nodes: list[GraphNode] = field(default_factory=list)
    edges: list[GraphEdge] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    cut: bool = False  # the walk ended at MOST nodes, with more behind them
    handles: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def node(self, id: str) -> GraphNode:
        """The node of that id."""
        return self.nodes[int(id[1:])]

    def plain(self) -> dict[str, Any]:
        """Nodes and edges as a trace shows them."""
        return {
            "nodes": [node.plain() for node in self.nodes],
            "edges": [
                {"id": e.id, "source": e.source, "target": e.target, "input": e.input,
                 "output": e.output}
                for e in self.edges
            ],
        }  # fmt: skip


def roots_of(t: Any) -> list[Any]:
    """One tensor or several, as a list of tensors that have a graph.

    Raises TypeError for what is no tensor, ValueError for a tensor that requires no grad.
    """
    tensors = list(t) if isinstance(t, (list, tuple)) else [t]
    if not tensors:
        raise ValueError("give at least one tensor to draw")
    for tensor in tensors:
        if not is_tensor(tensor):
            raise TypeError(f"expected a tensor with a grad_fn, got {type(tensor).__name__}")
        if not tensor.requires_grad:
            raise ValueError(
                "this tensor has no graph: nothing it was computed from requires grad. "
                "Create an input with requires_grad=True, and compute outside no_grad()"
            )
    return tensors


def op_name(node: Any) -> str:
    """`AccumulateGrad` and `MulBackward0`, without torch's C++ namespace."""
    name = str(node.name())
    return name.removeprefix("torch::autograd::")


def saved_by(node: Any) -> Iterator[tuple[str, Any, str]]:
    """(name, value, trouble) of all that a node keeps for its backward.

    Names are as torch's: `_saved_self`, or `saved_tensors[0]` for a custom Function. The trouble
    says why a value cannot be had: it was freed, or overwritten in place.
    """
    for name in dir(node):
        if name.startswith("_saved_") or name == "saved_tensors":
            try:
                value = getattr(node, name)
            except Exception as error:  # a hook that unpacks may raise anything
                yield name, None, "freed" if "freed" in str(error) else str(error)
                continue
            if name == "saved_tensors":
                yield from ((f"{name}[{i}]", item, "") for i, item in enumerate(value))
            else:
                yield name, value, ""


def walk(tensors: Sequence[Any], names: Names | None = None, *, saved: bool = False) -> Graph:
    """The graph behind these tensors. Ids follow a breadth-first walk: outputs, then their ops.

    The walk ends, and the graph is marked as cut, where it has met MOST nodes.
    """
    names = names or Names()
    graph = Graph()
    ids: dict[Any, str] = {}
    queue: deque[Any] = deque()

    def visit(node: Any) -> str:
        if node not in ids:
            ids[node] = _append(graph, _describe(node, names, saved))
            graph.handles[ids[node]] = node
            queue.append(node)
        return ids[node]

    for tensor in tensors:
        if tensor.grad_fn is not None:
            graph.roots.append(_append(graph, _output(tensor, names)))
    for tensor, root in zip((t for t in tensors if t.grad_fn is not None), list(graph.roots)):
        _connect(graph, root, visit(tensor.grad_fn), 0, output_nr(tensor))
    for tensor in tensors:
        if tensor.grad_fn is None:  # a leaf is its own output
            graph.roots.append(visit(accumulator(tensor)))
    while queue:
        if len(graph.nodes) >= MOST:
            graph.cut = True
            break
        node = queue.popleft()
        for i, (target, output) in enumerate(node.next_functions):
            if target is not None:
                _connect(graph, ids[node], visit(target), i, output)
    return graph


def accumulator(leaf: Any) -> Any:
    """The AccumulateGrad node of a leaf, found through a view of it."""
    with engine_of(leaf).enable_grad():
        return leaf.view_as(leaf).grad_fn.next_functions[0][0]


def engine_of(tensor: Any) -> Any:
    """The package that a tensor's class comes from. It is loaded already: nothing is imported."""
    for cls in type(tensor).__mro__:
        package = sys.modules.get(cls.__module__.partition(".")[0])
        if hasattr(package, "enable_grad") and hasattr(package, "autograd"):
            return package
    raise TypeError(f"no autograd engine known for a {type(tensor).__name__}")


def _append(graph: Graph, node: GraphNode) -> str:
    node.id = f"n{len(graph.nodes)}"
    graph.nodes.append(node)
    return node.id


def _connect(graph: Graph, source: str, target: str, input: int, output: int) -> None:
    graph.edges.append(GraphEdge(f"e{len(graph.edges)}", source, target, input, output))


def _output(tensor: Any, names: Names) -> GraphNode:
    return _with_tensor(GraphNode("", "output", None, names.of(tensor)), tensor)


def _describe(node: Any, names: Names, saved: bool) -> GraphNode:
    op = op_name(node)
    if (leaf := getattr(node, "variable", None)) is not None:
        box = GraphNode("", "leaf", op, names.of(leaf))
        box.rules = list(rule_for(op).lines)
        box.parameter = id(leaf) in names.parameters or type(leaf).__name__ == "Parameter"
        return _with_tensor(box, leaf)
    outputs = names.outputs(node)
    name = ", ".join(outputs[i][0] for i in sorted(outputs)) or None
    box = GraphNode("", "op", op, name)
    lines, targets = rule_for(op).lines, [target for target, _ in node.next_functions]
    box.rules = [
        line for i, line in enumerate(lines) if len(lines) == 1 or (targets[i : i + 1] or [None])[0]
    ]  # an input that needs no gradient needs no rule
    if list(outputs) == [0]:
        _with_tensor(box, outputs[0][1])
    if saved:
        box.saved = [
            _saved(names, name, value, trouble)
            for name, value, trouble in saved_by(node)
            if trouble or is_tensor(value)
        ]
    return box


def _with_tensor(box: GraphNode, tensor: Any) -> GraphNode:
    box.shape, box.dtype = tuple(tensor.shape), dtype_of(tensor)
    box.value = value_of(tensor)
    return box


def _saved(names: Names, name: str, value: Any, trouble: str) -> Saved:
    if trouble:
        return Saved(name, text=trouble, freed=trouble == "freed")
    return Saved(name, names.of(value), value_of(value))
