"""History: the numbers of every epoch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.training.tables import Table, new_axes

SHOWN = 20  # rows of a table


class History(Table):
    """A column of numbers for each quantity, with one number for each epoch.

    Attributes:
        columns: the numbers by name: ``loss``, the metrics, the same of the validation data with ``val_``
            before the name, ``lr`` (the learning rate of the first group) and ``seconds``.
        ended: why training ended.

    Example:
        >>> history = History({"loss": [2.0, 1.0], "val_loss": [2.5, 2.0]})
        >>> history
        epoch  loss  val_loss
        1         2       2.5
        2         1         2
        >>> history["loss"][-1], len(history)
        (1.0, 2)
    """

    def __init__(self, columns: dict[str, list[float]] | None = None, ended: str = "") -> None:
        self.columns, self.ended = columns or {}, ended

    def append(self, row: dict[str, float]) -> None:
        """Add the numbers of an epoch.

        Raises:
            ValueError: they are not those of the epochs before.
        """
        if self.columns and row.keys() != self.columns.keys():
            raise ValueError(
                f"history: expected {', '.join(self.columns)}, got {', '.join(row)}; does a resumed training "
                f"have the metrics and validation data that it had?"
            )
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)

    def __len__(self) -> int:
        """Count the epochs."""
        return max(map(len, self.columns.values()), default=0)

    def __getitem__(self, name: str) -> list[float]:
        """Return a column.

        Raises:
            KeyError: there is no such column.
        """
        if name not in self.columns:
            raise KeyError(f"history: expected one of {', '.join(self.columns)}, got {name!r}")
        return self.columns[name]

    def to_dict(self) -> dict[str, list[float]]:
        """Return a copy of the columns, as ``pandas.DataFrame`` takes it."""
        return {name: list(column) for name, column in self.columns.items()}

    def header(self) -> tuple[str, ...]:
        """Name the columns."""
        return "epoch", *self.columns

    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows, of a long history the first and the last ones."""
        epochs = range(len(self))
        for i in epochs if len(self) <= SHOWN else [*epochs[:3], *epochs[3 - SHOWN :]]:
            yield str(i + 1), *(f"{column[i]:.4g}" for column in self.columns.values())

    def footer(self) -> Iterable[str]:
        """Say why training ended."""
        return [self.ended] if self.ended else []

    def plot(self, *names: str, axes: Any = None) -> Any:
        """Draw columns over the epochs, and give the matplotlib axes.

        Args:
            *names: of the columns; by default the losses.
            axes: where to draw; by default in a new figure.

        Raises:
            ImportError: matplotlib is not installed.
            KeyError: there is no such column.
        """
        columns = {name: self[name] for name in names or [n for n in self.columns if n.endswith("loss")]}
        axes = new_axes() if axes is None else axes
        for name, column in columns.items():
            axes.plot(range(1, len(column) + 1), column, label=name)
        axes.set_xlabel("Epoch")
        axes.legend()
        return axes
