"""What minigrad.autograd promises beyond torch's text: no leaks, threads, any depth of nesting."""

import gc
import threading
import weakref
from contextlib import contextmanager

import numpy as np
import pytest

import minigrad as torch
from minigrad.autograd import Function, functional, graph
from minigrad.utils.checkpoint import checkpoint


@contextmanager
def without_collector():
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Keeps(Function):
    """Saves input and output, keeps an input on ctx, and gives two outputs."""

    @staticmethod
    def forward(ctx, x):
        out = x * 2
        ctx.save_for_backward(x, out)
        ctx.x = x
        return out, x + 1

    @staticmethod
    def backward(ctx, a, b):
        return a * 2 + b * (ctx.saved_tensors[0] == ctx.x)


class WritesIn(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.add_(1)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


def packed(x):
    with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
        return (x.exp() * x).sum()


def hooked(x):
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda t: t.detach() * 1, lambda t: t)
    y.grad_fn.register_hook(lambda sent, given: None)
    y.grad_fn.register_prehook(lambda given: None)
    graph.register_multi_grad_hook((x, y), lambda grads: None)
    y.register_hook(lambda g: g * 1)
    y.retain_grad()
    return y.sum()


def written(x):
    y = x * 1
    y[0] = 3
    y.exp_()
    y = y * 1
    y.mul_(2)
    z = y.view(-1)
    z.add_(x)
    return (y * y).sum() + z.sum()


def times_itself(x):
    y, z = x * 1, x * 1
    y.mul_(y)  # from here on a backward from y would say that the other y is gone
    z.register_hook(lambda g: g if y is None else None)
    return z.sum()


def noted(x):
    with torch.autograd.set_detect_anomaly(True):
        return (x * x).sum()


def noted_twice(x):
    with torch.autograd.set_detect_anomaly(True):
        (g,) = torch.autograd.grad((x * x * x).sum(), x, create_graph=True)
    return g.sum()


def gradient(x):
    (g,) = torch.autograd.grad((x * x * x).sum(), x, create_graph=True)
    return (g * x).sum()


def edges(x):
    y = x * x
    graph.get_gradient_edge(y)
    return y.sum()


def written_views(x):
    y = x * 1
    v, w = y[:2], y[1:]
    for t in (y, v, w):
        t.register_hook(lambda g: g * 1)
        t.retain_grad()
    with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
        v.exp_()
        y[torch.tensor([0, 2])] = x[:2]
    WritesIn.apply(w)
    w.register_hook(lambda g: g if v is None else None)
    return v.sum() + w.sum() + y.prod()


def fused(x):
    rules = (torch.nn.functional.gelu, lambda t: torch.nn.functional.layer_norm(t, (3,)))
    grads = [torch.autograd.grad(f(x).prod(), x, create_graph=True)[0] for f in rules]
    return torch.autograd.grad((grads[0] * grads[1]).sum(), x, create_graph=True)[0].sum()


def mutated(x):
    with graph.allow_mutation_on_saved_tensors():
        y = x * 1
        z = (y * y).sum()
        y.add_(1)
    return (x * 2).exp().sum() + z.detach()


def within(x):
    def inner(t):
        return checkpoint(lambda t: WritesIn.apply(t * 1).exp(), t, use_reentrant=False) * t

    return packed(checkpoint(inner, x, use_reentrant=False))


KINDS = {
    "written views": written_views,
    "fused rules": fused,
    "mutation": mutated,
    "checkpoints within": within,
    "a Function": lambda x: Keeps.apply(x)[0].sum() + Keeps.apply(x)[1].sum(),
    "a Function that writes": lambda x: WritesIn.apply(x * 1).sum(),
    "packed": packed,
    "hooked": hooked,
    "written": written,
    "times itself": times_itself,
    "noted": noted,
    "noted twice": noted_twice,
    "a gradient's graph": gradient,
    "edges": edges,
    "views": lambda x: sum(t.sum() for t in (x * 1).unbind()) + (x * 1).t().expand(2, 3).sum(),
    "checkpoint": lambda x: checkpoint(lambda x: (x * x).exp() * x, x, use_reentrant=False).sum(),
    "reentrant": lambda x: checkpoint(lambda x: (x * x).exp() * x, x, use_reentrant=True).sum(),
}


class Stops(Keeps):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        raise RuntimeError("half way")


def fails(loss, gradient):
    try:
        loss.backward(gradient)
    except RuntimeError:
        return
    raise AssertionError


ENDINGS = {
    "no backward": lambda loss: None,
    "backward": lambda loss: loss.backward(),
    "retained": lambda loss: loss.backward(retain_graph=True),
    "half way": lambda loss: fails(loss * Stops.apply(loss), torch.ones(())),
    "an error": lambda loss: fails(loss, torch.ones(7)),
}


def nodes_of(loss):
    stack, seen = [loss.grad_fn], {}
    while stack:
        node = stack.pop()
        if node is not None and id(node) not in seen:
            seen[id(node)] = weakref.ref(node)
            stack += [target for target, _ in node.next_functions]
    return list(seen.values())


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_graph_outlives_its_last_reference(kind, ending):
    with without_collector():
        x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
        loss = KINDS[kind](x)
        seen = nodes_of(loss)
        assert len(seen) >= 3
        ENDINGS[ending](loss)
        leaf = weakref.ref(x)
        del loss, x
        assert [ref() for ref in seen if ref() is not None] == []
        assert leaf() is None


def test_training_leaves_memory_flat():
    stream = np.random.default_rng(0)
    data = torch.tensor(stream.standard_normal((8, 4)).tolist())
    w = torch.tensor(stream.standard_normal((4, 4)).tolist(), requires_grad=True)
    b = torch.zeros(4, requires_grad=True)

    def step():
        hidden = (data @ w + b) * 2
        hidden.retain_grad()
        hidden[0].mul_(2)
        loss = checkpoint(lambda h: (h * h).sum(), hidden, use_reentrant=False)
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p.sub_(p.grad * 1e-6)
                p.grad.zero_()

    for _ in range(20):
        step()
    with without_collector():
        before = len(gc.get_objects())
        for _ in range(1000):
            step()
        assert abs(len(gc.get_objects()) - before) < 50


def run_together(*works):
    errors = []

    def guarded(work):
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


def test_threads_cross_one_graph_with_hooks():
    x = torch.ones(50, requires_grad=True)
    calls = []
    y = x * 3
    y.register_hook(lambda g: g * 2)
    x.register_post_accumulate_grad_hook(calls.append)
    loss = (y * y).sum()

    def work():
        for _ in range(50):
            loss.backward(retain_graph=True)

    run_together(*[work] * 4)
    # ∂(9x²)/∂x = 18 at x = 1; y's hook doubles it.
    assert x.grad.tolist() == [4 * 50 * 36] * 50
    assert len(calls) == 200


def test_a_hook_on_several_gradients_keeps_passes_apart():
    a, b = (torch.ones(3, requires_grad=True) for _ in range(2))
    seen = []
    graph.register_multi_grad_hook((a, b), lambda grads: seen.append([g.tolist() for g in grads]))

    def work(factor):
        for _ in range(50):
            (a * b * factor).sum().backward()

    run_together(*[lambda f=f: work(f) for f in (1, 2, 3)])
    assert len(seen) == 150
    assert all(first == second for first, second in seen)


def test_modes_belong_to_threads():
    barrier = threading.Barrier(2)
    seen = {}

    def inferring():
        with torch.inference_mode(), graph.save_on_cpu():
            barrier.wait()
            seen["inside"] = torch.ones(2).is_inference()
            barrier.wait()

    def recording():
        barrier.wait()
        x = torch.ones(2, requires_grad=True)
        y = x * x
        seen["outside"] = y.is_inference()
        seen["saved"] = y.grad_fn._saved_self is x
        barrier.wait()

    run_together(inferring, recording)
    assert seen == {"inside": True, "outside": False, "saved": True}


def nest(depth, hook_of):
    """A backward whose hook starts a backward, and so on."""
    x = torch.ones(2, requires_grad=True)
    with torch.enable_grad():
        y = x * 2
        hook_of(y)(lambda *_: nest(depth - 1, hook_of) if depth else None)
        y.sum().backward()
    assert x.grad.tolist() == [2, 2]


@pytest.mark.parametrize("kind", ["tensor hook", "prehook", "posthook"])
def test_backward_within_hooks_within_hooks(kind):
    hooks = {
        "tensor hook": lambda y: y.register_hook,
        "prehook": lambda y: y.grad_fn.register_prehook,
        "posthook": lambda y: y.grad_fn.register_hook,
    }
    nest(200, hooks[kind])


def test_a_nested_backward_may_reach_the_leaf_whose_hook_started_it():
    x = torch.ones(2, requires_grad=True)
    depth = []

    def again(p):
        if len(depth) < 50:
            depth.append(1)
            with torch.enable_grad():
                (p * 2).sum().backward()

    x.register_post_accumulate_grad_hook(again)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2 * 51] * 2


def test_modes_hold_in_a_pass_that_runs_in_another_thread():
    seen = []

    def deep(depth):
        x = torch.ones(1, requires_grad=True)
        y = x * 2
        y.register_hook(lambda g: deep(depth - 1) if depth else seen.append(g.requires_grad))
        with torch.enable_grad():
            y.backward(create_graph=True, gradient=torch.ones(1, requires_grad=True))

    with pytest.warns(UserWarning, match="create_graph=True"):
        deep(60)
    assert seen == [True]


def test_checkpoint_draws_the_same_random_numbers_again():
    x = torch.ones(1000, requires_grad=True)
    kept = []

    def noisy(x):
        mask = (torch.rand(1000) < 0.5).to(x.dtype)
        kept.append(mask)
        return (x * mask).exp()

    for reentrant in (True, False):
        kept.clear()
        x.grad = None
        y = checkpoint(noisy, x, use_reentrant=reentrant).sum()
        after = torch.rand(3).tolist()
        y.backward()
        assert kept[0].tolist() == kept[1].tolist()
        assert torch.rand(3).tolist() != after
        assert np.allclose(x.grad.numpy(), (kept[0] * kept[0].exp()).numpy())


def test_a_saved_tensor_can_live_on_a_disk(tmp_path):
    count = iter(range(100))

    def to_disk(tensor):
        path = tmp_path / f"{next(count)}.npy"
        np.save(path, tensor.detach().numpy())
        return path

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with graph.saved_tensors_hooks(to_disk, lambda path: torch.from_numpy(np.load(path))):
        y = (x.exp() * x).sum()
    assert len(list(tmp_path.iterdir())) == 3
    y.backward()
    expected = (x.detach().exp() * (x.detach() + 1)).tolist()
    assert x.grad.tolist() == pytest.approx(expected)


def test_hessians_by_two_ways_agree():
    x = torch.tensor([0.3, -0.7, 1.1], dtype=torch.float64)

    def f(x):
        return (x.exp() * x * x.flip(0)).sum()

    hessian = functional.hessian(f, x)
    for i in range(3):
        v = torch.zeros(3, dtype=torch.float64)
        v[i] = 1
        assert functional.hvp(f, x, v)[1].tolist() == pytest.approx(hessian[:, i].tolist())
        assert functional.vhp(f, x, v)[1].tolist() == pytest.approx(hessian[i].tolist())


def test_nothing_is_left_behind_by_hooks_that_fail():
    x = torch.ones(2, requires_grad=True)
    with (
        pytest.raises(ZeroDivisionError),
        graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t),
    ):
        x * x
    assert (x * x).grad_fn._saved_self is x
    with pytest.raises(ValueError), torch.inference_mode():
        raise ValueError
    assert not (x * x).is_inference()
    assert (x * x).requires_grad
