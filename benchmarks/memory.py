"""Memory: the peak of each workload beside what its saved tensors need, and what stays behind.

Measured with tracemalloc, to which numpy reports its arrays, with the garbage collector off. A pass
needs what its nodes saved, the gradients of the leaves, and room for the largest gradient twice:
the one that comes into an operation and the one that goes out.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np

from .facts import Fact, at_most
from .rows import ROWS

PEAK, LEFT, MILLION = 1.2, 4, 700
"""Limits: the peak over what is needed; kilobytes that a run leaves (Python keeps some small
objects for later use, which count as if they were alive); megabytes of a million-node chain."""
ARRAYS = 1_000
"""Bytes of a saved array from which on it, and not the objects around it, is what counts."""
RUNS = 3

LONG_CHAIN = """
import pathlib, re, resource, sys
import minigrad as torch
x = torch.ones((), requires_grad=True)
y = x
for _ in range(1_000_000):
    y = y * 1.0
y.backward()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = pathlib.Path("/proc/self/status")
if status.exists():  # for Linux counts the peak of the process that started this one, too
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
print(peak / (1e6 if sys.platform == "darwin" else 1e3))
"""


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """The peak of each workload, what it leaves, and the long chain."""
    minigrad = engines["minigrad"]
    for row in ROWS:
        run = row.cases({"minigrad": minigrad})["minigrad"].run
        need = needed(minigrad, run)
        peak, left = traced(run)
        peak += need.gradients  # a run drops those of the last run before it makes its own
        if need.saved > ARRAYS * len(need.arrays):
            found = f"{row.name}: peak of {peak / 1e6:.2f} MB / {need.bytes / 1e6:.2f} needed"
            yield at_most(found, peak / need.bytes, PEAK, " ×")
        else:
            yield Fact(f"{row.name}: peak", f"{peak / 1e6:.2f} MB")
        yield at_most(f"{row.name}: what a run leaves", left / 1e3, LEFT, " kB")
    if sys.platform == "win32":
        yield Fact("chain of 1,000,000 nodes", "not measured on Windows")
        return
    chain = [sys.executable, "-c", LONG_CHAIN]
    done = subprocess.run(chain, check=True, capture_output=True, text=True)
    yield at_most(
        "chain of 1,000,000 nodes: the process's peak", float(done.stdout), MILLION, " MB"
    )


@dataclass
class Need:
    """Bytes that a backward pass cannot do without."""

    gradients: int = 0  # of leaves
    largest: int = 0
    arrays: dict[int, np.ndarray] = field(default_factory=dict)  # saved, each memory once

    @property
    def saved(self) -> int:
        return sum([array.nbytes for array in self.arrays.values()])

    @property
    def bytes(self) -> int:
        return self.saved + self.gradients + 2 * self.largest


def needed(engine: Any, run: Callable[[], Any]) -> Need:
    """What the graph of a run holds when its backward pass begins."""
    need, backward = Need(), engine.Tensor.backward

    def look(self: Any, *args: Any, **named: Any) -> None:
        seen, stack = {self.grad_fn}, [self.grad_fn]
        while stack:
            node = stack.pop()
            look_at(node, need, engine.Tensor)
            for target, _ in node.next_functions:
                if target is not None and target not in seen:
                    seen.add(target)
                    stack.append(target)
        backward(self, *args, **named)

    with mock.patch.object(engine.Tensor, "backward", look):
        run()
    return need


def look_at(node: Any, need: Need, tensor_type: type) -> None:
    """Add what one node holds; what a leaf holds was there before the run."""
    if hasattr(node, "variable"):
        need.gradients += node.variable.nelement() * node.variable.element_size()
        return
    for name in dir(node):
        value = getattr(node, name) if name.startswith("_saved_") else None
        if isinstance(value, tensor_type) and not value.is_leaf:  # type: ignore[attr-defined]
            memory = value.detach().numpy()  # type: ignore[attr-defined]
            while isinstance(memory.base, np.ndarray):
                memory = memory.base
            need.arrays[memory.ctypes.data] = memory
            need.largest = max(need.largest, memory.nbytes)


def traced(run: Callable[[], Any]) -> tuple[int, float]:
    """(bytes at the peak of a run, bytes that each run leaves), with no garbage collected."""
    run()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        run()
        run()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(RUNS):
            run()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    return peak - before, (after - before) / RUNS
