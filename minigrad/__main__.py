"""`python -m minigrad SCRIPT.py`: runs a script of PyTorch's as it is, on minigrad.

In the script `import torch`, `import torch.nn as nn` and `from torch import optim` give minigrad.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import minigrad


def main() -> int | str:
    """The command. Returns what `sys.exit` takes."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        return "usage: python -m minigrad SCRIPT.py [the script's own arguments]"
    script = Path(sys.argv[1])
    if not script.is_file():
        return f"python -m minigrad: there is no file {script}"
    sys.modules["torch"] = minigrad
    del sys.argv[0]
    sys.path[0] = str(script.resolve().parent)
    runpy.run_path(str(script), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
