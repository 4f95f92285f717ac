"""NumPy's functions that write to their first argument do to a Tensor what ``x[i] = v`` does."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, grad, hessian, no_grad, tensor
from autograd.derivatives.calls import name_of
from autograd.derivatives.indexing import Writing
from autograd.derivatives.table import TABLE

X = np.arange(6.0).reshape(2, 3)
CALLS: dict[Callable[..., Any], Callable[[Any, Any], Any]] = {
    np.copyto: lambda x, v: np.copyto(x, v, where=X > 2),
    np.put: lambda x, v: np.put(x, [0, -1], v),
    np.place: lambda x, v: np.place(x, X > 2, v),
    np.putmask: lambda x, v: np.putmask(x, X > 2, v),
    np.put_along_axis: lambda x, v: np.put_along_axis(x, np.array([[0], [2]]), v, axis=1),
    np.fill_diagonal: np.fill_diagonal,
    np.add.at: lambda x, v: np.add.at(x, (0, [1, 1]), v),
    np.subtract.at: lambda x, v: np.subtract.at(x, (0, [1, 1]), v),
}
each_call = pytest.mark.parametrize("write", CALLS.values(), ids=map(name_of, CALLS))


def written(write: Callable[[Any, Any], Any], value: float) -> Any:
    array = X.copy()
    write(array, value)
    return array


def test_every_function_that_writes_is_tried() -> None:
    assert {function for function, entry in TABLE.items() if isinstance(entry, Writing)} == set(CALLS)


@each_call
def test_an_untracked_tensor_is_written_and_backward_notices(write: Callable[[Any, Any], Any]) -> None:
    x = tensor(X)
    y = x * tensor(X, requires_grad=True)
    assert write(x, 7.0) is None
    np.testing.assert_array_equal(x.data, written(write, 7.0))
    with pytest.raises(RuntimeError, match="written in place"):
        np.sum(y).backward()


@each_call
def test_the_written_value_gets_its_gradient(write: Callable[[Any, Any], Any]) -> None:
    value, other = tensor(7.0, requires_grad=True), tensor(X, requires_grad=True)
    for x in tensor(X), 1 * other:
        before = x * 1
        write(x, value)
        np.testing.assert_array_equal(x.data, written(write, 7.0))
        np.testing.assert_array_equal(before.data, X)
        value.grad = None
        np.sum(x).backward()
        assert value.grad is not None
        assert value.grad.item() == np.sum(written(write, 8.0) - written(write, 7.0))


@each_call
def test_an_array_does_not_swallow_a_gradient(write: Callable[[Any, Any], Any]) -> None:
    array, value = X.copy(), tensor(7.0, requires_grad=True)
    with pytest.raises(TypeError, match=r"an array.* would lose"):
        write(array, value)
    np.testing.assert_array_equal(array, X)


def test_an_array_takes_the_value_where_nothing_is_recorded() -> None:
    array = X.copy()
    with no_grad():
        np.put(array, [0, 1], tensor(7.0, requires_grad=True))
    np.testing.assert_array_equal(array[0], [7, 7, 2])


@each_call
def test_a_leaf_that_requires_a_gradient_is_not_written(write: Callable[[Any, Any], Any]) -> None:
    x = tensor(X, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        write(x, 7.0)
    np.testing.assert_array_equal(x.data, X)
    with no_grad():
        write(x, 7.0)
    assert not np.array_equal(x.data, X)
    assert x.requires_grad


def test_the_target_may_be_named() -> None:
    x, value = tensor(X), tensor(7.0, requires_grad=True)
    np.put(v=value, ind=[0, 1], a=x)
    np.sum(x).backward()
    assert value.grad is not None
    assert value.grad.item() == 2
    untracked = tensor(X)
    np.put(v=9.0, ind=[0], a=untracked)
    assert untracked.data[0, 0] == 9


MAKERS = [np.zeros_like, np.ones_like, np.empty_like]


def with_writes(make: Callable[..., Any], x: Any) -> Any:
    y = make(x)
    y[1:] = 0.0
    y[0] = x[0] ** 3
    y += x
    return np.sum(y * y)


@pytest.mark.parametrize("make", MAKERS, ids=name_of)
def test_what_is_made_like_a_tensor_takes_what_is_written_to_it(make: Callable[..., Any]) -> None:
    array = np.array([2.0, 3.0, 5.0])
    x = tensor(array, requires_grad=True)
    with_writes(make, x).backward()
    expected = [2 * (8 + 2) * (3 * 4 + 1), 6, 10]
    np.testing.assert_allclose(x.grad.data, expected)
    np.testing.assert_allclose(grad(lambda x: with_writes(make, x))(array), expected)
    second = np.diag([2 * 13 * 13 + 2 * (8 + 2) * 6 * 2.0, 2, 2])
    np.testing.assert_allclose(hessian(lambda x: with_writes(make, x))(array), second)


FORMS: tuple[dict[str, Any], ...] = (
    {}, {"dtype": np.float32}, {"dtype": int}, {"order": "F"}, {"subok": False}, {"shape": (2, 2)},
)  # fmt: skip


@pytest.mark.parametrize("make", MAKERS, ids=name_of)
def test_what_is_made_like_a_tensor_is_read_as_an_array(make: Callable[..., Any]) -> None:
    leaf = tensor(X, requires_grad=True)
    for x, how in itertools.product((tensor(X), leaf, 2 * leaf), FORMS):
        like, expected = make(x, **how), make(X, **how)
        assert (type(like), like.requires_grad) == (Tensor, False)
        assert (like.shape, like.dtype, like.strides) == (expected.shape, expected.dtype, expected.strides)
        if make is not np.empty_like:
            np.testing.assert_array_equal(like, expected)
        with no_grad():
            assert type(make(x, **how)) is Tensor


@pytest.mark.parametrize("shape", [(), (1,), (2, 3)])
def test_what_is_made_like_a_tensor_is_an_index(shape: tuple[int, ...]) -> None:
    array, x = np.ones(shape), tensor(np.ones(shape), requires_grad=True)
    for make, kind in itertools.product((np.zeros_like, np.ones_like), (int, bool)):
        wanted = make(array, kind)
        for index in make(x, kind), (make(x, kind),):
            indexed = np.ones((2, 3)) if kind is int else array
            np.testing.assert_array_equal(tensor(indexed)[index].data, indexed[wanted])
            np.testing.assert_array_equal(indexed[index], indexed[wanted], strict=True)


def test_where_elements_went_is_not_changed_by_a_later_write() -> None:
    for places in np.array([[2], [1]]), tensor([[2], [1]]):
        x = tensor(X, requires_grad=True)
        y = np.take_along_axis(x, places, 1)
        places[...] = 0
        np.sum(y).backward()
        np.testing.assert_array_equal(x.grad.data, [[0, 0, 1], [0, 1, 0]])


def test_other_ufuncs_write_to_untracked_tensors_only() -> None:
    x = tensor(X)
    y = x * tensor(X, requires_grad=True)
    np.multiply.at(x, (0, [1, 1]), 3.0)
    assert x.data[0, 1] == 9
    with pytest.raises(RuntimeError, match="written in place"):
        np.sum(y).backward()
    with pytest.raises(TypeError, match=r"np\.multiply\.at"):
        np.multiply.at(1 * tensor(X, requires_grad=True), (0, [1, 1]), 3.0)
    assert isinstance(x, Tensor)
