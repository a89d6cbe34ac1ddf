"""Anomaly detection: which operation of the forward pass does an error in backward belong to?"""

from __future__ import annotations

import warnings

from ..engine import anomaly
from ..engine.grad_mode import unusual

__all__ = ["detect_anomaly", "set_detect_anomaly"]


def is_anomaly_enabled() -> bool:
    """Return True if anomaly detection is on, for all threads."""
    return anomaly.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Return True if anomaly detection, where it is on, also looks for nan."""
    return anomaly.check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off."""
    anomaly.enabled, anomaly.check_nan = enabled, check_nan
    (unusual.add if enabled else unusual.discard)("anomaly")


class set_detect_anomaly:
    """Switch anomaly detection at once; as a ``with`` block, switch back at the end.

    While it is on, an error in a backward pass comes with a warning that shows where the operation
    that failed was called, and with `check_nan` a gradient that is nan raises RuntimeError. Much is
    slower: it is for finding faults.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev = anomaly.enabled
        self.prev_check_nan = anomaly.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        set_anomaly_enabled(self.prev, self.prev_check_nan)


class detect_anomaly(set_detect_anomaly):
    """Inside, anomaly detection is on: see `set_detect_anomaly`."""

    def __init__(self, check_nan: bool = True) -> None:
        self.prev = anomaly.enabled
        self.prev_check_nan = anomaly.check_nan
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)
