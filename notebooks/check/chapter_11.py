"""Exercises of chapter 11, training a network."""

from __future__ import annotations

from typing import Any

from .core import Mistaken, Unanswered, call, close, engine, exercise, expect, number


@exercise(
    "11",
    "predict",
    (
        "First the gradient: L = (3w − 3)² is a square, and inside it w is multiplied by 3.",
        "At w = 2 the inside is 3. So ∂L/∂w = 2 · 3 · 3.",
        "New w = old w − learning rate · gradient = 2 − 0.1 · 18.",
    ),
)
def one_step(answer):
    """w after one step of gradient descent on (3w − 3)², from w = 2 with learning rate 0.1."""
    expect(
        answer,
        0.2,
        {
            18: "18 is ∂L/∂w. How far does the step go, and from where?",
            1.8: "1.8 is the length of the step. Where does it end, if it starts at 2?",
            3.8: "3.8 is uphill: the gradient says how L grows. Go the other way.",
            -16: "You went the whole gradient down. The learning rate is 0.1.",
            1.4: "1.4 takes 6 for the gradient: the 3 in front of w is missing. It is 2 · 3 · 3.",
            1.1: "1.1 takes 9 for the gradient: that is L itself, or a 2 is missing.",
            1: "1 is where L is smallest. One step does not land there.",
        },
        "Find ∂L/∂w at w = 2 first, then w − 0.1 · ∂L/∂w.",
    )
    return "Right: 2 − 0.1 · 18 = 0.2. It even overshoots: L is smallest at w = 1."


def _setting(torch: Any) -> tuple:
    """A network with one weight and one bias, its optimizer, a loss, and data."""
    net = torch.nn.Linear(1, 1)
    with torch.no_grad():
        net.weight.fill_(1.0)
        net.bias.fill_(0.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [5.0]])
    return net, optimizer, torch.nn.MSELoss(), x, y


def _after(torch: Any, lines: str, rounds: int) -> float:
    """The weight after rounds of `lines`: z clears, f is forward, b backward, s the step."""
    net, optimizer, loss_fn, x, y = _setting(torch)
    loss = None
    for _ in range(rounds):
        for line in lines:
            if line == "z":
                optimizer.zero_grad()
            elif line == "f":
                loss = loss_fn(net(x), y)
            elif line == "b" and loss is not None:
                loss.backward()
            elif line == "s":
                optimizer.step()
    return net.weight.item()


def _diagnose(torch: Any, weight: float, rounds: int) -> None:
    """Raise `Mistaken` with what went wrong, unless the weight is where the loop should end."""
    if close(weight, _after(torch, "zfbs", rounds)):
        return
    if close(weight, 1):
        raise Mistaken(
            "After all rounds the weight is where it was. When `step()` runs, every `.grad` must"
            " be filled. Is it filled there, or already cleared, or not filled yet?"
        )
    if close(weight, _after(torch, "fbs", rounds)):
        raise Mistaken(
            "It moves, but each step follows the sum of all gradients so far: nobody clears."
        )
    if close(weight, _after(torch, "sfb", rounds)):
        raise Mistaken(
            "`step()` runs before `backward()`, and nobody clears: each step follows old gradients."
        )
    raise Mistaken(
        f"After {rounds} round{'s' * (rounds > 1)} on a small example the weight should be"
        f" {_after(torch, 'zfbs', rounds):.4g}, and it is {weight:.4g}. Each round: clear, forward,"
        " backward, step, each of them once."
    )


@exercise(
    "11",
    "fix",
    (
        "When `step()` runs, what is in `.grad`?",
        "`zero_grad()` stands between the pass that fills `.grad` and the step that reads it.",
        "Clear anywhere, but not between `backward()` and `step()`. The usual place is first.",
    ),
)
def loop(answer):
    """Repair a training loop that has all its lines and learns nothing."""
    torch = engine(answer)
    net, optimizer, loss_fn, x, y = _setting(torch)
    try:
        call(answer, net, optimizer, loss_fn, x, y, 3)
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        raise Mistaken(
            f"Your code stopped with RuntimeError: {error} In other words: the forward line must"
            " run in every round, for each pass uses its graph up."
        ) from None
    _diagnose(torch, net.weight.item(), 3)
    return "Right: `step()` now finds the gradients that `backward()` left."


@exercise(
    "11",
    "write",
    (
        "Four lines, as in the loop of this chapter, and a `return`.",
        "Clear, forward, backward, step. The loss was computed in the second of them.",
        "`loss.item()` is the loss as a Python number, without its graph.",
    ),
)
def train_step(answer):
    """Write one round of training, which returns the loss as a number."""
    torch = engine(answer)
    net, optimizer, loss_fn, x, y = _setting(torch)
    first = loss_fn(net(x), y).item()
    got = call(answer, net, optimizer, loss_fn, x, y)
    weight = net.weight.item()
    again = call(answer, net, optimizer, loss_fn, x, y)
    if close(weight, 1):
        _diagnose(torch, weight, 1)
    _diagnose(torch, net.weight.item(), 2)
    if hasattr(got, "grad_fn"):
        held = "and holds its whole graph" if got.grad_fn is not None else "not a number"
        raise Mistaken(f"The step is right. What you return is a tensor, {held}: take the number.")
    if close(got, again):
        raise Mistaken("You return the same number in every round. Return the loss.")
    if not close(got, first):
        raise Mistaken(
            f"The loss before the step was {first:g}, and you return {number(got):g}. Did you"
            " compute it again after the step?"
        )
    return "Right: clear, forward, backward, step."


class _Asked:
    """A network that answers with fixed numbers, and notes whether it was recorded."""

    def __init__(self, torch: Any, answers: list) -> None:
        self.torch, self.recorded = torch, False
        self.answers = torch.tensor(answers)
        self.weight = torch.tensor(1.0, requires_grad=True)

    def __call__(self, x: Any) -> Any:
        self.recorded = self.torch.is_grad_enabled()
        return self.answers.reshape(len(self.answers), 1) * self.weight

    def eval(self) -> _Asked:
        return self


@exercise(
    "11",
    "write",
    (
        "Is each output above 0? Is that the same as what `y` says? How large is the share?",
        "`(net(x) > 0) == (y > 0.5)` has True where the answer is right.",
        "Count those that are True, divide by how many there are, and do it all in `no_grad()`.",
    ),
)
def accuracy(answer):
    """Write the share of right answers of a network, without building a graph."""
    torch = engine(answer)
    y = torch.tensor([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0], [1.0], [0.0]])
    net = _Asked(torch, [3.0, -1.0, 0.2, -0.1, -2.0, -4.0, 0.3, 0.4])
    got = call(answer, net, torch.zeros(8, 1), y)
    if got is ...:
        raise Unanswered
    if getattr(got, "shape", ()) != ():
        raise Mistaken(f"One number is asked for, and this has shape {tuple(got.shape)}.")
    expect(
        got,
        0.75,
        {
            6: "6 counts the right answers. Which share of the 8 is that?",
            75: "75 is per cent. A number from 0 to 1 is asked for: 0.75.",
            0.25: "0.25 is the share of wrong answers.",
            0.625: "You asked for outputs above 0.5. The output z is no probability: its sign"
            " decides, so the border is 0.",
            0: "None is right? The outputs are numbers like 3.0 and −1.0: compare with 0 first.",
        },
        "On a small example 6 of 8 answers are right: 0.75.",
    )
    if net.recorded:
        raise Mistaken(
            "0.75 is right, but the network ran with tracking on, and a graph was built for"
            " nothing. Where is `no_grad()`?"
        )
    return "Right: the sign of the output decides, and nothing was recorded."
