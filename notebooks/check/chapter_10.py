"""Exercises of chapter 10, hooks and intermediate gradients."""

from __future__ import annotations

from .core import (
    Mistaken,
    Unanswered,
    call,
    close,
    engine,
    exercise,
    expect,
    rounded,
    shown,
    tensor,
)


@exercise(
    "10",
    "predict",
    (
        "First without the hook: what arrives at a? L = a · a, and a is 15.",
        "30 arrives at a. The hook hands on half of it.",
        "15 goes on from a, and the step `5 * x` multiplies by 5.",
    ),
)
def half_way(answer):
    """∂L/∂x for a = 5x, L = a · a at x = 3, where a hook on a halves the gradient."""
    expect(
        answer,
        75,
        {
            150: "150 is without the hook. What goes on from a is what the hook returned.",
            15: "15 goes on from a. It has still to pass `5 * x`.",
            30: "30 is what the hook is told. Then it halves that, and then comes `5 * x`.",
            37.5: "You halved twice. a is used twice, but the hook is called once, for the sum.",
            112.5: "You halved one of the two paths. The hook is called once, for the sum of both.",
            225: "225 is L itself. A hook changes gradients, and no value.",
            56.25: "You took half of a. A hook changes the gradient, and a stays 15.",
        },
        "At a arrives 2 · 15. Halve it, then go on to x.",
    )
    return "Right: 30 arrives, 15 goes on, 15 · 5 = 75."


@exercise(
    "10",
    "fix",
    (
        "What does a function give back that has no `return`?",
        "A hook that returns nothing lets the gradient go on as it is.",
        "`clamp` makes a new tensor. The hook has to hand it back.",
    ),
)
def clip(answer):
    """Repair a hook that should cut a gradient to a range."""
    torch = engine(answer)
    got = {}
    for slope, limit in ((7.0, 5.0), (-7.0, 5.0), (2.0, 5.0), (7.0, 1.0)):
        x = torch.tensor(1.0, requires_grad=True)
        middle = x * 2
        result = tensor(call(answer, middle, limit), (), torch)
        if result.requires_grad:
            (result * slope).backward()
        if x.grad is None:
            raise Mistaken("No gradient comes back any more. Return the `tensor` that came in.")
        got[slope, limit] = x.grad.item() / 2
    if result is not middle and close(got[7.0, 5.0], 7):
        raise Mistaken(
            "You return another tensor, with its numbers cut to the range, and the gradient of 7"
            " goes on as 7. Cut the gradient: that is what a hook gets."
        )
    if close(got[7.0, 5.0], 7):
        raise Mistaken(
            "A gradient of 7 goes on as 7, though the limit is 5. The hook is called, and what it"
            " computes is thrown away: it returns nothing."
        )
    if close(got[7.0, 5.0], 2):
        raise Mistaken("A gradient of 7 goes on as 2, the value of the tensor. Cut the gradient.")
    if not close(got[7.0, 5.0], 5):
        raise Mistaken(f"A gradient of 7 with limit 5 goes on as {got[7.0, 5.0]:g}, not as 5.")
    if close(got[-7.0, 5.0], -7):
        raise Mistaken("7 becomes 5, but −7 stays −7: the range begins at −limit.")
    if close(got[-7.0, 5.0], 5):
        raise Mistaken("−7 becomes 5: cut to a range, the sign must stay.")
    if not close(got[2.0, 5.0], 2):
        raise Mistaken(f"A gradient of 2 lies in the range, and goes on as {got[2.0, 5.0]:g}.")
    if not close(got[7.0, 1.0], 1):
        raise Mistaken("Right for the limit 5 only. Use the `limit` that is handed in.")
    middle, heard = torch.ones(2, requires_grad=True) * 2, []
    middle.register_hook(heard.append)
    (answer(middle, 5.0) * 7).sum().backward()
    if rounded(heard[0]) != [7, 7]:
        raise Mistaken(
            "5 goes on, but your hook wrote it into the gradient that it got, and others may hold"
            " that one too. Return a new tensor: `clamp`, without the underscore."
        )
    return "Right: the hook returns the new gradient, and that is what goes on."


@exercise(
    "10",
    "write",
    (
        "You need a list, and a hook that puts what it hears into that list.",
        "The list must be made first; the hook is called later, and still knows it.",
        "`seen.append` is a function of one argument that returns nothing: a hook as it is.",
    ),
)
def listen(answer):
    """Write `listen(tensor)`: a list that fills with the gradients of the tensor."""
    torch = engine(answer)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    middle = x * 3
    try:
        heard = call(answer, middle)
    except IndexError:
        raise Mistaken(
            "You read an entry of the list before a pass has put one there. Return the list"
            " itself: the hook fills it later."
        ) from None
    if heard is ...:
        raise Unanswered
    if not isinstance(heard, list):
        raise Mistaken(
            f"Return a list. This is {shown(heard)}: the pass has not run yet when `listen`"
            " returns."
        )
    if heard:
        raise Mistaken(
            "The list must be empty before the first pass: nothing has arrived yet. Let a hook put"
            " in what comes later."
        )
    out = (middle * middle).sum()
    out.backward(retain_graph=True)
    if not heard:
        raise Mistaken(
            "A pass went through, and the list is still empty. (Inside a hook, `heard = …` makes a"
            " new name; `heard.append(…)` fills the list.)"
        )
    if not hasattr(heard[0], "tolist"):
        raise Mistaken(f"The list holds {shown(heard[0])}. Put the gradient into it, a tensor.")
    if heard[0].tolist() == x.grad.tolist() and heard[0].tolist() != [6, 12]:
        raise Mistaken("You heard the gradient of the leaf. `tensor` has one of its own.")
    if heard[0].tolist() != [6, 12]:
        raise Mistaken(
            f"The gradient of the tensor was [6, 12], and you heard {heard[0].tolist()}."
        )
    if x.grad.tolist() != [18, 36]:
        raise Mistaken(
            f"You heard it, and changed it: behind the tensor arrived {x.grad.tolist()}, not"
            " [18, 36]. A hook that only listens returns nothing."
        )
    out.backward()
    if len(heard) != 2:
        raise Mistaken(f"After two passes the list has {len(heard)} entries. Each pass adds one.")
    if heard[1].tolist() != [6, 12]:
        raise Mistaken(
            f"In the second pass you heard {heard[1].tolist()}: a sum over the passes. A hook is"
            " told the gradient of this pass alone."
        )
    return "Right: the list is made now, and the hook fills it later."


@exercise(
    "10",
    "write",
    (
        "Make a new tensor from `tensor`, with the same values, by an operation.",
        "`tensor * 1` or `tensor.clone()` is a new tensor with a node of its own. Hang a hook on"
        " it.",
        "The hook returns −grad. Return the new tensor, with the hook on it.",
    ),
)
def reverse(answer):
    """Write a step that does nothing forwards, and turns the gradient's sign backwards."""
    torch = engine(answer)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    middle = x * 3
    turned = tensor(call(answer, middle), (2,), torch)
    if turned.tolist() == [-3, -6]:
        raise Mistaken("The values have the other sign. Forwards nothing may change.")
    if turned.tolist() != [3, 6]:
        raise Mistaken(f"The values [3, 6] became {turned.tolist()}. Forwards nothing may change.")
    if not turned.requires_grad:
        raise Mistaken("What you return has no history: the gradient ends there.")
    (turned * 2).sum().backward(retain_graph=True)
    if x.grad is None:
        raise Mistaken("The history of `tensor` is cut: no gradient arrives behind it.")
    if x.grad.tolist() == [6, 6]:
        raise Mistaken(
            "The gradient arrives with its old sign: is there a hook, and does it return?"
        )
    if x.grad.tolist() != [-6, -6]:
        raise Mistaken(f"[-6, -6] should arrive, and {x.grad.tolist()} does.")
    x.grad = None
    (middle * 2).sum().backward()
    if x.grad.tolist() != [6, 6]:
        raise Mistaken(
            "It turns, but so does every other path from `tensor`: the hook hangs on `tensor`"
            " itself. Make a new tensor, and hang it there."
        )
    return "Right: forwards the same values, backwards the other sign."
