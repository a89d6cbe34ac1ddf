"""Functions that rules are written with, beyond what operators and array methods can say.

A rule gets arrays, or, when it is recorded itself, Tensors. Each function here is numpy's on an
array, and on a Tensor the Tensor's own method, which is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def lift(method: str, on_array: Callable[..., Any]) -> Callable[..., Any]:
    """`on_array(x, …)` for an array `x`, `x.method(…)` for a Tensor."""

    def function(x: Any, *args: Any) -> Any:
        if isinstance(x, (np.ndarray, np.generic)):
            return on_array(x, *args)
        return getattr(x, method)(*args)

    function.__name__ = method
    return function


cos = lift("cos", np.cos)
cosh = lift("cosh", np.cosh)
exp = lift("exp", np.exp)
log = lift("log", np.log)
sign = lift("sign", np.sign)
sin = lift("sin", np.sin)
sinh = lift("sinh", np.sinh)
sqrt = lift("sqrt", np.sqrt)
expand = lift("expand", np.broadcast_to)
permute = lift("permute", np.transpose)
transpose = lift("transpose", np.swapaxes)
unsqueeze = lift("unsqueeze", np.expand_dims)
where = lift("_where", lambda condition, x, y: np.where(condition, x, y))


def power(x: Any, exponent: Any) -> Any:
    """``x ** exponent``; small whole powers by multiplying, which is many times faster."""
    if isinstance(exponent, (int, float)) and isinstance(x, (np.ndarray, np.generic)):
        if exponent == 1:
            return x
        if exponent == 3:
            return x * x * x
        if x.dtype.kind == "f":
            exponent = float(exponent)
    return x**exponent
