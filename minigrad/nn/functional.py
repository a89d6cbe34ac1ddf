"""Functions of tensors that networks are made of; the layers call these."""

from __future__ import annotations

import warnings

import numpy as np

from ..ops import neural
from ..ops.dims import broadcast_error
from ..recording import method
from ..tensor import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input·weightᵀ + bias, for shapes (*, in), (out, in) and (out); the result is (*, out)."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"linear(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    transposed = weight.t()
    if bias is None:
        return input.matmul(transposed)
    if input.ndim == 2:
        return bias.addmm(input, transposed)
    if input.is_contiguous():
        rows = input._view((-1, input.shape[-1]))
        return bias.addmm(rows, transposed)._view((*input.shape[:-1], weight.shape[0]))
    return input.matmul(transposed) + bias


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); with `inplace`, written over the input."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"relu(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    return input.relu_() if inplace else input.relu()


# -- losses: `reduction` is "mean", "sum", or "none" for the loss of each element ------------------

_mse_loss = method(neural.MseLossBackward0, tensors=2)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """(input − target)². Shapes broadcast, with a warning. Raises ValueError for a reduction
    that is unknown."""
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=2,
        )
        input, target = _broadcast(input, target)
    return _mse_loss(input, target, legacy_reduction(size_average, reduce, reduction))


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """`reduction`, unless one of the two older arguments for it is given."""
    if size_average is None and reduce is None:
        return reduction
    old = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{old}' instead.",
        stacklevel=3,
    )
    return old


def _broadcast(a: Tensor, b: Tensor) -> list[Tensor]:
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise broadcast_error(a.shape, b.shape) from None
    return [t if t.shape == shape else t.expand(shape) for t in (a, b)]
