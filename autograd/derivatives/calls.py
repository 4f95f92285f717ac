"""How a call of a function looks: its name, its arguments by position and by name."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


def name_of(function: Callable[..., Any]) -> str:
    """Say the name under which users know a function.

    Example:
        >>> name_of(np.exp), name_of(np.linalg.norm), name_of(np.add.reduce)
        ('np.exp', 'np.linalg.norm', 'np.add.reduce')
    """
    if known_as := getattr(function, "known_as", ""):
        return str(known_as)
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return f"{name_of(function.__self__)}.{function.__name__}"  # type: ignore[attr-defined]
    module = getattr(function, "__module__", None) or _module_of(function)
    prefix = module.replace("numpy", "np", 1) + "." if module.startswith(("numpy", "scipy")) else ""
    return prefix + getattr(function, "__name__", repr(function))


def own_name(function: Callable[..., Any]) -> str:
    """Say the name of a function itself; that of a primitive may be another than users know it by."""
    return name_of(inspect.unwrap(function))


def _module_of(ufunc: Any) -> str:
    """Find the module of a ufunc, which does not tell."""
    homes = (name for name in _HOMES if getattr(sys.modules.get(name), ufunc.__name__, None) is ufunc)
    return next(homes, "numpy")


_HOMES = ("numpy", "numpy._core.umath", "scipy.special", "scipy.special._ufuncs")


def shape_of(argument: Any) -> tuple[int, ...]:
    """Return the shape of a recorded argument: a node, a Tensor, an array or a number."""
    shape: tuple[int, ...] | None = getattr(argument, "shape", None)
    return np.shape(argument) if shape is None else shape


@cache
def parameters_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the names of a function's own parameters, in order, and their defaults.

    What a function written in C says of its defaults is not trusted: ``np.where`` names None for
    arrays that it needs. In older releases of NumPy such functions say nothing at all.
    """
    trusted = inspect.isfunction(function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return {}
    return {p.name: p.default if trusted else p.empty for p in parameters}


def dispatches(function: Callable[..., Any]) -> bool:
    """Tell whether a call of it asks a Tensor what to do: NumPy's functions, operators and primitives do."""
    ufunc = getattr(function, "__self__", function)
    home = (getattr(function, "__module__", None) or "").partition(".")[0]
    return isinstance(ufunc, np.ufunc) or hasattr(function, "forward") or home in ("numpy", "_operator")


def names_of_arguments(function: Callable[..., Any], count: int) -> list[str]:
    """Name the arguments of a function that has ``count`` pullbacks, where no other names are given.

    Those of a function written in Python are its own: of all that must be given, and of further ones
    that have a pullback. NumPy's functions have ``x y z``.
    """
    if not inspect.isfunction(function):
        return list("xyz"[:count])
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    required = sum(p.default is p.empty for p in positional)
    return [p.name for p in positional][: max(count, required)]


def bind(entry: Any, args: Any, kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Bring a call to one form: the arguments that have a pullback by position, the rest by name.

    Raises:
        TypeError: the call uses a keyword argument that the entry's rules do not know.
    """
    count = len(entry.names)
    if entry.variadic or (len(args) == count and kwargs.keys() <= entry.keywords):
        return args, kwargs
    parameters = parameters_of(entry.function) or dict.fromkeys(entry.names, inspect.Parameter.empty)
    named = dict(zip(parameters, args, strict=False)) | kwargs
    if named.get("out", ...) is None:
        del named["out"]
    first = list(parameters)[:count]
    unknown = named.keys() - entry.keywords - set(first)
    missing = [name for name in first if name not in named and parameters[name] is inspect.Parameter.empty]
    if unknown or missing or len(args) > len(parameters):
        how = (
            f"with {min(unknown)}="
            if unknown
            else f"without {missing[0]}"
            if missing
            else "with more arguments"
        )
        raise TypeError(
            f"{name_of(entry.function)} {how} has no derivative here; write it through other "
            f"functions, or leave the graph with tensor.detach()"
        )
    return tuple(named.pop(name, parameters[name]) for name in first), named
