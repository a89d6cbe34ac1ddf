"""Methods that move elements, copy them, or convert them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from ..inplace import in_place
from ..ops import shape
from ..ops.dims import sizes
from ..recording import method, wrap
from ..views import view as view_of

if TYPE_CHECKING:
    from ..tensor import Tensor


class Shape:
    """Views, copies, dtypes."""

    _data: Any

    _view = view_of(shape.ViewBackward0)
    _expand = view_of(shape.ExpandBackward0)
    _permute = view_of(shape.PermuteBackward0)
    _squeeze_all = view_of(shape.SqueezeBackward0)
    _squeeze_dim = view_of(shape.SqueezeBackward1)
    _squeeze_result = method(shape.SqueezeBackward4)
    _unsafe_view = method(shape.UnsafeViewBackward0)
    t = view_of(shape.TBackward0)
    transpose = swapaxes = swapdims = view_of(shape.TransposeBackward0)
    unsqueeze = view_of(shape.UnsqueezeBackward0)

    def view(self, *size: Any) -> Tensor:
        """The same elements in another shape, on the same memory; one size may be -1."""
        return self._view(sizes(size))

    def view_as(self, other: Tensor) -> Tensor:
        """The same elements in the shape of `other`, on the same memory."""
        return self._view(other.shape)

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape: a view if the memory allows it, else a copy."""
        size = sizes(shape)
        try:
            return self._view(size)
        except RuntimeError as error:
            if "not compatible" not in str(error):
                raise
            return self.clone()._unsafe_view(size)

    def expand(self, *size: Any) -> Tensor:
        """A view in which dimensions of size 1 are repeated; -1 keeps a size."""
        return self._expand(sizes(size))

    def expand_as(self, other: Tensor) -> Tensor:
        """A view in the shape of `other`, in which dimensions of size 1 are repeated."""
        return self._expand(other.shape)

    broadcast_to = expand

    def permute(self, *dims: Any) -> Tensor:
        """A view with the dimensions in another order."""
        return self._permute(sizes(dims))

    def squeeze(self, dim: int | None = None) -> Tensor:
        """A view without the dimensions of size 1, or without `dim` if its size is 1."""
        return self._squeeze_all() if dim is None else self._squeeze_dim(dim)

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order."""
        return self._permute(tuple(range(self._data.ndim))[::-1])

    @property
    def mT(self) -> Tensor:
        """The last two dimensions swapped."""
        return self.transpose(-2, -1)

    def contiguous(self) -> Tensor:
        """The tensor itself if its elements lie in order in memory, else a copy."""
        return self if self.is_contiguous() else self.clone()

    def flatten(self) -> Tensor:
        """The elements in one dimension."""
        return self.reshape(-1)

    _copy = method(shape.CopyBackwards, tensors=2)
    copy_ = in_place(_copy)
    zero_ = in_place(method(shape.ZeroBackward0))
    _fill_number = in_place(method(shape.FillBackward2))
    _fill_tensor = in_place(method(shape.FillBackward3, tensors=2))
    _to_copy = method(shape.ToCopyBackward0)

    def new_zeros(self, *size: Any) -> Tensor:
        """Zeros of a shape, in this tensor's dtype."""
        return wrap(np.zeros(sizes(size), self._data.dtype))

    def fill_(self, value: Any) -> Tensor:
        """Write `value`, a number or a 0-d tensor, to every element."""
        if not isinstance(value, Node.tensor_type):
            return self._fill_number(value)
        if value.ndim:
            raise RuntimeError(
                "fill_ only supports 0-dimension value tensor but got tensor with "
                f"{value.ndim} dimensions."
            )
        return self._fill_tensor(value)

    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """The tensor in another dtype (itself if it has it already). There is one device: cpu."""
        kind = kwargs.get("dtype") or next((a for a in args if isinstance(a, dtypes.dtype)), None)
        if kind is None or kind is self.dtype:
            return self
        return self._to_copy(kind)

    def float(self) -> Tensor:
        """The tensor as float32."""
        return self.to(dtypes.float32)

    def double(self) -> Tensor:
        """The tensor as float64."""
        return self.to(dtypes.float64)

    def long(self) -> Tensor:
        """The tensor as int64."""
        return self.to(dtypes.int64)

    def int(self) -> Tensor:
        """The tensor as int32."""
        return self.to(dtypes.int32)

    def type(self) -> str:
        """The tensor type's name, e.g. ``"torch.FloatTensor"``."""
        return f"minigrad.{self.dtype.scalar_type}Tensor"
