"""The mean of softmax(x + b), 512×512: reductions along rows.

Each row of a softmax sums to 1, so the true gradient is 0: what the engines find is rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal


def tensors(engine: Any, side: int) -> Case:
    """minigrad and torch."""
    x, b = [engine.tensor(a, requires_grad=True) for a in normal((side, side), (side,))]

    def run() -> None:
        x.grad = b.grad = None
        (x + b).softmax(-1).mean().backward()

    return Case(run, lambda: [x.grad, b.grad])


def arrays(engine: Any, side: int) -> Case:
    """By hand: in place, row sums and column sums as products."""
    x, b = normal((side, side), (side,))
    ones, found = np.ones(side, np.float32), list[Any]()

    def run() -> None:
        s = x + b
        s -= s.max(1, keepdims=True)
        np.exp(s, out=s)
        s /= (s @ ones)[:, None]
        s.mean()
        g = np.float32(1 / s.size)
        weighted = s * g
        s *= (weighted @ ones)[:, None]
        weighted -= s
        found[:] = weighted, ones @ weighted

    return Case(run, lambda: found)


def hips(engine: Any, side: int) -> Case:
    anp = engine.numpy

    def mean(x: Any, b: Any) -> Any:
        z = x + b
        e = anp.exp(z - anp.max(z, axis=1, keepdims=True))
        return anp.mean(e / anp.sum(e, axis=1, keepdims=True))

    start, gradient = normal((side, side), (side,)), engine.grad(mean, (0, 1))
    found: list[Any] = []

    def run() -> None:
        found[:] = gradient(*start)

    return Case(run, lambda: found)


def mygrad(engine: Any, side: int) -> Case:
    x, b = [engine.tensor(array) for array in normal((side, side), (side,))]
    softmax = engine.nnet.softmax

    def run() -> None:
        softmax(x + b, axis=-1).mean().backward()

    return Case(run, lambda: [x.grad, b.grad])


SOFTMAX = Row(
    name="softmax",
    title="512×512 bias, softmax, mean",
    goals=(Goal("torch"),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size={"side": 512},
    tiny={"side": 5},
)
