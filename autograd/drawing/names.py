"""Finding what the user calls the things in a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np

from autograd.drawing.text import numbered, shortened
from autograd.tensor import Tensor
from autograd.variables import callers_variables

_MOST = 1000  # items of one list or dict that are looked at


class Names:
    """The names of nodes, leaves and arrays, and the paths of modules, by identity.

    The names in ``params`` go first, then the path of a parameter in a module that a variable
    holds, then a Tensor's own name, then that of a variable, in the ``inner`` ones and then in the
    nearest caller first, then that of an item or attribute of a variable. What has none of these
    gets a number.

    Attributes:
        outermost: modules that lie in no other, by name.
        modules: the paths of all modules, by identity.
    """

    modules: dict[int, str]

    def __init__(self, params: Any = None, inner: Mapping[str, Any] | None = None) -> None:
        found = [*(inner or {}).items(), *callers_variables()]
        variables = list({(name, id(value)): (name, value) for name, value in found}.values())  # each once
        variables += [item for variable in variables for item in _inside_of(*variable)]
        modules = _modules(params, variables)
        given = _given(params) or list(_parameters(modules))
        tensors = [(x.name, x) for _, x in variables if isinstance(x, Tensor) and x.name]
        self._names: dict[int, str] = {}
        self._unnamed = 0
        self.outermost = {name: m for name, m in modules.items() if hasattr(m, "named_modules")}
        self.modules = {id(module): path for path, module in _paths(modules)}
        for name, value in [*given, *tensors, *variables]:
            if isinstance(value, Tensor):
                self._names.setdefault(id(value.node or value), name)
                if not value.tracked:
                    self._names.setdefault(id(value.data), name)
            elif isinstance(value, np.ndarray):
                self._names.setdefault(id(value), name)
        self._names = {key: shortened(str(name)) for key, name in self._names.items()}

    def call(self, thing: Any, name: str) -> None:
        """Give a thing a name that goes before all others."""
        self._names[id(thing)] = shortened(name)

    def suggest(self, thing: Any, name: str) -> None:
        """Give a name to a thing that has none."""
        self._names.setdefault(id(thing), name)

    def known(self, thing: Any) -> str | None:
        """Name a thing if its user does."""
        return self._names.get(id(thing))

    def of(self, thing: Any) -> str:
        """Name a thing as its user does, else by a number, always the same."""
        name = self._names.get(id(thing))
        if name is None:
            own = getattr(thing, "name", None)
            if not own and isinstance(thing, Tensor):
                own = self._names.get(id(thing.data))
            if not own:
                self._unnamed += 1
                own = numbered(self._unnamed)
            name = self._names[id(thing)] = shortened(str(own))
        return name


def _inside_of(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Name what a variable holds: ``self.w``, ``w[0]``, ``d['bias']``."""
    if isinstance(value, (list, tuple)):
        yield from ((f"{name}[{i}]", item) for i, item in islice(enumerate(value), _MOST))
    elif isinstance(value, dict):
        items = islice(value.items(), _MOST)
        yield from ((f"{name}[{key!r}]", item) for key, item in items if isinstance(key, (str, int)))
    elif not isinstance(value, (Tensor, ModuleType, type)) and isinstance(
        attributes := getattr(value, "__dict__", None), dict
    ):
        yield from ((f"{name}.{key}", item) for key, item in attributes.items() if key[:1] != "_")


def _given(params: Any) -> list[tuple[str, Any]]:
    if params is None:
        return []
    if hasattr(params, "named_parameters"):
        return list(params.named_parameters())
    wrong = type(params).__name__
    if isinstance(params, Mapping):
        items = list(params.items())
        others = [(name, x) for name, x in items if not isinstance(x, (Tensor, np.ndarray))]
        if not others:
            return items
        wrong = f"{type(others[0][1]).__name__} for {others[0][0]!r}"
    raise TypeError(
        f"params: expected a module or a dict of Tensors, got {wrong}. The usual fix: params=model, or "
        f"params={{'w': w, 'b': b}} with the names that are to be shown"
    )


def _modules(params: Any, variables: list[tuple[str, Any]]) -> dict[str, Any]:
    """Find the outermost modules: the one that is given, else those that variables hold."""
    if hasattr(params, "named_parameters"):
        return {"": params}
    modules: dict[str, Any] = {}
    known: set[int] = set()
    for name, value in variables:
        if hasattr(type(value), "named_parameters") and name not in modules:
            inside = {id(item) for _, item in value.named_parameters()}
            if inside - known:
                modules[name] = value
                known |= inside
    return modules


def _parameters(modules: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the parameters of modules, with the module's name where there are several modules."""
    for name, module in modules.items():
        for path, item in module.named_parameters():
            yield f"{name}.{path}" if len(modules) > 1 else path, item


def _paths(modules: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the modules inside of modules, with their paths."""
    for name, module in modules.items():
        if hasattr(module, "named_modules"):
            for path, item in module.named_modules():
                yield (f"{name}.{path}".strip(".") if len(modules) > 1 else path or name), item
