"""Typical wrong answers to the exercises of chapter 03, backward."""

MISTAKES = [
    ("gears", "12", "12 is ∂L/∂b"),
    ("gears", "36", "36 is L itself"),
    ("gears", "32", "at a = 4"),
    ("gears", "8", "at x = 1"),
    ("gears", "17", "Along one path the slopes multiply"),
    ("gears", "24", "A 2 is missing"),
    ("gears", "96", "as a slope of 2"),
    ("gears", "4", "4 is the slope of the first step alone"),
    ("gears", "5", "Not 5."),
    ("two_paths", "18", "You overwrote instead of adding: 18 is one path, there are two"),
    ("two_paths", "324", "324 = 18 · 18"),
    ("two_paths", "54", "54 is L itself"),
    ("two_paths", "6", "6 is what arrives at `x * x`"),
    ("two_paths", "12", "12 = 6 · 2"),
    ("two_paths", "9", "Not 9."),
    ("order", "['L', 'a', 'b']", "`a` ran too early"),
    ("order", "['a', 'b', 'L']", "The backward pass starts at L"),
    ("order", "['L']", "Put the three names"),
    (
        "by_hand",
        """
def by_hand(x):
    a, b = 2 * x, x + 1
    grad_x = b * 2
    grad_x = a * 1
    return grad_x
by_hand
""",
        "You overwrote instead of adding: 6 is one path",
    ),
    ("by_hand", "lambda x: (x + 1) * 2", "8 is one path"),
    ("by_hand", "lambda x: (x + 1) * 2 * 2 * x", "48 = 8 · 6"),
    ("by_hand", "lambda x: 14", "for every x"),
    ("by_hand", "lambda x: 3 * x", "the function says 9"),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x).backward()
    return x.grad
slope
""",
        "still a tensor",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    return f(x).item()
slope
""",
        "18 is f(2) itself",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(at, requires_grad=True)
    f(x).backward()
    return x.grad.item()
slope
""",
        "`slope(f, 2)` fails",
    ),
    (
        "slope",
        """
kept = torch.tensor(2.0, requires_grad=True)
def slope(f, at):
    f(kept).backward()
    return kept.grad.item()
slope
""",
        "a gradient was left over",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    (x * x * x + 5 * x).backward()
    return x.grad.item()
slope
""",
        "right for one f only",
    ),
    ("slope", "lambda f, at: (f(at + 1e-6) - f(at)) / 1e-6", "that is a difference quotient"),
    ("slope", "lambda f, at: f(at + 1e-20j).imag / 1e-20", "17 is right, but no backward pass ran"),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x)
    return x.grad
slope
""",
        "A `.grad` is None until a backward pass has run",
    ),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x)
    return x.grad.item()
slope
""",
        "No backward pass came back",
    ),
    ("slope", "lambda f, at: (f(at + 0.001) - f(at)) / 0.001", "a small step gives an estimate"),
    ("slope", "lambda f, at: 1.0", "your function says 1"),
    ("slope", "2.0", "the function itself"),
    (
        "slope",
        """
def slope(f, at):
    x = torch.tensor(float(at), requires_grad=True)
    f(x).backward(torch.tensor(2.0))
    return x.grad.item()
slope
""",
        "34 = 2 · 17",
    ),
    ("by_hand", "lambda x: -(2 * (x + 1) + 2 * x)", "wrong sign"),
]
