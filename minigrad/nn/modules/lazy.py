"""Layers that take the number of their inputs from the first input that they see."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...engine.grad_mode import no_grad
from ...tensor import Tensor
from ..parameter import UninitializedBuffer, UninitializedParameter, is_lazy
from . import batchnorm, conv, instancenorm, linear
from .module import Module


class LazyModuleMixin(Module):
    """A module with parameters whose shapes are known when it is first called.

    The first call runs `initialize_parameters` with its input, and then makes the module an
    instance of `cls_to_become`. The layers below give the name of the size that they wait for.
    Raises RuntimeError if parameters are left without a shape then.
    """

    cls_to_become: type[Module] | None = None
    _waits_for: str
    _options: tuple[tuple[Any, ...], dict[str, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if hasattr(self, "_waits_for"):
            super().__init__(0, *args, **kwargs)
            self._options = args, kwargs
            for name, values in self._parameters.items():
                if values is not None:
                    self._parameters[name] = UninitializedParameter(dtype=values.dtype)
            for name, values in self._buffers.items():
                if values is not None and values.ndim:
                    self._buffers[name] = UninitializedBuffer(dtype=values.dtype)
        else:
            super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(_initialize, with_kwargs=True)

    def reset_parameters(self) -> None:
        """Begin again with random weights, as soon as there are any."""
        if getattr(self, self._waits_for):
            super().reset_parameters()  # type: ignore[misc]

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer has no shape yet."""
        return any(map(is_lazy, (*self._parameters.values(), *self._buffers.values())))

    def _size(self, input: Tensor) -> int:
        return input.shape[1]

    def initialize_parameters(self, input: Tensor, *_: Any, **__: Any) -> None:
        """Give the parameters their shapes, which `input` decides, and their values."""
        assert self.cls_to_become is not None
        args, kwargs = vars(self).pop("_options")
        size = self._size(input)
        if self.has_uninitialized_params():
            whole = self.cls_to_become(size, *args, **kwargs)
            with no_grad():
                for name, values in (whole._parameters | whole._buffers).items():
                    if is_lazy(mine := getattr(self, name)):
                        mine.materialize(values.shape)
                        mine.copy_(values)
        setattr(self, self._waits_for, size)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        for name, values in (self._parameters | self._buffers).items():
            saved = state_dict.get(prefix + name)
            if is_lazy(values) and saved is not None and not is_lazy(saved):
                values.materialize(saved.shape)
        super()._load_from_state_dict(state_dict, prefix, *args)


def _initialize(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
    module._initialize_hook.remove()
    del module._initialize_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


class LazyLinear(LazyModuleMixin, linear.Linear):
    """A Linear(in_features, …) that is made without `in_features`."""

    cls_to_become = linear.Linear
    _waits_for = "in_features"

    def _size(self, input: Tensor) -> int:
        return input.shape[-1]


class _LazyConv(LazyModuleMixin):
    _waits_for = "in_channels"
    ndim: int

    def _size(self, input: Tensor) -> int:
        n = self.ndim + 1
        if input.dim() not in (n, n + 1):
            raise RuntimeError(
                f"Expected {n}D (unbatched) or {n + 1}D (batched) input to {self._get_name()}, but "
                f"got input of size: {input.shape}"
            )
        return input.shape[-n]


class LazyConv1d(_LazyConv, conv.Conv1d):
    """A Conv1d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.Conv1d


class LazyConv2d(_LazyConv, conv.Conv2d):
    """A Conv2d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.Conv2d


class LazyConv3d(_LazyConv, conv.Conv3d):
    """A Conv3d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.Conv3d


class LazyConvTranspose1d(_LazyConv, conv.ConvTranspose1d):
    """A ConvTranspose1d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, conv.ConvTranspose2d):
    """A ConvTranspose2d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, conv.ConvTranspose3d):
    """A ConvTranspose3d(in_channels, …) that is made without `in_channels`."""

    cls_to_become = conv.ConvTranspose3d


class _LazyNorm(LazyModuleMixin):
    _waits_for = "num_features"

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)


class LazyBatchNorm1d(_LazyNorm, batchnorm.BatchNorm1d):
    """A BatchNorm1d(num_features, …) that is made without `num_features`."""

    cls_to_become = batchnorm.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, batchnorm.BatchNorm2d):
    """A BatchNorm2d(num_features, …) that is made without `num_features`."""

    cls_to_become = batchnorm.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, batchnorm.BatchNorm3d):
    """A BatchNorm3d(num_features, …) that is made without `num_features`."""

    cls_to_become = batchnorm.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, instancenorm.InstanceNorm1d):
    """An InstanceNorm1d(num_features, …) that is made without `num_features`."""

    cls_to_become = instancenorm.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, instancenorm.InstanceNorm2d):
    """An InstanceNorm2d(num_features, …) that is made without `num_features`."""

    cls_to_become = instancenorm.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, instancenorm.InstanceNorm3d):
    """An InstanceNorm3d(num_features, …) that is made without `num_features`."""

    cls_to_become = instancenorm.InstanceNorm3d
