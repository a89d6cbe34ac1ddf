"""Names for tensors: those that were given, the parameters of a model, the caller's variables."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from inspect import CO_OPTIMIZED
from itertools import islice
from typing import Any

HELD = 100  # elements of a list of tensors that are looked at


def is_tensor(x: object) -> bool:
    """Does x speak the graph protocol? Asked of its class: no attribute of x itself is touched."""
    return all(hasattr(type(x), name) for name in ("grad_fn", "requires_grad", "is_leaf"))


def is_model(x: object) -> bool:
    """Has x named parameters, as torch's Module does?"""
    return not isinstance(x, type) and callable(getattr(type(x), "named_parameters", None))


def caller_namespace() -> dict[str, Any]:
    """The variables of the function (or notebook cell) that called into viz, locals first."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "viz":
        frame = frame.f_back
    found = dict(frame.f_locals)
    if sys.version_info < (3, 13) and frame.f_code.co_flags & CO_OPTIMIZED:
        frame.f_locals.clear()  # a copy that the frame keeps, and with it every graph in it
    return {**found, **{k: v for k, v in frame.f_globals.items() if k not in found}}


class Names:
    """Finds the name of a leaf tensor or of a node's output. Given names win over found ones.

    names:      {"name": tensor}
    params:     {"name": parameter}, as `dict(model.named_parameters())` gives it
    namespace:  {"name": anything}; tensors, lists and dicts of tensors, and models are looked into
    """

    def __init__(
        self,
        names: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        namespace: Mapping[str, Any] | None = None,
    ) -> None:
        for given in (names, params):
            for name, tensor in (given or {}).items():
                if not is_tensor(tensor):
                    raise TypeError(f"name {name!r} must stand for a tensor, not {_kind(tensor)}")
        self.parameters = {id(tensor) for tensor in (params or {}).values()}
        self._tensors: list[Any] = []  # held, so that no id is used again
        self._leaf: dict[int, str] = {}
        self._made: dict[int, dict[int, tuple[str, Any]]] = {}  # by node, by number of its output
        for source in (names or {}, params or {}):
            for name, tensor in source.items():
                self._add(str(name), tensor)
        for name, tensor in _found(namespace or {}):
            self._add(name, tensor)

    def _add(self, name: str, tensor: Any) -> None:
        self._tensors.append(tensor)
        self._leaf.setdefault(id(tensor), name)
        if (node := tensor.grad_fn) is not None:
            self._tensors.append(node)
            self._made.setdefault(id(node), {}).setdefault(output_nr(tensor), (name, tensor))

    def of(self, tensor: Any) -> str | None:
        """The name of a tensor: of this very object, or of the output of a node that it is."""
        name = self._leaf.get(id(tensor))
        if name is None and tensor.grad_fn is not None:
            name = self.outputs(tensor.grad_fn).get(output_nr(tensor), (None,))[0]
        return name

    def outputs(self, node: Any) -> dict[int, tuple[str, Any]]:
        """{number: (name, tensor)} of those outputs of a node that variables hold."""
        return self._made.get(id(node), {})


def output_nr(tensor: Any) -> int:
    """Which of its node's outputs a tensor is."""
    number: int = getattr(tensor, "output_nr", 0)
    return number


def _found(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    public = [(k, v) for k, v in namespace.items() if not k.startswith("_")]
    for name, value in public:
        if is_tensor(value):
            yield name, value
    for name, value in public:  # a variable's own name is better than its place in a list
        if is_model(value):
            for inner, parameter in value.named_parameters():
                yield f"{name}.{inner}", parameter
        elif type(value) in (list, tuple):
            for i, item in enumerate(islice(value, HELD)):
                if is_tensor(item):
                    yield f"{name}[{i}]", item
        elif type(value) is dict and name not in ("Out", "In"):
            for key, item in islice(value.items(), HELD):
                if is_tensor(item):
                    yield f"{name}[{key!r}]", item


def _kind(x: object) -> str:
    return type(x).__name__
