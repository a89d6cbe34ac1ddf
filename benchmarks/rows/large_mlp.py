"""One training step of a 784-512-512-10 network, batch 256, cross entropy, SGD: matrix products."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal

RATE = 0.01


def data(batch: int, hidden: int) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Images, their classes, and the parameters w1, b1, w2, b2, w3, b3."""
    widths = (784, hidden, hidden, 10)
    shapes = [shape for a, b in pairwise(widths) for shape in ((a, b), (b,))]
    (x,) = normal((batch, 784))
    return x, np.arange(batch) % 10, normal(*shapes, scale=0.04)


def tensors(engine: Any, batch: int, hidden: int) -> Case:
    """minigrad and torch."""
    images, classes, start = data(batch, hidden)
    x, t = engine.tensor(images), engine.tensor(classes)
    parameters = [engine.tensor(array, requires_grad=True) for array in start]
    cross_entropy = engine.nn.functional.cross_entropy

    def run() -> None:
        w1, b1, w2, b2, w3, b3 = parameters
        h = ((x @ w1 + b1).relu() @ w2 + b2).relu()
        loss = cross_entropy(h @ w3 + b3, t)
        for p in parameters:
            p.grad = None
        loss.backward()
        with engine.no_grad():
            for p in parameters:
                p -= RATE * p.grad

    return Case(run, lambda: [p.grad for p in parameters])


def arrays(engine: Any, batch: int, hidden: int) -> Case:
    """By hand: ReLU and its mask in place, column sums as a product with ones."""
    x, t, parameters = data(batch, hidden)
    rows, ones, found = np.arange(batch), np.ones(batch, np.float32), list[Any]()

    def run() -> None:
        w1, b1, w2, b2, w3, b3 = parameters
        h1 = x @ w1
        h1 += b1
        np.maximum(h1, 0, out=h1)
        h2 = h1 @ w2
        h2 += b2
        np.maximum(h2, 0, out=h2)
        g = h2 @ w3
        g += b3
        g -= g.max(1, keepdims=True)
        right = g[rows, t]
        np.exp(g, out=g)
        sums = g.sum(1, keepdims=True)
        (np.log(sums[:, 0]) - right).mean()
        g /= sums
        g[rows, t] -= 1
        g *= np.float32(1 / batch)
        g2 = g @ w3.T
        g2 *= h2 > 0
        g1 = g2 @ w2.T
        g1 *= h1 > 0
        found[:] = x.T @ g1, ones @ g1, h1.T @ g2, ones @ g2, h2.T @ g, ones @ g
        for p, to_p in zip(parameters, found):
            p -= RATE * to_p

    return Case(run, lambda: found)


def hips(engine: Any, batch: int, hidden: int) -> Case:
    anp = engine.numpy
    x, t, parameters = data(batch, hidden)
    rows = np.arange(batch)

    def loss(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
        h = anp.maximum(anp.dot(x, w1) + b1, 0)
        h = anp.maximum(anp.dot(h, w2) + b2, 0)
        out = anp.dot(h, w3) + b3
        out = out - anp.max(out, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(out), axis=1)) - out[rows, t])

    gradient, found = engine.grad(loss, tuple(range(6))), list[Any]()

    def run() -> None:
        found[:] = gradient(*parameters)
        for p, to_p in zip(parameters, found):
            p -= RATE * to_p

    return Case(run, lambda: found)


def mygrad(engine: Any, batch: int, hidden: int) -> Case:
    x, t, start = data(batch, hidden)
    parameters, nnet = [engine.tensor(array) for array in start], engine.nnet

    def run() -> None:
        w1, b1, w2, b2, w3, b3 = parameters
        h = nnet.relu(nnet.relu(x @ w1 + b1) @ w2 + b2)
        loss = nnet.softmax_crossentropy(h @ w3 + b3, t)
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad

    return Case(run, lambda: [p.grad for p in parameters])


LARGE_MLP = Row(
    name="large_mlp",
    title="784-512-512-10, batch 256, cross entropy, SGD step",
    goals=(Goal("numpy", 1.1),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size={"batch": 256, "hidden": 512},
    tiny={"batch": 20, "hidden": 8},
    tolerance=1e-2,  # one ReLU whose input is rounded to the other side of 0 is 0.3 % of the norm
)
