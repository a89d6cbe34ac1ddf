"""A recording tells what a real backward pass did, step by step, and changes nothing of it."""

import gc
import importlib
import json
import sys
import threading
import warnings
import weakref

import pytest
from viz_examples import (
    EXAMPLES,
    attention,
    convolution,
    custom,
    gradient_for,
    inplace,
    network,
    notes,
    rounded,
    twice,
    unrolled,
)

import viz
from viz.graph import MOST
from viz.record import FORMAT, VERSION, run


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def texts(trace, number=0):
    return [step["text"] for step in trace["runs"][number]["steps"]]


# what is told


MORE = [convolution, attention, custom, inplace, twice]


@pytest.mark.parametrize("example", MORE, ids=lambda e: e.__name__)
def test_both_engines_give_the_same_trace_of_larger_things(example):
    torch = pytest.importorskip("torch")
    traces = []
    for engine in (importlib.import_module("minigrad"), torch):
        root, names = example(engine)
        trace = rounded(run(root, gradient_for(engine, root), names=names))
        if example is convolution:  # each engine keeps what its own algorithm needs
            for step in trace["runs"][0]["steps"]:
                step.pop("frees", None)
        traces.append(trace)
    assert traces[0] == traces[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_both_engines_give_the_same_trace(example):
    torch = pytest.importorskip("torch")
    traces = []
    for engine in (importlib.import_module("minigrad"), torch):
        root, names = example(engine)
        traces.append(rounded(run(root, gradient_for(engine, root), names=names)))
    ours, theirs = traces
    assert ours["graph"] == theirs["graph"]
    assert texts(ours) == texts(theirs)
    assert ours == theirs


def test_the_sentences_of_the_notes(engine):
    out, names = notes(engine)
    assert texts(run(out, names=names)) == [
        "Start: ∂out/∂out = 1.",
        "MeanBackward0 receives ∂out/∂out = 1 and sends 1 / 4 = 0.25 for each of 4 elements "
        "to MulBackward0.",
        "MulBackward0 receives ∂out/∂z = 0.25 and sends 0.25 · 3 = 0.75 to MulBackward0.",
        "MulBackward0 receives 0.75 and sends 0.75 · y = 0.75 · 3 = 2.25 to AddBackward0, twice: "
        "y is used twice.",
        "AddBackward0 receives ∂out/∂y = 4.5 and sends 4.5 · 1 = 4.5 to x.",
        "x.grad: None + 4.5 = 4.5",
    ]


def test_a_product_with_itself(engine):
    y = engine.tensor([3.0, 3.0, 3.0, 3.0], requires_grad=True) * 1
    z = y * y
    out = z.mean()
    assert texts(run(out))[2] == (
        "MulBackward0 receives ∂out/∂z = 0.25 and sends 0.25 · y = 0.25 · 3 = 0.75 to "
        "MulBackward0, twice: y is used twice."
    )


def test_different_gradients_that_meet_are_added_up(engine):
    x = engine.tensor(3.0, requires_grad=True)
    y = x * 2 + x**3
    steps = run(y)["runs"][0]["steps"]
    sends = [send for step in steps for send in step.get("sends", ()) if send["edge"][0] == "e"]
    to_x = [(s["grad"]["text"], s["sum"]["text"]) for s in sends[-2:]]
    assert to_x == [("27", "27"), ("2", "29")]
    assert "sends 1 · 2 = 2 to x, which makes 29 there." in steps[-2]["text"]
    assert steps[-1]["text"] == "x.grad: None + 29 = 29"


def test_a_second_backward_adds(engine):
    x = engine.ones(2, 2, requires_grad=True)
    out = (x + 2).mean()
    out2 = x.sum()
    with viz.record() as rec:
        out.backward()
        out2.backward()
    assert texts(rec.trace, 0)[-1] == "x.grad: None + 0.25 = 0.25"
    assert texts(rec.trace, 1)[-1] == "x.grad: 0.25 + 1 = 1.25"
    last = rec.trace["runs"][1]["steps"][-1]
    assert [last[k]["text"] for k in ("before", "incoming", "after")] == [
        "[[0.25, 0.25], [0.25, 0.25]]",
        "[[1, 1], [1, 1]]",
        "[[1.25, 1.25], [1.25, 1.25]]",
    ]
    leaves = [n["name"] for n in rec.trace["graph"]["nodes"] if n["kind"] == "leaf"]
    assert leaves == ["x"]  # one box, whichever graph leads to it
    assert [n["name"] for n in rec.run(1)["graph"]["nodes"]] == ["x", "out2", "out2"]
    assert [n["name"] for n in rec.run(0)["graph"]["nodes"]] == ["out", "out", None, "x"]


def test_a_vector_root_is_given_its_gradient(engine):
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    assert texts(run(y, engine.tensor([1.0, 0.1]))) == [
        "Start: backward() was given [1, 0.1] as the gradient of y.",
        "MulBackward0 receives [1, 0.1] and sends [1, 0.1] · 3 = [3, 0.3] to x.",
        "x.grad: None + [3, 0.3] = [3, 0.3]",
    ]


def test_a_broadcast_input_is_sent_the_sum(engine):
    w = engine.ones(3, requires_grad=True)
    b = engine.tensor(2.0, requires_grad=True)
    out = (w * b).sum()
    assert texts(run(out))[2] == (
        "MulBackward0 receives [1, 1, 1] and sends [1, 1, 1] · b = [1, 1, 1] · 2 = [2, 2, 2] to w "
        "and the sum of [1, 1, 1] · w over the broadcast elements = 3 to b."
    )


def test_large_gradients_are_told_by_shape(engine):
    loss, names = network(engine)
    trace = run(loss, names=names)
    assert texts(trace)[-1].startswith("0.weight.grad: None + a (256, 20) tensor = a (256, 20)")
    last = trace["runs"][0]["steps"][-1]
    assert (last["after"]["data"], last["after"]["shape"]) == (None, [256, 20])
    assert last["after"]["text"].startswith("(256, 20) mean ")


def test_the_queue_is_visible(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = (x * 3) + (x * 5)
    trace = run(y)
    ids = {n["id"]: (n["op"], n["kind"]) for n in trace["graph"]["nodes"]}
    ready = [step.get("ready") for step in trace["runs"][0]["steps"]]
    assert ready[0] is None
    assert [ids[i][0] for i in ready[1]] == ["MulBackward0", "MulBackward0"]  # after the addition
    assert [len(r) for r in ready[1:]] == [2, 1, 1, 0]  # x waits for both products
    assert ids[ready[3][0]] == ("AccumulateGrad", "leaf")


def test_freed_buffers_are_named_unless_retained(engine):
    out, names = notes(engine)

    def frees(trace):
        return [s["frees"] for s in trace["runs"][0]["steps"] if s["kind"] == "apply"]

    assert frees(run(out, retain_graph=True, names=names)) == [[], [], [], []]
    assert frees(run(out, names=names)) == [[], ["other"], ["other", "self"], []]


def test_a_hook_on_a_tensor_shows(engine):
    x = engine.tensor(1.0, requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    y = h * 3
    trace = run(y)
    assert texts(trace)[2] == (
        "MulBackward0 receives 30 (a hook changed it from 3) and sends 30 · 2 = 60 to x."
    )
    assert trace["runs"][0]["steps"][2]["changed_from"]["text"] == "3"


@pytest.mark.parametrize("rows", [20, 2_000])
@pytest.mark.parametrize("change", ["times", "in place", "nothing"])
def test_a_hook_on_a_large_tensor_shows(engine, change, rows):
    x = engine.linspace(-1, 2, 10 * rows).view(rows, 10).requires_grad_()
    h = x * 2

    def hook(g):
        if change == "in place":
            g.mul_(10)
        return g * 10 if change == "times" else None

    h.register_hook(hook)
    steps = run((h * h).sum())["runs"][0]["steps"]
    factor = 1 if change == "nothing" else 10
    assert float(x.grad[-1, -1]) == pytest.approx(16 * factor)
    assert steps[-1]["after"]["text"].startswith(f"({rows}, 10) mean {4 * factor} ± ")
    told = [step.get("changed_from", {}).get("text", "") for step in steps if "received" in step]
    assert told[-1].startswith(f"({rows}, 10) mean 2 ± ") == (factor == 10)


@pytest.mark.parametrize("rows", [20, 2_000])
def test_large_gradients_that_meet_are_added_up(engine, rows):
    x = engine.linspace(-1, 2, 10 * rows).view(rows, 10).requires_grad_()
    steps = run((x * 2 + x**2 + x).sum())["runs"][0]["steps"]
    sends = [send for step in steps for send in step.get("sends", ()) if step is not steps[-1]]
    to_x = [s for s in sends if s["sum"]["text"] != s["grad"]["text"]]
    assert to_x[-1]["sum"]["text"] == steps[-1]["incoming"]["text"] == steps[-1]["after"]["text"]
    assert steps[-1]["after"]["text"].startswith(f"({rows}, 10) mean 4 ± ")
    assert "about" not in json.dumps(steps)


def large(engine):
    return engine.linspace(0, 2, 30_000).requires_grad_()


def test_large_numbers_are_told_in_full(engine):
    x = large(engine)
    with viz.record() as rec:
        (x * x).sum().backward()
    text = "(30000,) mean 2 ± 1.155"
    told = rec.runs[0]["steps"][-1]
    assert [told[key]["text"] for key in ("incoming", "after")] == [text, text]
    assert rec.runs[0]["values"]["n3"]["text"] == "(30000,) mean 1 ± 0.5774"


def test_what_large_numbers_were_before_they_were_overwritten_is_told_as_about_right(engine):
    x = large(engine)
    with viz.record() as rec:
        (x * x).sum().backward()
        with engine.no_grad():
            x -= 0.1 * x.grad
            x.grad.mul_(0)
    told, value = rec.runs[0]["steps"][-1], rec.runs[0]["values"]["n3"]["text"]
    assert told["after"]["text"] == "(30000,) mean 2 ± 1.158, about: 128 of its numbers were kept"
    assert value.startswith("(30000,) mean 1") and "about" in value
    assert value.split(" ± ")[1].startswith("0.57")


def test_large_gradients_that_pile_up_are_told_in_full(engine):
    x = large(engine)
    with viz.record() as rec:
        for _ in range(2):
            (x * x).sum().backward()
    keys = ("before", "incoming", "after")
    told = [[run["steps"][-1][k] and run["steps"][-1][k]["text"] for k in keys] for run in rec.runs]
    one, two = "(30000,) mean 2 ± 1.155", "(30000,) mean 4 ± 2.309"
    assert told == [[None, one, one], [one, one, two]]


def test_few_numbers_that_a_hook_writes_are_never_told_wrongly(engine):
    """None of them may be among those that are kept, but the sum tells."""
    x = large(engine)
    h = x * 1

    def hook(g):
        g[0] = 9_000

    h.register_hook(hook)
    with viz.record() as rec:
        h.exp().sum().backward()
    sent, came = rec.runs[0]["steps"][2:4]
    assert x.grad[0] == 9_000
    assert "about" in sent["sends"][0]["grad"]["text"] and "about" in came["received"]["text"]
    assert rec.runs[0]["steps"][-1]["after"]["text"] == "(30000,) mean 3.495 ± 51.97"


def test_nan_among_large_numbers_is_told_though_they_were_overwritten(engine):
    x = large(engine)
    with viz.record() as rec:
        (x * x / (x - 1).clamp(min=0)).sum().backward()
        x.grad.zero_()
    assert rec.runs[0]["steps"][-1]["after"]["text"].endswith("nan or inf")


@pytest.mark.parametrize("size", [4, 300])
def test_what_is_overwritten_later_is_told_as_it_was(engine, size):
    x = engine.ones(size, requires_grad=True)
    g = engine.ones(size)
    with viz.record() as rec:
        (x * 3).backward(g)
        (x * 3).backward(g)
        with engine.no_grad():
            x.mul_(0)
            x.grad.mul_(0)
            g.mul_(0)
    assert [run["values"]["n2"]["short"] for run in rec.runs] == ["1", "1"]
    steps = [run["steps"][-1] for run in rec.runs]
    assert [s["incoming"]["short"] for s in steps] == ["3", "3"]
    assert [s["after"]["short"] for s in steps] == ["3", "6"]
    assert steps[1]["before"]["short"] == "3"


def test_only_the_inputs_asked_for(engine):
    x = engine.tensor(2.0, requires_grad=True)
    w = engine.tensor(3.0, requires_grad=True)
    trace = run(x * w, inputs=[x])
    assert texts(trace)[-1] == "x.grad: None + 3 = 3"
    assert len(texts(trace)) == 3
    assert w.grad is None


def test_a_leaf_that_is_the_root(engine):
    x = engine.tensor(2.0, requires_grad=True)
    trace = run(x)
    assert texts(trace) == ["Start: ∂x/∂x = 1.", "x.grad: None + 1 = 1"]
    assert trace["runs"][0]["steps"][0]["edge"] is None


def test_several_roots(engine):
    x = engine.ones(2, requires_grad=True)
    a, b = (x * 2).sum(), x * 3
    trace = run([a, b], [None, engine.ones(2)])
    assert texts(trace)[:2] == [
        "Start: ∂a/∂a = 1.",
        "Start: backward() was given [1, 1] as the gradient of b.",
    ]
    assert texts(trace)[-1] == "x.grad: None + [5, 5] = [5, 5]"
    assert trace["runs"][0]["roots"] == ["n0", "n1"]


def test_nodes_of_the_trace_tell_every_shape(engine):
    loss, names = network(engine)
    assert all(n["shape"] is not None for n in run(loss, names=names)["graph"]["nodes"])


def test_custom_functions(engine):
    class Product(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x, w):
            ctx.save_for_backward(x, w)
            return x * w

        @staticmethod
        def backward(ctx, g):
            x, w = ctx.saved_tensors
            return g * w, g * x

    x = engine.tensor(2.0, requires_grad=True)
    w = engine.tensor(5.0, requires_grad=True)
    trace = run(Product.apply(x, w))
    assert texts(trace)[1] == "ProductBackward receives 1 and sends 5 to x and 2 to w."
    assert trace["runs"][0]["steps"][1]["frees"] == ["saved_tensors[0]", "saved_tensors[1]"]


# loops


def test_a_training_loop_is_one_graph_with_many_runs(engine):
    w = engine.tensor([1.0, 2.0], requires_grad=True)
    with viz.record() as rec:
        for _ in range(4):
            w.grad = None
            loss = (w * w).sum()
            loss.backward()
            with engine.no_grad():
                w -= 0.1 * w.grad
    assert len(rec.graph.nodes) == 4
    assert [run["rebuilt"] for run in rec.runs] == [False, True, True, True]
    assert [run["values"]["n0"]["text"] for run in rec.runs] == ["5", "3.2", "2.048", "1.311"]
    assert {tuple(run["nodes"]) for run in rec.runs} == {("n0", "n1", "n2", "n3")}


def test_missing_zero_grad_shows(engine):
    w = engine.tensor(1.0, requires_grad=True)
    with viz.record() as rec:
        for _ in range(3):
            (w * 2).backward()
    assert [texts(rec.trace, i)[-1] for i in range(3)] == [
        "w.grad: None + 2 = 2",
        "w.grad: 2 + 2 = 4",
        "w.grad: 4 + 2 = 6",
    ]


def test_a_retained_graph_is_not_rebuilt(engine):
    x = engine.tensor(1.0, requires_grad=True)
    y = x * 2
    with viz.record() as rec:
        y.backward(retain_graph=True)
        y.backward()
    assert [(r["retain_graph"], r["rebuilt"]) for r in rec.runs] == [(True, False), (False, False)]
    assert len(rec.graph.nodes) == 3


def test_create_graph_and_the_second_derivative(engine):
    x = engine.tensor(2.0, requires_grad=True)
    with viz.record() as rec:
        (g,) = engine.autograd.grad(x**3, x, create_graph=True)
        g.backward()
    assert [(r["call"], r["create_graph"]) for r in rec.runs] == [
        ("grad", True),
        ("backward", False),
    ]
    assert texts(rec.trace, 0)[-1] == "autograd.grad returns ∂output/∂x = 12."
    assert texts(rec.trace, 1)[-1].startswith("x.grad: None + ")
    assert x.grad.item() == 12


def test_create_graph_retains_the_graph(engine):
    x = engine.tensor(2.0, requires_grad=True)
    with viz.record() as rec, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a reference cycle between x and x.grad
        (x**3).backward(create_graph=True)
    assert [(r["create_graph"], r["retain_graph"]) for r in rec.runs] == [(True, True)]
    assert texts(rec.trace)[-1] == "x.grad: None + 12 = 12"
    x.grad = None


def test_autograd_grad_returns_and_leaves_every_grad_alone(engine):
    x = engine.tensor(2.0, requires_grad=True)
    w = engine.tensor(3.0, requires_grad=True)
    y = x * w
    z = y * y
    with viz.record() as rec:
        dx, dy = engine.autograd.grad(z, [x, y])
        unused = engine.autograd.grad((w * 2).sum(), (x,), allow_unused=True)
    assert (dx.item(), dy.item(), unused) == (36, 12, (None,))
    assert x.grad is None and w.grad is None
    assert texts(rec.trace, 0)[-2:] == [
        "autograd.grad returns ∂z/∂x = 36.",
        "autograd.grad returns ∂z/∂y = 12.",
    ]
    kinds = [step["kind"] for step in rec.trace["runs"][0]["steps"]]
    assert kinds == ["seed", "apply", "apply", "result", "result"]
    assert [s["kind"] for s in rec.trace["runs"][1]["steps"]] == ["seed"]
    frames = rec.animation().frames
    assert frames[0].text == "Before call 1 of 2, grad(z, x, y): every .grad is None."
    assert frames[4].terms == [("returned", "36")]


def test_an_engines_own_calls_are_not_recorded(engine):
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    with viz.record() as rec:
        jacobian = engine.autograd.functional.jacobian(lambda x: x * x, x)
    assert jacobian.tolist() == [[2, 0], [0, 4]]
    assert rec.runs == []


# nothing changes


def scenario(engine):
    """Gradients, errors and identities of some typical work; compared with and without viz."""
    seen = []
    x = engine.tensor([1.0, -2.0, 3.0], requires_grad=True)
    w = engine.tensor([0.5, 0.25, -1.0], requires_grad=True)
    loss = ((x * w + 1) ** 2).sum()
    loss.backward(retain_graph=True)
    first = x.grad
    loss.backward()
    seen += [x.grad is first, x.grad.tolist(), w.grad.tolist()]
    for call in (loss.backward, (x * 2).backward, engine.ones(1).backward):
        try:
            call()
        except RuntimeError as error:
            seen.append(str(error))
    g = engine.ones(3)
    x.grad = None
    (x + w).backward(g)
    g.add_(1)
    seen += [x.grad.tolist(), x.grad.requires_grad, x.grad is w.grad]
    loss = (w * w).sum()
    seen.append([t.tolist() for t in engine.autograd.grad(loss, [w])])
    try:
        loss.grad_fn.next_functions[0][0]._saved_self
    except RuntimeError as error:
        seen.append(str(error))
    return seen


def test_recording_changes_nothing(engine):
    alone = scenario(engine)
    with viz.record() as rec:
        watched = scenario(engine)
    assert watched == alone
    assert len(rec.runs) > 3
    assert any("second time" in text for text in map(str, alone))


class Boom(Exception):
    pass


def failing(engine):
    class Fails(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise Boom("half way")

    x = engine.tensor(1.0, requires_grad=True)
    w = engine.tensor(1.0, requires_grad=True)
    return x, w, Fails.apply(x) * (w * 3)


def test_an_error_half_way_is_raised_and_told(engine):
    x, _, y = failing(engine)
    with pytest.raises(Boom, match="half way"), viz.record() as rec:
        y.backward()
    assert rec.runs[0]["error"] == "Boom: half way"
    assert texts(rec.trace)[0].startswith("Start")
    assert x.grad is None


def test_a_rule_tells_the_constants_that_stay(engine):
    """Of a loop, a factor that changes from call to call has no number in the one picture."""
    w = engine.tensor(1.0, requires_grad=True)
    with viz.record(names={"w": w}) as rec:
        for k in (2, 3):
            ((w * k) ** 2 * 5).backward()
    told = [node["rule"] for node in rec.trace["graph"]["nodes"] if node["kind"] == "op"]
    assert told == ["∂(a·b)/∂a = b = 5", "∂aⁿ/∂a = n·aⁿ⁻¹, n = 2", "∂(a·b)/∂a = b"]


@pytest.mark.parametrize("gradient", [None, 1.0])
def test_a_start_that_the_engine_refuses_is_not_told(engine, gradient):
    y = engine.ones(2, requires_grad=True) * 3
    with pytest.raises((RuntimeError, TypeError)) as plain:
        y.backward(gradient)
    with viz.record() as rec, pytest.raises(plain.type) as seen:
        y.backward(gradient)
    assert str(seen.value) == str(plain.value)
    [run] = rec.runs
    assert run["steps"] == [] and str(plain.value) in run["error"]
    assert [frame.kind for frame in rec.animation().frames] == ["start", "error"]


def test_errors_of_run_are_raised(engine):
    x = engine.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="grad can be implicitly created"):
        run(x * 2)
    with pytest.raises(ValueError, match="requires grad"):
        run(engine.ones(2))


def methods(engine):
    return engine.Tensor.backward, engine.autograd.backward, engine.autograd.grad


@pytest.mark.parametrize("error", [None, Boom])
def test_afterwards_all_is_as_before(engine, error):
    before = methods(engine)
    x = engine.tensor(1.0, requires_grad=True)
    y = (x * 2) * 3
    try:
        with viz.record() as rec:
            assert methods(engine) != before
            y.backward(retain_graph=True)
            if error:
                raise error
    except Boom:
        pass
    assert methods(engine) == before
    told = json.dumps(rec.trace)
    y.backward(retain_graph=True)  # any hook left on the graph would now add a step
    assert json.dumps(rec.trace) == told
    assert len(rec.runs) == 1


def test_hooks_are_gone_after_an_error(engine):
    _, _, y = failing(engine)
    with pytest.raises(Boom), viz.record() as rec:
        y.backward(retain_graph=True)
    told = json.dumps(rec.trace)
    with pytest.raises(Boom):
        y.backward(retain_graph=True)
    assert json.dumps(rec.trace) == told


def test_a_recording_keeps_no_graph_alive(engine):
    x = engine.tensor(1.0, requires_grad=True)
    y = x * 2
    alive = weakref.ref(y)
    with viz.record() as rec:
        y.backward()
    del y
    gc.collect()
    assert alive() is None
    assert len(rec.runs) == 1
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None


def test_recordings_nest_and_each_has_its_own(engine):
    x = engine.tensor(1.0, requires_grad=True)
    with viz.record() as outer:
        (x * 2).backward()
        with viz.record() as inner:
            (x * 3).backward()
        (x * 4).backward()
    assert (len(outer.runs), len(inner.runs)) == (3, 1)
    assert texts(outer.trace, 1)[:-1] == texts(inner.trace, 0)[:-1]


def test_recordings_may_end_in_any_order(engine):
    before = methods(engine)
    first, second = viz.record(), viz.record()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    x = engine.tensor(1.0, requires_grad=True)
    (x * 2).backward()
    second.__exit__(None, None, None)
    assert (len(first.runs), len(second.runs)) == (0, 1)
    assert methods(engine) == before


def test_other_threads_are_not_recorded(engine):
    x = engine.tensor(1.0, requires_grad=True)
    with viz.record() as rec:
        other = threading.Thread(target=lambda: (x * 2).backward())
        other.start()
        other.join()
    assert rec.runs == []
    assert x.grad.item() == 2


def test_a_graph_too_large_is_run_and_not_recorded(engine):
    x = engine.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(MOST):
        y = y + 1
    with viz.record() as rec, pytest.warns(UserWarning, match="more than 12,000 nodes"):
        y.backward()
    assert rec.runs == []
    assert x.grad.item() == 1


def test_a_tensor_without_a_graph_keeps_its_own_error(engine):
    with (
        viz.record() as rec,
        pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"),
    ):
        engine.ones(1).backward()
    assert rec.runs == []


def test_record_without_an_engine_says_so(monkeypatch):
    monkeypatch.setattr(sys, "modules", {})
    with pytest.raises(RuntimeError, match="found no engine to watch"), viz.record():
        pass


# as a file


def test_the_trace_is_json(engine, tmp_path):
    loss, names = unrolled(engine)
    x = engine.tensor([float("inf"), 1.0], requires_grad=True)
    with viz.record(names=names) as rec:
        loss.backward()
        (x * x).sum().backward()
    rec.save(tmp_path / "trace.json")
    read = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))
    assert read == rec.trace
    assert (read["format"], read["version"]) == (FORMAT, VERSION)
    assert read["runs"][1]["steps"][-1]["after"]["data"] == ["inf", 2.0]
    with pytest.raises(ValueError, match=r"\.json"):
        rec.save(tmp_path / "trace.txt")
    rec.save(tmp_path / "replay.html")
    assert "<script" in (tmp_path / "replay.html").read_text(encoding="utf-8")
    rec.save(tmp_path / "replay.svg")
    assert "@keyframes" in (tmp_path / "replay.svg").read_text(encoding="utf-8")


def test_the_same_work_gives_the_same_bytes(engine):
    def once():
        loss, names = unrolled(engine)
        with viz.record(names=names) as rec:
            loss.backward()
        return json.dumps(rec.trace)

    assert once() == once()


def test_every_edge_and_node_of_a_step_is_in_the_graph(engine):
    loss, names = network(engine)
    trace = run(loss, names=names)
    nodes = {n["id"] for n in trace["graph"]["nodes"]}
    edges = {e["id"]: e for e in trace["graph"]["edges"]}
    for step in trace["runs"][0]["steps"]:
        assert step["node"] in nodes
        assert set(step.get("ready", ())) <= nodes
        assert all(edges[s["edge"]]["source"] == step["node"] for s in step.get("sends", ()))


# what is kept


def test_of_very_many_runs_most_steps_are_left_out_and_it_is_said(engine, monkeypatch, tmp_path):
    monkeypatch.setattr(sys.modules["viz.record"], "KEPT", 500_000)
    x = engine.tensor(2.0, requires_grad=True)
    with viz.record(names={"x": x}) as rec:
        for i in range(230):
            y = x * x
            y.backward()
            if i == 60:
                with pytest.raises(RuntimeError, match="second time"):
                    y.backward()
    trace = rec.trace
    assert (trace["ends"], trace["every"], len(trace["runs"])) == (10, 10, 231)
    kept = [i + 1 for i, run in enumerate(trace["runs"]) if run["steps"]]
    assert kept == sorted([*range(1, 11), *range(20, 221, 10), 62, *range(222, 232)])
    told = [f.text for f in rec.animation().frames]
    assert told[0].endswith("Shown: of 231 calls 1 to 10, then every 10th, and 222 to 231.")
    assert any(text.startswith("Calls 11 to 19 are not shown. Before call 20") for text in told)
    assert told[-1] == "x.grad: 916 + 4 = 920"
    assert x.grad.item() == 920
    rec.save(tmp_path / "a.json")
    assert (tmp_path / "a.json").stat().st_size < 400_000
    assert rec.animation(calls=[20]).frames[0].text.startswith("Before call 20 of 231")
    with pytest.raises(ValueError, match="between the first and the last 10 every 10th is there"):
        rec.animation(calls=[13])


def test_a_pass_with_many_large_gradients_holds_few_and_tells_all(engine, monkeypatch):
    def once():
        w = (engine.arange(160.0 * 160).reshape(160, 160) / 1e4).requires_grad_()
        y = w
        for _ in range(6):
            y = (y * 1.5).sin()
        (y * y).sum().backward()
        return y, w

    told, held = [], []
    for most in (64_000_000, 100_000):
        monkeypatch.setattr("viz.values.HELD", most)
        with viz.record() as rec:
            once()
            [(kept, *_)] = rec._untold
            held.append(kept.held)
        told.append(texts(rec.trace))
    assert held[1] < 500_000 < held[0]
    assert told[0] == told[1]


def test_bytes_that_the_graph_keeps_before_and_after_each_pass(engine):
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).exp().sum()
    with viz.record(memory=True) as rec:
        y.backward(retain_graph=True)
        y.backward()
        with pytest.raises(RuntimeError):
            y.backward()
    kept, freed = "16 B in 2 tensors", "0 B in 0 tensors"
    assert [run["memory"] for run in rec.runs] == [[kept, kept], [kept, freed], [freed, freed]]
    queues = [frame.queue for frame in rec.animation().frames]
    assert [q for q in queues if "keeps" in q] == [
        f"For backward, the graph keeps {kept}.",
        f"The graph kept {kept} before; now it keeps {freed}.",
    ]
    with viz.record() as rec:
        (x * x).sum().backward()
    assert rec.runs[0]["memory"] is None


# a recording of nothing


def test_saving_before_anything_is_recorded_says_why(engine, tmp_path):
    never = viz.record()
    for suffix in ("html", "json"):
        with pytest.raises(ValueError, match=r"inside its block, `with viz\.record"):
            never.save(tmp_path / f"a.{suffix}")
    with viz.record() as recording:
        with pytest.raises(ValueError, match=r"so far, and the block .* has not ended"):
            recording.save(tmp_path / "a.html")
        x = engine.tensor(2.0, requires_grad=True)
        (x * x).backward()
        recording.save(tmp_path / "b.html")
    assert [path.name for path in tmp_path.iterdir()] == ["b.html"]
    with viz.record() as empty:
        pass
    with pytest.raises(ValueError, match=r"nothing to replay: no backward\(\) was recorded$"):
        empty.save(tmp_path / "a.html")
