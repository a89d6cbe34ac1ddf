"""SVG + trace -> one self-contained HTML: an animated picture that a script turns into a player."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path

from viz.ink import colours
from viz.page import clean
from viz.theme import DARK, LIGHT, MONO, SANS, Palette

from .animated import MOST_FRAMES, animated_svg
from .frames import Frame, with_questions

HERE = Path(__file__).parent
LETTERS = 1000  # of the sentences that stand for the picture where it is not seen


def player_html(
    svg: str, steps: list[Frame], label: str, checks: dict[str, str] | None = None
) -> str:
    """The player's HTML fragment for the picture `svg` and the frames `steps`.

    `label` names the player for who cannot see it. `checks` says what a click on a part tells.

    Its first element is an `<img>` of the animated SVG: all that is left where scripts are not run.
    Deterministic: the same picture and frames give the same text.
    """
    told = with_questions(steps)
    picture = animated_svg(svg, told)
    plain = [step.plain() for step in steps]
    if len(told) <= MOST_FRAMES:  # then their sentences stand in the picture already
        for frame in plain:
            del frame["text"]
    found = {"label": label, "frames": plain, **({"checks": checks} if checks else {})}
    data = _inert(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    digest = hashlib.sha256((picture + data).encode()).hexdigest()[:12]
    image = base64.b64encode(picture.encode()).decode()
    words = html.escape(clean(" ".join(step.text for step in told), LETTERS), quote=True)
    return f"""<div class="minigrad-player" data-player="{digest}">
<img src="data:image/svg+xml;base64,{image}" alt="{words}">
<style>
{_source("theme.css")}</style>
<script type="text/css">
{_colours()}
{_source("player.css")}</script>
<script type="application/json">{data}</script>
<script>
(() => {{
{_source("player.js")}
// Every copy of this output on the page that has no player yet; `currentScript` is not reliable.
for (const host of document.querySelectorAll('[data-player="{digest}"]'))
  if (!host.shadowRoot) mount(host);
}})();
</script>
</div>"""


def _both(light: str, dark: str) -> str:
    """A CSS colour that follows the page around it."""
    return light if light == dark else f"light-dark({light}, {dark})"


def look(scope: str) -> str:
    """The player's colours as CSS for a picture that is no player, below what `scope` selects."""
    theme = _source("theme.css").replace(".minigrad-player", scope)
    return theme + _colours().replace(":host", scope)


def _colours() -> str:
    """The palette, for the picture as rules and for the rest of the player as custom properties."""
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


def _inert(text: str) -> str:
    """JSON that holds no character which could end its <script>, whatever names it contains."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _source(name: str) -> str:
    """A file of the player without its indents and its lines of comment."""
    lines = (line.strip() for line in (HERE / name).read_text(encoding="utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
