"""Writes down all that an expression of operations shows, on either engine.

Shape, dtype and values; the graph below the result; what its node saved; the gradient of each
input, and the gradient of those gradients; or the error.
"""

import warnings

import numpy as np

LEAVES = {"a": (2, 3), "b": (2, 3), "c": (2, 3, 4), "m": (3, 4), "v": (3,), "w": (2,), "s": ()}


def shower(torch):
    """A function that prints a line or two for each expression of a text, one a line.

    They may use the leaves a, b (2×3), c (2×3×4), m (3×4), v (3), w (2), s (a scalar), the integers
    i (2×3), and `y`, a result of shape 2×3. A line that begins with "!" is a statement on y.
    """

    def show(text):
        for line in text.strip().splitlines():
            print(line)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # torch gives some of them once in a process
                print("   ", *_outcome(torch, line))

    return show


def _outcome(torch, line):
    rng = np.random.default_rng(0)
    leaves = {
        name: torch.tensor(rng.uniform(0.1, 0.9, shape), requires_grad=True)
        for name, shape in LEAVES.items()
    }
    integers = torch.tensor([[1, 2, 3], [4, 5, 6]])
    names = {
        **leaves,
        "i": integers,
        "y": leaves["a"] * 1,
        "torch": torch,
        "F": torch.nn.functional,
    }
    try:
        if line.startswith("!"):
            exec(line[1:], names)
            result = names["y"]
        else:
            result = eval(line, names)
        parts = [_shown(torch, result)]
        outs = [out for out in _flat(result) if isinstance(out, torch.Tensor) and out.grad_fn]
        if outs:
            parts += _gradients(torch, outs, leaves, rng)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    return parts


def _flat(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def _gradients(torch, outs, leaves, rng):
    seeds = [torch.tensor(rng.uniform(0.5, 1.5, tuple(out.shape))).to(out.dtype) for out in outs]
    inputs = list(leaves.values())
    first = torch.autograd.grad(outs, inputs, seeds, create_graph=True, allow_unused=True)
    yield _named(torch, "∂", leaves, first)
    again = [g for g in first if g is not None and g.requires_grad]
    if again:
        total = sum([(g * g).sum() for g in again])
        second = torch.autograd.grad(total, inputs, allow_unused=True)
        yield _named(torch, "∂²", leaves, second)


def _named(torch, mark, leaves, grads):
    given = [(name, grad) for name, grad in zip(leaves, grads) if grad is not None]
    shown = [f"{name}: {_numbers(grad)}" for name, grad in given if bool((grad != 0).any())]
    return f"\n      {mark} " + "; ".join(shown)


def _shown(torch, result):
    if isinstance(result, (tuple, list)) and not isinstance(result, torch.Size):
        return f"{type(result).__name__}(" + ", ".join([_shown(torch, r) for r in result]) + ")"
    if not isinstance(result, torch.Tensor):
        return str(result)
    dtype = str(result.dtype).split(".")[1]
    text = f"{list(result.shape)} {dtype} {_numbers(result)}"
    if result.grad_fn is None:
        return text + (" requires grad" if result.requires_grad else "")
    return f"{text} {_graph(result.grad_fn)} {_saved(torch, result.grad_fn)}".rstrip()


def _numbers(tensor):
    def rounded(value):
        if isinstance(value, list):
            return "[" + " ".join([rounded(v) for v in value]) + "]"
        return "0" if abs(value) < 1e-12 else f"{value:.4g}"  # what rounding leaves of 0

    return rounded(tensor.detach().tolist())


def _graph(node, depth=4):
    if node is None:
        return "–"
    name = node.name().rpartition(":")[2]
    if name == "AccumulateGrad":
        return "leaf"
    below = [
        _graph(target, depth - 1) + (f"#{slot}" if slot else "")
        for target, slot in node.next_functions
    ]
    return f"{name}({', '.join(below)})" if depth and below else name


def _saved(torch, node):
    def shown(value):
        if isinstance(value, torch.Tensor):
            return f"T{list(value.shape)}"
        if isinstance(value, tuple):
            return "(" + ", ".join([shown(v) for v in value]) + ")"
        return str(value)

    names = [n for n in dir(node) if n.startswith("_saved_") and "_sym_" not in n]
    return " ".join([f"{n[7:]}={shown(getattr(node, n))}" for n in sorted(names)])
