"""The notebooks of the course, to be read, run and written.

`python tests/course.py [FILE …]` runs notebooks (all of them by default) and keeps their new
outputs: do so after a change of a notebook, or of anything that its outputs show.
"""

import copy
import json
import os
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)

os.environ["MINIGRAD_PROGRESS"] = ""  # what runs from here is no learner's


def read(path):
    """A notebook in the current format; an error if its file breaks the format's rules."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(notebook, folder):
    """A copy of a notebook, executed in a new kernel of this Python in `folder`."""
    from nbclient import NotebookClient

    return NotebookClient(
        copy.deepcopy(notebook),
        kernel_name="python3",
        timeout=120,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def text(notebook):
    """The file of a notebook: of its metadata only what holds on every machine."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        tags = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
        cell.metadata = tags | slide(cell)
        if cell.cell_type == "code":
            cell.outputs = whole(cell.outputs)
        for output in cell.get("outputs", []):  # a live widget is nothing without its kernel
            data = output.get("data", {})
            data.pop("application/vnd.jupyter.widget-view+json", None)
            for part, key in ((output, "text"), (data, "text/plain")):
                if key in part:  # another place in memory is no change of the chapter
                    part[key] = re.sub(r"\b0x[0-9a-f]{6,}", "0x7f0000000000", part[key])
    notebook.nbformat_minor = 5
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def whole(outputs):
    """Outputs in which a print is one piece, wherever the kernel happened to cut it."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" == last.get("output_type") and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def slide(cell):
    """How a cell stands on slides: a chapter's heading opens a slide, a text one below it.

    Code cells stay with the text before them, so each slide holds one idea and what it shows.
    """
    if cell.cell_type != "markdown":
        return {}
    opens = "slide" if re.match("##? ", cell.source) else "subslide"
    return {"slideshow": {"slide_type": opens}}


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or NOTEBOOKS):
        print(path.name)
        done = run(read(path), path.parent)
        path.write_text(text(done), encoding="utf-8", newline="\n")
