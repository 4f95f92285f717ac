"""The gradient checker finds wrong rules, and accepts right ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import GradientError, Tensor, derivative, gradcheck, primitive, tensor

X, Y = np.array([0.5, 1.5, -2.0]), np.array([1.0, -0.5, 3.0])
Pullbacks = tuple[Callable[..., Any], ...]


def constant(x: Any) -> Any:
    """Take the dependence away, of arrays and of Tensors."""
    return x.detach() if isinstance(x, Tensor) else x


def product(*pullbacks: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function x² y that has these pullbacks."""

    @primitive
    def squared_times(x: Any, y: Any) -> Any:
        return x * x * y

    derivative(squared_times, *pullbacks)
    return squared_times


RIGHT: Pullbacks = (lambda g, x, y: 2 * g * x * y, lambda g, x: g * x * x)
WRONG: dict[str, Pullbacks] = {
    "scaled": (lambda g, x, y: 2.02 * g * x * y, RIGHT[1]),
    "scaled a little": (RIGHT[0], lambda g, x: g * x * x * 1.0001),
    "negated": (RIGHT[0], lambda g, x: -g * x * x),
    "an argument forgotten": (lambda g, x: 2 * g * x, RIGHT[1]),
    "zero": (RIGHT[0], lambda g: 0 * g),
    "arguments exchanged": (lambda g, x, y: 2 * g * y * y, RIGHT[1]),
    "the cotangent forgotten": (RIGHT[0], lambda g, x: x * x),
    "only one element": (RIGHT[0], lambda g, x: g * x * x * np.arange(3) / np.arange(3).clip(1)),
    "not a number": (RIGHT[0], lambda g, x: g * x * x * np.nan),
}
WRONG_IN_SECOND_ORDER: dict[str, Pullbacks] = {
    "x is constant": (lambda g, x, y: 2 * g * constant(x) * y, RIGHT[1]),
    "y is constant": (lambda g, x, y: 2 * g * x * constant(y), RIGHT[1]),
    "g is constant": (RIGHT[0], lambda g, x: constant(g) * x * x),
}  # fmt: skip


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("pullbacks", WRONG.values(), ids=WRONG)
def test_wrong_rules_are_found(pullbacks: Pullbacks, order: int) -> None:
    with pytest.raises(GradientError, match="is wrong"):
        gradcheck(product(*pullbacks), X, Y, order=order)


@pytest.mark.parametrize("pullbacks", WRONG_IN_SECOND_ORDER.values(), ids=WRONG_IN_SECOND_ORDER)
def test_rules_that_are_right_to_first_order_only_are_found(pullbacks: Pullbacks) -> None:
    f = product(*pullbacks)
    assert gradcheck(f, X, Y)
    with pytest.raises(GradientError, match="is wrong"):
        gradcheck(f, X, Y, order=2)


NONLINEAR: dict[str, tuple[Callable[..., Any], str]] = {
    "ignored": (lambda g, x: 2 * x, "does not use the cotangent"),
    "squared": (lambda g, x: g * g * 2 * x, "is not linear in the cotangent"),
    "its size": (lambda g, x: np.abs(g) * 2 * x, "is not linear in the cotangent"),
}  # fmt: skip


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("x", [np.array(3.0), np.array([3.0]), np.array([1.0, 2.0])], ids=str)
@pytest.mark.parametrize(("rule", "words"), NONLINEAR.values(), ids=NONLINEAR)
def test_rules_of_scalars_must_be_linear_in_the_cotangent(
    rule: Callable[..., Any], words: str, x: np.ndarray[Any, Any], order: int
) -> None:
    @primitive
    def squares(x: Any) -> Any:
        return np.sum(x**2)

    derivative(squares, rule, kind="reduction")
    with pytest.raises(GradientError, match=f"likely cause: the pullback {words}"):
        gradcheck(squares, x, order=order)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_rules_are_accepted(order: int) -> None:
    assert gradcheck(product(*RIGHT), X, Y, order=order)


FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "scalars": (lambda x: np.exp(x) / x, (2.0,)),
    "broadcast": (lambda x, y: np.sin(x * y[:, None]), (X, Y)),
    "matrices": (lambda x: np.tanh(x @ x.T), (np.outer(X, Y),)),
    "containers": (lambda p: {"out": p["a"] * p["b"][0]}, ({"a": X, "b": [Y]},)),
    "several results": (lambda x: (x * x, np.sum(x)), (X,)),
    "in place": (lambda x: written(x), (X,)),
    "empty": (lambda x: 2 * x, (np.zeros(0),)),
    "a constant": (lambda x: np.ones(2), (X,)),
    "large values": (lambda x: x * x, (1e6 * X,)),
    "small values": (lambda x: x * x, (1e-6 * X,)),
}


def written(x: Any) -> Any:
    y = 1 * x
    y[1:] *= y[:-1]
    return y


@pytest.mark.parametrize(("f", "inputs"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_of_any_form(f: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    report = gradcheck(f, *inputs, order=2)
    assert report
    assert report.ok


def test_inputs_may_be_tensors_and_are_not_changed() -> None:
    x = tensor(X, requires_grad=True)
    assert gradcheck(lambda x: np.sum(x**3), x, order=2)
    np.testing.assert_array_equal(x.data, X)
    assert x.grad is None


def test_rules_may_not_write() -> None:
    def pullback(g: Any, x: Any, y: Any) -> Any:
        found = 2 * g * x * y
        if not isinstance(x, Tensor):
            x *= 0
        return found

    x = X.copy()
    with pytest.raises(ValueError, match="read-only"):
        gradcheck(product(pullback, RIGHT[1]), x, Y)
    np.testing.assert_array_equal(x, X)


def test_the_message_names_the_input_and_gives_both_numbers() -> None:
    f = product(RIGHT[0], lambda g, x: 2 * g * x * x)
    with pytest.raises(
        GradientError, match=r"by y: worst at ∂result\[2\]/∂y\[2\]: .* gives 8, .* give 4 ± .* error 0.5"
    ) as caught:
        gradcheck(f, X, Y)
    assert [row.name for row in caught.value.report.rows if row.verdict == "wrong"] == ["y"]


@pytest.mark.parametrize("dtype", [np.float32, np.float16, int, bool])
def test_other_dtypes_than_float64_are_refused(dtype: Any) -> None:
    with pytest.raises(TypeError, match=r"float64.*y.*astype\(float\)"):
        gradcheck(lambda x, y: x * y, X, Y.astype(dtype))


def test_a_dropped_gradient_is_found() -> None:
    with pytest.raises(GradientError, match="by x is wrong"):
        gradcheck(lambda x: x * x.detach(), X)


@pytest.mark.parametrize("seed", range(5))
def test_long_steps_may_leave_the_domain_of_a_function(seed: int) -> None:
    """Some directions make eigenvalues complex, which is refused, or square roots of negative numbers."""
    matrix = np.diag([3.0, 6.0, 9.0]) + np.triu(np.full((3, 3), 0.3), 1) - np.tril(np.full((3, 3), 0.3), -1)
    gradcheck(np.linalg.eigvals, matrix, order=2, rng=seed)

    def root(x: Any) -> Any:
        if np.any(x < 0):
            raise ValueError("expected numbers from 0")
        return np.sqrt(x)

    gradcheck(root, np.array([1.0, 2.0]), rng=seed)


def test_the_same_seed_draws_the_same_directions() -> None:
    f = product(RIGHT[0], lambda g, x: 2 * g * x * x)
    messages = set()
    for rng in (3, 3, np.random.default_rng(3)):
        with pytest.raises(GradientError) as caught:
            gradcheck(f, X, Y, rng=rng)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_a_value_is_no_function() -> None:
    w = tensor(2.0, requires_grad=True)
    values: list[Any] = [w**2, 3.0, X]
    for value in values:
        with pytest.raises(TypeError, match=r"gradcheck: expected a function.*got .*use loss\.backward\(\)"):
            gradcheck(value, w)
