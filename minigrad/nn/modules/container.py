"""Modules that hold other modules in order, or by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from operator import index
from typing import Any, TypeVar

from .module import Module

S = TypeVar("S", bound="Sequential")


class Sequential(Module):
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

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def _name_at(self, position: int) -> str:
        """The name of the module at a position, which may count from the end."""
        position = index(position)
        if not -len(self) <= position < len(self):
            raise IndexError(f"index {position} is out of range")
        return list(self._modules)[position]

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return type(self)(OrderedDict(list(self._modules.items())[idx]))
        return self._modules[self._name_at(idx)]

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._name_at(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        for name in list(self._modules)[idx] if isinstance(idx, slice) else [self._name_at(idx)]:
            del self._modules[name]
        self._modules = {str(i): module for i, module in enumerate(self)}

    def append(self: S, module: Module) -> S:
        """Add one more module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: S, sequential: Iterable[Module]) -> S:
        """Add several modules at the end."""
        for module in list(sequential):
            self.append(module)
        return self

    def insert(self: S, index: int, module: Module) -> S:
        """Put a module in before the one at `index`."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        row = list(self)
        row.insert(index, module)
        self._modules = {str(i): module for i, module in enumerate(row)}
        return self

    def pop(self, key: int | slice) -> Any:
        """Take out a module, or a slice of them."""
        taken = self[key]
        del self[key]
        return taken

    def __add__(self, other: Any) -> Sequential:
        return Sequential(*self).__iadd__(other)

    def __iadd__(self: S, other: Any) -> S:
        if not isinstance(other, Sequential):
            raise ValueError(
                "add operator supports only objects of Sequential class, but "
                f"{type(other)} is given."
            )
        return self.extend(other)

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*self).__imul__(other)

    __rmul__ = __mul__

    def __imul__(self: S, other: int) -> S:
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(other)}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for {type(self)}")
        return self.extend(list(self) * (other - 1))
