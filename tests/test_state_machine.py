"""Random use of the engine against a naive oracle, which sums over all paths of a graph.

The oracle knows nothing of sweeps: it multiplies the local Jacobians along each path from a result
to a leaf. What it says of memory is what NumPy does to its own arrays.
"""

from __future__ import annotations

import contextlib
import itertools
import operator
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from autograd import Tensor, no_grad, set_grad_enabled, tensor
from autograd.replay import replay_backward

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient is not kept")  # results are asked for theirs too
clock = itertools.count(1)
MOST_PATHS = 60


# The oracle


@dataclass(eq=False)
class Memory:
    """When a piece of memory was last written."""

    written: int = 0


@dataclass(eq=False)
class Operation:
    """A function; how it depends on its arguments says how its Jacobians are found."""

    name: str
    function: Function
    slope: Function | None = None  # of an elementwise function
    bilinear: bool = False  # otherwise linear in all arguments together

    def __repr__(self) -> str:
        return self.name

    def jacobian(self, values: Sequence[Array], i: int) -> Array:
        """The matrix of derivatives of the result's elements by those of argument ``i``."""
        x = values[i]
        if self.slope is not None:
            return np.diag(np.ravel(self.slope(x)))
        columns = []
        for k in range(x.size):
            unit = np.zeros_like(x)
            unit.flat[k] = 1
            others = [y if self.bilinear else np.zeros_like(y) for y in values]
            columns.append(np.ravel(self.function(*others[:i], unit, *others[i + 1 :])))
        return np.stack(columns, axis=-1)


@dataclass(eq=False)
class Vertex:
    """A value, and the call that it came from."""

    value: Array
    tracked: bool
    memory: Memory
    operation: Operation | None = None
    arguments: tuple[Vertex, ...] = ()
    born: int = field(default_factory=clock.__next__)
    hooks: list[float] = field(default_factory=list)  # factors
    retains: bool = False
    grad: Array | None = None
    released: bool = False

    def __post_init__(self) -> None:
        self.jacobians = [
            self.operation.jacobian([a.value for a in self.arguments], i) for i in range(len(self.arguments))
        ]

    def paths(self) -> int:
        """Count the ways to tracked leaves."""
        return sum(a.paths() for a in self.arguments if a.tracked) or 1

    def history(self) -> list[Vertex]:
        """The recorded calls that led here, the last one first."""
        found: set[Vertex] = set()
        stack = [self]
        while stack:
            vertex = stack.pop()
            if vertex.operation is not None and vertex not in found:
                found.add(vertex)
                stack += vertex.arguments
        return sorted(found, key=lambda vertex: -vertex.born)

    def changed(self) -> bool:
        """Whether anything in the history was written after it was used."""
        return any(
            other.memory.written > vertex.born
            for vertex in self.history()
            for other in (vertex, *vertex.arguments)
        )


Sums = dict[Vertex, Any]


def sum_over_paths(vertex: Vertex, g: Array, arriving: Sums, retained: Sums, hooks: bool = True) -> None:
    """Follow every path from a vertex to its leaves, and add up what arrives at each vertex."""
    for factor in vertex.hooks if hooks else ():
        g = factor * g
    if hooks and vertex.retains:
        retained[vertex] = retained[vertex] + g
    arriving[vertex] = arriving[vertex] + g
    for argument, jacobian in zip(vertex.arguments, vertex.jacobians, strict=True):
        if argument.tracked:
            sum_over_paths(argument, g @ jacobian, arriving, retained, hooks)


# Operations

UNARY = [
    Operation("sin", np.sin, np.cos),
    Operation("tanh", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    Operation("square", np.square, lambda x: 2 * x),
    Operation("sum", np.sum),
    Operation("transpose", np.transpose),  # the others are views
    Operation("ravel", np.ravel),
]
BINARY = [
    Operation("add", np.add),
    Operation("subtract", np.subtract),
    Operation("multiply", np.multiply, bilinear=True),
    Operation("matmul", np.matmul, bilinear=True),
]
IN_PLACE = [(operator.iadd, BINARY[0]), (operator.isub, BINARY[1]), (operator.imul, BINARY[2])]
INDICES: dict[int, list[Any]] = {
    0: [(), ...],
    1: [0, slice(None, None, -1), slice(1, None), [0, 0, 1], ...],
    2: [0, (1, 1), (slice(None), 1), slice(None, None, -1), [0, 1, 0], ...],
}


def index_of(x: Pair, choice: int) -> Any:
    indices = INDICES[x.tensor.ndim]
    return indices[choice % len(indices)]


TAKING: dict[int, Operation] = {}  # the operation of each index


def place_of(x: Pair) -> Array:
    """The places of all elements, counted flat."""
    return np.arange(x.tensor.size).reshape(x.tensor.shape)


def is_leaf(x: Pair) -> bool:
    return x.vertex.tracked and x.vertex.operation is None


def set_item(index: Any) -> Function:
    def function(x: Array, y: Array) -> Array:
        x = np.array(x, np.result_type(x, y))
        x[index] = y
        return x

    return function


def put_in(target: Array, places: Array, value: Array) -> None:
    target[np.unravel_index(places, target.shape) if target.ndim else ...] = value


def put(places: Array) -> Function:
    def function(x: Array, y: Array) -> Array:
        x = np.array(x, np.result_type(x, y), order="C")
        x.reshape(-1)[places] = y
        return x

    return function


@dataclass(eq=False)
class Pair:
    """A Tensor, and what the oracle knows of it."""

    tensor: Tensor
    vertex: Vertex
    origin: Origin | None = None
    writes: list[tuple[int, Array]] = field(default_factory=list)  # under the graph: when and where

    def written(self, since: int) -> list[Array]:
        """The places that were written since then, counted flat."""
        everywhere = np.arange(self.vertex.value.size)
        found = [where for time, where in self.writes if time > since]
        return [*found, everywhere] if self.vertex.memory.written > since else found


@dataclass(eq=False)
class Origin:
    """Of a view: what it was taken from, and how; None if it was detached. They agreed last at that time."""

    pair: Pair
    look: Operation | None
    agreed: int = field(default_factory=clock.__next__)

    def places(self) -> Array:
        """The places of the view's elements, counted flat."""
        places = np.arange(self.pair.vertex.value.size).reshape(self.pair.vertex.value.shape)
        return places if self.look is None else self.look.function(places)

    def has_left(self, view: Vertex) -> bool:
        """Whether the view has memory of its own by now."""
        return not np.may_share_memory(view.value, self.pair.vertex.value)


def is_apart(x: Pair) -> bool:
    """Whether a write to its memory would not reach all that it is a view of."""
    return (
        x.origin is not None
        and x.origin.look is not None
        and (x.origin.has_left(x.vertex) or is_apart(x.origin.pair))
    )


def fits(function: Function, *pairs: Pair) -> bool:
    """Whether NumPy accepts the arguments, and the paths can still be counted."""
    try:
        result = function(*(np.zeros(pair.tensor.shape) for pair in pairs))
    except (ValueError, IndexError):
        return False
    return np.size(result) > 0 and sum(pair.vertex.paths() for pair in pairs) <= MOST_PATHS


pairs = Bundle("pairs")
recordings = st.sampled_from([True] * 7 + [False])
choices = st.integers(0, 5)
numbers = st.integers(-4, 4).map(lambda k: k / 4)
initial = st.sampled_from([(), (2,), (2, 2)]).flatmap(
    lambda shape: st.lists(numbers, min_size=(n := 2 ** len(shape)), max_size=n).map(
        lambda values: np.reshape(values, shape)
    )
)


class Engine(RuleBasedStateMachine):
    """A user who does whatever comes to mind."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[Pair] = []
        self.removable: list[tuple[Any, Vertex, float]] = []

    def new(self, made: Tensor, vertex: Vertex, of: Pair | None = None, by: Operation | None = None) -> Pair:
        """Note a result; it may be a view of an argument."""
        self.alive.append(pair := Pair(made, vertex))
        if of and np.may_share_memory(vertex.value, of.vertex.value):
            pair.origin = Origin(of, by)
        return pair

    def applied(self, operation: Operation, arguments: Sequence[Pair], recording: bool) -> Vertex:
        values = [pair.vertex.value for pair in arguments]
        value = np.asarray(operation.function(*values))
        shared = [p.vertex.memory for p in arguments if np.may_share_memory(value, p.vertex.value)]
        memory = shared[0] if shared else Memory()
        if recording and any(pair.vertex.tracked for pair in arguments):
            sources = tuple(pair.vertex for pair in arguments)
            return Vertex(value, True, memory, operation, sources)
        return Vertex(value, False, memory)

    # Making Tensors

    @initialize(target=pairs, values=st.tuples(initial, initial))
    def start(self, values: tuple[Array, Array]) -> MultipleResults[Pair]:
        return multiple(*(self.make_leaf(value, True) for value in values))

    @rule(target=pairs, value=initial, tracked=recordings)
    def make_leaf(self, value: Array, tracked: bool) -> Pair:
        return self.new(tensor(value, requires_grad=tracked), Vertex(np.array(value), tracked, Memory()))

    @rule(target=pairs, operation=st.sampled_from(UNARY), x=pairs, recording=recordings)
    def call(self, operation: Operation, x: Pair, recording: bool) -> Pair:
        if not fits(operation.function, x):
            return x
        with set_grad_enabled(recording):
            made = operation.function(x.tensor)
        return self.new(made, self.applied(operation, [x], recording), x, operation)

    @rule(target=pairs, operation=st.sampled_from(BINARY), x=pairs, y=pairs, recording=recordings)
    def combine(self, operation: Operation, x: Pair, y: Pair, recording: bool) -> Pair:
        if not fits(operation.function, x, y):
            return x
        with set_grad_enabled(recording):
            made = operation.function(x.tensor, y.tensor)
        return self.new(made, self.applied(operation, [x, y], recording))

    @rule(
        target=pairs,
        operations=st.lists(st.sampled_from([*UNARY[:3], *BINARY]), min_size=2, max_size=5),
        x=pairs,
        y=pairs,
    )
    def grow(self, operations: list[Operation], x: Pair, y: Pair) -> Pair:
        """Make several calls, each on the results of the last two."""
        for operation in operations:
            last = (
                self.call(operation, y, True) if operation in UNARY else self.combine(operation, x, y, True)
            )
            x, y = y, last
        return y

    @rule(target=pairs, x=pairs, choice=choices, recording=recordings)
    def take(self, x: Pair, choice: int, recording: bool) -> Pair:
        index = index_of(x, choice)
        operation = TAKING.setdefault(id(index), Operation(f"[{index}]", lambda value: value[index]))
        if not fits(operation.function, x):
            return x
        with set_grad_enabled(recording):
            made = x.tensor[index]
        return self.new(made, self.applied(operation, [x], recording), x, operation)

    @rule(target=pairs, x=pairs)
    def detach(self, x: Pair) -> Pair:
        return self.new(x.tensor.detach(), Vertex(x.vertex.value, False, x.vertex.memory), x)

    @rule(x=consumes(pairs))
    def forget(self, x: Pair) -> None:
        self.alive = [pair for pair in self.alive if pair is not x]

    # Writing in place

    @rule(x=pairs, y=pairs, choice=choices, recording=recordings)
    def assign(self, x: Pair, y: Pair, choice: int, recording: bool) -> None:
        index = index_of(x, choice)
        operation = Operation(f"[{index}] =", set_item(index))

        def write(target: Any, value: Any) -> Any:
            target[index] = value
            return target

        if recording and self.written_already(x, y, index):  # as in x[0] += 1, which takes, adds and assigns
            write(x.tensor, y.tensor)
        else:
            self.write(x, y, write, operation, recording, index)

    @rule(x=pairs, y=pairs, how=st.sampled_from(IN_PLACE), recording=recordings)
    def augment(self, x: Pair, y: Pair, how: tuple[Function, Operation], recording: bool) -> None:
        self.write(x, y, *how, recording, ...)

    def written_already(self, x: Pair, y: Pair, index: Any) -> bool:
        origin = y.origin
        if origin is None or origin.pair is not x or is_leaf(x) or x.written(origin.agreed):
            return False
        return origin.look is not None and origin.look is TAKING.get(id(index))

    def write(
        self, x: Pair, y: Pair, function: Function, operation: Operation, recording: bool, index: Any
    ) -> None:
        if not fits(function, x, y) or not fits(operation.function, x, y):
            return
        apart = is_apart(x)
        recorded = recording and (x.vertex.tracked or y.vertex.tracked or apart)
        refused = (recorded and is_leaf(x)) or ((recorded or apart) and not self.can_hand_on(x, recorded))
        with (
            set_grad_enabled(recording),
            pytest.raises(RuntimeError) if refused else contextlib.nullcontext(),
        ):
            function(x.tensor, y.tensor)
        if not refused:
            self.written(x, y.vertex, function, operation, recorded, place_of(x)[index])

    def written(
        self, x: Pair, y: Vertex, function: Function, operation: Operation, recorded: bool, where: Array
    ) -> None:
        apart = is_apart(x)
        if recorded:
            self.move_on(x, y, operation, where)
        else:
            function(x.vertex.value, y.value)
            x.vertex.memory.written = next(clock)
        if x.origin and (recorded or apart):
            pair, places = x.origin.pair, x.origin.places()
            handing_on = Operation("hand on", put(places))
            recorded &= pair.vertex.tracked or x.vertex.tracked
            self.written(
                pair,
                x.vertex,
                lambda target, value: put_in(target, places, value),
                handing_on,
                recorded,
                places,
            )
            x.origin.agreed = next(clock)

    def can_hand_on(self, x: Pair, recorded: bool) -> bool:
        """Whether what was written to a view can be written to what it was taken from."""
        if x.origin is None:
            return True
        origin, pair = x.origin, x.origin.pair
        if origin.look is None or (recorded and is_leaf(pair)):
            return False
        overlaps = (np.intersect1d(where, origin.places()).size for where in pair.written(origin.agreed))
        if origin.has_left(x.vertex) and any(overlaps):
            return False
        return self.can_hand_on(pair, recorded) if recorded or is_apart(pair) else True

    def move_on(self, x: Pair, y: Vertex, operation: Operation, where: Array) -> None:
        before, y = x.vertex, Pair(x.tensor, y)  # y may be that of x, which moves on
        if not before.tracked:  # what was recorded with it cannot be replayed any more
            x.vertex = Vertex(before.value, False, before.memory)
        x.vertex = self.applied(operation, [x, y], True)
        x.writes.append((next(clock), where))
        if not before.tracked:
            before.memory = Memory(next(clock))

    # Looking at gradients

    @rule(x=pairs, factor=st.sampled_from([2.0, -0.5]))
    def register_hook(self, x: Pair, factor: float) -> None:
        if x.vertex.tracked:
            hook = x.tensor.register_hook(lambda g: factor * g)
            x.vertex.hooks.append(factor)
            self.removable.append((hook, x.vertex, factor))

    @rule(choice=choices)
    def remove_hook(self, choice: int) -> None:
        if self.removable:
            hook, vertex, factor = self.removable.pop(choice % len(self.removable))
            if vertex.hooks.count(factor) == 1:
                hook.remove()
                vertex.hooks.remove(factor)

    @rule(x=pairs)
    def retain_grad(self, x: Pair) -> None:
        x.tensor.retain_grad()
        x.vertex.retains |= x.vertex.operation is not None

    @rule(x=pairs)
    def zero_grad(self, x: Pair) -> None:
        if x.vertex.operation is None:
            x.tensor.grad = None
            x.vertex.grad = None

    # Going back

    @rule(x=pairs, keep=st.sampled_from([{}, {}, {"retain_graph": True}, {"create_graph": True}]))
    def backward(self, x: Pair, keep: dict[str, bool]) -> None:
        seed = 1 + np.arange(float(x.tensor.size)).reshape(x.tensor.shape)
        expected = contextlib.nullcontext() if self.goes_back(x.vertex, seed, not keep) else None
        with expected or pytest.raises(RuntimeError):
            x.tensor.backward(seed, **keep)

    def goes_back(self, root: Vertex, seed: Array, release: bool) -> bool:
        """Go back in the oracle; tell whether the engine can."""
        if not root.tracked or root.changed():
            return False
        arriving: Sums = defaultdict(float)
        retained: Sums = defaultdict(float)
        sum_over_paths(root, np.ravel(seed), arriving, retained)
        for vertex in root.history():
            if vertex.released:
                return False
            if vertex in retained:
                vertex.grad = np.reshape(retained[vertex], vertex.value.shape)
            vertex.released = release
        for vertex, g in arriving.items():
            if vertex.operation is None:
                g = np.reshape(g, vertex.value.shape)
                vertex.grad = g if vertex.grad is None else vertex.grad + g
        return True

    @rule(x=pairs)
    def differentiate_twice(self, x: Pair) -> None:
        """The gradients of a weighted sum of gradients are those that a complex step gives."""
        history = x.vertex.history()
        if not history or x.vertex.changed() or any(v.released or v.hooks or v.retains for v in history):
            return
        leaves = [pair for pair in self.alive if pair.vertex.tracked and pair.vertex.operation is None]
        if any(pair.vertex.hooks for pair in leaves) or len({pair.vertex for pair in leaves}) < len(leaves):
            return
        before = [pair.tensor.grad for pair in self.alive]

        def gradients_after(backward: Callable[[], None]) -> list[Tensor | None]:
            for pair in leaves:
                pair.tensor.grad = None
            backward()
            return [pair.tensor.grad for pair in leaves]

        seed = np.ones(x.tensor.shape)
        first = gradients_after(lambda: x.tensor.backward(seed, create_graph=True))
        weights = [1 + np.arange(float(pair.tensor.size)).reshape(pair.tensor.shape) for pair in leaves]
        total = sum(np.sum(w * g) for w, g in zip(weights, first, strict=True) if g is not None)
        if isinstance(total, Tensor) and total.requires_grad:
            second = gradients_after(lambda: total.backward(retain_graph=True))
        else:
            second = [None] * len(leaves)
        expected = second_order(x.vertex, [pair.vertex for pair in leaves], weights)
        for found, exact in zip(second, expected, strict=True):
            assert_close(np.zeros(exact.shape) if found is None else found.data, exact)
        for pair, grad in zip(self.alive, before, strict=True):
            if pair.vertex.tracked:
                pair.tensor.grad = grad

    @rule(x=pairs)
    def replay(self, x: Pair) -> None:
        if not x.vertex.history():
            return
        if x.vertex.changed():
            with pytest.raises(RuntimeError, match="written in place"):
                replay_backward(x.tensor.node)
            return
        values, found = replay_backward(x.tensor.node)
        assert_close(values[x.tensor.node], x.vertex.value)
        arriving: Sums = defaultdict(float)
        sum_over_paths(x.vertex, np.ones(x.vertex.value.size), arriving, {}, hooks=False)
        for pair in self.alive:
            key = pair.tensor.node or pair.tensor
            if pair.vertex.tracked and pair.vertex in arriving:
                assert_close(found[key], np.reshape(arriving[pair.vertex], pair.vertex.value.shape))

    # What holds at any time

    @invariant()
    def values_and_gradients_are_those_of_the_oracle(self) -> None:
        for pair in self.alive:
            assert pair.tensor.requires_grad == pair.vertex.tracked
            assert pair.tensor.is_leaf == (pair.vertex.operation is None)
            assert_close(pair.tensor.data, pair.vertex.value)
            assert (pair.tensor.grad is None) == (pair.vertex.grad is None)
            if pair.vertex.grad is not None:
                assert_close(pair.tensor.grad.data, pair.vertex.grad)


def second_order(root: Vertex, leaves: list[Vertex], weights: list[Array]) -> list[Array]:
    """The derivative of all gradients in the direction of the weights, by a complex step."""
    step = 1e-30
    directions = dict(zip(leaves, weights, strict=True))
    copies: dict[Vertex, Vertex] = {}

    def moved(vertex: Vertex) -> Vertex:
        if vertex not in copies:
            arguments = tuple(map(moved, vertex.arguments))
            if vertex.operation is not None:
                value = np.asarray(vertex.operation.function(*(a.value for a in arguments)))
            else:
                value = vertex.value + 1j * step * directions.get(vertex, 0)
            copies[vertex] = Vertex(value, vertex.tracked, Memory(), vertex.operation, arguments)
        return copies[vertex]

    arriving: Sums = defaultdict(float)
    sum_over_paths(moved(root), np.ones(root.value.size), arriving, {})
    found = [arriving.get(copies.get(leaf, leaf), np.zeros(leaf.value.size)) for leaf in leaves]
    return [np.reshape(np.imag(g) / step, leaf.value.shape) for leaf, g in zip(leaves, found, strict=True)]


def assert_close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)


TestEngine = Engine.TestCase
TestEngine.settings = settings(stateful_step_count=30)


def test_the_oracle_by_hand() -> None:
    """x² + x at 3 with the seed 2: both paths, 2 (2 · 3 + 1)."""
    x = Vertex(np.array(3.0), True, Memory())
    square = Vertex(np.array(9.0), True, Memory(), UNARY[2], (x,))
    total = Vertex(np.array(12.0), True, Memory(), BINARY[0], (square, x))
    arriving: Sums = defaultdict(float)
    sum_over_paths(total, np.array([2.0]), arriving, {})
    assert arriving[x] == 14
    assert total.paths() == 2
    assert second_order(total, [x], [np.array(5.0)]) == [10]
    assert second_order(total, [x, Vertex(np.ones(2), True, Memory())], [np.array(5.0), np.ones(2)])[
        1
    ].shape == (2,)


def test_the_machine_finds_a_lost_path() -> None:
    """An engine that cuts off one of two arguments does not pass."""

    class Wrong(Engine):
        @rule(target=pairs, x=pairs, y=pairs)
        def combine_wrongly(self, x: Pair, y: Pair) -> Pair:
            if not fits(np.add, x, y):
                return x
            return self.new(x.tensor + y.tensor.detach(), self.applied(BINARY[0], [x, y], True))

    machine = Wrong()
    x = machine.make_leaf(np.array(1.0), True)
    total = machine.combine_wrongly(x, x)
    machine.values_and_gradients_are_those_of_the_oracle()
    machine.backward(total, {})
    with pytest.raises(AssertionError):
        machine.values_and_gradients_are_those_of_the_oracle()
    with no_grad():
        machine.zero_grad(x)
