"""Functions that normalize: mean 0 and variance 1, over a batch, examples, or channels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..engine.grad_mode import no_grad
from ..inplace import write
from ..ops import blocks, neural
from ..recording import apply
from ..tensor import Tensor
from . import arguments, pooling

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "rms_norm",
]


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean)/√(variance + eps)·weight + bias over the last dimensions, those of a shape."""
    arguments.tensor("layer_norm", input)
    shape = tuple(normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and tensor.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(tensor.shape)} and normalized_shape = {list(shape)}"
            )
    if input.shape[-len(shape) :] != shape:
        given = ", ".join([str(n) for n in ("*", *shape)])
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{given}], but got "
            f"input of size{list(input.shape)}"
        )
    arguments.normalization(input, weight, bias)
    return apply(neural.NativeLayerNormBackward0, (input, weight, bias), shape, eps)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean)/√(variance + eps)·weight + bias for each channel, which is dimension 1.

    With `training`, mean and variance are the batch's, and the running ones move toward them.
    """
    arguments.tensor("batch_norm", input)
    if training:
        count = _check_count(input.size())
    if not input.numel():
        out = input.clone()
        out = out if weight is None else out * weight[0]
        return out if bias is None else out + bias[0]
    arguments.channels(input, training, running_mean, running_var, weight, bias)
    arguments.floating("batch_norm", input)
    arguments.normalization(input, weight, bias, running_mean, running_var)
    if training:
        _update_running(input, running_mean, running_var, momentum, count)
    return apply(
        neural.NativeBatchNormBackward0,
        (input, weight, bias),
        training,
        eps,
        fixed=(running_mean, running_var),
    )


def _check_count(size: Sequence[int]) -> int:
    """How many values each channel has. Raises ValueError if it is 1, which has no variance."""
    count = math.prod(size[:1]) * math.prod(size[2:])
    if count == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {size}"
        )
    return count


def _update_running(
    input: Tensor, mean: Tensor | None, variance: Tensor | None, momentum: float, count: int
) -> None:
    """running ← (1 − momentum)·running + momentum·batch, with the unbiased variance."""
    x = input._data
    centred, square = neural.centre(x, neural.batch_axes(x))
    now = (x - centred).mean(neural.batch_axes(x)), square.ravel() * (count / max(count - 1, 1))
    for running, batch in ((mean, now[0]), (variance, now[1])):
        if running is not None:
            old = running._data
            mixed = (1 - momentum) * old + momentum * batch
            with no_grad():
                write(running, mixed.astype(old.dtype))


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 in each channel of each example, then weight and bias: a batch norm for
    which each example's channels are channels of their own."""
    arguments.tensor("instance_norm", input)
    size = input.size()
    batch, channels, *rest = size
    if use_input_stats and math.prod(rest) == 1:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {size}"
        )
    given = running_mean, running_var, weight, bias
    mean, var, scale, shift = [None if v is None else v.repeat(batch) for v in given]
    rows = input.contiguous().view(1, batch * channels, *rest)
    out = batch_norm(rows, mean, var, scale, shift, use_input_stats, momentum, eps)
    with no_grad():
        for running, repeated in ((running_mean, mean), (running_var, var)):
            if running is not None and repeated is not None:
                running.copy_(repeated.view(batch, channels).mean(0))
    return out.view(size)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 in each group of channels of each example, then weight and bias."""
    if input.ndim < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {input.ndim}"
        )
    batch, channels, *rest = input.shape
    if num_groups <= 0:
        raise RuntimeError("Expected num groups to be greater than 0, got " + str(num_groups))
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {list(input.shape)} and num_groups={num_groups}"
        )
    for name, values in (("weight", weight), ("bias", bias)):
        if values is not None and (values.ndim != 1 or values.numel() != channels):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(values.shape)} and input of shape "
                f"{list(input.shape)}"
            )
    _check_count([batch * channels // num_groups, num_groups, *rest])
    return apply(blocks.NativeGroupNormBackward0, (input, weight, bias), num_groups, eps)


def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """x/√(mean x² + eps)·weight over the last dimensions, those of a shape."""
    shape = tuple(normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    if weight is not None and tuple(weight.shape) != shape:
        raise RuntimeError(
            "Expected weight to be of same shape as normalized_shape, but got weight of shape "
            f"{list(weight.shape)} and normalized_shape = {list(shape)}"
        )
    if tuple(input.shape[-len(shape) :]) != shape:
        given = "*" + ", ".join([str(n) for n in shape])
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{given}], but got "
            f"input of size{list(input.shape)}"
        )
    eps = float(np.finfo(input._data.dtype).eps) if eps is None else eps
    axes = tuple(range(input.ndim - len(shape), input.ndim))
    wide = input.float() if input._data.dtype == np.float16 else input
    out = wide * (wide.pow(2).mean(axes, keepdim=True) + eps).rsqrt()
    out = out if weight is None else out * weight
    return out.to(input.dtype)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x/(k + alpha·mean of x² over `size` channels around)^beta"""
    if input.dim() < 3:
        raise ValueError(
            "Expected 3D or higher dimensionality                          input (got "
            f"{input.dim()} dimensions)"
        )
    if not input.numel():
        return input
    batch, channels, *rest = input.shape
    around = size // 2, (size - 1) // 2
    squares = input.mul(input)
    if len(rest) == 1:
        squares = squares.unsqueeze(1)._constant_pad((0, 0, *around), 0)
        means = pooling.avg_pool2d(squares, (size, 1), 1).squeeze(1)
    else:
        room = squares.view(batch, 1, channels, rest[0], -1)
        means = pooling.avg_pool3d(room._constant_pad((0, 0, 0, 0, *around), 0), (size, 1, 1), 1)
        means = means.squeeze(1).view(input.size())
    return input / means.mul(alpha).add(k).pow(beta)
