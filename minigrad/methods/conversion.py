"""Methods that copy, fill, and convert; and new tensors in the image of this one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..backends import fresh
from ..checked import overloads
from ..device import device
from ..engine.node import Node
from ..inplace import in_place
from ..ops import shape
from ..ops.dims import sizes
from ..recording import memory, method, wrap
from ..storage import in_order

if TYPE_CHECKING:
    from ..tensor import Tensor

_bool, _int, _float, _type = bool, int, float, type
_NUMBERS = (bool, int, float, np.generic)
_NO_DEVICE = "minigrad computes on the CPU only"

_OPTIONS = "*, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False"


class Conversion:
    """Copies, dtypes, fills. The names float, int, bool are dtypes' here, as in torch."""

    _data: Any

    _copy = method(shape.CopyBackwards, tensors=2)
    _to_copy = method(shape.ToCopyBackward0)
    _fill_number = in_place(method(shape.FillBackward2), repeats=True)
    _fill_tensor = in_place(method(shape.FillBackward3, tensors=2), repeats=True, within=True)
    zero_ = in_place(method(shape.ZeroBackward0), repeats=True)

    def clone(self, *, memory_format: Any = None) -> Tensor:
        """A copy; gradients flow through it."""
        return self._clone(in_order(memory_format))

    _clone = method(shape.CloneBackward0)
    _copy_ = in_place(_copy)

    @overloads("other: Operand, non_blocking=False")
    def copy_(self, src: Tensor, non_blocking: Any = False) -> Tensor:
        """Write the elements of `src`, a tensor or a number, which broadcasts and is converted."""
        if not isinstance(src, Node.tensor_type):
            if not isinstance(src, _NUMBERS):
                raise TypeError("neither a tensor nor a number")
            src = wrap(np.asarray(src))
        return self._copy_(src)

    @overloads("value: Tensor", "value: Number")
    def fill_(self, value: Any) -> Tensor:
        """Write `value`, a number or a 0-d tensor, to every element."""
        if not isinstance(value, Node.tensor_type):
            if not isinstance(value, _NUMBERS):
                raise TypeError("neither a tensor nor a number")
            return self._fill_number(value)
        if value.ndim:
            raise RuntimeError(
                "fill_ only supports 0-dimension value tensor but got tensor with "
                f"{value.ndim} dimensions."
            )
        return self._fill_tensor(value)

    def contiguous(self, *, memory_format: Any = None) -> Tensor:
        """The tensor itself if its elements lie in order in memory, else a copy."""
        return self if memory(self).flags.c_contiguous else self._clone(True)

    # -- dtypes -----------------------------------------------------------------------------------

    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """The tensor in another dtype, or in that of another tensor; itself if it has it already.

        With ``copy=True`` always a copy. There is one device, "cpu".
        """
        kind, copy = kwargs.get("dtype"), kwargs.get("copy", False)
        flags = [arg for arg in args if isinstance(arg, _bool)]  # non_blocking, copy
        copy = flags[1] if len(flags) > 1 else copy
        for arg in (*args, kwargs.get("device"), kwargs.get("other")):
            if isinstance(arg, dtypes.dtype):
                kind = arg
            elif isinstance(arg, Node.tensor_type):
                kind = arg.dtype
            elif isinstance(arg, _type):
                kind = arg
            elif isinstance(arg, (str, device)) and device(arg).type != "cpu":
                raise NotImplementedError(_NO_DEVICE)
        kind = dtypes.PYTHON_TYPES.get(kind, kind)
        if (kind is None or kind is self.dtype) and not copy:
            return self
        return self._to_copy(kind or self.dtype)

    def type(self, dtype: Any = None) -> Any:
        """The tensor type's name, ``"torch.FloatTensor"``; or the tensor in the dtype given."""
        if dtype is None:
            return f"minigrad.{self.dtype.scalar_type}Tensor"
        if isinstance(dtype, str):
            wanted = dtype.rpartition(".")[2].removesuffix("Tensor")
            found = [d for d in dtypes.ALL if d.scalar_type == wanted]
            if not found:
                raise ValueError(f"invalid type: '{dtype}'")
            dtype = found[0]
        elif dtype is Node.tensor_type:
            dtype = dtypes.get_default_dtype()
        elif getattr(dtype, "__name__", "").endswith("Tensor"):
            return self.type(f"minigrad.{dtype.__name__}")
        return self.to(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """The tensor in the dtype of `other`."""
        return self.to(other.dtype)

    def cpu(self) -> Tensor:
        """The tensor itself: there is no other device."""
        return self

    def cuda(self, device: Any = None) -> Tensor:
        """Raises NotImplementedError: there is no other device than the CPU."""
        raise NotImplementedError(_NO_DEVICE)

    def half(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as float16."""
        return self.to(dtypes.float16)

    def float(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as float32."""
        return self.to(dtypes.float32)

    def double(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as float64."""
        return self.to(dtypes.float64)

    def byte(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as uint8."""
        return self.to(dtypes.uint8)

    def char(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int8."""
        return self.to(dtypes.int8)

    def short(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int16."""
        return self.to(dtypes.int16)

    def int(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int32."""
        return self.to(dtypes.int32)

    def long(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int64."""
        return self.to(dtypes.int64)

    def bool(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as bool: whether an element is not 0."""
        return self.to(dtypes.bool)

    def conj(self) -> Tensor:
        """The tensor itself, as there are no complex numbers; so too the methods below."""
        return self  # type: ignore[return-value]

    conj_physical = conj_physical_ = resolve_conj = resolve_neg = conj

    @property
    def real(self) -> Tensor:
        """The tensor itself: it is real."""
        return self  # type: ignore[return-value]

    @property
    def imag(self) -> Tensor:
        """Raises RuntimeError: only complex numbers have an imaginary part."""
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")

    def isreal(self) -> Tensor:
        """True everywhere."""
        return wrap(np.ones(self._data.shape, np.bool_))

    def is_conj(self) -> Any:
        """False: no tensor is complex."""
        return False

    is_neg = is_conj

    # -- new tensors, in this one's dtype unless another is given ---------------------------------

    @overloads(f"size: Sequence[int], {_OPTIONS}")
    def new_zeros(self, *args: Any, size: Any = None, **options: Any) -> Tensor:
        """Zeros of a shape."""
        return self._new(np.zeros(sizes(args or (size,))), **options)

    @overloads(f"size: Sequence[int], {_OPTIONS}")
    def new_ones(self, *args: Any, size: Any = None, **options: Any) -> Tensor:
        """Ones of a shape."""
        return self._new(np.ones(sizes(args or (size,))), **options)

    @overloads(f"size: Sequence[int], {_OPTIONS}")
    def new_empty(self, *args: Any, size: Any = None, **options: Any) -> Tensor:
        """Memory of a shape, its content left to chance."""
        kind = options.pop("dtype", None) or self.dtype
        return self._new(fresh(sizes(args or (size,)), kind.numpy), dtype=kind, **options)

    @overloads(f"size: Sequence[int], fill_value: Number, {_OPTIONS}")
    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Tensor:
        """One value in a shape."""
        kind = options.get("dtype") or self.dtype  # type: ignore[attr-defined]
        return self._new(np.full(sizes((size,)), dtypes.to_number(fill_value, kind)), **options)

    @overloads("data: Any, *, dtype=None, device=None, requires_grad=False")
    def new_tensor(self, data: Any, **options: Any) -> Tensor:
        """A copy of `data`."""
        if isinstance(data, Node.tensor_type):
            warnings.warn(
                "To copy construct from a tensor, it is recommended to use "
                "sourceTensor.detach().clone() or "
                "sourceTensor.detach().clone().requires_grad_(True), rather than "
                "tensor.new_tensor(sourceTensor).",
                UserWarning,
                stacklevel=3,
            )
            data = data._data
        return self._new(np.array(data), **options)

    def _new(
        self,
        array: np.ndarray,
        dtype: Any = None,
        device: Any = None,
        requires_grad: Any = False,
        layout: Any = None,
        pin_memory: Any = False,
    ) -> Tensor:
        kind = self.dtype if dtype is None else dtypes.PYTHON_TYPES.get(dtype, dtype)
        if requires_grad and not kind.is_floating_point:
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients"
            )
        return wrap(array.astype(kind.numpy)).requires_grad_(requires_grad)
