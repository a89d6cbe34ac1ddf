"""Torch's queue of nodes that are ready to run, for its order among equals.

Torch takes the node that was made last, and leaves before all others. Its queue is C++'s
`std::priority_queue`, a binary heap, which does not keep equals in their order of arrival: of four
leaves that become ready at once, the third runs before the second. Only hooks can see it. Python's
heap moves its elements as C++'s does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any


class _Ready:
    """A node in the heap: the highest sequence first, and equals are equal."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node

    def __lt__(self, other: _Ready) -> bool:
        return self.node.sequence > other.node.sequence


def order_of(roots: Iterable[Any], will_run: Callable[[Any], bool]) -> dict[Any, int]:
    """For each node of a backward pass from `roots`: the how-manyth it is to run in torch."""
    roots = list(dict.fromkeys(roots))
    waiting, reached = dict.fromkeys(roots, 0), list(roots)
    for node in reached:  # which grows on the way
        for target, _ in node.next_functions:
            if target is not None and target not in waiting:
                waiting[target] = 0
                reached.append(target)
            if target is not None:
                waiting[target] += 1
    queue: list[_Ready] = []
    rank: dict[Any, int] = {}
    for node in roots:
        if not waiting[node] and (will_run(node) or len(roots) == 1):
            heappush(queue, _Ready(node))
    while queue:
        node = heappop(queue).node
        rank[node] = len(rank)
        for target, _ in node.next_functions:
            if target is not None:
                waiting[target] -= 1
                if not waiting[target] and will_run(target):
                    heappush(queue, _Ready(target))
    return rank
