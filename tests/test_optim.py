"""Optimizers step as torch's do: 100 steps of a network from the same weights, on both engines."""

import gc
import tracemalloc

import numpy as np
import pytest

import minigrad

STEPS = 100

OPTIMIZERS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1, "maximize": False}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 1e-4, "momentum": 0.5, "maximize": True}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.01, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.01, "amsgrad": True}),
    ("Adam", {"lr": 1e-4, "maximize": True, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.01}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.5, "amsgrad": True}),
    ("RMSprop", {"lr": 0.001}),
    ("RMSprop", {"lr": 0.001, "momentum": 0.9, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.001, "centered": True, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 1e-5, "centered": True, "momentum": 0.5, "maximize": True}),
    ("Adagrad", {"lr": 0.01}),
    ("Adagrad", {"lr": 0.01, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-5}),
    ("Adagrad", {"lr": 1e-4, "initial_accumulator_value": 0.1, "maximize": True}),
    ("Adamax", {"lr": 0.01}),
    ("Adamax", {"lr": 1e-4, "betas": (0.8, 0.9), "weight_decay": 0.1, "maximize": True}),
    ("Adadelta", {"lr": 0.5}),
    ("Adadelta", {"lr": 0.1, "rho": 0.8, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"lr": 0.01}),
    ("NAdam", {"lr": 0.01, "weight_decay": 0.1, "momentum_decay": 0.1}),
    ("NAdam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.01}),
    ("RAdam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 1e-4, "betas": (0.8, 0.9), "weight_decay": 0.1, "maximize": True}),
    ("ASGD", {"lr": 0.05}),
    ("ASGD", {"lr": 0.05, "t0": 50, "lambd": 0.01, "weight_decay": 0.1}),
    ("Rprop", {"lr": 0.001}),
    ("Rprop", {"lr": 0.001, "etas": (0.7, 1.1), "step_sizes": (1e-3, 0.02)}),
]
NAMES = [f"{kind}-{'-'.join(options)}" for kind, options in OPTIMIZERS]


def network(engine, dtype):
    """A network with fixed weights, and a batch of fixed data."""
    stream = np.random.default_rng(0)
    net = engine.nn.Sequential(
        engine.nn.Linear(4, 8), engine.nn.Tanh(), engine.nn.Linear(8, 2, bias=False)
    ).to(getattr(engine, dtype))
    with engine.no_grad():
        for p in net.parameters():
            p.copy_(engine.tensor(stream.normal(0, 0.5, tuple(p.shape))))
    x, y = (engine.tensor(stream.normal(size=(16, n)), dtype=net[0].weight.dtype) for n in (4, 2))
    return net, x, y


def trained(engine, kind, options, dtype="float64", schedule=None):
    """The weights after each of 100 steps, and the versions that they have at the end."""
    net, x, y = network(engine, dtype)
    optimizer = getattr(engine.optim, kind)(net.parameters(), **options)
    scheduler = schedule and schedule(engine.optim.lr_scheduler, optimizer)
    loss_fn = engine.nn.MSELoss()
    history = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        optimizer.step()
        if scheduler:
            scheduler.step(*([loss.detach()] if "Plateau" in type(scheduler).__name__ else []))
        history.append(np.concatenate([p.detach().numpy().ravel() for p in net.parameters()]))
    return np.array(history), [p._version for p in net.parameters()]


def along_given_gradients(engine, kind, options):
    """A parameter after each of 100 steps along gradients that do not depend on it."""
    stream = np.random.default_rng(0)
    p = engine.nn.Parameter(engine.tensor(stream.normal(size=20)))
    optimizer = getattr(engine.optim, kind)([p], **options)
    history = []
    for _ in range(STEPS):
        p.grad = engine.tensor(stream.normal(size=20))
        optimizer.step()
        history.append(p.detach().numpy().copy())
    return np.array(history)


SHORT_MEMORY = ("Adam", {"lr": 0.01, "betas": (0.4, 0.3)})


@pytest.mark.parametrize(
    "kind, options", [*OPTIMIZERS, SHORT_MEMORY], ids=[*NAMES, "Adam-short-memory"]
)
def test_the_rule_of_each_optimizer_is_torchs(kind, options):
    torch = pytest.importorskip("torch")
    ours, theirs = (along_given_gradients(e, kind, options) for e in (minigrad, torch))
    np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-14)  # rounding, over 100 steps


@pytest.mark.parametrize("kind, options", OPTIMIZERS, ids=NAMES)
def test_each_of_100_steps_equals_torchs(kind, options):
    torch = pytest.importorskip("torch")
    (ours, versions), (theirs, expected) = (trained(e, kind, options) for e in (minigrad, torch))
    assert abs(theirs[-1] - theirs[0]).max() > 1e-3
    # Equal but for rounding: matrix products add up their terms in another order.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    assert versions == expected


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in OPTIMIZERS} - {"Rprop"}))
def test_each_of_100_steps_in_float32_equals_torchs(kind):
    torch = pytest.importorskip("torch")
    (ours, _), (theirs, _) = (trained(e, kind, {"lr": 0.01}, "float32") for e in (minigrad, torch))
    assert ours.dtype == theirs.dtype == np.float32
    # Rounding of float32, 6e-8, which 100 steps add up, and which √v magnifies where v is small.
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


SCHEDULES = {
    "StepLR": lambda s, optimizer: s.StepLR(optimizer, 7, gamma=0.8),
    "MultiStepLR": lambda s, optimizer: s.MultiStepLR(optimizer, [10, 20, 20], gamma=0.7),
    "ExponentialLR": lambda s, optimizer: s.ExponentialLR(optimizer, 0.97),
    "CosineAnnealingLR": lambda s, optimizer: s.CosineAnnealingLR(optimizer, 30, eta_min=0.001),
    "LambdaLR": lambda s, optimizer: s.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)),
    "ReduceLROnPlateau": lambda s, optimizer: s.ReduceLROnPlateau(
        optimizer, patience=2, threshold=0.02, cooldown=1, factor=0.7
    ),
}


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_each_of_100_scheduled_steps_equals_torchs(schedule):
    torch = pytest.importorskip("torch")
    options = {"lr": 0.05, "momentum": 0.9}
    (ours, _), (theirs, _) = (
        trained(e, "SGD", options, schedule=schedule) for e in (minigrad, torch)
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    unscheduled, _ = trained(minigrad, "SGD", options)
    assert abs(unscheduled[-1] - ours[-1]).max() > 1e-3


@pytest.mark.parametrize("kind, options", OPTIMIZERS, ids=NAMES)
def test_the_loss_falls_or_rises(kind, options):
    net, x, y = network(minigrad, "float64")
    loss_fn = minigrad.nn.MSELoss()
    optimizer = getattr(minigrad.optim, kind)(net.parameters(), **options)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        losses.append(loss_fn(net(x), y))
        losses[-1].backward()
        optimizer.step()
    assert (losses[-1] > losses[0]).item() == options.get("maximize", False)


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_1000_steps_leave_memory_flat(kind):
    """Without the garbage collector's help: no step leaves anything behind.

    Python grows its own stores of spare objects and strings now and then, so of three thousands the
    flattest counts: what each step left behind would be in all of them.
    """
    net, x, y = network(minigrad, "float32")
    loss_fn = minigrad.nn.MSELoss()
    optimizer = getattr(minigrad.optim, kind)(net.parameters(), lr=1e-3)

    def steps(count):
        for _ in range(count):
            optimizer.zero_grad()
            loss_fn(net(x), y).backward()
            optimizer.step()

    steps(10)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        grown = []
        for _ in range(3):
            before, _ = tracemalloc.get_traced_memory()
            steps(1000)
            after, _ = tracemalloc.get_traced_memory()
            grown.append(after - before)
    finally:
        tracemalloc.stop()
        gc.enable()
    assert min(grown) < 1_000


def test_a_step_leaves_the_grad_mode_as_it_was():
    p = minigrad.nn.Parameter(minigrad.ones(1))
    optimizer = minigrad.optim.SGD([p], lr=1.0)
    seen = []
    p.grad = minigrad.ones(1)
    optimizer.step(closure=lambda: seen.append(minigrad.is_grad_enabled()))
    with minigrad.no_grad():
        optimizer.step(closure=lambda: seen.append(minigrad.is_grad_enabled()))
        seen.append(minigrad.is_grad_enabled())
    seen.append(minigrad.is_grad_enabled())
    assert seen == [True, True, False, True]


def test_options_have_no_gradient():
    lr = minigrad.tensor(0.1, requires_grad=True)
    p = minigrad.nn.Parameter(minigrad.ones(1))
    p.grad = minigrad.ones(1)
    with pytest.raises(NotImplementedError, match="no gradient for their own options"):
        minigrad.optim.SGD([p], lr=lr).step()
    assert p.item() == 1
