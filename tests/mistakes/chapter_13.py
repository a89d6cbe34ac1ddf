"""Typical wrong answers to the exercises of chapter 13, from minigrad to PyTorch."""


def believes(**wrong):
    right = {
        "gradients": True,
        "error texts": True,
        "pictures": True,
        "randn(2)": False,
        "grad_fn": True,
    }
    return repr(right | {name.replace("_", " "): value for name, value in wrong.items()})


def carry_over(line, after="return target", before="if True:"):
    return f"""
def carry_over(source, target):
    {before}
        for mine, theirs in zip(source.parameters(), target.parameters()):
            {line}
    {after}
carry_over
"""


QUIET = "with torch.no_grad():"

MISTAKES = [
    ("same_on_both", believes(gradients=False), "two trainings"),
    ("same_on_both", believes(error_texts=False), "the same words"),
    ("same_on_both", believes(pictures=False), "the same questions"),
    ("same_on_both", believes().replace("'randn(2)': False", "'randn(2)': True"), "of its own"),
    ("carry_over", carry_over("theirs = mine"), "changes no tensor"),
    ("carry_over", carry_over("theirs.copy_(torch.tensor(mine.numpy()))"), "under `no_grad()`"),
    ("carry_over", carry_over("theirs.copy_(mine)", before=QUIET), "The bridge between"),
    (
        "carry_over",
        carry_over("theirs.copy_(torch.tensor(mine.numpy()))", "return source", QUIET),
        "Return the second network",
    ),
    (
        "carry_over",
        """
def carry_over(source, target):
    weight, bias = source.parameters()
    target.weight = torch.nn.Parameter(torch.tensor(weight.numpy()))
    target.bias = torch.nn.Parameter(torch.tensor(bias.numpy()))
    return target
carry_over
""",
        "An optimizer made before",
    ),
    (
        "carry_over",
        carry_over("theirs.requires_grad_(False).copy_(torch.tensor(mine.numpy()))", before=QUIET),
        "no longer be trained",
    ),
    ("rms", "lambda x: torch.sqrt((x * x).mean())", "names an engine"),
    ("rms", "lambda x: (x * x).mean()", "The root is missing"),
    ("rms", "lambda x: x.mean()", "Square first"),
    ("rms", "lambda x: (x * x).sum().sqrt()", "Take the mean"),
    ("rms", "lambda x: (x * x).mean().sqrt().detach()", "no way leads back"),
    ("rms", "lambda x: (x * x).mean().sqrt().item()", "A tensor is asked for"),
]
