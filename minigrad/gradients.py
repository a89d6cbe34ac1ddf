"""`backward` and `grad`: from tensors to the edges where a backward pass starts and ends."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .engine.backward import run_backward
from .engine.grad_mode import state
from .engine.node import DEAD_END, AccumulateGrad, Edge, Node, parted
from .engine.node import end as edge_to
from .errors import noted
from .ops.lift import stack
from .recording import edge, hush, wrap

_REFERENCE_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter "
    "and its gradient which can cause a memory leak. We recommend using autograd.grad when "
    "creating the graph to avoid this. If you have to use this function, make sure to reset the "
    ".grad fields of your parameters to None after use to break the cycle and avoid the leak."
)


class GradientEdge(NamedTuple):
    """Where a gradient arrives: a node, and which of its outputs it belongs to.

    It may stand for its tensor in `backward` and `grad`, without keeping the tensor.
    """

    node: Node
    output_nr: int
    ownership_token: Any = None


GradientEdge.__module__ = "minigrad.autograd.graph"


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The edge on which the gradient of `tensor` arrives. Raises RuntimeError if none does."""
    node, slot = parted(edge(tensor))
    if node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            "gradients"
        )
    # A node does not know what it made, so a pass that begins at the edge must be told.
    node.sizes = {**(node.sizes or {}), slot: (tensor.shape, tensor.dtype)}
    return GradientEdge(node, slot)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add to the `.grad` of each leaf, or of `inputs`, what `tensors` and `grad_tensors` give.

    That is the vector-Jacobian product Σᵢ grad_tensors[i] · ∂tensors[i]/∂leaf. `grad_tensors` have
    the shapes of `tensors`; one left out is 1, for a scalar. Raises RuntimeError where a scalar is
    needed, where shapes differ, where nothing requires grad, and where the graph was freed.
    `grad_variables` is an older name of `grad_tensors`.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.",
            FutureWarning,
            stacklevel=2,
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
                "`backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if inputs is not None:
        inputs = _inputs(inputs, "backward")
    if create_graph:
        warnings.warn(_REFERENCE_CYCLE, UserWarning, stacklevel=3)
    _run(_several(tensors), grad_tensors, retain_graph, create_graph, inputs, accumulate=True)


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
) -> Any:
    """∂outputs/∂inputs, times `grad_outputs`: one tensor for each input, and no `.grad` changes.

    The tensors come as a tuple; as a dict if `inputs` is one. Inputs and outputs may be given as
    their `GradientEdge`.

    For an input that `outputs` do not depend on, the gradient is None with `allow_unused`, zeros
    with `materialize_grads`; otherwise RuntimeError is raised, as `backward` raises it. With
    `is_grads_batched`, `grad_outputs` have a dimension more, the first, and so have the gradients.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, "
            "but got: allow_unused=False."
        )
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To "
            "accumulate gradient for other parts of the graph, please use torch.autograd.backward.",
            stacklevel=2,
        )
    names = tuple(inputs) if isinstance(inputs, dict) else None
    inputs = _inputs(inputs, "grad")
    grads: list[Any]
    if is_grads_batched and grad_outputs is not None:
        outputs = _several(outputs)
        _check_batch(outputs, _several(grad_outputs))
        seeds = list(zip(*_several(grad_outputs)))
        rows = [
            grad(outputs, inputs, row, keep, create_graph, allow_unused=True)
            for row, keep in zip(seeds, [*[True] * (len(seeds) - 1), retain_graph])
        ]
        grads = [None if column[0] is None else stack(column, 0) for column in zip(*rows)]
    else:
        outputs = _several(outputs)
        found = _run(outputs, grad_outputs, retain_graph, create_graph, inputs, accumulate=False)
        grads = [g if g is None or isinstance(g, Node.tensor_type) else wrap(g) for g in found]
    for i, value in enumerate(grads):
        if value is None and materialize_grads:
            if isinstance(inputs[i], GradientEdge):
                raise RuntimeError(
                    "materialize_grads cannot be used when the given input is a GradientEdge"
                )
            grads[i] = zeros = wrap(np.zeros_like(inputs[i]._data))
            zeros._requires_grad = create_graph and not state.inference
        elif value is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the "
                "graph. Set allow_unused=True if this is the desired behavior."
            )
    return tuple(grads) if names is None else dict(zip(names, grads))


def _check_batch(outputs: Sequence[Any], seeds: Sequence[Any]) -> None:
    for i, (out, seed) in enumerate(zip(outputs, seeds)):
        shape = _size(out)[0] if isinstance(out, GradientEdge) else out.shape
        if seed is not None and seed.shape[1:] != shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output "
                "as the batch dimension. The sizes of the remaining dimensions are expected to "
                f"match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{i}] has a shape of {seed.shape[2:]} and output[{i}] has a shape of "
                f"{shape}. If you only want some tensors in `grad_output` to be considered "
                "batched, consider using vmap."
            )


def _several(tensors: Any) -> tuple[Any, ...]:
    alone = isinstance(tensors, (Node.tensor_type, GradientEdge))
    return (tensors,) if alone else tuple(tensors)


def _inputs(inputs: Any, caller: str) -> tuple[Any, ...]:
    if isinstance(inputs, Mapping) and type(inputs) is not dict:
        raise TypeError(
            f"`inputs` argument to `{caller}()` must be a dict, not {type(inputs).__name__}. Other "
            "Mapping types are not supported."
        )
    inputs = _several(inputs.values() if isinstance(inputs, dict) else inputs)
    if not inputs:
        raise RuntimeError(f"`inputs` argument to `{caller}()` cannot be empty.")
    return inputs


def _end(end: Any, accumulate: bool) -> Edge:
    """Where a pass ends at one of its inputs, which with `accumulate` is to keep its gradient."""
    if not isinstance(end, (Node.tensor_type, GradientEdge)):
        given = type(end).__name__
        raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {given}")
    if accumulate and not isinstance(end, GradientEdge):
        end.retain_grad()
    found = _edge(end)
    if found is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    return Node() if found is DEAD_END else found  # a new node is on no path


def _edge(root: Any) -> Edge:
    return edge_to(*root[:2]) if isinstance(root, GradientEdge) else edge(root)


def _run(
    roots: tuple[Any, ...],
    seeds: Any,
    retain_graph: bool | None,
    create_graph: bool,
    inputs: Sequence[Any] | None,
    accumulate: bool,
) -> list[Any]:
    retain = create_graph if retain_graph is None else bool(retain_graph)
    create_graph = create_graph and not state.inference  # where no graph can be made
    seeds = (None,) * len(roots) if seeds is None else _several(seeds)
    if len(seeds) < len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(seeds)} gradients")
    # Torch checks all shapes before it asks whether anything requires grad.
    gradients = [_seed(i, t, s, create_graph) for i, (t, s) in enumerate(zip(roots, seeds))]
    starts = [_start(i, t) for i, t in enumerate(roots)]
    ends = None if inputs is None else [_end(t, accumulate) for t in inputs]
    if not (filters := warnings.filters) or filters[0] is not hush.filter:
        hush()
    return run_backward(starts, gradients, retain, bool(create_graph), ends, accumulate)


def _seed(i: int, root: Any, seed: Any, create_graph: bool) -> Any:
    """The gradient that the pass begins with at `root`: ∂root/∂root = 1 unless given."""
    at_edge = isinstance(root, GradientEdge)
    if not at_edge and not isinstance(root, Node.tensor_type):
        raise AssertionError("Expected output to be a torch.Tensor")
    if seed is None:
        if at_edge:
            shape, dtype = _size(root)
            data = np.broadcast_to(np.ones((), dtype.numpy), shape)
        else:
            data = root._data
        if data.size != 1 and (at_edge or root.requires_grad):
            raise noted(
                RuntimeError("grad can be implicitly created only for scalar outputs"),
                "Reduce it to a scalar first, e.g. .sum(), or give a tensor `gradient`.",
            )
        ones = np.ones(data.shape, data.dtype) if data.ndim else data.dtype.type(1)
        return wrap(ones) if create_graph else ones
    if not isinstance(seed, Node.tensor_type):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(seed).__name__}")
    if at_edge and not _knows_size(root):
        shape, dtype = seed.shape, seed.dtype
    else:
        shape, dtype = _size(root) if at_edge else (root.shape, root.dtype)
    if seed.shape != shape:
        raise noted(
            RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {seed.shape} and output[{i}] "
                f"has a shape of {shape}."
            ),
            "There must be one number for each element: how much it counts.",
        )
    if seed.dtype is not dtype:
        seed = seed.to(dtype)
    return seed if create_graph else seed._data


def _start(i: int, root: Any) -> Edge:
    found = _edge(root)
    if found is None or found is DEAD_END:
        raise noted(
            RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            ),
            "Nothing it was made from had requires_grad=True while it was being made.",
        )
    return found


def _knows_size(end: GradientEdge) -> bool:
    """A node does not, unless it was told."""
    return isinstance(end.node, AccumulateGrad) or end.output_nr in (end.node.sizes or {})


def _size(end: GradientEdge) -> Any:
    """The shape and dtype of the tensor that an edge stands for."""
    if isinstance(end.node, AccumulateGrad):
        return end.node.variable.shape, end.node.variable.dtype
    if not _knows_size(end):
        raise RuntimeError(
            "minigrad knows the size of an edge only if get_gradient_edge made it from a tensor; "
            "give a gradient to begin with"
        )
    return end.node.sizes[end.output_nr]  # type: ignore[index]
