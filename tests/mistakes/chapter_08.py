"""Typical wrong answers to the exercises of chapter 08, `retain_graph` and `create_graph`."""

ROLLING = """
def rolling(w):
    state = torch.tensor(1.0)
    for _ in range(3):
        {body}
    return w.grad
rolling
"""

NTH = """
def nth(f, at, n):
    x = torch.tensor(float(at), requires_grad=True)
    value = f(x)
    for _ in range(n):
        {body}
    return {result}
nth
"""

MISTAKES = [
    ("curvature", "39", "39 is the first derivative"),
    ("curvature", "45", "45 is y"),
    ("curvature", "18", "a second term, 4x"),
    ("curvature", "4", "has 3x² too"),
    ("curvature", "78", "two passes that accumulate"),
    ("curvature", "61", "nothing accumulates"),
    ("curvature", "1", "Not 1."),
    ("kept", "27", "27 is one pass"),
    ("kept", "18", "18 is the second derivative"),
    ("kept", "45", "`retain_graph` is not `create_graph`"),
    ("kept", "729", "729 = 27 · 27"),
    ("kept", "0", "does not wipe out"),
    ("kept", "9", "which is 27 at 3"),
    ("kept", "1", "Not 1."),
    (
        "rolling",
        ROLLING.format(body="state = state * w; state.backward()"),
        "Where should the past of the state end?",
    ),
    (
        "rolling",
        ROLLING.format(body="state = state * w; state.backward(retain_graph=True)"),
        "cut the past off rather than keep it",
    ),
    (
        "rolling",
        ROLLING.format(body="state = (state * w).detach(); state.backward()"),
        "You cut the state off *before* the pass",
    ),
    (
        "rolling",
        """
def rolling(w):
    state = torch.tensor(1.0)
    for _ in range(3):
        state = state * w
    state.backward()
    return w.grad
rolling
""",
        "one pass at the end",
    ),
    (
        "rolling",
        ROLLING.format(
            body="w.grad = None; state = state * w; state.backward(); state = state.detach()"
        ),
        "4 is the last round alone",
    ),
    (
        "rolling",
        ROLLING.format(body="state = torch.tensor(1.0) * w; state.backward()"),
        "should be carried on",
    ),
    ("rolling", "lambda w: torch.tensor(5.0)", "you return 5"),
    (
        "nth_derivative",
        """
def nth_derivative(f, at, n):
    return (f(at + 1e-4) - f(at - 1e-4)) / 2e-4
nth_derivative
""",
        "f works on tensors",
    ),
    (
        "nth_derivative",
        NTH.format(body="(value,) = torch.autograd.grad(value, x)", result="value.item()"),
        "Which flag puts the pass itself on record?",
    ),
    (
        "nth_derivative",
        NTH.format(
            body="(value,) = torch.autograd.grad(value, x, retain_graph=True)",
            result="value.item()",
        ),
        "Which flag puts the pass itself on record?",
    ),
    (
        "nth_derivative",
        NTH.format(body="value.backward()", result="x.grad.item()"),
        "The engine refuses a second pass",
    ),
    (
        "nth_derivative",
        NTH.format(body="value.backward(retain_graph=True)", result="x.grad.item()"),
        "the first derivative, 2 times",
    ),
    (
        "nth_derivative",
        NTH.format(
            body="(value,) = torch.autograd.grad(value, x, create_graph=True)", result="value"
        ),
        "still a tensor",
    ),
    (
        "nth_derivative",
        NTH.format(
            body="found = torch.autograd.grad(value, x, create_graph=True)",
            result="found if n else value",
        ),
        "Take it out",
    ),
    (
        "nth_derivative",
        """
def nth(f, at, n):
    x = torch.tensor(float(at), requires_grad=True)
    value = f(x)
    for _ in range(n - 1):
        (value,) = torch.autograd.grad(value, x, create_graph=True)
    return value.item()
nth
""",
        "you return derivative number 0",
    ),
    (
        "nth_derivative",
        NTH.format(
            body="first = torch.autograd.grad(value, x, create_graph=True)[0]",
            result="first.item() if n else value.item()",
        ),
        "5 is the first derivative, whatever n is",
    ),
    (
        "nth_derivative",
        NTH.format(
            body="(value,) = torch.autograd.grad(value, x, create_graph=True)",
            result="value.item()",
        ).replace("value = f(x)", "value = x**5"),
        "right for x⁵ only",
    ),
    ("nth_derivative", "lambda f, at, n: 7.0", "you return 7"),
    ("nth_derivative", "2.0", "the function itself"),
    (
        "nth_derivative",
        """
def nth_derivative(f, at, n):
    x = torch.tensor(float(at), requires_grad=True)
    y = f(x)
    for _ in range(n):
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        y = x.grad = g if x.grad is None else x.grad + g  # as y.backward(create_graph=True)
    return y.item()
nth_derivative
""",
        "`.grad` still held the first",
    ),
    (
        "nth_derivative",
        """
def nth_derivative(f, at, n):
    x = torch.tensor(at, requires_grad=True)
    value = f(x)
    for _ in range(n + 1):
        (value,) = torch.autograd.grad(value, x, create_graph=True)
    return value.item()
nth_derivative
""",
        "one round too many",
    ),
]
