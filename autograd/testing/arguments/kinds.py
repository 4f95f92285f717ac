"""How the arguments of a function go together: what all entries of a kind share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from autograd.checking.kinks import gap_to_kink
from autograd.derivatives.calls import name_of, parameters_of
from autograd.derivatives.domains import REALS, Interval
from autograd.derivatives.table import TABLE, Definition, Derivative, Entry
from autograd.testing.strategies import (
    ANY_DTYPE,
    BORDER,
    GAP_TO_KINK,
    INFINITE,
    SMOOTH,
    Call,
    Draw,
    Style,
    call,
)

Function = Callable[..., Any]

REDUCTIONS = ("mean", "sum", "none")


# Kinds: how the arguments of many entries go together


def domains_of(entry: Entry) -> tuple[Interval, ...]:
    """Return the domain of each argument."""
    if not isinstance(entry, Derivative):
        return (REALS,)
    domain = entry.domain
    return (domain,) * len(entry.names) if isinstance(domain, Interval) else domain


def keywords_of(entry: Entry, kind: type | UnionType) -> dict[str, Any]:
    """Return the keyword arguments that an entry's rules declare with a default of some type."""
    found: dict[str, Any] = {}
    for pullback in (*entry.pullbacks, entry.cotangent) if isinstance(entry, Derivative) else ():
        if pullback:
            parameters = inspect.signature(pullback.rule).parameters.values()
            found |= {p.name: p.default for p in parameters if isinstance(p.default, kind)}
    return found


def required(function: Function) -> int:
    """Count the arguments that a function cannot do without."""
    if isinstance(function, np.ufunc):  # before NumPy 2.4 they have no signature
        return int(function.nin)
    parameters = inspect.signature(function).parameters.values()
    single = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return sum(p.default is p.empty for p in single)


def _elementwise(d: Draw, entry: Entry) -> Call:
    domains = domains_of(entry)
    style = INFINITE if d.style is BORDER else d.style
    shapes = d.broadcastable(len(domains))
    arrays = [d.array(s, domain, style=style) for s, domain in zip(shapes, domains, strict=True)]
    if d.style is ANY_DTYPE and isinstance(entry.function, np.ufunc):
        return call(*arrays, **d.some(dtype=(np.float64,)))
    return _with_numbers(d, entry, call(*arrays))


def _with_numbers(d: Draw, entry: Entry, found: Call) -> Call:
    """Add to a call keyword arguments that are numbers, as far as the function takes those that are drawn."""
    if not isinstance(entry, Derivative):
        return found
    own = {name: value for name, value in parameters_of(entry.function).items() if name in entry.keywords}
    choices: dict[str, tuple[Any, ...]] = {
        name: (value, value + 1) if type(value) is int else (value, value / 2, 2.0)
        for name, value in (own | keywords_of(entry, float | int)).items()
        if type(value) in (int, float) and name not in found.kwargs
    }
    other = Call(found.args, found.kwargs | d.some(**choices))
    return found if choices and other.misfit(entry.function).startswith("raises") else other


def _reduction(d: Draw, entry: Entry) -> Call:
    return _with_numbers(d, entry, d.reduction(domains_of(entry)[0]))


def _along_an_axis(d: Draw, entry: Entry) -> Call:
    x = d.array(domain=domains_of(entry)[0], least=1)
    flags = dict.fromkeys(keywords_of(entry, bool), (True, False))
    names = keywords_of(entry, int | NoneType).keys() - flags.keys()
    axes = {name: d.axis(x.ndim) for name in sorted(names)}
    said = axes if x.ndim > 2 else d.some(**{name: (axis,) for name, axis in axes.items()})
    return call(x, **said, **d.some(**flags))  # of three axes or more some ask which is meant


def _linear(d: Draw, entry: Entry) -> Call:
    x, weight, bias = d.arrays(d.choice("i,oi,o", "ni,oi,o", "nmi,oi,o"))
    return d.choice(call(x, weight, bias), call(x, weight, None), call(x, weight))


def _loss(d: Draw, entry: Entry) -> Call:
    assert isinstance(entry, Derivative)
    shape = d.shape(1)
    differentiable = zip(domains_of(entry), entry.pullbacks, strict=True)
    arrays = [d.array(shape, domain) for domain, pullback in differentiable if pullback]
    return call(*arrays, **d.some(reduction=REDUCTIONS))


def _class_loss(d: Draw, entry: Entry) -> Call:
    x, *_ = d.arrays(d.choice("c", "nc", "nca", "ncab"))
    classes = x.shape[0] if x.ndim == 1 else x.shape[1]
    of_rows = () if x.ndim == 1 else x.shape[:1] + x.shape[2:]
    return call(x, d.integers(of_rows, 0, classes - 1), **d.some(reduction=REDUCTIONS))


KINDS: dict[str, Callable[[Draw, Entry], Call]] = {
    "elementwise": _elementwise,
    "reduction": _reduction,
    "along an axis": _along_an_axis,
    "linear": _linear,
    "loss": _loss,
    "class loss": _class_loss,
}


Lines = dict[Function, Callable[[Draw], Call]]
ARGUMENTS: Lines = {}  # of functions that no kind can draw


# Drawing


def calls(
    entry: Entry, style: Style = SMOOTH, line: Callable[[Draw], Call] | None = None
) -> st.SearchStrategy[Call]:
    """Draw calls of the function of an entry, as a line describes them; by default, its own.

    Raises:
        LookupError: nothing says how the arguments go together.
    """
    describe = line or _description(entry)

    @st.composite
    def drawn(draw: st.DrawFn) -> Call:
        found = describe(Draw(draw, style))
        if style.distinct and isinstance(entry, Derivative) and entry.kink:
            assume(np.all(np.abs(gap_to_kink(entry, *found)) > GAP_TO_KINK))
        return found

    return drawn()


def entry_of(function: Function | Entry) -> Derivative | Definition:
    """Find the entry of a function that one can differentiate.

    Raises:
        LookupError: the table lacks the function.
        TypeError: the function is a constant, or refused.
    """
    entry = function if isinstance(function, Entry) else TABLE.get(function)
    if entry is None:
        raise LookupError(f"the table has no {function!r}; enter it with autograd.derivative()")
    if not isinstance(entry, (Derivative, Definition)):
        status = type(entry).__name__.lower()
        raise TypeError(f"{name_of(entry.function)} is {status}: there is no derivative to check")
    return entry


def has_arguments(entry: Entry) -> bool:
    """Tell whether calls of a function can be drawn, and differentiated."""
    if not isinstance(entry, (Derivative, Definition)):
        return False
    try:
        _description(entry)
    except LookupError:
        return False
    return True


def _description(entry: Entry) -> Callable[[Draw], Call]:
    """Find what draws the arguments: the function's own line, or else its kind."""
    if entry.function in ARGUMENTS:
        return ARGUMENTS[entry.function]
    if isinstance(entry, Derivative) and entry.kind in KINDS:
        kind = KINDS[entry.kind]
    elif isinstance(entry, Definition) and required(entry.function) == 1:
        kind = _elementwise
    else:
        raise LookupError(
            f"{name_of(entry.function)}: nothing says which arguments it takes; give check_entry a "
            f"second argument, such as lambda d: call(d.array(), d.array()), or add one line to "
            f"autograd.testing.ARGUMENTS"
        )
    return lambda d: kind(d, entry)
