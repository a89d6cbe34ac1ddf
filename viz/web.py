"""What all HTML outputs share: the palette as CSS, data that stays data, files without comments."""

from __future__ import annotations

import html
import re
from pathlib import Path

from .ink import colours
from .theme import DARK, LIGHT, MONO, SANS, Palette

COMMENT = re.compile(r"^/\*.*\*/$|(^|\s)//(\s.*)?$")
THEME = Path(__file__).parent / "player" / "theme.css"
PAGE = (
    ":root { color-scheme: light dark; }"
    f"body {{ margin: 0 auto; max-width: 1100px; padding: 12px; font-family: {SANS}; }}"
    "h1 { margin: 4px 0 12px; font-size: 18px; }"
)


def page(title: str, heading: str, inner: str) -> str:
    """A file of its own around one player or drawing, which takes the keys of the whole page."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{PAGE}</style>\n"
        f'<body class="viz-alone">\n<main>\n<h1>{html.escape(heading)}</h1>\n{inner}\n</main>\n'
        "</body>\n</html>\n"
    )


def look(scope: str) -> str:
    """The colours as CSS for a picture on the page, below what `scope` selects."""
    return theme(scope) + palette().replace(":host", scope)


def theme(scope: str) -> str:
    """Light or dark as the page around what `scope` selects."""
    return source(THEME).replace(".minigrad-player", scope)


def palette() -> str:
    """The palette, for the picture as rules and for what is around it as custom properties."""
    roles: dict[str, dict[str, str]] = {
        part: {role: _both(light[role], dark[role]) for role in light}
        for part, light, dark in (("fill", LIGHT.fill, DARK.fill), ("line", LIGHT.line, DARK.line))
    }
    both = Palette(
        background="none",  # the player's own paper shows through
        text=_both(LIGHT.text, DARK.text),
        faint=_both(LIGHT.faint, DARK.faint),
        edge=_both(LIGHT.edge, DARK.edge),
        grad=_both(LIGHT.grad, DARK.grad),
        heat=tuple(map(_both, LIGHT.heat, DARK.heat)),
        fill=roles["fill"],
        line=roles["line"],
    )
    paper = _both(LIGHT.background, DARK.background)
    return (
        f":host {{ --paper: var(--jp-layout-color0, {paper}); --ink: {both.text}; "
        f"--faint: {both.faint}; --edge: {both.edge}; --grad: {both.grad}; "
        f"--focus: {both.line['leaf']}; --good: {both.line['output']}; "
        f"--sans: {SANS}; --mono: {MONO}; }}\n" + "\n".join(colours(both))
    )


def _both(light: str, dark: str) -> str:
    """A CSS colour that follows the page around it."""
    return light if light == dark else f"light-dark({light}, {dark})"


def inert(text: str) -> str:
    """JSON that holds no character which could end its <script>, whatever names it contains."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def source(file: Path) -> str:
    """A script or a style sheet without its indents and its comments."""
    lines = file.read_text(encoding="utf-8").splitlines()
    bare = "".join(f"{line}\n" for line in (COMMENT.sub("", x).strip() for x in lines) if line)
    return re.sub(r"([,:;{]) +| +(?={)", r"\1", bare) if file.suffix == ".css" else bare
