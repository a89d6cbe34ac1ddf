"""How long `import minigrad` takes, beside `import numpy`, each in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from .facts import Fact, at_most

LIMIT = 1.15
PROGRAM = """
import time
start = time.process_time()
import {module}
print(time.process_time() - start)
"""


def seconds(module: str) -> float:
    """CPU time of one import in a fresh interpreter."""
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """Medians of the ratio, pair by pair."""
    pairs = [(seconds("minigrad"), seconds("numpy")) for _ in range(5 if quick else 21)]
    ratio = statistics.median([ours / numpys for ours, numpys in pairs])
    yield at_most("import minigrad / import numpy", ratio, LIMIT, " ×")
