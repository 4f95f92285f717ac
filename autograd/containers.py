"""Nested tuples, lists and dicts of arrays, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def leaves(tree: Any) -> list[Any]:
    """List what stands in a nested container that is itself no container.

    Example:
        >>> leaves({"w": [1.0, 2.0], "b": (3.0,)})
        [1.0, 2.0, 3.0]
    """
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if not isinstance(tree, (tuple, list)):
        return [] if tree is None else [tree]
    found: list[Any] = []
    for branch in tree:  # to ask here, not in a call for each, takes half of the time
        if isinstance(branch, (tuple, list, dict)):
            found += leaves(branch)
        elif branch is not None:
            found.append(branch)
    return found


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every leaf of a container.

    Example:
        >>> mapped(str.upper, {"w": ["x", "y"], "b": ("z",)})
        {'w': ['X', 'Y'], 'b': ('Z',)}
    """
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: mapped(function, branch) for key, branch in tree.items()}
    if isinstance(tree, (tuple, list)):
        branches = [mapped(function, branch) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    return function(tree)


def rebuilt(tree: Any, new_leaves: Iterator[Any]) -> Any:
    """Return a container like ``tree`` with other leaves.

    Example:
        >>> rebuilt({"w": [1.0, 2.0], "b": (3.0,)}, iter("xyz"))
        {'w': ['x', 'y'], 'b': ('z',)}
    """
    return mapped(lambda _: next(new_leaves), tree)


def leaves_like(tree: Any, like: Any, name: str) -> list[Any]:
    """List the leaves of a container in the order of another that must have its structure.

    Raises:
        ValueError: the two differ in structure; ``name`` says what the container is.

    Example:
        >>> leaves_like({"b": 1, "a": 2}, {"a": 0.0, "b": 0.0}, "cotangent")
        [2, 1]
    """
    if like is None:
        return []
    if isinstance(like, dict):
        if not isinstance(tree, dict) or tree.keys() != like.keys():
            raise ValueError(f"{name}: expected {_kind(like)}, got {_kind(tree)}")
        return [leaf for key in like for leaf in leaves_like(tree[key], like[key], name)]
    if isinstance(like, (tuple, list)):
        if not isinstance(tree, (tuple, list)) or len(tree) != len(like):
            raise ValueError(f"{name}: expected {_kind(like)}, got {_kind(tree)}")
        return [leaf for branches in zip(tree, like, strict=True) for leaf in leaves_like(*branches, name)]
    return [tree]


def ravel_pytree(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Write the arrays of nested containers one after the other into a vector, as optimisers take it.

    (The name and the results are those of JAX.)

    Returns:
        The vector, and the function that makes such containers of a vector again; gradients pass both.

    Example:
        >>> vector, unravel = ravel_pytree({"w": np.array([[1.0, 2.0]]), "b": 3.0})
        >>> vector
        array([1., 2., 3.])
        >>> unravel(2 * vector)
        {'w': array([[2., 4.]]), 'b': np.float64(6.0)}
    """
    parts = leaves(tree)
    ends = np.cumsum([np.size(part) for part in parts])[:-1]

    def unravel(vector: Any) -> Any:
        pieces = np.split(vector, ends) if parts else []
        found = [np.reshape(piece, np.shape(part)) for piece, part in zip(pieces, parts, strict=True)]
        return rebuilt(tree, iter([x if x.ndim else x[()] for x in found]))

    return np.concatenate([np.ravel(part) for part in parts] or [np.zeros(0)]), unravel


def _kind(tree: Any) -> str:
    """Say what a container is like, without what stands in it."""
    if isinstance(tree, dict):
        return f"a dict with the keys {list(tree)}"
    kind = type(tree).__name__
    return f"a {kind} of length {len(tree)}" if isinstance(tree, (tuple, list)) else kind
