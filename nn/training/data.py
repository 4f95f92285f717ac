"""Data: arrays with targets, or any batches, as epochs of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np

from autograd import Tensor
from nn.batches import batches


def mapped(function: Callable[[Any], Any], value: Any, lists: bool = True) -> Any:
    """Apply a function to an array, or to each of a tuple or dict of arrays, or of a list of Tensors.

    Of data, which have no ``lists``, a list holds rows.
    """
    if isinstance(value, Mapping):
        return {name: mapped(function, item, lists) for name, item in value.items()}
    if isinstance(value, tuple) or (lists and _is_list_of_tensors(value)):
        items = [mapped(function, item, lists) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return function(value)


def _is_list_of_tensors(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, Tensor) for item in value)


def leaves(value: Any) -> list[Any]:
    """List the arrays in an array, tuple, dict or list of Tensors."""
    found: list[Any] = []
    mapped(found.append, value)
    return found


def joined(values: list[Any]) -> Any:
    """Put the rows of several values of one structure one after another."""
    columns = iter([np.concatenate(column) for column in zip(*map(leaves, values), strict=True)])
    return mapped(lambda _: next(columns), values[0])


def array_of(value: Any) -> Any:
    """Return the array of a Tensor, and anything else as an array."""
    return value.data if isinstance(value, Tensor) else np.asarray(value)


def count_rows(value: Any) -> int:
    """Count the rows of the first array that has some; a single number counts as one row."""
    return next((len(array) for array in leaves(value) if getattr(array, "shape", ())), 1)


def apply(model: Callable[..., Any], x: Any) -> Any:
    """Call a model with one input, a tuple of several, or a dict of several by name."""
    if isinstance(x, Mapping):
        return model(**x)
    return model(*x) if isinstance(x, tuple) else model(x)


class Pairs:
    """Inputs and targets in memory: arrays, or tuples or dicts of arrays, with one number of rows.

    Example:
        >>> pairs = Pairs("data", (np.arange(4), {"price": np.arange(4) ** 2}))
        >>> next(pairs.epoch(2, np.random.default_rng(0), shuffle=False))
        (array([0, 1]), {'price': array([0, 1])})
    """

    def __init__(self, name: str, data: tuple[Any, Any]) -> None:
        self.data = mapped(partial(_rows, name), data, lists=False)
        shapes = [array.shape for array in leaves(self.data)]
        if len({shape[:1] for shape in shapes}) != 1 or not shapes[0] or not shapes[0][0]:
            raise ValueError(f"{name}: expected arrays with one number of rows, got shapes {shapes}")
        self.rows: int = shapes[0][0]

    def take(self, rows: Any) -> Pairs:
        """Return some of the rows."""
        return Pairs("data", mapped(lambda array: array[rows], self.data))

    def count(self, batch_size: int) -> int:
        """Count the batches of an epoch."""
        return max(1, self.rows // batch_size + (self.rows % batch_size > 1))

    def epoch(self, batch_size: int, rng: np.random.Generator, shuffle: bool) -> Iterator[tuple[Any, Any]]:
        """Return all rows in batches; a last row alone joins the batch before, for it has no variance."""
        order = batches(np.arange(self.rows), batch_size=batch_size, shuffle=shuffle, rng=rng)
        parts = [rows for (rows,) in order]
        if len(parts) > self.count(batch_size):
            parts[-2:] = [np.concatenate(parts[-2:])]
        for rows in parts:
            yield mapped(itemgetter(rows), self.data)


def _rows(name: str, value: Any) -> Any:
    """See rows as an array."""
    if isinstance(value, (np.ndarray, Tensor)):
        return value
    got = type(value).__name__
    if hasattr(value, "toarray"):
        raise TypeError(f"{name}: expected dense arrays, got {got}; the usual fix is .toarray()")
    if isinstance(value, list) and any(getattr(item, "ndim", 0) > 1 for item in value):
        raise TypeError(
            f"{name}: expected an array or a list of rows, got a list of arrays; for several inputs the "
            f"usual fix is a tuple, (x1, x2), and for many rows np.stack(list)"
        )
    return np.asarray(value)


class Stream:
    """Batches that somebody else makes, such as a list or a loader; an epoch is one pass."""

    def __init__(self, name: str, data: Any) -> None:
        if not isinstance(data, Iterable) or isinstance(data, (np.ndarray, Tensor, Mapping, str)):
            got = type(data).__name__
            raise TypeError(f"{name}: expected a tuple (x, y), or batches of such tuples, got {got}")
        self.name, self.data, self.passes = name, data, 0

    def count(self, batch_size: int) -> int | None:
        """Count the batches of an epoch, where that is known."""
        return len(self.data) if isinstance(self.data, Sized) else None

    def epoch(self, batch_size: int, rng: np.random.Generator, shuffle: bool) -> Iterator[tuple[Any, Any]]:
        """Return the batches as they come."""
        self.passes += 1
        empty = True
        for batch in self.data:
            empty = False
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                got = f"{type(batch).__name__} of {len(batch)}" if isinstance(batch, Sized) else batch
                raise ValueError(
                    f"{self.name}: expected batches (x, y), got {got}; the usual fix for arrays is a tuple, "
                    f"(x, y)"
                )
            x, y = batch
            yield mapped(_ours, x, lists=False), mapped(_ours, y, lists=False)
        if empty:
            fix = "; is it a generator, which can be gone through once? A list of its batches can be again"
            raise ValueError(f"{self.name}: no batch in pass {self.passes}{fix if self.passes > 1 else ''}")


def _ours(value: Any) -> Any:
    """See an array of another library as one of NumPy; leave alone what is none, such as a list of texts."""
    is_foreign = hasattr(value, "__array__") and not isinstance(value, (np.ndarray, Tensor))
    return np.asarray(value) if is_foreign else value


def source(name: str, data: Any) -> Pairs | Stream:
    """See data as pairs of arrays, or as batches."""
    if isinstance(data, tuple):
        if len(data) != 2:
            raise ValueError(
                f"{name}: expected a tuple (x, y), got {len(data)} parts; the usual fix for several inputs "
                f"is ((x1, x2), y), and for batches a list"
            )
        return Pairs(name, (data[0], data[1]))
    return Stream(name, data)
