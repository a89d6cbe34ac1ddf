"""Autograd you can see: draw, record and replay any graph that speaks PyTorch's graph protocol."""

from .animate import animate
from .compare import Comparison, compare
from .draw import Drawing, draw
from .explore import Explorer, explore
from .magic import load_ipython_extension, unload_ipython_extension
from .player import Animation
from .record import Recording, record

__all__ = [
    "Animation",
    "Comparison",
    "Drawing",
    "Explorer",
    "Recording",
    "animate",
    "compare",
    "draw",
    "explore",
    "load_ipython_extension",
    "record",
    "unload_ipython_extension",
]
