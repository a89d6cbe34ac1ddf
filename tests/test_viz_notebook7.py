"""Outputs in Notebook 7: a real server, kernel and Chromium, by mouse and by keyboard alone."""

import pytest
from test_jupyterlab import running
from test_viz_lab import Notebook

pytest.importorskip("notebook", minversion="7")

CELLS = [
    "import minigrad as torch\nimport viz",
    "x = torch.tensor(2.0, requires_grad=True)\nviz.animate(x * 3)",
    "viz.draw(x * 3)",
    "viz.explore(lambda x: x * x, x=(-3, 3, 1.0), engine=torch)",
    "viz.animate(x * 5, quiz=True)",
    "h = x\nfor _ in range(90):\n    h = (h * x).tanh()\nviz.draw(h)",
    "viz.animate(h)",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    yield from running("notebook", tmp_path_factory.mktemp("notebook7"))


@pytest.fixture(scope="module")
def page(browser, server):
    """A notebook of these cells after all of them have run."""
    url, token = server
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(30_000)
    Notebook.put(page, url, token, "play.ipynb", Notebook.of(CELLS))
    page.goto(f"{url}notebooks/play.ipynb?token={token}")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(
        """async () => {
            await jupyterapp.shell.currentWidget.context.ready;
            await jupyterapp.shell.currentWidget.sessionContext.ready;
        }"""
    )
    page.problems = []
    page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    yield page
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()


def player(page, number=0):
    found = page.get_by_role("group", name="Backward pass, step by step").nth(number)
    found.scroll_into_view_if_needed()
    return found


def step(page):
    return int(player(page).get_by_role("slider", name="Step").input_value())


def test_play_and_step(page):
    shown = player(page)
    shown.get_by_role("button", name="Step forward").click()
    assert step(page) == 1
    assert shown.locator(".sentence").inner_text() == "Start: ∂output/∂output = 1."
    shown.get_by_role("combobox", name="Speed").select_option("4")
    shown.get_by_role("button", name="Play").click()
    shown.get_by_text("x.grad: None + 3 = 3").wait_for()
    assert page.problems == []


def test_keys_go_to_the_player_that_has_the_focus(page):
    shown = player(page)
    shown.get_by_role("group", name="Graph").focus()
    page.keyboard.press("Home")
    assert step(page) == 0
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert step(page) == 2
    page.keyboard.press("ArrowLeft")
    assert step(page) == 1
    assert page.problems == []


def test_the_slider_goes_to_any_step(page):
    shown = player(page)
    slider = shown.get_by_role("slider", name="Step")
    slider.fill("2")
    assert shown.locator(".sentence").inner_text().startswith("MulBackward0 receives")
    slider.focus()
    page.keyboard.press("End")
    assert step(page) == int(slider.get_attribute("max"))
    page.keyboard.press("Home")
    assert step(page) == 0
    assert page.problems == []


def test_a_quiz_asks_diagnoses_and_goes_on(page):
    asked = player(page, 1)
    cells = page.locator(".jp-Cell").count()
    field = asked.get_by_role("textbox")
    field.click()
    page.keyboard.type("dd1")  # in a notebook, d d deletes a cell
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert asked.get_by_role("status").inner_text() == "Right: 1."
    field.press_sequentially("1")
    field.press("Enter")
    said = asked.get_by_role("status").inner_text()
    assert said.startswith("Not yet. That is what arrives, passed on unchanged.")
    field.fill("5")
    field.press("Enter")
    field.fill("5")  # an earlier cell has left 3 in x.grad
    field.press("Enter")
    assert "You overwrote instead of adding" in asked.get_by_role("status").inner_text()
    field.fill("8")
    field.press("Enter")
    assert asked.get_by_text("3 of 3 predicted, 1 at the first try").is_visible()
    assert page.locator(".jp-Cell").count() == cells
    assert page.problems == []


def test_groups_of_a_drawing_fold_and_can_be_searched(page):
    drawing = page.locator(".viz-drawing").nth(1)
    drawing.scroll_into_view_if_needed()
    folded = drawing.get_by_role("button", expanded=False).first
    before = drawing.get_by_role("button").count()
    folded.click()
    assert drawing.get_by_role("button").count() > before
    page.keyboard.press("Enter")  # the focus is on what was opened
    assert drawing.get_by_role("button").count() == before
    page.keyboard.press("/")
    page.keyboard.type("Tanh")
    page.keyboard.press("Enter")
    assert drawing.locator(".found").inner_text().startswith("1 of ")
    assert page.problems == []


def test_a_folded_box_of_a_replay_opens(page):
    large = player(page, 2)
    box = large.locator("[data-opens]").first
    steps = int(large.get_by_role("slider", name="Step").get_attribute("max"))
    box.focus()
    page.keyboard.press("Enter")
    assert large.get_by_role("region").first.is_visible()
    assert int(large.get_by_role("slider", name="Step").get_attribute("max")) > steps
    box.click()
    assert large.get_by_role("region").count() == 0
    assert page.problems == []


def test_a_drawing_answers(page):
    drawing = page.locator(".viz-drawing").first
    drawing.scroll_into_view_if_needed()
    drawing.get_by_role("button", name="MulBackward0").click()
    assert drawing.get_by_text("∂(a·b)/∂a = b").first.is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert drawing.locator(".card strong").inner_text() == "x"
    assert page.problems == []


def test_arrow_keys_move_the_slider(page):
    live = page.locator(".viz-live")
    live.scroll_into_view_if_needed()
    live.locator("[role=status]", has_text="x = 1: the output is 1, x.grad = 2.").wait_for()
    live.get_by_role("slider").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    said = "x = 1.25: the output is 1.562, x.grad = 2.5."
    live.locator("[role=status]", has_text=said).wait_for()
    live.get_by_role("button", name="Check by finite differences").click()
    live.get_by_role("cell", name="The two agree.").first.wait_for()
    page.keyboard.press("Tab")
    assert page.problems == []
