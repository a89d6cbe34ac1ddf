"""explore(): what the sliders do, without a browser."""

import base64
import importlib
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import viz


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def cube(x):
    return x**3 + 2 * x


def numbers(svg):
    """All numbers in the picture, by the kind of their place."""
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [(t.get("class"), "".join(t.itertext())) for t in texts if t.get("class")]


def test_values_and_gradients_are_the_engines(engine):
    explorer = viz.explore(cube, x=(-3, 3, 1.0), engine=engine)
    for x in (1.0, -2.0, 0.5):
        explorer.set(x=x)
        leaf = engine.tensor(x, requires_grad=True)
        out = cube(leaf)
        out.backward()
        assert explorer.output == pytest.approx(out.item())
        assert explorer.grads == {"x": pytest.approx(leaf.grad.item())}
    assert repr(explorer) == "x = 0.5: the output is 1.125, x.grad = 2.75."
    seen = numbers(explorer.svg)
    assert ("value", "0.5") in seen and ("value", "1.125") in seen
    assert ("acc", ".grad\u00a02.75") in seen
    assert ("grad-label", "slope = x.grad = 2.75") in seen


def test_the_layout_stays_while_numbers_change(engine):
    pytest.importorskip("ipywidgets")
    explorer = viz.explore(cube, x=(-3, 3, 1.0), engine=engine)
    box = explorer.widget()
    *_, ground, figures = box.children[0], *box.children[2].children
    before = ground.value, figures.value
    box.children[0].value = 2.0  # what a slider does
    assert explorer.output == 12
    assert ground.value == before[0]
    assert figures.value != before[1]
    assert "12" in figures.value and "slope = x.grad = 14" in figures.value
    assert "the output is 12, x.grad = 14." in box.children[1].value


def test_a_branch_that_runs_makes_another_graph(engine):
    explorer = viz.explore(lambda x: x * 2 if x > 0 else x.sin(), x=(-3, 3, 1.0), engine=engine)
    assert "MulBackward0" in explorer.svg
    explorer.set(x=-1.0)
    assert "MulBackward0" not in explorer.svg and "SinBackward0" in explorer.svg


def test_tensors_are_leaves_of_several_sliders_and_stay_as_they_are(engine):
    pytest.importorskip("ipywidgets")
    w = engine.tensor([[1.0, 2.0]], requires_grad=True)
    x = engine.tensor(3.0)
    explorer = viz.explore(lambda w, x: (w * x).sum(), w=w, x=x)
    names = [s.description for s in explorer.widget().children if hasattr(s, "readout")]
    assert names == ["w[0, 0]", "w[0, 1]", "x"]
    explorer.widget().children[1].value = 2.5
    assert explorer.output == 10.5
    assert explorer.grads == {"w": [3, 3], "x": 3.5}
    assert (w.tolist(), w.grad, x.item()) == ([[1, 2]], None, 3)
    assert "slope" not in explorer.svg  # a curve needs one input


def test_a_slider_stops_at_round_numbers_and_where_it_starts(engine):
    pytest.importorskip("ipywidgets")
    for given, step in [((-3, 3, 1.0), 0.05), ((0, 1, 0.123), 0.005), ((0, 100), 0.5)]:
        slider = viz.explore(cube, x=given, engine=engine).widget().children[0]
        assert slider.step == pytest.approx(step)
        stops = (slider.value - slider.min) / slider.step
        assert stops == pytest.approx(round(stops), abs=1e-6)
        assert given[0] <= slider.min < given[0] + slider.step


def test_numbers_ranges_and_mistakes(engine):
    assert viz.explore(lambda a, b: a * b, a=2, b=(0, 4), engine=engine).output == 6
    for bad, error in [({"x": "1"}, TypeError), ({"x": (3, 1)}, ValueError), ({}, ValueError),
                       ({"x": engine.ones(20)}, ValueError)]:  # fmt: skip
        with pytest.raises(error):
            viz.explore(lambda **inputs: inputs["x"].sum(), engine=engine, **bad)
    with pytest.raises(TypeError, match="engine=torch"):
        viz.explore(cube, x=(0, 1))
    with pytest.raises(ValueError, match="one number"):
        viz.explore(lambda x: x * engine.ones(2), x=1, engine=engine)
    with pytest.raises(ValueError, match="no graph"):
        viz.explore(lambda x: x.detach(), x=1, engine=engine)
    with pytest.raises(ValueError, match="no input 'y'"):
        viz.explore(cube, x=1, engine=engine).set(y=2)


def test_what_f_raises_at_a_move_is_told_and_the_picture_stays(engine):
    pytest.importorskip("ipywidgets")

    def fussy(x):
        if x > 2:
            raise ValueError("too <large>")
        return x * 1

    explorer = viz.explore(fussy, x=(-3, 3, 1.0), engine=engine)
    box = explorer.widget()
    before = box.children[2].children[1].value
    box.children[0].value = 2.5
    assert box.children[1].value == "ValueError: too &lt;large&gt;"
    assert box.children[2].children[1].value == before
    box.children[0].value = 1.5
    assert "the output is 1.5" in box.children[1].value


def test_without_a_kernel_a_still_picture_remains(engine):
    explorer = viz.explore(cube, x=(-3, 3, 1.0), engine=engine)
    page = explorer._repr_mimebundle_()["text/html"]
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", page)[1]).decode()
    assert svg == explorer.svg
    assert "<script" not in page and 'alt="x = 1: the output is 3, x.grad = 5."' in page
    again = viz.explore(cube, x=(-3, 3, 1.0), engine=engine)._repr_mimebundle_()
    assert again == explorer._repr_mimebundle_()


def test_it_shows_the_still_picture_first_then_the_sliders(engine):
    pytest.importorskip("ipywidgets")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    with capture_output() as seen:
        viz.explore(cube, x=(-3, 3, 1.0), engine=engine)._ipython_display_()
    InteractiveShell.clear_instance()
    still, live = (output.data for output in seen.outputs)
    assert set(still) == {"text/html", "text/plain"}
    assert live["text/plain"] == "Sliders for x"
    assert "application/vnd.jupyter.widget-view+json" in live


def test_viz_needs_neither_ipywidgets_nor_ipython():
    code = (
        "import sys, viz; print([m for m in ('ipywidgets', 'IPython', 'PIL') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_button_checks_every_gradient_by_finite_differences(engine):
    pytest.importorskip("ipywidgets")

    def f(x):
        y = x * x
        return y.sin() + y

    explorer = viz.explore(f, x=(-3, 3, 1.0), engine=engine)
    *_, button, checks = explorer.widget().children
    button.click()
    assert checks.value.count("<tr>") == 4 and checks.value.count("The two agree.") == 4
    assert "<td>MulBackward0</td>" in checks.value
    explorer.set(x=2.0)
    assert checks.value == ""  # they were of other numbers


def test_an_engine_that_is_none_is_told(engine):
    with pytest.raises(TypeError, match="engine is a package that makes tensors"):
        viz.explore(lambda x: x, x=1.0, engine="torch")
    with pytest.raises(TypeError, match="unexpected keyword argument 'engin'") as caught:
        viz.explore(lambda x: x, x=1.0, engin=engine)
    assert getattr(caught.value, "__notes__", ["Did you mean engine?"]) == ["Did you mean engine?"]


def test_it_saves_a_still_page_with_positions(engine, tmp_path):
    explorer = viz.explore(lambda x: x * x, x=(-2, 2, 1.0), engine=engine)
    before = explorer.svg
    for suffix in (".svg", ".html", ".png"):
        explorer.save(tmp_path / f"a{suffix}")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == explorer.svg == before
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    rows = [re.findall(r"<t[dh][^>]*>([^<]*)<", row) for row in page.split("<tr>")[1:]]
    assert rows[0] == ["x", "output", "x.grad"]
    assert [[float(n) for n in row] for row in rows[1:]] == [
        [x, x * x, 2 * x] for x in (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2)
    ]
    assert explorer.values == {"x": 1.0}
    assert "<script" not in page
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.html"):
        explorer.save(tmp_path / "a.pdf")


def test_a_page_of_several_inputs_tells_their_gradients_now(engine, tmp_path):
    viz.explore(lambda w, x: w * x, w=3.0, x=2.0, engine=engine).save(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<td>w</td><td>3</td><td>2</td>" in page
    assert "<td>x</td><td>2</td><td>3</td>" in page


def test_its_legend_names_nothing_that_never_shows(engine):
    svg = viz.explore(lambda x: x * x, x=(-2, 2, 1.0), engine=engine).svg
    assert ">gradient<" in svg
    assert ">ready<" not in svg and ">at work<" not in svg


def test_a_graph_that_is_too_large_to_record_is_refused(engine):
    def f(x):
        for _ in range(13_000):
            x = x + 0.001
        return x

    with pytest.raises(ValueError, match="too many to explore"):
        viz.explore(f, x=(-1, 1), engine=engine)
