"""Recurrent layers: a state that each element of a sequence changes."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ... import dtypes
from ...creation import empty, zeros
from ...functions import cat, stack
from ...tensor import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module


def _rnn_step(x: Tensor, h: Tensor, weights: list[Any], activation: str) -> Tensor:
    """The next state of an RNN: tanh(W·x + b + U·h + c), or relu of it."""
    w, u, b, c = weights
    total = F.linear(x, w, b) + F.linear(h, u, c)
    return total.tanh() if activation == "tanh" else total.relu()


def _lstm_step(
    x: Tensor, state: tuple[Tensor, Tensor], weights: list[Any]
) -> tuple[Tensor, Tensor]:
    """The next state of an LSTM: what is kept of the memory, and what is written to it."""
    w, u, b, c, *shorten = weights
    h, memory = state
    total = F.linear(h, u, c) + F.linear(x, w, b)
    write, keep, new, show = total.chunk(4, -1)
    memory = keep.sigmoid() * memory + write.sigmoid() * new.tanh()
    h = show.sigmoid() * memory.tanh()
    return F.linear(h, *shorten) if shorten else h, memory


def _gru_step(x: Tensor, h: Tensor, weights: list[Any]) -> Tensor:
    """The next state of a GRU: between the old state and a new one."""
    w, u, b, c = weights
    from_x, from_h = F.linear(x, w, b).chunk(3, -1), F.linear(h, u, c).chunk(3, -1)
    reset = (from_h[0] + from_x[0]).sigmoid()
    update = (from_h[1] + from_x[1]).sigmoid()
    new = (from_x[2] + from_h[2] * reset).tanh()
    return (h - new) * update + new


class _Recurrent(Module):
    """What cells and layers share: weights of `gates` parts, drawn between ±1/√hidden_size."""

    gates = 1
    hidden_size: int
    proj_size = 0  # what the states of an LSTM are shortened to, if it is not 0

    def _make(self, suffix: str, inputs: int, bias: bool, dtype: dtypes.dtype | None) -> None:
        rows, size = self.gates * self.hidden_size, self.proj_size or self.hidden_size
        shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, size)}
        for name, shape in shapes.items():
            setattr(self, name + suffix, Parameter(empty(shape, dtype=dtype)))
        for name in ("bias_ih", "bias_hh"):
            value = Parameter(empty((rows,), dtype=dtype)) if bias else None
            if bias or not suffix:
                self.register_parameter(name + suffix, value)
        if self.proj_size:
            shape = self.proj_size, self.hidden_size
            setattr(self, "weight_hr" + suffix, Parameter(empty(shape, dtype=dtype)))

    def _weights(self, suffix: str) -> list[Any]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")[
            : 5 if self.proj_size else 4
        ]
        return [getattr(self, name + suffix, None) for name in names]

    def reset_parameters(self) -> None:
        """Begin again with random weights."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)


class RNNCell(_Recurrent):
    """One step of an RNN: (N, input_size) and the state (N, hidden_size) give the next state."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.nonlinearity = nonlinearity
        self._make("", input_size, bias, dtype)
        self.reset_parameters()

    def _step(self, x: Tensor, state: Any) -> Any:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return _rnn_step(x, state, self._weights(""), self.nonlinearity)

    def _start(self, rows: Tensor) -> Any:
        return zeros(rows.shape[0], self.hidden_size, dtype=rows.dtype)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        if input.ndim not in (1, 2):
            raise ValueError(
                f"{type(self).__name__}: Expected input to be 1D or 2D, got {input.ndim}D instead"
            )
        if hx is not None:
            self._check(input, hx if isinstance(hx, tuple) else (hx,))
        single = input.ndim == 1
        rows = input.unsqueeze(0) if single else input
        if rows.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {rows.shape[1]} expected {self.input_size}"
            )
        if hx is None:
            state = self._start(rows)
        else:
            state = _each(hx, lambda h: h.unsqueeze(0)) if single else hx
        out = self._step(rows, state)
        return _each(out, lambda h: h.squeeze(0)) if single else out

    def _check(self, input: Tensor, states: tuple[Tensor, ...]) -> None:
        """Raise ValueError or RuntimeError for states that do not fit the input."""
        for i, h in enumerate(states):
            if h.ndim not in (1, 2):
                which = "hidden" if len(states) == 1 else f"hx[{i}]"
                raise ValueError(
                    f"{type(self).__name__}: Expected {which} to be 1D or 2D, got {h.ndim}D instead"
                )
            if input.ndim == 2 and input.shape[0] != h.shape[0]:
                raise RuntimeError(
                    f"Input batch size {input.shape[0]} doesn't match hidden{i} batch size "
                    f"{h.shape[0]}"
                )
            if h.shape[-1] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{i} has inconsistent hidden_size: got {h.shape[-1]}, expected "
                    f"{self.hidden_size}"
                )

    def extra_repr(self) -> str:
        shown = f"{self.input_size}, {self.hidden_size}"
        shown += "" if self.bias else f", bias={self.bias}"
        other = getattr(self, "nonlinearity", "tanh")
        return shown + ("" if other == "tanh" else f", nonlinearity={other}")


def _each(state: Any, change: Any) -> Any:
    return tuple([change(h) for h in state]) if isinstance(state, tuple) else change(state)


class LSTMCell(RNNCell):
    """One step of an LSTM: (N, input_size) and the state (h, c) give the next (h, c)."""

    gates = 4

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, dtype=dtype)
        del self.nonlinearity

    def _start(self, rows: Tensor) -> Any:
        h = super()._start(rows)
        return h, h

    def _step(self, x: Tensor, state: Any) -> Any:
        return _lstm_step(x, state, self._weights(""))


class GRUCell(LSTMCell):
    """One step of a GRU: (N, input_size) and the state (N, hidden_size) give the next state."""

    gates = 3

    def _start(self, rows: Tensor) -> Any:
        return RNNCell._start(self, rows)

    def _step(self, x: Tensor, state: Any) -> Any:
        return _gru_step(x, state, self._weights(""))


class RNNBase(_Recurrent):
    """Layers of cells over sequences (L, N, input_size), or (N, L, …) with `batch_first`.

    Returns the states of the last layer at each place, and the last state of each layer.
    """

    nonlinearity = "tanh"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        self.proj_size = proj_size
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                f"dropout expects num_layers greater than 1, but got dropout={dropout} and "
                f"num_layers={num_layers}",
                UserWarning,
                stacklevel=3,
            )
        self.bidirectional = bidirectional
        directions = 2 if bidirectional else 1
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else (proj_size or hidden_size) * directions
            for suffix in ("", "_reverse")[:directions]:
                self._make(f"_l{layer}{suffix}", inputs, bias, dtype)
        self.reset_parameters()

    def _step(self, x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _rnn_step(x, state[0], weights, self.nonlinearity), None

    def _given(self, hx: Any, batched: bool) -> list[Tensor]:
        """The states of all layers. Raises RuntimeError unless they have the input's dims."""
        _check_dims(batched, "hx", hx.ndim == 2 + batched, f"{hx.ndim}-D tensor")
        return [hx]

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        if input.ndim not in (2, 3):
            name, kind = type(self).__name__, " tensor" if isinstance(self, RNN) else ""
            raise ValueError(
                f"{name}: Expected input to be 2D or 3D, got {input.ndim}D{kind} instead"
            )
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{input.shape[-1]}"
            )
        batched = input.ndim == 3
        x = input if batched else input.unsqueeze(1)
        x = x.transpose(0, 1) if self.batch_first and batched else x
        directions = ("", "_reverse")[: 2 if self.bidirectional else 1]
        count = self.num_layers * len(directions)
        sizes = [
            (count, x.shape[1], n) for n in (self.proj_size or self.hidden_size, self.hidden_size)
        ]
        if hx is None:
            states = [zeros(size, dtype=x.dtype) for size in sizes]
        else:
            states = [h if batched else h.unsqueeze(1) for h in self._given(hx, batched)]
            for i, (h, size) in enumerate(zip(states, sizes)):
                if tuple(h.shape) != size:
                    which = f"[{i}]" if len(states) > 1 else ""
                    raise RuntimeError(f"Expected hidden{which} size {size}, got {list(h.shape)}")
        steps = list(x.unbind(0))
        lasts: list[Any] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                steps = [F.dropout(s, self.dropout) for s in steps]
            outs = []
            for turn, suffix in enumerate(directions):
                weights = self._weights(f"_l{layer}{suffix}")
                state = tuple([s[layer * len(directions) + turn] for s in states])
                made = []
                for s in reversed(steps) if suffix else steps:
                    h, memory = self._step(s, state, weights)
                    state = (h, memory)
                    made.append(h)
                lasts.append(state)
                outs.append(made[::-1] if suffix else made)
            out = stack(outs[0])
            if self.bidirectional:
                out = cat([out, stack(outs[1])], -1)
            steps = list(out.unbind(0)) if self.bidirectional else outs[0]
        last = [stack([s[i] for s in lasts]) for i in range(2 if lasts[0][1] is not None else 1)]
        if not batched:
            out, last = out.squeeze(1), [s.squeeze(1) for s in last]
        elif self.batch_first:
            out = out.transpose_(0, 1)
        return out, tuple(last) if len(last) > 1 else last[0]

    def extra_repr(self) -> str:
        shown = f"{self.input_size}, {self.hidden_size}"
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        for name, default in defaults.items():
            if getattr(self, name) != default:
                shown += f", {name}={getattr(self, name)}"
        return shown


def _check_dims(batched: bool, names: str, fits: bool, given: str) -> None:
    if not fits:
        kind, n = ("batched", 3) if batched else ("unbatched", 2)
        raise RuntimeError(f"For {kind} {n}-D input, {names} should also be {n}-D but got {given}")


class RNN(RNNBase):
    __doc__ = f'An RNN, whose `nonlinearity` is "tanh" or "relu". {RNNBase.__doc__}'

    def __init__(self, *args: Any, nonlinearity: str = "tanh", **kwargs: Any) -> None:
        if len(args) > 3:  # torch has it in the fourth place
            *_, nonlinearity = args[:4]
            args = (*args[:3], *args[4:])
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        _refuse_shortening(args, kwargs)
        super().__init__(*args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    __doc__ = f"A long short-term memory; the state is (h, c). {RNNBase.__doc__}"
    gates = 4

    def _step(self, x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _lstm_step(x, state, weights)

    def _given(self, hx: Any, batched: bool) -> list[Tensor]:
        dims = [h.ndim for h in hx]
        fits = all(n == 2 + batched for n in dims)
        _check_dims(batched, "hx and cx", fits, f"({dims[0]}-D, {dims[1]}-D) tensors")
        return list(hx)


class GRU(RNNBase):
    __doc__ = f"Gated recurrent units. {RNNBase.__doc__}"
    gates = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_shortening(args, kwargs)
        super().__init__(*args, **kwargs)

    def _step(self, x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _gru_step(x, state[0], weights), None


def _refuse_shortening(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs or len(args) > 7:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
