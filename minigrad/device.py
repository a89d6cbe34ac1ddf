"""Where a tensor lies: always on the CPU. Programs that ask, or that say so, run unchanged."""

from __future__ import annotations

from typing import Any, final

_TYPES = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, "
    "mps, meta, hpu, mtia, privateuseone"
)


@final
class device:
    """The name of a device: ``device("cpu")``. Others can be named, but nothing can be put there.

    Raises RuntimeError for a name that torch does not know.
    """

    __module__ = "minigrad"
    __slots__ = ("index", "type")
    type: str
    index: int | None

    def __init__(self, type: str | device, index: int | None = None) -> None:
        name, colon, number = str(type).partition(":")
        if name not in _TYPES.split(", "):
            raise RuntimeError(
                f"Expected one of {_TYPES} device type at start of device string: {name}"
            )
        if colon and (not number.isdigit() or number != str(int(number))):
            raise RuntimeError(f"Invalid device string: '{type}'")
        self.type = name
        self.index = int(number) if number else index

    def __enter__(self) -> device:
        """Inside ``with device("cpu"):`` tensors are made where they always are."""
        if self.type != "cpu":
            raise NotImplementedError("minigrad computes on the CPU only")
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __reduce__(self) -> tuple[Any, ...]:
        return device, (self.type, self.index)


CPU = device("cpu")


def get_default_device() -> device:
    """Where tensors are made: on the CPU."""
    return CPU


def set_default_device(device: Any) -> None:
    """Taken for the CPU. Raises NotImplementedError for others."""
    if device is not None:
        Device(device).__enter__()


Device = device
