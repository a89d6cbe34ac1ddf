"""The gradient of a gradient's norm: a backward pass through a backward pass, on a small MLP."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal


def data(batch: int, hidden: int) -> list[Any]:
    """Inputs, targets, and the parameters w1, b1, w2, b2."""
    x, t = normal((batch, 8), (batch, 1))
    return [x, t, *normal((8, hidden), (hidden,), (hidden, 1), (1,), scale=0.5)]


def tensors(engine: Any, batch: int, hidden: int) -> Case:
    """minigrad and torch: ½·|∂loss/∂parameters|², and its gradient."""
    x, t, *start = [engine.tensor(array) for array in data(batch, hidden)]
    parameters = [p.requires_grad_() for p in start]
    grad, found = engine.autograd.grad, list[Any]()

    def run() -> None:
        w1, b1, w2, b2 = parameters
        out = (x @ w1 + b1).tanh() @ w2 + b2
        loss = ((out - t) ** 2).mean()
        first = grad(loss, parameters, create_graph=True)
        norm = sum([(g * g).sum() for g in first]) * 0.5
        found[:] = grad(norm, parameters)

    return Case(run, lambda: found)


def arrays(engine: Any, batch: int, hidden: int) -> Case:
    """By hand: the gradient g, then the Hessian times g, as the derivative of g along g."""
    x, t, w1, b1, w2, b2 = data(batch, hidden)
    xt, ones, scale = x.T, np.ones(batch, np.float32), np.float32(2 / batch)
    found: list[Any] = []

    def run() -> None:
        a = x @ w1
        a += b1
        np.tanh(a, out=a)
        g = a @ w2
        g += b2
        g -= t
        g *= scale
        slope = 1 - a * a
        to_a = g @ w2.T
        to_z = to_a * slope
        g_w1, g_b1, g_w2, g_b2 = xt @ to_z, ones @ to_z, a.T @ g, ones @ g

        moved_a = x @ g_w1  # from here on: how each of the above moves along g
        moved_a += g_b1
        moved_a *= slope
        moved = moved_a @ w2
        moved += a @ g_w2
        moved += g_b2
        moved *= scale
        moved_to_a = moved @ w2.T
        moved_to_a += g @ g_w2.T
        moved_to_a *= slope
        moved_slope = a * moved_a
        moved_slope *= to_a
        moved_slope *= 2
        moved_to_a -= moved_slope
        to_w2 = a.T @ moved
        to_w2 += moved_a.T @ g
        found[:] = xt @ moved_to_a, ones @ moved_to_a, to_w2, ones @ moved

    return Case(run, lambda: found)


def hips(engine: Any, batch: int, hidden: int) -> Case:
    anp = engine.numpy
    x, t, *parameters = data(batch, hidden)

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        out = anp.dot(anp.tanh(anp.dot(x, w1) + b1), w2) + b2
        return anp.mean((out - t) ** 2)

    first = engine.grad(loss, (0, 1, 2, 3))

    def norm(*parameters: Any) -> Any:
        return 0.5 * sum([anp.sum(g * g) for g in first(*parameters)])

    second, found = engine.grad(norm, (0, 1, 2, 3)), list[Any]()

    def run() -> None:
        found[:] = second(*parameters)

    return Case(run, lambda: found)


SECOND = Row(
    name="second",
    title="gradient of a gradient norm, small MLP",
    goals=(Goal("torch", 0.8),),
    versions={"numpy": arrays, "torch": tensors, "autograd": hips, "minigrad": tensors},
    size={"batch": 10, "hidden": 16},
    tiny={"batch": 3, "hidden": 4},
)
