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
