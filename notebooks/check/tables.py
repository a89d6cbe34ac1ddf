"""Tables that a chapter computes: HTML where the page shows it, aligned text elsewhere."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any


class Table:
    """Rows under column titles. Built by `table`."""

    def __init__(self, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.titles = list(titles)
        self.rows = [[_text(cell) for cell in row] for row in rows]
        if any(len(row) != len(self.titles) for row in self.rows):
            raise ValueError(f"every row needs {len(self.titles)} cells, one under each title")

    def __repr__(self) -> str:
        lines = [self.titles, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        left = ' style="text-align:left"'
        head = "".join(f"<th{left}>{html.escape(title)}</th>" for title in self.titles)
        body = "".join(
            "<tr>" + "".join(f"<td{left}>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(cell: Any) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table of `rows` under `titles`, floats with 4 significant digits.

    Raises ValueError when a row has too few or too many cells.
    """
    return Table(titles, rows)
