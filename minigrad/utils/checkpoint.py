"""Trade time for memory: do not keep what a part of the forward pass saved, compute it again.

A checkpointed function runs as usual, but its graph keeps only a place for each saved tensor. When
backward needs the first of them, the function runs once more, and the tensors that it saves on the
way take their places. The reentrant variant is older: the function becomes one node, whose backward
runs the function again, and a backward pass of its own through it.
"""

from __future__ import annotations

import contextlib
import linecache
import pathlib
import sys
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..autograd.function import Function
from ..autograd.graph import saved_tensors_hooks
from ..engine.backward import current_task
from ..engine.grad_mode import enable_grad, no_grad, state
from ..engine.node import Node, boxed
from ..errors import missing
from ..gradients import backward
from ..random import default_generator
from ..tensor import Tensor

__all__ = [
    "CheckpointError",
    "checkpoint",
    "checkpoint_sequential",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]


__getattr__ = missing(
    __name__,
    {
        "operations below autograd, of which some are saved": "CheckpointPolicy SAC_IGNORED_OPS "
        "SelectiveCheckpointContext create_selective_checkpoint_contexts"
    },
)


class CheckpointError(RuntimeError):
    """Raised where a function saves other tensors when it runs again."""


def noop_context_fn() -> tuple[Any, Any]:
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, which runs again when backward needs what it saved.

    It must do the same both times; random numbers come out the same with `preserve_rng_state`. Its
    second run stops, with `early_stop`, once all is there. `context_fn` gives two contexts, for the
    first and the second run. `determinism_check` is "default", which compares shapes and dtypes, or
    "none". With `debug`, CheckpointError tells the line that saved each tensor, in both runs. With
    ``use_reentrant=True`` there are neither keyword arguments nor `autograd.grad`.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. "
            "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an "
            "exception. use_reentrant=False is recommended, but if you need to preserve the "
            "current default behavior, you can pass use_reentrant=True. Refer to docs for more "
            "details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
            )
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    debug = debug if _debug is None else _debug
    if debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    if determinism_check not in ("default", "none"):
        raise ValueError(
            f"determinism_check should be one of ['default', 'none'], but got {determinism_check}"
        )
    first, second = context_fn()
    if not state.enabled:
        with first:
            return function(*args, **kwargs)
    region = _Region(
        function,
        (args, kwargs),
        second,
        preserve_rng_state,
        early_stop if _early_stop is None else _early_stop,
        determinism_check == "default",
        debug,
    )
    with saved_tensors_hooks(region.pack, region.unpack), first:
        outputs = function(*args, **kwargs)
    region.complete = True
    return outputs


_early_stop: bool | None = None  # what `set_checkpoint_early_stop` says


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Inside, whether a checkpoint's second run may stop early does not depend on its argument."""
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


_debug: bool | None = None  # what `set_checkpoint_debug_enabled` says


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Inside, `enabled` stands for the argument `debug` of every checkpoint; None leaves it be."""
    global _debug
    before, _debug = _debug, enabled
    try:
        yield
    finally:
        _debug = before


def checkpoint_sequential(
    functions: Iterable[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Run functions, or the modules of a Sequential, one after another, in checkpointed segments.

    The last segment is not checkpointed: backward begins there.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be "
            "passed explicitly. In version 2.9 we will raise an exception if use_reentrant is not "
            "passed. use_reentrant=False is recommended, but if you need to preserve the current "
            "default behavior, you can pass use_reentrant=True. Refer to docs for more details on "
            "the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions)
    size = len(functions) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(
            _in_turn(functions[start : start + size]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
    return _in_turn(functions[size * (segments - 1) :])(input)


def _in_turn(functions: Sequence[Callable[..., Any]]) -> Callable[[Any], Any]:
    def run(input: Any) -> Any:
        for function in functions:
            input = function(input)
        return input

    return run


class _Region:
    """One call of a checkpointed function, and what it saved: only how much, and of what kind."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: tuple[tuple[Any, ...], dict[str, Any]],
        context: Any,
        preserve_rng_state: bool,
        early_stop: bool,
        compare: bool,
        debug: bool,
    ) -> None:
        self.function, self.context = function, context
        self.log: list[str] | None = [] if debug else None
        self.early_stop, self.compare = early_stop, compare
        args, self.kwargs = arguments
        self.args = [None if isinstance(a, Tensor) else a for a in args]
        self.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        self.inputs = Node()  # which finds out if an input is overwritten
        self.inputs.saved = [boxed(args[i]) for i in self.places]
        self.rng_state = (
            default_generator.stream.bit_generator.state if preserve_rng_state else None
        )
        self.complete = False  # whether the first run is over; a backward may begin within it
        self.kinds: list[dict[str, Any]] = []
        # For each backward pass, the tensors that it has not taken yet.
        self.recomputed: Any = weakref.WeakKeyDictionary()

    def pack(self, tensor: Tensor) -> int:
        self.kinds.append(_kind(tensor))
        if self.log is not None:
            self.log.append(_told(len(self.log), tensor))
        return len(self.kinds) - 1

    def unpack(self, place: int) -> Tensor:
        task = current_task()
        if task is None:
            return self.recompute()[place]
        if task not in self.recomputed:
            self.recomputed[task] = self.recompute()
        if place not in self.recomputed[task]:
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already "
                "unpacked once. If you are calling ctx.saved_tensors in backward, make sure to do "
                "so only once. Otherwise please open an issue with details on your use case."
            )
        return self.recomputed[task].pop(place)

    def recompute(self) -> dict[int, Tensor]:
        """Run the function again, and catch what it saves."""
        args = list(self.args)
        for place, saved in zip(self.places, self.inputs.saved or ()):
            args[place] = self.inputs.tensor(saved)
        found: dict[int, Tensor] = {}
        log: list[str] = []

        def catch(tensor: Tensor) -> Tensor:
            if len(found) == len(self.kinds) and not self.complete:
                return tensor
            if self.log is not None:
                log.append(_told(len(log), tensor))
            if len(found) == len(self.kinds):
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than "
                    f"during the original forward pass.\n{_TIP}"
                )
            found[len(found)] = tensor.detach() if tensor.requires_grad else tensor
            if self.early_stop and len(found) == len(self.kinds):
                raise _AllThere
            return found[len(found) - 1]

        try:
            with (
                contextlib.suppress(_AllThere),
                _random_numbers_of(self.rng_state),
                saved_tensors_hooks(catch, lambda tensor: tensor),
                enable_grad(),
                self.context,
            ):
                self.function(*args, **self.kwargs)
            self.check(found)
        except CheckpointError as error:
            if self.log is None:
                raise
            raise CheckpointError(_LOGS.format("\n".join(self.log), "\n".join(log))) from error
        return found

    def check(self, found: dict[int, Tensor]) -> None:
        if len(found) != len(self.kinds):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                "original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.kinds)}\n"
                f"Number of tensors saved during recomputation: {len(found)}.\n{_TIP}"
            )
        wrong = [
            f"tensor at position {i}:\nsaved metadata: {kind}\n"
            f"recomputed metadata: {_kind(found[i])}\n"
            for i, kind in enumerate(self.kinds)
            if self.compare and kind != _kind(found[i])
        ]
        if wrong:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                f"different metadata than during the forward pass.\n{''.join(wrong)}.\n{_TIP}"
            )


class _AllThere(Exception):
    """Ends a second run early."""


def _kind(tensor: Tensor) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


_OURS = str(pathlib.Path(__file__).parent.parent)


def _told(place: int, tensor: Tensor) -> str:
    """What is saved, and by which of the caller's lines, the innermost first."""
    lines, frame = [], sys._getframe(2)
    while frame := frame.f_back:  # type: ignore[assignment]
        code = frame.f_code
        if not code.co_filename.startswith(_OURS):
            source = linecache.getline(code.co_filename, frame.f_lineno).strip()
            lines.append(f"    {code.co_filename}:{frame.f_lineno}:{code.co_name}  {source}")
    kind = f"{str(tensor.dtype).rpartition('.')[2]}{list(tensor.shape)}"
    return "\n".join([f"tensor at position {place}: {kind}", *lines, ""])


_LOGS = """\
 An error happened while unpacking tensors; dumping logs of latest computation
because you passed `debug=True` to `torch.utils.checkpoint.checkpoint()`.

Tensors saved during the original forward:

{}
Tensors saved during recomputation:

{}
 ERROR: Detected non-determinism while running activation checkpointing

 You are seeing this error because you passed `debug=True` to checkpoint and
 the tensors saved during recomputation are not those saved during the original
 forward. Find the first position at which the two logs differ: below it stands
 the line that saved the tensor, and below that the lines that called it.
"""

_TIP = """
Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint‑debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""


@contextlib.contextmanager
def _random_numbers_of(rng_state: Any) -> Iterator[None]:
    """Inside, random numbers come as they came after `rng_state`, if it is given."""
    if rng_state is None:
        yield
        return
    numbers = default_generator.stream.bit_generator
    before, numbers.state = numbers.state, rng_state
    try:
        yield
    finally:
        numbers.state = before


class CheckpointFunction(Function):
    """A whole function as one node, which saves the function's arguments alone."""

    @staticmethod
    def forward(ctx: Any, function: Any, preserve_rng_state: bool, *args: Any) -> Any:
        tensors = [a for a in args if isinstance(a, Tensor)]
        if not any(t.requires_grad for t in tensors):
            warnings.warn(
                "None of the inputs have requires_grad=True. Gradients will be None", stacklevel=4
            )
        ctx.function = function
        ctx.rng_state = default_generator.stream.bit_generator.state if preserve_rng_state else None
        ctx.args = [None if isinstance(a, Tensor) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.save_for_backward(*tensors)
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if current_task().captured:  # type: ignore[union-attr]
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or "
                "passing an `inputs` parameter to .backward(). To resolve this error, you can "
                "either set use_reentrant=False, or call .backward() without passing the `inputs` "
                "argument."
            )
        args = list(ctx.args)
        for place, saved in zip(ctx.places, ctx.saved_tensors):
            args[place] = saved.detach().requires_grad_(saved.requires_grad)
        with _random_numbers_of(ctx.rng_state), enable_grad():
            outputs = ctx.function(*args)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        ends = [
            (out, g)
            for out, g in zip(outputs, grads)
            if isinstance(out, Tensor) and out.requires_grad
        ]
        if not ends:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not necessary"
            )
        backward([out for out, _ in ends], [g for _, g in ends])
        return None, None, *[a.grad if isinstance(a, Tensor) else None for a in args]
