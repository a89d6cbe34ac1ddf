"""In-place operations: write into a tensor's memory, and move the tensor on in the graph."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .engine.grad_mode import state
from .engine.node import Node, parted
from .engine.saved import SavedTensor
from .engine.version import INFERENCE, UNWRITTEN
from .errors import noted
from .recording import Method, memory, own_counter, set_maker, wrap
from .views import AsStridedBackward0, CopySlices, forbid_change, rebase, relic


def in_place(
    method: Method,
    repeats: str | bool = False,
    apart: bool = False,
    within: bool = False,
    reads: int | None = None,
) -> Method:
    """The variant of a method that writes its result into its tensor: `mul_` from `mul`.

    Unless it `repeats` without harm, it refuses memory in which one place holds several elements;
    if that is its own name, it warns. No other tensor may share a part of the memory it writes to,
    or any of it if they are to lie `apart`; unless what is read may lie `within`, or stands behind
    the first `reads` arguments, for numbers are read before a write.
    """

    ufunc = getattr(method, "ufunc", None)

    def call(self: Any, *args: Any, **constants: Any) -> Any:
        if ufunc and not state.enabled and overwrite(ufunc, self, args, constants):
            return self
        check_writable(self, args)
        if apart or (self._counter is not UNWRITTEN and not within):
            _check_shared(self, args[:reads], apart)
        if type(repeats) is str and 0 in self._data.strides:
            _discourage(repeats, self._data)
        # Hooks see what is saved while the method runs, so they must see a copy, which stays.
        out = method(_old_value(self) if state.saved_hooks else self, *args, **constants)
        if out is NotImplemented:
            return out
        if out._grad_fn is not None:
            keep_old_value(self, out.grad_fn)
        write(self, out._data, bool(repeats))
        if out._grad_fn is not None:
            move_on(self, out)
        return self

    call.__doc__ = method.__doc__ and f"In place: {method.__doc__}"
    call.__wrapped__ = method  # type: ignore[attr-defined]  # what help() and Shift+Tab show
    return call


def _check_shared(tensor: Any, others: Sequence[Any], apart: bool) -> None:
    for other in others:  # tensors on one memory have one version counter
        if apart and isinstance(other, (list, tuple)):
            _check_shared(tensor, other, apart)
        elif getattr(other, "_counter", None) is tensor._counter:
            shared = overlap(memory(tensor), memory(other))
            if shared == "partial" or (shared and apart):
                raise RuntimeError(SHARED)


def _discourage(name: str, data: Any) -> None:
    try:
        check_apart(data)
    except RuntimeError:
        how = "[indices] = tensor" if name == "index_put_" else "[mask] = scalar"
        warnings.warn(
            f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before "
            f"performing this operation. This also applies to advanced indexing e.g. tensor{how}",
            UserWarning,
            stacklevel=4,
        )


def check_writable(tensor: Any, others: Sequence[Any] = ()) -> None:
    """Raise RuntimeError if a write would lose a leaf, or cannot enter the graph; and as
    `check_inference` does."""
    if state.enabled:
        _check_recorded(tensor, others)
    check_inference(tensor)


def _check_recorded(tensor: Any, others: Sequence[Any]) -> None:
    required = tensor.requires_grad
    if not (required or any(getattr(other, "requires_grad", False) for other in others)):
        return
    base = tensor._base
    if base is not None:
        forbid_change(tensor, "is being")
    for owner, name in ((base, "a view of a leaf"), (tensor, "a leaf")):
        if required and owner is not None and owner.is_leaf:
            raise noted(
                RuntimeError(
                    f"{name} Variable that requires grad is being used in an in-place operation."
                ),
                "To change the value of a leaf, write to it inside torch.no_grad().",
            )


SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
    "single memory location. Please clone() the tensor before performing the operation."
)


def overlap(a: Any, b: Any) -> str:
    """Whether two arrays share memory: "full" for the same elements, "partial", or "" if not.

    As torch, it looks only at arrays without gaps.
    """
    if a is b:
        return "full"
    start, other = a.ctypes.data, b.ctypes.data
    if start >= other + b.nbytes or other >= start + a.nbytes or not (_dense(a) and _dense(b)):
        return ""
    return "full" if (start, a.nbytes, a.strides) == (other, b.nbytes, b.strides) else "partial"


def _dense(array: Any) -> bool:
    """Whether the elements fill their memory without gaps, each once."""
    step = array.itemsize
    for stride, n in sorted(zip(array.strides, array.shape)):
        if n != 1:
            if stride != step:
                return False
            step *= n
    return True


def check_inference(tensor: Any) -> None:
    """Raise RuntimeError for a write from outside inference mode to a tensor made inside."""
    if tensor._counter is INFERENCE and not state.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make "
            "a clone to get a normal tensor before doing inplace update.See "
            "https://github.com/pytorch/rfcs/pull/17 for more details."
        )


def check_apart(data: Any) -> None:
    """Raise RuntimeError if elements of an array lie in the same place, as `expand` lets them."""
    if (
        0 in data.strides
        and data.size
        and any(s == 0 and n > 1 for s, n in zip(data.strides, data.shape))
    ):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )


def write(tensor: Any, data: Any, repeats: bool = False) -> None:
    """Copy `data` into the tensor's memory, and count the write.

    Raises RuntimeError if the shapes differ, or if the dtype is of a lower kind.
    """
    check_inference(tensor)
    target = tensor._data
    if data.shape != target.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape "
            f"{list(data.shape)}"
        )
    shared = type(target) is np.ndarray  # a numpy scalar is replaced: nothing aliases it
    if shared and not repeats:
        check_apart(target)
    if data.dtype is not target.dtype:
        old, new = dtypes.from_numpy(target.dtype), dtypes.from_numpy(data.dtype)
        if not dtypes.can_cast(new, old):
            raise RuntimeError(
                f"result type {new.scalar_type} can't be cast to the desired output type "
                f"{old.scalar_type}"
            )
        data = data.astype(target.dtype)
    for pair in state.saved_hooks:
        pair.before_write(tensor)
    if shared and repeats and 0 in target.strides:
        # What stays as it is must not be written over what changes in the same place.
        same = (data == target) | ((data != data) & (target != target))
        target[~same] = data[~same]
    elif shared:
        target[...] = data
    else:
        tensor._data = data[()]
    own_counter(tensor).value += 1


def overwrite(ufunc: Any, tensor: Any, args: Sequence[Any], constants: dict[str, Any]) -> bool:
    """Compute straight into the tensor's memory, where nothing is recorded or converted: a quarter
    of the time for a large array, for no result is made only to be copied. False if not so."""
    a, counter, alpha = tensor._data, tensor._counter, constants.get("alpha", 1)
    if type(a) is not np.ndarray or a.dtype.kind != "f" or 0 in a.strides or len(args) != 1:
        return False
    if counter is INFERENCE and not state.inference:
        return False
    b = args[0]
    if isinstance(b, Node.tensor_type):
        shared = b._counter is counter and counter is not UNWRITTEN
        b = b._data
        if b.dtype is not a.dtype or b.shape != a.shape or (shared and overlap(a, b) == "partial"):
            return False
    elif type(b) not in (int, float):
        return False
    ufunc(a, b if alpha == 1 else b * a.dtype.type(alpha), out=a)
    own_counter(tensor).value += 1
    return True


def keep_old_value(tensor: Any, node: Node) -> None:
    """Let `node` save a copy of `tensor`, which is about to be overwritten with its result."""
    for i, ((name, _, _), saved) in enumerate(zip(node.kept, node.saved or ())):
        same = saved is tensor or (type(saved) is SavedTensor and saved.tensor is tensor)
        if same and name == "self":  # in x.mul_(x), the other x is overwritten, as in torch
            node.saved = (*node.saved[:i], tensor.clone(), *node.saved[i + 1 :])  # type: ignore[index]


def _old_value(tensor: Any) -> Any:
    """A copy of `tensor` in the same place of the graph."""
    old = wrap(np.array(tensor._data))
    old._grad_fn = tensor.grad_fn and tensor._grad_fn  # as of the last write
    return old


def move_on(tensor: Any, out: Any) -> None:
    """After a write, `tensor` is what the node of `out` made."""
    node, slot = parted(out._grad_fn)
    node.saved = [_after_write(saved, tensor, out) for saved in node.saved]
    if tensor._base is None:
        set_maker(tensor, node, slot)
    else:
        rebase(tensor, node)


def _after_write(saved: Any, tensor: Any, out: Any) -> Any:
    """What a node that wrote to `tensor` saves, now that `tensor` will hold the node."""
    kept = saved.tensor if type(saved) is SavedTensor else saved
    if isinstance(kept, Node.tensor_type) and kept._counter is tensor._counter:
        # This memory, or a view of it, overwritten too: only the error about that will need it, and
        # kept as it is, it would hold the node.
        if kept._base is not None:
            maker: Node = AsStridedBackward0()
        else:
            maker = CopySlices() if tensor._base is not None else type(out.grad_fn)()
        left = SavedTensor(kept._data, kept._counter, relic(kept, maker))
        left.expected = saved.expected if type(saved) is SavedTensor else 0
        return left
    own_result = kept is None and saved._data is out._data
    return SavedTensor(tensor._data, tensor._counter) if own_result else saved
