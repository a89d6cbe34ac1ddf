"""minigrad: autograd you can see. A small engine on numpy that speaks PyTorch.

``import minigrad as torch`` runs ordinary autograd code unchanged and prints the same text.
"""

import warnings as _warnings

# Like torch, arithmetic gives inf and nan in silence. Numpy's own code goes on warning.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")

from . import autograd, nn, optim  # noqa: E402
from .autograd import enable_grad, is_grad_enabled, no_grad, set_grad_enabled  # noqa: E402
from .creation import (  # noqa: E402
    arange, as_tensor, empty, empty_like, eye, from_numpy, full, full_like, linspace, ones,
    ones_like, rand, rand_like, randint, randn, randn_like, randperm, tensor, zeros, zeros_like,
)
