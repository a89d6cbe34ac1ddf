"""One training step of a 20-256-1 network, batch 10, squared error, SGD: as in a first lesson."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal

RATE = 0.01


def data(batch: int, hidden: int) -> list[Any]:
    """Inputs, targets, and the parameters w1, b1, w2, b2."""
    x, t = normal((batch, 20), (batch, 1))
    w1, b1, w2, b2 = normal((20, hidden), (hidden,), (hidden, 1), (1,), scale=0.1)
    return [x, t, w1, b1, w2, b2]


def tensors(engine: Any, batch: int, hidden: int) -> Case:
    """minigrad and torch, the update by hand."""
    x, t, *start = [engine.tensor(array) for array in data(batch, hidden)]
    parameters = [p.requires_grad_() for p in start]

    def run() -> None:
        w1, b1, w2, b2 = parameters
        out = (x @ w1 + b1).relu() @ w2 + b2
        loss = ((out - t) ** 2).mean()
        for p in parameters:
            p.grad = None
        loss.backward()
        with engine.no_grad():
            for p in parameters:
                p -= RATE * p.grad

    return Case(run, lambda: [p.grad for p in parameters])


def modules(engine: Any, batch: int, hidden: int) -> Case:
    """minigrad and torch, with modules and an optimizer."""
    nn = engine.nn
    x, t, *start = [engine.tensor(array) for array in data(batch, hidden)]
    model = nn.Sequential(nn.Linear(20, hidden), nn.ReLU(), nn.Linear(hidden, 1))
    parameters = list(model.parameters())
    with engine.no_grad():
        for p, value in zip(parameters, start):
            p.copy_(value.mT if value.ndim == 2 else value)
    optimizer = engine.optim.SGD(parameters, lr=RATE)
    loss_of = nn.MSELoss()

    def run() -> None:
        optimizer.zero_grad()
        loss_of(model(x), t).backward()
        optimizer.step()

    return Case(run, lambda: [p.grad.mT if p.ndim == 2 else p.grad for p in parameters])


def arrays(engine: Any, batch: int, hidden: int) -> Case:
    x, t, *parameters = data(batch, hidden)
    xt, ones, found = x.T, np.ones(batch, np.float32), list[Any]()

    def run() -> None:
        w1, b1, w2, b2 = parameters
        h = x @ w1
        h += b1
        np.maximum(h, 0, out=h)
        g = h @ w2
        g += b2
        g -= t
        (g * g).mean()
        g *= 2 / batch
        to_h = g @ w2.T
        to_h *= h > 0
        found[:] = xt @ to_h, ones @ to_h, h.T @ g, ones @ g
        for p, to_p in zip(parameters, found):
            p -= RATE * to_p

    return Case(run, lambda: found)


def hips(engine: Any, batch: int, hidden: int) -> Case:
    anp = engine.numpy
    x, t, *parameters = data(batch, hidden)

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        out = anp.dot(anp.maximum(anp.dot(x, w1) + b1, 0), w2) + b2
        return anp.mean((out - t) ** 2)

    gradient, found = engine.grad(loss, (0, 1, 2, 3)), list[Any]()

    def run() -> None:
        found[:] = gradient(*parameters)
        for p, to_p in zip(parameters, found):
            p -= RATE * to_p

    return Case(run, lambda: found)


def mygrad(engine: Any, batch: int, hidden: int) -> Case:
    x, t, *start = data(batch, hidden)
    parameters, relu = [engine.tensor(array) for array in start], engine.nnet.relu

    def run() -> None:
        w1, b1, w2, b2 = parameters
        out = relu(x @ w1 + b1) @ w2 + b2
        loss = ((out - t) ** 2).mean()
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad

    return Case(run, lambda: [p.grad for p in parameters])


GOALS = (Goal("torch", 0.7),)
SIZE, TINY = {"batch": 10, "hidden": 256}, {"batch": 3, "hidden": 4}

SMALL_MLP = Row(
    name="small_mlp",
    title="20-256-1 MLP, batch 10, MSE, SGD step by hand",
    goals=GOALS,
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size=SIZE,
    tiny=TINY,
)
SMALL_NN = Row(
    name="small_nn",
    title="… with nn.Sequential and optim.SGD",
    goals=GOALS,
    versions={"numpy": arrays, "torch": modules, "minigrad": modules},
    size=SIZE,
    tiny=TINY,
)
