"""Exercises of chapter 07, `.data` and in-place writes."""

from .core import Mistaken, call, close, engine, exercise, expect, tensor
from .graph import reaches


@exercise(
    "07",
    "predict",
    (
        "Is a write through `.data` counted? Then: does the pass stop with an error?",
        "The product saved x itself. What does it find there when the pass runs?",
        "x is 6 by then, and each of the two edges brings 6.",
    ),
)
def unseen_write(answer):
    """`x.grad` for y = x · x at 5, when x.data grows by 1 before the pass."""
    is_text = isinstance(answer, str) and not answer.strip().isdigit()
    if answer is None or is_text or isinstance(answer, type):
        raise Mistaken(
            "The pass runs, and leaves a number: a write through `.data` is not counted, so no"
            " error comes. Which number?"
        )
    expect(
        answer,
        12,
        {
            10: "10 is the slope at 5, and it would be right. But the product kept no copy of 5: it"
            " looks at x again when the pass runs, and finds 6.",
            6: "6 comes over one edge. There are two: y is x · x.",
            25: "25 is y. The gradient is a slope.",
            36: "36 is 6 · 6, a value. The gradient is a slope.",
            11: "11 = 5 + 6 takes one old and one new value. The product saved x twice, and both"
            " are the same memory.",
            0: "The write is not on record, but the product is: a gradient comes back.",
        },
        "y was computed at 5. At what value of x is the slope taken?",
    )
    return "Right: 6 + 6 = 12, the slope at a place where y was never computed. No error says so."


@exercise(
    "07",
    "predict",
    (
        "Go line by line. Which lines write into the memory of t, and which writes are counted?",
        "`.data` is not counted. `detach()` shares memory and counter. `clone()` shares nothing.",
        "Counted are `t += 1`, `t[0] = 5.0`, and one more.",
    ),
)
def writes(answer):
    """`t._version` after several writes."""
    expect(
        answer,
        3,
        {
            4: "4 counts `t.data += 1`, or the copy. A write through `.data` is the one that nobody"
            " counts, and a clone has memory and a counter of its own.",
            5: "5 counts every write. One goes through `.data`, and one into a copy.",
            2: "2 leaves out one. Assigning to `t[0]` writes into t; and `detach()` shares the"
            " counter, unlike `.data`.",
            1: "1 is after the second line. `t[0] = 5.0` and the write through `alias` count too.",
            0: "t is not tracked, but its writes are counted all the same.",
        },
        "Count the writes into the memory of t, without those through `.data`.",
    )
    return "Right: t += 1, t[0] = 5.0, and the write through the alias."


@exercise(
    "07",
    "fix",
    (
        "Read the message: the step must not be on record.",
        "In a block without a record, a leaf may be written.",
        "`with torch.no_grad():` around the line that writes.",
    ),
)
def take_step(answer):
    """Repair the function: one step on this very leaf."""
    torch = engine(answer)
    w = torch.tensor(3.0, requires_grad=True)
    w.grad = torch.tensor(6.0)
    try:
        result = tensor(call(answer, w))
    except RuntimeError as error:
        if "leaf Variable" not in str(error):
            raise
        raise Mistaken(
            f"The engine says: {error} In other words: the write would be on record, and then w"
            " would be a result and no leaf. Say that this step is part of no loss."
        ) from None
    if result is not w:
        if close(w, 3):
            raise Mistaken(
                "You made a new tensor, and w itself is still 3. An optimizer, and everyone else"
                " who holds w, sees nothing of the step. Write in place."
            )
        raise Mistaken("w was moved, but you return another tensor. Return w.")
    if not w.is_leaf or not w.requires_grad:
        raise Mistaken("w must stay a leaf that requires grad, or the next pass does not find it.")
    if not close(w, 2.4):
        raise Mistaken(f"From 3, with the gradient 6, the step goes to 2.4. w is {w.item():g}.")
    if w._version == 0:
        raise Mistaken(
            "The number is right, but the write went past the version counter, as through `.data`:"
            " a graph that saved w would go on with wrong numbers, in silence. Use a block without"
            " a record."
        )
    return "Right: written in place, not on record, and counted."


@exercise(
    "07",
    "write",
    (
        "You may not write into x. Into what may you write?",
        "`clone()` makes a copy that is on record. A write into a computed tensor is allowed.",
        "Clone x, set the first place of the clone to 0, return the clone.",
    ),
)
def without_first(answer):
    """Write a function: x with 0 in the first place, on record, and x untouched."""
    torch = engine(answer)
    x = torch.tensor([4.0, 5.0, 6.0], requires_grad=True)
    try:
        result = tensor(call(answer, x), (3,), torch)
    except RuntimeError as error:
        if "leaf Variable" not in str(error):
            raise
        raise Mistaken(
            f"The engine says: {error} You wrote into x itself. Write into a copy that is on"
            " record."
        ) from None
    if x.detach().tolist() != [4.0, 5.0, 6.0]:
        raise Mistaken(
            f"x itself has changed: it holds {x.detach().tolist()} now. What you wrote into shares"
            " its memory."
        )
    if result.detach().tolist() != [0.0, 5.0, 6.0]:
        raise Mistaken(
            f"From 4, 5, 6 the result must be 0, 5, 6, and it is {result.detach().tolist()}."
        )
    if not reaches(result, x):
        raise Mistaken(
            "The numbers are right, but no path leads back to x. A detached copy, or a new tensor,"
            " has no past."
        )
    result.backward(torch.tensor([1.0, 10.0, 100.0]))
    if not all(map(close, x.grad.tolist(), (0, 10, 100))):
        raise Mistaken(
            f"The gradient 1, 10, 100 came back as {x.grad.tolist()}, and should be 0, 10, 100."
        )
    how = "written in place" if result._version else "made by an operation, with no write at all"
    return f"Right: a new tensor on record, {how}. The first place of x gets 0, the others pass."
