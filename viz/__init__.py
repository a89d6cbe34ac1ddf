"""Autograd you can see: draw, record and replay any graph that speaks PyTorch's graph protocol."""

from .draw import Drawing, draw
from .record import Recording, record

__all__ = ["Drawing", "Recording", "draw", "record"]
