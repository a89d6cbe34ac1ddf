"""Torch's queue of nodes that are ready to run, for its order among equals.

Torch takes the node that was made last, and leaves before all others. Its queue is C++'s
`std::priority_queue`, a binary heap, which does not keep equals in their order of arrival: of four
leaves that become ready at once, the third runs before the second. Only hooks can see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class ReadyQueue:
    """A binary heap of nodes, the highest `sequence` on top, laid out as libstdc++ does."""

    def __init__(self) -> None:
        self.heap: list[Any] = []

    def push(self, node: Any) -> None:
        self.heap.append(node)
        self._rise(len(self.heap) - 1, node)

    def pop(self) -> Any:
        heap = self.heap
        top, last, size, hole = heap[0], heap.pop(), len(heap), 0
        if not size:
            return top
        child = 2
        while child < size:  # the hole sinks to the bottom …
            if heap[child].sequence < heap[child - 1].sequence:
                child -= 1
            heap[hole], hole = heap[child], child
            child = 2 * hole + 2
        if child == size:
            heap[hole], hole = heap[child - 1], child - 1
        self._rise(hole, last)  # … and the last node rises from there
        return top

    def _rise(self, place: int, node: Any) -> None:
        heap = self.heap
        while place and heap[(place - 1) // 2].sequence < node.sequence:
            heap[place], place = heap[(place - 1) // 2], (place - 1) // 2
        heap[place] = node


def order_of(roots: Iterable[Any], will_run: Callable[[Any], bool]) -> dict[Any, int]:
    """For each node of a backward pass from `roots`: the how-manyth it is to run in torch."""
    roots = list(dict.fromkeys(roots))
    waiting, reached = dict.fromkeys(roots, 0), list(roots)
    for node in reached:  # which grows on the way
        for target in node.edges:
            if target is not None and target not in waiting:
                waiting[target] = 0
                reached.append(target)
            if target is not None:
                waiting[target] += 1
    queue = ReadyQueue()
    rank: dict[Any, int] = {}
    for node in roots:
        if not waiting[node] and (will_run(node) or len(roots) == 1):
            queue.push(node)
    while queue.heap:
        node = queue.pop()
        rank[node] = len(rank)
        for target in node.edges:
            if target is not None:
                waiting[target] -= 1
                if not waiting[target] and will_run(target):
                    queue.push(target)
    return rank
