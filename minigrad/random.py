"""Random numbers: one stream, which `manual_seed` starts anew.

The stream is numpy's and not torch's: the same seed repeats a run of minigrad, but it gives other
numbers than torch would.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class Generator:
    """A stream of random numbers of its own."""

    __module__ = "minigrad"

    def __init__(self, device: Any = None) -> None:
        self.manual_seed(67280421310721)  # the seed of a fresh torch generator

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream at `seed`."""
        self._seed = int(seed)
        self.stream = np.random.default_rng(self._seed % 2**64)
        return self

    def initial_seed(self) -> int:
        """The seed at which the stream was started."""
        return self._seed

    def seed(self) -> int:
        """Start the stream at a seed taken from the system's entropy, and return it."""
        entropy = np.random.SeedSequence().generate_state(1, np.uint64)[0]
        return self.manual_seed(int(entropy)).initial_seed()


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Start the common stream at `seed`, so that a run can be repeated."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the common stream at a seed that nobody chose, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed at which the common stream was started."""
    return default_generator.initial_seed()
