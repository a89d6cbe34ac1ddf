"""Typical wrong answers to the exercises of chapter 02, the computational graph."""

MISTAKES = [
    ("doublings", "1", "it ran several times"),
    ("doublings", "5", "After five doublings"),
    ("doublings", "7", "7 counts the values"),
    ("doublings", "0", "does leave nodes"),
    ("doublings", "192", "192 is the value at the end"),
    ("doublings", "34", "Not 34."),
    ("node_counts", "dict(once=2, twice=2)", "does not notice"),
    ("node_counts", "dict(once=3, twice=3)", "used twice, but made once"),
    ("node_counts", "dict(once=3, twice=2)", "The other way round"),
    ("node_counts", "dict(once=3, twice=4)", "You counted the leaf"),
    ("node_counts", "dict(once=1, twice=3)", 'That is for "once"'),
    ("node_counts", "dict(once=2, twice=1)", 'That is for "twice"'),
    ("node_counts", "2", "Answer with"),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.item() * 1.8 + 32)",
        "the chain is cut",
    ),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.item() * 1.8, requires_grad=True) + 32",
        "starts a new history",
    ),
    ("fahrenheit", "lambda celsius: celsius.item() * 1.8 + 32", "a Python number has no history"),
    ("fahrenheit", "lambda celsius: celsius.detach() * 1.8 + 32", "`detach()` hands out"),
    ("fahrenheit", "lambda celsius: celsius.data * 1.8 + 32", "`.data` hands out"),
    (
        "fahrenheit",
        """
def fahrenheit(celsius):
    with torch.no_grad():
        return celsius * 1.8 + 32
fahrenheit
""",
        "`no_grad()` block nothing is written down",
    ),
    (
        "fahrenheit",
        "lambda celsius: torch.tensor(celsius.tolist() * 1.8 + 32)",
        "Find the line after which",
    ),
    ("fahrenheit", "lambda celsius: celsius * 1.8", "20 °C is 68 °F"),
    ("fahrenheit", "torch.ones(1)", "the function itself"),
    (
        "op_names",
        """
def op_names(tensor):
    return [tensor.grad_fn] if tensor.grad_fn else []
op_names
""",
        "A node tells its name",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    return [tensor.grad_fn.name] if tensor.grad_fn else []
op_names
""",
        "with parentheses",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    def walk(node):
        if node is None or hasattr(node, "variable"):
            return []
        return [node.name()] + [n for f, _ in node.next_functions for n in walk(f)]
    return walk(tensor.grad_fn)
op_names
""",
        "you walked a tree",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and not hasattr(node, "variable"):
            names.add(node.name())
            waiting.extend(f for f, _ in node.next_functions)
    return names
op_names
""",
        "Remember nodes, not names",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    seen, waiting = [], [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.append(node)
            waiting.extend(f for f, _ in node.next_functions)
    return [node.name() for node in seen]
op_names
""",
        "stands for a leaf",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, node = [], tensor.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[-1][0]
    return names
op_names
""",
        "Your walk found only",
    ),
    (
        "op_names",
        """
def op_names(tensor):
    names, node = [], tensor.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[0][0]
    return names
op_names
""",
        "['AddBackward0', 'MulBackward0']: it missed a branch",
    ),
    (
        "op_names",
        "lambda tensor: ['AddBackward0'] + 2 * ['MulBackward0'] if tensor.grad_fn else []",
        "one Add, one Mul and one Sub",
    ),
    ("op_names", "lambda tensor: ['MulBackward0']", "A leaf has no operation behind it"),
    ("op_names", "lambda tensor: [tensor.grad_fn.name()]", "Your code stopped with AttributeError"),
    (
        "op_names",
        "lambda tensor: ['AddBackward0', 'MulBackward0', 'SubBackward0'] if tensor.grad_fn else []",
        "three operations",
    ),
    ("op_names", "torch.ones(1)", "the function itself"),
]
