"""SVG + trace -> one self-contained HTML: an animated picture that a script turns into a player."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import Any

from viz.page import clean
from viz.web import inert, palette, source, theme

from .animated import MOST_FRAMES, animated_svg
from .frames import Frame, with_questions

HERE = Path(__file__).parent
LETTERS = 1000  # of the sentences that stand for the picture where it is not seen


def player_html(
    svg: str,
    steps: list[Frame],
    label: str,
    checks: dict[str, str] | None = None,
    insides: dict[str, Any] | None = None,
) -> str:
    """The player's HTML fragment for the picture `svg` and the frames `steps`.

    `label` names the player for who cannot see it. `checks` says what a click on a part tells,
    `insides` what one on a folded box opens (see inside.py).

    Its first element is an `<img>` of the animated SVG: all that is left where scripts are not run.
    Deterministic: the same picture and frames give the same text.
    """
    told = with_questions(steps)
    picture = animated_svg(svg, told)
    plain = [step.plain() for step in steps]
    if len(told) <= MOST_FRAMES:  # then their sentences stand in the picture already
        for frame in plain:
            del frame["text"]
    found: dict[str, Any] = {"label": label, "frames": plain}
    parts = ["player.js"]
    if checks:
        found["checks"] = checks
    if any(step.asks for step in steps):
        found["quiz"] = True
        parts.append("quiz.js")
    if insides:
        found["insides"] = insides
        parts.append("inside.js")
    script = "".join(source(HERE / part) for part in parts)
    data = inert(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    digest = hashlib.sha256((picture + data).encode()).hexdigest()[:12]
    image = base64.b64encode(picture.encode()).decode()
    words = html.escape(clean(" ".join(step.text for step in told), LETTERS), quote=True)
    # The script mounts every copy of this output that has no player yet, for `currentScript` is not
    # reliable.
    return f"""<div class="minigrad-player" data-player="{digest}">
<img src="data:image/svg+xml;base64,{image}" alt="{words}">
<style>
{theme(".minigrad-player")}</style>
<script type="text/css">
{palette()}
{source(HERE / "player.css")}</script>
<script type="application/json">{data}</script>
<script>
(() => {{
{script}
for (const host of document.querySelectorAll('[data-player="{digest}"]'))
  if (!host.shadowRoot) mount(host);
}})();
</script>
</div>"""
