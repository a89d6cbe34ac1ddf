"""A drawing in a real Chromium: it folds, is searched, moved and read, by mouse and by keyboard."""

import importlib
import re

import pytest
from viz_examples import notes, unrolled

import viz

CARD = "section.card"


@pytest.fixture(scope="module")
def torch():
    return importlib.import_module("minigrad")


def net_of(torch, blocks=3):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down = nn.Linear(4, 8), nn.Linear(8, 4)

        def forward(self, x):
            return x + self.down(torch.relu(self.up(x)))

    torch.manual_seed(0)
    return nn.Sequential(*(Block() for _ in range(blocks)))


@pytest.fixture(scope="module")
def deep(torch):
    """A drawing whose modules are folded at first: 12 blocks."""
    net = net_of(torch, 12)
    loss = (net(torch.ones(2, 4)) ** 2).mean()
    return viz.draw(loss, model=net, names={"loss": loss})


@pytest.fixture(scope="module")
def shallow(torch):
    out, names = notes(torch)
    return viz.draw(out, names=names)


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a drawing as a file, offline; at the end nothing may have gone wrong on the page."""
    pages, trouble = [], []

    def open(drawing, width=900, height=800, **options):
        drawing.save(tmp_path / "drawing.html")
        page = browser.new_page(viewport={"width": width, "height": height}, **options)
        page.context.set_offline(True)
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto((tmp_path / "drawing.html").as_uri())
        page.wait_for_selector("[data-ready]")
        pages.append(page)
        return page

    yield open
    for page in pages:
        page.close()
    assert trouble == []


def ids(page):
    return page.eval_on_selector_all(".picture .node", "nodes => nodes.map(n => n.id)")


def focused(page):
    return page.evaluate("document.querySelector('.viz-drawing').shadowRoot.activeElement?.id")


def test_the_viewer_draws_what_the_image_shows(opened, deep, shallow, torch):
    """Places and lines that the script computes are those of the picture that Python made."""
    loss, names = unrolled(torch, steps=30)
    for drawing in (deep, shallow, viz.draw(loss, names=names)):
        page = opened(drawing)
        image = re.sub(r"<style>.*?</style>", "", drawing.svg)
        page.evaluate(
            "svg => document.body.insertAdjacentHTML('beforeend', `<div id=still>${svg}</div>`)",
            image,
        )
        apart = page.evaluate(
            """() => {
              const {shadowRoot} = document.querySelector('.viz-drawing');
              const live = shadowRoot.querySelector('.graph');
              const still = document.querySelector('#still svg');
              const place = (root, element) => {
                const a = root.querySelector('.wires, g > g').getBoundingClientRect();
                const b = element.getBoundingClientRect();
                return [b.x - a.x, b.y - a.y, b.width, b.height];
              };
              let far = 0, seen = 0;
              for (const old of still.querySelectorAll('.node, .edge')) {
                const now = live.querySelector(`[id="${old.id}"]`);
                const box = (e) => e.querySelector('.box, .data') ?? e;
                const [a, b] = [place(still, box(old)), place(live, box(now))];
                a.forEach((x, i) => (far = Math.max(far, Math.abs(x - b[i]))));
                seen += 1;
              }
              return [seen, far];
            }"""
        )
        assert apart[0] > 5
        assert apart[1] < 1.5


def test_a_click_unfolds_and_folds(opened, deep):
    page = opened(deep)
    before = ids(page)
    group = page.locator(".node.group").first
    id = group.get_attribute("id")
    group.click()
    assert len(ids(page)) > len(before)
    assert page.locator(f"[id={id}]").get_attribute("aria-expanded") == "true"
    page.locator(f"[id={id}].title").click()
    assert ids(page) == before


CLASHES = """() => {
  const root = document.querySelector('.viz-drawing').shadowRoot;
  const all = [...root.querySelectorAll('.picture .node > .box')];
  const rects = all.map((b) => b.getBoundingClientRect());
  const clash = [];
  rects.forEach((a, i) => rects.slice(i + 1).forEach((b, j) => {
    const same = all[i].parentNode === all[i + 1 + j].parentNode;
    if (!same && a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      clash.push([all[i].parentNode.id, all[i + 1 + j].parentNode.id]);
  }));
  return [rects.length, clash];
}"""


def test_no_two_boxes_overlap_when_all_is_unfolded(opened, deep):
    page = opened(deep)
    page.get_by_role("button", name="Unfold all").click()
    clashes = page.evaluate(CLASHES)
    assert clashes[0] > 60
    assert clashes[1] == []
    assert not page.locator(".node.group").count()
    assert "folded" not in page.locator(".note").inner_text()
    page.get_by_role("button", name="Fold all").click()
    page.get_by_role("button", name="As at first").click()
    assert "folded:" in page.locator(".note").inner_text()


def test_what_is_folded_takes_no_more_room_than_its_box(opened, torch):
    """Modules that stand open at first are laid out as large as they are, and shrink."""
    net = net_of(torch, 2)
    page = opened(viz.draw((net(torch.ones(2, 4)) ** 2).mean(), model=net))
    size = "document.querySelector('.viz-drawing').shadowRoot.querySelector('.graph').viewBox"
    before = page.evaluate(f"{size}.baseVal.height")
    page.get_by_role("button", name="Fold all").click()
    folded = page.evaluate(f"{size}.baseVal.height")
    assert page.evaluate(CLASHES)[1] == []
    assert folded < before / 2
    loose = page.evaluate(
        """() => {
          const root = document.querySelector('.viz-drawing').shadowRoot;
          const near = (point, box) => point.x > box.left - 9 && point.x < box.right + 9
            && point.y > box.top - 9 && point.y < box.bottom + 9;
          const boxes = [...root.querySelectorAll('.picture .node')]
            .map((node) => node.getBoundingClientRect());
          return [...root.querySelectorAll('.edge .data')].filter((path) => {
            const {x, y} = path.getPointAtLength(0);
            const start = new DOMPoint(x, y).matrixTransform(path.getScreenCTM());
            return !boxes.some((box) => near(start, box));
          }).length;
        }"""
    )
    assert loose == 0
    page.get_by_role("button", name="Unfold all").click()
    assert page.evaluate(f"{size}.baseVal.height") == pytest.approx(before, abs=1)


def test_search_finds_what_is_folded(opened, deep):
    page = opened(deep)
    assert page.locator("[id]", has_text="7.down.weight").count() == 0
    page.get_by_label("Search the graph").fill("7.down.weight")
    assert page.locator(".found").inner_text() == "1 found"
    page.keyboard.press("Enter")
    assert page.locator(".found").inner_text() == "1 of 1"
    hit = page.locator(".node.hit")
    assert "7.down.weight" in hit.text_content()
    pane, box = page.locator(".picture").bounding_box(), hit.bounding_box()
    assert pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"]


def test_a_card_tells_what_is_known(opened, torch):
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g)
    page = opened(viz.draw(y.sum(), names={"x": x, "y": y}))
    page.locator(".node", has_text="MulBackward0").click()
    card = page.locator(CARD).inner_text()
    for words in ("y = MulBackward0", "∂(a·b)/∂a = b", "(2,) · float32", "[4, 9]", "keeps self",
                  "8 B", "hooks on its gradient"):  # fmt: skip
        assert words in card
    assert page.locator(".picture .gate").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator(CARD).is_visible()


def test_everything_by_keyboard_alone(opened, deep):
    page = opened(deep)
    here = "document.querySelector('.viz-drawing').shadowRoot.activeElement?.className"
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate(here) == "picture":
            break
    page.keyboard.press("ArrowDown")
    first = focused(page)
    assert first in ids(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) not in ("", first)
    for _ in range(40):
        if page.locator(f"[id='{focused(page)}'].group").count():
            break
        page.keyboard.press("ArrowDown")
    group, count = focused(page), len(ids(page))
    page.keyboard.press("Enter")
    assert len(ids(page)) > count and focused(page) == group
    page.keyboard.press("Enter")
    assert len(ids(page)) == count
    width = page.locator(".picture > svg").get_attribute("width")
    page.keyboard.press("+")
    assert float(page.locator(".picture > svg").get_attribute("width")) > float(width)
    page.keyboard.press("/")
    page.keyboard.type("loss")
    assert "found" in page.locator(".found").inner_text()


def test_pan_and_zoom(opened, deep):
    page = opened(deep, height=500)
    page.get_by_role("button", name="Unfold all").click()
    pane = page.locator(".picture")
    box = pane.bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    before = pane.evaluate("p => p.scrollTop")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 150, steps=4)
    page.mouse.up()
    assert pane.evaluate("p => p.scrollTop") == before - 150
    width = page.locator(".picture > svg").get_attribute("width")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(
        "w => +document.querySelector('.viz-drawing').shadowRoot"
        ".querySelector('.picture > svg').getAttribute('width') > w",
        arg=float(width),
    )


def test_what_is_too_tall_starts_at_its_root_and_can_be_seen_whole(opened, deep, shallow):
    seen = """id => {
      const root = document.querySelector('.viz-drawing').shadowRoot;
      const [box, pane] = [root.querySelector(`[id="${id}"]`), root.querySelector('.picture')]
        .map((each) => each.getBoundingClientRect());
      return pane.top <= box.top + 1 && box.bottom <= pane.bottom + 1;
    }"""
    page = opened(deep, height=500)
    page.get_by_role("button", name="Unfold all").click()
    root = deep.graph.roots[0]
    tops = [page.locator(f"[id='{id}']").bounding_box()["y"] for id in ids(page)]
    first = ids(page)[tops.index(min(tops))]
    assert page.evaluate(seen, root) and not page.evaluate(seen, first)
    map, hint = page.locator(".map"), page.locator(".hint")
    assert map.is_visible() and hint.is_visible()
    box = map.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2)
    assert page.evaluate(seen, first) and not page.evaluate(seen, root)
    page.get_by_role("button", name="Whole graph").click()
    assert page.evaluate(seen, first) and page.evaluate(seen, root) and not map.is_visible()
    page = opened(shallow)  # which is seen whole at once
    for name in (".map", ".hint", ".whole"):
        assert not page.locator(name).is_visible()


def test_a_full_screen_shows_it_as_large_as_fits(opened, torch):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    page = opened(viz.draw(y.exp() + y))
    size = """() => {
        const box = document.querySelector(".viz-drawing").shadowRoot.querySelector(".picture svg");
        const { width, right, bottom } = box.getBoundingClientRect();
        return [width, right, bottom];
    }"""
    before = page.evaluate(size)
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement?.className === 'viz-drawing'")
    page.wait_for_timeout(100)
    width, right, bottom = page.evaluate(size)
    assert width > 1.15 * before[0] and right <= 900 and bottom <= 800
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("!document.fullscreenElement")
    page.wait_for_timeout(100)
    assert page.evaluate(size) == before


def test_the_gradients_own_graph_can_be_switched(opened, torch):
    x = torch.tensor(2.0, requires_grad=True)
    y = x**3
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    page = opened(viz.draw(y, second=g, names={"x": x, "y": y, "g": g}))
    box = page.locator(".node.second").first
    assert box.evaluate("b => getComputedStyle(b).opacity") == "1"
    page.get_by_label("gradient’s own graph").uncheck()
    assert float(box.evaluate("b => getComputedStyle(b).opacity")) < 0.2


def test_all_boxes_of_one_weight_are_tied(opened, torch):
    loss, names = unrolled(torch, steps=5)
    page = opened(viz.draw(loss, names=names))
    page.locator("[id='n5.1'], .node.leaf").first.hover()
    assert page.locator(".node.tied").count() == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 320])
def test_axe_finds_nothing(opened, deep, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(deep, width=width, color_scheme=scheme, reduced_motion="reduce")
    page.locator(".node.group").first.click()
    page.locator(".node.leaf, .node.op").first.click()
    found = axe.run(page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("width, scale", [(320, 1), (900, 2)])
def test_nothing_spills_out_of_a_narrow_or_enlarged_page(opened, deep, width, scale):
    page = opened(deep, width=width // scale, device_scale_factor=scale)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_notebooks_theme(opened, deep, theme):
    page = opened(deep, color_scheme="dark" if theme == "light" else "light")
    page.evaluate("dark => document.body.dataset.jpThemeLight = !dark", theme == "dark")
    fill = page.locator(".node.group .box").first.evaluate("b => getComputedStyle(b).fill")
    palette = viz.theme.DARK if theme == "dark" else viz.theme.LIGHT
    red, green, blue = (int(palette.fill["group"][i : i + 2], 16) for i in (1, 3, 5))
    assert fill == f"rgb({red}, {green}, {blue})"


def test_two_copies_on_one_page_live_apart(opened, deep):
    page = opened(deep)
    page.evaluate(
        "document.querySelector('main').append(document.querySelector('.viz-drawing').cloneNode(true))"
    )
    source = deep.html.rpartition("<script>")[2].partition("</script>")[0]
    page.evaluate(source)
    hosts = page.locator(".viz-drawing")
    hosts.nth(1).locator(".node.group").first.click()
    counts = [hosts.nth(i).locator(".node").count() for i in range(2)]
    assert counts[1] > counts[0]
