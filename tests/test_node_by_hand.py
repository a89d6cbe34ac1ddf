"""A node called by hand does what it does in a backward pass, and says what torch says."""

import importlib

import pytest


@pytest.fixture(params=["minigrad", "torch"])
def torch(request):
    pytest.importorskip(request.param)
    return importlib.import_module(request.param)


def test_a_chain_by_hand_gives_what_backward_gives(torch):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * x
    out = y.sum()
    with torch.no_grad():
        left, right = y.grad_fn(out.grad_fn(torch.tensor(1.0)))
    out.backward()
    assert (left + right).tolist() == x.grad.tolist() == [2.0, 4.0, 6.0]
    assert not left.requires_grad


def test_nothing_is_sent_where_no_edge_leads(torch):
    x = torch.tensor(2.0, requires_grad=True)
    to_x, to_constant = (x * 3).grad_fn(torch.tensor(1.0))
    assert to_x.item() == 3.0
    assert to_constant is None


def test_it_is_recorded_while_grad_mode_is_on(torch):
    x = torch.tensor(2.0, requires_grad=True)
    slope = (x**2).grad_fn(torch.tensor(1.0))
    slope.backward()
    assert (slope.item(), x.grad.item()) == (4.0, 2.0)


def test_a_leaf_accumulates(torch):
    x = torch.tensor(2.0, requires_grad=True)
    double = x * 2
    leaf = double.grad_fn.next_functions[0][0]
    assert leaf(torch.tensor(5.0)) == ()
    leaf(torch.tensor(1.0))
    assert x.grad.item() == 6.0


def test_errors_are_torchs(torch):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    one = torch.tensor(1.0)
    with pytest.raises(TypeError, match="expected 1 arguments, got 2 instead"):
        y.grad_fn(one, one)
    with pytest.raises(TypeError, match="argument 0 is not a Variable"):
        y.grad_fn(1.0)
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.grad_fn(one)
