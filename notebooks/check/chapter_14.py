"""Exercises of chapter 14, the confusion clinic: each repairs one specimen."""

from __future__ import annotations

import warnings
from typing import Any

from .core import (
    Mistaken,
    Unanswered,
    call,
    close,
    engine,
    exercise,
    expect_each,
    expect_list,
    number,
    rounded,
    shown,
    tensor,
)
from .graph import reaches


def _quietly(answer: Any, *inputs: Any) -> Any:
    """What the learner's function returns, without the engine's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(answer, *inputs)


def _listed(answer: Any) -> list:
    """`answer` as a list of numbers."""
    got = answer.tolist() if hasattr(answer, "tolist") else answer
    if not isinstance(got, (list, tuple)):
        raise Mistaken(f"A list of numbers is asked for, and this is {shown(answer)}.")
    return [number(each) for each in got]


def _same_list(answer: Any, right: list) -> bool:
    got = _listed(answer)
    return len(got) == len(right) and all(close(a, b) for a, b in zip(got, right))


def _leaf(torch: Any, value: Any, **options: Any) -> Any:
    return torch.tensor(value, requires_grad=True, **options)


@exercise(
    "14",
    "fix",
    (
        "When the second pass comes, what is still in `w.grad`?",
        "Clear before each pass, or right after reading.",
        "`w.grad = None` as the first line of the loop.",
    ),
)
def three_gradients(answer):
    """Repair the loop so that each pass shows its own gradient."""
    torch = engine(answer)
    got = _quietly(answer, _leaf(torch, 1.0))
    if isinstance(got, (list, tuple)) and any(hasattr(each, "requires_grad") for each in got):
        raise Mistaken("The list holds tensors. Keep numbers: `.item()`, as it was.")
    if _same_list(got, [18, 36, 54]):
        raise Mistaken("18, 36, 54: still a sum. Clear inside the loop, before each pass.")
    if _same_list(got, [0, 0, 0]):
        raise Mistaken("You cleared between the pass and the reading: three zeros.")
    if not _same_list(got, [18, 18, 18]):
        raise Mistaken(f"[18.0, 18.0, 18.0] is asked for, and this is {_listed(got)}.")
    again = _quietly(answer, _leaf(torch, 2.0))
    if not _same_list(again, [36, 36, 36]):
        raise Mistaken("Right at w = 1 only. Let the pass find the number.")
    return "Right: cleared before each pass, each pass speaks for itself."


@exercise(
    "14",
    "fix",
    (
        "Who frees what the second pass needs? Can that be put off?",
        "`first.backward(…)` takes an argument that keeps the graph. Or one pass could do both.",
        "`retain_graph=True` in the first call; or `(first + second).backward()`.",
    ),
)
def both(answer):
    """Repair two passes through one graph."""
    torch = engine(answer)
    x = _leaf(torch, 3.0)
    try:
        got = _quietly(answer, x)
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        raise Mistaken(
            "`second.backward()` still comes to a node that has let its saved tensors go. Let the"
            " first pass keep the graph, or make one pass of the two."
        ) from None
    if close(got, 12):
        raise Mistaken("12 is the first gradient alone.")
    if close(got, 18):
        raise Mistaken("18 is the second gradient alone. Both are asked for, and they add up.")
    if not close(got, 30):
        raise Mistaken(f"12 + 18 = 30 is asked for, and this is {number(got):g}.")
    return "Right: 12 + 18 = 30."


@exercise(
    "14",
    "predict",
    (
        "It works twice if the rule needs no number from the forward pass.",
        "Write down the slope of each. Does it depend on x, or on anything that is stored?",
        "A product stores its factors, even the constant 3. A difference, a minus sign and a mean"
        " store no tensor.",
    ),
)
def works_twice(answer):
    """For five operations: does a second backward work?"""
    expect_each(
        answer,
        {"x - 5": True, "x * 3": False, "-x": True, "x.exp()": False, "x.mean()": True},
        {
            "x - 5": "`x - 5`: the slope is 1 whatever x is. Nothing is saved, nothing is missed.",
            "x * 3": "`x * 3`: the slope is 3, and the product has saved its factors. They are"
            " freed, the constant too.",
            "-x": "`-x`: the slope is −1 whatever x is.",
            "x.exp()": "`x.exp()`: its slope is its own output, and that was saved.",
            "x.mean()": "`x.mean()`: it needs to know how many numbers there were, and none of"
            " them.",
        },
    )
    return "Right: what saved no tensor has nothing to lose."


@exercise(
    "14",
    "fix",
    (
        "Only a leaf keeps its gradient, unless a tensor asks for it.",
        "Ask before the pass. Afterwards the number is gone.",
        "`y.retain_grad()` on the line after y is made.",
    ),
)
def middle_gradient(answer):
    """Repair the function so that it returns the gradient of y."""
    torch = engine(answer)
    try:
        got = _quietly(answer, _leaf(torch, 3.0))
    except Mistaken as mistake:
        if "hands back is `None`" not in str(mistake):
            raise
        raise Mistaken(
            "`y.grad` is None, though the pass ran: y is no leaf, and nobody had asked for its"
            " gradient before the pass."
        ) from None
    if close(got, 24):
        raise Mistaken("24 is the gradient of x. Asked for is that of y, one step nearer to L.")
    if close(got, 6):
        raise Mistaken("6 is y itself.")
    if not close(got, 12):
        raise Mistaken(f"At x = 3 the gradient of y is 12, and this is {number(got):g}.")
    if not close(_quietly(answer, _leaf(torch, 5.0)), 20):
        raise Mistaken("Right at x = 3 only. Let the pass find the number.")
    if getattr(got, "requires_grad", False):
        raise Mistaken("12 is right, by your own formula. Let the pass find it, and `y` keep it.")
    return "Right: who asks before the pass keeps the gradient."


@exercise(
    "14",
    "predict",
    (
        "Without weights each number of x would get its slope, 2x.",
        "`gradient` says what is put in at each output, in place of 1.",
        "Put in times slope, number by number: 1 · 2·1, and 10 · 2·2.",
    ),
)
def weighted(answer):
    """x.grad after y = x * x at [1, 2] and y.backward([1, 10])."""
    expect_list(
        answer,
        (2, 40),
        {
            (2, 4): "[2, 4] is what `y.sum().backward()` gives. Here 1 and 10 are put in.",
            (1, 10): "[1, 10] is put in at y. It has still to pass the square, whose slope is 2x.",
            (1, 40): "You multiplied with y = x². The local derivative is 2x.",
            (
                2,
                20,
            ): "You took the slope at 10 or at 1. It is taken at x, and `gradient` multiplies.",
            (22, 44): "You added up the weights. Each output has a weight of its own.",
            (42, 42): "You added it all up. One number for each number of x.",
        },
        "For each number: what is put in, times 2x.",
    )
    return "Right: 1 · 2 = 2 and 10 · 4 = 40."


@exercise(
    "14",
    "fix",
    (
        "Two things are wanted: layers that behave, and no recording. Each has its own word.",
        "`eval()` is there. What stops the recording?",
        "Put the call of `net` under `with torch.no_grad():`.",
    ),
)
def ask_net(answer):
    """Repair an evaluation: the same answer each time, and no graph."""
    torch = engine(answer)

    class Probe(torch.nn.Module):
        recorded = False

        def forward(self, x: Any) -> Any:
            Probe.recorded = torch.is_grad_enabled()
            return x

    net = torch.nn.Sequential(Probe(), torch.nn.Linear(4, 64), torch.nn.Dropout(0.5))
    net.train()
    got = tensor(call(answer, net, torch.ones(1, 4)), torch=torch)
    again = call(answer, net, torch.ones(1, 4))
    if got.shape != (1, 64):
        raise Mistaken("Return what the network answers.")
    if got.tolist() != again.tolist():
        raise Mistaken("Two calls, two answers: dropout still acts. That is a matter of `eval()`.")
    if got.requires_grad:
        raise Mistaken(
            "The result is tracked, and holds a graph: `eval()` changes layers, and stops no"
            " recording."
        )
    if Probe.recorded:
        raise Mistaken(
            "The result is cut off now, but while the network ran everything was recorded, and"
            " thrown away afterwards. Stop the recording before it begins."
        )
    return "Right: `eval()` for the layers, `no_grad()` for the recording."


@exercise(
    "14",
    "fix",
    (
        "The step must not be on record.",
        "In which block is nothing recorded?",
        "`with torch.no_grad():` around the line with `-=`.",
    ),
)
def step_down(answer):
    """Repair a step downhill that is written in place."""
    torch = engine(answer)
    w = _leaf(torch, 1.0)
    try:
        got = tensor(_quietly(answer, w), (), torch)
    except RuntimeError as error:
        if "in-place" not in str(error):
            raise
        raise Mistaken(
            "The engine still refuses: the step is recorded, and written into a leaf."
        ) from None
    if close(got, 1) and close(w, 1):
        raise Mistaken("w is still 1: no step was taken.")
    if close(got, 0.6):
        raise Mistaken("0.6 is uphill: the gradient is −4, and the step is −0.1 · −4.")
    if not close(got, 1.4):
        raise Mistaken(f"From 1 the step goes to 1.4, and this is {number(got):g}.")
    if got is not w:
        raise Mistaken(
            "1.4 is right, but it is a new tensor; the w that was handed in is still 1. The layer"
            " and the optimizer hold the old one."
        )
    if not (w.requires_grad and w.is_leaf):
        raise Mistaken("The number is right, and w has stopped being a leaf that requires grad.")
    return "Right: in place, and off the record."


@exercise(
    "14",
    "fix",
    (
        "The sigmoid needs its output later. Who writes into it?",
        "Leave the output alone, and put the sum into a new tensor.",
        "`y = y + 1` makes a new tensor; `y += 1` writes into the old one.",
    ),
)
def sigmoid_plus_one(answer):
    """Repair a write into a tensor that the backward pass needs."""
    torch = engine(answer)
    x = _leaf(torch, [0.0, 1.0])
    result = tensor(_quietly(answer, x), (2,), torch)
    if not _same_list(result.detach(), [1.5, 1.7310586]):
        raise Mistaken(f"[1.5, 1.731] is asked for, and this is {rounded(result)}.")
    if not result.requires_grad or not reaches(result, x):
        raise Mistaken("The values are right, and no way leads back to x.")
    try:
        result.sum().backward()
    except RuntimeError:
        raise Mistaken(
            "The pass still fails: the output of the sigmoid was written to, at version 1 instead"
            " of 0. A copy that is made after the write, or beside it, does not help."
        ) from None
    if not _same_list(x.grad, [0.25, 0.1966119]):
        raise Mistaken(
            "No error now, and a wrong gradient: the write went past the counter (through `.data`,"
            f" say), and the rule computed {rounded(x.grad)} from spoilt numbers. The error was"
            " your friend."
        )
    return "Right: a new tensor, and the saved one stays as it was."


@exercise(
    "14",
    "predict",
    (
        "What stands in the formula of the slope: x, or the result?",
        "(eˣ)′ = eˣ, which is the result. tanh′ = 1 − tanh². (√x)′ = 1 / (2√x).",
        "Three of them can be said with the result, one needs x, one needs nothing.",
    ),
)
def saves(answer):
    """For five operations: is the input saved, the output, or nothing?"""
    right = {
        "x ** 2": "input",
        "x.exp()": "output",
        "x + 2": "nothing",
        "torch.tanh(x)": "output",
        "x.sqrt()": "output",
    }
    why = {
        "x ** 2": "The slope of x² is 2x: it needs the input. (From x² alone the sign is lost.)",
        "x.exp()": "The slope of eˣ is eˣ: that is the output.",
        "x + 2": "The slope of x + 2 is 1: it needs nothing.",
        "torch.tanh(x)": "The slope is 1 − tanh²: the output is enough.",
        "x.sqrt()": "The slope is 1 / (2√x), and √x is the output.",
    }
    if not isinstance(answer, dict) or set(answer) != set(right):
        raise Mistaken(f"Give a word to each of these: {', '.join(right)}.")
    for name, word in right.items():
        if shown(answer[name]) not in map(shown, ("input", "output", "nothing")):
            raise Mistaken('The words are "input", "output" and "nothing".')
        if answer[name] != word:
            raise Mistaken(f"`{name}`: {why[name]}")
    return "Right: a rule keeps what its formula needs, and the output where that will do."


@exercise(
    "14",
    "fix",
    (
        "Which line makes a new tensor?",
        "Write the step in place, off the record. And what about the gradient of the last round?",
        "`with torch.no_grad(): w -= 0.1 * w.grad`, then `w.grad = None`.",
    ),
)
def three_steps(answer):
    """Repair a descent that loses its leaf."""
    torch = engine(answer)
    w = _leaf(torch, 0.0)
    try:
        got = tensor(_quietly(answer, w), (), torch)
    except TypeError as error:
        if "None" not in str(error):
            raise
        raise Mistaken(
            "In the second round `w.grad` is None: `w - …` made a new tensor that is no leaf."
        ) from None
    if close(got, 5.04):
        raise Mistaken("5.04: the gradients of all rounds add up. Clear after each step.")
    if close(got, 3):
        raise Mistaken("3: each step had the first gradient. Run a pass in each round.")
    if not close(got, 2.44):
        raise Mistaken(f"Three steps end at 2.44, and this is {number(got):g}.")
    if got is not w:
        raise Mistaken(
            "2.44 is right, but in a new tensor. The one that was handed in is still 0, and that is"
            " the one a layer or an optimizer holds."
        )
    if not (w.is_leaf and w.requires_grad):
        raise Mistaken("w is no leaf any more: the step was recorded.")
    return "Right: one tensor all the way, in place and off the record."


@exercise(
    "14",
    "fix",
    (
        "Find the call after which a tensor is a number.",
        "Leave out `.item()`. Then you have a list of tensors. `torch.tensor` would make numbers of"
        " them again.",
        "`torch.stack(errors)` makes one tensor of a list of tensors, and remembers.",
    ),
)
def mean_error(answer):
    """Repair a loss whose way back is cut."""
    torch = engine(answer)
    w = _leaf(torch, 2.0)
    loss = tensor(_quietly(answer, w), (), torch)
    if close(loss, 10):
        raise Mistaken("10 is the sum. The mean of 1 and 9 is 5.")
    if not close(loss, 5):
        raise Mistaken(f"The loss was 5, and should stay so; it is {number(loss):g}.")
    if not loss.requires_grad:
        raise Mistaken(
            "The loss is 5, and has no history. A number, or a new tensor around old values, has no"
            " memory."
        )
    if not reaches(loss, w):
        raise Mistaken(
            "`backward()` would run now, and nothing would come to w: the loss was made a leaf of"
            " its own. The way back is cut before it."
        )
    loss.backward()
    if not close(w.grad, 7):
        raise Mistaken(
            f"At w = 2 the gradient is 7, and yours is {w.grad.item():g}: a part is cut."
        )
    return "Right: tensors all the way to the loss."


@exercise(
    "14",
    "fix",
    (
        "Which tensor does the optimizer hold when it steps?",
        "It is given its tensor once. That must be the one that the loss is made of.",
        "Swap two lines: first the new w, then the optimizer for it.",
    ),
)
def fresh_start(answer):
    """Repair an optimizer that holds the wrong tensor."""
    torch = engine(answer)
    old = _leaf(torch, 7.0)
    w = tensor(_quietly(answer, old), (), torch)
    if close(w, 0):
        raise Mistaken(
            "w is 0: it has a gradient, and nobody stepped. The optimizer holds the tensor that was"
            " called w before."
        )
    if close(w, 6.6):
        raise Mistaken("6.6 = 7 − 0.1 · 4: one step, but from 7. Start again from 0.")
    if close(w, 7):
        raise Mistaken("w is 7, as it was handed in. Start from 0, and step.")
    if not close(w, 1):
        raise Mistaken(f"From 0 one step goes to 1, and this is {number(w):g}.")
    if not (w.is_leaf and w.requires_grad):
        raise Mistaken("1 is right, but w is no leaf that requires grad any more.")
    return "Right: the optimizer holds the tensor that the loss is made of."


@exercise(
    "14",
    "fix",
    (
        "The leaf is the tensor on which nothing was done yet.",
        "First convert, then ask to be tracked. Or make it in the right dtype at once.",
        "`torch.ones` takes `dtype=torch.float64` and `requires_grad=True` together.",
    ),
)
def make_weights(answer):
    """Repair weights that are no leaf."""
    torch = engine(answer)
    weights = tensor(call(answer), torch=torch)
    if not weights.requires_grad:
        raise Mistaken("A leaf now, but nobody tracks it. Ask at the end: `requires_grad_()`.")
    if not weights.is_leaf:
        raise Mistaken(
            f"Still no leaf: its `grad_fn` is {weights.grad_fn.name()}. Something was done to the"
            " tensor after it had asked to be tracked."
        )
    if weights.dtype != torch.float64:
        raise Mistaken("A leaf now, but not in float64.")
    if not (tuple(weights.shape) == (3,) and _same_list(weights, [1, 1, 1])):
        raise Mistaken("Three ones are asked for.")
    return "Right: first the dtype, then the request."


@exercise(
    "14",
    "fix",
    (
        "`where` around the result is too late: the root has seen the 0 already.",
        "Give the root something harmless where x is 0: a second `where`, inside.",
        "`torch.sqrt(torch.where(x > 0, x, torch.ones_like(x)))`, and the outer `where` as before.",
    ),
)
def safe_sqrt(answer):
    """Repair a NaN that comes out of a branch that was not taken."""
    torch = engine(answer)
    x = _leaf(torch, [0.0, 4.0, 9.0])
    result = tensor(_quietly(answer, x), (3,), torch)
    values = result.detach().tolist()
    if any(v != v for v in values) or not (
        abs(values[0]) < 1e-3 and close(values[1], 2) and close(values[2], 3)
    ):
        raise Mistaken(f"The values [0, 2, 3] should stay, and they are {values}.")
    if not reaches(result, x):
        raise Mistaken("The values are right, and no way leads back to x.")
    with warnings.catch_warnings():  # numpy's, about what is 0 / 0 on the way
        warnings.simplefilter("ignore")
        result.sum().backward()
    found = x.grad.tolist()
    if found[0] != found[0]:
        raise Mistaken(
            "The gradient at 0 is still nan: the root still sees the 0, and 0 · ∞ happens on the"
            " way back, inside. What is done to the result does not help."
        )
    if not close(found[1], 0.25) or not close(found[2], 1 / 6):
        raise Mistaken(f"Where x is positive the slope is 1/(2√x), and yours is {found[1:]}.")
    if not close(found[0], 0):
        raise Mistaken(f"At 0 a gradient of 0 is asked for, and this is {found[0]:g}.")
    return "Right: the root never sees the 0, so nothing can blow up."


@exercise(
    "14",
    "write",
    (
        "Two passes: one for the slope, one through the slope.",
        "The first pass must be recorded: `create_graph=True`. What it finds is a tensor with a"
        " history.",
        "`(slope,) = torch.autograd.grad(f(x), x, create_graph=True)`, and once more from `slope`.",
    ),
)
def second(answer):
    """Write the second derivative of a function at a number."""
    engine(answer)
    seen: list = []

    def cubic(x: Any) -> Any:
        seen.append(x)
        return x**3 + x

    try:
        got = call(answer, cubic, 2.0)
    except RuntimeError as error:
        if "does not require grad" not in str(error):
            raise
        raise Mistaken(
            "The slope has no history: the first pass was not recorded. Which of the two words"
            " records it?"
        ) from None
    if got is ...:
        raise Unanswered
    if close(got, 13):
        raise Mistaken("13 is the first derivative of x³ + x at 2.")
    if close(got, 10):
        raise Mistaken("10 is the value of x³ + x at 2.")
    if close(got, 25):
        raise Mistaken("25 = 13 + 12: both passes added into `.grad`. Clear between the two.")
    if len(seen) > 1 and abs(number(got) - 12) < 0.5:
        raise Mistaken("Near 12, by differences of f. Let two backward passes find it.")
    if not close(got, 12):
        raise Mistaken(f"The second derivative of x³ + x at 2 is 12, and this is {number(got):g}.")
    if not close(call(answer, lambda x: x**2 * x**2, 1.0), 12):
        raise Mistaken("Right for one f only. Use the `f` that is handed in.")
    if not isinstance(got, (int, float)):
        raise Mistaken("The number is right, but it is still a tensor. `.item()` takes it out.")
    return "Right: a pass through a recorded pass."
