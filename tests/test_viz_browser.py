"""Exported players in a real Chromium: from a file, with the network off."""

import importlib
import re

import pytest
from viz_examples import broadcast, notes, unrolled

import viz
from viz.lines import Lines
from viz.player.frames import timeline

HOSTILE = "<!--<script </script><img src=x onerror='window.hacked = true'>\"]]><b>"

# All that a player shows: the picture's states and texts, the sentence, the numbers.
SHOWN = """(player) => [
    ...[...player.querySelectorAll(".stage [id]")].map((part) => [
        part.id, part.localName === "text" ? part.textContent : part.dataset.state ?? ""]),
    ...[".sentence", ".numbers", ".count"].map((name) => [
        name, player.querySelector(name).textContent])]"""


@pytest.fixture
def torch():
    return importlib.import_module("minigrad")


def twice(engine):
    """A recording with two calls, the second of which adds to `.grad`; and its tensors."""
    root, names = notes(engine)
    with viz.record(names=names) as recording:
        root.backward(retain_graph=True)
        root.backward()
    return recording.animation(), names


@pytest.fixture
def opened(browser, tmp_path):
    """Opens an animation, saved as HTML, in a page without a network; closes it afterwards."""
    contexts = []

    def open_page(animation, *, before="", after="", alone=True, **options):
        path = tmp_path / f"{len(contexts)}.html"
        animation.save(path)
        page_text = path.read_text(encoding="utf-8")
        page_text = page_text.replace("<main>", f"<main>{before}").replace(
            "</main>", f"{after}</main>"
        )
        if not alone:  # as one output of several
            page_text = page_text.replace(' class="viz-alone"', "", 1)
        path.write_text(page_text, encoding="utf-8")
        contexts.append(
            browser.new_context(**{"offline": True, "reduced_motion": "reduce"} | options)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on(
            "console", lambda m: m.type in ("error", "warning") and page.problems.append(m.text)
        )
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda r: r.url[:5] in ("file:", "data:") or page.problems.append(r.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def player(page):
    return page.get_by_role("group", name="Backward pass, step by step")


def at(page):
    """The number of the frame that is shown."""
    return int(page.get_by_role("slider", name="Step").input_value())


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def wait_for_the_end(page, last):
    page.wait_for_function(
        "last => document.querySelector('.minigrad-player').dataset.frame == last", arg=last
    )


def states(page, animation):
    """What the picture shows against what the frames say, as two comparable dicts."""
    now = at(page)
    expected = {
        key: value.replace(" ", "\u00a0").replace("\n", "")
        for key, spans in timeline(animation.frames).items()
        for value, start, end in spans
        if start <= now < end
    }
    seen = {
        k: v for k, v in player(page).evaluate(SHOWN) if v and re.fullmatch(r"[ne]\d+(-\w+)?", k)
    }
    return seen, expected


# playing


def test_it_plays_to_the_engines_gradients(torch, opened):
    animation, names = twice(torch)
    page = opened(animation, reduced_motion="no-preference")
    last = len(animation.frames) - 1
    page.get_by_role("combobox", name="Speed").select_option("4")
    assert at(page) == 0
    press(page, "Play")
    seen, sentences = [], []
    while not seen or seen[-1] != last:
        page.wait_for_timeout(30)
        seen.append(at(page))
        sentences.append(page.locator(".sentence").inner_text())
        assert len(seen) < 2_000
    assert list(dict.fromkeys(seen)) == list(range(last + 1))
    assert list(dict.fromkeys(sentences)) == list(dict.fromkeys(f.text for f in animation.frames))
    page.get_by_role("button", name="Play", exact=True).wait_for()  # it stopped by itself
    held = names["x"].grad.flatten().tolist()
    leaf = next(n["id"] for n in animation.trace["graph"]["nodes"] if n["name"] == "x")
    text = player(page).locator(f"[id='{leaf}-acc']").text_content()
    assert text.startswith(".grad")
    assert set(map(float, re.findall(r"[\d.]*\d", text))) == set(held) == {9.0}
    assert page.problems == []


def test_play_pauses_and_goes_on_and_starts_again_at_the_end(torch, opened):
    animation, _ = twice(torch)
    page = opened(animation)
    press(page, "Play")
    page.wait_for_function("document.querySelector('.minigrad-player').dataset.frame > 0")
    press(page, "Pause")
    stopped = at(page)
    page.wait_for_timeout(600)
    assert at(page) == stopped
    press(page, "Last step")
    assert at(page) == len(animation.frames) - 1
    press(page, "Play")
    page.wait_for_function("document.querySelector('.minigrad-player').dataset.frame == 1")


@pytest.mark.parametrize("example", [notes, broadcast, unrolled], ids=lambda e: e.__name__)
def test_every_frame_shows_what_python_says_both_ways(torch, opened, example):
    root, names = example(torch)
    animation = viz.animate(root, names=names)
    page = opened(animation)
    forward = []
    for number, frame in enumerate(animation.frames):
        assert at(page) == number
        seen, expected = states(page, animation)
        drawn = set(re.findall(r'id="([^"]+)"', animation.svg))
        assert seen == {key: value for key, value in expected.items() if key in drawn}
        assert page.locator(".sentence").inner_text() == frame.text
        forward.append(player(page).evaluate(SHOWN))
        press(page, "Step forward")
    for number in reversed(range(len(animation.frames))):
        assert player(page).evaluate(SHOWN) == forward[number]
        press(page, "Step back")
    for number in (3, 1, len(forward) - 1, 2):
        page.get_by_role("slider", name="Step").fill(str(number))
        assert player(page).evaluate(SHOWN) == forward[number]
    assert page.problems == []


def test_steps_taken_fast_end_where_slow_ones_do(torch, opened):
    animation, _ = twice(torch)
    page = opened(animation, reduced_motion="no-preference")
    for _ in range(5):
        press(page, "Step forward")
    page.wait_for_timeout(700)
    seen, expected = states(page, animation)
    assert at(page) == 5
    assert seen == expected


def test_a_gradient_travels_and_its_sum_waits_for_it(torch, opened):
    root, names = notes(torch)
    animation = viz.animate(root, names=names)
    page = opened(animation, reduced_motion="no-preference")
    number = next(i for i, f in enumerate(animation.frames) if "twice" in f.text)
    page.get_by_role("slider", name="Step").fill(str(number - 1))
    seen = player(page).evaluate(
        """(player) => {
            player.querySelector("[data-action=forward]").click();
            const shown = () => [...player.querySelectorAll(".acc")].map((sum) => sum.textContent);
            const moving = player.getRootNode().getAnimations();
            return [moving.map((each) => each.effect.target.getAttribute("class")),
                    moving.map((each) => each.effect.getTiming().duration), shown()];
        }"""
    )
    assert sorted(seen[0]) == ["grad", "grad", "grad-label", "grad-label"]
    assert all(300 <= duration <= 500 for duration in seen[1])
    assert not any(text.startswith("Σ") for text in seen[2])
    page.locator(".acc", has_text="Σ").wait_for()


def test_steps_in_a_hurry_show_each_sum_one_step_late_not_two(torch, opened):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x * x * x
    animation = viz.animate(y, names={"x": x})
    page = opened(animation, reduced_motion="no-preference")
    seen = player(page).evaluate(
        """(player, steps) => Array.from({length: steps}, () => {
            player.querySelector("[data-action=forward]").click();
            return player.querySelector(".leaf .acc").textContent.replaceAll("\\u00a0", " ");
        })""",
        len(animation.frames) - 1,
    )
    leaf = next(key for key in animation.frames[0].changes if key.endswith("-acc"))
    told = [
        text for text, start, end in timeline(animation.frames)[leaf] for _ in range(start, end)
    ]
    assert told == [".grad None"] * 2 + [
        ".grad None + 8",
        ".grad None + 16",
        ".grad None + 32",
        ".grad 32",
    ]
    assert seen == [*told[:4], ".grad 32"]


def test_the_second_call_is_a_choice_away(torch, opened):
    animation, _ = twice(torch)
    page = opened(animation)
    page.get_by_role("combobox", name="Call of backward()").select_option("2 of 2")
    assert page.locator(".sentence").inner_text() == animation.frames[at(page)].text
    assert page.locator(".sentence").inner_text().startswith("Before call 2 of 2")
    player(page).locator(".picture").focus()
    for key, start in [("PageUp", 0), ("PageDown", 7), ("PageDown", 13)]:
        page.keyboard.press(key)
        assert at(page) == start
    single = viz.animate(torch.tensor(1.0, requires_grad=True) * 2)
    page = opened(single)
    assert page.get_by_role("combobox", name="Call of backward()").count() == 0


# the keyboard


def test_the_keyboard_is_enough(torch, opened):
    animation, _ = twice(torch)
    page = opened(animation)
    last = len(animation.frames) - 1
    page.keyboard.press("Tab")
    assert focused(page) == "Graph"
    for key, number in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", last),
                        ("ArrowRight", last), ("Home", 0), ("ArrowLeft", 0)]:  # fmt: skip
        page.keyboard.press(key)
        assert at(page) == number, key
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names == ["First step", "Step back", "Play", "Step forward", "Last step",
                     "Step", "Call of backward()", "Speed"]  # fmt: skip


def test_a_focused_button_keeps_its_own_keys(torch, opened):
    animation, _ = twice(torch)
    page = opened(animation)
    page.get_by_role("button", name="Step forward").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert at(page) == 2
    page.keyboard.press("ArrowLeft")
    assert at(page) == 1
    page.get_by_role("combobox", name="Speed").focus()
    page.keyboard.press("ArrowDown")
    assert at(page) == 1


def test_keys_belong_to_the_page_until_the_player_has_the_focus(torch, opened):
    animation, _ = twice(torch)
    listen = "heard = []; document.addEventListener('keydown', e => heard.push(e.key), true)"
    page = opened(animation, before=f"<script>{listen}</script><input id=other>", alone=False)
    for key in ("ArrowRight", "End", " "):
        page.keyboard.press(key)
    assert at(page) == 0
    page.locator("#other").fill("a b")
    page.locator("#other").press("ArrowLeft")
    page.locator("#other").press("Home")
    page.locator("#other").press("Space")
    assert page.locator("#other").input_value() == " a b"
    assert at(page) == 0
    outside = page.evaluate("heard.splice(0)")
    assert outside == ["ArrowRight", "End", " ", "ArrowLeft", "Home", " "]
    player(page).locator(".sentence").click()
    for key in ("ArrowRight", "a", "Control+s", "Escape"):
        page.keyboard.press(key)
    assert at(page) == 1
    assert page.evaluate("heard.splice(0)") == ["a", "Control", "s", "Escape"]
    page.locator("#other").press("ArrowRight")
    assert at(page) == 1
    assert page.evaluate("heard") == ["ArrowRight"]


def test_an_output_that_was_cleared_takes_no_keys(torch, opened):
    page = opened(twice(torch)[0])
    page.get_by_role("button", name="Play", exact=True).click()
    page.evaluate(
        """() => {
            heard = [];
            document.addEventListener("keydown", (event) => heard.push(event.key), true);
            document.querySelector(".minigrad-player").remove();
        }"""
    )
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert page.evaluate("heard") == ["ArrowRight"]
    assert page.problems == []


def focused(page):
    """The accessible name of what has the focus."""
    return page.evaluate("document.activeElement.shadowRoot?.activeElement?.ariaLabel")


def test_the_focus_is_seen(torch, opened):
    page = opened(twice(torch)[0])
    for _ in range(9):
        page.keyboard.press("Tab")
        style, width = page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement.shadowRoot.activeElement);
                return [style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        assert style == "solid" and width >= 2


# rest, light and dark, small pages


@pytest.mark.parametrize("how", ["system", "vscode"])
def test_reduced_motion_moves_nothing(torch, opened, how):
    animation, _ = twice(torch)
    page = opened(animation, reduced_motion="reduce" if how == "system" else "no-preference")
    if how == "vscode":
        page.evaluate("document.body.classList.add('vscode-reduce-motion')")
    for number in range(1, len(animation.frames)):
        moving = player(page).evaluate(
            """(player) => {
                player.querySelector("[data-action=forward]").click();
                return player.getRootNode().getAnimations().length;
            }"""
        )
        assert moving == 0
        seen, expected = states(page, animation)
        assert at(page) == number
        assert seen == expected


PAGES = {
    "light system": ("light", "", False),
    "dark system": ("dark", "", True),
    "dark lab": ("light", "document.body.dataset.jpThemeLight = 'false'", True),
    "light lab": ("dark", "document.body.dataset.jpThemeLight = 'true'", False),
    "dark colab": ("light", "document.documentElement.setAttribute('theme', 'dark')", True),
    "dark code": ("light", "document.body.classList.add('vscode-dark')", True),
    "light code": ("dark", "document.body.classList.add('vscode-light')", False),
}

# Text colours with what lies behind each, as [what, colour, background].
COLOURS = """(player) => {
    const paper = getComputedStyle(player).backgroundColor;
    const found = [...player.querySelectorAll(".sentence, dt, dd, label, select, .count")].map(
        (e) => [e.className || e.localName, getComputedStyle(e).color, paper]);
    for (const text of player.querySelectorAll("svg text")) {
        if (!text.textContent) continue;
        const box = text.closest(".node")?.querySelector(".box");
        found.push([text.textContent, getComputedStyle(text).fill,
                    box ? getComputedStyle(box).fill : paper]);
    }
    const play = getComputedStyle(player.querySelector("[data-action=play]"));
    found.push(["play", play.color, play.backgroundColor]);
    return found;
}"""


@pytest.mark.parametrize("scheme, script, dark", PAGES.values(), ids=PAGES)
def test_text_is_legible_in_the_pages_own_theme(torch, opened, scheme, script, dark):
    animation, _ = twice(torch)
    page = opened(animation, color_scheme=scheme)
    page.evaluate(script)
    press(page, "Last step")
    found = player(page).evaluate(COLOURS)
    assert len(found) > 30
    for what, ink, paper in found:
        assert contrast(ink, paper) >= 4.5, (what, ink, paper)
        if what == "sentence":
            assert (luminance(ink) > luminance(paper)) is dark
    assert page.problems == []


def luminance(colour):
    """Relative luminance of a CSS `rgb(…)` colour, 0 to 1."""
    channels = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    """Contrast of two CSS colours: 1 (equal) to 21 (black on white)."""
    dim, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("width, scale", [(320, 1), (400, 2), (800, 1)])
def test_small_pages_have_all_controls_and_no_sideways_scroll(torch, opened, width, scale):
    animation, _ = twice(torch)
    page = opened(animation, viewport={"width": width, "height": 700}, device_scale_factor=scale)
    press(page, "Last step")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in player(page).locator("button, select, input").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert min(box["width"], box["height"]) >= 24


def test_a_picture_larger_than_its_pane_follows_the_step(torch, opened):
    root, names = unrolled(torch, 12)
    animation = viz.animate(root, names=names)
    page = opened(animation, viewport={"width": 500, "height": 500})
    for number, frame in enumerate(animation.frames):
        page.get_by_role("slider", name="Step").fill(str(number))
        inside = player(page).evaluate(
            """(player, id) => {
                const pane = player.querySelector(".picture").getBoundingClientRect();
                const box = player.querySelector(`#${id}`).getBoundingClientRect();
                return box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1;
            }""",
            frame.focus,
        )
        assert inside, number
    assert page.evaluate("scrollY") == 0


# what names, copies and missing scripts do to it


def test_a_hostile_name_is_only_text(torch, opened):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    animation = viz.animate(y, names={HOSTILE: x, "y": y})
    page = opened(animation)
    for _ in animation.frames:
        press(page, "Step forward")
    assert page.locator(".sentence").inner_text() == animation.frames[-1].text
    assert HOSTILE in animation.frames[-1].text
    assert page.evaluate("window.hacked") is None
    assert page.locator("b").count() == 0
    assert page.problems == []


def test_the_same_output_twice_is_two_players(torch, opened):
    animation, _ = twice(torch)
    again = animation._repr_mimebundle_()["text/html"]
    page = opened(animation, after=again)
    assert player(page).count() == 2
    page.get_by_role("button", name="Step forward").nth(1).click()
    sliders = page.get_by_role("slider", name="Step")
    assert [sliders.nth(i).input_value() for i in (0, 1)] == ["0", "1"]
    pictures = player(page).evaluate_all(
        "players => players.map(p => p.querySelector('#n1').dataset.state)"
    )
    assert pictures == ["", "ready"]
    assert page.problems == []


def test_scripts_put_in_later_find_their_own_output(torch, opened):
    """As JupyterLab does it: the HTML is set first, then each script is made anew."""
    animation, _ = twice(torch)
    root, names = broadcast(torch)
    other = viz.animate(root, names=names)._repr_mimebundle_()["text/html"]
    page = opened(animation)
    page.evaluate(
        """(html) => {
            const output = document.createElement("div");
            output.innerHTML = html;
            for (const old of output.querySelectorAll("script")) {
                const script = document.createElement("script");
                for (const {name, value} of old.attributes) script.setAttribute(name, value);
                script.textContent = old.textContent;
                old.replaceWith(script);
            }
            document.querySelector("main").append(output);
        }""",
        other,
    )
    assert player(page).count() == 2
    assert page.get_by_role("slider", name="Step").nth(1).get_attribute("max") != str(
        len(animation.frames) - 1
    )
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_the_picture_plays_by_itself(torch, opened, scheme):
    animation, _ = twice(torch)
    page = opened(
        animation, java_script_enabled=False, reduced_motion="no-preference", color_scheme=scheme
    )
    picture = page.locator(".minigrad-player > img")
    assert player(page).count() == 0
    assert picture.get_attribute("alt").startswith("Before call 1 of 2, out.backward()")
    first = picture.screenshot()
    for _ in range(80):
        page.wait_for_timeout(100)
        if picture.screenshot() != first:
            return
    pytest.fail("the picture does not move")


def test_without_scripts_and_with_reduced_motion_the_last_frame_stands(torch, opened, tmp_path):
    animation, _ = twice(torch)
    page = opened(animation, java_script_enabled=False)
    picture = page.locator(".minigrad-player > img")
    first = picture.screenshot()
    page.wait_for_timeout(1500)
    assert picture.screenshot() == first


def test_a_saved_svg_shows_each_sentence_in_its_time(torch, browser, tmp_path):
    animation, _ = twice(torch)
    animation.save(tmp_path / "a.svg")
    page = browser.new_page()
    page.goto((tmp_path / "a.svg").as_uri())
    told = page.evaluate(
        """() => {
            const moving = document.getAnimations();
            const told = [];
            for (let time = 0; time < moving[0].effect.getTiming().duration; time += 50) {
                for (const each of moving) { each.pause(); each.currentTime = time; }
                const words = document.querySelector(".words");
                const [top, height] = ["y", "height"]
                    .map((name) => Number(words.parentNode.getAttribute(name)));
                const seen = [...words.children].filter((text) => {
                    const place = text.getBoundingClientRect();
                    return place.top >= top && place.bottom <= top + height;
                })
                    .map((text) => [...text.children].map((row) => row.textContent).join(" "));
                told.push(seen.join(" & "));
            }
            return told;
        }"""
    )
    assert list(dict.fromkeys(told)) == list(dict.fromkeys(f.text for f in animation.frames))
    page.close()


# a cell, line by line


def watched(source):
    """The replay of a cell that `%%watch` stands above."""
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.run_cell("import minigrad as torch\n%load_ext viz")
    seen = []
    shell.display_formatter.ipython_display_formatter.for_type(Lines, seen.append)
    with capture_output():
        shell.run_cell("%%watch\n" + source)
    viz.unload_ipython_extension(shell)
    InteractiveShell.clear_instance()
    return seen[0].animation()


def test_a_watched_cell_grows_and_unwinds(torch, opened):
    animation = watched(
        "w = torch.tensor(2.0, requires_grad=True)\nfor i in range(2):\n    loss = w * w * w\n"
        "    loss.backward()\n    w.grad = None\nw * 5"
    )
    page = opened(animation)
    assert page.get_by_role("group", name="Cell, line by line").is_visible()
    group = page.get_by_role("group", name="Cell, line by line")
    drawn = set(re.findall(r'id="([^"]+)"', animation.svg))
    for number, frame in enumerate(animation.frames):
        expected = {
            key: value.replace(" ", "\u00a0")
            for key, spans in timeline(animation.frames).items()
            for value, start, end in spans
            if start <= number < end and key in drawn
        }
        seen = {k: v for k, v in group.evaluate(SHOWN) if v and re.fullmatch(r"[nel]\d+(-\w+)?", k)}
        assert seen == expected
        hidden = [k for k, v in expected.items() if v == "unmade"]
        assert all(not group.locator(f"#{id}").is_visible() for id in hidden if id[0] == "n")
        assert page.locator(".sentence").inner_text() == frame.text
        press(page, "Step forward")
    assert page.problems == []


@pytest.mark.parametrize("width", [1366, 800, 400])
def test_the_line_that_runs_stays_in_sight(torch, opened, width):
    """Beside its graph, or above it where there is no room, and above a tall graph that scrolls."""
    animation = watched(
        "w = torch.tensor([1.0, 2.0], requires_grad=True)\nh = torch.ones(2)\n"
        "for i in range(6):\n    h = torch.tanh(h * w)\n    h = h + w\n"
        + "pass\n" * 12
        + "h.sum().backward()"
    )
    page = opened(animation, viewport={"width": width, "height": 650})
    for number in range(len(animation.frames)):
        page.get_by_role("slider", name="Step").fill(str(number))
        sight = page.evaluate(
            """() => {
                const root = document.querySelector(".minigrad-player").shadowRoot;
                const line = root.querySelector("[data-state=on], [data-state=failed]");
                const code = root.querySelector(".code");
                const [at, pane] = [line ?? code, code].map((part) => part.getBoundingClientRect());
                const bottom = Math.min(pane.bottom, innerHeight);
                return at.top >= pane.top - 1 && at.bottom <= bottom + 1;
            }"""
        )
        assert sight, number
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.problems == []


def test_a_click_on_a_leaf_or_an_edge_into_it_tells_its_finite_differences(torch, opened):
    x = torch.tensor(2.0, requires_grad=True)
    animation = viz.animate(x**3, f=lambda: x**3, names={"x": x})
    page = opened(animation)
    leaf = next(n["id"] for n in animation.trace["graph"]["nodes"] if n["kind"] == "leaf")
    player(page).locator(f"#{leaf}").click()
    text = page.locator(".queue").inner_text()
    assert text.startswith("Finite differences, (f(x + h) − f(x − h)) / 2h: 12")
    assert text.endswith("The two agree.")
    press(page, "Step forward")
    assert "Finite" not in page.locator(".queue").inner_text()
    press(page, "Last step")
    assert page.locator(".queue").inner_text().startswith(text)
    press(page, "First step")
    op = next(n["id"] for n in animation.trace["graph"]["nodes"] if n["kind"] == "op")
    player(page).locator(f"#{op}").click()
    assert "2h: 1. Backward: 1. The two agree." in page.locator(".queue").inner_text()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("c")  # the same for the box at work, by keyboard
    assert "2h: 1. Backward: 1. The two agree." in page.locator(".queue").inner_text()


@pytest.mark.parametrize("example", [notes, unrolled])
def test_a_full_screen_shows_it_all_as_large_as_fits(torch, opened, example):
    root, names = example(torch)
    page = opened(viz.animate(root, names=names), viewport={"width": 1600, "height": 900})
    sizes = """() => ["svg", ".sentence"].map((part) =>
        document.querySelector("[data-player]").shadowRoot.querySelector(part)
        .getBoundingClientRect()).map((box) => [box.height, box.right, box.bottom])"""
    before = page.evaluate(sizes)
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement?.dataset.player")
    page.wait_for_timeout(100)
    press(page, "Step forward")
    after = page.evaluate(sizes)
    if example is notes:  # which leaves room: nothing is cut
        assert after[0][0] > 1.1 * before[0][0]
        assert all(right <= 1600 and bottom <= 900 for _, right, bottom in after)
    assert after[1][1] <= 1600 and after[1][2] <= 900, "the sentence is in sight"
    assert at(page) == 1
    press(page, "Full screen")
    page.wait_for_function("!document.fullscreenElement")
    page.wait_for_timeout(100)
    assert page.evaluate(sizes)[0][0] == before[0][0]
    assert page.problems == []


def test_a_full_screen_follows_a_chain_that_is_longer_than_it(torch, opened):
    x = torch.tensor(0.5, requires_grad=True)
    y = x
    for i in range(30):
        y = torch.tanh(y * x + i)
    page = opened(viz.animate(y), viewport={"width": 1366, "height": 768})
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement?.dataset.player")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    seen = """() => ["[data-state=active]", ".sentence", "[data-action=play]"].map((part) =>
        document.querySelector("[data-player]").shadowRoot.querySelector(part)
        .getBoundingClientRect()).every((box) => box.height && box.top >= 0 && box.bottom <= 768)"""
    assert page.evaluate(seen)
    assert page.problems == []


def test_a_file_takes_the_keys_of_its_page(torch, opened):
    x = torch.tensor(2.0, requires_grad=True)
    page = opened(viz.animate(x**3, names={"x": x}))
    page.keyboard.press("ArrowRight")
    assert at(page) == 1
    page.keyboard.press("End")
    assert at(page) == len(viz.animate(x**3).frames) - 1


# folded boxes


def deep(engine, **options):
    """A replay whose picture has folded boxes, one of them with folded boxes inside."""
    w = engine.tensor(0.5, requires_grad=True)
    x = engine.tensor(2.0, requires_grad=True)
    h = x
    for _ in range(120):
        h = (h * w + x).tanh()
    return viz.animate(h, names={"w": w, "x": x}, **options)


def inside(page):
    return player(page).get_by_role("region")


def test_a_click_opens_a_folded_box_and_the_replay_goes_through_it(torch, opened):
    animation = deep(torch)
    assert {inner.id for inner in animation.insides}
    page = opened(animation)
    box = player(page).locator("[data-opens]").first
    name = box.get_attribute("aria-label")
    last = len(animation.frames) - 1
    assert box.get_attribute("aria-expanded") == "false"
    box.click()
    assert box.get_attribute("aria-expanded") == "true"
    assert inside(page).get_attribute("aria-label") == f"Inside {name}"
    more = int(page.get_by_role("slider", name="Step").get_attribute("max"))
    assert more > last
    seen, sums = [], []
    for number in range(1, more + 1):
        press(page, "Step forward")
        assert at(page) == number
        seen.append(page.locator(".sentence").inner_text())
        if inside(page).locator("[data-state=active]").count():
            assert box.get_attribute("data-state") == "active"
            sums.append(number)
    outer = [frame.text for frame in animation.frames]
    assert [text for text in seen if text in outer] == outer[1:]
    assert sums == list(range(sums[0], sums[-1] + 1))  # inside steps come in a row, then the box
    assert seen[sums[-1]].startswith(name.split(" · ")[0])
    forward = player(page).evaluate(SHOWN)
    for _ in range(more):
        press(page, "Step back")
    press(page, "Last step")
    assert player(page).evaluate(SHOWN) == forward
    page.get_by_role("slider", name="Step").fill(str(sums[0]))
    press(page, f"Fold {name}")
    assert seen[sums[-1]] == page.locator(".sentence").inner_text()  # the box's own step
    assert inside(page).count() == 0
    assert int(page.get_by_role("slider", name="Step").get_attribute("max")) == last
    assert page.problems == []


def test_inside_a_box_a_click_tells_finite_differences_too(torch, opened):
    w = torch.tensor(0.5, requires_grad=True)
    x = torch.tensor(2.0, requires_grad=True)

    def f():
        h = x
        for _ in range(120):
            h = torch.tanh(h * w + x)
        return h

    page = opened(viz.animate(f(), f=f, names={"w": w, "x": x}))
    player(page).locator("[data-opens]").first.click()
    boxes = inside(page).locator("[data-opens]").all()
    max(boxes, key=lambda box: box.bounding_box()["y"]).click()
    result = inside(page).last.locator(".node.op.checked").last
    result.click()
    assert page.locator(".queue").inner_text().endswith("The two agree.")
    page.get_by_role("slider", name="Step").fill("0")
    for _ in range(12):
        press(page, "Step forward")
        if inside(page).last.locator("[data-state=active].op").count():
            break
    page.keyboard.press("c")  # of the box at work, which is inside
    key = inside(page).last.locator("[data-state=active]").get_attribute("id")
    assert "checked" in inside(page).last.locator(f"[id={key}]").get_attribute("class")
    told = page.locator(".queue").inner_text()
    received = page.locator(".numbers dd").first.inner_text()
    assert f"Backward: {received}. The two agree." in told
    assert page.problems == []


def test_folded_boxes_open_by_keyboard_and_inside_each_other(torch, opened):
    page = opened(deep(torch))
    first = player(page).locator("[data-opens]").first
    first.focus()
    page.keyboard.press("Enter")
    assert inside(page).count() == 1
    second = inside(page).locator("[data-opens]").nth(1)
    second.focus()
    page.keyboard.press("Space")
    assert inside(page).count() == 2
    assert second.get_attribute("aria-expanded") == "true"
    page.keyboard.press("End")
    assert at(page) > 20
    page.keyboard.press("Space")  # the focus is still on the box: it is folded, nothing plays
    assert inside(page).count() == 1
    first.focus()
    page.keyboard.press("Enter")
    assert inside(page).count() == 0
    assert page.problems == []


# quiz


def product(engine):
    w, x = (engine.tensor(v, requires_grad=True) for v in (3.0, 2.0))
    y = w * x
    loss = y * y + 1
    return viz.animate(loss, names={"w": w, "x": x, "y": y, "loss": loss}, quiz=True)


def answer(page, text):
    """Types an answer and returns what the player replies."""
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Enter")
    return page.get_by_role("status").inner_text()


def test_a_quiz_by_keyboard_from_start_to_end(torch, opened):
    animation = product(torch)
    page = opened(animation)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # the question comes before the step
    assert at(page) == 0
    for typed, reply in [("37", "Not yet. That is loss itself."), ("1", "Right: 1."),
                         ("1", "Right: 1."), ("6", "Not yet. That is one of 2 paths."),
                         ("nonsense", "Type a number such as 4.5 or 1/3"),
                         ("12", "Right: 12."), ("−24", "Not yet. Only the sign is wrong."),
                         ("24.1", "Right: 24."), ("72/2", "Right: 36.")]:  # fmt: skip
        page.keyboard.press("Control+a")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        assert page.get_by_role("status").inner_text().startswith(reply)
    page.keyboard.press("Enter")  # the focus is on "Step on"
    page.keyboard.press("Enter")
    assert at(page) == len(animation.frames) - 1
    assert page.get_by_text("5 of 5 predicted, 2 at the first try").is_visible()
    assert page.get_by_role("textbox").count() == 0
    assert page.problems == []


def test_a_quiz_asks_inside_a_box_that_is_opened_before_its_step(torch, opened):
    page = opened(deep(torch, quiz=True))
    score = page.locator(".score")
    count = int(re.findall(r"of (\d+) predicted", score.inner_text())[0])
    outer = player(page).locator("[data-opens]").first
    outer.click()
    boxes = inside(page).locator("[data-opens]").all()
    max(boxes, key=lambda box: box.bounding_box()["y"]).click()  # the first on the way back
    more = int(re.findall(r"of (\d+) predicted", score.inner_text())[0])
    assert more > count + 5
    asked = []
    while inside(page).last.locator("[data-state=active]").count() < 1:
        asked.append(page.locator(".ask").inner_text())
        press(page, "Show it")
        while page.get_by_text("Step on").is_visible():
            press(page, "Step on")
    asked.append(page.locator(".ask").inner_text())
    assert len(asked) > 2 and all(text.startswith("Predict") for text in asked)
    assert score.inner_text().startswith(f"{len(asked) - 1} of {more} predicted")
    outer.click()  # folded again: what is inside is not asked
    assert score.inner_text().startswith(f"{len(asked) - 1} of {count + len(asked) - 2} predicted")
    assert page.problems == []


def test_a_quiz_gives_nothing_away(torch, opened):
    animation = product(torch)
    page = opened(animation)
    for name in ("Step forward", "Last step"):
        press(page, name)
        assert at(page) == 0
    page.get_by_role("slider", name="Step").fill("5")
    assert at(page) == 0
    press(page, "Play")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert at(page) == 0
    press(page, "Show it")
    assert page.get_by_role("status").inner_text().startswith("It is 1.")
    assert at(page) == 1
    assert page.get_by_text("1 of 5 predicted, 0 at the first try").is_visible()


def test_a_quiz_takes_lists_and_explains_a_missing_sum(torch, opened):
    root, names = broadcast(torch)
    page = opened(viz.animate(root, names=names, quiz=True))
    assert answer(page, "1") == "Right: 1."
    assert answer(page, "[[1,1],[1,1]]") == "Right: 1."
    assert answer(page, "1 1") == "Not yet. You gave shape (2); it has shape (2, 2)."
    assert answer(page, "[[1. 1.] [1. 1.]]") == "Right: 1."
    assert answer(page, "[[1, 1], [1, 1]]").startswith("Not yet. Right before the sum.")
    assert answer(page, "[2, 2]") == "Right: [2, 2]."


def test_a_quiz_reads_numbers_as_people_write_them(torch, opened):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * 2.25
    animation = viz.animate(y * 2 + 0 * x, names={"x": x, "y": y}, quiz=True)
    for typed in ("4,5", "4.5", "9/2", "2·2,25", "４．５", " 4.50 ", "+4.5", "450e-2"):
        page = opened(animation)
        while "has arrived there in all" not in page.locator(".ask").inner_text():
            press(page, "Show it")
        for wrong, reply in [("", "Type a number"), ("nan", "The answer is a finite number."),
                             ("1/0", "Type a number"), ("−0", "Not"), ("4,4", "Not")]:  # fmt: skip
            assert answer(page, wrong).startswith(reply), wrong
        assert answer(page, typed).startswith("Right: 4.5."), typed
        page.context.close()


def test_a_quiz_takes_zero(torch, opened):
    x = torch.tensor(-2.0, requires_grad=True)
    page = opened(viz.animate(x.relu(), names={"x": x}, quiz=True))
    press(page, "Show it")
    assert answer(page, "1").startswith("Not yet.")
    assert answer(page, "0") == "Right: 0."


def test_what_is_typed_stays_in_the_field(torch, opened):
    listen = "heard = []; document.addEventListener('keydown', e => heard.push(e.key))"
    page = opened(product(torch), before=f"<script>{listen}</script>")
    page.get_by_role("textbox").focus()
    for key in ("1", "a", "ArrowLeft", "Home", "Shift+X", "Space", "End"):
        page.keyboard.press(key)
    assert page.get_by_role("textbox").input_value() == "X 1a"
    assert at(page) == 0
    assert page.evaluate("heard") == []
