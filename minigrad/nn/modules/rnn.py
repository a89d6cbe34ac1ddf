"""Recurrent layers: a state that each element of a sequence changes."""

from __future__ import annotations

import itertools
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
from ..utils.rnn import PackedSequence
from .module import Module


def _rnn_step(from_x: Tensor, h: Tensor, weights: list[Any], activation: str) -> Tensor:
    """The next state of an RNN: tanh(W·x + b + U·h + c), or relu of it; `from_x` is W·x + b."""
    _, u, _, c = weights
    total = F.linear(h, u, c) + from_x
    return total.tanh() if activation == "tanh" else total.relu()


def _lstm_step(
    from_x: Tensor, state: tuple[Tensor, Tensor], weights: list[Any]
) -> tuple[Tensor, Tensor]:
    """The next state of an LSTM: what is kept of the memory, and what is written to it."""
    _, u, _, c, *shorten = weights
    h, memory = state
    total = F.linear(h, u, c) + from_x
    write, keep, new, show = total.unsafe_chunk(4, 1)
    memory = keep.sigmoid() * memory + write.sigmoid() * new.tanh()
    h = show.sigmoid() * memory.tanh()
    return F.linear(h, *shorten) if shorten else h, memory


def _gru_step(from_x: Tensor, h: Tensor, weights: list[Any]) -> Tensor:
    """The next state of a GRU: between the old state and a new one."""
    _, u, _, c = weights
    xs, hs = from_x.unsafe_chunk(3, 1), F.linear(h, u, c).unsafe_chunk(3, 1)
    reset = (hs[0] + xs[0]).sigmoid()
    update = (hs[1] + xs[1]).sigmoid()
    new = (xs[2] + hs[2] * reset).tanh()
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


class RNNCellBase(_Recurrent):
    """One step of a recurrent layer: (N, input_size) and a state give the next state."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self._make("", input_size, bias, dtype)
        self.reset_parameters()

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        raise NotImplementedError

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
        weights = self._weights("")
        out = self._step(F.linear(rows, weights[0], weights[2]), state, weights)
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


class RNNCell(RNNCellBase):
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
        super().__init__(input_size, hidden_size, bias, dtype=dtype)
        self.nonlinearity = nonlinearity

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return _rnn_step(from_x, state, weights, self.nonlinearity)


class LSTMCell(RNNCellBase):
    """One step of an LSTM: (N, input_size) and the state (h, c) give the next (h, c)."""

    gates = 4

    def _start(self, rows: Tensor) -> Any:
        h = super()._start(rows)
        return h, h

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _lstm_step(from_x, state, weights)


class GRUCell(RNNCellBase):
    """One step of a GRU: (N, input_size) and the state (N, hidden_size) give the next state."""

    gates = 3

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _gru_step(from_x, state, weights)


class RNNBase(_Recurrent):
    """Layers of cells over sequences (L, N, input_size), or (N, L, …) with `batch_first`.

    Returns the states of the last layer at each place, and the last state of each layer. A
    PackedSequence gives a PackedSequence.
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
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an "
                "element being zeroed"
            )
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

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [
            [w for w in self._weights(f"_l{layer}{suffix}") if w is not None]
            for layer in range(self.num_layers)
            for suffix in self._directions
        ]

    def flatten_parameters(self) -> None:
        """Nothing: in torch, a hint for memory of the GPU."""

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse")[: 2 if self.bidirectional else 1]

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        return (_rnn_step(from_x, state[0], weights, self.nonlinearity),)

    def _check_dims(self, batched: bool, states: list[Tensor]) -> None:
        """Raise RuntimeError unless the given states have as many dims as the input."""
        wanted, dims = 2 + batched, [h.ndim for h in states]
        if any(n != wanted for n in dims):
            kind = "batched" if batched else "unbatched"
            names, given = "hx", f"{dims[0]}-D tensor"
            if len(dims) > 1:
                names, given = "hx and cx", f"({dims[0]}-D, {dims[1]}-D) tensors"
            raise RuntimeError(
                f"For {kind} {wanted}-D input, {names} should also be {wanted}-D but got {given}"
            )

    def forward(self, input: Any, hx: Any = None) -> Any:
        packed = isinstance(input, PackedSequence)
        x: Tensor = input.data if packed else input
        if not packed and x.ndim not in (2, 3):
            name, kind = type(self).__name__, " tensor" if isinstance(self, RNN) else ""
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {x.ndim}D{kind} instead")
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{x.shape[-1]}"
            )
        batched = packed or x.ndim == 3
        x = x if batched else x.unsqueeze(1)
        x = x.transpose(0, 1) if self.batch_first and batched and not packed else x
        counts = input.batch_sizes.tolist() if packed else None
        states = self._starts(hx, x, counts[0] if counts else x.shape[1], batched, packed)
        if packed and hx is not None and input.sorted_indices is not None:
            states = [h.index_select(1, input.sorted_indices) for h in states]
        starts = list(zip(*[h.unbind(0) for h in states]))
        lasts: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                x = F.dropout(x, self.dropout)
            outs = []
            for suffix in self._directions:
                weights = self._weights(f"_l{layer}{suffix}")
                out, last = self._along(x, counts, starts[len(lasts)], weights, bool(suffix))
                outs.append(out)
                lasts.append(last)
            x = outs[0] if len(outs) == 1 else cat(outs, -1)
        ends = [stack(parts) for parts in zip(*lasts)]
        if packed:
            if input.unsorted_indices is not None:
                ends = [h.index_select(1, input.unsorted_indices) for h in ends]
            x = input._replace(data=x)
        elif not batched:
            x, ends = x.squeeze(1), [h.squeeze(1) for h in ends]
        elif self.batch_first:
            x = x.transpose_(0, 1)
        return x, tuple(ends) if len(ends) > 1 else ends[0]

    def _starts(self, hx: Any, x: Tensor, batch: int, batched: bool, packed: bool) -> list[Tensor]:
        """The given states of all layers, or zeros. Raises RuntimeError for other sizes."""
        count = self.num_layers * len(self._directions)
        sizes = [(count, batch, n) for n in (self.proj_size or self.hidden_size, self.hidden_size)]
        if hx is None:
            return [zeros(size, dtype=x.dtype) for size in sizes[: 1 + (self.gates == 4)]]
        states = list(hx) if self.gates == 4 else [hx]
        if not packed:
            self._check_dims(batched, states)
        states = [h if batched else h.unsqueeze(1) for h in states]
        for i, (h, size) in enumerate(zip(states, sizes)):
            if tuple(h.shape) != size:
                which = f"[{i}]" if len(states) > 1 else ""
                raise RuntimeError(f"Expected hidden{which} size {size}, got {list(h.shape)}")
        return states

    def _along(
        self, x: Tensor, counts: Any, start: Any, weights: list[Any], back: bool
    ) -> tuple[Tensor, Any]:
        """One layer in one direction: the states at each step, and the last state.

        `counts` says of how many sequences each step is, if these are packed: a sequence that is
        over leaves the state; on the way back it enters with its start.
        """
        from_x = F.linear(x, weights[0], weights[2])
        if counts is None:
            steps = list(from_x.unbind(0))
        else:
            ends = itertools.accumulate(counts)
            steps = [from_x._slice(0, end - n, end) for end, n in zip(ends, counts)]
        state, made, over = start, [], []
        if counts and back:
            state = _rows(start, 0, counts[-1])
        for i in range(len(steps))[:: -1 if back else 1]:
            n, before = steps[i].shape[0], state[0].shape[0]
            if n < before:
                over.append(_rows(state, n, before))
                state = _rows(state, 0, n)
            elif n > before:
                state = tuple(map(cat, zip(state, _rows(start, before, n))))
            state = self._step(steps[i], state, weights)
            made.append(state[0])
        if counts and not back:
            state = tuple(map(cat, zip(state, *reversed(over))))
        return (cat if counts else stack)(made[::-1] if back else made), state

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


def _rows(state: Any, start: int, end: int) -> tuple[Tensor, ...]:
    return tuple([h._slice(0, start, end) for h in state])


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

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        return _lstm_step(from_x, state, weights)


class GRU(RNNBase):
    __doc__ = f"Gated recurrent units. {RNNBase.__doc__}"
    gates = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_shortening(args, kwargs)
        super().__init__(*args, **kwargs)

    def _step(self, from_x: Tensor, state: Any, weights: list[Any]) -> Any:
        return (_gru_step(from_x, state[0], weights),)


def _refuse_shortening(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs or len(args) > 7:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
