"""A trace becomes frames: what each step says, and how the picture looks after it.

The one place that knows what a step means for the picture. The player and the animated SVG only
show frames, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, TypeAlias

from viz.closed import Inside
from viz.page import clean
from viz.rules import letters_beside, respelled, rule_for
from viz.values import ROW, SPOKEN, rows, spoken

from . import quiz

PAST = {"active": "done", "moving": "sent", "made": "there"}
MOST_FRAMES = 2_000
ENDS = 10  # calls at each end of a recording that is too long, which are shown in any case
LETTERS = 500  # of a sentence that are shown
MOST_TERMS = 6  # numbers of one step that are shown side by side
MOST_HELD = 3  # leaves whose `.grad` a run's first sentence tells


@dataclass(frozen=True)
class Frame:
    """One stop of the replay.

    `changes` maps an element's id in the picture to its new state (a node `n…`: ready, active,
    failed; an edge `e…`: moving; both: absent, where this run's graph does not have them, unmade or
    made, where it grows, also `n….1`, a leaf's box for its second use; a line of the source `l…`:
    on, failed) or to its new text (`e…-label` a gradient, `n…-acc` a sum or a `.grad`, `n…-v…` a
    row of a node's value).
    A run starts from blank, and by the next frame what was active is done, what was moving is sent:
    no frame needs to say that.
    `terms` are the step's numbers side by side, each a heading and the lines below it.
    `queue` tells which nodes are ready, and why the next one is the next. `asks` are the questions
    to answer before this frame is shown (see quiz.py).
    """

    kind: str  # start, seed, apply, accumulate, result, line, error, more, or question
    text: str
    focus: str  # the node to keep in view
    changes: dict[str, str]
    terms: list[tuple[str, ...]] = field(default_factory=list)
    queue: str = ""
    asks: list[quiz.Ask] = field(default_factory=list)
    call: str = ""  # "2 of 3", on the frame that opens it
    group: str = ""  # of a closed box: what is inside, and its own frames, which come before this
    inside: list[Frame] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Time to read the sentence, or to find an answer: how long it stays at speed 1."""
        return (4 if self.kind == "question" else 0.9) + 0.03 * len(self.text)

    def plain(self) -> dict[str, Any]:
        """The frame as the player reads it."""
        spare = ("asks", "queue", "call", "group", "inside")
        told = {key: value for key, value in vars(self).items() if value or key not in spare}
        if self.inside:
            told["inside"] = [frame.plain() for frame in self.inside]
        return told | {"ms": round(1000 * self.seconds)}


def frames(
    trace: dict[str, Any],
    asked: bool = False,
    calls: Collection[int] | None = None,
    insides: Sequence[Inside] = (),
) -> list[Frame]:
    """All frames of all runs, each run opened by a frame that shows the `.grad`s it starts with.

    With `asked`, the frames carry questions. `calls` are the runs to show, counted from 1; without
    it, where all are too many, those that `spread_out` chooses. What is left out is said.
    """
    varying, runs = _varying(trace), trace["runs"]
    sizes = [len(run["steps"]) + 1 + bool(run["error"]) for run in runs]
    kept = {i for i, run in enumerate(runs) if run["steps"] or run["error"]}
    if calls is None and (len(kept) < len(runs) or sum(sizes) > MOST_FRAMES):
        calls, said = spread_out(sizes, trace.get("ends", ENDS), trace.get("every", 1))
    elif calls is not None:
        said = ""
    shown = {i for i in kept if calls is None or i + 1 in calls}
    found, grads, last = list[Frame](), dict[str, Any](), -1
    for number, run in enumerate(runs):
        if number in shown:
            told = Run(trace, number, varying, asked, grads, insides).frames()
            if number > last + 1 and found:
                gap = f"Call {number} is" if number == last + 2 else (
                    f"Calls {last + 2:,} to {number:,} are"
                )  # fmt: skip
                told[0] = replace(told[0], text=f"{gap} not shown. {told[0].text}")
            elif not found and len(shown) < len(runs) and said:
                told[0] = replace(told[0], text=f"{told[0].text} Shown: {said}.")
            found, last = found + told, number
        grads |= {s["node"]: s["after"] for s in run["steps"] if s["kind"] == "accumulate"}
    if len(found) > MOST_FRAMES:
        text = f"{len(found) - MOST_FRAMES:,} more steps are not shown."
        found[MOST_FRAMES:] = [Frame("more", text, found[MOST_FRAMES].focus, {})]
    return found


def spread_out(sizes: Sequence[int], most: int = ENDS, least: int = 1) -> tuple[set[int], str]:
    """Of calls with so many frames: the first ones, every so-many-th, and the last ones, as many as
    fit; and these in words. Counted from 1. No more are there than `most` at each end, and of those
    between every `least`-th."""
    count = len(sizes)
    for ends in (most, 1):
        for power in range(7):
            for every in (10**power, 2 * 10**power, 5 * 10**power):
                if every % least or every == 1:
                    continue
                calls = {i + 1 for i in range(count)
                         if i < ends or i >= count - ends or not (i + 1) % every}  # fmt: skip
                if sum(sizes[i - 1] for i in calls) <= MOST_FRAMES:
                    between = f", then every {ordinal(every)}" if every < count else ""
                    first, last = ("1", f"{count:,}") if ends == 1 else (
                        f"1 to {ends}", f"{count - ends + 1:,} to {count:,}"
                    )  # fmt: skip
                    return calls, f"of {count:,} calls {first}{between}, and {last}"
    return {1, count}, f"of {count:,} calls the first and the last"


def ordinal(number: int) -> str:
    """`2nd`, `10th`, `1,000th`"""
    few = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else few}"


def _varying(trace: dict[str, Any]) -> list[str]:
    """Ids of the nodes whose value, as far as it is drawn, is not the same in all runs."""
    drawn = {node["id"]: rows(node["value"]) for node in trace["graph"]["nodes"]}
    found = [run["values"] for run in trace["runs"]]
    return [
        id
        for id, lines in drawn.items()
        if lines and any(id in values and rows(values[id]) != lines for values in found)
    ]


def with_questions(steps: list[Frame]) -> list[Frame]:
    """The same replay for where nothing can be typed: each question is a stop of its own."""
    found: list[Frame] = []
    for step in steps:
        for ask in step.asks:
            found.append(Frame("question", ask["text"], found[-1].focus, {}))
        found.append(step)
    return found


Timeline: TypeAlias = "dict[str, list[tuple[str, int, int]]]"


def timeline(steps: list[Frame]) -> Timeline:
    """What each place of the picture shows: (state or text, from frame, up to, not with, frame)."""
    found: Timeline = {}
    now: dict[str, tuple[str, int]] = {}

    def put(key: str, value: str, at: int) -> None:
        old, since = now.get(key, ("", 0))
        if value != old:
            if old:
                found.setdefault(key, []).append((old, since, at))
            now[key] = (value, at)

    for i, step in enumerate(steps):
        if step.kind == "start":
            for key in now.keys() - step.changes.keys():
                put(key, "", i)
        else:
            for key, value in steps[i - 1].changes.items():
                put(key, PAST.get(value, value), i)
        for key, value in step.changes.items():
            put(key, value, i)
    for key in now:
        put(key, "", len(steps))
    return found


def notes(steps: list[Frame]) -> dict[str, list[str]]:
    """All that the replay ever writes into the picture, by place: layout keeps room for it."""
    found: dict[str, dict[str, None]] = {}
    for step in steps:
        for key, text in step.changes.items():
            if "-" in key and text:  # not a state
                found.setdefault(key, {})[text] = None
    return {key: list(texts) for key, texts in found.items()}


def call(trace: dict[str, Any], number: int = 0) -> str:
    """`out.backward()`, `grad(out, x)`: what was called, as far as the names are known."""
    run = trace["runs"][number]
    names = {n["id"]: n["name"] for n in trace["graph"]["nodes"]}
    name = names[run["root"]]
    if run.get("call") == "grad":
        wanted = [names[step["node"]] for step in run["steps"] if step["kind"] == "result"]
        told = [clean(each) if each else "…" for each in [name, *wanted]]
        return f"grad({', '.join(told)})"
    return f"{clean(name)}.backward()" if name else "backward()"


MEAN = re.compile(r"mean (\S+) ± ([^,\s]+)(, about: [^,]*)?(.*)")


def label(value: dict[str, Any] | None) -> str:
    """A gradient as it stands in the picture: one number for all elements, rows, mean ± spread, or
    the shape."""
    if value is None:
        return "None"
    lines, many = rows(value), value["short"].startswith("(")
    if many and value.get("heat") and (told := MEAN.search(value["text"])):
        about, odd = "≈ " * bool(told[3]), told[4].replace(", ", "\n")
        return f"{about}{told[1]}\n{' ' * len(about)}± {told[2]}{odd}"
    return "\n".join(lines) if lines and many else value["short"]


def thumbnail(value: dict[str, Any] | None) -> tuple[str, ...]:
    """What the player shows as cells: a mark, and the rows of the thumbnail."""
    cells = value.get("heat") if value and value["short"].startswith("(") else None
    return ("▦" + "/".join(cells),) if cells else ()


def block(value: dict[str, Any] | None) -> str:
    """A gradient as it stands below the picture: a small matrix one row a line, columns aligned."""
    if value is None:
        return "None"
    if lines := rows(value):
        return "\n".join(lines)
    listed = value["data"] is not None and len(value["text"]) > SPOKEN
    return value["short"] if listed else value["text"]


def _term(head: str, value: dict[str, Any] | None) -> tuple[str, ...]:
    return (head, block(value), *thumbnail(value))


_Terms: TypeAlias = "list[tuple[str, ...]]"
_Told: TypeAlias = "tuple[dict[str, str], _Terms]"


def numbers(graph: Mapping[str, Any], steps: list[dict[str, Any]]) -> dict[str, str]:
    """{place: what stands there once these steps are done}: no states and no sentences."""
    trace = {"graph": graph, "runs": [{"root": "", "values": {}, "steps": steps, "error": None}]}
    run = Run(trace, 0, [], False)
    told = (getattr(run, step["kind"])(step)[0] for step in steps)
    return {key: text for changes in told for key, text in changes.items() if "-" in key}


class Run:
    """Reads one run of a trace: each kind of step has a method that tells (changes, terms)."""

    def __init__(
        self,
        trace: dict[str, Any],
        number: int,
        varying: list[str],
        asked: bool,
        grads: Mapping[str, Any] | None = None,
        insides: Sequence[Inside] = (),
    ) -> None:
        self.trace, self.number, self.run = trace, number, trace["runs"][number]
        self.varying, self.asked, self.count = varying, asked, len(trace["runs"])
        self.letters = letters_beside(node["name"] for node in trace["graph"]["nodes"])
        self.nodes = {node["id"]: node for node in trace["graph"]["nodes"]}
        self.edges = {edge["id"]: edge for edge in trace["graph"]["edges"]}
        self.targets = {id: edge["target"] for id, edge in self.edges.items()}
        self.apart = {  # operations whose result is a box of its own, which has the name
            edge["target"]
            for edge in self.edges.values()
            if self.nodes[edge["source"]]["kind"] == "output"
        }
        self.fan_in = Counter(
            self.targets[send["edge"]]
            for step in self.run["steps"]
            for send in step.get("sends", ())
        )
        self.insides = {inside.box: inside for inside in insides}
        self.grads = self._grads_before(grads)
        self.met: dict[str, list[dict[str, Any]]] = {}  # gradients that came to a node, in order

    def frames(self) -> list[Frame]:
        """The run's frames; the last one tells of the error, if it ended in one."""
        start = {f"{leaf}-acc": _after(".grad ", label(g)) for leaf, g in self.grads.items()}
        start |= self._absent() | self._values()
        found = [Frame("start", self._opening(), self.run["root"], start, self._piled())]
        if self.count > 1:
            several = len({(run["call"], run["root"]) for run in self.trace["runs"]}) > 1
            what = f": {call(self.trace, self.number)}" if several else ""
            found[0] = replace(found[0], call=f"{self.number + 1} of {self.count}{what}")
        waiting: list[str] = []
        missing = dict(self.fan_in)
        for step, following in zip_longest(self.run["steps"], self.run["steps"][1:]):
            changes, terms = getattr(self, step["kind"])(step)
            for send in step.get("sends", ()):
                missing[self.targets[send["edge"]]] -= 1
            ready = step.get("ready", [step["node"]])
            changes |= dict.fromkeys((id for id in ready if id not in waiting), "ready")
            waiting = ready
            text = clean(step["text"], LETTERS)
            asks = getattr(self, f"_ask_{step['kind']}")(step) if self.asked else []
            sent = {self.targets[send["edge"]] for send in step.get("sends", ())}
            if self.trace.get("inner"):  # of what is outside it is not known here
                sent &= {step["node"] for step in self.run["steps"]}
            waits = {id: missing[id] for id in missing if id in sent and missing[id]}
            queue = self._queue(ready, waits, following)
            frame = Frame(step["kind"], text, step["node"], changes, terms, queue, asks)
            if inside := self.insides.get(step["node"] if step["kind"] == "apply" else ""):
                inner = Run(
                    inside.trace, self.number, [], self.asked, insides=inside.insides
                ).frames()
                frame = replace(frame, group=inside.id, inside=inner)
            found.append(frame)
        if self.run["error"]:
            failed = waiting if len(waiting) == 1 else []  # of several, none can be blamed
            focus = [found[-1].focus, *failed][-1]
            text = clean(self.run["error"], LETTERS)
            found.append(Frame("error", text, focus, dict.fromkeys(failed, "failed")))
        before, after = self.run.get("memory") or ("", "")
        if before != after:
            first = f"For backward, the graph keeps {before}."
            last = f"The graph kept {before} before; now it keeps {after}."
            for at, said in ((0, first), (-1, last)):
                found[at] = replace(found[at], queue=f"{found[at].queue} {said}".strip())
        return found

    def seed(self, step: dict[str, Any]) -> _Told:
        """The gradient that starts the pass comes in."""
        edge = step["edge"]
        changes = {edge: "moving", f"{edge}-label": label(step["grad"])} if edge else {}
        return changes, [_term("starts with", step["grad"])]

    def enter(self, step: dict[str, Any]) -> _Told:
        """What comes into the inside of a closed box."""
        changes, terms = dict[str, str](), list[tuple[str, ...]]()
        for send in step["sends"]:
            edge, target = send["edge"], self.targets[send["edge"]]
            changes |= {edge: "moving", f"{edge}-label": label(send["grad"])}
            terms.append(_term(f"→ {self._name(target)}", send["grad"]))
        return changes, terms[:MOST_TERMS]

    def apply(self, step: dict[str, Any]) -> _Told:
        """An op receives a gradient and sends others on; where several meet, they add up."""
        changes = {step["node"]: "active"}
        terms: _Terms = [_term("receives", step["received"])]
        for send in step["sends"]:
            edge, target = send["edge"], self.targets[send["edge"]]
            several = self.fan_in[target] > 1
            changes |= {edge: "moving", f"{edge}-label": label(send["grad"])}
            if target in self.grads:
                changes[f"{target}-acc"] = _coming(self.grads[target], send["sum"])
            elif several:
                changes[f"{target}-acc"] = _after("Σ ", label(send["sum"]))
            total = (_after("Σ ", block(send["sum"])),) if several else ()
            terms.append((*_term(f"→ {self._name(target)}", send["grad"]), *total))
        if len(terms) > MOST_TERMS:
            terms[MOST_TERMS:] = [("…", f"{len(terms) - MOST_TERMS} more")]
        if step["frees"]:
            terms.append(("frees", ", ".join(step["frees"])))
        return changes, terms

    def accumulate(self, step: dict[str, Any]) -> _Told:
        """A leaf adds what came in to its `.grad`."""
        leaf = step["node"]
        changes = {leaf: "active", f"{leaf}-acc": _after(".grad ", label(step["after"]))}
        return changes, [
            _term(".grad before", step["before"]),
            _term("+ incoming", step["incoming"]),
            _term("= .grad after", step["after"]),
        ]

    def _ask_enter(self, step: dict[str, Any]) -> list[quiz.Ask]:
        return []  # it was asked on the way to the box

    def _ask_seed(self, step: dict[str, Any]) -> list[quiz.Ask]:
        root = self.nodes[self.run["root"]]
        given = len(self.run["roots"]) > 1 or "given" in step["text"]
        return quiz.seed(root | {"value": self._value(root["id"])}, step["grad"], given)

    def _ask_apply(self, step: dict[str, Any]) -> list[quiz.Ask]:
        """One question for each node that is sent something."""
        node, asks = self.nodes[step["node"]], list[quiz.Ask]()
        if node["kind"] == "group":  # nobody can know what its inside does
            return []
        to: dict[str, list[dict[str, Any]]] = {}
        for send in step["sends"]:
            to.setdefault(self.targets[send["edge"]], []).append(send)
        for target, sends in to.items():
            earlier = list(self.met.setdefault(target, []))
            grads = [send["grad"] for send in sends]
            self.met[target] += grads
            several = self.fan_in[target] > 1
            last = several and len(self.met[target]) == self.fan_in[target]
            others = [
                (self._called(other), each[0]["grad"]) for other, each in to.items()
                if other != target
            ]  # fmt: skip
            paths = self.fan_in[target], earlier, sends[-1]["sum"] if last else None
            operands = [self._value(other) for other in to if other != target]
            found = quiz.send(
                node,
                self._rule(node["op"], self.edges[sends[0]["edge"]]["input"]),
                None if "received_all" in step else step["received"],
                (self._called(target), self._value(target)),
                grads,
                others,
                paths,
                operands,
            )
            asks += [ask for ask in found if ask["text"] not in (other["text"] for other in asks)]
        return asks

    def _ask_accumulate(self, step: dict[str, Any]) -> list[quiz.Ask]:
        if step["after"] is None:
            return []
        id = step["node"]
        return quiz.accumulate(
            self._name(id), self._value(id), step["before"], step["incoming"], step["after"]
        )

    def _queue(
        self, ready: list[str], waits: dict[str, int], following: dict[str, Any] | None
    ) -> str:
        """`Ready: b and y. b goes next: leaves go first. x waits for 1 more gradient.`"""
        if following is None or following["kind"] == "seed":
            return ""
        told = []
        if following["node"] in ready:
            others = [self._called(id) for id in ready if id != following["node"]]
            first = self._called(following["node"])
            if not others:
                told.append(f"Only {first} is ready, and goes next.")
            elif self.nodes[following["node"]]["kind"] == "leaf":
                told.append(f"Ready: {_and([first, *others])}. {first} goes next: leaves go first.")
            else:
                why = "of these it was made last"
                told.append(f"Ready: {_and([first, *others])}. {first} goes next: {why}.")
        for id, count in waits.items():
            more = "1 more gradient" if count == 1 else f"{count} more gradients"
            told.append(f"{self._called(id)} waits for {more}.")
        return clean(" ".join(told), LETTERS)

    def _rule(self, op: str, input: int) -> str:
        lines = rule_for(op).lines
        line = lines[input] if input < len(lines) else lines[0] if len(lines) == 1 else ""
        return respelled(line, self.letters)

    def _value(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.run["values"].get(id, self.nodes[id]["value"])
        return found

    def _called(self, id: str) -> str:
        """A node in a question: by its variable's name if its box has one."""
        name = self.nodes[id]["name"]
        return clean(name) if name and id not in self.apart else self._name(id)

    def result(self, step: dict[str, Any]) -> _Told:
        """autograd.grad returns a gradient, and no `.grad` changes."""
        changes = {step["node"]: "active", f"{step['node']}-acc": _after("→ ", label(step["grad"]))}
        return changes, [_term("returned", step["grad"])]

    def _ask_result(self, step: dict[str, Any]) -> list[quiz.Ask]:
        return []  # what arrived was asked already

    def _name(self, id: str) -> str:
        node = self.nodes[id]
        if node["kind"] == "op":
            return clean(node["op"])
        return clean(node["name"] or ("a leaf" if node["kind"] == "leaf" else "the output"))

    def _absent(self) -> dict[str, str]:
        """Parts of the picture that belong to the graphs of other runs."""
        own, graph = set(self.run["nodes"]), self.trace["graph"]
        nodes = [n["id"] for n in graph["nodes"] if n["id"] not in own]
        edges = [e["id"] for e in graph["edges"] if not own >= {e["source"], e["target"]}]
        return dict.fromkeys(nodes + edges, "absent")

    def _values(self) -> dict[str, str]:
        """Rows of the values that are not the same in all runs, as this run found them."""
        found = {}
        for id in self.varying:
            drawn = rows(self.nodes[id]["value"])
            now = rows(self.run["values"].get(id, self.nodes[id]["value"])) or ["…"]
            for i in range(len(drawn)):
                found[f"{id}-v{i}"] = now[i] if i < len(now) else ""
        return found

    def _grads_before(self, left: Mapping[str, Any] | None) -> dict[str, Any]:
        """Each leaf's `.grad` as this run finds it: as earlier runs left it, unless it says."""
        if left is None:
            earlier = [s for run in self.trace["runs"][: self.number] for s in run["steps"]]
            left = {s["node"]: s["after"] for s in earlier if s["kind"] == "accumulate"}
        steps = [s for s in reversed(self.run["steps"]) if s["kind"] == "accumulate"]
        return {**left, **{s["node"]: s["before"] for s in steps}}

    def _opening(self) -> str:
        """`Before call 2 of 2, out.backward(): x.grad = 4.5.`"""
        what = call(self.trace, self.number)
        if self.count > 1:
            what = f"call {self.number + 1} of {self.count}, {what}"
        held = [f"{self._name(leaf)}.grad = {spoken(g)}" for leaf, g in self.grads.items() if g]
        if len(held) > MOST_HELD:
            held[MOST_HELD:] = ["and more"]
        if held and self.run.get("call") != "grad":
            return f"Before {what}: {', '.join(held)}. This pass adds to what is there."
        return f"Before {what}: {', '.join(held) or 'every .grad is None'}."

    def _piled(self) -> _Terms:
        """Each leaf's `.grad` after each call that is done, side by side: do they pile up?"""
        found = []
        for number in range(max(0, self.number - MOST_TERMS), self.number):
            if not self.trace["runs"][number]["steps"]:
                continue
            steps = [s for s in self.trace["runs"][number]["steps"] if s["kind"] == "accumulate"]
            lines = [f"{self._name(s['node'])}.grad {label(s['after'])}" for s in steps[:MOST_HELD]]
            found.append((f"after call {number + 1}", *(lines or ["no .grad changes"])))
        return found


def _and(words: list[str]) -> str:
    if len(words) > MOST_HELD:
        words = [*words[:MOST_HELD], f"{len(words) - MOST_HELD} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _after(head: str, text: str) -> str:
    """A text behind a head; further lines stand below the first."""
    return head + text.replace("\n", "\n" + " " * len(head))


def _coming(grad: dict[str, Any] | None, total: dict[str, Any]) -> str:
    """A leaf's `.grad` and what is about to be added to it."""
    held, coming = label(grad), label(total)
    fits = "\n" not in held + coming and len(held + coming) <= ROW
    return _after(".grad ", held) + (f" + {coming}" if fits else "")
