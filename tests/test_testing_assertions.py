"""Wrong rules are found, shrunk, and shown as programs that fail when they are pasted and run."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from autograd import (
    POSITIVE,
    GradientError,
    GradientWarning,
    Tensor,
    constant,
    definition,
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
    drawn,
    tensors,
)
from autograd.testing.properties import slope_lies_between_one_sided_slopes

Function = Callable[..., Any]


def cut(x: Any) -> Any:
    return x.detach() if isinstance(x, Tensor) else x


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


def run_pasted(error: BaseException) -> None:
    """Run the program that an error carries as if it stood in a file of its own."""
    exec(compile(error.__notes__[-1], "pasted", "exec"), {"__name__": "pasted"})


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


# The program


def program_of_failure(*args: Any, **how: Any) -> str:
    with pytest.raises(GradientError) as found:
        assert_gradients(*args, **how)
    with pytest.raises(GradientError):
        run_pasted(found.value)
    return str(found.value.__notes__[-1])


FACTOR = np.array([1.0, np.inf, np.nan])[:1]


def test_the_smallest_case_is_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    program = program_of_failure(product)
    assert program == (
        "import numpy as np\n"
        "from autograd import gradcheck\n"
        f"from {__name__} import product\n\n"
        "x = np.array(0.0078125)\n"
        "y = np.array(0.0078125)\n"
        "gradcheck(product, x, y, order=2)"
    )


def test_what_a_function_reads_is_shown() -> None:
    weights = {"w": np.float32(2.0), "b": (np.zeros((0, 2)), None)}

    def wrong(x: Any) -> Any:
        return x * cut(x) * weights["w"] * FACTOR

    program = program_of_failure(lambda x, n: n * wrong(x), arrays((1,)), st.integers(1, 3))
    assert "weights = {'w': np.float32(2.0), 'b': (np.zeros((0, 2)), None)}" in program
    assert f"from {__name__} import cut" in program
    assert "FACTOR = np.array([1.0])" in program
    assert "def wrong(x: Any) -> Any:" in program
    assert program.endswith("gradcheck(lambda x: (lambda x, n: n * wrong(x))(x, 1), x, order=2)")


def test_an_entry_of_a_function_that_cannot_be_imported_is_shown() -> None:
    @primitive
    def cube(u: Any, /) -> Any:
        return u**3

    derivative(cube, lambda g, x: 3.1 * g * x**2, names="x", domain=POSITIVE, kink=lambda u: u - 1)
    program = program_of_failure(cube)
    assert "derivative(cube, lambda g, x: 3.1 * g * x**2, names='x', domain=Interval('x > 0'" in program
    assert "kink=lambda u: u - 1)" in program
    assert "@primitive" in program


def test_a_definition_that_cannot_be_imported_is_shown() -> None:
    @primitive
    def cube(x: Any) -> Any:
        return x**3

    definition(cube, lambda x: x * x * cut(x))
    assert "definition(cube, lambda x: x * x * cut(x))" in program_of_failure(cube)


def test_containers_tensors_and_keywords_are_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    case = st.fixed_dictionaries({"w": tensors((2,)), "b": arrays(())})
    program = program_of_failure(lambda p: product(p["w"], p["b"]), case)
    assert "p = {'w': tensor(np.array([" in program
    assert "requires_grad=True), 'b': np.array(0." in program
    mixed = drawn(lambda d: call([d.array((2,)), 3], y=d.array(()), axis=None))
    program = program_of_failure(lambda x, y, axis: product(x[0], y) * x[1], mixed)
    assert "([x, 3], y=y, axis=None), x, y, order=2)" in program


def test_a_callable_without_source_is_named() -> None:
    class Wrong:
        def __call__(self, x: Any) -> Any:
            return x * cut(x)

        def __repr__(self) -> str:
            return "Wrong()"

    with pytest.raises(GradientError) as found:
        assert_gradients(Wrong(), arrays())
    assert "Wrong = ...  # put here what gives Wrong()" in found.value.__notes__[-1]


def test_tolerances_are_passed_on_and_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    assert_gradients(product, order=1, rtol=0.1)
    assert "order=1, rtol=0.01)" in program_of_failure(product, order=1, rtol=0.01)


def test_any_error_carries_the_case() -> None:
    def fail(x: Any) -> Any:
        raise LookupError("nothing there")

    with pytest.raises(LookupError) as found:
        assert_gradients(fail)
    assert "x = np.array(0.0078125)\ngradcheck(fail, x, order=2)" in found.value.__notes__[-1]


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
