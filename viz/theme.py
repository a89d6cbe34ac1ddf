"""The one look of every picture: colours by role, type, and the dark variant of both.

Hues are Okabe and Ito's, which stay apart for every kind of colour vision; text is darker than its
hue where contrast asks for it (4.5 for text, 3 for outlines). Shape and outline repeat each role.
"""

from __future__ import annotations

from dataclasses import dataclass

SANS = (
    "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', 'PingFang SC', 'Noto Sans CJK SC', "
    "sans-serif"
)
MONO = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace"


@dataclass(frozen=True)
class Palette:
    """Colours of one scheme: `fill`, `line` and `text` by role."""

    background: str
    text: str
    faint: str
    edge: str
    grad: str
    fill: dict[str, str]
    line: dict[str, str]
    heat: tuple[str, ...] = ()  # of a thumbnail: most negative, …, zero, …, most positive


LIGHT = Palette(
    background="#ffffff",
    text="#1d2129",
    faint="#5c6370",
    edge="#8b919b",
    grad="#b44c00",
    fill={
        "leaf": "#e6f1f9",
        "op": "#f6f7f8",
        "output": "#e2f4ed",
        "saved": "#fdf2da",
        "freed": "none",
        "more": "none",
        "group": "#eceef1",
        "module": "#fafafb",
        "second": "#fbeee6",
    },
    line={
        "leaf": "#0072b2",
        "op": "#8b919b",
        "output": "#008060",
        "saved": "#b07800",
        "freed": "#8b919b",
        "more": "#8b919b",
        "group": "#8b919b",
        "module": "#8b919b",
        "second": "#b44c00",
    },
    heat=("#0072b2", "#5aa5d2", "#b3d6ea", "#e9ebee", "#f5c6a8", "#e58d55", "#d55e00"),
)
DARK = Palette(
    background="#14171c",
    text="#eceff4",
    faint="#a9b1bd",
    edge="#7f8895",
    grad="#ff9a57",
    fill={
        "leaf": "#10293b",
        "op": "#22262d",
        "output": "#0d2e26",
        "saved": "#33270c",
        "freed": "none",
        "more": "none",
        "group": "#2b3038",
        "module": "#191d23",
        "second": "#371d0d",
    },
    line={
        "leaf": "#56b4e9",
        "op": "#7f8895",
        "output": "#2fc79b",
        "saved": "#e69f00",
        "freed": "#7f8895",
        "more": "#7f8895",
        "group": "#7f8895",
        "module": "#7f8895",
        "second": "#ff9a57",
    },
    heat=("#56b4e9", "#3f83a9", "#2c5670", "#2e333b", "#6f4528", "#b46a38", "#ff9a57"),
)
