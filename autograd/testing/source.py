"""Writing a failing case as a program: values as literals, functions by import or by their source.

What it writes runs as it stands, and gives the same numbers to the last bit. Where no expression gives
a value, such as an open file, the program leaves a place for it.
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
LONGEST = 10_000  # characters of a global value


@dataclass(frozen=True)
class Variable:
    """Stands, in a call, for a named value or a part of one."""

    name: str
    part: int | None = None

    def __repr__(self) -> str:
        return self.name if self.part is None else f"{self.name}[{self.part}]"

    def among(self, values: Mapping[str, Any]) -> Any:
        """Return the value itself."""
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
        self.unfinished: set[str] = set()  # those whose definition is being written
        self.modules: set[str] = set()  # that are imported
        self.imports: dict[str, set[str]] = {}  # by module: what is imported from it
        self.definitions: list[str] = []
        self.lines: list[str] = []

    def __str__(self) -> str:
        imports = [f"import {module}" for module in sorted(self.modules)]
        imports += [
            f"from {module} import {', '.join(sorted(self.imports[module]))}"
            for module in sorted(self.imports)
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

    def literal(self, value: Any, name: str = "") -> str:
        """Write an expression that gives the value; or else ``name``, and a place where to define it."""
        if isinstance(value, Variable):
            return repr(value)
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
            items = [f"{self.literal(key)}: {self.literal(part)}" for key, part in value.items()]
            return "{" + ", ".join(items) + "}"
        if isinstance(value, (list, tuple)):
            return self._sequence(value)
        if isinstance(value, slice):
            return f"slice({self.literals((value.start, value.stop, value.step))})"
        if callable(value):
            return self.function(value, name)
        return text if _evaluates(text := repr(value)) else self._left_open(value, name)

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
        self.imports.setdefault(module, set()).add(name)
        self.names[name] = getattr(sys.modules[module], name)
        return name

    def _import_module(self, module: ModuleType, name: str) -> str:
        path = module.__name__
        self.modules.add(path if path == name else f"{path} as {name}")
        self.names[name] = module
        return name

    def function(self, function: Any, name: str = "") -> str:
        """Write an expression for a function: its import, or else its own source, defined as ``name``."""
        if known := self._known(function):
            return known
        own = name_of(function) if hasattr(function, "__name__") else type(function).__name__
        if own.startswith("np."):
            return f"{self.numpy()}{own[2:]}"
        if getattr(builtins, own, None) is function:
            return own
        if hasattr(function, "write_to"):
            return str(function.write_to(self))
        if (module := _module_of(function)) is not None:
            return self.imported(module, function.__name__)
        source = source_of(function)
        wrapped = inspect.unwrap(function) is not function and not (source or "").startswith("@")
        if wrapped and isinstance(function, FunctionType) and hasattr(function, "forward"):
            of_arrays = f"{self.imported('autograd', 'primitive')}({self.function(function.forward)})"
            name = self._define(function, name or own, of_arrays)
        elif wrapped or source is None:
            name = self._left_open(function, name)
        elif own == "<lambda>":
            self._define_what_it_reads(function, source)
            return source
        else:
            name = own
            self.names[name] = function  # at once, for it may call itself, by way of others too
            self.unfinished.add(name)
            self._define_what_it_reads(function, source)
            self.unfinished.discard(name)
            self.definitions.append(source)
        self._enter(function)
        return name

    def _known(self, value: Any) -> str | None:
        """Find the name that a value has already."""
        return next((name for name, known in self.names.items() if known is value), None)

    def _define(self, value: Any, name: str, expression: str) -> str:
        """Define a name, or a similar one that is free, for the value that an expression gives."""
        name = name if name.isidentifier() else "function"
        while name in self.names:
            name += "_"
        self.names[name] = value
        self.definitions.append(f"{name} = {expression}")
        return name

    def _left_open(self, value: Any, name: str = "") -> str:
        """Define a name for a value that the reader is to put there."""
        name = name or getattr(value, "__name__", type(value).__name__)
        shown = textwrap.shorten(repr(value), 100)
        return self._known(value) or self._define(value, name, f"...  # put here what gives {shown}")

    def _define_what_it_reads(self, function: Any, source: str) -> None:
        """Define the global and the outer names that stand in the source of a function or a class."""
        known, local = _names_around(inspect.unwrap(function))
        for name in sorted(_names_in(source) & known.keys() - local):
            if name in self.names or name in self.unfinished:
                continue
            value = known[name]
            if isinstance(value, ModuleType):
                self._import_module(value, name)
                continue
            self.unfinished.add(name)
            expression = self._global(value, name)
            self.unfinished.discard(name)
            if expression != name:
                self._define(value, name, expression)

    def _global(self, value: Any, name: str) -> str:
        """Write an expression for a global value, which may be long, hold itself, or what reads it."""
        try:
            expression = self.literal(value, name)
        except RecursionError:
            return self._left_open(value, name)
        too_early = not expression.lstrip("(").startswith("lambda") and (
            _names_in(expression) & self.unfinished
        ) - {name}
        return self._left_open(value, name) if too_early or len(expression) > LONGEST else expression

    def _enter(self, function: Any) -> None:
        """Enter a function that cannot be imported in the table, as it stands there."""
        entry = TABLE.get(function) if function.__hash__ else None  # not of every object
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
    parts = (getattr(function, "__module__", None) or name_of(function).rpartition(".")[0]).split(".")
    for module in accumulate(parts, "{}.{}".format):
        found = getattr(sys.modules.get(module), getattr(function, "__name__", ""), None)
        if found is function and module != "__main__":
            return module
    return None


def _names_in(source: str) -> set[str]:
    """List the names that stand in a source."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _evaluates(text: str) -> bool:
    """Tell whether a text is an expression of constants and of what is built in."""
    try:
        return all(hasattr(builtins, name) for name in _names_in(text))
    except SyntaxError:
        return False


def _names_around(scope: Any) -> tuple[dict[str, Any], set[str]]:
    """Return the global and outer names of a function, or of the methods of a class; and the local ones."""
    functions = map(inspect.unwrap, vars(scope).values()) if isinstance(scope, type) else [scope]
    known: dict[str, Any] = dict(vars(sys.modules[scope.__module__])) if isinstance(scope, type) else {}
    local: set[str] = set()
    for function in functions:
        if isinstance(function, FunctionType):
            cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
            known |= function.__globals__ | {name: cell.cell_contents for name, cell in cells}
            local |= set(function.__code__.co_varnames)
    return known, local


def _options_of(entry: Derivative) -> Iterator[tuple[str, Any]]:
    """Return the keyword arguments of ``derivative`` by which an entry was made."""
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
    """Return the source of a function written in Python, of a lambda or a class too, if it can be found.

    Example:
        >>> from textwrap import dedent
        >>> source_of(dedent).partition(":")[0]
        'def dedent(text)'
    """
    inner = inspect.unwrap(function)
    if not isinstance(inner, (FunctionType, type)):
        return None
    try:
        if isinstance(inner, type) or inner.__name__ != "<lambda>":
            return textwrap.dedent(inspect.getsource(inner)).rstrip()
        lines, _ = inspect.findsource(inner)
        return _source_of_lambda("".join(lines), inner.__code__)
    except (OSError, SyntaxError, TypeError):  # which a class gives that is not of a file
        return None


def _source_of_lambda(text: str, code: CodeType) -> str | None:
    """Find the lambda whose body has the place that the instructions of ``code`` remember."""
    places = set(code.co_positions())
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Lambda):
            body = node.body
            if (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in places:
                source = ast.get_source_segment(text, node) or ""
                return f"({source})" if "\n" in source else source
    return None
