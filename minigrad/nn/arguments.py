"""What the functions of layers and losses refuse, in torch's words: types, dtypes, shapes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..errors import class_name
from ..ops import loss
from ..ops.dims import broadcast_error
from ..tensor import Tensor


def tensor(function: str, value: Any, argument: str = "input", position: int = 1) -> None:
    """Raise TypeError if an argument is no tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{function}(): argument '{argument}' (position {position}) must be Tensor, "
            f"not {class_name(value)}"
        )


def floating(kernel: str, value: Tensor) -> None:
    """Raise NotImplementedError for integers, with the name that torch gives to the operation."""
    if not value.is_floating_point():
        kind = value.dtype.scalar_type
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")


def linear(input: Any, weight: Any, bias: Any) -> None:
    """Raise TypeError for what is no tensor, RuntimeError for scalars and for several dtypes."""
    tensor("linear", input)
    tensor("linear", weight, "weight", 2)
    if not (input._data.ndim and weight._data.ndim):
        raise RuntimeError(
            "both arguments to linear need to be at least 1D, but they are "
            f"{input.ndim}D and {weight.ndim}D"
        )
    if bias is not None:
        tensor("linear", bias, "bias", 3)
        for name, factor in (("self", bias), ("mat1", input)):
            if factor._data.dtype != weight._data.dtype:
                raise RuntimeError(
                    f"{name} and mat2 must have the same dtype, but got "
                    f"{factor.dtype.scalar_type} and {weight.dtype.scalar_type}"
                )


def convolution(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raise RuntimeError unless input, weight and bias have one dtype."""
    if bias is not None and bias.dtype is not input.dtype:
        raise RuntimeError(
            f"Input type ({input.dtype.c_name}) and bias type ({bias.dtype.c_name}) "
            "should be the same"
        )
    if weight.dtype is not input.dtype:
        raise _scalar_type(input.dtype, weight)


def normalization(input: Tensor, *parameters: Tensor | None) -> None:
    """Raise RuntimeError unless input and parameters have one dtype; with float16, the parameters
    may be float32."""
    given = [parameter for parameter in parameters if parameter is not None]
    if not given:
        return
    dtype = given[0].dtype
    if dtype is not input.dtype:
        if input.dtype not in (dtypes.float16, dtypes.float32):
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
        if dtype is not dtypes.float32:
            raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    for parameter in given:
        if parameter.dtype is not dtype:
            raise _scalar_type(dtype, parameter)


def classes(function: str, input: Any, target: Any, weight: Tensor | None) -> None:
    """Raise unless each row of scores (N, classes, …) has a target (N, …), and one dtype rules."""
    tensor(function, input)
    tensor(function, target, "target", 2)
    x, t = input._data, target._data
    if x.ndim == 2 and t.shape == x.shape[:1] and weight is None and t.dtype == np.int64:
        return  # as mostly
    if input.ndim < 1:
        raise ValueError(f"Expected 1 or more dimensions (got {input.ndim})")
    rows = target.shape[0] if target.ndim else 0
    if input.ndim > 1 and input.shape[0] != rows:
        raise ValueError(
            f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({rows})."
        )
    if input.ndim <= 2 and target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    wanted = [*input.shape[:1], *input.shape[2:]]
    if input.ndim not in (1, 2, 4) and list(target.shape) != wanted:
        raise RuntimeError(f"Expected target size {wanted}, got {list(target.shape)}")
    if input.ndim == 4 and target.ndim != 3:
        raise RuntimeError(
            "only batches of spatial targets supported (3D tensors) but got targets of "
            f"dimension: {target.ndim}"
        )
    if target.dtype not in (dtypes.int64, dtypes.uint8):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {target.dtype.scalar_type}"
        )
    if input.ndim == 1 and target.numel() != 1:
        raise ValueError(
            f"For 1D input, 1D target must have size 1, but got target size: {target.numel()}"
        )
    if input.ndim == 4 and list(target.shape) != wanted:
        raise RuntimeError(
            f"size mismatch (got input: {list(input.shape)} , target: {list(target.shape)}"
        )
    if weight is not None and weight.dtype is not input.dtype and input.is_floating_point():
        raise _scalar_type(input.dtype, weight)


def channels(
    input: Tensor,
    training: bool,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
) -> None:
    """Raise RuntimeError unless all have one element for each channel, and none is wanting."""
    count = input.shape[1] if input.ndim > 1 else 0
    for name, values in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if values is not None and values.numel() != count:
            raise RuntimeError(f"{name} should contain {count} elements not {values.numel()}")
        if values is None and name.startswith("running") and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")


def probabilities(input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    """Raise RuntimeError unless targets are floats and there is a weight for each class."""
    if not target.is_floating_point():
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            + target.dtype.scalar_type
        )
    if input.ndim == 0:
        raise IndexError("Dimension specified as 1 but tensor has no dimensions")
    count = input.shape[1 if input.ndim > 1 else 0]
    if weight is not None and weight.shape != (count,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {count} classes or "
            f"no classes but got weight tensor of shape: {list(weight.shape)}"
        )


def probabilities_of_two(input: Tensor, target: Tensor) -> None:
    """Raise RuntimeError for two dtypes, NotImplementedError for integers."""
    if input.dtype is not target.dtype:
        raise RuntimeError(
            f"Found dtype {target.dtype.scalar_type} but expected {input.dtype.scalar_type}"
        )
    floating("binary_cross_entropy", input)


def logits(input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None) -> None:
    """Raise for integers, and for weights that do not broadcast with the targets."""
    floating("log_sigmoid_cpu", input)
    if not target.is_floating_point():
        raise RuntimeError(
            f"result type {input.dtype.scalar_type} can't be cast to the desired output type "
            + target.dtype.scalar_type
        )
    for a, b in ((target, weight), (pos_weight, target)):
        if a is not None and b is not None:
            try:
                np.broadcast_shapes(a.shape, b.shape)
            except ValueError:
                raise broadcast_error(a.shape, b.shape) from None


def _scalar_type(expected: dtypes.dtype, found: Tensor) -> RuntimeError:
    return RuntimeError(
        f"expected scalar type {expected.scalar_type} but found {found.dtype.scalar_type}"
    )


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """`reduction`, unless one of the two older arguments for it is given."""
    if size_average is None and reduce is None:
        return reduction
    old = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{old}' instead.",
        stacklevel=3,
    )
    return old


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses of the elements, or their mean or sum. Raises ValueError for another word."""
    if reduction not in loss.REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return losses if reduction == "none" else getattr(losses, reduction)()
