"""How long `import minigrad` takes, beside `import numpy`, each in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
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


def seconds(module: str, environment: dict[str, str]) -> float:
    """CPU time of one import in a fresh interpreter."""
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """The median of the ratio, pair by pair, with bytecode compiled before, as on a second run."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        pairs = [
            (seconds("minigrad", environment), seconds("numpy", environment))
            for _ in range(6 if quick else 22)
        ]
    ratio = statistics.median([ours / numpys for ours, numpys in pairs[1:]])
    yield at_most("import minigrad / import numpy", ratio, LIMIT, " ×")
