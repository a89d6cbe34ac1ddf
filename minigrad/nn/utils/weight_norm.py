"""Weight normalization: the length and the direction of weights as parameters of their own."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

from ...ops.blocks import WeightNormInterfaceBackward0
from ...recording import apply
from ...tensor import Tensor
from ..modules.module import Module
from ..parameter import Parameter, is_lazy

M = TypeVar("M", bound=Module)


def length(v: Tensor, dim: int) -> Tensor:
    """The lengths of the parts of `v` along `dim`, or with -1 that of the whole."""
    if dim == -1:
        return v.norm()
    return v.norm(2, [d for d in range(v.ndim) if d != dim], keepdim=True)


def scaled(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """`v` with the lengths `g`."""
    if dim in (0, v.ndim - 1):
        return apply(WeightNormInterfaceBackward0, (v, g), dim)
    return v * (g / length(v, dim))


class WeightNorm:
    """Before each forward, the weight is made anew of its length and direction."""

    def __init__(self, name: str, dim: int) -> None:
        self.name, self.dim = name, dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight: g·v/‖v‖."""
        return scaled(
            getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim
        )

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        for name in (self.name, self.name + "_g", self.name + "_v"):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight.data))


def weight_norm(module: M, name: str = "weight", dim: int = 0) -> M:
    """Replace a parameter by its length `name`_g along `dim` and its direction `name`_v.

    Deprecated in favour of `parametrizations.weight_norm`. Raises RuntimeError if it was replaced
    already, ValueError if it has no shape yet.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of "
        "`torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if hook_of(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, -1 if dim is None else dim)
    weight = getattr(module, name)
    if is_lazy(weight):
        raise ValueError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to "
            "run the dummy forward before applying weight normalization"
        )
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(length(weight.data, hook.dim)))
    module.register_parameter(name + "_v", Parameter(weight.data))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Undo `weight_norm`. Raises ValueError if there was none."""
    return remove(module, WeightNorm, name, "weight_norm")


def hook_of(module: Module, kind: type, name: str) -> int | None:
    """The number of the forward pre-hook of a kind that makes the parameter of a name."""
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook.call, kind) and hook.call.name == name:  # type: ignore[attr-defined]
            return number
    return None


def remove(module: M, kind: type, name: str, called: str) -> M:
    """Take such a hook away, and make the weight a parameter again."""
    number = hook_of(module, kind, name)
    if number is None:
        raise ValueError(f"{called} of '{name}' not found in {module}")
    hooks: Any = module._forward_pre_hooks
    hooks.pop(number).call.remove(module)
    return module
