"""Typical wrong answers to the exercises of chapter 06, stopping gradients."""

MISTAKES = [
    ("stopped", "33", "takes x.detach() for x itself"),
    ("stopped", "18", "The second term"),
    ("stopped", "6", "The product is not stopped"),
    ("stopped", "36", "36 is L itself"),
    ("stopped", "0", "Only one factor is detached"),
    ("stopped", "15", "the other way round"),
    ("stopped", "12", "there are two paths through it"),
    ("stopped", "1", "Not 1."),
    ("who_learns", "{'b', 'c'}", "the cut lies between q and L"),
    ("who_learns", "{'a', 'b', 'c'}", "a is used in the `no_grad` block only"),
    ("who_learns", "'b'", "b is used twice"),
    ("who_learns", "set()", "the last term of L"),
    ("who_learns", "{'L'}", "Give a set of names"),
    (
        "evaluate",
        """
def evaluate(net, data):
    torch.set_grad_enabled(False)
    return net(data)
evaluate
""",
        "Recording is still off",
    ),
    (
        "evaluate",
        """
def evaluate(net, data):
    torch.set_grad_enabled(False)
    result = net(data)
    torch.set_grad_enabled(True)
    return result
evaluate
""",
        "When the net fails",
    ),
    (
        "evaluate",
        """
def evaluate(net, data):
    torch.set_grad_enabled(False)
    try:
        return net(data)
    finally:
        torch.set_grad_enabled(True)
evaluate
""",
        "Leave it as it *was*",
    ),
    ("evaluate", "lambda net, data: net(data).detach()", "then thrown away"),
    ("evaluate", "lambda net, data: net.eval()(data)", "does not stop the record"),
    ("evaluate", "lambda net, data: data", "Return what `net(data)` gives"),
    ("round_through", "lambda x: x.round()", "The slope is 0"),
    ("round_through", "lambda x: x + x.round() - x", "The slope is 0"),
    ("round_through", "lambda x: x", "not rounded"),
    ("round_through", "lambda x: x.round().detach()", "no record at all"),
    (
        "round_through",
        "lambda x: x.round().detach().requires_grad_()",
        "starts a new record",
    ),
    ("round_through", "lambda x: x * (x.round() / x).detach()", "The slopes are [0.0, 1.4286"),
    ("round_through", "lambda x: x + 1", "You have [1."),
    ("round_through", "lambda x: x.sum()", "four must come out"),
    ("round_through", "2", "the function itself"),
    (
        "evaluate",
        "def evaluate(net, data):\n    torch.no_grad()\n    return net(data)\nevaluate",
        "put a `with` before it",
    ),
    (
        "round_through",
        "def round_through(x):\n    x.data = x.data.round()\n    return x\nround_through",
        "into x itself",
    ),
]
