"""Methods that ask how a tensor lies in memory, or give it other memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..backends import fresh, too_large
from ..engine.grad_mode import state
from ..engine.node import Node
from ..inplace import check_inference, check_writable
from ..ops.dims import sizes
from ..ops.shape import AsStridedBackward0
from ..ops.undefined import refusing
from ..recording import edge, memory, own_counter, set_maker
from ..storage import (
    OF_DTYPE,
    TypedStorage,
    UntypedStorage,
    is_storage,
    of_type,
    owner,
    strided,
)

if TYPE_CHECKING:
    from ..tensor import Tensor


_OTHER_STORAGE = (
    "Expected a Storage of type {0.c_name} or an UntypedStorage, but got type {1.scalar_type} for "
    "argument 1 'storage'"
)


_NO_SOURCE = (
    "set_() received an invalid combination of arguments - got ({}), but expected one of:\n * ()\n"
    " * (torch.Storage source)\n * (torch.Storage source, int storage_offset, tuple of ints size, "
    "tuple of ints stride = None)\n * (Tensor source)\n * (Tensor source, int storage_offset, "
    "tuple of ints size, tuple of ints stride = None)\n"
)
_Set = refusing("set_", "")


def resized(array: Any, shape: Sequence[int]) -> Any:
    """An array of another shape, in order in the same memory; in larger memory, which begins as
    this does, if that is too small."""
    storage = owner(array).ravel(order="K")
    start = (array.ctypes.data - storage.ctypes.data) // array.itemsize
    end = start + math.prod(shape)
    if storage.size < end:
        larger = fresh(end, array.dtype)
        larger[: storage.size] = storage
        storage = larger
    return storage[start:end].reshape(shape)


class Memory:
    """The memory behind a tensor. There is one device, and one layout: strided."""

    _data: Any
    shape: Any
    requires_grad: bool
    _accumulator: Any

    is_sparse = is_quantized = is_meta = is_mkldnn = is_nested = is_mps = is_xpu = False
    is_sparse_csr = False
    layout = strided

    @property
    def nbytes(self) -> int:
        """The bytes that the elements take."""
        return self._data.nbytes

    @property
    def itemsize(self) -> int:
        """The size of an element in bytes."""
        return self._data.itemsize

    def storage_offset(self) -> int:
        """How many elements of its storage lie before the tensor's first."""
        array = memory(self)
        return (array.ctypes.data - owner(array).ctypes.data) // array.itemsize

    def untyped_storage(self) -> UntypedStorage:
        """The memory that this tensor shares with its views, as bytes."""
        return UntypedStorage._of(owner(memory(self)))

    def storage(self) -> TypedStorage:
        """The memory that this tensor shares with its views."""
        return TypedStorage._of(owner(memory(self)).view(self._data.dtype))

    _typed_storage = storage

    def storage_type(self) -> Any:
        """The class of the storage: `FloatStorage` of float32."""
        return OF_DTYPE[self.dtype]  # type: ignore[attr-defined]

    def get_device(self) -> int:
        """-1: the number of the CPU."""
        return -1

    def is_pinned(self) -> bool:
        """False: there is no other device to copy to."""
        return False

    def is_set_to(self, tensor: Tensor) -> bool:
        """Whether `tensor` is the same memory read in the same way."""
        a, b = memory(self), memory(tensor)
        return (a.ctypes.data, a.shape, a.strides) == (b.ctypes.data, b.shape, b.strides)

    def resize_(self, *args: Any, size: Any = None, memory_format: Any = None) -> Tensor:
        """Take another shape, in order in the same memory; in larger memory if that is too small.

        What the larger memory adds is left to chance. Raises RuntimeError if self requires grad.
        """
        if self.requires_grad and not self.is_inference():
            raise RuntimeError("cannot resize variables that require grad")
        check_inference(self)
        shape, old = sizes(args if size is None else (size,)), memory(self)
        if math.prod(shape) >= 2**63:
            raise RuntimeError("numel: integer multiplication overflow")
        if math.prod([n or 1 for n in shape]) * old.itemsize >= 2**63:
            raise too_large(shape)
        if any(n < 0 for n in shape):
            raise RuntimeError(f"Trying to create tensor with negative dimension: {list(shape)}")
        if shape == old.shape:
            return self  # type: ignore[return-value]
        self._data = resized(old, shape)
        own_counter(self).value += 1
        return self  # type: ignore[return-value]

    def resize_as_(self, tensor: Tensor, *, memory_format: Any = None) -> Tensor:
        """Take the shape of `tensor`, as `resize_` does."""
        return self.resize_(tensor.shape)

    def set_(
        self, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None
    ) -> Tensor:
        """Take the memory of `source`, a tensor or a storage; without one, be empty.

        Raises RuntimeError for memory of another dtype, or for sizes that it does not hold. Nothing
        knows the derivative: backward raises RuntimeError too.
        """
        check_writable(self, (source,))
        whole = source is None or is_storage(source)
        if not (whole or isinstance(source, Node.tensor_type)):
            raise TypeError(_NO_SOURCE.format(type(source).__name__))
        if size is None and storage_offset and not whole:
            raise TypeError(_NO_SOURCE.format("Tensor, int"))
        if storage_offset < 0:
            raise RuntimeError(f"Tensor: invalid storage offset {storage_offset}")
        tensors = [self] if whole else [self, source]
        edges = tuple(map(edge, tensors)) if state.enabled else ()
        if source is None:
            self._data = np.empty(0, self._data.dtype)
        elif is_storage(source) or size is not None:
            if is_storage(source):
                array = of_type(source, self._data.dtype, _OTHER_STORAGE)
            else:
                if not source.is_contiguous():
                    raise RuntimeError("passed in tensor to be used as storage must be contiguous")
                array = owner(memory(source)).ravel().view(self._data.dtype)
            shape = (array.size - storage_offset,) if size is None else tuple(size)
            steps = [math.prod(shape[d + 1 :]) for d in range(len(shape))]
            steps = steps if stride is None else list(stride)
            self._data = AsStridedBackward0().forward(array, shape, steps, storage_offset)
        else:
            if source.dtype is not self.dtype:  # type: ignore[attr-defined]
                raise RuntimeError(
                    "Could not set tensor of type "
                    f"{source.dtype.c_name} to a tensor of type "
                    f"{self.dtype.c_name}"  # type: ignore[attr-defined]
                )
            self._data = memory(source)
        own_counter(self).value += 1
        self._accumulator = None  # the leaf that older graphs know is another
        if any(edges):
            node = _Set()
            node.link(edges)
            set_maker(self, node)
        return self  # type: ignore[return-value]

    def new(self, *args: Any, size: Any = None) -> Tensor:
        """torch's older constructor, for this tensor's dtype."""
        args = args if size is None else tuple(size)
        return self._legacy(args, self.dtype)  # type: ignore[attr-defined]

    def new_empty_strided(self, size: Any, stride: Any, **options: Any) -> Tensor:
        """Memory of a shape with these strides, its content left to chance."""
        if len(size) != len(stride):
            raise RuntimeError(
                f"dimensionality of sizes ({len(size)}) must match dimensionality of strides "
                f"({len(stride)})"
            )
        count = 1 + sum([(n - 1) * s for n, s in zip(size, stride)]) if 0 not in size else 0
        return self.new_empty((count,), **options).as_strided(size, stride)  # type: ignore[attr-defined]

    def share_memory_(self) -> Tensor:
        """The tensor itself: minigrad has no processes to share with."""
        return self  # type: ignore[return-value]

    def apply_(self, function: Any) -> Tensor:
        """Write `function(x)` in place of each element x. Raises RuntimeError if grad is needed."""
        return _written(self, "apply_", function, [])

    def map_(self, tensor: Tensor, function: Any) -> Tensor:
        """Write `function(x, y)` in place of each element x, with y from `tensor`."""
        return _written(self, "map_", function, [tensor])

    def map2_(self, x: Tensor, y: Tensor, function: Any) -> Tensor:
        """Write `function(a, b, c)` in place of each element a, with b and c from `x` and `y`."""
        return _written(self, "map2_", function, [x, y])


def _written(tensor: Any, name: str, function: Any, others: list[Any]) -> Any:
    if any(t.requires_grad for t in (tensor, *others)):
        raise RuntimeError(
            f"Can't call {name}() on Variable that requires grad. Use "
            f"var.detach().{name}() instead."
        )
    target = memory(tensor)
    arrays = [np.broadcast_to(t._data, target.shape) for t in others]
    values = [
        _number(function(*items)) for items in zip(*[a.ravel().tolist() for a in (target, *arrays)])
    ]
    target[...] = np.asarray(values, target.dtype).reshape(target.shape)
    own_counter(tensor).value += 1
    return tensor


def _number(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError("must be real number, not str")
    return value
