"""A module called with other tensors in the place of its parameters and buffers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...tensor import Tensor
from ..modules.module import Module

__all__ = ["functional_call"]

_ABSENT: Any = object()


@contextmanager
def swapped(module: Module, tensors: dict[str, Tensor]) -> Iterator[None]:
    """Within it, the module holds the tensors under their full names.

    Afterwards it holds its own again; what it put in their place meanwhile is in `tensors`.
    """
    places: list[tuple[str, Any, Any]] = []
    try:
        for name, tensor in tensors.items():
            if not isinstance(tensor, Tensor):
                raise TypeError(f"{tensor} is not an instance of torch.Tensor")
            above, _, last = name.rpartition(".")
            owner = module.get_submodule(above)
            parts = [p for p in (owner._parameters, owner._buffers) if last in p]
            held: Any = parts[0] if parts else vars(owner)
            places.append((name, held, held.get(last, _ABSENT)))
            held[last] = tensor
        yield
    finally:
        for name, held, own in reversed(places):
            last = name.rpartition(".")[2]
            tensors[name] = held.pop(last) if own is _ABSENT else held[last]
            if own is not _ABSENT:
                held[last] = own


def _named(module: Module) -> list[tuple[str, Tensor]]:
    """All names of all tensors of the module, also of those that it holds several times."""
    return [
        *module.named_parameters(remove_duplicate=False),
        *module.named_buffers(remove_duplicate=False),
    ]


def _with_tied(module: Module, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """The given tensors also under the other names of those that the module holds several times."""
    names: dict[Tensor, list[str]] = {}
    for name, tensor in _named(module):
        names.setdefault(tensor, []).append(name)
    out = dict(given)
    for tied in names.values():
        values = {given[name] for name in tied if name in given}
        if len(values) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(tied)}, which are tied. "
                "Consider using tie_weights=False"
            )
        for value in values:
            out.update(dict.fromkeys(tied, value))
    return out


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call `module` with other tensors, {full name: tensor}, in the place of its own.

    Gradients flow to them, so that steps of training can be differentiated too. With `tie_weights`,
    a tensor that the module holds under several names is given once. Raises ValueError for one that
    is given twice, RuntimeError, if `strict`, for names that only one side knows. In torch, this
    form is deprecated in favour of one in its module for transforms of functions.
    """
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be "
        "removed in a future version of PyTorch. Please use `torch.func.functional_call` instead "
        "which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    placed = (
        _with_tied(module, parameters_and_buffers) if tie_weights else dict(parameters_and_buffers)
    )
    if strict:
        own = {name for name, _ in _named(module)}
        texts = [
            f"{kind} key(s): {', '.join(map(repr, sorted(keys)))}."
            for kind, keys in (
                ("Unexpected", placed.keys() - own),
                ("Missing", own - placed.keys()),
            )
            if keys
        ]
        if texts:
            lines = "\n\t".join(texts)
            raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t{lines}")
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    try:
        with swapped(module, placed):
            return module(*args, **(kwargs or {}))
    finally:
        parameters_and_buffers.update({name: placed[name] for name in parameters_and_buffers})
