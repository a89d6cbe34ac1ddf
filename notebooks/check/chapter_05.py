"""Exercises of chapter 05, vector-Jacobian products."""

from .core import Mistaken, call, engine, exercise, expect_list, tensor


@exercise(
    "05",
    "predict",
    (
        "The argument says how much each of the three results counts.",
        "Result 0 and result 2 count nothing. Only the middle one counts, once.",
        "The slope of x · x is 2 · x. Multiply each of the three slopes by its number in the"
        " argument.",
    ),
)
def pick(answer):
    """`x.grad` for y = x · x at [1, 2, 3], when y is given the gradient [0, 1, 0]."""
    expect_list(
        answer,
        (0, 4, 0),
        {
            (2, 4, 6): "These are all three slopes, as if each result counted once. The argument"
            " says 0 for the first and the last.",
            (0, 1, 0): "That is the argument itself. It still has to pass through x · x, whose"
            " slope at 2 is 4.",
            (0, 2, 0): "The right place, but the slope of x · x at 2 is not 2: there are two paths,"
            " each of which brings 2.",
            (1, 4, 9): "These are the values of y. Gradients are slopes.",
            (4, 4, 4): "The slope of the middle result is 4, but only with respect to the middle"
            " x. The other two do not move it.",
            (4, 0, 0): "The right number in the wrong place: the middle result is made of the"
            " middle x.",
        },
        "Take the slopes 2, 4, 6 of the three results, and multiply by 0, 1, 0.",
    )
    return "Right: 0 · 2, 1 · 4 and 0 · 6."


@exercise(
    "05",
    "predict",
    (
        "Write the table: a row for each output, a column for each input. x is (1, 2).",
        "The first row is (x1, x0) = (2, 1), the second is (5, 4). Each row counts as often as"
        " `v` says.",
        "10 times the first row, plus 1 times the second.",
    ),
)
def weighed(answer):
    """vᵀJ for y = (x0 · x1, 5 x0 + 4 x1) at (1, 2), with v = (10, 1)."""
    expect_list(
        answer,
        (25, 14),
        {
            (21, 54): "That is J times v. The pass computes v times J: weigh the *rows*, one for"
            " each output, and add them.",
            (7, 5): "That counts each output once, like `sum()`. The first one counts 10 times.",
            (20, 10): "That is what comes through the first output. The second counts too, once.",
            (5, 4): "That is what comes through the second output. The first counts too, ten"
            " times.",
            (52, 41): "You gave the 10 to the second output. `v` is in the order of the outputs.",
            (20, 13): "These are values of y, weighed. A gradient is made of slopes.",
            (10, 1): "That is `v` itself. It still has to pass through the table of slopes.",
            (15, 24): "The slope of x0 · x1 by x0 is x1, *the other* factor: 2, not 1.",
        },
        "Write the four slopes into a table, a row for each output.",
    )
    return "Right: 10 · (2, 1) + 1 · (5, 4) = (25, 14)."


@exercise(
    "05",
    "fix",
    (
        "What does the argument of `backward` mean? It is not the value of y.",
        "Each of the results should count once.",
        "Hand over ones, in the shape of y.",
    ),
)
def cube_slopes(answer):
    """Repair the function so that it returns 3x² for each x."""
    torch = engine(answer)

    arrived = []  # what a pass brought back to x

    def run(*values):
        x = torch.tensor(values, requires_grad=True)
        x.register_hook(arrived.append)
        try:
            return tensor(call(answer, x), torch=torch).tolist()
        except RuntimeError as error:
            if "implicitly" in str(error):
                raise Mistaken(
                    f"The engine says: {error}. y has {len(values)} numbers, so the pass needs to"
                    " be told how much each of them counts."
                ) from None
            if "Mismatch in shape" in str(error):
                raise Mistaken(
                    f"The engine says: {error} What you hand over must have the shape of y,"
                    " whatever the length of x is."
                ) from None
            raise

    got = run(1.0, 2.0, 3.0)
    if not isinstance(got, list) or len(got) != 3:
        raise Mistaken(f"Three numbers go in, three slopes are to come out, and this is {got}.")
    expect_list(
        got,
        (3, 12, 27),
        {
            (3, 96, 729): "You handed over y itself: each slope 3x² came out multiplied by x³."
            " The argument is the gradient of y, not its value.",
            (3, 24, 81): "You handed over x: each slope 3x² came out multiplied by x.",
            (1, 4, 9): "Each slope is divided by 3. A mean counts each result as a third, and here"
            " each counts fully.",
            (6, 24, 54): "Each slope is doubled: each result should count once.",
            (1, 8, 27): "These are the values x³. Return the gradient.",
        },
        "The slopes of x³ at 1, 2 and 3 are 3, 12 and 27.",
    )
    expect_list(run(-2.0, 1.0), (12, 3), {}, "It is right for 1, 2, 3 only.")
    if not arrived:
        raise Mistaken(
            "3, 12 and 27 are right, by your formula. Let a pass find them: what does `backward`"
            " need to be told?"
        )
    return "Right: each result counts once, so each slope comes out as it is."


@exercise(
    "05",
    "write",
    (
        "One pass fetches one row: hand over a 1 in one place, and 0 elsewhere.",
        "For each row: clear `x.grad`, compute `f(x)`, go backward with that vector, and keep"
        " `x.grad`.",
        "`torch.zeros_like(y)`, then put a 1 at position i. With `x.grad = None` before each pass,"
        " each row is a tensor of its own.",
    ),
)
def jacobian_rows(answer):
    """Write a function: the whole Jacobian, one backward pass for each row."""
    torch = engine(answer)
    if "functional" in getattr(getattr(answer, "__code__", None), "co_names", ()):
        raise Mistaken("That is the library's function. Write your own, with `backward`.")

    def matrix(*rows):
        table = torch.tensor(rows)
        return lambda x: table @ x

    def run(f, *values):
        x = torch.tensor(values, requires_grad=True)
        try:
            got = tensor(call(answer, f, x), torch=torch)
        except RuntimeError as error:
            if "second time" in str(error):
                raise Mistaken(
                    "The engine refuses a second pass over one graph: the first used it up."
                    " Compute `f(x)` again for every row."
                ) from None
            if "implicitly" in str(error):
                raise Mistaken(
                    f"The engine says: {error}. Hand over a vector that picks one row."
                ) from None
            raise
        if not 0 < len(got.shape) < 3:
            raise Mistaken(
                f"A table of rows and columns is asked for, and this has shape {tuple(got.shape)}."
            )
        return got.tolist()

    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    got = run(matrix(*rows), 1.0, 1.0)
    if got == rows:
        if run(lambda x: x * x, 1.0, 2.0) != [[2.0, 0.0], [0.0, 4.0]]:
            raise Mistaken("It is right for `A @ x`, but not for `x * x`: use the `f` handed in.")
        return "Right: three passes, three rows."
    if got == [list(column) for column in zip(*rows)]:
        raise Mistaken(
            "The table lies on its side. It needs a row for each output, a column for each input."
        )
    if got == [[1.0, 2.0], [4.0, 6.0], [9.0, 12.0]]:
        raise Mistaken(
            "Every row holds the rows before it too: `x.grad` adds up. Clear it before each pass."
        )
    if got in ([9.0, 12.0], [[9.0, 12.0]]):
        raise Mistaken("That is the sum of all rows, from one pass. One pass for each row.")
    if got == [[9.0, 12.0]] * 3 or got == [[5.0, 6.0]] * 3:
        raise Mistaken(
            "All rows are the same tensor: you kept `x.grad` itself, and the later passes wrote"
            " into it. Set `x.grad = None` before each pass, or keep a `clone()`."
        )
    if len(got) == 2:
        raise Mistaken("One row for each *output*: this f has two inputs and three outputs.")
    raise Mistaken(f"For a matrix with the rows (1, 2), (3, 4), (5, 6) you return {got}.")
