"""Losses that torch counts as one operation each. `reduction` is 0 "none", 1 "mean", 2 "sum"."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .again import one_node
from .lift import (
    abs_,
    constant,
    gather,
    logit,
    logsigmoid,
    masked_fill,
    mse_loss_backward,
    new_zeros,
    over,
    scatter,
    sgn,
    sigmoid,
    times,
    unsqueeze,
    where,
)

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


class Loss(Node):
    """What the losses of each element share: how they are combined, and the gradient divided."""

    constants: tuple[str, ...] = ("reduction",)
    reduction: int
    count: int

    def reduced(self, losses: Any, reduction: str) -> Any:
        """The losses of the elements, or their mean or sum."""
        if reduction not in REDUCTIONS:
            raise ValueError(f"{reduction} is not a valid value for reduction")
        self.reduction, self.count = REDUCTIONS[reduction], losses.size
        if self.reduction == 0:
            return losses
        if losses.dtype.char == "e":
            how = {"dtype": np.float32}
            out = losses.sum(**how) if self.reduction == 2 else losses.mean(**how)
            return out.astype(np.float16)
        total = np.add.reduce(losses, axis=None)
        return total if self.reduction == 2 else total / total.dtype.type(self.count)

    def shared(self, grad: Any) -> Any:
        """The gradient of each element's loss."""
        return over(grad, self.count) if self.reduction == 1 and self.count > 1 else grad


class MseLossBackward0(Loss):
    """∂mean((x − y)²)/∂x = 2·(x − y)/n,  ∂/∂y = −2·(x − y)/n"""

    saves = {"self": 0b11, "target": 0b11}

    def forward(self, x: Any, y: Any, reduction: str = "mean") -> Any:
        difference = x - y
        return self.reduced(difference * difference, reduction)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        scale = 2 / max(self.count, 1) if self.reduction == 1 else 2
        return (
            to_x and mse_loss_backward(grad, x, y, scale),
            to_y and mse_loss_backward(grad, y, x, scale),
        )


class MseLossBackwardBackward0(Node):
    """∂(c·g·(x − y))/∂g = c·(x − y),  ∂/∂x = c·g,  ∂/∂y = −c·g"""

    saves = {"grad_output": 0b110, "self": 0b001, "target": 0b001}
    scale: float

    def forward(self, g: Any, x: Any, y: Any, scale: float) -> Any:
        self.scale = scale
        if g.shape != x.shape:
            self.fit_to(g, x, y)
        return mse_loss_backward(g, x, y, scale)

    def backward(self, grad: Any, g: Any, x: Any, y: Any) -> Any:
        to_g, to_x, to_y = self.edges
        return (
            to_g and mse_loss_backward(grad, x, y, self.scale),
            to_x and grad * times(g, self.scale),
            to_y and grad * times(g, -self.scale),
        )


class SmoothL1LossBackward0(Loss):
    """∂/∂x = (x − y)/β where |x − y| < β, else its sign;  ∂/∂y = −∂/∂x"""

    saves = {"self": 0b11, "target": 0b11}
    constants = ("reduction", "beta")
    beta: float

    def forward(self, x: Any, y: Any, reduction: str, beta: float) -> Any:
        self.beta = float(beta)
        if beta < 0:
            raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
        distance = np.abs(x - y)
        kind = distance.dtype.type
        square = kind(0.5) * distance * distance / kind(beta)
        return self.reduced(
            np.where(distance < beta, square, distance - kind(0.5 * beta)), reduction
        )

    def slope(self, difference: Any) -> Any:
        """The derivative of one element's loss."""
        return where(abs_(difference) < self.beta, difference / self.beta, sgn(difference))

    @one_node("SmoothL1LossBackwardBackward0", "self", "target")
    def sent(self, grad: Any, x: Any, y: Any) -> Any:
        """The gradient of x; that of y with the two exchanged."""
        return self.shared(grad) * self.slope(x - y)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and self.sent(grad, x, y), to_y and self.sent(grad, y, x)


class HuberLossBackward0(SmoothL1LossBackward0):
    """∂/∂x = x − y where |x − y| ≤ δ, else δ·its sign;  ∂/∂y = −∂/∂x"""

    constants = ("reduction", "delta")
    delta: float

    def forward(self, x: Any, y: Any, reduction: str, delta: float) -> Any:
        self.delta = delta
        kinds = [dtypes.from_numpy(v.dtype).scalar_type for v in (x, y)]
        if kinds[0] != kinds[1]:
            self.refused = f"Found dtype {kinds[1]} but expected {kinds[0]}"
            y = y.astype(x.dtype)
        if delta <= 0:
            raise RuntimeError("huber_loss does not support non-positive values for delta.")
        distance = np.abs(x - y)
        kind = distance.dtype.type
        square = kind(0.5) * distance * distance
        straight = kind(delta) * (distance - kind(0.5 * delta))
        return self.reduced(np.where(distance <= delta, square, straight), reduction)

    sent = one_node("HuberLossBackwardBackward0", "self", "target")(
        SmoothL1LossBackward0.sent.__wrapped__
    )
    refused = ""  # what is wrong with two dtypes: torch finds it out when it goes backward

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        if self.refused:
            raise RuntimeError(self.refused)
        return super().backward(grad, x, y)

    def slope(self, difference: Any) -> Any:
        near = abs_(difference) <= self.delta
        return where(near, difference, sgn(difference) * self.delta)


class SoftMarginLossBackward0(Loss):
    """∂ln(1 + e^(−y·x))/∂x = −y·σ(−y·x)"""

    saves = {"self": 0b1, "target": 0b1}

    def forward(self, x: Any, y: Any, reduction: str) -> Any:
        return self.reduced(np.log(np.exp(-y * x) + 1), reduction)  # ∞ where e^(−y·x) is

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        return self.shared(grad) * (-y * sigmoid(-y * x)), None


class MultiMarginLossBackward0(Loss):
    """∂(Σ max(0, margin − x[y] + x[i])ᵖ/C)/∂x: each term's slope to i, and its opposite to y"""

    saves = {"self": 0b1, "target": 0b1, "weight": 0b1}
    constants = ("p", "margin", "reduction")
    p: int
    margin: float

    def forward(
        self, x: Any, target: Any, weight: Any, p: int, margin: float, reduction: str
    ) -> Any:
        self.p, self.margin = p, margin
        own, _, share = self.parts(x, target, weight)
        losses = np.maximum(margin - np.take_along_axis(x, own, -1) + x, 0) ** p * share
        return self.reduced(losses.sum(-1), reduction)

    @staticmethod
    def parts(x: Any, target: Any, weight: Any) -> tuple[Any, Any, Any]:
        """The target's place, where it is (1) and is not (0), and the share of the other terms."""
        own = target.reshape(*x.shape[:-1], 1)
        at = np.arange(x.shape[-1]) == own
        share = ~at / x.dtype.type(x.shape[-1])
        return own, at, share if weight is None else share * weight[own]

    def backward(self, grad: Any, x: Any, target: Any, weight: Any) -> Any:
        arrays = [getattr(t, "_data", t) for t in (x, target, weight)]
        own, at, share = [constant(a, x, cast=i > 0) for i, a in enumerate(self.parts(*arrays))]
        terms = self.margin - gather(x, -1, own) + x
        terms = masked_fill(terms, terms <= 0, 0)
        slope = share * (terms > 0) if self.p == 1 else share * terms * 2
        sent = slope * unsqueeze(self.shared(grad), -1)
        return sent - at * sent.sum(-1, keepdims=True)


class MultilabelMarginLossBackward0(Loss):
    """∂(Σ max(0, 1 − x[y] + x[i])/C, over targets y and all others i)/∂x = how often as i − as y"""

    saves = {"self": 0b1, "target": 0b1}
    is_target: Any
    slopes: Any

    def forward(self, x: Any, target: Any, reduction: str) -> Any:
        rows, targets = x.reshape(-1, x.shape[-1]), target.reshape(-1, x.shape[-1])
        wanted = np.logical_and.accumulate(targets >= 0, 1)  # −1 ends the list of targets
        targets = np.where(wanted, targets, 0)
        counts = np.zeros_like(rows)
        np.add.at(counts, (np.arange(len(rows))[:, None], targets), wanted)
        self.is_target = (counts > 0).astype(x.dtype).reshape(x.shape)
        own = np.take_along_axis(rows, targets, 1)[:, :, None]
        terms = np.maximum(1 - own + rows[:, None], 0)
        terms *= wanted[:, :, None] & (counts == 0)[:, None]
        active = terms > 0
        slopes = active.sum(1).astype(x.dtype)
        np.subtract.at(slopes, (np.arange(len(rows))[:, None], targets), active.sum(2))
        size = x.dtype.type(x.shape[-1])
        self.slopes = (slopes / size).reshape(x.shape)
        return self.reduced((terms.sum((1, 2)) / size).reshape(x.shape[:-1]), reduction)

    @property
    def _saved_is_target(self) -> Any:
        return constant(self.is_target, None, cast=False)

    def backward(self, grad: Any, x: Any, target: Any) -> Any:
        return unsqueeze(self.shared(grad), -1) * constant(self.slopes, grad)


class BinaryCrossEntropyBackward0(Loss):
    """∂/∂x = (x − y)/(x·(1 − x)),  ∂/∂y = ln(1 − x) − ln x"""

    saves = {"self": 0b11, "target": 0b11, "weight": 0b11}

    def forward(self, x: Any, y: Any, weight: Any, reduction: str) -> Any:
        if ((x < 0) | (x > 1)).any():
            raise RuntimeError("all elements of input should be between 0 and 1")
        if ((y < 0) | (y > 1)).any():
            raise RuntimeError("all elements of target should be between 0 and 1")
        lowest = x.dtype.type(-100)  # a sure and wrong answer costs much, but not infinitely much
        losses = (y - 1) * np.maximum(np.log1p(-x), lowest) - y * np.maximum(np.log(x), lowest)
        return self.reduced(losses if weight is None else losses * weight, reduction)

    def backward(self, grad: Any, x: Any, y: Any, weight: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        if to_y:
            to_y = -logit(x) * grad
            to_y = self.shared(to_y if weight is None else to_y * weight)
        return to_x and self.sent(grad, x, y, weight), to_y

    @one_node("BinaryCrossEntropyBackwardBackward0", "self", "target", "weight", fixed=1)
    def sent(self, grad: Any, x: Any, y: Any, weight: Any) -> Any:
        """The gradient of x."""
        grad = self.shared(grad)
        grad = grad if weight is None else grad * weight
        spread = (1 - x) * x
        return grad * (x - y) / where(spread < 1e-12, 1e-12, spread)


class BinaryCrossEntropyWithLogitsBackward0(Loss):
    """∂/∂x = σ(x) − y,  ∂/∂y = −x (with weights p of the positive: (p·y + 1 − y)·σ(x) − p·y)"""

    saves = {"self": 0b11, "target": 0b11, "weight": 0b11, "pos_weight": 0b11}

    def forward(
        self, x: Any, y: Any, weight: Any, positive: Any, reduction: str, dtype: Any = None
    ) -> Any:
        log_sigmoid = -np.logaddexp(-x, x.dtype.type(0))
        certain = log_sigmoid if positive is None else ((positive - 1) * y + 1) * log_sigmoid
        losses = (1 - y) * x - certain
        losses = losses if weight is None else losses * weight
        return self.reduced(losses if dtype is None else losses.astype(dtype), reduction)

    def backward(self, grad: Any, x: Any, y: Any, weight: Any, positive: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        if positive is None:
            to_x, to_y = to_x and sigmoid(x) - y, to_y and -x
        else:
            share = positive * y
            to_x = to_x and (share + 1 - y) * sigmoid(x) - share
            to_y = to_y and -(x + (positive - 1) * logsigmoid(x))
        return tuple(
            [
                None
                if slope is None
                else self.shared(slope * grad if weight is None else slope * grad * weight)
                for slope in (to_x, to_y)
            ]
        )


class NllLossBackward0(Node):
    """∂nll/∂x = −1/n at the target's place (times its weight), 0 elsewhere"""

    saves = {"self": 0b1, "target": 0b1, "weight": 0b1}
    constants = ("reduction", "ignore_index")
    reduction: int
    ignore_index: int
    ignoring: bool  # whether any target is the one to be ignored
    total_weight: Any

    def forward(self, x: Any, target: Any, weight: Any, reduction: str, ignore_index: int) -> Any:
        if reduction not in REDUCTIONS:
            raise ValueError(f"{reduction} is not a valid value for reduction")
        self.reduction, self.ignore_index = REDUCTIONS[reduction], ignore_index
        if x.dtype.kind != "f":
            kind = dtypes.from_numpy(x.dtype).scalar_type
            raise NotImplementedError(f"\"nll_loss_out_frame\" not implemented for '{kind}'")
        self.ignoring = _check_target(x, target, weight, ignore_index)
        places, weights = self.places(x, target, weight)
        wide = x.astype(np.float32) if x.dtype.char == "e" else x
        losses = -wide[places]
        if weights is None:
            self.total_weight = wide.dtype.type(target.size)
        else:
            losses = losses * weights.astype(wide.dtype, copy=False)
            self.total_weight = weights.sum(dtype=wide.dtype)
        if self.reduction == 0:
            self.total_weight *= x.ndim == 1  # nobody asks for it, and so torch says
            return losses.astype(x.dtype)
        total = losses.sum()
        return (total if self.reduction == 2 else total / self.total_weight).astype(x.dtype)

    @staticmethod
    def axis(x: Any) -> int:
        """The dimension of the classes."""
        return 0 if x.ndim == 1 else 1

    def places(self, x: Any, target: Any, weight: Any) -> tuple[Any, Any]:
        """The index of each target's place in `x`, and its weight: 0 if ignored, None for 1."""
        classes, weights = target, None
        if self.ignoring:
            ignored = target == self.ignore_index
            classes = np.where(ignored, 0, target)
            weights = (~ignored).astype(x.dtype)
        if weight is not None:
            weights = weight[classes] if weights is None else np.where(ignored, 0, weight[classes])
        if x.ndim == 2:
            return (np.arange(len(x)), classes), weights
        rows = np.ogrid[tuple([slice(n) for n in target.shape])] if x.ndim > 1 else ()
        return (*rows[:1], classes, *rows[1:]), weights

    @one_node("NllLossBackwardBackward0", "self", "target", "weight", fixed=2)
    def backward(self, grad: Any, x: Any, target: Any, weight: Any) -> Any:
        # Neither targets nor weights have gradients, so that both are constants also to a Tensor.
        arrays = [getattr(t, "_data", t) for t in (x, target, weight)]
        places, weights = self.places(*arrays)
        on_arrays = isinstance(grad, np.ndarray | np.generic)
        if weights is None:
            weights = x.dtype.type(1) if on_arrays else np.ones(target.shape, arrays[0].dtype)
        factors = -weights if self.reduction != 1 else -weights / self.total_weight
        if self.ignoring:  # also of none but ignored ones, whose mean is 0/0
            factors = np.where(arrays[1] == self.ignore_index, 0, factors)
        values = grad * constant(factors, grad)
        if on_arrays:
            out = np.zeros(x.shape, values.dtype)
            out[places] = values
            return out
        axis = self.axis(x)
        where = constant(np.expand_dims(places[axis], axis), grad, cast=False)
        return scatter(new_zeros(grad, tuple(x.shape)), axis, where, values.unsqueeze(axis))

    @property
    def _saved_total_weight(self) -> Any:
        return self.tensor_type._wrap(self.total_weight)


class NllLoss2DBackward0(NllLossBackward0):
    """∂nll/∂x = −1/n at the target's place (times its weight), 0 elsewhere"""

    backward = one_node("NllLoss2DBackwardBackward0", "self", "target", "weight", fixed=2)(
        NllLossBackward0.backward.__wrapped__
    )


_CLASSES = (np.dtype(np.int64), np.dtype(np.uint8))


def _check_target(x: Any, target: Any, weight: Any, ignore_index: int) -> bool:
    """Raise for targets that are no classes. Whether there may be some to be ignored."""
    classes = x.shape[NllLossBackward0.axis(x)]
    if target.dtype not in _CLASSES:
        kind = dtypes.from_numpy(target.dtype).scalar_type
        name = "nll_loss2d_forward_out_frame" if x.ndim > 2 else "nll_loss_out_frame"
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind}'")
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(
            "weight tensor should be defined either for all "
            f"{classes} classes or no classes but got weight tensor of shape: {list(weight.shape)}"
        )
    low, high = (target.min(), target.max()) if target.size else (0, 0)
    if low >= 0 and high < classes:
        return bool(low <= ignore_index <= high)
    wrong = (target != ignore_index) & ((target < 0) | (target >= classes))
    if wrong.any():
        raise IndexError(f"Target {target[wrong].ravel()[0]} is out of bounds.")
    return True
