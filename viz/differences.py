"""Finite differences: is a recorded gradient the slope that f really has?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from .graph import Graph, engine_of, roots_of
from .names import is_tensor
from .values import LISTED, Value, array_of, dtype_of, number, spoken, value_of_array

CLOSE = 0.02  # of the largest number, that a gradient in float32 may be off


def differences(f: Callable[[], Any], t: Any, gradient: Any, graph: Graph) -> dict[str, np.ndarray]:
    """{leaf's id: (f(x + h) − f(x − h)) / 2h for each number x of it}, for small leaves.

    f computes `t` again from the same leaves. Each number is moved up and down a little, and put
    back. Raises ValueError where f gives other numbers than `t` has.
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
    if not np.isclose(now, before, rtol=1e-4, atol=1e-6, equal_nan=True):
        raise ValueError(
            f"f gives {number(now)} where the animated tensor is {number(before)}: it must "
            "compute the same again, from the same leaves and with no new random numbers"
        )
    leaves = {n.id: graph.handles[n.id].variable for n in graph.nodes if n.kind == "leaf"}
    found = {id: _slopes(leaf, again, engine) for id, leaf in leaves.items()
             if prod(leaf.shape) <= LISTED}  # fmt: skip
    return {id: slopes for id, slopes in found.items() if slopes is not None}


def told(slopes: Mapping[str, np.ndarray], run: Mapping[str, Any]) -> dict[str, str]:
    """{leaf's id: what finite differences say of the gradient that it got in this run}"""
    came = {s["node"]: s["incoming"] for s in run["steps"] if s["kind"] == "accumulate"}
    return {
        id: _text(slope, came[id])
        for id, slope in slopes.items()
        if came.get(id) and came[id]["data"] is not None
    }


def _slopes(leaf: Any, total: Callable[[], float], engine: Any) -> np.ndarray | None:
    """(f(x + h) − f(x − h)) / 2h for each number x of a leaf."""
    start = array_of(leaf)
    if start is None or start.dtype.kind != "f" or "float16" in dtype_of(leaf):
        return None  # half precision has too few digits for differences
    data, slopes = leaf.data, np.empty(start.shape)
    step = float(np.cbrt(np.finfo(start.dtype).eps))
    try:
        for place in np.ndindex(start.shape):
            h = step * max(1.0, abs(float(start[place])))
            ends, totals = [], []
            for sign in (1, -1):
                moved = start.copy()
                moved[place] += sign * h
                data.copy_(engine.tensor(moved.tolist(), dtype=leaf.dtype))
                ends.append(float(moved[place]))
                totals.append(total())
            slopes[place] = (totals[0] - totals[1]) / (ends[0] - ends[1])
    finally:
        data.copy_(engine.tensor(start.tolist(), dtype=leaf.dtype))
    return slopes


def _text(slopes: np.ndarray, got: Value) -> str:
    grad = np.array(got["data"], dtype=float)
    off = float(np.max(np.abs(slopes - grad), initial=0))
    agree = off <= CLOSE * max(float(np.max(np.abs(slopes), initial=0)), 0.01)
    verdict = "The two agree" if agree else f"They differ by up to {number(off)}"
    rounded = value_of_array(slopes, slopes.shape, got["dtype"])
    return (
        f"Finite differences, (f(x + h) − f(x − h)) / 2h: {spoken(rounded)}. "
        f"Backward: {spoken(got)}. {verdict}."
    )


def _seed(root: Any, seed: Any) -> np.ndarray:
    found = np.ones(tuple(root.shape)) if seed is None else array_of(seed)
    return np.ones(()) if found is None else found


def _numbers(tensor: Any) -> np.ndarray:
    found = array_of(tensor)
    if found is None:
        raise ValueError("the numbers of this tensor cannot be read")
    return found.astype(float)
