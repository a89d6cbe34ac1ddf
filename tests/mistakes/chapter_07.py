"""Typical wrong answers to the exercises of chapter 07, `.data` and in-place writes."""

MISTAKES = [
    ("unseen_write", "10", "the product kept no copy of 5"),
    ("unseen_write", "6", "6 comes over one edge"),
    ("unseen_write", "25", "25 is y"),
    ("unseen_write", "36", "36 is 6 · 6"),
    ("unseen_write", "11", "one old and one new"),
    ("unseen_write", "0", "a gradient comes back"),
    ("unseen_write", "'12'", "without quotes"),
    ("unseen_write", "7", "Not 7."),
    ("writes", "4", "the one that nobody counts"),
    ("writes", "5", "5 counts every write"),
    ("writes", "2", "shares the counter"),
    ("writes", "1", "after the second line"),
    ("writes", "0", "counted all the same"),
    ("writes", "9", "Not 9."),
    (
        "take_step",
        """
def take_step(w):
    w -= 0.1 * w.grad
    return w
take_step
""",
        "would be on record",
    ),
    ("take_step", "lambda w: w - 0.1 * w.grad", "w itself is still 3"),
    (
        "take_step",
        """
def take_step(w):
    w = (w - 0.1 * w.grad).detach().requires_grad_()
    return w
take_step
""",
        "w itself is still 3",
    ),
    (
        "take_step",
        """
def take_step(w):
    w.data -= 0.1 * w.grad
    return w
take_step
""",
        "past the version counter",
    ),
    (
        "take_step",
        """
def take_step(w):
    with torch.no_grad():
        w += 0.1 * w.grad
    return w
take_step
""",
        "w is 3.6",
    ),
    (
        "take_step",
        """
def take_step(w):
    with torch.no_grad():
        w -= 0.1 * w.grad
    return w.detach()
take_step
""",
        "Return w.",
    ),
    (
        "take_step",
        """
def take_step(w):
    w.requires_grad_(False)
    w -= 0.1 * w.grad
    return w
take_step
""",
        "must stay a leaf that requires grad",
    ),
    (
        "without_first",
        """
def without_first(x):
    x[0] = 0
    return x
without_first
""",
        "You wrote into x itself",
    ),
    (
        "without_first",
        """
def without_first(x):
    y = x.detach()
    y[0] = 0
    return y
without_first
""",
        "x itself has changed",
    ),
    (
        "without_first",
        """
def without_first(x):
    y = x.detach().clone()
    y[0] = 0
    return y
without_first
""",
        "no path leads back to x",
    ),
    ("without_first", "lambda x: x[1:]", "this one has shape (2,)"),
    (
        "without_first",
        "lambda x: x - torch.tensor([4.0, 0.0, 0.0])",
        "came back as [1.0, 10.0, 100.0]",
    ),
    ("without_first", "2", "the function itself"),
    ("unseen_write", '"error"', "so no error comes"),
    ("unseen_write", "RuntimeError", "so no error comes"),
    (
        "take_step",
        """
@torch.no_grad()
def take_step(w):
    w -= 0.1 * w.grad
take_step
""",
        "needs a `return`",
    ),
]
