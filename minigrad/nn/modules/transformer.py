"""Transformers: stacks of layers in which the places of a sequence look at each other."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...creation import full
from ...engine.grad_mode import is_grad_enabled
from ...tensor import Tensor
from .. import functional as F
from .. import init
from ..attention import additive_mask
from .activation import GELU, ReLU
from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

Activation = str | Callable[[Tensor], Tensor]


class _Layer(Module):
    """What both kinds of layers share: attention to itself, two Linears, and their frames.

    A step x is `norm(x + step(x))`, or with `norm_first` x + step(norm(x)).
    """

    steps = 2  # of which each has a norm and a dropout
    looks_elsewhere = False

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        for name in ("self_attn", "multihead_attn")[: 2 if self.looks_elsewhere else 1]:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype
            )
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype=dtype)
        self.norm_first = norm_first
        for i in range(1, self.steps + 1):
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for i in range(1, self.steps + 1):
            setattr(self, f"dropout{i}", Dropout(dropout))
        if isinstance(activation, str) and activation not in ("relu", "gelu"):
            raise RuntimeError(f"activation should be relu/gelu, not {activation}")
        self.activation = getattr(F, activation) if isinstance(activation, str) else activation

    def _framed(self, i: int, x: Tensor, step: Callable[[Tensor], Tensor]) -> Tensor:
        norm, drop = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        return x + drop(step(norm(x))) if self.norm_first else norm(x + drop(step(x)))

    def _looked(
        self, x: Tensor, mask: Tensor | None, padding: Tensor | None, causal: bool
    ) -> Tensor:
        return self.self_attn(x, x, x, padding, False, mask, is_causal=causal)[0]

    def _fed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence (L, N, d_model) to itself, then two Linears at each place.

    (N, L, d_model) with `batch_first`. `activation` is "relu", "gelu" or a function. With
    `norm_first` each step normalizes what it takes, else what it gives.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(F.relu, ReLU), (F.gelu, GELU)]
        found = [
            i
            for i, (f, kind) in enumerate(known, 1)
            if self.activation is f or isinstance(self.activation, kind)
        ]
        self.activation_relu_or_gelu = sum(found)  # torch's number for it, 0 for others

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """`src_mask` (L, L) hides pairs of places, `src_key_padding_mask` (N, L) whole places."""
        padding = additive_mask(
            src_key_padding_mask, "src_key_padding_mask", src, src_mask, "src_mask"
        )
        mask = additive_mask(src_mask, "src_mask", src)
        x = self._framed(1, src, lambda x: self._looked(x, mask, padding, is_causal))
        return self._framed(2, x, self._fed_forward)


class TransformerDecoderLayer(_Layer):
    """A layer that also looks at another sequence, `memory`: what an encoder made."""

    steps = 3
    looks_elsewhere = True

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The masks of `tgt` and of `memory` hide pairs of places, or whole places."""

        def look_elsewhere(x: Tensor) -> Tensor:
            how = memory_key_padding_mask, False, memory_mask
            return self.multihead_attn(x, memory, memory, *how, is_causal=memory_is_causal)[0]

        own = tgt_mask, tgt_key_padding_mask, tgt_is_causal
        x = self._framed(1, tgt, lambda x: self._looked(x, *own))
        x = self._framed(2, x, look_elsewhere)
        return self._framed(3, x, self._fed_forward)


class _Stack(Module):
    """Copies of a layer, one after the other, and a norm at the end if there is one."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm


class TransformerEncoder(_Stack):
    """`num_layers` copies of a TransformerEncoderLayer; they begin with the same weights.

    Under torch's conditions (`enable_nested_tensor`, not training, no grad) what the padding
    mask hides comes out as 0.
    """

    def __init__(
        self,
        encoder_layer: Any,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__(encoder_layer, num_layers, norm)
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check
        reason = _why_not_nested(encoder_layer) if enable_nested_tensor else ""
        if reason:
            warnings.warn(
                "enable_nested_tensor is True, but self.use_nested_tensor is False because "
                f"{reason}",
                stacklevel=2,
            )
        self.use_nested_tensor = enable_nested_tensor and not reason

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """`mask` (L, L) hides pairs of places, `src_key_padding_mask` (N, L) whole places."""
        padding = additive_mask(src_key_padding_mask, "src_key_padding_mask", src, mask, "mask")
        added = additive_mask(mask, "mask", src)
        out = src
        for layer in self.layers:
            out = layer(
                out, src_mask=added, is_causal=bool(is_causal), src_key_padding_mask=padding
            )
        if padding is not None and mask is None and self._leaves_out(src, padding):
            out = out.masked_fill(padding.ne(0).unsqueeze(-1), 0)
        return out if self.norm is None else self.norm(out)

    def _leaves_out(self, src: Tensor, padding: Tensor) -> bool:
        """Whether torch would compute without the hidden places: those at the end of rows."""
        if not self.use_nested_tensor or self.layers[0].training or src.ndim != 3:
            return False
        hidden = padding.ne(0)
        if self.mask_check and bool((hidden[:, :-1] & ~hidden[:, 1:]).any()):
            return False
        return not (
            is_grad_enabled() and any(t.requires_grad for t in (src, *self.layers[0].parameters()))
        )


def _why_not_nested(layer: Any) -> str:
    """What keeps torch from leaving hidden places out, in its words."""
    if not isinstance(layer, TransformerEncoderLayer):
        return "encoder_layer was not TransformerEncoderLayer"
    attention = layer.self_attn
    reasons = {
        "encoder_layer.norm_first was True": layer.norm_first,
        "encoder_layer.self_attn.batch_first was not True"
        "(use batch_first for better inference performance)": not attention.batch_first,
        "encoder_layer.self_attn._qkv_same_embed_dim was not True": (
            not attention._qkv_same_embed_dim
        ),
        "encoder_layer.self_attn was passed bias=False": attention.in_proj_bias is None,
        "encoder_layer.activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        "encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps": (
            layer.norm1.eps != layer.norm2.eps
        ),
        "encoder_layer.self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((words for words, holds in reasons.items() if holds), "")


class TransformerDecoder(_Stack):
    """`num_layers` copies of a TransformerDecoderLayer; they begin with the same weights."""

    def __init__(self, decoder_layer: Any, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The masks of `tgt` and of `memory` hide pairs of places, or whole places."""
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=bool(tgt_is_causal),
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder, and a decoder that looks at what it made: (S, N, E) and (T, N, E) to (T, N, E).

    Raises RuntimeError if the batches differ, or the last dimension is not `d_model`.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        sizes = d_model, nhead, dim_feedforward, dropout, activation
        how = *sizes, layer_norm_eps, batch_first, norm_first, bias, None, dtype

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*how), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*how), num_decoder_layers, norm()
        )
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The masks hide pairs of places (…, L, S), or whole places (N, S)."""
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(
            src,
            mask=src_mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=src_is_causal,
        )
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(
        sz: int, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> Tensor:
        """A mask (sz, sz) that hides what is later: −inf above the diagonal, else 0."""
        return full((sz, sz), -math.inf, dtype=dtype).triu(1)
