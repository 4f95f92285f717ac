"""The arguments of every function of the table.

How they go together is said once: in ``KINDS`` for all entries of a kind; in ``ARGUMENTS`` for a
function whose arguments no kind can draw, in one line. A user's own function gets its line so:

    >>> ARGUMENTS[np.fliplr] = lambda d: call(d.array(least=2))
"""

from __future__ import annotations

import inspect
import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from autograd.derivatives.calls import name_of
from autograd.derivatives.domains import POSITIVE, REALS, Interval
from autograd.derivatives.indexing import scatter, set_item
from autograd.derivatives.products import contract
from autograd.derivatives.reductions import running_sum
from autograd.derivatives.shapes import astype, cast, cast_away, join, pile
from autograd.derivatives.table import Constant, Definition, Derivative
from autograd.testing.strategies import (
    ANY_DTYPE,
    BORDER,
    INFINITE,
    SMOOTH,
    TIED,
    Call,
    Draw,
    Style,
    call,
)

Function = Callable[..., Any]
Entry = Derivative | Definition | Constant

GAP_TO_KINK = 1 / 128
REDUCTIONS = ("mean", "sum", "none")


# Kinds: how the arguments of many entries go together


def domains_of(entry: Entry) -> tuple[Interval, ...]:
    """Give the domain of each argument."""
    if not isinstance(entry, Derivative):
        return (REALS,)
    domain = entry.domain
    return (domain,) * len(entry.names) if isinstance(domain, Interval) else domain


def keywords_of(entry: Entry, kind: type) -> dict[str, Any]:
    """Give the keyword arguments that an entry's rules declare with a default of some type."""
    found: dict[str, Any] = {}
    for pullback in entry.pullbacks if isinstance(entry, Derivative) else ():
        if pullback:
            parameters = inspect.signature(pullback.rule).parameters.values()
            found |= {p.name: p.default for p in parameters if isinstance(p.default, kind)}
    return found


def required(function: Function) -> int:
    """Count the arguments that a function cannot do without."""
    parameters = inspect.signature(function).parameters.values()
    single = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return sum(p.default is p.empty for p in single)


def _elementwise(d: Draw, entry: Entry) -> Call:
    domains = domains_of(entry)
    style = INFINITE if d.style is BORDER else d.style
    shapes = d.broadcastable(len(domains))
    arrays = [d.array(s, domain, style=style) for s, domain in zip(shapes, domains, strict=True)]
    choices: dict[str, tuple[Any, ...]] = {
        name: (value, value / 2, 2.0) for name, value in keywords_of(entry, float).items()
    }
    if d.style is ANY_DTYPE and isinstance(entry.function, np.ufunc):
        choices["dtype"] = (np.float64,)
    return call(*arrays, **d.some(**choices))


def _reduction(d: Draw, entry: Entry) -> Call:
    return d.reduction(domains_of(entry)[0])


def _along_an_axis(d: Draw, entry: Entry) -> Call:
    x = d.array(domain=domains_of(entry)[0], least=1)
    flags = dict.fromkeys(keywords_of(entry, bool), (True, False))
    axes = {name: (d.axis(x.ndim),) for name in keywords_of(entry, int).keys() - flags.keys()}
    return call(x, **d.some(**axes, **flags))


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


def _constant(d: Draw, entry: Entry) -> Call:
    """Draw floats for the arguments that are required; integers if the function takes no floats."""
    function = entry.function
    count = function.nin if isinstance(function, np.ufunc) else required(function)
    shapes = d.broadcastable(count)
    if isinstance(function, np.ufunc) and not any(types[0] == "d" for types in function.types):
        return call(*(d.integers(shape, 0, 5) for shape in shapes))
    return call(*map(d.array, shapes))


KINDS: dict[str, Callable[[Draw, Entry], Call]] = {
    "elementwise": _elementwise,
    "reduction": _reduction,
    "along an axis": _along_an_axis,
    "linear": _linear,
    "loss": _loss,
    "class loss": _class_loss,
}


# Functions whose arguments no kind can draw

EINSUMS = (
    "ij,jk->ik", "i,i->", "i,j->ij", "ij,ij->ij", "ijk->kij", "ij->", "ij->j", "ii->i", "ii->",
    "iij->ji", "i,i,i->i", "ij,jk,kl->il", "i,jj->i", ",i->i",
)  # fmt: skip
MORE_EINSUMS = (
    "ij,jk", "ba", "ii", "...i,...i->...", "...ij,jk", "i...->...", "... , ...", "i...j->j...",
)  # fmt: skip
VECTORS_AND_MATRICES = ("i,i", "ij,j", "i,ij", "ij,jk")
STACKED = ("aij,jk", "ij,ajk", "aij,ajk", "1ij,ajk", "aij,1jk", "aij,j", "i,aij")
CONTRACTIONS = (
    ("ijk,jkl", 2), ("ij,jk", 1), ("i,j", 0), ("ij,kj", (1, 1)), ("ij,kj", ([-1], [1])),
    ("ijk,kj", ([1, 2], [1, 0])), ("ij,jk", np.int64(1)),
)  # fmt: skip
CONCATENATIONS = (("ia,ja", 0), ("ai,aj", -1), ("ij,k,1", None))


def _average(d: Draw) -> Call:
    x = d.array(least=1)
    assume(x.size)  # NumPy divides by zero otherwise
    axis = d.integer(0, x.ndim - 1)
    shape = d.choice(None, x.shape, x.shape[axis : axis + 1])
    if shape is None:
        return call(x, **d.some(axis=(None, axis), keepdims=(True, False)))
    return call(x, axis, d.array(shape, POSITIVE, style=d.style._replace(numbers=SMOOTH.numbers)))


def _clip(d: Draw) -> Call:
    a, b, c = d.broadcastable(3)
    bounds = d.style._replace(numbers=TIED.numbers, distinct=False)
    x, low, high = (
        d.array(a),
        d.array(b, POSITIVE, style=bounds),
        d.array(c, POSITIVE, style=bounds),
    )
    limits = d.choice((-low, high), (None, high), (-low, None))
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":  # which did not know min= and max= yet
        return call(x, *limits)
    return d.choice(call(x, *limits), call(x, min=limits[0], max=limits[1]))


def _contract(d: Draw) -> Call:
    subscripts = d.choice(*EINSUMS)
    return call(*d.arrays(subscripts.partition("->")[0]), subscripts=subscripts)


def _einsum(d: Draw) -> Call:
    subscripts = d.choice(*EINSUMS, *MORE_EINSUMS)
    letters = subscripts.replace(" ", "").partition("->")[0]
    x, *others = d.arrays(letters.replace("...", d.choice("", "x", "xy")))
    spelled = call(subscripts, x, *others)
    listed = call(x, [*range(x.ndim)], x + 0.5, [*range(x.ndim)], [*range(x.ndim)][1:])
    return d.choice(spelled, spelled, listed)


def _concatenate(d: Draw, letters: str, axis: int | None) -> Call:
    return call(d.arrays(letters), axis=axis)


def _join(d: Draw) -> Call:
    arrays = d.arrays(d.choice("ij,kj", "i,j,k", "ija,kja"))
    return call(*arrays, axis=0, ends=tuple(itertools.accumulate(map(len, arrays))))


def _norm(d: Draw) -> Call:
    x = d.array(least=1)
    orders = (0, 1, 2, 3, np.inf, -np.inf) if x.size else (0, 1, 2, 3)  # releases differ on empty maxima
    along_one = d.some(axis=(d.axis(x.ndim),))
    how = along_one | d.some(ord=orders) if along_one or x.ndim == 1 else {}
    if x.ndim > 1 and not how:
        how = d.some(axis=(d.order(x.ndim)[:2],))
        how |= d.some(ord=("fro",)) if how or x.ndim == 2 else {}
    return call(x, **how, **d.some(keepdims=(True, False)))


def _repeat(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    n = x.size if axis is None else x.shape[axis]
    return call(x, d.choice(2, d.integers((n,), 0, 2)), **({} if axis is None else {"axis": axis}))


def _roll(d: Draw) -> Call:
    x = d.array(least=1)
    axes = d.order(x.ndim)
    shifts = (1, -2, 3)[: x.ndim]
    return call(x, *d.choice((1,), (-2, axes[0]), (shifts, axes), (1, axes)))


def _scatter(d: Draw) -> Call:
    shape = d.shape()
    index = d.index(shape)
    return call(d.array(np.empty(shape)[index].shape), index, shape)


def _set_item(d: Draw) -> Call:
    x = d.array()
    index = d.index(x.shape)
    return call(x, index, d.array(d.broadcastable_to(x[index].shape)))


def _squeeze(d: Draw) -> Call:
    x, *_ = d.arrays(d.choice("1", "i1", "1ij", "1i1", "ij"))
    ones = tuple(i for i, n in enumerate(x.shape) if n == 1)
    return call(x, **d.some(axis=(ones, *ones)))


def _take(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    n = x.size if axis is None else x.shape[axis]
    indices = d.integers(d.shape(0, 2) if n else (0,), -n, n - 1)
    return call(x, indices, **({} if axis is None else {"axis": axis}))


def _tensordot(d: Draw, letters: str, axes: Any) -> Call:
    return call(*d.arrays(letters), axes=axes)


ARGUMENTS: dict[Function, Callable[[Draw], Call]] = {
    # Shapes
    np.reshape: lambda d: call(x := d.array(), d.reshaped(x)),
    np.ravel: lambda d: call(d.array()),
    np.squeeze: _squeeze,
    np.expand_dims: lambda d: call(x := d.array(), d.choice(d.axis(x.ndim + 1), (0, 1), (0, -1))),
    np.transpose: lambda d: call(x := d.array(), **d.some(axes=(None, d.order(x.ndim)))),
    np.matrix_transpose: lambda d: call(d.array(least=2)),
    np.swapaxes: lambda d: call(x := d.array(least=1), d.axis(x.ndim), d.axis(x.ndim)),
    np.moveaxis: lambda d: call(d.array(least=2), *d.choice((0, -1), (-2, 0), ([0, 1], [-1, 0]))),
    np.rollaxis: lambda d: call(x := d.array(least=1), d.axis(x.ndim), d.integer(-x.ndim, x.ndim)),
    np.broadcast_to: lambda d: call(d.array(d.broadcastable_to(shape := d.shape())), shape),
    np.broadcast_arrays: lambda d: call(*map(d.array, d.broadcastable(d.integer(1, 3)))),
    np.flip: lambda d: call(x := d.array(), **d.some(axis=(d.axes(x.ndim),))),
    np.fliplr: lambda d: call(d.array(least=2)),
    np.flipud: lambda d: call(d.array(least=1)),
    np.roll: _roll,
    np.copy: lambda d: call(d.array(), **d.some(order=("C", "F", "K"))),
    cast: lambda d: call(d.array(), np.dtype(d.dtype())),
    np.atleast_1d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    np.atleast_2d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    np.atleast_3d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    # Joining and splitting
    join: _join,
    pile: lambda d: call(*d.arrays(d.choice("ij,ij", "i,i,i", ",")), **d.some(axis=(0, -1))),
    np.concatenate: lambda d: _concatenate(d, *d.choice(*CONCATENATIONS)),
    np.stack: lambda d: call(d.arrays(d.choice("ij,ij", "i,i,i", ",")), **d.some(axis=(0, -1))),
    np.vstack: lambda d: call(d.arrays(d.choice("ia,ja", "a,ja", "a,a", "ija,kja"))),
    np.hstack: lambda d: call(d.arrays(d.choice("ai,aj", "i,j", ",i", "aib,ajb"))),
    np.dstack: lambda d: call(d.arrays(d.choice("abi,abj", "ab,abj", "b,b", ","))),
    np.column_stack: lambda d: call(d.arrays(d.choice("a,a", "ai,a", "ai,aj"))),
    np.split: lambda d: call(x := d.array(least=1), d.sections(x.shape[i := d.axis(x.ndim)]), i),
    np.array_split: lambda d: call(x := d.array(least=1), d.choice(2, 3, d.sections(len(x)))),
    np.vsplit: lambda d: call(x := d.array(least=2), d.sections(len(x))),
    np.hsplit: lambda d: call(x := d.array(least=1), d.sections(x.shape[min(x.ndim, 2) - 1])),
    np.dsplit: lambda d: call(x := d.array(least=3), d.sections(x.shape[2])),
    # Indexing and choosing
    operator.getitem: lambda d: call(x := d.array(), d.index(x.shape)),
    scatter: _scatter,
    set_item: _set_item,
    np.take: _take,
    np.repeat: _repeat,
    np.where: lambda d: call(d.booleans((s := d.broadcastable(3))[0]), *map(d.array, s[1:])),
    np.clip: _clip,
    # Products
    np.matmul: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, *STACKED))),
    np.dot: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, ",ij", "ijk,k", "ija,bac"))),
    np.inner: lambda d: call(*d.arrays(d.choice("i,i", ",i", "ij,j", "ij,kj", "aij,j", "i,j1i"))),
    np.vdot: lambda d: call(*d.arrays(d.choice(",", "i,i", "ij,ij", "ij,ji"))),
    np.outer: lambda d: call(*d.arrays(d.choice("i,j", ",i", "ij,k"))),
    np.tensordot: lambda d: _tensordot(d, *d.choice(*CONTRACTIONS)),
    contract: _contract,
    np.einsum: _einsum,
    # Reductions and running sums
    np.ptp: Draw.reduction,
    np.var: lambda d: d.reduction(ddof=(0.5,)),
    np.std: lambda d: d.reduction(ddof=(0.5,)),
    np.average: _average,
    np.linalg.norm: _norm,
    running_sum: lambda d: call(x := d.array(least=1), d.axis(x.ndim)),
    np.cumsum: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
}
ARGUMENTS |= {  # of constants
    np.argpartition: lambda d: call(x := d.array(least=1), d.integer(0, x.shape[-1] - 1)),
    np.may_share_memory: lambda d: call(d.array(), d.array()),
    np.shares_memory: lambda d: call(d.array(), d.array()),
    np.can_cast: lambda d: call(d.array(), np.float32),
    np.digitize: lambda d: call(d.array(), np.array([-1.0, 0.5, 1.0])),
    np.empty_like: lambda d: call(np.empty((0, d.length()))),
    np.full_like: lambda d: call(d.array(), 2.0),
    np.nonzero: lambda d: call(d.array(least=1)),
    np.result_type: lambda d: call(d.array(), np.float32),
    np.searchsorted: lambda d: call(np.array([-1.0, 0.5, 1.0]), d.array()),
    np.zeros_like: lambda d: call(d.array(), **d.some(dtype=(np.float32, int))),
    cast_away: lambda d: call(d.array(), d.choice(int, bool)),
    astype: lambda d: call(d.array(), d.dtype(), **d.some(copy=(True, False))),
}
if hasattr(np, "astype"):  # since NumPy 2.1
    ARGUMENTS[np.astype] = ARGUMENTS[astype]


# Drawing


def calls(entry: Entry, style: Style = SMOOTH) -> st.SearchStrategy[Call]:
    """Draw calls of the function of an entry.

    Raises:
        LookupError: nothing says how the arguments go together.
    """
    describe = _description(entry)

    @st.composite
    def drawn(draw: st.DrawFn) -> Call:
        found = describe(Draw(draw, style))
        if style.distinct and isinstance(entry, Derivative) and entry.kink:
            assume(_is_smooth(entry, found))
        return found

    return drawn()


def _description(entry: Entry) -> Callable[[Draw], Call]:
    """Find what draws the arguments: the function's own line, or else its kind."""
    if entry.function in ARGUMENTS:
        return ARGUMENTS[entry.function]
    if isinstance(entry, Derivative) and entry.kind in KINDS:
        kind = KINDS[entry.kind]
    elif isinstance(entry, Constant):
        kind = _constant
    elif isinstance(entry, Definition) and required(entry.function) == 1:
        kind = _elementwise
    else:
        raise LookupError(
            f"{name_of(entry.function)}: nothing says which arguments it takes; add one line to "
            f"autograd.testing.ARGUMENTS, such as lambda d: call(d.array(), d.array())"
        )
    return lambda d: kind(d, entry)


def _is_smooth(entry: Derivative, found: Call) -> bool:
    """Tell whether the arguments keep a distance from kinks."""
    assert entry.kink is not None
    known = inspect.signature(entry.kink).parameters
    kwargs = {name: value for name, value in found.kwargs.items() if name in known}
    return bool(np.all(np.abs(entry.kink(*found.args, **kwargs)) > GAP_TO_KINK))
