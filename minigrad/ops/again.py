"""Rules that a recorded backward pass shows as one node, as torch's fused rules are.

Mostly a rule that is recorded leaves a node for each of its operations. Torch has made some rules
one operation, with a derivative of its own. Here that derivative is not written down a second time:
it is found by differentiating the rule.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import numpy as np

from ..engine.backward import run_backward
from ..engine.grad_mode import enable_grad
from ..engine.node import Node


def one_node(name: str, *saved: str, fixed: int = 0) -> Callable[[Any], Any]:
    """Decorates a rule, or a part of one: where it is recorded, it is one node called `name`.

    The rule is ``rule(node, grad, …)``, and gives one gradient or a tuple of them; `saved` names
    what it is given besides the gradient, of which the last `fixed` have no gradient themselves.
    """

    def decorate(rule: Any) -> Any:
        names = ("grad_output", *saved)
        inputs = len(names) - fixed
        saves = dict.fromkeys(names, 2**inputs - 1)
        kind = type(name, (Again,), {"saves": saves, "rule": staticmethod(rule)})

        @functools.wraps(rule)
        def backward(node: Node, grad: Any, *given: Any) -> Any:
            if isinstance(grad, (np.ndarray, np.generic)):
                return rule(node, grad, *given)
            given, given_up = (grad, *given), list[bool]()
            out = node.tensor_type._apply(
                kind, given[:inputs], of=node, given_up=given_up, fixed=given[inputs:]
            )
            if not isinstance(out, tuple):
                return out
            made = iter(out)
            return tuple([None if nothing else next(made) for nothing in given_up])

        return backward

    return decorate


class Again(Node):
    """∂(the rule)/∂(what it is given): by differentiating the rule"""

    of: Node  # the node whose rule it is
    rule: Callable[..., Any]

    def forward(self, *given: Any, of: Node, given_up: list[bool]) -> Any:
        self.of = of
        out = self.rule(of, *given)
        if not isinstance(out, tuple):
            return out
        given_up += [part is None for part in out]
        return tuple([part for part in out if part is not None])

    def backward(self, grad: Any, *given: Any) -> Any:
        tensor_type = self.tensor_type
        grads = grad if isinstance(grad, list) else [grad]
        recorded = any(isinstance(g, tensor_type) for g in grads)
        with enable_grad():
            inputs: list[Any] = [
                x if x is None else _input(x, to_x is not None, tensor_type)
                for x, to_x in zip_longest(given, self.edges)
            ]
            out = self.rule(self.of, *inputs)
        outs = [o for o in out if o is not None] if isinstance(out, tuple) else [out]
        starts = [tensor_type._edge(o) for o in outs]
        pairs = [(s, g) for s, g in zip(starts, grads) if s and g is not None]
        ends = [tensor_type._edge(x) for x, to_x in zip(inputs, self.edges) if to_x]
        found = run_backward(
            [start for start, _ in pairs],
            [g for _, g in pairs],
            recorded,
            recorded,
            ends,
            False,
        )
        sent = iter(found)
        return tuple([to_x and next(sent) for to_x in self.edges])


def _input(x: Any, wanted: bool, tensor_type: Any) -> Any:
    """A tensor in the place of `x`: a gradient asked for there is of this place alone."""
    if isinstance(x, tensor_type):
        return x.view_as(x) if wanted else x
    tensor = tensor_type._wrap(x)
    tensor._requires_grad = wanted
    return tensor


class Error(Node):
    """raises: what it made is not differentiable"""

    qualifier = "torch::autograd::"
    text: str

    def forward(self, x: Any, text: str) -> Any:
        self.text = text
        return x

    def run(self, grad: Any, recording: bool) -> tuple[Any, ...]:
        raise RuntimeError(self.text)
