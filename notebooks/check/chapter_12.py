"""Exercises of chapter 12, build your own engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .core import Mistaken, Unanswered, call, exercise, expect, function, shown
from .mutants import MUTANTS, Sound


def _array(numbers: Any) -> Any:
    import numpy

    try:
        return numpy.asarray(numbers, dtype=float)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise Mistaken(f"Numbers are asked for, and this is {shown(numbers)}.") from None


def _same(got: Any, right: Any) -> bool:
    """Whether two arrays have one shape and, to four digits, the same numbers."""
    import numpy

    got, right = _array(got), _array(right)
    return got.shape == right.shape and numpy.allclose(got, right, rtol=1e-4, atol=1e-6)


def _operation(answer: Any, *inputs: Any) -> tuple[Any, Callable]:
    """What an operation returns: its output, and its rule."""
    made = call(answer, *inputs)
    if not isinstance(made, tuple) or len(made) != 2:
        raise Mistaken("Return two things: the output, and the rule.")
    if made[0] is ...:
        raise Unanswered
    if not callable(made[1]):
        raise Mistaken("The second thing is the rule itself, a function. Do not call it yet.")
    return made


def _sent(rule: Callable, received: Any, count: int) -> tuple:
    """What a rule sends to each of `count` inputs."""
    sent = rule(received)
    if sent is ... or (isinstance(sent, tuple) and any(each is ... for each in sent)):
        raise Unanswered
    if not isinstance(sent, (tuple, list)) or len(sent) != count:
        raise Mistaken(f"The rule sends one gradient to each input: {count} in a tuple.")
    return tuple(sent)


@exercise(
    "12",
    "write",
    (
        "The output is the product. The rule needs the two factors: it finds them as `a` and `b`,"
        " for a function sees the names around it.",
        "Sent = received × local derivative. Which number is the local derivative of a · b with"
        " respect to a?",
        "To a goes what was received times b; to b goes what was received times a.",
    ),
)
def times(answer):
    """Write the operation a · b: its output, and its rule."""
    output, rule = _operation(answer, _array(3.0), _array(5.0))
    if not _same(output, 15):
        raise Mistaken(f"3 · 5 is 15, and your output is {output}.")
    first, second = _sent(rule, _array(1.0), 2)
    if _same(first, 1) and _same(second, 1):
        raise Mistaken(
            "That is the rule of `plus`: a product does not pass a gradient on as it is."
        )
    if _same(first, 3) and _same(second, 5):
        raise Mistaken("The other way round: if a moves by 1, a · b moves by b.")
    if not (_same(first, 5) and _same(second, 3)):
        raise Mistaken(
            f"At a = 3 and b = 5 a received 1 becomes 5 and 3. Yours: {first} and {second}."
        )
    first, second = _sent(rule, _array(10.0), 2)
    if not (_same(first, 50) and _same(second, 30)):
        raise Mistaken(
            "Right when 1 is received, wrong when 10 is: the rule forgets what it received. Sent ="
            " received × local derivative."
        )
    _, rule = _operation(answer, _array([1, 2]), _array([3, 4]))
    if not _same(_sent(rule, _array([1, 1]), 2)[0], [3, 4]):
        raise Mistaken("Right for numbers, wrong for arrays.")
    return "Right: the output now, and a rule for later that still knows both factors."


class _Step:
    """A value with a name, and the values it was made from."""

    def __init__(self, name: str, *parents: _Step) -> None:
        self.name, self.parents = name, parents
        self.rule: Any = None
        self.grad: Any = None
        self.data: Any = None

    def __repr__(self) -> str:
        return self.name


def _judge_order(found: Any, last: _Step, everything: list[_Step], example: str) -> None:
    if not isinstance(found, (list, tuple)) or any(not isinstance(v, _Step) for v in found):
        raise Mistaken(f"Return a list of values. This is {shown(found)}.")
    if len(set(found)) < len(found):
        twice = next(v for v in found if list(found).count(v) > 1)
        raise Mistaken(f"{example}: {list(found)}. `{twice}` is there twice. It may run only once.")
    missing = [v for v in everything if v not in found]
    if missing:
        raise Mistaken(f"{example}: {list(found)}. `{missing[0]}` is missing.")
    if found[0] is not last:
        raise Mistaken(
            f"{example}: {list(found)}. The pass starts at `{last}`, so `{last}` comes first. Is"
            " the whole list the wrong way round?"
        )
    for value in found:
        for parent in value.parents:
            if found.index(parent) < found.index(value):
                raise Mistaken(
                    f"{example}: {list(found)}. `{parent}` runs before `{value}`, which was made"
                    f" from it and has still a gradient to send. `{parent}` must wait."
                )


@exercise(
    "12",
    "write",
    (
        "Count for every value how often it was used. It may run when that many have run.",
        "Two walks. The first meets every value once, and counts its uses. The second starts with"
        " `last`, takes a value that waits for nobody, and counts down at its parents.",
        "Second walk: `ready = [last]`. While there is one: take it out, append it to the result,"
        " and subtract 1 at each parent. A parent that comes to 0 is ready.",
    ),
)
def in_order(answer):
    """Write the order of a backward pass: each value after all values that used it, each once."""
    x = _Step("x")
    a = _Step("a", x)
    L = _Step("L", a)
    _judge_order(call(answer, L), L, [x, a, L], "For L ← a ← x your list is")
    square = _Step("L", x, x)
    _judge_order(call(answer, square), square, [x, square], "For L = x · x your list is")
    for swapped in (False, True):
        b = _Step("b", a)
        L = _Step("L", b, a) if swapped else _Step("L", a, b)
        said = "For L = b · a" if swapped else "For L = a · b"
        said += ", where b was made from a, your list is"
        _judge_order(call(answer, L), L, [x, a, b, L], said)
    c = _Step("c", a)
    d = _Step("d", b, c)
    L = _Step("L", a, d, x)
    _judge_order(call(answer, L), L, [x, a, b, c, d, L], "For a larger graph your list is")
    for _ in range(30):  # doublings: a million paths for each twenty
        L = _Step("more", L, L)
    call(answer, L)
    for _ in range(3000):
        L = _Step("more", L)
    try:
        call(answer, L)
    except RecursionError:
        return (
            "Right, and by recursion. It stops at about a thousand values in a row; a loop would go"
            " on for ever. (`in_order` in the solutions is one.)"
        )
    return "Right: every value once, and none before its gradient is complete."


def _leaf_and_chain() -> tuple[_Step, _Step, _Step]:
    """x → a = 2x → L = 3a, with rules."""
    x, a, L = _Step("x"), None, None
    a = _Step("a", x)
    L = _Step("L", a)
    x.data, a.data, L.data = _array(5.0), _array(10.0), _array(30.0)
    a.rule, L.rule = (lambda g: (g * 2,)), (lambda g: (g * 3,))
    return x, a, L


def _run(answer: Any, ordered: list[_Step]) -> None:
    try:
        call(answer, ordered)
    except Mistaken as mistake:
        if "`None`" not in str(mistake):  # it shall return nothing
            raise


@exercise(
    "12",
    "write",
    (
        "Three parts: forget, start, go. Forget: a value that has parents starts from None. Start:"
        " the first of the list gets ones. Go: a loop over the list.",
        "In the loop: `value.rule(value.grad)` gives one gradient for each of `value.parents`. A"
        " leaf has no rule.",
        "At a parent: if its grad is None, what was sent becomes its grad; else its grad becomes"
        " grad + sent. Do not use `+=`: it writes into an array that others may share.",
    ),
)
def go_back(answer):
    """Write the backward pass over values that are in order."""
    function(answer)
    x, a, L = _leaf_and_chain()
    try:
        _run(answer, [L, a, x])
    except TypeError as error:
        if "NoneType" not in str(error):
            raise
        if L.grad is not None and "+" in str(error):
            raise Mistaken(
                f"Your code stopped with TypeError: {error}. Nothing can be added to None: the"
                " first gradient that comes to a parent is the sum so far; later ones are added."
            ) from None
        if L.grad is not None:
            raise Mistaken(
                f"Your code stopped with TypeError: {error}. L has its 1, but `.grad` of its parent"
                " is still None: what a rule sends goes to a parent."
            ) from None
        raise Mistaken(
            f"Your code stopped with TypeError: {error}. A `.grad` is None until the first gradient"
            " has come, and at L nothing comes: there you put the 1."
        ) from None
    if x.grad is None:
        raise Mistaken("After the pass `x.grad` is None. What a rule sends goes to a parent.")
    if _same(x.grad, 180):
        raise Mistaken("180 = 30 · 6: you started with the value of L. Start with 1: ∂L/∂L = 1.")
    if not _same(x.grad, 6):
        raise Mistaken(f"For a = 2x and L = 3a the gradient of x is 6, and yours is {x.grad}.")

    x = _Step("x")
    L = _Step("L", x, x)
    x.data, L.data = _array(3.0), _array(9.0)
    L.rule = lambda g: (g * 3, g * 3)
    _run(answer, [L, x])
    if _same(x.grad, 3):
        raise Mistaken(
            "You overwrote instead of adding: for L = x · x at 3 two gradients of 3 come to x, and"
            " 3 is all that is left."
        )
    _run(answer, [L, x])
    if _same(x.grad, 6):
        raise Mistaken(
            "After a second pass `x.grad` must be 12: a leaf adds up over the passes. Yours"
            " forgot the first."
        )

    x, a, L = _leaf_and_chain()
    _run(answer, [L, a, x])
    _run(answer, [L, a, x])
    if _same(x.grad, 18):
        raise Mistaken(
            "A second pass must add 6 to `x.grad`, and yours adds 12: `a` still had its gradient"
            " of the first pass. What lies between starts from nothing in each pass."
        )
    if not _same(x.grad, 12):
        raise Mistaken(f"After two passes `x.grad` must be 6 + 6 = 12, and yours is {x.grad}.")

    x, y = _Step("x"), _Step("y")
    a = _Step("a", x, y)
    L = _Step("L", a, x)
    x.data, y.data, a.data, L.data = _array([1]), _array([2]), _array([3]), _array([4])
    a.rule = L.rule = lambda g: (g, g)
    _run(answer, [L, a, x, y])
    if _array(x.grad).shape != (1,):
        raise Mistaken(
            "A gradient has the shape of its value, here (1,), and yours has shape"
            f" {_array(x.grad).shape}. Start with ones in the shape of L: `np.ones_like`."
        )
    if not (_same(x.grad, [2]) and _same(y.grad, [1])):
        raise Mistaken(
            "For a = x + y and L = a + x the gradients are 2 and 1, and yours are"
            f" {x.grad} and {y.grad}. A sum sends one array to both its inputs, and `+=`"
            " wrote into it."
        )
    return "Right: forget what lies between, start with 1, send and add."


@exercise(
    "12",
    "predict",
    (
        "In the forward pass each of the three numbers was copied: how many times?",
        "Paths add. From one number of the bias there are four paths to the sum, one in each row.",
        "Four rows, and each brings a gradient of 1 to the number above it.",
    ),
)
def bias_gradient(answer):
    """Each number in the gradient of a bias of shape (3,), added to 4 rows and summed."""
    expect(
        answer,
        4,
        {
            1: "1 comes from each row. There are four rows, and paths add.",
            12: "12 is all that arrives, over all three numbers. Each number of the bias gets the"
            " share of its own column.",
            3: "You added along the rows: three numbers stand in a row. The bias was copied down,"
            " so what comes back is added down the column.",
            0.25: "0.25 would be a mean over the rows. Here is a sum: paths add.",
        },
        "How many rows did one number of the bias go to?",
    )
    return "Right: one number was copied into four rows, so four gradients of 1 come back."


@exercise(
    "12",
    "write",
    (
        "Where the forward pass copied, the backward pass adds. numpy copies in two cases: an axis"
        " that is missing in front, and an axis of length 1.",
        "First add over the axes in front that `shape` lacks: `grad.ndim - len(shape)` of them."
        " Then over each axis that is 1 in `shape`, and keep it.",
        "`grad.sum(axis=…)` takes a tuple of axes. `keepdims=True` keeps an axis with length 1.",
    ),
)
def shrink(answer):
    """Write `shrink(grad, shape)`: what was copied by broadcasting is added up again."""
    cases = [
        ((4, 3), (4, 3), "the shapes are equal: nothing to do"),
        ((4, 3), (3,), "an axis is missing in front: add down the rows"),
        ((4, 3), (), "the input was one number: add everything"),
        ((4, 3), (4, 1), "an axis of length 1 was stretched: add along it, and keep it"),
        ((4, 3), (1, 3), "an axis of length 1 was stretched: add along it, and keep it"),
        ((2, 4, 3), (4, 1), "both at once: one axis missing, one stretched"),
        ((1, 3), (3,), "an axis is missing in front, even if it is 1 long"),
        ((1, 3), (1, 3), "the shapes are equal: nothing to do"),
    ]
    for grad, shape, why in cases:
        numbers = _ramp(grad)
        got = _array(call(answer, numbers, shape))
        if got.shape != shape:
            raise Mistaken(
                f"A gradient of shape {grad} for an input of shape {shape} came out as {got.shape}."
                f" Here {why}."
            )
        right = Sound(_ramp(shape)).fit(numbers)
        if _same(got, right):
            continue
        if _same(got * numbers.size / right.size, right):
            raise Mistaken(f"From {grad} to {shape} you took a mean. Paths add: take the sum.")
        raise Mistaken(
            f"From {grad} to {shape} the shape is right and the numbers are not: some were thrown"
            f" away, or mixed. Here {why}."
        )
    return "Right: copied on the way forward, added on the way back."


def _ramp(shape: tuple) -> Any:
    """An array of `shape` that counts 0, 1, 2, …"""
    import numpy

    return numpy.arange(float(numpy.prod(shape))).reshape(shape)


@exercise(
    "12",
    "write",
    (
        "a is (n, k), b is (k, m), the output is (n, m), and so is what the rule receives.",
        "What goes to a must have the shape of a, (n, k). From (n, m) and (k, m) there is one way"
        " to get it: transpose b.",
        "To a: received @ b.T. To b, in the same way: (k, m) from (n, k) and (n, m).",
    ),
)
def matmul(answer):
    """Write the operation a @ b: its output, and its rule."""
    a, b = _array([[1, 2, 3], [4, 5, 6]]), _array([[1, 0], [2, 1], [0, 3]])
    output, rule = _operation(answer, a, b)
    if not _same(output, a @ b):
        raise Mistaken(
            "The output is not a @ b."
            if _array(output).shape == (2, 2)
            else f"(2, 3) @ (3, 2) has shape (2, 2), and your output has {_array(output).shape}."
        )
    received = _array([[1, 10], [100, 1000]])
    try:
        to_a, to_b = _sent(rule, received, 2)
    except ValueError as error:
        raise Mistaken(
            f"Your rule stopped with ValueError: {error}. Write the shapes down: received is"
            " (2, 2), a is (2, 3), b is (3, 2). One of them has to be transposed."
        ) from None
    for name, sent, right, like in (("a", to_a, received @ b.T, a), ("b", to_b, a.T @ received, b)):
        if _array(sent).shape != like.shape:
            raise Mistaken(
                f"{name} has shape {like.shape}, and your rule sends it {_array(sent).shape}. Are"
                " the two the other way round?"
            )
        if _same(sent, b.T if name == "a" else a.T):
            raise Mistaken(f"What goes to {name} does not depend on what the rule received.")
        if not _same(sent, right):
            raise Mistaken(
                f"What goes to {name} has the right shape, and other numbers. The order of a matrix"
                " product matters, and so does which of the two is transposed."
            )
    return "Right: the other factor, transposed, on the side where it stood."


def _outcome(answer: Any, Value: type) -> tuple[list, list]:
    """The gradients that a learner's program finds with an engine: (leaves, their gradients)."""
    made = call(answer, Value)
    leaves = list(made) if isinstance(made, (tuple, list)) else [made]
    if any(leaf is ... for leaf in leaves):
        raise Unanswered
    for leaf in leaves:
        if not isinstance(leaf, Sound):
            raise Mistaken(
                "Return the leaf whose gradient is wrong: the Value itself"
                + (", not its `.grad`." if hasattr(leaf, "shape") else ".")
            )
        if leaf.grad is None:
            raise Mistaken("`.grad` of what you return is None: no backward pass came to it.")
    return leaves, [leaf.grad for leaf in leaves]


class _Witness(Sound):
    """The sound engine, taking notes of what a program did."""

    made_here: list
    passes: list

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self.made_here.append(self)

    def backward(self) -> None:
        self.passes.append(self)
        super().backward()


def _exposed(answer: Any, name: str, why_not: Callable[[list, list], str]) -> str:
    """Praise if the learner's program tells the mutant from the sound engine."""
    Notes = type("Value", (_Witness,), {"made_here": [], "passes": []})
    try:
        _, truth = _outcome(answer, Notes)
    except RecursionError:
        raise Mistaken("That many values in a row are too many for this exercise.") from None
    try:
        _, seen = _outcome(answer, MUTANTS[name])
    except ValueError as error:  # the shapes no longer fit
        return f"Right: exposed. The mutant stops with ValueError: {error}"
    for right, got in zip(truth, seen):
        if not _same(right, got):
            return f"Right: exposed. The truth is {_text(right)}, and the mutant says {_text(got)}."
    raise Mistaken(why_not(Notes.made_here, Notes.passes))


def _text(gradient: Any) -> str:
    shown = f"{gradient.tolist()}"
    return shown if gradient.ndim == 0 or len(shown) < 40 else f"an array of shape {gradient.shape}"


def _uses(made: list) -> dict:
    """How often each value was used in an operation."""
    return {v: sum(parent is v for w in made for parent in w.parents) for v in made}


@exercise(
    "12",
    "write",
    (
        "A value in the middle, used twice. One of its two gradients must come later than the"
        " other.",
        "Make b from a, and L from both. Then a has a gradient from L at once, and one from b"
        " later.",
        "Chapter 03: `a = x * 2`, `b = a + 1`, `L = a * b`. The order of the factors counts.",
    ),
)
def hasty(answer):
    """Write a program on which the engine that cannot wait is wrong."""

    def why_not(made: list, passes: list) -> str:
        uses = _uses(made)
        if not any(n > 1 for n in uses.values()):
            return (
                "Hasty is right: in your graph each value is used once, so there is nothing to wait"
                " for."
            )
        if not any(n > 1 and v.parents for v, n in uses.items()):
            return (
                "Hasty is right: only a leaf is used twice, and a leaf sends nothing on. Let a"
                " *computed* value be used twice."
            )
        return (
            "Hasty is right, and was lucky. A computed value is used twice, but both gradients are"
            " there before it runs. Hasty looks at the first input first: let the short way come"
            " before the long one."
        )

    return _exposed(answer, "hasty", why_not)


@exercise(
    "12",
    "write",
    (
        "Overwriter keeps the last gradient that comes. When do two come?",
        "A value that is used twice gets two gradients.",
        "The shortest program has one leaf and one operation.",
    ),
)
def overwriter(answer):
    """Write a program on which the engine that overwrites is wrong."""

    def why_not(made: list, passes: list) -> str:
        if not any(n > 1 for n in _uses(made).values()):
            return (
                "Overwriter is right: in your program each value is used once, so one gradient"
                " comes, and nothing is lost."
            )
        return (
            "Overwriter is right about the leaf that you return: all that was lost was a 0, or was"
            " lost elsewhere. Return the leaf that is used twice, or one behind it."
        )

    return _exposed(answer, "overwriter", why_not)


@exercise(
    "12",
    "fix",
    (
        "With s for the output, the derivative of the sigmoid is s · (1 − s).",
        "At a = 0 the output is 0.5 and the slope 0.25. What does the rule say there, and why?",
        "The rule uses the input where the formula has the output.",
    ),
)
def sigmoid(answer):
    """Repair the operation sigmoid: its output, and its rule."""
    output, rule = _operation(answer, _array(0.0))
    if not _same(output, 0.5):
        raise Mistaken("The output was right as it stood. Only the rule is wrong.")
    (sent,) = _sent(rule, _array(1.0), 1)
    if _same(sent, 0):
        raise Mistaken(
            "At a = 0 the rule sends 0, and the curve is at its steepest there, 0.25. The formula"
            " s · (1 − s) means the output s; the rule puts the input a in its place."
        )
    if _same(sent, 0.5):
        raise Mistaken("At a = 0 the rule sends 0.5, twice too much. The formula has two factors.")
    if not _same(sent, 0.25):
        raise Mistaken(f"At a = 0 the slope is 0.25, and your rule sends {sent}.")
    if not _same(_sent(rule, _array(8.0), 1)[0], 2):
        raise Mistaken("Right when 1 is received, wrong when 8 is: what was received is missing.")
    output, rule = _operation(answer, _array(2.0))
    if not _same(_sent(rule, _array(1.0), 1)[0], 0.10499):
        raise Mistaken("Right at a = 0 only. At a = 2 the slope is 0.105.")
    return "Right: this rule needs the output, so it is the output that a node has to save."


@exercise(
    "12",
    "write",
    (
        "Broadcasting: the inputs of one operation have different shapes.",
        "Look at the smaller of the two. Its gradient must have its own shape.",
        "A leaf of shape () times a leaf of shape (3,), then `sum()`. Return the smaller leaf.",
    ),
)
def spreader(answer):
    """Write a program on which the engine that does not un-broadcast is wrong."""

    def why_not(made: list, passes: list) -> str:
        if not any(len({p.data.shape for p in v.parents}) > 1 for v in made):
            return (
                "Spreader is right: wherever two values meet in your program, their shapes are"
                " equal, and nothing is copied."
            )
        return (
            "Spreader is right about the leaf that you return: that leaf was not copied. Return"
            " the smaller one of the two that meet."
        )

    return _exposed(answer, "spreader", why_not)


@exercise(
    "12",
    "write",
    (
        "Hoarder's first pass is right. So one pass is not enough.",
        "The same graph, twice: `L.backward()` and again `L.backward()`. Something between L and"
        " the leaf must still hold what the first pass brought.",
        "x → a → L, with a in the middle. Two passes from L. In a sound engine x gets twice the"
        " gradient of one pass.",
    ),
)
def hoarder(answer):
    """Write a program on which the engine that keeps stale gradients is wrong."""

    def why_not(made: list, passes: list) -> str:
        if len(passes) < 2:
            return "Hoarder is right: in its first pass nothing is stale yet. Run a second one."
        if not any(p is q for i, p in enumerate(passes) for q in passes[:i]):
            return (
                "Hoarder is right: each of your passes runs on a graph of its own, whose values are"
                " new. Make one graph, and run it twice."
            )
        return (
            "Hoarder is right: between L and the leaf there is no other value. L itself starts with"
            " 1 each time. Put a step between."
        )

    return _exposed(answer, "hoarder", why_not)
