"""Finite differences: is a recorded gradient the slope that f really has?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from .graph import Graph, engine_of, roots_of, walk
from .names import is_tensor, output_nr
from .page import clean
from .rerun import Rerun, RerunError
from .values import LISTED, Value, array_of, dtype_of, number, spoken, value_of_array

CLOSE = 0.02  # of the largest number, that a gradient in float32 may be off
RUNS = 4_000  # of f, at most
LETTERS = 120  # of an error that are told


@dataclass
class Slopes:
    """Of each number: (f(x + h) − f(x − h)) / 2h, and the slopes to its two sides alone."""

    both: np.ndarray
    left: np.ndarray
    right: np.ndarray


Checks: TypeAlias = "dict[str, Slopes | str]"  # by node: its slopes, or why there are none


def differences(f: Callable[[], Any], t: Any, gradient: Any, graph: Graph) -> Checks:
    """{node's id: (f(x + h) − f(x − h)) / 2h for each number x of it}, or why there are none.

    f computes `t` again from the same leaves. Each number of a leaf is moved up and down a little,
    and put back; to what an op has made, a little is added before f goes on with it. Raises
    ValueError where f gives other numbers than `t` has.
    """
    roots = roots_of(t)
    engine = engine_of(roots[0])
    several = isinstance(gradient, (list, tuple))
    seeds = [*gradient] if several else [gradient] * len(roots)
    weights = [_seed(root, seed) for root, seed in zip(roots, seeds)]

    def total(found: Any) -> float:
        outs = list(found) if isinstance(found, (list, tuple)) else [found]
        if len(outs) != len(weights) or not all(map(is_tensor, outs)):
            raise ValueError("f must return what is animated, computed again")
        return float(sum(np.sum(_numbers(out) * w) for out, w in zip(outs, weights)))

    def again() -> float:
        with engine.no_grad():
            return total(f())

    before, now = total(t), again()
    if not _equal(now, before):
        raise ValueError(
            f"f gives {number(now)} where the animated tensor is {number(before)}: it must "
            "compute the same again, from the same leaves and with no new random numbers"
        )
    checks: Checks = {}
    for node in graph.nodes:
        if node.kind == "leaf":
            leaf = graph.handles[node.id].variable
            checks[node.id] = _MANY if prod(leaf.shape) > LISTED else _slopes(leaf, again, engine)
    try:
        checks |= _inside(Rerun(f, engine.__name__), total, before, graph, engine)
    except RerunError as error:  # then leaves alone are checked
        checks |= dict.fromkeys(_ops(graph), _COPY.format(clean(str(error), LETTERS)))
    return checks


def _ops(graph: Graph) -> dict[str, str | None]:
    return {node.id: node.op for node in graph.nodes if node.kind == "op"}


def _inside(
    f: Rerun, total: Callable[[Any], float], before: float, graph: Graph, engine: Any
) -> Checks:
    """The same for what ops have made, as far as f's own lines hold it."""
    ops = _ops(graph)
    with f.looking() as results:
        found = f()
    try:
        again = walk(roots_of(found))
    except (TypeError, ValueError):  # no tensor, or none with a graph
        return dict.fromkeys(ops, _OTHER)
    if [(n.kind, n.op) for n in again.nodes] != [(n.kind, n.op) for n in graph.nodes]:
        return dict.fromkeys(ops, _OTHER)
    ids = {id(again.handles[box]): box for box in ops}
    places: dict[str, int] = {}  # the first time that each result passes
    for at, (result, node) in enumerate(results):
        if output_nr(result) == 0 and (box := ids.get(id(node))):
            places.setdefault(box, at)
    checks: Checks = dict.fromkeys(ops, _UNSEEN)
    left = RUNS
    for box, at in places.items():
        result, _ = results[at]
        array = array_of(result)
        if array is None or array.size > LISTED:
            checks[box] = _MANY
            continue
        left -= 2 * array.size
        if left < 0:
            checks[box] = _MANY
            continue

        def moved(shift: np.ndarray, at: int = at, dtype: Any = result.dtype) -> float:
            added = engine.tensor(shift.tolist(), dtype=dtype)
            with engine.no_grad(), f.moved(at, added):
                return total(f())

        if _equal(moved(np.zeros(array.shape)), before):  # else it is written in place elsewhere
            checks[box] = _of(array, moved)
    return checks


HOW = "Finite differences, (f(x + h) − f(x − h)) / 2h"
_UNSEEN = (
    "No finite differences here: f's own lines never hold this result, so nothing can be added "
    "to it."
)
_COPY = (
    "No finite differences here: a copy of f's lines, which may add to results on their way, "
    "raised {}"
)
_OTHER = "No finite differences here: f called again makes a graph of other operations."
_SEVERAL = "No finite differences here: it has several results, and each would need its own."
_MANY = "No finite differences here: it has too many numbers to move one by one."
_COARSE = "No finite differences here: its numbers have too few digits."


def told(checks: Checks, run: Mapping[str, Any]) -> dict[str, str]:
    """{node's id: what finite differences say of the gradient that it got in this run}"""
    came: dict[str, Value | None] = {}
    several = set()
    for step in run["steps"]:
        if step["kind"] == "accumulate":
            came[step["node"]] = step["incoming"]
        elif step["kind"] == "apply":
            came[step["node"]] = step["received"]
            several |= {step["node"]} if "received_all" in step else set()
    found = {}
    for id, slopes in checks.items():
        if (got := came.get(id)) is None:
            continue
        if id in several:
            found[id] = _SEVERAL
        elif isinstance(slopes, str) or got["data"] is None:
            found[id] = slopes if isinstance(slopes, str) else _MANY
        else:
            found[id] = _text(slopes, got)
    return found


def _slopes(leaf: Any, total: Callable[[], float], engine: Any) -> Slopes | str:
    """(f(x + h) − f(x − h)) / 2h for each number x of a leaf."""
    start = array_of(leaf)
    if start is None or start.dtype.kind != "f" or "float16" in dtype_of(leaf):
        return _COARSE
    data = leaf.data

    def moved(shift: np.ndarray) -> float:
        data.copy_(engine.tensor((start + shift).tolist(), dtype=leaf.dtype))
        return total()

    try:
        return _of(start, moved)
    finally:
        data.copy_(engine.tensor(start.tolist(), dtype=leaf.dtype))


def _of(start: np.ndarray, moved: Callable[[np.ndarray], float]) -> Slopes | str:
    """The slopes of `moved`, which is told what to add to `start`."""
    if start.dtype.kind != "f" or start.dtype.itemsize < 4:
        return _COARSE
    found = Slopes(*(np.empty(start.shape) for _ in range(3)))
    step, here = float(np.cbrt(np.finfo(start.dtype).eps)), moved(np.zeros_like(start))
    for place in np.ndindex(start.shape):
        h = step * max(1.0, abs(float(start[place])))
        ends, totals = [], []
        for sign in (1, -1):
            shift = np.zeros_like(start)
            shift[place] = (start[place] + sign * h) - start[place]  # what rounding leaves of h
            ends.append(float(shift[place]))
            totals.append(moved(shift))
        found.both[place] = (totals[0] - totals[1]) / (ends[0] - ends[1])
        found.right[place], found.left[place] = ((t - here) / e for t, e in zip(totals, ends))
    return found


def _equal(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True))


def _text(slopes: Slopes, got: Value) -> str:
    grad = np.array(got["data"], dtype=float)
    off = np.abs(slopes.both - grad)
    most = float(np.max(off, initial=0))
    close = CLOSE * max(float(np.max(np.abs(slopes.both), initial=0)), 0.01)
    verdict = "The two agree" if most <= close else f"They differ by up to {number(most)}"
    low, high = np.minimum(slopes.left, slopes.right), np.maximum(slopes.left, slopes.right)
    if most > close and ((off <= close) | ((low - close <= grad) & (grad <= high + close))).all():
        verdict += ": f has a kink here, and backward gives the slope to one side of it"
    rounded = value_of_array(slopes.both, slopes.both.shape, got["dtype"])
    numbers = [spoken(rounded), spoken(got)]
    if any(text.startswith("a ") for text in numbers):
        most_off = f"off by {number(most)} at most"
        return f"{HOW}, and backward, of {grad.size} numbers each: {most_off}. {verdict}."
    return f"{HOW}: {numbers[0]}. Backward: {numbers[1]}. {verdict}."


def _seed(root: Any, seed: Any) -> np.ndarray:
    found = np.ones(tuple(root.shape)) if seed is None else array_of(seed)
    return np.ones(()) if found is None else found


def _numbers(tensor: Any) -> np.ndarray:
    found = array_of(tensor)
    if found is None:
        raise ValueError("the numbers of this tensor cannot be read")
    return found.astype(float)
