"""Typical wrong answers to the exercises of chapter 05, vector-Jacobian products."""

ROWS = """
def rows_of(f, x):
    rows = []
    for i in range(len(f(x))):
        {clear}
        y = f(x)
        one = torch.zeros_like(y)
        one[i] = 1
        y.backward(one)
        rows.append({kept})
    return torch.stack(rows){turned}
rows_of
"""

MISTAKES = [
    ("pick", "[2, 4, 6]", "as if each result counted once"),
    ("pick", "[0, 1, 0]", "That is the argument itself"),
    ("pick", "[0, 2, 0]", "there are two paths"),
    ("pick", "[1, 4, 9]", "values of y"),
    ("pick", "[4, 4, 4]", "only with respect to the middle"),
    ("pick", "[4, 0, 0]", "in the wrong place"),
    ("pick", "[0, 3, 0]", "Not [0.0, 3.0, 0.0]."),
    ("pick", "[4]", "There are 3 numbers to give"),
    ("pick", "4", "A list of 3 numbers"),
    ("weighed", "[21, 54]", "J times v"),
    ("weighed", "[7, 5]", "like `sum()`"),
    ("weighed", "[20, 10]", "comes through the first output"),
    ("weighed", "[5, 4]", "comes through the second output"),
    ("weighed", "[52, 41]", "You gave the 10 to the second output"),
    ("weighed", "[20, 13]", "values of y, weighed"),
    ("weighed", "[10, 1]", "`v` itself"),
    ("weighed", "torch.tensor([15.0, 24.0])", "*the other* factor"),
    ("weighed", "[0, 0]", "Not [0.0, 0.0]."),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward(y)
    return x.grad
cube_slopes
""",
        "You handed over y itself",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward()
    return x.grad
cube_slopes
""",
        "how much each of them counts",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward(torch.tensor(1.0))
    return x.grad
cube_slopes
""",
        "must have the shape of y",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward(torch.ones(3))
    return x.grad
cube_slopes
""",
        "whatever the length of x is",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward(x)
    return x.grad
cube_slopes
""",
        "You handed over x",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    (x * x * x).mean().backward()
    return x.grad
cube_slopes
""",
        "divided by 3",
    ),
    (
        "cube_slopes",
        """
def cube_slopes(x):
    y = x * x * x
    y.backward(torch.ones(y.size()) * 2)
    return x.grad
cube_slopes
""",
        "Each slope is doubled",
    ),
    ("cube_slopes", "lambda x: x * x * x", "These are the values"),
    ("cube_slopes", "lambda x: (x * x * x).sum()", "three slopes are to come out"),
    ("cube_slopes", "lambda x: torch.tensor([3.0, 12.0, 27.0])", "There are 2 numbers to give"),
    ("cube_slopes", "lambda x: torch.tensor([3.0, 12.0, 27.0])[: len(x)]", "for 1, 2, 3 only"),
    ("cube_slopes", "lambda x: x + 1", "Not [2.0, 3.0, 4.0]."),
    ("jacobian_rows", ROWS.format(clear="", kept="x.grad.clone()", turned=""), "adds up"),
    (
        "jacobian_rows",
        ROWS.format(clear="", kept="x.grad", turned=""),
        "All rows are the same tensor",
    ),
    (
        "jacobian_rows",
        ROWS.format(clear="x.grad = None", kept="x.grad", turned=".T"),
        "lies on its side",
    ),
    (
        "jacobian_rows",
        """
def rows_of(f, x):
    f(x).sum().backward()
    return x.grad
rows_of
""",
        "the sum of all rows",
    ),
    (
        "jacobian_rows",
        """
def rows_of(f, x):
    y = f(x)
    rows = []
    for i in range(len(y)):
        x.grad = None
        one = torch.zeros_like(y)
        one[i] = 1
        y.backward(one)
        rows.append(x.grad)
    return torch.stack(rows)
rows_of
""",
        "Compute `f(x)` again",
    ),
    (
        "jacobian_rows",
        """
def rows_of(f, x):
    f(x).backward()
    return x.grad
rows_of
""",
        "Hand over a vector that picks one row",
    ),
    (
        "jacobian_rows",
        """
def rows_of(f, x):
    rows = []
    for i in range(len(x)):
        x.grad = None
        y = f(x)
        one = torch.zeros_like(y)
        one[i] = 1
        y.backward(one)
        rows.append(x.grad)
    return torch.stack(rows)
rows_of
""",
        "One row for each *output*",
    ),
    (
        "jacobian_rows",
        "lambda f, x: torch.autograd.functional.jacobian(f, x)",
        "the library's function",
    ),
    (
        "jacobian_rows",
        "lambda f, x: torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])",
        "not for `x * x`",
    ),
    ("jacobian_rows", "lambda f, x: torch.zeros(3, 2)", "you return [[0.0, 0.0]"),
    ("jacobian_rows", "torch.ones(2)", "the function itself"),
    ("cube_slopes", "lambda x: 3 * x**2", "by your formula"),
]
