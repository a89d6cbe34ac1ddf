"""`backward` and `grad`: from tensors to the edges where a backward pass starts and ends."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .engine.backward import Edge, run_backward
from .engine.node import Node
from .errors import note
from .recording import edge, wrap

_REFERENCE_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter "
    "and its gradient which can cause a memory leak. We recommend using autograd.grad when "
    "creating the graph to avoid this. If you have to use this function, make sure to reset the "
    ".grad fields of your parameters to None after use to break the cycle and avoid the leak."
)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    *,
    inputs: Any = None,
) -> None:
    """Add to the `.grad` of each leaf, or of `inputs`, what `tensors` and `grad_tensors` give.

    That is the vector-Jacobian product Σᵢ grad_tensors[i] · ∂tensors[i]/∂leaf. `grad_tensors` have
    the shapes of `tensors`; one left out is 1, for a scalar. Raises RuntimeError where a scalar is
    needed, where shapes differ, where nothing requires grad, and where the graph was freed.
    """
    ends = None
    if inputs is not None:
        inputs = _several(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        for tensor in inputs:
            tensor.retain_grad()
        ends = [(edge(t), t._output_nr) for t in inputs]
    if create_graph:
        warnings.warn(_REFERENCE_CYCLE, UserWarning, stacklevel=3)
    _run(_several(tensors), grad_tensors, retain_graph, create_graph, ends, accumulate=True)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """∂outputs/∂inputs, times `grad_outputs`: one tensor for each input, and no `.grad` changes.

    For an input that `outputs` do not depend on, the gradient is None with `allow_unused`, zeros
    with `materialize_grads`; otherwise RuntimeError is raised, as `backward` raises it.
    """
    if is_grads_batched:
        raise NotImplementedError("minigrad has no vmap: is_grads_batched must be False")
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, "
            "but got: allow_unused=False."
        )
    inputs = _several(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    ends = [(edge(t), t._output_nr) for t in inputs]
    if any(node is None for node, _ in ends):
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    found = _run(
        _several(outputs), grad_outputs, retain_graph, create_graph, ends, accumulate=False
    )
    grads = [g if g is None or create_graph else wrap(g) for g in found]
    for i, value in enumerate(grads):
        if value is None and materialize_grads:
            grads[i] = wrap(np.zeros_like(inputs[i]._data))
        elif value is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the "
                "graph. Set allow_unused=True if this is the desired behavior."
            )
    return tuple(grads)


def _several(tensors: Any) -> tuple[Any, ...]:
    return (tensors,) if isinstance(tensors, Node.tensor_type) else tuple(tensors)


def _run(
    roots: tuple[Any, ...],
    seeds: Any,
    retain_graph: bool | None,
    create_graph: bool,
    ends: Sequence[Any] | None,
    accumulate: bool,
) -> list[Any]:
    seeds = (None,) * len(roots) if seeds is None else _several(seeds)
    if len(seeds) < len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(seeds)} gradients")
    # Torch checks all shapes before it asks whether anything requires grad.
    gradients = [_seed(i, t, s, create_graph) for i, (t, s) in enumerate(zip(roots, seeds))]
    starts = [_start(i, t) for i, t in enumerate(roots)]
    retain = create_graph if retain_graph is None else bool(retain_graph)
    return run_backward(starts, gradients, retain, bool(create_graph), ends, accumulate)


def _seed(i: int, root: Any, seed: Any, create_graph: bool) -> Any:
    """The gradient that the pass begins with at `root`: ∂root/∂root = 1 unless given."""
    if seed is None:
        if root.requires_grad and root.numel() != 1:
            error = RuntimeError("grad can be implicitly created only for scalar outputs")
            note(error, "Reduce it to a scalar first, e.g. .sum(), or give a tensor `gradient`.")
            raise error
        ones = np.ones_like(root._data)
        return wrap(ones) if create_graph else ones
    if not isinstance(seed, Node.tensor_type):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(seed).__name__}")
    if seed.shape != root.shape:
        error = RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {seed.shape} and output[{i}] has "
            f"a shape of {root.shape}."
        )
        note(error, "There must be one number for each element: how much it counts.")
        raise error
    if seed.dtype is not root.dtype:
        seed = seed.to(root.dtype)
    return seed if create_graph else seed._data


def _start(i: int, root: Any) -> Edge:
    node = edge(root)
    if node is None:
        error = RuntimeError(
            f"element {i} of tensors does not require grad and does not have a grad_fn"
        )
        note(error, "Nothing it was made from had requires_grad=True while it was being made.")
        raise error
    return node, root._output_nr
