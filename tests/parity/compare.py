"""One operation of torch's list, compared on both engines: a count for each kind of check."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import minigrad

from .samples import DTYPES, OPS, error_samples, function_of, on_minigrad, samples
from .scope import NOT_SAVED, RANDOM, TIES

# (relative, absolute); torch adds up halves in other orders, and in wider intermediate types
TOLERANCE = {"float16": (5e-3, 5e-3), "float32": (2e-5, 2e-5), "float64": (1e-9, 1e-9)}
KINDS = ("forward", "backward", "double backward", "names", "saved", "in place", "out", "errors")


@dataclass
class Report:
    """How many comparisons of each kind were made, how many were equal, what the others said."""

    name: str
    done: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str, difference: str | None) -> None:
        self.done[kind] += 1
        if difference is None:
            self.equal[kind] += 1
        else:
            self.failures.append(f"{kind}: {what}: {difference}")


def compare(name: str, limit: int | None = None) -> Report:
    """Compare an operation in all that torch says it supports; `limit` samples per dtype."""
    report = Report(name)
    op = OPS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        differentiable = op.supports_autograd and torch.float64 in op.supported_dtypes("cpu")
        for dtype in DTYPES:
            if dtype in op.supported_dtypes("cpu"):
                grad = differentiable and dtype is torch.float64
                few = limit if dtype in (torch.float64, torch.float32) or limit is None else 5
                for call in samples(name, dtype, grad, few):
                    _one(report, op, call, str(dtype)[6:], grad)
        for call in error_samples(name):
            _error(report, op, call)
    return report


def _one(report: Report, op: Any, call: Any, dtype: str, grad: bool) -> None:
    what = f"{dtype} {_shown(call)}"
    theirs, ours = _run(op.op, call.on_torch), _run(function_of(report.name), call.on_minigrad)
    if report.name in TIES:
        theirs = _pointed_at(theirs, call.on_torch, report.name)
        ours = _pointed_at(ours, call.on_minigrad, report.name)
    report.note("forward", what, difference(theirs, ours, report.name))
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        return
    if grad and call.leaves and report.name not in RANDOM:
        _gradients(report, op, call, theirs, ours, what)
    for variant, call_variant in (("in place", _in_place), ("out", _out)):
        if difference(theirs, ours, report.name) is None:
            call_variant(report, op, call, variant, what, ours)


def _pointed_at(result: Any, arguments: Any, name: str) -> Any:
    """A result in which indices are replaced by the elements that they point at."""
    if isinstance(result, Exception):
        return result
    args, kwargs = arguments
    values, indices = (None, result) if isinstance(result, type(args[0])) else result
    names = ("k", "dim") if name in ("kthvalue", "topk") else ("dim",)
    dim = dict(zip(names, args[1:]), **kwargs).get("dim", -1)
    where = args[0].detach()
    picked = where.gather(dim, indices) if indices.ndim == where.ndim else indices * 0
    return (picked,) if values is None else (values, picked)


def _run(function: Any, arguments: Any) -> Any:
    args, kwargs = arguments
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


def difference(theirs: Any, ours: Any, name: str = "") -> str | None:
    """What sets two results apart, or None."""
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        mine, wanted = _text(ours), _text(theirs)
        return None if mine == wanted else f"got {mine}, not {wanted}"
    if isinstance(theirs, torch.Tensor):
        if not isinstance(ours, minigrad.Tensor):
            return f"got {type(ours).__name__}, not a Tensor"
        return _tensors(theirs, ours, name)
    if isinstance(theirs, (list, tuple)):
        if not isinstance(ours, (list, tuple)) or len(ours) != len(theirs):
            return f"got {type(ours).__name__} of {len(ours)}, not {type(theirs).__name__}"
        found = (difference(a, b, name) for a, b in zip(theirs, ours))
        return next((d for d in found if d), None)
    same = theirs == ours or (theirs != theirs and ours != ours) or str(theirs) == _plain(ours)
    return None if same else f"got {ours!r}, not {theirs!r}"


def _tensors(theirs: Any, ours: Any, name: str) -> str | None:
    wanted = (tuple(theirs.shape), str(theirs.dtype), theirs.requires_grad)
    got = (tuple(ours.shape), _plain(ours.dtype), ours.requires_grad)
    if got != wanted:
        return f"got {got}, not {wanted}"
    return None if name in RANDOM else values(theirs, ours)


def values(theirs: Any, ours: Any) -> str | None:
    """The largest difference between the elements, if it is too large."""
    a = theirs.detach().resolve_neg().resolve_conj().numpy(force=True)
    b = ours.detach().numpy()
    rtol, atol = TOLERANCE.get(str(a.dtype), (0, 0))
    if a.dtype.kind == "f" and a.size:
        atol *= max(1.0, float(np.abs(np.where(np.isfinite(a), a, 0)).max()))
    with np.errstate(all="ignore"):
        if np.allclose(b, a, rtol=rtol, atol=atol, equal_nan=True):
            return None
        worst = np.nanmax(np.abs(b.astype(np.float64) - a.astype(np.float64)))
        return f"values differ by {worst:.3g}: {b.ravel()[:4]} not {a.ravel()[:4]}"


def _text(error: Any) -> str:
    if not isinstance(error, Exception):
        return "no error"
    return f"{type(error).__name__}: {_plain(error)}".strip()


def _plain(value: Any) -> str:
    return str(value).replace("minigrad", "torch")


def _shown(call: Any) -> str:
    """A call in few words: shapes of tensors, other arguments as they are."""

    def show(value: Any) -> str:
        if isinstance(value, torch.Tensor):
            return f"T{list(value.shape)}"
        if isinstance(value, (list, tuple)):
            return "(" + ", ".join(show(v) for v in value) + ")"
        return repr(value)

    args, kwargs = call.on_torch
    shown = [show(a) for a in args] + [f"{k}={show(v)}" for k, v in kwargs.items()]
    return "(" + ", ".join(shown)[:150] + ")"


# -- gradients -------------------------------------------------------------------------------------


def _gradients(report: Report, op: Any, call: Any, theirs: Any, ours: Any, what: str) -> None:
    pairs = [
        (a, b)
        for a, b in zip(_flat(theirs), _flat(ours))
        if isinstance(a, torch.Tensor) and a.requires_grad
    ]
    if not pairs or not all(isinstance(b, minigrad.Tensor) and b.requires_grad for _, b in pairs):
        return
    for a, b in pairs:
        names = [type(t.grad_fn).__name__ for t in (a, b)]
        report.note("names", what, None if names[0] == names[1] else f"{names[1]}, not {names[0]}")
        report.note("saved", what, _same_saved(a.grad_fn, b.grad_fn))
    seeds = [_seed(a, i) for i, (a, _) in enumerate(pairs)]
    double = op.supports_gradgrad
    first = [
        _attempt(
            engine,
            [p[i] for p in pairs],
            [p[i] for p in call.leaves],
            [s[i] for s in seeds],
            double,
        )
        for i, engine in enumerate((torch, minigrad))
    ]
    report.note("backward", what, _same_gradients(call, *first))
    if not double or isinstance(first[0], Exception) or isinstance(first[1], Exception):
        return
    if report.failures and report.failures[-1].startswith("backward"):
        return
    grads = [(a, b) for a, b in zip(*first) if a is not None and b is not None and a.requires_grad]
    if not grads:
        return
    if any(not b.requires_grad for _, b in grads):
        report.note("double backward", what, "the gradient does not require grad")
        return
    again = [_seed(a, i + 7) for i, (a, _) in enumerate(grads)]
    leaves = [*call.leaves, *seeds]
    second = [
        _attempt(engine, [p[i] for p in grads], [p[i] for p in leaves], [s[i] for s in again])
        for i, engine in enumerate((torch, minigrad))
    ]
    report.note("double backward", what, _same_gradients(call, *second))


def _same_saved(theirs: Any, ours: Any) -> str | None:
    """What sets apart the names, or the values, of what two nodes show that they saved."""
    left_out = NOT_SAVED.get(type(theirs).__name__, "").split()
    shown = [
        {name[7:] for name in dir(node) if name.startswith("_saved_")}.difference(left_out)
        for node in (theirs, ours)
    ]
    if shown[0] != shown[1]:
        return f"saved {sorted(shown[1] - shown[0])}, not {sorted(shown[0] - shown[1])}"
    for name in sorted(shown[0]):
        wanted, got = [getattr(node, f"_saved_{name}") for node in (theirs, ours)]
        if isinstance(wanted, tuple) and len(wanted) == 1 and set(wanted) == set(got):
            continue  # one number for all dimensions
        different = difference(wanted, got)
        if different:
            return f"saved {name}: {different}"
    return None


def _flat(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _seed(like: Any, number: int) -> tuple[Any, Any]:
    """A gradient for an output, on both engines; it requires grad itself."""
    rng = np.random.default_rng(number)
    array = np.asarray(rng.uniform(0.5, 1.5, tuple(like.shape)), like.detach().numpy().dtype)
    return (
        torch.from_numpy(array.copy()).requires_grad_(),
        minigrad.from_numpy(array.copy()).requires_grad_(),
    )


def _attempt(engine: Any, outs: Any, leaves: Any, seeds: Any, create_graph: bool = False) -> Any:
    try:
        return engine.autograd.grad(
            outs, leaves, seeds, allow_unused=True, create_graph=create_graph
        )
    except Exception as error:
        return error


def _same_gradients(call: Any, theirs: Any, ours: Any) -> str | None:
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        return difference(theirs, ours)
    for a, b in zip(theirs, ours):
        if a is None and b is None:
            continue
        if a is None or b is None:
            given = b if a is None else a
            if bool((given != 0).any()):
                return f"one of the gradients is None: {'theirs' if a is None else 'ours'}"
            continue
        if tuple(a.shape) != tuple(b.shape) or str(a.dtype) != _plain(b.dtype):
            return f"got {tuple(b.shape)} {b.dtype}, not {tuple(a.shape)} {a.dtype}"
        different = values(a, b)
        if different:
            return different
    return None


# -- variants --------------------------------------------------------------------------------------


def _fresh(arguments: Any, clone_first: bool) -> Any:
    (first, *rest), kwargs = arguments
    return ((first.detach().clone() if clone_first else first.detach(), *rest), kwargs)


def _in_place(report: Report, op: Any, call: Any, kind: str, what: str, _: Any) -> None:
    """`op_` writes the result into its first argument, and counts one write."""
    variant = op.inplace_variant
    if variant is None or not isinstance(call.on_torch[0][0], torch.Tensor):
        return
    ours = on_minigrad(variant) or getattr(minigrad.Tensor, variant.__name__, None)
    results = []
    for function, arguments in ((variant, call.on_torch), (ours, call.on_minigrad)):
        if function is None:
            results.append(NotImplementedError(f"no method {variant.__name__}"))
            continue
        arguments = _fresh(arguments, True)
        with torch.no_grad(), minigrad.no_grad():
            out = _run(function, arguments)
        if not isinstance(out, Exception) and out is not arguments[0][0]:
            out = ValueError("another tensor was returned")
        results.append(out)
    report.note(kind, what, difference(*results, report.name))
    if all(isinstance(r, (torch.Tensor, minigrad.Tensor)) for r in results):
        versions = [r._version for r in results]
        report.note(kind, what, None if versions[0] == versions[1] else f"versions {versions}")


def _out(report: Report, op: Any, call: Any, kind: str, what: str, ours: Any) -> None:
    """``out=`` takes the result, here in a tensor of another shape."""
    if not op.supports_out or "out" in call.on_torch[1] or not isinstance(ours, minigrad.Tensor):
        return
    if report.name.startswith("nn.functional."):
        return  # there torch takes it, but does not say so
    results = []
    for engine, function, (args, kwargs) in (
        (torch, op.op, call.on_torch),
        (minigrad, function_of(report.name), call.on_minigrad),
    ):
        with torch.no_grad(), minigrad.no_grad():
            out = engine.zeros(0, dtype=getattr(engine, _plain(ours.dtype)[6:]))
            got = _run(function, (args, {**kwargs, "out": out}))
        if not isinstance(got, Exception) and got is not out:
            got = ValueError("another tensor was returned")
        results.append(got)
    report.note(kind, what, difference(*results, report.name))


# -- errors ----------------------------------------------------------------------------------------


def _error(report: Report, op: Any, call: Any) -> None:
    theirs, ours = _run(op.op, call.on_torch), _run(function_of(report.name), call.on_minigrad)
    if not isinstance(theirs, Exception) or "descriptor '__r" in str(theirs):
        return
    same_type = type(theirs) is type(ours)
    if "received an invalid combination of arguments" in str(theirs):
        # Torch goes on to list all its C++ signatures; the type must do.
        difference_ = None if same_type else f"got {_text(ours)}, not {_text(theirs)}"
        report.note("errors", _shown(call), difference_)
        return
    report.note("errors", _shown(call), difference(theirs, ours))
