"""The sum of sigmoid(x·w + b)·tanh(x) over a million elements: memory traffic, no overhead."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal


def tensors(engine: Any, count: int) -> Case:
    """minigrad and torch; w and b are 0-d."""
    leaves = [engine.tensor(a, requires_grad=True) for a in normal((count,), (), ())]

    def run() -> None:
        x, w, b = leaves
        x.grad = w.grad = b.grad = None
        (engine.sigmoid(x * w + b) * engine.tanh(x)).sum().backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


def arrays(engine: Any, count: int) -> Case:
    """By hand: what forward and backward share is computed once."""
    x, w, b = normal((count,), (), ())
    found: list[Any] = []

    def run() -> None:
        s = 1 / (1 + np.exp(-(x * w + b)))
        t = np.tanh(x)
        (s * t).sum()
        g = t * s * (1 - s)  # to x·w + b
        found[:] = g * w + s * (1 - t * t), (g * x).sum(), g.sum()

    return Case(run, lambda: found)


def hips(engine: Any, count: int) -> Case:
    anp = engine.numpy
    start = normal((count,), (), ())

    def total(x: Any, w: Any, b: Any) -> Any:
        return anp.sum(1 / (1 + anp.exp(-(x * w + b))) * anp.tanh(x))

    gradient, found = engine.grad(total, (0, 1, 2)), list[Any]()

    def run() -> None:
        found[:] = gradient(*start)

    return Case(run, lambda: found)


def mygrad(engine: Any, count: int) -> Case:
    leaves = [engine.tensor(array) for array in normal((count,), (), ())]
    sigmoid = engine.nnet.sigmoid

    def run() -> None:
        x, w, b = leaves
        (sigmoid(x * w + b) * engine.tanh(x)).sum().backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


ELEMENTS = Row(
    name="elements",
    title="1e6-element sigmoid(x·w + b)·tanh(x), sum",
    goals=(Goal("numpy", 1.1),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size={"count": 1_000_000},
    tiny={"count": 100},
)
