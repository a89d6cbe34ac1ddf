"""Predict, then step: the questions of a replay, and what each typical wrong answer means.

A question is plain data for the player: {"text", "answer", "shape", "say", "near", "hint"} and
perhaps "whole". `answer` is nested lists of numbers (one number where all are alike), `near` lists
[wrong numbers, what they show] in the order in which they are tried, `whole` says what an answer
means that has more dimensions than the right one and adds up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from viz.page import clean
from viz.values import Value, shape_text, spoken

from .mistakes import Near, Sent, mistakes

Ask: TypeAlias = "dict[str, Any]"
FEW = 6  # numbers of an array that are asked for; of a larger one, its shape


def seed(root: Mapping[str, Any], grad: Value, given: bool) -> list[Ask]:
    """What does the pass start with? Not asked where the caller gave a gradient."""
    if given:
        return []
    name = clean(root["name"] or "output")
    start = name if root["name"] else "the output"
    near: Near = [
        (numbers(root["value"]), f"That is {name} itself. How much does it change per change of "
         f"itself?"),
        (np.zeros(()), f"If {name} grows by 1, {name} grows by 1: it is not 0."),
    ]  # fmt: skip
    hint = f"If {name} grows by 1, by how much does {name} grow?"
    return _ask(f"The pass starts at {start}. What is ∂{name}/∂{name}?", grad, near, hint)


def send(
    node: Mapping[str, Any],
    rule: str,
    received: Value | None,
    target: tuple[str, Value | None],
    grads: Sequence[Value],
    others: Sequence[tuple[str, Value]],
    paths: tuple[int, Sequence[Value], Value | None],
    operands: Sequence[Value | None] = (),
) -> list[Ask]:
    """What does an op send, or, with the last of several gradients, what has arrived in all?

    target:  what the sentence calls it, and its value if it is known
    grads:   what this step sends to it, an edge each
    others:  what this step sends elsewhere, each with its target's name
    paths:   how many gradients meet at the target, those that came earlier, and the sum of all
             where these are the last
    operands: the values of the op's other inputs, as far as they are known
    """
    (name, value), op = target, clean(node["op"])
    count, earlier, total = paths
    grad = total or grads[0]
    arrives = f"{op} receives {spoken(received)}" if received else op
    near: Near = []
    if total:
        one = f"That is one of {count} paths. {name} is used {count} times, and all paths add up."
        near += [(numbers(path), one) for path in [*grads, *earlier]]
        near += [(_sum([*earlier, *grads][:n]), one) for n in range(2, count)]
        way = f"{len(grads)} gradients" if len(grads) > 1 else "the last gradient"
        text = f"{arrives} and sends {way} to {name}. What has arrived there in all?"
    else:
        text = f"{arrives}. What does it send to {name}?"
    if rule:
        hint = f"Multiply what arrives by the local derivative: {rule}."
    else:
        hint = "Multiply what arrives by the local derivative."
    if received and len(grads) == 1:
        near += _at(op, received, grads[0], (name, value), operands)
        near += _of_one(received, grads[0], name, hint)
    near += [
        (numbers(sent), f"That is what goes to {where}, not to {name}.") for where, sent in others
    ]
    near.append((numbers(value), f"That is {name} itself, not its gradient."))
    if total:
        hint = f"{count} gradients meet at {name}: add them up."
    easy = received is None or _easy(received)
    found = _ask(text, grad, near, hint) if easy else _ask_shape(text, grad)
    if received and not total and prod(received["shape"]) > prod(grad["shape"]):
        for ask in found:
            ask["whole"] = (
                f"Right before the sum. {name} has the shape {_shape(grad)} and was broadcast to "
                f"{_shape(received)}: add up over the copies, as each of them brings a gradient."
            )
    return found


def accumulate(
    name: str, value: Value | None, before: Value | None, incoming: Value | None, after: Value
) -> list[Ask]:
    """What is `.grad` now? Not asked where there was none before."""
    if before is None or incoming is None:
        return []
    old, new = numbers(before), numbers(incoming)
    add = f"backward() adds to .grad: {spoken(before)} + {spoken(incoming)}."
    near: Near = [
        (new, f"You overwrote instead of adding. {add}"),
        (old, f"That is .grad as it was before. {add}"),
        (None if old is None or new is None else old - new, f"Added, not subtracted. {add}"),
        (numbers(value), f"That is {name} itself, not {name}.grad."),
    ]
    text = f"{name}.grad is {spoken(before)}, and {spoken(incoming)} comes in. What is it then?"
    return _ask(text, after, near, add)


def _at(
    op: str,
    received: Value,
    sent: Value,
    target: tuple[str, Value | None],
    operands: Sequence[Value | None],
) -> Near:
    """What is often taken for one gradient of this very operation."""
    g, s, own = numbers(received), numbers(sent), numbers(target[1])
    if g is None or s is None:
        return []
    others = [array for array in map(numbers, operands) if array is not None]
    return mistakes(op, Sent(g, s, target[0], own, others))


def _of_one(received: Value, sent: Value, name: str, hint: str) -> Near:
    """What one gradient may be taken for."""
    g, s = numbers(received), numbers(sent)
    if g is None or s is None:
        return []
    near: Near = []
    copies = g.size // s.size if s.size and s.size < g.size else 1
    if copies > 1:
        near.append((s / copies, f"That is the part of one copy. {name} was broadcast to "
                     f"{_shape(received)}: the parts of all {copies} copies add up."))  # fmt: skip
    if copies == 1 or not _alike(_summed(g, s.shape), s):  # else it is right before the sum
        near.append((g, f"That is what arrives, passed on unchanged. {hint}"))
    if g.shape == s.shape or not g.shape:
        with np.errstate(all="ignore"):
            local = s / g
        if np.isfinite(local).all():
            arrived = spoken(received)
            near.append((local, f"That is the local derivative alone. Multiply it by {arrived}, "
                         "which arrives from behind."))  # fmt: skip
    return near


def _ask(text: str, grad: Value, near: Near, hint: str) -> list[Ask]:
    """The question for one value; none where its numbers are no plain numbers."""
    right = numbers(grad)
    if right is None or not _easy(grad):
        return _ask_shape(text, grad)
    near = [
        *near,
        (-right, "Only the sign is wrong."),
        (right.T if right.ndim == 2 else None,
         f"Transposed. A gradient has the shape of its tensor: {_shape(grad)}."),
    ]  # fmt: skip
    kept: list[tuple[np.ndarray, str]] = []
    for wrong, why in near:
        if wrong is not None and not any(_alike(wrong, w) for w, _ in [(right, ""), *kept]):
            kept.append((wrong, why))
    return [
        {
            "text": text,
            "answer": _brief(right),
            "shape": grad["shape"],
            "say": spoken(grad),
            "near": [[_brief(wrong), why] for wrong, why in kept],
            "hint": hint,
        }
    ]


def _ask_shape(text: str, grad: Value) -> list[Ask]:
    """A large gradient is asked for its shape, which is that of its tensor."""
    shape = grad["shape"]
    if not shape or grad["short"] == "?":
        return []
    near = [[shape[::-1], "Transposed: a gradient has the shape of its tensor."]]
    return [
        {
            "text": f"{text} Give its shape.",
            "answer": shape,
            "shape": [len(shape)],
            "say": shape_text(shape),
            "near": near if shape != shape[::-1] else [],
            "hint": "A gradient has the shape of the tensor it belongs to.",
        }
    ]


def numbers(value: Value | None) -> np.ndarray | None:
    """A value's numbers as an array, or None where they are many, or not all plain numbers."""
    if value is None or value["data"] is None:
        return None
    array = np.array(value["data"])
    if array.dtype.kind not in "fib" or not array.size:
        return None
    found: np.ndarray = array.astype(float)
    return found


def _easy(value: Value) -> bool:
    """Few enough numbers to work with by hand?"""
    alike = value["short"] not in ("?", "") and not value["short"].startswith(("(", "["))
    return alike or prod(value["shape"]) <= FEW


def _sum(values: Sequence[Value]) -> np.ndarray | None:
    arrays = [numbers(value) for value in values]
    total: np.ndarray | None = None
    for array in arrays:
        if array is None:
            return None
        total = array if total is None else total + array
    return total


def _summed(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What was broadcast from that shape, added up to it again."""
    array = array.sum(tuple(range(array.ndim - len(shape))))
    wide = tuple(i for i, size in enumerate(shape) if size == 1)
    return np.asarray(array.sum(wide, keepdims=True))


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Would the same typed text mean both? One number stands for an array of equal ones."""
    if (a == a.flat[0]).all():
        a = a.flat[0]
    if (b == b.flat[0]).all():
        b = b.flat[0]
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=0.01, atol=1e-9)


def _brief(array: np.ndarray) -> Any:
    """Nested lists with the digits that matter; one number where all are alike."""
    if (array == array.flat[0]).all():
        return float(f"{array.flat[0]:.6g}")
    return [_brief_list(row) for row in array]


def _brief_list(row: np.ndarray) -> Any:
    return float(f"{row:.6g}") if np.ndim(row) == 0 else [_brief_list(each) for each in row]


def _shape(value: Value) -> str:
    return shape_text(value["shape"]) or "of one number"
