"""How torch reads the arguments of a call, and its words for those that it cannot read.

What a function takes is read from its Python signature: names, defaults, annotations. Loaded when a
call has failed.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import dtypes
from .device import device
from .engine.node import Node
from .errors import class_name, warn_once

NUMPY_NAMES = {
    "axis": "dim",
    "keepdims": "keepdim",
    "x": "input",
    "a": "input",
    "x1": "input",
    "x2": "other",
}
"""numpy's names of arguments, which torch takes too, where the function has torch's."""


EMPTY = inspect.Parameter.empty


class Parameter(NamedTuple):
    """One argument as torch lists it; `kind` is a key of `KINDS`."""

    name: str
    kind: str
    default: Any
    keyword_only: bool
    takes_none: bool

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is EMPTY

    def fits(self, value: Any) -> bool:
        """Whether torch's parser takes this value."""
        return (value is None and self.takes_none) or KINDS[self.kind][1](value)

    def __str__(self) -> str:
        default = '"' + self.default + '"' if isinstance(self.default, str) else self.default
        text = f"{KINDS[self.kind][0]} {self.name}"
        return text if self.required else f"{text} = {default}"


class Overload(NamedTuple):
    """One way to call a function."""

    parameters: tuple[Parameter, ...]

    @property
    def least(self) -> int:
        """How many arguments must be given."""
        return sum([p.required for p in self.parameters])

    @property
    def places(self) -> tuple[Parameter, ...]:
        """What may be given without its name."""
        return tuple([p for p in self.parameters if not p.keyword_only])

    def __str__(self) -> str:
        shown = [str(p) for p in self.parameters]
        if len(self.places) < len(shown):
            shown.insert(len(self.places), "*")
        return f"({', '.join(shown)})"


def reread(
    name: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    named: dict[str, Any],
    style: str,
) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """The arguments of a call that failed, in the places and under the names where `function` takes
    them; None if they are there, so that it failed for another reason.

    As torch it takes numpy's names, and factors before tensors. Raises TypeError, in torch's words,
    for arguments that it cannot read.
    """
    overloads = overloads_of(name, function, style)
    if not overloads:
        return None
    known = {p.name for overload in overloads for p in overload.parameters}
    theirs = [n for n in named if n not in known and NUMPY_NAMES.get(n) in known - named.keys()]
    if theirs:
        return args, {NUMPY_NAMES[n] if n in theirs else n: v for n, v in named.items()}
    if style == "method" and overloads == [Overload(())] and (named or args[1:]):
        what = "keyword arguments" if named else f"arguments ({len(args) - 1} given)"
        raise TypeError(f"TensorBase.{name}() takes no {what}") from None
    self, given = (args[:1], args[1:]) if style == "method" else ((), args)
    said = misfit(name, overloads, given, named)
    if said is not None:
        raise TypeError(said) from None
    older = [o for o in overloads if isinstance(o, Older) and not _mismatch(name, o, given, named)]
    if older:
        _discourage(name, overloads[0], older[0])
        by_name = dict(zip([p.name for p in older[0].parameters], given)) | named
        tensors = [by_name.pop(p.name) for p in overloads[0].places]
        return (*self, *tensors), by_name
    return None


def _discourage(name: str, newer: Overload, older: Overload) -> None:
    """Warn of a call with factors before the tensors."""
    warn_once(
        f"This overload of {name} is deprecated:\n\t{name}{older}\nConsider using one of the "
        f"following signatures instead:\n\t{name}{newer}",
        4,
        "overload",
    )


def misfit(
    name: str, overloads: Sequence[Overload], args: Sequence[Any], named: Mapping[str, Any]
) -> str | None:
    """What torch says of a call with these arguments; None if it has nothing against them."""
    if len(overloads) == 1:
        return _mismatch(name, overloads[0], args, named)
    if any(_mismatch(name, overload, args, named) is None for overload in overloads):
        return None
    shown = [overload for overload in overloads if not isinstance(overload, Older)]
    given = len(args) + len(named)
    near = [o for o in shown if o.least <= given <= len(o.parameters)]
    if len(near) == 1:
        return _mismatch(name, near[0], args, named)
    return f"{name}() received an invalid combination of arguments - {_options(shown, args, named)}"


class Older(Overload):
    """A way to call a function that torch still takes, and does not list."""


def _mismatch(
    name: str, overload: Overload, args: Sequence[Any], named: Mapping[str, Any]
) -> str | None:
    parameters, places = overload.parameters, overload.places
    # ``view(2, 3)`` for ``view((2, 3))``
    spread = [p.kind for p in places] == ["Sequence[int]"] and _are_integers(args)
    if len(args) > len(places) and not spread:
        return f"{name}() {_too_many(overload, len(args))}"
    known = {}
    for i, parameter in enumerate(parameters):
        by_place = i < min(len(args), len(places))
        if not by_place and parameter.name not in named:
            if parameter.required:
                return f"{name}() {_missing(parameters[i:])}"
            continue
        value = args[i] if by_place else named[parameter.name]
        if not by_place:
            known[parameter.name] = value
        if parameter.fits(value) or (spread and by_place):
            continue
        where = f" (position {i + 1})" if by_place else ""
        kind = KINDS[parameter.kind][0]
        if kind == "tuple of Tensors" and isinstance(value, (list, tuple)):
            at, wrong = next((j, v) for j, v in enumerate(value) if not _is_tensor(v))
            return f"expected Tensor as element {at} in argument {i}, but got {class_name(wrong)}"
        text = f"{name}(): argument '{parameter.name}'{where} must be {kind}"
        if by_place and kind == "tuple of ints" and isinstance(value, (list, tuple)):
            return f"{text}, but found element of type {class_name(value[0])} at pos 0"
        return f"{text}, not {class_name(value)}"
    for keyword in named.keys() - known.keys():
        if keyword in [p.name for p in places[: len(args)]]:
            return f"{name}() got multiple values for argument '{keyword}'"
        return f"{name}() got an unexpected keyword argument '{keyword}'"
    return None


def _too_many(overload: Overload, given: int) -> str:
    least, most = overload.least, len(overload.places)
    if least != most:
        return f"takes from {least} to {most} positional arguments but {given} were given"
    noun, verb = "argument" + "s" * (most != 1), "was" if given == 1 else "were"
    return f"takes {most} positional {noun} but {given} {verb} given"


def _missing(parameters: Sequence[Parameter]) -> str:
    names = [f'"{p.name}"' for p in parameters if p.required]
    noun = "argument" + "s" * (len(names) == 1)  # torch's own grammar
    return f"missing {len(names)} required positional {noun}: {', '.join(names)}"


# -- several ways to call a function ---------------------------------------------------------------


def _options(overloads: Sequence[Overload], args: Sequence[Any], named: Mapping[str, Any]) -> str:
    given = "".join([class_name(a) + ", " for a in args])
    given += "".join([f"{k}={class_name(v)}, " for k, v in named.items()])
    given = f"({given.removesuffix(', ') if args else given})"
    if len(overloads) == 1:
        entries = _entries(overloads[0])
        if unknown := _unknown(entries, named):
            return f"got unrecognized keyword arguments: {', '.join(unknown)}"
        if len(entries) == len(args) + len(named):
            given = _marked(entries, args, named)
        return f"got {given}, but expected {overloads[0]}"
    lines = [f"got {given}, but expected one of:\n"]
    for overload in overloads:
        lines.append(f" * {overload}\n")
        entries = _entries(overload)
        if len(entries) == len(args) + len(named):
            if unknown := _unknown(entries, named):
                said = f"keywords were incorrect: {', '.join(unknown)}"
            else:
                said = f"arguments have invalid types: {_marked(entries, args, named)}"
            lines.append(f"      didn't match because some of the {said}\n")
    return "".join(lines)


def _entries(overload: Overload) -> list[tuple[str, str]]:
    """The (type, name) pairs that torch reads back out of the text of an overload: split at commas
    and at the last space, so that a star counts, and a default passes for the name."""
    pairs = [entry.rpartition(" ")[::2] for entry in str(overload)[1:-1].split(", ")]
    return [(kind, name) for kind, name in pairs]


def _unknown(entries: list[tuple[str, str]], named: Mapping[str, Any]) -> list[str]:
    last = [name for _, name in entries[max(len(entries) - len(named), 0) :]]
    return [name for name in named if name not in last]


def _marked(entries: list[tuple[str, str]], args: Sequence[Any], named: Mapping[str, Any]) -> str:
    shown = []
    for i, (kind, name) in enumerate(entries):
        value = args[i] if i < len(args) else named[name]
        text = "" if i < len(args) else f"{name}="
        text += class_name(value)
        if isinstance(value, (list, tuple)):
            inner = ", ".join([class_name(v) for v in value])
            comma = "," if len(value) == 1 else ""
            text += f" of ({inner}{comma})" if isinstance(value, tuple) else f" of [{inner}]"
        same = kind == class_name(value) or (kind == "float" and class_name(value) == "int")
        shown.append(text if same else f"!{text}!")
    return f"({', '.join(shown)}{'' if args else ', '})"


# -- what a function takes -------------------------------------------------------------------------


def overloads_of(name: str, function: Callable[..., Any], style: str) -> list[Overload]:
    """The ways to call a function: those that `overloads` gave it, or else one for each choice
    among the types of its annotations; none if it takes any arguments.

    By `style` it is a "method", whose first parameter is no argument; or "of a tensor", a function
    that calls a method; or "plain".
    """
    origin: Any = inspect.unwrap(function)
    if hasattr(origin, "overloads"):
        read = [_read(_signature(text), 0) for text in origin.overloads]
    else:
        signature = inspect.signature(origin)
        open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        passed_on = any(p.kind in open_ended for p in signature.parameters.values())
        if hasattr(origin, "op") and passed_on:
            signature = inspect.signature(origin.op().forward)
        if _takes_anything(signature):
            return []
        read = [_read(signature, int(style != "plain"))]
        several = len(read[0]) < sum(map(len, read[0]))
        wrapped = "out" in inspect.signature(function, follow_wrapped=False).parameters
        if wrapped or (style == "of a tensor" and not several):
            read[0].append([Parameter("out", "Out", None, True, True)])
    found = [Overload(chosen) for parameters in read for chosen in itertools.product(*parameters)]
    if hasattr(origin, "factors_first"):
        found += _older(found[0])
    if style == "method" or (style == "of a tensor" and name.endswith("_")):
        found = [o for o in found if "self" not in [p.name for p in o.parameters]]
        kept = [tuple([p for p in o.parameters if p.name != "out"]) for o in found]
        found = [type(o)(parameters) for o, parameters in zip(found, kept)]
    return [_of_tensor(o) for o in found] if style == "of a tensor" else found


def _takes_anything(signature: inspect.Signature) -> bool:
    """Whether there are ``**named``; or ``*args`` that have no name, as in ``*args, size=None``."""
    parameters = [*signature.parameters.values()]
    for p, after in itertools.zip_longest(parameters, parameters[1:]):
        unnamed = after is None or after.annotation != "Any"
        if p.kind is p.VAR_KEYWORD or (p.kind is p.VAR_POSITIONAL and unnamed):
            return True
    return False


def _of_tensor(overload: Overload) -> Overload:
    """A method's overload as the function has it: the tensor is its first argument, or once stood
    between its factors."""
    if overload.parameters[:1] and overload.parameters[0].name == "self":  # a number
        return overload
    kinds = [p.kind for p in overload.parameters]
    first = Parameter("input", "Operand" if "Operand" in kinds else "Tensor", EMPTY, False, False)
    place = int(isinstance(overload, Older) and overload.parameters[0].name == "beta")
    return type(overload)((*overload.parameters[:place], first, *overload.parameters[place:]))


def _older(overload: Overload) -> list[Overload]:
    """torch once had one or all of the factors before the tensors that they multiply."""
    named = [p for p in overload.parameters if p.keyword_only]
    out = [p for p in named if p.name == "out"]
    factors = [p._replace(keyword_only=False, default=EMPTY) for p in named if p.name != "out"]
    counts = range(1, len(factors) + 1)
    return [Older((*factors[:n], *overload.places, *out)) for n in counts]


def _signature(text: str) -> inspect.Signature:
    space: dict[str, Any] = {}
    exec(f"from __future__ import annotations\ndef read({text}): ...", space)
    return inspect.signature(space["read"])


def _read(signature: inspect.Signature, skip: int) -> list[list[Parameter]]:
    """Each parameter of a signature, once for each type that it may have; the first `skip` are left
    out. Those that stand for ``*args`` must be given."""
    found: list[list[Parameter]] = []
    in_pieces = False
    for p in [*signature.parameters.values()][skip:]:
        if p.kind is p.VAR_POSITIONAL:
            in_pieces = True
        elif p.kind is not p.VAR_KEYWORD and NUMPY_NAMES.get(p.name) not in signature.parameters:
            if in_pieces and not found:
                found.append([Parameter(p.name, "Sequence[int]", EMPTY, False, False)])
                continue
            told = _kind(p).removesuffix(" | None")
            kinds = [kind if kind in KINDS else "Any" for kind in told.split(" | ")]
            none = p.default is None or told != _kind(p)
            found.append(
                [Parameter(p.name, k, p.default, p.kind is p.KEYWORD_ONLY, none) for k in kinds]
            )
    return found


def _kind(parameter: inspect.Parameter) -> str:
    """The annotation; without one, the type of the default, or what has this name everywhere."""
    if parameter.annotation is not EMPTY:
        return str(parameter.annotation)
    return NAMED.get(parameter.name) or type(parameter.default).__name__


NAMED = {
    "dtype": "Dtype",
    "out": "Tensor",
    "layout": "Layout",
    "device": "Device",
    "generator": "Generator",
    "memory_format": "MemoryFormat",
}


# -- torch's types ---------------------------------------------------------------------------------


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Node.tensor_type)


def _is_scalar(value: Any) -> bool:
    return _is_tensor(value) and value.ndim == 0 and not value.requires_grad


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number, np.bool_)) or _is_scalar(value)


def _is_integer(value: Any) -> bool:
    if isinstance(value, (int, np.integer)):
        return not isinstance(value, bool)
    return _is_scalar(value) and value._data.dtype.kind in "iu"


def _are_integers(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and (not value or _is_integer(value[0]))


def _is_bool(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_)) or (
        _is_scalar(value) and value._data.dtype.kind == "b"
    )


KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "Tensor": ("Tensor", _is_tensor),
    "Operand": ("Tensor", lambda value: _is_tensor(value) or _is_number(value)),
    "Number": ("Number", _is_number),
    "int": ("int", _is_integer),
    "float": ("float", _is_number),
    "bool": ("bool", _is_bool),
    "str": ("str", lambda value: isinstance(value, str)),
    "Dims": ("tuple of ints", lambda value: _is_integer(value) or _are_integers(value)),
    "Sequence[int]": ("tuple of ints", _are_integers),
    "Sequence[float]": ("tuple of floats", lambda value: isinstance(value, (tuple, list))),
    "Sequence[Tensor]": (
        "tuple of Tensors",
        lambda value: isinstance(value, (tuple, list)) and all(map(_is_tensor, value)),
    ),
    "Dtype": (
        "minigrad.dtype",
        lambda value: isinstance(value, dtypes.dtype) or value in dtypes.PYTHON_TYPES,
    ),
    "Device": ("minigrad.device", lambda value: isinstance(value, (str, int, device))),
    "Generator": ("minigrad.Generator", lambda value: type(value).__name__ == "Generator"),
    "Layout": ("minigrad.layout", lambda value: type(value).__name__ == "layout"),
    "MemoryFormat": ("minigrad.memory_format", lambda v: type(v).__name__ == "memory_format"),
    "Out": ("Tensor", lambda value: _is_tensor(value) or KINDS["Sequence[Tensor]"][1](value)),
    "Any": ("object", lambda value: True),
}
"""Of an annotation: torch's name for it, and whether a value is one. `Operand` is a tensor in whose
place a number may stand; `Dims` are one or several."""
