"""Typical wrong answers to the exercises of chapter 09, custom functions."""

CUBE = """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return {value}
    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return {gradient}
Cube
"""

HYPOTENUSE = """
class Hypotenuse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        c = {value}
        ctx.save_for_backward(a, b, c)
        return c
    @staticmethod
    def backward(ctx, grad_output):
        a, b, c = ctx.saved_tensors
        return {gradients}
Hypotenuse
"""

ROOT = "(a * a + b * b).sqrt()"

MISTAKES = [
    ("passes_on", "5", "5 is the local derivative"),
    ("passes_on", "10", "10 is `grad_output`"),
    ("passes_on", "20", "the gradient of x"),
    ("passes_on", "110", "110 is L"),
    ("passes_on", "11", "the value of the node"),
    ("passes_on", "2", "2 is w"),
    ("passes_on", "1", "Not 1."),
    ("how_many", "1", "the number of outputs"),
    ("how_many", "2", "2 counts the tensors"),
    ("how_many", "4", "4 counts `ctx`"),
    ("how_many", "5", "Not 5."),
    ("cube", CUBE.format(value="x * x * x", gradient="3 * x * x"), "is lost"),
    ("cube", CUBE.format(value="x * x * x", gradient="grad_output + 3 * x * x"), "multiplies"),
    (
        "cube",
        CUBE.format(value="x * x * x", gradient="grad_output * x * x * x"),
        "and yours is 8",
    ),
    ("cube", CUBE.format(value="x * x * x", gradient="grad_output * 3 * x"), "Yours are 6 and 60"),
    ("cube", CUBE.format(value="x * x", gradient="grad_output * 2 * x"), "forward says 4"),
    (
        "cube",
        CUBE.format(value="x * x * x", gradient="grad_output * 3 * x * x, None, x"),
        "one gradient for each input",
    ),
    ("cube", CUBE.format(value="x * x * x", gradient="None"), "for an input that requires grad"),
    ("cube", CUBE.format(value="3", gradient="grad_output"), "must return a tensor"),
    ("cube", "lambda x: x * x * x", "Hand over the class itself"),
    (
        "cube",
        """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x * x
Cube
""",
        "needs a `backward` of its own",
    ),
    (
        "cube",
        CUBE.format(value="x * x * x", gradient="grad_output * 3 * x * x").replace(
            "    @staticmethod\n    def backward", "    def backward"
        ),
        "`@staticmethod` above it",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value="a * a + b * b", gradients="grad_output * a, grad_output * b"),
        "25 is c²",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value="a + b", gradients="grad_output, grad_output"),
        "forward returns 7",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="a / c, b / c"),
        "multiply by `grad_output`",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output * b / c, grad_output * a / c"),
        "are swapped",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output * a, grad_output * b"),
        "Divide by c",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output * 2 * a, grad_output * 2 * b"),
        "The square root has a slope too",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output / c, grad_output / c"),
        "yours are 0.2 and 0.2",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output * a / c"),
        "one gradient for each input",
    ),
    (
        "hypotenuse",
        HYPOTENUSE.format(value=ROOT, gradients="grad_output * 0.6, grad_output * 0.8"),
        "wrong at 1.5 and -0.5",
    ),
    ("hypotenuse", "lambda a, b: (a * a + b * b).sqrt()", "Hand over the class itself"),
    (
        "cube",
        """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x
    @staticmethod
    def backward(ctx, grad_output):
        x = ctx.saved_tensors
        return grad_output * 3 * x * x
Cube
""",
        "must return tensors",
    ),
    (
        "hypotenuse",
        """
class Hypotenuse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b, 5.0)
        return (a * a + b * b).sqrt()
    @staticmethod
    def backward(ctx, grad_output):
        a, b, c = ctx.saved_tensors
        return grad_output * a / c, grad_output * b / c
Hypotenuse
""",
        "keep a number as an attribute",
    ),
    (
        "hypotenuse",
        """
class Hypotenuse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return (a * a + b * b).sqrt()
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.a, grad_output * ctx.b
Hypotenuse
""",
        "has no attribute 'a'",
    ),
    (
        "cube",
        """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x
    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output.item() * 3 * x.item() ** 2
Cube
""",
        "must return tensors",
    ),
]
