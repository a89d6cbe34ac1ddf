"""Goldens: what torch prints for an expression, so that runs without torch compare with it too.

`python tests/record_goldens.py` (with torch installed) records those of every module below.
"""

import importlib
import json
from pathlib import Path

MODULES = ["test_dtypes", "test_printing"]
FILE = Path(__file__).with_name("goldens.json")


def outcome(expression, names):
    """The printed value of an expression, or the error it raises, with the module called torch."""
    try:
        text = str(eval(expression, dict(names)))
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    return text.replace("minigrad", "torch")


def goldens(module):
    """{expression: what torch prints} of one test module."""
    return json.loads(FILE.read_text(encoding="utf-8"))[module]


def record(names):
    """What torch makes of each module's EXPRESSIONS; `names(module)` is what they may use."""
    modules = {name: importlib.import_module(name) for name in MODULES}
    return {
        name: {expression: outcome(expression, names(module)) for expression in module.EXPRESSIONS}
        for name, module in modules.items()
    }


if __name__ == "__main__":
    import torch

    found = record(lambda module: module.names_of(torch))
    text = json.dumps(found, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8", newline="\n")
