"""Functions of tensors that networks are made of; the layers call these."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.grad_mode import no_grad
from ..engine.node import Node
from ..inplace import write
from ..ops import convolution, loss, neural
from ..ops.dims import broadcast_error
from ..recording import apply, apply_broadcast
from ..tensor import Tensor
from . import arguments
from .arguments import legacy_reduction as legacy_reduction
from .arguments import reduced
from .blocks import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
)
from .blocks import (
    adaptive_avg_pool2d as adaptive_avg_pool2d,
)
from .blocks import (
    adaptive_max_pool1d as adaptive_max_pool1d,
)
from .blocks import (
    adaptive_max_pool2d as adaptive_max_pool2d,
)
from .blocks import (
    conv_transpose1d as conv_transpose1d,
)
from .blocks import (
    conv_transpose2d as conv_transpose2d,
)
from .blocks import (
    dropout1d as dropout1d,
)
from .blocks import (
    dropout2d as dropout2d,
)
from .blocks import (
    dropout3d as dropout3d,
)
from .blocks import (
    fold as fold,
)
from .blocks import (
    glu as glu,
)
from .blocks import (
    group_norm as group_norm,
)
from .blocks import (
    gumbel_softmax as gumbel_softmax,
)
from .blocks import (
    hardshrink as hardshrink,
)
from .blocks import (
    hardsigmoid as hardsigmoid,
)
from .blocks import (
    hardswish as hardswish,
)
from .blocks import (
    instance_norm as instance_norm,
)
from .blocks import (
    interpolate as interpolate,
)
from .blocks import (
    mish as mish,
)
from .blocks import (
    pixel_shuffle as pixel_shuffle,
)
from .blocks import (
    pixel_unshuffle as pixel_unshuffle,
)
from .blocks import (
    prelu as prelu,
)
from .blocks import (
    rms_norm as rms_norm,
)
from .blocks import (
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from .blocks import (
    softshrink as softshrink,
)
from .blocks import (
    unfold as unfold,
)
from .distances import (
    cosine_embedding_loss as cosine_embedding_loss,
)
from .distances import (
    cosine_similarity as cosine_similarity,
)
from .distances import (
    gaussian_nll_loss as gaussian_nll_loss,
)
from .distances import (
    hinge_embedding_loss as hinge_embedding_loss,
)
from .distances import (
    kl_div as kl_div,
)
from .distances import (
    margin_ranking_loss as margin_ranking_loss,
)
from .distances import (
    normalize as normalize,
)
from .distances import (
    one_hot as one_hot,
)
from .distances import (
    pairwise_distance as pairwise_distance,
)
from .distances import (
    poisson_nll_loss as poisson_nll_loss,
)
from .distances import (
    soft_margin_loss as soft_margin_loss,
)
from .distances import (
    triplet_margin_loss as triplet_margin_loss,
)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input·weightᵀ + bias, for shapes (*, in), (out, in) and (out); the result is (*, out)."""
    refused: Exception | None = None
    try:
        transposed = weight.t()
        if bias is None:
            return input.matmul(transposed)
        if input._data.ndim == 2:
            return bias.addmm(input, transposed)
    except (AttributeError, RuntimeError, TypeError) as error:
        refused = error
    arguments.linear(input, weight, bias)
    if refused is not None:  # for a reason that is not linear's own
        raise refused
    assert bias is not None
    if input.is_contiguous():
        rows = input._view((-1, input.shape[-1]))
        return bias.addmm(rows, transposed)._view((*input.shape[:-1], weight.shape[0]))
    return input.matmul(transposed) + bias


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


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x·Φ(x), Φ the normal distribution's; or with "tanh" an approximation of it."""
    arguments.tensor("gelu", input)
    return input._gelu(approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x·σ(x)"""
    arguments.tensor("silu", input)
    return input._silu_() if inplace else input._silu()


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """ln(1 + e^(β·x))/β, and x where β·x is larger than `threshold`"""
    arguments.tensor("softplus", input)
    return input._softplus(beta, threshold)


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
    return input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    """σ(x) = 1/(1 + e⁻ˣ)"""
    return input.sigmoid()


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


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training: 0 with probability `p`, and else x/(1 − p)."""
    arguments.tensor("dropout", input)
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    return input._dropout_(p) if inplace else input._dropout(p)


# -- normalization and embedding -------------------------------------------------------------------


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
        size = input.size()
        count = math.prod(size[:1]) * math.prod(size[2:])
        if count == 1:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {size}"
            )
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


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of the table `weight` that `input` names. Row `padding_idx` gets no gradient.

    With `max_norm`, rows that are longer are shortened first, in place.
    """
    arguments.tensor("embedding", weight, "weight", 1)
    arguments.tensor("embedding", input, "indices", 2)
    if sparse:
        raise NotImplementedError("minigrad has no sparse gradients")
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx = padding_idx % rows
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if max_norm is not None:
        _shorten_rows(weight, np.unique(input._data), max_norm, norm_type)
    return apply(
        neural.EmbeddingBackward0,
        (weight,),
        -1 if padding_idx is None else padding_idx,
        scale_grad_by_freq,
        fixed=(input,),
    )


def _shorten_rows(weight: Tensor, rows: np.ndarray, max_norm: float, p: float) -> None:
    table = weight._data.copy()
    norms = (np.abs(table[rows]) ** p).sum(1, keepdims=True) ** (1 / p)
    table[rows] = np.where(norms > max_norm, table[rows] * (max_norm / (norms + 1e-7)), table[rows])
    with no_grad():
        write(weight, table)


# -- windows that slide ----------------------------------------------------------------------------


def _tuple(value: Any, n: int, name: str) -> tuple[int, ...]:
    """One size for all dimensions, or one for each."""
    values = (value,) * n if isinstance(value, int) else tuple(value)
    if len(values) == 1:
        values = values * n
    if len(values) != n:
        raise RuntimeError(f"expected {name} to be a single integer value or a list of {n} values")
    return values


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Filters (out, in/groups, kernel) slide over (N, in, length): (N, out, places)."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Filters (out, in/groups, height, width) slide over (N, in, H, W): (N, out, rows, columns)."""
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def _conv(
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    arguments.tensor(f"conv{n}d", input)
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to conv{n}d, but got input "
            f"of size: {list(input.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(
            "non-positive groups is not supported"
            if isinstance(padding, str)
            else f"expected groups to be greater than 0, but got groups={groups}"
        )
    if isinstance(padding, str) and weight.ndim != n + 2:
        if weight.ndim < 3:
            raise RuntimeError("weight should have at least three dimensions")
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight"
            f"{list(weight.shape)}, but got {input.ndim}-dimensional input of size "
            f"{list(input.shape)} instead"
        )
    batched = input.ndim == n + 2
    x = input if batched else input.unsqueeze(0)
    steps, gaps = _tuple(stride, n, "stride"), _tuple(dilation, n, "dilation")
    if isinstance(padding, str):
        x, pads = _named_padding(x, weight, padding, steps, gaps)
    else:
        pads = _tuple(padding, n, "padding")
    _check_conv(n, x, weight, bias, steps, pads, gaps, groups)
    out = apply(convolution.ConvolutionBackward0, (x, weight, bias), steps, pads, gaps, groups)
    return out if batched else out.squeeze(0)


def _named_padding(
    x: Tensor, weight: Tensor, padding: str, steps: tuple[int, ...], gaps: tuple[int, ...]
) -> tuple[Tensor, tuple[int, ...]]:
    """ "valid" is none; "same" gives as many places as there are elements."""
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if padding == "valid":
        return x, (0,) * len(steps)
    if any(s != 1 for s in steps):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) for d, k in zip(gaps, weight.shape[2:])]
    if any(t % 2 for t in total):  # what is odd goes after the end
        extra = [n for t in reversed(total) for n in (0, t % 2)]
        x = x._constant_pad(tuple(extra), 0)
    return x, tuple([t // 2 for t in total])


def _check_conv(
    n: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    steps: tuple[int, ...],
    pads: tuple[int, ...],
    gaps: tuple[int, ...],
    groups: int,
) -> None:
    if any(p < 0 for p in pads):
        raise RuntimeError("negative padding is not supported")
    if any(s <= 0 for s in steps):
        raise RuntimeError("non-positive stride is not supported")
    if any(d <= 0 for d in gaps):
        raise RuntimeError("dilation should be greater than zero")
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if weight.ndim != n + 2:
        raise RuntimeError(
            f"Expected {n + 2}-dimensional input for {n + 2}-dimensional weight "
            f"{list(weight.shape)}, but got {x.ndim}-dimensional input of size {list(x.shape)} "
            "instead"
        )
    size = list(weight.shape)
    if size[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but "
            f"got weight of size {size} instead"
        )
    if size[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size {size} instead"
        )
    if x.shape[1] != size[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {size}, expected input{list(x.shape)} to have "
            f"{size[1] * groups} channels, but got {x.shape[1]} channels instead"
        )
    if bias is not None and (bias.ndim != 1 or bias.shape[0] != size[0]):
        raise RuntimeError(
            f"Given weight of size {size}, expected bias to be 1-dimensional with {size[0]} "
            f"elements, but got bias of size {list(bias.shape)} instead"
        )
    inner = [m + 2 * p for m, p in zip(x.shape[2:], pads)]
    span = [(k - 1) * d + 1 for k, d in zip(size[2:], gaps)]
    if any(k > m for k, m in zip(span, inner)):
        shown = [" x ".join([str(m) for m in dims]) for dims in (inner, span)]
        raise RuntimeError(
            f"Calculated padded input size per channel: ({shown[0]}). Kernel size: ({shown[1]}). "
            "Kernel size can't be greater than actual input size"
        )
    arguments.convolution(x, weight, bias)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window; with `return_indices` also where in its plane it stands."""
    arguments.tensor("max_pool2d", input)
    kernel, steps, pads, gaps = _pool_sizes(input, kernel_size, stride, padding, dilation, "max")
    values, indices = apply(
        convolution.MaxPool2DWithIndicesBackward0, (input,), kernel, steps, pads, gaps, ceil_mode
    )
    return (values, indices) if return_indices else values


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window."""
    arguments.tensor("avg_pool2d", input)
    kernel, steps, pads, _ = _pool_sizes(input, kernel_size, stride, padding, 1, "avg")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    return input._average_pool(kernel, steps, pads, ceil_mode, count_include_pad, divisor_override)


def _pool_sizes(
    input: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any, name: str
) -> tuple[tuple[int, ...], ...]:
    given = () if stride is None or stride == () or stride == [] else stride
    steps = () if given == () else _tuple(given, 2, "stride")
    out = (
        _tuple(kernel, 2, "kernel_size"),
        steps,
        _tuple(padding, 2, "padding"),
        _tuple(dilation, 2, "dilation"),
    )
    if any(s <= 0 for s in steps):
        raise RuntimeError("stride should not be zero")
    if any(p < 0 for p in out[2]):
        raise RuntimeError(f"pad must be non-negative, but got pad: {min(out[2])}")
    for k, p, d in zip(out[0], out[2], out[3]):
        if p > ((k - 1) * d + 1) / 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, "
                f"kernel_size={k} and dilation={d}"
            )
    if input.ndim not in (3, 4) or 0 in input.shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got:{list(input.shape)}"
        )
    return out


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window; with `return_indices` also where it stands."""
    _check_max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)
    out = max_pool2d(
        input.unsqueeze(-2),
        (1, *_tuple(kernel_size, 1, "kernel_size")),
        None if stride is None else (1, *_tuple(stride, 1, "stride")),
        (0, *_tuple(padding, 1, "padding")),
        (1, *_tuple(dilation, 1, "dilation")),
        ceil_mode,
        return_indices,
    )
    return tuple([t.squeeze(-2) for t in out]) if return_indices else out.squeeze(-2)


def _check_max_pool1d(
    input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> None:
    shape = list(input.shape)
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got:{shape}"
        )
    given = {"kernel_size": kernel_size, "stride": kernel_size if stride is None else stride}
    sizes = {name: _tuple(value, 1, name)[0] for name, value in given.items()}
    pads, gaps = _tuple(padding, 1, "padding")[0], _tuple(dilation, 1, "dilation")[0]
    for name, value in (*sizes.items(), ("dilation", gaps)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    span = (sizes["kernel_size"] - 1) * gaps + 1
    count = convolution.pooled_size(shape[-1], span, sizes["stride"], pads, ceil_mode)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window."""
    return avg_pool2d(
        input.unsqueeze(-2),
        (1, *_tuple(kernel_size, 1, "kernel_size")),
        None if stride is None else (1, *_tuple(stride, 1, "stride")),
        (0, *_tuple(padding, 1, "padding")),
        ceil_mode,
        count_include_pad,
    ).squeeze(-2)


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Tensor:
    """`input` with elements before and after: pairs of numbers, the last dimension first.

    `mode` says which: a constant `value` (0), or the tensor's own by "reflect", "replicate" or
    "circular" order.
    """
    arguments.tensor("pad", input)
    pads = tuple(pad)
    if mode == "constant":
        return input._constant_pad(pads, 0 if value is None else value)
    if value is not None and value != 0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    n = len(pads) // 2
    if mode == "circular" and input.ndim == n + 2:
        return _circular(input, pads)
    kinds = {"reflect": "Reflection", "replicate": "Replication"}
    if mode not in kinds or input.ndim not in (n + 1, n + 2) or not 1 <= n <= 3 or len(pads) % 2:
        raise NotImplementedError(
            "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now"
        )
    for i in range(n):
        size = input.shape[-1 - i]
        if mode == "reflect" and max(pads[2 * i : 2 * i + 2]) >= size:
            raise RuntimeError(
                "Argument #4: Padding size should be less than the corresponding input dimension, "
                f"but got: padding ({pads[2 * i]}, {pads[2 * i + 1]}) at dimension "
                f"{input.ndim - 1 - i} of input {list(input.shape)}"
            )
    return apply(getattr(convolution, f"{kinds[mode]}Pad{n}DBackward0"), (input,), pads)


def _circular(x: Tensor, pads: tuple[int, ...]) -> Tensor:
    """Each end padded with what stands at the other, written side by side into new memory."""
    n = len(pads) // 2
    shape = list(x.shape)
    for i in range(n):
        before, after, size = pads[2 * i], pads[2 * i + 1], shape[2 + n - 1 - i]
        if before > size or after > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        shape[-1 - i] += before + after
        if shape[-1 - i] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    out = x.new_empty(shape)
    here, there = out, x
    for i in range(n):
        dim = x.ndim - 1 - i
        before, after = pads[2 * i], pads[2 * i + 1]
        start, end = max(before, 0), shape[dim] - max(after, 0)
        here = here._slice(dim, start, end)
        there = there._slice(dim, max(-before, 0), x.shape[dim] - max(-after, 0))
    here.copy_(there)
    for i in range(n):
        dim = x.ndim - 1 - i
        before, after = pads[2 * i], pads[2 * i + 1]
        if before > 0:
            end = shape[dim] - max(after, 0)
            out._slice(dim, 0, before).copy_(out._slice(dim, end - before, end))
        if after > 0:
            start = max(before, 0)
            size = shape[dim]
            out._slice(dim, size - after, size).copy_(out._slice(dim, start, start + after))
    return out


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
    if target.size() == input.size():
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
    return total if reduction == "sum" else total._over(x.numel() // count)
