"""Methods that networks are made of; most are called by the functions of `nn.functional`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..inplace import in_place
from ..ops import activation, blocks, convolution, loss, neural, padding, pooling
from ..random import default_generator
from ..recording import apply, method, unary, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


class Neural:
    """Softmax, activations, dropout, windows that slide."""

    _data: Any

    def softmax(self, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
        """eˣ/Σeˣ along `dim`"""
        return apply(neural.SoftmaxBackward0, (self if dtype is None else self.to(dtype),), dim)

    def log_softmax(self, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
        """ln(eˣ/Σeˣ) along `dim`"""
        return apply(neural.LogSoftmaxBackward0, (self if dtype is None else self.to(dtype),), dim)

    _softmax_backward = method(neural.SoftmaxBackwardDataBackward0, tensors=2)
    _log_softmax_backward = method(neural.LogSoftmaxBackwardDataBackward0, tensors=2)
    _mse_loss_backward = method(loss.MseLossBackwardBackward0, tensors=3)
    _leaky_relu_backward = method(activation.LeakyReluBackwardBackward0, tensors=2)
    _hardtanh_backward = method(activation.HardtanhBackwardBackward0, tensors=2)
    _leaky_relu = method(activation.LeakyReluBackward0)
    _elu = method(activation.EluBackward0)
    _celu = method(activation.CeluBackward0)
    _gelu = method(activation.GeluBackward0)
    _silu = unary(activation.SiluBackward0)
    _softplus = method(activation.SoftplusBackward0)
    _log_sigmoid = unary(activation.LogSigmoidBackward0)
    _hardtanh = method(activation.HardtanhBackward0)
    _threshold = method(activation.ThresholdBackward0)

    def _rrelu(self, lower: float, upper: float, training: bool) -> Tensor:
        x = self._data
        random = default_generator.stream.uniform
        slope = random(lower, upper, x.shape) if training else (lower + upper) / 2
        noise = wrap(np.asarray(np.where(x > 0, 1, slope), x.dtype))
        return apply(activation.RreluWithNoiseBackward0, (self,), fixed=(noise,))

    _rrelu_ = in_place(_rrelu)
    _leaky_relu_ = in_place(method(activation.LeakyReluBackward1))
    _elu_ = in_place(method(activation.EluBackward1))
    _celu_ = in_place(method(activation.CeluBackward1))
    _silu_ = in_place(_silu)
    _hardtanh_ = in_place(_hardtanh)
    _threshold_ = in_place(method(activation.ThresholdBackward1))

    def _dropout(self, p: float) -> Tensor:
        if p == 1:
            return self * wrap(self._data.dtype.type(0))
        kept = default_generator.stream.random(self._data.shape) >= p
        return self * wrap(np.asarray(kept / (1 - p), self._data.dtype))

    _dropout_ = in_place(_dropout)

    _convolution_input = method(convolution.ConvolutionBackwardBackward0, tensors=2)
    _convolution_weight = method(convolution.ConvolutionWeightBackward, tensors=2)
    _constant_pad = method(padding.ConstantPadNdBackward0)

    def _average_pool(self, kernel: tuple[int, ...], *how: Any) -> Tensor:
        flat = len(kernel) == 2
        op = pooling.AvgPool2DBackward0 if flat else pooling.AvgPool3DBackward0
        return apply(op, (self,), kernel, *how)

    def _average_pool_backward(
        self, shape: tuple[int, ...], kernel: tuple[int, ...], *how: Any
    ) -> Tensor:
        flat = len(kernel) == 2
        op = pooling.AvgPool2DBackwardBackward0 if flat else pooling.AvgPool3DBackwardBackward0
        return apply(op, (self,), shape, kernel, *how)

    def _convolution(self, weight: Tensor, *how: Any) -> Tensor:
        return apply(convolution.ConvolutionBackward0, (self, weight, None), *how)

    def _resized(self, op: type[blocks.Resized], *mixes: Any) -> Tensor:
        return apply(op, (self,), {}, *mixes)

    _pixel_shuffle = method(blocks.PixelShuffleBackward0)
    _channel_shuffle = method(blocks.ChannelShuffleBackward0)
    _pixel_unshuffle = method(blocks.PixelUnshuffleBackward0)
    _im2col = method(blocks.Im2ColBackward0)
    _col2im = method(blocks.Col2ImBackward0)
