"""Random graphs over the whole table: every way to differentiate agrees, and with differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, example, find, given, settings

import nn.functional  # noqa: F401  # whose entries are in the table too
from autograd import Tensor, as_tensor, derivative, jvp, no_grad, tensor, vjp
from autograd.containers import leaves
from autograd.derivatives.table import TABLE
from autograd.replay import replay_backward
from autograd.testing import Graph, assert_gradients, call, graphs
from autograd.testing.random_graphs import Line, is_felt, is_gentle, nudged
from autograd.testing.source import Variable

Array = np.ndarray[Any, Any]

few = settings(max_examples=settings().max_examples // 2)


def total(results: Any) -> Tensor:
    """Weigh all numbers that a graph gives, and add them up; they may be a plain array."""
    parts = [np.ravel(part) for part in leaves(results)]
    together = np.concatenate(parts)
    return as_tensor(np.sum(together * (1 + np.arange(float(together.size)))))


def backward(graph: Graph, **how: bool) -> tuple[list[Tensor], Tensor]:
    inputs = [tensor(x, requires_grad=True) for x in graph.inputs]
    result = total(graph(*inputs))
    if result.requires_grad:  # a graph may be constant
        result.backward(**how)
    return inputs, result


def gradients_of(inputs: list[Tensor]) -> list[Array]:
    return [np.zeros(x.shape) if x.grad is None else x.grad.data for x in inputs]


def close(actual: Any, expected: Any) -> None:
    scale = max(1.0, float(np.max(np.abs(expected), initial=0)))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9 * scale)


EDGES = Line("y0", np.histogram, call(Variable("x0"), [-4, 0.5, 4]))


@few
@given(graphs())
@example(Graph((np.array([0.1, 0.2]),), (EDGES,), (Variable("y0", 1),)))  # what is given in is given back
def test_all_ways_to_differentiate_agree(graph: Graph) -> None:
    def f(*xs: Any) -> Any:
        return total(graph(*xs))

    inputs, result = backward(graph)
    gradients = gradients_of(inputs)
    with no_grad():
        close(f(*map(tensor, graph.inputs)).data, result.data)
    ways = [gradients_of(backward(graph, create_graph=True)[0]), vjp(f, *graph.inputs)[1](1.0)]
    if result.node is not None:
        values, replayed = replay_backward(result.node)
        close(values[result.node], result.data)
        ways.append([replayed.get(x, np.zeros(x.shape)) for x in inputs])
    for way in ways:
        for actual, expected in zip(way, gradients, strict=True):
            close(actual, expected)
    directions = tuple(np.cos(np.arange(x.size)).reshape(x.shape) for x in graph.inputs)
    slopes = [np.sum(g * v) for g, v in zip(gradients, directions, strict=True)]
    close(jvp(f, graph.inputs, directions)[1], sum(slopes))


def test_random_graphs_agree_with_differences() -> None:
    assert_gradients(graphs(), max_examples=settings().max_examples // 2)


@few
@given(graphs([np.sin, np.multiply, np.split, np.stack, np.sum]))
def test_a_graph_prints_a_program_that_is_the_graph(graph: Graph) -> None:
    names: dict[str, Any] = {}
    exec(repr(graph), names)
    for copy, x in zip(names["inputs"], graph.inputs, strict=True):
        np.testing.assert_array_equal(copy, x)
    for actual, expected in zip(
        leaves(names["graph"](*names["inputs"])), leaves(graph(*graph.inputs)), strict=True
    ):
        np.testing.assert_array_equal(actual, expected)


# What is drawn


def occurs(condition: Any, *functions: Any) -> bool:
    how = settings(max_examples=500, phases=[Phase.generate], database=None, derandomize=True)
    return bool(find(graphs(functions or None), condition, settings=how))


CONDITIONS: dict[str, Callable[[Graph], bool]] = {
    "several inputs": lambda graph: len(graph.inputs) > 2,
    "several results": lambda graph: len(graph.results) > 1,
    "a scalar": lambda graph: any(x.shape == () for x in graph.inputs),
    "several axes": lambda graph: any(x.ndim > 1 for x in graph.inputs),
    "a value read twice": lambda graph: len(read := reads_of(graph)) > len(set(read)),
    "a part of a result": lambda graph: any(read.part is not None for read in reads_of(graph)),
    "a keyword": lambda graph: any(line.call.kwargs for line in graph.lines),
}


def reads_of(graph: Graph) -> list[Variable]:
    return [read for line in graph.lines for read in leaves(line.call) if isinstance(read, Variable)]


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_graphs_have(condition: Callable[[Graph], bool]) -> None:
    functions = (np.sin, np.multiply, np.matmul, np.sum, np.split)
    assert occurs(condition, *functions)


@given(graphs([np.multiply, np.exp], max_calls=3))
def test_a_graph_has_no_more_calls_than_allowed(graph: Graph) -> None:
    functions = [line.function for line in graph.lines]
    assert 1 <= len([f for f in functions if f is not nudged]) <= 3
    assert set(functions) <= {np.multiply, np.exp, nudged}


def test_a_function_without_arguments_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, np.sin, TABLE[np.sin])
    derivative(np.sin, lambda g, x: g * np.cos(x), kind="something else")
    with pytest.raises(LookupError, match=r"np\.sin: nothing says which arguments it takes"):
        graphs([np.sin])
    with pytest.raises(LookupError, match="the table has no"):
        graphs([sum])


ZERO = np.zeros(())


GENTLE: dict[str, tuple[Callable[[Any], Any], bool]] = {
    "smooth": (np.sin, True),
    "an extremum": (np.square, True),
    "constant": (lambda x: 0 * x, True),
    "a kink": (np.abs, False),
    "a jump": (lambda x: np.where(x > 0, 1.0, 0.0), False),
    "no value on one side": (np.sqrt, False),
    "complex": (lambda x: np.lib.scimath.sqrt(x - 1), False),
    "steep": (lambda x: 1e4 * x, False),
    "an error": (np.matmul, False),
    "integers": (np.argmax, False),
}


@pytest.mark.parametrize(("function", "gentle"), GENTLE.values(), ids=GENTLE)
def test_what_is_gentle(function: Callable[[Any], Any], gentle: bool) -> None:
    assert is_gentle(function, [ZERO]) == gentle


def test_what_is_felt() -> None:
    assert is_felt(lambda x, y: x * 0 + y, [ZERO, ZERO], 0)
    assert is_felt(lambda x, y: x * 0 + y, [ZERO, ZERO], 1)
    assert not is_felt(lambda x: np.tanh(x + 16), [ZERO], 0)
