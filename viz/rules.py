"""What each operation does to a gradient: the rule as text, and as a formula with real numbers.

A rule speaks of the operation's own inputs a, b (and c), of g = ∂L/∂out, the gradient that the
operation receives, and of n elements. A rule that uses a letter which is also a variable's name
reads wrongly beside it: a picture spells its rules with letters that name nothing in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize


@dataclass(frozen=True)
class Rule:
    """`lines[i]` is the derivative for input i; one line alone serves all inputs.

    `formulas[i]` is what input i is sent, where a formula says it well. It may name `g`, `n` (how
    many elements share one gradient), and what the node saved, by torch's names: self, other, ….
    `summed` marks operations whose gradient is summed where an input was broadcast.
    """

    lines: tuple[str, ...] = ()
    formulas: tuple[str | None, ...] = ()
    summed: bool = False


def _rule(text: str, *formulas: str | None) -> Rule:
    return Rule(tuple(text.split("; ")), formulas)


def _pointwise(text: str, *formulas: str) -> Rule:
    return Rule(tuple(text.split("; ")), formulas, summed=True)


NONE = Rule()
RULES = {
    # two inputs, element by element
    "AddBackward": _pointwise("∂(a+b)/∂a = 1; ∂(a+b)/∂b = 1", "{g} · 1", "{g} · {alpha}"),
    "SubBackward": _pointwise("∂(a−b)/∂a = 1; ∂(a−b)/∂b = −1", "{g} · 1", "{g} · (-{alpha})"),
    "RsubBackward": _pointwise("∂(c−a)/∂a = −1", "{g} · (-{alpha})"),
    "MulBackward": _pointwise("∂(a·b)/∂a = b; ∂(a·b)/∂b = a", "{g} · {other}", "{g} · {self}"),
    "DivBackward": _pointwise(
        "∂(a/b)/∂a = 1/b; ∂(a/b)/∂b = −a/b²", "{g} / {other}", "{g} · (-{self} / {other}²)"
    ),
    "PowBackward0": _pointwise("∂aⁿ/∂a = n·aⁿ⁻¹", "{g} · {exponent} · {self}{power}"),
    "PowBackward1": _pointwise("∂aᵇ/∂a = b·aᵇ⁻¹; ∂aᵇ/∂b = aᵇ·ln a"),
    "PowBackward2": _pointwise("∂cᵃ/∂a = cᵃ·ln c"),
    "WhereBackward": _pointwise("g where a is chosen, else 0; g where b is chosen, else 0"),
    "MaximumBackward": _pointwise("g where a is larger, else 0; g where b is larger, else 0"),
    "MinimumBackward": _pointwise("g where a is smaller, else 0; g where b is smaller, else 0"),
    # one input, element by element
    "NegBackward": _pointwise("∂(−a)/∂a = −1", "{g} · (-1)"),
    "ExpBackward": _pointwise("∂eᵃ/∂a = eᵃ", "{g} · {result}"),
    "LogBackward": _pointwise("∂ln a/∂a = 1/a", "{g} / {self}"),
    "SqrtBackward": _pointwise("∂√a/∂a = 1/(2√a)", "{g} / (2 · {result})"),
    "ReciprocalBackward": _pointwise("∂(1/a)/∂a = −1/a²", "{g} · (-{result}²)"),
    "SinBackward": _pointwise("∂sin a/∂a = cos a", "{g} · cos {self}"),
    "CosBackward": _pointwise("∂cos a/∂a = −sin a", "{g} · (-sin {self})"),
    "SinhBackward": _pointwise("∂sinh a/∂a = cosh a", "{g} · cosh {self}"),
    "CoshBackward": _pointwise("∂cosh a/∂a = sinh a", "{g} · sinh {self}"),
    "TanhBackward": _pointwise("∂tanh a/∂a = 1−tanh²a", "{g} · (1 - {result}²)"),
    "SigmoidBackward": _pointwise("∂σ/∂a = σ·(1−σ)", "{g} · {result} · (1 - {result})"),
    "ReluBackward": _pointwise("g where a > 0, else 0"),
    "AbsBackward": _pointwise("∂|a|/∂a = sign a", "{g} · sign {self}"),
    "ClampBackward": _pointwise("g inside the bounds, else 0"),
    "CloneBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    "ToCopyBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    "AliasBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    # many elements to one
    "SumBackward": _rule("∂Σa/∂aᵢ = 1", "{g} · 1"),
    "MeanBackward": _rule("∂mean/∂aᵢ = 1/n", "{g} / {n}"),
    "ProdBackward": _rule("∂Πa/∂aᵢ = Πa/aᵢ"),
    "MaxBackward": _rule("g at the largest, else 0"),
    "MinBackward": _rule("g at the smallest, else 0"),
    "AmaxBackward": _rule("g at the largest, else 0"),
    "AminBackward": _rule("g at the smallest, else 0"),
    "VarBackward": _rule("∂var/∂aᵢ = 2(aᵢ−ā)/(n−1)"),
    "StdBackward": _rule("∂std/∂aᵢ = (aᵢ−ā)/((n−1)·std)"),
    "LinalgVectorNormBackward": _rule("∂‖a‖/∂aᵢ = aᵢ/‖a‖"),
    "MseLossBackward": _rule("∂mse/∂aᵢ = 2(aᵢ−bᵢ)/n; ∂mse/∂bᵢ = 2(bᵢ−aᵢ)/n"),
    "L1LossBackward": _rule("∂L1/∂aᵢ = sign(aᵢ−bᵢ)/n; ∂L1/∂bᵢ = sign(bᵢ−aᵢ)/n"),
    "NllLossBackward": _rule("∂nll/∂aᵢ = −1/n at the target"),
    "SoftmaxBackward": _rule("∂sᵢ/∂aⱼ = sᵢ·(δᵢⱼ−sⱼ)"),
    "LogSoftmaxBackward": _rule("∂L/∂a = g − softmax(a)·Σg"),
    # matrices
    "MmBackward": _rule("∂L/∂a = g·bᵀ; ∂L/∂b = aᵀ·g", "{g}·{mat2}ᵀ", "{self}ᵀ·{g}"),
    "BmmBackward": _rule("∂L/∂a = g·bᵀ; ∂L/∂b = aᵀ·g"),
    "MvBackward": _rule("∂L/∂a = g·bᵀ; ∂L/∂b = aᵀ·g", "{g}·{vec}ᵀ", "{self}ᵀ·{g}"),
    "DotBackward": _rule(
        "∂(a·b)/∂a = b; ∂(a·b)/∂b = a", "{g} · {tensor}", "{g} · {self}"
    ),
    "AddmmBackward": _rule(
        "∂L/∂c = g; ∂L/∂a = g·bᵀ; ∂L/∂b = aᵀ·g",
        None, "{g}·{mat2}ᵀ", "{mat1}ᵀ·{g}",
    ),
    # the same numbers in another place
    "TBackward": _rule("∂L/∂a = gᵀ"),
    "TransposeBackward": _rule("∂L/∂a = gᵀ"),
    "PermuteBackward": _rule("g, its axes put back"),
    "ViewBackward": _rule("g in a's shape"),
    "UnsafeViewBackward": _rule("g in a's shape"),
    "ReshapeAliasBackward": _rule("g in a's shape"),
    "SqueezeBackward": _rule("g in a's shape"),
    "UnsqueezeBackward": _rule("g in a's shape"),
    "ExpandBackward": _rule("g summed over the copies"),
    "RepeatBackward": _rule("g summed over the copies"),
    "SelectBackward": _rule("g in its place, else 0"),
    "SliceBackward": _rule("g in its place, else 0"),
    "IndexBackward": _rule("g in its place, else 0"),
    "GatherBackward": _rule("g in its place, else 0"),
    "CatBackward": _rule("each input's part of g"),
    "StackBackward": _rule("each input's part of g"),
    "SplitBackward": _rule("the parts of g, joined"),
    "UnbindBackward": _rule("the parts of g, stacked"),
    "CopySlices": _rule("g, 0 where overwritten; g where written"),
    "AccumulateGrad": _rule(".grad += g"),
}  # fmt: skip


@lru_cache(1024)
def rule_for(op: str) -> Rule:
    """The rule of an operation by its node's name; an empty one for an unknown or custom one."""
    return RULES.get(op) or RULES.get(re.sub(r"\d+$", "", op), NONE)


@lru_cache(1024)
def named_in(op: str) -> frozenset[str]:
    """What an operation's formulas call by name: `g`, `self`, `other`, …"""
    formulas = " ".join(filter(None, rule_for(op).formulas))
    return frozenset(re.findall(r"{(\w+)}", formulas))


VIEWS = set(
    "View ReshapeAlias T Transpose Permute Squeeze Unsqueeze Expand Select Slice Split Unbind"
    " Diagonal AsStrided Alias Unfold Narrow Movedim Swapaxes SplitWithSizes Real Detach".split()
)


@lru_cache(1024)
def shares_memory(op: str) -> bool:
    """Is what this operation gives a view, which shares the memory of its input?"""
    return re.sub(r"Backward\d*$", "", op) in VIEWS


LETTERS = {"abc": "ᵃᵇᶜ", "uvw": "ᵘᵛʷ", "xyz": "ˣʸᶻ"}  # and as exponents


def letters_beside(names: Iterable[str | None]) -> str:
    """Three letters for inputs, none of which is one of `names` if that can be had."""
    taken = {name for name in names if name}
    return next((letters for letters in LETTERS if not taken & set(letters)), "abc")


def respelled(line: str, letters: str) -> str:
    """A rule's line with other letters for the inputs a, b, c."""
    line = line.translate(str.maketrans(LETTERS["abc"], LETTERS[letters]))
    line = line.replace("ā", normalize("NFC", f"{letters[0]}\u0304"))  # a mean
    change = str.maketrans("abc", letters)
    return re.sub(r"(?<![A-Za-z])[abc](?![A-Za-z])", lambda m: m[0].translate(change), line)


SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")


def power(exponent: str) -> str:
    """The exponent that a power keeps after differentiation, raised: `²` for 3, nothing for 2."""
    try:
        left = f"{float(exponent) - 1:.4g}"
    except ValueError:
        return f"^({exponent} - 1)"
    return "" if left == "1" else left.translate(SUPERSCRIPTS)
