"""What a notebook shows of a Tensor. It is plain HTML, which stays where scripts and styles are stripped."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.derivatives.calls import name_of

if TYPE_CHECKING:
    from autograd.backward import Backward

SHOWN = 8  # rows, and columns; of more, the first and the last
_LAST = 3


def as_html(tensor: Backward) -> str:
    """Write what a Tensor is, with its values, and its gradient if there is one.

    Example:
        >>> print(as_html(tensor([1.0, 2.5], requires_grad=True, name="w")))
        <p><code>w: Tensor, shape (2,), float64, requires_grad</code></p>
        <table><tr><th>value</th><td>1</td><td>2.5</td></tr></table>
    """
    facts = [type(tensor).__name__, f"shape {tensor.shape}", str(tensor.dtype)]
    if tensor.node is not None:
        facts.append(f"from {name_of(tensor.node.plan.entry.function)}")
    elif tensor.tracked:
        facts.append("requires_grad")
    about = ", ".join(facts) if tensor.name is None else f"{tensor.name}: {', '.join(facts)}"
    rows = [*_rows("value", tensor._array)]
    if (gradient := tensor._kept_grad()) is not None:
        rows += _rows("grad", gradient._array)
    return f"<p><code>{html.escape(about)}</code></p>\n<table>{''.join(rows)}</table>"


def _rows(label: str, array: np.ndarray[Any, Any]) -> Iterator[str]:
    """Write an array as rows of a table; one with more than two axes as text in a single cell."""
    if array.ndim > 2:
        text = np.array2string(array, separator=", ", threshold=SHOWN**2, edgeitems=_LAST)
        yield f"<tr><th>{label}</th><td><pre>{html.escape(text)}</pre></td></tr>"
        return
    matrix = np.atleast_2d(array)
    for k, i in enumerate(_some(matrix.shape[0])):
        cells = (
            ["…"]
            if i is None
            else ["…" if j is None else _text(matrix[i, j]) for j in _some(matrix.shape[1])]
        )
        inside = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        yield f"<tr><th>{'' if k else label}</th>{inside}</tr>"


def _some(n: int) -> list[int | None]:
    """Choose indices; None stands for those left out."""
    return [*range(n)] if n <= SHOWN else [*range(SHOWN - _LAST - 1), None, *range(n - _LAST, n)]


def _text(x: Any) -> str:
    return f"{x:.4g}" if x.dtype.kind == "f" else str(x)
