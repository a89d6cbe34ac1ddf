"""Automatic differentiation: torch's public face on top of the engine."""

from importlib import import_module as _import
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from ..engine.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
)
from ..engine.saved import RawSavedTensor as SavedTensor
from ..errors import missing as _missing
from ..gradients import backward, grad
from .gradcheck import gradcheck, gradgradcheck  # at once, for its module has its name

if _TYPE_CHECKING:
    from . import anomaly_mode, function, functional, grad_mode, graph
    from .anomaly_mode import detect_anomaly, set_detect_anomaly
    from .function import Function
    from .grad_mode import is_multithreading_enabled, set_multithreading_enabled
    from .variable import Variable

__all__ = [
    "Function",
    "SavedTensor",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_multithreading_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]

_LATER = {
    "anomaly_mode": "detect_anomaly set_detect_anomaly",
    "function": "Function",
    "functional": "",
    "grad_mode": "_force_original_view_tracking is_multithreading_enabled is_view_replay_enabled "
    "set_multithreading_enabled",
    "graph": "",
    "variable": "Variable",
}
_ROOM_OF = {name: room for room, names in _LATER.items() for name in names.split()}


_absent = _missing(
    __name__,
    {
        "forward mode": "forward_ad",
        "a profiler": "kineto_available profiler profiler_legacy profiler_util",
    },
)


def __getattr__(name: str) -> _Any:
    """What is written with autograd, rather than part of it, is imported when first asked for."""
    if name in _ROOM_OF:
        found = globals()[name] = getattr(_import(f"{__name__}.{_ROOM_OF[name]}"), name)
        return found
    if name in _LATER:
        return _import(f"{__name__}.{name}")
    return _absent(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
