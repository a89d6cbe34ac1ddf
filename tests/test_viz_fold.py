"""Folding: modules are groups, what repeats is one box with a count, and no node is lost."""

import importlib

import pytest
from test_viz_draw import check_fragment, check_safe
from viz_examples import EXAMPLES, HARDER, unrolled

import viz
from viz.fold import ROOM, Group, fold
from viz.graph import walk
from viz.page import SHIPPED


@pytest.fixture(params=["minigrad", "torch"])
def torch(request):
    if request.param == "torch":
        return pytest.importorskip("torch")
    return importlib.import_module(request.param)


def outline(group):
    """A group as nested lists: [label, item, …], an item is an op's name or such a list."""

    def told(item, graph):
        if isinstance(item, str):
            return graph.node(item).op or "output"
        return [item.label, *(told(inner, graph) for inner in item.items)]

    return lambda graph: [told(item, graph) for item in group.items]


def folded(loss, model=None):
    drawing = viz.draw(loss, model=model)
    return drawing, outline(drawing.group)(drawing.graph)


def chain(torch, length):
    y = torch.ones(1, requires_grad=True)
    for _ in range(length):
        y = y * 2
    return y


def test_a_small_graph_is_not_folded(torch):
    for example in EXAMPLES + HARDER:
        root, _ = example(torch)
        graph = walk([root])
        assert len(graph.nodes) <= ROOM
        assert not list(fold(graph).groups())


@pytest.mark.parametrize("length", [60, 1_000])
def test_every_operation_is_in_one_place(torch, length):
    loss, _ = unrolled(torch, steps=length // 3)
    for root in (chain(torch, length), loss):
        graph = walk([root])
        group = fold(graph)
        inside = sorted(group.nodes())
        assert inside == sorted(n.id for n in graph.nodes if n.kind != "leaf")
        assert all(len(g.items) <= 30 for g in group.groups())


def test_a_chain_is_its_ends_and_a_count(torch):
    _, found = folded(chain(torch, 100))
    assert [item if isinstance(item, str) else item[0] for item in found] == [
        "MulBackward0",
        "MulBackward0",
        "98 × the same",
        "output",
    ]


def test_modules_are_groups_and_keep_what_lies_between(torch):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down = nn.Linear(2, 4), nn.Linear(4, 2)

        def forward(self, x):
            return x + self.down(torch.tanh(self.up(x)))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([Block(), Block()])
            self.head = nn.Linear(2, 1)

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return self.head(x)

    net = Net()
    drawing, found = folded(net(torch.ones(1, 2)).sum(), model=net)
    linear = ["TBackward0", "AddmmBackward0"]
    block = [
        [f"blocks.{i}", ["up", *linear], "TanhBackward0", ["down", *linear], "AddBackward0"]
        for i in range(2)
    ]
    for i, told in enumerate(block):
        for part in (told[1], told[3]):
            part[0] = f"blocks.{i}.{part[0]}"
    assert found == [*block, ["head", *linear], "SumBackward0", "output"]
    assert [group.detail for group in drawing.group.groups()][:3] == ["Block", "Block", "Linear"]
    assert all(group.open for group in drawing.group.groups())
    assert "blocks.0 · Block" in drawing.svg


def test_a_layer_fed_by_plain_data_is_its_own_group(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 1))
    loss = net(torch.ones(2, 1, 4, 4)).sum()
    drawing, _ = folded(loss, net)
    assert [group.label for group in drawing.group.groups()] == ["0", "1", "3"]


def test_a_module_called_often_is_a_group_per_call(torch):
    net = torch.nn.Linear(2, 2)
    cell = torch.nn.Sequential(net)
    h = torch.ones(1, 2)
    for _ in range(3):
        h = torch.tanh(cell(h))
    _, found = folded(h.sum(), model=cell)
    assert [item if isinstance(item, str) else item[0] for item in found] == [
        *("0", "TanhBackward0") * 3,
        "SumBackward0",
        "output",
    ]


def test_fifty_layers_are_one_layer_and_a_count(torch):
    nn = torch.nn
    net = nn.Sequential(*(layer for _ in range(50) for layer in (nn.Linear(4, 4), nn.ReLU())))
    drawing, found = folded(net(torch.ones(1, 4)).sum(), model=net)
    assert "folded:" in drawing.svg
    assert drawing.svg.count('class="node ') < ROOM
    assert [item[0] for item in found if isinstance(item, list)][-1] == "48 × the same"


def test_parallel_branches_are_no_row(torch):
    """They fold side by side: each is whole, and none reads what another gave."""
    x = torch.ones(2, requires_grad=True)
    branches = [(x * i).exp().log().sqrt() for i in range(1, 12)]
    graph = walk([torch.stack(branches).sum()])
    group = fold(graph)
    assert not [g for g in group.groups() if g.kind == "chain"]
    first, others, *_ = group.items
    ways = [first, *others.items]
    assert [way.label for way in ways] == [f"{n} of 11" for n in range(1, 12)]
    home = {id: i for i, way in enumerate(ways) for id in way.nodes()}
    assert len(home) == 44
    ends = [(home.get(e.source), home.get(e.target)) for e in graph.edges]
    assert all(a == b for a, b in ends if a is not None and b is not None)


def test_what_is_folded_too_deep_is_counted_but_not_shipped(torch):
    drawing = viz.draw(chain(torch, 10_000))
    assert len(drawing.html) < 250_000
    assert drawing.html.count("aria-expanded") < SHIPPED


def test_a_graph_of_100_nodes_stays_below_250_kb(torch):
    nn = torch.nn
    net = nn.Sequential(*(layer for _ in range(20) for layer in (nn.Linear(8, 8), nn.ReLU())))
    drawing = viz.draw(net(torch.ones(2, 8)).sum(), model=net)
    assert 95 <= len(drawing.graph.nodes) <= 105
    assert len(drawing.html.encode()) < 250_000


def test_groups_that_wait_for_each_other_are_taken_apart(torch):
    """A parameter used before and after another module's: one group of it would be a circle."""
    nn = torch.nn

    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, x):
            y = x @ self.a.weight
            z = y @ self.b.weight
            return z @ self.a.weight + y @ self.a.weight

    net = Odd()
    drawing, _ = folded(net(torch.ones(1, 2)).sum(), model=net)
    inside = sorted(drawing.group.nodes())
    assert inside == sorted(n.id for n in drawing.graph.nodes if n.kind != "leaf")
    assert "</svg>" in drawing.svg


def test_ids_are_given_from_outside_in(torch):
    group = fold(walk([chain(torch, 500)]))
    assert isinstance(group, Group)
    assert [g.id for g in (group, *group.groups())] == [
        f"g{i}" for i in range(1 + len(list(group.groups())))
    ]


@pytest.mark.parametrize("name", ["<script>x</script>", "]]>", '"&#0;', "张量😀", "x" * 100_000])
def test_hostile_names_of_modules_stay_text(torch, name):
    nn = torch.nn
    kind = type(name[:40], (nn.Sequential,), {})
    net = nn.Sequential()
    net.add_module(name, kind(*(nn.Linear(2, 2) for _ in range(8))))
    drawing = viz.draw(net(torch.ones(1, 2)).sum(), model=net)
    check_safe(drawing.svg, most=50_000)
    data = check_fragment(drawing.html)
    assert len(data["pages"]) > 1


def test_twins_are_all_open_or_all_folded(torch):
    """Structure opens first, and of one kind of layer all or none, wherever they stand."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.out = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
            self.norm = nn.LayerNorm(4)

        def forward(self, x):
            x = self.norm(x)
            return self.out(torch.tanh(self.q(x)) * torch.tanh(self.k(x)))

    net = nn.Sequential(nn.Linear(4, 4), Block(), nn.Linear(4, 4), Block(), nn.Linear(4, 1))
    drawing, _ = folded(net(torch.ones(2, 4)).sum(), model=net)
    shown, stack = {}, [drawing.group]
    while stack:
        for group in stack.pop().items:
            if not isinstance(group, str):
                shown.setdefault(group.detail, []).append(group.open)
                stack += [group] if group.open else []
    assert shown["Block"] == [True, True]
    assert len(shown["Linear"]) == 9
    assert all(len(set(states)) == 1 for states in shown.values()), shown


def test_a_module_called_step_by_step_is_a_group_per_call(torch):
    """Its calls touch, for each reads what the one before it gave."""
    nn = torch.nn

    class Cell(nn.Module):
        def __init__(self):
            super().__init__()
            self.x, self.h = nn.Linear(2, 8), nn.Linear(2, 8)

        def forward(self, x, h, c):
            i, f, g, o = (self.x(x) + self.h(h)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            return torch.sigmoid(o) * torch.tanh(c), c

    cell = Cell()
    h = c = torch.zeros(1, 2)
    for _ in range(4):
        h, c = cell(torch.ones(1, 2), h, c)
    net = nn.ModuleDict({"cell": cell})
    drawing, found = folded(h.sum(), model=net)
    calls = [group for group in drawing.group.groups() if group.label == "cell"]
    assert [call.detail for call in calls] == ["Cell"] * 4
    assert len({sum(1 for _ in call.nodes()) for call in calls}) == 1
    assert [item[0] for item in found[:3]] == ["cell", "cell", "2 × the same"]


def test_equal_ways_side_by_side_are_the_first_and_a_count(torch):
    x = torch.ones(1, requires_grad=True)
    drawing, found = folded(torch.cat([torch.sin(x * i) for i in range(30)]).sum())
    assert found == [
        ["1 of 30", "MulBackward0", "SinBackward0"],
        ["29 × the same", *found[1][1:]],
        "CatBackward0",
        "SumBackward0",
        "output",
    ]
    assert len(found[1]) <= 30
    assert drawing.svg.count('class="edge"') < 50
    assert "folded: 1 box stands for 58 operations" in drawing.svg


def lstm(torch):
    """Hands on two states and a loss."""
    w, u, v = (torch.ones(*s, requires_grad=True) for s in ((2, 8), (2, 8), (2, 1)))
    h = c = torch.zeros(1, 2)
    loss = torch.zeros(())
    for _ in range(10):
        i, f, g, o = (torch.ones(1, 2) @ w + h @ u).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        loss = loss + (h @ v).sum()
    return loss


def rnn(torch):
    """Reads its inputs from one tensor, and collects all states in another."""
    cell = torch.nn.RNN(2, 3)
    return cell(torch.ones(10, 1, 2))[0].sum()


def unrolled_descent(torch):
    """Hands on two parameters, and reads the first gradient's own graph."""
    w, b = (torch.ones(1, requires_grad=True) for _ in "wb")
    for _ in range(10):
        at, beside = torch.autograd.grad((w * 2 + b) ** 2, (w, b), create_graph=True)
        w, b = w - 0.1 * at, b - 0.1 * beside
    return w + b


@pytest.mark.parametrize("build", [lstm, rnn, unrolled_descent])
def test_the_steps_of_a_loop_fold_whatever_they_hand_on(torch, build):
    drawing, _ = folded(build(torch))
    own = [node.id for node in drawing.graph.nodes if node.kind != "leaf"]
    assert sorted(drawing.group.nodes()) == sorted(own)
    step, others = (i for i in drawing.group.items if isinstance(i, Group) and i.kind[:3] == "rep")
    assert (step.kind, others.kind) == ("repeat", "repeats")
    assert len(others.items) >= 7 and others.label == f"{len(others.items)} × the same"
    assert drawing.svg.count('class="node') <= ROOM
