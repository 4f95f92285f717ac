"""The backward pass: what it leaves in ``grad``, hooks, gradients of gradients, zeros."""

import operator
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import Tensor, float32, grad, no_grad, tensor

leaf = partial(tensor, requires_grad=True)
X = np.array([[1.5, 2.0, 0.25], [4.0, 0.5, 1.0]])


# Leaves


def test_gradients_accumulate_until_set_to_none() -> None:
    x = leaf([1.0, 2.0])
    for count in range(1, 4):
        np.sum(x * x).backward()
        np.testing.assert_array_equal(x.grad.data, count * np.array([2.0, 4.0]))
    x.grad = None
    np.sum(x).backward()
    np.testing.assert_array_equal(x.grad.data, [1, 1])


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0]], ids=["scalar", "vector"])
def test_the_array_of_a_gradient_is_that_of_grad(x: Any) -> None:
    x = leaf(x)
    assert x.grad_array is None
    np.sum(x * x).backward()
    assert isinstance(x.grad_array, np.ndarray)
    x.grad_array[...] += 1
    np.testing.assert_array_equal(x.grad.data, 2 * x.data + 1)
    assert x.grad is x.grad
    assert x.grad_array is x.grad.data


def test_grad_is_an_untracked_tensor() -> None:
    x = leaf([1.0, 2.0])
    assert x.grad is None
    np.sum(x * x).backward()
    assert isinstance(x.grad, Tensor)
    assert not x.grad.requires_grad


def test_only_tracked_leaves_on_the_way_get_gradients() -> None:
    x, constant, other = leaf(2.0), tensor(3.0), leaf(4.0)
    (x * constant + np.floor(other)).backward()
    assert x.grad == 3
    assert constant.grad is None
    assert other.grad is None


def test_accumulation_does_not_write_into_an_earlier_gradient() -> None:
    x = leaf([1.0, 2.0])
    np.sum(x).backward()
    first = x.grad
    np.sum(x).backward()
    np.testing.assert_array_equal(first.data, [1, 1])
    np.testing.assert_array_equal(x.grad.data, [2, 2])


def test_a_leaf_is_its_own_derivative() -> None:
    x, seed = leaf([1.0, 2.0]), np.array([3.0, 4.0])
    x.backward(seed)
    np.testing.assert_array_equal(x.grad.data, seed)
    assert not np.shares_memory(x.grad.data, seed)


def test_gradient_may_be_set_to_a_tensor() -> None:
    x = leaf([1.0, 2.0])
    x.grad = tensor([10.0, 20.0])
    np.sum(x).backward()
    np.testing.assert_array_equal(x.grad.data, [11, 21])


@pytest.mark.parametrize(
    "value",
    [np.ones(2), [1.0, 1.0], 1.0, tensor([1, 2]), tensor(np.ones(2, np.float32))],
    ids=["array", "list", "number", "integers", "float32"],
)
def test_gradient_stays_a_tensor_of_the_leafs_shape_and_dtype(value: Any) -> None:
    x = leaf([1.0, 2.0])
    try:
        x.grad = value
    except (TypeError, ValueError):
        assert x.grad is None
    else:
        assert isinstance(x.grad, Tensor)
        assert (x.grad.shape, x.grad.dtype) == (x.shape, x.dtype)


def test_gradient_of_a_wrong_shape_is_refused() -> None:
    x = leaf([1.0, 2.0], name="x")
    with pytest.raises(ValueError, match=r"'x'.*expected shape \(2,\).*\(3,\)"):
        x.grad = tensor([1.0, 2.0, 3.0])
    assert x.grad is None


# Interior tensors


def test_interior_gradients_are_kept_only_on_request_and_fresh() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    z = np.sum(3 * y)
    z.backward(retain_graph=True)
    with pytest.warns(UserWarning, match=r"'y'.*not kept.*retain_grad\(\).*with no_grad\(\): w -=") as caught:
        assert y.grad is None
    assert caught[0].filename == __file__
    y.retain_grad()
    for _ in range(2):
        z.backward(retain_graph=True)
        np.testing.assert_array_equal(y.grad.data, [3, 3])
    np.testing.assert_array_equal(x.grad.data, [18, 36])


@pytest.mark.parametrize("first", ["retain", "hook"])
def test_what_is_retained_is_what_all_hooks_have_made_of_it(first: str) -> None:
    y = leaf(2.0) * 3
    if first == "retain":
        y.retain_grad()
    y.register_hook(lambda g: 10 * g)
    y.retain_grad()
    (y * 4).backward()
    assert y.grad == 40


def test_a_root_can_retain_its_gradient() -> None:
    y = leaf(2.0) * 3
    y.retain_grad()
    y.retain_grad()
    y.backward(5.0)
    assert y.grad == 5


# The cotangent to start from


@pytest.mark.parametrize(
    "write",
    [
        lambda y: operator.iadd(y, 1.0),
        lambda y: operator.imul(y, 2.0),
        lambda y: operator.setitem(y, 0, 5.0),
        lambda y: operator.setitem(y[:1], 0, 5.0 * y[1]),
    ],
    ids=["+=", "*=", "an element", "of a view"],
)
def test_a_gradient_is_kept_of_what_a_tensor_was_last(write: Callable[[Any], Any]) -> None:
    x = tensor([1.0, 4.0], requires_grad=True)
    y = x * 3.0
    y.retain_grad()
    write(y)
    np.sum(y * np.array([2.0, 3.0])).backward()
    assert y.grad is not None
    np.testing.assert_array_equal(y.grad.data, [2.0, 3.0])


def test_a_gradient_for_results_that_are_no_scalars() -> None:
    x = leaf(X)
    (x * x).backward(X)
    np.testing.assert_array_equal(x.grad.data, 2 * X * X)


@pytest.mark.parametrize(
    "gradient",
    [[1, 2], (1.0, 2.0), np.array([1, 2]), tensor([1.0, 2.0]), np.array([1, 2], "f4")],
    ids=repr,
)
def test_a_gradient_may_be_anything_array_like(gradient: Any) -> None:
    x = leaf([1.0, 1.0])
    (2 * x).backward(gradient)
    np.testing.assert_array_equal(x.grad.data, [2, 4])
    assert x.grad.dtype == np.float64


def test_scalars_are_what_has_one_element() -> None:
    x = leaf([[2.0]])
    (x * x).backward()
    np.testing.assert_array_equal(x.grad.data, [[4]])


def test_a_tracked_gradient_is_differentiated_through_on_request() -> None:
    x, u = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    (x * x).backward(u, create_graph=True)
    np.sum(x.grad).backward()
    np.testing.assert_array_equal(u.grad.data, [2, 4])


# No gradient shares its memory

ALIASING: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "add one": lambda x, y: x + 1,
    "subtract": lambda x, y: x - y,
    "positive": lambda x, y: +x,
    "reshape": lambda x, y: np.reshape(np.reshape(x, (3, 2)) + 0, (2, 3)),
    "transpose": lambda x, y: x.T.T,
    "views of one array": lambda x, y: 2 * (x.T + y.T),
    "one array and a view of it": lambda x, y: 2 * (np.reshape(x, (2, 3)) + y),
    "parts of one array": lambda x, y: 2 * np.concatenate([x, y]),
    "a sum of one": lambda x, y: 2 * np.sum(x[None], axis=0),
    "sum": lambda x, y: np.sum(x) + np.sum(y),
    "mean": lambda x, y: np.mean(x, axis=0) + np.sum(y, axis=0),
    "squeeze": lambda x, y: np.squeeze(x[None] + y[None]),
    "concatenate": lambda x, y: np.concatenate([x, y]),
    "stack": lambda x, y: np.stack([x, y, x]),
    "index": lambda x, y: x[...] + y[:],
    "broadcast": lambda x, y: np.broadcast_to(x, (2, 2, 3)),
    "where": lambda x, y: np.where(True, x, y),
    "set item": lambda x, y: written(x, y),
    "split": lambda x, y: np.split(x, 3, axis=1)[0] + np.split(y, 3, axis=1)[2],
    "astype": lambda x, y: x.astype(np.float64) + y,
    "einsum": lambda x, y: np.einsum("ij->ji", x + y),
    "identity": lambda x, y: x,
}


def written(x: Any, y: Any) -> Any:
    z = 1 * x
    z[...] = y
    return z + x


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("f", ALIASING.values(), ids=ALIASING)
def test_gradients_share_no_memory(f: Callable[[Any, Any], Any], create_graph: bool) -> None:
    x, y = leaf(X), leaf(2 * X)
    z = f(x, y)
    seed = np.random.default_rng(0).normal(size=z.shape)
    copy = seed.copy()
    z.backward(seed, create_graph=create_graph)
    grads = [g.data for g in (x.grad, y.grad) if g is not None]
    for i, g in enumerate(grads):
        assert g.shape == X.shape
        for other in (*grads[:i], seed, z.data, x.data, y.data):
            assert not np.shares_memory(g, other)
        g += 1  # writable, and every element is there once
        assert g.strides == X.strides or g.flags.forc
    np.testing.assert_array_equal(seed, copy)


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    st.sampled_from(["f2", "f4", "f8"]),
    st.sampled_from(["f4", "f8"]),
    st.sampled_from([np.add, np.subtract, np.multiply, np.divide, np.maximum, np.arctan2, np.hypot]),
)
def test_gradients_have_the_shape_and_dtype_of_their_leaf(
    shapes: Any, left: str, right: str, function: Callable[..., Any]
) -> None:
    x = leaf(np.full(shapes.input_shapes[0], 1.5, left))
    y = leaf(np.full(shapes.input_shapes[1], 0.5, right))
    z = function(x, y)
    z.backward(np.ones(z.shape))
    for t in (x, y):
        assert t.grad.shape == t.shape
        assert t.grad.dtype == t.dtype
        assert isinstance(t.grad.data, np.ndarray)


def test_mixed_dtypes_on_the_way() -> None:
    x = leaf(X, dtype=float32)
    y = np.sum(x.astype(np.float64) * X + x.astype(np.float16))
    y.backward()
    assert x.grad.dtype == np.float32


# Hooks


def test_hooks_see_gradients_and_may_replace_them() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    seen: list[Any] = []
    x.register_hook(lambda g: seen.append(("x", g.data.tolist())))
    y.register_hook(lambda g: seen.append(("y", g.data.tolist())))
    y.register_hook(lambda g: 10 * g)
    np.sum(y).backward()
    assert seen == [("y", [1, 1]), ("x", [20, 40])]
    np.testing.assert_array_equal(x.grad.data, [20, 40])


def test_a_leafs_hook_sees_the_sum_of_one_pass() -> None:
    x = leaf(3.0)
    seen: list[float] = []
    x.register_hook(lambda g: seen.append(g.item()))
    x.register_hook(lambda g: -g)
    for _ in range(2):
        (x * x + x).backward()
    assert seen == [7, 7]
    assert x.grad == -14


def test_hooks_may_give_arrays_and_numbers() -> None:
    x = leaf(3.0)
    x.register_hook(lambda g: 5)
    x.register_hook(lambda g: g.data + np.float64(1))
    (x * x).backward()
    assert x.grad == 6
    assert isinstance(x.grad, Tensor)


def test_a_hook_that_writes_into_its_gradient_harms_nobody() -> None:
    x, y = leaf([1.0, 2.0]), leaf([1.0, 2.0])

    def spoil(g: Tensor) -> None:
        g.data[...] = 99

    z = x + y
    z.register_hook(spoil)
    x.register_hook(spoil)
    np.sum(z).backward()
    np.testing.assert_array_equal(x.grad.data, [1, 1])
    np.testing.assert_array_equal(y.grad.data, [1, 1])


@pytest.mark.parametrize("interior", [False, True])
def test_a_hook_can_be_removed(interior: bool) -> None:
    x = leaf(3.0)
    y = x * 1
    seen: list[Any] = []
    hook = (y if interior else x).register_hook(seen.append)
    y.retain_grad()
    hook.remove()
    hook.remove()
    y.backward()
    assert seen == []
    assert y.grad == 1


def test_a_hook_can_remove_itself() -> None:
    x = leaf(3.0)
    seen: list[Any] = []

    def once(g: Tensor) -> None:
        seen.append(g)
        hook.remove()

    hook = x.register_hook(once)
    (x * 2).backward()
    (x * 2).backward()
    assert len(seen) == 1


@pytest.mark.parametrize("interior", [False, True])
@pytest.mark.parametrize("given", [np.ones(3), np.ones((2, 2)), [1.0]], ids=np.shape)
def test_a_hook_must_give_the_shape_of_the_gradient(interior: bool, given: Any) -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    (y if interior else x).register_hook(lambda g: given)
    with pytest.raises(ValueError, match=r"\(2,\)"):
        np.sum(y + 1).backward()
    assert x.grad is None


def test_what_a_hook_gives_is_cast_to_the_leafs_dtype() -> None:
    x = leaf([1.0, 2.0], dtype=float32)
    y = x * x
    x.register_hook(lambda g: g.data.astype(float))
    y.register_hook(lambda g: g.data.astype(float))
    np.sum(y).backward()
    assert x.grad.dtype == np.float32


def test_a_leafs_hook_may_run_another_backward_pass() -> None:
    program = """if True:
        from autograd import tensor
        x, w = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
        x.register_hook(lambda g: (w * w).backward())
        (x * x).backward()
        print(x.grad.item(), w.grad.item())
    """
    # A process of its own, so that passes that wait for each other can be stopped.
    run = [sys.executable, "-c", program]
    result = subprocess.run(run, capture_output=True, text=True, timeout=20, check=True)
    assert result.stdout.split() == ["4.0", "6.0"]


def test_an_error_in_a_hook_leaves_gradients_alone() -> None:
    x, w = leaf(2.0), leaf(3.0)

    def fail(g: Tensor) -> None:
        raise KeyError("mine")

    y = x * w
    y.register_hook(fail)
    with pytest.raises(KeyError, match="mine"):
        y.backward()
    assert x.grad is None
    assert w.grad is None


# Gradients of gradients


def test_create_graph() -> None:
    x = leaf(2.0)
    (x**4).backward(create_graph=True)
    first = x.grad
    x.grad = None
    first.backward(create_graph=True)
    second = x.grad
    x.grad = None
    second.backward()
    assert (first, second, x.grad) == (32, 48, 48)
    assert not x.grad.requires_grad


def test_create_graph_under_no_grad() -> None:
    x = leaf(2.0)
    y = x**3
    with no_grad():
        y.backward(create_graph=True)
    assert x.grad.requires_grad


def test_create_graph_accumulates() -> None:
    x = leaf(2.0)
    y = x**3
    y.backward(create_graph=True)
    y.backward(create_graph=True)
    total, x.grad = x.grad, None
    assert total == 24
    total.backward()
    assert x.grad == 24


def test_a_hook_takes_part_in_the_second_derivative() -> None:
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * x)
    (y * 1).backward(create_graph=True)
    first, x.grad = x.grad, None
    assert first == 8  # x · 2x
    first.backward()
    assert x.grad == 8


def penalised(w: Any, x: Any) -> Any:
    """Compute a loss that contains the gradient of a network by its input."""
    gradient = grad(lambda x: np.sum(np.tanh(x @ w)))(x)
    return np.sum((np.sqrt(np.sum(gradient**2, axis=1)) - 1) ** 2)


def test_a_gradient_penalty_agrees_with_differences() -> None:
    rng = np.random.default_rng(0)
    start, points = rng.normal(size=(3, 4)), rng.normal(size=(5, 3))
    w, x = leaf(start), leaf(points)
    np.sum(np.tanh(x @ w)).backward(create_graph=True)
    slopes, w.grad = x.grad, None
    np.sum((np.sqrt(np.sum(slopes**2, axis=1)) - 1) ** 2).backward()
    for index in np.ndindex(start.shape):
        step = np.zeros_like(start)
        step[index] = 1e-5
        expected = (penalised(start + step, points) - penalised(start - step, points)) / 2e-5
        assert w.grad.data[index] == pytest.approx(expected, rel=1e-6, abs=1e-8)


# A zero cotangent never makes a NaN

INFINITE_SLOPES: dict[str, Callable[[Any], Any]] = {
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "log": np.log,
    "log1p": lambda x: np.log1p(x - 1),
    "reciprocal": lambda x: 1 / x,
    "x**0.5": lambda x: x**0.5,
    "x**1.5": lambda x: x**1.5,
    "x**-1": lambda x: x**-1.0,
    "x**x": lambda x: x**x,
    "x log x": lambda x: x * np.log(x),
    "exp 1/x": lambda x: np.exp(1 / x),
    "x / x": lambda x: x / x,
    "arcsin": lambda x: np.arcsin(1 - x),
    "arctanh": lambda x: np.arctanh(1 - x),
    "arccosh": lambda x: np.arccosh(1 + x),
    "arctan2": lambda x: np.arctan2(x, x),
    "hypot": lambda x: np.hypot(x, x),
    "norm": lambda x: np.linalg.norm(x[None]),
    "std": lambda x: np.std(np.stack([x, x])),
    "logaddexp": lambda x: np.logaddexp(np.log(x), np.log(x)),
}


@pytest.mark.parametrize("f", INFINITE_SLOPES.values(), ids=INFINITE_SLOPES)
def test_what_where_leaves_out_has_gradient_zero_to_third_order(f: Callable[[Any], Any]) -> None:
    def masked(x: Any) -> Any:
        return np.where(x > 0, f(x), 0.0)

    with np.errstate(all="ignore"):
        for _ in range(3):
            masked = grad(masked)
            assert masked(0.0) == 0


@pytest.mark.parametrize("order", [1, 2])
def test_the_rest_of_an_array_is_not_disturbed_by_a_zero(order: int) -> None:
    x = leaf([0.0, 4.0])
    np.sum(np.where(x > 0, np.sqrt(x), 0.0)).backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, [0, 0.25])
    first, x.grad = x.grad, None
    np.sum(first).backward()
    np.testing.assert_array_equal(x.grad.data, [0, -1 / 32])


CONVENTIONS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "abs": (np.abs, 0),
    "sqrt": (np.sqrt, 0),
    "cbrt": (np.cbrt, 0),
    "x**0.5": (lambda x: x**0.5, 0),
    "x**1": (lambda x: x**1, 1),
    "x**2": (lambda x: x**2, 0),
    "x**0": (lambda x: x**0, 0),
    "norm": (lambda x: np.linalg.norm(np.stack([x, x])), 0),
    "maximum": (lambda x: np.maximum(x, 0), 0.5),
    "max": (lambda x: np.max(np.stack([x, 0 * x])), 0.5),
    "prod": (lambda x: np.prod(np.stack([x, x + 2])), 2),
    "prod of two zeros": (lambda x: np.prod(np.stack([x, x])), 0),
}


@pytest.mark.parametrize(("f", "slope"), CONVENTIONS.values(), ids=CONVENTIONS)
def test_derivatives_at_zero(f: Callable[[Any], Any], slope: float) -> None:
    x = leaf(0.0)
    f(x).backward()
    assert x.grad == slope


def test_a_true_nan_is_not_hidden() -> None:
    x = leaf([np.nan, 1.0])
    np.sum(x * x).backward()
    np.testing.assert_array_equal(np.isnan(x.grad.data), [True, False])


def test_large_gradients_do_not_overflow_in_the_search_for_nans() -> None:
    x = leaf([1e-200, 2e-200])
    np.sum(x * 1e200).backward()
    np.testing.assert_array_equal(x.grad.data, [1e200, 1e200])


# Empty and scalar tensors


def test_empty_tensors() -> None:
    x = leaf(np.zeros((0, 3)))
    np.sum(x * 2 + 1).backward()
    assert x.grad.shape == (0, 3)


def test_scalars_stay_arrays() -> None:
    x = leaf(2.0)
    (x * x + x).backward()
    assert type(x.grad.data) is np.ndarray
    assert x.grad.shape == ()
