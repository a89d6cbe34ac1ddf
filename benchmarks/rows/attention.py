"""One attention head, softmax(q kᵀ/√d) v, batch 8, 64×64: batched products and row reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal


def data(batch: int, side: int) -> list[Any]:
    """q, k, v, and what the result is weighted with before it is summed."""
    return normal(*[(batch, side, side)] * 4)


def tensors(engine: Any, batch: int, side: int) -> Case:
    """minigrad and torch."""
    *leaves, weights = [engine.tensor(array) for array in data(batch, side)]
    for leaf in leaves:
        leaf.requires_grad_()

    def run() -> None:
        q, k, v = leaves
        q.grad = k.grad = v.grad = None
        scores = (q @ k.transpose(-2, -1) * side**-0.5).softmax(-1)
        ((scores @ v) * weights).sum().backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


def arrays(engine: Any, batch: int, side: int) -> Case:
    """By hand: the scale goes into q, row sums are products."""
    q, k, v, weights = data(batch, side)
    scale, ones, found = np.float32(side**-0.5), np.ones(side, np.float32), list[Any]()

    def run() -> None:
        scaled = q * scale
        s = scaled @ k.transpose(0, 2, 1)
        s -= s.max(-1, keepdims=True)
        np.exp(s, out=s)
        s /= (s @ ones)[..., None]
        out = s @ v
        np.vdot(out, weights)
        g = weights @ v.transpose(0, 2, 1)
        g -= np.vecdot(g, s)[..., None]
        g *= s
        to_q = g @ k
        to_q *= scale
        found[:] = to_q, g.transpose(0, 2, 1) @ scaled, s.transpose(0, 2, 1) @ weights

    return Case(run, lambda: found)


def hips(engine: Any, batch: int, side: int) -> Case:
    anp = engine.numpy
    *start, weights = data(batch, side)

    def total(q: Any, k: Any, v: Any) -> Any:
        z = anp.matmul(q, anp.transpose(k, (0, 2, 1))) * side**-0.5
        e = anp.exp(z - anp.max(z, axis=-1, keepdims=True))
        scores = e / anp.sum(e, axis=-1, keepdims=True)
        return anp.sum(anp.matmul(scores, v) * weights)

    gradient, found = engine.grad(total, (0, 1, 2)), list[Any]()

    def run() -> None:
        found[:] = gradient(*start)

    return Case(run, lambda: found)


def mygrad(engine: Any, batch: int, side: int) -> Case:
    *start, weights = data(batch, side)
    leaves, softmax = [engine.tensor(array) for array in start], engine.nnet.softmax

    def run() -> None:
        q, k, v = leaves
        scores = softmax(q @ k.transpose(0, 2, 1) * side**-0.5, axis=-1)
        ((scores @ v) * weights).sum().backward()

    return Case(run, lambda: [leaf.grad for leaf in leaves])


ATTENTION = Row(
    name="attention",
    title="one attention head, batch 8, 64×64",
    goals=(Goal("torch"),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size={"batch": 8, "side": 64},
    tiny={"batch": 2, "side": 4},
)
