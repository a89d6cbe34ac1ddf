"""Exercises of chapter 04, gradient accumulation."""

from .core import Mistaken, call, close, engine, exercise, expect, number, tensor


@exercise(
    "04",
    "predict",
    (
        "Write `x.grad` down after each of the five lines. It begins as None.",
        "Each `backward()` adds the slope of its own loss. `zero_()` wipes out all before it.",
        "After `zero_()` two passes come: x · x brings 2·x, and x · 5 brings 5. x is 2.",
    ),
)
def tally(answer):
    """What is in `x.grad` after four passes with one `zero_()` between them."""
    expect(
        answer,
        9,
        {
            16: "16 = 3 + 4 + 4 + 5 adds all four passes. `zero_()` stands in the middle: the first"
            " two are wiped out.",
            5: "5 is the last pass alone. A pass does not overwrite `.grad`: it adds to it, and the"
            " pass before it brought 4.",
            4: "4 is what `x * x` brings after the zero. One more pass comes after it.",
            0: "`zero_()` is not the last line: two passes come after it.",
            20: "20 = 4 · 5. What two passes bring is added, not multiplied.",
            14: "14 = 4 + 10 is made of values. The pass brings slopes: that of 5 · x is 5.",
            7: "7 = 3 + 4 is there before `zero_()`. What is there after the last line?",
            13: "13 = 4 + 4 + 5: you kept a pass from before `zero_()`. It wipes out all of them.",
        },
        "Go line by line, and write down `x.grad` after each.",
    )
    return "Right: 3, then 7, then 0, then 4, then 9."


@exercise(
    "04",
    "predict",
    (
        "How often does the loop run, and is anything cleared in between?",
        "The slope of w · w · data with respect to w is 2 · w · data. w is 4 all the time: nobody"
        " takes a step.",
        "Three passes bring 8 · 1, 8 · 2 and 8 · 3.",
    ),
)
def shared_leaf(answer):
    """`w.grad` after passes of w · w · 1, w · w · 2 and w · w · 3, at w = 4."""
    expect(
        answer,
        48,
        {
            24: "24 is the last pass alone. Nothing was cleared, so the two before it are still"
            " there.",
            8: "8 is the first pass alone. Two more add to it.",
            16: "16 is the second pass alone. All three add up.",
            96: "96 is the sum of the three losses. `.grad` adds up slopes, not values.",
            3072: "3072 = 8 · 16 · 24. Passes add; only the steps along one path multiply.",
            6: "6 = 1 + 2 + 3. The slope of w · w is 2 · w, which is 8, and it multiplies each.",
            4: "The slope depends on w: that of w · w · data is 2 · w · data.",
        },
        "Work out the three slopes one by one, then add them.",
    )
    return "Right: 8 + 16 + 24 = 48, the slope of the sum of the three losses."


@exercise(
    "04",
    "fix",
    (
        "What is in `w.grad` when the second round begins?",
        "The optimizer can clear its parameters: `zero_grad()`. It has to happen once each round.",
        "Put it where `.grad` is no longer needed: after the step, or as the first line of the"
        " round.",
    ),
)
def descend(answer):
    """Repair the loop so that w ends close to 3."""
    w = tensor(call(answer), ())
    where = w.item()
    if close(where, 3 * (1 - 0.8**20)):
        return f"Right: each round sees its own slope only, and w comes to {where:.2f}."
    if close(where, SWING):
        raise Mistaken(
            f"w is at {where:.2f}: it ran past 3 and swings. Each pass adds to `.grad`, so every"
            " step still carries the slopes of all earlier rounds. Is it cleared in every round?"
        )
    if close(where, 0):
        raise Mistaken(
            "w did not move. If you clear between `backward()` and `step()`, the gradient is gone"
            " before it is used."
        )
    if abs(where - 3) < 0.5:
        raise Mistaken(
            f"w is at {where:.4f}, close to 3. But with the step size 0.1 and twenty rounds it"
            " should be at 2.9654: change nothing but the clearing."
        )
    raise Mistaken(f"w is at {where:.2f}, and the lowest place is 3.")


def _swing(rounds=20, rate=0.1):
    """Where the loop ends when no round clears."""
    w = grad = 0.0
    for _ in range(rounds):
        grad += 2 * (w - 3)
        w -= rate * grad
    return w


SWING = _swing()


@exercise(
    "04",
    "write",
    (
        "How much does one batch count in the mean over all samples? As much as it has samples.",
        "Clear `w.grad` first. Then, for each batch, scale its mean loss before `backward()`.",
        "The scale is `len(batch) / total`, where `total` is the number of samples in all batches.",
    ),
)
def in_parts(answer):
    """Write a function: the gradient of the mean over all samples, batch by batch."""
    torch = engine(answer)
    seen = []

    def mean_loss(w, batch):
        seen.append(len(batch))
        return (w * batch).mean() + 7  # so that a loss is never its own slope

    def run(*sizes, old=None):
        """What the answer returns for batches of 1, 2, 3, …, and what is right."""
        seen.clear()
        numbers = [float(n) for n in range(1, sum(sizes) + 1)]
        batches, start = [], 0
        for size in sizes:
            batches.append(torch.tensor(numbers[start : start + size]))
            start += size
        w = torch.tensor(1.0, requires_grad=True)
        if old is not None:
            w.grad = torch.tensor(old)
        got = call(answer, mean_loss, w, batches)
        means = [b.mean().item() for b in batches]
        return got, sum(numbers) / len(numbers), means

    got, right, means = run(2, 2)
    if not seen:
        raise Mistaken("Your function never called `mean_loss`.")
    if not close(got, right):
        if close(got, sum(means)):
            raise Mistaken(
                f"Two batches of two gave {sum(means):g}, and the mean over all four is {right:g}:"
                " you added the means. Each counts in part only: scale a loss before its pass."
            )
        if close(got, means[-1]):
            raise Mistaken(
                f"{means[-1]:g} is the last batch alone. Do not clear between the batches: let them"
                " add up."
            )
        if close(got, sum(means) / 4):
            raise Mistaken(
                f"{number(got):g} is {right:g} divided by 2 once more. Each loss is a mean already:"
                " what is its share of all samples?"
            )
        if close(got, means[-1] / 2):
            raise Mistaken(
                f"{number(got):g} comes from the last batch alone. Run a pass in each round, and"
                " clear before the first only."
            )
        if close(got, right + 7) or close(got, sum(means) + 14):
            raise Mistaken("That is a loss. Return the gradient that the passes left in `w.grad`.")
        raise Mistaken(f"Two batches of two should give {right:g}, and gave {number(got):g}.")
    if max(seen) > 2:
        raise Mistaken(
            "The number is right, but you put the batches together again. The point is that the"
            " graph of one batch at a time fits into memory: one pass for each."
        )
    got, right, means = run(3, 1)
    if close(got, sum(means) / 2):
        raise Mistaken(
            f"Batches of 3 and 1 gave {number(got):g}, and should give {right:g}. Dividing by the"
            " number of batches gives a single sample as much weight as three. Weigh a batch by"
            " its length."
        )
    if not close(got, right):
        raise Mistaken(f"Batches of 3 and 1 should give {right:g}, and gave {number(got):g}.")
    got, right, _ = run(3, 1, old=100.0)
    if not close(got, right):
        raise Mistaken(
            "`w.grad` held 100 before, and it is still in your result. Clear it once, before the"
            " first batch."
        )
    return "Right: cleared once, each batch weighed by its length, and the passes add up."
