"""The checker names the likely cause of a wrong gradient, in words."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograd import GradientError, Tensor, derivative, gradcheck, primitive
from autograd.checking.causes import Pair, likely_cause
from autograd.derivatives.table import TABLE

A = np.array([[0.5, 1.5, -2.0], [1.0, -0.5, 3.0], [0.7, 0.2, -0.9], [-1.1, 0.3, 0.4]])
X, Y = A[0], A[1]
Rule = Callable[..., Any]


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    """Take out again what a test enters in the table."""
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)


def with_rules(function: Callable[..., Any], *rules: Rule) -> Callable[..., Any]:
    """Enter a function with these pullbacks."""
    made = primitive(function)
    derivative(made, *rules)
    return made


def constant(x: Any) -> Any:
    """Take the dependence away, of arrays and of Tensors."""
    return x.detach() if isinstance(x, Tensor) else x


def times(x: Any, y: Any) -> Any:
    return x * y


def plus(x: Any, y: Any) -> Any:
    return x + y


def square(x: Any) -> Any:
    return x * x


def mean(x: Any) -> Any:
    return np.mean(x)


RIGHT = (lambda g, y: g * y, lambda g, x: g * x)
MISTAKES: dict[str, tuple[Callable[..., Any], tuple[Rule, ...], tuple[Any, ...], str, str]] = {
    "scaled by 1.05": (times, (lambda g, y: 1.05 * g * y, RIGHT[1]), (X, Y), "x",
                       "a constant factor: everything is 1.05 times what it should be"),
    "half": (times, (RIGHT[0], lambda g, x: g * x / 2), (A, A), "y", "everything is 1/2 times"),
    "negated": (times, (RIGHT[0], lambda g, x: -g * x), (X, Y), "y", "the sign is wrong"),
    "transposed": (square, (lambda g, x: np.transpose(2 * g * x),), (A[:3],), "x",
                   "it is transposed: axes 0 and 1 of the argument are exchanged"),
    "a broadcast axis": (plus, (lambda g: g, lambda g: g[0]), (A, Y), "y",
                         "only index 0 of axis 0 of the result counts: a sum over a broadcast axis is"),
    "the wrong axis": (plus, (lambda g: g, lambda g: np.sum(g, axis=1)), (A[:3], Y), "y",
                       "axes 0 and 1 of the result are exchanged, or a sum goes over the wrong one"),
    "a mean for a sum": (plus, (lambda g: g, lambda g: np.mean(g, axis=0)), (A, Y), "y",
                         "everything is 1/4 of what it should be, and 4 is the length of an axis: a mean"),
    "no mean": (mean, (lambda g, x: g * np.ones_like(x),), (A,), "x",
                "everything is 12 times too large, the length of an axis: a mean is missing"),
    "one of two": (times, (RIGHT[0], lambda g: 0 * g), (X, Y), "y",
                   "the gradient is zero: the argument is treated as a constant"),
    "a factor": (times, (lambda g: 1 * g, RIGHT[1]), (X, Y), "x", "the factor y is missing"),
    "a factor too much": (times, (lambda g, x, y: g * x * y, RIGHT[1]), (X, Y), "x",
                          "the factor x is too much"),
    "no cotangent": (square, (lambda g, x: 2 * x,), (X,), "x", "the pullback does not use the cotangent"),
    "not linear": (square, (lambda g, x: 2 * g * np.abs(g) * x,), (X,), "x",
                   "the pullback is not linear in the cotangent"),
    "one element": (square, (lambda g, x: 2 * g * x * [1, 1.5, 1],), (X,), "x",
                    "1 of 9 elements are wrong, the rest is right"),
    "zero in a part": (square, (lambda g, x: 2 * g * x * [1, 0, 1],), (X,), "x",
                       "zero in a part of the elements, and right elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize(("f", "rules", "inputs", "name", "cause"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_found_and_named(
    f: Callable[..., Any], rules: tuple[Rule, ...], inputs: tuple[Any, ...], name: str, cause: str
) -> None:
    with pytest.raises(GradientError) as caught:
        gradcheck(with_rules(f, *rules), *inputs)
    wrong = [row for row in caught.value.report.rows if row.verdict == "wrong"]
    assert [row.name for row in wrong] == [name]
    assert cause in wrong[0].cause
    assert cause in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (lambda g, x, y: 2 * g * constant(x) * y, "x"),
        (lambda g, x, y: 2 * g * x * constant(y), "y"),
        (lambda g, x, y: 2 * constant(g) * x * y, "the cotangent"),
    ],
    ids=["x", "y", "g"],
)
def test_right_to_first_order_and_wrong_to_second(rule: Rule, name: str) -> None:
    f = with_rules(lambda x, y: x * x * y, rule, lambda g, x: g * x * x)
    assert gradcheck(f, X, Y)
    with pytest.raises(GradientError) as caught:
        gradcheck(f, X, Y, order=2)
    rows = caught.value.report.rows
    assert [(row.order, row.name) for row in rows if row.verdict == "wrong"] == [(2, name)]
    assert f"the derivative of order 2 by {name} is wrong" in str(caught.value)
    assert "(up to order 1 all are right)" in str(caught.value)
    assert "∂(gradient by x)" in str(caught.value)


@given(
    arrays(np.float64, (3, 3), elements=st.floats(0.5, 2), unique=True),
    st.floats(0.01, 100) | st.floats(-100, -0.01),
)
def test_every_factor_is_recognised_at_every_scale(true: Any, factor: float) -> None:
    assume(abs(factor - 1) > 1e-3)
    for scale in 1e-12, 1.0, 1e12:
        pair = Pair(factor * scale * true, scale * true, np.full((3, 3), 1e-9 * scale), lengths=(3,))
        cause = likely_cause(pair)
        assert "what it should be" in cause or "3 times too large" in cause or cause == "the sign is wrong"
        assert ("sign" in cause) == (factor < 0)


@given(arrays(np.float64, (2, 3, 3), elements=st.floats(0.5, 2), unique=True), st.permutations(range(3)))
def test_exchanged_axes_are_recognised(true: Any, axes: list[int]) -> None:
    found = np.transpose(true, axes)
    cause = likely_cause(Pair(found, true, np.full(true.shape, 1e-9)))
    assert ("transposed" in cause) == (axes != [0, 1, 2])


@given(
    arrays(np.float64, (4, 3, 2), elements=st.floats(0.5, 2)),
    st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]),
    st.booleans(),
)
def test_missing_sums_are_recognised(hand: Any, axes: tuple[int, ...], keepdims: bool) -> None:
    true = np.sum(hand, axis=axes, keepdims=keepdims)
    cause = likely_cause(Pair(hand, true, np.full(true.shape, 1e-9)))
    assert "a sum over" in cause
    assert all(str(axis) in cause for axis in axes)


@given(
    st.floats(0.5, 2),
    st.floats(-100, 100).filter(lambda factor: min(abs(factor), abs(abs(factor) - 1)) > 0.01),
)
def test_one_element_shows_no_factor_but_that_of_an_axis(true: float, factor: float) -> None:
    assert likely_cause(Pair(np.array(factor * true), np.array(true), np.array(1e-9))) == ""
    means = likely_cause(Pair(np.array(7 * true), np.array(true), np.array(1e-9), lengths=(7,)))
    assert means.endswith("a mean is missing")
    assert likely_cause(Pair(np.array(-true), np.array(true), np.array(1e-9))) == "the sign is wrong"


@pytest.mark.parametrize("factor", [1 + 1e-5, 1 - 1e-5, 1 + 5e-5])
def test_factors_near_one_are_written_so(factor: float) -> None:
    pair = Pair(factor * A, A, np.full(A.shape, 1e-9))
    assert likely_cause(pair) == f"a constant factor: everything is {factor:g} times what it should be"


def test_what_is_nearly_right_has_no_cause() -> None:
    assert likely_cause(Pair(A * (1 + 2e-6), A, np.full(A.shape, 1e-4))) == ""


def test_of_zeros_no_factor_is_missing() -> None:
    assert likely_cause(Pair(X, 0 * X, np.full(3, 1e-9), factors={"x": 0 * X})) == ""


def test_elements_gathered_twice_are_no_broadcast_axis() -> None:
    true = np.eye(4)[[0, 1, 1, 3]]
    cause = likely_cause(Pair(true * [[1], [0], [1], [1]], true, np.full((4, 4), 1e-9), results=1))
    assert cause == "the gradient is zero in a part of the elements, and right elsewhere"


def test_elements_that_were_not_looked_at_are_not_counted() -> None:
    x = np.random.default_rng(0).normal(size=300)
    with pytest.raises(GradientError, match="1 of 150 elements that were looked at are wrong"):
        gradcheck(lambda x: np.sum(x**2) + constant(x[123]) - x[123] * 1, x)


def test_what_shows_no_pattern_has_no_cause() -> None:
    random = np.random.default_rng(0)
    pair = Pair(random.normal(size=(3, 3)), random.normal(size=(3, 3)), np.full((3, 3), 1e-9), lengths=(3,))
    assert likely_cause(pair) == ""
