"""Views: tensors that share another's memory, and what a write to that memory does to their graph.

A view remembers its base and the steps that lead from the base to it. Once the memory was written,
the node that made the view no longer tells how its values came about; from then on the view is
taken anew from its base, whose `grad_fn` the write has moved on.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from .engine.grad_mode import state, unusual
from .engine.node import BACKWARD_TWICE, LONG, Edge, Node, end, operation, parted
from .engine.version import INFERENCE, UNWRITTEN, Version
from .recording import (
    Method,
    edge,
    memory,
    named,
    ndarray,
    record_several,
    set_maker,
    wrap,
)

_CREATED_IN = {
    "multiple": (
        " This view is the output of a function that returns multiple views. Such functions do not "
        "allow the output views to be modified inplace. You should replace the inplace operation "
        "by an out-of-place one."
    ),
    "function": (
        " This view was created inside a custom Function (or because an input was returned as-is) "
        "and the autograd logic to handle view+inplace would override the custom backward "
        "associated with the custom Function, leading to incorrect gradients. This behavior is "
        "forbidden. You can fix this by cloning the output of the custom Function."
    ),
}
_CREATED_IN_MODE = (
    " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
    "code by moving both the view and the inplace either both inside the {block} block (if you "
    "don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)


Step = tuple[type[Node], tuple[Any, ...], dict[str, Any], int]
"""One operation on the way from a base to its view: the operation, its constants, those that have
names, and which of its outputs. A plain tuple, for each view makes one."""


def on_array(step: Step, array: Any) -> tuple[Node, Any]:
    """A step on an array: the operation's node, for its rule, and the view of the array."""
    op, constants, named_constants, slot = step
    node = op()
    out = node.forward(array, *constants, **named_constants)
    return node, out[slot] if isinstance(out, (tuple, list)) else out


def view(op: type[Node]) -> Method:
    """A method whose result, or each of whose results, shares the memory of its tensor."""

    def call(self: Any, *constants: Any, **named_constants: Any) -> Any:
        recorded = not unusual or state.enabled
        if recorded and self._base is not None:
            refresh(self)  # whose error comes before the operation's own
        array = self._data
        if type(array) is not ndarray:
            array = memory(self)
        node = op()
        data = node.forward(array, *constants, **named_constants)
        if type(data) is tuple:
            made = record_several(node, (self,), data)
            for slot, out in enumerate(made):
                _let_share(out, self, (op, constants, named_constants, slot), recorded, True)
            return made
        out = wrap(data)
        if recorded and data.dtype.kind == "f":
            to_base = self._grad_fn or edge(self)
            if to_base is not None:
                node.link((to_base,))
                out._grad_fn = node
        _let_share(out, self, (op, constants, named_constants, 0), recorded, False)
        return out

    return named(call, op)


def _let_share(view: Any, tensor: Any, step: Step, recorded: bool, several: bool) -> None:
    """Let `view`, made by a step from `tensor`, know whose memory it shares."""
    counter = tensor._counter
    if counter is UNWRITTEN:
        counter = tensor._counter = Version()
    elif counter.inference:  # no graph will ever need to know
        view._counter, view._grad_fn = INFERENCE, None
        return
    view._counter = counter
    if tensor._base is None:
        view._base, view._steps = tensor, (step,)
    else:
        view._base, view._steps = tensor._base, (*tensor._steps, step)
    if counter.value:
        view._as_of = counter.value
    where = tensor._created_in
    if where != "inference_mode":
        if not recorded:
            where = "inference_mode" if state.inference else "no_grad"
        elif several:
            where = "multiple"
    if where is not None:
        view._created_in = where


def refresh(view: Any) -> None:
    """If its memory was written since, let `view` be made from its base as the base is now."""
    base = view._base
    if view._as_of == view._counter.value:
        return
    if view._grad_fn is None and not base.requires_grad:
        return
    forbid_change(view, "its base or another view of its base has been")
    node, slot = _replayed(base, view._steps) if state.view_replay else (None, 0)
    if node is None:
        node = _taken_from(memory(base), edge(base), view._steps)
    set_maker(view, node, slot)
    view._as_of = view._counter.value


def forbid_change(view: Any, what: str) -> None:
    """Raise RuntimeError for a view whose graph a write cannot be entered into."""
    where = view._created_in
    if where is None:
        return
    node, slot = parted(view._grad_fn)
    told = f"Output {slot} of {operation(node)}" if node is not None else "A view"
    if where in _CREATED_IN and node is not None:
        text = f"{told} is a view and {what} modified inplace."
    else:
        start = told + (" is a view of a view which was created in" if node else " was created in")
        if where == "inference_mode":
            text = f"{start} inference mode and {what} modified inplace in normal mode."
        else:
            text = f"{start} no_grad mode and {what} modified inplace with grad mode enabled."
    raise RuntimeError(text + (_CREATED_IN.get(where) or _CREATED_IN_MODE.format(block=where)))


def _taken_from(array: Any, maker: Edge, steps: Sequence[Step]) -> AsStridedBackward0:
    """The node of a view taken from a base: its array, and the edge to what made it."""
    node = AsStridedBackward0()
    node.steps = []
    for step in steps:
        taken, array = on_array(step, array)
        node.steps.append((taken, step[-1]))
    node.link((maker,))
    return node


def _replayed(base: Any, steps: Sequence[Step]) -> tuple[Node | None, int]:
    """What made a view if its steps were taken again from its base, each a node of its own; and
    which output of that it is."""
    array, maker = memory(base), edge(base)
    for step in steps:
        node, array = on_array(step, array)
        node.link((maker,))
        if node.num_outputs > 1:
            node.special = LONG
        maker = end(node, step[-1])
    return parted(maker)


class AsStridedBackward0(Node):
    """∂view/∂base: the gradient in the place of the view, 0 elsewhere"""

    steps: list[tuple[Node, int]]

    def backward(self, grad: Any) -> Any:
        for step, slot in reversed(self.steps):
            if step.num_outputs > 1:
                grad = [grad if i == slot else None for i in range(step.num_outputs)]
            grad = step.backward(grad)
        return grad


class CopySlices(Node):
    """∂(base with a view overwritten): inside the view the write's own rule, outside 1

    `fn` is the node of the write itself, which saw the view as its first input.
    """

    qualifier = "torch::autograd::"
    fn: Node | None  # None once freed, also if it saved nothing
    steps: Sequence[Step]

    def run(self, grad: Any, recording: bool) -> tuple[Any, ...]:
        if grad is None:
            return (None,) * len(self.edges)
        if self.fn is None:
            raise RuntimeError(BACKWARD_TWICE)
        if recording:
            whole = wrap(np.empty_like(grad._data)).copy_(grad)
            array = start = memory(whole)
            for step in self.steps:
                _, array = on_array(step, array)
            size = array.itemsize
            offset = (array.ctypes.data - start.ctypes.data) // size
            part = whole.as_strided(array.shape, [n // size for n in array.strides], offset)
            sent = self.fn.run(part.clone(), True)
            part.copy_(sent[0]) if sent[0] is not None else part.zero_()
        else:
            whole = part = np.array(grad)
            for step in self.steps:
                _, part = on_array(step, part)
            sent = self.fn.run(part.copy(), False)
            part[...] = 0 if sent[0] is None else sent[0]
        return (whole if self.edges[0] is not None else None, *sent[1:])

    def release(self) -> None:
        self.fn = None


def rebase(view: Any, fn: Node) -> None:
    """After the write `fn` to a view: the base is now the result of a CopySlices around it."""
    base = view._base
    node = CopySlices()
    node.fn, node.steps = fn, view._steps
    node.link((edge(base), *fn.edges[1:]))
    set_maker(base, node)
    if view._backward_hooks is not None:
        view._backward_hooks = None
    if not fn.custom:  # as in torch, a Function's result is its own also where it is a view
        # If `fn` saved its result, that is the view: as taken from the base that CopySlices makes.
        maker, array, steps = weakref.ref(node), memory(base), view._steps
        fn.maker = lambda: _taken_from(array, maker(), steps)


def relic(tensor: Any, maker: Node) -> Any:
    """What is left of an overwritten tensor: its value, and what made it now, by name only."""
    left = wrap(tensor._data)
    left._counter, left._grad_fn = tensor._counter, maker
    left._source = weakref.ref(tensor)
    return left
