"""Wrong rules are found, and shrunk; what they are given is drawn, and what cannot be is said."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from autograd import (
    POSITIVE,
    GradientError,
    GradientWarning,
    Tensor,
    constant,
    derivative,
    primitive,
)
from autograd.derivatives.table import TABLE
from autograd.testing import (
    Call,
    Draw,
    arrays,
    assert_gradients,
    broadcastable,
    call,
    check_entry,
)
from autograd.testing.properties import slope_lies_between_one_sided_slopes
from tests.test_testing_programs import cut, run_pasted

Function = Callable[..., Any]


@primitive
def product(x: Any, y: Any) -> Any:
    return x * y


@primitive
def log_cosh(x: Any) -> Any:
    return np.logaddexp(x, -x) - np.log(2)


@primitive
def gram(x: Any) -> Any:
    return x.T @ x


@primitive
def shifted(x: Any, y: Any) -> Any:
    return x + y


def matrices(d: Draw) -> Call:
    return call(d.array((2, 2)))


def same_shapes(d: Draw) -> Call:
    return call(d.array(shape := d.shape()), d.array(shape))


# What is wrong, of what, by which rules, at which arguments; and how else the entry is declared.
# The engine sums over broadcast axes itself; so the rule that forgets one is that of a structured entry.
WRONG: dict[str, tuple[Function, list[Function | None], Function, str]] = {
    "scaled by 1.05": (product, [lambda g, y: 1.05 * g * y, lambda g, x: g * x], same_shapes, "elementwise"),
    "transposed": (gram, [lambda g, x: (x @ (g + g.T)).T], matrices, "product"),
    "forgets a broadcast axis": (
        shifted,
        [lambda g: g, lambda g, y_shape: np.reshape(g[0], y_shape)],
        lambda d: call(d.array((2, 3)), d.array((3,))),
        "product",
    ),
    "forgets one of two arguments": (product, [lambda g, y: g * y, None], same_shapes, "elementwise"),
    "wrong to second order": (
        product,
        [lambda g, y: g * cut(y), lambda g, x: g * x],
        same_shapes,
        "elementwise",
    ),
}
each_wrong = pytest.mark.parametrize(("function", "rules", "line", "kind"), WRONG.values(), ids=WRONG)


@each_wrong
def test_assert_gradients_finds_a_wrong_rule(
    function: Function, rules: list[Function | None], line: Function, kind: str
) -> None:
    derivative(function, *rules, kind=kind)
    with pytest.raises(GradientError) as found:
        assert_gradients(function, line, max_examples=20)
    with pytest.raises(GradientError) as pasted:
        run_pasted(found.value)
    assert str(pasted.value) == str(found.value)


@each_wrong
def test_check_entry_finds_a_wrong_rule(
    function: Function, rules: list[Function | None], line: Function, kind: str
) -> None:
    derivative(function, *rules, kind=kind)
    with pytest.raises(GradientError) as found:
        check_entry(function, line)
    assert any("First and second derivatives" in note for note in found.value.__notes__)
    with pytest.raises(GradientError):
        run_pasted(found.value)


@primitive
def largest(x: Any) -> Any:
    return np.max(x)


@primitive
def square(x: Any) -> Any:
    return x**2


@primitive
def times(x: Any, factor: float = 2.0, number: int = 1) -> Any:
    return x * factor * number


CACHE: dict[Any, Any] = {}


def in_one_array(g: Any, x: Any) -> Any:
    if isinstance(g, Tensor):
        return 2 * g * x
    kept = CACHE.setdefault(x.shape, np.empty(x.shape))
    kept[...] = 2 * g * x
    return kept


def as_it_lies_in_memory(g: Any, x: Any) -> Any:
    in_memory = g if isinstance(g, Tensor) else np.reshape(np.ravel(g, order="K"), g.shape)
    return 2 * in_memory * x


def in_double_only(g: Any, x: Any) -> Any:
    return 2 * g * x if x.dtype == np.float64 else g * x


# Of what function which rule is wrong; further keywords of the entry; words of the property that finds it.
HIDDEN: dict[str, tuple[Function, Function, str, str]] = {
    "ties count in full": (largest, lambda g, x, out: g * (x == out), "", "At a kink"),
    "right in double only": (square, in_double_only, "", "the same value in every dtype"),
    "one array for all calls": (square, in_one_array, "", "Of two calls"),
    "takes any order for C": (square, as_it_lies_in_memory, "", "not contiguous"),
    "ignores a number": (times, lambda g, number=1: g * 2.0 * number, "factor", "First and second"),
    "ignores an integer": (times, lambda g, factor=2.0, number=1: g * factor, "", "First and second"),
}


@pytest.mark.parametrize(("function", "rule", "keywords", "words"), HIDDEN.values(), ids=HIDDEN)
def test_check_entry_finds_what_differences_do_not_see(
    function: Function, rule: Function, keywords: str, words: str
) -> None:
    derivative(function, rule, keywords=keywords)
    with pytest.raises(AssertionError) as found:
        check_entry(function, max_examples=100)
    assert any(words in note for note in found.value.__notes__)
    with pytest.raises(AssertionError):
        run_pasted(found.value)


def test_keyword_arguments_that_are_numbers_are_drawn_if_the_function_takes_them() -> None:
    @primitive
    def slice_of(x: Any, kind: int = 1) -> Any:
        return (x, 2 * x)[kind]

    derivative(slice_of, lambda g, kind=1: (1 + kind) * g)
    check_entry(slice_of)


@pytest.mark.parametrize("given", [None, [1.0]], ids=repr)
def test_a_rule_must_give_an_array(given: Any) -> None:
    derivative(square, lambda g: given)
    for check in assert_gradients, check_entry:
        with pytest.raises(TypeError, match=r"must give an array, got .*; is a return missing"):
            check(square)


def test_arguments_go_by_their_names() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    by_keyword: Function = lambda d: call(d.array((2,)), y=d.array((2,)))  # noqa: E731
    for check, line in (check_entry, None), (check_entry, by_keyword), (assert_gradients, by_keyword):
        with pytest.raises(GradientError, match="the derivative by x is wrong"):
            check(product, *[line] if line else [])


def test_what_keeps_something_between_calls_is_said() -> None:
    calls = []

    def counted(g: Any) -> Any:
        calls.append(1)
        return 3 * g if len(calls) < 8 else 2 * g

    derivative(times, counted)
    with pytest.raises(GradientError) as found:
        check_entry(times, lambda d: call(d.array()))
    assert "Tried again it passes: the function, or a rule, keeps something" in found.value.__notes__[-3]


def test_a_cause_is_kept() -> None:
    def fail(x: Any) -> Any:
        raise LookupError("nothing there") from KeyError("it")

    with pytest.raises(LookupError) as found:
        assert_gradients(fail)
    assert isinstance(found.value.__cause__, KeyError)
    assert "raises LookupError at arguments that were drawn by default" in found.value.__notes__[-3]


def test_the_hint_is_of_functions_that_fail_on_tensors() -> None:
    with pytest.raises(GradientError) as found:
        assert_gradients(lambda x: x * x.detach())
    assert not any("by default" in note for note in found.value.__notes__)


@pytest.mark.parametrize("check", [assert_gradients, check_entry])
def test_right_rules_pass(check: Function) -> None:
    derivative(product, lambda g, y: g * y, lambda g, x: g * x)
    check(product)
    derivative(gram, lambda g, x: x @ (g + g.T), kind="product")
    check(gram, matrices)


@pytest.mark.parametrize(("size", "factor"), [(1e-9, 0.0), (1e-9, 1.5), (1e-3, 1.0001)])
def test_check_entry_finds_wrong_rules_of_functions_with_small_values(size: float, factor: float) -> None:
    @primitive
    def small(x: Any) -> Any:
        return size * np.sin(x)

    derivative(small, lambda g, x: size * g * np.cos(x))
    check_entry(small, max_examples=5)
    derivative(small, lambda g, x: factor * size * g * np.cos(x))
    with pytest.raises(GradientError):
        check_entry(small, max_examples=5)


@primitive
def log_determinant(a: Any) -> Any:
    return np.linalg.slogdet(a)[1]


@primitive
def logarithm(x: Any) -> Any:
    return np.log(x)


@pytest.mark.parametrize(
    ("function", "rule", "misfit"),
    [
        pytest.param(log_determinant, lambda g, a: g * np.linalg.inv(a).T, "raises LinAlgError", id="shape"),
        pytest.param(logarithm, lambda g, x: g / x, "gives nan", id="domain"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_a_function_does_not_take_is_to_be_said(function: Function, rule: Function, misfit: str) -> None:
    derivative(function, rule)
    for check, fix in (check_entry, r"lambda d: call\(.*domain="), (assert_gradients, r"arrays\(.*domain="):
        with pytest.raises((GradientError, np.linalg.LinAlgError)) as found:
            check(function)
        assert re.search(f"{misfit} at arguments .* drawn by default.*{fix}", found.value.__notes__[-3])
    with pytest.raises((GradientError, np.linalg.LinAlgError)) as found:
        check_entry(function, lambda d: call(np.array(-1.0)))
    assert not any("by default" in note for note in found.value.__notes__)


# Arguments


@pytest.mark.parametrize(
    ("function", "strategies"),
    [
        (np.hypot, ()),
        (lambda x, y, scale=2.0: scale * x * y, ()),
        (np.log, (arrays(domain=POSITIVE),)),
        (np.divide, (broadcastable(2, domain=POSITIVE),)),
        (lambda x, n: x**n, (arrays((2,)), st.integers(1, 3))),
        (np.sum, (lambda d: d.reduction(),)),
    ],
)
def test_arguments_are_drawn(function: Function, strategies: tuple[Any, ...]) -> None:
    assert_gradients(function, *strategies, max_examples=20)


def test_a_function_must_say_how_many_arguments_it_takes() -> None:
    with pytest.raises(TypeError, match="does not say how many arguments it takes; give strategies"):
        assert_gradients(lambda *arrays: arrays[0])


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: assert_gradients(np.sin, np.ones(3)), "strategy for each argument.*array.*gradcheck"),
        (lambda: check_entry(np.sin, arrays(3)), "check_entry: expected a line that draws a call"),
    ],
)
def test_what_draws_no_arguments_is_refused(check: Function, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        check()


@pytest.mark.parametrize("check", [assert_gradients, check_entry])
def test_no_examples_are_refused(check: Function) -> None:
    with pytest.raises(InvalidArgument, match="max_examples=0 must be at least one"):
        check(np.sin, max_examples=0)


def test_a_function_that_is_too_flat_everywhere_is_warned_of() -> None:
    with pytest.warns(GradientWarning, match="in no case could differences tell"):
        assert_gradients(lambda x: 1e9 + 1e-9 * x, arrays(()), max_examples=5)


# check_entry


def test_check_entry_takes_an_entry() -> None:
    check_entry(TABLE[np.sin], max_examples=5)


def test_a_rule_may_call_a_function_that_is_not_guarded() -> None:
    derivative(log_cosh, lambda g, x: g * np.tanh(x))
    check_entry(log_cosh, max_examples=40)


@pytest.mark.parametrize(
    ("enter", "error", "message"),
    [
        (lambda: None, LookupError, r"no <function product.*enter it with autograd\.derivative"),
        (lambda: constant(product), TypeError, "product is constant: there is no derivative to check"),
        (
            lambda: derivative(product, lambda g: g, names="x", kind="other"),
            LookupError,
            "product: nothing says which arguments it takes; give check_entry a second argument",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(enter: Function, error: type[Exception], message: str) -> None:
    enter()
    with pytest.raises(error, match=message):
        check_entry(product)


def test_the_property_that_does_not_hold_is_named_and_shown() -> None:
    @primitive
    def same(x: Any) -> Any:
        return 1.0 * x

    derivative(same, lambda g, x: np.where(np.equal(x, 0), 3 * g, g))
    with pytest.raises(AssertionError) as found:
        check_entry(same)
    named, _, program = found.value.__notes__
    assert named.startswith("same breaks a rule for all entries: At a kink too the derivative lies between")
    assert program.endswith("slope_lies_between_one_sided_slopes(TABLE[same], call(np.array(0.0)))")
    with pytest.raises(AssertionError):
        run_pasted(found.value)


def test_where_kinks_meet_a_mean_of_the_gradients_nearby_is_right() -> None:
    tied = np.array([[0.0, 0.5], [0.0, 0.5], [0.0, 0.5]])  # the rows' sums tie, and |x| bends at 0
    slope_lies_between_one_sided_slopes(TABLE[np.linalg.norm], call(tied, ord=-np.inf, axis=(0, 1)))
