"""The tensors that training changes."""

from __future__ import annotations

from typing import Any

from ..creation import empty
from ..recording import memory, wrap
from ..tensor import Tensor


class Parameter(Tensor):
    """A leaf on the memory of `data`. As an attribute of a Module it is one of its parameters.

    Raises RuntimeError if it is to require grad and `data` holds integers, or was made in
    inference mode, outside that.
    """

    __module__ = "minigrad.nn.parameter"

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        source = (empty(0) if data is None else data).detach()
        if requires_grad and not source.is_floating_point():
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients"
            )
        self: Parameter = wrap(source._data, cls)
        self._counter = source._counter
        self.requires_grad = bool(requires_grad)
        return self

    def __repr__(self, **kwargs: Any) -> str:
        return "Parameter containing:\n" + super().__repr__(**kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce__(self) -> Any:
        return _rebuilt, (type(self), memory(self), self.requires_grad, self._own())


class _BufferClass(type):
    """A Buffer is a Tensor that says so, of whatever class it is."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and "_is_buffer" in vars(instance)


class Buffer(Tensor, metaclass=_BufferClass):
    """A tensor that, as an attribute of a Module, becomes one of its buffers.

    With ``persistent=False`` it is not saved with the module.
    """

    __module__ = "minigrad.nn.parameter"
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        buffer = (empty(0) if data is None else data).detach()
        buffer.requires_grad_(data is not None and data.requires_grad)
        buffer._is_buffer, buffer.persistent = True, persistent  # type: ignore[attr-defined]
        return buffer


def _rebuilt(kind: Any, array: Any, requires_grad: bool, own: dict[str, Any]) -> Any:
    """A parameter that was pickled, with the attributes that its user gave it."""
    self = kind(Tensor._wrap(array), requires_grad)
    vars(self).update(own)
    return self


def clear_grad(parameter: Tensor, set_to_none: bool) -> None:
    """Forget the gradient, or with ``set_to_none=False`` fill it with 0, outside any graph."""
    grad = parameter._grad
    if grad is None:
        return
    if set_to_none:
        parameter._grad = None
    else:
        if grad.grad_fn is not None:
            grad.detach_()
        else:
            grad.requires_grad_(False)
        grad.zero_()
