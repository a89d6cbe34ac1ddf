"""`python -m viz SCRIPT.py -o trace.html`: any script's backward passes, from outside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = """
import sys
import {engine} as torch
import helper

w = torch.tensor(3.0, requires_grad=True)
for _ in range(2):
    helper.loss(w).backward()
print(__name__, sys.argv[1:], w.grad.item())
if "boom" in sys.argv:
    raise KeyError("boom")
if "exit" in sys.argv:
    sys.exit(3)
"""


@pytest.fixture(params=["minigrad", "torch"])
def run(request, tmp_path):
    if request.param == "torch":
        pytest.importorskip("torch")
    (tmp_path / "helper.py").write_text("def loss(w):\n    return w * w\n", encoding="utf-8")
    script = SCRIPT.format(engine=request.param)
    (tmp_path / "script.py").write_text(script, encoding="utf-8")

    def command(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "viz", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    command.here = tmp_path
    return command


def test_a_script_runs_as_ever_and_its_passes_are_written(run):
    done = run("script.py", "-o", "trace.json", "some", "--own=1")
    assert (done.returncode, done.stdout) == (0, "__main__ ['some', '--own=1'] 12.0\n")
    assert done.stderr == "2 calls recorded: trace.json\n"
    trace = json.loads((run.here / "trace.json").read_text(encoding="utf-8"))
    assert [r["steps"][-1]["text"] for r in trace["runs"]] == [
        "w.grad: None + 6 = 6",
        "w.grad: 6 + 6 = 12",
    ]
    assert run("script.py").returncode == 0
    page = (run.here / "trace.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "w.grad" in page
    assert "<title>script.py, step by step</title>" in page


def test_errors_and_exits_are_the_scripts_own(run):
    done = run("script.py", "boom", "-o", "a.json")
    assert done.returncode == 1
    assert "KeyError: 'boom'" in done.stderr and "viz" not in done.stderr
    assert (run.here / "a.json").exists()
    assert run("script.py", "exit", "-o", "b.json").returncode == 3
    assert (run.here / "b.json").exists()


def test_of_a_script_that_does_not_parse_its_error_alone_is_told(run):
    (run.here / "bad.py").write_text("x = (1\n", encoding="utf-8")
    done = run("bad.py")
    assert done.returncode == 1 and done.stderr.startswith('  File "')
    assert done.stderr.count("File ") == 1 and "viz" not in done.stderr
    assert done.stderr.endswith("SyntaxError: '(' was never closed\n")


def test_nothing_to_write_or_nowhere_is_said_before_anything_runs(run):
    (run.here / "quiet.py").write_text("x = 1", encoding="utf-8")
    done = run("quiet.py")
    assert done.returncode == 1 and "called no backward()" in done.stderr
    done = run("script.py", "-o", "a.doc")
    assert done.returncode == 2 and done.stdout == "" and "suffix" in done.stderr
    done = run("missing.py")
    assert done.returncode == 2 and "there is no file" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--quizz", "script.py"], "there is no option --quizz. Did you mean --quiz?"),
        (["--xyz=1", "script.py", "--xyz=1"], "there is no option --xyz=1.\n"),
        (["script.py", "-o", "missing/t.html"], "there is no folder missing"),
        (["script.py", "-o", "x.jpg"], "must be .html, .svg, .json, .png or .gif\n"),
        (["script.py", "--quiz", "-o", "x.json"], "the quiz is a .html"),
    ],
)
def test_what_cannot_be_meant_is_said_before_the_script_runs(run, arguments, told):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr


def test_a_mistyped_option_after_the_script_is_its_own_and_is_told(run):
    done = run("script.py", "--quizz", "-o", "q.json", "--output-dir=a", "quiz")
    assert done.stdout.startswith("__main__ ['--quizz', '--output-dir=a', 'quiz']")
    told = "--quizz goes to script.py. Did you mean --quiz?\n2 calls recorded: q.json\n"
    assert (done.returncode, done.stderr) == (0, told)
    same = run("-o", "a.json", "script.py", "a.json")
    assert same.returncode == 0 and same.stdout.startswith("__main__ ['a.json']")


def test_the_file_is_written_where_the_command_was_given(run):
    text = (run.here / "script.py").read_text(encoding="utf-8")
    text += "import os\nos.mkdir('elsewhere')\nos.chdir('elsewhere')\n"
    (run.here / "moves.py").write_text(text, encoding="utf-8")
    assert run("moves.py", "-o", "a.json").returncode == 0
    assert (run.here / "a.json").exists()
