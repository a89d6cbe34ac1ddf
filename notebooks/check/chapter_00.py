"""Exercises of chapter 00, start here."""

from .core import Mistaken, call, close, engine, exercise, expect, tensor


@exercise(
    "00",
    "predict",
    (
        "How many times does `price` stand in the formula? Each time is a path to the bill.",
        "Along the first path the bill grows by `cups` for each unit of price. Along the second"
        " it grows by 1.",
        "Work it out by hand: the bill at price 4 and at price 5. Take the difference.",
    ),
)
def treat(answer):
    """The gradient of `price * cups + price` with respect to price, at price 4 and cups 3."""
    expect(
        answer,
        4,
        {
            3: "3 is one path: through `price * cups`. There are two. `+ price` is a path of its"
            " own, and what the paths bring adds up.",
            1: "1 is one path: through `+ price`. There are two. `price * cups` is the other, and"
            " what the paths bring adds up.",
            5: "5 would be two paths past the product and one through it. Count how often `price`"
            " stands in the formula.",
            7: "7 = 3 + 4 adds what one more cup would cost. Only the price moves here: what does"
            " each of the two terms do?",
            16: "16 is the bill itself. The gradient says how fast the bill grows.",
            20: "20 is the bill at price 5. How much more is that than at price 4?",
            12: "12 is the value of `price * cups`. The gradient says how fast the bill grows.",
        },
        "Compute the bill at price 4 and at price 5. The difference is the answer.",
    )
    return (
        "Right: 3 through `price * cups`, and 1 through `+ price`. Two paths, and their"
        " contributions add up."
    )


@exercise(
    "00",
    "fix",
    (
        "Read the engine's message in the reply. What is missing, and on which tensor?",
        "A tensor is tracked only if you ask for it when you make it.",
        "Give `hours` the argument that the three tensors of the coffee bill have.",
    ),
)
def lamp(answer):
    """Repair the cell so that `hours.grad` is the price of one hour."""
    try:
        hours = tensor(call(answer), ())
    except RuntimeError as error:
        if "does not require grad" not in str(error):
            raise
        raise Mistaken(
            f"The engine says: {error}. In other words: `bill` has no history, because nobody"
            " asked to track `hours`. So `backward()` has nowhere to go."
        ) from None
    if not hours.is_leaf:
        raise Mistaken(
            "What you return was computed. Return the 5 itself, the tensor you made: the pass"
            " leaves its gradient there. (Did the name `hours` move on to another tensor?)"
        )
    if not hours.requires_grad and not close(hours, 5):
        raise Mistaken(
            f"This is a tensor with {hours.item():g}, and `hours` is 5. If it is `hours.grad`: the"
            " gradient need not be returned. Return `hours`, and its `.grad` comes with it."
        )
    if not hours.requires_grad:
        raise Mistaken(
            "`hours` is still not tracked. If you switched tracking on at `bill`, the backward pass"
            " starts and ends there: what happened before was not recorded."
        )
    if hours.grad is None:
        raise Mistaken("`hours.grad` is None: nobody called `backward()` on the bill.")
    if not close(hours.grad, 0.25):
        raise Mistaken(
            f"`hours.grad` is {hours.grad.item():g}, but an hour costs 0.25. The formula of the"
            " bill is right as it was: leave it."
        )
    return "Right: `hours` is tracked now, and its gradient is 0.25, the price of one hour."


@exercise(
    "00",
    "write",
    (
        "A fence goes around the field: two sides are as long as `width`, two as `height`.",
        "Use `+` and `*` on the tensors themselves. Each operation adds a node to the graph.",
        "The gradients must come out as 2 and 2: one more unit of width needs two more of fence.",
    ),
)
def fence(answer):
    """Write a function of two tensors: the length of the fence around a field."""
    torch = engine(answer)
    width = torch.tensor(5.0, requires_grad=True)
    height = torch.tensor(3.0, requires_grad=True)
    length = tensor(call(answer, width, height), (), torch)
    if close(length, 15):
        raise Mistaken(
            "15 is the area of a 5 by 3 field. The fence goes around it: two widths, two heights."
        )
    if close(length, 8):
        raise Mistaken("8 is one width and one height. A fence closes: two of each.")
    if not close(length, 16):
        raise Mistaken(f"Around a 5 by 3 field goes a fence of 16, not {length.item():g}.")
    if not length.requires_grad:
        raise Mistaken(
            "The length is right, but it has no history. Somewhere a tensor became a Python number,"
            " a new tensor was made from one, or recording was off. Compute with `width` and"
            " `height` themselves."
        )
    length.backward()
    if width.grad is None or height.grad is None:
        raise Mistaken("The length is right, but no path leads back to both `width` and `height`.")
    if not (close(width.grad, 2) and close(height.grad, 2)):
        raise Mistaken(
            f"The length is right at 5 by 3, but the gradients are {width.grad.item():g} and"
            f" {height.grad.item():g}, not 2 and 2. It must be right for every field."
        )
    return "Right: 16 units of fence, and 2 more for each unit of width or height."
