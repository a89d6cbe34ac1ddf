"""Memory: the peak of each workload beside what its saved tensors need, and what stays behind.

Measured with tracemalloc, which numpy reports its arrays to, with the garbage collector off.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from .facts import Fact, at_most
from .rows import ROWS

PEAK, MILLION = 1.2, 700
"""Limits: the peak over what is needed; megabytes of a chain of a million nodes."""

LONG_CHAIN = """
import resource, sys
import minigrad as torch
x = torch.ones((), requires_grad=True)
y = x
for _ in range(1_000_000):
    y = y * 1.0
y.backward()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1e6 if sys.platform == "darwin" else 1e3))
"""


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """What each workload leaves, its peak, and the long chain."""
    for row in ROWS:
        case = row.cases({"minigrad": engines["minigrad"]})["minigrad"]
        case.run()  # gradients and optimizers' buffers are there from now on
        peak, left = traced(case.run)
        yield Fact(f"{row.name}: peak of one run", f"{peak / 1e6:.2f} MB")
        yield at_most(f"{row.name}: left after it", left / 1e3, 1, " kB")
    if sys.platform == "win32":
        yield Fact("chain of 1,000,000 nodes", "not measured on Windows")
        return
    chain = [sys.executable, "-c", LONG_CHAIN]
    found = subprocess.run(chain, check=True, capture_output=True, text=True).stdout
    yield at_most("chain of 1,000,000 nodes: the process's peak", float(found), MILLION, " MB")


def traced(run: Callable[[], Any]) -> tuple[int, int]:
    """(bytes at the peak of a run, bytes that stay), without the garbage collector's help."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        run()
        run()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        run()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    return peak - before, after - before
