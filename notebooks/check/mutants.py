"""A small engine that is sound, and four mutants of it: each has one method changed.

Chapter 12 asks for a program that exposes each. Try first, then read on.
"""

from __future__ import annotations

from typing import Any


class Sound:
    """An array that remembers how it was made."""

    def __init__(self, data: Any, parents: tuple = (), rule: Any = None) -> None:
        import numpy

        self.data = numpy.asarray(data, dtype=float)
        self.grad: Any = None
        self.parents, self.rule = parents, rule

    def __repr__(self) -> str:
        return f"Value({self.data.tolist()})"

    def made(self, data: Any, parents: tuple, rule: Any) -> Any:
        """The result of an operation."""
        return type(self)(data, parents, rule)

    def with_other(self, other: Any) -> Any:
        return other if isinstance(other, Sound) else type(self)(other)

    def __add__(self, other: Any) -> Any:
        other = self.with_other(other)
        return self.made(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other: Any) -> Any:
        other = self.with_other(other)
        a, b = self.data, other.data
        return self.made(a * b, (self, other), lambda g: (g * b, g * a))

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other: Any) -> Any:
        a, b = self.data, other.data
        return self.made(a @ b, (self, other), lambda g: (g @ b.T, a.T @ g))

    def sum(self) -> Any:
        a = self.data
        return self.made(a.sum(), (self,), lambda g: (a * 0 + g,))

    def relu(self) -> Any:
        a = self.data
        return self.made(a * (a > 0), (self,), lambda g: (g * (a > 0),))

    def ordered(self) -> list:
        """All values behind this one, each after those that use it."""
        uses, waiting = {self: 0}, [self]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in uses:
                    uses[parent] = 0
                    waiting.append(parent)
                uses[parent] += 1
        ready, found = [self], []
        while ready:
            found.append(ready.pop())
            for parent in found[-1].parents:
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)
        return found

    def forget(self) -> None:
        """Before a pass: only a leaf keeps what earlier passes brought."""
        if self.parents:
            self.grad = None

    def fit(self, sent: Any) -> Any:
        """A gradient in the shape of this value: what was copied in the forward pass is added."""
        sent = sent.sum(axis=tuple(range(sent.ndim - self.data.ndim)))
        spread = tuple(i for i, n in enumerate(self.data.shape) if n == 1 < sent.shape[i])
        return sent.sum(axis=spread, keepdims=True)

    def receive(self, sent: Any) -> None:
        self.grad = sent if self.grad is None else self.grad + sent

    def backward(self) -> None:
        ordered = self.ordered()
        for value in ordered:
            value.forget()
        self.grad = self.data * 0 + 1
        for value in ordered:
            if value.rule:
                for parent, sent in zip(value.parents, value.rule(value.grad), strict=True):
                    parent.receive(parent.fit(sent))


class Hasty(Sound):
    """Walks by recursion: a value runs as soon as one gradient has come."""

    def ordered(self) -> list:
        found: list = []

        def visit(value: Any) -> None:
            if value not in found:
                found.append(value)
                for parent in value.parents:
                    visit(parent)

        visit(self)
        return found


class Overwriter(Sound):
    """The last gradient to come is kept, and those before it are lost."""

    def receive(self, sent: Any) -> None:
        self.grad = sent


class Spreader(Sound):
    """A gradient stays in the shape of the result."""

    def fit(self, sent: Any) -> Any:
        return sent


class Hoarder(Sound):
    """Values in the middle keep their gradient from one pass to the next."""

    def forget(self) -> None:
        pass


MUTANTS = {"hasty": Hasty, "overwriter": Overwriter, "spreader": Spreader, "hoarder": Hoarder}


def mutant(name: str) -> type:
    """The `Value` of a mutant engine: "hasty", "overwriter", "spreader" or "hoarder"."""
    return MUTANTS[name]
