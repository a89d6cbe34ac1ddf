"""The Tensor: an array and what autograd knows of it. Its operations stand in `methods`, its size,
type, and values in `array`."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import recording
from .array import Array
from .engine.grad_mode import state
from .engine.hooks import Hooks, RemovableHandle
from .engine.node import LONG, AccumulateGrad, Edge, Node, parted
from .engine.version import INFERENCE, UNWRITTEN, Detached, InferenceAlias, Version
from .gradients import backward
from .methods import Methods, checked
from .random import Generator
from .recording import alias, apply, edge, memory, own_counter, wrap
from .views import Step, refresh
from .views import view as view_of

NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
    "attribute won't be populated during autograd.backward(). If you indeed want the .grad field "
    "to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you "
    "access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information."
)
NON_LEAF_FLAG = "you can only change requires_grad flags of leaf variables."
NO_GRAD_COPY = (
    "If you want to use a computed variable in a subgraph that doesn't require differentiation use "
    "var_no_grad = var.detach()."
)


class Tensor(Array, Methods):  # type: ignore[override]
    """An array of numbers of one dtype that remembers, if asked to, how it was made."""

    __module__ = "minigrad"
    __array_priority__ = 1000  # numpy leaves `array * tensor` to the tensor

    # What every operation reads and `recording.wrap` sets stands in slots, the rest in a dictionary
    # with its defaults on the class: making a tensor costs only what the tensor needs.
    __slots__ = ("_base", "_counter", "_data", "_grad_fn", "_requires_grad")
    _grad_fn: Edge  # to the node that made it; None for a leaf
    _requires_grad: bool  # of a leaf; any other tensor has a grad_fn
    _counter: Version
    _base: Tensor | None  # of a view: the tensor that owns the memory …

    _grad: Tensor | None = None
    _accumulator: weakref.ref[AccumulateGrad] | None = None
    _steps: tuple[Step, ...] = ()  # … how to get from there to here …
    _as_of = 0  # … the version of the memory that grad_fn tells of …
    _created_in: str | None = None  # … and what forbids a write to it, if anything does
    _backward_hooks: Hooks | None = None
    _post_accumulate_grad_hooks: Hooks | None = None

    _wrap = staticmethod(wrap)
    _legacy: Callable[..., Tensor]  # how to read the arguments below, told by the floor above

    def __new__(cls, *data: Any) -> Tensor:
        """torch's older constructor, ``Tensor(2, 3)`` or ``Tensor([1.0, 2.0])``; see `tensor`."""
        made = cls._legacy(data)
        return made if cls is Tensor else made.as_subclass(cls)

    _edge, _apply = staticmethod(edge), staticmethod(apply)
    _refresh = refresh

    # -- what autograd knows ----------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded."""
        base = self._base  # a view does if its base does, even where its making was not recorded
        return (
            self._requires_grad
            or self._grad_fn is not None
            or (base is not None and base.requires_grad)
        )

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if self._grad_fn is not None:
            raise RuntimeError(NON_LEAF_FLAG if value else f"{NON_LEAF_FLAG} {NO_GRAD_COPY}")
        if value and not self.is_floating_point():
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if value and self._counter.inference and not state.inference:
            raise RuntimeError(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not "
                "allowed."
            )
        self._requires_grad = value

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` in place. Raises RuntimeError for integers, and for False on a
        tensor that an operation made."""
        if not isinstance(requires_grad, bool):
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, "
                f"not {type(requires_grad).__name__}"
            )
        if self._grad_fn is None or not requires_grad:
            self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """True unless an operation that is recorded made this tensor."""
        return self.grad_fn is None

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        if self._base is not None:
            self._refresh()
        return parted(self._grad_fn)[0]

    @property
    def output_nr(self) -> int:
        """Which output of `grad_fn` this tensor is."""
        return parted(self._grad_fn)[1]

    @property
    def grad(self) -> Tensor | None:
        """∂L/∂self, summed over all backward passes so far; None before the first."""
        if self._grad is None and self._grad_fn is not None and not self.retains_grad:
            warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(
                    "assigned grad expected to be a Tensor or None but got grad of type "
                    f"{type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.dtype is not self.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype.c_name}' to a "
                    f"tensor with grad_dtype '{self.dtype.scalar_type}'. The gradient must match "
                    "the tensor's grad_dtype (defaults to the tensor's dtype). You can set the "
                    "tensor's grad_dtype attribute with a specific dtype, or None to allow any "
                    "dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its "
                    "gradient may break downstream systems that assume they match."
                )
            if value.shape != self.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of "
                    f"size '{list(self.shape)}'. Please ensure that the gradient and the tensor "
                    "are the same size"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def _version(self) -> int:
        """How often this memory was written in place."""
        if self._counter is INFERENCE:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._counter.value

    def as_subclass(self, cls: type[Tensor]) -> Any:
        """This tensor as an instance of `cls`, a subclass of Tensor; it shares its memory."""
        out = self._alias()
        if cls.__basicsize__ == Tensor.__basicsize__:
            out.__class__ = cls
            return out
        whole = object.__new__(cls)  # slots of its own: Python converts no tensor into it
        for name in Tensor.__slots__:
            setattr(whole, name, getattr(out, name))
        vars(whole).update(vars(out))
        return whole

    def is_inference(self) -> bool:
        """Whether this tensor was made in inference mode, so that no graph may need it."""
        return self._counter.inference

    def _is_view(self) -> bool:
        return self._base is not None

    def _view_func(self, new_base: Tensor) -> Tensor | None:
        """This view of another base, which must lie in memory like its own; None if it does not."""
        base = self._base
        if base is None or (base.shape, base.stride()) != (new_base.shape, new_base.stride()):
            return None
        out: Any = new_base
        for op, constants, named, slot in self._steps:
            made = view_of(op)(out, *constants, **named)
            out = made[slot] if isinstance(made, tuple) else made
        return out

    def detach(self) -> Tensor:
        """The same memory outside the graph: a leaf that does not require grad."""
        out = alias(self, memory(self))
        if out._counter.inference and not state.inference:
            out._counter = InferenceAlias()
        return out

    def detach_(self) -> Tensor:
        """Leave the graph in place: from now on a leaf that does not require grad."""
        if self._counter.inference:  # it is in none
            return self
        if self._base is not None:
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using "
                "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
                "True, gradients are views of DDP buckets, and hence detach_() cannot be called on "
                "these gradients. To fix this error, please refer to the Optimizer.zero_grad() "
                "function in torch/optim/optimizer.py as the solution."
            )
        if self._grad_fn is not None:  # nodes that saved it find out
            self._counter = Detached(own_counter(self))
        self._grad_fn, self._requires_grad = None, False
        return self

    @property
    def data(self) -> Tensor:
        """The same memory, unknown to autograd: not even a write to it is counted."""
        out = wrap(memory(self))
        out._counter = UNWRITTEN
        if self._counter.inference:
            out._counter = INFERENCE if state.inference else InferenceAlias()
        return out

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self.requires_grad and not value.is_floating_point():
            raise RuntimeError(
                "data set to a tensor that requires gradients must be floating point or complex "
                "dtype"
            )
        self._data = memory(value)

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | Tensor | None = None,
    ) -> None:
        """Add ∂self/∂leaf, times `gradient`, to the `.grad` of each leaf that self was made from.

        `gradient` has self's shape, and is 1 for a scalar. Raises RuntimeError if it is missing or
        of another shape, if self requires no grad, or if the graph was freed by an earlier pass.
        """
        backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook(grad)` when this tensor's gradient is known; it may return another."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._backward_hooks is None:  # there are none, or none since a write made a new node
            node = self.grad_fn
            if node is None:
                self._backward_hooks = Hooks()
                if self._requires_grad:  # a view of a leaf has no node
                    edge(self).special = LONG
            else:
                node.special = LONG
                node.tensor_hooks = node.tensor_hooks or {}
                self._backward_hooks = node.tensor_hooks.setdefault(self.output_nr, Hooks())
        return self._backward_hooks.add(hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call `hook(self)` whenever a backward pass has added to this leaf's `.grad`."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self.grad_fn is not None:
            raise RuntimeError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors"
            )
        self._post_accumulate_grad_hooks = self._post_accumulate_grad_hooks or Hooks()
        return self._post_accumulate_grad_hooks.add(hook)

    def retain_grad(self) -> None:
        """Let a backward pass fill `.grad` of this tensor too, although it is no leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        node = self.grad_fn
        if node is None or self.retains_grad:
            return
        reference = weakref.ref(self)

        def keep(grad: Tensor) -> None:
            tensor = reference()
            if tensor is None:
                return
            if tensor._grad is None:
                tensor._grad = grad if state.enabled else grad.clone()
            else:
                tensor._grad = tensor._grad + grad

        node.special = LONG
        node.retained = node.retained or {}
        node.retained[self.output_nr] = keep

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this tensor, which is no leaf."""
        node, slot = parted(self._grad_fn)
        return node is not None and slot in (node.retained or {})

    # -- copies ----------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        """A copy with its own memory, which copies of views of that memory share."""
        if self.grad_fn is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
                "because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) not in memo:
            from copy import deepcopy

            array = memory(self)
            owner = array if array.base is None else array.base
            if isinstance(owner, np.ndarray) and owner.flags.forc:
                if id(owner) not in memo:
                    memo[id(owner)] = np.array(owner, order="K"), Version()
                copied, counter = memo[id(owner)]
                start = array.ctypes.data - owner.ctypes.data
                data = np.ndarray(array.shape, array.dtype, copied, start, array.strides)
            else:  # memory that is not numpy's own, or has gaps
                data, counter = np.array(array, order="K"), Version()
            out = _rebuilt(data, self.requires_grad, deepcopy(self._own(), memo))
            if out._counter is not INFERENCE:
                out._counter = counter
            out._grad = deepcopy(self._grad, memo)
            memo[id(self)] = out
        return memo[id(self)]

    def __reduce__(self) -> Any:
        return _rebuilt, (memory(self), self.requires_grad, self._own())

    def _own(self) -> dict[str, Any]:
        """The attributes that the tensor's user gave it."""
        return {k: v for k, v in vars(self).items() if not hasattr(Tensor, k)}


def _rebuilt(data: np.ndarray, requires_grad: bool, own: dict[str, Any]) -> Tensor:
    """A leaf from what was copied or pickled."""
    tensor = wrap(data)
    tensor._requires_grad = requires_grad
    vars(tensor).update(own)
    return tensor


def _read_only(name: str) -> Callable[[Tensor, Any], None]:
    def refuse(self: Tensor, value: Any) -> None:
        raise AttributeError(
            f"attribute '{name}' of 'minigrad._C.TensorBase' objects is not writable"
        )

    return refuse


for _part in (Array, Tensor):
    for _name, _seen in list(vars(_part).items()):
        if isinstance(_seen, property) and _seen.fset is None:
            setattr(_part, _name, _seen.setter(_read_only(_name)))
    for _name, _seen in checked(vars(_part)).items():
        setattr(_part, _name, _seen)
Node.tensor_type = recording.Tensor = Tensor
Generator._wrap = staticmethod(wrap)
