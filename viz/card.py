"""What a click on a box tells: all that is known of a node, as rows of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from .graph import Graph, GraphNode, Saved
from .page import clean
from .rules import respelled
from .values import bytes_text, shape_text

Row: TypeAlias = "tuple[str, str]"
WORDS = 200  # letters of one row


def cards(graph: Graph, kinds: Mapping[str, str], letters: str) -> dict[str, dict[str, Any]]:
    """{id of a node: {"title", "rows": [(label, text), …], "find": what a search looks through}}

    kinds:    {path of a module: its class}
    letters:  what the picture's rules call an operation's inputs
    """
    inputs: dict[str, list[str]] = {}
    for edge in graph.edges:
        inputs.setdefault(edge.source, []).append(_called(graph.node(edge.target)))
    found = {}
    for node in graph.nodes:
        rows = (
            _leaf(node, kinds)
            if node.kind == "leaf"
            else _op(node, inputs.get(node.id, []), letters)
        )
        title = _called(node)
        found[node.id] = {
            "title": title,
            "rows": [(label, clean(text, WORDS)) for label, text in rows if text],
            "find": clean(f"{title} {node.op or ''} {node.module or ''}", WORDS).lower(),
        }
    return found


def _called(node: GraphNode) -> str:
    name = clean(node.name, WORDS) if node.name else ""
    if node.kind == "op":
        return f"{name} = {clean(node.op or '')}" if name else clean(node.op or "")
    return name or node.kind


def _tensor(node: GraphNode) -> list[Row]:
    if node.shape is None:
        unknown = "not known: no variable holds this result"
        return [("result", node.result or unknown)] if node.kind == "op" else []
    value = node.value["text"] if node.value else ""
    facts = [shape_text(node.shape) or "scalar", node.dtype or ""]
    facts += ["a view: shares its input’s memory"] if node.view else []
    facts += [f"version {node.version}"] if node.version is not None else []
    return [("tensor", " · ".join(filter(None, facts))), ("value", value), ("warning", node.odd)]


def _hooks(node: GraphNode) -> list[Row]:
    return [("hooks on its gradient", ", ".join(node.hooks))]


def _grads(node: GraphNode) -> list[Row]:
    return [(label, text) for label, text in node.grads]


def _leaf(node: GraphNode, kinds: Mapping[str, str]) -> list[Row]:
    kind = "parameter" if node.parameter else "leaf"
    if node.module is not None:
        kind += f" of {node.module or 'the model'} ({kinds.get(node.module, '')})"
    return [("kind", kind), *_tensor(node), *_grads(node), *_hooks(node)]


def _op(node: GraphNode, inputs: list[str], letters: str) -> list[Row]:
    if node.kind == "output":
        return [("kind", "output"), *_tensor(node), *_grads(node), *_hooks(node)]
    held = sum(saved.nbytes for saved in node.saved)
    return [
        *(("rule", respelled(rule, letters)) for rule in node.told),
        ("computed from", ", ".join(inputs)),
        ("given", ", ".join(node.given)),
        *_tensor(node),
        *((f"keeps {saved.name.removeprefix('_saved_')}", _kept(saved)) for saved in node.saved),
        ("keeps in all", bytes_text(held) if len(node.saved) > 1 and held else ""),
        *_grads(node),
        *_hooks(node),
        ("made by", node.source),
    ]


def _kept(saved: Saved) -> str:
    if saved.text:
        return saved.text
    value = saved.value or {}
    facts = [saved.label or "", shape_text(value["shape"]) or "scalar"]
    facts += [value["dtype"], bytes_text(saved.nbytes)]
    facts += [f"version {saved.version}"] if saved.version is not None else []
    return " · ".join(filter(None, facts))
