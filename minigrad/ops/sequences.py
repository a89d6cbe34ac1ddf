"""Sequences of several lengths: without their padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import constant, index_add, new_zeros


class PackPaddedSequenceBackward0(Node):
    """∂(the elements that are no padding)/∂x = 1 for these, 0 for padding"""

    saves = {"input": 0, "result": 0, "result1": 0b1}
    constants = ("batch_first", "input_sym_sizes")
    batch_first: bool
    input_sym_sizes: tuple[int, ...]
    places: Any  # where each row of the result stood, in the order of the rows of x

    def forward(self, x: Any, lengths: Any, batch_first: bool) -> tuple[Any, Any]:
        self.batch_first, self.input_sym_sizes = batch_first, x.shape
        places = np.arange(x.shape[0] * x.shape[1]).reshape(x.shape[:2])
        places = places.T if batch_first else places
        present = np.arange(lengths[0])[:, None] < lengths
        self.places = places[: lengths[0]][present]
        return x.reshape(-1, *x.shape[2:])[self.places], present.sum(1)

    def backward(self, grad: Any, batch_sizes: Any) -> Any:
        shape = self.input_sym_sizes
        padded = new_zeros(grad, (shape[0] * shape[1], *shape[2:]))
        return index_add(padded, 0, constant(self.places, grad, cast=False), grad).reshape(shape)
