"""The course as a newcomer meets it: a real Chromium, a real JupyterLab, a real kernel."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHAPTER = "00_start_here.ipynb"
NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
CHAPTERS = sorted(path.name for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
PLAYER = {"name": "Backward pass, step by step"}
ROOM = 650  # pixels that JupyterLab leaves for cells on a screen of 1366 × 768

SETTINGS = {
    # Lab renders cells as they scroll into view; here all of them shall be there to be looked at.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    # A notebook that was run and saved is trusted when it is opened again.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
# The news extension asks for the network.
PAGE = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A running JupyterLab with a home of its own, on a copy of the course: (URL, token)."""
    yield from running("jupyterlab", tmp_path_factory.mktemp("jupyter"))


def running(module, home):
    """A server of that package until the generator ends."""
    shutil.copytree(NOTEBOOKS, home / "notebooks")
    for name, settings in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    (home / "config" / "labconfig").mkdir(parents=True)
    (home / "config" / "labconfig" / "page_config.json").write_text(json.dumps(PAGE))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    log = (home / "log").open("w+", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", module, "--no-browser", "--allow-root", "--port=0"]
        + ["--expose-app-in-browser", f"--ServerApp.root_dir={home / 'notebooks'}"],
        env=os.environ | {name: str(home / place) for name, place in places.items()},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield address(server, home)
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()


def address(server, home):
    """(URL, token) of a JupyterLab that is starting."""
    for _ in range(600):
        for path in (home / "runtime").glob("jpserver-*.json"):
            if text := path.read_text(encoding="utf-8"):
                found = json.loads(text)
                return found["url"], found["token"]
        assert server.poll() is None, (home / "log").read_text(encoding="utf-8")
        time.sleep(0.1)
    raise TimeoutError((home / "log").read_text(encoding="utf-8"))


class Chapter:
    """A notebook, chapter 00, open in JupyterLab; `problems` holds the console's complaints."""

    def __init__(self, browser, lab, dark=False, name=CHAPTER):
        url, token = lab
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(30_000)
        self.problems = []
        self.page.on("console", lambda m: m.type == "error" and self.problems.append(m.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{url}lab/tree/{name}?token={token}&reset")
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(
            """async () => {
                await jupyterapp.restored;
                await jupyterapp.shell.currentWidget.context.ready;
                await jupyterapp.shell.currentWidget.sessionContext.ready;
            }"""
        )
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        self.command("apputils:change-theme", theme=theme)
        self.page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")

    def command(self, name, **arguments):
        """One of JupyterLab's commands; returns when it is done."""
        self.page.evaluate("([name, a]) => jupyterapp.commands.execute(name, a)", [name, arguments])

    def ask(self, code):
        """What `code` prints in the notebook's own kernel."""
        return self.page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({code});
                let printed = "";
                future.onIOPub = (m) => { printed += m.content.text ?? m.content.evalue ?? ""; };
                await future.done;
                return printed;
            }""",
            code,
        )

    def cells(self):
        """[(source, execution count, kinds of output)] of the code cells, as Lab holds them."""
        return self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.model.sharedModel.cells
                .filter((cell) => cell.cell_type === "code")
                .map((cell) => [cell.source, cell.execution_count,
                                cell.getOutputs().map((output) => output.output_type)])"""
        )

    def players(self):
        return self.page.get_by_role("group", **PLAYER)

    def pictures(self):
        return self.page.locator(".minigrad-player > img")


@pytest.fixture
def chapter(browser, lab):
    """Opens chapter 00, or that of a `name`; `dark=True` in the dark theme. Closes its tabs."""
    opened = []

    def open_chapter(**options):
        opened.append(Chapter(browser, lab, **options))
        return opened[-1]

    yield open_chapter
    for each in opened:
        each.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        each.page.close()


# What the picture in a player says: {name of a leaf: its `.grad`}.
GRADS_ON_SCREEN = """(player) => Object.fromEntries(
    [...player.querySelectorAll(".node.leaf")]
        .map((leaf) => [leaf, player.querySelector(`#${leaf.id}-acc`)])
        .filter(([leaf, grad]) => grad?.textContent)
        .map(([leaf, grad]) => [leaf.textContent.trim().split(/\\s+/)[0], grad.textContent]))"""


INK_AND_PAPER = """(player) => [getComputedStyle(player).color,
    getComputedStyle(document.querySelector(".jp-Notebook")).backgroundColor]"""

in_both_themes = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@in_both_themes
def test_run_all_then_play(chapter, dark):
    tab = chapter(dark=dark)
    tab.command("notebook:run-all-cells")
    cells = tab.cells()
    assert [source for source, _, kinds in cells if "error" in kinds] == []
    assert [count for _, count, _ in cells] == list(range(1, len(cells) + 1))

    player = tab.players().first
    player.scroll_into_view_if_needed()
    step = player.get_by_role("slider", name="Step")
    last = int(step.get_attribute("max"))
    player.get_by_role("combobox", name="Speed").select_option("4")
    player.get_by_role("button", name="Play").click()
    seen, sentences = [], set()
    for _ in range(1200):
        seen.append(int(step.input_value()))
        sentences.add(player.locator(".sentence").inner_text())
        if seen[-1] == last:
            break
        tab.page.wait_for_timeout(50)
    assert seen == sorted(seen)
    assert set(seen) == set(range(last + 1))
    assert len(sentences) == last + 1
    player.get_by_role("button", name="Play").wait_for()  # no longer "Pause": it stopped by itself

    shown = player.evaluate(GRADS_ON_SCREEN)
    assert len(shown) >= 2
    for name, text in shown.items():
        held = float(tab.ask(f"print({name}.grad.item())"))
        number = float(re.fullmatch(r"\.grad\s(\S+)", text)[1].replace("−", "-"))
        assert number == pytest.approx(held, rel=5e-4), name

    ink, paper = player.evaluate(INK_AND_PAPER)
    assert (brightness(ink) > brightness(paper)) is dark
    assert contrast(ink, paper) >= 4.5
    assert tab.problems == []


# How wide each picture of a cell is, once all of them are there.
WIDTHS = """async () => {
    const images = [...document.querySelectorAll(".jp-OutputArea-output img")];
    await Promise.all(images.map((image) => image.decode()));
    return images.map((image) => image.naturalWidth);
}"""


def pictures_of(name):
    """How many outputs of the committed chapter are pictures."""
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    kinds = [out.get("data", {}) for cell in cells for out in cell.get("outputs", [])]
    return sum("image/png" in data or "<img" in data.get("text/html", "") for data in kinds)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chapter_shows_its_pictures_untrusted_and_runs_from_top_to_bottom(chapter, name):
    tab = chapter(name=name)
    widths = tab.page.evaluate(WIDTHS)
    assert tab.players().count() == 0  # nobody trusts it yet
    assert len(widths) == pictures_of(name) > 0
    assert min(widths) > 150
    tab.command("notebook:run-all-cells")
    cells = tab.cells()
    assert [source for source, _, kinds in cells if "error" in kinds] == []
    assert [count for _, count, _ in cells] == list(range(1, len(cells) + 1))
    heights = tab.players().evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert max(heights, default=0) <= ROOM
    assert tab.problems == []


@in_both_themes
def test_untrusted_shows_the_animated_picture(chapter, dark):
    tab = chapter(dark=dark)
    picture = tab.pictures().first
    picture.scroll_into_view_if_needed()
    assert tab.players().count() == 0
    assert picture.evaluate("(image) => image.complete && image.naturalWidth") > 200
    assert "backward" in picture.get_attribute("alt")
    first = picture.screenshot()
    for _ in range(100):
        tab.page.wait_for_timeout(100)
        if picture.screenshot() != first:
            break
    else:
        pytest.fail("the picture does not move")
    assert tab.problems == []


def brightness(colour):
    """Relative luminance of a CSS `rgb(…)` colour, 0 to 1, as in the W3C's rules."""
    channels = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    """Contrast of two CSS colours: 1 (equal) to 21 (black on white)."""
    dim, bright = sorted([brightness(one), brightness(other)])
    return (bright + 0.05) / (dim + 0.05)
