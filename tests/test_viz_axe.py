"""axe-core, the accessibility checker, finds nothing in any player. In a real Chromium."""

import importlib

import pytest
from viz_examples import notes, vectors

import viz

pytest.importorskip("axe_playwright_python")


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def replay():
    engine = importlib.import_module("minigrad")
    root, names = notes(engine)
    with viz.record(names=names) as recording:
        root.backward(retain_graph=True)
        root.backward()
    return recording


def quiz():
    engine = importlib.import_module("minigrad")
    root, names = notes(engine)
    return viz.animate(root, names=names, quiz=True)


def comparison():
    return viz.compare(replay(), replay(), names=("one", "other"))


def large():
    engine = importlib.import_module("minigrad")
    root, names = vectors(engine)
    return viz.animate(root, names=names, direction="LR")


def folded():
    engine = importlib.import_module("minigrad")
    x = engine.tensor(2.0, requires_grad=True)
    h = x
    for _ in range(120):
        h = (h * 0.5 + x).tanh()
    return viz.animate(h, names={"x": x})


def failed():
    engine = importlib.import_module("minigrad")
    x = engine.tensor(2.0, requires_grad=True)
    y = x * x
    with viz.record(names={"x": x}) as recording:
        y.backward()
        with pytest.raises(RuntimeError, match="second time"):
            y.backward()
    return recording


STATES = (
    "() => 0",
    """() => {
        const player = document.querySelector(".minigrad-player").shadowRoot;
        for (let i = 0; i < 4; i++) player.querySelector("[data-action=forward]").click();
        player.querySelector("[data-action=reveal]")?.click();
        player.querySelector("[data-opens]")
            ?.dispatchEvent(new MouseEvent("click", {bubbles: true}));
    }""",
    """() => {
        const player = document.querySelector(".minigrad-player").shadowRoot;
        player.querySelector(".inside [data-opens]")
            ?.dispatchEvent(new MouseEvent("click", {bubbles: true}));
        while (player.querySelector(".row:not([hidden]) [data-action=reveal]"))
            player.querySelector("[data-action=reveal]").click();
        player.querySelector("[data-action=last]").click();
    }""",
)


@pytest.mark.parametrize(
    "make", [replay, quiz, comparison, large, folded, failed], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 400])
def test_axe_finds_nothing(browser, axe, tmp_path, make, scheme, width):
    make().save(tmp_path / "a.html")
    page = browser.new_page(
        color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900}
    )
    page.goto((tmp_path / "a.html").as_uri())
    for script in STATES:
        page.evaluate(script)
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()
