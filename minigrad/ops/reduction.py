"""Operations that combine many elements into fewer. Their rules spread the gradient out again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .dims import dimensions
from .lift import expand


def _floating(x: Any, name: str) -> None:
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Input dtype must be either a floating point "
            f"or complex dtype. Got: {dtypes.from_numpy(x.dtype).scalar_type}"
        )


def _total(x: Any) -> Any:
    return np.add.reduce(x, axis=None, dtype=np.int64 if x.dtype.kind in "iub" else None)


class SumBackward0(Node):
    """∂(Σx)/∂xᵢ = 1"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        self.self_sym_sizes = x.shape
        return _total(x)

    def backward(self, grad: Any) -> Any:
        return expand(grad, self.self_sym_sizes)


class MeanBackward0(Node):
    """∂(mean x)/∂xᵢ = 1/n"""

    constants = ("self_sym_sizes", "self_sym_numel")
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        _floating(x, "mean")
        self.self_sym_sizes = x.shape
        return _total(x) / x.dtype.type(x.size)

    @property
    def self_sym_numel(self) -> int:
        return math.prod(self.self_sym_sizes)

    def backward(self, grad: Any) -> Any:
        return expand(grad, self.self_sym_sizes) / self.self_sym_numel


class SumBackward1(Node):
    """∂(Σx)/∂xᵢ = 1, along the given dimensions"""

    constants = ("self_sym_sizes", "dim", "keepdim")
    self_sym_sizes: tuple[int, ...]
    dim: tuple[int, ...]
    keepdim: bool

    def forward(self, x: Any, dim: int | Sequence[int], keepdim: bool = False) -> Any:
        self.self_sym_sizes, self.keepdim = x.shape, keepdim
        self.dim = dimensions(dim, x.ndim)
        kind = np.int64 if x.dtype.kind in "iub" else None
        return np.add.reduce(x, axis=self.dim, keepdims=keepdim, dtype=kind)

    def spread(self, grad: Any) -> Any:
        """Repeat the gradient along the summed dimensions."""
        sizes = self.self_sym_sizes
        if not self.keepdim:
            grad = grad.reshape([1 if d in self.dim else n for d, n in enumerate(sizes)])
        return expand(grad, sizes)

    def backward(self, grad: Any) -> Any:
        return self.spread(grad)


class MeanBackward1(SumBackward1):
    """∂(mean x)/∂xᵢ = 1/n, along the given dimensions"""

    constants = ("self_sym_sizes", "self_sym_numel", "dim", "keepdim")

    def forward(self, x: Any, dim: int | Sequence[int], keepdim: bool = False) -> Any:
        _floating(x, "mean")
        total = super().forward(x, dim, keepdim)
        return total / x.dtype.type(self.count)

    @property
    def count(self) -> int:
        """How many elements each mean is of."""
        return math.prod([self.self_sym_sizes[d] for d in self.dim])

    @property
    def self_sym_numel(self) -> int:
        return math.prod(self.self_sym_sizes)

    def backward(self, grad: Any) -> Any:
        return self.spread(grad) / self.count
