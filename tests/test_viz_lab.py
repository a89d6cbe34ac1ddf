"""Quiz, %%watch and explore as a reader meets them: a real JupyterLab, kernel and Chromium."""

import json

import nbformat
import pytest
from test_jupyterlab import Chapter, lab  # noqa: F401 (a fixture)

CELLS = [
    "import minigrad as torch\nimport viz\n%load_ext viz",
    "%%watch\nw = torch.tensor(3.0, requires_grad=True)\nloss = w * w\nloss.backward()",
    "x = torch.tensor(2.0, requires_grad=True)\nviz.animate(x * 3, quiz=True)",
    "viz.explore(lambda x: x * x, x=(-3, 3, 1.0), engine=torch)",
    "viz.explore(lambda a, b: (a * b).sin(), a=x, b=2.0)",
]


class Notebook(Chapter):
    """A notebook of these cells in a tab of JupyterLab."""

    def __init__(self, browser, lab, name, cells=None):  # noqa: F811
        url, token = lab
        page = browser.new_page()
        if cells is not None:
            self.put(page, url, token, name, self.of(cells))
        page.close()
        super().__init__(browser, lab, name=name)

    @staticmethod
    def of(cells):
        return nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(c) for c in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )

    @staticmethod
    def put(page, url, token, name, content):
        done = page.request.put(
            f"{url}api/contents/{name}",
            headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
            data=json.dumps({"type": "notebook", "content": content}),
        )
        assert done.ok, done.text()

    def saved(self):
        """The notebook as Lab would save it."""
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.model.toJSON()")


@pytest.fixture(scope="module")
def run(browser, lab):  # noqa: F811
    """The notebook after all its cells have run."""
    tab = Notebook(browser, lab, "play.ipynb", CELLS)
    tab.command("notebook:run-all-cells")
    assert [source for source, _, kinds in tab.cells() if "error" in kinds] == []
    yield tab
    tab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    tab.page.close()


def test_a_watched_cell_is_a_player(run):
    player = run.page.get_by_role("group", name="Cell, line by line")
    player.scroll_into_view_if_needed()
    for _ in range(3):
        player.get_by_role("button", name="Step forward").click()
    assert player.locator(".sentence").inner_text().startswith("Line 4 goes backward.")
    assert run.ask("print(w.grad.item())").strip() == "6.0"
    assert run.problems == []


def test_what_is_typed_in_a_quiz_is_no_command_to_the_notebook(run):
    player = run.page.get_by_role("group", name="Backward pass, step by step")
    field = player.get_by_role("textbox")
    field.scroll_into_view_if_needed()
    field.click()
    before = run.cells()
    run.page.keyboard.type("ab dd 1")  # in a notebook: new cells above and below, cells deleted
    run.page.keyboard.press("Control+a")
    run.page.keyboard.type("1")
    run.page.keyboard.press("Enter")
    assert player.get_by_role("status").inner_text() == "Right: 1."
    assert run.cells() == before
    field.press_sequentially("3")
    field.press("Enter")
    assert player.get_by_text("2 of 2 predicted, 2 at the first try").is_visible()
    assert run.problems == []


def test_sliders_move_the_numbers_and_not_the_picture(run):
    live = run.page.locator(".viz-live").first
    live.scroll_into_view_if_needed()
    assert not run.page.locator(".viz-still").first.is_visible()
    live.locator("[role=status]", has_text="x = 1: the output is 1, x.grad = 2.").wait_for()
    ground = live.locator("svg").first.evaluate("(svg) => svg.outerHTML")
    handle = live.get_by_role("slider")
    handle.focus()
    for _ in range(5):
        run.page.keyboard.press("ArrowRight")
    live.locator(
        "[role=status]", has_text="x = 1.25: the output is 1.562, x.grad = 2.5."
    ).wait_for()
    live.locator("text", has_text="slope = x.grad = 2.5").wait_for()
    assert live.locator("svg").first.evaluate("(svg) => svg.outerHTML") == ground
    places = [live.locator(".viz-graph").nth(i).bounding_box() for i in (0, 2)]
    assert places[0]["x"] == pytest.approx(places[1]["x"], abs=1)
    assert places[0]["y"] == pytest.approx(places[1]["y"], abs=1)
    assert run.page.locator(".viz-live").nth(1).get_by_role("slider").count() == 2
    assert run.problems == []


def test_the_saved_notebook_holds_no_widget_state_and_shows_pictures_untrusted(run, browser, lab):  # noqa: F811
    content = run.saved()
    assert "widgets" not in content["metadata"]
    for cell in content["cells"]:
        cell["metadata"].pop("trusted", None)
    tab = Notebook(browser, lab, "play2.ipynb", [])
    Notebook.put(tab.page, *lab, "untrusted.ipynb", content)
    tab.page.close()
    tab = Notebook(browser, lab, "untrusted.ipynb")
    pictures = tab.page.locator("img[src^='data:image/svg+xml']")
    assert pictures.count() == 4
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert picture.evaluate("(image) => image.complete && image.naturalWidth") > 150
    assert tab.page.get_by_role("group", name="Cell, line by line").count() == 0
    tab.page.close()
