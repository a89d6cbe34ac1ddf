"""``out=``: the result of an operation is written into a tensor that is there already."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from . import dtypes
from .engine.grad_mode import state
from .inplace import SHARED, check_apart, overlap, write
from .methods.memory import resized
from .methods.pointwise import Pointwise
from .recording import memory
from .tensor import Tensor


def into(
    out: Any, method: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Write what `method` returns into `out`: one tensor, or a tuple of them."""
    outs = out if isinstance(out, (tuple, list)) else (out,)
    listed = args[0] if isinstance(args[0], (list, tuple)) else ()
    tensors = [t for t in (*args, *listed, *kwargs.values()) if isinstance(t, Tensor)]
    if state.enabled and any(t.requires_grad for t in (*tensors, *outs)):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    kind = kwargs.get("dtype")
    if kind is not None and kind is not outs[0].dtype:
        raise RuntimeError(_SAME.format(kind, outs[0].dtype))
    if name == "nonzero" and kwargs.get("as_tuple"):
        raise RuntimeError("nonzero does not support the out kwarg when as_tuple is True")
    result = method(*args, **kwargs)
    results = result if isinstance(result, tuple) else (result,)
    for place, (target, value) in enumerate(zip(outs, results)):
        if name in ("max", "min") and len(results) == 2 and value.dtype is not target.dtype:
            raise RuntimeError(_SAME.format(value.dtype, target.dtype))
        counts = name in ("all", "any") and target.dtype is dtypes.uint8  # as torch once had it
        if name in _SAME_DTYPE and value.dtype is not target.dtype and not counts:
            words = _SAME_DTYPE[name]
            words = words if isinstance(words, str) else words[place]
            raise RuntimeError(words.format(value.dtype, target.dtype, name=name))
        check_apart(memory(target))
        if not dtypes.can_cast(value.dtype, target.dtype):
            if name in _BY_CAT:
                raise TypeError(
                    "torch.cat(): input types can't be cast to the desired output type "
                    f"{target.dtype.scalar_type}"
                )
            if name in _CALLED:
                raise RuntimeError(
                    f"{_CALLED[name]}: Expected result to be safely castable from "
                    f"{value.dtype.scalar_type} dtype, but got result with dtype "
                    f"{target.dtype.scalar_type}"
                )
            raise RuntimeError(
                f"result type {value.dtype.scalar_type} can't be cast to the desired output type "
                f"{target.dtype.scalar_type}"
            )
        shared = _shared(target, tensors)
        if "partial" in shared and hasattr(Pointwise, name) and name not in _APART:
            raise RuntimeError(SHARED)
        if target.shape != value.shape:
            if value.numel() < target.numel():
                shared = set()  # perhaps not what is left of it
            _resize(target, value.shape)
            shared |= _shared(target, tensors)
        if name in _APART and shared - {""}:
            raise RuntimeError(SHARED)
        write(target, value._data)
    if not isinstance(result, tuple):
        return out
    return type(result).written(*outs) if hasattr(result, "written") else tuple(outs)


_MATCH = (
    "Expected the dtype for input and out to match, but got {0.scalar_type} for input's dtype and "
    "{1.scalar_type} for out's dtype."
)
_SAME = "Expected out tensor to have dtype {0.c_name}, but got {1.c_name} instead"
_FOUND = "Found dtype {1.scalar_type} but expected {0.scalar_type}"
_ONLY_BOOL = "{name} only supports bool tensor for result, got: {1.scalar_type}"
_NO_OTHER = "{name} does not support non-boolean outputs."
_CALLED = {
    "cholesky_inverse": "cholesky_inverse",
    "cholesky_solve": "cholesky_solve",
    "cond": "linalg.cond",
    "householder_product": "torch.linalg.householder_product",
    "matrix_power": "matrix_power",
    "matrix_rank": "torch.linalg.matrix_rank",
    "orgqr": "torch.linalg.householder_product",
    "pinv": "linalg.pinv",
    "tensorinv": "tensorinv",
    "tensorsolve": "tensorsolve",
}
"""How operations on matrices call themselves where `out` cannot hold their result."""
_EXPECTED = "expected scalar type '{0.scalar_type}' but got '{1.scalar_type}' for "
_LONG = "{name}: Expected out tensor to have scalar type Long but got scalar type{1.scalar_type}"
_SAME_DTYPE: dict[str, Any] = {
    **dict.fromkeys(
        "cholesky det eigh eigvalsh inv lu_factor lu_solve qr slogdet solve svd svdvals "
        "triangular_solve vector_norm".split(),
        "Expected out tensor to have dtype {0.c_name}, but got {1.c_name} instead",
    ),
    **dict.fromkeys(["amax", "amin"], _MATCH),
    **dict.fromkeys("aminmax argmax argmin gather mm sort topk tril triu".split(), _SAME),
    **dict.fromkeys("ceil floor neg round sgn sign trunc".split(), _FOUND),
    **dict.fromkeys(["all", "any"], _ONLY_BOOL),
    **dict.fromkeys(["isneginf", "isposinf"], _NO_OTHER),
    "cummax": "expected scalar_type {0.scalar_type} but found {1.scalar_type}",
    "cummin": "expected scalar_type {0.scalar_type} but found {1.scalar_type}",
    "index_select": "index_select(): self and result must have the same scalar type",
    "frexp": (
        "torch.frexp() expects mantissa to have dtype {0.c_name} but got {1.c_name}",
        "torch.frexp() expects exponent to have int dtype but got {1.c_name}",
    ),
    "kthvalue": "output values must be of same type as input",
    "logcumsumexp": "expected scalar_type {0.scalar_type} but found {1.scalar_type}",
    "multi_dot": "multi_dot(): expected out tensor to have dtype {0.c_name} but got {1.c_name}",
    "mode": (_EXPECTED + "values output", _EXPECTED + "indices output"),
    **dict.fromkeys(["nonzero", "nonzero_static"], _LONG),
    "nanquantile": "nanquantile() out tensor must be same dtype as the input tensor",
    "quantile": "quantile() out tensor must be same dtype as the input tensor",
    "where": "Expected out type to be {0.scalar_type} but got {1.scalar_type}",
}
"""The operations that do not convert what they write into `out`, and what they say."""


_BY_CAT = frozenset("cat column_stack concat concatenate dstack hstack stack vstack".split())
"""The operations that lay tensors one after the other."""


_APART = frozenset(
    "cat gather index_add index_copy index_reduce index_select kthvalue masked_select max min "
    "scatter scatter_add scatter_reduce stack take topk".split()
)
"""The operations that write to `out` what they still read, were it the memory of an input."""


def _shared(target: Tensor, tensors: list[Tensor]) -> set[str]:
    return {overlap(memory(target), memory(t)) for t in tensors}


def _resize(target: Tensor, shape: Any) -> None:
    if target.numel():
        warnings.warn(
            "An output with one or more elements was resized since it had shape "
            f"{list(target.shape)}, which does not match the required output shape {list(shape)}. "
            "This behavior is deprecated, and in a future PyTorch release outputs will not be "
            "resized unless they have zero elements. You can explicitly reuse an out tensor t by "
            "resizing it, inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=4,
        )
    target._data = resized(memory(target), shape)


def with_out(call: Callable[..., Any]) -> Callable[..., Any]:
    """A function of several tensors that also takes ``out=``."""

    @functools.wraps(call)
    def function(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None:
            return call(*args, **kwargs)
        return into(out, call, call.__name__, args, kwargs)

    return function
