"""Functions of your own: a forward and a backward, written by hand, become one node."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad, state
from ..engine.node import ABSENT, BACKWARD_TWICE, Node, boxed, cast, sum_to
from ..engine.saved import NOTHING, RawSavedTensor, pack_all
from ..errors import noted, typename
from ..inplace import check_inference, check_writable
from ..ops.again import Error
from ..recording import alias, edge, memory, own_counter, result, set_maker, wrap
from ..tensor import Tensor
from ..views import rebase


class FunctionCtx:
    """What `forward` and `backward` know of each other: the node itself, called ``ctx`` there."""

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Save inputs or outputs for `backward`, which finds them in ``ctx.saved_tensors``.

        Raises TypeError for anything that is not a tensor: keep that as an attribute of ctx.
        """
        self.to_save = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Say which inputs `forward` changed in place; it must return them too."""
        _only_tensors(args, "mark_dirty can only accept variables, but argument ")
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Say which outputs have no gradient, e.g. indices."""
        _only_tensors(args, "mark_non_differentiable only accepts variable arguments, but got ")
        self.non_differentiable = args

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Save tensors for `jvp`, the rule of forward mode: minigrad has none, and keeps nothing.

        Raises AssertionError for anything that is not a tensor.
        """
        if not all(isinstance(t, (Tensor, type(None))) for t in tensors):
            raise AssertionError(
                "save_for_forward expects all arguments to be tensors; you should save non-tensors "
                "as attributes on ctx."
            )

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default), or None, for an output that nobody used."""
        self.materialize_grads = value


def _only_tensors(values: Sequence[Any], text: str) -> None:
    for value in values:
        if not isinstance(value, Tensor):
            raise noted(RuntimeError(text), f"It is a {type(value).__name__}.")


class BackwardCFunction(Node, FunctionCtx):
    """The node of a Function. Function `F` has its own subclass of it, called ``FBackward``."""

    custom = True
    _forward_cls: type[Function]
    to_save: tuple[Any, ...] = ()
    dirty_tensors: tuple[Tensor, ...] = ()
    non_differentiable: tuple[Tensor, ...] = ()
    materialize_grads = True
    _materialize_non_diff_grads = True  # … and for one that is marked as not differentiable
    needs_input_grad: tuple[bool, ...] = ()
    tensor_inputs: dict[int, tuple[Any, Any]]  # (shape, dtype), by position
    output_meta: Sequence[tuple[Any, Any] | None] = ()  # likewise; None: no zeros for it
    to_x = to_y = ABSENT  # it is in no graph yet
    first = second = None

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What `save_for_backward` was given. Raises RuntimeError once it was freed."""
        if self.saved is None:
            raise RuntimeError(BACKWARD_TWICE)
        return tuple([None if s is NOTHING else self.tensor(s) for s in self.saved])

    @property
    def saved_variables(self) -> tuple[Tensor | None, ...]:
        """The older name of `saved_tensors`."""
        warnings.warn(
            "'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2
        )
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[RawSavedTensor, ...]:
        if self.saved is None:
            raise RuntimeError(BACKWARD_TWICE)
        return tuple([RawSavedTensor(self, i) for i in range(len(self.saved))])

    def run(self, grad: Any, recording: bool) -> tuple[Any, ...]:
        grads = [grad] if self.num_outputs == 1 else grad or [None] * self.num_outputs
        given = [g if recording or g is None else wrap(g) for g in grads]
        if self.materialize_grads:
            for i, meta in enumerate(self.output_meta):
                if given[i] is None and meta is not None:
                    given[i] = wrap(np.zeros(*meta))
        cls = self._forward_cls
        if cls.backward is not Function.backward and cls.vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You "
                "should only implement one of them."
            )
        sent = (cls.backward if cls.backward is not Function.backward else cls.vjp)(self, *given)
        return self._checked_gradients(sent if isinstance(sent, tuple) else (sent,), recording)

    def _checked_gradients(self, sent: tuple[Any, ...], recording: bool) -> tuple[Any, ...]:
        """The gradients of the tensor inputs, each checked to be a tensor that fits its input."""
        name, expected = self.name(), len(self.needs_input_grad)
        if len(sent) > expected and all(g is None for g in sent[expected:]):
            sent = sent[:expected]
        if len(sent) != expected:
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients "
                f"(expected {expected}, got {len(sent)})"
            )
        for position, value in enumerate(sent):
            if value is not None and position not in self.tensor_inputs:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position "
                    f"{position + 1}, but the corresponding forward input was not a Variable"
                )
        inputs = enumerate(self.tensor_inputs.items())
        return tuple([self._fitted(i, sent[at], *meta, recording) for i, (at, meta) in inputs])

    def _fitted(self, index: int, value: Any, shape: Any, dtype: Any, recording: bool) -> Any:
        if value is None:
            return None
        if not isinstance(value, Tensor):
            raise RuntimeError(f"expected Variable or None (got {typename(type(value))})")
        if self.edges[index] is None:  # it goes nowhere, but the node's hooks see it
            return value if recording else value._data
        if not _expandable(shape, value.shape):
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {index} - got "
                f"{list(value.shape)} but expected shape compatible with {list(shape)}"
            )
        return cast(sum_to(value if recording else value._data, shape), dtype)

    def __repr__(self) -> str:
        return f"<minigrad.autograd.function.{self.name()} object at {id(self):#x}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"<minigrad.autograd.function.{self.name()} at {id(self):#x}>")


def _expandable(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether `shape` broadcasts to the shape `to`."""
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(reversed(shape), reversed(to)))


class Function:
    """Base class of functions with a gradient of your own. Call them as ``F.apply(x, …)``.

    `forward(ctx, *args)` computes the outputs, with nothing recorded. `backward(ctx, *grads)` is
    given ∂L/∂output for each output and returns ∂L/∂input for each argument of `forward`, None for
    those that are no tensors. Alternatively `forward(*args)` with `setup_context(ctx, inputs,
    output)`.
    """

    _backward_cls: type[BackwardCFunction]
    generate_vmap_rule = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._backward_cls = type(
            cls.__name__ + "Backward", (BackwardCFunction,), {"_forward_cls": cls}
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all "
            "static, so you should invoke them on the class itself. Instantiating an autograd "
            "function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use "
            "new-style autograd function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs from the arguments; to be overridden."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Save on ctx what `backward` needs, if `forward` takes no ctx; to be overridden."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the arguments from those of the outputs; to be overridden."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` and enter the function into the graph as one node."""
        ctx = cls._backward_cls()
        separate = cls.setup_context is not Function.setup_context
        if separate or kwargs:
            args = _positional(cls.forward, args if separate else (ctx, *args), kwargs, separate)
            args = args if separate else args[1:]
        tensors = [(i, a) for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.tensor_inputs = {i: (t._data.shape, t._data.dtype) for i, t in tensors}
        ctx.needs_input_grad = tuple([isinstance(a, Tensor) and a.requires_grad for a in args])
        edges = tuple([edge(t) for _, t in tensors]) if state.enabled else ()
        recorded = any(target is not None for target in edges)
        with no_grad():
            if separate:
                outputs = cls.forward(*args)
                cls.setup_context(ctx, args, outputs)
            else:
                outputs = cls.forward(ctx, *args)
        several = isinstance(outputs, tuple)
        made = outputs if several else (outputs,)
        if recorded:
            ctx.link(edges)
        if any(all(dirty is not out for out in made) for dirty in ctx.dirty_tensors):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as "
                "output. The inputs that are modified inplace must all be outputs of the Function."
            )
        for dirty in ctx.dirty_tensors:
            if not any(dirty is a for a in args):
                warnings.warn(
                    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors "
                    "that have been mutated should be passed to ctx.mark_dirty().",
                    stacklevel=2,
                )
        ctx.num_outputs = len(made)
        ctx.output_meta = [
            (out._data.shape, out._data.dtype)
            if _differentiable(ctx, out)
            or (ctx._materialize_non_diff_grads and isinstance(out, Tensor))
            else None
            for out in made
        ]
        several_smooth = sum([_differentiable(ctx, out) for out in made]) > 1
        where = "multiple" if recorded and several_smooth else "function"
        made = tuple([_output(ctx, i, out, args, where) for i, out in enumerate(made)])
        _save(ctx, made, recorded)
        return made if several else made[0]


Function._backward_cls, BackwardCFunction._forward_cls = BackwardCFunction, Function


def _positional(
    forward: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], defaults: bool
) -> tuple[Any, ...]:
    """All arguments of `forward` in the order of its parameters; with its `defaults`, if asked."""
    bound = inspect.signature(forward).bind(*args, **kwargs)
    given = len(bound.args)
    bound.apply_defaults()
    for name in bound.kwargs if defaults else kwargs.keys() & bound.kwargs.keys():
        raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
    return bound.args if defaults else bound.args[:given]


def _differentiable(ctx: BackwardCFunction, out: Any) -> bool:
    return (
        isinstance(out, Tensor)
        and out.is_floating_point()
        and not any(out is t for t in ctx.non_differentiable)
    )


def _output(ctx: BackwardCFunction, slot: int, out: Any, args: Sequence[Any], where: str) -> Any:
    """One output as the caller gets it: the tensor that `forward` returned, made by this node.

    If it is a view, `where` it was made forbids writing to it: the write would bypass `backward`.
    """
    if not isinstance(out, Tensor):
        return out
    recorded, differentiable = bool(ctx.edges), _differentiable(ctx, out)
    if any(out is tensor for tensor in ctx.dirty_tensors):
        if recorded and out.requires_grad and out._grad_fn is None:
            raise RuntimeError(
                "a leaf Variable that requires grad has been used in an in-place operation."
            )
        if recorded and out._base is not None:
            if ctx.num_outputs > 1:
                raise RuntimeError(_SEVERAL_AND_A_VIEW)
            check_writable(out)
            rebase(out, ctx)
        check_inference(out)
        own_counter(out).value += 1
        if recorded:
            out._grad = None  # it was that of the tensor before the write
        if recorded and out._base is not None:
            return out
        if not recorded and out.requires_grad:
            out = out.detach()
    else:
        if any(out is a for a in args):
            source, out = out, alias(out, memory(out))
            out._base = source if source._base is None else source._base
        if out._base is not None:
            out._created_in = where
            if recorded:
                out._as_of = out._counter.value
    if recorded and differentiable:
        set_maker(out, ctx, slot)
    return out


_SEVERAL_AND_A_VIEW = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function "
    "cannot return more than one Tensor. This is not supported by the current autograd engine. You "
    "should either make sure the input is not a view (using .clone() for example) or make your "
    "Function only return one Tensor (potentially splitting it into two Functions: one doing the "
    "inplace that returns a single Tensor and a second one that does the other operations). You "
    "can ask on the forum https://discuss.pytorch.org/ if you need help to do this change."
)


def _save(ctx: BackwardCFunction, made: Sequence[Any], recorded: bool) -> None:
    """Save what `save_for_backward` was given; an output is saved without the tensor itself."""
    saved: list[Any] = []
    for position, tensor in enumerate(ctx.to_save if recorded else ()):
        if tensor is None:
            saved.append(NOTHING)
        elif not isinstance(tensor, Tensor):
            raise TypeError(
                "save_for_backward can only save variables, but argument "
                f"{position} is of type {type(tensor).__name__}"
            )
        elif any(out is tensor for out in made) and (
            tensor.grad_fn is ctx or any(tensor is dirty for dirty in ctx.dirty_tensors)
        ):
            saved.append(result(tensor, tensor.output_nr))
        else:
            saved.append(boxed(tensor))
    ctx.saved = saved
    pack_all(ctx)
    ctx.to_save = ctx.dirty_tensors = ctx.non_differentiable = ()


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` that cannot itself be differentiated, e.g. because it calls numpy."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args)
        if not state.enabled or not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            return outputs
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        ends = [None if out is None else out.detach().requires_grad_() for out in several]
        node = Error()
        node.text = (
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )
        node.link([None if end is None else edge(end) for end in ends])
        node.num_outputs = len(ends)
        for slot, end in enumerate(ends):
            if end is not None:
                ends[slot] = end.detach()
                set_maker(ends[slot], node, slot)
        return tuple(ends)

    return wrapper


class InplaceFunction(Function):
    """A Function that may also be asked to write its result into its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace
