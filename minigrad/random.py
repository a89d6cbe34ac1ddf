"""Random numbers: one stream, which `manual_seed` starts anew.

The stream is numpy's and not torch's: the same seed repeats a run of minigrad, but it gives other
numbers than torch would.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .device import device as Device
from .dtypes import from_numpy


class Generator:
    """A stream of random numbers of its own."""

    __module__ = "minigrad._C"

    _stream: Any
    _wrap: Any  # makes an array a tensor, told by the floor above

    def __init__(self, device: Any = None) -> None:
        self.device = Device("cpu" if device is None else device)
        if self.device.type != "cpu":
            raise RuntimeError(f"{self.device.type.upper()} device type not an accelerator.")
        self.manual_seed(67280421310721)  # the seed of a fresh torch generator

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream at `seed`."""
        self._seed, self._stream = int(seed), None
        return self

    @property
    def stream(self) -> Any:
        """numpy's generator, made when the first number is drawn: it takes long to import."""
        if self._stream is None:
            self._stream = np.random.default_rng(self._seed % 2**64)
        return self._stream

    def initial_seed(self) -> int:
        """The seed at which the stream was started."""
        return self._seed

    def get_state(self) -> Any:
        """Where the stream is, for `set_state`: a tensor of bytes."""
        state = self.stream.bit_generator.state
        numbers = (self._seed % 2**64, *state["state"].values(), *list(state.values())[2:])
        found = b"".join([n.to_bytes(16, "little") for n in numbers])
        return self._wrap(np.frombuffer(found, np.uint8).copy())

    def set_state(self, new_state: Any) -> None:
        """Let the stream go on from where it was at `get_state`.

        Raises TypeError for what is no tensor of bytes, RuntimeError for another number of them.
        """
        if not hasattr(new_state, "_data"):
            raise TypeError(f"expected a minigrad.ByteTensor, but got {type(new_state).__name__}")
        if new_state._data.dtype != np.uint8:
            raise TypeError("RNG state must be a minigrad.ByteTensor")
        if new_state._data.size != _BYTES:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {_BYTES} but found the input RNG state "
                f"size to be {new_state._data.size}"
            )
        found = new_state._data.tobytes()
        numbers = [int.from_bytes(found[i : i + 16], "little") for i in range(0, _BYTES, 16)]
        self._seed = numbers[0]
        self.stream.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": numbers[1], "inc": numbers[2]},
            "has_uint32": numbers[3],
            "uinteger": numbers[4],
        }

    def __reduce__(self) -> Any:
        return _at, (self.get_state(),)

    def seed(self) -> int:
        """Start the stream at a seed taken from the system's entropy, and return it."""
        return self.manual_seed(int.from_bytes(os.urandom(8), "little")).initial_seed()


_BYTES = 80  # the seed, and the four numbers that are the state of numpy's stream


def _at(state: Any) -> Generator:
    """A stream that goes on from a state."""
    generator = Generator()
    generator.set_state(state)
    return generator


default_generator = Generator()
default_generator.seed()


def uniform(stream: np.random.Generator, shape: Any, kind: np.dtype[Any]) -> np.ndarray:
    """Uniform on [0, 1). Raises NotImplementedError for integers."""
    if kind.kind != "f":
        raise NotImplementedError(
            f"\"check_uniform_bounds\" not implemented for '{from_numpy(kind).scalar_type}'"
        )
    # Rounded to a narrower dtype, the largest values would reach 1, which is excluded.
    values = stream.random(shape).astype(kind)
    return np.asarray(np.minimum(values, np.nextafter(kind.type(1), kind.type(0))))


def normal(stream: np.random.Generator, shape: Any, kind: np.dtype[Any]) -> np.ndarray:
    """Standard normal. Raises NotImplementedError for integers."""
    if kind.kind != "f":
        raise NotImplementedError(
            f"\"normal_kernel_cpu\" not implemented for '{from_numpy(kind).scalar_type}'"
        )
    return np.asarray(stream.standard_normal(shape), kind)


def manual_seed(seed: int) -> Generator:
    """Start the common stream at `seed`, so that a run can be repeated."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the common stream at a seed that nobody chose, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed at which the common stream was started."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """The state of the common stream, for `set_rng_state`: a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Let the common stream go on from where it was at `get_rng_state`."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **options: Any) -> Iterator[None]:
    """Inside ``with fork_rng():`` the common stream goes its own way; then on as if unused."""
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
