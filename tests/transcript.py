"""Runs cells of code as a notebook would and writes down what they show, on either engine.

Tests compare minigrad's transcript with one that was recorded from torch, so they say as much on a
machine without torch; where torch is installed, torch is held to the record too.
"""

import ast
import contextlib
import io
import re
import warnings

from IPython.lib.pretty import pretty

SETUP = '''
import numpy as np
import {engine} as torch
import {engine}.nn as nn
from {engine} import autograd
from {engine}.autograd import Function

stream = np.random.default_rng(0)

def normal(*size, **flags):
    return torch.tensor(stream.standard_normal(size), dtype=torch.float32, **flags)

def dyadic(*size, **flags):
    """Eighths, whose products and sums are exact: equal in whatever order they are added."""
    return torch.tensor(stream.integers(-8, 9, size) / 8, dtype=torch.float32, **flags)
'''

# Torch says these once in a process, so they depend on what ran before.
ONCE = ("backward() with create_graph=True", "Converting a tensor with requires_grad=True")


class Session:
    """A namespace in which cells run as in a notebook: a last expression's value is displayed."""

    def __init__(self, engine):
        self.namespace = {"__name__": "__main__"}
        exec(SETUP.format(engine=engine), self.namespace)

    def run(self, code):
        """What the cell shows: printed lines, the last value or the error, and warnings."""
        body = ast.parse(code).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        shown = io.StringIO()
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(shown):
            warnings.simplefilter("always")
            try:
                exec(compile(ast.Module(body, []), "cell", "exec"), self.namespace)
                if last is not None:
                    value = eval(
                        compile(ast.Expression(last.value), "cell", "eval"), self.namespace
                    )
                    if value is not None:
                        print(pretty(value))
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        said = [f"{w.category.__name__}: {w.message}\n" for w in caught]
        said = [line for line in said if not any(words in line for words in ONCE)]
        return shown.getvalue() + "".join(said)


def masked(text):
    """`text` without addresses, the engine's name, and where torch's own source was compiled."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", " at 0x…", text)
    text = re.sub(r" \(Triggered internally at .*?\)", "", text)
    return re.sub(r"\b(torch|minigrad)\.", "engine.", text)


def transcript(cells, engine):
    """Each cell behind ``>>>``, then what it shows; all in one namespace."""
    session = Session(engine)
    blocks = []
    for code in cells:
        quoted = "".join(f">>> {line}\n" for line in code.splitlines())
        blocks.append(quoted + masked(session.run(code)))
    return "\n".join(blocks)
