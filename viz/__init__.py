"""Autograd you can see: draw, record and replay any graph that speaks PyTorch's graph protocol."""

from .animate import animate
from .draw import Drawing, draw
from .player import Animation
from .record import Recording, record

__all__ = ["Animation", "Drawing", "Recording", "animate", "draw", "record"]
