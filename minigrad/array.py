"""A tensor as the array that it is: its size, its type, and its values."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, printing
from .device import CPU
from .device import device as Device
from .dtypes import dtype
from .engine.grad_mode import state
from .engine.node import Node
from .errors import noted
from .ops.dims import dimension
from .recording import memory, wrap
from .size import Size

if TYPE_CHECKING:
    from .tensor import Tensor

_numpy_dtypes = dtypes.from_numpy

NO_NUMPY = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
TO_A_NUMBER = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)


class Array:
    """What a tensor is without autograd."""

    __slots__ = ()
    _data: Any  # a numpy array; or a numpy scalar, for a 0-d result that nothing aliases
    requires_grad: Any

    # -- size and type ----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """How many elements there are along each dimension."""
        return tuple.__new__(Size, self._data.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one entry of it."""
        return self.shape if dim is None else self.shape[dimension(dim, self._data.ndim)]

    @property
    def ndim(self) -> int:
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

    def __iter__(self: Any) -> Iterator[Tensor]:
        if self._data.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self: Any) -> Tensor:
        return self.flip(0) if self._data.ndim else self

    def __contains__(self: Any, element: Any) -> bool:
        if not isinstance(element, (Node.tensor_type, int, float, complex, np.number, np.bool_)):
            raise RuntimeError(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
                f"{type(element)}."
            )
        return bool((self == element)._data.any())

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def __format__(self, spec: str) -> str:
        return printing.format_tensor(self, spec)
