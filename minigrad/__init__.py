"""minigrad: autograd you can see. A small engine on numpy that speaks PyTorch.

``import minigrad as torch`` runs ordinary autograd code unchanged and prints the same text.
"""

import warnings as _warnings

# Arithmetic gives inf and nan in silence here, as in torch; numpy elsewhere goes on warning.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")

from . import autograd, creation, cuda, dtypes, functions, nn, optim, utils  # noqa: E402
from .autograd import (  # noqa: E402
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .autograd.anomaly_mode import (  # noqa: E402
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_anomaly_enabled,
)
from .creation import *  # noqa: E402, F403
from .device import device  # noqa: E402
from .dtypes import *  # noqa: E402, F403
from .errors import missing as _missing  # noqa: E402
from .functions import *  # noqa: E402, F403
from .printing import set_printoptions  # noqa: E402
from .random import Generator, initial_seed, manual_seed, seed  # noqa: E402
from .size import Size  # noqa: E402
from .tensor import Tensor  # noqa: E402

__all__ = [
    "Generator",
    "Size",
    "Tensor",
    "autograd",
    "cuda",
    "device",
    "enable_grad",
    "inference_mode",
    "initial_seed",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "seed",
    "set_anomaly_enabled",
    "set_grad_enabled",
    "set_printoptions",
    "utils",
]
__all__ += creation.__all__
__all__ += dtypes.__all__
__all__ += functions.__all__

__getattr__ = _missing(
    __name__,
    {
        "complex numbers": "chalf cdouble cfloat complex complex32 complex64 complex128 angle conj "
        "imag is_complex polar real resolve_conj resolve_neg view_as_complex view_as_real",
        "bfloat16 and the dtypes of 8 bits": "bfloat16 BFloat16Tensor float8_e4m3fn float8_e5m2",
        "sparse tensors": "layout sparse sparse_coo sparse_coo_tensor sparse_csr sparse_csr_tensor",
        "vmap and the transforms of functions": "func vmap",
        "graphs compiled ahead": "_dynamo compile compiler export fx jit",
        "training on several machines": "distributed multiprocessing",
        "other devices than the CPU": "accelerator mps xpu Event Stream",
        "autocast": "amp autocast",
        "quantized numbers": "ao quantization quantize_per_tensor",
    },
)

__version__ = "0.1.0"
