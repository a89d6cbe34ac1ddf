"""Operations that move elements without changing them. Each rule moves the gradient back.

Most results are views: they share the input's memory, as numpy's and torch's views do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .dims import dimension, dimensions, infer_size
from .lift import permute, transpose, unsqueeze


class ViewBackward0(Node):
    """∂x.view(…)/∂x: the gradient in the shape of x"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, size: Sequence[int]) -> Any:
        self.self_sym_sizes = x.shape
        view = x.view()
        try:
            view.shape = infer_size(size, x.size)
        except AttributeError:
            raise RuntimeError(
                "view size is not compatible with input tensor's size and stride (at least one "
                "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
            ) from None
        return view

    def backward(self, grad: Any) -> Any:
        return grad.reshape(self.self_sym_sizes)


class UnsafeViewBackward0(ViewBackward0):
    """∂x.view(…)/∂x: the gradient in the shape of x (of a fresh result, which nobody else holds)"""


class ExpandBackward0(Node):
    """∂x.expand(…)/∂x: the sum over the copies"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, size: Sequence[int]) -> Any:
        self.self_sym_sizes = x.shape
        added = len(size) - x.ndim
        if added < 0:
            raise RuntimeError(
                f"expand({{{list(x.shape)}}}, size={list(size)}): the number of sizes provided "
                f"({len(size)}) must be greater or equal to the number of dimensions in the tensor "
                f"({x.ndim})"
            )
        full = [x.shape[i - added] if n == -1 and i >= added else n for i, n in enumerate(size)]
        for i, (n, wanted) in enumerate(zip(x.shape, full[added:])):
            if n not in (1, wanted):
                raise RuntimeError(
                    f"The expanded size of the tensor ({wanted}) must match the existing size "
                    f"({n}) at non-singleton dimension {i + added}.  Target sizes: {full}.  "
                    f"Tensor sizes: {list(x.shape)}"
                )
        # Unlike broadcast_to, this leaves the view writable if the memory is.
        return np.lib.stride_tricks.as_strided(
            x,
            full,
            (0,) * added
            + tuple([0 if n == 1 != w else s for n, w, s in zip(x.shape, full[added:], x.strides)]),
        )

    def backward(self, grad: Any) -> Any:
        shape = self.self_sym_sizes
        added = grad.ndim - len(shape)
        stretched = [added + i for i, n in enumerate(shape) if n == 1 != grad.shape[added + i]]
        axes = (*range(added), *stretched)
        return grad.sum(axis=axes, keepdims=True).reshape(shape) if axes else grad


class TBackward0(Node):
    """∂xᵀ/∂x: the gradient transposed"""

    def forward(self, x: Any) -> Any:
        if x.ndim > 2:
            raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.ndim}D")
        return x.T

    def backward(self, grad: Any) -> Any:
        return grad.T if isinstance(grad, (np.ndarray, np.generic)) else grad.t()


class TransposeBackward0(Node):
    """∂x.transpose(i, j)/∂x: the gradient with dims i and j swapped"""

    constants = ("dim0", "dim1")
    dim0: int
    dim1: int

    def forward(self, x: Any, dim0: int, dim1: int) -> Any:
        self.dim0, self.dim1 = dim0, dim1
        i, j = dimension(dim0, x.ndim), dimension(dim1, x.ndim)
        return x.swapaxes(i, j) if x.ndim else x.view()

    def backward(self, grad: Any) -> Any:
        return transpose(grad, self.dim0, self.dim1) if grad.ndim else grad


class PermuteBackward0(Node):
    """∂x.permute(…)/∂x: the gradient permuted back"""

    constants = ("dims",)
    dims: tuple[int, ...]

    def forward(self, x: Any, dims: Sequence[int]) -> Any:
        if len(dims) != x.ndim:
            raise RuntimeError(
                "permute(sparse_coo): number of dimensions in the tensor input does not match the "
                f"length of the desired ordering of dimensions i.e. input.dim() = {x.ndim} is not "
                f"equal to len(dims) = {len(dims)}"
            )
        self.dims = tuple(dims)
        order = dimensions(dims, x.ndim)
        if len(set(order)) != len(order):
            raise RuntimeError("permute(): duplicate dims are not allowed.")
        return x.transpose(order)

    def backward(self, grad: Any) -> Any:
        order = dimensions(self.dims, grad.ndim)
        return permute(grad, [order.index(d) for d in range(len(order))])


class UnsqueezeBackward0(Node):
    """∂x.unsqueeze(d)/∂x: the gradient without dim d"""

    constants = ("dim",)
    dim: int

    def forward(self, x: Any, dim: int) -> Any:
        self.dim = dimension(dim, x.ndim + 1)
        return np.expand_dims(x, self.dim)

    def backward(self, grad: Any) -> Any:
        return grad.squeeze(self.dim)


class SqueezeBackward0(Node):
    """∂x.squeeze()/∂x: the gradient with the dims of size 1 put back"""

    constants = ("self_sym_sizes",)
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        self.self_sym_sizes = x.shape
        return x.squeeze()

    def backward(self, grad: Any) -> Any:
        return grad.reshape(self.self_sym_sizes)


class SqueezeBackward1(Node):
    """∂x.squeeze(d)/∂x: the gradient with dim d put back"""

    constants = ("dim", "self_sym_sizes")
    dim: int
    self_sym_sizes: tuple[int, ...]

    def forward(self, x: Any, dim: int) -> Any:
        self.dim, self.self_sym_sizes = dim, x.shape
        axis = dimension(dim, x.ndim)
        return x.squeeze(axis) if x.ndim and x.shape[axis] == 1 else x.view()

    def backward(self, grad: Any) -> Any:
        shape = self.self_sym_sizes
        axis = dimension(self.dim, len(shape))
        return unsqueeze(grad, axis) if shape and shape[axis] == 1 else grad


class SqueezeBackward4(SqueezeBackward1):
    """∂x.squeeze(d)/∂x: the gradient with dim d put back (of a result squeezed in place)"""


class CopyBackwards(Node):
    """∂copy(x)/∂x = 1; what was overwritten gets no gradient"""

    qualifier = "torch::autograd::"

    def forward(self, target: Any, source: Any) -> Any:
        return np.broadcast_to(source, target.shape).astype(target.dtype)

    def backward(self, grad: Any) -> Any:
        to_target, to_source = self.edges
        return to_target and grad * 0, to_source and grad


class ToCopyBackward0(Node):
    """∂x.to(dtype)/∂x = 1, in the dtype of x"""

    def forward(self, x: Any, kind: dtypes.dtype) -> Any:
        self.inputs = ((x.shape, dtypes.from_numpy(x.dtype)),)
        return x.astype(kind.numpy)

    def backward(self, grad: Any) -> Any:
        return grad


class ZeroBackward0(Node):
    """∂0/∂x = 0"""

    def forward(self, x: Any) -> Any:
        return np.zeros_like(x)

    def backward(self, grad: Any) -> Any:
        return grad * 0


class FillBackward2(Node):
    """∂c/∂x = 0"""

    def forward(self, x: Any, value: Any) -> Any:
        return np.full_like(x, value)

    def backward(self, grad: Any) -> Any:
        return grad * 0


class FillBackward3(Node):
    """∂c/∂x = 0,  ∂c/∂c = Σ over the copies"""

    def forward(self, x: Any, value: Any) -> Any:
        self.inputs = tuple([(v.shape, dtypes.from_numpy(v.dtype)) for v in (x, value)])
        return np.full_like(x, value)

    def backward(self, grad: Any) -> Any:
        to_x, to_value = self.edges
        return to_x and grad * 0, to_value and grad.sum()
