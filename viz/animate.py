"""animate(): run the real backward pass once, keep what happened, and replay it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .differences import differences, told
from .fold import fold, modules
from .graph import MOST, Graph, check_model, memory_of, roots_of, walk
from .names import Names
from .options import DIRECTIONS, check, explained
from .page import fits
from .player import Animation
from .record import recorded


@explained
def animate(
    t: Any,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model: Any = None,
    direction: str | None = None,
    quiz: bool = False,
    f: Callable[[], Any] | None = None,
) -> Animation:
    """Run `t.backward(gradient, retain_graph, create_graph, inputs)` and return its replay.

    It is a real backward pass: `.grad` is filled and buffers are freed as without viz, and what
    backward raises is raised. `t` may be a list of tensors. `names` ({"x": x}) and `params`
    (`dict(model.named_parameters())`) name tensors that no variable of the caller names; with
    `model`, frames show which of its modules computed what.
    `direction` is "LR" (data flows to the right), "TB" (downwards), or None for what fits the
    width. With `quiz` the replay asks for each number before it shows it. `f`, called without
    arguments, computes `t` again from the same leaves: then gradients are checked by finite
    differences, and a click on a box or an edge tells (or the key C, for the box at work). All
    small leaves are, and what the lines of f, and of functions and models that it calls, make.

    In a graph too large for one picture, repeated blocks and long chains are folded: such a box
    receives and sends as one, and sums up what happens inside it.

    Raises TypeError for what is no tensor, and before anything runs ValueError for a graph that is
    too large to replay, or for an `f` that gives other numbers.
    """
    check("direction", direction, DIRECTIONS)
    check("quiz", quiz, (True, False))
    if f is not None and not callable(f):
        raise TypeError(f"f is a function that computes t again, not a {type(f).__name__}")
    found = Names(names, params, model=model)
    try:
        graph = walk(roots_of(t), found)
    except ValueError:  # there is no graph: backward has its own words for it
        graph = Graph()
    if graph.cut:
        raise ValueError(
            f"this graph has more than {MOST:,} nodes, too many to replay: "
            "call backward() without viz, or animate a smaller example"
        )
    if found.owners and graph.nodes:
        check_model(graph, model)
        params = {**dict(model.named_parameters()), **(params or {})}
    modular: dict[str, Any] = {}
    if found.kinds and fits(graph):
        modular["framed"] = modules(graph, found.kinds, found.atoms)
    elif found.kinds:
        modular["group"] = fold(graph, found.kinds, found.atoms)
    sizes, _ = memory_of(graph.handles)
    slopes = {} if f is None else differences(f, t, gradient, graph)
    options = {"retain_graph": retain_graph, "create_graph": create_graph, "inputs": inputs}
    try:
        recording = recorded(t, gradient, names=names, params=params, memory=True, **options)
        shown = {"direction": direction, "quiz": quiz, **modular}
        animation = Animation.of(recording.trace, recording.graph, **shown)
    except RuntimeError as error:
        if "does not require grad" in str(error) and hasattr(error, "add_note"):
            error.add_note(
                "There is no graph to animate: nothing that this tensor was computed from requires "
                "grad. Create an input with requires_grad=True, and compute outside no_grad()."
            )
        if "second time" in str(error) and hasattr(error, "add_note"):
            error.add_note(
                "An earlier pass used this graph up. Run the lines that compute the tensor again, "
                "then animate it; or animate it with retain_graph=True the first time."
            )
        raise
    if not animation.shown:
        animation.sizes = sizes
    animation.checks = told(slopes, recording.runs[0])
    return animation
