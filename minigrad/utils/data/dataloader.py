"""Loaders hand out the samples of a dataset in batches."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import (
    Callable,
    Iterator,
    Mapping,
    MutableMapping,
    MutableSequence,
    Sequence,
)
from typing import Any, Generic, TypeVar

import numpy as np

from ...creation import as_tensor, tensor
from ...functions import stack
from ...random import Generator
from ...tensor import Tensor
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler

T = TypeVar("T", covariant=True)


class DataLoader(Generic[T]):
    """Hands out a dataset's samples in batches, anew each time it is iterated over.

    With `shuffle` in random order, from `generator` if there is one. `collate_fn` makes a batch of
    a list of samples; by default tensors are stacked. ``batch_size=None`` hands out samples.
    All is loaded in this process, whatever `num_workers` is. Raises ValueError for options that
    exclude each other.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Any = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError(
                "num_workers option should be non-negative; use num_workers=0 to disable "
                "multiprocessing."
            )
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0:
            if prefetch_factor is not None:
                raise ValueError(
                    "prefetch_factor option could only be specified in multiprocessing.let "
                    "num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to "
                    "None."
                )
            if multiprocessing_context is not None:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading "
                    f"(num_workers > 0), but got num_workers={num_workers}"
                )
            if persistent_workers:
                raise ValueError("persistent_workers option needs num_workers > 0")
        elif prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
            for name, value in given.items():
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but "
                        f"got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if prefetch_factor is None and num_workers else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self.generator = generator
        if sampler is None and not self._iterable:
            sampler = (
                RandomSampler(dataset, generator=generator)
                if shuffle
                else SequentialSampler(dataset)
            )
        if batch_size is not None and batch_sampler is None and not self._iterable:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        batched = batch_size is not None or batch_sampler is not None
        self.collate_fn = collate_fn or (default_collate if batched else default_convert)
        self._made = True

    _made = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self._made and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        if self.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device "
                "pinned memory won't be used.",
                stacklevel=2,
            )
        return _Batches(self)

    def __len__(self) -> int:
        if self._iterable:
            n = len(self.dataset)
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


_FIXED = "batch_size batch_sampler sampler drop_last dataset persistent_workers".split()


class _Batches:
    """One pass over a loader's batches; an error in one of them leaves those that follow."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self.loader = loader
        numbers = loader.sampler if loader.batch_sampler is None else loader.batch_sampler
        self.numbers = iter(loader.dataset if loader._iterable else numbers)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __len__(self) -> int:
        return len(self.loader)

    def __next__(self) -> Any:
        loader = self.loader
        dataset, size = loader.dataset, loader.batch_size
        if loader._iterable and size is not None:
            samples = list(itertools.islice(self.numbers, size))
            if not samples or (loader.drop_last and len(samples) < size):
                raise StopIteration
        else:
            samples = next(self.numbers)
            if not loader._iterable:
                if loader.batch_sampler is None:
                    samples = dataset[samples]
                elif hasattr(dataset, "__getitems__"):
                    samples = dataset.__getitems__(samples)
                else:
                    samples = [dataset[i] for i in samples]
        return loader.collate_fn(samples)


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of samples as one: tensors stacked, numbers as a tensor, containers part by part.

    Raises TypeError for samples of other types, RuntimeError for parts of unequal length.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch), 0)
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind not in "SUO":
        return stack([as_tensor(sample) for sample in batch], 0)
    if isinstance(first, float):
        return tensor(list(batch), dtype=float)
    if isinstance(first, int):
        return tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        parts = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return _alike(first, parts)
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return _alike(first, [default_collate(part) for part in zip(*batch)])
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{getattr(first, 'dtype', type(first))}"
    )


def default_convert(data: Any) -> Any:
    """A sample that is in no batch: arrays in it become tensors, which share their memory."""
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind not in "SUO":
        return as_tensor(data)
    if isinstance(data, Mapping):
        return _alike(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _alike(data, [default_convert(value) for value in data])
    return data


def _alike(container: Any, parts: Any) -> Any:
    """`parts` in a container of the same class, where that can be made; a tuple becomes a list."""
    if hasattr(container, "_fields"):
        return type(container)(*parts)
    if isinstance(container, tuple):
        return parts
    try:
        if isinstance(container, MutableMapping):
            made: Any = copy.copy(container)
            made.update(parts)
            return made
        if isinstance(container, MutableSequence):
            made = copy.copy(container)
            made[:] = parts
            return made
        return type(container)(parts)  # type: ignore[call-arg]
    except TypeError:
        return parts
