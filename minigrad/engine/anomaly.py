"""Anomaly detection: each node remembers where in the program it was made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

enabled = False
check_nan = True

_PACKAGE = os.path.dirname(os.path.dirname(__file__))


def remember(node: Any, parent: Any) -> None:
    """Note on a new node the lines of the program that made it, and the node whose backward did."""
    import traceback  # which takes longer to import than the engine, and is rarely needed

    frames = [f for f in traceback.extract_stack() if not f.filename.startswith(_PACKAGE)]
    node.metadata["traceback_"] = traceback.format_list(frames)
    if parent is not None:
        node.metadata["parent_"] = parent


def report(node: Any) -> Iterator[str]:
    """Where a node that failed was made, and where each node whose backward made it."""
    yield "Error detected in " + _told(node, "caused the error")
    while (node := node.metadata.get("parent_")) is not None:
        induced = _told(node, "induced the previous calculation")
        yield "\n\nPrevious calculation was induced by " + induced


def _told(node: Any, did: str) -> str:
    name, lines = type(node).__name__, node.metadata.get("traceback_")
    if lines is None:
        return (
            f"{name}. No forward pass information available. Enable detect anomaly during forward "
            "pass for more information."
        )
    return f"{name}. Traceback of forward call that {did}:\n" + "".join(lines)
