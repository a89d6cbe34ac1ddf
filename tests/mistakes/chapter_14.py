"""Typical wrong answers to the exercises of chapter 14, the confusion clinic."""


def function(name, inputs, *lines):
    return "\n    ".join([f"def {name}({inputs}):", *lines]) + f"\n{name}"


def three_gradients(*lines, keep="w.grad.item()"):
    body = [f"        {line}" for line in lines]
    body = "\n".join(body).replace("KEEP", f"found.append({keep})")
    return f"""
def three_gradients(w):
    found = []
    for _ in range(3):
        loss = (3 * w) ** 2
{body}
    return found
three_gradients
"""


STEP = ["loss = (w - 3) ** 2", "loss.backward()"]
ROUND = ["for _ in range(3):", "    loss = (w - 5) ** 2", "    loss.backward()"]
FRESH = ["loss = (w - 5) ** 2", "loss.backward()", "optimizer.step()", "return w"]
TWICE = {"'x - 5'": True, "'x * 3'": False, "'-x'": True, "'x.exp()'": False, "'x.mean()'": True}
SAVES = {
    "'x ** 2'": "'input'",
    "'x.exp()'": "'output'",
    "'x + 2'": "'nothing'",
    "'torch.tanh(x)'": "'output'",
    "'x.sqrt()'": "'output'",
}


def with_(answers, name, value):
    pairs = answers | {f"'{name}'": value}
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


MISTAKES = [
    ("three_gradients", three_gradients("loss.backward()", "KEEP"), "still a sum"),
    (
        "three_gradients",
        three_gradients("loss.backward()", "w.grad.zero_()", "KEEP"),
        "three zeros",
    ),
    (
        "three_gradients",
        three_gradients("w.grad = None", "loss.backward()", "KEEP", keep="w.grad"),
        "The list holds tensors",
    ),
    ("three_gradients", "lambda w: [18.0, 18.0, 18.0]", "Right at w = 1 only"),
    ("three_gradients", "lambda w: [18.0]", "is asked for"),
    (
        "both",
        function(
            "both", "x", "y = x * x", "(y * 2).backward()", "(y * 3).backward()", "return x.grad"
        ),
        "has let its saved tensors go",
    ),
    ("both", function("both", "x", "(x * x * 2).backward()", "return x.grad"), "the first"),
    ("both", function("both", "x", "(x * x * 3).backward()", "return x.grad"), "the second"),
    ("both", function("both", "x", "(x * x).backward()", "return x.grad"), "this is 6"),
    ("works_twice", with_(TWICE, "x - 5", False), "the slope is 1"),
    ("works_twice", with_(TWICE, "x * 3", True), "the constant too"),
    ("works_twice", with_(TWICE, "-x", False), "the slope is −1"),
    ("works_twice", with_(TWICE, "x.exp()", True), "its own output"),
    ("works_twice", with_(TWICE, "x.mean()", False), "how many numbers"),
    (
        "middle_gradient",
        function("middle_gradient", "x", "y = x * 2", "(y * y).backward()", "return y.grad"),
        "y is no leaf",
    ),
    (
        "middle_gradient",
        function("middle_gradient", "x", "y = x * 2", "(y * y).backward()", "return x.grad"),
        "the gradient of x",
    ),
    ("middle_gradient", "lambda x: x * 2", "6 is y itself"),
    ("middle_gradient", "lambda x: 12", "Right at x = 3 only"),
    ("weighted", "[2, 4]", "`y.sum().backward()`"),
    ("weighted", "[1, 10]", "still to pass the square"),
    ("weighted", "[1, 40]", "You multiplied with y"),
    ("weighted", "[2, 20]", "It is taken at x"),
    ("weighted", "[22, 44]", "a weight of its own"),
    ("weighted", "[42, 42]", "added it all up"),
    ("weighted", "42", "A list of 2 numbers is asked for"),
    ("weighted", "[7, 7]", "Not [7.0, 7.0]"),
    ("ask_net", function("ask_net", "net, x", "net.eval()", "return net(x)"), "is tracked"),
    (
        "ask_net",
        function("ask_net", "net, x", "with torch.no_grad():", "    return net(x)"),
        "dropout still acts",
    ),
    (
        "ask_net",
        function("ask_net", "net, x", "net.eval()", "return net(x).detach()"),
        "thrown away afterwards",
    ),
    ("ask_net", "lambda net, x: x", "what the network answers"),
    (
        "step_down",
        function("step_down", "w", *STEP, "w -= 0.1 * w.grad", "return w"),
        "still refuses",
    ),
    (
        "step_down",
        function("step_down", "w", *STEP, "w = w - 0.1 * w.grad", "return w"),
        "it is a new tensor",
    ),
    (
        "step_down",
        function("step_down", "w", *STEP, "w.data += 0.1 * w.grad", "return w"),
        "uphill",
    ),
    ("step_down", function("step_down", "w", *STEP, "return w"), "no step was taken"),
    (
        "step_down",
        function(
            "step_down",
            "w",
            *STEP,
            "w.data -= 0.1 * w.grad",
            "w.requires_grad_(False)",
            "return w",
        ),
        "stopped being a leaf",
    ),
    (
        "sigmoid_plus_one",
        function("sigmoid_plus_one", "x", "y = torch.sigmoid(x)", "y += 1", "return y"),
        "The pass still fails",
    ),
    (
        "sigmoid_plus_one",
        function("sigmoid_plus_one", "x", "y = torch.sigmoid(x)", "y.data += 1", "return y"),
        "The error was your friend",
    ),
    ("sigmoid_plus_one", "lambda x: torch.sigmoid(x).detach() + 1", "no way leads back"),
    ("sigmoid_plus_one", "lambda x: torch.sigmoid(x)", "is asked for"),
    ("saves", with_(SAVES, "x ** 2", "'output'"), "the sign is lost"),
    ("saves", with_(SAVES, "x.exp()", "'input'"), "that is the output"),
    ("saves", with_(SAVES, "x + 2", "'input'"), "it needs nothing"),
    ("saves", with_(SAVES, "torch.tanh(x)", "'input'"), "the output is enough"),
    ("saves", with_(SAVES, "x.sqrt()", "'input'"), "√x is the output"),
    ("saves", with_(SAVES, "x.sqrt()", "'both'"), "The words are"),
    ("saves", "'input'", "Give a word to each"),
    (
        "three_steps",
        function("three_steps", "w", *ROUND, "    w = w - 0.1 * w.grad", "return w"),
        "that is no leaf",
    ),
    (
        "three_steps",
        function("three_steps", "w", *ROUND, "    w.data -= 0.1 * w.grad", "return w"),
        "add up",
    ),
    (
        "three_steps",
        function(
            "three_steps",
            "w",
            *ROUND,
            "    w = (w - 0.1 * w.grad).detach().requires_grad_()",
            "return w",
        ),
        "in a new tensor",
    ),
    (
        "three_steps",
        function("three_steps", "w", "w.data += 3", "return w"),
        "each step had the first gradient",
    ),
    (
        "mean_error",
        "lambda w: torch.tensor([((w * v - 1) ** 2).item() for v in (1.0, 2.0)]).mean()",
        "has no history",
    ),
    (
        "mean_error",
        "lambda w: torch.tensor("
        "[((w * v - 1) ** 2).item() for v in (1.0, 2.0)]).mean().requires_grad_()",
        "made a leaf of its own",
    ),
    ("mean_error", "lambda w: ((w * 1 - 1) ** 2 + (w * 2 - 1) ** 2)", "10 is the sum"),
    (
        "mean_error",
        "lambda w: ((w * 1 - 1) ** 2 + ((w * 2 - 1) ** 2).item()) / 2",
        "a part is cut",
    ),
    (
        "fresh_start",
        function(
            "fresh_start",
            "w",
            "optimizer = torch.optim.SGD([w], lr=0.1)",
            "w = torch.tensor(0.0, requires_grad=True)",
            *FRESH,
        ),
        "was called w before",
    ),
    (
        "fresh_start",
        function("fresh_start", "w", "optimizer = torch.optim.SGD([w], lr=0.1)", *FRESH),
        "but from 7",
    ),
    ("fresh_start", "lambda w: w", "as it was handed in"),
    (
        "fresh_start",
        "lambda w: torch.tensor(1.0)",
        "no leaf that requires grad",
    ),
    ("make_weights", "lambda: torch.ones(3, requires_grad=True).double()", "Still no leaf"),
    ("make_weights", "lambda: torch.ones(3).double()", "nobody tracks it"),
    ("make_weights", "lambda: torch.ones(3, requires_grad=True)", "not in float64"),
    (
        "make_weights",
        "lambda: torch.zeros(3, dtype=torch.float64, requires_grad=True)",
        "Three ones",
    ),
    (
        "safe_sqrt",
        "lambda x: torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x))",
        "still nan",
    ),
    ("safe_sqrt", "lambda x: torch.sqrt(x + 1e-8)", "At 0 a gradient of 0"),
    ("safe_sqrt", "lambda x: x", "should stay"),
    ("safe_sqrt", "lambda x: torch.sqrt(x.detach())", "no way leads back"),
    (
        "second",
        function(
            "second",
            "f, at",
            "x = torch.tensor(float(at), requires_grad=True)",
            "(s,) = torch.autograd.grad(f(x), x, retain_graph=True)",
            "return torch.autograd.grad(s, x)[0].item()",
        ),
        "Which of the two words",
    ),
    (
        "second",
        function(
            "second",
            "f, at",
            "x = torch.tensor(float(at), requires_grad=True)",
            "f(x).backward()",
            "return x.grad.item()",
        ),
        "the first derivative",
    ),
    (
        "second",
        function(
            "second",
            "f, at",
            "x = torch.tensor(float(at), requires_grad=True)",
            "(s,) = torch.autograd.grad(f(x), x, create_graph=True)",
            "return torch.autograd.grad(s, x)[0]",
        ),
        "still a tensor",
    ),
    ("second", "lambda f, at: f(at)", "the value of x³ + x"),
    (
        "second",
        "lambda f, at: (f(at + 0.01) - 2 * f(at) + f(at - 0.01)) / 0.0001",
        "by differences",
    ),
    ("middle_gradient", "lambda x: 4 * x", "by your own formula"),
]
