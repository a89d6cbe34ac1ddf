"""In-place operations: write into a tensor's memory, and move the tensor on in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .engine.grad_mode import state
from .engine.node import Node, SavedTensor
from .engine.saved import packing
from .engine.version import INFERENCE
from .errors import note
from .recording import Method, memory, own_counter, wrap
from .views import forbid_change, rebase, relic


def in_place(method: Method) -> Method:
    """The variant of a method that writes its result into its tensor: `mul_` from `mul`."""

    def call(self: Any, *args: Any, **constants: Any) -> Any:
        check_writable(self, args)
        # Hooks see what is saved while the method runs, so they must see a copy, which stays.
        out = method(_old_value(self) if packing else self, *args, **constants)
        if out is NotImplemented:
            return out
        if out._grad_fn is not None:
            keep_old_value(self, out._grad_fn)
        write(self, out._data)
        if out._grad_fn is not None:
            move_on(self, out)
        return self

    call.__doc__ = method.__doc__
    return call


def check_writable(tensor: Any, others: Sequence[Any] = ()) -> None:
    """Raise RuntimeError if a recorded write would lose a leaf, or cannot be entered in the graph."""
    if not state.enabled:
        return
    required = tensor.requires_grad
    if not (required or any(getattr(other, "requires_grad", False) for other in others)):
        return
    base = tensor._base
    if base is not None:
        forbid_change(tensor, "is being")
    for owner, name in ((base, "a view of a leaf"), (tensor, "a leaf")):
        if required and owner is not None and owner.is_leaf:
            error = RuntimeError(
                f"{name} Variable that requires grad is being used in an in-place operation."
            )
            note(error, "To change the value of a leaf, write to it inside torch.no_grad().")
            raise error


def write(tensor: Any, data: Any) -> None:
    """Copy `data` into the tensor's memory, and count the write.

    Raises RuntimeError if the shapes differ, or if the dtype is of a lower kind.
    """
    target = memory(tensor)
    if tensor._counter is INFERENCE and not state.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make "
            "a clone to get a normal tensor before doing inplace update.See "
            "https://github.com/pytorch/rfcs/pull/17 for more details."
        )
    if data.shape != target.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape "
            f"{list(data.shape)}"
        )
    if 0 in target.strides and target.size and any(n > 1 and not s for n, s in zip(target.shape, target.strides)):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )
    old, new = dtypes.from_numpy(target.dtype), dtypes.from_numpy(data.dtype)
    if not dtypes.can_cast(new, old):
        raise RuntimeError(
            f"result type {new.scalar_type} can't be cast to the desired output type "
            f"{old.scalar_type}"
        )
    np.copyto(target, data, casting="unsafe")
    own_counter(tensor).value += 1


def keep_old_value(tensor: Any, node: Node) -> None:
    """Let `node` save a copy of `tensor`, which is about to be overwritten with its result."""
    for i, saved in enumerate(node.saved or ()):
        if saved is tensor or (type(saved) is SavedTensor and saved.tensor is tensor):
            node.saved = (*node.saved[:i], _old_value(tensor), *node.saved[i + 1 :])


def _old_value(tensor: Any) -> Any:
    """A copy of `tensor` in the same place of the graph."""
    old = wrap(np.array(tensor._data))
    old._grad_fn, old._output_nr = tensor.grad_fn, tensor._output_nr
    return old


def move_on(tensor: Any, out: Any) -> None:
    """After a write, `tensor` is what the node of `out` made."""
    node = out._grad_fn
    node.saved = tuple([_after_write(saved, tensor, out) for saved in node.saved])
    if tensor._base is None:
        tensor._grad_fn, tensor._output_nr, tensor._requires_grad = node, out._output_nr, False
    else:
        rebase(tensor, node)


def _after_write(saved: Any, tensor: Any, out: Any) -> Any:
    """What a node that wrote to `tensor` saves, now that `tensor` will hold the node."""
    if type(saved) is not SavedTensor or saved.tensor is None:
        own_result = saved._data is out._data and saved is not tensor
        return SavedTensor(tensor._data, tensor._counter) if own_result else saved
    if saved._counter is tensor._counter:
        # Another view of this memory, overwritten too: only the error about that will need it, and
        # kept as it is, it would hold the base that holds the node.
        saved.tensor = relic(saved.tensor)
    return saved
