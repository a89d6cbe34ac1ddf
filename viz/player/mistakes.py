"""What typical wrong answers at one kind of operation show: wrong numbers, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import TypeAlias

import numpy as np

MOST = 12  # numbers of a wrong answer that somebody would type
Near: TypeAlias = "list[tuple[np.ndarray | None, str]]"


@dataclass
class Sent:
    """A gradient `g` arrived and `s` is sent to the input called `name`, whose value is `own`;
    `others` are the values of the operation's other inputs."""

    g: np.ndarray
    s: np.ndarray
    name: str
    own: np.ndarray | None
    others: list[np.ndarray]


def mistakes(op: str, sent: Sent) -> Near:
    """What is often sent instead, before what may be said of any operation."""
    find = AT.get(op.partition("Backward")[0])
    if find is None:
        return []
    with np.errstate(all="ignore"):
        found = [(wrong, why) for wrong, why in find(sent) if wrong.size <= MOST]
        return [(wrong, why) for wrong, why in found if np.isfinite(wrong).all()]


Found: TypeAlias = "Iterator[tuple[np.ndarray, str]]"


def _mean(sent: Sent) -> Found:
    n = sent.s.size // max(sent.g.size, 1)
    if n > 1:
        yield (
            sent.s * n,
            f"Divide by {n}: each of {n} numbers has a {n}th of the say in their mean.",
        )


def _sum(sent: Sent) -> Found:
    n = sent.s.size // max(sent.g.size, 1)
    if n > 1:
        yield sent.s / n, "Nothing is divided: in a sum each number counts in full."


def _pow(sent: Sent) -> Found:
    if sent.own is None:
        return
    for n in (2, 3, 4, 5):
        if np.allclose(sent.s, sent.g * n * sent.own ** (n - 1), rtol=1e-3):
            yield sent.s / n, f"The factor {n} is missing: the exponent comes to the front."
            yield sent.s * sent.own, f"The exponent falls by one: {n} · {sent.name}^{n - 1}."
            return


def _mul(sent: Sent) -> Found:
    if sent.own is not None and sent.own.shape in ((), sent.g.shape) and not sent.others:
        yield (
            sent.g * sent.own,
            (
                f"That is what arrives times {sent.name} itself. The slope of a product is the "
                "other factor."
            ),
        )


def _div(sent: Sent) -> Found:
    for other in sent.others:
        if other.shape in ((), sent.g.shape):
            yield sent.g * other, "Multiplied, where it is divided by the denominator."


def _mm(sent: Sent) -> Found:
    """Products of the right matrices in another order, or not transposed."""
    why = (
        "The right matrices, but in another order, or with another one transposed: in A·B, A is "
        "sent g·Bᵀ and B is sent Aᵀ·g."
    )
    for other in sent.others:
        for a, b in permutations((sent.g, other)):
            for left, right in product((a, a.T), (b, b.T)):
                if left.ndim == right.ndim == 2 and left.shape[1] == right.shape[0]:
                    found = left @ right
                    if found.shape != sent.s.T.shape or not np.allclose(found, sent.s.T):
                        yield found, why  # else it is transposed as a whole


def _relu(sent: Sent) -> Found:
    yield (
        sent.g - sent.s,
        ("The other way round: what arrives passes where the input is positive, and only there."),
    )


def _log_softmax(sent: Sent) -> Found:
    yield (
        sent.s - sent.g,
        ("That is the softmax's part alone. What arrives goes through, too: add it."),
    )
    if sent.s.ndim == 2 and len(sent.s) > 1:
        yield sent.s * len(sent.s), f"The loss is a mean over {len(sent.s)} rows: divide by them."


def _nll(sent: Sent) -> Found:
    if sent.s.ndim == 2 and len(sent.s) > 1:
        yield sent.s * len(sent.s), f"The loss is a mean over {len(sent.s)} rows: divide by them."


def _mse(sent: Sent) -> Found:
    yield sent.s / 2, "The factor 2 is missing: the slope of d² is 2·d."
    yield from _mean(sent)
    yield sent.s * sent.s.size / 2, "The factor 2 is missing, and the division by n."


def _function(f: Callable[[np.ndarray], np.ndarray], why: str) -> Callable[[Sent], Found]:
    def found(sent: Sent) -> Found:
        if sent.own is not None and sent.own.shape == sent.g.shape:
            yield sent.g * f(sent.own), why

    return found


AT: dict[str, Callable[[Sent], Found]] = {
    "Mean": _mean,
    "Sum": _sum,
    "Pow": _pow,
    "Mul": _mul,
    "Div": _div,
    "Mm": _mm,
    "Addmm": _mm,
    "Relu": _relu,
    "LogSoftmax": _log_softmax,
    "NllLoss": _nll,
    "MseLoss": _mse,
    "Sigmoid": _function(
        lambda a: 1 / (1 + np.exp(-a)), "That is what arrives times σ: its slope is σ·(1 − σ)."
    ),
    "Tanh": _function(
        lambda a: 1 - np.tanh(a), "The square is missing: the slope of tanh is 1 − tanh²."
    ),
    "Sin": _function(np.sin, "That is what arrives times sin: the slope of sin is cos."),
    "Cos": _function(np.cos, "That is what arrives times cos: the slope of cos is −sin."),
    "Log": _function(lambda a: a, "The slope of log a is 1/a: divide by the input."),
    "Exp": _function(lambda a: a, "The slope of eᵃ is eᵃ itself, the result and not the input."),
    "Sqrt": _function(np.sqrt, "The slope of √a is 1/(2·√a): divide by it twice."),
}
