"""SVG + trace -> a player: frames (what each step changes), an animated SVG, and the HTML."""

from .animation import SUFFIXES, Animation

__all__ = ["SUFFIXES", "Animation"]
