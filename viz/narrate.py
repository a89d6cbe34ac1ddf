"""Turns the steps of a trace into sentences with the real numbers in them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from .graph import GraphEdge, GraphNode
from .rules import power, rule_for
from .values import Value, shape_text, shared, spoken

SHORT = 32  # characters of a formula that is told with numbers too
TIMES = {2: "twice", 3: "three times", 4: "four times"}


def seed(root: GraphNode, value: Value, given: bool) -> str:
    """`Start: ∂out/∂out = 1.`"""
    name = root.name or "output"
    if given:
        return f"Start: backward() was given {spoken(value)} as the gradient of {name}."
    return f"Start: ∂{name}/∂{name} = {spoken(value)}."


def accumulate(leaf: GraphNode, step: Mapping[str, Any]) -> str:
    """`x.grad: None + 4.5 = 4.5`"""
    grad = f"{leaf.name}.grad" if leaf.name else f".grad of {_label(leaf)}"
    before, incoming, after = (step[key] for key in ("before", "incoming", "after"))
    old = "None" if before is None else spoken(before)
    new = "None, for a hook took it away" if after is None else spoken(after)
    return f"{grad}: {old} + {spoken(incoming)}{_changed(step)} = {new}"


def result(node: GraphNode, grad: Value | None, root: str | None) -> str:
    """`autograd.grad returns ∂y/∂x = 12.`"""
    told = "None" if grad is None else spoken(grad)
    if root and node.name:
        return f"autograd.grad returns ∂{root}/∂{node.name} = {told}."
    return f"autograd.grad returns {told} for {node.name or _label(node)}."


def _changed(step: Mapping[str, Any]) -> str:
    sent = step.get("changed_from")
    return f" (a hook changed it from {spoken(sent)})" if sent else ""


def apply(
    nodes: Mapping[str, GraphNode],
    edges: Mapping[str, GraphEdge],
    step: Mapping[str, Any],
    root: str | None,
    called: Mapping[str, str],
    worth: Mapping[str, str],
) -> str:
    """`MulBackward0 receives ∂out/∂z = 0.25 and sends 0.25 · y = 0.25 · 3 = 0.75 to …`

    root:    the name of the output, where what arrives is its derivative and nothing else
    called:  how to call the tensors and numbers that the node saved
    worth:   the numbers of those of them that are few
    """
    node = nodes[step["node"]]
    received = [value for value in step.get("received_all", [step["received"]]) if value]
    what = " and ".join(map(spoken, received)) or "nothing"
    if root and node.name and len(received) == 1 and "changed_from" not in step:
        what = f"∂{root}/∂{node.name} = {what}"
    what += _changed(step)
    phrases = []
    for (sent, target), sums in _grouped(node, edges, step, received, (called, worth)).items():
        times = TIMES.get(len(sums), f"{len(sums)} times")
        phrase = f"{sent} to {_label(nodes[target])}"
        if len(sums) > 1:
            phrase += f", {times}: {nodes[target].name or 'it'} is used {times}"
        elif sums[0]:
            phrase += f", which makes {sums[0]} there"
        phrases.append(phrase)
    ending = f" and sends {' and '.join(phrases)}." if phrases else "."
    return f"{node.op} receives {what}{ending}"


def _grouped(
    node: GraphNode,
    edges: Mapping[str, GraphEdge],
    step: Mapping[str, Any],
    received: list[Value],
    saved: tuple[Mapping[str, str], Mapping[str, str]],
) -> dict[tuple[str, str], list[str]]:
    """{(what is sent, to whom): the sum there after each such gradient, if it is another one}"""
    groups: dict[tuple[str, str], list[str]] = {}
    for send in step["sends"]:
        edge, grad, total = edges[send["edge"]], send["grad"], send["sum"]
        words = _each(grad, received)
        if len(received) == 1 and (
            formula := _formula(node, edge.input, received[0], grad, *saved)
        ):
            words = f"{formula} = {words}"
        sums = groups.setdefault((words, edge.target), [])
        sums.append("" if total["text"] == grad["text"] else spoken(total))
    return groups


def _each(grad: Value, received: list[Value]) -> str:
    """A gradient in a sentence; one number for many elements says so where their count is new."""
    one, count = shared(grad), prod(grad["shape"])
    spread = one and count > 1 and all(v["shape"] != grad["shape"] for v in received)
    return f"{one} for each of {count} elements" if spread else spoken(grad)


def _formula(
    node: GraphNode,
    input: int,
    received: Value,
    sent: Value,
    called: Mapping[str, str],
    worth: Mapping[str, str],
) -> str | None:
    """`12 · x = 12 · 2`: what is done to a gradient, with names, then with numbers."""
    rule = rule_for(node.op or "")
    template = rule.formulas[input] if input < len(rule.formulas) else None
    if template is None or (gradient := spoken(received)).startswith("a "):
        return None
    known = {"alpha": "1", **called, "g": gradient}
    if "exponent" in called:
        known["power"] = power(called["exponent"])
    here, there = prod(received["shape"]), prod(sent["shape"])
    known["n"] = str(there // here) if here else "n"
    try:
        text = template.format_map(known)
    except KeyError:  # an operand with neither a name nor few numbers
        return None
    if rule.summed and sent["shape"] != received["shape"]:
        return f"the sum of {text} over the broadcast elements"
    numbers = template.format_map({**known, **worth})
    return text if numbers == text or len(numbers) > SHORT else f"{text} = {numbers}"


def _label(node: GraphNode) -> str:
    if node.kind == "leaf":
        return node.name or f"a leaf {shape_text(node.shape)}".strip()
    return node.op or node.name or "the output"
