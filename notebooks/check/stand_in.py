"""Where a package is missing, cells that need it show what they printed when the page was made."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent
_committed: dict[str, list[dict[str, Any]]] = {}


def stand_in(package: str, notebook: str) -> None:
    """Where `package` is missing, cells of `notebook` that are tagged with its name show their
    committed outputs in place of running. Cells that were changed run as they are."""
    if find_spec(package) is not None:
        return
    from IPython import get_ipython

    cells = json.loads((FOLDER / notebook).read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if package in cell["metadata"].get("tags", []):
            _committed["".join(cell["source"]).strip()] = cell["outputs"]
    get_ipython().input_transformers_cleanup.append(_replace)
    _tell(f"{package} is not installed: cells that need it show what they printed before.")


def _replace(lines: list[str]) -> list[str]:
    source = "".join(lines).strip()
    return [f"check.show_committed({source!r})\n"] if source in _committed else lines


def show_committed(source: str) -> None:
    """Show the outputs that the cell with this source had when the page was made."""
    from IPython.display import publish_display_data

    for output in _committed[source]:
        if output["output_type"] == "stream":
            print("".join(output["text"]), end="")
        else:
            data = {kind: _whole(kind, part) for kind, part in output["data"].items()}
            publish_display_data(data, output.get("metadata", {}))


def _whole(kind: str, part: Any) -> Any:
    return "".join(part) if isinstance(part, list) and not kind.endswith("json") else part


def _tell(text: str) -> None:
    """A line that is shown, and is no output to compare: a widget without words of its own."""
    from IPython.display import display
    from ipywidgets import HTML

    view = {"version_major": 2, "version_minor": 0, "model_id": HTML(f"○ {text}").model_id}
    display({"application/vnd.jupyter.widget-view+json": view}, raw=True)
