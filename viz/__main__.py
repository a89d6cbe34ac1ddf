"""`python -m viz SCRIPT.py -o trace.html`: runs a script and replays its backward passes."""

from __future__ import annotations

import argparse
import builtins
import os
import runpy
import sys
import traceback
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .record import Recording, watch_engines

SUFFIXES = (".html", ".svg", ".json", ".png", ".gif")
OPTIONS = ("--output", "--quiz", "--help")
NEAR = 0.82  # how alike an option of the script must be to be told: --quizz, not --output-dir


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code: 1 where the script raised or nothing was recorded."""
    parser = argparse.ArgumentParser(
        prog="python -m viz",
        description="Run a script (minigrad or PyTorch) and replay its backward passes.",
        epilog="Other arguments after the script are the script's own.",
    )
    parser.add_argument("script")
    parser.add_argument("-o", "--output", type=Path, default=Path("trace.html"),
                        help=f"{', '.join(SUFFIXES)}; trace.html if not given")  # fmt: skip
    parser.add_argument("--quiz", action="store_true", help="ask for each number first (.html)")
    given = sys.argv[1:] if arguments is None else arguments
    options, rest = parser.parse_known_args(given)
    script, output = Path(options.script), options.output.absolute()  # the script may change folder
    if output.suffix.lower() not in SUFFIXES:
        *most, last = SUFFIXES
        known = f"{', '.join(most)} or {last}"
        parser.error(f"cannot write {output.name!r}: the suffix must be {known}")
    if not output.parent.is_dir():
        parser.error(f"cannot write {options.output}: there is no folder {options.output.parent}")
    if options.quiz and output.suffix.lower() == ".json":
        parser.error(f"cannot write {output.name!r}: a trace asks nothing, the quiz is a .html")
    before = given[: given.index(options.script) + 1]
    for option in parser.parse_known_args(before)[1]:
        parser.error(f"there is no option {option}.{_meant(option, 0.6)}")
    if not script.is_file():
        parser.error(f"there is no file {script}")
    for option in rest:
        if meant := _meant(option, NEAR):
            print(f"{option} goes to {script.name}.{meant}", file=sys.stderr)
    recording, code = _run(script, rest)
    if not recording.runs:
        if not code:
            print(f"{script} called no backward(): nothing is written", file=sys.stderr)
        return code or 1
    if output.suffix.lower() == ".json":
        recording.save(output)
    else:
        animation = recording.animation(quiz=options.quiz)
        animation.title = f"{script.name}, step by step"
        animation.save(output)
    count = len(recording.runs)
    print(f"{count} call{'s' * (count != 1)} recorded: {options.output}", file=sys.stderr)
    return code


def _meant(option: str, near: float) -> str:
    """` Did you mean --quiz?` for what is spelled nearly so; nothing for anything else."""
    name = option.partition("=")[0]
    found = get_close_matches(name, OPTIONS, 1, near) if name.startswith("--") else []
    return f" Did you mean {found[0]}?" if found else ""


def _run(script: Path, arguments: list[str]) -> tuple[Recording, int]:
    """Runs the script as Python does; an engine is watched as soon as the script has loaded it."""
    recording, load = Recording(), builtins.__import__

    def importing(*args: Any, **kwargs: Any) -> Any:
        before = len(sys.modules)
        try:
            return load(*args, **kwargs)
        finally:
            if len(sys.modules) != before:
                watch_engines()

    argv, path = sys.argv, list(sys.path)
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.resolve().parent))
    builtins.__import__ = importing
    code = 0
    try:
        with recording.waiting():
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
    except BaseException as error:
        print(*_own(traceback.TracebackException.from_exception(error)).format(), sep="", end="",
              file=sys.stderr)  # fmt: skip
        if isinstance(error, ModuleNotFoundError) and error.name == "torch":
            print(f"PyTorch is not here. minigrad stands in for it so: python -m minigrad -m viz "
                  f"{script}", file=sys.stderr)  # fmt: skip
        code = 1
    finally:
        builtins.__import__ = load
        sys.argv, sys.path[:] = argv, path
    return recording, code


OURS = f"{Path(__file__).parent}{os.sep}", runpy.__file__, "<frozen runpy>"


def _own(told: traceback.TracebackException) -> traceback.TracebackException:
    """An error and what led to it, as the script alone has it."""
    kept = [frame for frame in told.stack if not frame.filename.startswith(OURS)]
    told.stack[:] = kept
    for inner in (told.__cause__, told.__context__):
        if inner is not None:
            _own(inner)
    return told


if __name__ == "__main__":
    sys.exit(main())
