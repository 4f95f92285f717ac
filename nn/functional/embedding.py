"""Embedding: rows of a table, looked up by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError


def row_of_padding(padding_idx: int | None, rows: int) -> int | None:
    """Count the row that gets no gradient from the front, and refuse what is no row."""
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise RefusedError(f"padding_idx: expected a row of {rows}, got {padding_idx!r}")
    return padding_idx % rows


@primitive
def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """Look up rows of a table.

    Args:
        input: integers of any shape.
        weight: the table, of shape (rows, length).
        padding_idx: a row that gets no gradient, counted from the front or from behind.

    Returns:
        The rows, of shape (*input.shape, length).

    Raises:
        ValueError: the input is not made of integers, or of ones that are no row; or padding_idx is none.

    Example:
        >>> embedding(np.array([2, 0]), np.array([[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]]))
        array([[2. , 2.1],
               [0. , 0.1]])
    """
    input, rows = np.asarray(input), len(weight)
    row_of_padding(padding_idx, rows)
    if input.dtype.kind not in "iu":
        raise RefusedError(
            f"embedding: expected integers that count rows, got {input.dtype}; the usual fix is input.astype(int)"
        )
    if input.size and not 0 <= np.min(input) <= np.max(input) < rows:
        low, high = int(np.min(input)), int(np.max(input))
        fix = "to count rows from 0" if low < 0 else f"num_embeddings={high + 1}"
        raise RefusedError(
            f"embedding: expected numbers from 0 to {rows - 1}, got values from {low} to {high}; "
            f"the usual fix is {fix}"
        )
    return weight.take(input, 0)


@primitive
def sum_by_row(g: Any, input: Any, shape: tuple[int, ...]) -> Any:
    """Add each of many rows to the row of a table that ``input`` names: the adjoint of ``embedding``."""
    table, length = np.zeros(shape, np.promote_types(g.dtype, np.float32)), shape[1]  # half stops at 2048
    starts = np.reshape(input, (-1, 1)).astype(np.intp) * length
    # Element by element, for NumPy adds whole rows several times slower.
    np.add.at(table.reshape(-1), (starts + np.arange(length)).reshape(-1), g.reshape(-1))
    return table.astype(g.dtype, copy=False)


def _without_padding(g: Any, input: Any, rows: int, padding_idx: int | None) -> Any:
    padding = row_of_padding(padding_idx, rows)
    return g if padding is None else g * np.expand_dims(np.not_equal(input, padding), -1)


# fmt: off
derivative(embedding,  None,
                       lambda g, input, weight_shape, padding_idx=None:
                           sum_by_row(_without_padding(g, input, weight_shape[0], padding_idx), input, weight_shape), kind="lookup")
derivative(sum_by_row, lambda g, input: embedding(input, g), None, None, kind="lookup")
# fmt: on
