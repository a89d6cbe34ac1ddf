"""How long a picture takes, from tensor to what a notebook shows; beside torchviz, to SVG alone.

Time is CPU time of this process and of the layout programs that it starts, which is never less than
what a reader waits for on a quiet machine.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from . import graphs
from .facts import Fact, at_most

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

LIMITS = {10: 0.03, 100: 0.1, 1_000: 1.0}
HUGE, HUGE_LIMIT = 10_000, 3.0
PATIENCE = 10.0
"""Seconds after which torchviz's layout is not waited for any longer."""


def now() -> float:
    """CPU time of this process and of its children that have ended; else time that goes by."""
    if resource is None:
        return time.perf_counter()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum([usage.ru_utime + usage.ru_stime for usage in used])


def seconds(draw: Callable[[], Any], times: int) -> float:
    """The median of several runs."""
    found = []
    for _ in range(times):
        start = now()
        draw()
        found.append(now() - start)
    return statistics.median(found)


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """minigrad's graphs against the limits, torch's against torchviz, and a huge one."""
    import viz

    def shown(root: Any) -> None:
        viz.draw(root)._repr_mimebundle_()

    shown(graphs.mlp(engines["minigrad"], 1))
    peer, why = torchviz(engines)
    for name, build in graphs.GRAPHS.items():
        for count, limit in LIMITS.items():
            root = graphs.of_size(build, engines["minigrad"], count)
            times = 1 if quick else 7 if count < 1_000 else 3
            what = f"picture of {graphs.nodes(root):,} nodes, {name}"
            ours = seconds(lambda root=root: shown(root), times)  # type: ignore[misc]
            yield at_most(what, ours * 1e3, limit * 1e3, " ms")
            if peer is not None:
                yield beside(peer, graphs.of_size(build, engines["torch"], count), times)
    if why:
        yield Fact("beside torchviz", why)
    root = graphs.of_size(graphs.rnn, engines["minigrad"], HUGE)
    start = now()
    try:
        shown(root)
        how = f"picture of {graphs.nodes(root):,} nodes, RNN"
    except ValueError as error:
        how = f"{graphs.nodes(root):,} nodes: refused with {str(error)!r}"
    yield at_most(how, now() - start, HUGE_LIMIT, " s")


def torchviz(engines: dict[str, Any]) -> tuple[Callable[[Any], None] | None, str]:
    """(what draws torch's graphs with torchviz, why there is nothing that does)."""
    try:
        from torchviz import make_dot  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return None, "torchviz is not installed"
    if "torch" not in engines:
        return None, "torch is not installed"
    from viz.engine import engine  # `dot` itself, or the same program from a wheel

    def draw(root: Any) -> None:
        source = make_dot(root).source.encode()
        subprocess.run(
            [engine(), "-Tsvg"], input=source, capture_output=True, check=True, timeout=PATIENCE
        )

    return draw, ""


def beside(peer: Callable[[Any], None], root: Any, times: int) -> Fact:
    """viz's time over torchviz's, on one of torch's graphs."""
    import viz

    ours = seconds(lambda: viz.draw(root).svg, times)
    try:
        theirs = seconds(lambda: peer(root), times)
    except subprocess.TimeoutExpired:
        return Fact(f"… on torch: {ours * 1e3:.0f} ms, torchviz", f"> {PATIENCE:g} s", "–", True)
    what = f"… on torch: {ours * 1e3:.0f} ms, torchviz {theirs * 1e3:.0f} ms"
    return at_most(what, ours / theirs, 1, " × torchviz")
