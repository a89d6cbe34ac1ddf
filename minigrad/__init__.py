"""minigrad: autograd you can see. A small engine on numpy that speaks PyTorch.

``import minigrad as torch`` runs ordinary autograd code unchanged and prints the same text.
"""

from importlib import import_module as _import
from math import e, inf, nan, pi
from types import FunctionType as _Function
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from . import autograd, creation, dtypes
from . import namesake as namesake
from .checked import told as _told
from .creation import *  # noqa: F403
from .device import device, get_default_device, set_default_device
from .dtypes import *  # noqa: F403
from .engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .errors import is_warn_always_enabled, set_warn_always
from .errors import missing as _missing
from .printing import set_printoptions
from .random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .size import Size
from .storage import (
    BoolStorage,
    ByteStorage,
    CharStorage,
    DoubleStorage,
    FloatStorage,
    HalfStorage,
    IntStorage,
    LongStorage,
    ShortStorage,
    TypedStorage,
    UntypedStorage,
    contiguous_format,
    is_storage,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from .tensor import Tensor

if _TYPE_CHECKING:
    from . import (
        accelerator,
        backends,
        composites,
        cuda,
        distributions,
        functions,
        linalg,
        nn,
        optim,
        special,
        utils,
    )
    from .autograd.anomaly_mode import (
        is_anomaly_check_nan_enabled,
        is_anomaly_enabled,
        set_anomaly_enabled,
    )
    from .backends import *  # noqa: F403
    from .composites import *  # noqa: F403
    from .functions import *  # noqa: F403
    from .nn.functional import (
        avg_pool1d,
        celu,
        conv1d,
        conv2d,
        conv_transpose1d,
        conv_transpose2d,
        cosine_similarity,
        group_norm,
        max_pool1d,
        max_pool2d,
        pairwise_distance,
        pixel_shuffle,
        selu,
        threshold,
    )
    from .serialization import load, save

newaxis = None

__all__ = [
    "BoolStorage",
    "ByteStorage",
    "CharStorage",
    "DoubleStorage",
    "FloatStorage",
    "Generator",
    "HalfStorage",
    "IntStorage",
    "LongStorage",
    "ShortStorage",
    "Size",
    "Tensor",
    "TypedStorage",
    "UntypedStorage",
    "accelerator",
    "autograd",
    "avg_pool1d",
    "backends",
    "celu",
    "contiguous_format",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cosine_similarity",
    "cuda",
    "default_generator",
    "device",
    "distributions",
    "e",
    "enable_grad",
    "get_default_device",
    "get_rng_state",
    "group_norm",
    "inf",
    "inference_mode",
    "initial_seed",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_storage",
    "is_warn_always_enabled",
    "layout",
    "linalg",
    "load",
    "manual_seed",
    "max_pool1d",
    "max_pool2d",
    "memory_format",
    "nan",
    "newaxis",
    "nn",
    "no_grad",
    "optim",
    "pairwise_distance",
    "pi",
    "pixel_shuffle",
    "preserve_format",
    "save",
    "seed",
    "selu",
    "set_anomaly_enabled",
    "set_default_device",
    "set_grad_enabled",
    "set_printoptions",
    "set_rng_state",
    "set_warn_always",
    "special",
    "strided",
    "threshold",
    "utils",
]
__all__ += creation.__all__
__all__ += dtypes.__all__
if _TYPE_CHECKING:
    __all__ += backends.__all__
    __all__ += composites.__all__
    __all__ += functions.__all__
else:  # `__getattr__` below gives all of them, since to name them loads where they are
    _named_here = __all__
    del __all__

_absent = _missing(
    __name__,
    {
        "complex numbers": "chalf cdouble cfloat complex complex32 complex64 complex128 conj "
        "polar view_as_complex view_as_real",
        "bfloat16 and the dtypes of 8 bits": "bfloat16 BFloat16Tensor float8_e4m3fn float8_e5m2",
        "sparse tensors": "layout sparse sparse_coo sparse_coo_tensor sparse_csr sparse_csr_tensor",
        "vmap and the transforms of functions": "func vmap",
        "operations below autograd, and what overrides them": "library overrides",
        "a profiler": "profiler",
        "graphs compiled ahead": "_dynamo compile compiler export fx jit",
        "training on several machines": "distributed multiprocessing",
        "other devices than the CPU": "mps xpu Event Stream",
        "autocast": "amp autocast get_autocast_dtype is_autocast_enabled",
        "quantized numbers": "ao quantization quantize_per_tensor",
    },
)

_ROOMS = frozenset(
    "accelerator backends composites cuda distributions functions linalg nn optim return_types "
    "serialization special utils".split()
)
_LATER = {
    "autograd.anomaly_mode": "is_anomaly_check_nan_enabled is_anomaly_enabled set_anomaly_enabled",
    "nn.functional": "avg_pool1d celu conv1d conv2d conv_transpose1d conv_transpose2d "
    "cosine_similarity group_norm max_pool1d max_pool2d pairwise_distance pixel_shuffle selu "
    "threshold",
    "serialization": "load save",
}
_ROOM_OF = {name: room for room, names in _LATER.items() for name in names.split()}


def __getattr__(name: str) -> _Any:
    """What not every program needs is imported when it is first asked for: of `import minigrad`,
    that saves two thirds of the time."""
    if name in _ROOMS:
        return _import(f"minigrad.{name}")
    if name == "__all__":
        return [*_named_here, *[name for room in _open_rooms() for name in room.__all__]]
    if name in _ROOM_OF:
        room: _Any = _import(f"minigrad.{_ROOM_OF[name]}")
    else:
        rooms = () if name.startswith("_") else _open_rooms()
        room = next((room for room in rooms if name in room.__all__), None)
    if room is None:
        return _absent(name)
    found = getattr(room, name)
    if isinstance(found, _Function) and not hasattr(found, "unchecked") and name not in _IN_PYTHON:
        found = _told(found, name)
    globals()[name] = found
    return found


_IN_PYTHON = frozenset("cdist is_tensor load save tensordot typename unravel_index".split())
"""What torch too has in Python, which says by itself what is wrong with a call."""


def _open_rooms() -> _Any:
    """The modules all of whose public names stand here too."""
    return (_import(f"minigrad.{room}") for room in ("functions", "composites", "backends"))


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, *__getattr__("__all__")})


__version__ = "0.1.0"
