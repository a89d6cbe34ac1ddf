"""The course as committed: executed, true, clean, and the same text on real PyTorch.

That each cell prints again what is committed is nbval's part: see `addopts` in pyproject.toml. It
passes over cells that were never run, so here every cell must have been.
"""

import ast
import copy
import re
from itertools import zip_longest

import nbformat
import pytest
from course import NOTEBOOKS, code_cells, read, run, text

CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "notebooks"]
IMPORT = "import minigrad as torch"
BOTH = "13_from_minigrad_to_pytorch"  # the chapter that imports both engines
MACHINE_PATH = re.compile(
    r"(?:/(?:home|Users|root|tmp|work|opt|usr)/|[A-Za-z]:\\+(?:Users|Windows)\\)\S*|\bfile://\S*"
)
SHOWS_A_PICTURE = re.compile(r"^viz\.(?:draw|animate)\(", re.M)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def faults(notebook):
    """Everything that makes a committed notebook untrue or unclean, as short texts."""
    found = []
    for number, cell in enumerate(code_cells(notebook)):
        kinds = [output.output_type for output in cell.outputs]
        data = [output.data for output in cell.outputs if "data" in output]
        tags = set(cell.metadata.get("tags", []))
        wrong = {
            "empty cell": not cell.source.strip(),
            "not run in order": cell.execution_count != number + 1,
            "an error": "error" in kinds and "raises-exception" not in tags,
            "no error": "error" not in kinds and "raises-exception" in tags,
            "hidden from nbval": re.search(r"nbval[-_](skip|ignore)", f"{tags}{cell.source}", re.I),
            "printed nothing": prints(cell.source) and "stream" not in kinds,
            "text on stderr": any(output.get("name") == "stderr" for output in cell.outputs),
            "no picture": SHOWS_A_PICTURE.search(last_line(cell.source))
            and not any("text/html" in d or "image/svg+xml" in d for d in data),
            "a widget's state": any("application/vnd.jupyter.widget-view+json" in d for d in data),
            "a path of a machine": MACHINE_PATH.search(f"{cell.source}\n{cell.outputs}"),
        }
        found += [f"cell {number}: {fault}" for fault, is_so in wrong.items() if is_so]
    if "widgets" in notebook.metadata:
        found.append("widget state in the metadata")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("a kernel that other machines lack")
    return found


def tree(source):
    """The syntax tree of a cell; what IPython alone understands counts as empty."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def prints(source):
    """Does the cell print for certain: is a top-level statement of it a call of print?"""
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "print"
        for node in tree(source)
    )


def last_line(source):
    """The source of a cell's last statement, if that is an expression whose value is shown."""
    body = tree(source)
    shown = body and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";")
    return ast.unparse(body[-1]) if shown else ""


def test_the_course_is_there():
    assert [path.stem for path in CHAPTERS][:4] == [
        "00_start_here",
        "01_tensors",
        "02_computational_graph",
        "03_backward",
    ]


@each_notebook
def test_committed_as_it_ran(path):
    assert faults(read(path)) == []


@each_notebook
def test_in_the_form_that_the_command_writes(path):
    assert path.read_text(encoding="utf-8") == text(read(path)), "python tests/course.py"


def spoil_order(cell):
    cell.execution_count = None


def spoil_outputs(cell):
    cell.outputs = []


def spoil_source(cell):
    cell.source += "\n# NBVAL_IGNORE_OUTPUT"


def spoil_path(cell):
    cell.outputs[0].text = "saved as /home/ada/picture.svg\n"


@pytest.mark.parametrize(
    "spoil, fault",
    [
        (spoil_order, "cell 0: not run in order"),
        (spoil_outputs, "cell 0: printed nothing"),
        (spoil_source, "cell 0: hidden from nbval"),
        (spoil_path, "cell 0: a path of a machine"),
    ],
)
def test_a_spoilt_notebook_is_found(spoil, fault):
    output = nbformat.v4.new_output("stream", name="stdout", text="tensor(2.)\n")
    cell = nbformat.v4.new_code_cell("print(x)", execution_count=1, outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    assert faults(notebook) == []
    spoil(cell)
    assert faults(notebook) == [fault]


@each_chapter
def test_one_line_imports_the_engine(path):
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    lines = [
        line
        for line in source.split("\n")
        if re.search(r"\bimport\b.*minigrad|from minigrad", line)
    ]
    assert lines == ["import minigrad" if path.stem == BOTH else IMPORT]


def texts(cell):
    """What a cell prints, addresses and the module's name masked: {kind of output: [text, …]}."""
    found = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            found.setdefault(output.name, [""])[0] += output.text
        elif "data" in output:
            found.setdefault("text/plain", []).append(output.data.get("text/plain", ""))
        else:
            found.setdefault("error", []).append(f"{output.ename}: {output.evalue}")
    return {kind: [masked(text) for text in seen] for kind, seen in found.items()}


def masked(text):
    return re.sub(r"\bminigrad\b", "torch", re.sub(r"0x[0-9a-f]+", "0x…", text))


@pytest.mark.parametrize(
    "path", [path for path in CHAPTERS if path.stem != BOTH], ids=lambda path: path.stem
)
def test_same_text_on_real_torch(path):
    pytest.importorskip("torch")
    ours = read(path)
    theirs = copy.deepcopy(ours)
    for cell in code_cells(theirs):
        cell.source = re.sub(rf"^{IMPORT}$", "import torch", cell.source, flags=re.M)
    asked = "import sys\nprint('torch' in sys.modules, 'minigrad' in sys.modules)"
    theirs.cells.append(nbformat.v4.new_code_cell(asked))
    theirs = run(theirs, path.parent)
    assert texts(theirs.cells.pop()) == {"stdout": ["True False\n"]}
    assert_same(ours, theirs)


def assert_same(committed, now):
    differing = [
        f"{a.source}\n--- committed: {texts(a)}\n--- now: {texts(b)}"
        for a, b in zip_longest(code_cells(committed), code_cells(now))
        if texts(a) != texts(b)
    ]
    assert differing == [], "\n\n".join(differing)


def without_torch(path, change=None):
    """A chapter run where PyTorch is not installed; `change` is made to it first."""
    notebook = read(path)
    if change:
        change(notebook)
    hidden = nbformat.v4.new_code_cell("import sys\nsys.modules['torch'] = None")
    notebook.cells.insert(0, hidden)
    done = run(notebook, path.parent)
    assert done.cells.pop(0).outputs == []
    return done


def test_the_chapter_on_both_engines_shows_its_outputs_where_there_is_no_torch():
    path = next(path for path in CHAPTERS if path.stem == BOTH)
    now = without_torch(path)
    shown = [
        output.data.pop("application/vnd.jupyter.widget-view+json")
        for cell in code_cells(now)
        for output in cell.outputs
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert len(shown) == 1  # the line that says so
    for cell in code_cells(now):
        cell.outputs = [output for output in cell.outputs if output.get("data") != {}]
    assert_same(read(path), now)
    for before, after in zip(code_cells(read(path)), code_cells(now)):
        pictures = [
            [o.data.get("text/html") for o in c.outputs if "data" in o] for c in (before, after)
        ]
        assert pictures[0] == pictures[1]


def test_a_changed_cell_runs_even_where_there_is_no_torch():
    path = next(path for path in CHAPTERS if path.stem == BOTH)

    def change(notebook):
        cell = next(cell for cell in code_cells(notebook) if cell.source == "import torch")
        cell.source = "try:\n    import torch\nexcept ImportError:\n    print('ran')"

    ran = [cell for cell in code_cells(without_torch(path, change)) if "'ran'" in cell.source]
    assert [texts(cell) for cell in ran] == [{"stdout": ["ran\n"]}]


@each_chapter
def test_as_slides(path):
    from nbconvert import SlidesExporter

    page, _ = SlidesExporter().from_filename(str(path))
    texts = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    across = page.count("<section><section>")
    assert across == sum(bool(re.match("##? ", text)) for text in texts) > 4
    assert page.count("<section>") - across == len(texts)  # each text has its slide
