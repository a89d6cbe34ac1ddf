"""A replay of a graph too large for one picture: folded groups receive and send as one."""

import importlib
import json

import numpy as np
import pytest
from test_viz_fold import lstm

import viz

SIDE = 3


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def layers(engine, count):
    x = engine.linspace(-1, 1, SIDE * SIDE).view(SIDE, SIDE).requires_grad_()
    h = x
    for i in range(count):
        w = (engine.eye(SIDE) * (1 - i / 100)).requires_grad_()
        h = (h @ w + x).tanh()
    return h.sum(), x


def blocks(engine, count):
    x = engine.linspace(-1, 1, SIDE * SIDE).view(SIDE, SIDE).requires_grad_()
    w = (engine.eye(SIDE) * 0.5).requires_grad_()
    h = x
    for _ in range(count):
        h = h + (h @ w).tanh() * 0.5
    return h.sum(), w


def kinds(trace):
    return {node["id"]: node["kind"] for node in trace["graph"]["nodes"]}


@pytest.mark.parametrize("build", [layers, blocks])
def test_a_large_replay_is_folded_and_its_gradients_add_up(engine, build):
    out, leaf = build(engine, 60)
    animation = viz.animate(out, names={"leaf": leaf})
    trace = animation.trace
    assert "group" in kinds(trace).values()
    assert len(trace["graph"]["nodes"]) < 60
    edges = {edge["id"]: edge for edge in trace["graph"]["edges"]}
    come: dict[tuple[str, int], np.ndarray] = {}
    seen = set()
    for step in trace["runs"][0]["steps"]:
        if step["kind"] != "seed":
            waits = {e["source"] for e in edges.values() if e["target"] == step["node"]}
            assert {w for w in waits if kinds(trace)[w] != "output"} <= seen
        seen.add(step["node"])
        for send in step.get("sends", ()):
            place = edges[send["edge"]]["target"], edges[send["edge"]]["output"]
            come[place] = come.get(place, 0) + np.array(send["grad"]["data"])
            assert np.allclose(come[place], send["sum"]["data"], atol=1e-6)
        if step["kind"] == "accumulate" or kinds(trace)[step["node"]] == "op":
            got = step.get("incoming", step.get("received"))
            if (step["node"], 0) in come:
                assert np.allclose(come[step["node"], 0], got["data"], atol=1e-6)
    at = next(node["id"] for node in trace["graph"]["nodes"] if node["name"] == "leaf")
    steps = [s for s in trace["runs"][0]["steps"] if s["kind"] == "accumulate"]
    last = next(s for s in steps if s["node"] == at)
    assert np.allclose(last["after"]["data"], leaf.grad.tolist())
    json.dumps(trace, allow_nan=False)


def test_the_sentences_of_a_folded_box(engine):
    out, x = layers(engine, 60)
    told = [f.text for f in viz.animate(out, names={"x": x}).frames]
    folded = next(text for text in told if ", folded, receives" in text)
    assert " × the same, folded, receives 1 and sends a (3, 3) tensor to x and" in folded
    assert folded.endswith("leaves are written.")
    assert any(text.endswith("the same, folded.") for text in told)  # what enters it


def test_a_recording_keeps_the_whole_trace(engine):
    with viz.record() as rec:
        for _ in range(2):
            layers(engine, 60)[0].backward()
    assert len(rec.graph.nodes) > 240
    assert "group" not in kinds(rec.trace).values()
    animation = rec.animation()
    assert [f.kind for f in animation.frames].count("start") == 2
    assert "group" in kinds(animation.trace).values()


def test_a_folded_replay_is_saved_and_asks(tmp_path):
    import minigrad

    out, _ = blocks(minigrad, 60)
    viz.animate(out, quiz=True).save(tmp_path / "replay.html")
    viz.animate(blocks(minigrad, 60)[0]).save(tmp_path / "replay.svg")
    svg = (tmp_path / "replay.svg").read_text(encoding="utf-8")
    assert "× the same" in svg and "not drawn" not in svg


def test_a_small_replay_is_not_folded(engine):
    out, _ = layers(engine, 3)
    assert "group" not in kinds(viz.animate(out).trace).values()


def all_inside(insides):
    for inside in insides:
        yield inside
        yield from all_inside(inside.insides)


@pytest.mark.parametrize("build", [layers, blocks])
def test_what_is_inside_folded_boxes_is_what_ran_there(engine, build, monkeypatch):
    """All steps of the whole pass are somewhere: in the picture, or inside one box of it."""
    monkeypatch.setattr("viz.player.inside.BOXES", 1_000)
    out, leaf = build(engine, 60)
    with viz.record(names={"leaf": leaf}) as rec:
        out.backward()
    whole = [step for step in rec.runs[0]["steps"] if step["kind"] != "seed"]
    animation = rec.animation()
    assert len(list(all_inside(animation.insides))) > 3
    kind = kinds(animation.trace)
    found = [s["text"] for s in animation.trace["runs"][0]["steps"] if kind[s["node"]] != "group"]
    for inside in all_inside(animation.insides):
        [run] = inside.trace["runs"]
        kind = kinds(inside.trace)
        entered = [step["kind"] for step in run["steps"]].count("enter")
        assert entered and all(step["kind"] == "enter" for step in run["steps"][:entered])
        for step in run["steps"][entered:]:
            assert kind[step["node"]] != "more"
            found += [step["text"]] if kind[step["node"]] != "group" else []
        json.dumps(inside.trace, allow_nan=False)
    told = sorted(text.partition(" That enters")[0] for text in found if text[:5] != "Start")
    assert told == sorted(step["text"] for step in whole)


def test_what_goes_to_several_nodes_of_a_box_outside_is_not_added_up(engine):
    """An LSTM's step sends gradients to its states and to its loss, in shapes of their own."""
    runs = [i.trace["runs"][0] for i in all_inside(viz.animate(lstm(engine)).insides)]
    sends = [send for run in runs for step in run["steps"] for send in step.get("sends", ())]
    assert len(sends) > 100
    for send in sends:
        assert list(np.shape(send["sum"]["data"])) == send["grad"]["shape"] == send["sum"]["shape"]


def test_insides_are_bounded():
    import minigrad

    x = minigrad.tensor(1.0, requires_grad=True)
    h = x
    for i in range(3_000):
        h = h * 1.001 if i % 7 else (h + x).sin()
    animation = viz.animate(h)
    assert 0 < sum(len(inner.graph.nodes) for inner in all_inside(animation.insides)) <= 200
    assert len(animation._repr_mimebundle_()["text/html"]) < 600_000
