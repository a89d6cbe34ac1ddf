"""Typical wrong answers to the exercises of chapter 10, hooks and intermediate gradients."""


def clip(body):
    return f"""
def clip(tensor, limit):
    tensor.register_hook(lambda grad: {body})
    return tensor
clip
"""


def listen(*lines):
    return "\n    ".join(["def listen(tensor):", *lines]) + "\nlisten"


MISTAKES = [
    ("half_way", "150", "150 is without the hook"),
    ("half_way", "15", "15 goes on from a"),
    ("half_way", "30", "30 is what the hook is told"),
    ("half_way", "37.5", "You halved twice"),
    ("half_way", "112.5", "one of the two paths"),
    ("half_way", "225", "225 is L itself"),
    ("half_way", "7", "Not 7."),
    ("clip", clip("None"), "it returns nothing"),
    ("clip", clip("grad.clamp(max=limit)"), "−7 stays −7"),
    ("clip", clip("grad.abs().clamp(max=limit)"), "the sign must stay"),
    ("clip", clip("grad * 0 + limit"), "the sign must stay"),
    ("clip", clip("grad.sign() * limit"), "lies in the range"),
    ("clip", clip("grad.clamp(-5, 5)"), "Right for the limit 5 only"),
    ("clip", clip("grad / 2"), "not as 5"),
    ("listen", listen("return tensor.grad_fn"), "Return a list"),
    ("listen", listen("tensor.retain_grad()", "return [tensor]"), "must be empty"),
    ("listen", listen("return []"), "still empty"),
    (
        "listen",
        listen("seen = []", "tensor.register_hook(lambda g: seen.append(1))", "return seen"),
        "The list holds 1",
    ),
    (
        "listen",
        listen(
            "seen = []", "tensor.register_hook(lambda g: seen.append(g) or g * 0)", "return seen"
        ),
        "and changed it",
    ),
    (
        "listen",
        listen(
            "seen = []",
            "tensor.register_hook(lambda g: seen.append(g) if not seen else None)",
            "return seen",
        ),
        "Each pass adds one",
    ),
    ("reverse", "lambda tensor: -tensor", "The values have the other sign"),
    ("reverse", "lambda tensor: tensor.clone()", "its old sign"),
    ("reverse", "lambda tensor: tensor.detach()", "has no history"),
    ("reverse", "lambda tensor: tensor.detach().requires_grad_()", "is cut"),
    (
        "reverse",
        "lambda tensor: (tensor.register_hook(lambda g: -g), tensor)[1]",
        "every other path",
    ),
    (
        "clip",
        "def clip(tensor, limit):\n    return tensor.clamp(-limit, limit)\nclip",
        "Cut the gradient",
    ),
    (
        "listen",
        listen("seen = []", "tensor.register_hook(seen.append)", "return seen[0]"),
        "Return the list itself",
    ),
    (
        "clip",
        """
def clip(tensor, limit):
    tensor.register_hook(lambda grad: grad.clamp_(-limit, limit))
    return tensor
clip
""",
        "without the underscore",
    ),
    (
        "clip",
        """
def clip(tensor, limit):
    tensor.register_hook(lambda grad: tensor.clamp(-limit, limit))
    return tensor
clip
""",
        "the value of the tensor",
    ),
    (
        "clip",
        """
def clip(tensor, limit):
    tensor.register_hook(lambda grad: limit)
    return tensor
clip
""",
        "so it must be a tensor",
    ),
    (
        "reverse",
        """
import warnings
class Turn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()
    @staticmethod
    def backward(ctx, grad_output):
        return -grad_output
def reverse(tensor):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Turn(tensor)
reverse
""",
        "`Turn.apply(…)`",
    ),
]
