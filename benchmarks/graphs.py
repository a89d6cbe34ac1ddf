"""The graphs that are drawn: an MLP, transformer blocks, an unrolled RNN with shared weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SIDE = 4


def weight(engine: Any, *shape: int) -> Any:
    return engine.ones(shape, requires_grad=True)


def mlp(engine: Any, parts: int) -> Any:
    """Layers in a row, each with a weight and a bias of its own."""
    h = engine.ones((SIDE, SIDE))
    for _ in range(parts):
        h = (h @ weight(engine, SIDE, SIDE) + weight(engine, SIDE)).tanh()
    return h.sum()


def transformer(engine: Any, parts: int) -> Any:
    """Attention and a residual connection, then two layers and another; again and again."""
    h = weight(engine, SIDE, SIDE)
    for _ in range(parts):
        q, k, v, mix, up, down = [weight(engine, SIDE, SIDE) for _ in range(6)]
        scores = ((h @ q) @ (h @ k).T * SIDE**-0.5).softmax(-1)
        h = h + scores @ (h @ v) @ mix
        h = h + (h @ up + weight(engine, SIDE)).relu() @ down
    return h.sum()


def rnn(engine: Any, parts: int) -> Any:
    """Steps that all use the same three parameters."""
    w, u, b = weight(engine, SIDE, SIDE), weight(engine, SIDE, SIDE), weight(engine, SIDE)
    x, h = engine.ones((SIDE, SIDE)), engine.ones((SIDE, SIDE))
    for _ in range(parts):
        h = (x @ w + h @ u + b).tanh()
    return h.sum()


GRAPHS: dict[str, Callable[[Any, int], Any]] = {
    "MLP": mlp,
    "transformer block": transformer,
    "RNN, shared weights": rnn,
}


def nodes(root: Any) -> int:
    """How many nodes lie behind a tensor, its leaves included."""
    seen, stack = {root.grad_fn}, [root.grad_fn]
    while stack:
        for target, _ in stack.pop().next_functions:
            if target is not None and target not in seen:
                seen.add(target)
                stack.append(target)
    return len(seen)


def of_size(build: Callable[[Any, int], Any], engine: Any, count: int) -> Any:
    """The root of a graph of about `count` nodes: never fewer than one part."""
    one, two = nodes(build(engine, 1)), nodes(build(engine, 2))
    return build(engine, max(1, round((count - one) / (two - one)) + 1))
