"""Layers and losses: objects that hold parameters, and the functions that they call."""

from ..errors import missing as _missing
from . import functional, init, modules, parameter, utils
from .modules import *  # noqa: F403
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

__all__ = [
    *modules.__all__,
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "functional",
    "init",
    "modules",
    "parameter",
    "utils",
]

__getattr__ = _missing(
    __name__, {"training on several devices": "DataParallel SyncBatchNorm parallel"}
)
