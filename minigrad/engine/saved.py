"""What a node saves for its rule, and hooks that keep it in another form until it is needed."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .grad_mode import no_grad, set_mode, state
from .version import UNWRITTEN, Version

if TYPE_CHECKING:
    from .node import Node


FITS, LONG = 1, 2
"""What a node's step takes besides its rule: each gradient is fitted to its input; or the long way,
with hooks, also on what it saved, or several outputs."""


class SavedTensor:
    """A saved value that is not an untouched input: a result, a constant, an input written before.

    A result is saved without its tensor, for that tensor holds the node: no cycle, no leak.
    """

    __slots__ = ("_counter", "_data", "expected", "slot", "tensor")

    # So that NOTHING can also stand for an input that was left out: no gradient goes there.
    _base = _grad_fn = None
    _requires_grad = False

    def __init__(
        self, data: Any, counter: Version = UNWRITTEN, tensor: Any = None, slot: int = 0
    ) -> None:
        self._data = data
        self._counter = counter
        self.expected = counter.value
        self.tensor = tensor
        self.slot = slot  # of a result: which output of the node it is


NOTHING = SavedTensor(None)
"""Stands for a tensor that was not saved, because no gradient will need it; or was not given."""


class Hooks(Protocol):
    pack_hook: Callable[[Any], Any]
    unpack_hook: Callable[[Any], Any]


def set_hooks(pairs: tuple[Hooks, ...]) -> None:
    """Let `pairs` be this thread's hooks, the innermost last."""
    state.saved_hooks = pairs
    set_mode(state.grad_mode)


class Packed:
    """What a pack hook made of a saved tensor, and the tensor's place in the graph."""

    __slots__ = ("edge", "leaf", "own", "packed", "slot", "unpack_hook")

    _counter = Version(-1)  # equal to no expected version, so that it is never read as it is
    _data = None

    def __init__(self, packed: Any, unpack_hook: Callable[[Any], Any], tensor: Any, own: bool):
        self.packed = packed
        self.unpack_hook = unpack_hook
        self.own = own  # whether the node that saved it made it
        self.leaf = tensor.is_leaf
        self.slot = tensor.output_nr
        # A node must not refer to itself.
        self.edge = type(tensor)._edge(tensor) if not own else None

    def tensor(self, node: Node) -> Any:
        """The tensor that `node` saved, as the unpack hook gives it back."""
        value = self.unpack_hook(self.packed)
        if not isinstance(value, node.tensor_type):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(value).__name__}"
            )
        if self.leaf and self.edge is None:
            return value
        tensor = value.detach()
        if self.leaf:
            tensor._requires_grad, tensor._accumulator = True, weakref.ref(self.edge)
        else:
            tensor._grad_fn = self.edge or node.result_edge(self.slot)
        return tensor


def pack(node: Node, index: int, hooks: Hooks, detach: bool = False) -> None:
    """Let a node keep, instead of one of its saved tensors, what the pack hook makes of it."""
    saved = node.saved[index]  # type: ignore[index]
    tensor = node.tensor(saved)
    if not isinstance(tensor, node.tensor_type):
        if not detach:
            return  # hooks that are set for all saved tensors leave out numbers
        tensor = node.tensor_type._wrap(np.asarray(tensor))
    shown = tensor.detach() if detach else tensor
    version = shown._version
    with no_grad():
        packed = hooks.pack_hook(shown)
    if shown._version != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input "
            "to pack hook cannot be modified by in-place operations as this can lead to unexpected "
            "side-effects. Please open an issue if you need to perform in-place operations on the "
            "input to a pack hook."
        )
    kept = Packed(packed, hooks.unpack_hook, tensor, _own(saved))
    node.special = LONG
    node.saved = (*node.saved[:index], kept, *node.saved[index + 1 :])  # type: ignore[index]


def pack_all(node: Node) -> None:
    """Pack all that a node has saved with this thread's innermost pair of hooks, if any."""
    if state.saved_hooks:
        for index in in_order(node):
            if node.saved[index] is not NOTHING:  # type: ignore[index]
                pack(node, index, state.saved_hooks[-1])


def unpack_all(node: Node) -> list[Any]:
    """All that a node has saved, as `Node.tensor` gives it."""
    saved = node.saved or ()
    found = {index: node.tensor(saved[index]) for index in in_order(node)}
    return [found[index] for index in sorted(found)]


def in_order(node: Node) -> list[int]:
    """The places of a node's saved values as torch goes through them: the operation's arguments
    by name, then its results."""
    saved = node.saved or ()
    names = [name for name, _, _ in node.kept] or [""] * len(saved)
    return sorted(range(len(saved)), key=lambda i: (_own(saved[i]), names[i]))


def _own(saved: Any) -> bool:
    """Whether a saved value is a result of the node that saved it."""
    return (
        saved.own if type(saved) is Packed else type(saved) is SavedTensor and saved.tensor is None
    )


class RawSavedTensor:
    """A saved tensor as the node keeps it."""

    def __init__(self, node: Node | None = None, index: int = 0) -> None:
        if node is None:
            raise RuntimeError("Trying to create a SavedTensor object from Python is forbidden.")
        self._node, self._index = node, index

    def register_hooks(
        self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]
    ) -> None:
        """Keep ``pack_hook(tensor)`` instead, and read ``unpack_hook`` of it when it is needed.

        Raises RuntimeError if hooks were set before, or if there is nothing to pack.
        """
        saved = None if self._node.saved is None else self._node.saved[self._index]
        if saved is None:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Saved "
                "intermediate values of the graph are freed when you call .backward() or "
                "autograd.grad(). Specify retain_graph=True if you need to backward through the "
                "graph a second time or if you need to access saved variables after calling "
                "backward."
            )
        if saved is NOTHING:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor with value None is forbidden"
            )
        if type(saved) is Packed:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: "
                "only one pair of hooks is allowed at a time."
            )
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        pack(self._node, self._index, self, detach=True)
