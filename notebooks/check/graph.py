"""Reading a graph through torch's public protocol, whichever engine built it."""

from __future__ import annotations

from typing import Any


def nodes(tensor: Any) -> list:
    """All nodes behind `tensor`, each once."""
    found, waiting = [], [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and not any(node is other for other in found):
            found.append(node)
            waiting.extend(following for following, _ in node.next_functions)
    return found


def leaves(tensor: Any) -> list:
    """The tracked leaves that a backward pass from `tensor` reaches."""
    if tensor.grad_fn is None:
        return [tensor] if tensor.requires_grad else []
    return [node.variable for node in nodes(tensor) if hasattr(node, "variable")]


def reaches(tensor: Any, leaf: Any) -> bool:
    """Whether a backward pass from `tensor` arrives at `leaf`."""
    return any(leaf is found for found in leaves(tensor))
