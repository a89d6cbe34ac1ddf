"""Products of matrices and vectors."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node, sum_to
from .lift import batched, expand, outer, product, t, times
from .shape import ExpandBackward0

BOOL = np.dtype(bool)


def _same_dtype(a: Any, b: Any, message: str) -> None:
    if a.dtype is not b.dtype and a.dtype != b.dtype:
        names = [dtypes.from_numpy(x.dtype) for x in (a, b)]
        raise RuntimeError(message.format(*[d.scalar_type for d in names]))


def _same_matrix_dtype(a: Any, b: Any) -> None:
    if a.dtype is not b.dtype and a.dtype != b.dtype:
        a_name, b_name = (dtypes.from_numpy(x.dtype).c_name for x in (a, b))
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {a_name} != {b_name}"
        )


def _refuse_bools(name: str, *factors: Any) -> None:
    """Raise NotImplementedError for a product of bools, if there is something to multiply."""
    if all(x.dtype is BOOL and x.size for x in factors):
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")


class _Product(Node):
    """Saves a factor if the other needs a gradient; of both how they lie."""

    layout_a: Any = None  # (shape, strides, itemsize) of a factor that is not saved
    layout_b: Any = None

    def save(self, tensors: Sequence[Any]) -> None:
        edges = self.many or (self.to_x, self.to_y)
        if edges[-1] is None:
            a = tensors[-2]._data
            self.layout_a = a.shape, a.strides, a.itemsize
        if edges[-2] is None:
            b = tensors[-1]._data
            self.layout_b = b.shape, b.strides, b.itemsize
        super().save(tensors)

    def sent_a(self, grad: Any, a: Any, b: Any) -> Any:
        """grad·Bᵀ, lying in memory as A does: a leaf would copy what lies otherwise."""
        if _by_columns(a, self.layout_a):
            return t(product(b, t(grad)))
        return product(grad, t(b))

    def sent_b(self, grad: Any, a: Any, b: Any) -> Any:
        """Aᵀ·grad, lying in memory as B does."""
        if _by_columns(b, self.layout_b):
            return t(product(t(grad), a))
        return product(t(a), grad)

    def layout_of(self, which: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        layout = self.layout_b if which else self.layout_a
        if layout is None:
            array = self._kept_value(which)._data
            layout = array.shape, array.strides, array.itemsize
        shape, strides, itemsize = layout
        return shape, tuple([stride // itemsize for stride in strides])


def _by_columns(factor: Any, layout: Any) -> bool:
    """Whether a factor lies in memory column by column, as the transpose of a matrix does."""
    if type(factor) is np.ndarray:
        return not factor.flags.c_contiguous
    if factor is not None:
        layout = factor._data.shape, factor._data.strides, factor._data.itemsize
    shape, strides, itemsize = layout
    return strides == (itemsize, itemsize * shape[0])


def _how_it_lies(which: int) -> tuple[property, property]:
    """The sizes and strides of a factor, as torch's nodes name them."""
    return (
        property(lambda node: node.layout_of(which)[0]),
        property(lambda node: node.layout_of(which)[1]),
    )


class MmBackward0(_Product):
    """∂(A·B)/∂A: grad·Bᵀ,  ∂(A·B)/∂B: Aᵀ·grad"""

    saves = {"self": 0b10, "mat2": 0b01}
    _saved_self_sym_sizes, _saved_self_sym_strides = _how_it_lies(0)
    _saved_mat2_sym_sizes, _saved_mat2_sym_strides = _how_it_lies(1)

    @staticmethod
    def forward(a: Any, b: Any) -> Any:
        try:
            if a.dtype is b.dtype is not BOOL and a.ndim == b.ndim == 2:
                return a.dot(b)
        except ValueError:
            pass  # to be put in torch's words
        if a.ndim != 2 or b.ndim != 2:
            raise RuntimeError(f"{'mat2' if a.ndim == 2 else 'self'} must be a matrix")
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(
                "mat1 and mat2 shapes cannot be multiplied "
                f"({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
            )
        _same_matrix_dtype(a, b)
        _refuse_bools("addmm_impl_cpu_", a, b)
        return a.dot(b)

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        to_a, to_b = self.to_x, self.to_y
        return to_a and self.sent_a(grad, a, b), to_b and self.sent_b(grad, a, b)


class AddmmBackward0(_Product):
    """∂(β·c + α·A·B)/∂c = β,  ∂/∂A: α·grad·Bᵀ,  ∂/∂B: α·Aᵀ·grad"""

    saves = {"self": 0, "mat1": 0b100, "mat2": 0b010}
    _saved_mat1_sym_sizes, _saved_mat1_sym_strides = _how_it_lies(0)
    _saved_mat2_sym_sizes, _saved_mat2_sym_strides = _how_it_lies(1)
    constants = ("alpha", "beta")
    alpha: Any = 1
    beta: Any = 1
    bias_shape: tuple[int, ...]

    def forward(self, bias: Any, a: Any, b: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        if not (a.dtype is b.dtype is bias.dtype):
            _same_dtype(a, b, "mat1 and mat2 must have the same dtype, but got {0} and {1}")
            _same_dtype(bias, b, "self and mat2 must have the same dtype, but got {0} and {1}")
        self.bias_shape = bias.shape
        return added(self, bias, MmBackward0.forward(a, b), beta, alpha)

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        to_bias, to_a, to_b = self.many
        bias = to_bias and scaled(grad, self.beta)
        sent_a = to_a and scaled(self.sent_a(grad, a, b), self.alpha)
        sent_b = to_b and scaled(self.sent_b(grad, a, b), self.alpha)
        # The engine's own fitting looks at all three gradients: 1.9 of 19 µs, forward and backward.
        return None if bias is None else sum_to(bias, self.bias_shape), sent_a, sent_b


def scaled(grad: Any, factor: Any) -> Any:
    """The gradient times a factor, which mostly is 1."""
    return grad if factor == 1 else times(grad, factor)


def added(
    node: Any, bias: Any, product: Any, beta: Any, alpha: Any, factors: tuple[Any, ...] = ()
) -> Any:
    """β·bias + α·product. The bias broadcasts to the product, never the product to the bias."""
    if bias.shape != product.shape:
        if factors:
            node.fit_to(bias, *factors)
        if bias.shape != product.shape[1:]:
            bias = ExpandBackward0().forward(bias, product.shape)
    if alpha != 1:
        node.alpha = alpha
        product = product * product.dtype.type(alpha)
    if beta != 1:
        node.beta = beta
        if beta == 0:  # whatever stands there, even nan, counts for nothing
            return product
        bias = bias * bias.dtype.type(beta)
    product += bias
    return product


class MvBackward0(Node):
    """∂(A·v)/∂A: grad·vᵀ,  ∂(A·v)/∂v: Aᵀ·grad"""

    saves = {"self": 0b10, "vec": 0b01}

    @staticmethod
    def forward(a: Any, v: Any) -> Any:
        if a.ndim != 2 or v.ndim != 1:
            raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {v.ndim}")
        if a.shape[1] != v.shape[0]:
            raise RuntimeError(
                f"size mismatch, got input ({a.shape[0]}), mat ({a.shape[0]}x{a.shape[1]}), "
                f"vec ({v.shape[0]})"
            )
        _same_dtype(a, v, "addmv input tensors must have the same dtype, but got {1}, {0}, and {1}")
        _refuse_bools("addmv_impl_cpu", a, v)
        return a @ v

    def backward(self, grad: Any, a: Any, v: Any) -> Any:
        to_a, to_v = self.to_x, self.to_y
        return to_a and outer(grad, v), to_v and t(a) @ grad


class DotBackward0(Node):
    """∂(x·y)/∂x = y,  ∂(x·y)/∂y = x"""

    saves = {"self": 0b10, "tensor": 0b01}

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        if x.ndim != 1 or y.ndim != 1:
            raise RuntimeError(f"1D tensors expected, but got {x.ndim}D and {y.ndim}D tensors")
        _same_dtype(x, y, "dot : expected both vectors to have same dtype, but found {} and {}")
        if x.shape != y.shape:
            raise RuntimeError(
                f"inconsistent tensor size, expected tensor [{x.size}] and src [{y.size}] to have "
                f"the same number of elements, but got {x.size} and {y.size} elements respectively"
            )
        if x.dtype is BOOL:
            raise NotImplementedError("\"dot\" not implemented for 'Bool'")
        return np.dot(x, y)

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_x, to_y = self.to_x, self.to_y
        return to_x and grad * y, to_y and grad * x


class BmmBackward0(Node):
    """∂(A·B)/∂A: grad·Bᵀ,  ∂(A·B)/∂B: Aᵀ·grad, for each matrix of the batch"""

    saves = {"self": 0b10, "mat2": 0b01}

    @staticmethod
    def forward(a: Any, b: Any) -> Any:
        for name, x in (("batch1", a), ("batch2", b)):
            if x.ndim != 3:
                raise RuntimeError(f"{name} must be a 3D tensor")
        if a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
            raise RuntimeError(
                f"Expected size for first two dimensions of batch2 tensor to be: "
                f"[{a.shape[0]}, {a.shape[2]}] but got: [{b.shape[0]}, {b.shape[1]}]."
            )
        _same_dtype(a, b, "expected scalar type {0} but found {1}")
        _refuse_bools("bmm", a, b)
        return a @ b

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        to_a, to_b = self.to_x, self.to_y
        if to_b:
            turned = type(b) is np.ndarray and not b.flags.c_contiguous
            # Lying in memory as B does: a leaf, of which B is the transpose, need not copy it.
            to_b = (grad.mT @ a).mT if turned else batched(a.mT, grad)
        return to_a and batched(grad, b.mT), to_b


class BaddbmmBackward0(Node):
    """∂(β·c + α·A·B)/∂c = β,  ∂/∂A: α·grad·Bᵀ,  ∂/∂B: α·Aᵀ·grad, for each matrix of the batch"""

    saves = {"self": 0, "batch1": 0b100, "batch2": 0b010}
    constants = ("alpha", "beta")
    alpha: Any = 1
    beta: Any = 1

    def forward(self, bias: Any, a: Any, b: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        if not bias.dtype == a.dtype == b.dtype:
            kinds = [dtypes.from_numpy(x.dtype).c_name for x in (bias, a, b)]
            raise RuntimeError(
                "Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}".format(
                    *kinds
                )
            )
        return added(self, bias, BmmBackward0.forward(a, b), beta, alpha, (a, b))

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        to_bias, to_a, to_b = self.edges
        return (
            to_bias and scaled(grad, self.beta),
            to_a and scaled(batched(grad, b.mT), self.alpha),
            to_b and scaled(batched(a.mT, grad), self.alpha),
        )


class AddbmmBackward0(BaddbmmBackward0):
    """∂(β·c + α·ΣA·B)/∂c = β,  ∂/∂A: α·grad·Bᵀ,  ∂/∂B: α·Aᵀ·grad, for each matrix of the batch"""

    def forward(self, bias: Any, a: Any, b: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        if not bias.dtype == a.dtype == b.dtype:
            kinds = [dtypes.from_numpy(x.dtype).c_name for x in (bias, a, b)]
            raise RuntimeError(
                "Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}".format(
                    *kinds
                )
            )
        product = BmmBackward0.forward(a, b).sum(0, dtype=a.dtype)
        return added(self, bias, product, beta, alpha, (a, b))

    def backward(self, grad: Any, a: Any, b: Any) -> Any:
        each = expand(grad, (a.shape[0], *grad.shape))
        to_bias = self.edges[0] and scaled(grad, self.beta)
        return to_bias, *super().backward(each, a, b)[1:]


class AddmvBackward0(Node):
    """∂(β·c + α·A·v)/∂c = β,  ∂/∂A: α·grad·vᵀ,  ∂/∂v: α·Aᵀ·grad"""

    saves = {"self": 0, "mat": 0b100, "vec": 0b010}
    constants = ("alpha", "beta")
    alpha: Any = 1
    beta: Any = 1

    def forward(self, bias: Any, a: Any, v: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        if not bias.dtype == a.dtype == v.dtype:
            kinds = [dtypes.from_numpy(x.dtype).scalar_type for x in (bias, a, v)]
            raise RuntimeError(
                "addmv input tensors must have the same dtype, but got {}, {}, and {}".format(
                    *kinds
                )
            )
        return added(self, bias, MvBackward0.forward(a, v), beta, alpha, (a, v))

    def backward(self, grad: Any, a: Any, v: Any) -> Any:
        to_bias, to_a, to_v = self.edges
        return (
            to_bias and scaled(grad, self.beta),
            to_a and scaled(outer(grad, v), self.alpha),
            to_v and scaled(t(a) @ grad, self.alpha),
        )


class VdotBackward0(DotBackward0):
    """∂(x·y)/∂x = y,  ∂(x·y)/∂y = x"""

    saves = {"self": 0b10, "other": 0b01}


class AddrBackward0(Node):
    """∂(β·c + α·x·yᵀ)/∂c = β,  ∂/∂x: α·grad·y,  ∂/∂y: α·gradᵀ·x"""

    saves = {"self": 0, "vec1": 0b100, "vec2": 0b010}
    constants = ("alpha", "beta")
    alpha: Any = 1
    beta: Any = 1

    def forward(self, bias: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        kinds = [dtypes.from_numpy(t.dtype) for t in (bias, x, y)]
        kind = functools.reduce(dtypes.promote_types, kinds)
        for name, factor in (("beta", beta), ("alpha", alpha)):
            if isinstance(factor, bool) and kind is not dtypes.bool:
                raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
            if isinstance(factor, float) and not kind.is_floating_point:
                raise RuntimeError(
                    f"For integral input tensors, argument {name} must not be a floating point "
                    "number."
                )
        c, a, b = (t.astype(kind.numpy, copy=False) for t in (bias, x, y))
        out = added(self, c, np.outer(a, b), beta, alpha, (x, y))
        if len(set(kinds)) > 1:
            self.fit_to(bias, x, y)
        return out

    def backward(self, grad: Any, x: Any, y: Any) -> Any:
        to_bias, to_x, to_y = self.edges
        return (
            to_bias and scaled(grad, self.beta),
            to_x and scaled(grad @ y, self.alpha),
            to_y and scaled(grad.T @ x, self.alpha),
        )


class TrilinearBackward0(Node):
    """∂Σx·w·y/∂x = Σ grad·w·y, and so for each: the gradient times the other two, summed"""

    saves = {"i1": 0b110, "i2": 0b101, "i3": 0b011}
    constants = ("expand1", "expand2", "expand3", "sumdim")
    expand1, expand2, expand3, sumdim = (1, 3), (0,), (1, 2), (2, 3)

    def forward(self, x: Any, w: Any, y: Any) -> Any:
        return np.einsum("bi,oij,bj->bo", x, w, y, optimize=True)

    def backward(self, grad: Any, x: Any = None, w: Any = None, y: Any = None) -> Any:
        to_x, to_w, to_y = self.edges
        grad = grad.reshape(*grad.shape, 1, 1)
        x = None if x is None else x.reshape(x.shape[0], 1, x.shape[1], 1)
        y = None if y is None else y.reshape(y.shape[0], 1, 1, y.shape[1])
        return (
            to_x and (grad * w * y).sum((1, 3)),
            to_w and (grad * x * y).sum(0),
            to_y and (grad * x * w).sum((1, 2)),
        )
