"""Convolution 8×3×3, ReLU, max-pool, linear, cross entropy: batch 16 of 28×28 images."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..row import Case, Goal, Row, normal


def data(batch: int, side: int) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Images, their classes, and the parameters: kernels, their biases, weights, biases."""
    half = (side - 2) // 2
    (x,) = normal((batch, 1, side, side))
    parameters = normal((8, 1, 3, 3), (8,), (8 * half * half, 10), (10,), scale=0.1)
    return x, np.arange(batch) % 10, parameters


def tensors(engine: Any, batch: int, side: int) -> Case:
    """minigrad and torch."""
    images, classes, start = data(batch, side)
    x, t = engine.tensor(images), engine.tensor(classes)
    parameters = [engine.tensor(array, requires_grad=True) for array in start]
    functional = engine.nn.functional

    def run() -> None:
        kernels, biases, w, b = parameters
        for p in parameters:
            p.grad = None
        h = functional.conv2d(x, kernels, biases).relu()
        h = functional.max_pool2d(h, 2).flatten(1)
        functional.cross_entropy(h @ w + b, t).backward()

    return Case(run, lambda: [p.grad for p in parameters])


def windows(x: np.ndarray, size: int) -> np.ndarray:
    """(batch, H, W) → (size², batch·h·w): what each place of a kernel meets."""
    height, width = x.shape[1] - size + 1, x.shape[2] - size + 1
    out = np.empty((size, size, len(x), height, width), x.dtype)
    for i in range(size):
        for j in range(size):
            out[i, j] = x[:, i : i + height, j : j + width]
    return out.reshape(size * size, -1)


def arrays(engine: Any, batch: int, side: int) -> Case:
    """By hand: one product for the convolution, four views for the pooling."""
    x, t, (kernels, biases, w, b) = data(batch, side)
    flat, images, rows = kernels.reshape(8, 9), x[:, 0], np.arange(batch)
    out_side, half = side - 2, (side - 2) // 2
    ones, found = np.ones(batch, np.float32), list[Any]()

    def run() -> None:
        columns = windows(images, 3)
        z = flat @ columns
        z += biases[:, None]
        np.maximum(z, 0, out=z)
        z = z.reshape(8, batch, out_side, out_side)
        corners = [z[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        top = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
        h = np.ascontiguousarray(top.transpose(1, 0, 2, 3)).reshape(batch, -1)
        g = h @ w
        g += b
        g -= g.max(1, keepdims=True)
        right = g[rows, t]
        np.exp(g, out=g)
        sums = g.sum(1, keepdims=True)
        (np.log(sums[:, 0]) - right).mean()
        g /= sums
        g[rows, t] -= 1
        g *= np.float32(1 / batch)
        to_h = (g @ w.T).reshape(batch, 8, half, half).transpose(1, 0, 2, 3)
        to_h = to_h * (top > 0)
        to_z = np.empty_like(z)
        for number, corner in enumerate(corners):
            chosen = corner == top  # a tie above 0 is not to be expected
            np.multiply(chosen, to_h, out=to_z[:, :, number // 2 :: 2, number % 2 :: 2])
        to_z = to_z.reshape(8, -1)
        found[:] = (to_z @ columns.T).reshape(8, 1, 3, 3), to_z.sum(1), h.T @ g, ones @ g

    return Case(run, lambda: found)


def hips(engine: Any, batch: int, side: int) -> Case:
    """HIPS autograd has no such layers: they are written as the numpy ones."""
    anp = engine.numpy
    x, t, parameters = data(batch, side)
    columns, rows = windows(x[:, 0], 3), np.arange(batch)
    out_side = side - 2

    def loss(kernels: Any, biases: Any, w: Any, b: Any) -> Any:
        z = anp.dot(anp.reshape(kernels, (8, 9)), columns) + biases[:, None]
        z = anp.reshape(anp.maximum(z, 0), (8, batch, out_side // 2, 2, out_side // 2, 2))
        h = anp.reshape(anp.transpose(anp.max(z, axis=(3, 5)), (1, 0, 2, 3)), (batch, -1))
        out = anp.dot(h, w) + b
        out = out - anp.max(out, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(out), axis=1)) - out[rows, t])

    gradient, found = engine.grad(loss, (0, 1, 2, 3)), list[Any]()

    def run() -> None:
        found[:] = gradient(*parameters)

    return Case(run, lambda: found)


def mygrad(engine: Any, batch: int, side: int) -> Case:
    x, t, start = data(batch, side)
    parameters, nnet = [engine.tensor(array) for array in start], engine.nnet

    def run() -> None:
        kernels, biases, w, b = parameters
        h = nnet.relu(nnet.conv_nd(x, kernels, stride=1) + biases.reshape(1, 8, 1, 1))
        h = nnet.max_pool(h, pool=(2, 2), stride=2).reshape(batch, -1)
        nnet.softmax_crossentropy(h @ w + b, t).backward()

    return Case(run, lambda: [p.grad for p in parameters])


CONV = Row(
    name="conv",
    title="conv 8×3×3, ReLU, max-pool, linear, batch 16×28×28",
    goals=(Goal("torch", 0.9),),
    versions={
        "numpy": arrays,
        "torch": tensors,
        "autograd": hips,
        "mygrad": mygrad,
        "minigrad": tensors,
    },
    size={"batch": 16, "side": 28},
    tiny={"batch": 2, "side": 8},
)
