"""The player without a browser: what a replay says, what it writes, and that it never breaks."""

import base64
import html
import importlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from viz_examples import EXAMPLES, gradient_for, network, notes, vectors

import viz
from viz.graph import walk
from viz.player.frames import MOST_FRAMES, Frame, frames, timeline
from viz.values import value_of

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]><!--<script ",
    "<img src=x onerror=alert(1)>",
    "\"'`&lt;&#0;",
    "\u202eright to left\u202c",
    "line\u2028separator\x00\x07",
    "\ud800 half a pair",
    "梯度 🌊",
    "x" * 10_000,
]


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def image(text):
    """The SVG inside the `<img>` of a player's HTML."""
    return base64.b64decode(
        re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)"', text)[1]
    ).decode()


def data(text):
    """The frames inside a player's HTML."""
    found = re.search(r'<script type="application/json">(.*?)</script>', text, re.S)[1]
    return json.loads(found)["frames"]


def captions(svg):
    """The sentences of an animated picture, in their order."""
    words = ElementTree.fromstring(svg).find(f"{SVG}svg/{SVG}g[@class='replay words']")
    return [" ".join(row.text or "" for row in text) for text in words]


def shown(steps, at):
    """What the picture shows at a frame: {place: state or text}."""
    at %= len(steps)
    return {
        key: value
        for key, spans in timeline(steps).items()
        for value, start, end in spans
        if start <= at < end
    }


def grads(animation, at=-1):
    """The `.grad` texts in the picture at a frame, by the leaf's name."""
    now = shown(animation.frames, at)
    nodes = {node["id"]: node for node in animation.trace["graph"]["nodes"]}
    return {
        nodes[key.removesuffix("-acc")]["name"]: text.removeprefix(".grad ")
        for key, text in now.items()
        if text.startswith(".grad ")
    }


# what a replay says


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_every_step_is_a_frame_and_the_last_one_shows_the_engines_grads(engine, example):
    root, names = example(engine)
    animation = viz.animate(root, gradient_for(engine, root), names=names)
    steps = animation.trace["runs"][0]["steps"]
    assert [f.kind for f in animation.frames] == ["start", *(step["kind"] for step in steps)]
    assert [f.text for f in animation.frames][1:] == [step["text"] for step in steps]
    held = {name: value_of(t.grad) for name, t in names.items() if t.is_leaf and t.grad is not None}
    assert grads(animation).keys() == held.keys()
    for name, text in grads(animation).items():
        rows = "".join(line.strip() + " " for line in text.split("\n")).strip()
        numbers = re.sub(r"(?<=\[) +| {2,}", " ", rows).replace("[ ", "[").replace("] [", "], [")
        text = held[name]["text"]
        assert numbers in (held[name]["short"], text, text.partition("mean ")[2])


def test_both_engines_are_replayed_alike():
    torch = pytest.importorskip("torch")
    told = []
    for engine in (importlib.import_module("minigrad"), torch):
        root, names = notes(engine)
        told.append(viz.animate(root, names=names).frames)
    assert told[0] == told[1]


def test_gradients_that_meet_show_their_running_sum(engine):
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    at = next(i for i, f in enumerate(animation.frames) if "twice" in f.text)
    now = shown(animation.frames, at)
    assert sorted(text for text in now.values() if text[0].isdigit()) == [
        "0.25",
        "0.75",
        "1",
        "2.25",
        "2.25",
    ]
    assert "Σ 4.5" in now.values()
    assert [number for number in now.values() if number == "moving"] == ["moving"] * 2
    received, first, second, freed = animation.frames[at].terms
    assert received[0] == "receives"
    assert first[-1].startswith("Σ [[2.25") and second[-1].startswith("Σ [[4.5")
    assert freed in [("frees", "self, other", "16 B"), ("frees", "other, self", "16 B")]


def test_what_is_coming_to_a_leaf_is_added_to_its_grad(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = x * 3
    with viz.record(names={"x": x}) as recording:
        y.backward(retain_graph=True)
        y.backward()
    animation = recording.animation()
    texts = [grads(animation, at)["x"] for at in range(len(animation.frames))]
    assert list(dict.fromkeys(texts)) == ["None", "None + 3", "3", "3 + 3", "6"]
    assert animation.frames[-1].terms == [
        (".grad before", "3"),
        ("+ incoming", "3"),
        ("= .grad after", "6"),
    ]
    starts = [f.text for f in animation.frames if f.kind == "start"]
    assert starts == [
        "Before call 1 of 2, y.backward(): every .grad is None.",
        "Before call 2 of 2, y.backward(): x.grad = 3. This pass adds to what is there.",
    ]


def test_grads_that_pile_up_stand_side_by_side(engine):
    w = engine.tensor(1.0, requires_grad=True)
    with viz.record(names={"w": w}) as recording:
        for _ in range(9):
            (w * 2).backward()
    starts = [f for f in recording.animation().frames if f.kind == "start"]
    assert starts[0].terms == []  # of what is still to come nothing is told
    assert starts[2].terms == [("after call 1", "w.grad 2"), ("after call 2", "w.grad 4")]
    assert starts[8].terms == [(f"after call {i}", f"w.grad {2 * i}") for i in range(3, 9)]


def test_zeroed_grads_are_none_again(engine):
    x = engine.tensor(2.0, requires_grad=True)
    with viz.record(names={"x": x}) as recording:
        for _ in range(2):
            x.grad = None
            (x * 3).backward()
    animation = recording.animation()
    second = max(i for i, f in enumerate(animation.frames) if f.kind == "start")
    assert grads(animation, second) == {"x": "None"}
    assert grads(animation) == {"x": "3"}


def test_each_run_shows_the_values_it_found(engine):
    w = engine.tensor([1.0, 2.0], requires_grad=True)
    with viz.record(names={"w": w}) as recording:
        for _ in range(2):
            loss = (w * w).sum()
            w.grad = None
            loss.backward()
            with engine.no_grad():
                w -= 0.25 * w.grad
    animation = recording.animation()
    second = max(i for i, f in enumerate(animation.frames) if f.kind == "start")
    ids = {node["name"]: node["id"] for node in animation.trace["graph"]["nodes"]}
    for at, values in [
        (0, ("[1, 2]", "5")),
        (second, ("[0.5, 1]", "1.25")),
        (-1, ("[0.5, 1]", "1.25")),
    ]:
        now = shown(animation.frames, at)
        assert (now[f"{ids['w']}-v0"], now[f"{ids['loss']}-v0"]) == values
    svg = image(animation._repr_mimebundle_()["text/html"])
    assert all(f">{number}</text>" in svg for number in ("5", "1.25"))


def test_parts_of_other_runs_graphs_are_absent(engine):
    x = engine.tensor(2.0, requires_grad=True)
    with viz.record(names={"x": x}) as recording:
        (x * 3).backward()
        (x + 1).sin().backward()
    animation = recording.animation()
    now = shown(animation.frames, 0)
    ops = {n["op"]: n["id"] for n in animation.trace["graph"]["nodes"]}
    assert now[ops["SinBackward0"]] == now[ops["AddBackward0"]] == "absent"
    assert ops["MulBackward0"] not in now
    now = shown(animation.frames, -1)
    assert now[ops["MulBackward0"]] == "absent"
    assert now[ops["SinBackward0"]] == "done"


def test_an_error_ends_the_replay_at_the_op_that_raised(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = (x * x).sin()
    with viz.record(names={"x": x}) as recording:
        y.backward()
        with pytest.raises(RuntimeError, match="second time"):
            y.backward()
    last = recording.animation().frames[-1]
    assert last.kind == "error"
    assert last.text.startswith("RuntimeError: Trying to backward through the graph a second time")
    assert list(last.changes.values()) == ["failed"]


def test_a_recording_shows_itself_as_its_animation(engine):
    root, names = notes(engine)
    with viz.record(names=names) as recording:
        root.backward()
    assert recording._repr_mimebundle_() == recording.animation()._repr_mimebundle_()


def test_the_ready_queue_is_told(engine):
    root, names = vectors(engine)
    told = [f.queue for f in viz.animate(root, gradient_for(engine, root), names=names).frames]
    # The box of the name y2 is the result; what is ready is the operation that made it.
    assert told[1] == "Only SqueezeBackward4 is ready, and goes next."
    assert told[3] == ("Ready: x3 and UnsqueezeBackward0. x3 goes next: leaves go first.")
    assert told[6].startswith("Ready: MulBackward0 and AddBackward0. MulBackward0 goes next: of")
    assert told[7].endswith("x1 waits for 1 more gradient. x2 waits for 1 more gradient.")
    assert told[-1].startswith("The graph kept ")  # and no more of the queue


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_what_the_queue_says_of_the_order_is_so(engine, example):
    """Leaves first, then what was made last: by the engine's own sequence numbers."""
    root, names = example(engine)
    handles = walk([root]).handles
    run = viz.animate(root, gradient_for(engine, root), names=names).trace["runs"][0]
    kinds = {id: hasattr(handles[id], "variable") for id in handles}
    for step, following in zip(run["steps"], run["steps"][1:]):
        ready = step.get("ready", [])
        if following["kind"] == "accumulate" or len(ready) < 2:
            continue
        assert not any(kinds[id] for id in ready)
        numbers = {id: handles[id]._sequence_nr() for id in ready}
        assert numbers[following["node"]] == max(numbers.values())


# animate() runs the real backward


@pytest.mark.filterwarnings("ignore:Using backward.. with create_graph=True")
def test_animate_takes_backwards_own_arguments(engine):
    x, y = (engine.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    z = x * y
    viz.animate(z, engine.tensor([1.0, 10.0]), True, False, [x])
    assert x.grad.tolist() == [1.0, 20.0]
    assert y.grad is None
    animation = viz.animate(z, engine.ones(2), create_graph=True)
    assert x.grad.tolist() == [2.0, 22.0]
    assert x.grad.requires_grad
    assert animation.trace["runs"][0]["create_graph"] is True


def test_animate_raises_what_backward_raises_and_leaves_no_hook(engine):
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(
        RuntimeError, match="grad can be implicitly created only for scalar outputs"
    ):
        viz.animate(x * x)
    y = (x * x).sum()
    viz.animate(y)
    with pytest.raises(RuntimeError, match="second time"):
        viz.animate(y)
    assert x.grad.tolist() == [2.0, 4.0]


def test_what_cannot_be_animated_is_refused_before_anything_runs(engine):
    with pytest.raises(TypeError, match="expected a tensor"):
        viz.animate(3)
    with pytest.raises(RuntimeError, match="does not require grad") as caught:
        viz.animate(engine.tensor(1.0))
    if hasattr(caught.value, "__notes__"):
        assert "Create an input with requires_grad=True" in caught.value.__notes__[-1]
    x = engine.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(13_000):
        y = y + 1
    with pytest.raises(ValueError, match="more than 12,000 nodes"):
        viz.animate(y)
    assert x.grad is None
    with viz.record() as recording:
        pass
    with pytest.raises(ValueError, match="nothing to replay"):
        recording.animation()


def test_several_roots_start_together(engine):
    x = engine.tensor(2.0, requires_grad=True)
    roots = [x * 3, x * 5]
    animation = viz.animate(roots, names={"x": x, "a": roots[0], "b": roots[1]})
    assert x.grad.item() == 8
    assert [f.kind for f in animation.frames][:3] == ["start", "seed", "seed"]
    assert grads(animation) == {"x": "8"}


def test_names_are_those_of_the_caller(engine):
    weight = engine.tensor(2.0, requires_grad=True)
    loss = weight * weight
    assert "Before loss.backward()" in str(viz.animate(loss))
    assert viz.animate(weight * weight).frames[-1].text == "weight.grad: 4 + 4 = 8"


# finite differences


def test_leaves_are_checked_by_finite_differences_where_f_can_run_again(engine):
    w = engine.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    b = engine.tensor([0.5, -0.5], requires_grad=True, dtype=engine.float64)
    version, start = w._version, w.tolist()

    def f():
        return ((w * b).sin() + w).mean()

    animation = viz.animate(f(), f=f)
    assert len(animation.checks) == 6  # two leaves, and each of the four results
    for text in animation.checks.values():
        assert text.startswith("Finite differences, (f(x + h) − f(x − h)) / 2h: ")
        assert text.endswith("The two agree.")
    assert (w._version, w.tolist()) == (version, start)
    assert [f.queue.split(",")[0] for f in animation.frames if f.kind == "accumulate"] == [
        "Finite differences"
    ] * 2
    data = json.loads(
        re.search(r'<script type="application/json">(.*?)</script>', animation._page(), re.S)[1]
    )
    assert len(data["checks"]) == 6 + 7  # and each edge: w is used twice
    together = [text for text in data["checks"].values() if text.startswith("All 2 ways together.")]
    assert len(together) == 2
    alone = w.grad.tolist()
    w.grad = None
    f().backward()
    assert w.grad.tolist() == alone


def test_a_wrong_backward_is_found(engine):
    class Triple(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = engine.tensor([2.0, 1.0], requires_grad=True)
    seed = engine.tensor([1.0, 10.0])
    animation = viz.animate(Triple.apply(x), seed, f=lambda: Triple.apply(x))
    leaf = next(n["id"] for n in animation.trace["graph"]["nodes"] if n["kind"] == "leaf")
    text = animation.checks[leaf]
    assert text.endswith("2h: [3, 30]. Backward: [2, 20]. They differ by up to 10.")


def checked(engine, f):
    """[(op, what finite differences say of its result)]"""
    animation = viz.animate(f(), f=f)
    nodes = {n["id"]: n["op"] for n in animation.trace["graph"]["nodes"]}
    return [(nodes[id], text) for id, text in animation.checks.items()]


def test_results_in_functions_and_models_that_f_calls_are_checked(engine):
    nn = engine.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(2, 3), nn.Tanh())

        def forward(self, x):
            return self.inner(x).exp()

    net, x = Net(), engine.tensor([[0.5, -1.0]])

    def scaled(y, by=2):
        return y * by

    found = checked(engine, lambda: scaled(net(x)).sum())
    agree = [op for op, text in found if text.endswith("The two agree.")]
    inside = ["SumBackward0", "MulBackward0", "ExpBackward0", "TanhBackward0", "AddmmBackward0"]
    assert sorted(agree) == sorted(["AccumulateGrad"] * 2 + inside)
    [(op, text)] = [(op, text) for op, text in found if op not in agree]
    assert op == "TBackward0" and "f's own lines never hold this result" in text
    assert all("forward" not in vars(m) for m in net.modules())  # as it was


def test_a_result_written_in_place_is_checked_before_it_is(engine):
    w = engine.tensor([1.0, 2.0], requires_grad=True)

    def f():
        y = w * 3
        y.mul_(2)
        y += w
        return (y * y).sum()

    texts = [text for _, text in checked(engine, f)]
    assert any("2h: [28, 56]." in text for text in texts)  # of w * 3, which mul_ doubles
    assert not any("They differ" in text for text in texts)


def test_at_a_kink_no_gradient_is_called_wrong(engine):
    x = engine.tensor([0.0, 2.0], requires_grad=True)
    [text] = [text for op, text in checked(engine, lambda: x.relu().sum()) if "Acc" in op]
    assert text.endswith(
        "2h: [0.5, 1]. Backward: [0, 1]. They differ by up to 0.5: f has a kink here, and backward "
        "gives the slope to one side of it."
    )


def test_of_two_lambdas_on_a_line_the_right_one_runs_again(engine):
    x = engine.tensor(2.0, requires_grad=True)
    first, second = (lambda: x * x), (lambda: x * 3)
    for f in (first, second):
        assert all("They differ" not in text for _, text in checked(engine, f))


def test_without_its_source_f_still_checks_the_leaves(engine):
    x = engine.tensor(2.0, requires_grad=True)
    f = eval("lambda: (x * 3).sin()", {"x": x})
    found = dict(checked(engine, f))
    assert found.pop("AccumulateGrad").endswith("The two agree.")
    assert all(text.startswith("No finite differences here") for text in found.values())


def test_why_there_are_no_finite_differences_is_told(engine):
    x = engine.tensor([2.0, 3.0], requires_grad=True)

    def watchful():
        if sys._getframe().f_code is not watchful.__code__:
            raise LookupError("who calls?")
        return (x * 3).sum()

    found = dict(checked(engine, watchful))
    assert found.pop("AccumulateGrad").endswith("The two agree.")
    assert set(found) == {"MulBackward0", "SumBackward0"}
    assert all(text.endswith("raised LookupError: who calls?") for text in found.values())

    calls = []

    def fickle():
        calls.append(0)
        return (x * 3).sum() if len(calls) < 3 else (3 * x).sum() + 0 * x.sum()

    found = dict(checked(engine, fickle))
    assert found["MulBackward0"].endswith("f called again makes a graph of other operations.")

    def parts():
        one, other = (x * 3).unbind()
        return one * other

    found = dict(checked(engine, parts))
    assert found["UnbindBackward0"].endswith("it has several results, and each would need its own.")


def test_f_must_compute_the_same_again(engine):
    x = engine.tensor(2.0, requires_grad=True)
    with pytest.raises(ValueError, match="f gives 6 where the animated tensor is 4"):
        viz.animate(x * 2, f=lambda: x * 3)
    with pytest.raises(ValueError, match="f must return what is animated"):
        viz.animate(x * 2, f=lambda: 4.0)
    assert x.grad is None and x.item() == 2

    def breaks():
        if x.item() != 2:
            raise KeyError("half way")
        return x * 2

    with pytest.raises(KeyError):
        viz.animate(x * 2, f=breaks)
    assert x.item() == 2  # put back


# the animated picture


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_every_place_a_frame_writes_to_is_in_the_picture(engine, example):
    root, names = example(engine)
    animation = viz.animate(root, gradient_for(engine, root), names=names)
    ids = {element.get("id") for element in ElementTree.fromstring(animation.svg).iter()}
    assert {key for f in animation.frames for key in f.changes} <= ids
    assert {f.focus for f in animation.frames} <= ids


def test_the_animated_picture_is_xml_that_moves_only_where_motion_is_welcome(engine):
    root, names = notes(engine)
    picture = viz.animate(root, names=names)._repr_mimebundle_()["image/svg+xml"]
    outer = ElementTree.fromstring(picture)
    assert outer.find(f"{SVG}svg") is not None
    style = outer.find(f"{SVG}style").text
    calm, moving = style.split("@media (prefers-reduced-motion:no-preference)")
    assert "@keyframes" in moving and "animation:" in moving
    assert "@keyframes" not in calm and "animation" not in calm


def test_the_animated_picture_at_rest_is_the_last_frame(engine):
    root, names = notes(engine)
    with viz.record(names=names) as recording:
        root.backward(retain_graph=True)
        root.backward()
    animation = recording.animation()
    outer = ElementTree.fromstring(animation._repr_mimebundle_()["image/svg+xml"])
    told = captions(animation._repr_mimebundle_()["image/svg+xml"])
    assert told == [frame.text for frame in animation.frames]
    moved = re.search(r"\.words{transform:translateY\(-(\d+)px\)}", outer.find(f"{SVG}style").text)
    assert int(moved[1]) % (len(told) - 1) == 0
    texts = {
        "\n".join(t.itertext()).replace("\u00a0", " ")
        for t in outer.iter(f"{SVG}text")
        if t.get("class", "").split()[-1:] != [] and t.get("opacity") != "0"
    }
    numbers = {v for k, v in shown(animation.frames, -1).items() if k.endswith(("-label", "-acc"))}
    assert numbers <= texts


def test_a_gradients_line_is_one_stroke_so_that_its_head_comes_last(engine):
    root, names = notes(engine)
    lines = re.findall(
        r'class="grad" d="([^"]+)" pathLength="1"', viz.animate(root, names=names).svg
    )
    assert len(lines) == 6
    assert all(re.fullmatch(r"M[^Mm]+", line) for line in lines)


def test_a_long_pass_is_thinned_where_there_are_no_controls(engine):
    x = engine.tensor(1.0, requires_grad=True)
    with viz.record(names={"x": x}) as recording:
        for _ in range(100):
            y = x
            for _ in range(5):
                y = y + 1
            y.backward()
    bundle = recording._repr_mimebundle_()
    assert len(data(bundle["text/html"])) == 800
    told = captions(bundle["image/svg+xml"])
    assert 100 < len(told) <= 300
    assert told[-1] == "x.grad: 99 + 1 = 100"


def test_a_run_too_short_for_the_thinned_picture_leaves_nothing_behind(engine):
    x = engine.tensor(1.0, requires_grad=True)
    with viz.record(names={"x": x}) as recording:
        for i in range(320):
            (x * 2 if i == 0 else x + 1).backward()
    animation = recording.animation()
    lost = next(n["id"] for n in animation.trace["graph"]["nodes"] if n["op"] == "MulBackward0")
    svg = animation._repr_mimebundle_()["image/svg+xml"]
    edge = next(e["id"] for e in animation.trace["graph"]["edges"] if e["source"] == lost)
    assert f"#{edge}{{stroke-dashoffset:1;fill-opacity:0}}" in svg
    assert f'id="{edge}-label"' in svg
    ElementTree.fromstring(svg)


def loop(engine, count):
    x = engine.tensor(1.0, requires_grad=True)
    with viz.record(names={"x": x}) as recording:
        for _ in range(count):
            (x + 1).backward()
    return recording


def test_a_long_recording_shows_its_ends_and_every_so_many_th_call(engine):
    count = MOST_FRAMES // 2
    told = loop(engine, count).animation().frames
    assert len(told) <= MOST_FRAMES
    starts = [frame for frame in told if frame.kind == "start"]
    calls = [int(frame.call.split(" of ")[0]) for frame in starts]
    assert calls[:11] == [*range(1, 11), 15]
    assert calls[-10:] == [*range(count - 9, count + 1)]
    shown = f"Shown: of {count:,} calls 1 to 10, then every 5th, and {count - 9} to {count:,}."
    assert starts[0].text.endswith(shown)
    assert starts[10].text.startswith("Calls 11 to 14 are not shown. Before call 15 of ")
    assert "x.grad = 14." in starts[10].text  # also over the gap
    assert told[-1].text == f"x.grad: {count - 1} + 1 = {count}"


def test_some_calls_alone_are_replayed(engine):
    recording = loop(engine, 9)
    told = recording.animation(calls=(3, 7)).frames
    assert [frame.call for frame in told if frame.kind == "start"] == ["3 of 9", "7 of 9"]
    assert "x.grad = 6." in told[4].text
    with pytest.raises(ValueError, match="counted from 1 to 9"):
        recording.animation(calls=[10])


def test_a_picture_of_a_long_replay_says_what_it_leaves_out(engine, tmp_path):
    animation = loop(engine, 100).animation()
    with pytest.warns(
        UserWarning, match=r"replay.svg shows every 2nd of 400 steps.*calls=\[1, 2\]"
    ):
        animation.save(tmp_path / "replay.svg")
    loop(engine, 20).animation().save(tmp_path / "short.svg")


def test_a_pass_that_is_too_long_says_what_it_leaves_out():
    step = {"kind": "seed", "node": "n0", "edge": None, "grad": None, "text": ""}
    run = {"root": "n0", "nodes": ["n0"], "values": {}, "error": None, "steps": [step] * 2_003}
    node = {"id": "n0", "kind": "output", "op": None, "name": "x", "value": None}
    told = frames({"graph": {"nodes": [node], "edges": []}, "runs": [run]})
    assert len(told) == MOST_FRAMES + 1
    assert told[-1].text == "4 more steps are not shown."


def test_a_large_gradient_shows_mean_spread_and_a_thumbnail(engine):
    x = engine.linspace(-1, 1, 160).view(10, 16).requires_grad_()
    told = viz.animate((x * x).sum(), names={"x": x}).frames[-1]
    [after] = [text for key, text in told.changes.items() if key.endswith("-acc")]
    assert re.fullmatch(r"\.grad -?[\d.e-]+\n {6}± 1\.162", after)
    head, text, cells = told.terms[-1]
    assert (head, text.startswith("(10, 16) mean ")) == ("= .grad after", True)
    rows = cells.removeprefix("▦").split("/")
    assert len(rows) == 8 and {len(row) for row in rows} == {16}
    assert (rows[0][0], rows[-1][-1]) == ("0", "6")  # most negative, most positive


# the HTML


def test_the_html_holds_all_it_needs_and_asks_for_nothing(engine):
    root, names = notes(engine)
    text = viz.animate(root, names=names)._repr_mimebundle_()["text/html"]
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', text) == []
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"\b(fetch|XMLHttpRequest|import)\b\(", text)
    assert text.index("<img") < text.index("<script")


SNIPPET = """
import importlib, sys
import viz
engine = importlib.import_module(sys.argv[1])
x = engine.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
out = (x * x + x).mean()
with viz.record() as recording:
    out.backward(retain_graph=True)
    out.backward()
bundle = recording.animation()._repr_mimebundle_()
sys.stdout.buffer.write("".join(bundle.values()).encode())
"""


def test_the_same_pass_gives_the_same_bytes(engine):
    runs = [
        subprocess.run(
            [sys.executable, "-c", SNIPPET, engine.__name__],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(runs[0]) > 10_000
    assert runs[0] == runs[1]


def test_different_passes_have_different_digests(engine):
    digests = set()
    for value in (1.0, 2.0):
        x = engine.tensor(value, requires_grad=True)
        text = viz.animate(x * x)._repr_mimebundle_()["text/html"]
        digests.add(re.search(r'data-player="([0-9a-f]{12})"', text)[1])
    assert len(digests) == 2


def test_a_graph_of_100_nodes_stays_below_235_kb(engine):
    engine.manual_seed(0)
    net = engine.nn.Sequential(
        *[layer for _ in range(18) for layer in (engine.nn.Linear(4, 4), engine.nn.ReLU())],
        engine.nn.Linear(4, 1),
    )
    loss = ((net(engine.ones(5, 4)) - 1) ** 2).mean()
    animation = viz.animate(loss, params=dict(net.named_parameters()))
    assert 95 <= len(animation.trace["graph"]["nodes"]) <= 105
    assert len(animation._repr_mimebundle_()["text/html"].encode()) <= 235_000


class Tags(HTMLParser):
    """The tags of an HTML text, as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(name for name, _ in attrs)))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_never_becomes_markup(engine, name):
    x = engine.tensor(2.0, requires_grad=True)
    y = x * x
    bundle = viz.animate(y, names={name: x, name + " ": y})._repr_mimebundle_()
    calm = viz.animate(x * x, names={"x": x, "y": y})._repr_mimebundle_()
    assert Tags(bundle["text/html"]).found == Tags(calm["text/html"]).found
    tags = [element.tag for element in ElementTree.fromstring(bundle["image/svg+xml"]).iter()]
    assert set(tags) == {SVG + tag for tag in "svg style rect g path text tspan title".split()}
    assert image(bundle["text/html"]) == bundle["image/svg+xml"]
    assert captions(bundle["image/svg+xml"]) == [
        line.split("  ", 1)[1].strip() for line in bundle["text/plain"].splitlines()
    ]
    bundle["text/html"].encode()


def test_text_plain_has_a_line_a_frame(engine):
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    lines = str(animation).splitlines()
    assert len(lines) == len(animation.frames)
    assert lines[0] == "0  Before out.backward(): every .grad is None."
    assert lines[1] == "1  Start: ∂out/∂out = 1."
    assert len(repr(animation)) < 80


# files


def test_save_writes_what_the_suffix_says(engine, tmp_path):
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    animation.save(tmp_path / "a.html")
    animation.save(str(tmp_path / "a.SVG"))
    page = (tmp_path / "a.html").read_bytes().decode()
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>out.backward(), step by step</title>" in page
    assert animation._repr_mimebundle_()["text/html"] in page
    assert (tmp_path / "a.SVG").read_bytes().decode() == animation._repr_mimebundle_()[
        "image/svg+xml"
    ]


@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a", "html"])
def test_save_refuses_other_suffixes_and_says_which_there_are(engine, tmp_path, name):
    root, names = notes(engine)
    with pytest.raises(ValueError, match=r"\.html.*\.svg.*\.png.*\.gif"):
        viz.animate(root, names=names).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_a_still_frame_shows_what_the_player_shows(engine, example, tmp_path):
    root, names = example(engine)
    animation = viz.animate(root, gradient_for(engine, root), names=names)
    for at in (0, len(animation.frames) // 2, -1):
        animation.save(tmp_path / "a.svg", frame=at)
        text = (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert "animation" not in text.replace("viz-graph", "") and "@keyframes" not in text
        parsed = ElementTree.fromstring(text)
        texts = {e.get("id"): "".join(e.itertext()).replace("\u00a0", " ") for e in parsed.iter()}
        now = shown(animation.frames, at)
        for key, value in now.items():
            if "-" in key and key in texts:
                assert texts[key] == value.replace("\n", "")
        rings = text.count('stroke-dasharray="3 4"/>')
        assert rings >= list(now.values()).count("ready")
        words = " ".join("".join(e.itertext()) for e in parsed.find(f"{SVG}g[@class='words']"))
        assert words == animation.frames[at].text
    with pytest.raises(IndexError):
        animation.save(tmp_path / "b.svg", frame=99)


def test_frames_are_painted_and_all_of_them_are_a_gif(engine, tmp_path):
    pytest.importorskip("resvg_py")
    image = pytest.importorskip("PIL.Image")
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    animation.save(tmp_path / "a.png", frame=4)
    animation.save(tmp_path / "b.png")
    with image.open(tmp_path / "a.png") as four, image.open(tmp_path / "b.png") as last:
        assert four.size[0] >= 1000 and four.tobytes() != last.tobytes()
        colours = {colour: count for count, colour in four.convert("RGB").getcolors(1 << 20)}
    assert colours[0xB4, 0x4C, 0x00] > 500  # a ring and two gradients
    animation.save(tmp_path / "a.gif")
    with image.open(tmp_path / "a.gif") as gif:
        assert (gif.n_frames, gif.info["loop"]) == (len(animation.frames), 0)


def test_pieces_of_a_gif_add_up_to_its_frames(engine, tmp_path):
    pytest.importorskip("resvg_py")
    image, chops = pytest.importorskip("PIL.Image"), pytest.importorskip("PIL.ImageChops")
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    for name in ("a.gif", "b.gif"):
        animation.save(tmp_path / name)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    with image.open(tmp_path / "a.gif") as gif:
        for at in range(gif.n_frames):
            gif.seek(at)
            animation.save(tmp_path / "a.png", frame=at)
            now = gif.convert("RGB").reduce(3)
            with image.open(tmp_path / "a.png") as png:
                high = round(png.height * now.width / png.width)
                whole = png.convert("RGB").resize((now.width, high), image.Resampling.BOX)
            top = (5, 5, now.width - 5, min(now.height, high) - 30)  # no corners, no sentence
            off = chops.difference(now.crop(top), whole.crop(top)).convert("L")
            assert off.getextrema()[1] < 60, at


def test_a_gif_of_a_large_picture_is_bounded(engine, tmp_path, monkeypatch):
    pytest.importorskip("resvg_py")
    image = pytest.importorskip("PIL.Image")
    monkeypatch.setattr("viz.player.gif.DOTS", 60_000)
    root, names = notes(engine)
    animation = viz.animate(root, names=names)
    animation.save(tmp_path / "a.gif")
    with image.open(tmp_path / "a.gif") as gif:
        assert 50_000 < gif.width * gif.height < 61_000
        assert gif.n_frames == len(animation.frames)


@pytest.mark.parametrize("name, package", [("a.png", "resvg_py"), ("a.gif", "PIL")])
def test_a_missing_painter_is_named(engine, tmp_path, monkeypatch, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    root, names = notes(engine)
    with pytest.raises(ImportError, match="pip install resvg-py"):
        viz.animate(root, names=names).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_title_is_no_markup_either(engine, tmp_path):
    x = engine.tensor(2.0, requires_grad=True)
    y = x * x
    viz.animate(y, names={"<b>&": y}).save(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert f"<title>{html.escape('<b>&')}.backward(), step by step</title>" in page


# the timeline itself


def test_a_timeline_settles_what_was_at_work_and_starts_each_run_from_blank():
    steps = [
        Frame("start", "", "n0", {"n1-acc": ".grad None"}),
        Frame("apply", "", "n0", {"n0": "active", "e0": "moving", "e0-label": "1"}),
        Frame("accumulate", "", "n1", {"n1": "active", "n1-acc": ".grad 1"}),
        Frame("start", "", "n0", {"n1-acc": ".grad 1"}),
    ]
    assert timeline(steps) == {
        "n1-acc": [(".grad None", 0, 2), (".grad 1", 2, 4)],
        "n0": [("active", 1, 2), ("done", 2, 3)],
        "e0": [("moving", 1, 2), ("sent", 2, 3)],
        "e0-label": [("1", 1, 3)],
        "n1": [("active", 2, 3)],
    }


def test_frames_of_a_trace_read_back_from_json_are_the_same(engine):
    root, names = network(engine)
    with viz.record(names=names) as recording:
        root.backward()
    animation = recording.animation()
    assert frames(json.loads(json.dumps(animation.trace))) == animation.frames


def test_frames_of_a_replay_hold_what_each_module_computed(engine):
    nn = engine.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(3, 3)

        def forward(self, x):
            return x + self.inner(x).tanh()

    model = nn.Sequential(Block(), nn.Linear(3, 1))
    animation = viz.animate(model(engine.ones(2, 3)).sum(), model=model)
    svg = animation.svg
    frames = {
        title: tuple(map(float, place))
        for place, title in zip(
            re.findall(r'class="frame" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', svg),
            re.findall(r'class="frame-title[^>]*>([^<]+)<', svg),
        )
    }
    assert frames.keys() == {"0 · Block", "0.inner · Linear", "1 · Linear"}
    boxes = {
        title: tuple(map(float, place))
        for title, *place in re.findall(
            r'<title>([^<]*)</title><rect class="box" x="(\S+)" y="(\S+)" width="(\S+)" '
            r'height="(\S+)"',
            svg,
        )
    }

    def inside(frame):
        x, y, w, h = frames[frame]
        return {
            title
            for title, (bx, by, bw, bh) in boxes.items()
            if x <= bx and y <= by and bx + bw <= x + w and by + bh <= y + h
        }

    assert {t.split()[0] for t in inside("1 · Linear")} >= {"1.weight", "1.bias", "AddmmBackward0"}
    assert inside("0.inner · Linear") < inside("0 · Block")
    assert not inside("0 · Block") & inside("1 · Linear")
    assert not any(t.startswith(("SumBackward0", "output")) for f in frames for t in inside(f))
    with pytest.raises(ValueError, match="none of its 2 parameters is in this graph"):
        viz.animate(model(engine.ones(2, 3)).sum(), model=nn.Linear(1, 1))


def test_bytes_are_told_before_and_after_and_where_they_are_freed(engine):
    w = engine.ones(4, requires_grad=True)
    y = w * w
    animation = viz.animate((y * y).sum(), names={"w": w, "y": y})
    first, *_, last = animation.frames
    assert first.queue == "For backward, the graph keeps 32 B in 2 tensors."
    assert last.queue == "The graph kept 32 B in 2 tensors before; now it keeps 0 B in 0 tensors."
    freed = [term for f in animation.frames for term in f.terms if term[0] == "frees"]
    assert freed == [("frees", "other, self", "16 B")] * 2  # one tensor, kept twice
    held = viz.animate((w * w).sum(), retain_graph=True)
    assert not any("keeps" in frame.queue for frame in held.frames)
