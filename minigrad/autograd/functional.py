"""Derivatives of functions of tensors: whole Jacobians and Hessians, and products with vectors.

`inputs` is a tensor or a tuple of tensors, and so is what `func` returns; results are shaped alike.
With ``create_graph=True`` results may be differentiated again. With ``strict=True`` RuntimeError is
raised where an output does not depend on an input, which otherwise counts as a derivative of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..creation import zeros_like
from ..engine.grad_mode import enable_grad, set_grad_enabled, state
from ..functions import stack
from ..gradients import grad
from ..tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Tensor, ...]
OUTPUTS = "outputs of the user-provided function"


def vjp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """``func(inputs)``, and vᵀ·J: the Jacobian's rows, weighted by `v` of the outputs' shape.

    `v` may be left out if there is one output with one element.
    """
    call = _Call("vjp", create_graph, strict)
    with enable_grad():
        inputs = call.given(inputs)
        outputs = call.outputs(func, inputs)
        if v is None and (len(outputs) != 1 or outputs[0].numel() != 1):
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single "
                "Tensor with a single element."
            )
        v = None if v is None else call.vector(v, outputs, call.several_outputs)
    with set_grad_enabled(create_graph or state.enabled):
        grads = _grad(outputs, inputs, v, create_graph)
        found = call.filled(
            grads,
            inputs,
            "The output of the user-provided function is independent of input {}. "
            "This is not allowed in strict mode.",
            "jacobian",
        )
    return call.returned(outputs, call.several_outputs), call.returned(found, call.several_inputs)


def jvp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """``func(inputs)``, and J·v: how fast the outputs change when the inputs move along `v`.

    Reverse mode gives uᵀ·J, which is linear in u; its own derivative by u, times v, is J·v. `v` may
    be left out if there is one input with one element.
    """
    call = _Call("jvp", create_graph, strict)
    with enable_grad():
        inputs = call.given(inputs)
        v = call.vector_like_inputs(v, inputs, "input to the user-provided function")
        outputs = call.outputs(func, inputs)
        u = tuple([zeros_like(out, requires_grad=True) for out in outputs])
        grads = _grad(outputs, inputs, u, create_graph=True)
        if strict:
            for i, g in enumerate(grads):
                if g is None:
                    raise RuntimeError(
                        f"The output of the user-provided function is independent of input {i}. "
                        "This is not allowed in strict mode."
                    )
                if not g.requires_grad:
                    raise RuntimeError(
                        f"The gradient with respect to input {i} is independent of the inputs of "
                        "the user-provided function. This is not allowed in strict mode."
                    )
    with set_grad_enabled(create_graph or state.enabled):
        found = call.filled(
            _grad(grads, u, v, create_graph),
            outputs,
            "The gradient with respect to the input is independent of entry {} in the grad_outputs "
            "when using the double backward trick to compute forward mode gradients. This is not "
            "allowed in strict mode.",
            "jacobian",
        )
    return call.returned(outputs, call.several_outputs), call.returned(found, call.several_outputs)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """∂outputs/∂inputs: for each output and input a tensor of the output's shape, then the input's.

    One backward pass for each element of the outputs, with `vectorize` too. Raises
    NotImplementedError for the strategy "forward-mode".
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more performant. '
            'Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        raise NotImplementedError(
            "minigrad has no forward mode"
            if vectorize
            else "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly "
            "implemented for `vectorize=True`."
        )
    call = _Call("jacobian", create_graph, strict)
    with enable_grad():
        inputs = call.given(inputs)
        outputs = call.outputs(func, inputs)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not "
                "supported together. Please either set `strict=False` or `vectorize=False`."
            )
        blocks = []
        for i, out in enumerate(outputs):
            rows: list[list[Tensor]] = [[] for _ in inputs]
            for j in range(out.numel()):
                element = (out.reshape(-1)[j],)
                grads = _grad(element, inputs, None, create_graph, retain_graph=True)
                for k, (g, x) in enumerate(zip(grads, inputs)):
                    if g is None and strict:
                        raise RuntimeError(
                            f"Output {i} of the user-provided function is independent of input "
                            f"{k}. This is not allowed in strict mode."
                        )
                    if g is not None and strict and create_graph and not g.requires_grad:
                        raise RuntimeError(
                            "The jacobian of the user-provided function is independent of input "
                            f"{i}. This is not allowed in strict mode when create_graph=True."
                        )
                    rows[k].append(zeros_like(x) if g is None else g)
            blocks.append(
                tuple([stack(row).view(out.shape + x.shape) for row, x in zip(rows, inputs)])
            )
    found = [call.returned(block, call.several_inputs) for block in blocks]
    return tuple(found) if call.several_outputs else found[0]


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """∂²output/∂inputs², the Jacobian of the gradient; `func` returns one tensor of one element."""
    several, inputs = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def scalar(*inputs: Tensor) -> Tensor:
        call = _Call("hessian", create_graph, strict)
        return call.scalar(func, inputs).squeeze()

    def gradient(*inputs: Tensor) -> Tensors:
        found = jacobian(scalar, inputs, create_graph=True)
        _require_dependent_jacobian(found, strict)
        return found

    found = jacobian(
        gradient,
        inputs,
        create_graph=create_graph,
        strict=strict,
        vectorize=vectorize,
        strategy=outer_jacobian_strategy,
    )
    return found if several else found[0][0]


def vhp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """``func(inputs)``, a tensor of one element, and vᵀ·H with its Hessian: two backward passes."""
    call = _Call("vhp", create_graph, strict)
    with enable_grad():
        inputs = call.given(inputs)
        v = call.vector_like_inputs(v, inputs, "input to the user-provided function")
        output = call.scalar(func, inputs)
        gradient = _grad((output,), inputs, None, create_graph=True)
        _require_dependent_jacobian(gradient, strict)
    with set_grad_enabled(create_graph or state.enabled):
        found = call.filled(
            _grad(gradient, inputs, v, create_graph),
            inputs,
            "The jacobian of the user-provided function is independent of input {}. "
            "This is not allowed in strict mode.",
            "hessian",
        )
    return call.returned((output,), False), call.returned(found, call.several_inputs)


def hvp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """``func(inputs)``, a tensor of one element, and H·v. It equals `vhp`, which takes less time,
    wherever the second derivatives are continuous."""
    call = _Call("hvp", create_graph, strict)
    with enable_grad():
        inputs = call.given(inputs)
        v = call.vector_like_inputs(v, inputs, "input to the user-provided function")
        output = call.scalar(func, inputs)
        gradient = _grad((output,), inputs, None, create_graph=True)
        _require_dependent_jacobian(gradient, strict)
        u = tuple([zeros_like(x, requires_grad=True) for x in inputs])
        product = _grad(gradient, inputs, u, create_graph=True)
    with set_grad_enabled(create_graph or state.enabled):
        found = call.filled(
            _grad(product, u, v, create_graph),
            inputs,
            "The hessian of the user-provided function is independent of entry {} in the "
            "grad_jacobian. This is not allowed in strict mode as it prevents from using the "
            "double backward trick to replace forward mode AD.",
            "hessian",
        )
    return call.returned((output,), False), call.returned(found, call.several_inputs)


class _Call:
    """One call of a function of this module: tuples in place of tensors, and tensors again."""

    def __init__(self, name: str, create_graph: bool, strict: bool) -> None:
        self.name, self.create_graph, self.strict = name, create_graph, strict

    def given(self, inputs: Any) -> Tensors:
        """The inputs as new tensors, so that gradients to them are seen apart from those to
        tensors that the function knows otherwise."""
        self.several_inputs, inputs = _as_tuple(inputs, "inputs", self.name)
        return self.fresh(inputs, True)

    def fresh(self, tensors: Tensors, required: bool) -> Tensors:
        return tuple(
            [
                t.view_as(t)
                if self.create_graph and t.requires_grad
                else t.detach().requires_grad_(required)
                for t in tensors
            ]
        )

    def outputs(self, func: Callable[..., Any], inputs: Tensors) -> Tensors:
        self.several_outputs, outputs = _as_tuple(func(*inputs), OUTPUTS, self.name)
        for i, out in enumerate(outputs):
            if self.strict and not out.requires_grad:
                raise RuntimeError(
                    f"Output {i} of the user-provided function does not require gradients. The "
                    "outputs must be computed in a differentiable manner from the input when "
                    "running in strict mode."
                )
        return outputs

    def scalar(self, func: Callable[..., Any], inputs: Tensors) -> Tensor:
        outputs = self.outputs(func, inputs)
        if self.several_outputs:
            raise RuntimeError(f"The function given to {self.name} should return a single Tensor")
        if outputs[0].numel() != 1:
            raise RuntimeError(
                f"The Tensor returned by the function given to {self.name} should contain a single "
                "element"
            )
        return outputs[0]

    def vector(self, v: Any, like: Tensors, several: bool) -> Tensors:
        """`v` as a tuple of tensors, checked to have the shapes of `like`."""
        _, v = _as_tuple(v, "v", self.name)
        v = self.fresh(v, False)
        if len(v) != len(like):
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}."
                if several
                else "The given v should contain a single Tensor."
            )
        for i, (a, b) in enumerate(zip(v, like)):
            if a.shape != b.shape:
                raise RuntimeError(
                    f"{f'Entry {i} in ' if several else ''}v has invalid size: should be {b.shape} "
                    f"but got {a.shape}."
                )
        return v

    def vector_like_inputs(self, v: Any, inputs: Tensors, what: str) -> Tensors | None:
        if v is not None:
            return self.vector(v, inputs, self.several_inputs)
        if len(inputs) != 1 or inputs[0].numel() != 1:
            raise RuntimeError(
                f"The vector v can only be None if the {what.strip()} is a single Tensor with a "
                "single element."
            )
        return None

    def filled(self, grads: Sequence[Any], like: Tensors, missing: str, what: str) -> Tensors:
        """`grads`, with zeros for None: nothing depends on that input."""
        for i, g in enumerate(grads):
            if g is None and self.strict:
                raise RuntimeError(missing.format(i))
            if g is not None and self.strict and self.create_graph and not g.requires_grad:
                raise RuntimeError(
                    f"The {what} of the user-provided function is independent of input {i}. "
                    "This is not allowed in strict mode when create_graph=True."
                )
        return tuple([zeros_like(x) if g is None else g for g, x in zip(grads, like)])

    def returned(self, tensors: Tensors, several: bool) -> Any:
        if not self.create_graph:
            tensors = tuple([t.detach() for t in tensors])
        return tensors if several else tensors[0]


def _as_tuple(value: Any, what: str, caller: str) -> tuple[bool, Tensors]:
    several = isinstance(value, tuple)
    tensors = value if several else (value,)
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            where = f"value at index {i}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but "
                f"the {where} has type {type(tensor)}."
            )
    return several, tensors


def _grad(
    outputs: Sequence[Any],
    inputs: Tensors,
    v: Tensors | None,
    create_graph: bool,
    retain_graph: bool | None = None,
) -> tuple[Any, ...]:
    """As `grad`, for outputs of which some, or all, depend on no input; its results may be None."""
    pairs = [
        (out, weight)
        for out, weight in zip(outputs, v or (None,) * len(outputs))
        if out is not None and out.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    ends, weights = zip(*pairs)
    return grad(ends, inputs, weights, retain_graph, create_graph, allow_unused=True)


def _require_dependent_jacobian(gradient: Sequence[Any], strict: bool) -> None:
    for i, g in enumerate(gradient if strict else ()):
        if g is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {i}. This is "
                "not allowed in strict mode."
            )
        if not g.requires_grad:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided "
                f"function with respect to input {i} is independent of the input. This is not "
                "allowed in strict mode. You should ensure that your function is twice "
                "differentiable and that the jacobian depends on the inputs (this would be "
                "violated by a linear function for example)."
            )
