"""viz reads a graph through torch's public protocol: the same graph, whichever engine built it."""

import importlib

import pytest
from viz_examples import EXAMPLES, HARDER, network, notes, rounded, unrolled

import viz
from viz.graph import MOST, walk
from viz.names import Names
from viz.rules import RULES, power, rule_for
from viz.values import number, rows, spoken, value_of


@pytest.fixture(params=["minigrad", "torch"])
def engine(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def plain(root, names, **options):
    return walk([root], Names(names), **options).plain()


@pytest.mark.parametrize("example", EXAMPLES + HARDER, ids=lambda e: e.__name__)
def test_both_engines_give_the_same_graph(example):
    torch = pytest.importorskip("torch")
    minigrad = importlib.import_module("minigrad")
    assert rounded(plain(*example(minigrad))) == rounded(plain(*example(torch)))


def test_nodes_have_the_names_shapes_and_values_of_the_variables(engine):
    out, names = notes(engine)
    graph = walk([out], Names(names))
    told = [(n.kind, n.op, n.name, n.shape) for n in graph.nodes]
    assert told == [
        ("output", None, "out", ()),
        ("op", "MeanBackward0", "out", ()),
        ("op", "MulBackward0", "z", (2, 2)),
        ("op", "MulBackward0", None, None),  # only a tensor tells its shape, and no variable has it
        ("op", "AddBackward0", "y", (2, 2)),
        ("leaf", "AccumulateGrad", "x", (2, 2)),
    ]
    assert graph.node("n0").value["data"] == 27
    assert graph.node("n5").value["text"] == "[[1, 1], [1, 1]]"


def test_edges_name_the_inputs_of_each_operation(engine):
    out, names = notes(engine)
    edges = [(e.source, e.target, e.input) for e in walk([out], Names(names)).edges]
    assert edges == [
        ("n0", "n1", 0),
        ("n1", "n2", 0),
        ("n2", "n3", 0),
        ("n3", "n4", 0),
        ("n3", "n4", 1),
        ("n4", "n5", 0),
    ]


def test_only_inputs_that_need_a_gradient_have_a_rule(engine):
    a = engine.tensor(2.0, requires_grad=True)
    b = engine.tensor(3.0, requires_grad=True)
    assert walk([a * 3]).node("n1").rules == ["∂(a·b)/∂a = b"]
    assert walk([3 / a]).nodes[-1].kind == "leaf"
    assert walk([a * b]).node("n1").rules == ["∂(a·b)/∂a = b", "∂(a·b)/∂b = a"]


def test_saved_tensors_are_shown_on_demand_and_greyed_when_freed(engine):
    out, names = notes(engine)
    assert all(node.saved == [] for node in walk([out], Names(names)).nodes)
    product = walk([out], Names(names), saved=True).node("n3")
    assert [(s.name, s.label, s.freed) for s in product.saved] == [
        ("_saved_other", "y", False),
        ("_saved_self", "y", False),
    ]
    times = walk([out], Names(names), saved=True).node("n2")
    assert [(s.name, s.value["text"]) for s in times.saved] == [("_saved_other", "3")]
    out.backward()
    product = walk([out], Names(names), saved=True).node("n3")
    assert [(s.name, s.text, s.freed) for s in product.saved] == [
        ("_saved_other", "freed", True),
        ("_saved_self", "freed", True),
    ]


def test_a_leaf_of_several_roots_is_one_node(engine):
    x = engine.ones(2, requires_grad=True)
    a, b = x * 2, x.sum()
    graph = walk([a, b], Names({"x": x, "a": a, "b": b}))
    assert graph.roots == ["n0", "n1"]
    assert [n.name for n in graph.nodes if n.kind == "output"] == ["a", "b"]
    assert [n.name for n in graph.nodes if n.kind == "leaf"] == ["x"]


def test_a_root_that_is_a_leaf_is_its_own_box(engine):
    x = engine.tensor(3.0, requires_grad=True)
    with engine.no_grad():  # the walk needs the graph mode on, and leaves it as it was
        graph = walk([x], Names({"x": x}))
        assert not engine.is_grad_enabled()
    assert graph.plain()["nodes"][0]["name"] == "x"
    assert [graph.roots, len(graph.nodes), graph.edges] == [["n0"], 1, []]


def test_an_output_among_several_is_told_apart(engine):
    class Both(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g2, g3):
            return g2 * 2 + g3 * 3

    x = engine.tensor(1.0, requires_grad=True)
    double, triple = Both.apply(x)
    graph = walk([triple * double], Names({"double": double, "triple": triple}))
    assert [(e.source, e.target, e.output) for e in graph.edges][1:3] == [
        ("n1", "n2", 1),
        ("n1", "n2", 0),
    ]
    assert graph.node("n2").name == "double, triple"


def test_a_chain_of_100_000_operations_is_cut(engine):
    y = engine.ones(1, requires_grad=True)
    for _ in range(100_000):
        y = y + 1
    graph = walk([y])
    assert (len(graph.nodes), graph.cut) == (MOST, True)
    assert not walk([engine.ones(1, requires_grad=True) * 2]).cut


# names


def test_names_are_found_in_the_caller(engine):
    x = engine.ones(2, requires_grad=True)
    hidden = x * 2
    total = hidden.sum()
    text = str(viz.draw(total))
    assert "hidden = MulBackward0" in text
    assert "x (2,)" in text
    assert text.startswith("total")


def test_private_variables_name_what_no_other_name_has(engine):
    _x = engine.ones(1, requires_grad=True)
    assert str(viz.draw(_x * 2)).endswith("└─ _x (1,) = [1]")
    public = _x
    assert str(viz.draw(_x * 2)).endswith("└─ public (1,) = [1]")
    assert public is _x


def test_what_ipython_keeps_names_nothing(engine):
    _, __ = engine.ones(1, requires_grad=True), 3
    _12 = _ * 2
    assert str(viz.draw(_12)).splitlines() == [
        "output (1,) = [2]",
        "└─ MulBackward0",
        "   └─ leaf (1,) = [1]",
    ]


def test_names_are_found_among_globals_lists_dicts_and_models(engine):
    weights = [engine.ones(1, requires_grad=True), engine.ones(1, requires_grad=True)]
    by_name = {"bias": engine.ones(1, requires_grad=True)}
    net = engine.nn.Linear(1, 1)
    out = net(weights[0] * weights[1] + by_name["bias"])
    text = str(viz.draw(out))
    for name in ("weights[0]", "weights[1]", "by_name['bias']", "net.weight", "net.bias"):
        assert name in text


def test_given_names_win_over_found_ones(engine):
    loss, names = network(engine)
    x = engine.ones(1, requires_grad=True)
    y = x * 2
    assert str(viz.draw(y, names={"input": x})).endswith("input (1,) = [1]")
    assert "0.weight" in str(viz.draw(loss, params={n: names[n] for n in list(names)[:4]}))


def test_a_parameter_is_told_from_an_input(engine):
    loss, names = network(engine)
    x = engine.ones(1, requires_grad=True)
    graph = walk([loss], Names(names))
    assert all(n.parameter for n in graph.nodes if n.kind == "leaf")
    assert not walk([x * 2]).nodes[-1].parameter
    assert walk([x * 2], Names(params={"x": x})).nodes[-1].parameter


def test_what_cannot_be_drawn_is_refused(engine):
    x = engine.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match="expected a tensor"):
        viz.draw(3)
    with pytest.raises(ValueError, match="requires grad"):
        viz.draw(engine.ones(2))
    with pytest.raises(ValueError, match="at least one"):
        viz.draw([])
    with pytest.raises(TypeError, match="'x' must stand for a tensor"):
        viz.draw(x * 2, names={"x": 3})


def test_what_is_given_wrongly_is_explained(engine):
    net = engine.nn.Linear(1, 1)
    x = engine.ones(1, requires_grad=True)
    y = net(x)
    for wrong, words in (
        (lambda: viz.draw(net), r"got a model \(Linear\).*draw\(model\(x\), model=model\)"),
        (lambda: viz.draw(y, names=["x"]), r'names must be a dict such as \{"x": x, "y": y\}'),
        (lambda: viz.draw(y, names={x: "x"}), "not a tensor to its name"),
        (lambda: viz.draw(y, params=net), "for a model write model="),
        (lambda: viz.draw(y, params=list(net.parameters())), "dict\\(model.named_parameters"),
        (lambda: viz.draw(y, model=x), "named_parameters\\(\\), which a Tensor has not"),
    ):
        with pytest.raises(TypeError, match=words):
            wrong()


class Watched:
    """An object that notes each attribute it is asked for, as a lazy module would load it."""

    def __init__(self):
        self.__dict__["asked"] = []

    def __getattr__(self, name):
        self.asked.append(name)
        raise AttributeError(name)


def test_looking_for_names_touches_no_other_object(engine):
    lazy = Watched()
    out = engine.ones(1, requires_grad=True) * 2
    viz.draw(out)
    assert lazy.asked == []


# values and rules


@pytest.mark.parametrize(
    "x, text",
    [
        (4.5, "4.5"), (1300.0, "1300"), (1 / 3, "0.3333"), (0.000012, "1.2e-05"), (-0.0, "0"),
        (999_999.0, "999999"), (1e6, "1e+06"), (float("nan"), "nan"), (float("-inf"), "-inf"),
        (True, "True"), (1.5 - 2j, "1.5-2j"), (2.99999999, "3"), (12345.678, "1.235e+04"),
    ],
)  # fmt: skip
def test_a_number_is_printed_with_four_digits(x, text):
    assert number(x) == text


def test_values_say_what_is_worth_saying(engine):
    ones = value_of(engine.ones(2, 2))
    assert (ones["short"], ones["text"], spoken(ones)) == ("1", "[[1, 1], [1, 1]]", "1")
    mixed = value_of(engine.tensor([[1.0, 10.0], [100.0, 0.5]]))
    assert (mixed["short"], spoken(mixed)) == ("(2, 2)", "[[1, 10], [100, 0.5]]")
    assert rows(mixed) == ["[[  1,  10] ", " [100, 0.5]]"]
    large = value_of(engine.arange(100.0))
    assert (large["short"], large["data"]) == ("(100,)", None)
    assert large["text"] == "(100,) mean 49.5 ± 28.87"
    assert rows(large) == []
    odd = value_of(engine.tensor([float("nan"), float("inf"), 1.0]))
    assert odd["data"] == ["nan", "inf", 1.0]
    empty = value_of(engine.ones(0, 3))
    assert (empty["text"], empty["shape"], rows(empty)) == ("[]", [0, 3], [])


def test_every_rule_is_for_inputs_in_order():
    assert rule_for("MulBackward0").lines == ("∂(a·b)/∂a = b", "∂(a·b)/∂b = a")
    assert rule_for("PowBackward0") is not rule_for("PowBackward1")
    assert rule_for("MyOwnBackward").lines == ()
    assert all(len(r.formulas) <= max(len(r.lines), 3) for r in RULES.values())


@pytest.mark.parametrize(
    "exponent, left", [("2", ""), ("3", "²"), ("0.5", "⁻⁰·⁵"), ("n", "^(n - 1)")]
)
def test_the_exponent_that_is_left(exponent, left):
    assert power(exponent) == left


def test_a_shared_weight_is_one_node_of_the_graph(engine):
    loss, names = unrolled(engine)
    graph = walk([loss], Names(names))
    assert [n.name for n in graph.nodes if n.kind == "leaf"] == ["w"]
