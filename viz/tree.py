"""A graph as a tree of plain text, for a terminal and for a notebook without pictures."""

from __future__ import annotations

from .graph import Graph, GraphEdge, GraphNode
from .page import clean
from .values import shape_text

LINES = 100


def tree(graph: Graph) -> str:
    """One line a node, what it was computed from below it; what stood above is not repeated."""
    below: dict[str, list[GraphEdge]] = {}
    for edge in graph.edges:
        below.setdefault(edge.source, []).append(edge)
    lines: list[str] = []
    seen: set[str] = set()
    stack = [(root, "", "") for root in reversed(graph.roots)]
    while stack and len(lines) < LINES:
        id, lead, indent = stack.pop()
        node, repeated = graph.node(id), id in seen and id in below
        lines.append(lead + _line(node) + (" (above)" if repeated else ""))
        seen.add(id)
        if repeated:
            continue
        inner = below.get(id, [])
        if len(inner) == 1:
            stack.append((inner[0].target, f"{indent}└─ ", f"{indent}   "))
            continue
        for i, edge in reversed(list(enumerate(inner))):
            last = i == len(inner) - 1
            branch, bar = ("└─ ", "   ") if last else ("├─ ", "│  ")
            stack.append((edge.target, indent + branch, indent + bar))
    if stack:
        lines.append(f"… {'at least ' if graph.cut else ''}{len(graph.nodes):,} nodes in all")
    return "\n".join(lines)


def _line(node: GraphNode) -> str:
    name = clean(node.name) if node.name else ""
    if node.kind == "op":
        op = clean(node.op or "")
        text = f"{name} = {op}" if name else op
    else:
        text = name or node.kind
    value = ""
    if node.kind != "op" and node.value and node.value["data"] is not None:
        value = f" = {node.value['text']}" if len(node.value["text"]) <= 40 else ""
    return f"{text} {shape_text(node.shape)}".rstrip() + value
