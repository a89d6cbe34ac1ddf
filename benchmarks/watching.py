"""What recording adds to a backward pass: to a small one, and to a step of the large network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import graphs
from .facts import Fact, at_most
from .rows.large_mlp import LARGE_MLP
from .timing import ratio, round_robin

SMALL, LARGE = 3.0, 0.2
"""What recording may add, in units of the pass itself."""


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """The time that recording adds, over that of the same code unrecorded."""
    import viz

    minigrad = engines["minigrad"]
    seconds = 0.3 if quick else 3.0

    def small() -> None:
        graphs.mlp(minigrad, 2).backward()

    def recorded(run: Callable[[], Any]) -> Callable[[], Any]:
        def call() -> None:
            with viz.record():
                run()

        return call

    large = LARGE_MLP.cases({"minigrad": minigrad})["minigrad"].run
    for what, run, limit in (
        ("a forward and backward pass of 11 nodes", small, SMALL),
        (f"a step of {LARGE_MLP.title.partition(',')[0]}", large, LARGE),
    ):
        times = round_robin({"minigrad": recorded(run), "plain": run}, seconds)
        added, _, _ = ratio(times, "plain")
        yield at_most(f"recording adds to {what}", added - 1, limit, " × itself")
