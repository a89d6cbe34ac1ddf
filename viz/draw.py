"""`viz.draw`: a picture of a graph, which shows itself in Jupyter and saves itself to a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from . import layout, web
from .fold import Group, fold
from .grads import tell_gradients
from .graph import Graph, check_model, gradients_in, roots_of, walk
from .ink import ink
from .names import Names, caller_namespace
from .options import DIRECTIONS, check, explained
from .page import Page, describe, titled
from .paint import paint
from .tree import tree
from .view import view_html


class Drawing:
    """A picture of a graph. In Jupyter it shows itself; `print` gives a tree of text."""

    def __init__(
        self,
        graph: Graph,
        direction: str | None = None,
        *,
        group: Group | None = None,
        saved: bool = False,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        self.graph = graph
        self.direction = direction
        self.group = group or fold(graph)
        self.saved = saved
        self.kinds = kinds or {}

    @cached_property
    def page(self) -> Page:
        """What stands where."""
        return layout.arranged(
            self.graph, direction=self.direction, group=self.group, saved=self.saved
        )

    @cached_property
    def svg(self) -> str:
        """The picture as SVG text."""
        return ink(self.page, describe(self.graph))

    @cached_property
    def html(self) -> str:
        """The picture as HTML: an `<img>`, which a script makes answer where it is run."""
        return view_html(self.graph, self.page, self.svg, self.kinds)

    def _page(self) -> str:
        return web.page(describe(self.graph), titled(self.graph), self.html)

    def __str__(self) -> str:
        return tree(self.graph)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "image/svg+xml": self.svg, "text/plain": str(self)}

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the picture: .svg, .png, .html or .pdf.

        Raises ValueError for another suffix, LayoutError where a PDF is asked for without `dot`.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".svg":
            path.write_text(self.svg, encoding="utf-8", newline="\n")
        elif suffix == ".html":
            path.write_text(self._page(), encoding="utf-8", newline="\n")
        elif suffix in (".png", ".pdf"):
            path.write_bytes(paint(self.page, self.svg, suffix[1:]))
        else:
            raise ValueError(f"save to .svg, .png, .html or .pdf, not {suffix or path.name!r}")


@explained
def draw(
    t: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model: Any = None,
    saved: bool = False,
    second: Any = None,
    trace: Any = None,
    direction: str | None = None,
) -> Drawing:
    """Draws the graph behind a tensor, or behind several: `draw(loss)`, `draw([a, b])`.

    names:      {"name": tensor}; where none are given, the caller's variables are looked through
    params:     dict(model.named_parameters())
    model:      its modules become groups, which fold (names its parameters, too)
    second:     a gradient that has a graph of its own (create_graph=True), or several: that graph
                is drawn over the first. In a list of tensors, each `x.grad` is taken as one
    trace:      a recording (viz.record), or its trace: cards tell the gradients of its last pass
                through this graph, and the first node that made a nan of them is marked
    saved:      shows what each operation keeps for backward
    direction:  "LR" (data flows to the right), "TB" (downwards); None takes what fits the width

    Raises TypeError for what is no tensor, ValueError for a tensor without a graph, or for the
    trace or the model of another graph. What hooks sit on nodes (not on tensors) no engine lists:
    they are not shown.
    """
    check("direction", direction, DIRECTIONS)
    check("saved", saved, (True, False))
    found = Names(names, params, caller_namespace(), model)
    tensors = roots_of(t)
    late = roots_of(second) if second is not None else []
    tensors += [g for g in late if all(g is not other for other in tensors)]
    graph = walk(tensors, found, saved=True, second=late or gradients_in(tensors))
    if not graph.cut and found.owners:
        check_model(graph, model)
    if trace is not None:
        tell_gradients(graph, getattr(trace, "trace", trace))
    graph.handles.clear()  # a picture keeps no graph alive
    return Drawing(
        graph,
        direction,
        group=fold(graph, found.kinds, found.atoms),
        saved=saved,
        kinds=found.kinds,
    )
