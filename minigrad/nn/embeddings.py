"""Functions that look up rows of a table: one for each index, or one for each bag of them."""

from __future__ import annotations

import warnings

import numpy as np

from .. import dtypes
from ..engine.grad_mode import no_grad
from ..inplace import write
from ..ops import neural
from ..ops.bags import EmbeddingBagBackward0
from ..recording import apply
from ..tensor import Tensor
from . import arguments

__all__ = ["embedding", "embedding_bag"]


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


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows of `weight` that each bag names: (bags, columns).

    Bags are the rows of a matrix `input`; or begin at `offsets` in a vector, the last of which may
    be its end (`include_last_offset`). Rows equal to `padding_idx` count for nothing.
    """
    arguments.tensor("embedding_bag", input)
    if weight.dtype is dtypes.int64 and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag("
            "weight, input, ...)` is deprecated, and should now be `embedding_bag(input, weight, "
            "...)`.",
            stacklevel=2,
        )
        weight, input = input, weight
    _check_bags(input, weight, offsets, per_sample_weights, mode, scale_grad_by_freq, sparse)
    if sparse:
        raise NotImplementedError("minigrad has no sparse gradients")
    if offsets is None:
        starts = np.arange(0, input.numel(), input.shape[1] or 1)
        if not input.shape[1]:
            starts = np.zeros(input.shape[0], np.int64)
        include_last_offset = False
    else:
        starts = offsets._data
    indices = input._data.reshape(-1)
    if max_norm is not None:
        _shorten_rows(weight, np.unique(indices), max_norm, norm_type)
    starts = _starts(starts, len(indices), include_last_offset)
    rows = weight.shape[0]
    pad = rows if padding_idx is None else padding_idx  # a row that there is not
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, -{rows} through {rows - 1}, but "
            f"got {padding_idx}"
        )
    bad = np.flatnonzero((indices < 0) | (indices >= rows))
    if len(bad):
        raise RuntimeError(
            "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be "
            f"{indices[bad[0]]}"
        )
    ends = np.append(starts[1:], len(indices))
    bags = np.repeat(np.arange(len(starts)), ends - starts)
    samples = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    how = bags, len(starts), mode, pad % rows if padding_idx is not None else pad
    flat = input.reshape(-1)
    return apply(EmbeddingBagBackward0, (weight, samples), *how, scale_grad_by_freq, fixed=(flat,))


def _starts(starts: np.ndarray, length: int, include_last_offset: bool) -> np.ndarray:
    """Where each bag begins. Raises RuntimeError unless the first does at 0, the last inside."""
    if include_last_offset:
        if not len(starts):
            raise RuntimeError("include_last_offset: number of offset should be at least 1")
        starts = starts[:-1]
    if len(starts) and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {starts[0]}"
        )
    if len(starts) and starts[-1] > length:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {length} but got offsets[-1] of "
            f"{starts[-1]}"
        )
    return starts


def _check_bags(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None,
    per_sample_weights: Tensor | None,
    mode: str,
    by_frequency: bool,
    sparse: bool,
) -> None:
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then "
            f"it must have the same shape as the input ({input.shape})"
        )
    if weight.dim() != 2:
        raise ValueError(
            f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}"
        )
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch "
                f"of fixed length sequences. However, found offsets of type {type(offsets)}"
            )
    elif input.dim() != 1:
        raise ValueError(
            f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}"
        )
    elif offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    elif offsets.dim() != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and by_frequency:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
            f"for mode='sum' (got mode='{mode}'). Please open a feature request on GitHub."
        )
    if input.dtype not in (dtypes.int32, dtypes.int64):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got {input.dtype.c_name.replace('CPU', '')} instead (while checking "
            "arguments for embedding_bag)"
        )
    if per_sample_weights is not None and per_sample_weights.dtype is not weight.dtype:
        kinds = weight.dtype.c_name, per_sample_weights.dtype.c_name
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument "
            f"#1 'per_sample_weights'; but type {kinds[0]} does not equal {kinds[1]} (while "
            "checking arguments for embedding_bag)"
        )
