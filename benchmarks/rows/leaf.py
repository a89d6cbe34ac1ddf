"""One leaf used 10,000 times: fan-in, the sum of many gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row

ELEMENTS = 10


def tensors(engine: Any, uses: int) -> Case:
    """minigrad and torch."""
    x = engine.ones(ELEMENTS, requires_grad=True)

    def run() -> None:
        x.grad = None
        y = x
        for _ in range(uses):
            y = y + x
        y.sum().backward()

    return Case(run, lambda: [x.grad])


def arrays(engine: Any, uses: int) -> Case:
    x = np.ones(ELEMENTS, np.float32)
    found: list[Any] = []

    def run() -> None:
        y = x
        for _ in range(uses):
            y = y + x
        g = np.ones_like(y)
        to_x = g.copy()
        for _ in range(uses):
            to_x += g
        found[:] = [to_x]

    return Case(run, lambda: found)


def hips(engine: Any, uses: int) -> Case:
    x = np.ones(ELEMENTS, np.float32)

    def total(x: Any) -> Any:
        y = x
        for _ in range(uses):
            y = y + x
        return engine.numpy.sum(y)

    gradient = engine.grad(total)
    found: list[Any] = []

    def run() -> None:
        found[:] = [gradient(x)]

    return Case(run, lambda: found)


def mygrad(engine: Any, uses: int) -> Case:
    x = engine.tensor(np.ones(ELEMENTS, np.float32))

    def run() -> None:
        x.null_grad()
        y = x
        for _ in range(uses):
            y = y + x
        y.sum().backward()

    return Case(run, lambda: [x.grad])


def micrograd(engine: Any, uses: int) -> Case:
    leaf: list[Any] = []

    def run() -> None:
        leaf[:] = [engine.Value(1.0)]
        x = y = leaf[0]
        for _ in range(uses):
            y = y + x
        y.backward()

    return Case(run, lambda: [np.full(ELEMENTS, leaf[0].grad)])


LEAF = Row(
    name="leaf",
    title="one leaf used 10,000 times",
    goals=(Goal("torch", 0.5),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "micrograd": micrograd,
        "minigrad": tensors,
    },
    size={"uses": 10_000},
    tiny={"uses": 10},
)
