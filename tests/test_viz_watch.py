"""`%%watch`: a cell runs as ever, and is replayed line by line. Without a browser."""

import json
import re
import subprocess
import sys

import pytest

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import viz


@pytest.fixture(params=["minigrad", "torch"])
def cell(request):
    """Runs a cell, watched unless told otherwise: (result, what was printed, outputs)."""
    if request.param == "torch":
        pytest.importorskip("torch")
    shell = InteractiveShell.instance()
    shell.run_cell(f"import {request.param} as torch\n%load_ext viz")

    def run(source, magic="%%watch\n"):
        with capture_output() as seen:
            result = shell.run_cell(magic + source)
        return result, seen.stdout + seen.stderr, seen.outputs

    run.shell = shell
    yield run
    viz.unload_ipython_extension(shell)
    InteractiveShell.clear_instance()


def sentences(outputs):
    text = outputs[-1].data["text/plain"]
    return [re.sub(r"^ *\d+  ", "", line) for line in text.splitlines()]


PRODUCT = """w = torch.tensor(3.0, requires_grad=True)
x = torch.tensor(2.0, requires_grad=True)
y = w * x
if y > 5:
    loss = y * y + 1
else:
    loss = y
loss.backward()
w.grad = None"""


def test_the_graph_grows_line_by_line_and_is_unwound(cell):
    _, printed, outputs = cell(PRODUCT)
    assert printed == ""
    assert sentences(outputs) == [
        "Before the first line.",
        "Line 2 makes the leaf w = 3.",
        "Line 3 makes the leaf x = 2.",
        "Line 4 makes MulBackward0 (y).",
        "Line 5 runs: the graph stays as it is.",
        "Line 6 makes MulBackward0 and AddBackward0 (loss).",
        "Line 9 goes backward. Before loss.backward(): every .grad is None.",
        "Start: ∂loss/∂loss = 1.",
        "AddBackward0 receives ∂loss/∂loss = 1 and sends 1 · 1 = 1 to MulBackward0.",
        "MulBackward0 receives 1 and sends 1 · y = 1 · 6 = 6 to MulBackward0, twice: "
        "y is used twice.",
        "MulBackward0 receives ∂loss/∂y = 12 and sends 12 · x = 12 · 2 = 24 to w "
        "and 12 · w = 12 · 3 = 36 to x.",
        "w.grad: None + 24 = 24",
        "x.grad: None + 36 = 36",
        "Line 10 sets w.grad to None.",
    ]


def test_a_loop_over_one_graph_shows_what_ran(cell):
    _, _, outputs = cell(
        "w = torch.tensor(2.0, requires_grad=True)\nh = w\nfor i in range(3):\n    h = h * w"
    )
    assert [s for s in sentences(outputs) if "makes" in s] == [
        "Line 2 makes the leaf w = 2.",
        *["Line 5 makes MulBackward0 (h)."] * 3,
    ]


TRAINING = """w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(3):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad"""


def test_a_training_loop_makes_one_graph_again_and_again(cell):
    _, _, outputs = cell(TRAINING)
    lines = sentences(outputs)
    assert lines.count("Line 4 makes MulBackward0 and SumBackward0 (loss).") == 3
    changes = [s for s in lines if "changes" in s]
    assert changes == [
        "Line 7 changes w to [0.8, 1.6].",
        "Line 7 changes w to [0.44, 0.88].",
        "Line 7 changes w to [-0.008, -0.016].",
    ]
    assert "w.grad: [3.6, 7.2] + [0.88, 1.76] = [4.48, 8.96]" in lines  # zero_grad is missing
    svg = outputs[-1].data["image/svg+xml"]
    assert len(re.findall(r'class="node ', svg)) == 4  # w, *, sum, loss


def test_variables_that_no_node_stands_for_are_told(cell):
    source = """n = "two"
w = torch.tensor(2.0, requires_grad=True)
for i in range(2):
    y = w * i
d = y.detach()
d += 1
print(n)"""
    _, _, outputs = cell(source)
    told = sentences(outputs)
    assert [each for each in told if " sets " in each] == [
        "Line 2 sets n = 'two'.",
        "Line 4 sets i = 0.",
        "Line 4 sets i = 1.",
        "Line 6 sets d = 2.",
        "Line 7 sets d = 3.",
    ]
    assert told[-1] == "Line 8 runs: the graph stays as it is."
    last = outputs[-1].data["text/html"].rindex('"terms"')
    assert """[["n","'two'"],["i","1"],["d","3"]]""" in outputs[-1].data["text/html"][last:]


def test_a_cell_may_load_its_engine_itself():
    run = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext viz")
shell.run_cell("%%watch\\nimport minigrad as m\\nx = m.ones(1, requires_grad=True)\\nx.backward()")
"""
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True)
    assert "x.grad: None + [1] = [1]" in done.stdout, done.stderr


def test_functions_of_the_cell_are_seen_inside(cell):
    _, _, outputs = cell(
        "def f(a):\n    b = a * 2\n    return b.sin()\n\n"
        "x = torch.tensor(1.0, requires_grad=True)\ny = f(x)\n(y\n   * 3).backward()"
    )
    made = [s for s in sentences(outputs) if "makes" in s]
    assert made == [
        "Line 6 makes the leaf x = 1.",
        "Line 3 makes MulBackward0 (b).",
        "Line 7 makes SinBackward0 (y).",
        "Line 8 makes MulBackward0.",
    ]
    assert "Line 8 lets go of 1 node." in sentences(outputs)


def test_values_of_an_earlier_cell_are_leaves_when_they_are_used(cell):
    cell("x = torch.tensor(2.0, requires_grad=True)\nold = x * 9", magic="")
    _, _, outputs = cell("y = x * 3")
    assert sentences(outputs)[1] == "Line 2 uses the leaf x = 2, makes MulBackward0 (y)."


def test_a_functions_own_names_are_no_variables_of_the_cell(cell):
    cell("x = 3\na = torch.tensor(2.0, requires_grad=True)", magic="")
    _, _, outputs = cell("def f(x):\n    return x.sin()\nq = f(a)")
    assert sentences(outputs)[2:] == [
        "Line 3 uses the leaf a = 2.",
        "Line 4 makes SinBackward0 (q).",
    ]


def test_an_error_is_the_cells_own(cell):
    source = PRODUCT + "\nloss.backward()\nz = 1"
    result, printed, outputs = cell(source)
    assert "second time" in str(result.error_in_exec)
    assert printed.count("Traceback") == 1
    assert re.search(r"line 11\b", re.sub(r"\x1b\[\d+(;\d+)*m", "", printed))
    assert "viz/record.py" not in printed
    assert "z" not in cell.shell.user_ns
    assert sentences(outputs)[-1].startswith("RuntimeError: Trying to backward through the graph")
    result, printed, outputs = cell("x = torch.tensor(1.0, requires_grad=True)\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert sentences(outputs)[-1] == "Line 3 raises ZeroDivisionError: division by zero"


def test_what_cannot_be_watched_still_runs(cell):
    result, printed, outputs = cell(
        "from functools import reduce\nx = torch.tensor(1.0, requires_grad=True)\n"
        "y = reduce(lambda y, _: y + 1, range(13000), x)\nz = y.item()"
    )
    assert result.success and printed == ""
    assert cell.shell.user_ns["z"] == 13001
    assert sentences(outputs)[-1] == (
        "From here on the cell was not watched: this graph has more than 12,000 nodes, too many to "
        "watch."
    )


@pytest.mark.parametrize("magic", ["%%watch --quizz\n", "%%watch  # slowly\n"])
def test_a_mistyped_option_is_named(cell, magic):
    _, text, outputs = cell("x = 1", magic)
    assert "%%watch takes --quiz or nothing" in text and not outputs


def test_backward_of_an_untracked_tensor_has_the_engines_error_alone(cell):
    _, text, _ = cell("torch.ones(2).backward()")
    assert "does not require grad" in text and "ValueError" not in text


def test_uses_of_a_leaf_are_numbered_forwards(cell):
    leaf = "x = torch.tensor(2.0, requires_grad=True)\ny = x\n"
    _, _, outputs = cell(f"{leaf}for i in range(3):\n    y = y * x\nz = y + x")
    found = re.findall(r"use (\d) of 5", outputs[0].data["image/svg+xml"])
    assert found == list("12345")


def replay(outputs):
    """The frames of the player that a cell shows, as the page reads them."""
    found = re.search(
        r'<script type="application/json">(.*?)</script>', outputs[-1].data["text/html"]
    )
    return json.loads(found[1])["frames"]


def test_a_box_for_a_use_of_a_leaf_comes_with_the_use(cell):
    _, _, outputs = cell(
        "w = torch.tensor(2.0, requires_grad=True)\ny = w * w\nz = w * 3\nloss = y + z + w"
    )
    states = {}
    counts = []
    for frame in replay(outputs):
        states |= {k: v for k, v in frame["changes"].items() if re.fullmatch(r"n\d+\.\d+", k)}
        counts.append(1 + sum(state != "unmade" for state in states.values()))
    assert len(states) == 3
    assert counts == [1, 1, 2, 3, 4]  # nothing, w alone, w * w, w * 3, + w


def test_a_name_that_goes_on_says_at_the_earlier_result_which_line_gave_it(cell):
    _, _, outputs = cell(
        "w = torch.tensor(2.0, requires_grad=True)\ny = w * 3\ny = y + 1\nfor _ in range(2):\n"
        "    y = y * w\nz = y.sin()"
    )
    svg = outputs[-1].data["image/svg+xml"]
    bold = re.findall(r'<tspan font-weight="bold">([^<]+) = </tspan>', svg)
    assert sorted(bold) == ["y", "y (line 3)", "y (line 4)", "y (line 6)"]
    assert sentences(outputs)[2:4] == [
        "Line 3 makes MulBackward0 (y).",
        "Line 4 makes AddBackward0 (y).",
    ]


def test_a_long_loop_is_cut_and_says_so(cell):
    result, _, outputs = cell("n = 0\nwhile n < 500:\n    n += 1")
    assert result.success and cell.shell.user_ns["n"] == 500
    assert sentences(outputs)[-1] == "The lines after these 400 are not shown."


def test_a_quiz_asks_before_backward_shows(cell):
    _, _, outputs = cell(PRODUCT, magic="%%watch --quiz\n")
    lines = sentences(outputs)
    asks = [s.strip(" ?") for s in lines if s.lstrip().startswith("?")]
    assert asks[0] == "The pass starts at loss. What is ∂loss/∂loss"
    assert len(asks) == 5
    assert '"asks"' in outputs[-1].data["text/html"]


def test_a_syntax_error_shows_no_picture(cell):
    result, _, outputs = cell("x = = 1")
    assert isinstance(result.error_before_exec, SyntaxError)
    assert outputs == []


NAMESPACE = """import math as m
class A:
    b = [i * 2 for i in range(3)]
def f(n):
    return n and f(n - 1)
try:
    raise KeyError("caught")
except KeyError as error:
    c = str(error)
d = [f(k) for k in range(3)]
with open(__import__("os").devnull) as e:
    pass
%timeit -n1 -r1 -q f(2)
for g in range(2): h = g
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
del x
y.item()"""


def test_effects_are_those_of_the_plain_cell(cell):
    def names():
        return {k: repr(v)[:20] for k, v in cell.shell.user_ns.items() if not k.startswith("_")}

    plain, plain_text, plain_outputs = cell(NAMESPACE, magic="\n")
    before = names()
    for name in "m A f c d e g h y".split():
        del cell.shell.user_ns[name]
    watched, text, outputs = cell(NAMESPACE)
    assert watched.success and watched.result == plain.result == 2.0
    assert {k: v.split(" at ")[0] for k, v in names().items()} == {
        k: v.split(" at ")[0] for k, v in before.items()
    }
    assert text == plain_text
    assert len(outputs) == len(plain_outputs) + 1


def test_nothing_is_watched_afterwards(cell):
    import sys

    tensor = cell.shell.user_ns["torch"].Tensor
    before, trace = tensor.backward, sys.gettrace()
    cell(PRODUCT)
    assert tensor.backward is before
    assert sys.gettrace() is trace
    _, _, outputs = cell("y = w * 2", magic="")
    assert outputs == []


def test_the_same_cell_gives_the_same_bytes(cell):
    once = cell(PRODUCT)[2][-1].data
    for name in ("w", "x", "y", "loss"):
        del cell.shell.user_ns[name]
    again = cell(PRODUCT)[2][-1].data
    assert once == again


def test_both_engines_tell_the_same():
    pytest.importorskip("torch")
    texts = []
    for engine in ("minigrad", "torch"):
        shell = InteractiveShell.instance()
        shell.run_cell(f"import {engine} as torch\n%load_ext viz")
        with capture_output() as seen:
            shell.run_cell("%%watch\n" + TRAINING)
        viz.unload_ipython_extension(shell)
        InteractiveShell.clear_instance()
        texts.append(seen.outputs[-1].data["text/plain"])
    assert texts[0] == texts[1]


def test_source_is_no_markup(cell):
    _, _, outputs = cell(
        'x = torch.tensor(1.0, requires_grad=True)  # </text><script> & "]]>"\ny=x*2'
    )
    svg = outputs[-1].data["image/svg+xml"]
    from xml.etree import ElementTree

    texts = ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.text]
    assert any("</text><script>" in t.replace("\u00a0", " ") for t in texts)
    assert "<script>" not in svg


def test_the_trace_is_json(cell, tmp_path):
    from viz.lines import Lines

    lines = Lines("a\nb", {})
    assert json.loads(json.dumps(lines.trace))["source"] == "a\nb"
