"""micrograd's demo: MLP(2, 16, 16, 1), every weight and every product a scalar of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal

WIDTHS = (2, 16, 16, 1)
Parameters = list[list[tuple[list[Any], Any]]]  # layer, neuron: (weights, bias)


def network(make: Callable[[float], Any]) -> Parameters:
    """Each weight and each bias made by `make` from a float."""
    shapes = [shape for a, b in pairwise(WIDTHS) for shape in ((b, a), (b,))]
    drawn = [array.tolist() for array in normal(*shapes, scale=0.5)]
    return [
        [([make(w) for w in row], make(b)) for row, b in zip(weights, biases)]
        for weights, biases in zip(drawn[::2], drawn[1::2])
    ]


def flat(parameters: Parameters) -> list[Any]:
    return [p for layer in parameters for weights, bias in layer for p in (*weights, bias)]


def points(count: int) -> tuple[list[list[float]], list[float]]:
    """Points of the plane, and −1 or 1 for each."""
    x = np.random.default_rng(1).uniform(-1, 1, (count, 2)).astype(np.float32)
    return x.tolist(), np.where(x[:, 0] > x[:, 1], 1.0, -1.0).tolist()


def score(parameters: Parameters, x: Sequence[Any], relu: Callable[[Any], Any]) -> Any:
    """The network's answer for one point, written as micrograd writes it."""
    values = list(x)
    for number, layer in enumerate(parameters, 1):
        sums = []
        for weights, bias in layer:
            total = bias
            for w, value in zip(weights, values):
                total = total + w * value
            sums.append(total)
        values = sums if number == len(parameters) else [relu(total) for total in sums]
    return values[0]


def loss(
    parameters: Parameters, xs: Sequence[Any], ys: Sequence[float], relu: Callable[[Any], Any]
) -> Any:
    """The mean of max(0, 1 − y·score) over all points: the demo's SVM loss."""
    total: Any = 0.0
    for x, y in zip(xs, ys):
        total = total + relu(score(parameters, x, relu) * -y + 1.0)
    return total * (1 / len(ys))


def tensors(engine: Any, count: int) -> Case:
    """minigrad and torch, on 0-d tensors."""
    parameters = network(lambda value: engine.tensor(value, requires_grad=True))
    leaves = flat(parameters)
    xs, ys = points(count)

    def run() -> None:
        for leaf in leaves:
            leaf.grad = None
        loss(parameters, xs, ys, engine.relu).backward()

    return Case(run, lambda: [[float(leaf.grad) for leaf in leaves]])


def micrograd(engine: Any, count: int) -> Case:
    parameters = network(engine.Value)
    leaves = flat(parameters)
    xs, ys = points(count)

    def run() -> None:
        for leaf in leaves:
            leaf.grad = 0
        loss(parameters, xs, ys, engine.Value.relu).backward()

    return Case(run, lambda: [[leaf.grad for leaf in leaves]])


def mygrad(engine: Any, count: int) -> Case:
    parameters = network(lambda value: engine.tensor(value, dtype=np.float32))
    leaves = flat(parameters)
    xs, ys = points(count)
    relu = engine.nnet.relu

    def run() -> None:
        for leaf in leaves:
            leaf.null_grad()
        loss(parameters, xs, ys, relu).backward()

    return Case(run, lambda: [[float(leaf.grad) for leaf in leaves]])


def hips(engine: Any, count: int) -> Case:
    start = network(float)
    xs, ys = points(count)
    anp = engine.numpy
    gradient = engine.grad(lambda p: loss(p, xs, ys, lambda v: anp.maximum(v, 0.0)))
    found: list[Any] = []

    def run() -> None:
        found[:] = [gradient(start)]

    return Case(run, lambda: [flat(found[0])])


def arrays(engine: Any, count: int) -> Case:
    """By hand, on floats, with the rules in place of a graph; point by point as the others."""
    parameters = network(float)
    xs, ys = points(count)
    found: list[float] = []

    def run() -> None:
        grads: list[Any] = [[[[0.0] * len(ws), 0.0] for ws, _ in layer] for layer in parameters]
        for x, y in zip(xs, ys):
            values = [x]
            for number, layer in enumerate(parameters, 1):
                last = values[-1]
                sums = [sum([w * v for w, v in zip(ws, last)], b) for ws, b in layer]
                if number < len(parameters):
                    sums = [s if s > 0 else 0.0 for s in sums]
                values.append(sums)
            if values[-1][0] * -y + 1.0 <= 0:
                continue
            sent = [-y / len(ys)]
            for number in range(len(parameters) - 1, -1, -1):
                inputs, layer, sums = values[number], parameters[number], grads[number]
                to_inputs = [0.0] * len(inputs)
                for (ws, _), total, g in zip(layer, sums, sent):
                    if g:
                        total[0] = [t + g * v for t, v in zip(total[0], inputs)]
                        total[1] += g
                        to_inputs = [t + g * w for t, w in zip(to_inputs, ws)]
                sent = [g if v > 0 else 0.0 for g, v in zip(to_inputs, inputs)]
        found[:] = flat(grads)

    return Case(run, lambda: [found])


SCALAR_MLP = Row(
    name="scalar_mlp",
    title="MLP(2, 16, 16, 1) scalar by scalar, 20 points",
    goals=(Goal("torch", 0.5), Goal("micrograd")),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "micrograd": micrograd,
        "minigrad": tensors,
    },
    size={"count": 20},
    tiny={"count": 2},
)
