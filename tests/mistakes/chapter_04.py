"""Typical wrong answers to the exercises of chapter 04, gradient accumulation."""

MISTAKES = [
    ("tally", "16", "16 = 3 + 4 + 4 + 5 adds all four"),
    ("tally", "5", "5 is the last pass alone"),
    ("tally", "4", "One more pass comes after it"),
    ("tally", "0", "`zero_()` is not the last line"),
    ("tally", "20", "20 = 4 · 5"),
    ("tally", "14", "made of values"),
    ("tally", "7", "there before `zero_()`"),
    ("tally", "13", "you kept a pass from before"),
    ("tally", "1", "Not 1."),
    ("shared_leaf", "24", "24 is the last pass alone"),
    ("shared_leaf", "8", "8 is the first pass alone"),
    ("shared_leaf", "16", "16 is the second pass alone"),
    ("shared_leaf", "96", "`.grad` adds up slopes, not values"),
    ("shared_leaf", "3072", "Passes add"),
    ("shared_leaf", "6", "it multiplies each"),
    ("shared_leaf", "4", "The slope depends on w"),
    ("shared_leaf", "1", "Not 1."),
    (
        "descend",
        """
def descend():
    w = torch.tensor(0.0, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.1)
    sgd.zero_grad()
    for _ in range(20):
        ((w - 3) ** 2).backward()
        sgd.step()
    return w
descend
""",
        "Is it cleared in every round?",
    ),
    (
        "descend",
        """
def descend():
    w = torch.tensor(0.0, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.1)
    for _ in range(20):
        ((w - 3) ** 2).backward()
        sgd.zero_grad()
        sgd.step()
    return w
descend
""",
        "between `backward()` and `step()`",
    ),
    (
        "descend",
        """
def descend():
    w = torch.tensor(0.0, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.3)
    for _ in range(20):
        sgd.zero_grad()
        ((w - 3) ** 2).backward()
        sgd.step()
    return w
descend
""",
        "change nothing but the clearing",
    ),
    ("descend", "lambda: torch.tensor(1.0)", "the lowest place is 3"),
    ("descend", "lambda: 3.0", "A tensor is asked for"),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    w.grad = None
    for batch in batches:
        mean_loss(w, batch).backward()
    return w.grad
in_parts
""",
        "you added the means",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    for batch in batches:
        w.grad = None
        mean_loss(w, batch).backward()
    return w.grad
in_parts
""",
        "3.5 is the last batch alone",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    w.grad = None
    mean_loss(w, torch.cat(batches)).backward()
    return w.grad
in_parts
""",
        "put the batches together again",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    w.grad = None
    for batch in batches:
        (mean_loss(w, batch) / len(batches)).backward()
    return w.grad
in_parts
""",
        "Weigh a batch by its length",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    total = sum(len(batch) for batch in batches)
    for batch in batches:
        (mean_loss(w, batch) * len(batch) / total).backward()
    return w.grad
in_parts
""",
        "it is still in your result",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    w.grad = None
    for batch in batches:
        mean_loss(w, batch)
    return w.grad
in_parts
""",
        "A `.grad` is None until",
    ),
    ("in_parts", "lambda mean_loss, w, batches: w * 2.5", "never called `mean_loss`"),
    ("in_parts", "2.5", "the function itself"),
    (
        "in_parts",
        "lambda mean_loss, w, batches: sum(mean_loss(w, b) * len(b) for b in batches) / 4",
        "That is a loss",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    for batch in batches:
        mean_loss(w, batch).backward()
    return w.grad / sum(map(len, batches))
in_parts
""",
        "Each loss is a mean already",
    ),
    (
        "in_parts",
        """
def in_parts(mean_loss, w, batches):
    for batch in batches:
        loss = mean_loss(w, batch) / len(batches)
    loss.backward()
    return w.grad
in_parts
""",
        "Run a pass in each round",
    ),
]
