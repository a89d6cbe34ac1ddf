"""PNG and PDF: the layout engine draws the page itself, in the same colours."""

from __future__ import annotations

import shutil
import warnings
from html import escape

from .engine import LayoutError, call, engine
from .graph import Graph
from .layout import POINT, arranged, skeleton
from .page import Box, Line
from .theme import LIGHT

DPI = 192  # two dots to a pixel, for screens that have them
WEIGHT = {"leaf": 1.8, "output": 3, "saved": 1.4}  # of outlines
LATIN = "\u2fff"  # beyond it the layout engine's own fonts have no letters


def paint(graph: Graph, format: str, *, direction: str | None = None) -> bytes:
    """The graph as the bytes of a "png" or a "pdf".

    Raises LayoutError where a PDF is asked for and Graphviz's `dot` is not installed. Warns where a
    name has letters that the picture cannot show.
    """
    page = arranged(graph, direction=direction)
    foreign = any(c > LATIN for box in page.boxes for c in box.lines[0].prefix + box.lines[0].text)
    dot = shutil.which("dot")
    if format == "pdf" and dot is None:
        raise LayoutError(
            "a PDF needs Graphviz's `dot`, which is not on the PATH: install Graphviz "
            "(https://graphviz.org/download/), or save as .svg or .png"
        )
    if foreign and dot is None:
        warnings.warn(
            "this PNG shows empty boxes for letters other than Latin, Greek and Cyrillic: save as "
            ".svg, or install Graphviz, whose `dot` uses the fonts of this machine",
            stacklevel=3,
        )
    program = dot if dot and (foreign or format == "pdf") else engine()
    source = skeleton(page)
    source.edge_attr.update(dir="forward", arrowsize="0.5", color=LIGHT.edge)
    source.graph_attr.update(bgcolor=LIGHT.background, pad="0.2")
    for box in page.boxes:
        source.node(box.id, **_painted(box))
    return call(program, source.source, format, f"-Gdpi={DPI if format == 'png' else POINT}")


def _painted(box: Box) -> dict[str, str]:
    style = {"saved": "filled,dashed", "more": "dotted"}.get(box.role, "filled,rounded")
    rows = "".join(f"<TR><TD>{_cell(line)}</TD></TR>" for line in box.lines)
    return {
        "label": f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>',
        "style": style,
        "fillcolor": LIGHT.fill[box.role],
        "color": LIGHT.line[box.role],
        "penwidth": str(WEIGHT.get(box.role, 1)),
    }


def _cell(line: Line) -> str:
    colour = LIGHT.faint if line.style in ("rule", "shape") else LIGHT.text
    face = "Courier" if line.style == "value" else "Helvetica"
    bold = "<B>{}</B>" if line.style == "title" else "{}"
    text = bold.format(escape(line.text))
    if line.style == "value":
        text = text.replace(" ", "\u00a0")
    prefix = f"<B>{escape(line.prefix)}</B>" if line.prefix else ""
    return (
        f'<FONT FACE="{face}" POINT-SIZE="{line.size - 1:g}" COLOR="{colour}">{prefix}{text}</FONT>'
    )
