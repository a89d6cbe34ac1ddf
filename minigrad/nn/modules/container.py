"""Modules that hold other modules, or parameters, in order or by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import groupby
from operator import index
from typing import Any, TypeVar

from ...tensor import Tensor
from ..parameter import Parameter
from .module import Module, indent

R = TypeVar("R", bound="_Row")
L = TypeVar("L", bound="ParameterList")


class _Row(Module):
    """Modules in order, handled as the items of a list."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return self._slice(list(self._modules.items())[idx])
        return self._modules[_name_at(list(self._modules), idx)]

    def _slice(self, items: list[tuple[str, Module]]) -> _Row:
        raise NotImplementedError

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, _name_at(list(self._modules), idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        names = list(self._modules)
        for name in names[idx] if isinstance(idx, slice) else [_name_at(names, idx)]:
            del self._modules[name]
        self._number(list(self))

    def _number(self, modules: list[Module]) -> None:
        self._modules = {str(i): module for i, module in enumerate(modules)}

    def append(self: R, module: Module) -> R:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: R, modules: Iterable[Module]) -> R:
        """Add several modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Put a module in before the one at `index`."""
        row = list(self)
        row.insert(index, module)
        self._number(row)

    def pop(self, key: int | slice) -> Any:
        """Take out a module, or a slice of them."""
        taken = self[key]
        del self[key]
        return taken


class Sequential(_Row):
    """Modules in a row, each called with what the one before it gave.

    Takes the modules one by one, which are named "0", "1", …, or an OrderedDict of them by name.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def _slice(self, items: list[tuple[str, Module]]) -> Sequential:
        return type(self)(OrderedDict(items))

    def insert(self, index: int, module: Module) -> Sequential:
        """Put a module in before the one at `index`."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        super().insert(index, module)
        return self

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self).__iadd__(other)

    def __iadd__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(
                "add operator supports only objects of Sequential class, but "
                f"{type(other)} is given."
            )
        return self.extend(other)

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*self).__imul__(other)

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Sequential:
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(other)}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for {type(self)}")
        return self.extend(list(self) * (other - 1))


class ModuleList(_Row):
    """A list of modules, whose parameters count as the owner's; it is not called itself."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _slice(self, items: list[tuple[str, Module]]) -> ModuleList:
        return type(self)([module for _, module in items])

    def extend(self: R, modules: Iterable[Module]) -> R:
        """Add several modules at the end. Raises TypeError for what is no iterable."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleList.extend should be called with an iterable, but got "
                + type(modules).__name__
            )
        return super().extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList(self).extend(other)

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        return self.extend(modules)

    def __repr__(self) -> str:
        lines = []
        for text, group in groupby(enumerate(map(repr, self)), key=lambda pair: pair[1]):
            first, *rest = [position for position, _ in group]
            where = f"({first}-{rest[-1]}): {len(rest) + 1} x " if rest else f"({first}): "
            lines.append(f"\n  {indent(where + text)}")
        body = "".join(lines) + "\n" if lines else ""
        return f"{self._get_name()}({body})"


class ModuleDict(Module):
    """Modules by name, whose parameters count as the owner's; it is not called itself."""

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take out all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Take out a module."""
        module = self[key]
        del self[key]
        return module

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> ItemsView[str, Module]:
        """(name, module) pairs."""
        return self._modules.items()

    def values(self) -> ValuesView[Module]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules from a mapping, or from (name, module) pairs."""
        for name, module in _pairs(modules):
            self[name] = module


class ParameterList(Module):
    """A list of parameters, or of anything else; tensors in it become parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def _names(self) -> list[str]:
        return [str(i) for i in range(len(self))]

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return type(self)([getattr(self, name) for name in self._names()[idx]])
        return getattr(self, _name_at(self._names(), idx))

    def __setitem__(self, idx: int, param: Any) -> None:
        setattr(self, _name_at(self._names(), idx), _as_parameter(param))

    def append(self: L, value: Any) -> L:
        """Add a value at the end."""
        self._size += 1
        self[-1] = value
        return self

    def extend(self: L, values: Iterable[Any]) -> L:
        """Add several values at the end. Raises TypeError for a tensor, or for no iterable."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(
                "ParameterList.extend should be called with an iterable, but got "
                + type(values).__name__
            )
        for value in values:
            self.append(value)
        return self

    def __iadd__(self: L, parameters: Iterable[Any]) -> L:
        return self.extend(parameters)

    def extra_repr(self) -> str:
        return "\n".join([f"  ({i}): {_described(value)}" for i, value in enumerate(self)])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")


def _name_at(names: list[str], position: int) -> str:
    """The name at a position, which may count from the end."""
    position = index(position)
    if not -len(names) <= position < len(names):
        raise IndexError(f"index {position} is out of range")
    return names[position]


def _pairs(modules: Any) -> Iterable[tuple[str, Module]]:
    """The (name, module) pairs that `ModuleDict.update` was given, in one of its two forms."""
    if not isinstance(modules, Iterable):
        raise TypeError(
            "ModuleDict.update should be called with an iterable of key/value pairs, but got "
            + type(modules).__name__
        )
    if isinstance(modules, (Mapping, ModuleDict)):
        return modules.items()
    pairs = list(modules)
    for position, pair in enumerate(pairs):
        if not isinstance(pair, Iterable):
            raise TypeError(
                f"ModuleDict update sequence element #{position} should be Iterable; "
                f"is{type(pair).__name__}"
            )
        if len(pair) != 2:  # type: ignore[arg-type]
            raise ValueError(
                f"ModuleDict update sequence element #{position} has length "
                f"{len(pair)}; 2 is required"  # type: ignore[arg-type]
            )
    return pairs


def _as_parameter(value: Any) -> Any:
    plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if plain else value


def _described(value: Any) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join([str(n) for n in value.shape])
    return f"{kind} containing: [{value.dtype} of size {size}]"


class ParameterDict(Module):
    """Parameters by name, which count as the owner's; tensors become parameters.

    Other values are kept as they are. Handled as a dict; made from one, or from pairs.
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self._attribute(key))

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Tensor) and not isinstance(value, Parameter):
            value = Parameter(value)
        self._keys[key] = None
        setattr(self, self._attribute(key), value)

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, self._attribute(key))

    @staticmethod
    def _attribute(key: str) -> str:
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string (type "
                f"is '{type(key).__name__}'). Open an issue on github if you need non-string keys."
            )
        return key

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __or__(self, other: ParameterDict) -> ParameterDict:
        return ParameterDict({**dict(self.items()), **dict(other.items())})

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._keys.keys()

    def values(self) -> Iterable[Any]:
        """The parameters."""
        return [self[key] for key in self._keys]

    def items(self) -> Iterable[tuple[str, Any]]:
        """The pairs of name and parameter."""
        return [(key, self[key]) for key in self._keys]

    def get(self, key: str, default: Any = None) -> Any:
        """The parameter of a name, or `default`."""
        return self[key] if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The parameter of a name, which becomes `default` if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str) -> Any:
        """Take out the parameter of a name."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Take out the last pair."""
        key = next(reversed(list(self._keys)))
        return key, self.pop(key)

    def copy(self) -> ParameterDict:
        """Another dict with the same parameters."""
        return ParameterDict(dict(self.items()))

    def clear(self) -> None:
        """Take out all."""
        for key in list(self._keys):
            del self[key]

    @staticmethod
    def fromkeys(keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A dict with these names, all with the same value."""
        return ParameterDict(dict.fromkeys(keys, default))

    def update(self, parameters: Any) -> None:
        """Add or replace parameters, from a dict or from pairs."""
        if not isinstance(parameters, Iterable):
            raise TypeError(
                "ParametersDict.update should be called with an iterable of key/value pairs, but "
                f"got {type(parameters).__name__}"
            )
        if isinstance(parameters, ParameterDict):
            pairs: Iterable[Any] = parameters.items()
        elif isinstance(parameters, OrderedDict):
            pairs = parameters.items()
        elif isinstance(parameters, Mapping):
            pairs = sorted(parameters.items())
        else:
            pairs = parameters
        for key, value in pairs:
            self[key] = value

    def extra_repr(self) -> str:
        lines = []
        for key, value in self.items():
            if isinstance(value, Tensor):
                size = "x".join([str(n) for n in value.shape])
                label = "Parameter" if isinstance(value, Parameter) else "Tensor"
                kind = f"{label} containing: [{value.type()} of size {size}]"
            else:
                kind = f"Object of type: {type(value).__name__}"
            lines.append(f"  ({key}): {kind}")
        return "\n".join(lines)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")
