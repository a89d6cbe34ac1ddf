"""One frame of a replay as a picture of its own."""

from __future__ import annotations

import html
import re

from viz.paint import sans
from viz.theme import DARK, LIGHT, MONO, SANS

from .animated import BOX, COPY, LEAST_WIDTH, LINE, MARGIN, PLACE, placed, wrap
from .frames import Frame, Timeline, timeline

STYLE = (
    f"@media (prefers-color-scheme:dark){{.paper{{fill:{DARK.background}}}"
    f".words{{fill:{DARK.text}}}}}"
)
RINGS = {  # of a box: how far out, and its stroke
    "active": 'stroke-width="2"',
    "ready": 'stroke-width="1.4" stroke-dasharray="3 4"',
    "failed": 'stroke-width="2" stroke-dasharray="8 3"',
}
INSTALL = "needs resvg-py and Pillow: pip install resvg-py pillow"


def still_svg(
    svg: str, steps: list[Frame], at: int, rows: int = 0, times: Timeline | None = None
) -> str:
    """The picture as it is at one frame, with its sentence below, in room for `rows` lines."""
    shown = {
        key: value
        for key, spans in (times or timeline(steps)).items()
        for value, start, end in spans
        if start <= at < end
    }
    picture = PLACE.sub(lambda m: _number(m, shown), svg.strip())
    picture = BOX.sub(lambda m: _ringed(m, shown), picture)
    for id, state in shown.items():
        if state in ("absent", "unmade"):
            css = 'opacity="0.25"' if state == "absent" else 'visibility="hidden"'
            picture = picture.replace(f'<g id="{id}"', f'<g {css} id="{id}"', 1)
        elif state in ("moving", "sent"):
            thick = "2.4" if state == "moving" else "1.3"
            ink = f'stroke="{LIGHT.grad}" stroke-width="{thick}"'
            picture = picture.replace(f'<path id="{id}-grad"', f'<path {ink} id="{id}-grad"', 1)
        elif id[0] == "l":
            picture = re.sub(rf'(<g id="{id}".*?) opacity="0"/>', r'\1 opacity="0.16"/>', picture)
    rows = rows or len(_lines(svg, steps[at]))
    return _page(svg, picture, steps[at], rows)


def png(svg: str, steps: list[Frame], at: int) -> bytes:
    """One frame as a PNG. Raises ImportError where resvg-py is missing."""
    try:
        import resvg_py
    except ImportError as error:
        raise ImportError("a .png of a replay needs resvg-py: pip install resvg-py") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=sans(still_svg(svg, steps, at)), zoom=2))


def _number(place: re.Match[str], shown: dict[str, str]) -> str:
    """A place of the picture with what it says now."""
    id, rest = place["id"], place["rest"]
    x, y = (re.findall(rf'\b{name}="([^"]+)"', rest)[0] for name in ("x", "y"))
    text = shown.get(COPY.sub("", id))
    if text is None:
        return place[0]
    mono = "" if "font-family" in rest else f' font-family="{html.escape(MONO)}"'
    return f'<text id="{id}"{rest}{mono}>{placed(text, x, y)}</text>'


def _ringed(box: re.Match[str], shown: dict[str, str]) -> str:
    """A box, and what stands around it: it waits, is at work, or has failed."""
    state = shown.get(COPY.sub("", box["id"]), "")
    stroke = RINGS.get(state)
    if stroke is None:
        return box[0]
    x, y, w, h, r = (float(box[name]) for name in "xywhr")
    ring = (
        f'<rect x="{x - 4:g}" y="{y - 4:g}" width="{w + 8:g}" height="{h + 8:g}" rx="{r + 4:g}" '
        f'fill="none" stroke="{LIGHT.grad}" {stroke}/>'
    )
    return box[0].replace("<rect", f"{ring}<rect", 1)


def still_rows(svg: str, steps: list[Frame]) -> int:
    """The rows that the longest sentence takes."""
    return max(len(_lines(svg, step)) for step in steps)


def _lines(svg: str, step: Frame) -> list[str]:
    return wrap(step.text, max(_size(svg)[0], LEAST_WIDTH) - 2 * MARGIN)


def _size(svg: str) -> tuple[float, float]:
    _, _, w, h = map(float, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    return w, h


def _page(svg: str, picture: str, step: Frame, rows: int) -> str:
    """The picture on paper, its sentence below."""
    w, h = _size(svg)
    wide, high = max(w, LEAST_WIDTH), h + LINE * rows + MARGIN
    inner = re.sub(r"<svg\b", f'<svg x="{(wide - w) / 2:g}"', picture, count=1)
    words = "".join(
        f'<text x="{MARGIN}" y="{h + LINE * (i + 0.8):g}">{html.escape(line)}</text>'
        for i, line in enumerate(_lines(svg, step))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" '
        f'width="{wide:g}" height="{high:g}" role="img" aria-label="{html.escape(step.text)}">'
        f"<style>{STYLE}</style>"
        f'<rect class="paper" width="{wide:g}" height="{high:g}" rx="8" '
        f'fill="{LIGHT.background}"/>{inner}'
        f'<g class="words" font-family="{html.escape(SANS)}" font-size="14" fill="{LIGHT.text}">'
        f"{words}</g></svg>"
    )
