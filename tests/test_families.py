"""Methods, functions and modules that are loaded when they are first asked for."""

import ast
import copy
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import minigrad
from minigrad.methods import FAMILIES, Methods

ROOT = Path(__file__).parent.parent


class Bare:
    """What every class has, on this Python."""


NOT_METHODS = set(vars(Bare)) | {"__annotations__", "__hash__"}


def fresh(code):
    """What a program prints in an interpreter that has loaded nothing of minigrad yet."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.load().__name__)
def test_a_family_names_all_its_methods(family):
    methods = vars(family.load()).keys() - NOT_METHODS
    assert set(family.names.split()) == methods, "name them in minigrad/methods/__init__.py"


def test_the_type_checker_sees_the_families_that_are_loaded():
    tree = ast.parse(Path(inspect.getfile(Methods)).read_text(encoding="utf-8"))
    (seen,) = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Methods"]
    assert [base.id for base in seen.bases] == [family.load().__name__ for family in FAMILIES]


def test_an_import_loads_no_family_and_a_method_loads_its_own():
    loaded = "print(*[m for m in sys.modules if m.startswith('minigrad.methods.')])"
    code = f"import sys, minigrad; {loaded}; dir(minigrad.Tensor); {loaded}; "
    assert fresh(code) == []
    assert "minigrad.methods.statistics" not in fresh(
        f"import sys, minigrad; x = minigrad.ones(2); (x @ x + 1).exp().sum(); {loaded}"
    )
    assert fresh("import minigrad as m; print(callable(m.Tensor.quantile), m.Tensor.mode.__doc__)")


def test_everything_public_can_be_asked_for():
    names = fresh("import minigrad; print(*minigrad.__all__)")
    assert len(set(names)) == len(names)
    assert set(names) <= set(dir(minigrad))
    assert [name for name in names if not hasattr(minigrad, name)] == []
    starred = fresh("from minigrad import *; print(mm.__name__, load.__name__, selu.__name__)")
    assert starred == ["mm", "load", "selu"]
    assert not hasattr(minigrad, "exponential_of_nothing")


def test_gradcheck_is_the_function_whichever_was_imported_first():
    code = "from minigrad.autograd.gradcheck import GradcheckError; import minigrad as m; "
    assert fresh(code + "print(m.autograd.gradcheck.__name__)") == ["gradcheck"]
    names = fresh("import minigrad.autograd as a; print(*a.__all__)")
    assert [name for name in names if not hasattr(minigrad.autograd, name)] == []
    assert not hasattr(minigrad.autograd, "nothing")


def test_a_subclass_that_overrides_a_method_reaches_the_one_it_overrides():
    code = """
import minigrad as torch
class Loud(torch.Tensor):
    def exp(self):
        print("exp")
        return super().exp()
print(torch.zeros(1).as_subclass(Loud).exp().item())
"""
    assert fresh(code) == ["exp", "1.0"]


def test_several_threads_may_ask_first():
    code = """
import threading, minigrad as torch
x, gate, found = torch.ones(3), threading.Barrier(8), []
def ask():
    gate.wait()
    found.append((x + x).sum(dim=0).sort()[0].quantile(0.5).item())
threads = [threading.Thread(target=ask) for _ in range(8)]
[t.start() for t in threads], [t.join() for t in threads]
print(*found)
"""
    assert fresh(code) == ["6.0"] * 8


def test_named_results_are_made_once_and_pickled():
    found = minigrad.tensor([3.0, 1.0]).sort()
    assert type(found) is minigrad.return_types.sort
    assert type(copy.copy(found)) is type(found)
    assert pickle.loads(pickle.dumps(found)).indices.tolist() == [1, 0]
    assert "sort" in dir(minigrad.return_types)
    assert not hasattr(minigrad.return_types, "nothing")


def test_a_property_cannot_be_overwritten_before_its_family_is_loaded_either():
    code = """
import minigrad as torch
x = torch.ones(2, 3)
try:
    x.mT = 1
except AttributeError:
    print(*x.mT.shape)
x.note = x.exp = 4
print(x.note, x.exp)
"""
    assert fresh(code) == ["3", "2", "4", "4"]
