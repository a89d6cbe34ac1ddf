"""Distributions: random numbers, and the logarithm of how probable given ones are.

What is drawn by `rsample` has a gradient with respect to the parameters; what is drawn by
`sample` has none, and is trained through `log_prob`.
"""

from .bernoulli import Bernoulli
from .categorical import Categorical
from .distribution import Distribution
from .independent import Independent
from .kl import kl_divergence, register_kl
from .normal import Normal
from .uniform import Uniform

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Independent",
    "Normal",
    "Uniform",
    "kl_divergence",
    "register_kl",
]
