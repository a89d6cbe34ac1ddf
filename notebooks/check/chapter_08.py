"""Exercises of chapter 08, `retain_graph` and `create_graph`."""

import math

from .core import Mistaken, call, close, engine, exercise, expect, number


@exercise(
    "08",
    "predict",
    (
        "`second` is the derivative of the derivative. Find the formula of the first one.",
        "The first is 3x² + 4x. Take its slope, and put in 3.",
        "The second is 6x + 4.",
    ),
)
def curvature(answer):
    """The second derivative of x³ + 2x² at 3."""
    expect(
        answer,
        22,
        {
            39: "39 is the first derivative, 3x² + 4x. The cell prints the slope of that.",
            45: "45 is y. The cell prints a slope of a slope.",
            18: "18 is the slope of 3x². The first derivative has a second term, 4x, with slope 4.",
            4: "4 is the slope of 4x. The first derivative has 3x² too.",
            78: "78 = 39 + 39 would be two passes that accumulate. `autograd.grad` touches no"
            " `.grad`, and the second call differentiates `first`, not y.",
            61: "61 = 39 + 22. `autograd.grad` hands each result out; nothing accumulates.",
        },
        "Write down the first derivative as a formula, then its slope.",
    )
    return "Right: x³ + 2x² → 3x² + 4x → 6x + 4 = 22."


@exercise(
    "08",
    "predict",
    (
        "How many passes run through, and which slope does each find?",
        "`retain_graph` changes nothing about the numbers. And nothing is cleared in between.",
        "The slope of x³ at 3 is 27.",
    ),
)
def kept(answer):
    """`x.grad` after two passes over one graph of x³ at 3."""
    expect(
        answer,
        54,
        {
            27: "27 is one pass. The second one runs too, since the graph was retained, and adds"
            " its own.",
            18: "18 is the second derivative. That would need `create_graph`; `retain_graph` only"
            " keeps the graph for another pass of the same kind.",
            45: "45 = 27 + 18 takes the second pass for a second derivative. It is the same pass"
            " once more: `retain_graph` is not `create_graph`.",
            729: "729 = 27 · 27. What two passes bring is added.",
            0: "The second pass does not wipe out anything: it adds.",
            9: "The slope of x³ is 3x², which is 27 at 3.",
        },
        "What does one pass bring? How many run?",
    )
    return "Right: 27 + 27. Retained graph, accumulated gradient."


@exercise(
    "08",
    "fix",
    (
        "Which part of the second round's graph was used up in the first round?",
        "The state that comes into a round still has the whole past behind it. It should count as"
        " a number.",
        "Cut it off at the end of each round: `state = state.detach()`.",
    ),
)
def rolling(answer):
    """Repair the loop: each round counts its own multiplication only."""
    torch = engine(answer)
    w = torch.tensor(2.0, requires_grad=True)
    try:
        got = call(answer, w)
    except RuntimeError as error:
        if "second time" in str(error):
            raise Mistaken(
                "The engine says: Trying to backward through the graph a second time. The state"
                " that comes into round two was made by the product of round one, and that was"
                " used up. Where should the past of the state end?"
            ) from None
        if "does not require grad" in str(error):
            raise Mistaken(
                f"The engine says: {error}. You cut the state off *before* the pass, so there is"
                " nothing to go back through. Cut it off after."
            ) from None
        raise
    if close(got, 17):
        raise Mistaken(
            "17 = 1 + 4 + 12: no error any more, but every round goes back through all rounds"
            " before it, and the graph grows and grows. Here each round should count alone: cut the"
            " past off rather than keep it."
        )
    if close(got, 12):
        raise Mistaken(
            "12 is the slope of 1 · w · w · w, one pass at the end. Each round should have its own"
            " pass, and take the incoming state for a number."
        )
    if close(got, 4):
        raise Mistaken("4 is the last round alone. The rounds should add up: clear nothing.")
    if close(got, 3):
        raise Mistaken(
            "3 = 1 + 1 + 1: the state begins at 1 in every round. It should be carried on, as a"
            " number."
        )
    if not close(got, 7):
        raise Mistaken(f"1 + 2 + 4 = 7 is wanted, and you return {number(got):g}.")
    return "Right: 1 + 2 + 4. The number is carried on, its past is not."


@exercise(
    "08",
    "write",
    (
        "Start with the value, f of a tracked leaf. Then differentiate n times.",
        "`torch.autograd.grad(value, x, create_graph=True)` hands out a tuple with one tensor,"
        " which can be differentiated again.",
        "A loop over `range(n)` that puts the derivative in place of the value; at the end,"
        " `.item()`.",
    ),
)
def nth_derivative(answer):
    """Write a function: the n-th derivative of f at a number."""
    torch = engine(answer)
    values = {0: 1.0, 1: 5.0, 2: 20.0, 3: 60.0, 4: 120.0}

    def power(x):
        if not hasattr(x, "requires_grad"):
            raise Mistaken(
                f"You call f with {x!r}, a Python number. f works on tensors: make one that"
                " requires grad, and hand f that. (The derivative number 0 is f itself; `.item()`"
                " takes the number out of it.)"
            )
        return x**5

    got = {}
    for n in (1, 2, 3, 4, 0):
        try:
            got[n] = call(answer, power, 1.0, n)
        except RuntimeError as error:
            if "does not require grad" in str(error) and n > 1:
                raise Mistaken(
                    f"The engine says: {error}. n = {n} needs the derivative of a derivative, and"
                    " that has no record. Which flag puts the pass itself on record?"
                ) from None
            if "second time" in str(error):
                raise Mistaken(
                    "The engine refuses a second pass over one graph. `retain_graph` would let it"
                    " run, and give the first derivative again. What you need is a record of the"
                    " pass."
                ) from None
            raise
        if isinstance(got[n], (tuple, list)):
            raise Mistaken("`autograd.grad` hands out a tuple, here with one tensor. Take it out.")
        if n > 1 and close(got[n], values[1]):
            raise Mistaken("5 is the first derivative, whatever n is.")
        if n and close(got[n], values[n - 1]):
            raise Mistaken(f"For x⁵ at 1, n = {n}, you return derivative number {n - 1}.")
        if n > 1 and close(got[n], n * values[1]):
            raise Mistaken(
                f"{number(got[n]):g} = {n} · 5: the first derivative, {n} times. Gradients added"
                " up in `.grad`, and no derivative was differentiated."
            )
        if n == 2 and close(got[n], values[1] + values[2]):
            raise Mistaken(
                "25 = 5 + 20: the second derivative is there, and `.grad` still held the first."
                " `autograd.grad` hands a gradient out, and adds it to nothing."
            )
        if n < 4 and close(got[n], values[n + 1]):
            raise Mistaken(
                f"For x⁵ at 1, n = {n}, you return derivative number {n + 1}: one round too many."
            )
        if not close(got[n], values[n]):
            raise Mistaken(
                f"For x⁵ at 1, n = {n}, the answer is {values[n]:g}, and you return"
                f" {number(got[n]):g}."
            )
    if not close(call(answer, torch.exp, 2.0, 3), math.exp(2)):
        raise Mistaken("It is right for x⁵ only. Use the f that is handed in.")
    if hasattr(got[2], "requires_grad") or hasattr(got[0], "requires_grad"):
        raise Mistaken("The number is right, but it is still a tensor. `.item()` takes it out.")
    return "Right: each round differentiates the graph that the round before has written."
