"""animate(): run the real backward pass once, keep what happened, and replay it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .graph import engine_of, roots_of
from .player import Animation
from .record import Recording


def animate(
    t: Any,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Animation:
    """Run `t.backward(gradient, retain_graph, create_graph, inputs)` and return its replay.

    It is a real backward pass: `.grad` is filled and buffers are freed as without viz, and what
    backward raises is raised. `t` may be a list of tensors. `names` ({"x": x}) and `params`
    (`dict(model.named_parameters())`) name tensors that no variable of the caller names.
    """
    options = {"retain_graph": retain_graph, "create_graph": create_graph, "inputs": inputs}
    with Recording(names, params) as recording:
        if isinstance(t, (list, tuple)):
            engine_of(roots_of(t)[0]).autograd.backward(t, gradient, **options)
        else:
            t.backward(gradient, **options)
    return recording.animation()
