"""The table of derivatives, and the record of an entry.

The table maps a function, usually NumPy's own, to what is known of its derivative:

* **derivative**: one pullback per argument, written in plain ``np.`` calls;
* **definition**: the function written through others that are in the table;
* **constant**: the derivative is zero or undefined by nature; results are plain arrays;
* **refused**: a derivative is not offered; the error says why, and what to use in its place.

A *pullback* maps the cotangent ``g`` of the result to the cotangent of one argument. The
names of its parameters declare what it reads, and only that is kept until the backward pass:

============ =================================================================
``g``        the cotangent of the result; always the first parameter
``out``      the result of the call
``x``        an argument, under its name in ``names`` (by default its own in a Python
             function, ``x y z`` in one of NumPy)
``x_shape``  the shape of that argument, without its array
``axis=0``   a parameter with a default is a keyword argument of the function
============ =================================================================

A variadic entry has one pullback for all its arguments, which may also read ``position`` (which
argument), ``operands`` (all their arrays) and ``shapes``. An entry with a ``residual`` may read that.
What all pullbacks of an entry begin with can be its ``cotangent`` rule: it reads as they do, runs
once in a backward pass, and they get what it gives, an array or several, as their ``g``.

Rules call only functions that dispatch. So the same text runs on arrays, at NumPy's speed, and
on Tensors, where it records the graph of the derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograd.derivatives.calls import dispatches, name_of, names_of_arguments
from autograd.derivatives.domains import REALS, Interval
from autograd.derivatives.pullback import Plan, Pullback, declare, plan, recent_plan

Function = Callable[..., Any]


@dataclass(eq=False)
class Derivative:
    """An entry with a pullback for each argument: see :func:`derivative`."""

    function: Function
    pullbacks: list[Pullback | None]
    names: list[str]
    domain: Interval | tuple[Interval, ...]
    kink: Function | None
    kind: str
    keywords: set[str]
    bounded: bool
    variadic: bool
    forward: Function
    residual: Function | None
    cotangent: Pullback | None
    adding: Pullback | None
    plans: dict[tuple[int, ...], Plan] = field(default_factory=dict)

    def plan(self, tracked: tuple[int, ...], count: int) -> Plan:
        """Plan the backward pass of a call with ``count`` arguments, of which some are tracked."""
        if not self.variadic:
            return self.plans.setdefault(tracked, plan(self, tracked, count))
        return (recent_plan if count <= 100 else plan)(self, tracked, count)


class Definition(NamedTuple):
    """A function written through others: ``define`` takes what the function takes."""

    function: Function
    define: Function


class Constant(NamedTuple):
    """A function whose derivative is zero or undefined by nature."""

    function: Function


class Refused(NamedTuple):
    """A function that no gradient can pass, and why; the reason names the nearest one that can."""

    function: Function
    reason: str


Entry = Derivative | Definition | Constant | Refused
TABLE: dict[Function, Entry] = {}


def derivative(
    function: Function,
    *pullbacks: Function | None,
    names: str = "",
    domain: Interval | tuple[Interval, ...] = REALS,
    kink: Function | None = None,
    kind: str = "elementwise",
    keywords: str = "",
    bounded: bool = False,
    variadic: bool = False,
    forward: Function | None = None,
    residual: Function | None = None,
    cotangent: Function | None = None,
    adding: Function | None = None,
) -> None:
    """Enter the derivative of a function in the table.

    Args:
        function: the key: a NumPy function, any ufunc, or one marked with ``primitive``.
        *pullbacks: one for each argument, or None where the function is not differentiable in it.
        names: the arguments' names in pullbacks; by default their own, or ``x y z`` for NumPy's functions.
        domain: where the function is differentiable, for all arguments or one for each.
        kink: a function of the arguments that is 0 where the derivative jumps.
        kind: how the arguments go together; it finds the entry's property tests.
        keywords: further keyword arguments, which change nothing in the pullbacks.
        bounded: the slope is finite wherever the function is, so that a zero cotangent makes no NaN.
        variadic: the one pullback serves any number of arguments.
        forward: computes the function on arrays; by default the function itself.
        residual: an intermediate result that rules read as ``residual``, as a function of the
            arguments. Then ``forward`` gives a pair: the result, and the residual on arrays.
        cotangent: maps the cotangent of the result, once, to what the pullbacks read as ``g``.
        adding: the one pullback again, giving a function that adds what flows to the argument to an
            array in place; for calls that see a small part of an argument, such as ``x[t]``.

    Raises:
        TypeError: a pullback has a parameter that nothing explains, their number is wrong, or the
            function is a plain one, not marked with ``primitive``.

    Example:
        >>> from autograd import derivative, primitive, tensor
        >>> @primitive
        ... def cube(x):
        ...     return x * x * x
        >>> derivative(cube, lambda g, x: 3 * g * x**2)
        >>> x = tensor(2.0, requires_grad=True)
        >>> cube(x).backward()
        >>> x.grad
        tensor(12.)
    """
    if not dispatches(function):
        raise TypeError(
            f"derivative of {name_of(function)}: calls of it never reach the table; decorate it with @primitive"
        )
    arguments = names.split() or names_of_arguments(function, len(pullbacks))
    if not pullbacks or len(pullbacks) != len(arguments):
        raise TypeError(
            f"derivative of {name_of(function)}: {len(pullbacks)} pullbacks for the arguments "
            f"{', '.join(arguments) or '(none)'}; give one for each, or None, and their names"
        )
    rules = [declare(function, rule, arguments) if rule else None for rule in pullbacks]
    whole, add = (declare(function, r, arguments, single=True) if r else None for r in (cotangent, adding))
    read = {"dtype", *keywords.split()}.union(*(rule.keywords for rule in (*rules, whole, add) if rule))
    compute = forward or getattr(function, "forward", None) or function
    how = (domain, kink, kind, read, bounded, variadic, compute, residual)
    TABLE[function] = Derivative(function, rules, arguments, *how, cotangent=whole, adding=add)


def definition(function: Function, define: Function) -> None:
    """Enter a function as written through others, whose derivatives the table has."""
    TABLE[function] = Definition(function, define)


def constant(*functions: Function) -> None:
    """Enter functions whose derivative is zero or undefined: their results are plain arrays."""
    TABLE.update({function: Constant(function) for function in functions})


def refused(reason: str, *functions: Function) -> None:
    """Enter functions that no gradient can pass; the reason names the nearest ones that can."""
    TABLE.update({function: Refused(function, reason) for function in functions})
