"""`python -m viz SCRIPT.py -o trace.html`: runs a script and replays its backward passes."""

from __future__ import annotations

import argparse
import builtins
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

from .record import Recording, watch_engines

SUFFIXES = (".html", ".svg", ".json", ".png", ".gif")


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code: 1 where the script raised or nothing was recorded."""
    parser = argparse.ArgumentParser(
        prog="python -m viz",
        description="Run a script (minigrad or PyTorch) and replay its backward passes.",
        epilog="Other arguments are the script's own.",
    )
    parser.add_argument("script", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("trace.html"),
                        help=f"{', '.join(SUFFIXES)}; trace.html if not given")  # fmt: skip
    parser.add_argument("--quiz", action="store_true", help="ask for each number first (.html)")
    options, rest = parser.parse_known_args(arguments)
    if options.output.suffix.lower() not in SUFFIXES:
        parser.error(f"cannot write {options.output.name!r}: the suffix must be one of {SUFFIXES}")
    if not options.script.is_file():
        parser.error(f"there is no file {options.script}")
    recording, code = _run(options.script, rest)
    if not recording.runs:
        if not code:
            print(f"{options.script} called no backward(): nothing is written", file=sys.stderr)
        return code or 1
    if options.quiz:
        recording.animation(quiz=True).save(options.output)
    else:
        recording.save(options.output)
    count = len(recording.runs)
    print(f"{count} call{'s' * (count != 1)} recorded: {options.output}", file=sys.stderr)
    return code


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
