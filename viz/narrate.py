"""Turns the steps of a trace into sentences with the real numbers in them."""

from __future__ import annotations

from typing import Any

from .graph import Graph, GraphNode
from .rules import power, rule_for
from .values import Value

TIMES = {2: "twice", 3: "three times", 4: "four times"}


def seed(root: GraphNode, value: Value, given: bool) -> str:
    """`Start: ∂out/∂out = 1.`"""
    name = root.name or "out"
    if given:
        return f"Start: backward() was given {_words(value)} as the gradient of {name}."
    return f"Start: ∂{name}/∂{name} = {value['short']}."


def accumulate(leaf: GraphNode, before: Value | None, incoming: Value, after: Value | None) -> str:
    """`x.grad: None + 4.5 = 4.5`"""
    grad = f"{leaf.name}.grad" if leaf.name else f".grad of {_label(leaf)}"
    old = "None" if before is None else before["short"]
    new = "None, for a hook took it away" if after is None else after["short"]
    if "×" in incoming["short"]:
        return f"{grad}: {old} + a {incoming['short']} gradient" + (
            ", added element by element" if before else f" = a {new} gradient"
        )
    return f"{grad}: {old} + {incoming['short']} = {new}"


def apply(
    graph: Graph,
    node: GraphNode,
    root: GraphNode,
    received: list[Value | None],
    sends: list[dict[str, Any]],
    operands: dict[str, str],
) -> str:
    """`MulBackward0 receives ∂out/∂z = 0.25 and sends 0.25 · y = 0.75 to AddBackward0, twice: …`"""
    parts = [_words(value) for value in received if value is not None]
    what = " and ".join(parts) or "nothing"
    if node.name and len(parts) == 1:
        link = " = " if "×" not in received[0]["short"] else ", "
        what = f"∂{root.name or 'out'}/∂{node.name}{link}{what}"
    text = f"{node.op} receives {what}"
    phrases = _phrases(graph, node, received, sends, operands)
    return f"{text} and sends {' and '.join(phrases)}." if phrases else f"{text}."


def _phrases(
    graph: Graph,
    node: GraphNode,
    received: list[Value | None],
    sends: list[dict[str, Any]],
    operands: dict[str, str],
) -> list[str]:
    counted: dict[tuple[str, str], int] = {}
    totals: dict[tuple[str, str], str] = {}
    edges = {edge.id: edge for edge in graph.edges if edge.source == node.id}
    for send in sends:
        edge = edges[send["edge"]]
        formula = _formula(node, edge.input, received, send["grad"], operands)
        words = _words(send["grad"])
        key = (
            f"{formula} = {words}" if formula and "×" not in words else formula or words,
            edge.target,
        )
        counted[key] = counted.get(key, 0) + 1
        if send["sum"] and send["sum"]["short"] != send["grad"]["short"]:
            totals[key] = send["sum"]["short"]
    phrases = []
    for (what, target), count in counted.items():
        to = graph.node(target)
        phrase = f"{what} to {_label(to)}"
        if count > 1:
            times = TIMES.get(count, f"{count} times")
            phrase += f", {times}: {to.name or 'it'} is used {times}"
        elif (total := totals.get((what, target))) and "×" not in total:
            phrase += f", which makes {total} there"
        phrases.append(phrase)
    return phrases


def _formula(
    node: GraphNode,
    input: int,
    received: list[Value | None],
    sent: Value,
    operands: dict[str, str],
) -> str | None:
    rule = rule_for(node.op or "")
    template = rule.formulas[input] if input < len(rule.formulas) else None
    gradient = received[0] if len(received) == 1 else None
    if template is None or gradient is None or "×" in gradient["short"]:
        return None
    known = {"alpha": "1", **operands, "g": gradient["short"]}
    if "exponent" in operands:
        known["power"] = power(operands["exponent"])
    here, there = _size(gradient), _size(sent)
    known["n"] = str(there // here) if here else "n"
    try:
        text = template.format_map(known)
    except KeyError:
        return None
    if rule.summed and sent["shape"] != gradient["shape"]:
        text += ", summed over the broadcast dimension,"
    return text


def _size(value: Value) -> int:
    size = 1
    for n in value["shape"]:
        size *= n
    return size


def _words(value: Value) -> str:
    short: str = value["short"]
    return f"a {short} gradient" if "×" in short or short == "?" else short


def _label(node: GraphNode) -> str:
    if node.kind == "leaf":
        shape = ", ".join(map(str, node.shape or ()))
        return node.name or f"a leaf ({shape})"
    return node.op or node.name or "the output"
