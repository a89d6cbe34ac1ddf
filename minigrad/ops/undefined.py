"""Where there is no derivative: what was overwritten, what torch cannot differentiate, bools."""

from __future__ import annotations

from typing import Any

from ..engine.node import Node
from .lift import zeros


class Overwritten(Node):
    """∂/∂x = 0: what was there counts no longer"""

    def backward(self, grad: Any) -> Any:
        return tuple([zeros(grad) for _ in self.edges])


def no_bool(x: Any, name: str) -> Any:
    """`x`, if it holds numbers; otherwise NotImplementedError in torch's words."""
    if x.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")
    return x


def refusing(name: str, space: str = "aten::") -> type[Node]:
    """A node for an operation that torch cannot differentiate: it says so when it is to run."""

    def backward(self: Node, grad: Any) -> Any:
        raise RuntimeError(f"derivative for {space}{name} is not implemented")

    members = {
        "__doc__": f"{name} has no derivative",
        "qualifier": "torch::autograd::",
        "backward": backward,
    }
    return type("NotImplemented", (Node,), members)
