"""Writing a failing case as a program: values as literals, functions by import or by their source.

What it writes runs as it stands, and gives the same numbers to the last bit.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

import numpy as np

from autograd.containers import mapped
from autograd.derivatives.calls import name_of, names_of_arguments
from autograd.derivatives.pullback import Pullback
from autograd.derivatives.table import TABLE, Definition, Derivative, derivative
from autograd.tensor import Tensor

T = TypeVar("T")
PLAIN_DTYPES = (np.float64, np.int64, np.bool_)  # that NumPy chooses for numbers of Python


@dataclass(frozen=True)
class Variable:
    """Stands, in a call, for a named value or a part of one."""

    name: str
    part: int | None = None

    def __repr__(self) -> str:
        return self.name if self.part is None else f"{self.name}[{self.part}]"

    def among(self, values: Mapping[str, Any]) -> Any:
        """Give the value itself."""
        return values[self.name] if self.part is None else values[self.name][self.part]


def substituted(tree: T, values: Mapping[str, Any]) -> T:
    """Put values in the place of the variables in a call or another container."""
    found: T = mapped(lambda leaf: leaf.among(values) if isinstance(leaf, Variable) else leaf, tree)
    return found


class Program:
    """A program that is being written: imports and definitions gather as expressions need them.

    Example:
        >>> program = Program()
        >>> program.write(f"np.sum({program.literal(np.array([0.5, np.inf]))})")
        >>> print(program)
        import numpy as np
        <BLANKLINE>
        np.sum(np.array([0.5, np.inf]))
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}  # what each name of the program stands for
        self.imports: dict[str, list[str]] = {}  # by module: what is imported from it
        self.definitions: list[str] = []
        self.lines: list[str] = []

    def __str__(self) -> str:
        imports = [
            f"from {module} import {', '.join(sorted(names))}" if names else f"import {module}"
            for module, names in sorted(self.imports.items(), key=lambda item: (bool(item[1]), item[0]))
        ]
        parts = "\n".join(imports), *self.definitions, "\n".join(self.lines)
        return "\n\n".join(filter(None, parts))

    def write(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    def assign(self, name: str, value: Any) -> None:
        """Add a line that gives a value a name."""
        self.write(f"{name} = {self.literal(value)}")
        self.names[name] = value

    # Expressions

    def literal(self, value: Any) -> str:
        """Write an expression that gives the value."""
        if isinstance(value, Tensor):
            tracked = ", requires_grad=True" if value.requires_grad else ""
            return f"{self.imported('autograd', 'tensor')}({self._array(value.data)}{tracked})"
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, (np.generic, np.dtype)):
            kind = f"{self.numpy()}.{np.dtype(value).name}"
            return kind if isinstance(value, np.dtype) else f"{kind}({self.literal(value.item())})"
        if isinstance(value, float) and not np.isfinite(value):
            return f"{'-' if value < 0 else ''}{self.numpy()}.{'nan' if value != value else 'inf'}"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self.literal(part)}" for key, part in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            return self._sequence(value)
        if isinstance(value, slice):
            return f"slice({self.literals((value.start, value.stop, value.step))})"
        return self.function(value) if callable(value) else repr(value)

    def literals(self, values: Iterable[Any]) -> str:
        """Write expressions, one after the other."""
        return ", ".join(map(self.literal, values))

    def named(self, values: Mapping[str, Any]) -> list[str]:
        """Write keyword arguments."""
        return [f"{name}={self.literal(value)}" for name, value in values.items()]

    def _array(self, array: np.ndarray[Any, Any]) -> str:
        plain = array.dtype in (PLAIN_DTYPES if array.size else [np.float64])
        dtype = "" if plain else f", {self.literal(array.dtype)}"
        if not array.size:
            return f"{self.numpy()}.zeros({array.shape}{dtype})"
        return f"{self.numpy()}.array({self.literal(array.tolist())}{dtype})"

    def _sequence(self, values: list[Any] | tuple[Any, ...]) -> str:
        inside = self.literals(values)
        if isinstance(values, list):
            return f"[{inside}]"
        if type(values) is not tuple:  # a named one
            return f"{self.function(type(values))}({inside})"
        return f"({inside},)" if len(values) == 1 else f"({inside})"

    # Names

    def numpy(self) -> str:
        """Import NumPy."""
        return self._import_module(np, "np")

    def imported(self, module: str, name: str) -> str:
        """Import a name."""
        if name not in self.imports.setdefault(module, []):
            self.imports[module].append(name)
            self.names[name] = getattr(sys.modules[module], name)
        return name

    def _import_module(self, module: ModuleType, name: str) -> str:
        path = module.__name__
        self.imports[path if path == name else f"{path} as {name}"] = []
        self.names[name] = module
        return name

    def function(self, function: Any) -> str:
        """Write an expression for a function: its import, or else its own source."""
        for name, known in self.names.items():
            if known is function:
                return name
        name = name_of(function) if hasattr(function, "__name__") else type(function).__name__
        if name.startswith("np."):
            return f"{self.numpy()}{name[2:]}"
        if hasattr(builtins, name):
            return name
        if hasattr(function, "write_to"):
            return str(function.write_to(self))
        if (module := _module_of(function)) is not None:
            return self.imported(module, name)
        if (source := source_of(function)) is None:
            self.definitions.append(f"{name} = ...  # put here what gives {function!r}")
        else:
            self._define_what_it_reads(function, source)
            if name == "<lambda>":
                return source
            self.definitions.append(source)
        self.names[name] = function
        self._enter(function)
        return name

    def _define_what_it_reads(self, function: Any, source: str) -> None:
        """Define the global and the outer names that stand in the source of a function."""
        inner = inspect.unwrap(function)
        cells = zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True)
        known = inner.__globals__ | {name: cell.cell_contents for name, cell in cells}
        read = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        for name in sorted(read & known.keys()):
            value = known[name]
            if name in self.names or value is function or name in inner.__code__.co_varnames:
                continue
            if isinstance(value, ModuleType):
                self._import_module(value, name)
                continue
            expression = self.literal(value)
            if expression != name:
                self.names[name] = value
                self.definitions.append(f"{name} = {expression}")

    def _enter(self, function: Any) -> None:
        """Enter a function that cannot be imported in the table, as it stands there."""
        entry = TABLE.get(function)
        if isinstance(entry, Definition):
            arguments = [self.function(entry.function), self.function(entry.define)]
            self.definitions.append(f"{self.imported('autograd', 'definition')}({', '.join(arguments)})")
        elif isinstance(entry, Derivative):
            arguments = [self.function(entry.function)]
            arguments += [self.function(rule.rule) if rule else "None" for rule in entry.pullbacks]
            arguments += self.named(dict(_options_of(entry)))
            self.definitions.append(f"{self.imported('autograd', 'derivative')}({', '.join(arguments)})")


def _module_of(function: Any) -> str | None:
    """Find the outermost module from which a function can be imported."""
    parts = (getattr(function, "__module__", None) or "__main__").split(".")
    for module in accumulate(parts, "{}.{}".format):
        found = getattr(sys.modules.get(module), getattr(function, "__name__", ""), None)
        if found is function and module != "__main__":
            return module
    return None


def _options_of(entry: Derivative) -> Iterator[tuple[str, Any]]:
    """Give the keyword arguments of ``derivative`` by which an entry was made."""
    read = {"dtype"}.union(*(rule.keywords for rule in entry.pullbacks if rule))
    usual = names_of_arguments(entry.function, len(entry.names))
    values = {
        **vars(entry),
        "names": "" if entry.names == usual else " ".join(entry.names),
        "keywords": " ".join(sorted(entry.keywords - read)),
        "forward": None if entry.forward is getattr(entry.function, "forward", None) else entry.forward,
    }
    for p in inspect.signature(derivative).parameters.values():
        if p.kind is p.KEYWORD_ONLY and values[p.name] != p.default:
            value = values[p.name]
            yield p.name, value.rule if isinstance(value, Pullback) else value


def source_of(function: Callable[..., Any]) -> str | None:
    """Give the source of a function written in Python, of a lambda too, if it can be found.

    Example:
        >>> from textwrap import dedent
        >>> source_of(dedent).partition(":")[0]
        'def dedent(text)'
    """
    inner = inspect.unwrap(function)
    if not isinstance(inner, FunctionType):
        return None
    try:
        lines, _ = inspect.findsource(inner)
        if inner.__name__ != "<lambda>":
            return textwrap.dedent(inspect.getsource(inner)).rstrip()
        return _source_of_lambda("".join(lines), inner.__code__)
    except (OSError, SyntaxError):
        return None


def _source_of_lambda(text: str, code: CodeType) -> str | None:
    """Find the lambda whose body has the place that the instructions of ``code`` remember."""
    places = set(code.co_positions())
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Lambda):
            body = node.body
            if (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in places:
                return ast.get_source_segment(text, node)
    return None
