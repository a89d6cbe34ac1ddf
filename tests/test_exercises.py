"""The exercises: solutions pass, each typical mistake is told from the others, no chapter tells.

Everything runs with the tensors of minigrad, and of torch where it is installed.
"""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import check  # noqa: E402
from check.core import EXERCISES, Reply  # noqa: E402

CHAPTERS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("[0-9][0-9]_*.py"))
IMPORT = "import minigrad as torch"


@pytest.fixture(params=["minigrad", "torch"])
def torch(request):
    """The engine that an answer computes with."""
    return pytest.importorskip(request.param)


def result_of(source, torch):
    """Run `source` as the last cell of a notebook: the value of its last expression."""
    body = ast.parse(source).body
    space = {"torch": torch, "check": check}
    exec(compile(ast.Module(body[:-1], []), "<answer>", "exec"), space)
    return eval(compile(ast.Expression(body[-1].value), "<answer>", "eval"), space)


def cells(path):
    """The source of each code cell of a chapter, and of each code block in its text."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            yield cell.source
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


# Exercise, answer (the last line of a cell), and what the reply must say.
MISTAKES = [
    ("treat", "3", "3 is one path"),
    ("treat", "1", "1 is one path"),
    ("treat", "5", "Count how often"),
    ("treat", "16", "16 is the bill itself"),
    ("treat", "20", "20 is the bill at price 5"),
    ("treat", "12", "12 is the value of `price * cups`"),
    ("treat", "7", "Not 7."),
    ("treat", "'4'", "without quotes"),
    ("treat", "torch.ones(2)", "A single number is asked for"),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0)
    bill = hours * 0.25
    bill.backward()
    return hours
lamp
""",
        "`bill` has no history",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0)
    bill = (hours * 0.25).requires_grad_()
    bill.backward()
    return hours
lamp
""",
        "`hours` is still not tracked",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    return hours
lamp
""",
        "nobody called `backward()`",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
    return bill
lamp
""",
        "Return `hours`",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
lamp
""",
        "returns `None`",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    (hours * 0.5).backward()
    return hours
lamp
""",
        "`hours.grad` is 0.5",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5, requires_grad=True)
    return hours
lamp
""",
        "Your code stopped with RuntimeError: Only Tensors of floating point",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
    return hours.grad
lamp
""",
        "Return `hours`, and its `.grad` comes with it",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    return bill.backward()
lamp
""",
        "`backward()` itself gives nothing back",
    ),
    ("lamp", "0.25", "the function itself"),
    ("fence", "lambda width, height: width * height", "15 is the area"),
    ("fence", "lambda width, height: width + height", "8 is one width and one height"),
    ("fence", "lambda width, height: width * 2", "not 10"),
    ("fence", "lambda width, height: 2 * width.item() + 2 * height.item()", "no history"),
    (
        "fence",
        "lambda width, height: torch.tensor(2 * width.item() + 2 * height.item())",
        "has no history. Somewhere",
    ),
    ("fence", "lambda width, height: 2 * width + 6", "no path leads back to both"),
    ("fence", "lambda width, height: width * height + 1 + 0 * width", "the gradients are 3 and 5"),
    ("fence", "torch.ones(1)", "the function itself"),
    ("tracked", "dict(a=True, b=True, c=False, d=True, e=True)", "`a`: nobody asked"),
    ("tracked", "dict(a=False, b=False, c=False, d=False, e=False)", "`b` was made with"),
    ("tracked", "dict(a=False, b=True, c=True, d=True, e=True)", "`c` is made from `a` alone"),
    ("tracked", "dict(a=False, b=True, c=False, d=False, e=False)", "One tracked input is enough"),
    ("tracked", "dict(a=False, b=True, c=False, d=True, e=False)", "does not stop after one step"),
    ("tracked", "dict(a='False', b=True, c=False, d=True, e=True)", "without quotes"),
    ("tracked", "True", "Give a value to each"),
    ("leaves", "{'w'}", "took 'leaf' for 'requires grad'"),
    ("leaves", "'w'", "took 'leaf' for 'requires grad'"),
    ("leaves", "{'w', 'y', 'c', 'd'}", "`y` was made from `w`"),
    ("leaves", "{'c', 'd'}", "`w` was made by you"),
    ("leaves", "{'w', 'c'}", "`d` is computed, true"),
    ("leaves", "{'w', 'd'}", "A leaf need not be tracked"),
    ("leaves", "{'x'}", "Give a set of names"),
    (
        "small_weights",
        "lambda: torch.ones(3, requires_grad=True) * 0.1",
        "its `grad_fn` is MulBackward0",
    ),
    (
        "small_weights",
        "lambda: (torch.ones(3, requires_grad=True) * 0.1).detach()",
        "nobody tracks it",
    ),
    ("small_weights", "lambda: torch.ones(3, requires_grad=True)", "must be 0.1 each"),
    ("small_weights", "lambda: torch.tensor(0.1, requires_grad=True)", "Yours has shape ()"),
    (
        "small_weights",
        "lambda: torch.tensor([[0.1, 0.1, 0.1]], requires_grad=True)",
        "Yours has shape (1, 3)",
    ),
    ("small_weights", "lambda: [0.1, 0.1, 0.1]", "A tensor is asked for"),
    ("trainable", "lambda ts: [t for t in ts if t.requires_grad]", "computed from a weight"),
    ("trainable", "lambda ts: [t for t in ts if t.is_leaf]", "does not require grad"),
    ("trainable", "lambda ts: [t for t in ts if t.requires_grad][:1]", "You left out"),
    (
        "trainable",
        "lambda ts: [t.detach() for t in ts if t.is_leaf and t.requires_grad]",
        "You left out",
    ),
    (
        "trainable",
        "lambda ts: 2 * [t for t in ts if t.is_leaf and t.requires_grad]",
        "you returned 4",
    ),
    (
        "trainable",
        "lambda ts: [t.is_leaf and t.requires_grad for t in ts]",
        "says True or False of each tensor",
    ),
    (
        "trainable",
        "lambda ts: [i for i, t in enumerate(ts) if t.is_leaf and t.requires_grad]",
        "holds positions",
    ),
    ("trainable", "lambda ts: ['weight', 'bias']", "'weight', which is no tensor"),
    ("trainable", "lambda ts: 2", "Return a list"),
    ("trainable", "torch.ones(1)", "the function itself"),
    ("doublings", "1", "it ran several times"),
    ("doublings", "5", "After five doublings"),
    ("doublings", "7", "7 counts the values"),
    ("doublings", "0", "does leave nodes"),
    ("doublings", "192", "192 is the value at the end"),
    ("doublings", "34", "Not 34."),
    ("node_counts", "dict(once=2, twice=2)", "does not notice"),
    ("node_counts", "dict(once=3, twice=3)", "used twice, but made once"),
    ("node_counts", "dict(once=3, twice=2)", "The other way round"),
    ("node_counts", "dict(once=3, twice=4)", "You counted the leaf"),
    ("node_counts", "dict(once=1, twice=3)", 'That is for "once"'),
    ("node_counts", "dict(once=2, twice=1)", 'That is for "twice"'),
    ("node_counts", "2", "Answer with"),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.item() * 1.8 + 32)",
        "the chain is cut",
    ),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.item() * 1.8, requires_grad=True) + 32",
        "starts a new history",
    ),
    ("fahrenheit", "lambda celsius: celsius.item() * 1.8 + 32", "a Python number has no history"),
    ("fahrenheit", "lambda celsius: celsius.detach() * 1.8 + 32", "`detach()` hands out"),
    ("fahrenheit", "lambda celsius: celsius.data * 1.8 + 32", "`.data` hands out"),
    (
        "fahrenheit",
        """
def fahrenheit(celsius):
    with torch.no_grad():
        return celsius * 1.8 + 32
fahrenheit
""",
        "`no_grad()` block nothing is written down",
    ),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.tolist() * 1.8 + 32)",
        "Find the line after which",
    ),
    ("fahrenheit", "lambda celsius: celsius * 1.8", "20 °C is 68 °F"),
    ("fahrenheit", "torch.ones(1)", "the function itself"),
    (
        "op_names",
        """
def op_names(tensor):
    def walk(node):
        if node is None or hasattr(node, "variable"):
            return []
        return [node.name()] + [n for f, _ in node.next_functions for n in walk(f)]
    return walk(tensor.grad_fn)
op_names
""",
        "you walked a tree",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and not hasattr(node, "variable"):
            names.add(node.name())
            waiting.extend(f for f, _ in node.next_functions)
    return names
op_names
""",
        "Remember nodes, not names",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    seen, waiting = [], [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.append(node)
            waiting.extend(f for f, _ in node.next_functions)
    return [node.name() for node in seen]
op_names
""",
        "stands for a leaf",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, node = [], tensor.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[-1][0]
    return names
op_names
""",
        "Your walk found only",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, node = [], tensor.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[0][0]
    return names
op_names
""",
        "['AddBackward0', 'MulBackward0']: it missed a branch",
    ),
    (
        "op_names",
        "lambda tensor: ['AddBackward0'] + 2 * ['MulBackward0'] if tensor.grad_fn else []",
        "one Add, one Mul and one Sub",
    ),
    ("op_names", "lambda tensor: ['MulBackward0']", "A leaf has no operation behind it"),
    ("op_names", "lambda tensor: [tensor.grad_fn.name()]", "Your code stopped with AttributeError"),
    (
        "op_names",
        "lambda tensor: ['AddBackward0', 'MulBackward0', 'SubBackward0'] if tensor.grad_fn else []",
        "three operations",
    ),
    ("op_names", "torch.ones(1)", "the function itself"),
    ("gears", "12", "12 is ∂L/∂b"),
    ("gears", "36", "36 is L itself"),
    ("gears", "32", "at a = 4"),
    ("gears", "8", "at x = 1"),
    ("gears", "17", "Along one path the slopes multiply"),
    ("gears", "24", "A 2 is missing"),
    ("gears", "96", "as a slope of 2"),
    ("gears", "4", "4 is the slope of the first step alone"),
    ("gears", "5", "Not 5."),
    ("two_paths", "18", "You overwrote instead of adding: 18 is one path, there are two"),
    ("two_paths", "324", "324 = 18 · 18"),
    ("two_paths", "54", "54 is L itself"),
    ("two_paths", "6", "6 is what arrives at `x * x`"),
    ("two_paths", "12", "12 = 6 · 2"),
    ("two_paths", "9", "Not 9."),
    ("order", "['L', 'a', 'b']", "`a` ran too early"),
    ("order", "['a', 'b', 'L']", "The backward pass starts at L"),
    ("order", "['L']", "Put the three names"),
    (
        "by_hand",
        """
def by_hand(x):
    a, b = 2 * x, x + 1
    grad_x = b * 2
    grad_x = a * 1
    return grad_x
by_hand
""",
        "You overwrote instead of adding: 6 is one path",
    ),
    ("by_hand", "lambda x: (x + 1) * 2", "8 is one path"),
    ("by_hand", "lambda x: (x + 1) * 2 * 2 * x", "48 = 8 · 6"),
    ("by_hand", "lambda x: 14", "for every x"),
    ("by_hand", "lambda x: 3 * x", "the function says 9"),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x).backward()
    return x.grad
slope
""",
        "still a tensor",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    return f(x).item()
slope
""",
        "18 is f(2) itself",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(at, requires_grad=True)
    f(x).backward()
    return x.grad.item()
slope
""",
        "`slope(f, 2)` fails",
    ),
    (
        "slope",
        """
kept = torch.tensor(2.0, requires_grad=True)
def slope(f, at):
    f(kept).backward()
    return kept.grad.item()
slope
""",
        "a gradient was left over",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    (x * x * x + 5 * x).backward()
    return x.grad.item()
slope
""",
        "right for one f only",
    ),
    ("slope", "lambda f, at: (f(at + 1e-6) - f(at)) / 1e-6", "that is a difference quotient"),
    ("slope", "lambda f, at: f(at + 1e-20j).imag / 1e-20", "17 is right, but no backward pass ran"),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x)
    return x.grad
slope
""",
        "A `.grad` is None until a backward pass has run",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x)
    return x.grad.item()
slope
""",
        "No backward pass came back",
    ),
    ("slope", "lambda f, at: (f(at + 0.001) - f(at)) / 0.001", "a small step gives an estimate"),
    ("slope", "lambda f, at: 1.0", "your function says 1"),
    ("slope", "2.0", "the function itself"),
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
    assert reply.state == "wrong"
    assert diagnosis in reply.text


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
        assert reply.state == "wrong"
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
    assert shown & told - asked <= {"", IMPORT}


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
    with pytest.raises(KeyError, match="did you mean 'two_paths'"):
        check.hint("two_path")


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
