"""Distances between vectors, and the losses that are made of them; the rest of torch's losses."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..ops import loss, reduction, sequences, statistics
from ..ops.dims import broadcast_shape
from ..out import with_out
from ..recording import apply, apply_broadcast, wrap
from ..tensor import Tensor
from . import arguments
from .arguments import legacy_reduction, reduced

__all__ = [
    "cosine_embedding_loss",
    "cosine_similarity",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "kl_div",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "normalize",
    "one_hot",
    "pairwise_distance",
    "pdist",
    "poisson_nll_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


@with_out
def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Vectors along `dim` divided by their p-norm, or by `eps` where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class a row of zeros with a 1 at its place; as many as there are, by default."""
    if tensor.dtype is not dtypes.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    classes = tensor._data
    if not classes.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if classes.size and classes.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    if num_classes != -1 and num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    if classes.size and classes.max() >= count:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((classes[..., None] == np.arange(count)).astype(np.int64))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along `dim`."""
    kind = dtypes.result_type(x1, x2)
    shape = broadcast_shape(x1.shape, x2.shape)
    units = []
    for x in (x1.to(kind), x2.to(kind)):
        x = x.expand(shape)
        norm = apply(reduction.LinalgVectorNormBackward0, (x,), 2.0, dim, True)
        units.append(x / norm.clamp_min(eps))
    return (units[0] * units[1]).sum(dim)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 − x2 + eps along the last dimension."""
    dim = max(x1.ndim, x2.ndim) - 1
    return apply(reduction.NormBackward1, (x1 - x2 + eps,), float(p), dim, keepdim)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norms of the differences of all pairs of rows: N·(N − 1)/2 of them."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if not input.is_floating_point():
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    return apply(statistics.PdistBackward0, (input,), float(p))


# -- losses ----------------------------------------------------------------------------------------


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target·(ln target − input), for log-probabilities `input`; "batchmean" divides by rows."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math "
            "definition.'mean' will be changed to behave the same as 'batchmean' in the next major "
            "release.",
            stacklevel=2,
        )
    losses = (
        target.exp() * (target - input) if log_target else target.xlogy(target) - target * input
    )
    if reduction == "batchmean":
        return losses.sum() / input.shape[0]
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """½·(ln var + (input − target)²/var)"""
    if not isinstance(var, Tensor):
        var = input.new_full(input.shape, var)
    if var.shape != input.shape and input.shape[:-1] == var.shape:
        var = var.unsqueeze(-1)
    elif var.shape != input.shape and var.shape != (*input.shape[:-1], 1):
        raise ValueError("var is of incorrect size")
    if (var < 0).any():
        raise ValueError("var has negative entry/entries")
    if reduction not in loss.REDUCTIONS:
        raise ValueError(reduction + " is not valid")
    clamped = var.clone()
    clamped._data = np.maximum(clamped._data, clamped._data.dtype.type(eps))
    losses = 0.5 * (clamped.log() + (input - target) ** 2 / clamped)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """e^input − target·input; or without `log_input`, input − target·ln input."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if log_input:
        losses = input.exp() - target * input
    else:
        losses = input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """x where the target is 1, max(0, margin − x) where it is −1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    nothing = wrap(np.zeros_like(input._data))
    apart = (target != 1)._where((margin - input).clamp_min(0), nothing)
    alike = (target != -1)._where(input, nothing)
    return reduced(apart + alike, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, −target·(x1 − x2) + margin): x1 is to rank higher where the target is 1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 − cos where the target is 1, max(0, cos − margin) where it is −1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    dim = target.ndim
    if dim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if not dim + 1 == input1.ndim == input2.ndim:
        raise RuntimeError(
            f"{dim}D target tensor expects {dim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    products = (input1 * input2).sum(dim)
    squares = (input1 * input1).sum(dim) + 1e-12, (input2 * input2).sum(dim) + 1e-12
    cosine = products / (squares[0] * squares[1]).sqrt()
    nothing = wrap(np.zeros_like(cosine._data))
    alike = (target == 1)._where(1 - cosine, nothing)
    apart = (target == -1)._where((cosine - margin).clamp_min(0), nothing)
    return reduced(alike + apart, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, ‖a − p‖ − ‖a − n‖ + margin): the negative is to lie farther than the positive."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=lambda x, y: pairwise_distance(x, y, p, eps),
        margin=margin,
        swap=swap,
        reduction=reduction,
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(a, p) − d(a, n) + margin), by default with the euclidean distance.

    With `swap`, the negative's distance from the positive counts if it is the smaller.
    """
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative "
            f"{negative.ndim}D inputs"
        )
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ln(1 + e^(−target·input))"""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction not in loss.REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return apply_broadcast(loss.SoftMarginLossBackward0, (input, target), reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Σ max(0, margin − x[target] + x[i])ᵖ/C over the other classes i, for scores (N, C) or (C).

    `weight` counts some classes more, as targets. Raises ValueError for a p other than 1 and 2,
    RuntimeError for shapes that do not fit and targets that are no class.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    _check_scores(input)
    rows, classes = (input.shape[0] if input.ndim == 2 else 1), input.shape[-1]
    if target.ndim > 1 or target.numel() != rows:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
            f"samples (batch size). Expected target size [{rows}], but got {list(target.shape)}. "
            f"Input has shape {list(input.shape)}."
        )
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(
            f"inconsistent weight size, expected {classes} but got {list(weight.shape)}"
        )
    if target.dtype is not dtypes.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.scalar_type}")
    if ((target._data < 0) | (target._data >= classes)).any():
        raise RuntimeError("target out of range")
    op = loss.MultiMarginLossBackward0
    return apply(op, (input,), p, float(margin), reduction, fixed=(target, weight))


def _check_scores(input: Tensor) -> None:
    if input.ndim not in (1, 2) or not input.shape[-1]:
        raise RuntimeError(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(input.shape)}"
        )


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Σ max(0, 1 − x[y] + x[i])/C over the targets y and all other classes i.

    For scores (N, C) or (C), and targets of the same shape: classes, of which −1 ends the list.
    Raises RuntimeError for other shapes and for numbers that are no class.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    _check_scores(input)
    if target.shape != input.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}"
        )
    if ((target._data < -1) | (target._data >= input.shape[-1])).any():
        raise RuntimeError("argument #2 'target' is out of range")
    return apply(loss.MultilabelMarginLossBackward0, (input,), reduction, fixed=(target,))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−(y·ln σ(x) + (1 − y)·ln σ(−x)), averaged over the classes (the last dim)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = -(target * input._log_sigmoid() + (1 - target) * (-input)._log_sigmoid())
    if weight is not None:
        losses = losses * weight
    losses = losses.sum(-1) / input.shape[-1]
    if reduction not in loss.REDUCTIONS:
        raise ValueError(reduction + " is not valid")
    return reduced(losses, reduction)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """−ln of the probability of the labels, over all ways to spread them over the steps.

    `log_probs` (T, N, C) come from log_softmax; `targets` are (N, S), or all labels one after the
    other; of each sequence, `input_lengths` steps and `target_lengths` labels count. Between the
    labels may stand class `blank`. "mean" divides each loss by its number of labels.
    `zero_infinity` takes 0 where no way is possible. Raises RuntimeError for lengths and shapes
    that do not go together.
    """
    single = log_probs.ndim == 2
    if single:
        log_probs, targets = log_probs.unsqueeze(1), targets.unsqueeze(0)
    both = {"input": input_lengths, "target": target_lengths}
    for name, lengths in both.items():
        if isinstance(lengths, Tensor):
            if lengths.dtype.is_floating_point:
                raise RuntimeError(f"{name}_lengths must be integral")
            both[name] = lengths.reshape(-1).tolist()
    steps, counts = map(tuple, both.values())
    where = " (while checking arguments for ctc_loss_allocate_outputs)"
    if log_probs.ndim != 3:
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {log_probs.ndim}-dimensional tensor for "
            f"argument #1 'log_probs'{where}"
        )
    longest, batch, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, lengths in (("input", steps), ("target", counts)):
        if len(lengths) != batch:
            raise RuntimeError(f"{name}_lengths must be of size batch_size")
        for bad in [n for n in lengths if n < 0]:
            raise RuntimeError(
                f"Expected {name}_lengths to have value at least 0, but got value {bad}{where}"
            )
    if max(steps, default=0) > longest:
        raise RuntimeError(
            f"Expected input_lengths to have value at most {longest}, but got value "
            f"{max(steps)}{where}"
        )
    labels = _labels(targets, counts, batch, where)
    arguments.floating("ctc_loss_cpu", log_probs)
    if log_probs.dtype is dtypes.float16:
        raise NotImplementedError("\"ctc_loss_cpu\" not implemented for 'Half'")
    op, lengths = sequences.CtcLossBackward0, (steps, counts)
    losses = apply(op, (log_probs,), lengths, blank, zero_infinity, fixed=(labels,))
    if zero_infinity:
        losses = (losses == math.inf)._where(wrap(np.zeros_like(losses._data)), losses)
    if reduction == "mean":
        return (losses / wrap(np.maximum(np.array(counts), 1)).to(losses.dtype)).mean()
    losses = reduced(losses, reduction)
    return losses.squeeze(0) if single and reduction == "none" else losses


def _labels(targets: Tensor, counts: tuple[int, ...], batch: int, where: str) -> Tensor:
    """The labels as (N, S), whether they were given so or one sequence after the other."""
    most = max(counts, default=0)
    if targets.ndim == 1:
        if targets.shape[0] != sum(counts):
            raise RuntimeError(
                f"Expected tensor to have size {sum(counts)} at dimension 0, but got size "
                f"{targets.shape[0]} for argument #2 'targets'{where}"
            )
        padded = np.zeros((batch, most), np.int64)
        padded[np.arange(most) < np.array(counts)[:, None]] = targets._data
        return wrap(padded)
    if targets.shape[0] != batch:
        raise RuntimeError(
            f"Expected tensor to have size {batch} at dimension 0, but got size "
            f"{targets.shape[0]} for argument #2 'targets'{where}"
        )
    if targets.shape[1] < most:
        raise RuntimeError(
            f"Expected tensor to have size at least {most} at dimension 1, but got size "
            f"{targets.shape[1]} for argument #2 'targets'{where}"
        )
    return targets.to(dtypes.int64)
