"""Finding what the user calls the things in a graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.tensor import Tensor
from autograd.variables import callers_variables


def names_of(params: Any = None) -> dict[int, str]:
    """Name nodes, leaves and arrays, by identity.

    The names in ``params`` go first, then the path of a parameter in a module that a variable
    holds, then a Tensor's own name, then that of a variable, in the nearest caller first.
    """
    variables = list(callers_variables())
    given = _given(params) or _in_modules(variables)
    tensors = [(x.name, x) for _, x in variables if isinstance(x, Tensor) and x.name]
    names: dict[int, str] = {}
    for name, value in [*given, *tensors, *variables]:
        if isinstance(value, Tensor):
            names.setdefault(id(value.node or value), name)
            if not value.tracked:
                names.setdefault(id(value.data), name)
        elif isinstance(value, np.ndarray):
            names.setdefault(id(value), name)
    return names


def _given(params: Any) -> list[tuple[str, Any]]:
    if hasattr(params, "named_parameters"):
        return list(params.named_parameters())
    try:
        return list(dict(params or ()).items())
    except (TypeError, ValueError) as error:
        kind = type(params).__name__
        raise TypeError(f"params: expected a module or a dict of Tensors, got {kind}") from error


def _in_modules(variables: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Give the parameters of modules, with the module's name where there are several modules."""
    modules: dict[str, list[tuple[str, Any]]] = {}
    known: set[int] = set()
    for name, value in variables:
        if hasattr(type(value), "named_parameters"):
            inside = list(value.named_parameters())
            if {id(item) for _, item in inside} - known:
                modules.setdefault(name, inside)
                known.update(id(item) for _, item in inside)
    several = len(modules) > 1
    return [
        (f"{name}.{path}" if several else path, item)
        for name, inside in modules.items()
        for path, item in inside
    ]
