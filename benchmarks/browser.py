"""How fast a player is in Chromium: its first paint, and a step, on a graph of 500 nodes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import graphs
from .facts import Fact, at_most

NODES, STEP, PAINT = 500, 8, 200  # milliseconds
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

STEPS = """async (next, count) => {
    const times = [];
    for (let i = 0; i < count; i++) {
        const start = performance.now();
        next.click();
        document.body.getBoundingClientRect();  // styles and layout count too
        times.push(performance.now() - start);
        await new Promise(requestAnimationFrame);
    }
    return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}"""
FIRST_PAINT = """() => new Promise((resolve) => {
    const look = () => {
        const [paint] = performance.getEntriesByName("first-contentful-paint");
        paint ? resolve(paint.startTime) : requestAnimationFrame(look);
    };
    look();
})"""


def chromium() -> str | None:
    """The path of a Chromium or Chrome; MINIGRAD_CHROMIUM overrides the search."""
    named = os.environ.get("MINIGRAD_CHROMIUM")
    found = [named] if named is not None else [shutil.which(name) for name in NAMES]
    return next((path for path in found if path), None)


def facts(engines: dict[str, Any], quick: bool) -> Iterator[Fact]:
    """A player, saved as HTML and opened from its file."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield Fact("player in Chromium", "playwright is not installed")
        return
    path = chromium()
    if path is None:
        yield Fact("player in Chromium", "there is no Chromium")
        return
    import viz

    root = graphs.of_size(graphs.mlp, engines["minigrad"], NODES)
    what = f"player of {graphs.nodes(root)} nodes"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "player.html"
        viz.animate(root).save(file)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(reduced_motion="reduce")
        page.goto("about:blank")
        paints = []
        for _ in range(1 if quick else 5):
            page.goto(file.as_uri())
            paints.append(page.evaluate(FIRST_PAINT))
        yield at_most(f"{what}: first paint", sorted(paints)[len(paints) // 2], PAINT, " ms")
        next = page.get_by_role("button", name="Step forward", exact=True)
        yield at_most(f"{what}: a step", next.evaluate(STEPS, 20 if quick else 200), STEP, " ms")
        browser.close()
