"""The frames of a replay in time, as CSS animations."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TypeAlias

from .frames import Frame

HOLD = 4.0  # seconds that the last frame stays before the replay starts again
LONGEST = 90.0  # seconds of the whole replay: many steps pass faster
TRAVEL = 0.4  # seconds that a gradient takes along its edge

Spans: TypeAlias = "list[tuple[int, int]]"  # from frame … up to, not with, frame …


class Clock:
    """Frames in time, as CSS: what is seen in the same frames shares one animation.

    An animation holds each of its states until the next one (`step-end`); only a gradient's line
    moves in between. Outside of animations, everything is as in the last frame.
    """

    def __init__(self, steps: list[Frame]) -> None:
        times = [step.seconds for step in steps]
        scale = min(1.0, LONGEST / sum(times))
        starts = [0.0, *accumulate(scale * t for t in times)]
        self.seconds = starts[-1] + HOLD
        self.percents = [f"{100 * start / self.seconds:.2f}%" for start in starts[:-1]]
        there = [min(start + TRAVEL, end) for start, end in pairwise(starts)]
        self.arrivals = [f"{100 * time / self.seconds:.2f}%" for time in there]
        self.still: list[str] = []
        self.frames: dict[str, str] = {}  # the body of @keyframes -> its name
        self.users: dict[str, list[str]] = {}  # that name -> selectors
        self.parts: list[str] = []  # of the picture itself, that come and go

    def css(self) -> str:
        """The style sheet of all that was asked for."""
        rules = [f"@keyframes {name}{{{body}}}" for body, name in self.frames.items()]
        for name, users in self.users.items():
            rules.append(f"{','.join(users)}{{animation-name:{name}}}")
        moving = ",".join([".replay,.acc,.edge", *self.parts])
        time = f"animation:{self.seconds:.1f}s step-end infinite"
        return (
            f"{''.join(self.still)}@media (prefers-reduced-motion:no-preference){{"
            f"{moving}{{{time}}}"
            f".edge{{animation-timing-function:ease-in-out}}{''.join(rules)}}}"
        )

    def seen(self, spans: Spans, css: str = "") -> str:
        """Attributes for an addition that is seen in these spans only."""
        name = self._fade(spans)
        self._use(name, f".{name}")
        shown = "" if self._lasts(spans) else ' opacity="0"'
        return f'class="{" ".join(filter(None, ("replay", css, name)))}"{shown}'

    def fade(self, selector: str, spans: Spans, opacity: float = 1) -> None:
        """Shows a part of the picture in these spans only."""
        if not spans:
            self.still.append(f"{selector}{{opacity:0}}")
            return
        self._use(self._fade(spans, opacity), selector)
        if selector[0] == "#":
            self.parts.append(selector)
        if not self._lasts(spans):
            self.still.append(f"{selector}{{opacity:0}}")
        elif opacity != 1:
            self.still.append(f"{selector}{{opacity:{opacity}}}")

    def draw(self, selector: str, spans: Spans) -> None:
        """Lets a gradient run along its edge as each span starts; its number comes with it.

        Both are told to the edge's group and inherited: a line has no fill, a number no stroke.
        """
        away, there = "{stroke-dashoffset:1;fill-opacity:0}", "{stroke-dashoffset:0;fill-opacity:1}"
        body, gone = "", "0%"
        for first, end in spans:
            stop = "100%" if end == len(self.percents) else self.percents[end]
            body += f"{gone},{self.percents[first]}{away}{self.arrivals[first]},{stop}{there}"
            gone = f"{float(stop[:-1]) + 0.01:.2f}%"
        if not self._lasts(spans):
            body += f"{gone},100%{away}"
            self.still.append(f"{selector}{away}")
        self._use(self._named(body), selector)

    def jump(self, selector: str, states: list[str]) -> None:
        """Gives a part of the picture one state a frame."""
        body = "".join(f"{at}{{{state}}}" for at, state in zip(self.percents, states))
        self._use(self._named(body), selector)
        self.still.append(f"{selector}{{{states[-1]}}}")

    def _fade(self, spans: Spans, opacity: float = 1) -> str:
        body = "" if self.percents[spans[0][0]] == "0.00%" else "0%{opacity:0}"
        for first, end in spans:
            body += f"{self.percents[first]}{{opacity:{opacity:g}}}"
            if end < len(self.percents):
                body += f"{self.percents[end]}{{opacity:0}}"
        return self._named(body)

    def _named(self, body: str) -> str:
        return self.frames.setdefault(body, f"k{len(self.frames)}")

    def _use(self, name: str, selector: str) -> None:
        users = self.users.setdefault(name, [])
        if selector not in users:
            users.append(selector)

    def _lasts(self, spans: Spans) -> bool:
        return bool(spans) and spans[-1][1] == len(self.percents)
