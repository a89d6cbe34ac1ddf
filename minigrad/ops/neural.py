"""Softmax, normalization and embedding, each of which torch counts as one operation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .again import one_node
from .dims import dimension
from .lift import (
    constant,
    exp,
    index_add,
    log_softmax_backward,
    masked_fill,
    new_zeros,
    power,
    softmax_backward,
    sums,
    unsqueeze,
)
from .reduction import LARGE, largest


class SoftmaxBackward0(Node):
    """∂sᵢ/∂xⱼ = sᵢ·(δᵢⱼ − sⱼ)"""

    saves = {"self": 0, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        wide = checked(x, dim, "softmax")
        if x.size >= LARGE and x.max() <= FAR and x.min() >= -FAR:
            powers = np.exp(wide)  # without asking each row: of 512×512 elements 130 us, not 210
        else:
            powers = below_largest(wide, dim)
            np.exp(powers, out=powers)
        powers /= sums(powers, dim)
        return powers.astype(x.dtype, copy=False)

    def backward(self, grad: Any, result: Any) -> Any:
        return softmax_backward(grad, result, self.dim)


class SoftmaxBackwardDataBackward0(Node):
    """∂(y·(g − Σg·y))/∂g: the same of the new gradient;  ∂/∂y = h·(g − Σg·y) − g·Σh·y"""

    saves = {"grad_output": 0b10, "output": 0b11}
    constants = ("dim",)
    dim: int

    def forward(self, g: Any, y: Any, dim: int) -> Any:
        self.dim = dim
        return softmax_backward(g, y, dim)

    def backward(self, grad: Any, g: Any, y: Any) -> Any:
        to_g, to_y = self.to_x, self.to_y
        if to_y:
            to_y = grad * (g - along(g * y, self.dim)) - g * along(grad * y, self.dim)
        return to_g and softmax_backward(grad, y, self.dim), to_y


def along(x: Any, dim: int) -> Any:
    """The sum along `dim`, which keeps size 1."""
    return x.sum(axis=dim, keepdims=True) if x.ndim else x


class LogSoftmaxBackward0(Node):
    """∂(ln s)ᵢ/∂xⱼ = δᵢⱼ − sⱼ"""

    saves = {"self": 0, "result": 0b1}
    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dim
        shifted = below_largest(checked(x, dim, "log_softmax"), dim)
        shifted -= np.log(sums(np.exp(shifted), dim))
        return shifted.astype(x.dtype, copy=False)

    def backward(self, grad: Any, result: Any) -> Any:
        return log_softmax_backward(grad, result, self.dim)


class LogSoftmaxBackwardDataBackward0(Node):
    """∂(g − eʸ·Σg)/∂g: h − Σeʸ·h,  ∂/∂y = −h·eʸ·Σg"""

    saves = {"grad_output": 0b10, "output": 0b11}
    constants = ("dim",)
    dim: int

    def forward(self, g: Any, y: Any, dim: int) -> Any:
        self.dim = dim
        return log_softmax_backward(g, y, dim)

    def backward(self, grad: Any, g: Any, y: Any) -> Any:
        to_g, to_y = self.to_x, self.to_y
        share = exp(y)
        return (
            to_g and grad - along(grad * share, self.dim),
            to_y and -grad * share * along(g, self.dim),
        )


FAR = 64
"""Powers of numbers not farther from 0 can be summed, and their sums divided by, in float32."""


def checked(x: Any, dim: int, name: str) -> Any:
    """`x`, of halves in float32. Raises for a dtype or a dim that there is not."""
    axis = dimension(dim, x.ndim)
    if x.dtype.kind != "f":
        kind = dtypes.from_numpy(x.dtype).scalar_type
        place = "_lastdim" if axis in (-1, x.ndim - 1) or not x.ndim else ""
        raise NotImplementedError(f"\"{name}{place}_kernel_impl\" not implemented for '{kind}'")
    return x.astype(np.float32) if x.dtype.char == "e" else x


def below_largest(x: Any, dim: int) -> Any:
    """x − max x along `dim`: no power of it overflows."""
    if not x.ndim or not x.size:
        return np.asarray(x - x)
    out = np.empty_like(x)
    np.copyto(out, largest(x, dim % x.ndim))  # in two thirds of the time that a broadcast takes
    return np.subtract(x, out, out=out)


# -- normalization ---------------------------------------------------------------------------------


class NativeLayerNormBackward0(Node):
    """∂/∂x = (g − mean g − n·mean(g·n))/std with n = (x − mean)/std and g the gradient · weight"""

    saves = {"input": 0b111, "weight": 0b001, "bias": 0b001}
    constants = ("normalized_shape",)
    normalized_shape: tuple[int, ...]
    eps: float

    def forward(
        self, x: Any, weight: Any, bias: Any, normalized_shape: tuple[int, ...], eps: float
    ) -> Any:
        self.normalized_shape, self.eps = normalized_shape, eps
        if x.dtype.kind != "f":
            kind = dtypes.from_numpy(x.dtype).scalar_type
            raise NotImplementedError(f"\"LayerNormKernelImpl\" not implemented for '{kind}'")
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        out, _ = self.normal(wide)
        out = out if weight is None else out * weight
        return (out if bias is None else out + bias).astype(x.dtype, copy=False)

    @property
    def _saved_result1(self) -> Any:
        """The mean."""
        x = self._kept_value(0)
        return x.detach().mean(self.axes(x), True)

    @property
    def _saved_result2(self) -> Any:
        """1/std."""
        return self.normal(self._kept_value(0).detach())[1]

    def axes(self, x: Any) -> tuple[int, ...]:
        """The dimensions over which mean and variance are taken."""
        return tuple(range(x.ndim - len(self.normalized_shape), x.ndim))

    def normal(self, x: Any) -> tuple[Any, Any]:
        """x with mean 0 and variance 1, and 1/std."""
        centred, square = centre(x, self.axes(x))
        rstd = 1 / power(square + self.eps, 0.5)
        return centred * rstd, rstd

    def backward(self, grad: Any, x: Any, weight: Any, bias: Any) -> Any:
        return self.sent(grad, x, None, None, weight, bias)

    @one_node("NativeLayerNormBackwardBackward0", "input", "mean", "rstd", "weight", "bias")
    def sent(self, grad: Any, x: Any, mean: Any, rstd: Any, weight: Any, bias: Any) -> Any:
        """The gradients; mean and 1/std are computed again, so that they have gradients too."""
        to_x, to_weight, to_bias = self.edges
        normal, rstd = self.normal(x)
        axes = self.axes(x)
        outer = tuple(range(x.ndim - len(self.normalized_shape)))
        if to_x:
            to_x = through_normal(grad if weight is None else grad * weight, normal, rstd, axes)
        return (
            to_x,
            to_weight and summed(grad * normal, outer),
            to_bias and summed(grad, outer),
        )


class NativeBatchNormBackward0(Node):
    """∂/∂x = (g − mean g − n·mean(g·n))/std with n = (x − mean)/std and g the gradient · weight"""

    saves = {"input": 0b111, "weight": 0b001, "bias": 0, "running_mean": 0b11, "running_var": 0b11}
    constants = ("training", "eps")
    training: bool
    eps: float

    def forward(
        self,
        x: Any,
        weight: Any,
        bias: Any,
        running_mean: Any,
        running_var: Any,
        training: bool,
        eps: float,
    ) -> Any:
        self.training, self.eps = training, eps
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        out, _ = self.normal(wide, running_mean, running_var)
        out = out if weight is None else out * self.spread(weight, x)
        out = out if bias is None else out + self.spread(bias, x)
        return out.astype(x.dtype, copy=False)

    @property
    def _saved_result1(self) -> Any:
        """The mean of each channel; nothing where the running one counts."""
        x = self._kept_value(0).detach()
        return x.mean(batch_axes(x)) if self.training else x.new_empty(0)

    @property
    def _saved_result2(self) -> Any:
        """1/std of each channel."""
        x = self._kept_value(0).detach()
        return self.normal(x, None, None)[1].flatten() if self.training else x.new_empty(0)

    @staticmethod
    def spread(channels: Any, x: Any) -> Any:
        """A number for each channel, in a shape that broadcasts to x."""
        return channels.reshape([-1 if d == 1 else 1 for d in range(x.ndim)])

    def normal(self, x: Any, mean: Any, variance: Any) -> tuple[Any, Any]:
        """x with mean 0 and variance 1, by the batch's statistics or the running ones; 1/std."""
        if self.training:
            centred, square = centre(x, batch_axes(x))
        else:
            centred, square = x - self.spread(mean, x), self.spread(variance, x)
        rstd = 1 / power(square + self.eps, 0.5)
        return centred * rstd, rstd

    @one_node(
        "NativeBatchNormBackwardBackward0",
        "input",
        "weight",
        "running_mean",
        "running_var",
    )
    def backward(self, grad: Any, x: Any, weight: Any, mean: Any, variance: Any) -> Any:
        to_x, to_weight, to_bias = self.edges
        normal, rstd = self.normal(x, mean, variance)
        axes = batch_axes(x)
        if to_x:
            scaled = grad if weight is None else grad * self.spread(weight, x)
            to_x = through_normal(scaled, normal, rstd, axes) if self.training else scaled * rstd
        return (
            to_x,
            to_weight and (grad * normal).sum(axis=axes),
            to_bias and grad.sum(axis=axes),
        )


def batch_axes(x: Any) -> tuple[int, ...]:
    """All dimensions but that of the channels."""
    return (0, *range(2, x.ndim))


def centre(x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """x without its mean, and its variance."""
    count = math.prod([x.shape[d] for d in axes])
    centred = x - x.sum(axis=axes, keepdims=True) / count
    return centred, (centred * centred).sum(axis=axes, keepdims=True) / count


def through_normal(grad: Any, normal: Any, rstd: Any, axes: tuple[int, ...]) -> Any:
    """The gradient of x from that of x with mean 0 and variance 1."""
    count = math.prod([normal.shape[d] for d in axes])
    mean = grad.sum(axis=axes, keepdims=True) / count
    along = (grad * normal).sum(axis=axes, keepdims=True) / count
    return (grad - mean - normal * along) * rstd


def summed(x: Any, axes: tuple[int, ...]) -> Any:
    """The sum along some dimensions, which may be none."""
    return x.sum(axis=axes) if axes else x


# -- embedding -------------------------------------------------------------------------------------


class EmbeddingBackward0(Node):
    """∂(rows of the table)/∂table: each gradient added to the row that it came from"""

    saves = {"weight": 0, "indices": 0b1}
    constants = ("padding_idx", "scale_grad_by_freq", "sparse", "weight_sym_argsize_0")
    sparse = False
    padding_idx: int
    scale_grad_by_freq: bool
    weight_sym_argsize_0: int

    def forward(self, weight: Any, indices: Any, padding_idx: int, by_frequency: bool) -> Any:
        self.padding_idx, self.scale_grad_by_freq = padding_idx, by_frequency
        if weight.ndim != 2:
            raise RuntimeError("'weight' must be 2-D")
        if indices.dtype not in (np.int32, np.int64):
            kind = dtypes.from_numpy(indices.dtype).scalar_type
            raise RuntimeError(
                "Expected tensor for argument #1 'indices' to have one of the following scalar "
                f"types: Long, Int; but got minigrad.{kind}Tensor instead (while checking arguments"
                " for embedding)"
            )
        self.weight_sym_argsize_0 = weight.shape[0]
        if indices.size and (indices.min() < 0 or indices.max() >= weight.shape[0]):
            raise IndexError("index out of range in self")
        return weight[indices]

    @one_node("EmbeddingDenseBackwardBackward0", "indices", fixed=1)
    def backward(self, grad: Any, indices: Any) -> Any:
        flat = indices.reshape(-1)
        rows = grad.reshape(flat.shape[0], grad.shape[-1])
        if self.scale_grad_by_freq:
            places = getattr(flat, "_data", flat)
            _, which, counts = np.unique(places, return_inverse=True, return_counts=True)
            rows = rows / constant(counts[which][:, None], rows)
        if self.padding_idx >= 0:
            rows = masked_fill(rows, unsqueeze(flat == self.padding_idx, 1), 0)
        zeros = new_zeros(grad, (self.weight_sym_argsize_0, grad.shape[-1]))
        return index_add(zeros, 0, flat, rows)
