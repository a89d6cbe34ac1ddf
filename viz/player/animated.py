"""Picture + frames -> an SVG that plays by CSS alone, for places where no script runs.

As base64 in an `<img>` it survives where scripts and markup do not. The picture stands in it
unchanged, as the inner `<svg>`, so that the player can take it out again: whatever moves is added
with class "replay", or told by the style sheet. Where nothing may move (reduced motion), the last
frame stands still.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from viz.ink import colours
from viz.page import width
from viz.theme import DARK, LIGHT, MONO, SANS

from .clock import Clock, Spans
from .frames import PAST, Frame, Timeline, timeline

HANG = 4  # px of a sentence that hang below its line, into the room of the next
LINE = 20  # height of a line of the sentence
ROW = 15  # height of a row of a matrix in the picture
MARGIN = 12
MOST_FRAMES = 300
LEAST_WIDTH = 560  # a small picture gets room for its sentences

INK = f' fill="{LIGHT.grad}"'  # of numbers, said once in the style sheet

SAID = [  # classes of parts, and their attributes that a rule says too
    (r"[\w-]+ faint|faint", "fill"),
    ("value", "font-family"),
    ("op", "font-size"),
    ("title", 'font-size(?="13")|font-weight'),
    ("data", f'stroke(?="{LIGHT.edge}")'),
    ("box", "fill|stroke"),
]

PLACE = re.compile(r'<text id="(?P<id>[^"]+)"(?P<rest>[^>]*)>[^<]*</text>')
COPY = re.compile(r"\.\d+")  # a leaf that is drawn several times has the states of one
BOX = re.compile(
    r'<g id="(?P<id>n\d+)"[^>]*>(?:<title>[^<]*</title>)?(?:<rect class="box"[^>]*>)*'
    r'<rect class="box" x="(?P<x>[^"]+)" '
    r'y="(?P<y>[^"]+)" width="(?P<w>[^"]+)" height="(?P<h>[^"]+)" rx="(?P<r>[^"]+)"'
)
LABEL = re.compile(r'aria-label="([^"]*)"')
STYLE = (
    f".grad-label,.acc,.value{{font-family:{MONO}}}.grad-label,.acc{{fill:{LIGHT.grad}}}"
    "text.op{font-size:12px}text.title{font-size:13px;font-weight:bold}"
    f".edge>.grad{{stroke:{LIGHT.grad};stroke-dasharray:1 2}}"
    "@media (prefers-color-scheme:dark){"
    f".grad-label,.acc{{fill:{DARK.grad}}}.paper{{fill:{DARK.background}}}.words{{fill:{DARK.text}}}.spot,.key{{stroke:{DARK.grad}}}}}"
)


def animated_svg(svg: str, steps: list[Frame]) -> str:
    """The animated picture: `svg` as laid out, with every frame's numbers and sentence in time."""
    _, _, wide, height = map(float, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    outer = max(wide, LEAST_WIDTH)
    steps = _thinned(steps)
    times = timeline(steps)
    clock = Clock(steps)
    picture = PLACE.sub(lambda place: _numbers(place, times, clock), svg.strip())
    picture = re.sub(r"<svg\b", f'<svg x="{(outer - wide) / 2:g}"', picture, count=1)
    picture = "".join(
        _spot(part, i, steps, times, clock) + part
        for i, part in enumerate(re.split(r'(?=<g class="boxes")', picture))
    )
    for edge in re.findall(r'id="(e\d+)-grad"', svg):
        clock.draw(f"#{edge}", _seen(times[edge]))
    for key, spans in times.items():
        if any(value == "unmade" for value, _, _ in spans):
            part = f"#{key}>.data" if key[0] == "e" else "#" + key.replace(".", "\\.")
            clock.fade(part, _there(spans, len(steps)))
        elif key[0] == "l":
            clock.fade(f"#{key}>.bar", [(start, end) for _, start, end in spans], 0.16)
    sentences = [wrap(step.text, outer - 2 * MARGIN) for step in steps]
    tall = LINE * max(map(len, sentences))
    words = []
    for i, (step, lines) in enumerate(zip(steps, sentences)):
        asks = ' class="ask"' if step.kind == "question" else ""
        words.append(f"<text{asks}>{_rows(lines, f'{MARGIN}', tall * i + LINE, LINE)}</text>")
    clock.jump(".words", [f"transform:translateY({-tall * i}px)" for i in range(len(steps))])
    total = height + tall + MARGIN
    label = f"{LABEL.findall(svg)[0]}. {html.escape(steps[-1].text)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer:g} {total:g}" '
        f'width="{outer:g}" height="{total:g}" role="img" aria-label="{label}">'
        f"<style>{STYLE}{_colours(svg)}{clock.css()}</style>"
        f'<rect class="paper" width="100%" height="100%" rx="8" fill="{LIGHT.background}"/>'
        f'{_lean(picture)}<svg y="{height + HANG:g}" width="{outer:g}" height="{tall + 2}" '
        f'viewBox="0 {HANG} {outer:g} {tall + 2}">'
        f'<g class="replay words" font-family="{html.escape(SANS)}" font-size="14" '
        f'fill="{LIGHT.text}">{"".join(words)}</g></svg></svg>'
    )


def _colours(svg: str) -> str:
    """The picture's light colours as rules: said once, they need not stand on every part."""
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', svg))))
    rules = (rule for part in colours(LIGHT) for rule in re.findall(r"[^{}]+\{[^}]*\}", part))
    return "".join(
        rule for rule in rules if used.issuperset(re.findall(r"\.([\w-]+)", rule.partition("{")[0]))
    )


def _lean(picture: str) -> str:
    """The picture without the attributes that the style sheet says."""
    for mark, names in SAID:
        for tag in set(re.findall(rf'<[^>]*\bclass="(?:{mark})"[^>]*>', picture)):
            picture = picture.replace(tag, re.sub(rf' (?:{names})="[^"]*"', "", tag))
    return picture


def _seen(values: list[tuple[str, int, int]]) -> Spans:
    """When the gradient of an edge is on its way or there."""
    found: Spans = []
    for value, start, end in values:
        if value == "sent" and found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        elif value in ("moving", "sent"):
            found.append((start, end))
    return found


def _there(values: list[tuple[str, int, int]], end: int) -> Spans:
    """When a part is in the picture: whenever it is not unmade."""
    found, at = [], 0
    for _, start, stop in (each for each in values if each[0] == "unmade"):
        if start > at:
            found.append((at, start))
        at = stop
    return [*found, (at, end)] if at < end else found


def _numbers(place: re.Match[str], times: Timeline, clock: Clock) -> str:
    """All texts that one place of the picture ever shows, each in its time."""
    id, rest = place["id"], place["rest"].replace(INK, "")
    css, x, y = (re.findall(rf'\b{name}="([^"]+)"', rest)[0] for name in ("class", "x", "y"))
    spans: dict[str, Spans] = {}
    for text, start, end in times.get(COPY.sub("", id), ()):
        spans.setdefault(text, []).append((start, end))
    if len(spans) == 1:
        [(text, when)] = spans.items()
        if css != "grad-label":  # a gradient's number comes with its line
            clock.fade(f'[id="{id}"]', when)
        return f'<text id="{id}"{rest}>{placed(text, x, y)}</text>'
    bare = rest.replace(f' class="{css}"', "")
    shown = (
        f"<text {clock.seen(when, css)}{bare}>{placed(text, x, y)}</text>"
        for text, when in spans.items()
    )
    return f'<text id="{id}"{rest}></text>{"".join(shown)}'


def placed(text: str, x: str, y: str) -> str:
    """A number, or the rows of a matrix around the same place."""
    lines = text.replace(" ", "\u00a0").split("\n")
    if len(lines) == 1:
        return html.escape(lines[0])
    return _rows(lines, x, float(y) - ROW * (len(lines) - 1) / 2, ROW)


def _rows(lines: list[str], x: str, y: float, height: float) -> str:
    return "".join(
        f'<tspan x="{x}" y="{y + height * i:g}">{html.escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )


def _spot(part: str, number: int, steps: list[Frame], times: Timeline, clock: Clock) -> str:
    """The frame around the box that is at work: it goes from box to box of this part."""
    states = ["opacity:0"] * len(steps)
    for box in BOX.finditer(part):
        x, y, w, h, r = (float(box[name]) for name in "xywhr")
        for value, start, _ in times.get(box["id"], ()):
            if value == "active":
                states[start] = (
                    f"x:{x - 4:.0f}px;y:{y - 4:.0f}px;width:{w + 8:.0f}px;"
                    f"height:{h + 8:.0f}px;rx:{r + 4:.0f}px"
                )
    if not any("width" in state for state in states):
        return ""
    clock.jump(f".spot{number}", states)
    return (
        f'<rect class="replay spot spot{number}" fill="none" stroke="{LIGHT.grad}" '
        'stroke-width="2"/>'
    )


def _thinned(steps: list[Frame]) -> list[Frame]:
    """Fewer frames of the same pass, where it is too long to watch without controls."""
    stride = -(-len(steps) // MOST_FRAMES)
    if stride == 1:
        return steps
    found = []
    kind, changes = "", dict[str, str]()
    for i, step in enumerate(steps):
        if step.kind == "start":
            kind, changes = "start", {}
        changes = {key: PAST.get(value, value) for key, value in changes.items()} | step.changes
        if i % stride == stride - 1 or i == len(steps) - 1:
            found.append(replace(step, kind=kind or step.kind, changes=changes))
            kind, changes = "", {}
    return found


def wrap(text: str, room: float) -> list[str]:
    """The text in lines of at most about `room` pixels."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and width(longer, 14) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
