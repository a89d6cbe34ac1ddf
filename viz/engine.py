"""Finds and calls a layout engine: PyPI's graphviz-pure, or else Graphviz's own `dot`."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib import metadata
from typing import Any

TIMEOUT = 20  # seconds a layout may take
INSTALL = (
    "no layout engine found. Install one of the two: `pip install graphviz-pure`, "
    "or Graphviz, whose `dot` must be on the PATH (https://graphviz.org/download/)"
)


class LayoutError(RuntimeError):
    """The layout engine is missing, failed, or took too long."""


@cache
def engine() -> str:
    """The path of graphviz-pure's program, or of `dot`. Raises LayoutError if there is neither."""
    for file in _files("graphviz-pure"):
        path = file.locate()
        if file.name in ("graphviz-pure", "graphviz-pure.exe") and path.exists():
            return str(path)
    found = shutil.which("graphviz-pure") or shutil.which("dot")
    if found is None:
        raise LayoutError(INSTALL)
    return found


def _files(package: str) -> list[Any]:
    try:
        return list(metadata.files(package) or [])
    except metadata.PackageNotFoundError:
        return []


def call(program: str, source: str, format: str, *flags: str) -> bytes:
    """Runs a layout engine on DOT source. Raises LayoutError with what it said."""
    try:
        done = subprocess.run(
            [program, f"-T{format}", *flags],
            input=source.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LayoutError(
            f"the layout took more than {TIMEOUT} seconds: draw a smaller part of the graph"
        ) from None
    except OSError as error:
        raise LayoutError(f"{program} did not start ({error}); {INSTALL}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise LayoutError(f"the layout engine failed: {said[:500]}")
    return done.stdout
