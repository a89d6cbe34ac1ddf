"""Functions of tensors that networks are made of; the layers call these."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from ..ops import loss
from ..ops.dims import broadcast_error
from ..out import with_out
from ..recording import apply, apply_broadcast
from ..tensor import Tensor
from . import arguments
from .arguments import legacy_reduction as legacy_reduction
from .arguments import reduced
from .attention import *  # noqa: F403
from .blocks import *  # noqa: F403
from .convolution import *  # noqa: F403
from .distances import *  # noqa: F403
from .dropout import *  # noqa: F403
from .embeddings import *  # noqa: F403
from .grids import *  # noqa: F403
from .linear import *  # noqa: F403
from .normalization import *  # noqa: F403
from .pooling import *  # noqa: F403
from .resizing import *  # noqa: F403


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); with `inplace`, written over the input."""
    arguments.tensor("relu", input)
    return input.relu_() if inplace else input.relu()


# -- activations: with `inplace`, written over the input -------------------------------------------


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where x > 0, else negative_slope·x"""
    arguments.tensor("leaky_relu", input)
    return input._leaky_relu_(negative_slope) if inplace else input._leaky_relu(negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else α·(eˣ − 1)"""
    arguments.tensor("elu", input)
    return input._elu_(alpha) if inplace else input._elu(alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """A scaled elu, whose two constants keep mean 0 and variance 1 through many layers."""
    arguments.tensor("selu", input)
    constants = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
    return input._elu_(*constants) if inplace else input._elu(*constants)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else α·(e^(x/α) − 1)"""
    arguments.tensor("celu", input)
    return input._celu_(alpha) if inplace else input._celu(alpha)


@with_out
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x·Φ(x), Φ the normal distribution's; or with "tanh" an approximation of it."""
    arguments.tensor("gelu", input)
    return input._gelu(approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x·σ(x)"""
    arguments.tensor("silu", input)
    return input._silu_() if inplace else input._silu()


@with_out
def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """ln(1 + e^(β·x))/β, and x where β·x is larger than `threshold`"""
    arguments.tensor("softplus", input)
    return input._softplus(beta, threshold)


@with_out
def logsigmoid(input: Tensor) -> Tensor:
    """ln σ(x)"""
    arguments.tensor("log_sigmoid", input)
    return input._log_sigmoid()


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """x moved to between `min_val` and `max_val`"""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return input._hardtanh_(min_val, max_val) if inplace else input._hardtanh(min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x moved to between 0 and 6"""
    return input._hardtanh_(0, 6) if inplace else input._hardtanh(0, 6)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, else `value`"""
    return input._threshold_(threshold, value) if inplace else input._threshold(threshold, value)


def softsign(input: Tensor) -> Tensor:
    """x/(1 + |x|)"""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh x"""
    return input - input.tanh()


def tanh(input: Tensor) -> Tensor:
    """tanh x"""
    arguments.tensor("tanh", input)
    return input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    """σ(x) = 1/(1 + e⁻ˣ)"""
    arguments.tensor("sigmoid", input)
    return input.sigmoid()


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """x where x > 0, else slope·x; the slope is drawn from [lower, upper] while training, and else
    it is their mean."""
    arguments.tensor("rrelu", input)
    how = lower, upper, training
    return input._rrelu_(*how) if inplace else input._rrelu(*how)


def relu_(input: Tensor) -> Tensor:
    """`relu`, written over the input."""
    return relu(input, inplace=True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written over the input."""
    return leaky_relu(input, negative_slope, inplace=True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written over the input."""
    return elu(input, alpha, inplace=True)


def selu_(input: Tensor) -> Tensor:
    """`selu`, written over the input."""
    return selu(input, inplace=True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written over the input."""
    return celu(input, alpha, inplace=True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written over the input."""
    return hardtanh(input, min_val, max_val, inplace=True)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written over the input."""
    return input._threshold_(threshold, value)


def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False
) -> Tensor:
    """`rrelu`, written over the input."""
    return rrelu(input, lower, upper, training, inplace=True)


def softmax(
    input: Tensor,
    dim: int | None = None,
    _stacklevel: int = 3,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """eˣ/Σeˣ along `dim`; left out, it is guessed, with a warning."""
    return input.softmax(_softmax_dim("softmax", input, dim, _stacklevel), dtype)


def softmin(
    input: Tensor,
    dim: int | None = None,
    _stacklevel: int = 3,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """e⁻ˣ/Σe⁻ˣ along `dim`; left out, it is guessed, with a warning."""
    return (-input).softmax(_softmax_dim("softmin", input, dim, _stacklevel), dtype)


def log_softmax(
    input: Tensor,
    dim: int | None = None,
    _stacklevel: int = 3,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """ln(eˣ/Σeˣ) along `dim`; left out, it is guessed, with a warning."""
    return input.log_softmax(_softmax_dim("log_softmax", input, dim, _stacklevel), dtype)


def _softmax_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
        "dim=X as an argument.",
        stacklevel=stacklevel + 1,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


# -- losses: `reduction` is "mean", "sum", or "none" for the loss of each element ------------------


def _of_each_element(
    op: type[Node], name: str, input: Tensor, target: Tensor, *options: Any
) -> Tensor:
    """A loss of each pair of elements; of two dtypes, each gets its gradient back in its own."""
    if input._data.dtype == target._data.dtype:
        arguments.floating(name, input)
        return apply(op, (input, target), *options)
    return apply_broadcast(op, (input, target), *options)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input − target)², each times its `weight`. Shapes broadcast, with a warning.

    Raises ValueError for a reduction that is unknown."""
    input, target = _alike(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    if weight is not None:
        return _weighted((input - target).pow(2), weight, reduction)
    return _of_each_element(loss.MseLossBackward0, "mse_cpu", input, target, reduction)


def _broadcast(a: Tensor, b: Tensor) -> list[Tensor]:
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise broadcast_error(a.shape, b.shape) from None
    return [t if t.shape == shape else t.expand(shape) for t in (a, b)]


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input − target|, each times its `weight`."""
    input, target = _alike(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    if weight is not None:
        return _weighted((input - target).abs(), weight, reduction)
    return reduced((input - target).abs(), reduction)


def _weighted(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The losses times their weights; the mean divides by the sum of these."""
    if weight.size() != losses.size():
        raise ValueError("Weights and input must have the same size.")
    if reduction not in loss.REDUCTIONS:
        raise ValueError(
            f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'."
        )
    losses = losses * weight
    return losses.sum() / weight.sum() if reduction == "mean" else reduced(losses, reduction)


def _alike(input: Tensor, target: Tensor) -> list[Tensor]:
    """Both in one shape; with a warning, if they had two."""
    try:
        alike = target._data.shape == input._data.shape  # without a Size for each: 0.5 of 5 µs less
    except AttributeError:
        alike = target.size() == input.size()
    if alike:
        return [input, target]
    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size "
        f"({input.size()}). This will likely lead to incorrect results due to broadcasting. "
        "Please ensure they have the same size.",
        stacklevel=3,
    )
    return _broadcast(input, target)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """½·d²/β where d = |input − target| < β, else d − ½·β"""
    input, target = _alike(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    if beta == 0.0:
        return reduced((input - target).abs(), reduction)
    op = loss.SmoothL1LossBackward0
    return _of_each_element(op, "smooth_l1_cpu", input, target, reduction, beta)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """½·d² where d = |input − target| ≤ δ, else δ·(d − ½·δ); each times its `weight`."""
    input, target = _alike(input, target)
    op = loss.HuberLossBackward0
    if weight is None and input.dtype is not target.dtype:  # which only its backward refuses
        return apply(op, (input, target), reduction, delta)
    if weight is None:
        return _of_each_element(op, "huber_cpu", input, target, reduction, delta)
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    losses = _of_each_element(op, "huber_cpu", input, target, "none", delta)
    return reduced(losses * weight, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−(target·ln input + (1 − target)·ln(1 − input)), for probabilities from 0 to 1."""
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}) is deprecated. Please ensure they have the same size."
        )
    arguments.probabilities_of_two(input, target)
    return apply(
        loss.BinaryCrossEntropyBackward0,
        (input, target),
        legacy_reduction(size_average, reduce, reduction),
        fixed=(None if weight is None else weight.to(input.dtype).expand(target.shape),),
    )


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The binary cross entropy of σ(input), without overflow."""
    if target.size() != input.size():
        raise ValueError(
            f"Target size ({target.size()}) must be the same as input size ({input.size()})"
        )
    arguments.logits(input, target, weight, pos_weight)
    mixed = input.dtype is not target.dtype
    return (apply_broadcast if mixed else apply)(
        loss.BinaryCrossEntropyWithLogitsBackward0,
        (input, target),
        legacy_reduction(size_average, reduce, reduction),
        target._data.dtype if mixed else None,  # torch writes the losses over 1 − target
        fixed=[w if w is None else w.to(input.dtype) for w in (weight, pos_weight)],
    )


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−input at each target, for log-probabilities (N, classes, …) and targets (N, …).

    The mean is weighted; targets equal to `ignore_index` count for nothing.
    """
    arguments.classes("nll_loss_nd", input, target, weight)
    return _nll(
        input, target, weight, legacy_reduction(size_average, reduce, reduction), ignore_index
    )


def _nll(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, ignore_index: int
) -> Tensor:
    flat = input.ndim <= 2
    op = loss.NllLossBackward0 if flat else loss.NllLoss2DBackward0
    x, t = input, target
    if input.ndim == 1:
        t = target.view(())
    elif not flat and input.ndim != 4:  # any number of further dimensions counts as two
        rows, classes = input.shape[:2]
        x = input.reshape(rows, classes, *([0, 0] if not input.numel() else [1, -1]))
        t = target.reshape(rows, *([0, 0] if not input.numel() else [1, -1]))
    out = apply(op, (x,), reduction, ignore_index, fixed=(t, weight))
    return out.view(target.shape) if reduction == "none" and x is not input else out


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """−ln softmax(input) at each target: classes (N, …), or probabilities (N, classes, …).

    `label_smoothing` mixes the targets with the uniform distribution.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    arguments.tensor("cross_entropy_loss", input)
    arguments.tensor("cross_entropy_loss", target, "target", 2)
    classes_dim = 0 if input._data.ndim == 1 else 1
    if target._data.shape == input._data.shape:
        arguments.probabilities(input, target, weight)
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, classes_dim)
    log_probabilities = input.log_softmax(classes_dim)
    arguments.classes("cross_entropy_loss", log_probabilities, target, weight)
    plain = _nll(log_probabilities, target, weight, reduction, ignore_index)
    if not label_smoothing:
        return plain
    smooth = _smoothed(log_probabilities, target, weight, reduction, ignore_index, classes_dim)
    label_smoothing = float(label_smoothing)
    share = label_smoothing / input.shape[classes_dim]
    return plain._times(1 - label_smoothing) + smooth._times(share)


def _smoothed(
    log_probabilities: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    ignore_index: int,
    dim: int,
) -> Tensor:
    """Minus the sum of all classes' log-probabilities, reduced as the loss is."""
    x = log_probabilities
    if weight is not None:
        x = x * weight.view([-1 if d == dim else 1 for d in range(x.ndim)])
    losses = (-x.sum(dim)).masked_fill(target == ignore_index, 0)
    if reduction != "mean":
        return losses if reduction == "none" else losses.sum()
    kept = target != ignore_index
    if weight is None:
        return losses.sum() / kept.sum()
    classes = target.masked_fill(target == ignore_index, 0)
    return losses.sum() / (weight.detach()[classes] * kept).sum()


def _soft_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: float,
    dim: int,
) -> Tensor:
    x = input.log_softmax(dim)
    count = input.shape[dim]
    if label_smoothing:
        target = target._times(1 - label_smoothing)._plus(label_smoothing / count)
    products = x * target
    if weight is not None:
        products = products * weight.view([-1 if d == dim else 1 for d in range(x.ndim)])
    if reduction == "none":
        return -products.sum(dim)
    total = -products.sum()
    return total if reduction == "sum" else total._over(x.numel() // count if count else 0)
