"""Bags of embeddings: the sum, mean or maximum of several rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import constant, index_add, index_select, new_zeros, scatter_add


class EmbeddingBagBackward0(Node):
    """∂(sum of each bag's rows)/∂table: each bag's gradient added to its rows, times their weights.

    The mean divides it by the number of rows; the maximum sends it to the greatest alone.
    """

    saves = {"weight": 0b11, "per_sample_weights": 0b11, "indices": 0}
    rows: Any  # which row of the table each element is, without the padding
    bags: Any  # in which bag it lies
    shares: Any  # what it is multiplied by, apart from a weight of its own
    stood: Any  # where in the input it stood
    greatest: Any = None  # of "max": the row that each number of the result came from, or −1

    def forward(
        self,
        table: Any,
        weights: Any,
        indices: Any,
        bags: Any,
        count: int,
        mode: str,
        padding_idx: int,
        by_frequency: bool,
    ) -> Any:
        self.stood = np.flatnonzero(indices != padding_idx)
        self.rows, self.bags = indices[self.stood], bags[self.stood]
        sizes = np.bincount(self.bags, minlength=count)
        if mode == "max":
            return self.maximum(table, sizes)
        self.shares = np.ones(len(self.rows), table.dtype)
        out = np.zeros((count, table.shape[1]), np.promote_types(table.dtype, np.float32))
        values = table[self.rows]
        if weights is not None:
            values = values * weights[self.stood, None]
        np.add.at(out, self.bags, values)
        if mode == "mean":
            out /= np.maximum(sizes, 1)[:, None]
            self.shares /= sizes[self.bags]
        if by_frequency:
            # torch divides the i-th row in use by the count of the i-th index in order.
            place = np.searchsorted(np.unique(indices), self.rows)
            self.shares /= np.bincount(indices)[np.sort(indices)[place]]
        return out.astype(table.dtype, copy=False)

    def maximum(self, table: Any, sizes: Any) -> Any:
        values = table[self.rows]
        out = np.full((len(sizes), table.shape[1]), -np.inf, table.dtype)
        np.maximum.at(out, self.bags, values)
        first = np.full(out.shape, len(self.rows))
        order = np.arange(len(self.rows))[:, None]
        np.minimum.at(first, self.bags, np.where(values == out[self.bags], order, len(self.rows)))
        self.greatest = np.append(self.rows, -1)[np.minimum(first, len(self.rows))]
        return np.where(sizes[:, None] > 0, out, 0).astype(table.dtype)

    def backward(self, grad: Any, table: Any, weights: Any = None) -> Any:
        to_table, to_weights = self.to_x, self.to_y
        empty = new_zeros(grad, tuple(table.shape))
        if self.greatest is not None:
            found = constant(self.greatest >= 0, grad)
            places = constant(np.maximum(self.greatest, 0), grad, cast=False)
            return to_table and scatter_add(empty, 0, places, grad * found), None
        rows, bags, kept = [
            constant(x, grad, cast=False) for x in (self.rows, self.bags, self.stood)
        ]
        arrived = index_select(grad, 0, bags)
        to_rows = arrived * constant(self.shares, grad).reshape(-1, 1)
        if weights is not None:
            to_rows = to_rows * index_select(weights, 0, kept).reshape(-1, 1)
        sent = None
        if to_weights:
            each = (arrived * index_select(table, 0, rows)).sum(1)
            sent = index_add(new_zeros(each, tuple(weights.shape)), 0, kept, each)
        return to_table and index_add(empty, 0, rows, to_rows), sent
