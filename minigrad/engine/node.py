"""The graph: a node for every recorded operation, with edges to the nodes that made its inputs."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Sequence
from sys import getrefcount
from typing import Any, ClassVar

import numpy as np

from .. import dtypes
from . import anomaly
from .grad_mode import state, unusual
from .hooks import Hooks, RemovableHandle, replaced
from .saved import FITS, Packed, RawSavedTensor, in_order, pack_all, unpack_all
from .saved import LONG as LONG
from .saved import NOTHING as NOTHING
from .saved import SavedTensor as SavedTensor
from .version import UNWRITTEN, Detached

BACKWARD_TWICE = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)

_INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in "
    "inference mode in computation tracked by autograd. To work around this, you can make a clone "
    "to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of "
    "`torch.inference_mode()`."
)

ABSENT: Any = False
"""In the place of the second edge of a node with one input; None is an edge that leads nowhere."""

FREED = object()
"""In the place of what a node saved, once a backward pass has freed it."""

Edge = Any
"""Where an edge ends and a gradient arrives: a node, which stands for its first output; for another
output, a pair of the node and the output's number."""


def end(node: Node, slot: int) -> Edge:
    """The edge that ends at output `slot` of `node`."""
    return (node, slot) if slot else node


def parted(edge: Edge) -> tuple[Any, int]:
    """An edge's node, and which of the node's outputs it ends at."""
    return edge if type(edge) is tuple else (edge, 0)


next_sequence = itertools.count().__next__
_leaf_lock = threading.Lock()


_UNSIGNED = frozenset(
    "diagonal dim dim0 dim1 dim2 dims divisor_override end ignore_index index k offset pad padding "
    "padding_idx shifts start".split()
)


def _unsigned(value: Any) -> Any:
    """Dimensions and places as torch shows them: -1 is 2⁶⁴ − 1."""
    if isinstance(value, tuple):
        return tuple([_unsigned(v) for v in value])
    return value % 2**64 if isinstance(value, int) and value < 0 else value


class _Public(property):
    """What a node saved, under the name that torch gives it."""


@functools.cache
def _public(public: str) -> _Public:
    name = public.partition("saved_")[2]

    def get(node: Node) -> Any:
        if name in node.constants:
            value = getattr(node, name)
            return _unsigned(value) if name in _UNSIGNED else value
        for index, (kept, _, _) in enumerate(node.kept):
            if kept == name:
                return RawSavedTensor(node, index) if public[1] == "r" else node._kept_value(index)
        raise AttributeError(f"'{type(node).__name__}' object has no attribute '{public}'")

    return _Public(get)


class Node:
    """One recorded operation: the class holds the operation's rule, the instance one use of it.

    `forward(node, *arrays, …)` computes the result, and keeps on the node what the rule needs
    besides tensors (a shape, an exponent). `backward(node, grad, *saved)` is the rule: from the
    gradient of the result it gives the gradient of each input; None means that nothing flows.
    Both are given numpy arrays. With ``create_graph=True`` the same rule is given Tensors instead,
    so that its arithmetic is recorded in turn: one formula serves both orders.

    Class attributes:
        saves: what may be saved, as ``name: mask``, in the order: inputs, further tensors that the
            rule needs (indices, masks), outputs. The mask's bit i says that the gradient of input i
            needs it; 0 keeps the place of what no gradient needs.
        constants: the attributes that are public as ``_saved_<name>``.
    """

    saves: ClassVar[dict[str, int]] = {}
    kept: ClassVar[
        tuple[tuple[str, int, int], ...]
    ] = ()  # of `saves`: (name, place, mask if not 0)
    saves_result = False  # whether the single result is among them
    constants: tuple[str, ...] = ()

    # Two edges and two saved values lie in the node itself, only more of them in a tuple. For the
    # garbage collector looks at every container, again and again: making a node of 100,000 takes
    # 270 ns so, 670 with two tuples.
    __slots__ = ("__dict__", "__weakref__", "first", "second", "sequence", "to_x", "to_y")
    to_x: Edge  # where the gradients of the first two inputs go …
    to_y: Edge
    first: Any  # … and the first two saved values; None if there is none; see `saved`
    second: Any
    sequence: int  # order of creation; backward runs from high to low

    # Defaults stand on the class, so that making a node costs only what the node needs.
    many: tuple[Edge, ...] | None = None  # all edges, if there are more than two
    inputs: tuple[Any, ...] | None = None  # (shape, dtype) of inputs that were broadcast or cast
    num_outputs = 1
    sizes: dict[int, Any] | None = None  # (shape, dtype) of outputs that a GradientEdge names
    maker: Callable[[], Node] | None = None  # what made the result, if not this node itself
    special = 0  # whether a step takes more than the rule: FITS or LONG
    tensor_hooks: dict[int, Hooks] | None = None
    retained: dict[int, Callable[[Any], None]] | None = None
    prehooks: Hooks | None = None
    posthooks: Hooks | None = None
    _metadata: dict[str, Any] | None = None

    def forward(self, *arrays: Any) -> Any:
        raise NotImplementedError

    def backward(self, grad: Any, *saved: Any) -> Any:
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        if (
            cls.__module__.startswith("minigrad.")
            and cls.__module__ != "minigrad.autograd.function"
        ):
            cls.__module__ = "builtins"  # so that a type prints as torch's: <class 'MulBackward0'>
        cls.kept = tuple([(k, i, m) for i, (k, m) in enumerate(cls.saves.items()) if m])
        cls.saves_result = vars(cls).get("saves_result", "result" in cls.saves)
        if cls.run is not Node.run and "special" not in vars(cls):
            cls.special = LONG
        # Properties, not a __getattr__, with which Python reads every attribute at half the speed.
        kept = [name for name, _, _ in cls.kept]
        for public in [f"_saved_{n}" for n in (*kept, *cls.constants)] + [
            f"_raw_saved_{n}" for n in kept
        ]:
            if not hasattr(cls, public):
                setattr(cls, public, _public(public))

    # -- building ---------------------------------------------------------------------------------

    @property
    def edges(self) -> tuple[Edge, ...]:
        """For each input, where its gradient goes; None if nowhere."""
        if self.to_y is not ABSENT:
            return self.to_x, self.to_y
        return self.many or (() if self.to_x is ABSENT else (self.to_x,))

    @property
    def saved(self) -> tuple[Any, ...] | None:
        """What was saved for the rule; None once freed."""
        first, second = self.first, self.second
        if second is not None:
            return first, second
        if first is None:
            return ()
        if first is FREED:
            return None
        return first if type(first) is tuple else (first,)

    @saved.setter
    def saved(self, saved: Sequence[Any]) -> None:
        self.first = self.second = None
        if len(saved) == 2:
            self.first, self.second = saved
        elif saved:
            self.first = saved[0] if len(saved) == 1 else tuple(saved)

    def link(self, edges: Sequence[Edge]) -> None:
        """Enter the graph: gradients go along `edges`, one for each input."""
        if DEAD_END in edges:
            edges = [None if edge is DEAD_END else edge for edge in edges]
        self.to_x = self.to_y = ABSENT
        if len(edges) == 2:
            self.to_x, self.to_y = edges
        elif len(edges) == 1:
            self.to_x = edges[0]
        else:
            self.many = tuple(edges)
        self.sequence = next_sequence()
        self.first = self.second = None
        if unusual and anomaly.enabled:
            anomaly.remember(self, getattr(state.tasks[-1], "node", None) if state.tasks else None)

    def fit_to(self, *inputs: Any) -> None:
        """Let each gradient be summed to the shape of its input (an array), and cast to its dtype:
        what undoes broadcasting and type promotion."""
        self.inputs = tuple([(x.shape, x.dtype) for x in inputs])
        self.special = self.special or FITS

    def save(self, tensors: Sequence[Any]) -> None:
        """Save those of `tensors`, in the order of `saves`, that a gradient to be sent needs."""
        wanted = (1 if self.to_x else 0) | (2 if self.to_y else 0)
        for i, target in enumerate(self.many or ()):
            if target:
                wanted |= 1 << i
        chosen = []
        for _, place, mask in self.kept:
            tensor = tensors[place] if mask & wanted else NOTHING
            chosen.append(tensor if tensor._counter is UNWRITTEN else boxed(tensor))
        if len(chosen) == 1:  # as for most: what the setter of `saved` comes to
            self.first = chosen[0]
        else:
            self.saved = chosen
        if unusual:
            pack_all(self)

    # -- running ----------------------------------------------------------------------------------

    def run(self, grad: Any, recording: bool) -> tuple[Any, ...]:
        """The gradient of each input, given that of the output (a list of them if there are more).

        Raises RuntimeError if the saved tensors were freed, or overwritten since.
        """
        saved = self.saved
        if saved is None:
            raise RuntimeError(BACKWARD_TWICE)
        if grad is None:
            return (None,) * len(self.edges)
        if any(type(s) is Packed for s in saved):
            grads = self._of_unpacked(grad, recording)
        else:
            grads = self.backward(grad, *self.values(saved, recording))
        if type(grads) is not tuple:
            grads = (grads,)
        return grads if self.inputs is None else self.fit(grads)

    def _of_unpacked(self, grad: Any, recording: bool) -> tuple[Any, ...]:
        """What the rule gives where hooks unpack what it needs: of another dtype than was packed,
        it is converted back; another shape may be refused with RuntimeError."""
        saved, grads = unpack_all(self), _listed(grad)
        kind = next(getattr(g, "_data", g).dtype for g in grads if g is not None)
        try:
            given = saved if recording else [getattr(s, "_data", s) for s in saved]
            sent = self.backward(grad, *given)
        except ValueError:  # numpy's; tensors say in torch's words what is wrong
            grads = [g if g is None else self.tensor_type._wrap(g) for g in grads]
            self.backward(grads if self.num_outputs > 1 else grads[0], *saved)
            raise
        return tuple([g if g is None else cast(g, kind) for g in _listed(sent)])

    def values(self, saved: Sequence[Any], recording: bool) -> Sequence[Any]:
        """What was saved, as the rule gets it: arrays, or tensors that are part of the graph.

        Raises RuntimeError for a value that was overwritten since.
        """
        if recording:
            return [  # an input as it was is itself the tensor; a fifth of the time
                s if s._counter is UNWRITTEN and type(s) is not SavedTensor else self.tensor(s)
                for s in saved
            ]
        return [t._data if t._counter is UNWRITTEN else self.checked(t) for t in saved]

    def release(self) -> None:
        """Free what was saved. A node that saved nothing can run again."""
        if self.first is not None:
            self.first, self.second = FREED, None

    def checked(self, saved: Any) -> Any:
        """The array of a saved value, if it is still what was saved."""
        tensor, counter, expected = saved, UNWRITTEN, 0
        if type(saved) is SavedTensor:
            tensor, counter, expected = saved.tensor, saved._counter, saved.expected
        if saved._counter.value != expected:
            raise RuntimeError(_modified(self, saved, expected))
        if tensor is None:
            return saved._data
        if type(tensor._counter) is Detached and tensor._counter is not counter:
            raise RuntimeError(
                "Trying to use a saved tensor that has been detached in-place, i.e. with "
                ".detach_().This is not supported, please use out-of-place `.detach()` instead"
            )
        return tensor._data  # whose `.data` may be another array now

    def tensor(self, saved: Any) -> Any:
        """A saved value as a tensor that is part of the graph; a constant stays a number."""
        if type(saved) is Packed:
            return saved.tensor(self)
        array = self.checked(saved)
        tensor = saved.tensor if type(saved) is SavedTensor else saved
        if tensor is not None or saved._counter is UNWRITTEN:
            return array if tensor is None else tensor
        result = self.tensor_type._wrap(array)
        result._counter = saved._counter
        result._grad_fn = self.result_edge(saved.slot)
        return result

    def result_edge(self, slot: int) -> Edge:
        """The edge to what made result `slot` of this node."""
        return end(self.made_by(), slot)

    def made_by(self) -> Node:
        """The node that the result refers to: this one, unless it is the view of a written base."""
        return self.maker() if self.maker else self

    def fit(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        """Undo broadcasting and type promotion: sum each gradient to its input's shape, cast it."""
        fitted = []
        for grad, (shape, dtype) in zip(grads, self.inputs or ()):
            if grad is not None:
                data = grad if type(grad) is np.ndarray else getattr(grad, "_data", grad)
                if data.shape != shape:
                    grad = sum_to(grad, shape)
                if data.dtype is not dtype:
                    grad = cast(grad, dtype)
            fitted.append(grad)
        return tuple(fitted)

    # -- the public face, as torch's ---------------------------------------------------------------

    def name(self) -> str:
        """The node's name, e.g. ``"MulBackward0"``, as torch spells it."""
        return self.qualifier + type(self).__name__

    qualifier = ""
    custom = False  # a Function of the user's: its hooks hear all that it sends

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """For each input: the node that receives its gradient, and as which of its outputs."""
        return tuple([parted(edge) for edge in self.edges])

    def __call__(self, *grads: Any) -> Any:
        """One step of a backward pass by hand: gradients of the outputs in, of the inputs out.

        Frees nothing, runs no hooks, and is recorded unless grad mode is off. One gradient comes
        as it is, several as a tuple. Raises TypeError for a wrong number of gradients or for what
        is no tensor, RuntimeError if the saved tensors were freed.
        """
        if len(grads) != self.num_outputs:
            raise TypeError(f"expected {self.num_outputs} arguments, got {len(grads)} instead")
        for i, grad in enumerate(grads):
            if not isinstance(grad, (self.tensor_type, type(None))):
                raise TypeError(f"argument {i} is not a Variable")
        ran = self.run(grads[0] if len(grads) == 1 else [*grads], True)
        sent = tuple(None if edge is None else g for edge, g in zip(self.edges, ran))
        return sent[0] if len(sent) == 1 else sent

    @property
    def metadata(self) -> dict[str, Any]:
        """A dictionary for notes of your own."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call ``fn(grad_inputs, grad_outputs)`` after the node ran; it may return new inputs."""
        self.posthooks = self.posthooks or Hooks()
        self.special = LONG
        return self.posthooks.add(fn)

    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call ``fn(grad_outputs)`` before the node runs; it may return new ones."""
        self.prehooks = self.prehooks or Hooks()
        self.special = LONG
        return self.prehooks.add(fn)

    def _sequence_nr(self) -> int:
        return self.sequence

    def __dir__(self) -> list[str]:
        names = {*self.constants, *[name for name, _, _ in self.kept]}
        return [
            name
            for name in super().__dir__()
            if name.partition("saved_")[2] in names
            or type(getattr(type(self), name, None)) is not _Public  # those of a parent class
        ]

    def _kept_value(self, index: int) -> Any:
        if self.saved is None:
            mask = self.kept[index][2]
            if any(target and mask >> i & 1 for i, target in enumerate(self.edges)):
                raise RuntimeError(BACKWARD_TWICE)
            return None  # no gradient needed it: it was not saved, and so not freed
        if self.saved[index] is NOTHING:
            return None
        value = self.tensor(self.saved[index])
        if isinstance(value, self.tensor_type):
            return value
        return self.tensor_type._wrap(np.asarray(value)[()])  # torch shows a number as a tensor

    tensor_type: Any = None
    """The Tensor class, told by the floor above when it is made."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython leaves out the word "object" for torch's nodes, which have no repr of their own.
        printer.text(f"<{type(self).__name__} at {id(self):#x}>")


class AccumulateGrad(Node):
    """Where an edge ends at a leaf: adds what arrives to the leaf's `.grad`."""

    __slots__ = ("variable",)
    qualifier = "torch::autograd::"
    sequence = 2**64 - 1  # runs as soon as it is ready, before any other node
    to_x = to_y = ABSENT
    first = second = None

    def __init__(self, variable: Any) -> None:
        self.variable = variable
        if variable._backward_hooks is not None:  # though they be empty now
            self.special = LONG

    @property
    def tensor_hooks(self) -> dict[int, Hooks]:  # type: ignore[override]
        """A leaf has no node that made it, so its hooks stand on the tensor itself."""
        hooks = self.variable._backward_hooks
        return {0: hooks} if hooks else {}

    def backward(self, grad: Any) -> tuple[()]:  # type: ignore[override]
        """``variable.grad += grad``: in place, unless the addition is recorded itself."""
        variable, recording = self.variable, isinstance(grad, self.tensor_type)
        with _leaf_lock:  # hooks run outside it: they may wait for another thread
            if not variable._requires_grad:
                if variable._grad_fn is not None:  # it was written to since
                    raise RuntimeError("leaf variable has been moved into the graph interior")
            elif recording:
                old = variable._grad
                variable._grad = (
                    type(grad)._wrap(np.empty_like(grad._data)).copy_(grad)
                    if old is None
                    else old + grad
                )
            elif variable._grad is None:
                if type(grad) is np.ndarray and not unshared(grad, 2):
                    grad = grad.copy()  # it may be on its way to other leaves too
                variable._grad = self.tensor_type._wrap(grad)
            else:
                variable._grad.add_(self.tensor_type._wrap(grad))
        if variable._post_accumulate_grad_hooks:
            given = variable
            for hook in list(variable._post_accumulate_grad_hooks.values()):
                given = replaced(hook, given, hook(given), self.tensor_type)
            if given is not variable:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")
        return ()


def unshared(array: np.ndarray, holders: int) -> bool:
    """Whether only `holders` names or containers of the caller refer to the array and its memory,
    so that it may be kept, or written to. torch asks its reference counts in the same way."""
    if getrefcount(array) > _seen_by_one - 1 + holders:
        return False
    owner = array.base
    return owner is None or (
        type(owner) is np.ndarray
        and owner.flags.owndata
        and owner.size == array.size
        and array.flags.c_contiguous
        and getrefcount(owner) <= _seen_of_owner
    )


def _count_references() -> tuple[int, int]:
    """What `getrefcount` says of an array that one name refers to, asked in another function; and
    of the owner of a view. Python's versions differ in what they count."""
    count = lambda array: getrefcount(array)  # noqa: E731
    array = np.empty(2)
    view = np.empty(2)[:]
    owner = view.base
    return count(array), getrefcount(owner)


_seen_by_one, _seen_of_owner = _count_references()


DEAD_END = Node()
"""Stands for the maker of a view that requires grad like its base, but was made without recording:
the operation that uses it is recorded, and has no edge to it."""


def _listed(grads: Any) -> Sequence[Any]:
    return grads if type(grads) in (list, tuple) else [grads]


def boxed(tensor: Any) -> Any:
    """A tensor that was written to before, together with the version at which it is saved."""
    if type(tensor) is SavedTensor or tensor._counter is UNWRITTEN:
        return tensor
    if tensor._counter.inference:
        raise RuntimeError(_INFERENCE_SAVED)
    return SavedTensor(tensor._data, tensor._counter, tensor)


def sum_to(grad: Any, shape: tuple[int, ...]) -> Any:
    """The gradient of broadcasting: sum over the dimensions along which the input was repeated."""
    data = getattr(grad, "_data", grad)
    sizes = data.shape
    if sizes == shape:
        return grad
    if not shape:
        return grad.sum()
    added = len(sizes) - len(shape)
    axes = tuple(range(added))
    if sizes[added:] == shape:  # as mostly
        if data is grad:
            if added == 1 and grad.ndim == 2 and grad.size > 10_000 and grad.itemsize > 2:
                return np.ones(len(grad), grad.dtype) @ grad  # in half the time
            return np.add.reduce(grad, axes)
    else:
        pairs = enumerate(zip(shape, sizes[added:]), added)
        axes += tuple([i for i, (n, m) in pairs if n == 1 != m])
    grad = np.add.reduce(grad, axes, keepdims=True) if data is grad else grad.sum(axes, True)
    return grad.reshape(shape) if added else grad


def cast(grad: Any, dtype: np.dtype[Any]) -> Any:
    """The gradient of type promotion: back to the input's own dtype."""
    if isinstance(grad, (np.ndarray, np.generic)):
        return grad if grad.dtype == dtype else grad.astype(dtype)
    return grad.to(dtypes.from_numpy(dtype))


def operation(node: Node) -> str:
    """The node's name as torch's messages have it: "Mul" for "MulBackward0"."""
    name, _, count = node.name().rpartition("Backward")
    if not count.isdigit():
        return node.name() if count else name
    return name if count == "0" else name + count


def _modified(node: Node, saved: Any, expected: int) -> str:
    for index in in_order(node):  # of several, torch names the first in its order
        other = node.saved[index]  # type: ignore[index]
        version = other.expected if type(other) is SavedTensor else 0
        if type(other) is not Packed and other._counter.value != version:
            saved, expected = other, version
            break
    tensor = saved.tensor if type(saved) is SavedTensor else saved
    source = getattr(tensor, "_source", None)  # it is what was left; the tensor may have moved on
    if source is not None and source() is not None:
        tensor = source()
    maker = node.made_by() if tensor is None else tensor.grad_fn
    slot = 0 if tensor is None else tensor.output_nr
    output = f", which is output {slot} of {operation(maker)}," if maker else ""
    kind = dtypes.from_numpy(saved._data.dtype).scalar_type
    hint = (
        "enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )
    if anomaly.enabled:
        hint = (
            "the backtrace further above shows the operation that failed to compute its gradient. "
            "The variable in question was changed in there or anywhere later. Good luck!"
        )
    return (
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [minigrad.{kind}Tensor {list(saved._data.shape)}]{output} is at version "
        f"{saved._counter.value}; expected version {expected} instead. Hint: {hint}"
    )
