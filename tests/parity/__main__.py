"""``python -m tests.parity [op …]``: compare with torch, and print a table of all operations."""

from __future__ import annotations

import sys
from collections import Counter

from .compare import KINDS, compare
from .samples import OPS
from .scope import reason


def main(names: list[str]) -> None:
    verbose = "-v" in names
    names = [name for name in names if name != "-v"]
    names = names or [name for name in sorted(OPS) if reason(name) is None]
    width = max(len(n) for n in names) + 2
    print("".ljust(width), *[k.rjust(max(len(k), 10)) for k in KINDS])
    total: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for name in names:
        report = compare(name)
        total[0].update(report.done)
        total[1].update(report.equal)
        cells = [
            (f"{report.equal[k]}/{report.done[k]}" if report.done[k] else "–").rjust(
                max(len(k), 10)
            )
            for k in KINDS
        ]
        print(name.ljust(width), *cells, flush=True)
        for failure in report.failures if verbose else ():
            print("   ", failure[:400])
    cells = [f"{total[1][k]}/{total[0][k]}".rjust(max(len(k), 10)) for k in KINDS]
    print("total".ljust(width), *cells)


if __name__ == "__main__":
    main(sys.argv[1:])
