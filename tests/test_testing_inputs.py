"""What autograd.testing draws: in shape, in dtype, inside domains, away from kinks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from autograd import NONZERO, POSITIVE, REALS, UNIT, Interval, Tensor
from autograd.testing import (
    Call,
    arrays,
    axes,
    axes_and_keepdims,
    broadcastable,
    call,
    drawn,
    graphs,
    tensors,
)

DOMAINS = [REALS, POSITIVE, NONZERO, UNIT, Interval("10 < x < 11", 10, 11)]
each_domain = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)


def occurs(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> bool:
    how = settings(max_examples=3000, phases=[Phase.generate], database=None)
    try:
        find(strategy, condition, settings=how)
    except NoSuchExample:
        return False
    return True


# Arrays


@each_domain
@given(st.data())
def test_elements_lie_inside_the_domain_and_differ(domain: Interval, data: st.DataObject) -> None:
    x = data.draw(arrays(domain=domain))
    assert x.dtype == np.float64
    assert np.all((domain.low < x) & (x < domain.high))
    assert not np.isin(x, domain.without).any()
    assert np.unique(x).size == x.size


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), ()),
        (3, (3,)),
        ((2, 3), (2, 3)),
        ([2, 3], (2, 3)),
        ((0, 2), (0, 2)),
        ((10, 12), (10, 12)),
        (st.just((4,)), (4,)),
    ],
    ids=str,
)
@settings(max_examples=3)
@given(st.data())
def test_the_shape_may_be_chosen(shape: Any, expected: tuple[int, ...], data: st.DataObject) -> None:
    x = data.draw(arrays(shape))
    assert x.shape == expected
    assert np.unique(x).size == x.size


def test_shapes_differ_by_default() -> None:
    for shape in (), (2,), (3, 1), (1, 2, 3):
        assert occurs(arrays(), lambda x, shape=shape: x.shape == shape)


@given(arrays())
def test_arrays_are_small(x: Any) -> None:
    assert x.ndim <= 3
    assert 1 <= x.size <= 27


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int64", "bool"])
def test_the_dtype_may_be_chosen(dtype: str) -> None:
    @given(arrays((2,), dtype=dtype))
    def check(x: Any) -> None:
        assert x.dtype == dtype

    check()


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (
            lambda: arrays(3, domain=(0, 1)),
            TypeError,
            r"domain: expected an Interval, .*got \(0, 1\)",
        ),
        (lambda: tensors(domain=1.0), TypeError, "domain: .*got 1.0"),
        (lambda: broadcastable(2, domain=(0, 1)), TypeError, "domain: expected an Interval"),
        (lambda: arrays(2.5), ValueError, "shape: expected a length, a tuple of them, .*got 2.5"),
        (lambda: arrays((2, "a")), ValueError, r"shape: .*got \(2, 'a'\)"),
        (lambda: arrays((2, -1)), ValueError, r"shape: .*got \(2, -1\)"),
        (lambda: axes(-1), ValueError, "ndim: expected a number of axes, got -1"),
        (lambda: axes_and_keepdims(-1), ValueError, "ndim: "),
        (lambda: graphs([]), ValueError, "functions: expected one or more of the table, .*got none"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        draw()


def test_a_dtype_without_real_numbers_is_refused() -> None:
    with pytest.raises(TypeError, match="dtype: expected a dtype of real numbers, got 'complex128'"):
        arrays(dtype="complex128")


@given(arrays(away_from=(0.0, 1.0)))
def test_elements_keep_a_distance_from_points(x: Any) -> None:
    assert np.all(np.abs(x) > 0.1)
    assert np.all(np.abs(x - 1) > 0.1)


@given(arrays((3,), away_from=lambda x: x[0] + x[1]))
def test_elements_keep_a_distance_from_a_kink(x: Any) -> None:
    assert abs(x[0] + x[1]) > 1 / 128


@given(tensors(dtype=np.float32), tensors((2,), requires_grad=False))
def test_tensors_are_leaves(x: Tensor, y: Tensor) -> None:
    assert x.is_leaf
    assert x.requires_grad
    assert x.dtype == np.float32
    assert not y.requires_grad
    assert y.shape == (2,)


# Groups and axes


@given(broadcastable(3, domain=(REALS, POSITIVE, NONZERO)))
def test_groups_broadcast(group: tuple[Any, ...]) -> None:
    _, y, z = group
    np.broadcast_shapes(*(part.shape for part in group))
    assert np.all(y > 0)
    assert np.all(z != 0)


def test_groups_differ_in_shape() -> None:
    assert occurs(broadcastable(2), lambda group: group[0].shape != group[1].shape)


def test_a_group_has_one_domain_for_each_array() -> None:
    with pytest.raises(ValueError, match="one for each of 3 arrays, got 2"):
        broadcastable(3, domain=(REALS, POSITIVE))


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1), ()], ids=str)
def test_every_way_to_name_axes_is_drawn(axis: Any) -> None:
    assert occurs(axes(2), lambda found: found == axis)


@given(axes_and_keepdims(3))
def test_axes_and_keepdims_are_arguments_of_a_reduction(how: dict[str, Any]) -> None:
    np.sum(np.ones((1, 2, 3)), **how)


@given(drawn(lambda d: call(x := d.array(), axis=d.axes(x.ndim))))
def test_a_line_is_a_strategy(found: Call) -> None:
    found.of(np.sum)


def test_calls_hold_arrays_in_containers() -> None:
    found = call({"w": [np.ones(2), 3]}, tensors_too := Tensor(np.zeros(())), n=2, axis=(0, None))
    assert [type(x) for x in found.arrays()] == [np.ndarray, Tensor]
    other = found.with_arrays(["a", "b"])
    assert other == call({"w": ["a", 3]}, "b", n=2, axis=(0, None))
    assert found.args[1] is tensors_too
