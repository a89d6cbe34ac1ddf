"""Odd answers: whatever a learner hands over, a check says what is asked for, and never praises."""

import sys
import types
import warnings
from pathlib import Path

import numpy
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "notebooks"))

from check.core import EXERCISES

SOURCE = """
class Thing: pass
class Callable:
    def __call__(self, *inputs): return 3
def many(a, b, c, d, e, f): return a
def nothing(*inputs): print("printed, and not returned")
def none(*inputs): return None
def dots(*inputs): return ...
def raises(*inputs): raise ValueError("the learner's own")
def runtime(*inputs): raise RuntimeError("the learner's own")
def quits(*inputs): raise SystemExit
def deep(*inputs): return deep(*inputs)
def unknown(*inputs): return no_such_name
def generates(*inputs): yield 1
def first(*inputs): return inputs[0] if inputs else None
def last(*inputs): return inputs[-1] if inputs else None
def doubled(*inputs): return inputs[0] * 2
def cut(*inputs): return inputs[0].detach()
def writes(*inputs):
    for each in inputs:
        if hasattr(each, "detach"):
            each.detach().fill_(77.0)
    return inputs[0] if inputs else None
class Empty(torch.autograd.Function): pass
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *inputs): return None
    @staticmethod
    def backward(ctx, *grads): return None
class Text(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y=None): return x.clone()
    @staticmethod
    def backward(ctx, grad): return "text"
class Larger(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y=None): return x * torch.ones(2, 2)
    @staticmethod
    def backward(ctx, grad): return grad, grad
class WithoutContext(torch.autograd.Function):
    @staticmethod
    def forward(x): return x
    @staticmethod
    def backward(grad): return grad
"""


def values(torch, other):
    """Things that are no answer to any exercise."""
    return {
        "None": None,
        "True": True,
        "a text": "12345",
        "an empty text": "",
        "a wrong number": -12345,
        "nan": float("nan"),
        "inf": float("inf"),
        "huge": 10**400,
        "complex": 1 + 2j,
        "an empty list": [],
        "a list": [7.0, 8.0, 9.0],
        "a list of lists": [[1, 2], [3, 4]],
        "a tuple of None": (None, None),
        "a dict": {"a": 1},
        "a set": {1, 2},
        "an object": object(),
        "a class": dict,
        "a module": types,
        "a range": range(3),
        "a generator": (n for n in range(3)),
        "a numpy number": numpy.float64(123),
        "a numpy array": numpy.ones((2, 2)),
        "a numpy array of objects": numpy.array([None, 1]),
        "a number in a tensor": torch.tensor(123.0),
        "three numbers": torch.tensor([1.0, 2.0, 33.0]),
        "a table": torch.ones(2, 2) * 9,
        "an empty tensor": torch.zeros(0),
        "integers": torch.tensor([1, 2, 3]),
        "truths": torch.tensor([True, False]),
        "nan in a tensor": torch.tensor([float("nan")] * 3),
        "a leaf": torch.tensor(123.0, requires_grad=True),
        "a computed table": torch.ones(2, 2, requires_grad=True) * 2,
        "another engine's": other.tensor([1.0, 2.0, 33.0], requires_grad=True),
    }


def functions(torch, other):
    """Functions and classes that are no answer either."""
    space = {"torch": torch}
    exec(compile(SOURCE, "<learner>", "exec"), space)
    found = {
        name: thing for name, thing in space.items() if isinstance(thing, type | types.FunctionType)
    }
    found["an object that can be called"] = space["Callable"]()
    found |= {"abs": abs, "int": int, "torch.sqrt": torch.sqrt, "no argument": lambda: 3}
    for name in values(torch, other):
        given = types.SimpleNamespace(give=lambda name=name: values(torch, other)[name])
        found[f"returns {name}"] = eval(
            "lambda *inputs: given.give()", {"torch": torch, "given": given}
        )
        found[f"returns a list of {name}"] = eval(
            "lambda *inputs: [given.give()] * 3", {"torch": torch, "given": given}
        )
    return found


def parts(torch, other, name):
    """Lists and dicts whose parts are odd, under the names that an exercise asks for."""
    asked = EXERCISES[name].judge({}).text
    for odd, value in values(torch, other).items():
        yield f"two of {odd}", [value] * 2
        yield f"three of {odd}", [value] * 3
        if "once" in asked:
            yield f"a dict of {odd}", {"once": value, "twice": value}
        if " each of the" in asked:
            yield f"a dict of {odd}", dict.fromkeys(asked.split(": ")[1][:-1].split(", "), value)


OWN = {"raises", "runtime", "quits", "deep", "unknown", "doubled", "cut", "torch.sqrt", "writes"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "engines", [("minigrad", "torch"), ("torch", "minigrad")], ids=lambda e: e[0]
)
@pytest.mark.parametrize("name", EXERCISES)
def test_it_is_told_in_words(name, engines, capsys):
    torch, other = map(pytest.importorskip, engines)
    answers = values(torch, other) | functions(torch, other)
    if EXERCISES[name].kind == "predict":
        answers |= dict(parts(torch, other, name))
    for odd, answer in answers.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reply = EXERCISES[name].judge(answer)
        torch.set_grad_enabled(True)
        said = f"{odd}: {reply}"
        assert reply.state == "wrong" or "Yours to fill in" in said, said
        assert " at 0x" not in said, said
        assert "\n" not in reply.text, said
        assert 10 < len(reply.text) < 450, said
        assert odd in OWN or not reply.text.startswith("Your code stopped"), said
