"""Exercises of chapter 03, backward."""

from .core import Mistaken, call, close, exercise, expect, number


@exercise(
    "03",
    "predict",
    (
        "Go back from L, one operation at a time. The number starts as 1.",
        "The local derivative of `b ** 2` is 2·b, and b is 6 here. Adding 2 changes no slope.",
        "Multiply along the path: 1, then 2·b, then the slope of `+ 2`, then the slope of `4 * x`.",
    ),
)
def gears(answer):
    """∂L/∂x for a = 4x, b = a + 2, L = b², at x = 1."""
    expect(
        answer,
        48,
        {
            12: "12 is ∂L/∂b. The pass has two more nodes to go: `+ 2` and `4 * x`.",
            36: "36 is L itself. The gradient says how fast L grows.",
            32: "You took the slope of the square at a = 4. It must be taken at its own input,"
            " b = 6.",
            8: "You took the slope of the square at x = 1. It must be taken at its own input,"
            " b = 6.",
            17: "17 = 12 + 1 + 4. Along one path the slopes multiply; only different paths add.",
            24: "24 = 6 · 4: the slope of b² is not b. A 2 is missing.",
            96: "You counted `+ 2` as a slope of 2. Adding a constant has slope 1.",
            4: "4 is the slope of the first step alone. The square multiplies it by 12.",
        },
        "Write the three slopes 4, 1 and 2·b beside the arrows, and multiply them.",
    )
    return "Right: 1 · 12 · 1 · 4 = 48."


@exercise(
    "03",
    "predict",
    (
        "`x * x` has two inputs. It sends a gradient to each of them.",
        "What does the outer multiplication send to `x * x`? Then: what does `x * x` send to each"
        " of its inputs?",
        "The product receives 6. It sends 6 · 3 along one edge and 6 · 3 along the other. Both end"
        " at x.",
    ),
)
def two_paths(answer):
    """∂L/∂x for L = (x · x) · 6, at x = 3."""
    expect(
        answer,
        36,
        {
            18: "You overwrote instead of adding: 18 is one path, there are two. Both edges of"
            " `x * x` end at x.",
            324: "324 = 18 · 18. Slopes multiply along one path; what two paths bring adds up.",
            54: "54 is L itself. The gradient says how fast L grows.",
            6: "6 is what arrives at `x * x`. That node has still to multiply it by its own local"
            " derivatives.",
            12: "12 = 6 · 2. The slope of x · x is not 2: it depends on x, which is 3.",
        },
        "Draw the graph: how many edges end at x, and what travels along each?",
    )
    return "Right: 6 · 3 along one edge, 6 · 3 along the other, 18 + 18 = 36."


@exercise(
    "03",
    "predict",
    (
        "The first is L: that is where the 1 starts.",
        "A tensor may pass its gradient on only when nobody will send it any more.",
        "`a` gets a gradient from L and another from b. So b comes before a.",
    ),
)
def order(answer):
    """The order in which the nodes of L, a and b run, as a list of three names."""
    names = list(answer) if isinstance(answer, (list, tuple)) else [answer]
    if sorted(map(str, names)) != ["L", "a", "b"]:
        raise Mistaken('Put the three names "L", "a", "b" in order, each once.')
    if names == ["L", "a", "b"]:
        raise Mistaken(
            "`a` ran too early. It had the gradient from L, but b had not sent its own yet."
            " A node waits until all of its receivers have run."
        )
    if names[0] != "L":
        raise Mistaken(
            "That is the forward order, or close to it. The backward pass starts at L, where"
            " ∂L/∂L = 1."
        )
    return "Right: L, then b, then a. A node runs when everything it fed has run."


@exercise(
    "03",
    "fix",
    (
        "x feeds two tensors, a and b. Read the two lines that set `grad_x`.",
        "The second line throws away what the first one found.",
        "The gradient of x is what comes through a, plus what comes through b.",
    ),
)
def by_hand(answer):
    """Repair the backward pass of L = (2x) · (x + 1), written in plain Python."""
    got, also = number(call(answer, 3.0)), number(call(answer, 5.0))
    if close(got, 14) and close(also, 22):
        return "Right: what comes through a, plus what comes through b. 8 + 6 = 14 at x = 3."
    if close(got, 6) and close(also, 10):
        raise Mistaken(
            "You overwrote instead of adding: 6 is one path, through b. What came through a, 8, is"
            " lost."
        )
    if close(got, 8) and close(also, 12):
        raise Mistaken(
            "8 is one path, through a. What came through b, 6, is lost: there are two paths."
        )
    if close(got, 48):
        raise Mistaken("48 = 8 · 6. What two paths bring is added, not multiplied.")
    if close(got, -14):
        raise Mistaken("-14 has the wrong sign: what comes over two paths is added.")
    if close(got, 14):
        raise Mistaken("14 is right at x = 3, but the function must be right for every x.")
    raise Mistaken(
        f"At x = 3 the slope is 14, and the function says {got:g}. Both contributions were right as"
        " they stood: only the way they are put together is wrong."
    )


@exercise(
    "03",
    "write",
    (
        "Four steps: make a tensor, run `f` on it, go backward, read the gradient.",
        "The tensor must hold a float and be tracked: `requires_grad=True`.",
        "`x = torch.tensor(float(at), requires_grad=True)`, then `f(x).backward()`, then return"
        " what is in `x.grad`, as a number.",
    ),
)
def slope(answer):
    """Write `slope(f, at)`: the derivative of `f` at the number `at`, found by backward."""

    inputs, arrived = [], []  # what f was called with, and what a pass brought back to it

    def cubic(x):
        inputs.append(x)
        if getattr(x, "requires_grad", False):
            x.register_hook(arrived.append)
        return x * x * x + 5 * x

    try:
        first = call(answer, cubic, 2.0)
    except AttributeError as error:
        if arrived or "NoneType" not in str(error):
            raise
        raise Mistaken(
            f"Your code stopped with AttributeError: {error}. No backward pass came back to the"
            " input of f, so its `.grad` is still None."
        ) from None
    if close(first, 18):
        raise Mistaken("18 is f(2) itself. Return the gradient, not the value.")
    if close(first, 34):
        raise Mistaken(
            "34 = 2 · 17. Did two passes add up, or was `backward` handed a 2 in place of the 1?"
        )
    if not close(first, 17):
        if abs(number(first) - 17) < 0.2:
            raise Mistaken(
                f"{number(first):g} is near 17, but not it: a small step gives an estimate. Let"
                " `backward()` find the exact slope."
            )
        raise Mistaken(
            f"The slope of x³ + 5x at 2 is 17, and your function says {number(first):g}."
        )
    if inputs and not arrived:
        raise Mistaken(
            "17 is right, but no backward pass ran. You took f at points near by and divided: that"
            " is a difference quotient. It needs a new run of f for each input, and a small step."
            " Let `backward()` find the slope."
            if len(inputs) > 1
            else "17 is right, but no backward pass ran. Let `backward()` find the slope."
        )
    if not close(call(answer, cubic, 2.0), 17):
        raise Mistaken(
            "The second call gives another answer than the first: a gradient was left over. Make"
            " a new tensor in every call."
        )
    try:
        call(answer, cubic, 2)
    except RuntimeError as error:
        raise Mistaken(f"`slope(f, 2)` fails, `slope(f, 2.0)` does not: {error}.") from None
    if not close(call(answer, lambda x: x * 7 - x / 2, -1.0), 6.5):
        raise Mistaken("It is right for one f only. Use the `f` that is handed in.")
    if not isinstance(call(answer, cubic, 2.0), (int, float)):
        raise Mistaken("The number is right, but it is still a tensor. `.item()` takes it out.")
    return "Right: make a leaf, run f, go backward, read the gradient. That is all of autograd."
