"""The Tensor: an array and what autograd knows of it. Its operations stand in `methods`."""

from __future__ import annotations

import math
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from . import dtypes, printing, recording
from .device import CPU
from .device import device as Device
from .dtypes import dtype
from .engine.grad_mode import state
from .engine.hooks import Hooks, RemovableHandle
from .engine.node import LONG, AccumulateGrad, Edge, Node, parted
from .engine.version import INFERENCE, UNWRITTEN, Detached, InferenceAlias, Version
from .errors import noted
from .gradients import backward
from .methods import Methods, checked
from .ops.dims import dimension
from .recording import alias, apply, edge, memory, own_counter, wrap
from .size import Size
from .views import Step, refresh
from .views import view as view_of

_numpy_dtypes = dtypes.from_numpy

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
NO_NUMPY = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
TO_A_NUMBER = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)


class Tensor(Methods):
    """An array of numbers of one dtype that remembers, if asked to, how it was made."""

    __module__ = "minigrad"
    __array_priority__ = 1000  # numpy leaves `array * tensor` to the tensor

    # What every operation reads and `recording.wrap` sets stands in slots, the rest in a dictionary
    # with its defaults on the class: making a tensor costs only what the tensor needs.
    __slots__ = ("_base", "_counter", "_data", "_grad_fn", "_requires_grad")
    _data: Any  # a numpy array; or a numpy scalar, for a 0-d result that nothing aliases
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
        out.__class__ = cls
        return out

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

    # -- size and type ----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """How many elements there are along each dimension."""
        return tuple.__new__(Size, self._data.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one entry of it."""
        return self.shape if dim is None else self.shape[dimension(dim, self._data.ndim)]

    @property
    def ndim(self) -> int:  # type: ignore[override]
        """The number of dimensions."""
        return self._data.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self._data.size

    nelement = numel

    def __len__(self) -> int:
        if self._data.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._data.shape[0]

    @property
    def dtype(self) -> dtype:
        """The type of the elements."""
        return _numpy_dtypes(self._data.dtype)

    @property
    def device(self) -> Device:
        """Always ``device(type='cpu')``."""
        return CPU

    is_cpu, is_cuda = True, False

    def is_floating_point(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return self._data.dtype.kind == "f"

    def is_complex(self) -> bool:
        """False: minigrad has no complex numbers."""
        return False

    def is_signed(self) -> bool:
        """Whether the dtype has negative numbers."""
        return self._data.dtype.kind in "fi"

    def is_same_size(self, other: Tensor) -> bool:
        """Whether two tensors have the same shape."""
        return self._data.shape == other._data.shape

    def is_nonzero(self) -> bool:
        """Whether the one element is not 0. Raises RuntimeError if there is not one."""
        return bool(self)

    def element_size(self) -> int:
        """The size of an element in bytes."""
        return self._data.itemsize

    def is_contiguous(self, *, memory_format: Any = None) -> bool:
        """Whether the elements lie one after the other in memory, the last dimension fastest."""
        return memory(self).flags.c_contiguous

    def stride(self, dim: int | None = None) -> Any:
        """How many elements to step in memory for the next index of each dimension."""
        array = memory(self)
        steps = tuple([s // array.itemsize for s in array.strides])
        if 0 in array.strides and array.flags.c_contiguous:  # numpy has none where nothing repeats
            sizes = [max(n, 1) for n in array.shape]
            steps = tuple([math.prod(sizes[d + 1 :]) for d in range(len(sizes))])
        return steps if dim is None else steps[dimension(dim, len(steps))]

    def data_ptr(self) -> int:
        """The address of the first element; 0 if there is none."""
        return memory(self).ctypes.data if self._data.size else 0

    # -- values -----------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The tensor's memory as a numpy array. Raises RuntimeError if it requires grad, unless
        grad mode is off."""
        if self.requires_grad and state.grad_mode and not force:
            raise noted(
                RuntimeError(NO_NUMPY),
                "numpy does not record what it does, so the graph would end unseen.",
            )
        return memory(self).view()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """What a function of numpy gives for a tensor is a tensor again; bools become uint8."""
        return wrap(array.astype(np.uint8) if array.dtype == bool else array)

    def __delitem__(self, index: Any) -> None:
        raise TypeError("Tensor does not support deleting items")

    def item(self) -> Any:
        """The only element, as a Python number. Raises RuntimeError if there are more."""
        if self._data.size != 1:
            raise RuntimeError(
                f"a Tensor with {self._data.size} elements cannot be converted to Scalar"
            )
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._data.tolist()

    def __bool__(self) -> bool:
        if self._data.size != 1:
            many = "more than one value" if self._data.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous")
        return bool(self._data.item())

    def _scalar(self) -> Any:
        if self._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self._data.item()

    def __int__(self) -> int:
        return int(self._scalar())

    def __float__(self) -> float:
        if self.requires_grad and state.grad_mode:
            warnings.warn(TO_A_NUMBER, UserWarning, stacklevel=2)
        return float(self._scalar())

    def __complex__(self) -> complex:
        if self.requires_grad and state.grad_mode:
            warnings.warn(TO_A_NUMBER, UserWarning, stacklevel=2)
        return complex(self._scalar())

    def __index__(self) -> int:
        if self._data.size != 1 or self._data.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._data.item())

    def __iter__(self) -> Iterator[Tensor]:
        if self._data.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self) -> Tensor:
        return self.flip(0) if self._data.ndim else self

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, (Tensor, int, float, complex, np.number, np.bool_)):
            raise RuntimeError(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
                f"{type(element)}."
            )
        return bool((self == element)._data.any())

    __hash__ = object.__hash__

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

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def __format__(self, spec: str) -> str:
        return printing.format_tensor(self, spec)


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


for _name, _seen in list(vars(Tensor).items()):
    if isinstance(_seen, property) and _seen.fset is None:
        setattr(Tensor, _name, _seen.setter(_read_only(_name)))
for _name, _seen in checked(vars(Tensor)).items():
    setattr(Tensor, _name, _seen)
Node.tensor_type = recording.Tensor = Tensor
