"""Chains: y = y·w, y = y + b, again and again. What an engine costs per operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row

START, FACTOR, SHIFT = 1.0, 0.999, 0.001


def tensors(engine: Any, ops: int, elements: int) -> Case:
    """minigrad and torch; 0 elements stand for a 0-d tensor."""
    leaves = [
        engine.full((elements,) if elements else (), value, requires_grad=True)
        for value in (START, FACTOR, SHIFT)
    ]

    def run() -> None:
        x, w, b = leaves
        x.grad = w.grad = b.grad = None
        y = x
        for _ in range(ops // 2):
            y = y * w
            y = y + b
        (y.sum() if elements else y).backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


def arrays(engine: Any, ops: int, elements: int) -> Case:
    """By hand: the loop forward, the loop backward, and the list of values between them."""
    if elements:
        x, w, b = (np.full(elements, value, np.float32) for value in (START, FACTOR, SHIFT))
    else:
        x, w, b = START, FACTOR, SHIFT  # type: ignore[assignment]
    found: list[Any] = []

    def run() -> None:
        y, before = x, []
        for _ in range(ops // 2):
            before.append(y)
            y = y * w + b
        g = np.ones(elements, np.float32) if elements else 1.0
        to_w = to_b = g * 0
        for y in reversed(before):
            to_b = to_b + g
            to_w = to_w + g * y
            g = g * w
        found[:] = g, to_w, to_b

    return Case(run, lambda: found)


def hips(engine: Any, ops: int, elements: int) -> Case:
    """HIPS autograd."""
    anp = engine.numpy
    start = [np.full(elements, v, np.float32) if elements else v for v in (START, FACTOR, SHIFT)]

    def chain(x: Any, w: Any, b: Any) -> Any:
        y = x
        for _ in range(ops // 2):
            y = y * w
            y = y + b
        return anp.sum(y) if elements else y

    gradient = engine.grad(chain, (0, 1, 2))
    found: list[Any] = []

    def run() -> None:
        found[:] = gradient(*start)

    return Case(run, lambda: found)


def mygrad(engine: Any, ops: int, elements: int) -> Case:
    start = [
        np.full((elements,) if elements else (), value, np.float32)
        for value in (START, FACTOR, SHIFT)
    ]
    leaves = [engine.tensor(array) for array in start]

    def run() -> None:
        x, w, b = leaves
        for leaf in leaves:
            leaf.null_grad()
        y = x
        for _ in range(ops // 2):
            y = y * w
            y = y + b
        (y.sum() if elements else y).backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


def micrograd(engine: Any, ops: int, elements: int) -> Case:
    """On numbers, whatever `elements` says: micrograd has no arrays."""
    leaves: list[Any] = []

    def run() -> None:
        x, w, b = leaves[:] = [engine.Value(v) for v in (START, FACTOR, SHIFT)]
        y = x
        for _ in range(ops // 2):
            y = y * w
            y = y + b
        y.backward()

    shape = (elements,) if elements else ()
    return Case(run, lambda: [np.full(shape, leaf.grad) for leaf in leaves])


VERSIONS = {
    "numpy": arrays,
    "torch": tensors,
    "autograd": hips,
    "mygrad": mygrad,
    "micrograd": micrograd,
    "minigrad": tensors,
}

SCALARS = Row(
    name="scalars",
    title="chain of 2,000 scalar ops",
    goals=(Goal("torch", 0.35), Goal("micrograd")),
    versions=VERSIONS,
    size={"ops": 2_000, "elements": 0},
    tiny={"ops": 20, "elements": 0},
)
LONG = Row(
    name="long",
    title="chain of 100,000 ops, 10 elements",
    goals=(Goal("torch", 0.4),),
    versions=VERSIONS,
    size={"ops": 100_000, "elements": 10},
    tiny={"ops": 20, "elements": 3},
    tolerance=0.05,  # 50,000 rounded sums of float32
)
