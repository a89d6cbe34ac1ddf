"""The tensors that training changes."""

from __future__ import annotations

from typing import Any

from .. import dtypes
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


class _Uninitialized(Tensor):
    """A tensor that has no elements yet, and refuses all that would need them."""

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give it elements, which are not set, and make it an instance of its usual class."""
        dtype = self.dtype if dtype is None else dtype
        self.__class__ = self.cls_to_become  # type: ignore[attr-defined]
        self.data = empty(shape, dtype=dtype)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_numpy(Tensor._data.__get__(self).dtype)

    @property
    def _data(self) -> Any:
        raise ValueError(
            "Attempted to use an uninitialized parameter. This error happens when you are using a "
            f"`LazyModule` or explicitly manipulating `torch.nn.parameter.{type(self).__name__}` "
            "objects. When using LazyModules Call `forward` with a dummy batch to initialize the "
            "parameters before calling torch functions"
        )

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes."
        )

    @property
    def data(self) -> Any:
        return self

    @data.setter
    def data(self, new: Any) -> None:
        Tensor._data.__set__(self, Tensor._data.__get__(new))

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def to(self, dtype: dtypes.dtype) -> Any:
        """One of another dtype."""
        kind: Any = type(self)
        return kind(self.requires_grad, None, dtype)

    def __repr__(self, **kwargs: Any) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> Any:
        return type(self), (self.requires_grad, None, self.dtype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            kind, arguments = self.__reduce__()
            memo[id(self)] = kind(*arguments)
        return memo[id(self)]


class UninitializedParameter(_Uninitialized, Parameter):  # type: ignore[override]
    """A parameter that has no shape yet: of a module that waits for its first input."""

    cls_to_become = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> Any:
        self = Parameter(empty(0, dtype=dtype), requires_grad)
        self.__class__ = cls
        return self


class UninitializedBuffer(_Uninitialized):
    """A buffer that has no shape yet: of a module that waits for its first input."""

    cls_to_become = Tensor

    def __new__(
        cls,
        requires_grad: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        persistent: bool = True,
    ) -> Any:
        self = Buffer(empty(0, dtype=dtype, requires_grad=requires_grad), persistent=persistent)
        self.__class__ = cls
        return self


def is_lazy(param: Any) -> bool:
    """Whether it is a parameter or buffer that has no shape yet."""
    return isinstance(param, _Uninitialized)


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
