"""What every check is made of: an exercise, the reply it gives, and its three hints."""

from __future__ import annotations

import difflib
import dis
import html
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import learner

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

    def __call__(self, answer: Any) -> Reply:
        """The verdict on `answer`, which is noted down for `check.progress()`."""
        reply = self.judge(answer)
        learner.note(self.name, reply.state)
        return reply

    def judge(self, answer: Any) -> Reply:
        """The verdict on `answer`; an error raised by the learner's code becomes part of it."""
        try:
            if _is_open(answer):
                raise Unanswered
            return Reply("right", self.grade(answer))
        except Unanswered:
            return Reply("open", f'Yours to fill in. Stuck? Try `check.hint("{self.name}")`.')
        except Mistaken as mistake:
            return Reply("wrong", str(mistake))
        except Exception as error:
            return Reply("wrong", f"Your code stopped with {type(error).__name__}: {error}")

    def __repr__(self) -> str:
        return f"check.{self.name}(answer): {self.__doc__}"


EXERCISES: dict[str, Exercise] = {}
_hints_shown: dict[str, int] = {}


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

    `name` may be `"treat"` or `check.treat`.
    Raises KeyError for an unknown name and ValueError for an unknown strength.
    """
    if isinstance(name, Exercise):
        name = name.name
    if name not in EXERCISES:
        near = difflib.get_close_matches(name, EXERCISES, n=1)
        raise KeyError(f"no exercise {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    hints = EXERCISES[name].hints
    if strength is None:
        strength = min(_hints_shown.get(name, 0) + 1, len(hints))
    if strength not in range(1, len(hints) + 1):
        raise ValueError(f"strength is 1, 2 or 3, not {strength!r}")
    _hints_shown[name] = strength
    return Reply("hint", f"Hint {strength} of {len(hints)}: {hints[strength - 1]}")


NO_FUNCTION = "Hand over the function itself: its name, without parentheses behind it."


def call(function: Any, *inputs: Any) -> Any:
    """What the learner's `function` makes of `inputs`."""
    if not callable(function):
        raise Mistaken(NO_FUNCTION)
    result = function(*inputs)
    if result is ...:
        raise Unanswered
    if result is None and _hands_back(function):
        raise Mistaken(
            "Your function has a `return`, and what it hands back is `None`. A `.grad` is None"
            " until a backward pass has run, and `backward()` itself gives nothing back."
        )
    if result is None:
        raise Mistaken("Your function returns `None`. Its last line needs a `return`.")
    return result


def _hands_back(function: Any) -> bool:
    """Whether `function` has a `return` with something behind it."""
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


def engine(function: Any) -> Any:
    """The module that the learner's cell calls `torch`, or minigrad where there is no PyTorch."""
    function = inspect.unwrap(function) if callable(function) else function  # of its decorators
    if not hasattr(function, "__globals__"):
        raise Mistaken(NO_FUNCTION)
    names = function.__globals__
    return names["torch"] if "torch" in names else names["minigrad"]


def number(answer: Any) -> float:
    """`answer` as a Python float; a tensor with one element counts as a number."""
    if isinstance(answer, str):
        raise Mistaken("That is a text. Type the number without quotes.")
    try:
        return float(answer.item() if hasattr(answer, "item") else answer)
    except (TypeError, ValueError, RuntimeError):
        raise Mistaken(f"A single number is asked for, and this is {answer!r}.") from None


def tensor(answer: Any) -> Any:
    """`answer`, which must be a tensor of whichever engine."""
    if not hasattr(answer, "requires_grad"):
        why = ": a Python number has no history" if isinstance(answer, (int, float)) else ""
        raise Mistaken(f"A tensor is asked for, and this is {answer!r}{why}.")
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
        raise Mistaken(f"Give a value to each of these names: {', '.join(right)}.")
    for name, value in right.items():
        if isinstance(answer[name], str):
            raise Mistaken(f"`{name}`: that is a text. Type True or False without quotes.")
        if answer[name] != value:
            raise Mistaken(diagnoses[name])


def expect_list(
    answer: Any,
    right: tuple[float, ...],
    mistakes: Mapping[tuple[float, ...], str],
    otherwise: str,
) -> None:
    """As `expect`, for a list of numbers; a tensor with one row counts as a list."""
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if not isinstance(answer, (list, tuple)):
        raise Mistaken(f"A list of {len(right)} numbers is asked for, and this is {answer!r}.")
    numbers = tuple(map(number, answer))
    if len(numbers) != len(right):
        raise Mistaken(f"There are {len(right)} numbers to give, and these are {len(numbers)}.")
    if all(map(close, numbers, right)):
        return
    for values, diagnosis in mistakes.items():
        if all(map(close, numbers, values)):
            raise Mistaken(diagnosis)
    raise Mistaken(f"Not {[float(f'{n:g}') for n in numbers]}. {otherwise}")


def _is_open(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    parts = answer if isinstance(answer, (list, tuple, set)) else [answer]
    return any(part is ... for part in parts)
