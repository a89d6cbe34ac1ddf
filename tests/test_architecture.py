"""Imports run one way: viz → (the graph protocol) ← minigrad → numpy, and so inside minigrad."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest
from readme import blocks

ROOT = Path(__file__).parent.parent

# minigrad's rooms, the ground floor first: a room imports from lower storeys, or from its own.
STOREYS = [
    {
        "accelerator",
        "backends",
        "device",
        "dtypes",
        "namesake",
        "printing",
        "random",
        "return_types",
        "serialization",
        "size",
        "storage",
    },
    {"engine"},
    {"ops"},
    {
        "array",
        "calls",
        "checked",
        "errors",
        "gradients",
        "inplace",
        "methods",
        "recording",
        "views",
    },
    {"tensor"},
    {"composites", "creation", "cuda", "functions", "joining", "linalg", "out", "special"},
    {"autograd", "distributions", "nn", "optim", "utils"},
    {"__main__"},  # the command, outside the front door: it alone comes in through it
]
AS_ASKED = {("minigrad.namesake", "?")}  # finds minigrad's modules for whoever asks for them
STOREY_OF = {room: number for number, rooms in enumerate(STOREYS) for room in rooms}
MAY_IMPORT = {
    "minigrad": {"numpy"},
    "viz": {"numpy", "graphviz", "resvg_py", "PIL", "IPython", "ipywidgets"},
}


def modules(package, root=ROOT):
    """{dotted name: source file} of every module in a package."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def executed(tree):
    """Every statement and expression of a module, apart from what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from executed(node)


def imports(name, path, known):
    """The dotted names that module `name` imports, at its top or anywhere inside a function."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in executed(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "__import__")
        ):
            yield node.args[0].value if isinstance(node.args[0], ast.Constant) else "?"


def import_graph(package, root=ROOT):
    """{module: set of imported dotted names} for a whole package."""
    known = modules(package, root)
    return {name: set(imports(name, path, known)) for name, path in known.items()}


def strangers(graph, allowed):
    """(module, import) pairs that are neither the package, the standard library, nor allowed."""
    own = {name.split(".")[0] for name in graph}
    fine = own | allowed | set(sys.stdlib_module_names)
    return sorted(
        (m, i) for m, found in graph.items() for i in found if i.split(".")[0] not in fine
    )


def upward(graph):
    """(module, import) pairs that run up the storeys, or back to the package's front door."""
    wrong = []
    for module, found in graph.items():
        here = module.split(".")[1:]
        for target in found:
            there = target.split(".")
            if here and there[0] == module.split(".")[0]:
                above = len(there) > 1 and STOREY_OF[there[1]] > STOREY_OF[here[0]]
                above |= len(there) == 1 and here != ["__main__"]
                wrong += [(module, target)] if above else []
    return sorted(wrong)


def circle(graph):
    """The first circle of modules that import each other, or None."""
    try:
        TopologicalSorter(
            {m: {i for i in f if i in graph} - {m} for m, f in graph.items()}
        ).prepare()
    except CycleError as error:
        return error.args[1]
    return None


@pytest.mark.parametrize("package", ["minigrad", "viz"])
def test_packages_import_only_what_they_may(package):
    graph = import_graph(package)
    assert len(graph) > 3
    assert set(strangers(graph, MAY_IMPORT[package])) <= AS_ASKED


def test_every_room_of_minigrad_has_its_storey():
    rooms = {name.split(".")[1] for name in modules("minigrad") if "." in name}
    assert rooms - set(STOREY_OF) == set(), "say in STOREYS which rooms it may import from"


def test_inside_minigrad_no_import_runs_up():
    assert upward(import_graph("minigrad")) == []


@pytest.mark.parametrize("package", ["minigrad", "viz"])
def test_no_modules_import_each_other_in_a_circle(package):
    assert circle(import_graph(package)) is None


@pytest.mark.parametrize(
    "package, never",
    [("minigrad", {"viz", "torch", "graphviz", "IPython"}), ("viz", {"minigrad", "torch"})],
)
def test_a_fresh_interpreter_loads_nothing_else(package, never):
    code = f"import sys, {package}; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert package in loaded
    assert loaded & never == set()


def test_readme_draws_the_storeys_as_they_are():
    (picture,) = (block.code for block in blocks() if block.language == "mermaid")
    labels = dict(re.findall(r'(\w+)\["([\w · ]+)"\]', picture))
    (chain,) = re.findall(r"^ *(\w+.*--> engine)$", re.sub(r"\[[^]]*\]", "", picture), re.M)
    drawn = [labels.get(box, box).split(" · ") for box in chain.split(" --> ")]
    packages = {path.parent.name for path in (ROOT / "minigrad").glob("*/__init__.py")}
    assert packages | {"tensor"} == {room for rooms in drawn for room in rooms}
    for upper, lower in pairwise(drawn):
        assert any(imported_rooms()[room] & set(lower) for room in upper)


def imported_rooms():
    """{room of minigrad: the other rooms it imports}."""
    rooms = {}
    for module, found in import_graph("minigrad").items():
        if "." in module:
            here = rooms.setdefault(module.split(".")[1], set())
            here |= {i.split(".")[1] for i in found if i.startswith("minigrad.")}
    return rooms


HOUSE_WITH_FAULTS = {
    "__init__.py": "from .tensor import Tensor",
    "engine/__init__.py": "",
    "engine/node.py": "def f():\n    from ..tensor import Tensor",
    "ops/__init__.py": "import torch",
    "ops/shape.py": "import importlib\nx = importlib.import_module('viz')",
    "ops/linalg.py": "from minigrad import Tensor",
    "tensor.py": (
        "from typing import TYPE_CHECKING\n"
        "from .engine import node\n"
        "if TYPE_CHECKING:\n    from .nn import Module\n"
    ),
}


def test_these_checks_find_faults(tmp_path):
    for name, source in HOUSE_WITH_FAULTS.items():
        path = tmp_path / "minigrad" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    graph = import_graph("minigrad", tmp_path)
    assert strangers(graph, {"numpy"}) == [("minigrad.ops", "torch"), ("minigrad.ops.shape", "viz")]
    assert upward(graph) == [
        ("minigrad.engine.node", "minigrad.tensor"),
        ("minigrad.ops.linalg", "minigrad"),
    ]
    assert set(circle(graph)) == {"minigrad.tensor", "minigrad.engine.node"}
