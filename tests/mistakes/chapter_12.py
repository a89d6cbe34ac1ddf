"""Typical wrong answers to the exercises of chapter 12, build your own engine."""

RULE = "return a * b, lambda received: "
WALK = """
def in_order(last):
    found = []
    def visit(value):
        if value not in found:
            found.append(value)
            for parent in value.parents:
                visit(parent)
    visit(last)
    return found
in_order
"""
BACK = """
def go_back(ordered):
    for value in ordered:
        if value.parents:
            value.grad = None
    ordered[0].grad = ordered[0].data * 0 + 1
    for value in ordered:
        if value.rule:
            for parent, sent in zip(value.parents, value.rule(value.grad)):
                parent.grad = sent if parent.grad is None else parent.grad + sent
go_back
"""
FORGET = "        if value.parents:\n            value.grad = None\n"
ADD = "parent.grad = sent if parent.grad is None else parent.grad + sent"


def but(text, old, new):
    assert old in text
    return text.replace(old, new)


MISTAKES = [
    ("times", "lambda a, b: (a * b, lambda g: (g, g))", "the rule of `plus`"),
    ("times", "lambda a, b: (a * b, lambda g: (g * a, g * b))", "The other way round"),
    ("times", "lambda a, b: (a * b, lambda g: (b, a))", "forgets what it received"),
    ("times", "lambda a, b: a * b", "Return two things"),
    ("times", "lambda a, b: (a * b, (b, a))", "Do not call it yet"),
    ("times", "lambda a, b: (a * b, lambda g: g * b)", "one gradient to each input"),
    ("times", "lambda a, b: (a + b, lambda g: (g * b, g * a))", "your output is 8"),
    ("times", "lambda a, b: (a * b, lambda g: (g * float(b), g * float(a)))", "TypeError"),
    ("times", "lambda a, b: (a * b, lambda g: (g * 5, g * 3))", "wrong for arrays"),
    ("in_order", WALK, "`a` runs before `b`"),
    ("in_order", but(WALK, "if value not in found", "if True"), "is there twice"),
    ("in_order", but(WALK, "return found", "return found[::-1]"), "the wrong way round"),
    ("in_order", but(WALK, "return found", "return [last]"), "is missing"),
    ("in_order", but(WALK, "return found", "return [str(v) for v in found]"), "a list of values"),
    ("in_order", but(WALK, "    return found\n", ""), "returns `None`"),
    ("go_back", but(BACK, ADD, "parent.grad = sent"), "You overwrote instead of adding"),
    ("go_back", but(BACK, "ordered[0].data * 0 + 1", "None"), "at L nothing comes"),
    ("go_back", but(BACK, "ordered[0].data * 0 + 1", "ordered[0].data"), "the value of L"),
    ("go_back", but(BACK, FORGET, "        pass\n"), "of the first pass"),
    (
        "go_back",
        but(BACK, FORGET, "        value.grad = None\n"),
        "Yours forgot the first",
    ),
    (
        "go_back",
        but(
            BACK,
            ADD,
            "exec('if parent.grad is None: parent.grad = sent\\nelse: parent.grad += sent')",
        ),
        "wrote into it",
    ),
    ("go_back", but(BACK, ADD, "pass"), "still None"),
    ("go_back", but(BACK, ADD, "parent.grad += sent"), "Nothing can be added to None"),
    ("bias_gradient", "1", "1 comes from each row"),
    ("bias_gradient", "12", "the share of its own column"),
    ("bias_gradient", "3", "bias was copied down"),
    ("bias_gradient", "0.25", "a mean over the rows"),
    ("bias_gradient", "7", "Not 7."),
    ("shrink", "lambda grad, shape: grad", "an axis is missing in front"),
    ("shrink", "lambda grad, shape: grad.sum()", "the shapes are equal"),
    (
        "shrink",
        "lambda grad, shape: grad.sum(axis=tuple(range(grad.ndim - len(shape))))",
        "an axis of length 1 was stretched",
    ),
    (
        "shrink",
        "lambda grad, shape: grad if grad.shape == shape else grad.mean("
        "axis=tuple(range(grad.ndim - len(shape))))",
        "you took a mean",
    ),
    (
        "shrink",
        "lambda grad, shape: grad.ravel()[:max(1, __import__('math').prod(shape))].reshape(shape)",
        "thrown away",
    ),
    ("matmul", "lambda a, b: (a @ b, lambda g: (g * b, g * a))", "has to be transposed"),
    ("matmul", "lambda a, b: (a @ b, lambda g: (b.T, a.T))", "does not depend on"),
    ("matmul", "lambda a, b: (a @ b, lambda g: (a.T @ g, g @ b.T))", "the other way round"),
    ("matmul", "lambda a, b: (a @ b, lambda g: (g.T @ b.T, a.T @ g))", "The order of a matrix"),
    ("matmul", "lambda a, b: (a @ b @ a, lambda g: (g, g))", "(2, 3) @ (3, 2)"),
    ("sigmoid", "lambda a: (1 / (1 + 2.718281828**-a), lambda g: (g * a * (1 - a),))", "sends 0"),
    (
        "sigmoid",
        """
def sigmoid(a):
    s = 1 / (1 + 2.718281828**-a)
    return s, lambda g: (g * s,)
sigmoid
""",
        "has two factors",
    ),
    (
        "sigmoid",
        """
def sigmoid(a):
    s = 1 / (1 + 2.718281828**-a)
    return s, lambda g: (s * (1 - s),)
sigmoid
""",
        "what was received is missing",
    ),
    (
        "sigmoid",
        "lambda a: (1 / (1 + 2.718281828**-a), lambda g: (g * 0.25,))",
        "Right at a = 0 only",
    ),
    ("sigmoid", "lambda a: (a, lambda g: (g * 0.25,))", "The output was right"),
    (
        "hasty",
        """
def hasty(Value):
    x = Value(3.0)
    (x * 2).backward()
    return x
hasty
""",
        "each value is used once",
    ),
    (
        "hasty",
        """
def hasty(Value):
    x = Value(3.0)
    (x * x).backward()
    return x
hasty
""",
        "only a leaf is used twice",
    ),
    (
        "hasty",
        """
def hasty(Value):
    x = Value(3.0)
    a = x * 2
    b = a + 1
    (b * a).backward()
    return x
hasty
""",
        "was lucky",
    ),
    ("hasty", "lambda Value: Value(3.0)", "no backward pass came to it"),
    (
        "hasty",
        """
def hasty(Value):
    x = Value(3.0)
    (x * 2).backward()
    return x.grad
hasty
""",
        "not its `.grad`",
    ),
    (
        "overwriter",
        """
def overwriter(Value):
    x = Value(3.0)
    (x * 2).backward()
    return x
overwriter
""",
        "one gradient comes",
    ),
    (
        "overwriter",
        """
def overwriter(Value):
    x, y = Value(3.0), Value(2.0)
    (x * x + y).backward()
    return y
overwriter
""",
        "Return the leaf that is used twice",
    ),
    ("overwriter", "3.0", "the function itself"),
    (
        "spreader",
        """
def spreader(Value):
    x, y = Value([3.0, 4.0]), Value([1.0, 2.0])
    (x * y).sum().backward()
    return x
spreader
""",
        "their shapes are equal",
    ),
    (
        "spreader",
        """
def spreader(Value):
    x, y = Value(3.0), Value([1.0, 2.0])
    (x * y).sum().backward()
    return y
spreader
""",
        "that leaf was not copied",
    ),
    ("spreader", "lambda Value: Value([3.0])", "no backward pass came to it"),
    (
        "hoarder",
        """
def hoarder(Value):
    x = Value(3.0)
    (x * 2 * 5).backward()
    return x
hoarder
""",
        "nothing is stale yet",
    ),
    (
        "hoarder",
        """
def hoarder(Value):
    x = Value(3.0)
    (x * 2 * 5).backward()
    (x * 2 * 5).backward()
    return x
hoarder
""",
        "a graph of its own",
    ),
    (
        "hoarder",
        """
def hoarder(Value):
    x = Value(3.0)
    L = x * 2
    L.backward()
    L.backward()
    return x
hoarder
""",
        "there is no other value",
    ),
    (
        "go_back",
        """
def go_back(ordered):
    for value in ordered:
        if value.parents:
            value.grad = None
    ordered[0].grad = 1
    for value in ordered:
        if value.rule:
            for parent, sent in zip(value.parents, value.rule(value.grad)):
                parent.grad = sent if parent.grad is None else parent.grad + sent
go_back
""",
        "Start with ones in the shape of L",
    ),
]
