"""What the engine promises beyond torch's text: any depth, no leaks, nothing half-done."""

import gc
import subprocess
import sys
import textwrap
import threading
import weakref
from pathlib import Path

import pytest

import minigrad as torch

ROOT = Path(__file__).parent.parent


def run(code):
    """Run code in an interpreter of its own, to its very exit."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("y.sum().backward(); print(x.grad)", id="backward"),
        pytest.param("print(x.grad); del y", id="freed without backward"),
        pytest.param("print(x.grad)", id="alive at exit"),
    ],
)
def test_a_chain_of_a_million_operations(ending):
    done = run(
        f"""
        import minigrad as torch
        x = torch.ones(2, requires_grad=True)
        y = x
        for _ in range(500_000):
            y = y * x + 0.0
        {ending}
        """
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    expected = "tensor([500001., 500001.])" if "backward" in ending else "None"
    assert done.stdout.strip() == expected


def graphs():
    """Losses whose graphs save inputs, results, constants, views, written values."""
    x = torch.ones(3, requires_grad=True)
    yield "inputs", x, (x * x * 2).sum()
    yield "results", x, x.exp().tanh().sigmoid().relu().sum()
    yield "a view", x, (x * 1).view(3, 1).sum()
    y = x * 2
    y.exp_()
    yield "in place", x, y.sum()
    y = x * 2
    y.view(3, 1).mul_(x.view(3, 1))
    yield "a view in place", x, y.sum()
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda grad: grad)
    yield "hooks", x, y.sum()
    yield "a Function", x, Double.apply(x).sum()


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = x * 2
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


KINDS = [kind for kind, _, _ in graphs()]


@pytest.mark.parametrize("after", ["no backward", "backward", "retained"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_graph_goes_with_its_last_reference(kind, after):
    gc.collect()
    gc.disable()
    try:
        _, x, loss = next(found for found in graphs() if found[0] == kind)
        nodes, seen = [loss.grad_fn], []
        while nodes:
            node = nodes.pop()
            seen.append(weakref.ref(node))
            nodes += [target for target, _ in node.next_functions if target is not None]
        if after != "no backward":
            loss.backward(retain_graph=after == "retained")
        del node, loss, x
        assert [ref for ref in seen if ref() is not None] == []
    finally:
        gc.enable()


def test_a_graph_that_saved_an_overwritten_view_goes_too():
    gc.disable()
    try:
        y = torch.ones(3, requires_grad=True) * 2
        y.view(3, 1).mul_(y.view(3, 1))  # the second view is saved, and then no longer valid
        ref = weakref.ref(y.grad_fn)
        del y
        assert ref() is None
    finally:
        gc.enable()


def test_a_leaf_goes_with_its_last_reference():
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        (x * x).sum().backward()
        x.register_hook(lambda grad: grad)
        ref = weakref.ref(x)
        del x
        assert ref() is None
    finally:
        gc.enable()


def test_an_error_half_way_leaves_the_rest_as_it_was():
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, requires_grad=True)
    y = x * 2
    handle = y.register_hook(lambda grad: 1 / 0)
    loss = (y * w).sum()
    with pytest.raises(ZeroDivisionError):
        loss.backward(retain_graph=True)
    assert torch.is_grad_enabled()
    assert x.grad is None
    handle.remove()
    w.grad = None
    loss.backward()
    assert x.grad.tolist() == [2, 2]
    assert w.grad.tolist() == [2, 2]


def test_threads_that_share_a_leaf_add_up_exactly():
    x = torch.zeros(1000, requires_grad=True)

    def work():
        for _ in range(200):
            (x * 2).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (x.grad == 4 * 200 * 2).tolist() == [True] * 1000


def test_a_condition_is_a_tensor():
    x = torch.ones(2)
    for wrong in [
        lambda: torch.where([True, False]),
        lambda: torch.where([True, False], x, 0.0),
        lambda: x.where([True, False], 0.0),
    ]:
        with pytest.raises(TypeError, match=r"'condition' .* must be Tensor, not list"):
            wrong()


@pytest.mark.parametrize(
    "name",
    "func vmap profiler library amp autocast is_autocast_enabled jit compile distributed complex64 "
    "sparse_coo_tensor bfloat16 autograd.forward_ad autograd.profiler autograd.kineto_available "
    "nn.DataParallel nn.parallel cuda.Event utils.checkpoint.CheckpointPolicy "
    "utils.checkpoint.create_selective_checkpoint_contexts".split(),
)
def test_what_is_out_of_scope_is_absent_and_says_so(name):
    path, _, last = name.rpartition(".")
    room = torch
    for step in path.split(".") if path else ():
        room = getattr(room, step)
    assert not hasattr(room, last) and last not in dir(room)
    with pytest.raises(AttributeError, match=f"has no attribute '{last}'") as caught:
        getattr(room, last)
    if hasattr(Exception, "add_note"):
        assert caught.value.__notes__[0].startswith("not in minigrad: ")


def test_errors_say_what_to_do():
    if not hasattr(Exception, "add_note"):
        pytest.skip("notes on errors came with Python 3.11")
    x = torch.ones(2, requires_grad=True)
    for wrong in [
        lambda: x.numpy(),
        lambda: x.backward(),
        lambda: x.backward(torch.ones(3)),
        lambda: torch.ones(1).backward(),
        lambda: x.mul_(2),
    ]:
        with pytest.raises(RuntimeError) as caught:
            wrong()
        assert caught.value.__notes__
