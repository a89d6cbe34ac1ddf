"""The exercises: solutions pass, each typical mistake is told from the others, no chapter tells.

Everything runs with the tensors of minigrad, and of torch where it is installed.
"""

import ast
import importlib
import re
import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy
import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import check  # noqa: E402
from check.core import EXERCISES, Reply  # noqa: E402
from check.meanings import MEANINGS  # noqa: E402

CHAPTERS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("[0-9][0-9]_*.py"))
IMPORT = "import minigrad as torch"
STUB = "As it stands: "  # how the reply to a broken cell begins that nobody has touched


@pytest.fixture(params=["minigrad", "torch"])
def torch(request):
    """The engine that an answer computes with; recording is on again afterwards."""
    engine = pytest.importorskip(request.param)
    yield engine
    engine.set_grad_enabled(True)


def result_of(source, torch):
    """Run `source` as the last cell of a notebook: the value of its last expression."""
    body = ast.parse(source).body
    space = {"torch": torch, "check": check, "np": numpy}
    for line in body[:-1]:  # one by one, as a notebook does
        exec(compile(ast.Module([line], []), "<answer>", "exec"), space)
    return eval(compile(ast.Expression(body[-1].value), "<answer>", "eval"), space)


def cells(path):
    """The source of each code cell of a chapter, and of each code block in its text."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            yield re.sub(r"^%.*", "", cell.source, flags=re.M)  # IPython's own lines
        else:
            yield from re.findall(r"^```python\n(.*?)^```", cell.source, re.M | re.S)


def asking(name):
    """The cells that call check.<name>, each with the number of its chapter."""
    return [
        (path.stem[:2], source)
        for path in CHAPTERS
        for source in cells(path)
        if f"check.{name}(" in source
    ]


# Exercise, answer (the last line of a cell), and what the reply must say: a file a chapter.
MISTAKES = [
    mistake
    for path in sorted((Path(__file__).parent / "mistakes").glob("chapter_[0-9][0-9].py"))
    for mistake in runpy.run_path(str(path))["MISTAKES"]
]


@pytest.mark.parametrize("name", EXERCISES)
def test_its_solution_passes(name, torch):
    path = next(path for path in SOLUTIONS if path.stem[:2] == EXERCISES[name].chapter)
    source = path.read_text(encoding="utf-8").replace(IMPORT, "")
    space = {"torch": torch}
    exec(compile(source, path.name, "exec"), space)
    reply = EXERCISES[name](space[name])
    assert reply and reply.text.startswith("Right: "), reply


@pytest.mark.parametrize(
    "name, answer, diagnosis", MISTAKES, ids=[f"{name}: {said}" for name, _, said in MISTAKES]
)
def test_a_typical_mistake_has_its_diagnosis(name, answer, diagnosis, torch):
    reply = EXERCISES[name](result_of(answer.strip(), torch))
    assert reply.state == "wrong" or reply.text.startswith(STUB)
    assert diagnosis in reply.text


# An error that a learner's own code may stop with: the code, and how the reply goes on.
STOPS = {
    "torch.ones(2).sum().backward()": "There is no record",
    "y = a * a; y.backward(); y.backward()": "A pass uses its graph up",
    "(a * b).backward()": "A pass starts from one number",
    "(a * b).backward(torch.ones(3))": "the shape of the result",
    "a += 1": "Take it off the record",
    "y = b.exp(); y += 1; y.sum().backward()": "had saved was written over",
    "torch.tensor(5, requires_grad=True)": "Write a decimal point",
    "b.numpy()": "`detach()` first",
    "(a * 2).requires_grad_(False)": "as long as its leaf is",
    "(b > 0).mean()": "`.float()` first",
    "a.grad.zero_()": "Something there is None",
    "torch.autograd.grad(a * a, a).item()": "take the tensor out of it",
    "hours = 5.0; hours.backward()": "A Python number keeps no record",
    "(lambda: a).backward()": "Call it",
    "a.requires_grad()": "Parentheses call what stands before them",
    "(lambda grad: grad)()": "A hook is handed over by its name",
    "y = a * 2; y.register_hook(lambda grad: 5); y.backward()": "goes on in place of the gradient",
    "a.grad = 0": "`w.grad = None` clears it",
    "(b * b).backward([1.0, 1.0])": "`backward` takes a tensor",
    "for _ in 3: pass": "A loop needs `range(…)`",
    "(a * a).grad_fn.next_functions[0][0].next_functions[0]": "there the walk ends",
    "a.next_functions": "A tensor's node is its `grad_fn`",
    "(x, y), = (a * a).grad_fn.next_functions": "as many as `save_for_backward` was given",
    "no_such_name": "A function knows what is handed to it",
    "1 / 0": "division by zero",
}


@pytest.mark.parametrize("code, meaning", STOPS.items())
def test_an_error_of_the_learners_own_is_explained(code, meaning, torch):
    made = "a = torch.tensor(1.0, requires_grad=True); b = torch.ones(2, requires_grad=True)"
    answer = f"def fence(width, height):\n    {made}\n    {code}\nfence"
    reply = EXERCISES["fence"](result_of(answer, torch))
    assert reply.state == "wrong"
    assert reply.text.startswith("Your code stopped with ")
    assert meaning in reply.text


def test_every_meaning_is_met():
    assert len(STOPS) == len(MEANINGS) + 1  # and an error that needs no words


@pytest.mark.parametrize("name", EXERCISES)
def test_mistakes_are_told_apart(name):
    mistakes = [(answer, diagnosis) for each, answer, diagnosis in MISTAKES if each == name]
    torch = importlib.import_module("minigrad")
    replies = {EXERCISES[name](result_of(answer.strip(), torch)).text for answer, _ in mistakes}
    assert len(replies) >= len({diagnosis for _, diagnosis in mistakes}) >= 3


@pytest.mark.parametrize("name", EXERCISES)
def test_its_stub_stands_in_its_chapter_and_is_open(name, torch):
    (chapter, source), *more = asking(name)
    assert not more
    assert chapter == EXERCISES[name].chapter
    reply = result_of(source, torch)
    if EXERCISES[name].kind == "fix":  # the broken cell has a diagnosis, that of its mistake
        assert reply.state == "open"
        assert reply.text.startswith(STUB)
        changed = source.replace("\n    ", "\n    print(end='')\n    ", 1)
        if "class " not in source:
            assert result_of(changed, torch).state == "wrong"
    else:
        assert reply == Reply("open", f'Yours to fill in. Stuck? Try `check.hint("{name}")`.')


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_chapter_asks_in_all_three_ways(path):
    kinds = {e.kind for e in EXERCISES.values() if e.chapter == path.stem[:2]}
    assert kinds == {"predict", "fix", "write"}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_function_of_a_chapter_is_a_solution(path, torch):
    defined = [node for source in cells(path) for node in ast.parse(source).body]
    defined = [node for node in defined if isinstance(node, ast.FunctionDef)]
    for node in defined:
        function = result_of(f"{ast.unparse(node)}\n{node.name}", torch)
        passing = [name for name, exercise in EXERCISES.items() if exercise(function)]
        assert passing == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_chapter_repeats_a_line_of_its_solutions(path):
    solutions = next(each for each in SOLUTIONS if each.stem == path.stem)
    told = {line.strip() for line in solutions.read_text(encoding="utf-8").splitlines()}
    asked = {
        line.strip()
        for name in EXERCISES
        for _, source in asking(name)
        for line in source.split("\n")
    }
    shown = {line.strip() for source in cells(path) for line in source.split("\n")}
    assert shown & told - asked <= {"", IMPORT, "with torch.no_grad():"}


@pytest.mark.parametrize(
    "needed, explained",
    [
        ("the documents", "five Chinese notes on PyTorch's autograd"),
        ("predictions", "Edit → Clear Outputs of All Cells"),
        ("the arrow keys", "clicked the player or reached it with **Tab**"),
        ("viz.animate(bill), twice", "The cell runs once: the pass uses the graph up."),
        ("None + 3", "That means *nothing yet*"),
        ("frees other, self", "After it ran, it lets them go."),
    ],
)
def test_the_first_chapter_explains(needed, explained):
    told = nbformat.read(CHAPTERS[0], as_version=4).cells
    assert any(explained in cell.source for cell in told if cell.cell_type == "markdown"), needed


def test_hints_rise_and_stop_at_the_third():
    for name, exercise in EXERCISES.items():
        replies = [check.hint(name) for _ in range(4)]
        assert [reply.state for reply in replies] == ["hint"] * 4
        assert [reply.text for reply in replies] == [
            f"Hint {i} of 3: {exercise.hints[i - 1]}" for i in (1, 2, 3, 3)
        ]
        assert len(set(exercise.hints)) == 3


def test_a_hint_of_chosen_strength():
    assert check.hint("two_paths", 3).text.startswith("Hint 3 of 3: The product receives 6.")
    with pytest.raises(ValueError, match="strength is 1, 2 or 3, not 4"):
        check.hint("two_paths", 4)


def test_a_hint_takes_the_exercise_or_its_name():
    assert check.hint(check.treat, 2) == check.hint("treat", 2)


def test_a_misspelt_exercise_is_told():
    assert 'Did you mean `check.hint("two_paths")`?' in check.hint("two_path").text
    assert check.hint(None) == Reply("wrong", "There is no exercise None.")


def test_a_reply_shows_itself():
    reply = Reply("wrong", "`a < b` is one path")
    assert not reply
    assert repr(reply) == "✗ `a < b` is one path"
    assert "<code>a &lt; b</code> is one path" in reply._repr_html_()


def test_a_table_shows_itself():
    table = check.table(["x", "grad"], [["w < 1", 1 / 3], ["b", None]])
    assert repr(table) == "x      grad\nw < 1  0.3333\nb      None"
    html = table._repr_html_()
    assert html.count("<tr>") == 3
    assert ">w &lt; 1</td>" in html
    with pytest.raises(ValueError, match="every row needs 2 cells"):
        check.table(["x", "grad"], [["w"]])


def test_checks_import_no_engine():
    asked = "import check, sys; print({'minigrad', 'torch', 'viz', 'numpy'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", asked], cwd=NOTEBOOKS, capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_ends_with_three_checks(path):
    sections = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells).split(
        "\n## "
    )
    checks, after = sections[-2:]
    assert checks.startswith("Three checks · 练习")
    assert after.startswith("Next · 下一章")
    asked = re.findall(r"^check\.(\w+)\(", checks, re.M)
    assert len([name for name in asked if name in EXERCISES]) == 3
    assert [
        int(n) for n in re.findall(r"^\*\*(\d) · (?:Predict|Fix|Write|Expose)", checks, re.M)
    ] == [1, 2, 3]
