"""Is a gradient right? Compare it with how much the output changes when an input changes a little.

The numerical derivative is (f(x + ε) − f(x − ε)) / 2ε, for one element of the inputs after another;
the analytical one comes from a backward pass for each element of the outputs. In fast mode both are
compared along one random direction only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..creation import zeros_like
from ..engine.node import Node
from ..gradients import grad
from ..recording import apply, memory, wrap
from ..tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Tensors = tuple[Tensor, ...]


class GradcheckError(RuntimeError):
    """What `gradcheck` and `gradgradcheck` raise where a gradient is wrong."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of `func` with numerical ones, for all inputs that require grad.

    `inputs`, a tensor or a tuple, should be float64; `func` gives a tensor or a tuple. Numbers a, b
    agree if |a − b| ≤ atol + rtol·|b|. Two backward passes may differ by `nondet_tol`. With
    `check_undefined_grad` an output that nobody used must count as one whose gradient is 0.

    Returns True, or raises GradcheckError (without `raise_exception`, returns False). minigrad's
    engine itself makes gradients fit their inputs' dtypes, and has neither vmap nor forward mode:
    asked to check those, it raises NotImplementedError.
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError(
            "Expected at least one of check_forward_ad or check_backward_ad to be True"
        )
    if check_batched_grad or check_batched_forward_grad or check_forward_ad:
        raise NotImplementedError("minigrad has neither vmap nor forward mode to check")
    tensors = _as_tuple(inputs)
    _check_inputs(tensors)
    check = _Check(func, tensors, eps, atol, rtol, nondet_tol)
    try:
        check.fast() if fast_mode else check.slow()
        check.backward_is_linear()
        if check_undefined_grad:
            check.undefined_gradients()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """As `gradcheck`, for the gradients of the gradients of `func`.

    `grad_outputs` are the vectors with which the first gradients are taken: random if left out.
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError(
            "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True"
        )
    tensors = _as_tuple(inputs)
    if grad_outputs is None:
        outputs = _differentiable(func(*tensors))
        vectors = tuple([_random_like(out, gen_non_contig_grad_outputs) for out in outputs])
    else:
        vectors = _as_tuple(grad_outputs)

    def gradient(*args: Any) -> Tensors:
        given, weights = args[: len(tensors)], args[len(tensors) :]
        outputs = _differentiable(func(*given))
        found = grad(outputs, _required(given), weights, create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None])

    return gradcheck(
        gradient,
        tensors + vectors,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


class _Check:
    """One function at one point. A Jacobian here has a row for each element of the input and a
    column for each element of the output."""

    def __init__(
        self,
        func: Callable[..., Any],
        inputs: Tensors,
        eps: float,
        atol: float,
        rtol: float,
        nondet_tol: float,
    ) -> None:
        self.func, self.inputs, self.eps = func, inputs, eps
        self.atol, self.rtol, self.nondet_tol = atol, rtol, nondet_tol
        self.required = _required(inputs)
        self.returned = _as_tuple(func(*inputs))
        self.outputs = _differentiable(self.returned)

    def slow(self) -> None:
        numerical = [self.numerical(x) for x in self.required]
        if not self.outputs:
            smooth = [i for i, out in enumerate(self.returned) if out.is_floating_point()]
            if any(jacobians[i].any() for jacobians in numerical for i in smooth):
                raise GradcheckError("Numerical gradient for function expected to be zero")
            return
        places = [i for i, out in enumerate(self.returned) if out.requires_grad]
        for i, (place, out) in enumerate(zip(places, self.outputs)):
            for j, analytical in enumerate(self.analytical(out)):
                expected = numerical[j][place]
                if not np.allclose(analytical, expected, self.rtol, self.atol):
                    raise GradcheckError(_mismatch(i, j, expected, analytical))

    def fast(self) -> None:
        stream = np.random.default_rng(0)
        us = [_direction(stream, x) for x in self.required]
        vs = [_direction(stream, out) for out in self.outputs]
        moved = [self.difference(x, u * self.eps) for x, u in zip(self.required, us)]
        if not self.outputs:
            if any(np.abs(m).max() > self.nondet_tol for ms in moved for m in ms if m.size):
                raise GradcheckError("Numerical gradient for function expected to be zero")
            return
        places = [i for i, out in enumerate(self.returned) if out.requires_grad]
        for i, (place, out, v) in enumerate(zip(places, self.outputs, vs)):
            for j, (u, row) in enumerate(zip(us, self.repeated(out, [v]))):
                expected, found = (
                    (moved[j][place] * v.reshape(-1)).sum(),
                    (row[:, 0] * u.reshape(-1)).sum(),
                )
                if not np.allclose(found, expected, self.rtol, self.atol * u.sum() * v.sum()):
                    whole = self.numerical(self.required[j])[place], self.analytical(out)[j]
                    raise GradcheckError(
                        _mismatch(i, j, expected, found)
                        + "\nThe above quantities relating the numerical and analytical jacobians "
                        "are computed \nin fast mode. See: "
                        "https://github.com/pytorch/pytorch/issues/53876 for more background \n"
                        "about fast mode. Below, we recompute numerical and analytical jacobians "
                        f"in slow mode:\n\nNumerical:\n {wrap(whole[0])}\nAnalytical:\n"
                        f"{wrap(whole[1])}\n\nThe max per-element difference (slow mode) is: "
                        f"{np.abs(whole[0] - whole[1]).max()}.\n"
                    )

    def numerical(self, x: Tensor) -> list[np.ndarray]:
        """The Jacobian of each output by `x`, one row after another."""
        jacobians = [np.zeros((x.numel(), out.numel()), out._data.dtype) for out in self.returned]
        for row, index in enumerate(np.ndindex(*x.shape)):
            step = np.zeros_like(memory(x))
            step[index] = self.eps
            for jacobian, moved in zip(jacobians, self.difference(x, step, index)):
                jacobian[row] = moved
        return jacobians

    def difference(self, x: Tensor, step: np.ndarray, index: Any = None) -> list[np.ndarray]:
        """(f(x + step) − f(x − step)) / 2ε, flat, for each output."""
        array = memory(x)
        before = array.copy()
        sides = []
        try:
            for moved in (before - step, before + step):
                array[...] = moved
                outs = _as_tuple(self.func(*self.inputs))
                sides.append([out.detach().clone() for out in outs])  # they may be an input itself
        finally:
            array[...] = before
        for a, b in zip(*sides):
            self.same_kind(a, b, index)
        return [((b._data - a._data) / (2 * self.eps)).reshape(-1) for a, b in zip(*sides)]

    def same_kind(self, a: Tensor, b: Tensor, index: Any) -> None:
        for what, one, other in (("shape", a.shape, b.shape), ("dtype", a.dtype, b.dtype)):
            if one != other:
                at = "" if index is None else f"on index {index} "
                raise AssertionError(
                    f"Expected `func` to return outputs with the same {what} when inputs are "
                    f"perturbed {at}by {self.eps}, but got: {what}s {one} and {other}."
                )

    def analytical(self, out: Tensor) -> list[np.ndarray]:
        """The Jacobian of `out` by each input, one column after another."""
        return self.repeated(out, np.eye(out.numel(), dtype=out._data.dtype))

    def repeated(self, out: Tensor, vectors: Sequence[np.ndarray] | np.ndarray) -> list[np.ndarray]:
        """For each input, columns: the gradients for `vectors`. Two runs must give the same."""
        first, second = [
            [self.gradients(out, wrap(v.reshape(out.shape))) for v in vectors] for _ in range(2)
        ]
        for one, other in zip(first, second):
            for a, b in zip(one, other):
                if a.size and np.abs(a - b).max() > self.nondet_tol:
                    raise GradcheckError(
                        "Backward is not reentrant, i.e., running backward with same input and "
                        "grad_output multiple times gives different values, although analytical "
                        "gradient matches numerical gradient.The tolerance for nondeterminism was "
                        f"{self.nondet_tol}.\n{_NOT_REENTRANT}"
                    )
        return [
            np.array([column[j] for column in first], x._data.dtype).reshape(-1, x.numel() or 1).T
            for j, x in enumerate(self.required)
        ]

    def gradients(self, out: Tensor, vector: Tensor) -> list[np.ndarray]:
        found = grad(out, self.required, vector, retain_graph=True, allow_unused=True)
        return [
            np.zeros(x.numel()) if g is None else g.numpy(force=True).reshape(-1).copy()
            for g, x in zip(found, self.required)
        ]

    def backward_is_linear(self) -> None:
        """No gradient comes out where none went in."""
        if not self.outputs:
            return
        zeros = [zeros_like(out) for out in self.outputs]
        for g in grad(self.outputs, self.required, zeros, allow_unused=True):
            if g is not None and g._data.any():
                raise GradcheckError("backward not multiplied by grad_output")

    def undefined_gradients(self) -> None:
        """Outputs without a gradient, all of them or one at a time, count as gradients of 0."""
        count = len(self.outputs)
        choices = [{*range(count)}, *([{i} for i in range(count)] if count > 1 else [])]
        for undefined in choices if count else []:
            outputs = [
                apply(_Undefined, (out,)) if i in undefined else out
                for i, out in enumerate(_differentiable(self.func(*self.inputs)))
            ]
            zeros = [zeros_like(out) for out in outputs]
            try:
                found = grad(outputs, self.required, zeros, allow_unused=True)
            except RuntimeError as error:
                _warn_of_undefined()
                raise GradcheckError(
                    "Expected backward function to handle undefined output grads. Please look at "
                    '"Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
                ) from error
            if any(g is not None and g._data.any() for g in found):
                _warn_of_undefined()
                raise GradcheckError(
                    "Expected all input grads to be undefined or zero when all output grads are "
                    'undefined or zero. Please look at "Notes about undefined output gradients" in '
                    '"tools/autograd/derivatives.yaml"'
                )


class _Undefined(Node):
    """Carries a value on, and no gradient back."""

    def forward(self, x: Any) -> Any:
        return x.copy()

    def backward(self, grad: Any) -> Any:
        return None


def _check_inputs(inputs: Tensors) -> None:
    for i, x in enumerate(inputs):
        if not (isinstance(x, Tensor) and x.requires_grad):
            continue
        if x.dtype is not dtypes.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or "
                "complex. This check will likely fail if all the inputs are not of double "
                "precision floating point or complex. ",
                stacklevel=3,
            )
        if any(step == 0 and size > 1 for step, size in zip(x.stride(), x.shape)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs "
                "that are non-overlapping to be able to compute the numerical gradients correctly. "
                "You should call .contiguous on the input before passing it to gradcheck."
            )
    if not _required(inputs):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them "
            "have requires_grad=True."
        )


_NOT_REENTRANT = """
NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `nondet_tol=<tol>` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_nondet_tol=<tol>`.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _required(inputs: Any) -> Tensors:
    return tuple([x for x in inputs if isinstance(x, Tensor) and x.requires_grad])


def _differentiable(outputs: Any) -> Tensors:
    return tuple([out for out in _as_tuple(outputs) if out.requires_grad])


def _direction(stream: np.random.Generator, like: Tensor) -> np.ndarray:
    """Random numbers in the shape of `like`, of length 1 together."""
    vector = stream.random(like.numel()).astype(like._data.dtype)
    return (vector / np.linalg.norm(vector)).reshape(like.shape)


def _random_like(tensor: Tensor, gaps: bool) -> Tensor:
    """Numbers between -1 and 1 in the shape of `tensor`, on request with gaps in memory."""
    numbers = np.random.default_rng(0).uniform(-1, 1, (*tensor.shape, 2))
    every_second = numbers.astype(tensor._data.dtype)[..., 0]
    return wrap(every_second if gaps else every_second.copy()).requires_grad_()


def _mismatch(output: int, given: int, numerical: Any, analytical: Any) -> str:
    return (
        f"Jacobian mismatch for output {output} with respect to input {given},\n"
        f"numerical:{wrap(np.asarray(numerical))}\nanalytical:{wrap(np.asarray(analytical))}\n"
    )


def _warn_of_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by "
        "default, but it may break existing callers of this function. If this is true for you, you "
        'can call this function with "check_undefined_grad=False" to disable the feature',
        stacklevel=4,
    )
