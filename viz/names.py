"""Names for tensors: those that were given, the parameters of a model, the caller's variables."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from inspect import CO_OPTIMIZED
from itertools import islice
from types import FunctionType, ModuleType
from typing import Any

PLAIN = {int, float, bool, str, bytes, type, type(None), FunctionType, ModuleType}  # hold none
HELD = 100  # elements of a list of tensors that are looked at


def is_tensor(x: object) -> bool:
    """Does x speak the graph protocol? Asked of its class: no attribute of x itself is touched."""
    cls = type(x)
    return hasattr(cls, "grad_fn") and hasattr(cls, "requires_grad") and hasattr(cls, "is_leaf")


def is_model(x: object) -> bool:
    """Has x named parameters, as torch's Module does?"""
    return not isinstance(x, type) and callable(getattr(type(x), "named_parameters", None))


def _is_layer(module: Any) -> bool:
    """Is this one of the engine's own layers, with nothing inside but parameters?"""
    inside = list(module.named_modules())
    return len(inside) == 1 and ".nn." in f"{type(module).__module__}."


def caller_namespace() -> dict[str, Any]:
    """The variables of the function (or notebook cell) that called into viz, locals first."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "viz":
        frame = frame.f_back
    found, globals = dict(frame.f_locals), frame.f_globals
    if sys.version_info < (3, 13) and frame.f_code.co_flags & CO_OPTIMIZED:
        frame.f_locals.clear()  # a copy that the frame keeps, and with it every graph in it
    return {**found, **globals, **found}  # locals come first, and hide globals


class Names:
    """Finds the name of a leaf tensor or of a node's output. Given names win over found ones.

    names:      {"name": tensor}
    params:     {"name": parameter}, as `dict(model.named_parameters())` gives it
    namespace:  {"name": anything}; tensors, lists and dicts of tensors, and models are looked into
    model:      has named_parameters() and named_modules(): `owners` tells whose a parameter is
    """

    def __init__(
        self,
        names: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        namespace: Mapping[str, Any] | None = None,
        model: Any = None,
    ) -> None:
        _check("names", names)
        _check("params", params)
        if model is not None and not is_model(model):
            raise TypeError(
                f"model is the class {model.__name__}: give the model itself, made by calling it"
                if isinstance(model, type)
                else f"model must have named_parameters(), which a {_kind(model)} has not"
            )
        modules = dict(model.named_modules()) if hasattr(model, "named_modules") else {}
        if model is not None:
            params = {**dict(model.named_parameters()), **(params or {})}
        self.kinds = {path: _kind(module) for path, module in modules.items()}  # of the modules
        self.atoms = {path for path, module in modules.items() if _is_layer(module)}
        self.owners: dict[
            int, str
        ] = {}  # the module that a parameter belongs to, by the latter's id
        for path, parameter in model.named_parameters() if modules else ():
            self.owners[id(parameter)] = path.rpartition(".")[0]
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


OF_IPYTHON = re.compile(
    r"_+|__.*__|_i?\d+|_i+|_[dio]h"
)  # `_`, `_12`, …: copies of what a cell gave


def _found(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    public, private, several = (list[tuple[str, Any]]() for _ in range(3))  # the last may hold some
    for name, value in namespace.items():
        if type(value) in PLAIN:
            continue
        tensor = is_tensor(value)
        if name[:1] != "_":
            (public if tensor else several).append((name, value))
        elif tensor and not OF_IPYTHON.fullmatch(name):
            private.append((name, value))
    yield from public
    for name, value in public + private:
        if value.is_leaf and is_tensor(value.grad) and value.grad.requires_grad:
            yield f"{name}.grad", value.grad
    for name, value in several:  # a variable's own name is better than its place in a list
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
    yield from private


def _check(what: str, given: object) -> None:
    """Is this {"name": tensor}? Says what it should be."""
    if given is None:
        return
    if is_model(given):
        raise TypeError(f"{what} is a dict of tensors; for a model write model=…")
    if not isinstance(given, Mapping):
        example = "dict(model.named_parameters())" if what == "params" else '{"x": x, "y": y}'
        raise TypeError(f"{what} must be a dict such as {example}, not a {_kind(given)}")
    for name, tensor in given.items():
        if is_tensor(name):
            raise TypeError(
                f'{what} maps a name to its tensor, {{"x": x}}, not a tensor to its name'
            )
        if not is_tensor(tensor):
            raise TypeError(f"name {name!r} must stand for a tensor, not {_kind(tensor)}")


def _kind(x: object) -> str:
    return type(x).__name__
