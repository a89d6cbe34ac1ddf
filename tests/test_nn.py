"""Layers compute what torch's do, from the same weights; what they draw at random; memory.

How they print, what they hold and refuse, and their graphs: see the programs `nn_*.py`.
"""

import gc
import weakref

import numpy as np
import pytest

import minigrad
from minigrad import nn

SAMPLES = 40_000


def moments(tensor):
    """Mean and standard deviation, and how far the values reach to both sides."""
    array = tensor.detach().numpy()
    return array.mean(), array.std(), array.min(), array.max()


@pytest.fixture
def seeded():
    minigrad.manual_seed(0)


@pytest.mark.parametrize(
    "fill, std, reach",
    [
        (lambda t: nn.init.uniform_(t, -2, 2), 4 / 12**0.5, 2),
        (lambda t: nn.init.normal_(t, std=3), 3, None),
        (nn.init.xavier_uniform_, (2 / 500) ** 0.5, (6 / 500) ** 0.5),
        (lambda t: nn.init.xavier_normal_(t, gain=2), 2 * (2 / 500) ** 0.5, None),
        (lambda t: nn.init.kaiming_uniform_(t, a=5**0.5), (1 / 300) ** 0.5, 0.1),
        (lambda t: nn.init.kaiming_normal_(t, nonlinearity="relu"), (2 / 100) ** 0.5, None),
        (lambda t: nn.init.kaiming_normal_(t, mode="fan_out"), (2 / 400) ** 0.5, None),
        (lambda t: nn.init.trunc_normal_(t, std=0.02), 0.02, None),
        (lambda t: nn.init.trunc_normal_(t, a=-1, b=1), 0.5396, 1),
    ],
)
def test_initial_values_have_the_distribution_that_they_should(seeded, fill, std, reach):
    mean, spread, low, high = moments(fill(minigrad.empty(400, 100)))
    assert abs(mean) < 4 * std / SAMPLES**0.5
    assert abs(spread / std - 1) < 0.02
    if reach is not None:
        assert reach * 0.999 < high <= reach
        assert reach * 0.999 < -low <= reach


def test_a_truncated_normal_may_lie_in_the_tail(seeded):
    mean, _, low, high = moments(nn.init.trunc_normal_(minigrad.empty(SAMPLES), a=2, b=9))
    assert 2 <= low < 2.001
    assert high < 6
    assert abs(mean - 2.3732) < 0.01  # φ(2)/(1 − Φ(2))


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 2, 3)])
def test_orthogonal_rows_or_columns(seeded, shape):
    matrix = nn.init.orthogonal_(minigrad.empty(shape), gain=2).numpy().reshape(shape[0], -1)
    short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    np.testing.assert_allclose(short @ short.T, 4 * np.eye(len(short)), atol=1e-5)


def test_orthogonal_matrices_turn_either_way(seeded):
    signs = {nn.init.orthogonal_(minigrad.empty(1, 1)).item() for _ in range(20)}
    assert signs == {-1.0, 1.0}


def test_linear_and_convolution_begin_as_torch_says(seeded):
    for layer, bound in [(nn.Linear(25, 4000), 0.2), (nn.Conv1d(5, 4000, 5), 0.2)]:
        for values in (layer.weight, layer.bias):
            mean, std, low, high = moments(values)
            assert abs(mean) < 0.01
            assert abs(std - bound / 3**0.5) < 0.005
            assert -bound <= low < -0.99 * bound
            assert 0.99 * bound < high <= bound


def test_a_seed_repeats_the_initial_values():
    made = []
    for seed in (7, 7, 8):
        minigrad.manual_seed(seed)
        made.append(nn.Linear(3, 2).weight.detach().numpy())
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_a_generator_of_its_own_leaves_the_common_stream_alone():
    drawn = []
    for generator in (None, minigrad.Generator().manual_seed(3)):
        minigrad.manual_seed(0)
        nn.init.normal_(minigrad.empty(3), generator=generator)
        drawn.append(minigrad.rand(1).item())
    assert drawn[0] != drawn[1]
    minigrad.manual_seed(0)
    assert drawn[1] == minigrad.rand(1).item()


# -- forward and backward, against torch -----------------------------------------------------------

LAYERS = {
    "Linear": (lambda nn: nn.Linear(3, 2), (4, 3)),
    "Linear-no-bias-3d": (lambda nn: nn.Linear(3, 2, bias=False), (2, 4, 3)),
    "Identity": (lambda nn: nn.Identity(), (2, 3)),
    "Flatten": (lambda nn: nn.Flatten(), (2, 3, 4)),
    "Flatten-some": (lambda nn: nn.Flatten(0, -2), (2, 3, 4)),
    "Unflatten": (lambda nn: nn.Unflatten(1, (2, -1)), (2, 6)),
    "Conv1d": (lambda nn: nn.Conv1d(4, 6, 3, 2, 1, 2, groups=2), (2, 4, 9)),
    "Conv1d-one-example": (lambda nn: nn.Conv1d(2, 3, 2, bias=False), (2, 5)),
    "Conv2d": (lambda nn: nn.Conv2d(2, 3, (2, 3), stride=(1, 2), padding=(1, 0)), (2, 2, 5, 6)),
    "Conv2d-same": (lambda nn: nn.Conv2d(2, 3, (5, 3), padding="same"), (2, 2, 4, 5)),
    "Conv2d-circular": (
        lambda nn: nn.Conv2d(1, 2, 3, padding=(2, 1), padding_mode="circular"),
        (2, 1, 4, 5),
    ),
    "Conv1d-reflect": (
        lambda nn: nn.Conv1d(1, 2, 2, padding="same", dilation=3, padding_mode="reflect"),
        (2, 1, 9),
    ),
    "Conv1d-replicate": (
        lambda nn: nn.Conv1d(1, 2, 3, padding="valid", padding_mode="replicate"),
        (2, 1, 9),
    ),
    "Conv2d-valid": (lambda nn: nn.Conv2d(2, 2, 2, padding="valid", dilation=2), (1, 2, 4, 5)),
    "Conv2d-depthwise": (lambda nn: nn.Conv2d(3, 6, 3, groups=3), (2, 3, 4, 4)),
    "MaxPool2d": (lambda nn: nn.MaxPool2d(2), (2, 3, 5, 6)),
    "MaxPool2d-all": (
        lambda nn: nn.MaxPool2d((2, 3), (1, 2), padding=1, dilation=(2, 1), ceil_mode=True),
        (1, 2, 6, 7),
    ),
    "MaxPool1d": (lambda nn: nn.MaxPool1d(3, 2, padding=1), (2, 3, 7)),
    "AvgPool1d": (lambda nn: nn.AvgPool1d(3, 2, padding=1), (2, 3, 7)),
    "AvgPool2d": (lambda nn: nn.AvgPool2d(2), (2, 3, 5, 6)),
    "AvgPool2d-all": (
        lambda nn: nn.AvgPool2d((2, 3), 2, padding=1, ceil_mode=True, count_include_pad=False),
        (1, 2, 5, 6),
    ),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(3), (5, 3)),
    "BatchNorm1d-3d": (lambda nn: nn.BatchNorm1d(3, affine=False, momentum=None), (2, 3, 4)),
    "BatchNorm2d": (lambda nn: nn.BatchNorm2d(3, momentum=0.3, eps=1e-3), (2, 3, 2, 2)),
    "BatchNorm2d-no-stats": (
        lambda nn: nn.BatchNorm2d(3, track_running_stats=False, bias=False),
        (2, 3, 2, 2),
    ),
    "BatchNorm1d-eval": (lambda nn: nn.BatchNorm1d(3).eval(), (5, 3)),
    "LayerNorm": (lambda nn: nn.LayerNorm(4), (2, 3, 4)),
    "LayerNorm-2d": (lambda nn: nn.LayerNorm((3, 4), bias=False), (2, 3, 4)),
    "LayerNorm-no-affine": (lambda nn: nn.LayerNorm(4, elementwise_affine=False), (3, 4)),
    "Dropout-0": (lambda nn: nn.Dropout(0.0), (3, 4)),
    "Dropout-eval": (lambda nn: nn.Dropout(0.9).eval(), (3, 4)),
    "ReLU": (lambda nn: nn.ReLU(), (3, 4)),
    "LeakyReLU": (lambda nn: nn.LeakyReLU(0.2), (3, 4)),
    "ELU": (lambda nn: nn.ELU(1.5), (3, 4)),
    "SELU": (lambda nn: nn.SELU(), (3, 4)),
    "CELU": (lambda nn: nn.CELU(1.5), (3, 4)),
    "Hardtanh": (lambda nn: nn.Hardtanh(-0.5, 0.7), (3, 4)),
    "ReLU6": (lambda nn: nn.ReLU6(), (3, 4)),
    "Threshold": (lambda nn: nn.Threshold(0.1, 3.0), (3, 4)),
    "LogSigmoid": (lambda nn: nn.LogSigmoid(), (3, 4)),
    "Softsign": (lambda nn: nn.Softsign(), (3, 4)),
    "Tanhshrink": (lambda nn: nn.Tanhshrink(), (3, 4)),
    "Softmin": (lambda nn: nn.Softmin(dim=0), (3, 4)),
    "GELU": (lambda nn: nn.GELU(), (3, 4)),
    "GELU-tanh": (lambda nn: nn.GELU("tanh"), (3, 4)),
    "SiLU": (lambda nn: nn.SiLU(), (3, 4)),
    "Sigmoid": (lambda nn: nn.Sigmoid(), (3, 4)),
    "Tanh": (lambda nn: nn.Tanh(), (3, 4)),
    "Softplus": (lambda nn: nn.Softplus(2, 1.5), (3, 4)),
    "Softmax": (lambda nn: nn.Softmax(dim=0), (3, 4)),
    "LogSoftmax": (lambda nn: nn.LogSoftmax(dim=-1), (3, 4)),
}


def result(engine, make, shape):
    """What a layer makes of an input, and all gradients: {name: array}, with the nodes' names."""
    stream = np.random.default_rng(0)
    layer = make(engine.nn).double()
    with engine.no_grad():
        for p in layer.parameters():
            p.copy_(engine.tensor(stream.normal(size=tuple(p.shape))))
    x = engine.tensor(stream.normal(size=shape), requires_grad=True)
    for _ in range(2):  # running averages change with each call
        out = layer(x * 1)
    (out * engine.tensor(stream.normal(size=tuple(out.shape)))).sum().backward()
    found = {"out": out, "input": x.grad}
    found |= {name: p.grad for name, p in layer.named_parameters()}
    found |= dict(layer.named_buffers())
    return {name: t.detach().numpy() for name, t in found.items()}, nodes(out.grad_fn)


def nodes(node):
    """The names of the nodes from an output to the input, depth first."""
    if node is None:
        return []
    below = [name for target, _ in node.next_functions for name in nodes(target)]
    return [node.name().split("::")[-1], *below]


INPLACE = "ReLU LeakyReLU ELU SiLU SELU CELU Hardtanh ReLU6".split()


@pytest.mark.parametrize("name", INPLACE)
def test_an_activation_in_place_is_the_same_written_over_its_input(name):
    values = [-3.0, -0.5, 0.0, 0.5, 7.0]
    x = minigrad.tensor(values, dtype=minigrad.float64, requires_grad=True)
    found = []
    for inplace in (False, True):
        given = x * 1
        out = getattr(nn, name)(inplace=inplace)(given)
        assert (out is given) == inplace
        (grad,) = minigrad.autograd.grad(out.sum(), x)
        found.append([out.tolist(), grad.numpy(), out.grad_fn.name().rstrip("01")])
    assert found[0][::2] == found[1][::2]
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-14)  # one comes from the result


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_computes_what_torchs_does(name):
    torch = pytest.importorskip("torch")
    (ours, our_nodes), (theirs, their_nodes) = (result(e, *LAYERS[name]) for e in (minigrad, torch))
    assert ours.keys() == theirs.keys()
    for key in theirs:
        assert ours[key].dtype == theirs[key].dtype
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-12, atol=1e-13, err_msg=key)
    assert our_nodes == their_nodes


CLASSES = np.array([0, 2, 1, 2])
PROBABILITIES = np.random.default_rng(1).uniform(0.1, 0.9, (4, 3))
LOSSES = {
    "L1Loss": (lambda nn, w: nn.L1Loss, "scores", "scores"),
    "MSELoss": (lambda nn, w: nn.MSELoss, "scores", "scores"),
    "SmoothL1Loss": (lambda nn, w: lambda **r: nn.SmoothL1Loss(beta=0.7, **r), "scores", "scores"),
    "HuberLoss": (lambda nn, w: lambda **r: nn.HuberLoss(delta=0.7, **r), "scores", "scores"),
    "NLLLoss": (lambda nn, w: lambda **r: nn.NLLLoss(w, **r), "scores", "classes"),
    "NLLLoss-ignore": (
        lambda nn, w: lambda **r: nn.NLLLoss(ignore_index=2, **r),
        "scores",
        "classes",
    ),
    "CrossEntropyLoss": (lambda nn, w: nn.CrossEntropyLoss, "scores", "classes"),
    "CrossEntropyLoss-all": (
        lambda nn, w: lambda **r: nn.CrossEntropyLoss(w, label_smoothing=0.1, ignore_index=1, **r),
        "scores",
        "classes",
    ),
    "CrossEntropyLoss-probabilities": (
        lambda nn, w: nn.CrossEntropyLoss,
        "scores",
        "probabilities",
    ),
    "BCELoss": (lambda nn, w: lambda **r: nn.BCELoss(w, **r), "probabilities", "probabilities"),
    "BCEWithLogitsLoss": (
        lambda nn, w: lambda **r: nn.BCEWithLogitsLoss(pos_weight=w, **r),
        "scores",
        "probabilities",
    ),
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_torchs(name, reduction):
    torch = pytest.importorskip("torch")
    make, given, wanted = LOSSES[name]
    found = []
    for engine in (minigrad, torch):
        stream = np.random.default_rng(0)
        values = {
            "scores": lambda stream=stream: stream.normal(size=(4, 3)),
            "probabilities": lambda stream=stream: stream.uniform(0.1, 0.9, (4, 3)),
            "classes": lambda: CLASSES,
        }
        x = engine.tensor(values[given](), requires_grad=True)
        y = engine.tensor(values[wanted]())
        weights = engine.tensor([0.5, 2.0, 1.0], dtype=engine.float64)
        loss = make(engine.nn, weights)(reduction=reduction).to(engine.float64)(x, y)
        loss.sum().backward()
        found.append((loss.detach().numpy(), x.grad.numpy(), nodes(loss.grad_fn)))
    (loss, grad, names), (their_loss, their_grad, their_names) = found
    np.testing.assert_allclose(loss, their_loss, rtol=1e-13)
    np.testing.assert_allclose(grad, their_grad, rtol=1e-13, atol=1e-15)
    assert names == their_names


def test_an_embedding_gives_rows_and_their_gradients():
    table = minigrad.arange(6.0).reshape(3, 2)
    layer = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=2)
    out = layer(minigrad.tensor([[0, 2], [0, 1]]))
    assert out.tolist() == [[[0, 1], [4, 5]], [[0, 1], [2, 3]]]
    assert out.grad_fn.name() == "EmbeddingBackward0"
    out.sum().backward()
    assert layer.weight.grad.tolist() == [[2, 2], [1, 1], [0, 0]]


def test_dropout_drops_and_scales(seeded):
    layer = nn.Dropout(0.25)
    x = minigrad.ones(10_000, requires_grad=True)
    out = layer(x)
    kept = out.detach().numpy() != 0
    assert abs(kept.mean() - 0.75) < 0.02
    assert np.allclose(out.detach().numpy()[kept], 1 / 0.75)
    out.sum().backward()
    assert np.array_equal(x.grad.numpy() != 0, kept)
    assert layer.eval()(x) is x


# -- memory: nothing outlives its last reference, without the garbage collector's help -------------


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_module_is_freed_with_its_last_reference(collector_off):
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    handle = net.register_full_backward_hook(lambda *args: None)
    net(minigrad.ones(1, 2, requires_grad=True)).sum().backward()
    gone = weakref.ref(net), weakref.ref(net[0].weight)
    del net
    assert [reference() for reference in gone] == [None, None]
    handle.remove()


def test_a_graph_through_hooked_modules_is_freed(collector_off):
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net.register_full_backward_hook(lambda *args: None)
    x = minigrad.ones(1, 2, requires_grad=True)
    out = net(x)
    gone = weakref.ref(out.grad_fn)
    del out
    assert gone() is None


def test_parameters_are_found_by_isinstance_and_kept_by_numpy_alone():
    p = nn.Parameter(minigrad.ones(2))
    assert isinstance(p, minigrad.Tensor)
    assert not isinstance(p + 1, nn.Parameter)
    assert not isinstance(minigrad.ones(1, requires_grad=True), nn.Parameter)
    with pytest.raises(RuntimeError, match="requires grad"):
        p.numpy()
    assert np.array_equal(p.detach().numpy(), [1, 1])
