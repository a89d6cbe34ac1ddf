"""The command line: which rows, how long, and where the numbers go."""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import (
    browser,
    check,
    grad_off,
    growth,
    imports,
    memory,
    peers,
    pictures,
    report,
    timing,
    watching,
)
from .facts import HEAD, Fact
from .rows import ROWS
from .table import aligned

HOW = """Milliseconds of CPU time, forward + backward (+ update), one thread, garbage collector on;
medians of rounds in which every engine runs once. Ratios are taken round by round: median
(quartiles)."""
FACTS: dict[str, Callable[[dict[str, Any], bool], Iterator[Fact]]] = {
    "memory": memory.facts,
    "grad_off": grad_off.facts,
    "imports": imports.facts,
    "pictures": pictures.facts,
    "recording": watching.facts,
    "player": browser.facts,
}
SECONDS, QUICK = 6.0, 1.5  # for each row


def run(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0; 1 if an engine's gradients differ from minigrad's."""
    names = [*[row.name for row in ROWS], "growth", *FACTS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"of: {' '.join(names)} (all)")
    parser.add_argument("--quick", action="store_true", help="a rough answer in less time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    options = parser.parse_args(arguments)
    if unknown := set(options.rows) - set(names):
        parser.error(f"no such row: {' '.join(sorted(unknown))}; there are {' '.join(names)}")
    asked = options.rows or names

    engines, missing = peers.load()
    found: dict[str, Any] = {"machine": machine(engines)}
    print(found["machine"])
    for name, why in missing.items():
        print(f"left out: {name} ({why})")
    with peers.settings(engines):
        found |= times(engines, asked, QUICK if options.quick else SECONDS)
        for name in [name for name in FACTS if name in asked]:
            say(name)
            facts = list(FACTS[name](engines, options.quick))
            found[name] = [fact.data() for fact in facts]
            say("")
            print(f"\n{aligned(HEAD, [fact.line() for fact in facts])}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return bool(found.get("wrong"))


def times(engines: dict[str, Any], asked: Sequence[str], seconds: float) -> dict[str, Any]:
    """Measure the rows that are asked for, print their table, and return its numbers."""
    results, wrong = [], []
    for row in [row for row in ROWS if row.name in asked]:
        say(row.name)
        cases = row.cases(engines)
        if problems := check.disagreements(cases, row.tolerance):
            wrong += [f"{row.name}: {problem}" for problem in problems]
            continue
        runs = {name: case.run for name, case in cases.items()}
        results.append(report.Result(row, timing.round_robin(runs, seconds)))
    found: dict[str, Any] = {"rows": [result.data() for result in results], "wrong": wrong}
    lines = [line for result in results for line in result.lines()]
    if "growth" in asked:
        say("growth")
        grown = growth.exponents(engines, seconds)
        found["growth"] = {name: dataclasses.asdict(value) for name, value in grown.items()}
        lines.append(report.growth_line(grown))
    say("")
    if lines:
        print(f"\n{aligned(report.HEAD, lines)}\n\n{HOW}")
    for problem in wrong:
        print(f"WRONG, so not timed: {problem}")
    return found


def say(what: str) -> None:
    """Where the run is, to someone who watches."""
    if sys.stderr.isatty():
        print(f"\r{what:<20}", end="" if what else "\r", file=sys.stderr, flush=True)


def machine(engines: dict[str, Any]) -> str:
    """What it was measured on, in general words."""
    found = ", ".join(f"{name} {peers.version(name)}" for name in engines)
    return f"{platform.system()}, Python {platform.python_version()}, {found}"
