"""Activations: bends between the layers of a network, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.node import Node
from .again import one_node
from .lift import (
    erf,
    exp,
    hardtanh_backward,
    leaky_relu_backward,
    number,
    plus,
    power,
    rounded_once,
    sigmoid,
    tanh,
    threshold_backward,
    where,
)
from .pieces import ByPieces


def floating(x: Any, name: str) -> Any:
    """`x`, if it holds floating point numbers; otherwise NotImplementedError in torch's words."""
    if x.dtype.kind != "f":
        kind = dtypes.from_numpy(x.dtype).scalar_type
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind}'")
    return x


class LeakyReluBackward0(Node):
    """∂leaky_relu(x)/∂x = 1 where x > 0, else the slope"""

    saves = {"self": 0b1}
    constants = ("negative_slope",)
    negative_slope: float

    @rounded_once
    def forward(self, x: Any, negative_slope: float) -> Any:
        self.negative_slope = negative_slope
        x = floating(x, "leaky_relu_cpu")
        return np.where(x > 0, x, x * x.dtype.type(negative_slope))

    def backward(self, grad: Any, x: Any) -> Any:
        return leaky_relu_backward(grad, x, self.negative_slope)


class LeakyReluBackward1(LeakyReluBackward0):
    """∂leaky_relu(x)/∂x = 1 where the result, written over x, is > 0, else the slope"""

    saves = {"self": 0, "result": 0b1}

    def backward(self, grad: Any, result: Any) -> Any:
        if self.negative_slope < 0:
            raise RuntimeError(
                "In-place leakyReLu backward calculation is triggered with a negative slope which "
                "is not supported. This is caused by calling in-place forward function with a "
                "negative slope, please call out-of-place version instead."
            )
        return leaky_relu_backward(grad, result, self.negative_slope)


class LeakyReluBackwardBackward0(ByPieces):
    """∂(g·slope)/∂g = the slope, 1 or smaller,  ∂/∂x = 0"""

    again = staticmethod(leaky_relu_backward)


class EluBackward0(Node):
    """∂elu(x)/∂x = 1 where x > 0, else α·eˣ (times a scale, for selu)"""

    saves = {"self": 0b1}
    constants = ("alpha", "scale", "input_scale")
    alpha: float
    scale: float
    input_scale: float

    @rounded_once
    def forward(self, x: Any, alpha: float, scale: float = 1, input_scale: float = 1) -> Any:
        self.alpha, self.scale, self.input_scale = alpha, scale, input_scale
        x = floating(x, "elu_cpu")
        kind = x.dtype.type
        low = np.expm1(x * kind(input_scale)) * kind(alpha * scale)
        return np.where(x <= 0, low, x * kind(scale))

    @one_node("EluBackwardBackward0", "self_or_result")
    def backward(self, grad: Any, x: Any) -> Any:
        slope = self.input_scale * self.alpha * self.scale
        low = where(x <= 0, x, 0)  # or else eˣ overflows where it is not used
        steep = grad * (exp(low * self.input_scale) * slope)
        return where(x <= 0, steep, grad * self.scale)


class EluBackward1(EluBackward0):
    """∂elu(x)/∂x = 1 where the result y, written over x, is > 0, else y + α (scaled, for selu)"""

    saves = {"self": 0, "result": 0b1}

    @one_node("EluBackwardBackward0", "self_or_result")
    def backward(self, grad: Any, result: Any) -> Any:
        steep = grad * ((result + self.alpha * self.scale) * self.input_scale)
        return where(result <= 0, steep, grad * self.scale)


class CeluBackward0(EluBackward0):
    """∂celu(x)/∂x = 1 where x > 0, else e^(x/α)"""

    constants = ("alpha",)

    def forward(self, x: Any, alpha: float) -> Any:  # type: ignore[override]
        if alpha == 0:
            raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
        return super().forward(x, alpha, 1, 1 / alpha)


class CeluBackward1(CeluBackward0):
    """∂celu(x)/∂x = 1 where the result y, written over x, is > 0, else y/α + 1"""

    saves = EluBackward1.saves
    backward = EluBackward1.backward


class GeluBackward0(Node):
    """∂(x·Φ(x))/∂x = Φ(x) + x·φ(x)"""

    saves = {"self": 0b1}
    constants = ("approximate",)
    approximate: str

    def forward(self, x: Any, approximate: str) -> Any:
        self.approximate = approximate
        if approximate not in ("none", "tanh"):
            raise RuntimeError("approximate argument must be either none or tanh.")
        wide = floating(x, "GeluKernelImpl")
        wide = wide.astype(np.float32) if x.dtype == np.float16 else wide
        return (wide * self.share(wide)).astype(x.dtype)

    def share(self, x: Any) -> Any:
        """Φ(x), how much of x gelu lets through; or its approximation."""
        if self.approximate == "none":
            return 0.5 * (1 + erf(x * math.sqrt(0.5)))
        return 0.5 * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * power(x, 3))))

    @one_node("GeluBackwardBackward0", "self")
    def backward(self, grad: Any, x: Any) -> Any:
        share = self.share(x)
        if self.approximate == "none":
            slope = exp(-0.5 * (x * x)) * (1 / math.sqrt(2 * math.pi))
        else:  # of ½(1 + tanh u), it is 2·s·(1 − s)·u′
            inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * (x * x))
            slope = 2 * share * (1 - share) * inner
        return grad * (share + x * slope)


class SiluBackward0(Node):
    """∂(x·σ(x))/∂x = σ(x)·(1 + x·(1 − σ(x)))"""

    saves = {"self": 0b1}

    @staticmethod
    @rounded_once
    def forward(x: Any) -> Any:
        return x * sigmoid(floating(x, "silu_cpu"))

    def backward(self, grad: Any, x: Any) -> Any:
        share = sigmoid(x)
        return grad * share * plus(x * (number(1, share) - share), 1)


class SoftplusBackward0(Node):
    """∂(ln(1 + e^(β·x))/β)/∂x = σ(β·x)"""

    saves = {"self": 0b1}
    constants = ("beta", "threshold")
    beta: float
    threshold: float

    def forward(self, x: Any, beta: float, threshold: float) -> Any:
        self.beta, self.threshold = beta, threshold
        kind = floating(x, "softplus_cpu").dtype.type
        scaled = x * kind(beta)
        return np.where(scaled > threshold, x, np.logaddexp(scaled, kind(0)) / kind(beta))

    @one_node("SoftplusBackwardBackward0", "self")
    def backward(self, grad: Any, x: Any) -> Any:
        scaled = x * self.beta
        return where(scaled > self.threshold, grad, grad * sigmoid(scaled))


class LogSigmoidBackward0(Node):
    """∂(ln σ(x))/∂x = σ(−x)"""

    saves = {"self": 0b1}

    @property
    def _saved_buffer(self) -> Any:
        return (-self._kept_value(0).detach().abs()).exp()

    @staticmethod
    def forward(x: Any) -> Any:
        return -np.logaddexp(-floating(x, "log_sigmoid_cpu"), x.dtype.type(0))

    @one_node("LogSigmoidBackwardBackward0", "self")
    def backward(self, grad: Any, x: Any) -> Any:
        return grad * sigmoid(-x)


class HardtanhBackward0(Node):
    """∂clamp(x, a, b)/∂x = 1 where a < x < b, else 0"""

    saves = {"self": 0b1}
    constants = ("min_val", "max_val")
    min_val: float
    max_val: float

    def forward(self, x: Any, min_val: float, max_val: float) -> Any:
        self.min_val, self.max_val = min_val, max_val
        kind = x.dtype.type
        return np.minimum(np.maximum(x, kind(min_val)), kind(max_val))

    def backward(self, grad: Any, x: Any) -> Any:
        return hardtanh_backward(grad, x, self.min_val, self.max_val)


class HardtanhBackwardBackward0(ByPieces):
    """∂(g where x is inside, else 0)/∂g = 1 there,  ∂/∂x = 0"""

    again = staticmethod(hardtanh_backward)


class ThresholdBackward0(Node):
    """∂threshold(x)/∂x = 1 where x > the threshold, else 0"""

    saves = {"self": 0b1}
    constants = ("threshold",)
    threshold: float

    def forward(self, x: Any, threshold: float, value: float) -> Any:
        self.threshold = threshold
        return np.where(x <= threshold, x.dtype.type(value), x)

    def backward(self, grad: Any, x: Any) -> Any:
        return threshold_backward(grad, x, self.threshold)


class ThresholdBackward1(ThresholdBackward0):
    """∂threshold(x)/∂x = 1 where x, written over, was > the threshold, else 0"""


class RreluWithNoiseBackward0(Node):
    """∂(x·noise)/∂x: grad·noise. Where x > 0 the noise is 1, else a slope"""

    saves = {"self": 0, "noise": 0b1}

    def forward(self, x: Any, noise: Any) -> Any:
        return x * noise

    def backward(self, grad: Any, noise: Any) -> Any:
        return grad * noise
