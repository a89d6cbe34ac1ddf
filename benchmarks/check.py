"""Correct before fast: every engine must find the same gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .row import Case

TINY = 1e-3
"""A gradient whose norm is smaller than this counts as 0."""


def disagreements(cases: Mapping[str, Case], tolerance: float, runs: int = 1) -> list[str]:
    """Run each case, and compare its gradients with minigrad's; what differs, in words."""
    found = {}
    for name, case in cases.items():
        for _ in range(runs):
            case.run()
        found[name] = [np.asarray(values(g), np.float64) for g in case.gradients()]
    expected = found["minigrad"]
    problems = []
    for name, gradients in found.items():
        if [g.shape for g in gradients] != [g.shape for g in expected]:
            problems.append(f"{name}: gradients of other shapes")
            continue
        for i, (got, right) in enumerate(zip(gradients, expected)):
            error = float(np.linalg.norm(got - right)) / max(float(np.linalg.norm(right)), TINY)
            if not error <= tolerance:
                problems.append(f"{name}: gradient {i} is {error:.1e} of its norm away")
    return problems


def values(gradient: Any) -> Any:
    """An array or a tensor of any engine as plain numbers."""
    return gradient.tolist() if hasattr(gradient, "tolist") else gradient
