"""Padding layers: elements before and after, which are a constant or the tensor's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...tensor import Tensor
from .. import functional as F
from .module import Module


class _Pad(Module):
    """`padding` elements before and after each of the last dims: one number for all, or a pair for
    each dim, the last dim first. Negative numbers cut."""

    ndim: int
    mode: str

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        pads = [padding] * (2 * self.ndim) if isinstance(padding, int) else padding
        self.padding = tuple(pads)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """With `value` around it."""

    mode = "constant"

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPad(_Pad):
    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        return super().forward(input)

    def _check_input_dim(self, input: Tensor) -> None:
        dims = self.ndim + 1, self.ndim + 2
        if input.dim() not in dims:
            raise ValueError(f"expected {dims[0]}D or {dims[1]}D input (got {input.dim()}D input)")


class _ReflectionPad(_Pad):
    mode = "reflect"


class _ReplicationPad(_Pad):
    mode = "replicate"


def _ranks(kind: type[_Pad], what: str) -> list[Any]:
    """The layers of one kind for rows, planes and rooms."""
    name = kind.__name__[1:]
    return [
        type(
            f"{name}{n}d",
            (kind,),
            {
                "ndim": n,
                "__doc__": f"{what} around {shapes}. {_Pad.__doc__}",
                "__module__": __name__,
            },
        )
        for n, shapes in enumerate(("(N, C, L)", "(N, C, H, W)", "(N, C, D, H, W)"), 1)
    ]


ConstantPad1d, ConstantPad2d, ConstantPad3d = _ranks(_ConstantPad, "A constant")
ZeroPad1d, ZeroPad2d, ZeroPad3d = _ranks(_ZeroPad, "Zeros")
CircularPad1d, CircularPad2d, CircularPad3d = _ranks(_CircularPad, "What stands at the other end")
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = _ranks(_ReflectionPad, "A mirror image")
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = _ranks(_ReplicationPad, "The last element")
