"""Exercises of chapter 01, tensors."""

from .core import (
    Mistaken,
    call,
    engine,
    exercise,
    expect_each,
    expect_names,
    rounded,
    shown,
    tensor,
)


@exercise(
    "01",
    "predict",
    (
        "Start at the top. Which of the tensors asks to be tracked?",
        "A result is tracked if at least one of its inputs is.",
        "Only `b` asks. Go down the list and mark every tensor that was made, directly or not,"
        " from `b`.",
    ),
)
def tracked(answer):
    """For each of a, b, c, d, e: does it require grad?"""
    expect_each(
        answer,
        {"a": False, "b": True, "c": False, "d": True, "e": True},
        {
            "a": "`a`: nobody asked to track it. A new tensor is not tracked unless you say so.",
            "b": "`b` was made with `requires_grad=True`. That is the request to track it.",
            "c": "`c` is made from `a` alone, and `a` is not tracked. Nothing there could pass"
            " tracking on.",
            "d": "`d` is made from `a` and `b`. One tracked input is enough.",
            "e": "`e` is made from `d`. Tracking does not stop after one step: it goes on through"
            " every later operation.",
        },
    )
    return "Right: tracking starts at `b` and flows into everything made from it."


@exercise(
    "01",
    "predict",
    (
        "Ask of each tensor: has it a `grad_fn`? A leaf has none.",
        "A `grad_fn` is written down only when the operation is tracked.",
        "Exactly one of the four was made by a tracked operation. The three others are leaves.",
    ),
)
def leaves(answer):
    """The set of names, out of w, y, c, d, that are leaves."""
    names = expect_names(answer, ("w", "y", "c", "d"))
    if names == {"w"}:
        raise Mistaken(
            "You took 'leaf' for 'requires grad'. `c` and `d` have no `grad_fn` either, and that"
            " makes them leaves."
        )
    if "y" in names:
        raise Mistaken(
            "`y` was made from `w` by a tracked multiplication: it has a `grad_fn`, so it is no"
            " leaf."
        )
    if "w" not in names:
        raise Mistaken(
            "`w` was made by you and not by an operation. It is a leaf, and it requires grad: the"
            " two go together well."
        )
    if names == {"w", "c"}:
        raise Mistaken(
            "`d` is computed, true. But `c` is not tracked, so nobody wrote the multiplication"
            " down: `d` has no `grad_fn`, and is a leaf."
        )
    if "c" not in names:
        raise Mistaken(
            "`c` was made by you and not by an operation. It is a leaf. A leaf need not be tracked."
        )
    return "Right: a leaf has no `grad_fn`. Only `y` has one."


@exercise(
    "01",
    "fix",
    (
        "Which operation comes last: the request to track, or the multiplication?",
        "The multiplication must happen while nobody is watching. Ask for tracking afterwards.",
        "`requires_grad_()` asks for tracking on a tensor that exists already.",
    ),
)
def small_weights(answer):
    """Repair the function: three weights of 0.1, in a leaf that requires grad."""
    weights = tensor(call(answer))
    if tuple(weights.shape) != (3,):
        raise Mistaken(
            "One tensor with three weights is asked for, of shape (3,). Yours has shape"
            f" {tuple(weights.shape)}."
        )
    values = rounded(weights)
    if values != [0.1, 0.1, 0.1]:
        raise Mistaken(f"The three weights must be 0.1 each, and these are {values}.")
    if not weights.is_leaf:
        raise Mistaken(
            f"This is the result of an operation: its `grad_fn` is {weights.grad_fn.name()}. The"
            " leaf is the tensor of ones, which has no name any more. No optimizer can update it."
        )
    if not weights.requires_grad:
        raise Mistaken(
            "It is a leaf now, but nobody tracks it. An optimizer would never get its gradient."
        )
    return "Right: scaled first, tracked afterwards. The tensor you hold is the leaf."


@exercise(
    "01",
    "write",
    (
        "Two questions decide: does it require grad, and is it a leaf?",
        "Go through the list with a loop, and keep a tensor only if both answers are yes.",
        "`[t for t in tensors if …]`, with `t.is_leaf` and `t.requires_grad` in the condition.",
    ),
)
def trainable(answer):
    """Write a function: out of a list of tensors, those that an optimizer may update."""
    torch = engine(answer)
    weight = torch.ones(2, requires_grad=True)
    data = torch.ones(2)
    shifted = data + 1
    output = weight * data
    bias = torch.zeros(2).requires_grad_()
    kept = call(answer, [weight, data, shifted, output, bias])
    if not isinstance(kept, (list, tuple)):
        raise Mistaken(f"Return a list of tensors. This is {shown(kept)}.")
    for one in kept:
        if isinstance(one, bool):
            raise Mistaken(
                "Your list says True or False of each tensor. Return those tensors themselves for"
                " which it is True."
            )
        if isinstance(one, int):
            raise Mistaken("Your list holds positions. Return the tensors that stand there.")
        if not hasattr(one, "requires_grad"):
            raise Mistaken(f"Your list holds {shown(one)}, which is no tensor.")

    def has(wanted):
        return any(wanted is one for one in kept)

    if has(output):
        raise Mistaken(
            "You kept a tensor that was computed from a weight. It requires grad, but it is no"
            " leaf: it is a result, made anew in every forward pass. There is nothing to update."
        )
    if has(data) or has(shifted):
        raise Mistaken(
            "You kept a tensor that does not require grad. It is a leaf, but its `.grad` stays"
            " None: it is data."
        )
    if not (has(weight) and has(bias)):
        raise Mistaken(
            "You left out a tensor that is a leaf and requires grad. Return the tensors themselves,"
            " not copies of them."
        )
    if len(kept) != 2:
        raise Mistaken(f"Two of the five may be updated, and you returned {len(kept)}.")
    return "Right: a leaf that requires grad. That is what the field calls a parameter (参数)."
