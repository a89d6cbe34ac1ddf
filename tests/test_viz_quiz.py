"""What a replay asks, and what it makes of typical wrong answers. No browser is needed here."""

import importlib

import numpy as np
import pytest
from viz_examples import EXAMPLES, broadcast, gradient_for, network, notes

import viz


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def asked(animation):
    return [ask for frame in animation.frames for ask in frame.asks]


def told(ask, wrong):
    """What the first wrong answer of these numbers shows."""
    return next(why for numbers, why in ask["near"] if numbers == wrong)


def test_a_replay_asks_only_when_it_is_a_quiz(engine):
    root, names = notes(engine)
    with viz.record(names=names) as recording:
        root.backward()
    calm, quiz = recording.animation(), recording.animation(quiz=True)
    assert asked(calm) == []
    assert [(a["text"], a["answer"]) for a in asked(quiz)] == [
        ("The pass starts at out. What is ∂out/∂out?", 1),
        ("MeanBackward0 receives 1. What does it send to z?", 0.25),
        ("MulBackward0 receives 0.25. What does it send to MulBackward0?", 0.75),
        ("MulBackward0 receives 0.75 and sends 2 gradients to y. What has arrived there in all?",
         4.5),
        ("AddBackward0 receives 4.5. What does it send to x?", 4.5),
    ]  # fmt: skip
    assert [f.text for f in quiz.frames] == [f.text for f in calm.frames]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_no_wrong_answer_is_the_right_one(engine, example):
    root, names = example(engine)
    quiz = viz.animate(root, gradient_for(engine, root), names=names, quiz=True)
    for ask in asked(quiz):
        wrong = [numbers for numbers, _ in ask["near"]]
        assert ask["answer"] not in wrong
        assert len(wrong) == len({str(each) for each in wrong})


def test_a_forgotten_path(engine):
    root, names = notes(engine)
    ask = asked(viz.animate(root, names=names, quiz=True))[3]
    assert told(ask, 2.25) == "That is one of 2 paths. y is used 2 times, and all paths add up."
    x = engine.tensor(2.0, requires_grad=True)
    last = asked(viz.animate(x * 3 + x * 5, names={"x": x}, quiz=True))[-1]
    assert last["text"].endswith("sends the last gradient to x. What has arrived there in all?")
    assert last["answer"] == 8
    assert "one of 2 paths" in told(last, 5) and "one of 2 paths" in told(last, 3)


def test_a_forgotten_factor_a_swap_the_value_and_the_sign(engine):
    w, x = (engine.tensor(v, requires_grad=True) for v in (3.0, 5.0))
    y = w * x
    ask = asked(viz.animate(y * 7, names={"w": w, "x": x, "y": y}, quiz=True))[-2]
    assert (ask["text"], ask["answer"]) == ("MulBackward0 receives 7. What does it send to w?", 35)
    assert told(ask, 7).startswith("That is what arrives, passed on unchanged.")
    assert told(ask, 5).startswith("That is the local derivative alone. Multiply it by 7")
    assert told(ask, 21) == "That is what goes to x, not to w."
    assert told(ask, 3) == "That is w itself, not its gradient."
    assert told(ask, -35) == "Only the sign is wrong."


def test_overwritten_instead_of_added(engine):
    x = engine.tensor(2.0, requires_grad=True)
    y = x * 3
    with viz.record(names={"x": x}) as recording:
        y.backward(retain_graph=True)
        y.backward()
        (x * 4).backward()
    asks = asked(recording.animation(quiz=True))
    ask = asks[-1]
    assert ask["text"] == "x.grad is 6, and 4 comes in. What is it then?"
    assert ask["answer"] == 10
    assert told(ask, 4) == "You overwrote instead of adding. backward() adds to .grad: 6 + 4."
    assert told(ask, 6).startswith("That is .grad as it was before.")
    assert told(ask, 2) == (
        "Added, not subtracted. backward() adds to .grad: 6 + 4."  # and before x itself
    )


def test_a_broadcast_input(engine):
    root, names = broadcast(engine)
    asks = asked(viz.animate(root, names=names, quiz=True))
    ask = next(a for a in asks if a["text"].endswith("send to b?"))
    assert (ask["answer"], ask["shape"]) == (2, [2])
    assert told(ask, 1).startswith("That is the part of one copy. b was broadcast to (2, 2)")
    assert ask["whole"].startswith("Right before the sum.")
    assert not any("whole" in a for a in asks if "send to w" in a["text"])


def test_a_transposed_gradient(engine):
    a = engine.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    b = engine.tensor([[5.0, 6.0], [7.0, 8.0]], requires_grad=True)
    quiz = viz.animate((a @ b).sum(), names={"a": a, "b": b}, quiz=True)
    ask = next(q for q in asked(quiz) if q["text"].endswith("send to a?"))
    assert ask["answer"] == [[11, 15], [11, 15]]
    assert told(ask, [[11, 11], [15, 15]]).startswith("Transposed.")


def linear(engine):
    x = engine.tensor([[1.0, 2.0], [3.0, 5.0]])
    w = engine.tensor([[1.0, -1.0], [0.5, 2.0]], requires_grad=True)
    b = engine.tensor([0.5, -0.5], requires_grad=True)
    v = engine.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    h = engine.addmm(b, x, w)
    return (h @ v).sum(), {"w": w, "b": b, "v": v, "h": h}


def crossed(engine):
    z = engine.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, 0.5]], requires_grad=True)
    return engine.nn.functional.cross_entropy(z, engine.tensor([1, 0])), {"z": z}


def mean_squares(engine):
    a = engine.tensor([1.0, 3.0], requires_grad=True)
    return engine.nn.functional.mse_loss(a, engine.tensor([0.0, 1.0])), {"a": a}


def averaged(engine):
    a = engine.tensor([1.0, 2.0, 4.0], requires_grad=True)
    return (a**3).mean() + a.sum() * 7, {"a": a}


def bent(engine):
    a, b = (engine.tensor(v, requires_grad=True) for v in ([0.5, -1.0], [1.0, 2.0]))
    f = engine.tensor([3.0, 1.0])
    return (a.relu() * f).sum() + (b.sigmoid() * f).sum() * 5, {"a": a, "b": b}


@pytest.mark.parametrize(
    "example, question, wrong, said",
    [
        (linear, "to v?", lambda t, n: hidden(t) @ ones(t), "in another order"),
        (linear, "to h?", lambda t, n: ones(t) @ n["v"], "in another order"),
        (linear, "to b?", lambda t, n: ones(t) @ n["v"].T, "Right before the sum"),
        (linear, "to b?", lambda t, n: (ones(t) @ n["v"].T)[0], "the part of one copy"),
        (crossed, "to z?", lambda t, n: n["z"].softmax(1) / 2, "the softmax's part alone"),
        (crossed, "to z?", lambda t, n: n["z"].softmax(1) - hot(t), "a mean over 2 rows"),
        (crossed, "to z?", lambda t, n: (hot(t) - n["z"].softmax(1)) / 2, "Only the sign"),
        (crossed, "to LogSoftmaxBackward0?", lambda t, n: -hot(t), "a mean over 2 rows"),
        (mean_squares, "to a?", lambda t, n: t.tensor([0.5, 1.0]), "The factor 2 is missing"),
        (mean_squares, "to a?", lambda t, n: t.tensor([2.0, 4.0]), "Divide by 2"),
        (averaged, "send to PowBackward0?", lambda t, n: t.tensor(1.0), "Divide by 3"),
        (averaged, "SumBackward0 receives 7", lambda t, n: t.tensor(7 / 3), "Nothing is divided"),
        (bent, "to a?", lambda t, n: t.tensor([0.0, 1.0]), "The other way round"),
        (bent, "to b?", lambda t, n: 5 * t.tensor([3.0, 1.0]) * n["b"].sigmoid(), "times σ"),
    ],
)
def test_mistakes_of_one_kind_of_operation(engine, example, question, wrong, said):
    root, names = example(engine)
    quiz = viz.animate(root, names=names, quiz=True)
    given = wrong(engine, {name: leaf.detach() for name, leaf in names.items()}).tolist()
    asks = [ask for ask in asked(quiz) if question in ask["text"]]
    assert any(said in why(ask, given) for ask in asks), [why(ask, given) for ask in asks]


def why(ask, given):
    """What a player would reply, as far as Python knows."""
    for numbers, text in ask["near"]:
        if np.shape(numbers) in ((), np.shape(given)) and np.allclose(numbers, given, rtol=1e-2):
            return text
    return ask.get("whole", "")


def ones(engine):
    return engine.ones(2, 2)


def hidden(engine):
    x = engine.tensor([[1.0, 2.0], [3.0, 5.0]])
    return x @ engine.tensor([[1.0, -1.0], [0.5, 2.0]]) + engine.tensor([0.5, -0.5])


def hot(engine):
    return engine.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


def test_a_power_has_its_factor_and_one_less(engine):
    x = engine.tensor(4.0, requires_grad=True)
    ask = asked(viz.animate(x**3 * 2, names={"x": x}, quiz=True))[-1]
    assert ask["answer"] == 96
    assert told(ask, 32).startswith("The factor 3 is missing")
    assert told(ask, 384).startswith("The exponent falls by one: 3 · x^2")


def test_of_large_gradients_the_shape_is_asked(engine):
    loss, names = network(engine)
    asks = asked(viz.animate(loss, names=names, quiz=True))
    ask = next(a for a in asks if "send to 0.weight" in a["text"])
    assert ask["text"].endswith("Give its shape.")
    assert (ask["answer"], ask["say"]) == ([256, 20], "(256, 20)")
    assert told(ask, [20, 256]).startswith("Transposed")


def test_what_is_no_plain_number_is_not_asked(engine):
    x = engine.tensor([float("inf"), 1.0], requires_grad=True)
    quiz = viz.animate((x * x).sum(), names={"x": x}, quiz=True)
    assert "inf" in str(quiz)
    for ask in asked(quiz):
        assert "inf" not in str(ask["answer"]) and "nan" not in str(ask["answer"])


def test_a_given_gradient_is_not_asked_for(engine):
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    quiz = viz.animate(x * 3, engine.tensor([1.0, 0.1]), names={"x": x}, quiz=True)
    assert [a["answer"] for a in asked(quiz)] == [[3, 0.3]]


def test_where_nothing_can_be_typed_the_question_stands_before_its_answer(engine):
    root, names = notes(engine)
    quiz = viz.animate(root, names=names, quiz=True)
    lines = str(quiz).splitlines()
    assert lines[:3] == [
        "0  Before out.backward(): every .grad is None.",
        "?  The pass starts at out. What is ∂out/∂out?",
        "1  Start: ∂out/∂out = 1.",
    ]
    picture = quiz._repr_mimebundle_()["image/svg+xml"]
    ask, answer = picture.index("What is ∂out/∂out?"), picture.index("Start: ∂out/∂out = 1.")
    assert ask < answer


@pytest.mark.parametrize("suffix, why", [(".svg", "its questions go by"), (".png", "it shows")])
def test_a_picture_of_a_quiz_says_that_it_cannot_ask(engine, tmp_path, suffix, why):
    if suffix == ".png":
        pytest.importorskip("resvg_py")
    x = engine.tensor(2.0, requires_grad=True)
    animation = viz.animate(x * 3, quiz=True)
    with pytest.warns(UserWarning, match=f"a {suffix} cannot ask: {why}"):
        animation.save(tmp_path / f"quiz{suffix}")
    animation.save(tmp_path / "quiz.html")
