"""Exercises of chapter 13, from minigrad to PyTorch."""

from __future__ import annotations

import types
from typing import Any

from .core import Mistaken, Unanswered, call, close, engine, exercise, expect_each
from .core import tensor as a_tensor
from .graph import reaches


@exercise(
    "13",
    "predict",
    (
        "Four of the five were compared on this page.",
        "Every number that is computed agrees. A number that is *drawn* comes from a stream.",
        "Random numbers differ. All the others are the same.",
    ),
)
def same_on_both(answer):
    """What is the same on minigrad and on PyTorch?"""
    expect_each(
        answer,
        {
            "gradients": True,
            "error texts": True,
            "pictures": True,
            "randn(2)": False,
            "grad_fn": True,
        },
        {
            "gradients": "`gradients`: the table above compares two trainings, number by number.",
            "error texts": "`error texts`: the same words, so that you can search for them.",
            "pictures": "`pictures`: `viz` asks both engines the same questions, and draws.",
            "randn(2)": "`randn(2)`: each engine has a random stream of its own, seeded or not.",
            "grad_fn": "`grad_fn`: the nodes have PyTorch's names, down to the 0 at the end.",
        },
    )
    return "Right: all that is computed agrees; what is drawn at random does not."


class _Foreign:
    """A tensor of another engine: all that the two share is numpy."""

    def __init__(self, numbers: list) -> None:
        self.numbers = numbers

    def detach(self) -> _Foreign:
        return self

    def numpy(self) -> Any:
        import numpy

        return numpy.array(self.numbers, dtype="float32")

    def tolist(self) -> list:
        return self.numbers


class _ForeignNet:
    def parameters(self) -> list[_Foreign]:
        return [_Foreign([[1.0, 2.0], [3.0, 4.0]]), _Foreign([5.0, 6.0])]


@exercise(
    "13",
    "fix",
    (
        "`b = a` gives the name b to another thing. What was b before stays as it is.",
        "The numbers must go *into* the parameter: `b.copy_(…)`. What may `…` be? Not a tensor of"
        " the other engine.",
        "In `no_grad()`: `b.copy_(torch.tensor(a.detach().numpy()))`.",
    ),
)
def carry_over(answer):
    """Repair a function that carries the weights of one network into another's."""
    torch = engine(answer)
    net = torch.nn.Linear(2, 2)
    held = list(net.parameters())
    try:
        got = call(answer, _ForeignNet(), net)
    except RuntimeError as error:
        if "in-place" not in str(error):
            raise
        raise Mistaken(
            "A leaf that requires grad was written to, on the record. Copying is no part of the"
            " model: put it under `no_grad()`."
        ) from None
    except (TypeError, AttributeError) as error:
        raise Mistaken(
            f"Your code stopped with {type(error).__name__}: {error}. A tensor of the other engine"
            " is no tensor here. The bridge between the two is numpy."
        ) from None
    if got is not net:
        raise Mistaken("Return the second network, with its new numbers.")
    now = list(net.parameters())
    if any(a is not b for a, b in zip(held, now)):
        raise Mistaken(
            "The network has new parameters now. An optimizer made before still holds the old ones:"
            " write into those that are there."
        )
    right = [parameter.tolist() for parameter in _ForeignNet().parameters()]
    found = [parameter.tolist() for parameter in now]
    if found == right:
        if not all(parameter.requires_grad and parameter.is_leaf for parameter in now):
            raise Mistaken("The numbers are right, and the parameters can no longer be trained.")
        return "Right: the numbers travel by way of numpy, into tensors that stay."
    if found[0] == right[0] or found[1] == right[1]:
        raise Mistaken("Only one of the two parameters was carried over.")
    raise Mistaken(
        "The second network has its old numbers. `theirs = …` in a loop gives a name to something"
        " else, and changes no tensor."
    )


@exercise(
    "13",
    "write",
    (
        "What names does the function need from outside? Best none.",
        "A tensor can do by itself: `x * x`, `x.mean()`, `x.sqrt()`.",
        "Square, then mean, then root: three methods in a row.",
    ),
)
def rms(answer):
    """Write the root mean square with methods only, so that it runs on either engine."""
    torch = engine(answer)
    if not isinstance(answer, types.FunctionType):
        raise Mistaken("Write a function of your own, with `def`.")
    names = {k: v for k, v in answer.__globals__.items() if not isinstance(v, types.ModuleType)}
    alone = types.FunctionType(answer.__code__, names, answer.__name__, answer.__defaults__)
    x = torch.tensor([1.0, 7.0, 5.0, 5.0], requires_grad=True)
    try:
        result = call(alone, x)
    except NameError as error:
        raise Mistaken(
            f"{error}: the function names an engine, and works with that one only. Tensors have"
            " methods: `x.sqrt()`."
        ) from None
    if result is ...:
        raise Unanswered
    a_tensor(result, (), torch)
    if close(result, 25):
        raise Mistaken("25 is the mean square. The root is missing.")
    if close(result, 4.5):
        raise Mistaken("4.5 is the mean. Square first.")
    if close(result, 10):
        raise Mistaken("10 is the root of the sum. Take the mean.")
    if not close(result, 5):
        raise Mistaken(f"For [1, 7, 5, 5] it is 5, and this is {result.item():g}.")
    if not result.requires_grad or not reaches(result, x):
        raise Mistaken("5 is right, and no way leads back to x.")
    return "Right: no engine is named, so it runs on either."
