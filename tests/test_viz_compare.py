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
