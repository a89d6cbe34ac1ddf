"""In-place operations: write into a tensor's memory, and move the tensor on in the graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .engine.grad_mode import state
from .engine.node import SavedTensor
from .engine.version import UNWRITTEN
from .errors import note
from .recording import Method, memory, own_counter


def in_place(method: Method) -> Method:
    """The variant of a method that writes its result into its tensor: `mul_` from `mul`."""

    def call(self: Any, *args: Any, **constants: Any) -> Any:
        check_writable(self)
        out = method(self, *args, **constants)
        if out is not NotImplemented:
            write(self, out._data)
            move_on(self, out)
            return self
        return out

    call.__doc__ = method.__doc__
    return call


def check_writable(tensor: Any) -> None:
    """Raise RuntimeError for a leaf that requires grad: recorded, a write would make it a result."""
    if not state.enabled:
        return
    for owner, name in ((tensor, "a leaf"), (tensor._base, "a view of a leaf")):
        if owner is not None and owner._requires_grad and owner._grad_fn is None:
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
    if data.shape != target.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape "
            f"{list(data.shape)}"
        )
    old, new = dtypes.from_numpy(target.dtype), dtypes.from_numpy(data.dtype)
    if not dtypes.can_cast(new, old):
        raise RuntimeError(
            f"result type {new.scalar_type} can't be cast to the desired output type "
            f"{old.scalar_type}"
        )
    np.copyto(target, data, casting="unsafe")
    own_counter(tensor).value += 1


def move_on(tensor: Any, out: Any) -> None:
    """After a write, `tensor` is the result of the node that made `out`."""
    node = out._grad_fn
    if node is None:
        return
    # The node must not hold the tensor that holds it: no cycle.
    kept = []
    for saved in node.saved:
        if saved is tensor:
            kept.append(SavedTensor(tensor._data, tensor._counter))
            kept[-1].expected -= 1  # the value of before the write: gone
        elif type(saved) is SavedTensor and saved.tensor is tensor:
            saved.tensor = None
            kept.append(saved)
        elif (
            type(saved) is SavedTensor and saved.tensor is None and saved._counter is not UNWRITTEN
        ):
            kept.append(SavedTensor(tensor._data, tensor._counter))  # the result, in its new place
        else:
            kept.append(saved)
    node.saved = tuple(kept)
    tensor._grad_fn, tensor._output_nr = node, out._output_nr
