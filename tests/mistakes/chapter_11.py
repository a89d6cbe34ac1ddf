"""Typical wrong answers to the exercises of chapter 11, training a network."""

LOOP = """
def loop(net, optimizer, loss_fn, x, y, steps):
    for _ in range(steps):
        {}
    return net
loop
"""
ROUND = """
def train_step(net, optimizer, loss_fn, x, y):
    {}
train_step
"""
CLEAR, FORWARD, BACKWARD, STEP = (
    "optimizer.zero_grad()",
    "loss = loss_fn(net(x), y)",
    "loss.backward()",
    "optimizer.step()",
)


def rounds(*lines):
    return LOOP.format("\n        ".join(lines))


def one_round(*lines):
    return ROUND.format("\n    ".join(lines))


MISTAKES = [
    ("one_step", "18", "18 is ∂L/∂w"),
    ("one_step", "1.8", "the length of the step"),
    ("one_step", "3.8", "uphill"),
    ("one_step", "-16", "the whole gradient"),
    ("one_step", "1.4", "the 3 in front of w is missing"),
    ("one_step", "1.1", "L itself"),
    ("one_step", "1", "where L is smallest"),
    ("one_step", "7", "Not 7."),
    ("loop", rounds(FORWARD, BACKWARD, CLEAR, STEP), "already cleared"),
    ("loop", rounds(FORWARD, BACKWARD, STEP), "nobody clears"),
    ("loop", rounds(CLEAR, FORWARD, STEP, BACKWARD), "already cleared"),
    ("loop", rounds(STEP, FORWARD, BACKWARD), "each step follows old gradients"),
    ("loop", rounds(CLEAR, FORWARD, BACKWARD, STEP, STEP), "each of them once"),
    (
        "loop",
        """
def loop(net, optimizer, loss_fn, x, y, steps):
    loss = loss_fn(net(x), y)
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net
loop
""",
        "must run in every round",
    ),
    ("train_step", one_round(CLEAR, FORWARD, BACKWARD, STEP, "return loss"), "its whole graph"),
    ("train_step", one_round(CLEAR, FORWARD, BACKWARD, STEP), "returns `None`"),
    ("train_step", one_round(FORWARD, BACKWARD, STEP, "return loss.item()"), "nobody clears"),
    ("train_step", one_round(CLEAR, FORWARD, "return loss.item()"), "where it was"),
    (
        "train_step",
        one_round(CLEAR, FORWARD, BACKWARD, STEP, "return loss_fn(net(x), y).item()"),
        "again after the step",
    ),
    (
        "train_step",
        one_round(CLEAR, FORWARD, BACKWARD, STEP, "return 0.5"),
        "the same number in every round",
    ),
    ("accuracy", "lambda net, x, y: ((net(x) > 0) == (y > 0)).sum().item()", "6 counts"),
    (
        "accuracy",
        "lambda net, x, y: ((net(x) > 0) == (y > 0)).float().mean().item()",
        "a graph was built",
    ),
    (
        "accuracy",
        "lambda net, x, y: ((net(x) > 0.5) == (y > 0)).float().mean().item()",
        "its sign decides",
    ),
    (
        "accuracy",
        "lambda net, x, y: ((net(x) > 0) != (y > 0)).float().mean().item()",
        "share of wrong answers",
    ),
    ("accuracy", "lambda net, x, y: (net(x) == y).float().mean().item()", "None is right?"),
    ("accuracy", "lambda net, x, y: (net(x) > 0) == (y > 0)", "this has shape (8, 1)"),
    (
        "accuracy",
        "lambda net, x, y: 100 * ((net(x) > 0) == (y > 0)).float().mean().item()",
        "75 is per cent",
    ),
]
