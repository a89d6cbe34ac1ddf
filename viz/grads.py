"""Adds to a graph what a recorded backward pass sent along it, and where its first nan came up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .graph import Graph

ODD = re.compile(r"\b(nan|inf)\b")


def tell_gradients(graph: Graph, trace: Mapping[str, Any]) -> None:
    """Writes each node's gradients, as the last run of a trace had them, onto a graph.

    Raises ValueError if no run of the trace went through this graph.
    """
    for run in reversed(trace["runs"]):
        if ours := _matched(graph, trace["graph"], run["root"]):
            graph.memory = run.get("memory") or ()
            _tell(graph, run, ours, {e["id"]: e["target"] for e in trace["graph"]["edges"]})
            return
    raise ValueError("the recording holds no backward pass through this graph")


def _matched(graph: Graph, other: Mapping[str, Any], root: str) -> dict[str, str]:
    """{id in the other graph: id in this one} of all that the first root was computed from."""
    edges = {(e["source"], e["input"]): e["target"] for e in other["edges"]}
    ops = {node["id"]: (node["kind"], node["op"]) for node in other["nodes"]}
    below: dict[str, list[tuple[int, str]]] = {}
    for edge in graph.edges:
        below.setdefault(edge.source, []).append((edge.input, edge.target))
    found = {root: graph.roots[0]}
    stack = [root]
    while stack:
        theirs = stack.pop()
        node = graph.node(found[theirs])
        if ops.get(theirs) != (node.kind, node.op):
            return {}
        for input, target in below.get(node.id, ()):
            match = edges.get((theirs, input), "")
            if match not in found:
                stack.append(match)
            if found.setdefault(match, target) != target:
                return {}
    return found


def _tell(
    graph: Graph, run: Mapping[str, Any], ours: Mapping[str, str], targets: Mapping[str, str]
) -> None:
    broken = False
    for step in run["steps"]:
        node = graph.node(ours[step["node"]])
        if step["kind"] == "accumulate":
            node.grads = [
                (".grad before", _text(step["before"])),
                ("receives", _text(step["incoming"])),
                (".grad", _text(step["after"])),
            ]
        if step["kind"] != "apply":
            continue
        node.grads.append(("receives", _text(step["received"])))
        if node.shape is None and step["received"] and "received_all" not in step:
            node.shape, node.dtype = tuple(step["received"]["shape"]), step["received"]["dtype"]
        sent = [(graph.node(ours[targets[s["edge"]]]), _text(s["grad"])) for s in step["sends"]]
        node.grads += [(f"sends to {to.name or to.op}", text) for to, text in sent]
        odd = [match[1] for _, text in sent if (match := ODD.search(text))]
        if odd and not broken and not ODD.search(_text(step["received"])):
            node.marks.append(f"first {'nan' if 'nan' in odd else 'inf'} gradient here")
            broken = True


def _text(value: Mapping[str, Any] | None) -> str:
    return str(value["text"]) if value else "None"
