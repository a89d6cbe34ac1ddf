"""What each operation does to a gradient: the rule as text, and as a formula with real numbers.

A rule speaks of the operation's own inputs x, y (and b), of its output's gradient g = ∂L/∂out, and
of n elements. A formula belongs to one input and names what it needs: `g`, the saved tensors by
torch's names (`self`, `other`, `result`, …), or `n`, the elements that share one gradient.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """`text` stands on the node. `formulas[i]` is what input i is sent, None if words are better.

    `inputs` says which input a saved tensor is: {"other": 1} for the factor of a product.
    `summed` marks operations whose gradient is summed where an input was broadcast.
    """

    text: str
    formulas: tuple[str | None, ...] = ()
    inputs: dict[str, int] = field(default_factory=dict)
    summed: bool = False


def _pointwise(text: str, *formulas: str) -> Rule:
    return Rule(text, formulas, {"self": 0, "other": 1, "exponent": 1}, summed=True)


def _matrix(text: str, *formulas: str | None, **inputs: int) -> Rule:
    return Rule(text, formulas, inputs)


NONE = Rule("")
RULES = {
    # two inputs, element by element
    "AddBackward": _pointwise("∂(x+y)/∂x = 1, ∂(x+y)/∂y = 1", "{g} · 1", "{g} · {alpha}"),
    "SubBackward": _pointwise("∂(x−y)/∂x = 1, ∂(x−y)/∂y = −1", "{g} · 1", "{g} · (-{alpha})"),
    "RsubBackward": _pointwise("∂(c−x)/∂x = −1", "{g} · (-{alpha})", "{g} · 1"),
    "MulBackward": _pointwise("∂(x·y)/∂x = y, ∂(x·y)/∂y = x", "{g} · {other}", "{g} · {self}"),
    "DivBackward": _pointwise(
        "∂(x/y)/∂x = 1/y, ∂(x/y)/∂y = −x/y²", "{g} / {other}", "{g} · (-{self} / {other}²)"
    ),
    "PowBackward0": _pointwise("∂xⁿ/∂x = n·xⁿ⁻¹", "{g} · {exponent} · {self}{power}"),
    "PowBackward1": _pointwise("∂xʸ/∂x = y·xʸ⁻¹, ∂xʸ/∂y = xʸ·ln x"),
    "PowBackward2": _pointwise("∂cˣ/∂x = cˣ·ln c"),
    "WhereBackward": _pointwise("∂L/∂x = g if chosen, else 0"),
    "MaximumBackward": _pointwise("∂L/∂x = g where x is larger"),
    "MinimumBackward": _pointwise("∂L/∂x = g where x is smaller"),
    # one input, element by element
    "NegBackward": _pointwise("∂(−x)/∂x = −1", "{g} · (-1)"),
    "ExpBackward": _pointwise("∂eˣ/∂x = eˣ", "{g} · {result}"),
    "LogBackward": _pointwise("∂ln x/∂x = 1/x", "{g} / {self}"),
    "SqrtBackward": _pointwise("∂√x/∂x = 1/(2√x)", "{g} / (2 · {result})"),
    "ReciprocalBackward": _pointwise("∂(1/x)/∂x = −1/x²", "{g} · (-{result}²)"),
    "SinBackward": _pointwise("∂sin x/∂x = cos x", "{g} · cos {self}"),
    "CosBackward": _pointwise("∂cos x/∂x = −sin x", "{g} · (-sin {self})"),
    "TanhBackward": _pointwise("∂tanh x/∂x = 1−tanh²x", "{g} · (1 - {result}²)"),
    "SigmoidBackward": _pointwise("∂σ(x)/∂x = σ·(1−σ)", "{g} · {result} · (1 - {result})"),
    "ReluBackward": _pointwise("∂relu(x)/∂x = 1 if x>0, else 0", "{g} where {result} > 0"),
    "AbsBackward": _pointwise("∂|x|/∂x = sign x", "{g} · sign {self}"),
    "ClampBackward": _pointwise("∂x/∂x = 1 inside, 0 outside"),
    "CloneBackward": _pointwise("∂x/∂x = 1", "{g} · 1"),
    "ToCopyBackward": _pointwise("∂x/∂x = 1", "{g} · 1"),
    # many elements to one
    "SumBackward": Rule("∂Σx/∂xᵢ = 1", ("{g} · 1",)),
    "MeanBackward": Rule("∂mean(x)/∂xᵢ = 1/n", ("{g} / {n}",)),
    "ProdBackward": Rule("∂Πx/∂xᵢ = Πx/xᵢ"),
    "MaxBackward": Rule("∂max(x)/∂xᵢ = 1 at the largest"),
    "MinBackward": Rule("∂min(x)/∂xᵢ = 1 at the smallest"),
    "AmaxBackward": Rule("∂max(x)/∂xᵢ = 1 at the largest"),
    "AminBackward": Rule("∂min(x)/∂xᵢ = 1 at the smallest"),
    "VarBackward": Rule("∂var(x)/∂xᵢ = 2(xᵢ−x̄)/(n−1)"),
    "StdBackward": Rule("∂s/∂xᵢ = (xᵢ−x̄)/((n−1)·s)"),
    "NormBackward": Rule("∂‖x‖/∂xᵢ = xᵢ/‖x‖"),
    "MseLossBackward": Rule("∂mse/∂xᵢ = 2(xᵢ−yᵢ)/n"),
    "L1LossBackward": Rule("∂L1/∂xᵢ = sign(xᵢ−yᵢ)/n"),
    "NllLossBackward": Rule("∂nll/∂xᵢ = −1/n at the target"),
    "SoftmaxBackward": Rule("∂sᵢ/∂xⱼ = sᵢ·(δᵢⱼ−sⱼ)"),
    "LogSoftmaxBackward": Rule("∂L/∂x = g − softmax(x)·Σg"),
    # matrices
    "MmBackward": _matrix(
        "∂L/∂x = g·yᵀ, ∂L/∂y = xᵀ·g", "{g} @ {mat2}ᵀ", "{self}ᵀ @ {g}", self=0, mat2=1
    ),
    "BmmBackward": _matrix(
        "∂L/∂x = g·yᵀ, ∂L/∂y = xᵀ·g", "{g} @ {mat2}ᵀ", "{self}ᵀ @ {g}", self=0, mat2=1
    ),
    "MvBackward": _matrix(
        "∂L/∂x = g·yᵀ, ∂L/∂y = xᵀ·g", "{g} outer {vec}", "{self}ᵀ @ {g}", self=0, vec=1
    ),
    "DotBackward": _matrix(
        "∂(x·y)/∂x = y, ∂(x·y)/∂y = x", "{g} · {tensor}", "{g} · {self}", self=0, tensor=1
    ),
    "AddmmBackward": _matrix(
        "∂L/∂b = g, ∂L/∂x = g·yᵀ, ∂L/∂y = xᵀ·g",
        None, "{g} @ {mat2}ᵀ", "{mat1}ᵀ @ {g}", mat1=1, mat2=2,
    ),
    "AddmvBackward": _matrix("∂L/∂b = g, ∂L/∂x = g·yᵀ, ∂L/∂y = xᵀ·g"),
    # the same numbers in another place
    "TBackward": Rule("∂L/∂x = gᵀ", ("{g} transposed",)),
    "TransposeBackward": Rule("∂L/∂x = gᵀ", ("{g} transposed",)),
    "PermuteBackward": Rule("∂L/∂x = g, axes put back", ("{g}, its axes put back",)),
    "ViewBackward": Rule("∂L/∂x = g in x's shape"),
    "UnsafeViewBackward": Rule("∂L/∂x = g in x's shape"),
    "ReshapeAliasBackward": Rule("∂L/∂x = g in x's shape"),
    "SqueezeBackward": Rule("∂L/∂x = g in x's shape"),
    "UnsqueezeBackward": Rule("∂L/∂x = g in x's shape"),
    "AliasBackward": Rule("∂x/∂x = 1", ("{g} · 1",)),
    "ExpandBackward": Rule("∂L/∂x = g summed over the copies"),
    "RepeatBackward": Rule("∂L/∂x = g summed over the copies"),
    "SelectBackward": Rule("∂L/∂x = g in its place, else 0"),
    "SliceBackward": Rule("∂L/∂x = g in its place, else 0"),
    "IndexBackward": Rule("∂L/∂x = g in its place, else 0"),
    "GatherBackward": Rule("∂L/∂x = g in its place, else 0"),
    "CatBackward": Rule("∂L/∂x = x's part of g"),
    "StackBackward": Rule("∂L/∂x = x's part of g"),
    "SplitBackward": Rule("∂L/∂x = the parts of g, joined"),
    "UnbindBackward": Rule("∂L/∂x = the parts of g, stacked"),
    "CopySlices": Rule("∂L/∂x = g, 0 where overwritten"),
    "AccumulateGrad": Rule("x.grad += g"),
}  # fmt: skip


def rule_for(op: str) -> Rule:
    """The rule of an operation by its node's name; an empty one for an unknown or custom one."""
    return RULES.get(op) or RULES.get(re.sub(r"\d+$", "", op), NONE)


SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")


def power(exponent: str) -> str:
    """The exponent that a power keeps after differentiation, raised: `²` for 3, nothing for 2."""
    try:
        left = f"{float(exponent) - 1:.4g}"
    except ValueError:
        return f"^({exponent} - 1)"
    return "" if left == "1" else left.translate(SUPERSCRIPTS)
