"""Sequences of several lengths: without their padding, and matched with labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.node import Node
from .lift import constant, index_add, new_zeros
from .undefined import refusing


class PackPaddedSequenceBackward0(Node):
    """∂(the elements that are no padding)/∂x = 1 for these, 0 for padding"""

    saves = {"input": 0, "result": 0, "result1": 0b1}
    constants = ("batch_first", "input_sym_sizes")
    batch_first: bool
    input_sym_sizes: tuple[int, ...]
    places: Any  # where each row of the result stood, in the order of the rows of x

    def forward(self, x: Any, lengths: Any, batch_first: bool) -> tuple[Any, Any]:
        self.batch_first, self.input_sym_sizes = batch_first, x.shape
        places = np.arange(x.shape[0] * x.shape[1]).reshape(x.shape[:2])
        places = places.T if batch_first else places
        present = np.arange(lengths[0])[:, None] < lengths
        self.places = places[: lengths[0]][present]
        return x.reshape(-1, *x.shape[2:])[self.places], present.sum(1)

    def backward(self, grad: Any, batch_sizes: Any) -> Any:
        shape = self.input_sym_sizes
        padded = new_zeros(grad, (shape[0] * shape[1], *shape[2:]))
        return index_add(padded, 0, constant(self.places, grad, cast=False), grad).reshape(shape)


def _shifted(scores: Any, by: int) -> Any:
    """The scores of the states that stand `by` places before."""
    out = np.full_like(scores, -np.inf)
    out[:, by:] = scores[:, :-by]
    return out


def _scores(emitted: Any, states: Any, blank: int) -> Any:
    """ln of the probability of all ways to each state at each step (T, N, states), from the start.

    A way stays, or goes on by one state; over a blank by two, unless the two labels are equal.
    """
    jumps = np.zeros(states.shape, bool)
    jumps[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    scores = np.full_like(emitted, -np.inf)
    scores[0, :, :2] = emitted[0, :, :2]
    for step in range(1, len(emitted)):
        before = scores[step - 1]
        ways = np.logaddexp(before, _shifted(before, 1))
        ways = np.logaddexp(ways, np.where(jumps, _shifted(before, 2), -np.inf))
        scores[step] = ways + emitted[step]
    return scores


class CtcLossBackward0(Node):
    """∂(−ln of the probability of all ways through the labels)/∂(log-probabilities), for these made
    by log_softmax: the probability of each class minus that of the ways which are at it then"""

    saves = {"log_probs": 0b1, "targets": 0b1}
    constants = ("blank", "input_lengths", "target_lengths", "zero_infinity")
    blank: int
    zero_infinity: bool
    input_lengths: tuple[int, ...]
    target_lengths: tuple[int, ...]
    states: Any  # (N, states): the labels with blanks before, between and after
    sent: Any  # the gradient of each loss

    def forward(self, x: Any, targets: Any, lengths: Any, blank: int, zero_infinity: bool) -> Any:
        self.blank, self.zero_infinity = blank, zero_infinity
        self.input_lengths, self.target_lengths = map(tuple, lengths)
        steps, count = np.array(lengths[0]), np.array(lengths[1])
        states = np.full((len(targets), 2 * targets.shape[1] + 1), blank)
        states[:, 1::2] = targets
        time, rows, place = np.ogrid[: len(x), : len(states), : states.shape[1]]
        # The ways from the end are those from the start, with all turned round.
        turned = time.clip(0), np.maximum(2 * count[:, None] - place[0], 0)
        late = np.maximum(steps[:, None] - 1 - time, 0)
        emitted = x[time, rows, states]
        before = _scores(emitted, states, blank)
        after = _scores(emitted[late, rows, turned[1]], states[rows[0], turned[1]], blank)[
            late, rows, turned[1]
        ]
        ends = before[np.maximum(steps - 1, 0), rows[0, :, 0]]
        last = [ends[rows[0, :, 0], np.maximum(2 * count - i, 0)] for i in (0, 1)]
        total = np.logaddexp(last[0], np.where(count > 0, last[1], -np.inf))
        losses = np.where(steps > 0, -total, np.where(count > 0, np.inf, 0))
        present = (time < steps[:, None]) & (place <= 2 * count[:, None])
        ways = np.where(present, before + after - emitted + losses[:, None], -np.inf)
        self.sent = np.where(time < steps[:, None], np.exp(x), 0)
        np.subtract.at(self.sent, (time, rows, states), np.exp(ways))
        if zero_infinity:
            self.sent[:, np.isinf(losses)] = 0
        return losses.astype(x.dtype)

    def backward(self, grad: Any, x: Any, targets: Any) -> Any:
        if isinstance(grad, np.ndarray):
            return self.sent * grad[:, None]
        return self.tensor_type._apply(_CtcLossBackward, (grad, x), of=self)


class _CtcLossBackward(refusing("_ctc_loss_backward")):  # type: ignore[misc]
    __doc__ = CtcLossBackward0.__doc__

    def forward(self, grad: Any, x: Any, of: CtcLossBackward0) -> Any:
        return of.sent * grad[:, None]


_CtcLossBackward.__name__ = "NotImplemented"
