"""Walks a `grad_fn` graph into plain data: what was computed from what, and under which names.

The walk is a loop, so that a chain of any length can be read. It holds the engine's nodes while it
runs, for some engines make a node's Python object anew each time it is asked for.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from .names import Names, caller_namespace, is_model, is_tensor, output_nr
from .rules import rule_for, shares_memory, with_value
from .values import (
    Value,
    array_of,
    bytes_text,
    dtype_of,
    heat,
    number,
    odd,
    rows,
    shape_text,
    spread,
    value_of,
    value_of_array,
)  # fmt: skip

# Torch frees a chain of nodes by recursion once Python has looked at them: 40,000 are a crash.
MOST = 12_000  # nodes of a picture or a replay, which fold most of them
SMALL = 16  # numbers of a saved tensor that are shown
LEAF = "AccumulateGrad"  # the op of a leaf


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
    constants: dict[str, str] = field(default_factory=dict)  # {a rule's letter: what it is}
    parameter: bool = False
    module: str | None = None  # the path of the module that owns this parameter
    saved: list[Saved] = field(default_factory=list)
    given: list[str] = field(default_factory=list)  # "dim = 1": what it was told beside tensors
    second: bool = False  # belongs to the graph of a gradient (create_graph=True) alone
    view: bool = False  # shares the memory of its input
    odd: str = ""  # "2 nan, 1 inf", where its tensor is known and not finite
    heat: list[str] = field(default_factory=list)  # a thumbnail of a larger value
    spread: str = ""  # and its "mean 0.1 ± 0.2"
    version: int | None = None  # how often its tensor was written in place, where that is known
    hooks: list[str] = field(default_factory=list)  # what may change the gradient here
    marks: list[str] = field(default_factory=list)  # "first nan here"
    grads: list[tuple[str, str]] = field(default_factory=list)  # what is known of its gradients
    result: str = ""  # the shape of what it computed, where the engine keeps it: for its card alone
    source: str = ""  # the line that made it, where anomaly mode was on

    @property
    def told(self) -> list[str]:
        """Its rules with the constants in them: `∂(a·b)/∂a = b = 2`."""
        lines = self.rules
        for letter, text in self.constants.items():
            lines = [with_value(line, letter, text) for line in lines]
        return lines

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
            "rule": "; ".join(self.told),
        }


@dataclass
class Saved:
    """A tensor (or number) that a node keeps for its backward. `freed` once backward has run."""

    name: str
    label: str | None = None
    value: Value | None = None
    text: str = ""
    freed: bool = False
    version: int | None = None
    nbytes: int = 0
    place: int | None = field(
        default=None, repr=False, compare=False
    )  # two of one place: one memory


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
    keys: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # see keys_of
    memory: Sequence[str] = ()  # what a recorded pass found kept, and what it left

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
    for i, tensor in enumerate(tensors):
        if is_model(tensor):
            raise TypeError(
                f"expected a tensor with a grad_fn, got a model ({type(tensor).__name__}). A graph "
                "is made when it computes: draw(model(x), model=model)"
            )
        if not is_tensor(tensor):
            raise TypeError(
                f"expected a tensor with a grad_fn, got {type(tensor).__name__}: "
                "give the result of a computation, such as a loss"
            )
        if not tensor.requires_grad:
            name = Names(namespace=caller_namespace()).of(tensor)
            which = "this tensor" if len(tensors) == 1 else f"tensor {i} of the {len(tensors)}"
            raise ValueError(
                f"{which}{f', {name},' * bool(name)} has no graph: nothing it was computed from "
                "requires grad. "
                "Create an input with requires_grad=True, and compute outside no_grad()"
            )
    return tensors


def check_model(graph: Graph, model: Any) -> None:
    """Raises ValueError where a model is to be learned, but not from this graph.

    A reentrant checkpoint hides what it computes until backward computes it again.
    """
    leaves = {id(graph.handles[n.id].variable) for n in graph.nodes if n.kind == "leaf"}
    tracked = {id(p) for _, p in model.named_parameters() if p.requires_grad}
    hidden = any(node.op == "CheckpointFunctionBackward" for node in graph.nodes)
    if tracked and not hidden and not tracked & leaves:
        raise ValueError(
            f"model= is a {type(model).__name__}, and none of its {len(tracked)} parameters is in "
            "this graph: give the model that computed this tensor"
        )


def gradients_in(tensors: Sequence[Any]) -> list[Any]:
    """Those of several tensors that are the `.grad` of a leaf which an earlier one comes from."""
    if len(tensors) < 2:
        return []
    found, leaves = [], list[Any]()
    for tensor in tensors:
        if any(leaf.grad is tensor for leaf in leaves):
            found.append(tensor)
        elif tensor.grad_fn is not None:
            leaves += leaves_of(tensor)
    return found


def leaves_of(tensor: Any) -> Iterator[Any]:
    """The leaf tensors that a tensor was computed from."""
    stack, seen = [tensor.grad_fn], {tensor.grad_fn}
    while stack:
        node = stack.pop()
        if (leaf := getattr(node, "variable", None)) is not None:
            yield leaf
        new = [n for n, _ in node.next_functions if n is not None and n not in seen]
        seen.update(new)
        stack += new


def op_name(node: Any) -> str:
    """`AccumulateGrad` and `MulBackward0`, without torch's C++ namespace."""
    name = str(node.name())
    return name.removeprefix("torch::autograd::")


def saved_by(node: Any, names: Sequence[str] | None = None) -> Iterator[tuple[str, Any, str]]:
    """(name, value, trouble) of all that a node keeps for its backward.

    Names are as torch's: `_saved_self`, or `saved_tensors[0]` for a custom Function. The trouble
    says why a value cannot be had: it was freed, or overwritten in place.
    """
    for name in saved_names(node) if names is None else names:
        try:
            value = getattr(node, name)
        except Exception as error:  # a hook that unpacks may raise anything
            yield name, None, "freed" if "freed" in str(error) else str(error)
            continue
        if name == "saved_tensors":
            yield from ((f"{name}[{i}]", item, "") for i, item in enumerate(value))
        else:
            yield name, value, ""


_saved_names: WeakKeyDictionary[type, list[str]] = WeakKeyDictionary()


def saved_names(node: Any) -> list[str]:
    """The attributes by which a node shows what it keeps: the same for all nodes of its class."""
    cls = type(node)
    found = _saved_names.get(cls)
    if found is None:
        found = [n for n in dir(node) if n.startswith("_saved_") or n == "saved_tensors"]
        _saved_names[cls] = found
    return found


def identity(node: Any, leaf: bool) -> Any:
    """Equal for two boxes of one node, or of one leaf tensor, as long as it lives."""
    return ("leaf", id(node.variable)) if leaf else id(node)


def keys_of(graph: Graph, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """{id: the identity of its box}: an output is the same output of the same node."""
    leaves = {node.id for node in graph.nodes if node.kind == "leaf"}
    nodes = {box: identity(node, box in leaves) for box, node in graph.handles.items()}
    keys = {**nodes, **(known or {})}
    outputs = {node.id: node.name for node in graph.nodes if node.kind == "output"}
    for edge in graph.edges:
        if edge.source in outputs:
            made = keys[edge.target], edge.output
            keys[edge.source] = ("output", *made, outputs[edge.source])
    return keys


@dataclass
class Trail:
    """The bare graph: the engine's own nodes in the order of a walk, and who sends to whom.

    Boxes are numbered: first the tensors of `outputs`, then `nodes`. An edge is (source, target,
    input, output), by the numbers of its boxes.
    """

    outputs: list[Any]
    nodes: list[Any]
    edges: list[tuple[int, int, int, int]]
    roots: list[int]
    first: int  # number of the first node's box
    cut: bool = False

    def numbered(self) -> Iterator[tuple[int, Any]]:
        """(number of its box, node) of all nodes."""
        return enumerate(self.nodes, self.first)

    def inputs(self) -> Mapping[int, set[int]]:
        """For each box, the numbers of those inputs that are sent a gradient."""
        found = defaultdict[int, set[int]](set)
        for source, _, input, _ in self.edges:
            found[source].add(input)
        return found


def follow(tensors: Sequence[Any]) -> Trail:
    """The bare graph behind these tensors, breadth first: outputs, then their ops.

    The walk ends, and the trail is marked as cut, where it has met MOST nodes.
    """
    outputs = [tensor for tensor in tensors if tensor.grad_fn is not None]
    first = len(outputs)
    nodes: list[Any] = []
    edges: list[tuple[int, int, int, int]] = []
    numbers: dict[Any, int] = {}

    def number(node: Any) -> int:
        if node not in numbers:
            numbers[node] = first + len(nodes)
            nodes.append(node)
        return numbers[node]

    for root, tensor in enumerate(outputs):
        edges.append((root, number(tensor.grad_fn), 0, output_nr(tensor)))
    leaves = [number(accumulator(t)) for t in tensors if t.grad_fn is None]  # outputs themselves
    trail = Trail(outputs, nodes, edges, [*range(first), *leaves], first)
    for source, node in enumerate(nodes, first):  # which grow on the way
        if first + len(nodes) >= MOST:
            trail.cut = True
            break
        input = -1
        for target, output in node.next_functions:
            input += 1
            if target is not None:
                known = numbers.get(target)
                if known is None:
                    known = numbers[target] = first + len(nodes)
                    nodes.append(target)
                edges.append((source, known, input, output))
    return trail


def walk(
    tensors: Sequence[Any],
    names: Names | None = None,
    *,
    saved: bool = False,
    second: Sequence[Any] = (),
) -> Graph:
    """The graph behind these tensors. Ids follow a breadth-first walk: outputs, then their ops.

    saved:   looks at what the nodes keep, too
    second:  those of the tensors that are gradients with a graph of their own; what no other
             tensor was computed from is marked as belonging to the second graph

    The walk ends, and the graph is marked as cut, where it has met MOST nodes.
    """
    names = names or Names()
    trail = follow(tensors)
    graph = graph_of(trail)
    sent = trail.inputs()
    for tensor in trail.outputs:
        box = _append(graph, GraphNode("", "output", None, names.of(tensor)))
        _with_tensor(box, tensor)
    for at, node in trail.numbered():
        box = _append(graph, _describe(node, names, sent[at]))
        if saved:
            look(box, node, names)
    if second:
        _mark_second(graph, [any(t is s for s in second) for t in tensors])
    mark_first_odd(graph)
    return graph


def graph_of(trail: Trail) -> Graph:
    """The graph of a trail, whose boxes are still to be added."""
    edges = [
        GraphEdge(f"e{i}", f"n{source}", f"n{target}", input, output)
        for i, (source, target, input, output) in enumerate(trail.edges)
    ]
    handles = {f"n{at}": node for at, node in trail.numbered()}
    roots = [f"n{root}" for root in trail.roots]
    return Graph(edges=edges, roots=roots, cut=trail.cut, handles=handles)


def mark_first_odd(graph: Graph) -> None:
    """Marks where nan or inf came up: a node whose inputs, as far as they are known, have none."""
    odd = {node.id for node in graph.nodes if node.odd and node.kind != "output"}
    if not odd:
        return
    users: dict[str, list[str]] = {}
    for edge in graph.edges:
        users.setdefault(edge.target, []).append(edge.source)
    stack, tainted = list(odd), set[str]()
    while stack:
        new = [id for id in users.get(stack.pop(), ()) if id not in tainted]
        tainted.update(new)
        stack += new
    for id in odd - tainted:
        what = "nan" if "nan" in graph.node(id).odd else "inf"
        graph.node(id).marks.append(f"first {what} here")


def _mark_second(graph: Graph, second: Sequence[bool]) -> None:
    """Marks the nodes that only the tensors which are `second` were computed from."""
    below: dict[str, list[str]] = {}
    for edge in graph.edges:
        below.setdefault(edge.source, []).append(edge.target)
    stack = [root for root, late in zip(graph.roots, second) if not late]
    first = set(stack)
    while stack:
        new = [id for id in below.get(stack.pop(), ()) if id not in first]
        first.update(new)
        stack += new
    for node in graph.nodes:
        node.second = node.id not in first


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


def _append(graph: Graph, node: GraphNode) -> GraphNode:
    node.id = f"n{len(graph.nodes)}"
    graph.nodes.append(node)
    return node


def box_of(kind: str, op: str | None, name: str | None, sent: set[int]) -> GraphNode:
    """A box with its rules: an input that is not `sent` any gradient needs none."""
    box = GraphNode("", kind, op, name)
    if op is not None:
        box.view = shares_memory(op)
        lines = rule_for(op).lines
        box.rules = [line for i, line in enumerate(lines) if len(lines) == 1 or i in sent]
    return box


def is_parameter(leaf: Any, names: Names) -> bool:
    """Does a model call this leaf a parameter?"""
    return id(leaf) in names.parameters or type(leaf).__name__ == "Parameter"


def _describe(node: Any, names: Names, sent: set[int]) -> GraphNode:
    op = op_name(node)
    if op == LEAF:
        leaf = node.variable
        box = box_of("leaf", op, names.of(leaf), sent)
        box.parameter, box.module = is_parameter(leaf, names), names.owners.get(id(leaf))
        _with_tensor(box, leaf)
        return box
    outputs = names.outputs(node)
    box = box_of("op", op, called(outputs), sent)
    if list(outputs) == [0]:
        _with_tensor(box, outputs[0][1])
    else:
        for _, tensor in outputs.values():
            box.hooks += hooks_of(tensor)
    return box


def called(outputs: Mapping[int, tuple[str, Any]]) -> str | None:
    """The names of a node's outputs, in their order."""
    return ", ".join([outputs[i][0] for i in sorted(outputs)]) or None


def _with_tensor(box: GraphNode, tensor: Any) -> None:
    box.shape, box.dtype = tuple(tensor.shape), dtype_of(tensor)
    array = array_of(tensor)
    box.value = value_of_array(array, box.shape, box.dtype)
    if array is not None and array.size:
        box.odd = odd(array)
        if not rows(box.value):
            box.heat, box.spread = heat(array), spread(array)
    box.version, box.hooks = getattr(tensor, "_version", None), hooks_of(tensor)


def hooks_of(tensor: Any) -> list[str]:
    """The names of the functions that a tensor's hooks call, as far as the protocol lists them."""
    found = []
    for place in ("_backward_hooks", "_post_accumulate_grad_hooks"):
        hooks = getattr(tensor, place, None)
        for hook in getattr(hooks, "values", list)():
            name = getattr(hook, "__name__", type(hook).__name__)
            found.append(f"{name} (after .grad is written)" if "post" in place else name)
    return found


def look(box: GraphNode, node: Any, names: Names) -> None:
    """Adds what only a closer look shows: what the node keeps, and the line that made it."""
    box.source = _source(node)
    if box.kind == "leaf":
        grad = node.variable.grad
        box.grads.append((".grad", "None" if grad is None else value_of(grad)["text"]))
    if box.kind == "op":
        made = getattr(node, "_input_metadata", ())  # of its results: torch keeps it
        box.result = ", ".join(f"{shape_text(m.shape) or 'scalar'} · {dtype_of(m)}" for m in made)
        kept = list(saved_by(node))
        box.saved = [_saved(names, *each) for each in kept if each[2] or is_tensor(each[1])]
        box.given = [f"{name[7:]} = {text}" for name, value, _ in kept if (text := _plain(value))]
        known = {name.removeprefix("_saved_"): value for name, value, _ in kept}
        sent = {i for i, (target, _) in enumerate(node.next_functions) if target is not None}
        box.constants = constants_of(
            {
                name: (array_of(value) if value.numel() == 1 else None, names.of(value))
                if is_tensor(value)
                else (value, None)
                for name, value in known.items()
            },
            sent,
        )


def _plain(value: Any) -> str:
    """A number, a word or a few numbers that an op was given; nothing for anything else."""
    if isinstance(value, (tuple, list)):
        told = [_plain(each) for each in value[:8]]
        one = "," * (len(told) == 1)
        return f"({', '.join(told)}{one})" if told and all(told) else ""
    if isinstance(value, int) and value >= 1 << 63:  # torch keeps a negative one without a sign
        value -= 1 << 64
    return str(value) if isinstance(value, (int, float, str)) else ""


LETTER = re.compile(r"(?<![A-Za-z])[abcgnL](?![A-Za-z])")  # as a rule uses it


def constants_of(
    known: Mapping[str, tuple[Any, str | None]], sent: Container[int]
) -> dict[str, str]:
    """{letter: the name or the number of the factor or power that it stands for in a rule}.

    known:  {what a node keeps: (its one number, or anything else; the name of a variable)}
    sent:   the inputs that are sent a gradient: the others are constants
    """
    found = {}
    places = {"exponent": "n"} | {("self", "other")[i]: "ab"[i] for i in (0, 1) if i not in sent}
    for kept, letter in places.items():
        value, name = known.get(kept, (None, None))
        if name and name.isidentifier() and len(name) <= 20 and not LETTER.search(name):
            found[letter] = name
        elif isinstance(value, (int, float)):
            found[letter] = number(value)
        elif isinstance(value, np.ndarray) and value.size == 1:
            found[letter] = number(value.item())
    return found


def _saved(names: Names, name: str, value: Any, trouble: str) -> Saved:
    if trouble:
        if found := re.search(r"is at version (\d+); expected version (\d+)", trouble):
            trouble = f"overwritten: saved at version {found[2]}, now {found[1]}"
        return Saved(name, text=trouble, freed=trouble == "freed")
    size = value.numel() * value.element_size()
    version = getattr(value, "_version", None)
    told = (tuple(value.shape), dtype_of(value))
    array = array_of(value) if value.numel() <= SMALL else None
    return Saved(
        name,
        names.of(value),
        value_of_array(array, *told),
        version=version,
        nbytes=size,
        place=_place(value),
    )


def memory_of(handles: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    """Of nodes by their ids: ({id: bytes of the tensors that it keeps}, `96 B in 4 tensors` in all,
    each memory once)."""
    each: dict[str, int] = {}
    places: dict[Any, int] = {}
    for id, node in handles.items():
        own: dict[Any, int] = {}
        for name, value, _ in saved_by(node):
            if is_tensor(value):
                place = _place(value) if tuple(value.shape) else None
                own[place or (id, name)] = value.numel() * value.element_size()
        if own:
            each[id] = sum(own.values())
            places |= own
    count = f"{len(places)} tensor{'s' * (len(places) != 1)}"
    return each, f"{bytes_text(sum(places.values()))} in {count}"


def _place(tensor: Any) -> int | None:
    """Where a tensor's memory starts: only ever compared, never shown."""
    try:
        place: int = tensor.data_ptr()
        return place
    except (AttributeError, RuntimeError, NotImplementedError):
        return None


FRAME = re.compile(r'File "(?P<file>[^"]*)", line (?P<line>\d+), in .*\n\s*(?P<code>.*)')


def _source(node: Any) -> str:
    """`lesson.py:15  y = x * 3`, where anomaly mode kept the traceback of the forward pass."""
    try:
        frames = "".join(node.metadata.get("traceback_", ()))
    except AttributeError:
        return ""
    found = [f for f in FRAME.finditer(frames) if "site-packages" not in f["file"]]
    if not found:
        return ""
    file = re.split(r"[/\\]", found[-1]["file"])[-1]
    place = "line " if re.fullmatch(r"<.*>|\d+\.py", file) else f"{file}:"  # a cell has no name
    return f"{place}{found[-1]['line']}  {found[-1]['code']}"
