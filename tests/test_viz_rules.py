"""The rules that stand in the boxes: each derivative is the one of the function it names."""

import math
import re

import pytest

from viz.rules import RULES

DERIVATIVE = re.compile(r"∂(?P<f>.+)/∂(?P<by>[ab]) = (?P<rule>.+)")


def share_of_the_normal(a):
    return (1 + math.erf(a / math.sqrt(2))) / 2


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def digamma(a):
    return (math.lgamma(a + 1e-6) - math.lgamma(a - 1e-6)) / 2e-6


MEANS = {name: getattr(math, name) for name in dir(math)} | {
    "ln": math.log, "log2": math.log2, "log10": math.log10, "σ": sigmoid, "ψ": digamma,
    "lnΓ": math.lgamma, "Φ": share_of_the_normal,
    "φ": lambda a: math.exp(-a * a / 2) / math.sqrt(2 * math.pi),
    "sign": lambda a: math.copysign(1, a), "logit": lambda a: math.log(a / (1 - a)),
    "softplus": lambda a: math.log1p(math.exp(a)), "silu": lambda a: a * sigmoid(a),
    "gelu": lambda a: a * share_of_the_normal(a), "n": 3.0, "c": 1.7,
}  # fmt: skip


def python(text):
    """A rule's mathematics as Python: `tan²a` is `tan(a)**2`, `2a√a` is `2*a*sqrt(a)`."""
    names = [n for n in MEANS if callable(MEANS[n])]
    function = "|".join(sorted(names, key=len, reverse=True))
    steps = [
        ("log₂", "log2"), ("log₁₀", "log10"), ("ln Γ", "lnΓ"), (r"\|a\|", "abs(a)"),
        ("aᵇ⁻¹", "a**(b-1)"), ("aⁿ⁻¹", "a**(n-1)"), (r"ln σ\(a\)", "ln(σ(a))"),
        (r"∂?(softplus|silu|gelu)$", r"\1(a)"), (r"^σ$", "σ(a)"), (r"σ(?=[·)])", "σ(a)"),
        ("−", "-"), ("·", "*"), (r"√([aπ])", r"√(\1)"), ("√", "sqrt"), ("π", "pi"),
        (r"(?<=[\da])(?=a|sqrt)", "*"), (r"(\w+)²([ab])", r"\1(\2)**2"), ("²", "**2"),
        (rf"\b({function}) ([abc\d]+)", r"\1(\2)"),
        ("([eacx2])ᵃ", r"(\1)**a"), ("([ea])ᵇ", r"(\1)**b"), (r"aⁿ", "a**n"),
        (r"⌊(.+)⌋", r"floor(\1)"), (" mod ", "%"),
    ]  # fmt: skip
    for old, new in steps:
        text = re.sub(old, new, text)
    return text


def value(text, **at):
    return eval(python(text), {"__builtins__": {}, "abs": abs}, MEANS | at)


LINES = sorted(
    {
        line
        for rule in RULES.values()
        for line in rule.lines
        if DERIVATIVE.fullmatch(line) and not re.search("[ᵢⱼΣΠLā‖]|det", line)
    }
)


def test_there_are_lines_to_check():
    assert len(LINES) > 45


@pytest.mark.parametrize("line", LINES)
def test_a_derivative_is_that_of_its_function(line):
    f, by, rule = DERIVATIVE.fullmatch(line).groups()
    for a, b in [(0.3, 0.7), (0.6, -1.9)] if "acosh" not in line else [(1.3, 0), (2.9, 0)]:
        here = {"a": a, "b": b}
        up, down = ({**here, by: here[by] + step} for step in (1e-6, -1e-6))
        slope = (value(f, **up) - value(f, **down)) / 2e-6
        assert value(rule, **here) == pytest.approx(slope, rel=1e-5, abs=1e-7), (a, b)
