"""Writing in place: differentiable under the graph, counted everywhere, never silently wrong."""

import contextlib
import copy
import operator
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Tensor, as_tensor, draw, float32, gradcheck, no_grad, set_grad_enabled, tensor, vjp
from autograd.replay import replay, replay_backward

leaf = partial(tensor, requires_grad=True)
CHANGED = "written in place"


# Under the graph

A, B = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 4.0])


def assign(x: Any, y: Any) -> Any:
    z = 1 * x
    z[1] = y[0] * z[2]
    return z


def assign_slice(x: Any, y: Any) -> Any:
    z = 1 * x
    z[:2] = y[1:]
    return z * z


def assign_mask(x: Any, y: Any) -> Any:
    z = 1 * x
    z[x > 1.5] = y[0]
    return z


def assign_reversed(x: Any, y: Any) -> Any:
    z = 1 * x
    z[::-1] = z
    z[[2, 0]] = y[:2]
    return z


def operators(x: Any, y: Any) -> Any:
    z = 1 * x
    z += y
    z *= x
    z -= 3
    z /= 2 + y * y
    z **= 2
    z %= 50
    return z


def operators_on_parts(x: Any, y: Any) -> Any:
    z = 1 * x
    z[0] += y[1]
    z[1:] *= z[:-1]
    z[-1] /= 4
    return z


def matrix_product(x: Any, y: Any) -> Any:
    z = np.stack([x, y, x * y])
    z @= np.outer(x, y)
    return z


def torch_methods(x: Any, y: Any) -> Any:
    z = 1 * x
    z.add_(y, alpha=2)
    z.mul_(y)
    z.sub_(x)
    z.div_(3)
    w = 1 * y
    w.copy_(z * y)
    v = 1 * x
    v.zero_()
    u = 1 * x
    u.fill_(2)
    return z + w + v + u


def with_itself(x: Any, y: Any) -> Any:
    z = 1 * x
    z += z
    z *= z
    return z + y


BOTH_WAYS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "item": (assign, lambda x, y: np.stack([x[0], y[0] * x[2], x[2]])),
    "slice": (assign_slice, lambda x, y: np.stack([y[1], y[2], x[2]]) ** 2),
    "mask": (assign_mask, lambda x, y: np.where(np.array(A > 1.5), y[0], x)),
    "reversed": (assign_reversed, lambda x, y: np.stack([y[1], x[1], y[0]])),
    "operators": (operators, lambda x, y: (((x + y) * x - 3) / (2 + y * y)) ** 2 % 50),
    "parts": (
        operators_on_parts,
        lambda x, y: np.stack([x[0] + y[1], x[1] * (x[0] + y[1]), x[2] * x[1] / 4]),
    ),
    "matrix product": (matrix_product, lambda x, y: np.stack([x, y, x * y]) @ np.outer(x, y)),
    "methods": (
        torch_methods,
        lambda x, y: (z := ((x + 2 * y) * y - x) / 3) + z * y + 2,
    ),
    "itself": (with_itself, lambda x, y: 4 * x * x + y),
}


@pytest.mark.parametrize(("written", "functional"), BOTH_WAYS.values(), ids=BOTH_WAYS)
def test_writing_equals_the_functional_formulation(
    written: Callable[..., Any], functional: Callable[..., Any]
) -> None:
    gradients = []
    for f in (written, functional):
        x, y = leaf(A), leaf(B)
        z = f(x, y)
        np.sum(z * np.arange(1, z.size + 1).reshape(z.shape)).backward()
        gradients.append((z.data, x.grad, y.grad))
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(
            0 if one is None else np.asarray(one),
            0 if other is None else np.asarray(other),
            rtol=1e-14,
        )


@pytest.mark.parametrize("f", [written for written, _ in BOTH_WAYS.values()], ids=BOTH_WAYS)
def test_writing_passes_gradcheck_to_second_order(f: Callable[..., Any]) -> None:
    gradcheck(f, A, B, order=2)


STEPS = st.tuples(st.sampled_from(["set", "add", "multiply", "copy"]), st.integers(0, 2), st.integers(0, 2))


@given(st.lists(STEPS, max_size=8))
def test_random_writes_equal_a_list_of_scalars(steps: list[tuple[str, int, int]]) -> None:
    x, y = leaf(A), leaf(A)
    cells = [y[0], y[1], y[2]]
    buffer = 1 * x
    for kind, i, j in steps:
        if kind == "set":
            buffer[i] = np.sin(x[j])
            cells[i] = np.sin(y[j])
        elif kind == "add":
            buffer[i] += buffer[j]
            cells[i] = cells[i] + cells[j]
        elif kind == "multiply":
            buffer[i] *= x[j]
            cells[i] = cells[i] * y[j]
        else:
            buffer[i] = buffer[j]
            cells[i] = cells[j]
    np.testing.assert_allclose(buffer.data, [cell.item() for cell in cells])
    np.sum(buffer * B).backward()
    np.sum(np.stack(cells) * B).backward()
    np.testing.assert_allclose(x.grad.data, y.grad.data, atol=1e-12)


def test_what_was_taken_earlier_keeps_its_value() -> None:
    x = leaf(A)
    y = 2 * x
    part, square = y[:2], y * y
    y[0] = 100.0
    np.testing.assert_array_equal(part.data, [2, 4])
    (np.sum(part) + np.sum(square)).backward()
    np.testing.assert_array_equal(x.grad.data, [10, 18, 24])


def test_an_untracked_buffer_becomes_tracked() -> None:
    w = leaf(3.0)
    buffer = tensor(np.zeros(3))
    buffer[0] = w
    buffer[2] = w * w
    assert buffer.requires_grad
    assert not buffer.is_leaf
    np.sum(buffer).backward()
    assert w.grad == 7


def test_an_untracked_buffer_keeps_the_array_it_had() -> None:
    array = np.zeros(2)
    buffer = as_tensor(array)
    buffer += leaf([1.0, 2.0])
    np.testing.assert_array_equal(array, [0, 0])
    np.testing.assert_array_equal(buffer.data, [1, 2])


def test_in_a_repeated_assignment_the_last_one_counts() -> None:
    for index in (
        [0, 0, 1],
        np.array([0, 0, 1]),
        (np.array([0, 0, 1]),),
        tensor([0, 0, 1]),
        (tensor([0, 0, 1]),),
    ):
        x, v = leaf(A), leaf(B)
        z = 1 * x
        z[index] = v
        np.testing.assert_array_equal(z.data, [B[1], B[2], A[2]])
        np.sum(z * np.array([1.0, 10.0, 100.0])).backward()
        np.testing.assert_array_equal(v.grad.data, [0, 1, 10])
        np.testing.assert_array_equal(x.grad.data, [0, 0, 100])


def test_a_repeated_assignment_with_a_tuple_for_an_index() -> None:
    v = leaf(np.ones((3, 2)))
    z = tensor(np.zeros((2, 2)))
    z[(0, 0, 1), :] = v
    np.sum(z).backward()
    np.testing.assert_array_equal(v.grad.data, [[0, 0], [1, 1], [1, 1]])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1), (2, 3), (1, 2, 3)])
def test_written_values_broadcast(shape: tuple[int, ...]) -> None:
    v = leaf(np.ones(shape))
    z = 1 * leaf(np.zeros((2, 3)))
    z[...] = v
    np.sum(z).backward()
    assert v.grad.shape == shape
    assert np.sum(v.grad.data) == 6


def test_writes_keep_the_dtype() -> None:
    x = leaf(A, dtype=float32)
    z = 1 * x
    z += tensor(B)
    z[0] = leaf(2.5)
    assert z.dtype == np.float32
    np.sum(z).backward()
    assert x.grad.dtype == np.float32


MISFITS: dict[str, Callable[[Any], Any]] = {
    "shape of +=": lambda z: z.__iadd__(np.ones((2, 3))),
    "broadcast of +=": lambda z: z.__iadd__(np.ones(4)),
    "shape of an item": lambda z: z.__setitem__(slice(2), np.ones(3)),
    "index": lambda z: z.__setitem__(7, 1.0),
    "axes": lambda z: z.__setitem__((0, 0), 1.0),
    "words": lambda z: z.__setitem__(0, "one"),
    "complex": lambda z: z.__imul__(1j),
    "matrix": lambda z: z.__imatmul__(np.ones(3)),
}


@pytest.mark.parametrize("misfit", MISFITS.values(), ids=MISFITS)
@pytest.mark.parametrize("kind", ["tracked", "untracked", "no_grad"])
def test_what_does_not_fit_is_refused_and_changes_nothing(misfit: Callable[[Any], Any], kind: str) -> None:
    x = tensor(A, requires_grad=kind != "untracked")
    buffer = 2 * x
    loss = np.sum(buffer * buffer)
    buffer.name = "buffer"
    node = buffer.node
    errors = (ValueError, TypeError, IndexError)
    with set_grad_enabled(kind != "no_grad"), pytest.raises(errors, match="buffer"):
        misfit(buffer)
    np.testing.assert_array_equal(buffer.data, 2 * A)
    assert buffer.node is node
    if kind != "untracked":
        loss.backward()
        np.testing.assert_array_equal(x.grad.data, 8 * A)


@pytest.mark.parametrize("value", [0.5, np.ones(2) / 2, leaf(0.5)], ids=["float", "array", "tracked"])
def test_integers_take_no_fractions(value: Any) -> None:
    counts = tensor([1, 2], name="counts")
    with pytest.raises((TypeError, ValueError), match="counts"):
        counts += value
    assert counts.dtype == int
    np.testing.assert_array_equal(counts.data, [1, 2])


def test_an_integer_buffer_takes_no_tracked_value() -> None:
    counts = tensor([1, 2], name="counts")
    with pytest.raises((TypeError, ValueError), match="counts"):
        counts[0] = leaf(2.5)
    np.testing.assert_array_equal(counts.data, [1, 2])
    assert not counts.requires_grad


# Leaves

WRITES: dict[str, Callable[[Any], Any]] = {
    "item": lambda x: x.__setitem__(0, 5.0),
    "+=": lambda x: x.__iadd__(1.0),
    "*=": lambda x: x.__imul__(2.0),
    "zero_": lambda x: x.zero_(),
    "copy_": lambda x: x.copy_(np.full(3, 5.0)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_leaf_under_the_graph_is_not_written(write: Callable[[Any], Any]) -> None:
    weight = leaf(A, name="weight")
    with pytest.raises(RuntimeError, match=r"'weight'.*leaf(.|\n)*no_grad\(\)"):
        write(weight)
    np.testing.assert_array_equal(weight.data, A)
    assert weight.is_leaf


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_under_no_grad_the_array_itself_is_written(write: Callable[[Any], Any]) -> None:
    x = leaf(A)
    array, expected = x.data, A.copy()
    with no_grad():
        write(x)
    assert x.data is array
    assert x.is_leaf
    assert x.requires_grad
    y = as_tensor(expected)
    write(y)
    assert y.data is expected
    np.testing.assert_array_equal(array, expected)


def test_a_gradient_step() -> None:
    w = leaf(A)
    for _ in range(3):
        np.sum(w * w).backward()
        with no_grad():
            w -= 0.25 * w.grad
        w.grad = None
    np.testing.assert_array_equal(w.data, A / 8)


def test_a_step_function_in_place_ends_the_path() -> None:
    y = leaf([2.0, 3.5]) * 1.0
    y //= 2
    np.testing.assert_array_equal(y.data, [1, 1])
    assert not y.requires_grad


# Versions: a Tensor that changed after it was recorded is found, and named


def constant_item(x: Tensor, c: Tensor) -> None:
    c[0] = 9.0


def constant_operator(x: Tensor, c: Tensor) -> None:
    c *= 2.0


def constant_alias(x: Tensor, c: Tensor) -> None:
    alias = c.detach()
    alias[0] = 9.0


def constant_view(x: Tensor, c: Tensor) -> None:
    part = c[1:]
    part[0] = 9.0


def constant_view_of_a_view(x: Tensor, c: Tensor) -> None:
    part = c.reshape(3, 1).T[0][1:]
    part += 9.0


def constant_data(x: Tensor, c: Tensor) -> None:
    c.data = np.zeros(3)


def constant_data_operator(x: Tensor, c: Tensor) -> None:
    c.data *= 2


def constant_becomes_tracked(x: Tensor, c: Tensor) -> None:
    c[0] = x[0]


def leaf_step(x: Tensor, c: Tensor) -> None:
    with no_grad():
        x -= 0.1


def leaf_alias(x: Tensor, c: Tensor) -> None:
    x.detach()[0] = 9.0


def leaf_view(x: Tensor, c: Tensor) -> None:
    with no_grad():
        x[1:][0] = 9.0


def leaf_data(x: Tensor, c: Tensor) -> None:
    x.data = np.zeros(3)


TOUCHED = {
    "c": [
        constant_item, constant_operator, constant_alias, constant_view, constant_view_of_a_view,
        constant_data, constant_data_operator, constant_becomes_tracked,
    ],
    "x": [leaf_step, leaf_alias, leaf_view, leaf_data],
}  # fmt: skip
CHANGES = [(change, name) for name, changes in TOUCHED.items() for change in changes]
CONSUMERS: dict[str, Callable[[Tensor], Any]] = {
    "backward": lambda loss: loss.backward(),
    "create_graph": lambda loss: loss.backward(create_graph=True),
    "replay": lambda loss: replay(loss.node),
    "replay_backward": lambda loss: replay_backward(loss.node),
    "draw": draw,
}


@pytest.mark.parametrize("consume", CONSUMERS.values(), ids=CONSUMERS)
@pytest.mark.parametrize(("change", "name"), CHANGES, ids=lambda case: getattr(case, "__name__", ""))
def test_a_changed_tensor_is_found_and_named(
    change: Callable[[Tensor, Tensor], None], name: str, consume: Callable[[Tensor], Any]
) -> None:
    x, c = leaf(A, name="leaf x"), tensor(B, name="constant c")
    loss = np.sum(x * c)
    change(x, c)
    for _ in range(2):  # nothing is released when it is refused
        with pytest.raises(RuntimeError, match=rf"'(leaf|constant) {name}'.*{CHANGED}.*np\.multiply"):
            consume(loss)
    assert x.grad is None


ALIASES: dict[str, Callable[[Any], Any]] = {
    "transpose": lambda c: c.T,
    "ravel": np.ravel,
    "reshape": lambda c: np.reshape(c, (4,)),
    "squeeze": np.squeeze,
    "squeeze of a long axis": lambda c: c[None].squeeze(),
    "expand_dims": lambda c: np.expand_dims(c, 0),
    "moveaxis": lambda c: np.moveaxis(c, 0, 1),
    "flip": np.flip,
    "split": lambda c: np.split(c, 2)[0],
    "array_split": lambda c: np.array_split(c, 2)[0],
    "hsplit": lambda c: np.hsplit(c, 2)[0],
    "vsplit": lambda c: np.vsplit(c, 2)[0],
    "unstack": lambda c: np.unstack(c)[0] if hasattr(np, "unstack") else c[0],
    "atleast_1d": np.atleast_1d,
    "atleast_3d": np.atleast_3d,
    "rollaxis": lambda c: np.rollaxis(c, 1),
    "rot90": np.rot90,
    "real": np.real,
    "astype without copy": lambda c: c.astype(float, copy=False),
    "as_tensor": as_tensor,
    "iteration": lambda c: next(iter(c)),
    "ellipsis": lambda c: c[...],
}  # fmt: skip


@pytest.mark.parametrize("alias", ALIASES.values(), ids=ALIASES)
def test_a_write_through_any_alias_is_found(alias: Callable[[Any], Any]) -> None:
    x, c = leaf(np.ones((2, 2))), tensor(np.arange(4.0).reshape(2, 2), name="c")
    loss = np.sum(x * c)
    view = alias(c)
    before = c.data.copy()
    view[...] = 9.0
    if np.array_equal(c.data, before):  # a copy, then
        loss.backward()
    else:
        with pytest.raises(RuntimeError, match=CHANGED):
            loss.backward()


WRITING_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "copyto": lambda c: np.copyto(c, 9.0),
    "put": lambda c: np.put(c, [0], [9.0]),
    "place": lambda c: np.place(c, c.data > 0, [9.0]),
    "putmask": lambda c: np.putmask(c, c.data > 0, 9.0),
    "fill_diagonal": lambda c: np.fill_diagonal(c, 9.0),
    "put_along_axis": lambda c: np.put_along_axis(c, np.array([[0]]), 9.0, 0),
    "out= of clip": lambda c: np.clip(c, 0, 1, out=c),
    "out= of concatenate": lambda c: np.concatenate([c[:1], c[:1]], out=c),
    "out= of add": lambda c: np.add(c, 1, out=c),
    "add.at": lambda c: np.add.at(c, 0, 1.0),
}


@pytest.mark.parametrize("write", WRITING_FUNCTIONS.values(), ids=WRITING_FUNCTIONS)
@pytest.mark.parametrize("tracked", [False, True])
def test_numpys_functions_that_write_are_refused_or_found(write: Callable[[Any], Any], tracked: bool) -> None:
    x, c = leaf(np.ones((2, 2))), tensor(np.arange(4.0).reshape(2, 2), requires_grad=tracked)
    loss = np.sum(x * c)
    before = c.data.copy()
    try:
        with no_grad():
            write(c)
    except (TypeError, ValueError):
        np.testing.assert_array_equal(c.data, before)
        loss.backward()
    else:
        with pytest.raises(RuntimeError, match=CHANGED):
            loss.backward()


def test_an_index_that_changed_is_found() -> None:
    x, i = leaf(np.arange(9.0).reshape(3, 3)), tensor([0, 1], name="i")
    y = np.sum(x[i])
    i[0] = 2
    with pytest.raises(RuntimeError, match=f"'i'.*{CHANGED}"):
        y.backward()


def test_an_index_inside_a_tuple_is_kept_as_it_was() -> None:
    x, i = leaf(np.arange(9.0).reshape(3, 3)), tensor([0, 1], name="i")
    y = np.sum(x[i, :])
    i[0] = 2
    y.backward()
    np.testing.assert_array_equal(x.grad.data, [[1, 1, 1], [1, 1, 1], [0, 0, 0]])


def test_an_interior_tensor_that_changed_is_found_by_the_name_of_its_variable() -> None:
    x = leaf(A)
    hidden = 2 * x
    loss = np.sum(hidden * hidden)
    with no_grad():
        hidden += 1
    with pytest.raises(RuntimeError, match=f"'hidden'.*{CHANGED}"):
        loss.backward()


def test_members_of_lists_are_watched_too() -> None:
    x, c = leaf(A), tensor(B, name="c")
    for call in (lambda: np.sum(np.stack([x, c]) ** 2), lambda: np.einsum("i,i->", x, c)):
        loss = call()
        c[0] = 5.0
        with pytest.raises(RuntimeError, match=f"'c'.*{CHANGED}"):
            loss.backward()


def test_no_false_alarm() -> None:
    x, c = leaf(A), tensor(B)
    c[0] = 7.0  # before recording
    part = c[1:]
    part[0] = 8.0
    with no_grad():
        x += 1.0
    x.data = x.data * 1.0
    loss = np.sum(x * c)
    other = tensor(B)
    other[0] = 3.0  # of no concern
    loss.backward()
    np.testing.assert_array_equal(x.grad.data, [7, 8, 4])
    x.data *= 2  # after the pass
    x.grad.zero_()
    np.sum(x * c).backward()


def test_a_write_after_the_last_use_of_a_slice_is_no_alarm() -> None:
    x = leaf(A)
    y = 2 * x
    first = np.sum(y * y)
    y += 1
    y[0] = 0.0
    first.backward(retain_graph=True)
    np.testing.assert_array_equal(x.grad.data, 8 * A)


def test_a_write_to_what_the_pass_does_not_come_to_is_no_alarm() -> None:
    w = leaf(A)
    _, pull_back = vjp(lambda x: np.sum(np.exp(w) * x), B)
    with no_grad():
        w *= 2
    np.testing.assert_array_equal(pull_back(1.0)[0].data, np.exp(A))


def test_a_second_step_after_an_update_is_no_alarm() -> None:
    w, x = leaf(A), tensor(B)
    for _ in range(3):
        loss = np.sum((w * x - 1) ** 2)
        loss.backward()
        with no_grad():
            w -= 0.01 * w.grad
        w.grad = None
    assert np.sum((w * x - 1) ** 2) < loss


def test_the_second_of_two_passes_around_an_update_is_refused() -> None:
    w = leaf(A, name="w")
    loss = np.sum(w * w)
    loss.backward(retain_graph=True)
    with no_grad():
        w -= 0.1 * w.grad
    with pytest.raises(RuntimeError, match=f"'w'.*{CHANGED}"):
        loss.backward()


# Assigning the array


def test_data_may_be_assigned() -> None:
    x = leaf(A)
    x.data = B
    np.sum(x * x).backward()
    np.testing.assert_array_equal(x.grad.data, 2 * B)


@pytest.mark.parametrize("value", [np.array([1, 2, 3]), [True, False, True]], ids=["int", "bool"])
def test_a_tracked_leaf_does_not_become_integer(value: Any) -> None:
    x = leaf(A, name="x")
    with contextlib.suppress(TypeError, ValueError):
        x.data = value
    assert x.dtype == np.float64


# Views

WRITES_OF_VIEWS: dict[str, Callable[[Any, Any], Any]] = {
    "an item of a row": lambda y, w: y[0].__setitem__(1, w),
    "a row of a transpose": lambda y, w: y.T.__setitem__(0, w),
    "all items of a row": lambda y, w: y[0].__setitem__(..., w),
    "a part of a reshape": lambda y, w: y.reshape(-1)[:2].__setitem__(..., w),
    "an operator": lambda y, w: y[0].__iadd__(w),
    "an operator on a diagonal": lambda y, w: np.swapaxes(y, 0, 1)[1:, 0].__imul__(w),
    "all rows": lambda y, w: [row.__iadd__(w) for row in y],
    "two rows": lambda y, w: [row.__imul__(w) for row in list(y)],
    "twice": lambda y, w: y[1].__iadd__(w).__imul__(w),
    "a part of a view with a name": lambda y, w: operator.setitem(z := y.T, 0, z[0].__iadd__(w)),
    "a constant behind": lambda y, w: [rows := list(y), rows[0].__iadd__(w), rows[1].__setitem__(0, 5.0)],
    "a view of a view": lambda y, w: [z := y.reshape(4), part := z[1:], part.__iadd__(w), z.__imul__(w)],
    "parts": lambda y, w: [part.__imul__(w) for part in np.split(y, 2)],
    "a copy of what was written": lambda y, w: [z := y[::-1], z.__iadd__(w), z.reshape(-1).__imul__(w)],
    "a view of what was written": lambda y, w: [z := y[::-1], z.__iadd__(w), z.reshape(2, 2, 1).__imul__(w)],
    "a part of a part": lambda y, w: y[1:][0].__iadd__(w)[:1].__imul__(w),
}


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("write", WRITES_OF_VIEWS.values(), ids=WRITES_OF_VIEWS)
def test_a_recorded_write_to_a_view_is_one_to_the_tensor(
    write: Callable[[Any, Any], Any], tracked: bool
) -> None:
    """What NumPy does with views, and its derivative by a complex step."""

    def written(w: Any, y: Any) -> Any:
        write(y, w)
        return y

    h = 1e-30
    with_step = 3.0 + 1j * h
    expected = written(with_step, with_step * np.ones((2, 2)) if tracked else np.ones((2, 2), complex))
    w = leaf(3.0)
    y = written(w, w * np.ones((2, 2)) if tracked else tensor(np.ones((2, 2))))
    np.testing.assert_allclose(y.detach().data, expected.real, rtol=1e-14)
    weights = np.arange(1.0, 5.0).reshape(2, 2)
    np.sum(y * weights).backward()
    np.testing.assert_allclose(w.grad.data, np.sum(expected.imag / h * weights), rtol=1e-14)


LOOKS: list[Callable[[Any], Any]] = [
    lambda y: y[0],
    lambda y: y[-1:],
    lambda y: y[..., 1:],
    lambda y: y[::-1],
    lambda y: y[None],
    lambda y: y.T,
    lambda y: y.reshape(-1),
    lambda y: np.swapaxes(y, 0, -1),
    lambda y: np.squeeze(y),
    lambda y: np.split(y, y.shape[0])[-1],
    lambda y: np.atleast_2d(y),
    lambda y: np.ravel(y),
    lambda y: np.reshape(y, y.shape[::-1]),
]
CHANGES: list[Callable[[Any, Any], Any]] = [
    lambda y, w: y.__iadd__(w),
    lambda y, w: y.__imul__(w),
    lambda y, w: y.__setitem__(..., w),
    lambda y, w: y.__setitem__(-1, w),
    lambda y, w: y.__setitem__(0, 7.0),
    lambda y, w: operator.setitem(y, slice(1, None), y[1:].__iadd__(w)),
    lambda y, w: y.T[-1:].__iadd__(w),
]
VIEW_STEPS = st.tuples(st.integers(0, 9), st.sampled_from(LOOKS) | st.sampled_from(CHANGES))


@given(st.lists(VIEW_STEPS, max_size=8), st.sampled_from("CF"))
def test_writes_to_views_are_numpys_or_refused(
    steps: list[tuple[int, Callable[..., Any]]], order: Literal["C", "F"]
) -> None:
    """Views are taken of what there is, and written, in any order: never silently another result."""

    def run(y: Any, w: Any) -> Any:
        shown = [y]
        for number, (i, step) in enumerate(steps):
            target = shown[i % len(shown)]
            if step in CHANGES:
                if target.ndim:
                    step(target, (number + 2) * w)
            elif target.ndim:
                shown.append(step(target))
        return y

    h = 1e-30
    expected = run(np.ones((2, 3), complex, order), 1.5 + 1j * h)
    w = leaf(1.5)
    try:
        y = run(tensor(np.ones((2, 3), order=order)), w)
    except RuntimeError as error:
        assert "looks at another tensor" in str(error)  # noqa: PT017
        return
    np.testing.assert_allclose(y.detach().data, expected.real, rtol=1e-12)
    if y.tracked:
        weights = np.arange(1.0, 7.0).reshape(2, 3)
        np.sum(y * weights).backward()
        np.testing.assert_allclose(w.grad.data, np.sum(expected.imag / h * weights), rtol=1e-12)


REFUSED_WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "what was detached": lambda y, w: y.detach().__setitem__(0, w),
    "what was written since": lambda y, w: [row := y[0], y.__setitem__(0, w), row.__iadd__(w)],
    "a part of which was written since": lambda y, w: [row := y[0], y[:, 0].__iadd__(w), row.__iadd__(w)],
    "what was computed anew since": lambda y, w: [row := y[0], y.__iadd__(w), row.__iadd__(w)],
    "what repeats an element": lambda y, w: np.broadcast_to(y, (2, 2, 2)).__iadd__(w),
}


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("write", REFUSED_WRITES.values(), ids=REFUSED_WRITES)
def test_a_write_that_a_view_cannot_hand_on_is_refused(
    write: Callable[[Any, Any], Any], tracked: bool
) -> None:
    w = leaf(3.0)
    y = w * np.ones((2, 2)) if tracked else tensor(np.zeros((2, 2)))
    with pytest.raises(RuntimeError, match=r"(?s)looks at another.*copy\(\)"):
        write(y, w)


def test_a_view_whose_tensor_nobody_has_any_more_is_written_alone() -> None:
    w = leaf(A)
    y = (2 * w).reshape(3, 1)
    y *= 3
    y[0] = 0.0
    np.sum(y).backward()
    np.testing.assert_array_equal(w.grad.data, [0, 6, 6])


def test_a_view_of_a_leaf_is_not_written() -> None:
    w = leaf(A)
    row = w[1:]
    with pytest.raises(RuntimeError, match="leaf"):
        row += 1
    np.testing.assert_array_equal(row.data, A[1:])


def test_copies_and_rows_by_operators_can_be_written() -> None:
    w = tensor(3.0, requires_grad=True)
    y = tensor(np.ones((2, 2)))
    row = y[0].copy()
    row[0] = w
    y[1] *= w
    y[0] += row
    y.sum().backward()
    assert w.grad is not None
    assert w.grad.item() == 3.0


def test_copies_know_nothing_of_earlier_writes() -> None:
    x = tensor(np.zeros(3))
    x += 1
    copied = copy.deepcopy(x)
    copied[0] = leaf(2.0)
    assert copied.requires_grad
    w = leaf(np.ones(2))
    with no_grad():
        for _ in range(30):
            w *= 0.9
    go_on = "loss = (w * w).sum(); other += 1; loss.backward()"  # numbers of writes begin anew in a process
    run = [sys.executable, "-c", f"import pickle, sys; w, other = pickle.load(sys.stdin.buffer); {go_on}"]
    subprocess.run(run, input=pickle.dumps((w, tensor(0.0))), check=True)


def test_copies_share_what_their_originals_share() -> None:
    x = leaf(np.ones(3))
    copied, view = copy.deepcopy([x, x.detach()])
    loss = (copied * copied).sum()
    view += 1
    with pytest.raises(RuntimeError, match=CHANGED):
        loss.backward()
