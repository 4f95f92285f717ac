"""The table of derivatives, and what NumPy's functions are in it, as HTML."""

from __future__ import annotations

import ast
import html
import importlib
import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from operator import itemgetter
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from mathml import mathml, variable
from numpy.testing import overrides

import nn  # noqa: F401  (its functions are entries too)
from autograd.derivatives.calls import name_of, own_name
from autograd.derivatives.late import CHAPTERS, load_late
from autograd.derivatives.pullback import Pullback
from autograd.derivatives.table import TABLE, Constant, Definition, Derivative, Refused
from autograd.drawing.symbols import Symbol, call_in_symbols, constant, rule_in_symbols
from autograd.drawing.text import formula
from autograd.drawing.words import why
from autograd.graph import Node

for library in CHAPTERS:
    importlib.import_module(library)
load_late()

WRITTEN = {"elementwise": (), "parametric": (), "product": (2, 2), "linear": (2, 2), "linear algebra": (2, 2)}
STATUS = {Derivative: "derivative", Definition: "definition", Constant: "constant", Refused: "refused"}
Function = Callable[..., Any]


def anchor(function: Function) -> str:
    """Name the row of a function; two of ours may have one name."""
    name = own_name(function)
    return re.sub(r"\W", "-", name if "." in name else f"{function.__module__}.{name}")


def code(text: str) -> str:
    """Write a piece of a program."""
    return f"<code>{html.escape(text)}</code>"


def source(rule: Any) -> str:
    """Show a rule as it stands in the table, with the text of a function that is no lambda to unfold."""
    rule = rule.func if isinstance(rule, partial) else rule
    if not isinstance(rule, FunctionType):
        return code(getattr(rule, "__name__", "") or repr(rule))
    if rule.__name__ == "<lambda>":
        return code(ast.unparse(lambda_of(rule).body))
    if rule.__module__.startswith("numpy"):
        return "as NumPy writes it"
    text = html.escape(inspect.getsource(rule))
    return f"<details><summary>{code(rule.__name__)}</summary><pre>{text}</pre></details>"


@cache
def lambdas(path: str) -> list[tuple[tuple[int, int], tuple[int, int], ast.Lambda]]:
    """List all lambdas in a file, with the places where their bodies begin and end."""
    found = (
        node for node in ast.walk(ast.parse(Path(path).read_text("utf-8"))) if isinstance(node, ast.Lambda)
    )
    return [
        ((x.body.lineno, x.body.col_offset), (x.body.end_lineno or 0, x.body.end_col_offset or 0), x)
        for x in found
    ]


def lambda_of(rule: FunctionType) -> ast.Lambda:
    """Find a lambda in its file: the last one to begin of those that contain all its instructions."""
    places = [place for place in rule.__code__.co_positions() if None not in place and place[3]]
    first, last = min(place[0::2] for place in places), max(place[1::2] for place in places)
    around = [x for x in lambdas(rule.__code__.co_filename) if x[0] <= first and last <= x[1]]
    return max(around, key=itemgetter(0))[2]


def symbols(entry: Derivative) -> Node:
    """Call a function with symbols for its arguments and its optional numbers."""
    tracked = tuple(i for i, pullback in enumerate(entry.pullbacks) if pullback)
    args = [Symbol(name, shape=WRITTEN.get(entry.kind, ())) for name in entry.names]
    numbers = {
        name: Symbol(name)
        for pullback in filter(None, entry.pullbacks)
        for name, default in inspect.signature(pullback.rule).parameters.items()
        if type(default.default) is float
    }
    out: Any = Symbol("z", shape=WRITTEN.get(entry.kind, ()))
    return Node(entry.plan(tracked, len(args)), tuple(args), numbers or None, args, out, None)


def call(entry: Derivative, node: Node) -> str:
    """Write what is computed: arithmetic as a formula."""
    texts = [x.text for x in node.args]
    text = formula(entry.function, texts, None)
    written = call_in_symbols(node, node.args) if isinstance(entry.function, np.ufunc) else None
    if written or "(" not in text:
        return mathml(str(written or text))
    return code(text)


def pulled(entry: Derivative, node: Node, i: int, rule: Pullback) -> str:
    """Write the derivative by one argument or, where elements mix, what flows back to it."""
    name, scalar = variable(entry.names[i]), entry.kind in ("elementwise", "parametric")
    g, out = constant(1) if scalar else Symbol("g", shape=node.shape), Symbol("z", shape=node.shape)
    found = rule_in_symbols(node, i, g, node.args, out) if entry.kind in WRITTEN else None
    left, right = f"<mover>{name}<mo>¯</mo></mover>", source(rule.rule)
    if found is not None and "…" not in found.text:
        right = mathml(found.text)
        if scalar:
            left = f"<mfrac><mrow><mo>∂</mo><mi>z</mi></mrow><mrow><mo>∂</mo>{name}</mrow></mfrac>"
    return f"<p><math>{left}<mo>=</mo></math> {right}</p>"


def conditions(entry: Derivative, node: Node) -> str:
    """Say where the function is differentiable, and where its derivative jumps."""
    domains = entry.domain if type(entry.domain) is tuple else (entry.domain,) * len(entry.names)
    parts = [
        html.escape(re.sub(r"\bx\b", name, domain.name).replace("-", "−"))
        for name, domain in zip(entry.names, domains, strict=True)
        if "x" in domain.name
    ]
    if entry.kink and entry.kind in WRITTEN:
        known = inspect.signature(entry.kink).parameters
        kwargs = {name: x for name, x in (node.kwargs or {}).items() if name in known}
        parts.append(f"kink at {mathml(str(entry.kink(*node.args, **kwargs)), '<mo>=</mo><mn>0</mn>')}")
    elif entry.kink:
        parts.append(f"kink where this is 0: {source(entry.kink)}")
    return "<br>".join(parts)


def cells(entry: Derivative | Definition) -> tuple[str, str, str]:
    """Write the row of an entry: its function, what that computes and where, the derivatives."""
    name = code(own_name(entry.function))
    if (getattr(entry.function, "__module__", None) or "").startswith(("autograd", "nn")):
        about = (inspect.getdoc(entry.function) or "").partition("\n\n")[0].replace("``", "")
        name += f"<p class='why'>{html.escape(about)}</p>"
    if isinstance(entry, Definition):
        return name, "through others", f"<p>{source(entry.define)}</p>"
    node = symbols(entry)
    rules = [(i, rule) for i, rule in enumerate(entry.pullbacks) if rule]
    formulas = "".join(pulled(entry, node, i, rule) for i, rule in rules)
    if entry.cotangent and "<code>" in formulas:
        formulas = f"<p>first, g becomes {source(entry.cotangent.rule)}</p>{formulas}"
    reasons = " ".join(dict.fromkeys(why(node, i) for i, _ in rules))
    where = f"{call(entry, node)}<p class='where'>{conditions(entry, node)}</p>"
    return name, where, f"{formulas}<p class='why'>{html.escape(reasons)}</p>"


def chapters() -> dict[str, list[Derivative | Definition]]:
    """Return all derivatives and definitions, by the module where they stand."""
    found, module = defaultdict(list), "autograd.derivatives.by_numpy"  # the first
    for entry in TABLE.values():
        if isinstance(entry, Derivative | Definition):
            rule: Any = (
                next(filter(None, entry.pullbacks)).rule if isinstance(entry, Derivative) else entry.define
            )
            home = getattr(getattr(rule, "func", rule), "__module__", "numpy")  # of ufuncs since NumPy 2.1
            module = (
                home if home.startswith(("autograd", "nn")) else module
            )  # NumPy's own come between others
            found[module].append(entry)
    return found


def table(kind: str, heads: Iterable[str], rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Write a table of rows, each with the name by which links find it."""
    head = "".join(f"<th>{text}</th>" for text in heads)
    lines = [f'<tr id="{name}"><td>{"</td><td>".join(row)}</td></tr>' for name, row in rows]
    return "\n".join([f'<table class="{kind}"><tr>{head}</tr>', *lines, "</table>"])


def derivatives(entries: list[Derivative | Definition]) -> str:
    """Write a chapter of the table of derivatives."""
    rows = ((anchor(entry.function), cells(entry)) for entry in entries)
    return table("derivatives", ("function", "result z, and where", "derivative"), rows)


def overridable() -> Iterator[Function]:
    """Return all functions that NumPy lets a library override; for inner ones the public ones."""
    functions = overrides.get_overridable_numpy_array_functions() | overrides.get_overridable_numpy_ufuncs()
    for function in functions:
        inner = getattr(function, "__module__", None) == "numpy"
        yield getattr(np, function.__name__, function) if inner else function


def coverage() -> str:
    """Write which function of NumPy has which status; its inner functions come last."""
    rows, count = [], Counter[str]()
    for function in sorted(set(overridable()), key=lambda f: ("np._" in name_of(f), name_of(f).lower())):
        entry = TABLE[function]
        status = next(name for kind, name in STATUS.items() if isinstance(entry, kind))
        count[status] += 1
        if isinstance(entry, Derivative | Definition):
            status = f'<a href="derivatives.html#{anchor(function)}">{status}</a>'
        reason = html.escape(entry.reason) if isinstance(entry, Refused) else ""
        rows.append((anchor(function), (code(name_of(function)), status, reason)))
    words = ", ".join(f"{count[status]} {status}" for status in STATUS.values())
    total = f"<p>{len(rows)} functions that a library may override: {words}.</p>"
    return total + table("coverage", ("function", "status", "why it is refused, and what to use"), rows)
