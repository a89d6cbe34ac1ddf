"""PNG and PDF. A PNG is the SVG itself, painted by resvg (PyPI: resvg-py) where that is installed.

Without it, and for a PDF, the layout engine draws the page again, in the same colours.
"""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Iterator
from html import escape

import graphviz

from .engine import LayoutError, call, engine
from .layout import POINT
from .page import Box, Line, Page
from .theme import LIGHT

ZOOM = 2  # dots to a pixel, for screens that have them
WEIGHT = {"leaf": 1.8, "output": 3, "saved": 1.4}  # of outlines
LATIN = "\u2fff"  # beyond it the layout engine's own fonts have no letters


def paint(page: Page, svg: str, format: str) -> bytes:
    """A picture, as page and as SVG text, as the bytes of a "png" or a "pdf".

    Raises LayoutError where a PDF is asked for and Graphviz's `dot` is not installed. Warns where a
    name has letters that the picture cannot show.
    """
    dot = shutil.which("dot")
    if format == "pdf":
        if dot is None:
            raise LayoutError(
                "a PDF needs Graphviz's `dot`, which is not on the PATH: install Graphviz "
                "(https://graphviz.org/download/), or save as .svg or .png"
            )
        return call(dot, _drawn(page), "pdf", f"-Gdpi={POINT}")
    try:
        import resvg_py
    except ImportError:
        foreign = any(c > LATIN for box in _boxes(page) for line in box.lines for c in line.text)
        if foreign and dot is None:
            warnings.warn(
                "this PNG shows empty boxes for letters other than Latin, Greek and Cyrillic: "
                "`pip install resvg-py`, which uses the fonts of this machine, or save as .svg",
                stacklevel=3,
            )
        program = dot if foreign and dot else engine()
        return call(program, _drawn(page), "png", f"-Gdpi={POINT * ZOOM}")
    return bytes(resvg_py.svg_to_bytes(svg_string=sans(svg), zoom=ZOOM))


RAISED = "\u02b0-\u02ff\u0304\u1d00-\u1dbf\u2070-\u209f"  # and lowered
LINE_OF = re.compile(rf"<text (?P<rest>[^>]*)(?=>[^<]*[{RAISED}])")
HAVE_RAISED = "'DejaVu Sans', 'Segoe UI', 'Lucida Grande', 'Noto Sans', sans-serif"


def sans(svg: str) -> str:
    """Lines with raised or lowered letters in a type that has them: resvg would take serifs."""
    other = f' font-family="{HAVE_RAISED}" font-size="0.92em"'
    return LINE_OF.sub(lambda m: m[0] if "font" in m["rest"] else m[0] + other, svg)


def _drawn(page: Page) -> str:
    """The page as DOT with all its text. Open groups lose their frames."""
    dot = graphviz.Digraph(
        graph_attr={"rankdir": page.direction, "bgcolor": LIGHT.background, "pad": "0.2"},
        node_attr={"shape": "box", "fixedsize": "true"},
        edge_attr={"arrowsize": "0.5", "color": LIGHT.edge},
    )
    for box in _boxes(page):
        w, h = box.width / POINT, (box.height - box.heat_room) / POINT
        dot.node(box.id, width=f"{w:.4f}", height=f"{h:.4f}", **_painted(box))
    for around in _pages(page):
        for wire in around.wires:
            if wire.tail[0] != "<" and wire.head[0] != ">":
                for tail in _ends(around, wire.tail, wire.key, ">"):
                    for head in _ends(around, wire.head, wire.key, "<"):
                        dot.edge(tail, head)
    return str(dot.source)


def _pages(page: Page) -> Iterator[Page]:
    """The page, and all open groups' pages inside it."""
    yield page
    for id in page.corners:
        yield from _pages(page.inner[id])


def _boxes(page: Page) -> Iterator[Box]:
    """All boxes that are seen."""
    return (box for p in _pages(page) for box in p.boxes if box.id not in p.corners)


def _ends(page: Page, id: str, key: str, sign: str) -> Iterator[str]:
    """The box that a wire ends at; for an open group, the boxes behind its port."""
    if id not in page.corners:
        yield id
        return
    inner = page.inner[id]
    for wire in inner.wires:
        if (wire.head if sign == ">" else wire.tail) == sign + key:
            yield from _ends(inner, wire.tail if sign == ">" else wire.head, key, sign)


def _painted(box: Box) -> dict[str, str]:
    dashed = {"saved": "filled,dashed", "more": "dotted", "freed": "dotted"}
    role = "second" if box.second and box.role == "op" else box.role
    rows = "".join(f"<TR><TD>{_cell(line)}</TD></TR>" for line in box.lines)
    fill = LIGHT.fill[role]
    return {
        "label": f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>',
        "style": dashed.get(role, "filled,rounded"),
        "fillcolor": "transparent" if fill == "none" else fill,
        "color": LIGHT.line[role],
        "penwidth": str(WEIGHT.get(role, 1)),
    }


def _cell(line: Line) -> str:
    colour = LIGHT.faint if line.style in ("rule", "shape") else LIGHT.text
    colour = LIGHT.grad if line.style == "odd" else colour
    face = "Courier" if line.style == "value" else "Helvetica"
    bold = "<B>{}</B>" if line.style in ("title", "odd") else "{}"
    text = bold.format(escape(line.text))
    if line.style == "value":
        text = text.replace(" ", "\u00a0")
    prefix = f"<B>{escape(line.prefix)}</B>" if line.prefix else ""
    return (
        f'<FONT FACE="{face}" POINT-SIZE="{line.size - 1:g}" COLOR="{colour}">{prefix}{text}</FONT>'
    )
