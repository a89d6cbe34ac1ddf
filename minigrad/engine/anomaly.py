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
    name, lines = type(node).__name__, node.metadata.get("traceback_")
    if lines is None:
        yield (
            f"Error detected in {name}. No forward pass information available. Enable detect "
            "anomaly during forward pass for more information."
        )
    else:
        yield (
            f"Error detected in {name}. Traceback of forward call that caused the error:\n"
            + "".join(lines)
        )
    while (parent := node.metadata.get("parent_")) is not None:
        name, lines = type(parent).__name__, parent.metadata.get("traceback_")
        if lines is None:
            yield (
                f"\n\nPrevious calculation was induced by {name}. No forward pass information "
                "available. Enable detect anomaly during forward pass for more information."
            )
        else:
            yield (
                f"\n\nPrevious calculation was induced by {name}. Traceback of forward call that "
                "induced the previous calculation:\n" + "".join(lines)
            )
        node = parent
