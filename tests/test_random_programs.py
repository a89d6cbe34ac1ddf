"""Random programs run on minigrad and on torch: same values, flags, graphs, gradients, errors.

A program is a list of numbers; each picks a statement and the tensors in it among those that are
there. Hypothesis looks for one that the engines disagree on, and makes it short. To read more of
them than a run of the tests does: ``python tests/test_random_programs.py 10000``.
"""

import re
import sys
import warnings

import numpy as np
import pytest

import minigrad

torch = pytest.importorskip("torch")
hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

from transcript import masked  # noqa: E402

# {a} is any tensor; {b} one of its shape; {c} any other; {k} a small number; {f} True or False.
NEW = """
torch.tensor([[1.0, -2.0, 3.0], [0.5, {k}.0, -1.5]], dtype=torch.float64, requires_grad={f})
torch.full((3,), {k}.5, dtype=torch.float64, requires_grad={f})
{a} * 2
{a} + {k}
3 - {a}
{a} * {b}
{a} + {b}
{a} - {b}
{a} * {b} + {c}.sum()
{a} * {a}
-{a}
{a}.exp()
{a}.sum()
{a}.sum(0)
{a}.clone()
{a}.detach()
{a}.data
{a} / ({b} * {b} + 2)
torch.stack([{a}, {b}])
Scale.apply({a})
Scale.apply({b}, {k})
torch.cat([{a}.reshape(-1), {c}.reshape(-1)])
""".strip().splitlines()
VIEWS = """
{a}.view(-1)
{a}.view_as({a})
{a}[0]
{a}[1:]
{a}[..., ::2]
{a}.t()
{a}.unsqueeze(0)
{a}.expand(2, *{a}.shape)
{a}.transpose(0, -1)
{a}.squeeze()
{a}.diagonal()
""".strip().splitlines()
SEVERAL = """
{a}.unbind()
{a}.split(1)
{a}.chunk(2)
Pair.apply({a}, {b})
Pair.apply({a}, {b}.detach())
""".strip().splitlines()
IN_PLACE = """
{a}.mul_(2)
{a}.add_({b})
{a}.mul_({b})
{a}.sub_({c}.sum())
{a}.exp_()
{a}.zero_()
{a}.fill_({k})
{a}.copy_({b} + 1)
{a}.detach_()
{a}.requires_grad_({f})
{a}.data.mul_(2)
Write.apply({a})
""".strip().splitlines()
DO = """
{a}[0] = {k}
{a}[..., -1] = {b}[..., 0]
{a}.data = {b}
{a}.grad = None
{a}.grad = {b}.detach().clone()
{a}.requires_grad = {f}
{a}.retain_grad()
{a}.register_hook(lambda g: g * 2)
{a}.register_hook(seen.append)
{a}.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.clone()))
{a}.grad_fn.register_hook(lambda given, out: seen.extend(given))
{a}.grad_fn.register_prehook(lambda out: seen.extend(out))
""".strip().splitlines()
BACKWARD = """
{a}.sum().backward()
{a}.sum().backward(retain_graph=True)
{a}.sum().backward(create_graph=True)
{a}.backward()
{a}.backward(torch.ones_like({a}), retain_graph={f})
{a}.sum().backward(inputs=[{b}, {c}])
({a}.sum() * {c}.sum()).backward(retain_graph={f})
torch.autograd.backward([{a}.sum(), {c}.sum()])
""".strip().splitlines()
GRAD = """
torch.autograd.grad({a}.sum(), [{b}, {c}], retain_graph={f}, allow_unused=True)
torch.autograd.grad({a}.sum(), [{c}], create_graph=True, allow_unused=True)
torch.autograd.grad({a}.sum(), [{a}], retain_graph=True)
torch.autograd.grad({a}, [{c}], torch.ones_like({a}), create_graph={f})
""".strip().splitlines()
FORMS = [  # how a statement stands in the program, and how often it is picked
    *[("v.append({})", line) for line in NEW * 2 + VIEWS * 3],
    *[("v.extend({})", line) for line in SEVERAL],
    *[("v.append({})", line) for line in IN_PLACE * 3],
    *[("{}", line) for line in DO * 2 + BACKWARD * 3],
    *[("v.extend(g.clone() for g in {} if g is not None)", line) for line in GRAD * 3],
]
MODES = [
    *["{}"] * 8,
    "with torch.no_grad(): {}",
    "with torch.enable_grad(): {}",
    "with torch.inference_mode(): {}",
    "with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), unpack): {}",
]
FUNCTIONS = """
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, n=2):
        out = x * n
        ctx.save_for_backward(x, out)
        ctx.n = n
        return out

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        return g * ctx.n + 0 * (x + out), None


class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x, y)
        return x * y, x + y

    @staticmethod
    def backward(ctx, a, b):
        x, y = ctx.saved_tensors
        seen.extend(g for g in (a, b) if g is not None)
        if a is None:
            return b, b
        return (a * y, a * x) if b is None else (a * y + b, a * x + b)


class Write(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    @staticmethod
    def backward(ctx, g):
        return g * 3


def unpack(t):
    return t * 1
"""

START = """
v.append(torch.tensor([[1.0, -2, 3], [0.5, 2, -1.5]], dtype=torch.float64, requires_grad=True))
v.append(torch.tensor([[0.5, 1, -1], [2, -0.5, 1.5]], dtype=torch.float64, requires_grad=True))
v.append(v[0] * v[1])
""".strip().splitlines()


class Session:
    """The tensors of one engine."""

    def __init__(self, engine):
        self.space = {"torch": engine, "v": [], "seen": []}
        exec(FUNCTIONS, self.space)

    def run(self, line):
        """The error that a line raises, as text; None if it raises none."""
        try:
            exec(line, self.space)
        except Exception as error:
            return masked(f"{type(error).__name__}: {error}")
        return None

    def look(self):
        """What is known of every tensor, and of every gradient that a hook saw."""
        return [facts(t) for t in self.space["v"]] + [value(g) for g in self.space["seen"]]


def value(tensor):
    return None if tensor is None else tensor.numpy(force=True).copy()


def ask(question):
    try:
        return question()
    except Exception as error:
        return masked(f"{type(error).__name__}: {error}")


def facts(t):
    found = {
        "value": value(t),
        "requires_grad": t.requires_grad,
        "version": ask(lambda: t._version),
        "inference": t.is_inference(),
        "view": t._is_view(),
        "graph": ask(lambda: graph(t.grad_fn)),
        "leaf": ask(lambda: t.is_leaf),
        "output_nr": ask(lambda: t.output_nr),
        "retains_grad": ask(lambda: t.retains_grad and not t.is_leaf),
        "grad": value(t.grad),
        "grad requires grad": t.grad is not None and t.grad.requires_grad,
    }
    return found


def graph(node, depth=4):
    """The names of the nodes that lead here, as far as a few steps back."""
    if node is None or depth == 0:
        return None
    return (node.name(), [(graph(n, depth - 1), i) for n, i in node.next_functions])


def same(a, b):
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, 1e-9, 1e-12, equal_nan=True)
    if isinstance(a, dict) and isinstance(b, dict):
        return all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def differences(ours, theirs, unsaid=()):
    """What the two engines say differently, shortly."""
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if isinstance(a, dict):
            for key in a:
                if key not in unsaid and not same(a[key], b[key]):
                    yield f"v[{i}] {key}: minigrad {a[key]}, torch {b[key]}"
        elif not same(a, b):
            yield f"seen: minigrad {a}, torch {b}"
    if len(ours) != len(theirs):
        yield f"{len(ours)} and {len(theirs)} tensors"


def disagreement(lines):
    """Where the engines disagree on a program whose lines may be made as it goes; None if nowhere.

    `lines` is given the shapes of minigrad's tensors, and gives a line at a time.
    """
    ours, theirs = Session(minigrad), Session(torch)
    done = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in lines(ours.space["v"]):
            done.append(line)
            if ".data" in line and any("inference" in before for before in done):
                continue  # torch's .data carries the mode on in some ways and not in others
            errors = ours.run(line), theirs.run(line)
            program = "\n".join(done)
            if errors[0] != errors[1]:
                return f"{program}\n  minigrad {errors[0]}\n  torch    {errors[1]}"
            if errors[0] is not None:
                return None  # what an error leaves behind is not compared
            # What torch makes from inference tensors shows how: by writes, and as views.
            unsaid = ["version", "view"] if "inference" in program else []
            found = list(differences(ours.look(), theirs.look(), unsaid))
            if found:
                return program + "".join(f"\n  {text}" for text in found)
    return None


def written(numbers):
    """Turns numbers into lines."""

    def lines(v):
        yield from START
        for pick, mode, a, b, c, k in numbers:
            form, text = FORMS[pick % len(FORMS)]
            a %= len(v)
            alike = [i for i, t in enumerate(v) if t.shape == v[a].shape]
            text = text.format(
                a=f"v[{a}]",
                b=f"v[{alike[b % len(alike)]}]",
                c=f"v[{c % len(v)}]",
                k=k % 4,
                f=bool(k % 2),
            )
            mode = MODES[mode % len(MODES)]
            if "inference" in mode and re.search("detach_|create_graph|requires_grad", text):
                mode = "{}"  # torch's own mode has gaps there
            yield mode.format(form.format(text))

    return lines


small = st.integers(0, 11)
programs = st.lists(
    st.tuples(st.integers(0, len(FORMS) - 1), small, small, small, small, small), max_size=14
)


@hypothesis.settings(max_examples=300, deadline=None, derandomize=True, database=None)
@hypothesis.given(programs)
def test_random_programs_agree(numbers):
    found = disagreement(written(numbers))
    assert found is None, found


def search(count, seed=0):
    """Disagreements among `count` programs, made without Hypothesis: quicker, and not shortened."""
    stream = np.random.default_rng(seed)
    for _ in range(count):
        length = int(stream.integers(1, 15))
        numbers = stream.integers(0, [len(FORMS), *[12] * 5], (length, 6)).tolist()
        found = disagreement(written(numbers))
        if found is not None:
            yield numbers, found


def test_long_random_programs_agree():
    found = [shortened(numbers) for numbers, _ in search(500)]
    assert found == [], found[0]


def shortened(numbers):
    """Without every statement that the disagreement does not need."""
    kind = disagreement(written(numbers)).splitlines()[-1][:30]
    again = True
    while again:
        again = False
        for i in range(len(numbers)):
            fewer = numbers[:i] + numbers[i + 1 :]
            found = disagreement(written(fewer))
            if found is not None and found.splitlines()[-1][:30] == kind:
                numbers, again = fewer, True
                break
    return disagreement(written(numbers))


if __name__ == "__main__":
    kinds = {}
    for numbers, _ in search(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0):
        text = shortened(numbers)
        kinds.setdefault(text.splitlines()[-1][:60], []).append(text)
    for texts in sorted(kinds.values(), key=len, reverse=True):
        print(f"{len(texts)} times:\n{min(texts, key=len)}\n")
    print(sum(map(len, kinds.values())), "disagreements")
