"""Products with matrices: of one input, or of two."""

from __future__ import annotations

from ..ops.linalg import AddmmBackward0, TrilinearBackward0
from ..recording import apply
from ..tensor import Tensor
from . import arguments

__all__ = ["bilinear", "linear"]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input·weightᵀ + bias, for shapes (*, in), (out, in) and (out); the result is (*, out)."""
    refused: Exception | None = None
    try:
        transposed = weight.t()
        if bias is None:
            return input.matmul(transposed)
        if input._data.ndim == 2:
            return apply(AddmmBackward0, (bias, input, transposed))
    except (AttributeError, RuntimeError, TypeError) as error:
        refused = error
    arguments.linear(input, weight, bias)
    if refused is not None:  # for a reason that is not linear's own
        raise refused
    assert bias is not None
    if input.is_contiguous():
        rows = input._view((-1, input.shape[-1]))
        return bias.addmm(rows, transposed)._view((*input.shape[:-1], weight.shape[0]))
    return input.matmul(transposed) + bias


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Σᵢⱼ input1ᵢ·weightₒᵢⱼ·input2ⱼ + biasₒ, for shapes (*, in1), (*, in2), (out, in1, in2), (out).

    Raises RuntimeError for shapes that do not fit.
    """
    if input1.ndim != input2.ndim:
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}"
        )
    for d, sizes in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if sizes[0] != sizes[1]:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {d}: got {sizes[0]} and "
                f"{sizes[1]}"
            )
    for name, given, wanted in (
        ("input1", input1, weight.shape[1]),
        ("input2", input2, weight.shape[2]),
        ("bias", bias, weight.shape[0]),
    ):
        if given is not None and given.shape[-1] != wanted:
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {given.shape[-1]} but "
                f"expected {wanted}"
            )
    rows = input1.reshape(-1, input1.shape[-1]), weight, input2.reshape(-1, input2.shape[-1])
    out = apply(TrilinearBackward0, rows).reshape(*input1.shape[:-1], weight.shape[0])
    return out if bias is None else out + bias
