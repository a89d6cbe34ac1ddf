"""compare(): two passes in step, and the first edge on which they differ."""

import importlib
import json
from xml.etree import ElementTree

import pytest
from viz_examples import EXAMPLES, gradient_for

import viz


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def squared(engine, hook=None, **change):
    w = engine.tensor(change.get("w", 3.0), requires_grad=True)
    x = engine.tensor(2.0, requires_grad=True)
    y = w * x
    if hook:
        y.register_hook(hook)
    z = y * y
    with viz.record(names={"w": w, "x": x, "y": y, "z": z}) as recording:
        z.backward()
    return recording


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_both_engines_agree_on_the_documents_examples(example):
    torch = pytest.importorskip("torch")
    recordings = []
    for engine in (importlib.import_module("minigrad"), torch):
        root, names = example(engine)
        with viz.record(names=names) as recording:
            root.backward(gradient_for(engine, root))
        recordings.append(recording)
    both = viz.compare(*recordings, names=("minigrad", "torch"))
    assert both.difference is None
    assert both.frames[0].text == "Both passes are the same, step by step."
    assert "≠" not in str(both)


def test_the_first_edge_that_differs_is_marked_in_both(engine):
    both = viz.compare(squared(engine), squared(engine, lambda g: g * 2), names=("plain", "hooked"))
    assert both.difference == "First difference, on the edge from y to w: 24 and 48."
    marked = [
        (i, k, t) for i, f in enumerate(both.frames) for k, t in f.changes.items() if "≠" in t
    ]
    assert [(i, t) for i, _, t in marked] == [(3, "≠ 24"), (3, "≠ 48")]
    ids = {e.get("id") for e in ElementTree.fromstring(both.svg).iter()}
    assert {key for frame in both.frames for key in frame.changes} <= ids
    assert len(ids) == len(set(ids))
    assert both.frames[0].text == both.difference
    assert both.frames[3].text.startswith(both.difference)


def test_a_trace_from_a_file_will_do_and_rounding_is_no_difference(engine):
    one = json.loads(json.dumps(squared(engine).trace))
    assert viz.compare(one, squared(engine, w=3.00001)).difference is None
    assert "the edge" in viz.compare(one, squared(engine, w=3.1)).difference


def test_other_ops_other_lengths_and_no_recordings(engine):
    x = engine.tensor(2.0, requires_grad=True)
    traces = []
    for work in (lambda: (x * 3).backward(), lambda: (x + 3).backward(), lambda: None):
        with viz.record(names={"x": x}) as recording:
            work()
        traces.append(recording)
    times, plus, nothing = traces
    assert viz.compare(times, plus).difference.startswith("First difference: one goes to Mul")
    with viz.record(names={"x": x}) as twice:
        x.grad = None
        (x * 3).backward()
        (x * 3).backward()
    x.grad = None
    with viz.record(names={"x": x}) as once:
        (x * 3).backward()
    assert viz.compare(once, twice).difference == "They differ in the number of calls."
    assert viz.compare(twice, once).frames[-1].text.endswith("B has ended.")
    with pytest.raises(ValueError, match="nothing to compare"):
        viz.compare(times, nothing)
    with pytest.raises(TypeError, match="not int"):
        viz.compare(times, 3)


def test_it_is_shown_and_saved_as_any_replay(engine, tmp_path):
    both = viz.compare(squared(engine), squared(engine), names=("<a>", "b & c"))
    both.save(tmp_path / "a.html")
    both.save(tmp_path / "a.svg")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>&lt;a&gt; and b &amp; c, step by step</title>" in page
    ElementTree.parse(tmp_path / "a.svg")


def spread_out(engine, size, *, change=0.0, name="w"):
    w = engine.arange(float(size * 3)).reshape(size, 3).requires_grad_()
    seed = engine.ones(size, 3)
    seed[0, 0] += change
    with viz.record(names={name: w}) as recording:
        (w * 2).backward(seed)
    return recording


def test_tensors_of_one_shape_are_told_apart_by_their_numbers(engine):
    def told(size, change):
        one, other = spread_out(engine, size), spread_out(engine, size, change=change)
        return viz.compare(one, other).difference.partition(": ")[2]

    assert told(5, 0.25) == "two (5, 3) tensors, which differ by 0.25 at most."
    assert told(5, float("inf")) == "two (5, 3) tensors, which differ by inf at most."
    nan = "two (5, 3) tensors, and nan stands in one where the other has a number."
    assert told(5, float("nan")) == nan
    assert told(1, 0.25) == "[[1, 1, 1]] and [[1.25, 1, 1]]."
    assert told(100, 300) == "(100, 3) mean 1 ± 0 and (100, 3) mean 2 ± 17.29."


def test_equal_words_of_other_numbers_are_told_apart(engine):
    one, other = squared(engine, w=0.5 + 2**-14), squared(engine, w=0.5 + 3 * 2**-14)
    told = viz.compare(one, other).difference.partition(": ")[2]
    assert told == "1 and 1, which differ by 0.0002441 at most."


def test_another_name_alone_is_told_and_other_ops_of_one_name_too(engine):
    both = viz.compare(spread_out(engine, 5), spread_out(engine, 5, name="v"), names=("one", "two"))
    assert both.difference is None
    alike = "Both passes are the same, step by step. Only a name differs: w in one is v in two."
    assert both.frames[0].text == alike
    x = engine.tensor(2.0, requires_grad=True)
    recordings = []
    for y in (x * 3, x + 4):
        with viz.record(names={"x": x, "y": y}) as recording:
            (y * y).backward()
        recordings.append(recording)
    found = viz.compare(*recordings).difference
    assert found == "First difference: one goes to y (MulBackward0), the other to y (AddBackward0)."


@pytest.mark.parametrize("size", [(1366, 768), (800, 700)])
def test_both_are_seen_side_by_side_at_every_step(browser, tmp_path, size):
    torch = importlib.import_module("minigrad")
    recordings = []
    for factor in (1, 2):
        x = torch.tensor(1.1, requires_grad=True)
        y = x
        for _ in range(8):
            y = (y * x).sin()
        with viz.record() as recording:
            (y * factor).backward()
        recordings.append(recording)
    comparison = viz.compare(*recordings, names=("plain", "twice"))
    comparison.save(tmp_path / "a.html")
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto((tmp_path / "a.html").as_uri())
    for number, frame in enumerate(comparison.frames):
        page.get_by_role("slider", name="Step").fill(str(number))
        names = [page.get_by_text(name, exact=True) for name in comparison.names]
        nodes = [page.locator(f"[id='{id}']") for id in frame.focus.split()]
        assert len(nodes) == (2 if number else 0)
        for pair in filter(None, (names, nodes)):
            panes = [
                part.evaluate(
                    """(part) => {
                        const [box, pane] = [part, part.closest(".picture")]
                            .map((each) => each.getBoundingClientRect());
                        const seen = box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1
                            && box.bottom <= innerHeight;
                        return [seen, pane.left, pane.right];
                    }"""
                )
                for part in pair
            ]
            (seen_a, _, right), (seen_b, left, _) = panes
            assert seen_a and seen_b and right <= left, (number, panes)
    page.close()
