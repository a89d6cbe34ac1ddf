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


def _alike(ops: str, rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys([f"{op}Backward" for op in ops.split()], rule)


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
    "RemainderBackward": _pointwise("∂(a mod b)/∂a = 1; ∂(a mod b)/∂b = −⌊a/b⌋"),
    "Atan2Backward": _pointwise("∂atan(a/b)/∂a = b/(a²+b²); ∂atan(a/b)/∂b = −a/(a²+b²)"),
    "HypotBackward": _pointwise("∂√(a²+b²)/∂a = a/√(a²+b²); ∂√(a²+b²)/∂b = b/√(a²+b²)"),
    "LogaddexpBackward": _pointwise("∂ln(eᵃ+eᵇ)/∂a = σ(a−b); ∂ln(eᵃ+eᵇ)/∂b = σ(b−a)"),
    "PreluKernelBackward": _pointwise("g where a > 0, else b·g; 0 where a > 0, else a·g"),
    "LerpBackward": _pointwise("∂L/∂a = g·(1−c); ∂L/∂b = g·c; ∂L/∂c = g·(b−a)"),
    "AddcmulBackward": _pointwise("∂L/∂a = g; ∂L/∂b = g·c·value; ∂L/∂c = g·b·value"),
    "AddcdivBackward": _pointwise("∂L/∂a = g; ∂L/∂b = g·value/c; ∂L/∂c = −g·value·b/c²"),
    # one input, element by element
    "NegBackward": _pointwise("∂(−a)/∂a = −1", "{g} · (-1)"),
    "ExpBackward": _pointwise("∂eᵃ/∂a = eᵃ", "{g} · {result}"),
    "LogBackward": _pointwise("∂ln a/∂a = 1/a", "{g} / {self}"),
    "Exp2Backward": _pointwise("∂2ᵃ/∂a = 2ᵃ·ln 2"),
    "Expm1Backward": _pointwise("∂(eᵃ−1)/∂a = eᵃ", "{g} · ({result} + 1)"),
    "Log1PBackward": _pointwise("∂ln(1+a)/∂a = 1/(1+a)", "{g} / (1 + {self})"),
    "Log2Backward": _pointwise("∂log₂ a/∂a = 1/(a·ln 2)"),
    "Log10Backward": _pointwise("∂log₁₀ a/∂a = 1/(a·ln 10)"),
    "LogitBackward": _pointwise("∂logit a/∂a = 1/(a·(1−a))"),
    "LgammaBackward": _pointwise("∂ln Γ(a)/∂a = ψ(a)"),
    "ErfBackward": _pointwise("∂erf a/∂a = exp(−a²)·2/√π"),
    "SqrtBackward": _pointwise("∂√a/∂a = 1/(2√a)", "{g} / (2 · {result})"),
    "RsqrtBackward": _pointwise("∂(1/√a)/∂a = −1/(2a√a)"),
    "ReciprocalBackward": _pointwise("∂(1/a)/∂a = −1/a²", "{g} · (-{result}²)"),
    "SinBackward": _pointwise("∂sin a/∂a = cos a", "{g} · cos {self}"),
    "CosBackward": _pointwise("∂cos a/∂a = −sin a", "{g} · (-sin {self})"),
    "TanBackward": _pointwise("∂tan a/∂a = 1+tan²a", "{g} · (1 + {result}²)"),
    "AsinBackward": _pointwise("∂asin a/∂a = 1/√(1−a²)"),
    "AcosBackward": _pointwise("∂acos a/∂a = −1/√(1−a²)"),
    "AtanBackward": _pointwise("∂atan a/∂a = 1/(1+a²)", "{g} / (1 + {self}²)"),
    "AsinhBackward": _pointwise("∂asinh a/∂a = 1/√(a²+1)"),
    "AcoshBackward": _pointwise("∂acosh a/∂a = 1/√(a²−1)"),
    "AtanhBackward": _pointwise("∂atanh a/∂a = 1/(1−a²)"),
    "SinhBackward": _pointwise("∂sinh a/∂a = cosh a", "{g} · cosh {self}"),
    "CoshBackward": _pointwise("∂cosh a/∂a = sinh a", "{g} · sinh {self}"),
    "TanhBackward": _pointwise("∂tanh a/∂a = 1−tanh²a", "{g} · (1 - {result}²)"),
    "SigmoidBackward": _pointwise("∂σ/∂a = σ·(1−σ)", "{g} · {result} · (1 - {result})"),
    "ReluBackward": _pointwise("g where a > 0, else 0"),
    "LeakyReluBackward": _pointwise("g where a > 0, else slope·g"),
    "EluBackward": _pointwise("g where a > 0, else eᵃ·α·g"),
    "SoftplusBackward": _pointwise("∂softplus/∂a = σ(a)"),
    "LogSigmoidBackward": _pointwise("∂ln σ(a)/∂a = 1−σ(a)"),
    "SiluBackward": _pointwise("∂silu/∂a = σ(a)·(1+a·(1−σ(a)))"),
    "GeluBackward": _pointwise("∂gelu/∂a = Φ(a)+a·φ(a)"),
    "ThresholdBackward": _pointwise("g above the threshold, else 0"),
    "MaskedFillBackward": _pointwise("g, 0 where masked; Σg where masked"),
    **_alike("Floor Ceil Round Trunc Sign Sgn", _pointwise("0: it is flat between its jumps")),
    **_alike("ClampMin ClampMax Hardtanh", _pointwise("g inside the bounds, else 0")),
    "AbsBackward": _pointwise("∂|a|/∂a = sign a", "{g} · sign {self}"),
    "ClampBackward": _pointwise("g inside the bounds, else 0"),
    "CloneBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    "ToCopyBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    "AliasBackward": _pointwise("∂a/∂a = 1", "{g} · 1"),
    "CheckpointFunctionBackward": _rule("computes its inside again"),
    # many elements to one
    "SumBackward": _rule("∂Σa/∂aᵢ = 1", "{g} · 1"),
    "MeanBackward": _rule("∂mean/∂aᵢ = 1/n", "{g} / {n}"),
    "ProdBackward": _rule("∂Πa/∂aᵢ = Πa/aᵢ"),
    "MaxBackward": _rule("g at the largest, else 0"),
    "MinBackward": _rule("g at the smallest, else 0"),
    "AmaxBackward": _rule("g at the largest, else 0"),
    "AminBackward": _rule("g at the smallest, else 0"),
    "LogsumexpBackward": _rule("∂L/∂a = g·softmax(a)"),
    "CumsumBackward": _rule("g summed from the end"),
    "SortBackward": _rule("g, put back in a's order"),
    "KthvalueBackward": _rule("g at the k-th, else 0"),
    **_alike("Median Nanmedian", _rule("g at the median, else 0")),
    "VarBackward": _rule("∂var/∂aᵢ = 2(aᵢ−ā)/(n−1)"),
    "StdBackward": _rule("∂std/∂aᵢ = (aᵢ−ā)/((n−1)·std)"),
    "LinalgVectorNormBackward": _rule("∂‖a‖/∂aᵢ = aᵢ/‖a‖"),
    "MseLossBackward": _rule("∂mse/∂aᵢ = 2(aᵢ−bᵢ)/n; ∂mse/∂bᵢ = 2(bᵢ−aᵢ)/n"),
    "L1LossBackward": _rule("∂L1/∂aᵢ = sign(aᵢ−bᵢ)/n; ∂L1/∂bᵢ = sign(bᵢ−aᵢ)/n"),
    "NllLossBackward": _rule("∂nll/∂aᵢ = −1/n at the target"),
    "NllLoss2DBackward": _rule("∂nll/∂aᵢ = −1/n at the target"),
    "BinaryCrossEntropyBackward": _rule(
        "∂bce/∂aᵢ = (aᵢ−bᵢ)/(n·aᵢ·(1−aᵢ)); ∂bce/∂bᵢ = ln((1−aᵢ)/aᵢ)/n"
    ),
    "BinaryCrossEntropyWithLogitsBackward": _rule(
        "∂bce/∂aᵢ = (σ(aᵢ)−bᵢ)/n; ∂bce/∂bᵢ = −aᵢ/n"
    ),
    **_alike(
        "SmoothL1Loss HuberLoss",
        _rule("g·(aᵢ−bᵢ)/n, at most ±g/n; g·(bᵢ−aᵢ)/n, at most ±g/n"),
    ),
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
    **_alike("Baddbmm Addmv", _rule("∂L/∂c = g; ∂L/∂a = g·bᵀ; ∂L/∂b = aᵀ·g")),
    "LinalgCrossBackward": _rule("∂L/∂a = b × g; ∂L/∂b = g × a"),
    "LinalgInvExBackward": _rule("∂L/∂a = −(a⁻¹)ᵀ·g·(a⁻¹)ᵀ"),
    "LinalgDetBackward": _rule("∂det a/∂a = det a·(a⁻¹)ᵀ"),
    "LinalgSlogdetBackward": _rule("∂ln|det a|/∂a = (a⁻¹)ᵀ"),
    "TraceBackward": _rule("g on the diagonal, else 0"),
    # layers
    "ConvolutionBackward": _rule("∂L/∂a = Σ g·b, by windows; ∂L/∂b = Σ g·windows of a; ∂L/∂c = Σg"),
    "EmbeddingBackward": _rule("g, added up row by row"),
    "NativeDropoutBackward": _rule("g/(1−p) where kept, else 0"),
    **_alike("NativeBatchNorm NativeLayerNorm NativeGroupNorm", _rule(
        "g·b/std, less its mean and its part along a; ∂L/∂b = Σ g·(a−ā)/std; ∂L/∂c = Σg"
    )),
    **_alike(
        "MaxPool2DWithIndices MaxPool3DWithIndices AdaptiveMaxPool2D AdaptiveMaxPool3D",
        _rule("g at the largest of a window, else 0"),
    ),
    **_alike(
        "AvgPool2D AvgPool3D AdaptiveAvgPool2D AdaptiveAvgPool3D", _rule("g/n to all n of a window")
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
    **_alike("IndexSelect Take MaskedSelect Topk AsStrided", _rule("g in its place, else 0")),
    "UnfoldBackward": _rule("g of all windows, added up"),
    "FlipBackward": _rule("g, flipped back"),
    "RollBackward": _rule("g, rolled back"),
    "Rot90Backward": _rule("g, turned back"),
    "TrilBackward": _rule("g below the diagonal, else 0"),
    "TriuBackward": _rule("g above the diagonal, else 0"),
    "DiagonalBackward": _rule("g on the diagonal, else 0"),
    "DiagEmbedBackward": _rule("the diagonal of g"),
    "ConstantPadNdBackward": _rule("g without the padding"),
    "CatBackward": _rule("each input's part of g"),
    "StackBackward": _rule("each input's part of g"),
    "SplitBackward": _rule("the parts of g, joined"),
    "SplitWithSizesBackward": _rule("the parts of g, joined"),
    "UnbindBackward": _rule("the parts of g, stacked"),
    "CopySlices": _rule("g, 0 where overwritten; g where written"),
    **_alike(
        "Scatter IndexPut IndexCopy SliceScatter SelectScatter DiagonalScatter",
        _rule("g, 0 where overwritten; g where written"),
    ),
    **_alike("ScatterAdd IndexAdd", _rule("g; g where added")),
    "CopyBackwards": _rule("0: it was overwritten; g"),
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


LETTERS = {"abc": "ᵃᵇᶜ", "uvw": "ᵘᵛʷ", "xyz": "ˣʸᶻ", "rst": "ʳˢᵗ"}  # and as exponents


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


def with_value(line: str, letter: str, text: str) -> str:
    """A rule's line that tells what a letter in its result stands for: `∂(a·b)/∂a = b = 2`."""
    result = line.rpartition(" = ")[2]
    if not re.search(rf"(?<![A-Za-z]){letter}(?![A-Za-z])", result):
        return line
    return f"{line} = {text}" if result == letter else f"{line}, {letter} = {text}"


SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")


def power(exponent: str) -> str:
    """The exponent that a power keeps after differentiation, raised: `²` for 3, nothing for 2."""
    try:
        left = f"{float(exponent) - 1:.4g}"
    except ValueError:
        return f"^({exponent} - 1)"
    return "" if left == "1" else left.translate(SUPERSCRIPTS)
