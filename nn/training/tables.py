"""Tables that show themselves in a terminal and in a notebook, and the way to matplotlib."""

from __future__ import annotations

import html
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

WIDTH = 100  # of lines of text


class Table(ABC):
    """What is shown as a table: a header, rows of texts, and lines below them."""

    @abstractmethod
    def header(self) -> tuple[str, ...]:
        """Name the columns."""

    @abstractmethod
    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows as texts."""

    def footer(self) -> Iterable[str]:
        """Return the lines below the table."""
        return ()

    def __repr__(self) -> str:
        """Write the table as text; all columns but the first are set to the right."""
        rows = [self.header(), *self.cells()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for first, *others in rows:
            right = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
            lines.append("  ".join([first.ljust(widths[0]), *right]).rstrip())
        return "\n".join([*lines, *map(wrapped, self.footer())])

    def _repr_html_(self) -> str:
        """Write the table for notebooks."""

        def row(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join([row(self.header(), "th"), *(row(cells, "td") for cells in self.cells())])
        notes = "".join(f"<p>{html.escape(line)}</p>" for line in self.footer())
        return f"<table>{body}</table>{notes}"


def wrapped(text: str) -> str:
    """Break a paragraph into lines that are shown whole; all but the first are set in."""
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def new_axes(rows: int = 1, columns: int = 1) -> Any:
    """Return the axes of a new figure, which a notebook shows at the end of the cell; an array of several.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("plots need matplotlib; install it with: pip install 'chainrule[train]'") from error
    return pyplot.subplots(rows, columns, figsize=(6 * columns, 4 * rows), layout="constrained")[1]
