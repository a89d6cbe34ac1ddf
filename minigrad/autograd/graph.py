"""The graph from outside: its nodes and edges, hooks on what it saves and on several gradients."""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..engine import backward
from ..engine.grad_mode import state
from ..engine.hooks import RemovableHandle
from ..engine.node import AccumulateGrad, Node
from ..engine.saved import set_hooks
from ..gradients import GradientEdge, get_gradient_edge
from ..recording import edge, own_counter
from ..tensor import Tensor

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class saved_tensors_hooks:
    """Inside, the graph keeps ``pack_hook(tensor)`` instead of each tensor that it saves.

    Whenever the tensor is needed it is ``unpack_hook`` of that, which must be a tensor of the same
    shape. Of nested pairs the innermost counts. What a hook returns should not be the tensor that
    it was given, which may hold the graph: return a detached one.
    """

    def __init__(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if state.saved_hooks_disabled is not None:
            raise RuntimeError(state.saved_hooks_disabled)
        set_hooks((*state.saved_hooks, self))

    def __exit__(self, *exc: object) -> None:
        set_hooks(state.saved_hooks[:-1])

    def before_write(self, tensor: Tensor) -> None:
        """A write to `tensor` is about to happen."""


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors in the CPU's memory, which is where minigrad has them anyway."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.detach(), lambda packed: packed)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside, `saved_tensors_hooks` raises RuntimeError with this message."""
    before = state.saved_hooks_disabled
    if state.saved_hooks:
        raise RuntimeError(error_message)
    state.saved_hooks_disabled = error_message
    try:
        yield
    finally:
        state.saved_hooks_disabled = before


class _AllowMutationOnSavedContext(saved_tensors_hooks):
    """Saved tensors, each under a handle that nodes hold, and copies of those written to since."""

    def __init__(self) -> None:
        super().__init__(self._pack, self._unpack)
        self.inside = False
        self.cloned: Any = weakref.WeakKeyDictionary()
        self.original: Any = weakref.WeakKeyDictionary()
        self.tid_to_weakhandle: Any = weakref.WeakValueDictionary()

    def _pack(self, tensor: Tensor) -> _Handle:
        tid = (id(tensor), tensor.data_ptr(), tensor._version)
        handle = self.tid_to_weakhandle.get(tid)
        if handle is None:
            self.tid_to_weakhandle[tid] = handle = _Handle()
            self.original[handle] = tensor.detach()
        return handle

    def _unpack(self, handle: _Handle) -> Tensor:
        if not self.inside:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context"
                "in which the graph was originally recorded."
            )
        return self.cloned[handle] if handle in self.cloned else self.original[handle]

    def before_write(self, tensor: Tensor) -> None:
        for handle, saved in list(self.original.items()):
            if saved._counter is tensor._counter:
                self.cloned[handle] = saved.clone()
                del self.original[handle]


class _Handle:
    pass


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Inside, a saved tensor that is written to before backward is copied first.

    Forward and backward must both run inside. Raises RuntimeError if it is nested.
    """
    if any(isinstance(pair, _AllowMutationOnSavedContext) for pair in state.saved_hooks):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    context = _AllowMutationOnSavedContext()
    with context:
        context.inside = True
        try:
            yield context
        finally:
            context.inside = False
            context.cloned.clear()
            context.original.clear()


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count a write to a tensor, or to each of several, that minigrad could not see."""
    if not isinstance(tensor, (Tensor, Iterable)):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for written in (tensor,) if isinstance(tensor, Tensor) else tensor:
        own_counter(written).value += 1


class _MultiHandle(RemovableHandle):
    """Several handles as one."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: str = "all",
) -> RemovableHandle:
    """Call ``fn(grads)`` once the gradients of all `tensors` are known in a backward pass.

    None stands for the gradient of a tensor that the pass does not reach. With ``mode="any"`` it
    is ``fn(grad)``, for the first gradient that is known. Raises ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    lock = threading.Lock()
    seen: Any = weakref.WeakKeyDictionary()  # for each running pass: the gradients so far
    if mode == "any":

        @functools.wraps(fn)
        def first(grad: Tensor) -> None:
            with lock:
                known = seen.setdefault(backward.current_task(), grad)
            if known is grad:
                fn(grad)  # type: ignore[arg-type]

        return _MultiHandle([t.register_hook(first) for t in tensors if t.requires_grad])

    if any(edge(t) is None for t in tensors):
        raise AssertionError("Expected gradient function to be set")
    # Hooks stand on the nodes, so they know them weakly; a leaf's node comes and goes.
    makers = [weakref.ref(t.grad_fn or t) for t in tensors]

    def nodes() -> list[Node | None]:
        alive = [maker() for maker in makers]
        return [edge(maker) if isinstance(maker, Tensor) else maker for maker in alive]

    def collect(index: int, grad: Tensor) -> None:
        task: Any = backward.current_task()
        with lock:
            if task not in seen:
                running = [node for node in nodes() if node and task.will_run(node)]
                if not task.accumulate and any(type(node) is AccumulateGrad for node in running):
                    raise RuntimeError(
                        "A leaf node was passed to _will_engine_execute_node but we are currently "
                        "running autograd.grad(). This is currently not supported."
                    )
                seen[task] = [len(running), [None] * len(makers)]
            seen[task][0] -= 1
            seen[task][1][index] = grad
            complete = not seen[task][0]
        if complete:
            fn(seen.pop(task)[1])

    return _MultiHandle(
        [t.register_hook(functools.partial(collect, i)) for i, t in enumerate(tensors)]
    )
