"""The graph: its order, its cost, what it keeps and for how long, replay, threads."""

import contextlib
import gc
import math
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Tensor, derivative, enable_grad, is_grad_enabled, no_grad, primitive, tensor
from autograd.derivatives.table import TABLE
from autograd.graph import Node, Vertex, sweep, topological_order
from autograd.replay import replay, replay_backward

leaf = partial(tensor, requires_grad=True)


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def in_cycles() -> list[Vertex]:
    """List the vertices that only the collector can free."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = [thing for thing in gc.garbage if isinstance(thing, Vertex)]
    gc.garbage.clear()
    return found


# Order


def diamond() -> tuple[Tensor, Tensor]:
    x = leaf(0.5)
    a, b = np.sin(x), np.exp(x)
    return x, a * b + a


def test_arguments_come_before_results_and_every_node_comes_once() -> None:
    _, y = diamond()
    order = topological_order(y.node)
    assert len(order) == len(set(order)) == 4
    assert order[-1] is y.node
    for i, node in enumerate(order):
        assert all(argument in order[:i] for argument in node.args if isinstance(argument, Node))


def test_a_leaf_has_no_order() -> None:
    assert topological_order(leaf(1.0)) == []


def test_a_node_refers_to_nodes_and_leaves_only() -> None:
    x, y = diamond()
    for node in topological_order(y.node):
        assert all(isinstance(argument, Node) or argument is x for argument in node.args)


# Cost


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_deep_chain_is_recorded_differentiated_and_freed(length: int, collector_off: None) -> None:
    x = leaf(1.0)
    references = sys.getrefcount(x)
    y = x
    for _ in range(length):
        y = y + 1.0
    y.backward()
    assert x.grad == 1
    del y
    assert sys.getrefcount(x) == references
    assert in_cycles() == []


def test_a_deep_chain_is_replayed() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    y.backward()
    values, gradients = replay_backward(y.node)
    assert values[y.node] == 1
    assert gradients[x] == 1


def test_a_deep_chain_that_is_never_differentiated_is_freed(collector_off: None) -> None:
    x = leaf(1.0)
    references = sys.getrefcount(x)
    y = x
    for _ in range(100_000):
        y = np.sin(y)
    del y
    assert sys.getrefcount(x) == references


DOUBLINGS: dict[str, Callable[[Any], Any]] = {
    "y + y": lambda y: y + y,
    "3y - y": lambda y: 3 * y - y,
    "np.add": lambda y: np.add(y * 0.5, 1.5 * y),
}


@pytest.mark.parametrize("double", DOUBLINGS.values(), ids=DOUBLINGS)
def test_paths_are_summed_in_linear_time(double: Callable[[Any], Any]) -> None:
    x = leaf(3.0)
    y = x
    for _ in range(60):
        y = double(y)
    y.backward()
    assert x.grad == 2.0**60


def test_stacked_diamonds() -> None:
    x = leaf(0.3)
    y = x
    for _ in range(60):
        a, b = y * 0.25, y * 0.75
        y = a + b
    y.backward()
    assert x.grad == 1


def test_a_wide_fan() -> None:
    x = leaf(2.0)
    np.sum(np.stack([i * x for i in range(10_000)])).backward()
    assert x.grad == sum(range(10_000))


def test_a_wide_fan_into_many_leaves() -> None:
    leaves = [leaf(float(i)) for i in range(3000)]
    np.sum(np.stack(leaves) ** 2).backward()
    assert [x.grad for x in leaves] == [2 * i for i in range(3000)]


# Freeing


def train_step(x: Tensor) -> Tensor:
    h = np.tanh(x @ np.ones((3, 2)))
    parts = np.split(h, 2)
    loss = np.sum(np.concatenate([parts[0], 2 * parts[1]]) ** 2) + np.linalg.norm(h[[0, 0, 1]])
    return loss


@pytest.mark.parametrize("backward", [False, True])
def test_a_graph_is_freed_by_counting_references(backward: bool, collector_off: None) -> None:
    x = leaf(np.ones((2, 3)))
    references = sys.getrefcount(x)
    loss = train_step(x)
    middle = loss * 2
    arrays = [weakref.ref(middle), weakref.ref(loss.data)]
    if backward:
        middle.backward()
    del loss, middle
    assert [ref() for ref in arrays] == [None, None]
    assert sys.getrefcount(x) == references
    assert in_cycles() == []


def test_hooks_and_retained_gradients_make_no_cycle(collector_off: None) -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    y.register_hook(lambda g: 2 * g)
    np.sum(y).backward()
    ref = weakref.ref(y)
    del y
    assert ref() is None
    assert in_cycles() == []


def test_an_error_in_the_forward_pass_leaves_nothing_behind(collector_off: None) -> None:
    def fail() -> weakref.ref[Any]:
        x = leaf([1.0, 2.0])
        with contextlib.suppress(ValueError):
            x + np.ones(3)
        return weakref.ref(x)

    assert fail()() is None


# What is kept: arrays that rules read, until the backward pass

CONSTANT = np.array([[1.0, 2.0], [3.0, 4.0]])


KEEPS_NOTHING_OF_ITS_ARGUMENT: dict[str, Callable[[Any], Any]] = {
    "add": lambda t: np.sum(t + 1),
    "subtract": lambda t: np.sum(t - CONSTANT),
    "multiply by a constant": lambda t: np.sum(t * CONSTANT),
    "sum": np.sum,
    "mean": lambda t: np.mean(t, axis=0),
    "reshape": lambda t: np.sum(np.reshape(t, -1)),
    "transpose": lambda t: np.sum(t.T),
    "index": lambda t: np.sum(t[0]),
    "concatenate": lambda t: np.concatenate([t, t]),
    "matmul with a constant": lambda t: t @ CONSTANT,
    "exp keeps its result": np.exp,
    "tanh keeps its result": np.tanh,
    "sqrt keeps its result": np.sqrt,
}
KEEPS_ITS_ARGUMENT: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin,
    "log": np.log,
    "product with itself": lambda t: t * t,
    "matmul with itself": lambda t: t @ t,
}
CALLS = KEEPS_NOTHING_OF_ITS_ARGUMENT | KEEPS_ITS_ARGUMENT


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("collector_off")
def test_only_what_rules_read_is_kept_and_only_until_backward(name: str) -> None:
    t = leaf(CONSTANT) * 1.0
    array = weakref.ref(t.data)
    y = CALLS[name](t)
    del t
    assert (array() is not None) == (name in KEEPS_ITS_ARGUMENT)
    y.backward(np.ones(y.shape))
    assert array() is None


@pytest.mark.parametrize("tracked", [False, True])
def test_a_product_keeps_w_only_if_x_needs_a_gradient(tracked: bool) -> None:
    x = tensor(CONSTANT, requires_grad=tracked)
    w = leaf(CONSTANT) * 1.0
    array = weakref.ref(w.data)
    y = x @ w
    del w
    assert (array() is not None) == tracked
    assert y.requires_grad


def test_retain_graph_keeps_and_the_next_pass_frees() -> None:
    t = leaf(CONSTANT) * 1.0
    array = weakref.ref(t.data)
    y = np.sum(np.sin(t))
    del t
    y.backward(retain_graph=True)
    assert array() is not None
    y.backward()
    assert array() is None


def test_nothing_is_recorded_for_untracked_tensors() -> None:
    y = tensor([1.0]) * 2 + 1
    assert y.node is None
    assert y.is_leaf
    assert not y.requires_grad


# The cotangent rule of an entry


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[..., Any], list[Any]]:
    """x y + z with a cotangent rule that reads y and gives two arrays; and the calls of the rule."""
    calls: list[Any] = []

    @primitive
    def product(x: Any, y: Any, z: Any) -> Any:
        return x * y + z

    def cotangent(g: Any, y: Any) -> tuple[Any, Any]:
        calls.append(g.shape)
        return g, g * y

    rules = (lambda g: g[1], lambda g, x: g[0] * x, lambda g: g[0])
    monkeypatch.setitem(TABLE, product, None)
    derivative(product, *rules, kind="product", cotangent=cotangent)
    return product, calls


def test_a_cotangent_rule_runs_once_for_all_pullbacks(product: Any) -> None:
    function, calls = product
    x, y, z = leaf(2.0), leaf(3.0), leaf(4.0)
    function(x, y, z).backward()
    assert (x.grad, y.grad, z.grad) == (3, 2, 1)
    assert len(calls) == 1


def test_a_cotangent_rule_records_under_create_graph(product: Any) -> None:
    function, _ = product
    x, y = leaf(2.0), leaf(3.0)
    function(x, y, 0.0).backward(create_graph=True)
    assert (x.grad, y.grad) == (3, 2)
    x.grad.backward()
    assert y.grad == 2 + 1


def test_a_cotangent_rule_runs_only_for_pullbacks_that_are_wanted(product: Any) -> None:
    function, calls = product
    x = leaf(2.0)
    inner, outer = function(x, x, x), function(x, x, x)
    found = sweep({(inner + outer).node: np.ones(())}, wrt=[inner.node, x])
    assert set(found) >= {inner.node, x}
    assert len(calls) == 2
    sweep({(inner + outer).node: np.ones(())}, wrt=[inner.node])
    assert len(calls) == 2


@pytest.mark.usefixtures("collector_off")
def test_what_a_cotangent_rule_reads_is_kept_until_it_has_run(product: Any) -> None:
    function, _ = product
    y = leaf([1.0, 2.0]) * 1.0
    kept = weakref.ref(y.data)
    result = function(0.0, y, 0.0)
    del y
    assert kept() is not None
    result.backward([1.0, 1.0])
    assert kept() is None


def test_an_error_in_a_cotangent_rule_says_so(product: Any) -> None:
    function, _ = product
    TABLE[function].plans.clear()
    TABLE[function].cotangent = TABLE[function].cotangent._replace(rule=lambda g, y: g.no_such_thing)
    with pytest.raises(AttributeError) as raised:
        function(leaf(2.0), 3.0, 0.0).backward()
    assert raised.value.__notes__ == ["in the cotangent rule of product, for arguments of shapes (), (), ()"]


# Parts of one array


@pytest.mark.parametrize(
    "index", [lambda t: t, lambda t: slice(t, t + 1), lambda t: [t, t]], ids=["number", "slice", "list"]
)
def test_slices_of_one_array_share_one_gradient(
    index: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros, shapes = np.zeros, []

    def counted(shape: Any, *how: Any) -> Any:
        shapes.append(shape)
        return zeros(shape, *how)

    x = leaf(np.arange(40.0).reshape(20, 2))
    loss = tensor(0.0)
    for t in range(20):
        loss = loss + t * np.sum(x[index(t)])
    monkeypatch.setattr(np, "zeros", counted)
    loss.backward()
    assert shapes == [(20, 2)]
    repeats = 2 if isinstance(index(0), list) else 1
    np.testing.assert_array_equal(x.grad.data, repeats * np.repeat(np.arange(20.0)[:, None], 2, axis=1))


def test_a_part_and_the_whole_of_one_array() -> None:
    x = leaf([1.0, 2.0, 3.0])
    y = 1 * x
    g = np.array([1.0, 10.0, 100.0])
    (y + np.sum(y[1:]) + y[0] + y).backward(g)
    np.testing.assert_array_equal(x.grad.data, 2 * g + 111)
    np.testing.assert_array_equal(g, [1, 10, 100])


def test_a_part_of_a_scalar() -> None:
    x = leaf(0.5)
    y = x[()]
    w = x * 2 + x * 3
    (y * 1 + w).backward()
    assert x.grad.item() == 6.0


# A second pass


SCALARS: dict[str, Callable[[Any], Any]] = {
    "keeps arrays": lambda x: np.sum(x * x),
    "keeps nothing": lambda x: np.sum(x + 1),
    "one node": lambda x: x[0],
}


@pytest.mark.parametrize("call", SCALARS.values(), ids=SCALARS)
def test_a_second_pass_is_refused_and_adds_nothing(call: Callable[[Tensor], Tensor]) -> None:
    x = leaf([1.0, 2.0])
    y = call(x)
    y.backward()
    first = x.grad.data.copy()
    with pytest.raises(RuntimeError, match=r"second time(.|\n)*compute the loss again"):
        y.backward()
    np.testing.assert_array_equal(x.grad.data, first)


def test_a_second_pass_through_a_shared_part_is_refused() -> None:
    x = leaf(2.0)
    shared = x * x
    one, two = shared + 1, shared * 3
    one.backward()
    with pytest.raises(RuntimeError, match="second time"):
        two.backward()
    assert x.grad == 4


def test_retained_passes_accumulate_and_agree() -> None:
    x = leaf(2.0)
    y = x**4
    for count in range(1, 4):
        y.backward(retain_graph=True)
        assert x.grad == count * 32


# Nodes stay, and can be replayed


def test_nodes_stay_after_backward() -> None:
    x = leaf(CONSTANT)
    y = np.sum(x, axis=0, keepdims=True)
    y.backward(np.ones((1, 2)))
    assert y.node.plan.entry.function is np.sum
    assert y.node.args == (x,)
    assert y.node.kwargs == {"axis": 0, "keepdims": True}


@pytest.mark.parametrize("backward", [False, True])
def test_replay_gives_every_value_and_gradient(backward: bool) -> None:
    x, y = diamond()
    if backward:
        y.backward()
    grad = x.grad
    values, gradients = replay_backward(y.node)
    assert values[y.node] == y.data
    assert values[x] == 0.5
    assert gradients[y.node] == 1
    sin, exp = math.sin(0.5), math.exp(0.5)
    assert gradients[x] == pytest.approx(math.cos(0.5) * (exp + 1) + sin * exp, rel=1e-15)
    assert x.grad is grad
    assert len(replay(y.node)) == len(topological_order(y.node)) + 1


def test_replay_calls_no_hook_and_leaves_retained_gradients() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    np.sum(y).backward()
    seen: list[Any] = []
    y.register_hook(seen.append)
    x.register_hook(seen.append)
    kept = y.grad.data.copy()
    replay_backward((y * 3).node)
    assert seen == []
    np.testing.assert_array_equal(y.grad.data, kept)


def test_replay_of_writes_indexing_and_joining() -> None:
    x = leaf([1.0, 2.0, 3.0])
    buffer = tensor(np.zeros(3))
    buffer[0] = x[2]
    buffer[1:] += x[[0, 0]]
    y = np.concatenate([buffer, np.split(x, 3)[1]])
    total = np.sum(y * y)
    before = total.data.copy()
    total.backward()
    values, gradients = replay_backward(total.node)
    assert values[total.node] == before
    np.testing.assert_allclose(gradients[x], x.grad.data)


# Counter-examples from other engines


TWICE: dict[str, tuple[Callable[[Any], Any], float]] = {
    "b = a + a; c = b + b": (lambda x: (x + x) + (x + x), 4),
    "x - x": (lambda x: x - x, 0),
    "x / x": (lambda x: x / x, 0),
    "x * x": (lambda x: x * x, 4),
    "x ** x": (lambda x: x**x, 4 * (1 + math.log(2))),
    "maximum": (lambda x: np.maximum(x, x), 1),
    "minimum": (lambda x: np.minimum(x, x), 1),
    "hypot": (lambda x: np.hypot(x, x), math.sqrt(2)),
    "where": (lambda x: np.where(True, x, x), 1),
    "concatenate": (lambda x: np.sum(np.concatenate([x[None], x[None]])), 2),
    "einsum": (lambda x: np.einsum(",,->", x, x, x), 12),
    "abs": (lambda x: np.abs(-x), 1),
}


@pytest.mark.parametrize(("f", "slope"), TWICE.values(), ids=TWICE)
def test_a_tensor_that_is_used_twice(f: Callable[[Tensor], Tensor], slope: float) -> None:
    x = leaf(2.0)
    f(x).backward()
    assert x.grad.item() == pytest.approx(slope, rel=1e-15, abs=1e-15)


def test_interior_gradients_do_not_leak_into_the_next_pass() -> None:
    x = leaf(2.0)
    b = x + x
    c = b + b
    c.backward(retain_graph=True)
    x.grad = None
    c.backward(retain_graph=True)
    assert x.grad == 4
    b.backward()
    assert x.grad == 6


def test_one_tensor_in_two_broadcasts() -> None:
    x = leaf([1.0, 2.0])
    (np.sum(x * np.ones((3, 2))) + np.sum(x[:, None] * np.ones((2, 5)))).backward()
    np.testing.assert_array_equal(x.grad.data, [8, 8])


def test_a_column_and_a_row_of_one_tensor() -> None:
    x = leaf([1.0, 2.0, 4.0])
    np.sum(x[:, None] / x).backward()
    total, inverse = 7.0, 1.75
    np.testing.assert_allclose(x.grad.data, inverse - total / x.data**2)


# Random graphs, against the shortest statement of the chain rule: sum over all paths

UNARY = {np.sin: math.cos, np.tanh: lambda x: 1 - math.tanh(x) ** 2, np.negative: lambda _: -1.0}
BINARY = {
    np.add: lambda x, y: (1.0, 1.0),
    np.subtract: lambda x, y: (1.0, -1.0),
    np.multiply: lambda x, y: (y, x),
}
Program = list[tuple[Any, int, int]]


def sum_over_paths(values: list[float], program: Program, leaves: int, at: int, to: int) -> float:
    if at == to:
        return 1.0
    if at < leaves:
        return 0.0
    function, i, j = program[at - leaves]
    if function in UNARY:
        return UNARY[function](values[i]) * sum_over_paths(values, program, leaves, i, to)
    left, right = BINARY[function](values[i], values[j])
    return left * sum_over_paths(values, program, leaves, i, to) + right * sum_over_paths(
        values, program, leaves, j, to
    )


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[float], Program]:
    start = draw(st.lists(st.floats(-2, 2), min_size=1, max_size=3))
    program = []
    for count in range(draw(st.integers(1, 8))):
        earlier = st.integers(0, len(start) + count - 1)
        program.append((draw(st.sampled_from([*UNARY, *BINARY])), draw(earlier), draw(earlier)))
    return start, program


@given(programs())
def test_random_graphs_agree_with_the_sum_over_paths(case: tuple[list[float], Program]) -> None:
    start, program = case
    leaves = [leaf(x) for x in start]
    tensors = list(leaves)
    for function, i, j in program:
        arguments = (tensors[i],) if function in UNARY else (tensors[i], tensors[j])
        tensors.append(function(*arguments))
    tensors[-1].backward()
    values = [t.item() for t in tensors]
    for i, x in enumerate(leaves):
        expected = sum_over_paths(values, program, len(leaves), len(values) - 1, i)
        got = 0.0 if x.grad is None else x.grad.item()
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9)


# Threads


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run ``work`` in several threads that start together; errors in them count."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def start(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("frequent_switches")
def test_independent_graphs_in_threads() -> None:
    def work(number: int) -> None:
        for _ in range(20):
            x = leaf(float(number))
            y = x
            for _ in range(50):
                y = y + x
            y.backward()
            assert x.grad == 51

    in_threads(6, work)


@pytest.mark.usefixtures("frequent_switches")
def test_threads_accumulate_into_a_leaf_that_they_share() -> None:
    x = leaf(np.ones(3))

    def work(number: int) -> None:
        for _ in range(100):
            np.sum(x * float(number)).backward()

    in_threads(6, work)
    np.testing.assert_array_equal(x.grad.data, 100 * sum(range(6)))


def test_grad_modes_are_per_thread() -> None:
    with no_grad():
        in_threads(2, lambda number: check(is_grad_enabled()))
        assert not is_grad_enabled()

    middle = threading.Barrier(2)

    def work(number: int) -> None:
        with no_grad() if number else enable_grad():
            middle.wait()
            assert is_grad_enabled() == (number == 0)
            assert (leaf(1.0) * 2).requires_grad == (number == 0)
            middle.wait()

    in_threads(2, work)


def check(condition: bool) -> None:
    assert condition
