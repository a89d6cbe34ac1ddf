"""Calling a module, and the hooks that look on: before and after forward, and at its gradients."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...autograd.function import Function
from ...engine.grad_mode import is_grad_enabled
from ...tensor import Tensor
from ...utils.hooks import NO_HOOKS, RemovableHandle, add_hook


class Hook(NamedTuple):
    """One hook, and how it wants to be called."""

    call: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False  # also when forward raised an error
    partial: bool = False  # of the deprecated kind, which sees one operation of the module only


class Callee:
    """The part of Module that is called and watched."""

    forward: Callable[..., Any]
    _everywhere: dict[str, Any] = {}  # hooks of all modules: see `module`
    _watched = False  # whether there may be hooks, so that a call without any costs nothing
    _forward_pre_hooks = NO_HOOKS
    _forward_hooks = NO_HOOKS
    _backward_pre_hooks = NO_HOOKS
    _backward_hooks = NO_HOOKS
    _partial_backward_hooks = NO_HOOKS

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._watched:
            return _call_watched(self, args, kwargs)
        return self.forward(*args, **kwargs)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before `forward`; what it returns replaces the arguments.

        With `with_kwargs`, ``hook(module, args, kwargs)`` returns None or both anew.
        """
        return self._watch("_forward_pre_hooks", Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after `forward`; what it returns is the output.

        With `with_kwargs`, ``hook(module, args, kwargs, output)``. With `always_call`, also when
        forward has raised an error.
        """
        return self._watch("_forward_hooks", Hook(hook, with_kwargs, always_call), prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` at the last operation of the module only.

        Deprecated in favour of `register_full_backward_hook`; the two exclude each other.
        """
        if self._backward_hooks:
            raise RuntimeError(_NOT_BOTH)
        return self._watch("_partial_backward_hooks", Hook(hook, partial=True), False)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are known; what it
        returns replaces them."""
        return self._watch("_backward_pre_hooks", Hook(hook), prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the inputs are
        known; what it returns replaces grad_input."""
        if self._partial_backward_hooks:
            raise RuntimeError(_NOT_BOTH)
        return self._watch("_backward_hooks", Hook(hook), prepend)

    def _watch(self, kind: str, hook: Hook, prepend: bool) -> RemovableHandle:
        vars(self)["_watched"] = True
        return add_hook(self, kind, hook, prepend)


_NOT_BOTH = (
    "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use "
    "only one of them."
)


class _Everywhere(Callee):
    """Registers hooks that look on at every module; they stand where torch has them."""

    def _watch(self, kind: str, hook: Hook, prepend: bool) -> RemovableHandle:
        Callee._watched = True
        hooks = self._everywhere.setdefault(_place(kind), OrderedDict())
        handle = RemovableHandle(hooks)
        hooks[handle.id] = hook
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        return handle

    def __getattribute__(self, name: str) -> Any:
        if not name.endswith("_hooks"):
            return super().__getattribute__(name)
        partial = name == "_partial_backward_hooks"
        hooks = self._everywhere.get(_place(name), NO_HOOKS)
        return {i: hook for i, hook in hooks.items() if hook.partial == partial}


def _place(kind: str) -> str:
    """Torch's name for hooks of all modules; both kinds of backward hooks stand in one place."""
    return "_global" + kind.replace("_partial", "")


_for_all = _Everywhere()


def _everywhere_too(register: str) -> Callable[..., RemovableHandle]:
    def register_module_hook(hook: Callable[..., Any], **how: bool) -> RemovableHandle:
        return getattr(_for_all, register)(hook, **how)

    register_module_hook.__doc__ = f"``Module.{register}`` for all modules at once."
    return register_module_hook


register_module_forward_pre_hook = _everywhere_too("register_forward_pre_hook")
register_module_forward_hook = _everywhere_too("register_forward_hook")
register_module_backward_hook = _everywhere_too("register_backward_hook")
register_module_full_backward_pre_hook = _everywhere_too("register_full_backward_pre_hook")
register_module_full_backward_hook = _everywhere_too("register_full_backward_hook")


def _hooks(module: Callee, kind: str) -> list[Hook]:
    return [*getattr(_for_all, kind).values(), *getattr(module, kind).values()]


def _call_watched(module: Callee, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    result = None
    after = _hooks(module, "_forward_hooks")
    try:
        args, kwargs = _before(module, args, kwargs)
        gradients = None
        backward_hooks = [
            [hook.call for hook in _hooks(module, kind)]
            for kind in ("_backward_hooks", "_backward_pre_hooks")
        ]
        if any(backward_hooks):
            gradients = GradientWatch(module, *backward_hooks)
            args = gradients.watch_inputs(args)
        result = module.forward(*args, **kwargs)
        while after:
            replaced = _call_after(after.pop(0), module, args, kwargs, result)
            result = result if replaced is None else replaced
        result = result if gradients is None else gradients.watch_outputs(result)
        partial = [hook.call for hook in _hooks(module, "_partial_backward_hooks")]
        if partial:
            _watch_last(module, args, result, partial)
        return result
    except Exception:
        for hook in after:
            if hook.always:
                try:
                    _call_after(hook, module, args, kwargs, result)
                except Exception as error:
                    warnings.warn(
                        "module forward hook with ``always_call=True`` raised an exception that "
                        f"was silenced as another error was raised in forward: {error}",
                        stacklevel=3,
                    )
        raise


def _watch_last(
    module: Callee, args: tuple[Any, ...], result: Any, hooks: list[Callable[..., Any]]
) -> None:
    """Hang the deprecated backward hooks on the node that made the module's output."""
    last = result
    while not isinstance(last, Tensor):
        last = next(iter(last.values())) if isinstance(last, dict) else last[0]
    node = last.grad_fn
    if node is None:
        return
    for hook in hooks:
        node.register_hook(lambda sent, arrived, hook=hook: hook(module, sent, arrived))
    _warn_of_what_is_missed(args, result, node)


def _warn_of_what_is_missed(args: tuple[Any, ...], result: Any, node: Any) -> None:
    """Torch's warnings about modules of which the deprecated hooks do not see all."""
    text = None
    outputs = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(r, Tensor) for r in outputs):
        text = _MISSED.format(
            "backward hooks on a Module that does not return a single Tensor or a tuple of Tensors",
            "some of the grad_output",
        )
    elif not all(isinstance(a, Tensor) for a in args):
        text = _MISSED.format(
            "backward hooks on a Module that does not take as input a single Tensor or a tuple of "
            "Tensors",
            "some of the grad_input",
        )
    elif any(r.grad_fn is not node for r in outputs):
        text = _MISSED.format(
            "backward hook when outputs are generated by different autograd Nodes",
            "some grad_output",
        )
    else:
        takers = {edge for edge in node.edges if edge is not None}
        givers = {a._edge(a) for a in args} - {None}
        if takers != givers:
            text = _MISSED.format(
                "backward hook when the forward contains multiple autograd Nodes",
                "some grad_input",
            )
    if text:
        warnings.warn(text, FutureWarning, stacklevel=5)


_MISSED = (
    "Using a non-full {} is deprecated and will be removed in future versions. This hook will be "
    "missing {}. Please use register_full_backward_hook to get the documented behavior."
)


def _before(
    module: Callee, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments as the forward pre-hooks leave them."""
    for hook in _hooks(module, "_forward_pre_hooks"):
        if hook.with_kwargs:
            replaced = hook.call(module, args, kwargs)
            if replaced is None:
                continue
            if not (isinstance(replaced, tuple) and len(replaced) == 2):
                raise RuntimeError(
                    "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                    f"but got {replaced}."
                )
            args, kwargs = replaced
        else:
            replaced = hook.call(module, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
    return args, kwargs


def _call_after(
    hook: Hook, module: Callee, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> Any:
    if hook.with_kwargs:
        return hook.call(module, args, kwargs, result)
    return hook.call(module, args, result)


class BackwardHookFunction(Function):
    """The identity: a node in the graph at which a module's gradients come by."""

    @staticmethod
    def forward(ctx: Any, *args: Tensor) -> tuple[Tensor, ...]:
        ctx.mark_non_differentiable(*[a for a in args if not a.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        return args


class GradientWatch:
    """One call of a module, between two identities: the gradients of its outputs pass the one,
    and when those of its inputs reach the other, the backward hooks get to see both."""

    def __init__(
        self,
        module: Callee,
        hooks: Sequence[Callable[..., Any]],
        pre_hooks: Sequence[Callable[..., Any]],
    ) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.inputs: _Tensors | None = None
        self.outputs: _Tensors | None = None
        self.num_inputs = 0
        self.grad_outputs: tuple[Any, ...] | None = None

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.num_inputs = len(args)
        args, self.inputs = _through_a_node(args, self.at_inputs)
        return args

    def watch_outputs(self, result: Any) -> Any:
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of "
                f"Tensors but received {type(result)}",
                stacklevel=4,
            )
        outputs = result if isinstance(result, tuple) else (result,)
        outputs, self.outputs = _through_a_node(outputs, self.at_outputs)
        return outputs if isinstance(result, tuple) else outputs[0]

    def at_outputs(self, _: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.outputs is not None  # this hook stands on the node of the outputs
        grad_outputs = self.outputs.spread(grads)
        for pre_hook in self.pre_hooks:
            replaced = pre_hook(self.module, grad_outputs)
            if replaced is not None:
                if len(replaced) != len(grad_outputs):
                    raise RuntimeError(
                        "Backward pre hook returned an invalid number of grad_output, "
                        f"got {len(replaced)}, but expected {len(grad_outputs)}"
                    )
                grad_outputs = replaced
        if self.inputs is None:
            self.without_inputs(grad_outputs)
        else:
            self.grad_outputs = grad_outputs
        return tuple([grad_outputs[i] for i in self.outputs.positions])

    def without_inputs(self, grad_outputs: tuple[Any, ...]) -> None:
        """No input requires grad, so that this is the last that is seen of this call."""
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module "
            "outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/"
            "generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more "
            "details.",
            stacklevel=5,
        )
        for hook in self.hooks:
            replaced = hook(self.module, (None,) * self.num_inputs, grad_outputs)
            if replaced is not None and any(grad is not None for grad in replaced):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always "
                    "return None or None for all gradients."
                )

    def at_inputs(self, grads: tuple[Any, ...], _: Any) -> tuple[Any, ...] | None:
        if self.grad_outputs is None:
            return None
        assert self.inputs is not None
        grad_inputs = self.inputs.spread(grads)
        for hook in self.hooks:
            replaced = hook(self.module, grad_inputs, self.grad_outputs)
            if replaced is not None:
                if len(replaced) != len(grad_inputs):
                    raise RuntimeError(
                        "Backward hook returned an invalid number of grad_input, "
                        f"got {len(replaced)}, but expected {len(grad_inputs)}"
                    )
                grad_inputs = replaced
        self.grad_outputs = None
        return tuple([grad_inputs[i] for i in self.inputs.positions])


class _Tensors(NamedTuple):
    """Which of `total` values are tensors."""

    positions: list[int]
    total: int

    def spread(self, grads: Sequence[Any]) -> tuple[Any, ...]:
        """Gradients of the tensors as gradients of all values, None for the others."""
        spread: list[Any] = [None] * self.total
        for position, grad in zip(self.positions, grads):
            spread[position] = grad
        return tuple(spread)


def _through_a_node(
    values: tuple[Any, ...], hook: Callable[..., Any]
) -> tuple[Any, _Tensors | None]:
    """`values` with the tensors among them sent through an identity that `hook` is put on.

    Unchanged, with None, if no tensor requires grad.
    """
    positions = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
    if not (is_grad_enabled() and any(values[i].requires_grad for i in positions)):
        return values, None
    passed = BackwardHookFunction.apply(*[values[i] for i in positions])
    node: Any = next(t.grad_fn for t in passed if t.grad_fn is not None)
    node.register_hook(hook)
    replaced = list(values)
    for position, tensor in zip(positions, passed):
        replaced[position] = tensor
    kind = type(values)
    made = tuple(replaced) if kind is tuple else kind(*replaced)  # a named tuple takes its fields
    return made, _Tensors(positions, len(values))
