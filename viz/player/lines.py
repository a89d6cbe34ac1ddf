"""A trace with "lines" becomes frames: the graph grows beside its source, runs unwind it."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import Any

from viz.page import clean, copies, width
from viz.theme import LIGHT, MONO
from viz.values import rows, shape_text, spoken

from .frames import LETTERS, MOST_TERMS, Frame, Run, label

ROW = 19  # pixels from one line of the source to the next
SIZE = 12.5
LONGEST = 64  # letters of a line that are shown
PAD = 14
WIDE = 800  # pixels of a notebook cell
NAMED = 4  # nodes that a sentence names


def line_frames(trace: dict[str, Any], asked: bool) -> list[Frame]:
    """One frame for each line that ran, and those of the runs that it called."""
    return _Told(trace, asked).frames()


class _Told:
    """Reads the lines of a trace."""

    def __init__(self, trace: dict[str, Any], asked: bool) -> None:
        self.trace, self.asked = trace, asked
        self.nodes = {node["id"]: node for node in trace["graph"]["nodes"]}
        self.inputs: dict[str, list[str]] = {}
        for edge in trace["graph"]["edges"]:
            self.inputs.setdefault(edge["source"], []).append(edge["id"])
        leaves = {id for id, node in self.nodes.items() if node["kind"] == "leaf"}
        self.copies: dict[str, list[str]] = {}  # by the edges that they come with
        for box, edge in copies(trace["graph"]["edges"], leaves).items():
            self.copies.setdefault(edge, []).append(box)
        self.times = Counter(entry["line"] for entry in trace["lines"])
        # a value that is drawn may be another one when its line runs
        self.drawn = {id: rows(node["value"]) for id, node in self.nodes.items()}
        self.varying = {
            id
            for entry in trace["lines"]
            for id, value in entry["values"].items()
            if self.drawn[id] and rows(value) != self.drawn[id]
        }
        self.grads: dict[str, Any] = {}
        self.held: dict[str, str] = {}  # variables that no node stands for

    def frames(self) -> list[Frame]:
        unmade = dict.fromkeys(self._all(self.nodes), "unmade")
        focus = next(iter(self.nodes), "")
        found = [Frame("start", "Before the first line.", focus, unmade)]
        active = ""
        for entry in self.trace["lines"]:
            here = f"l{entry['line']}"
            lit = {here: "on"} if here == active else {active: "", here: "on"}
            lit.pop("", None)
            active = here
            if entry["error"] and found[-1].kind == "error":  # what backward() raised is told
                found[-1].changes[here] = "failed"
            elif entry["run"] is None:
                found.append(self._line(entry, lit, found[-1].focus))
            else:
                found += self._run(entry["run"], entry["line"], lit)
        if note := self.trace.get("note"):
            found.append(Frame("more", clean(note, LETTERS), found[-1].focus, {}))
        return found

    def _line(self, entry: dict[str, Any], changes: dict[str, str], focus: str) -> Frame:
        made = entry["made"]
        for id in self._all(made):
            changes[id] = "there"
            if id[0] == "e":
                changes[f"{id}-label"] = ""
        for id in made:
            changes[id] = "made"
            if self.nodes[id]["kind"] == "op":
                changes[f"{id}-acc"] = ""
        changes |= dict.fromkeys(self._all(entry["gone"]), "unmade")
        for id, value in entry["values"].items():
            changes |= self._value(id, value)
        for id, grad in entry["grads"].items():
            self.grads[id] = grad
            changes[f"{id}-acc"] = f".grad {label(grad)}".replace("\n", "\n" + " " * 6)
        for id in made:
            if self.nodes[id]["kind"] == "leaf":
                self.grads.setdefault(id, None)
                changes.setdefault(f"{id}-acc", ".grad None")
        if entry["error"]:
            changes[f"l{entry['line']}"] = "failed"
            text = clean(f"Line {entry['line']} raises {entry['error']}", LETTERS)
            return Frame("error", text, focus, changes)
        ops = [id for id in made if self.nodes[id]["kind"] == "op"]
        for name in entry["sets"]:  # the last ones that were set stand last
            self.held.pop(name, None)
        self.held |= entry["sets"]
        held: list[tuple[str, ...]] = [(clean(n), told) for n, told in self.held.items()]
        return Frame(
            "line", self._sentence(entry), [focus, *made, *ops][-1], changes, held[-MOST_TERMS:]
        )

    def _run(self, number: int, line: int, lit: dict[str, str]) -> list[Frame]:
        """The frames of a run; its first one clears what an earlier run has left."""
        run = Run(self.trace, number, [], self.asked)
        run.grads = {id: self.grads.get(id, grad) for id, grad in run.grads.items()}
        first, *rest = run.frames()
        own = self.trace["runs"][number]["nodes"]
        blank = dict.fromkeys(self._all(own), "there")
        for id in own:
            blank |= {f"{edge}-label": "" for edge in self.inputs.get(id, ())}
            if self.nodes[id]["kind"] == "op":
                blank[f"{id}-acc"] = ""
        grads = {key: text for key, text in first.changes.items() if key.endswith("-acc")}
        text = clean(f"Line {line} goes backward. {first.text}", LETTERS)
        for step in self.trace["runs"][number]["steps"]:
            if step["kind"] == "accumulate":
                self.grads[step["node"]] = step["after"]
        return [Frame("line", text, first.focus, lit | blank | grads), *rest]

    def _sentence(self, entry: dict[str, Any]) -> str:
        line, parts, older = entry["line"], [], entry["older"]
        own = [i for i in entry["made"] if self.nodes[i]["kind"] != "output" and i not in older]
        for verb, made in (("uses", older), ("makes", own)):
            named = [self._called(id, entry["values"].get(id)) for id in made[:NAMED]]
            more = f" and {len(made) - NAMED} more" if len(made) > NAMED else ""
            if made:
                parts.append(f"{verb} {_listed(named, more)}")
        for name, told in list(entry["sets"].items())[:NAMED]:
            parts.append(f"sets {clean(name)} = {told}")
        changed = [id for id in entry["values"] if id not in entry["made"]]
        for id in changed[:NAMED]:
            if self.nodes[id]["kind"] == "leaf":
                parts.append(f"changes {self._name(id)} to {spoken(entry['values'][id])}")
        for id, grad in list(entry["grads"].items())[:NAMED]:
            if id not in entry["made"]:
                now = "None" if grad is None else spoken(grad)
                parts.append(f"sets {self._name(id)}.grad to {now}")
        gone = [id for id in entry["gone"] if self.nodes[id]["kind"] == "op"]
        if gone:
            parts.append(f"lets go of {len(gone)} node{'s' * (len(gone) > 1)}")
        what = ", ".join(parts) if parts else "runs: the graph stays as it is"
        return clean(f"Line {line} {what}.", LETTERS)

    def _called(self, id: str, value: Any) -> str:
        node = self.nodes[id]
        if node["kind"] == "leaf":
            told = spoken(value) if value else shape_text(node["shape"])
            return f"the leaf {self._name(id)} = {told}"
        name = re.sub(r" \(line \d+[^()]*\)$", "", self._name(id))  # it has this name now
        named = f" ({name})" if node["name"] else ""
        return clean(node["op"]) + named

    def _name(self, id: str) -> str:
        return clean(self.nodes[id]["name"] or "a leaf")

    def _all(self, ids: Any) -> list[str]:
        """These nodes, the edges to what they were made from, and the boxes of these uses."""
        edges = [(id, self.inputs.get(id, [])) for id in ids]
        return [
            each
            for id, own in edges
            for each in (id, *own, *(box for edge in own for box in self.copies.get(edge, ())))
        ]

    def _value(self, id: str, value: Any) -> dict[str, str]:
        if id not in self.varying:
            return {}
        now = rows(value) or ["…"]
        return {f"{id}-v{i}": now[i] if i < len(now) else "" for i in range(len(self.drawn[id]))}


def _listed(words: list[str], more: str) -> str:
    if more or len(words) < 2:
        return ", ".join(words) + more
    return f"{', '.join(words[:-1])} and {words[-1]}"


def source_width(source: str) -> float:
    """Pixels that the source takes."""
    lines = [_shown(line) for line in source.split("\n")]
    return max(width(line, SIZE, mono=True) for line in lines) + 34 + 2 * PAD


def with_source(svg: str, source: str) -> str:
    """The picture with the cell's source beside it, or above it where both are too wide."""
    w, h = map(float, re.findall(r'viewBox="0 0 (\S+) (\S+)"', svg)[0])
    lines = source.split("\n")
    text_w, text_h = source_width(source), ROW * len(lines) + 2 * PAD
    beside = text_w + w <= WIDE
    x, y = (text_w, max(0.0, (text_h - h) / 2)) if beside else (max(0.0, (text_w - w) / 2), text_h)
    all_w, all_h = (text_w + w, max(text_h, y + h)) if beside else (max(text_w, w), text_h + h)
    said = re.findall(r'aria-label="([^"]*)"', svg)[0]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="viz-graph" viewBox="0 0 {all_w:g} '
        f'{all_h:g}" width="{all_w:g}" height="{all_h:g}" role="img" aria-label="{said}">',
        f'<g class="source" font-family="{escape(MONO)}" font-size="{SIZE}" fill="{LIGHT.text}">',
    ]
    for i, line in enumerate(lines):
        at = PAD + ROW * i
        text = escape(_shown(line)).replace(" ", "\u00a0")
        out.append(
            f'<g id="l{i + 1}" class="line"><rect class="bar" x="6" y="{at:g}" '
            f'width="{text_w - 12:g}" height="{ROW}" rx="4" fill="{LIGHT.grad}" opacity="0"/>'
            f'<text class="faint" x="34" y="{at + 13.5:g}" text-anchor="end" fill="{LIGHT.faint}">'
            f'{i + 1}</text><text x="44" y="{at + 13.5:g}">{text}</text></g>'
        )
    return "\n".join([*out, "</g>", svg.replace("<svg", f'<svg x="{x:g}" y="{y:g}"', 1), "</svg>"])


def _shown(line: str) -> str:
    return clean(line.expandtabs(4).rstrip().replace(" ", "\u00a0"), LONGEST)
