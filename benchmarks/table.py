"""The table of ratios, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def milliseconds(seconds: float | None) -> str:
    """Three significant digits; a dash where an engine takes no part."""
    if seconds is None:
        return "–"
    value = seconds * 1e3
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 1 else f"{value:.3f}"


def aligned(head: Sequence[str], lines: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table; the columns after the first `left` are flush right."""
    cells = [list(head), *[list(line) for line in lines]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]

    def text(line: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        ]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * w if i < left else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join([text(cells[0]), text(rule), *[text(line) for line in cells[1:]]])
