"""How a tensor is written: torch's repr, character for character.

A style is chosen for the whole tensor (integers as `1.`, fixed as `1.0000`, scientific as
`1.0000e+00`), every element is written in it to one width, and large tensors show their edges.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import dtypes

_DEFAULT = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80}
_options = SimpleNamespace(**_DEFAULT, sci_mode=None)
_PROFILES: dict[str | None, dict[str, Any]] = {
    "default": _DEFAULT,
    "short": _DEFAULT | {"precision": 2, "edgeitems": 2},
    "full": _DEFAULT | {"threshold": inf},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed; what is left out stays, save `sci_mode`, which becomes None.

    `precision` counts digits after the point. A tensor of more than `threshold` elements shows
    only `edgeitems` at both ends of each dimension. `linewidth` counts characters. `profile` is
    "default", "short" or "full" (never shortened), and any other name is ignored, as in torch.
    `sci_mode` forces (True) or forbids (False) scientific notation; None lets the values decide.
    """
    chosen = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    for options in (_PROFILES.get(profile, {}), chosen):
        for name, value in options.items():
            if value is not None:
                setattr(_options, name, value)
    _options.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The current options, ready to be given back as `set_printoptions(**options)`."""
    return dict(vars(_options))


def tensor_repr(tensor: Any) -> str:
    """`repr` of a tensor: `tensor(values, size=…, dtype=…, grad_fn=<…>)`, each where it is news.

    Reads `_data` (an array, or a numpy scalar), `dtype`, `requires_grad` and `grad_fn`.
    """
    array = np.asarray(tensor._data)
    name = type(tensor).__name__
    plain = name in ("Tensor", "Parameter")
    prefix = "tensor(" if plain else f"{name}("
    obvious = [dtypes.get_default_dtype()]
    if array.size:
        obvious += [dtypes.int64, dtypes.bool]
        shape_seen = _options.edgeitems > 0
    else:  # no value tells the kind of number, no bracket the shape
        shape_seen = array.ndim == 1
    suffixes = [] if shape_seen else [f"size={array.shape}"]
    if tensor.dtype not in obvious:
        suffixes.append(f"dtype={tensor.dtype}")
    try:
        grad_fn = tensor.grad_fn
    except RuntimeError:  # a view whose history an in-place write has made meaningless
        suffixes.append("grad_fn=<Invalid>")
    else:
        if grad_fn is not None:
            suffixes.append(f"grad_fn=<{grad_fn.name().rpartition('::')[2]}>")
        elif tensor.requires_grad:
            suffixes.append("requires_grad=True")
    text = _append(prefix + tensor_str(array, len(prefix)), suffixes, len(prefix)) + ")"
    parameter = any(base.__name__ == "Parameter" for base in type(tensor).__mro__)
    return f"Parameter({text})" if parameter and not plain else text


def format_tensor(tensor: Any, spec: str) -> str:
    """`format(tensor, spec)`: a plain 0-d tensor as its number, any other as its repr.

    Raises TypeError for a `spec` given to those others.
    """
    if np.ndim(tensor._data) == 0 and type(tensor).__name__ == "Tensor":
        return format(tensor._data.item(), spec)
    return object.__format__(tensor, spec)


def tensor_str(array: np.ndarray[Any, Any], indent: int = 0) -> str:
    """The bracketed values of `array`, only the edges of its long dimensions if there are many.

    `indent` is the column at which the text will stand: lines after the first start below it.
    """
    if array.size == 0:
        return "[]"
    edge, large = _options.edgeitems, array.size > _options.threshold
    cut = [large and n > 2 * edge for n in array.shape]
    if any(cut):
        kept = (np.r_[:edge, n - edge : n] if c else np.arange(n) for n, c in zip(array.shape, cut))
        array = array[np.ix_(*kept)]
    write, width = _style(array)
    return _brackets(array.tolist(), cut, indent, write, width)


def _style(shown: np.ndarray[Any, Any]) -> tuple[Callable[[Any], str], int]:
    """A function that writes one element, and the width it pads to.

    Zeros, infinities and NaN have no say in either.
    """
    form: Callable[[Any], str] = str
    decisive = shown
    if shown.dtype.kind == "f":
        decisive = shown[np.isfinite(shown) & (shown != 0)]
        form = _float_form(decisive)
    width = max((len(form(value)) for value in decisive.ravel().tolist()), default=1)
    return lambda value: form(value).rjust(width), width


def _float_form(values: np.ndarray[Any, Any]) -> Callable[[float], str]:
    precision, scientific, integers = _options.precision, _options.sci_mode, True
    if values.size:
        magnitudes = np.abs(values)
        small, large = float(magnitudes.min()), float(magnitudes.max())
        if scientific is None:
            scientific = large / small > 1000 or large > 1e8 or small < 1e-4
        integers = bool((values == np.ceil(values)).all())
        if scientific:
            return lambda value: f"{value:.{precision}e}"
    if integers:
        return lambda value: f"{value:.0f}." if isfinite(value) else str(value)
    return lambda value: f"{value:.{precision}f}"


def _brackets(
    values: Any, cut: list[bool], indent: int, write: Callable[[Any], str], width: int
) -> str:
    """Nested lists as text; `cut` says of each dimension whether its middle was left out."""
    if not cut:
        return write(values)
    here, *inner = cut
    lines = [_brackets(value, inner, indent + 1, write, width) for value in values]
    if here:
        lines.insert(len(lines) // 2, "..." if inner or not lines else " ...")
    if not inner:
        fit = max(1, (_options.linewidth - indent) // (width + 2))
        lines = [", ".join(lines[i : i + fit]) for i in range(0, len(lines), fit)]
    separator = "," + "\n" * max(1, len(inner)) + " " * (indent + 1)
    return f"[{separator.join(lines)}]"


def _append(text: str, suffixes: list[str], indent: int) -> str:
    """Append the suffixes, each on a new line if it would not fit on the last."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        length = len(suffix.replace("minigrad.", "torch."))  # break the line where torch does
        if column + length + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + length
        else:
            text += ", " + suffix
            column += length + 2
    return text
