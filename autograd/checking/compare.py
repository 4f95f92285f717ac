"""Comparing gradients that were derived by hand with those of the engine."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd.checking.causes import Pair, likely_cause
from autograd.checking.problem import indexed, paths
from autograd.checking.report import Table
from autograd.containers import leaves, leaves_like
from autograd.handle import plain
from autograd.tensor import Tensor

Array = np.ndarray[Any, Any]
_ROUNDING = 30.0  # so many times the rounding of the largest gradient may be left of another one


class Compared(NamedTuple):
    """How two gradients of one variable compare.

    Attributes:
        name: of the variable.
        shape: of the engine's gradient.
        verdict: exact, close or different.
        largest: the largest difference.
        relative: that, divided by the largest element of the engine's gradient.
        note: where the largest difference is.
        cause: the likely cause of the difference.
    """

    name: str
    shape: tuple[int, ...]
    verdict: str
    largest: float
    relative: float
    note: str = ""
    cause: str = ""


class Comparison(Table):
    """What :func:`compare_gradients` found, one row for each variable.

    Attributes:
        rows: the rows.
    """

    rows: list[Compared]

    def __init__(self, rows: list[Compared]) -> None:
        self.rows = rows
        self.ok = all(row.verdict != "different" for row in rows)

    def headline(self) -> str:
        """Count the gradients that agree."""
        agree = sum(row.verdict != "different" for row in self.rows)
        return f"compare_gradients: {agree} of {len(self.rows)} agree"

    def header(self) -> tuple[str, ...]:
        """Name the columns."""
        return "variable", "shape", "verdict", "largest difference", "relative"

    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows as texts."""
        for row in self.rows:
            numbers = [row.largest, row.relative]
            texts = ["-" if math.isnan(x) else f"{x:.1e}" if x else "0" for x in numbers]
            yield row.name, str(row.shape), row.verdict, *texts


def compare_gradients(hand_derived: Any, engine: Any, *, rtol: float | None = None) -> Comparison:
    """Compare gradients that were derived by hand with those of the engine, variable by variable.

    Args:
        hand_derived: an array, or a nested tuple, list or dict of arrays.
        engine: the same structure, of Tensors whose ``.grad`` is meant, or of arrays. A gradient that
            is None, here or there, is missing: different.
        rtol: up to which difference, relative to the largest element, gradients are close; by default
            1.5e-8, or 3.5e-4 where one of them is of float32. What rounding leaves of the largest gradient
            of all variables does not count either.

    Returns:
        A report with one row for each variable: ``exact`` (all bits are equal), ``close`` or
        ``different``, the largest difference, and the likely cause. It is true if none is different.

    Raises:
        ValueError: the structures differ, or a Tensor has no gradient.

    Example:
        >>> x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
        >>> w = tensor([[0.5, 0.5], [-1.0, 0.0]], requires_grad=True)
        >>> b = tensor([0.0, 0.0], requires_grad=True)
        >>> np.sum((x @ w + b) ** 2).backward()
        >>> error = x @ w.data + b.data
        >>> compare_gradients({"w": 2 * x.T @ error, "b": 2 * error}, {"w": w, "b": b})
        compare_gradients: 1 of 2 agree
          b: by hand it has shape (3, 2), by the engine (2,)
          likely cause: a sum over axis 0, along which the variable was broadcast, is missing
          variable  shape   verdict    largest difference  relative
          w         (2, 2)  exact      0                   0
          b         (2,)    different  -                   -
    """
    engine = _with_missing(engine)
    variables = leaves(engine)
    hands = leaves_like(hand_derived, engine, "hand_derived")
    names = paths(engine, "") if isinstance(engine, (tuple, list, dict)) else ["gradient"]
    if isinstance(engine, dict) and not any(isinstance(v, (tuple, list, dict)) for v in engine.values()):
        names = list(map(str, engine))
    own = [x.name if isinstance(x, Tensor) else None for x in variables]
    names = _numbered([mine or name for mine, name in zip(own, names, strict=True)])
    pairs = [
        (name, np.asarray(plain(hand)), _gradient(variable, name))
        for name, hand, variable in zip(names, hands, variables, strict=True)
    ]
    lengths = {n for _, _, gradient in pairs for n in (gradient.size, *gradient.shape)}
    largest = max((_largest(gradient) for _, _, gradient in pairs), default=0.0)
    return Comparison([_compared(*pair, tuple(lengths), rtol, largest) for pair in pairs])


def _numbered(names: list[str]) -> list[str]:
    """Number the names that come several times, as those of the parameters of several layers do."""
    return [f"{x} {names[: i + 1].count(x)}" if names.count(x) > 1 else x for i, x in enumerate(names)]


def _with_missing(tree: Any) -> Any:
    """Make a leaf of every None, as ``np.asarray`` does, where containers would pass it over."""
    if isinstance(tree, dict):
        return {key: _with_missing(branch) for key, branch in tree.items()}
    if isinstance(tree, (tuple, list)):
        branches = map(_with_missing, tree)
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    return np.asarray(tree) if tree is None else tree


def _gradient(variable: Any, name: str) -> Array:
    """Take the gradient of a Tensor that has one, or should; anything else is a gradient itself."""
    if not isinstance(variable, Tensor):
        return np.asarray(variable)
    gradient = variable._kept_grad()
    if variable.requires_grad and gradient is None:
        raise ValueError(
            f"engine: {name} has no gradient; call backward() before, and retain_grad() "
            f"on a Tensor that is the result of a call"
        )
    return np.asarray(plain(variable if gradient is None else gradient))


def _largest(gradient: Array) -> float:
    """Return the size of the largest element that is finite."""
    sizes = np.abs(gradient) if gradient.dtype != object else np.zeros(0)
    return float(np.max(sizes, initial=0, where=np.isfinite(sizes)))


def _compared(
    name: str, hand: Array, true: Array, lengths: tuple[int, ...], rtol: float | None, largest_of_all: float
) -> Compared:
    missing = [f"by {who}" for who, g in (("hand", hand), ("the engine", true)) if g.dtype == object]
    if missing:
        note = f"{' and '.join(missing)} there is no gradient: it is None"
        note += ". Does what backward() started from depend on it?" if true.dtype == object else ""
        return Compared(name, true.shape, "different", math.nan, math.nan, note)
    if hand.shape == true.shape and np.array_equal(hand, true):
        return Compared(name, true.shape, "exact", 0.0, 0.0)
    eps = max(float(np.finfo(a.dtype if a.dtype.kind == "f" else float).eps) for a in (hand, true))
    size = _largest(true)
    tolerance = (math.sqrt(eps) if rtol is None else rtol) * size + _ROUNDING * eps * largest_of_all
    pair = Pair(hand, true, np.broadcast_to(tolerance, true.shape), lengths=lengths)
    if hand.shape != true.shape:
        note = f"by hand it has shape {hand.shape}, by the engine {true.shape}"
        return Compared(name, true.shape, "different", math.nan, math.nan, note, likely_cause(pair))
    for who, g in ("hand", hand), ("the engine", true):
        if not np.all(np.isfinite(g)):
            where = indexed(name, np.unravel_index(int(np.argmin(np.isfinite(g))), g.shape))
            note = f"by {who} it is not finite at {where}"
            return Compared(name, true.shape, "different", math.nan, math.nan, note)
    distance = np.abs(hand - true)
    worst = np.unravel_index(int(np.argmax(distance)), distance.shape)
    largest = float(distance[worst])
    relative = largest / size if size else math.inf
    if largest <= tolerance:
        return Compared(name, true.shape, "close", largest, relative)
    note = (
        f"the largest difference is at {indexed(name, worst)}: by hand {hand[worst]:.6g}, "
        f"by the engine {true[worst]:.6g}"
    )
    return Compared(name, true.shape, "different", largest, relative, note, likely_cause(pair))
