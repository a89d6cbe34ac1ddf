"""README.md keeps its word: every block runs, and prints what it says.

Fresh installs take a minute, so these tests run with MINIGRAD_INSTALLS=1 only, as in `.ci/run`,
which runs the other shell lines itself.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest
import yaml
from readme import PICTURE, blocks, commands, draw

from benchmarks.rows import ROWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
installs = pytest.mark.skipif(
    os.environ.get("MINIGRAD_INSTALLS") != "1",
    reason="MINIGRAD_INSTALLS=1 runs README's install lines in a fresh environment",
)
PYTHON_BLOCKS = [i for i, block in enumerate(blocks()) if block.language == "python"]
OPEN_PIP, OPEN_UV, OPEN_CONDA = commands("Open the course")


def test_no_block_is_without_its_test():
    assert [(block.heading, block.language) for block in blocks()] == [
        ("Open the course", "bash"),  # test_the_course_opens
        ("Open the course", "bash"),  # test_the_course_opens
        ("Open the course", "bash"),  # test_conda_line_names_what_is_there
        ("Run all tests", "bash"),  # .ci/run
        ("Run all tests", "bash"),  # .ci/run
        ("Ten lines", "python"),  # test_python_block_prints_what_follows_it
        ("Ten lines", "text"),
        ("On real PyTorch", "bash"),  # .ci/run
        ("On real PyTorch", "python"),  # test_python_block_prints_what_follows_it
        ("On real PyTorch", "text"),
        ("How it is built", "mermaid"),  # test_architecture.py
        ("How fast it is", "bash"),  # test_benchmarks_are_run_and_listed_as_told
        ("Contribute", "bash"),  # .ci/run
    ]


@pytest.mark.parametrize("heading", ["Run all tests", "On real PyTorch", "Contribute"])
def test_ci_runs_the_shell_lines_under(heading):
    ran = re.findall(rf'^[^#\n]*\breadme "{heading}"(?: (\d))?$', CI, re.M)
    assert [int(number or 0) for number in ran] == list(range(len(commands(heading))))


@pytest.mark.parametrize("number", PYTHON_BLOCKS, ids=lambda n: blocks()[n].heading)
def test_python_block_prints_what_follows_it(number, tmp_path):
    block, expected = blocks()[number : number + 2]
    assert expected.language == "text"
    if "import torch\n" in block.code:
        pytest.importorskip("torch")
    (tmp_path / "example.py").write_text(block.code, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == (expected.code, "")
    assert "<script" in (tmp_path / "backward.html").read_text(encoding="utf-8")


def test_ten_lines_are_ten_lines_and_torch_changes_one_of_them():
    ours, theirs = (blocks()[number].code.split("\n") for number in PYTHON_BLOCKS)
    ours, theirs = ([line.split("  #")[0] for line in code if line] for code in (ours, theirs))
    assert len(ours) <= 10
    assert [a for a, b in zip(ours, theirs) if a != b] == ["import minigrad as torch"]
    assert len(ours) == len(theirs)


def test_picture_shows_the_ten_lines(tmp_path):
    committed = PICTURE.read_text(encoding="utf-8")
    drawn = draw(tmp_path)
    assert without_places(drawn) == without_places(committed), "python tests/readme.py picture"
    assert "@keyframes" in committed
    assert f'src="{PICTURE.relative_to(ROOT).as_posix()}"' in README


def without_places(svg):
    """An SVG without its coordinates, as nbval compares the pictures of the notebooks."""
    rules = (ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8")
    for regex, replace in re.findall(r"^regex: (.*)\nreplace: (.*)$", rules, re.M):
        svg = re.sub(regex, replace, svg)
    return svg


def test_conda_line_names_what_is_there():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    create, activate, open_chapter = OPEN_CONDA.strip().split(" && ")
    assert create == "conda env create -f environment.yml"
    assert activate == f"conda activate {environment['name']}"
    assert OPEN_PIP.strip().endswith(f" && {open_chapter}")


def test_chapter_table_links_to_the_chapters_that_are_there():
    linked = re.findall(r"^\| \[\d\d [^]]+\]\(notebooks/([\w-]+\.ipynb)\)", README, re.M)
    assert linked == sorted(path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_benchmarks_are_run_and_listed_as_told():
    install, run = commands("How fast it is")[0].splitlines()
    extra = re.fullmatch(r'pip install -e "\.\[(\w+)\]"', install)[1]
    assert f"\n{extra} = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    command = [sys.executable, *run.split()[1:], "--help"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert all(row.name in told for row in ROWS)
    _, _, table = README.partition("| milliseconds |")
    titles = re.findall(r"^\| ([^|]+) \|", table.partition("\n\n")[0], re.M)
    assert titles[:-1] == [row.title for row in ROWS]


def test_links_and_pictures_are_there():
    targets = re.findall(r"\]\((?!https?:)([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", README)
    assert len(targets) > 2
    assert [t for pair in targets for t in pair if t and not (ROOT / t).exists()] == []


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the project as a newcomer gets it: without environments, caches or locks."""
    ignored = [".git", ".venv", "uv.lock", ".hypothesis", ".*_cache", "__pycache__"]
    return shutil.copytree(
        ROOT, tmp_path_factory.mktemp("clone") / "minigrad", ignore=shutil.ignore_patterns(*ignored)
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Environment variables of a shell in which a new, empty virtual environment is active."""
    venv = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "UV_PYTHON")}
    path = os.pathsep.join([str(venv / "bin"), os.environ["PATH"]])
    return inherited | {"VIRTUAL_ENV": str(venv), "PATH": path}


def opened_by(line, cwd, env, folder, timeout=600):
    """Run a line that opens JupyterLab: (URL that the browser gets, its page, the notebook)."""
    seen, jupyter = folder / "seen", folder / "jupyter"
    jupyter.mkdir()
    config = '{"ServerApp": {"allow_root": true, "port": 0}}'
    (jupyter / "jupyter_server_config.json").write_text(config, encoding="utf-8")
    script = folder / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > "{seen}.part" && mv "{seen}.part" "{seen}"\n')
    script.chmod(0o755)
    places = {f"JUPYTER_{kind}_DIR": str(jupyter) for kind in ("CONFIG", "DATA", "RUNTIME")}
    lab = subprocess.Popen(
        ["bash", "-c", line],
        cwd=cwd,
        env=env | places | {"BROWSER": f"{script} %s"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + timeout
        while not seen.exists() and lab.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
        assert seen.exists(), f"no browser was opened (exit code {lab.poll()})"
        with urllib.request.urlopen(seen.read_text(encoding="utf-8").strip()) as redirect:
            url = re.search(r'href="(http[^"]+)"', redirect.read().decode())[1]
        with urllib.request.urlopen(url) as page:
            html = page.read().decode()
        with urllib.request.urlopen(url.replace("/lab/tree/", "/api/contents/")) as contents:
            notebook = contents.read().decode()
        return url, html, notebook
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait(timeout=60)


@installs
@pytest.mark.parametrize("line", [OPEN_PIP, OPEN_UV], ids=["pip", "uv"])
def test_the_course_opens(line, clone, bare, tmp_path):
    url, html, notebook = opened_by(line, clone, bare, tmp_path)
    assert "/lab/tree/00_start_here.ipynb?token=" in url
    assert "<title>JupyterLab</title>" in html
    assert '"type": "notebook"' in notebook


@installs
def test_the_wheel_holds_both_packages_whole(clone, bare, tmp_path):
    wheel = [
        "python",
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        str(tmp_path),
        str(clone),
    ]
    subprocess.run(wheel, env=bare, check=True)
    (built,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(built).namelist() if ".dist-info/" not in name}
    files = [path for package in ("minigrad", "viz") for path in (clone / package).rglob("*.*")]
    assert packed == {path.relative_to(clone).as_posix() for path in files if path.is_file()}
    assert packed >= {"minigrad/py.typed", "viz/py.typed", "viz/player/player.js"}
