"""Picture + frames -> an SVG that plays by CSS alone, for places where no script runs.

As base64 in an `<img>` it survives where scripts and markup do not. The picture stands in it
unchanged, as the inner `<svg>`, so that the player can take it out again: whatever moves is added
with class "replay", or told by the style sheet. Where nothing may move (reduced motion), the last
frame stands still.
"""

from __future__ import annotations

import html
import re
from itertools import accumulate

from viz.page import clean, width
from viz.theme import DARK, LIGHT, MONO, SANS

from .frames import Frame

HOLD = 4.0  # seconds that the last frame stays before the replay starts again
LONGEST = 90.0  # seconds of the whole replay: many steps pass faster
TRAVEL = 0.4  # seconds that a gradient takes along its edge
LINE = 20  # height of a line of the sentence
ROW = 15  # height of a row of a matrix in the picture
MARGIN = 12
LETTERS = 400  # of a sentence that are shown
LEAST_WIDTH = 560  # a small picture gets room for its sentences

PLACE = re.compile(r'<text id="([^"]+)" class="([^"]+)" x="([^"]+)" y="([^"]+)"([^>]*)></text>')
STYLE = (
    f".grad-label,.acc{{font-family:{MONO}}}"
    "@media (prefers-color-scheme:dark){"
    f".paper{{fill:{DARK.background}}}.words{{fill:{DARK.text}}}}}"
)


def animated_svg(svg: str, steps: list[Frame]) -> str:
    """The animated picture: `svg` as laid out, with every frame's numbers and sentence in time."""
    _, _, wide, height = map(float, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    outer = max(wide, LEAST_WIDTH)
    clock = _Clock(steps)
    texts = [clean(step.text, LETTERS) for step in steps]
    sentences = [_wrap(text, outer - 2 * MARGIN) for text in texts]
    total = height + LINE * max(map(len, sentences)) + MARGIN

    picture = PLACE.sub(lambda place: place[0] + _numbers(place, steps, clock), svg.strip())
    picture = re.sub(r"<svg\b", f'<svg x="{(outer - wide) / 2:g}"', picture, count=1)
    for key in dict.fromkeys(key for step in steps for key in step.state):
        if f'id="{key}-grad"' in picture:
            clock.draw(f"#{key}-grad", f"#{key} .grad-head", _spans(steps, key, "moving", "sent"))
        elif f'id="{key}"' in picture:
            clock.show(f"[data-node={key}] .ring", _spans(steps, key, "active"))
    captions = []
    for i, lines in enumerate(sentences):
        rows = "".join(
            f'<tspan x="{MARGIN}" y="{height + LINE * (n + 1):g}">{html.escape(line)}</tspan>'
            for n, line in enumerate(lines)
        )
        captions.append(f"<text {clock.when([(i, i + 1)])}>{rows}</text>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer:g} {total:g}" '
        f'width="{outer:g}" height="{total:g}" role="img" '
        f'aria-label="{html.escape(" ".join(texts))}">'
        f"<style>{STYLE}{clock.css()}</style>"
        f'<rect class="paper" width="100%" height="100%" rx="8" fill="{LIGHT.background}"/>'
        f"{picture}"
        f'<g class="words" font-family="{html.escape(SANS)}" font-size="14" fill="{LIGHT.text}">'
        f"{''.join(captions)}</g></svg>"
    )


def _numbers(place: re.Match[str], steps: list[Frame], clock: _Clock) -> str:
    """All texts that one place of the picture ever shows, each in its time."""
    id, css, x, y, rest = place.groups()
    key = re.sub(r"\.\d+", "", id)  # a leaf drawn several times has the state of one
    found = []
    for text in dict.fromkeys(step.state.get(key) for step in steps):
        if text:
            rows = text.replace(" ", "\u00a0").split("\n")
            top = float(y) - ROW * (len(rows) - 1) / 2 + 4
            inner = "".join(
                f'<tspan x="{x}" y="{top + ROW * i:g}">{html.escape(row)}</tspan>'
                for i, row in enumerate(rows)
            )
            time = clock.when(_spans(steps, key, text), css)
            found.append(f"<text {time}{rest}>{inner}</text>")
    return "".join(found)


def _wrap(text: str, room: float) -> list[str]:
    """The text in lines of at most about `room` pixels."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and width(longer, 14) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


Spans = list[tuple[int, int]]  # from frame … up to, not with, frame …


def _spans(steps: list[Frame], key: str, *values: str) -> Spans:
    """When `key` has one of these values."""
    found: Spans = []
    for i, step in enumerate(steps):
        if step.state.get(key) in values:
            if found and found[-1][1] == i:
                found[-1] = (found[-1][0], i + 1)
            else:
                found.append((i, i + 1))
    return found


class _Clock:
    """Frames in time: hands out animations as CSS. What has the same times shares one."""

    def __init__(self, steps: list[Frame]) -> None:
        times = [step.seconds for step in steps]
        scale = min(1.0, LONGEST / sum(times))
        starts = [0.0, *accumulate(scale * t for t in times)]
        self.seconds = starts[-1] + HOLD
        self.percents = [100 * start / self.seconds for start in starts[:-1]] + [100.0]
        self.last = len(steps)
        self.travel = 100 * TRAVEL / self.seconds
        self.rules: dict[str, str] = {}
        self.still: list[str] = []

    def when(self, spans: Spans, css: str = "") -> str:
        """Attributes of something that is seen in these spans only."""
        name = self._name("s", spans)
        self.rules[name] = f".{name}{{animation-name:{name}}}" + self._fade(name, spans)
        classes = " ".join(filter(None, ("replay", css, name)))
        return f'class="{classes}"' + ("" if self._lasts(spans) else ' opacity="0"')

    def show(self, selector: str, spans: Spans) -> None:
        """Lets a hidden part of the picture be seen in these spans only."""
        name = self._name("s", spans)
        self.rules[name] = f".{name}{{animation-name:{name}}}" + self._fade(name, spans)
        self._reveal(selector, name, spans)

    def draw(self, line: str, head: str, spans: Spans) -> None:
        """Lets a gradient's line grow when a span starts; its head comes last."""
        name = self._name("d", spans)
        self.rules[name] = self._grow(name, spans)
        self._reveal(line, name, spans)
        self.still.append(f"{line}{{stroke-dasharray:1 2}}")
        self.show(head, spans)

    def css(self) -> str:
        """The style sheet of all that was asked for."""
        return (
            f"{''.join(self.still)}@media (prefers-reduced-motion:no-preference){{"
            f".replay,.grad,.grad-head,.ring{{animation:{self.seconds:.1f}s infinite}}"
            f"{''.join(self.rules.values())}}}"
        )

    def _name(self, kind: str, spans: Spans) -> str:
        return kind + "_".join(f"{first}-{end}" for first, end in spans)

    def _lasts(self, spans: Spans) -> bool:
        return bool(spans) and spans[-1][1] == self.last

    def _reveal(self, selector: str, name: str, spans: Spans) -> None:
        opacity = "" if self._lasts(spans) else ";opacity:0"
        self.still.append(f"{selector}{{visibility:visible{opacity}}}")
        self.rules[f"{selector} {name}"] = f"{selector}{{animation-name:{name}}}"

    def _fade(self, name: str, spans: Spans) -> str:
        return self._keyframes(name, spans, "opacity:0", ("opacity:1",))

    def _grow(self, name: str, spans: Spans) -> str:
        gone, whole = "stroke-dashoffset:1;opacity:1", "stroke-dashoffset:0;opacity:1"
        return self._keyframes(
            name, spans, gone, (f"{gone};animation-timing-function:ease-in-out", whole)
        )

    def _keyframes(self, name: str, spans: Spans, off: str, on: tuple[str, ...]) -> str:
        """`off` outside the spans; inside, the states `on` one after the other, the last stays."""
        keys = []
        at = 0.0
        for first, end in spans:
            start, stop = self.percents[first], self.percents[end]
            if start > 0:
                keys.append(f"{at:.2f}%,{start - 0.01:.2f}%{{{off}}}")
            steps = [min(start + i * self.travel, stop) for i in range(len(on))]
            keys += [f"{t:.2f}%{{{state}}}" for t, state in zip(steps[:-1], on)]
            keys.append(f"{steps[-1]:.2f}%,{stop:.2f}%{{{on[-1]}}}")
            at = stop + 0.01
        if at < 100:
            keys.append(f"{at:.2f}%,100%{{{off}}}")
        return f"@keyframes {name}{{{''.join(keys)}}}"
