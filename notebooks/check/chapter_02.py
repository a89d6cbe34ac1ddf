"""Exercises of chapter 02, the computational graph."""

from .core import Mistaken, call, close, engine, exercise, expect, number, shown, tensor
from .graph import leaves, reaches


@exercise(
    "02",
    "predict",
    (
        "Do not count lines of code. Count operations that run.",
        "The body of the loop runs once for every doubling. Write the values down: 3, 6, 12, …",
        "The loop stops at the first value that is 100 or more. How many doublings is that?",
    ),
)
def doublings(answer):
    """How many MulBackward0 nodes the loop leaves."""
    expect(
        answer,
        6,
        {
            1: "There is one line, but it ran several times. Every operation that runs leaves a"
            " node of its own.",
            5: "After five doublings the value is 96. That is still below 100, so the loop runs"
            " once more.",
            7: "7 counts the values 3, 6, 12, 24, 48, 96, 192. The first is the leaf: no operation"
            " made it.",
            0: "The loop does leave nodes: each `y * 2` is a tracked operation.",
            192: "192 is the value at the end. How many doublings led there from 3?",
        },
        "Follow the loop with a pencil: 3, 6, 12, … One node per doubling.",
    )
    return "Right: 3 → 6 → 12 → 24 → 48 → 96 → 192. Six doublings ran, so six nodes stand there."


@exercise(
    "02",
    "predict",
    (
        "Every operation that runs leaves one node, however often its result is used.",
        "In `once`, the addition runs one time. In `twice`, it is written two times, and runs two"
        " times.",
        "`once`: one addition and one multiplication. `twice`: two additions and one"
        " multiplication.",
    ),
)
def node_counts(answer):
    """The number of operation nodes in each graph, as {"once": …, "twice": …}."""
    if not isinstance(answer, dict) or set(answer) != {"once", "twice"}:
        raise Mistaken('Answer with {"once": …, "twice": …}.')
    once, twice = number(answer["once"]), number(answer["twice"])
    if (once, twice) == (2, 2):
        raise Mistaken(
            "The engine does not notice that both `x + 1` are the same. Each of them runs, so each"
            " leaves its own node."
        )
    if (once, twice) == (3, 3):
        raise Mistaken(
            "`a` is used twice, but made once. Two edges lead to one node; a second use adds an"
            " edge, not a node."
        )
    if (once, twice) == (3, 2):
        raise Mistaken("The other way round: where does the addition run once, where twice?")
    if (once, twice) == (3, 4):
        raise Mistaken("You counted the leaf `x`. Count the operations only: the grey boxes.")
    expect(once, 2, {}, 'That is for "once": how many operations run in its two lines?')
    expect(twice, 3, {}, 'That is for "twice": how many operations run in its one line?')
    return "Right: 2 and 3. A node is made when an operation runs, not when a name is used."


# What cuts the way back, by the name that stands in the code.
CUTS = {
    "item": "`.item()` gives a Python number, and a tensor made from a number is a new leaf: it has"
    " no `grad_fn`, and no way back.",
    "detach": "`detach()` hands out the same value without its history. That is what it is for.",
    "data": "`.data` hands out the same value without its history.",
    "no_grad": "In a `no_grad()` block nothing is written down.",
}


@exercise(
    "02",
    "fix",
    (
        "Walk the lines one by one. After which of them has the tensor no `grad_fn`?",
        "`.item()` hands out a Python number. A number does not know where it came from.",
        "Compute with `celsius` itself, in every line: tensors can be multiplied and added.",
    ),
)
def fahrenheit(answer):
    """Repair the function so that a path leads from its result back to `celsius`."""
    torch = engine(answer)
    celsius = torch.tensor(20.0, requires_grad=True)
    result = tensor(call(answer, celsius), (), torch)
    if not close(result, 68):
        raise Mistaken(f"20 °C is 68 °F, and the function says {result.item():g}.")
    if not result.requires_grad:
        words = getattr(answer, "__code__", None)
        used = [word for word in CUTS if words and word in words.co_names]
        cut = " ".join(CUTS[word] for word in used) or "Find the line after which it is False."
        raise Mistaken(
            "The number is right, but the chain is cut: the result has `requires_grad` False."
            f" {cut}"
        )
    if not reaches(result, celsius):
        others = len(leaves(result))
        raise Mistaken(
            f"The result has a history again, but it ends in {others} other leaf that you made on"
            " the way. `requires_grad=True` starts a new history. It does not mend the old one."
        )
    return "Right: `celsius` goes in as a tensor, stays a tensor, and the path back is whole."


@exercise(
    "02",
    "write",
    (
        "Start with `[tensor.grad_fn]`. Take a node out, note its name, add its `next_functions`.",
        "A node may be reached along several edges. Keep a list of the nodes you have seen.",
        "Skip `None` (a constant) and a node whose name ends in `AccumulateGrad` (a leaf). Note all"
        " others, each once.",
    ),
)
def op_names(answer):
    """Write a function: the names of all operation nodes behind a tensor, each node once."""
    torch = engine(answer)
    x = torch.tensor(2.0, requires_grad=True)
    shared = x + 1
    result = shared * shared * 5

    names = call(answer, result)
    if not isinstance(names, (list, tuple, set)) or not all(isinstance(n, str) for n in names):
        raise Mistaken(
            f"Names are asked for, a list of texts, and this is {shown(names)}. A node tells its"
            " name when you call `node.name()`, with parentheses."
        )
    names = sorted(names)
    if any(name.endswith("AccumulateGrad") for name in names):
        raise Mistaken(
            "AccumulateGrad stands for a leaf. It is no operation: leave it out. You know it by its"
            " `.variable`, or by the name of its class."
        )
    if list(call(answer, x)):
        raise Mistaken("A leaf has no operation behind it: for a leaf the list is empty.")
    if names == ["AddBackward0", "AddBackward0", "MulBackward0", "MulBackward0"]:
        raise Mistaken(
            "AddBackward0 is in your list twice: you walked a tree, and this is a graph. Two edges"
            " lead to that one node. Remember which nodes you have seen."
        )
    if names == ["AddBackward0", "MulBackward0"]:
        raise Mistaken(
            "Two different multiplications have the same name. Remember nodes, not names."
        )
    if "MulBackward0" not in names or names == ["MulBackward0"]:
        raise Mistaken(f"Some nodes are missing. Your walk found only {names}.")
    if names != ["AddBackward0", "MulBackward0", "MulBackward0"]:
        raise Mistaken(
            "For `(x + 1) * (x + 1) * 5` with a shared `x + 1` there are three operations:"
            f" one Add and two Mul. You found {names}."
        )

    branches = sorted(call(answer, x * 2 + (x - 1)))
    if len(branches) < 3 and set(branches) < {"AddBackward0", "MulBackward0", "SubBackward0"}:
        raise Mistaken(
            f"On `(x * 2) + (x - 1)` your walk found only {branches}: it missed a branch. The"
            " addition has two inputs, so two edges. Follow every pair in `next_functions`, not"
            " one of them."
        )
    if branches != ["AddBackward0", "MulBackward0", "SubBackward0"]:
        raise Mistaken(
            "On `(x * 2) + (x - 1)` there are three operations: one Add, one Mul and one Sub. You"
            f" found {branches}."
        )
    return "Right: one Add, two Mul. You walked a graph, and met every node once."
