"""A drawing -> one self-contained HTML: the picture, which a script turns into one that answers.

Without the script it is an `<img>`. With it, groups fold and unfold, a click on a box tells all
that is known of it, and the picture can be searched, moved and enlarged.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from viz.card import cards
from viz.graph import Graph
from viz.ink import box_ink, legend_items
from viz.layout import complete, pages
from viz.page import Page, describe, frame_size, frame_title, learned, memory, width
from viz.web import inert, palette, source, theme

HERE = Path(__file__).parent


def view_html(graph: Graph, page: Page, svg: str, kinds: Mapping[str, str]) -> str:
    """The HTML fragment of a drawing: its graph, its page, and that page as SVG text.

    Deterministic: the same picture gives the same text.
    """
    complete(page)
    told = cards(graph, kinds, page.letters)
    shown = {box.of for p in pages(page) for box in p.boxes}
    data = {
        "label": describe(graph),
        "direction": page.direction,
        "root": graph.roots[0],
        "open": [p.group.id for p in pages(page) if p.group.open],
        "pages": {p.group.id: _plain(p) for p in pages(page)},
        "cards": {id: card for id, card in told.items() if id in shown},
        "second": any(node.second for node in graph.nodes),
        "note": " · ".join(filter(None, (learned(graph), memory(graph), page.left_out))),
        "legend": [[ink, round(wide) + 2] for ink, wide in legend_items(page, everything=True)],
    }
    text = inert(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    digest = hashlib.sha256((svg + text).encode()).hexdigest()[:12]
    image = base64.b64encode(svg.encode()).decode()
    return f"""<div class="viz-drawing" data-drawing="{digest}">
<img alt="{html.escape(describe(graph))}" style="max-width:100%" \
src="data:image/svg+xml;base64,{image}">
<style>
{theme(".viz-drawing")}</style>
<script type="text/css">
{palette()}
{source(HERE / "view.css")}</script>
<script type="application/json">{text}</script>
<script>
(() => {{
{source(HERE / "view.js")}
for (const host of document.querySelectorAll('[data-drawing="{digest}"]'))
  if (!host.shadowRoot) mount(host);
}})();
</script>
</div>"""


def _plain(page: Page) -> dict[str, Any]:
    """A page as laid out, with the sizes of what is open now folded; boxes are drawn around 0, 0.

    A box is [x, y, width, height], and for a group that is open at first also these when folded.
    """
    base = page.base
    boxes: dict[str, list[float]] = {}
    for box in page.boxes:
        sizes = [base.sizes[box.id], *([(box.width, box.height)] if page.is_open(box.id) else [])]
        boxes[box.id] = [_short(x) for pair in (base.boxes[box.id], *sizes) for x in pair]
    return {
        "title": frame_title(page.group),
        "wide": _short(width(frame_title(page.group), 12) + 40),
        "least": _short(frame_size(replace(page, width=0))[0]),
        "count": sum(1 for _ in page.group.nodes()),
        "size": [_short(base.width), _short(base.height)],
        "boxes": boxes,
        "ports": {id: [*map(_short, point)] for id, point in base.ports.items()},
        "wires": [
            {
                "id": wire.id,
                "tail": wire.tail,
                "head": wire.head,
                "key": wire.key,
                "at": [_short(x) for point in points for x in point],
                **({"role": wire.role} if wire.role != "edge" else {}),
                **({"second": 1} if wire.second else {}),
                **({"gate": 1} if wire.gate else {}),
            }
            for wire, points in zip(page.wires, base.wires)
        ],
        "ink": "".join(box_ink(replace(box, x=0, y=0)) for box in page.boxes),
    }


def _short(x: float) -> float:
    number = round(x, 1)
    return int(number) if number == int(number) else number
