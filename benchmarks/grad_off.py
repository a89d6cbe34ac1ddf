"""What an operation costs with grad mode off, beside the bare numpy call, from 1e4 elements on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .facts import Fact, at_most
from .row import normal
from .timing import ratio, round_robin

LIMIT = 1.10
OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "x + y": (lambda x, y: x + y, lambda x, y: x + y),
    "x * y": (lambda x, y: x * y, lambda x, y: x * y),
    "x @ y": (lambda x, y: x @ y, lambda x, y: x @ y),
    "x.exp()": (lambda x, y: x.exp(), lambda x, y: np.exp(x)),
    "x.tanh()": (lambda x, y: x.tanh(), lambda x, y: np.tanh(x)),
    "x.relu()": (lambda x, y: x.relu(), lambda x, y: np.maximum(x, 0)),
    "x.sum()": (lambda x, y: x.sum(), lambda x, y: np.add.reduce(x, None)),
    "x.sum(0)": (lambda x, y: x.sum(0), lambda x, y: np.add.reduce(x, 0)),
    "x.T": (lambda x, y: x.T.contiguous(), lambda x, y: np.ascontiguousarray(x.T)),
    "x[1:]": (lambda x, y: x[1:] + x[:-1], lambda x, y: x[1:] + x[:-1]),
}
"""What is called on tensors, and on arrays."""


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """One line for each operation and size."""
    minigrad = engines["minigrad"]
    for side in (100,) if quick else (100, 1000):
        arrays = normal((side, side), (side, side))
        tensors = [minigrad.tensor(a, requires_grad=True) for a in arrays]
        for name, (of_tensors, of_arrays) in OPERATIONS.items():

            def minigrads(call: Callable[..., Any] = of_tensors, args: Any = tensors) -> None:
                with minigrad.no_grad():
                    for _ in range(20):
                        call(*args)

            def numpys(call: Callable[..., Any] = of_arrays, args: Any = arrays) -> None:
                for _ in range(20):
                    call(*args)

            times = round_robin({"minigrad": minigrads, "numpy": numpys}, 0.1 if quick else 0.3, 5)
            found, _, _ = ratio(times, "numpy")
            yield at_most(f"no_grad, {side}×{side}: {name}", found, LIMIT, " × numpy")
