"""Random graphs over the table: functions that consist of a few calls, on values made before.

A graph prints itself as a program of NumPy's calls.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from autograd.containers import leaves
from autograd.derivatives.table import TABLE
from autograd.testing.arguments import calls
from autograd.testing.arguments.kinds import entry_of, has_arguments
from autograd.testing.source import Program, Variable, substituted
from autograd.testing.strategies import SMOOTH, Array, Call, Draw, is_floating

Function = Callable[..., Any]

STEP = 1 / 256  # by which smoothness is tried; those of gradcheck are far smaller
SMALLEST, LARGEST = 1e-5, 1e3  # slope


@dataclass(frozen=True)
class Line:
    """A call whose floating arguments are variables, and the name of its result."""

    name: str
    function: Function
    call: Call

    def run(self, values: dict[str, Any]) -> None:
        """Make the call, and add its result to the values."""
        result = substituted(self.call, values).of(self.function)
        values[self.name] = np.asarray(result) if isinstance(result, np.generic) else result


@dataclass(frozen=True)
class Graph:
    """A function that was drawn: what it computes, and inputs at which it is smooth.

    Attributes:
        inputs: one array for each leaf.
        lines: the calls, in their order.
        results: what the function gives, one or several of its values.

    Example:
        >>> square = Line("y0", np.multiply, Call((Variable("x0"), Variable("x0")), {}))
        >>> graph = Graph((np.array(3.0),), (square,), (Variable("y0"),))
        >>> graph(2.0)
        array(4.)
        >>> graph
        import numpy as np
        <BLANKLINE>
        def graph(x0):
            y0 = np.multiply(x0, x0)
            return y0
        <BLANKLINE>
        inputs = (np.array(3.0),)
    """

    inputs: tuple[Array, ...]
    lines: tuple[Line, ...]
    results: tuple[Variable, ...]

    def __call__(self, *inputs: Any) -> Any:
        """Make the calls on arrays or Tensors."""
        values = {f"x{i}": value for i, value in enumerate(inputs)}
        for line in self.lines:
            line.run(values)
        found = [result.among(values) for result in self.results]
        return found[0] if len(found) == 1 else tuple(found)

    def __repr__(self) -> str:
        program = Program()
        self.write_to(program)
        program.write(f"inputs = {program.literal(self.inputs)}")
        return str(program)

    def write_to(self, program: Program) -> str:
        """Define the function in a program, under the name that is given back."""
        body = []
        for line in self.lines:
            function = program.function(line.function)
            arguments = ", ".join([*map(program.literal, line.call.args), *program.named(line.call.kwargs)])
            body.append(f"    {line.name} = {function}({arguments})")
        inputs = ", ".join(f"x{i}" for i in range(len(self.inputs)))
        head, results = f"def graph({inputs}):", f"    return {', '.join(map(repr, self.results))}"
        program.definitions.append("\n".join([head, *body, results]))
        program.names["graph"] = self
        return "graph"


def graphs(functions: Iterable[Function] | None = None, *, max_calls: int = 6) -> st.SearchStrategy[Graph]:
    """Draw functions that consist of calls of the table's functions, and inputs for them.

    Arguments are inputs or earlier results, so that values are shared; there may be several inputs
    and several results. At their inputs the graphs are smooth, as far as a few steps along a line
    can tell.

    Args:
        functions: which to call; by default all of the table whose arguments can be drawn.
        max_calls: how many calls a graph has at most.

    Raises:
        LookupError: the table lacks a function, or nothing says which arguments it takes.
        TypeError: a function is a constant, or refused.
        ValueError: there is no function to call.

    Example:
        >>> from autograd.testing import assert_gradients
        >>> from hypothesis import given
        >>> @given(graphs([np.sin, np.multiply, np.sum]))
        ... def is_differentiable(graph):
        ...     gradcheck(graph, *graph.inputs)
        >>> is_differentiable()
        >>> assert_gradients(graphs([np.exp, np.matmul]), max_examples=10)
    """
    if functions is None:
        entries = [entry for entry in TABLE.values() if has_arguments(entry)]
    else:
        entries = [entry_of(function) for function in functions]
    if not entries:
        raise ValueError(
            "functions: expected one or more of the table, such as [np.exp, np.matmul], got none"
        )
    drawn = [(entry.function, calls(entry)) for entry in entries]

    @st.composite
    def graph(draw: st.DrawFn) -> Graph:
        growth = _Growth(Draw(draw, SMOOTH))
        for _ in range(growth.d.integer(1, max_calls)):
            function, strategy = growth.d.choice(*drawn)
            growth.add_call(function, draw(strategy))
        found = growth.graph()
        assume(found.lines and is_gentle(found, found.inputs))
        assume(all(is_felt(found, found.inputs, i) for i in range(len(found.inputs))))
        return found

    return graph()


def nudged(x: Any, by: Any) -> Any:
    """Compute x + sin(mean(by)) / 16: x, which another value moves a little, whatever its shape."""
    return x + np.sin(np.mean(by)) / 16


class _Growth:
    """A graph while it is drawn: its values by name, and which of them nothing reads yet."""

    def __init__(self, d: Draw) -> None:
        self.d = d
        self.inputs: list[Array] = []
        self.lines: list[Line] = []
        self.values: dict[str, Any] = {}
        self.unread: dict[Variable, None] = {}
        self.variables: list[Variable] = []

    def graph(self) -> Graph:
        return Graph(tuple(self.inputs), tuple(self.lines), tuple(self.unread))

    def add_call(self, function: Function, drawn: Call) -> None:
        """Add a call, with values of the graph in the place of some of its arrays."""

        def is_gentle_at(arrays: list[Any]) -> bool:
            return is_gentle(lambda *xs: drawn.with_arrays(xs).of(function), arrays)

        arrays: list[Any] = drawn.arrays()
        if not is_gentle_at(arrays):  # a function that gives no real numbers, among others
            return
        arguments: list[Callable[[], Variable]] = []
        for i, array in enumerate(drawn.arrays()):
            argument = partial(self.add_input, array)
            variable = self.d.choice(None, *self.variables)
            if variable is not None:
                value = variable.among(self.values)
                for other in value, nudged(array, value):
                    there = [*arrays[:i], other, *arrays[i + 1 :]]
                    if np.shape(other) == np.shape(array) and is_gentle_at(there):
                        arrays = there
                        argument = partial(self.moved, variable, None if other is value else array)
                        break
            arguments.append(argument)
        self.add_line(function, drawn.with_arrays([argument() for argument in arguments]))

    def moved(self, variable: Variable, array: Array | None) -> Variable:
        """Return a value of the graph; or a new input that it moves."""
        if array is None:
            return variable
        return self.add_line(nudged, Call((self.add_input(array), variable), {}))

    def add_input(self, array: Array) -> Variable:
        variable = Variable(f"x{len(self.inputs)}")
        self.inputs.append(array)
        self.values[variable.name] = array
        self.add_variable(variable)
        return variable

    def add_line(self, function: Function, call: Call) -> Variable:
        line = Line(f"y{len(self.lines)}", function, call)
        self.lines.append(line)
        line.run(self.values)
        for read in leaves(call):
            if isinstance(read, Variable):
                self.unread.pop(read, None)
        result = self.values[line.name]
        several = isinstance(result, (list, tuple))
        for i in range(len(result)) if several else (None,):
            self.add_variable(Variable(line.name, i))
        return Variable(line.name)

    def add_variable(self, variable: Variable) -> None:
        if is_floating(value := variable.among(self.values)) and value.size:
            self.variables.append(variable)
            self.unread[variable] = None


def is_gentle(f: Function, inputs: Sequence[Any]) -> bool:
    """Tell whether ``f`` has values, smooth around the inputs, as far as steps along one line can tell.

    Second differences at a step h are those at h/2 four times over where f is smooth, twice at a
    kink and once at a jump.
    """
    line = [np.random.default_rng(i).normal(size=np.shape(x)) for i, x in enumerate(inputs)]
    behind, half_behind, here, half_ahead, ahead = (
        _value_at(f, inputs, line, k * STEP / 2) for k in range(-2, 3)
    )
    if not 0 < len(behind) == len(half_behind) == len(here) == len(half_ahead) == len(ahead):
        return False
    with np.errstate(all="ignore"):
        slope = (ahead - behind) / (2 * STEP)
        coarse, fine = np.abs(ahead - 2 * here + behind), np.abs(half_ahead - 2 * here + half_behind)
        small = np.abs(here) + np.abs(slope) < LARGEST
        return bool(np.all(small & (fine <= coarse / 3 + 1e-9 * (1 + np.abs(here)))))


def is_felt(f: Function, inputs: Sequence[Array], i: int) -> bool:
    """Tell whether the slope by one of the inputs is either zero or large enough to be measured."""
    line = [np.ones(np.shape(x)) if j == i else np.zeros(np.shape(x)) for j, x in enumerate(inputs)]
    ahead, behind = (_value_at(f, inputs, line, step) for step in (STEP, -STEP))
    if len(ahead) != len(behind):  # as many as the values say
        return False
    change = np.abs(ahead - behind)
    return bool(np.all((change == 0) | (change > SMALLEST * STEP)))


def _value_at(f: Function, inputs: Sequence[Any], line: Sequence[Array], step: float) -> Array:
    """Compute all values of ``f`` on a line through the inputs; NaN where there is no real one."""
    moved = [np.asarray(x + step * v) for x, v in zip(inputs, line, strict=True)]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = leaves(f(*moved))
        except (ArithmeticError, IndexError, TypeError, ValueError):
            return np.full(1, np.nan)
    if any(map(np.iscomplexobj, found)):
        return np.full(1, np.nan)
    return np.concatenate([np.ravel(part) for part in found if is_floating(part)] or [np.zeros(0)])
