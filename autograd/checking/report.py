"""What checks report: tables of rows, in text and for notebooks."""

from __future__ import annotations

import html
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

RIGHT, KINK, CONVENTION = "right", "kink", "convention"
UNDECIDED, WRONG, UNKNOWN = "undecided", "wrong", "unknown"


class Table(ABC):
    """A headline, sentences, and rows under a header.

    Attributes:
        ok: whether nothing is wrong; it is also the truth value.
        rows: what was found, each with a name, and a note and a cause where there is something to say.
    """

    ok: bool
    rows: Sequence[Any]
    _before_name = ""  # in a sentence

    @abstractmethod
    def headline(self) -> str:
        """Say the result in one line."""

    @abstractmethod
    def header(self) -> tuple[str, ...]:
        """Name the columns."""

    @abstractmethod
    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows as texts."""

    def sentences(self) -> Iterable[str]:
        """Explain the rows that need it."""
        for row in self.rows:
            if row.note:
                yield f"  {self._before_name}{row.name}: {row.note}"
            if row.cause:
                yield f"  likely cause: {row.cause}"

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        """Write the table as text."""
        rows = [self.header(), *self.cells()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([self.headline(), *self.sentences(), *(f"  {line}" for line in lines)])

    def _repr_html_(self) -> str:
        """Write the table for notebooks."""

        def row(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join([row(self.header(), "th"), *(row(cells, "td") for cells in self.cells())])
        notes = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences())
        return f"<p><b>{html.escape(self.headline())}</b></p>{notes}<table>{body}</table>"


class Row(NamedTuple):
    """What was found for one argument.

    Attributes:
        name: of the argument.
        shape: of the argument.
        order: of the derivative.
        verdict: right, kink, convention, undecided, wrong or unknown.
        error: the largest relative error.
        note: what there is to say about it, beginning with a verb.
        cause: the likely cause, where it is wrong.
    """

    name: str
    shape: tuple[int, ...]
    order: int
    verdict: str
    error: float
    note: str = ""
    cause: str = ""


class Report(Table):
    """What :func:`gradcheck` found, one row for each argument and order.

    Attributes:
        rows: the rows.
    """

    rows: list[Row]
    _before_name = "by "

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.ok = all(row.verdict not in (WRONG, UNKNOWN) for row in rows)

    def headline(self) -> str:
        """Say up to which order the derivatives are right, and which are wrong."""
        if not self.rows:
            return "gradcheck: there is nothing to differentiate by: no arrays, and no parameters"
        order = max(row.order for row in self.rows)
        if self.ok:
            undecided = _names(row for row in self.rows if row.verdict == UNDECIDED)
            rest = f", as far as can be told; undecided by {undecided}" if undecided else ""
            return f"gradcheck: derivatives are right to order {order}{rest}"
        unknown = [row for row in self.rows if row.verdict == UNKNOWN]
        if unknown:
            return "gradcheck: no derivative can be checked here"
        wrong = _names(row for row in self.rows if row.verdict == WRONG)
        right = _names(row for row in self.rows if row.verdict != WRONG and row.order == order)
        before = f" (up to order {order - 1} all are right)" if order > 1 else ""
        others = f"; right by {right}" if right else ""
        which = "derivative" if order == 1 else f"derivative of order {order}"
        return f"gradcheck: the {which} by {wrong} is wrong{others}{before}"

    def header(self) -> tuple[str, ...]:
        """Name the columns."""
        return "order", "by", "shape", "verdict", "relative error"

    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows as texts."""
        for row in self.rows:
            error = "-" if math.isnan(row.error) else f"{row.error:.1e}"
            yield str(row.order), row.name, str(row.shape), row.verdict, error


def _names(rows: Iterable[Row]) -> str:
    return ", ".join(dict.fromkeys(row.name for row in rows))


class GradientError(AssertionError):
    """A gradient disagrees with differences of values.

    Attributes:
        report: what the check found.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(repr(report))
        self.report = report


class GradientWarning(UserWarning):
    """A function is too flat or too noisy for its gradient to be checked."""
