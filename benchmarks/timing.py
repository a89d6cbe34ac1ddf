"""Round-robin timing: each round runs every engine once, so that all meet the same weather; in an
order that changes, for who comes after whom matters to the allocator.

Time is CPU time of this process (all its threads), which other programs disturb least. The garbage
collector is on, and what an engine leaves to it is collected on that engine's own time.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

now = time.perf_counter if sys.platform == "win32" else time.process_time  # there: 16 ms steps
SAMPLE = 0.02
"""Seconds that a sample lasts at least: a short workload is run several times."""
SLOW = 1.0
"""Seconds from which on a run is not repeated in every round: one sample must do."""


def sample(run: Callable[[], Any], repeat: int) -> float:
    """Seconds per run, with the collection of what the runs left."""
    gc.collect()
    start = now()
    for _ in range(repeat):
        run()
    gc.collect()
    return (now() - start) / repeat


@contextmanager
def frozen() -> Iterator[None]:
    """What is there already is hidden from the collector: a process of each engine's own would not
    hold the modules of all others."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def round_robin(
    runs: Mapping[str, Callable[[], Any]], seconds: float, rounds: int = 3
) -> dict[str, list[float]]:
    """{name: seconds per run, one for each round}, in at least `rounds` rounds."""
    with frozen():
        first = {name: sample(run, 1) for name, run in runs.items()}
        for name in [name for name, seconds in first.items() if seconds <= SLOW]:
            first[name] = sample(runs[name], 1)  # what the first run loaded does not count
        times = {name: [first[name]] if first[name] > SLOW else [] for name in runs}
        order = random.Random(0)
        begun, done = time.perf_counter(), 0
        while done < rounds or time.perf_counter() - begun < seconds:
            for name in order.sample(list(runs), len(runs)):
                if first[name] <= SLOW or name == "minigrad":
                    times[name].append(
                        sample(runs[name], max(1, round(SAMPLE / max(first[name], 1e-7))))
                    )
            done += 1
    return times


def ratio(times: Mapping[str, list[float]], peer: str) -> tuple[float, float, float]:
    """minigrad's time over a peer's, round by round: (median, lower and upper quartile)."""
    ratios = [mine / its for mine, its in zip(times["minigrad"], times[peer])]
    low, middle, high = statistics.quantiles([*ratios, *ratios[:1]], n=4, method="inclusive")
    return middle, low, high
