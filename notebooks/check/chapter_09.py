"""Exercises of chapter 09, custom functions."""

import inspect
import re

from .core import Mistaken, Unanswered, close, engine, exercise, expect, shown, tensor

NO_TENSORS = (
    "`backward` must return tensors, and it returns something else. (`ctx.saved_tensors` is a"
    " tuple: `(x,) = ctx.saved_tensors` takes the one tensor out of it. `.item()` makes a Python"
    " number.)"
)


@exercise(
    "09",
    "predict",
    (
        "Which number does `backward` of MultiplyAdd receive as `grad_output`?",
        "The step behind it is a product with 10, and sends 10. Now read the line of `grad_w`.",
        "grad_w = grad_output * x, and x is 5.",
    ),
)
def passes_on(answer):
    """`w.grad` for L = MultiplyAdd(w, x, b) · 10, at w = 2, x = 5, b = 1."""
    expect(
        answer,
        50,
        {
            5: "5 is the local derivative, x. It is multiplied by `grad_output`, which is 10 here.",
            10: "10 is `grad_output`, what arrives at the node. It is multiplied by x.",
            20: "20 = 10 · 2 is the gradient of x. That of w is multiplied by x, the other factor.",
            110: "110 is L. The gradient says how fast L grows.",
            11: "11 is the value of the node. The gradient is a slope.",
            2: "2 is w. The local derivative with respect to w is x.",
        },
        "sent = received × local derivative. What is received, and what is the derivative?",
    )
    return "Right: 10 arrives, times x = 5."


@exercise(
    "09",
    "predict",
    (
        "One gradient for each input of forward. Which are its inputs?",
        "`ctx` does not count. What is no tensor does count, and gets `None`.",
        "a, b and share.",
    ),
)
def how_many(answer):
    """The number of values that `backward` of Blend returns."""
    expect(
        answer,
        3,
        {
            1: "1 is the number of outputs of forward. Backward returns one value an *input*.",
            2: "2 counts the tensors. `share` is an input too: it gets `None`.",
            4: "4 counts `ctx`. That is the context, and no input.",
        },
        "Count the arguments of forward behind `ctx`.",
    )
    return "Right: for a, for b, and None for share."


def _function(answer):
    """`answer`, which must be a Function class, and the learner's engine."""
    if not (inspect.isclass(answer) and hasattr(answer, "apply")):
        raise Mistaken("Hand over the class itself, derived from `torch.autograd.Function`.")
    for name in ("forward", "backward"):
        if name not in vars(answer):
            raise Mistaken(f"The class needs a `{name}` of its own.")
        if not isinstance(vars(answer)[name], staticmethod):
            raise Mistaken(f"`{name}` needs the line `@staticmethod` above it.")
    return engine(answer.forward)


def _inputs(torch, *values):
    return [torch.tensor([v], dtype=torch.float64, requires_grad=True) for v in values]


def _gradients(answer, inputs, behind):
    """What comes back to `inputs`, with a step behind the node that multiplies by `behind`."""
    for one in inputs:
        one.grad = None
    try:
        result = answer.apply(*inputs)
    except TypeError as error:
        if "save_for_backward" in str(error):
            raise Mistaken(
                f"The engine says: {error}. Compute with tensors, or keep a number as an"
                " attribute of `ctx`."
            ) from None
        if "argument" not in str(error):
            raise
        raise Mistaken(f"`forward` gets `ctx`, then its inputs. Python says: {error}.") from None
    if result is ...:
        raise Unanswered
    if not hasattr(result, "requires_grad"):
        raise Mistaken(f"`forward` must return a tensor, and it returns {shown(result)}.")
    tensor(result, (1,))
    try:
        (result * behind).backward()
    except RuntimeError as error:
        if "expected Variable" in str(error):
            raise Mistaken(NO_TENSORS) from None
        if "incorrect number of gradients" not in str(error):
            raise
        raise Mistaken(
            f"The engine says: {error}. Return one gradient for each input of forward."
        ) from None
    except TypeError:
        raise Mistaken(NO_TENSORS) from None
    except AttributeError as error:
        if not re.search("'(tuple|float|int|NoneType)' object", str(error)):
            raise
        raise Mistaken(NO_TENSORS) from None
    if any(one.grad is None for one in inputs):
        raise Mistaken("`backward` returns None for an input that requires grad.")
    return result.item(), [one.grad.item() for one in inputs]


@exercise(
    "09",
    "fix",
    (
        "Try it with a step behind it: what is the slope of 10 · x³ at 2?",
        "`backward` is handed a number, and does not use it.",
        "sent = received × local derivative: multiply by `grad_output`.",
    ),
)
def cube(answer):
    """Repair the backward of x³."""
    torch = _function(answer)
    inputs = _inputs(torch, 2.0)
    value, (slope,) = _gradients(answer, inputs, 1.0)
    _, (behind,) = _gradients(answer, inputs, 10.0)
    if not close(value, 8):
        raise Mistaken(f"2³ is 8, and forward says {value:g}. It was right as it stood.")
    if close(slope, 12) and close(behind, 12):
        raise Mistaken(
            "As the last step the slope at 2 is right: 12. With a product by 10 behind it, it"
            " should be 120, and is 12 still: what the rest of the graph sends is lost. What does"
            " `backward` receive?"
        )
    if close(slope, 13):
        raise Mistaken("13 = 12 + 1: `grad_output` multiplies. It is not added.")
    if close(slope, 8) or close(slope, 24):
        raise Mistaken(
            f"The slope of x³ at 2 is 3 · 4 = 12, and yours is {slope:g}. The local derivative was"
            " right as it stood."
        )
    if not close(slope, 12) or not close(behind, 120):
        raise Mistaken(
            f"At 2 the slope should be 12, and 120 with a product by 10 behind it. Yours are"
            f" {slope:g} and {behind:g}."
        )
    torch.autograd.gradcheck(answer.apply, _inputs(torch, -1.5))
    return "Right: received × local derivative. gradcheck agrees."


@exercise(
    "09",
    "write",
    (
        "forward: compute c, save what backward needs, return c.",
        "backward: take the saved tensors out. The two local derivatives are a / c and b / c. Do"
        " not forget what was received.",
        "Save a, b and c. Return `grad_output * a / c` and the same with b.",
    ),
)
def hypotenuse(answer):
    """Write a Function: c = √(a² + b²), with its backward."""
    torch = _function(answer)
    inputs = _inputs(torch, 3.0, 4.0)
    value, slopes = _gradients(answer, inputs, 1.0)
    _, behind = _gradients(answer, inputs, 10.0)

    def same(found, *wanted):
        return all(map(close, found, wanted))

    if close(value, 25):
        raise Mistaken("25 is c². Take the square root of it.")
    if not close(value, 5):
        raise Mistaken(f"For 3 and 4, c is 5, and forward returns {value:g}.")
    if same(slopes, 0.6, 0.8) and same(behind, 0.6, 0.8):
        raise Mistaken(
            "Right as the last step, wrong with a step behind it: multiply by `grad_output`."
        )
    if same(slopes, 0.8, 0.6):
        raise Mistaken(
            "The two gradients are swapped: they come out in the order of forward's inputs, a, b."
        )
    if same(slopes, 3, 4):
        raise Mistaken("3 and 4 are a and b themselves. Divide by c.")
    if same(slopes, 6, 8):
        raise Mistaken("6 and 8 are the slopes of a² + b². The square root has a slope too.")
    if not same(slopes, 0.6, 0.8) or not same(behind, 6, 8):
        raise Mistaken(
            f"For 3 and 4 the gradients should be 0.6 and 0.8, and yours are"
            f" {slopes[0]:.4g} and {slopes[1]:.4g}."
        )
    try:
        torch.autograd.gradcheck(answer.apply, _inputs(torch, 1.5, -0.5))
    except RuntimeError:
        raise Mistaken("It is right at 3 and 4, and wrong at 1.5 and -0.5.") from None
    if answer.apply(*inputs).grad_fn.name() != f"{answer.__name__}Backward":
        raise Mistaken("The node behind the result is not yours.")
    return "Right: one node, and gradcheck agrees with its backward."
