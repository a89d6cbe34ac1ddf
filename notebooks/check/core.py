"""What every check is made of: an exercise, the reply it gives, and its three hints."""

from __future__ import annotations

import difflib
import dis
import html
import inspect
import math
import re
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import learner, stubs
from .meanings import meaning

State = Literal["right", "wrong", "open", "hint"]
MARKS = {"right": "✓", "wrong": "✗", "open": "○", "hint": "→"}
# Okabe–Ito; the mark says the same as the colour.
COLOURS = {"right": "#009E73", "wrong": "#D55E00", "open": "#0072B2", "hint": "#CC79A7"}


@dataclass(frozen=True, repr=False)
class Reply:
    """What a check or a hint says back. It shows itself as the last line of a cell."""

    state: State
    text: str

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return f"{MARKS[self.state]} {self.text}"

    def _repr_html_(self) -> str:
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(self.text))
        return (
            f'<div style="border-left:4px solid {COLOURS[self.state]};padding:2px 12px;'
            f'max-width:46em;line-height:1.5">{MARKS[self.state]}&ensp;{text}</div>'
        )


class Unanswered(Exception):
    """The answer, or a part of it, is still `...`."""


class Mistaken(Exception):
    """The answer is wrong in a way that the message names."""


class Exercise:
    """One exercise: call it with an answer and it replies."""

    def __init__(self, chapter: str, kind: str, hints: tuple[str, ...], grade: Callable) -> None:
        self.name, self.__doc__ = grade.__name__, grade.__doc__
        self.chapter, self.kind, self.hints, self.grade = chapter, kind, hints, grade

    def __call__(self, answer: Any = ...) -> Reply:
        """The verdict on `answer`, which is noted down for `check.progress()`."""
        reply = self.judge(answer)
        learner.note(self.name, reply.state)
        return reply

    def judge(self, answer: Any) -> Reply:
        """The verdict on `answer`; an error raised by the learner's code becomes part of it."""
        _returned.clear()
        try:
            if _is_open(answer):
                raise Unanswered
            return Reply("right", self.grade(answer))
        except Unanswered:
            return Reply("open", f'Yours to fill in. Stuck? Try `check.hint("{self.name}")`.')
        except Mistaken as mistake:
            if stubs.untouched(self.name, answer):
                return Reply("open", f"As it stands: {mistake}")
            return Reply("wrong", str(mistake))
        except (Exception, SystemExit) as error:
            return Reply("wrong", self.stopped(answer, error))

    def stopped(self, answer: Any, error: BaseException) -> str:
        """What to say of an error: the learner's own, or one about the kind of their answer."""
        if _is_of(answer, error):
            said = f": {error}".rstrip(".") if str(error) else ""
            means = meaning(error)
            told = f"Your code stopped with {type(error).__name__}{said}"
            return f"{told}. {means}" if means else told
        what = f"what your function returns, {shown(_returned[-1])}" if _returned else shown(answer)
        if "through the graph a second time" in str(error):
            said = "You ran its backward pass already. Leave that to the check: return the result."
        elif _is_engines(error):
            said = f"The engine says: {str(error).split('. ')[0]}. {meaning(error)}".rstrip()
        else:
            said = f"The task: {(self.__doc__ or '').splitlines()[0]}"
        return f"The check cannot use {what}. {said}"

    def __repr__(self) -> str:
        return f"check.{self.name}(answer): {self.__doc__}"


EXERCISES: dict[str, Exercise] = {}
_hints_shown: dict[str, int] = {}
_returned: list[Any] = []  # what the learner's function gave back, in this check


def exercise(chapter: str, kind: str, hints: tuple[str, str, str]) -> Callable:
    """Make a grading function an `Exercise`: it returns praise, or raises `Mistaken`."""

    def register(grade: Callable[[Any], str]) -> Exercise:
        other = EXERCISES.get(grade.__name__)
        if other and other.chapter != chapter:
            raise ValueError(f"chapter {other.chapter} has an exercise {grade.__name__!r} already")
        EXERCISES[grade.__name__] = Exercise(chapter, kind, hints, grade)
        return EXERCISES[grade.__name__]

    return register


def hint(name: str | Exercise, strength: int | None = None) -> Reply:
    """The next hint for an exercise, or the one of `strength` 1, 2 or 3.

    `name` may be `"treat"` or `check.treat`; for an unknown one, the reply names the nearest.
    Raises ValueError for an unknown strength.
    """
    if isinstance(name, Exercise):
        name = name.name
    if not isinstance(name, str) or name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES, n=1)
        ask = f' Did you mean `check.hint("{near[0]}")`?' if near else ""
        return Reply("wrong", f"There is no exercise {name!r}.{ask}")
    hints = EXERCISES[name].hints
    if strength is None:
        strength = min(_hints_shown.get(name, 0) + 1, len(hints))
    if strength not in range(1, len(hints) + 1):
        raise ValueError(f"strength is 1, 2 or 3, not {strength!r}")
    _hints_shown[name] = strength
    return Reply("hint", f"Hint {strength} of {len(hints)}: {hints[strength - 1]}")


NO_FUNCTION = "Hand over the function itself: its name, without parentheses behind it."


def function(answer: Any) -> Callable:
    """`answer`, which must be a function."""
    if isinstance(answer, type):
        raise Mistaken("A function is asked for, made with `def`, and this is a class.")
    if not callable(answer):
        raise Mistaken(NO_FUNCTION)
    return answer


def call(answer: Any, *inputs: Any) -> Any:
    """What the learner's function makes of `inputs`."""
    try:
        inspect.signature(function(answer)).bind(*inputs)
    except ValueError:
        pass  # a function of C tells nothing
    except TypeError as error:
        raise Mistaken(
            f"The check calls your function with {_count(len(inputs), 'argument')}, as in the cell"
            f" of the exercise. Python says: {error}."
        ) from None
    result = answer(*inputs)
    _returned.append(result)
    if result is ...:
        raise Unanswered
    if result is None and _hands_back(answer):
        raise Mistaken(
            "Your function has a `return`, and what it hands back is `None`. A `.grad` is None"
            " until a backward pass has run. `backward()` gives nothing back, and neither does"
            " what changes a list: `append()`, `reverse()`."
        )
    if result is None:
        raise Mistaken("Your function returns `None`. Its last line needs a `return`.")
    return result


def _hands_back(function: Any) -> bool:
    """Whether `function` has a `return` with something behind it."""
    function = inspect.unwrap(function)
    if not hasattr(function, "__code__"):
        return False
    last = None  # the value of the constant loaded before, if one was
    for step in dis.get_instructions(function):
        if step.opname == "RETURN_VALUE" and (last is None or last.argval is not None):
            return True
        if step.opname == "RETURN_CONST" and step.argval is not None:
            return True
        last = step if step.opname == "LOAD_CONST" else None
    return False


def engine(answer: Any) -> Any:
    """The module that the learner's cell calls `torch`, or else the engine that was imported."""
    names = _names(function(answer))
    if names is None:
        raise Mistaken("Write a function of your own, with `def`.")
    for module in (names.get("torch"), names.get("minigrad"), *map(sys.modules.get, ENGINES)):
        if hasattr(module, "tensor"):
            return module
    raise Mistaken("No engine is there yet. Run the cell with the imports, at the top.")


ENGINES = ("minigrad", "torch")


def _names(answer: Any) -> dict | None:
    """The names that the learner's code sees: its module's."""
    if isinstance(answer, type):
        own = [part for part in vars(answer).values() if hasattr(part, "__func__")]
        answer = own[0].__func__ if own else None
    elif not hasattr(answer, "__globals__") and callable(answer):
        answer = getattr(answer, "func", getattr(answer, "__wrapped__", type(answer).__call__))
    answer = inspect.unwrap(answer) if callable(answer) else answer  # of its decorators
    return getattr(answer, "__globals__", None)


def _is_of(answer: Any, error: BaseException) -> bool:
    """Whether `error` came out of the learner's own code."""
    names, step = _names(answer), error.__traceback__
    while names is not None and step is not None:
        frame = step.tb_frame
        if frame.f_globals is names or frame.f_code is getattr(answer, "__code__", None):
            return True
        step = step.tb_next
    return False


def _is_engines(error: BaseException) -> bool:
    """Whether the engine stopped at something that the learner's code had left behind."""
    of_a_hook = isinstance(error, TypeError) and re.search("hook returned|callable", str(error))
    return "\n" not in str(error) and (isinstance(error, RuntimeError) or bool(of_a_hook))


def rounded(numbers: Any) -> list[float]:
    """The numbers of a tensor with one row, to be shown: four digits each."""
    return [float(f"{number:.4g}") for number in numbers.detach().tolist()]


def shown(value: Any) -> str:
    """A value in a few words, on one line."""
    kinds = {
        type: "a class",
        types.ModuleType: "a module",
        types.GeneratorType: "a generator",
        (types.FunctionType, types.BuiltinFunctionType, types.MethodType): "a function",
    }
    for kind, words in kinds.items():
        if isinstance(value, kind):
            return words
    if hasattr(value, "shape") and hasattr(value, "tolist"):
        tensor = "tensor" if hasattr(value, "requires_grad") else "numpy array"
        return f"a {tensor} of shape {tuple(value.shape)}"
    text = repr(value)
    if " at 0x" in text or len(text) > 60 or "\n" in text:
        if isinstance(value, (list, tuple)) and value:
            return f"a {type(value).__name__} that begins with {shown(value[0])}"
        return f"a value of the type {type(value).__name__}"
    return f"the text {text}" if isinstance(value, str) else text


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def number(answer: Any) -> float:
    """`answer` as a Python float; a tensor with one element counts as a number."""
    if isinstance(answer, str):
        raise Mistaken("That is a text. Type the number without quotes.")
    try:
        if isinstance(answer, bool):
            raise TypeError
        return float(answer.item() if hasattr(answer, "item") else answer)
    except (TypeError, ValueError, RuntimeError):
        raise Mistaken(f"A single number is asked for, and this is {shown(answer)}.") from None
    except OverflowError:
        raise Mistaken("That number is larger than any that a tensor holds.") from None


def tensor(answer: Any, shape: tuple[int, ...] | None = None, torch: Any = None) -> Any:
    """`answer`, which must be a tensor: of this `shape`, and of the engine `torch`, if given."""
    if hasattr(answer, "forward") and hasattr(answer, "backward"):
        name = type(answer).__name__
        raise Mistaken(f"This is no tensor. A `Function` is called by `apply`: `{name}.apply(…)`.")
    if not hasattr(answer, "requires_grad"):
        why = ": a Python number has no history" if type(answer) in (int, float) else ""
        raise Mistaken(f"A tensor is asked for, and this is {shown(answer)}{why}.")
    if torch is not None and not isinstance(answer, torch.Tensor):
        raise Mistaken(
            f"A tensor of {torch.__name__} is asked for, and this one belongs to another engine,"
            f" {type(answer).__module__.split('.')[0]}. Compute with what is handed in."
        )
    if shape is not None and tuple(answer.shape) != shape:
        wanted = f"of shape {shape}" if shape else "with a single number, of shape (),"
        raise Mistaken(
            f"A tensor {wanted} is asked for, and this one has shape {tuple(answer.shape)}."
        )
    return answer


def close(a: Any, b: Any) -> bool:
    """Whether two numbers agree to four digits."""
    return math.isclose(number(a), number(b), rel_tol=1e-4, abs_tol=1e-6)


def expect(answer: Any, right: float, mistakes: Mapping[float, str], otherwise: str) -> None:
    """Raise `Mistaken` unless `answer` is `right`, with the diagnosis of that wrong number."""
    if close(answer, right):
        return
    for value, diagnosis in mistakes.items():
        if close(answer, value):
            raise Mistaken(diagnosis)
    raise Mistaken(f"Not {number(answer):g}. {otherwise}")


def expect_each(answer: Any, right: Mapping[str, Any], diagnoses: Mapping[str, str]) -> None:
    """Raise `Mistaken` for the first name whose value is not the right one."""
    if not isinstance(answer, Mapping) or set(answer) != set(right):
        raise Mistaken(
            f"Answer as the cell does, with a value for each of these names: {', '.join(right)}."
        )
    for name, value in right.items():
        if isinstance(answer[name], str):
            raise Mistaken(f"`{name}`: that is a text. Type True or False without quotes.")
        if answer[name] is not True and answer[name] is not False:
            raise Mistaken(f"`{name}`: type True or False. This is {shown(answer[name])}.")
        if answer[name] is not value:
            raise Mistaken(diagnoses[name])


def expect_list(
    answer: Any,
    right: tuple[float, ...],
    mistakes: Mapping[tuple[float, ...], str],
    otherwise: str,
) -> None:
    """As `expect`, for a list of numbers; a tensor with one row counts as a list."""
    given = answer.tolist() if hasattr(answer, "tolist") else answer
    nested = isinstance(given, (list, tuple)) and any(_holds_several(part) for part in given)
    if nested or not isinstance(given, (list, tuple)):
        raise Mistaken(f"A list of {len(right)} numbers is asked for, and this is {shown(answer)}.")
    if len(given) != len(right):
        raise Mistaken(f"There are {len(right)} numbers to give, and these are {len(given)}.")
    numbers = tuple(map(number, given))
    if all(map(close, numbers, right)):
        return
    for values, diagnosis in mistakes.items():
        if all(map(close, numbers, values)):
            raise Mistaken(diagnosis)
    raise Mistaken(f"Not {[float(f'{n:g}') for n in numbers]}. {otherwise}")


def expect_names(answer: Any, among: tuple[str, ...], note: str = "") -> set[str]:
    """`answer` as a set of names, each of which must be one of `among`."""
    given = [answer] if isinstance(answer, str) else answer
    if isinstance(given, (set, frozenset, list, tuple)):
        names = [name for name in given if isinstance(name, str) and name in among]
        if len(names) == len(given):
            return set(names)
    listed = ", ".join(f'"{name}"' for name in among[:-1])
    raise Mistaken(f'Give a set of names out of {listed} and "{among[-1]}".{note}')


def _holds_several(part: Any) -> bool:
    return isinstance(part, (list, tuple, set, dict)) or getattr(part, "shape", ()) != ()


def _is_open(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    parts = answer if isinstance(answer, (list, tuple, set)) else [answer]
    return any(part is ... for part in parts)
