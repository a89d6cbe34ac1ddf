"""Exercises of chapter 06, stopping gradients."""

from contextlib import suppress

from .core import Mistaken, call, close, engine, exercise, expect, expect_names, rounded, tensor


@exercise(
    "06",
    "predict",
    (
        "L has two terms. Which factors of them does the engine take for constants?",
        "`x.detach()` is the constant 3. So L = 3 · y + y, and y = x · x is on record.",
        "L = 4 · y, and the slope of y at 3 is 6.",
    ),
)
def stopped(answer):
    """∂L/∂x for y = x · x, L = y · x.detach() + y, at x = 3."""
    expect(
        answer,
        24,
        {
            33: "33 takes x.detach() for x itself: the slope of x³ + x². For the engine it is the"
            " constant 3.",
            18: "18 comes through the product. The second term, `+ y`, is a path of its own.",
            6: "6 comes through `+ y` alone. The product is not stopped: its other factor, y, is"
            " still on record.",
            36: "36 is L itself. The gradient says how fast L grows.",
            0: "Only one factor is detached. y is on record, and it stands in both terms.",
            15: "15 = 9 + 6 takes y for the constant and x for the variable. It is the other way"
            " round: x is detached in the product.",
            12: "The slope of y = x · x at 3 is 6, not 3: there are two paths through it.",
        },
        "Replace `x.detach()` by the number 3, and take the slope of what is left.",
    )
    return "Right: L = 3y + y as the engine sees it, and 4 · 6 = 24."


@exercise(
    "06",
    "predict",
    (
        "Go back from L. Which of its three terms has a record?",
        "p was computed without a record. q has one, but `q.detach()` has not.",
        "Only the third term leads anywhere.",
    ),
)
def who_learns(answer):
    """The set of names, out of a, b, c, that have a gradient at the end."""
    names = expect_names(answer, ("a", "b", "c"), " An empty one is `set()`.")
    if names == {"b", "c"}:
        raise Mistaken(
            "q is on record, but L was made of `q.detach()`: the cut lies between q and L. No"
            " gradient comes to b."
        )
    if "a" in names:
        raise Mistaken("a is used in the `no_grad` block only. What ran in there left no path.")
    if names == {"b"}:
        raise Mistaken("b is used twice, and both uses are cut off. And c has a way to L.")
    if not names:
        raise Mistaken("Look at the last term of L: `+ c`. Nothing is stopped there.")
    return "Right: only `+ c` leads back to a leaf, so c.grad is 1, and the others are None."


class _Net:
    """Stands in for a network, and notes whether operations were recorded when it ran."""

    def __init__(self, torch, fails):
        self.torch, self.fails = torch, fails
        self.weight = torch.tensor(2.0, requires_grad=True)
        self.recorded = None

    def __call__(self, data):
        self.recorded = self.torch.is_grad_enabled()
        if self.fails:
            raise ZeroDivisionError("the net failed")
        return self.weight * data

    def eval(self):
        return self


@exercise(
    "06",
    "fix",
    (
        "What is `torch.is_grad_enabled()` after your function has run?",
        "A switch has to be put back by hand, and an error jumps over that line. A block does it"
        " by itself.",
        "`with torch.no_grad():`, and the call of net inside.",
    ),
)
def evaluate(answer):
    """Repair the function: no record, and recording afterwards as it was before."""
    torch = engine(answer)
    was = torch.is_grad_enabled()
    try:
        torch.set_grad_enabled(True)
        net = _Net(torch, fails=False)
        result = tensor(call(answer, net, torch.tensor(3.0)), (), torch)
        on = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        if not close(result, 6):
            raise Mistaken("Return what `net(data)` gives.")
        used = getattr(getattr(answer, "__code__", None), "co_names", ())
        if result.requires_grad and "no_grad" in used:
            raise Mistaken(
                "The result is still on record. A bare `torch.no_grad()` makes a block and does not"
                " enter it: put a `with` before it."
            )
        if result.requires_grad:
            raise Mistaken(
                "The result is still on record. (`net.eval()` changes how layers behave, and does"
                " not stop the record.)"
            )
        if not on:
            raise Mistaken(
                "Recording is still off after your function. From now on nothing in this notebook"
                " would learn, and no error would say so. (The check has switched it on again.)"
            )
        if net.recorded:
            raise Mistaken(
                "The result has no record, but while the net ran everything was written down, and"
                " then thrown away. That costs the memory which you wanted to save."
            )
        with suppress(ZeroDivisionError):
            answer(_Net(torch, fails=True), torch.tensor(3.0))
        if not torch.is_grad_enabled():
            raise Mistaken(
                "When the net fails, the line that switches recording on again never runs. A block"
                " cleans up after an error too."
            )
        torch.set_grad_enabled(False)
        answer(_Net(torch, fails=False), torch.tensor(3.0))
        if torch.is_grad_enabled():
            raise Mistaken(
                "Recording was off before the call, and is on after it. Leave it as it *was*: a"
                " block remembers."
            )
    finally:
        torch.set_grad_enabled(was)
    return "Right: no record inside, and everything as before outside, even after an error."


@exercise(
    "06",
    "write",
    (
        "Start with x, whose slope is 1, and add something that makes the value right.",
        "What has to be added is `x.round() - x`. Its own slope must not count.",
        "x plus a detached `x.round() - x`.",
    ),
)
def round_through(answer):
    """Write a function: the value of `x.round()`, with slope 1."""
    torch = engine(answer)
    x = torch.tensor([0.2, 0.7, 1.6, -2.4], requires_grad=True)
    result = tensor(call(answer, x), torch=torch)
    if tuple(result.shape) != (4,):
        raise Mistaken("Four numbers go in, and four must come out.")
    values = rounded(result)
    if not all(map(close, values, (0, 1, 2, -2))):
        if all(map(close, values, (0.2, 0.7, 1.6, -2.4))):
            raise Mistaken("The values are not rounded: this is x itself.")
        raise Mistaken(f"0.2, 0.7, 1.6 and -2.4 round to 0, 1, 2 and -2. You have {values}.")
    if not result.requires_grad:
        raise Mistaken(
            "The values are right, but there is no record at all: a detached tensor has no path to"
            " x. The path must stay, and only the rounding must not count."
        )
    if result is x:
        raise Mistaken(
            "You wrote the rounded numbers into x itself: whoever holds x has lost the old ones."
            " Return a new tensor."
        )
    if result.is_leaf:
        raise Mistaken(
            "`requires_grad` starts a new record at your result. No path leads from it back to x."
        )
    result.backward(torch.tensor([1.0, 10.0, 100.0, 1000.0]))
    if x.grad is None:
        raise Mistaken("The values are right, but no gradient comes back to x.")
    slopes = [g / v for g, v in zip(x.grad.tolist(), (1, 10, 100, 1000))]
    if all(close(slope, 0) for slope in slopes):
        raise Mistaken(
            "The slope is 0: the gradient came through `round`, which is flat. (Or x and -x were"
            " both on record, and cancelled.) Add to x something that counts as a constant."
        )
    if not all(close(slope, 1) for slope in slopes):
        raise Mistaken(f"The slopes are {[round(s, 4) for s in slopes]}, and should be 1 each.")
    return "Right: x, plus a constant that makes the value round: a straight-through slope."
