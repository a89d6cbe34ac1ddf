"""Batches of sequences of several lengths: padded to one length, or packed without padding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...creation import arange, as_tensor, empty_like, full
from ...dtypes import int64
from ...ops.sequences import PackPaddedSequenceBackward0
from ...recording import apply
from ...tensor import Tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences without padding: their first elements, then their second ones, and so on.

    `data` has all elements, `batch_sizes` says how many sequences still go on at each step. The
    longest comes first; `sorted_indices` brought them into this order, `unsorted_indices` back.
    Made by `pack_sequence` and `pack_padded_sequence`, and taken by RNN, LSTM and GRU.
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """With the data in another dtype; the same object if they are in it already."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else self._replace(data=data)

    def cpu(self) -> PackedSequence:
        """The same object: it is there."""
        return self

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False


def _conversion(name: str) -> Any:
    def converted(self: PackedSequence) -> PackedSequence:
        data = getattr(self.data, name)()
        return self if data is self.data else self._replace(data=data)

    converted.__name__ = name
    converted.__doc__ = f"The same with ``data.{name}()``."
    return converted


for _name in ("double", "float", "half", "long", "int", "short", "char", "byte"):
    setattr(PackedSequence, _name, _conversion(_name))


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another one."""
    if permutation is None:
        return None
    return empty_like(permutation).scatter_(0, permutation, arange(permutation.numel()))


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences (T, B, …), or (B, T, …) with `batch_first`, without their padding.

    `lengths` are falling, unless ``enforce_sorted=False`` sorts the sequences. Raises RuntimeError
    for lengths that are not, that are not B of them, or that are 0 or larger than T.
    """
    lengths = as_tensor(lengths).to(int64)
    order = None
    if not enforce_sorted:
        lengths, order = lengths.sort(descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    counts = lengths._data
    if not input.numel():
        raise RuntimeError("Cannot pack empty tensors.")
    batch = input.shape[0 if batch_first else 1]
    if counts.shape != (batch,):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {counts.size} "
            f"(batch_size={batch})"
        )
    if counts[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if (np.diff(counts) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
            "can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
            "sidestep this requirement if you do not need ONNX exportability."
        )
    steps = input.shape[1 if batch_first else 0]
    if counts[0] > steps:
        raise RuntimeError(
            f"Expected all lengths to be at most the {steps} steps of the input, got {counts[0]}"
        )
    data, sizes = apply(PackPaddedSequenceBackward0, (input,), counts, batch_first)
    return PackedSequence(data, sizes, order)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Sequences (T, B, …), or (B, T, …) with `batch_first`, with padding again, and their lengths.

    T is the longest length, or `total_length`. Raises ValueError if that is too short.
    """
    data, sizes = sequence.data, sequence.batch_sizes._data
    steps = len(sizes)
    if total_length is not None and total_length < steps:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but "
            f"got total_length={total_length} and max sequence length being {steps}"
        )
    out = full((total_length or steps, sizes[0], *data.shape[1:]), padding_value, dtype=data.dtype)
    ends = [*np.flatnonzero(np.diff(sizes)) + 1, steps]  # where fewer sequences go on
    step = row = 0
    for end in map(int, ends):
        batch = int(sizes[step])
        rows = data._slice(0, row, row := row + (end - step) * batch)
        part = out._slice(0, step, end)._slice(1, 0, batch)
        part.copy_(rows.view(end - step, batch, *data.shape[1:]))
        step = end
    lengths = as_tensor((sizes > np.arange(sizes[0])[:, None]).sum(1))
    out = out.transpose(0, 1) if batch_first else out
    order = sequence.unsorted_indices
    if order is None:
        return out, lengths
    return out.index_select(0 if batch_first else 1, order), lengths[order]


def pad_sequence(
    sequences: Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L, …) of several lengths as one tensor (T, B, …), or (B, T, …) with `batch_first`.

    T is the longest length. Raises RuntimeError for what is no iterable, for no sequence, and for
    another side than "right" and "left".
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    sequences = tuple(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    first, longest = sequences[0], max(s.shape[0] for s in sequences)
    sizes = (len(sequences), longest) if batch_first else (longest, len(sequences))
    out = full((*sizes, *first.shape[1:]), padding_value, dtype=first.dtype)
    for i, sequence in enumerate(sequences):
        start = longest - sequence.shape[0] if padding_side == "left" else 0
        row = out.select(0 if batch_first else 1, i)
        row._slice(0, start, start + sequence.shape[0]).copy_(sequence)
    return out


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """The sequences that `pad_sequence` made one tensor of.

    As in torch, a tensor that is not `batch_first` is transposed in place.
    """
    if not batch_first:
        padded_sequences.transpose_(0, 1)
    places = arange(padded_sequences.shape[1])
    return [sequence[places < n] for sequence, n in zip(padded_sequences, lengths)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L, …) of several lengths, packed; see `pack_padded_sequence`."""
    lengths = as_tensor([s.shape[0] for s in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that `pack_sequence` packed."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
