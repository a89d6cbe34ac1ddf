"""Padding: a tensor with elements before and after, which may be its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .convolution import Sizes
from .lift import constant, constant_pad, index_add, new_zeros


class ConstantPadNdBackward0(Node):
    """∂pad(x)/∂x: the gradient without the padding"""

    constants = ("pad",)
    pad: Sizes

    def forward(self, x: Any, pad: Sizes, value: float) -> Any:
        self.pad = pad
        if len(pad) % 2:
            raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
        if len(pad) > 2 * x.ndim:
            raise RuntimeError(
                "Length of pad should be no more than twice the number of dimensions of the input. "
                f"Pad length is {len(pad)} while the input has {x.ndim} dimensions."
            )
        around = [(0, 0)] * (x.ndim - len(pad) // 2)
        around += [(pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)]
        for d, (before, after) in enumerate(around):
            if x.shape[d] + before + after < 0:
                raise RuntimeError(
                    f"The input size {x.shape[d]}, plus negative padding {before} and {after} "
                    "resulted in a negative output size, which is invalid. Check dimension "
                    f"{d} of your input."
                )
        inner = tuple([slice(max(-b, 0), n - max(-a, 0)) for (b, a), n in zip(around, x.shape)])
        outer = [(max(b, 0), max(a, 0)) for b, a in around]
        number = dtypes.to_number(value, dtypes.from_numpy(x.dtype))
        return np.pad(x[inner], outer, constant_values=number)

    def backward(self, grad: Any) -> Any:
        return constant_pad(grad, tuple([-p for p in self.pad]), 0)


class ReflectionPad1DBackward0(Node):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""

    saves = {"self": 0b1}
    constants = ("padding",)
    padding: Sizes

    def forward(self, x: Any, padding: Sizes) -> Any:
        self.padding = padding
        for dim, places in self.places(x.shape):
            x = np.take(x, places, dim)
        return x

    def places(self, shape: Sizes) -> list[tuple[int, Any]]:
        """For each padded dimension, which element stands at each place of the result."""
        pairs = zip(self.padding[::2], self.padding[1::2])
        return [
            (len(shape) - 1 - i, self.along(shape[len(shape) - 1 - i], before, after))
            for i, (before, after) in enumerate(pairs)
        ]

    @staticmethod
    def along(size: int, before: int, after: int) -> Any:
        """0 1 2 3 as 2 1 | 0 1 2 3 | 2 1"""
        places = np.abs(np.arange(-before, size + after))
        return np.where(places >= size, 2 * (size - 1) - places, places)

    def backward(self, grad: Any, x: Any) -> Any:
        shape = list(grad.shape)
        for dim, places in reversed(self.places(tuple(x.shape))):
            shape[dim] = x.shape[dim]
            grad = index_add(
                new_zeros(grad, tuple(shape)), dim, constant(places, grad, cast=False), grad
            )
        return grad


class ReflectionPad2DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""


class ReflectionPad3DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it mirrors"""


class ReplicationPad1DBackward0(ReflectionPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""

    @staticmethod
    def along(size: int, before: int, after: int) -> Any:
        """0 1 2 3 as 0 0 | 0 1 2 3 | 3 3"""
        return np.clip(np.arange(-before, size + after), 0, size - 1)


class ReplicationPad2DBackward0(ReplicationPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""


class ReplicationPad3DBackward0(ReplicationPad1DBackward0):
    """∂pad(x)/∂x: each gradient added to the element that it repeats"""
