"""`python -m minigrad SCRIPT.py`: runs a script of PyTorch's as it is, on minigrad.

In the script `import torch`, `import torch.nn as nn` and `from torch import optim` give minigrad.
`python -m minigrad -m MODULE` runs a module so: `-m viz SCRIPT.py`, for one.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import minigrad


def main() -> int | str:
    """The command. Returns what `sys.exit` takes."""
    given = sys.argv[1:]
    if len(given) < 2 if given[:1] == ["-m"] else not given or given[0].startswith("-"):
        return "usage: python -m minigrad SCRIPT.py, or -m MODULE; then its own arguments"
    sys.modules["torch"] = minigrad
    if given[0] == "-m":
        sys.argv = given[1:]
        runpy.run_module(given[1], run_name="__main__", alter_sys=True)
        return 0
    script = Path(given[0])
    if not script.is_file():
        return f"python -m minigrad: there is no file {script}"
    sys.argv = given
    sys.path[0] = str(script.resolve().parent)
    try:
        runpy.run_path(str(script), run_name="__main__")
    except Exception as error:
        own = error.__traceback__  # as the script alone has it
        while own and own.tb_frame.f_code.co_filename != str(script):
            own = own.tb_next
        if own is not None:
            error.__traceback__ = own
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
