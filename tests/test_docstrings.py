"""What help() and Shift+Tab show: every public name says what it is, with the operands it takes."""

import inspect

import pytest

import minigrad as torch

ROOMS = [
    torch,
    torch.Tensor,
    torch.autograd,
    torch.autograd.functional,
    torch.autograd.graph,
    torch.linalg,
    torch.nn,
    torch.nn.functional,
    torch.nn.init,
    torch.nn.utils,
    torch.optim,
    torch.optim.lr_scheduler,
    torch.special,
    torch.utils.checkpoint,
    torch.utils.data,
]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_public_name_has_a_docstring(room):
    names = getattr(room, "__all__", None) or [n for n in dir(room) if not n.startswith("_")]
    told = {name: getattr(room, name) for name in names}
    assert len(told) > 3
    undocumented = {
        name
        for name, thing in told.items()
        if (callable(thing) or inspect.isdatadescriptor(thing)) and not inspect.getdoc(thing)
    }
    assert undocumented - {"Callable"} == set()


@pytest.mark.parametrize(
    "function, parameters",
    [
        (torch.mul, ["self", "other", "alpha"]),
        (torch.Tensor.add_, ["self", "other", "alpha"]),
        (torch.exp, ["self"]),
        (torch.sum, ["self", "dim", "keepdim"]),
        (torch.gt, ["self", "other"]),
    ],
)
def test_a_signature_names_the_operands(function, parameters):
    assert [*inspect.signature(function).parameters][: len(parameters)] == parameters


def test_a_recorded_operation_tells_its_rule_and_its_node():
    assert inspect.getdoc(torch.mul) == "∂(x·y)/∂x = y,  ∂(x·y)/∂y = x\n\nRecorded as MulBackward0."
    assert inspect.getdoc(torch.Tensor.exp_).startswith("In place: ∂eˣ/∂x = eˣ")
