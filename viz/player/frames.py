"""A trace becomes frames: what each step says, and how the picture looks after it.

The one place that knows what a step means for the picture. The player and the animated SVG only
show frames, so that they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from viz.page import clean
from viz.values import SPOKEN, rows, spoken

LETTERS = 500  # of a sentence that are shown
MOST_TERMS = 6  # numbers of one step that are shown side by side
MOST_HELD = 3  # leaves whose `.grad` a run's first sentence tells


@dataclass(frozen=True)
class Frame:
    """One stop of the replay.

    `state` maps an element's id in the picture to its state (a node `n…`: ready, active, done; an
    edge `e…`: moving, sent; both: absent, where this run's graph does not have them) or to its text
    (`e…-label` a gradient, `n…-acc` a sum or a `.grad`). What it does not name is blank.
    `terms` are the step's numbers side by side, each a heading and the lines below it.
    """

    run: int
    kind: str  # start, seed, apply, accumulate or error
    text: str
    focus: str  # the node to keep in view
    state: dict[str, str]
    terms: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Time to read the sentence: how long the frame stays at speed 1."""
        return 0.9 + 0.03 * len(self.text)


def frames(trace: dict[str, Any]) -> list[Frame]:
    """All frames of all runs, each run opened by a frame that shows the `.grad`s it starts with."""
    return [frame for number in range(len(trace["runs"])) for frame in _run(trace, number)]


def _run(trace: dict[str, Any], number: int) -> list[Frame]:
    run = trace["runs"][number]
    nodes = {node["id"]: node for node in trace["graph"]["nodes"]}
    targets = {edge["id"]: edge["target"] for edge in trace["graph"]["edges"]}
    fan_in = Counter(e for step in run["steps"] for e in _targets(step, targets))
    grads = _grads_before(trace, number)
    state = _absent(trace, run) | {
        f"{leaf}-acc": _after(".grad ", label(grad)) for leaf, grad in grads.items()
    }
    found = [Frame(number, "start", _opening(trace, number, grads), run["root"], dict(state))]

    for step in run["steps"]:
        state = settled(state)
        if step["kind"] == "seed":
            if step["edge"]:
                state |= {step["edge"]: "moving", f"{step['edge']}-label": label(step["grad"])}
            terms = [("starts with", block(step["grad"]))]
        elif step["kind"] == "apply":
            terms = [("receives", block(step["received"]))]
            for sent in step["sends"]:
                edge, target = sent["edge"], targets[sent["edge"]]
                state |= {edge: "moving", f"{edge}-label": label(sent["grad"])}
                term = (f"→ {name_of(nodes[target])}", block(sent["grad"]))
                if nodes[target]["kind"] == "leaf":
                    state[f"{target}-acc"] = _coming(grads.get(target), sent["sum"])
                elif fan_in[target] > 1:
                    state[f"{target}-acc"] = _after("Σ ", label(sent["sum"]))
                if fan_in[target] > 1:
                    term += (_after("Σ ", block(sent["sum"])),)
                terms.append(term)
            if len(terms) > MOST_TERMS:
                terms[MOST_TERMS:] = [("…", f"{len(terms) - MOST_TERMS} more")]
            if step["frees"]:
                terms.append(("frees", ", ".join(step["frees"])))
        else:
            state[f"{step['node']}-acc"] = _after(".grad ", label(step["after"]))
            terms = [
                (".grad before", block(step["before"])),
                ("+ incoming", block(step["incoming"])),
                ("= .grad after", block(step["after"])),
            ]
        for ready in step.get("ready", [step["node"]]):
            state[ready] = "ready"
        if step["kind"] != "seed":
            state[step["node"]] = "active"
        text = clean(step["text"], LETTERS)
        found.append(Frame(number, step["kind"], text, step["node"], dict(state), terms))
    if run["error"]:
        text = clean(run["error"], LETTERS)
        found.append(Frame(number, "error", text, found[-1].focus, dict(state)))
    return found


def settled(state: dict[str, str]) -> dict[str, str]:
    """The state once what was happening has happened."""
    past = {"active": "done", "moving": "sent"}
    return {key: past.get(value, value) for key, value in state.items()}


def notes(steps: list[Frame]) -> dict[str, list[str]]:
    """All that the replay ever writes into the picture, by place: layout keeps room for it."""
    found: dict[str, dict[str, None]] = {}
    for step in steps:
        for key, text in step.state.items():
            if key.endswith(("-label", "-acc")):
                found.setdefault(key, {})[text] = None
    return {key: list(texts) for key, texts in found.items()}


def label(value: dict[str, Any] | None) -> str:
    """A gradient as it stands in the picture: one number for all elements, rows, or the shape."""
    if value is None:
        return "None"
    lines = rows(value)
    return "\n".join(lines) if len(lines) > 1 and value["short"].startswith("(") else value["short"]


def block(value: dict[str, Any] | None) -> str:
    """A gradient as it stands below the picture: a small matrix one row a line, columns aligned."""
    if value is None:
        return "None"
    if lines := rows(value):
        return "\n".join(lines)
    listed = value["data"] is not None and len(value["text"]) > SPOKEN
    return value["short"] if listed else value["text"]


def name_of(node: dict[str, Any]) -> str:
    """What a sentence calls a node."""
    if node["kind"] == "op":
        return clean(node["op"])
    return clean(node["name"] or ("a leaf" if node["kind"] == "leaf" else "the output"))


def _after(head: str, text: str) -> str:
    """A text behind a head; further lines stand below the first."""
    return head + text.replace("\n", "\n" + " " * len(head))


def _coming(grad: dict[str, Any] | None, total: dict[str, Any]) -> str:
    """A leaf's `.grad` and what is about to be added to it."""
    held, coming = label(grad), label(total)
    matrix = "\n" in held + coming
    return _after(".grad ", held) + ("" if matrix else f" + {coming}")


def _targets(step: dict[str, Any], targets: dict[str, str]) -> list[str]:
    return [targets[sent["edge"]] for sent in step.get("sends", ())]


def _absent(trace: dict[str, Any], run: dict[str, Any]) -> dict[str, str]:
    """Parts of the picture that belong to the graphs of other runs."""
    own = set(run["nodes"])
    nodes = [n["id"] for n in trace["graph"]["nodes"] if n["id"] not in own]
    edges = [e["id"] for e in trace["graph"]["edges"] if not own >= {e["source"], e["target"]}]
    return dict.fromkeys(nodes + edges, "absent")


def _grads_before(trace: dict[str, Any], number: int) -> dict[str, Any]:
    """Each leaf's `.grad` as run `number` finds it: as an earlier run left it, unless it says."""
    grads: dict[str, Any] = {}
    for run in trace["runs"][:number]:
        for step in run["steps"]:
            if step["kind"] == "accumulate":
                grads[step["node"]] = step["after"]
    for step in reversed(trace["runs"][number]["steps"]):
        if step["kind"] == "accumulate":
            grads[step["node"]] = step["before"]
    return grads


def _opening(trace: dict[str, Any], number: int, grads: dict[str, Any]) -> str:
    """`Before call 2 of 2, out.backward(): x.grad = 4.5.`"""
    nodes = {node["id"]: node for node in trace["graph"]["nodes"]}
    runs = trace["runs"]
    root = nodes[runs[number]["root"]]["name"]
    call = f"{clean(root)}.backward()" if root else "backward()"
    if len(runs) > 1:
        call = f"call {number + 1} of {len(runs)}, {call}"
    held = [f"{name_of(nodes[n])}.grad = {spoken(g)}" for n, g in grads.items() if g]
    if len(held) > MOST_HELD:
        held[MOST_HELD:] = ["…"]
    return f"Before {call}: {', '.join(held) or 'every .grad is None'}."
