"""environment.yml (conda, Binder) asks for the same packages as pyproject.toml (pip, uv)."""

import copy
import re
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
# conda-forge's `graphviz` is dot itself, and its `matplotlib` comes with Qt
PYPI_NAME = {"python-graphviz": "graphviz", "matplotlib-base": "matplotlib"}
CONDA_ONLY = {"python", "pip", "graphviz"}
PYPI_ONLY = {"graphviz-pure"}  # comes with `pip: -e .`


@pytest.fixture
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def asked_by_conda(conda):
    """{PyPI name: version specifier} of what the conda part installs."""
    found = {}
    for line in (entry for entry in conda["dependencies"] if isinstance(entry, str)):
        name, specifier = re.fullmatch(r"([\w-]+)(.*)", line).groups()
        if name not in CONDA_ONLY:
            found[PYPI_NAME.get(name, name)] = specifier
    return found


def asked_by_pip(project):
    """{PyPI name: version specifier} of what `pip install -e ".[course]"` installs."""
    lines = project["dependencies"] + project["optional-dependencies"]["course"]
    asked = map(Requirement, lines)
    return {r.name: str(r.specifier) for r in asked if r.name not in PYPI_ONLY}


def test_same_packages_and_versions(conda, project):
    assert asked_by_conda(conda) == asked_by_pip(project)


def test_a_package_or_a_bound_that_differs_is_found(conda, project):
    dropped, loosened = copy.deepcopy(conda), copy.deepcopy(conda)
    dropped["dependencies"].remove("numpy>=2.1")
    loosened["dependencies"][loosened["dependencies"].index("numpy>=2.1")] = "numpy>=1.0"
    assert asked_by_conda(dropped) != asked_by_pip(project)
    assert asked_by_conda(loosened) != asked_by_pip(project)


def test_what_only_pypi_has_comes_with_the_project_itself(conda, project):
    runtime = {Requirement(line).name for line in project["dependencies"]}
    assert runtime >= PYPI_ONLY
    assert conda["dependencies"][-1] == {"pip": ["-e ."]}
    assert {"pip", "graphviz"} <= set(conda["dependencies"][:-1])


def test_python_is_pinned_to_a_minor_version_that_the_project_supports(conda, project):
    (pin,) = (line for line in conda["dependencies"] if str(line).startswith("python="))
    minor = re.fullmatch(r"python=(3\.\d+)", pin)[1]
    assert Requirement("python" + project["requires-python"]).specifier.contains(Version(minor))
    assert f"Programming Language :: Python :: {minor}" in project["classifiers"]


def test_one_channel_and_a_name(conda):
    assert conda["channels"] == ["conda-forge"]
    assert conda["name"] == "minigrad"


@pytest.mark.parametrize(
    "machine, wheel",
    [
        (("linux", "x86_64"), True),
        (("linux", "aarch64"), True),
        (("darwin", "arm64"), True),
        (("darwin", "x86_64"), True),
        (("win32", "AMD64"), True),
        (("win32", "ARM64"), False),
        (("linux", "riscv64"), False),
        (("emscripten", "wasm32"), False),
    ],
)
def test_the_layout_engine_is_asked_for_only_where_its_wheel_exists(project, machine, wheel):
    (pure,) = (r for r in map(Requirement, project["dependencies"]) if r.name == "graphviz-pure")
    assert pure.marker.evaluate(dict(zip(("sys_platform", "platform_machine"), machine))) is wheel
