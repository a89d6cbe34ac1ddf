"""How a call on tensors becomes a node in the graph.

Each builder here turns an operation (a Node class) into a Tensor method. The method computes on
arrays and, if grad mode is on and an input requires grad, links a node between result and inputs.
"""

from __future__ import annotations

import re
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import dtypes
from .engine.grad_mode import state, unusual
from .engine.node import (
    DEAD_END,
    LONG,
    NOTHING,
    AccumulateGrad,
    Edge,
    Node,
    SavedTensor,
    end,
    next_sequence,
    parted,
)
from .engine.saved import pack_all
from .engine.version import INFERENCE, UNWRITTEN, Version
from .ops.dims import broadcast_error

Method = Callable[..., Any]

Tensor: Any = None
"""The class of what is recorded, told by the floor above when it is made."""

_new = object.__new__
ndarray = np.ndarray
_NUMBERS = (bool, int, float, np.number, np.bool_)
ONE = 1
_PLAIN = frozenset({int, float})
_FLOATS = frozenset({np.float32, np.float64})


def wrap(data: Any, kind: Any = None) -> Any:
    """A Tensor around an array (or a numpy scalar, which stands for a 0-d array), not a copy."""
    tensor = _new(kind or Tensor)
    tensor._data = data
    tensor._grad_fn = tensor._base = None
    tensor._requires_grad = False
    tensor._counter = INFERENCE if unusual and state.inference else UNWRITTEN
    return tensor


class _Hush:
    """Called, it silences numpy's warnings about inf and nan in minigrad's arithmetic, where torch
    gives none. Each operation asks whether that is still the first of the filters, for programs set
    their own."""

    filter: Any = None

    def __call__(self) -> None:
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")
        self.filter = warnings.filters[0]


hush = _Hush()


def edge(tensor: Any) -> Edge:
    """Where the gradient of `tensor` goes; None if it does not require grad."""
    if tensor._base is not None:
        tensor._refresh()
    if tensor._requires_grad:
        reference = tensor._accumulator  # weak, for the node refers to the leaf: no cycle
        node = reference and reference()
        if node is None:
            node = AccumulateGrad(tensor)
            tensor._accumulator = weakref.ref(node)
        return node
    if tensor._grad_fn is None and tensor._base is not None and tensor.requires_grad:
        return DEAD_END
    return tensor._grad_fn


def set_maker(tensor: Any, node: Node, slot: int = 0) -> None:
    """Let `tensor`, which was written to, be output `slot` of `node`; it goes on retaining grad."""
    before, number = parted(tensor._grad_fn)
    if before is not None and before.retained and number in before.retained:
        node.retained = {**(node.retained or {}), slot: before.retained.pop(number)}
        node.special = LONG
    if tensor._backward_hooks is not None:  # which stay with the node before
        tensor._backward_hooks = None
    tensor._grad_fn, tensor._requires_grad = end(node, slot), False


def record(node: Node, tensors: Sequence[Any], data: Any, fixed: Sequence[Any] = ()) -> Any:
    """The result `data` of `node` as a tensor, entered into the graph if a gradient may flow.

    Gradients flow to `tensors`, and none to those of `fixed` (indices, masks).
    """
    out = wrap(data)
    if (not unusual or state.enabled) and data.dtype.kind == "f":
        edges = [  # most are not leaves, nor views
            t._grad_fn if t._base is None and not t._requires_grad else edge(t) for t in tensors
        ]
        if any(edges):
            out._grad_fn = node
            node.link(edges)
            if node.saves_result:
                node.save([*tensors, *fixed, result(out)])
            elif node.kept:
                node.save([*tensors, *fixed] if fixed else tensors)
    return out


def record_several(
    node: Node, tensors: Sequence[Any], data: Sequence[Any], fixed: Sequence[Any] = ()
) -> tuple[Any, ...]:
    """As `record`, for several results; those of floating point come first, and have gradients."""
    outs = tuple([wrap(d) for d in data])
    edges = list(map(edge, tensors)) if state.enabled else ()
    if any(edges):
        node.link(edges)
        made = [out for out in outs if out._data.dtype.kind == "f"]
        node.num_outputs, node.special = len(made), LONG
        if node.kept:
            results = [result(out, i) if i < len(made) else out for i, out in enumerate(outs)]
            node.save([*tensors, *fixed, *results][: len(node.saves)])
        for i, out in enumerate(made):
            out._grad_fn = end(node, i)
    return outs


def apply(
    op: type[Node],
    tensors: Sequence[Any],
    *constants: Any,
    fixed: Sequence[Any] = (),
    **named: Any,
) -> Any:
    """Run an operation on tensors (see `record`) and constants; a tuple if it has several results.

    `op.forward` is given the arrays of `tensors`, those of `fixed`, and the constants; an optional
    tensor that was not given is None to it.
    """
    node = op()
    if not (filters := warnings.filters) or filters[0] is not hush.filter:
        hush()
    try:
        if len(tensors) == 1 and not fixed:  # as for most; 0.15 of 2.2 µs
            data = node.forward(tensors[0]._data, *constants, **named)
        elif len(tensors) == 2 and not fixed:  # as for most others; 0.13 of 1.9 µs
            data = node.forward(tensors[0]._data, tensors[1]._data, *constants, **named)
        else:
            arrays = [t._data for t in tensors]
            if fixed:
                arrays += [t._data for t in fixed]
            data = node.forward(*arrays, *constants, **named)
    except AttributeError:
        if any(t is None for t in (*tensors, *fixed)):
            given = [[NOTHING if t is None else t for t in ts] for ts in (tensors, fixed)]
            return apply(op, given[0], *constants, fixed=given[1], **named)
        for i, (name, value) in enumerate(zip(op.saves, tensors)):
            if not hasattr(value, "_data"):
                raise not_a_tensor(op, value, name, i) from None
        raise
    if type(data) is tuple:
        return record_several(node, tensors, data, fixed)
    if unusual and not state.enabled:
        return wrap(data)
    return record(node, tensors, data, fixed)


def apply_broadcast(
    op: type[Node],
    operands: Sequence[Any],
    *constants: Any,
    fixed: Sequence[Any] = (),
    integers: bool = True,
) -> Any:
    """As `apply`, for operands (tensors or numbers) that first promote to one dtype, and broadcast.

    Without `integers`, integers become the default float dtype.
    """
    kind = dtypes.result_type(*operands)
    if not integers and not kind.is_floating_point:
        kind = dtypes.get_default_dtype()
    is_tensor = Node.tensor_type
    tensors = [x if isinstance(x, is_tensor) else wrap(scalar(x, kind)) for x in operands]
    fixed = [NOTHING if t is None else t for t in fixed]
    arrays = [t._data.astype(kind.numpy, copy=False) for t in tensors]
    node = op()
    if not (filters := warnings.filters) or filters[0] is not hush.filter:
        hush()
    try:
        data = node.forward(*arrays, *[t._data for t in fixed], *constants)
    except ValueError:
        raise first_misfit([*[t._data for t in fixed], *arrays]) from None
    if any(a is not t._data or a.shape != data.shape for a, t in zip(arrays, tensors)):
        node.fit_to(*[t._data for t in tensors])
    return record(node, tensors, data, fixed)


def first_misfit(arrays: Sequence[Any]) -> RuntimeError:
    shape: tuple[int, ...] = ()
    for array in arrays:
        try:
            shape = np.broadcast_shapes(shape, array.shape)
        except ValueError:
            return broadcast_error(shape, array.shape)
    return RuntimeError("operands could not be broadcast together")


def result(out: Any, slot: int = 0) -> SavedTensor:
    """An operation's own result, to be saved without the tensor that will hold the node."""
    return SavedTensor(out._data, own_counter(out), None, slot)


def own_counter(tensor: Any) -> Version:
    """The tensor's version counter, made if nothing needed one so far."""
    if tensor._counter is UNWRITTEN:
        tensor._counter = Version()
    return tensor._counter


def own(array: np.ndarray) -> Any:
    """An array that nothing else refers to, as a tensor keeps it: if it is 0-d, as a numpy scalar,
    with which arithmetic is ten times faster. It becomes an array when something aliases it."""
    return array if array.ndim else array[()]


def memory(tensor: Any) -> np.ndarray:
    """The tensor's array, to be aliased or written to."""
    data = tensor._data
    if type(data) is not np.ndarray:
        tensor._data = data = np.asarray(data)
    return data


def alias(tensor: Any, data: np.ndarray) -> Any:
    """A tensor on memory that `tensor` also holds: writing to one is seen by both."""
    out = wrap(data)
    out._counter = own_counter(tensor)
    return out


# -- builders --------------------------------------------------------------------------------------


def unary(op: type[Node], floating: bool = False) -> Method:
    """A method of one tensor; `floating` operations turn integers into the default float dtype."""
    forward, kept, saves_result = op.forward, op.kept, op.saves_result
    saves_result_only = [name for name, _, _ in kept] == ["result"]

    def method(self: Any) -> Any:
        x = self._data
        if floating and x.dtype.kind != "f":
            x = x.astype(dtypes.get_default_dtype().numpy)
        if not (filters := warnings.filters) or filters[0] is not hush.filter:
            hush()
        out = wrap(forward(x))
        if not unusual or state.enabled:
            to_x = (self._base is None and self._grad_fn) or edge(self)
            if to_x is not None:
                out._grad_fn = node = op()
                node.link((to_x,))
                if saves_result_only and not unusual:  # what `save` comes to: 0.4 of 1.5 µs
                    node.first = result(out)
                elif kept:
                    node.save((self, result(out)) if saves_result else (self,))
        return out

    return named(method, op)


def binary(
    op: type[Node],
    reflected: bool = False,
    integers: bool = True,
    numbers: bool = True,
    operator: bool = False,
) -> Method:
    """A method of two operands, each a tensor or a number, that broadcast and promote.

    `integers` says whether two integers give an integer; division gives the default float dtype.
    `numbers` says whether an operand may be a number. An `operator` leaves what it cannot handle to
    the other operand, where a method raises TypeError.
    """
    forward, kept, saves_result = op.forward, op.kept, op.saves_result
    saves_both = len(kept) == len(op.saves) == 2
    saves_number = [bool(mask & 0b01) for _, _, mask in kept] == [False, True]

    def method(self: Any, other: Any, *, alpha: Any = 1) -> Any:
        if type(other) is not Tensor and not isinstance(other, Tensor):
            if numbers and isinstance(other, _NUMBERS):
                return with_number(self, other, alpha)
            if operator:
                return NotImplemented
            raise not_a_tensor(op, other)
        x, y = self, other
        if reflected:
            x, y = other, self
        a, b = x._data, y._data
        kind, fits = type(a), True
        if (
            kind is not type(b)
            or (kind is ndarray and a.dtype is not b.dtype)
            or not (integers or a.dtype.kind == "f")
        ):
            a, b, fits = meet(op, a, b, x, y, integers)
        if alpha is not ONE:  # True and 1.0 are equal to it, and refused
            b, fits = scaled(op, b, alpha), False
        if not (filters := warnings.filters) or filters[0] is not hush.filter:
            hush()
        try:
            data = forward(a, b)
        except ValueError:
            raise broadcast_error(a.shape, b.shape) from None
        out = _new(Tensor)  # what `wrap` comes to: 40 of 790 ns
        out._data = data
        out._grad_fn = out._base = None
        out._requires_grad = False
        out._counter = INFERENCE if unusual and state.inference else UNWRITTEN
        if not unusual or state.enabled:
            to_x = (x._base is None and x._grad_fn) or edge(x)
            to_y = (y._base is None and y._grad_fn) or edge(y)
            if to_x or to_y:
                out._grad_fn = node = op()
                if unusual or to_x is DEAD_END or to_y is DEAD_END:
                    node.link((to_x, to_y))
                else:  # what `link` comes to: 100 of 680 ns
                    node.to_x, node.to_y, node.sequence = to_x, to_y, next_sequence()
                    node.first = node.second = None
                if saves_both and to_x and to_y and x._counter is y._counter is UNWRITTEN:
                    # What `save` comes to: 0.5 of 1.1 µs.
                    node.first, node.second = x, y
                    if unusual:
                        pack_all(node)
                elif kept:
                    node.save((x, y, result(out)) if saves_result else (x, y))
                if not fits or (kind is ndarray and a.shape != b.shape):
                    node.fit_to(x._data, y._data)
                if alpha is not ONE:
                    node.alpha = alpha  # type: ignore[attr-defined]
        return out

    def with_number(self: Any, number: Any, alpha: Any) -> Any:
        a, b = self._data, number
        kind = type(a)
        if kind is ndarray:
            kind = a.dtype.type
        compute = forward
        if kind not in _FLOATS or type(number) not in _PLAIN:
            a, b = promote_number(op, self, number, integers)
            if a.dtype.char == "e" and hasattr(op, "with_number") and not reflected:
                compute, b = op.with_number, np.float32(number)
        elif reflected or alpha != 1:
            b = kind(number)
        if alpha is not ONE:
            b = scaled(op, b, alpha)
        if not (filters := warnings.filters) or filters[0] is not hush.filter:
            hush()
        out = wrap(compute(b, a) if reflected else compute(a, b))
        if not unusual or state.enabled:
            to_x = (self._base is None and self._grad_fn) or edge(self)
            if to_x is not None:
                out._grad_fn = node = op()
                if alpha != 1:
                    node.alpha = alpha  # type: ignore[attr-defined]
                node.link((to_x, None))
                if saves_number:  # what `save` comes to: 0.5 of 1.5 µs
                    node.first, node.second = NOTHING, SavedTensor(number)
                elif kept:
                    node.save((self, SavedTensor(number)))
        return out

    method.ufunc = getattr(op, "ufunc", None)  # type: ignore[attr-defined]
    operand = "other: Operand, *" if numbers else "other: Tensor, *"
    alpha = ", alpha: Number = 1" if "alpha" in op.constants else ""
    method.overloads = (f"{operand}{alpha}, out=None",)  # type: ignore[attr-defined]
    return named(method, op)


def plain(number: Any) -> Any:
    """A number of numpy's as Python's own: its dtype has no say beside a tensor's."""
    return number.item() if isinstance(number, np.generic) else number


def scalar(number: Any, kind: dtypes.dtype) -> Any:
    """A number as a 0-d array of a dtype; an integer too large for it wraps around, as in torch."""
    try:
        return kind.numpy.type(number)
    except OverflowError:
        return np.asarray(number).astype(kind.numpy)[()]


def scaled(op: type[Node], y: Any, alpha: Any) -> Any:
    """α·y in the dtype of y. Raises RuntimeError if α is of a higher kind, TypeError if the
    operation takes none."""
    if "alpha" not in op.constants:
        raise TypeError(f"{torch_name(op)}() got an unexpected keyword argument 'alpha'")
    if isinstance(alpha, bool) and y.dtype.kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and y.dtype.kind != "f":
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number."
        )
    return y * scalar(alpha, dtypes.from_numpy(y.dtype))


def meet(op: Any, a: Any, b: Any, x: Any, y: Any, integers: bool) -> tuple[Any, Any, bool]:
    """The arrays `a` and `b` of two operands that differ, in the dtype in which they meet; and
    whether gradients fit them as they are.

    Without `integers`, integers become the default float dtype.
    """
    if a.dtype is not b.dtype or not (integers or a.dtype.kind == "f"):
        if "b" in (a.dtype.kind, b.dtype.kind) and hasattr(op, "no_bool"):
            raise RuntimeError(op.no_bool)
        return *promote(x, y, integers), False
    if a.shape != b.shape:
        return a, b, False
    return a[()], b[()], True  # a numpy scalar and a 0-d array: ten times faster as two scalars


def promote(x: Any, y: Any, integers: bool = True) -> tuple[Any, Any]:
    """The operands' arrays in the dtype in which they meet."""
    kind = dtypes.result_type(x, y)
    if not integers and not kind.is_floating_point:
        kind = dtypes.get_default_dtype()
    return x._data.astype(kind.numpy, copy=False), y._data.astype(kind.numpy, copy=False)


def promote_number(op: Any, x: Any, number: Any, integers: bool) -> tuple[Any, Any]:
    """As `promote`, for a tensor and a number."""
    if hasattr(op, "no_bool") and (x._data.dtype.kind == "b") is not isinstance(number, bool):
        raise RuntimeError(op.no_bool)
    kind = dtypes.result_type(x, number)
    if not integers and not kind.is_floating_point:
        kind = dtypes.get_default_dtype()
    return x._data.astype(kind.numpy, copy=False), scalar(number, kind)


def comparison(
    compare: Callable[[Any, Any], Any], operator: bool = False, arrays: bool = False
) -> Method:
    """A method that combines with a tensor or a number, never recorded: `==`, `<`, `&`, …

    An `operator` leaves what it cannot handle to the other operand; a method raises TypeError.
    As in torch, `==` alone takes `arrays` of numpy too.
    """

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, Tensor):
            a, b = self._data, other._data
            if a.dtype is not b.dtype:
                a, b = promote(self, other)
        elif isinstance(other, _NUMBERS):
            kind = dtypes.result_type(self, other)
            a, b = self._data.astype(kind.numpy, copy=False), scalar(other, kind)
        elif arrays and isinstance(other, ndarray) and other.dtype.kind in "biuf":
            a, b = self._data, other
        elif operator:
            return NotImplemented
        else:
            raise TypeError(
                f"{compare.__name__.strip('_')}(): argument 'other' (position 1) must be Tensor, "
                f"not {type(other).__name__}"
            )
        try:
            return wrap(compare(a, b))
        except ValueError:
            raise broadcast_error(a.shape, b.shape) from None
        except TypeError:  # of the bits of a float
            kind = dtypes.from_numpy(a.dtype)
            name = compare.__name__.strip("_")
            raise NotImplementedError(
                f"\"{_BITS.get(name, name)}_cpu\" not implemented for '{kind.scalar_type}'"
            ) from None

    method.overloads = ("other: Tensor, *, out=None", "other: Number, *, out=None")  # type: ignore[attr-defined]
    method.__doc__ = f"{compare.__doc__} Element by element; never recorded."
    return method


_BITS = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}


def logical(combine: Callable[[Any, Any], Any]) -> Method:
    """A method that combines two tensors, each element counting as true unless it is 0."""

    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, Tensor):
            raise TypeError(
                f"{combine.__name__}(): argument 'other' (position 1) must be Tensor, "
                f"not {type(other).__name__}"
            )
        try:
            return wrap(combine(self._data, other._data))
        except ValueError:
            raise broadcast_error(self._data.shape, other._data.shape) from None

    method.overloads = ("other: Tensor, *, out=None",)  # type: ignore[attr-defined]
    method.__doc__ = f"{combine.__name__}, element by element; never recorded."
    return method


def test(ask: Callable[[Any], Any]) -> Method:
    """A method that asks something of each element, and gives a bool tensor, never recorded."""

    def method(self: Any) -> Any:
        return wrap(ask(self._data))

    method.__doc__ = f"{ask.__name__}, element by element; never recorded."
    return method


def method(op: type[Node], tensors: int = 1) -> Method:
    """A method whose first `tensors` arguments are tensors and whose others are constants."""

    def call(*args: Any, **named: Any) -> Any:
        return apply(op, args[:tensors], *args[tensors:], **named)

    def call_on_one(self: Any, *args: Any, **named: Any) -> Any:  # as mostly: 0.1 of 1.2 µs less
        return apply(op, (self,), *args, **named)

    return named(call_on_one if tensors == 1 else call, op)


def torch_name(op: type[Node]) -> str:
    """The function that a node is named after: `masked_fill` of MaskedFillBackward0."""
    return "_".join(re.findall("[A-Z][a-z0-9]*", op.__name__.split("Backward")[0])).lower()


def not_a_tensor(op: type[Node], value: Any, name: str = "other", position: int = 1) -> TypeError:
    """Torch's words for an argument that should have been a tensor."""
    return TypeError(
        f"{torch_name(op)}(): argument '{name}' (position {position}) must be Tensor, "
        f"not {type(value).__name__}"
    )


def named(method: Method, op: type[Node]) -> Method:
    method.__doc__ = f"{op.__doc__}\n\nRecorded as {op.__name__}." if op.__doc__ else None
    method.op = op  # type: ignore[attr-defined]
    return method
