"""The replay of a recorded backward pass, as Jupyter shows it and as a file."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from viz import layout, web
from viz.closed import Inside, closed
from viz.fold import Group, fold
from viz.graph import Graph
from viz.options import check
from viz.page import fits
from viz.values import bytes_text

from .animated import MOST_FRAMES, animated_svg
from .embed import player_html
from .frames import Frame, call, frames, notes, ordinal, with_questions
from .gif import MOST, gif
from .inside import by_box, clickable, few, opened
from .lines import WIDE, line_frames, source_width, with_source
from .still import png, still_svg

SUFFIXES = (".html", ".svg", ".png", ".gif")  # of what `save` writes


class Animation:
    """The replay of a recorded backward pass. Shows itself in Jupyter; `save` makes a file of it.

    trace:  what happened, as plain data (its format stands in viz/record.py)
    svg:    the still picture that the trace's ids belong to
    quiz:   hides the next numbers: the player asks for them first
    """

    def __init__(self, trace: dict[str, Any], svg: str, *, quiz: bool = False) -> None:
        check("quiz", quiz, (True, False))
        self.trace = trace
        self.svg = svg
        self.quiz = quiz
        self.calls: Collection[int] | None = None  # those that are shown; None: as many as fit
        self.shown: dict[str, str] = {}  # where groups are folded: {id: that of its box}
        self.insides: list[Inside] = []  # what a click on a folded box shows
        self.sizes: dict[str, int] = {}  # bytes that a node keeps before
        self.checks: dict[str, str] = {}  # what finite differences say of a node's gradient
        self.label, self.title = "Backward pass, step by step", ""
        if "lines" in trace:
            self.label, self.title = "Cell, line by line", "A cell, line by line"

    @classmethod
    def of(
        cls,
        trace: dict[str, Any],
        graph: Graph,
        *,
        direction: str | None = None,
        quiz: bool = False,
        group: Group | None = None,
        framed: Sequence[Group] = (),
        calls: Collection[int] | None = None,
    ) -> Animation:
        """The replay of a trace over a picture that keeps room for all its numbers.

        `group` is the graph as `fold` gives it: its closed groups are one box, and one step, each.
        Without it a graph is folded where one picture could not show all of it. `framed` are groups
        of nodes that get a frame, where nothing is folded. `calls` are the runs to show, from 1.
        """
        shown: dict[str, str] = {}
        insides: list[Inside] = []
        if group is None and "lines" not in trace and not fits(graph):
            group = fold(graph)
        if group is not None:
            fewer = closed(trace, graph, group)
            trace, graph, shown = fewer.trace, fewer.graph, fewer.box
            insides, framed = few(fewer.insides), ()
        room = notes(_frames(trace, quiz, calls))
        svg = layout.svg(graph, direction=direction, replay=room, framed=framed)
        if "lines" in trace:
            svg = _beside(trace["source"], graph, svg, direction, room)
        animation = cls(trace, svg, quiz=quiz)
        animation.shown, animation.calls, animation.insides = shown, calls, insides
        return animation

    @cached_property
    def frames(self) -> list[Frame]:
        """The stops of the replay, each with its sentence."""
        steps = _frames(self.trace, self.quiz, self.calls, self.insides)
        return [self._with_facts(step) for step in steps]

    def _with_facts(self, step: Frame) -> Frame:
        """A frame with what is known beyond the trace: checks, and how much was freed."""
        checks = self._boxes_checked
        if step.kind == "accumulate" and step.focus in checks:
            return replace(step, queue=f"{checks[step.focus]} {step.queue}".strip())
        if step.kind == "apply" and step.focus in self.sizes:
            size = bytes_text(self.sizes[step.focus])
            terms = [(*term, size) if term[0] == "frees" else term for term in step.terms]
            return replace(step, terms=terms)
        return step

    @cached_property
    def told(self) -> list[Frame]:
        """The same for where nobody can answer: a question is a stop of its own."""
        return with_questions(self.frames)

    def save(self, path: str | os.PathLike[str], *, frame: int | None = None) -> None:
        """Write a file, by its suffix:

        .html  the player, one file that works offline
        .svg   plays by itself, without controls; or one frame, if `frame` says which
        .png   one frame: `frame`, or the last one (needs resvg-py)
        .gif   plays by itself (needs resvg-py and Pillow)

        Raises ValueError for any other suffix, IndexError where there is no such frame,
        ImportError, which says what to install, where a package is missing. Warns where a quiz
        becomes a picture, which cannot ask, or where a long replay is shown in part.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(
                f"cannot save an animation as {path.name!r}: the suffix must be .html (the "
                "player), .svg (plays by itself, or one frame), .png (one frame) or .gif"
            )
        if self.quiz and suffix != ".html":
            seen = (
                "its questions go by" if frame is None and suffix != ".png" else "it shows numbers"
            )
            warnings.warn(f"a {suffix} cannot ask: {seen}. The quiz is the .html", stacklevel=2)
        most = {".gif": MOST, ".svg": MOST_FRAMES}.get(suffix, len(self.told))
        if frame is None and len(self.told) > most:
            every = -(-len(self.told) // most)
            warnings.warn(
                f"{path.name} shows every {ordinal(every)} of {len(self.told):,} steps: a {suffix} "
                f"has room for {most}. For each step of some calls, take those alone: "
                "recording.animation(calls=[1, 2]).save(…)",
                stacklevel=2,
            )
        at = range(len(self.frames))[-1 if frame is None else frame]
        if suffix == ".png":
            path.write_bytes(png(self.svg, self.frames, at))
        elif suffix == ".gif":
            path.write_bytes(gif(self.svg, self.told))
        elif suffix == ".html":
            path.write_text(self._page(), encoding="utf-8", newline="\n")
        else:
            text = animated_svg(self.svg, self.told)
            if frame is not None:
                text = still_svg(self.svg, self.frames, at)
            path.write_text(text, encoding="utf-8", newline="\n")

    @cached_property
    def _boxes_checked(self) -> dict[str, str]:
        return by_box(self.checks, self.shown)

    def _page(self) -> str:
        title = self.title or f"{call(self.trace)}, step by step"
        return web.page(title, title, self._player())

    def _player(self) -> str:
        insides = opened(self.insides, self.frames, self.checks) if self.insides else {}
        checks = clickable(self._boxes_checked, self.trace)
        return player_html(self.svg, self.frames, self.label, checks, insides)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/html": self._player(),
            "image/svg+xml": animated_svg(self.svg, self.told),
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        width = len(str(len(self.frames) - 1))
        lines, at = [], 0
        for frame in self.told:
            asks = frame.kind == "question"
            lines.append(f"{'?' if asks else at:>{width}}  {frame.text}")
            at += not asks
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Animation of {len(self.trace['runs'])} backward() in {len(self.frames)} frames>"


def _frames(
    trace: dict[str, Any],
    quiz: bool,
    calls: Collection[int] | None,
    insides: Sequence[Inside] = (),
) -> list[Frame]:
    return line_frames(trace, quiz) if "lines" in trace else frames(trace, quiz, calls, insides)


def _beside(
    source: str, graph: Graph, svg: str, direction: str | None, room: dict[str, list[str]]
) -> str:
    """The picture with its source, running downwards where only so both stand side by side."""
    left = WIDE - source_width(source)
    if direction is None and _width(svg) > left:
        down = layout.svg(graph, direction="TB", replay=room)
        svg = down if _width(down) <= left else svg
    return with_source(svg, source)


def _width(svg: str) -> float:
    return float(re.findall(r' width="([^"]+)"', svg)[0])
