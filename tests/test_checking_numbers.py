"""The checker needs no tuning: it neither misses nor invents errors, at any scale, kink or noise."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import GradientError, GradientWarning, Tensor, gradcheck
from autograd.checking.differences import EPS, noise_of_values, slopes

X = np.array([0.5, 1.5, -0.7])
SMOOTH: dict[str, Callable[[Any], Any]] = {
    "linear": lambda x: 3 * x,
    "square": lambda x: x * x,
    "exp": np.exp,
    "sin": np.sin,
    "product": lambda x: np.prod(x),
    "matrix": lambda x: np.tanh(x[:, None] * x).sum(axis=0),
    "softmax": lambda x: np.exp(x) / np.sum(np.exp(x)),
    "log": lambda x: np.log(2 + x),
}
scales = st.integers(-8, 8).map(lambda n: 10.0**n)
sizes = st.integers(-12, 12).map(lambda n: 10.0**n)


def constant(x: Any) -> Any:
    """Take the dependence away, of arrays and of Tensors."""
    return x.detach() if isinstance(x, Tensor) else x


def wrong(f: Callable[[Any], Any], factor: float) -> Callable[[Any], Any]:
    """Return f with a gradient that is ``factor`` times the right one."""

    def scaled(x: Any) -> Any:
        if not isinstance(x, Tensor):
            return f(x)
        return factor * f(x) + (1 - factor) * f(x.detach())

    return scaled


@pytest.mark.parametrize("name", SMOOTH)
@settings(max_examples=20)
@given(scale=scales, size=sizes, seed=st.integers(0, 9))
@example(scale=1e-8, size=1e12, seed=0)
@example(scale=1e8, size=1e-12, seed=0)
def test_right_gradients_pass_and_wrong_ones_do_not_at_any_scale(
    name: str, scale: float, size: float, seed: int
) -> None:
    def f(x: Any) -> Any:
        return size * SMOOTH[name](x / scale)

    assert gradcheck(f, scale * X, order=2, rng=seed)
    with pytest.raises(GradientError, match=r"1\.05 times"):
        gradcheck(wrong(f, 1.05), scale * X, rng=seed)


@pytest.mark.parametrize("name", ["square", "sin", "softmax", "linear"])
@settings(max_examples=20)
@given(scale=scales, size=sizes)
def test_inputs_may_be_much_larger_or_smaller_than_what_the_function_is_made_for(
    name: str, scale: float, size: float
) -> None:
    if name == "softmax" and scale > 10:
        return  # one element is all

    def f(x: Any) -> Any:
        return size * SMOOTH[name](x)

    assert gradcheck(f, scale * X)
    with pytest.raises(GradientError, match=r"1\.05 times"):
        gradcheck(wrong(f, 1.05), scale * X)


@pytest.mark.parametrize("least", [1e-8, 1e-100])
@pytest.mark.parametrize("f", [np.log, lambda x: x * np.log(x)], ids=["log", "entropy"])
def test_elements_of_very_different_size_are_right(f: Callable[[Any], Any], least: float) -> None:
    assert gradcheck(lambda x: f(x), np.array([least, 1.0, 1e8]), order=2)


@pytest.mark.parametrize("elements", [[1e-8, 1.0, 1e8], [1e-3, 1.0], [1.0, 1e6], [1e-4, 1e4]], ids=str)
def test_no_element_hides_another(elements: list[float]) -> None:
    x = np.array(elements)
    assert gradcheck(lambda x: np.sum(np.log(x)), x)
    assert gradcheck(lambda x: np.sum(x), x)
    for i in range(len(x)):
        mask = 1 + 0.05 * (np.arange(len(x)) == i)
        for f in (np.log, np.positive):

            def one_wrong(x: Any, f: Any = f, mask: Any = mask) -> Any:
                if not isinstance(x, Tensor):
                    return np.sum(f(x))
                return np.sum(mask * f(x) + (1 - mask) * f(x.detach()))

            with pytest.raises(GradientError, match=rf"∂x\[{i}\]"):
                gradcheck(one_wrong, x)


@pytest.mark.parametrize("ratio", [1e4, 1e8, 1e12])
@pytest.mark.parametrize("join", [np.stack, tuple], ids=["array", "tuple"])
def test_no_result_hides_another(join: Callable[[Any], Any], ratio: float) -> None:
    def f(x: Any, factor: float) -> Any:
        return join([ratio * x, wrong(np.exp, factor)(x), np.sin(x * np.sum(x)) / ratio])

    assert gradcheck(lambda x: f(x, 1.0), X)
    for factor in (1.5, 1.0001):
        with pytest.raises(GradientError, match="by x is wrong"):
            gradcheck(lambda x, factor=factor: f(x, factor), X)


def test_one_wrong_element_among_many_is_found_and_named() -> None:
    x = np.random.default_rng(0).normal(size=(50, 40))
    mask = np.ones(x.shape)
    mask[31, 7] = 1.05

    def f(x: Any) -> Any:
        return np.sum(np.sin(x)) if not isinstance(x, Tensor) else np.sum(
            mask * np.sin(x) + (1 - mask) * np.sin(x.detach())
        )  # fmt: skip

    with pytest.raises(GradientError, match=r"∂x\[31, 7\].*relative error 0\.048"):
        gradcheck(f, x)


# Kinks


relu = nn.functional.relu
KINKS: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "abs": (np.abs, [0.0, 1.0], r"kink at x\[0\]; the gradient 0 is accepted, from -1 to 1"),
    "relu": (relu, [1.0, 0.0, -1.0], r"kink at x\[1\]; the gradient 0 is accepted, from 0 to 1"),
    "max": (np.max, [2.0, 2.0], r"kink at x\[0\], x\[1\]; the gradient 0.5 is accepted, from 0 to 1"),
    "norm": (np.linalg.norm, [0.0, 0.0], r"kink at x\[0\], x\[1\]"),
    "sum of kinks": (lambda x: np.sum(relu(x) + np.abs(x)), [0.0, 0.0, 1.0], r"kink at x\[0\], x\[1\];"),
    "difference": (lambda x: relu(x[0]) - relu(x[1]), [0.0, 0.0], r"kink at x\[0\], x\[1\]"),
    "small": (lambda x: 1e-9 * np.abs(x), [0.0, 1.0], r"kink at x\[0\]"),
    "border": (lambda x: x**1.5, [0.0, 1.0], r"at the border of the domain, .* x\[0\]"),
    "jump": (lambda x: np.where(x > 1, 2 * x, x), [1.0, 0.5], r"jumps.* at x\[0\]"),
    "sqrt": (np.sqrt, [0.0, 4.0], r"by convention 0 where the slope is infinite: x\[0\]"),
    "cbrt": (np.cbrt, [1.0, 0.0], r"by convention 0 where the slope is infinite: x\[1\]"),
    "power": (lambda x: x**0.3, [0.0, 4.0], r"by convention 0 where the slope is infinite: x\[0\]"),
}


@pytest.mark.parametrize(("f", "x", "words"), KINKS.values(), ids=KINKS)
def test_kinks_are_accepted_and_said(f: Callable[[Any], Any], x: list[float], words: str) -> None:
    report = gradcheck(lambda x: f(x), np.array(x))
    assert report
    assert re.search(words, repr(report))
    assert report.rows[0].verdict in ("kink", "convention")


@given(st.floats(-0.5, 1.5))
def test_at_a_kink_what_lies_between_the_slopes_is_right_and_nothing_else(slope: float) -> None:
    def f(x: Any) -> Any:
        if not isinstance(x, Tensor):
            return np.maximum(x, 0)
        return np.maximum(x.detach(), 0) + slope * (x - x.detach())

    inside = 0 <= slope <= 1
    assert (
        gradcheck(f, np.zeros(1), raise_exception=False).ok == inside
        or min(abs(slope), abs(slope - 1)) < 1e-4
    )


def test_kinks_that_cancel_are_explained() -> None:
    with pytest.raises(GradientError, match="kinks inside the function, which cancel outside, of relu"):
        gradcheck(lambda x: relu(x) - relu(-x), np.array([0.0, 1.0]))


NEAR_KINKS: dict[str, tuple[Callable[..., Any], Any, int]] = {
    "hypot": (lambda x: np.hypot(x, x + 1e-4), [1e-4, 1.0], 2),
    "norm": (lambda x: np.linalg.norm(x, axis=1), [[1e-4, 1e-4], [1.0, 2.0]], 2),
    "cbrt": (np.cbrt, [1e-5, 1.0], 2),
    "power": (lambda x: np.abs(x) ** 1.5, [1e-4, 2.0], 2),
    "relu": (lambda x: np.maximum(x, 0), [1e-12, 1.0, -2.0], 1),
    "shifted": (lambda x: np.sum(np.maximum(x - 1, 0)), [1 + 1e-6, 3.0], 1),
    "second order": (lambda x: x * np.abs(x), [1e-12, 1.0], 2),
}


@pytest.mark.parametrize(("f", "x", "order"), NEAR_KINKS.values(), ids=NEAR_KINKS)
def test_small_elements_near_a_kink_are_right_beside_ordinary_ones(
    f: Callable[..., Any], x: Any, order: int
) -> None:
    report = gradcheck(lambda x: f(x), np.array(x), order=order)
    assert {row.verdict for row in report.rows} == {"right"}
    with pytest.raises(GradientError):
        gradcheck(wrong(f, 1.05), np.array(x))


def test_elements_that_no_difference_tells_leave_the_line_its_say() -> None:
    """Beside a result that is so much larger, the other one is rounding by each element."""
    with pytest.raises(GradientError):
        gradcheck(lambda x: (np.sum(x) * 1e12, np.sum(x) * np.sum(constant(x)) * 1e-8), X)


@pytest.mark.parametrize("seed", [9, 26])
def test_kinks_nearby_do_not_mislead_longer_steps(seed: int) -> None:
    """One unit is 8e-9 from its kink, or one of few steps that measure noise leads over one."""
    r = np.random.default_rng(seed)
    net = nn.Sequential(
        nn.Linear(10, 32, rng=r), nn.ReLU(), nn.Linear(32, 32, rng=r), nn.ReLU(), nn.Linear(32, 1, rng=r)
    )
    assert gradcheck(net, r.normal(size=(64, 10)))


@given(st.floats(-10, -3), st.sampled_from([0.0, 1e3, 1e5]))
def test_one_sided_slopes_hold_where_a_kink_is_near(decade: float, beside: float) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.maximum(x, 0)) + beside

    assert gradcheck(f, np.array([10**decade, 1.0]))
    with pytest.raises(GradientError):
        gradcheck(wrong(f, 1.05), np.array([10**decade, 1.0]))


def test_wrong_elements_beside_a_kink_are_found() -> None:
    with pytest.raises(GradientError, match=r"∂x\[1\]"):
        gradcheck(
            lambda x: np.abs(x) * (1 + x - x.detach() if isinstance(x, Tensor) else 1), np.array([0.0, 2.0])
        )


# Noise


def noisy(level: float) -> Callable[[Any], Any]:
    """Return a function whose values err by about ``level``, always in the same way."""
    return lambda x: (x * x + level * 1e16) - level * 1e16


@given(st.floats(1e-14, 1e-5), st.integers(0, 5))
def test_noise_of_values_is_no_wrong_gradient(level: float, seed: int) -> None:
    assert gradcheck(lambda x: np.sum(noisy(level)(x)), X, rng=seed)
    with pytest.raises(GradientError):
        gradcheck(wrong(lambda x: np.sum(noisy(level)(x)), 1.05), X, rng=seed)


def test_gradients_that_are_nothing_but_rounding_are_right() -> None:
    assert gradcheck(lambda x: np.sum(np.exp(x) / np.sum(np.exp(x))), X)
    assert gradcheck(lambda x: np.sum(x - np.mean(x)), X, order=2)


def log_sum_exp(x: Any) -> Any:
    return np.log(np.sum(np.exp(x - np.max(x))))


@pytest.mark.parametrize(
    "x", [[0.0, 1.0, -30.0, 40.0], [-800.0, 0.0, 30.0], [-20.0, 40.0, 0.0], [800.0, 0.0]], ids=str
)
@pytest.mark.parametrize(
    "f",
    [lambda x: nn.functional.softmax(x, -1), nn.functional.sigmoid, np.tanh, log_sum_exp],
    ids=["softmax", "sigmoid", "tanh", "logsumexp"],
)
@pytest.mark.filterwarnings("ignore::autograd.GradientWarning")
def test_what_rounding_leaves_of_saturated_functions_is_right(
    f: Callable[[Any], Any], x: list[float]
) -> None:
    assert gradcheck(lambda x: f(x), np.array(x), order=2)
    with pytest.raises(GradientError):
        gradcheck(wrong(f, 1.05), np.array([0.0, 1.0, 3.0, 4.0]), order=2)


@pytest.mark.parametrize("f", [lambda x: 1e20 + x, lambda x: 1 - 1e-30 * x], ids=["far", "nearly constant"])
def test_too_flat_to_tell(f: Callable[[Any], Any]) -> None:
    with pytest.warns(GradientWarning, match="by x: the function is too flat to tell"):
        report = gradcheck(lambda x: f(x), X)
    assert report.ok
    assert report.rows[0].verdict == "undecided"


def test_too_noisy_to_tell() -> None:
    with pytest.warns(GradientWarning, match="by x: the function is too noisy to tell"):
        gradcheck(
            lambda x: 1e-6 * x + np.sin(1e15 * x.detach()) if isinstance(x, Tensor) else x, np.array(0.1)
        )


def logistic(x: Any) -> Any:
    for _ in range(40):
        x = 3.9 * x * (1 - x)
    return x


WAVES = 1e12 * np.random.default_rng(1).normal(size=5)
UNRESOLVED: dict[str, tuple[Callable[..., Any], Any]] = {
    "waves": (np.sin, WAVES),
    "a sum of waves": (lambda x: np.sum(np.sin(x)), WAVES),
    "chaos": (logistic, [0.3, 0.4]),
    "arcsin": (np.arcsin, 1 - 1e-12),
    "arccos": (np.arccos, [1 - 1e-12, 0.2]),
    "log1p": (np.log1p, [-1 + 1e-12, 0.2]),
    "arctanh": (np.arctanh, [1 - 1e-12, 0.2]),
    "circle": (lambda x: np.sqrt(1 - x * x), [1 - 1e-12, 0.2]),
}


@pytest.mark.parametrize(("f", "x"), UNRESOLVED.values(), ids=UNRESOLVED)
def test_what_no_step_resolves_is_undecided(f: Callable[..., Any], x: Any) -> None:
    """Slopes change the more the shorter the steps are, down to the least."""
    with pytest.warns(GradientWarning, match="too noisy to tell"):
        report = gradcheck(lambda x: f(x), np.array(x))
    assert [row.verdict for row in report.rows] == ["undecided"]


def test_float32_inside_is_noise() -> None:
    @autograd.primitive
    def rounded(x: Any) -> Any:
        return np.asarray(x, np.float32).astype(float)

    autograd.derivative(rounded, lambda g: 1 * g)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradcheck(lambda x: rounded(x) ** 2, X)
    with pytest.raises(GradientError):
        gradcheck(lambda x: wrong(lambda x: rounded(x) ** 2, 1.05)(x), X)


@given(st.floats(1e-9, 1e3))
def test_the_noise_of_values_is_measured(level: float) -> None:
    def at(t: float) -> Any:
        return np.array([np.round(np.sin(1 + t) / level) * level])

    found = noise_of_values(at, 1.0, np.zeros(1)).item()
    assert found < 2 * level
    if level < 1e-4:
        assert found > level / 100


@given(st.floats(-3, 3), st.sampled_from([1.0, 1e3, 1e8]))
def test_slopes_are_as_near_as_they_say(x: float, scale: float) -> None:
    def at(t: float) -> Any:
        return np.array([np.sin(scale * x + t), np.exp(x + t / scale)])

    found = slopes(at, scale, noise_of_values(at, scale, EPS * np.abs(at(0.0)))).centre
    true = np.array([np.cos(scale * x), np.exp(x) / scale])
    assert np.all(np.abs(found.value - true) <= 4 * found.noise)
    assert np.all(found.noise <= 1e-2 * np.array([1, true[1]]))


# The complex step


def test_the_complex_step_sees_through_noise() -> None:
    def f(x: Any) -> Any:
        return (np.sin(x) + 1e10) - 1e10

    assert gradcheck(f, X)
    with pytest.raises(GradientError, match=r"1\.0001 times|along a random direction"):
        gradcheck(wrong(f, 1.0001), X)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.abs(x) * x,
        lambda x: np.maximum(x, 0.1) ** 2,
        lambda x: x * x.real if isinstance(x, np.ndarray) else x * x,
        lambda x: x * np.conj(x) if isinstance(x, np.ndarray) else x * x,
        lambda x: np.where(x > 0, x, 2 * x) if x.dtype != complex else x.missing,
    ],
    ids=["abs", "maximum", "real", "conj", "error"],
)
@pytest.mark.parametrize("noise", [0.0, 1e10])
def test_functions_that_are_not_analytic_do_not_mislead_it(f: Callable[[Any], Any], noise: float) -> None:
    assert gradcheck(lambda x: np.sum((f(x) + noise) - noise), X)


# What cannot be checked


def test_float32_is_refused_unless_asked_for() -> None:
    x = X.astype(np.float32)
    with pytest.raises(TypeError, match=r"got float32 in x.*allow_float32=True"):
        gradcheck(lambda x: x * x, x)
    assert gradcheck(lambda x: np.tanh(x * x), x, allow_float32=True, order=2)
    with pytest.raises(GradientError, match=r"1\.05 times"):
        gradcheck(wrong(lambda x: np.tanh(x * x), 1.05), x, allow_float32=True)


@pytest.mark.parametrize(
    "f",
    [np.tanh, lambda x: nn.functional.softmax(x, dim=-1), lambda x: nn.functional.layer_norm(x, (20,))],
    ids=["tanh", "softmax", "layer norm"],
)
def test_rounding_of_float32_is_right_where_functions_saturate(f: Callable[..., Any]) -> None:
    for seed in range(10):
        x = 3 * np.random.default_rng(seed).normal(size=20).astype(np.float32)
        assert gradcheck(lambda x: f(x), x, allow_float32=True)
        with pytest.raises(GradientError):
            gradcheck(wrong(f, 1.5), x, allow_float32=True)


def test_networks_of_float32_are_linear_in_the_cotangent() -> None:
    for seed in range(10):
        r = np.random.default_rng(seed)
        net = nn.Sequential(*(nn.Linear(10, 10, rng=r, dtype=np.float32), nn.Tanh()) * 2)
        assert gradcheck(net, 3 * r.normal(size=(16, 10)).astype(np.float32), allow_float32=True)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_inputs_that_are_not_finite(bad: float) -> None:
    with pytest.raises(ValueError, match=r"NaN or infinity in p\['w'\]\[1\]"):
        gradcheck(lambda p: p["w"], {"w": np.array([1.0, bad])})


def test_results_that_are_not_finite() -> None:
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(
            GradientError,
            match=r"no derivative can be checked.*\n.*result\[1\]: the function gives nan there",
        ),
    ):
        gradcheck(lambda x: np.log(x), np.array([1.0, -1.0]))


def test_gradients_that_are_not_finite() -> None:
    @autograd.primitive
    def twice(x: Any) -> Any:
        return 2 * x

    autograd.derivative(twice, lambda g: g * [2, np.inf, np.nan])
    with pytest.raises(GradientError, match=r"the gradient is -?inf at x\[1\], and at 1 more"):
        gradcheck(lambda x: twice(x), np.ones(3))


def test_random_functions_are_named() -> None:
    random = np.random.default_rng(0)
    with pytest.raises(GradientError, match="gives different results when it is called twice"):
        gradcheck(lambda x: x * random.normal(), X)


def test_functions_without_a_result() -> None:
    with pytest.raises(TypeError, match="is a return missing"):
        gradcheck(lambda x: None, X)


def test_orders_start_at_one() -> None:
    with pytest.raises(ValueError, match="order: expected 1 or more, got 0"):
        gradcheck(lambda x: x, X, order=0)
    orders: list[Any] = [2.0, "2"]
    for order in orders:
        with pytest.raises(TypeError, match=f"order: expected an integer, got {order!r}"):
            gradcheck(lambda x: x, X, order=order)


@pytest.mark.parametrize("name", ["atol", "rtol"])
@pytest.mark.parametrize("tolerance", [np.nan, -1.0, "small"])
def test_tolerances_are_numbers_from_zero(name: str, tolerance: Any) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected a number from 0, got {tolerance!r}"):
        gradcheck(lambda x: x, X, **{name: tolerance})


def test_nothing_to_differentiate_by_is_said() -> None:
    frozen = nn.Embedding(3, 2, rng=0)
    frozen.weight.requires_grad = False
    for report in (gradcheck(lambda: 3.0), gradcheck(frozen, np.array([0, 1]))):
        assert repr(report).startswith("gradcheck: there is nothing to differentiate by")


def test_pullbacks_with_a_state_are_named() -> None:
    calls: list[Any] = []

    def rule(g: Any, x: Any) -> Any:
        calls.append(x)
        return 2 * g * x * (1 + 0.1 * (len(calls) % 2))

    square = autograd.primitive(lambda x: x * x)
    autograd.derivative(square, rule)
    with pytest.raises(GradientError, match="different gradients when it is called twice"):
        gradcheck(square, X)


# Reports


def test_a_report_is_a_table_in_text_and_in_notebooks() -> None:
    report = gradcheck(lambda p, *rest: p["<a>"] * rest[0], {"<a>": X}, X, order=2)
    assert report.ok
    assert [(row.order, row.name) for row in report.rows] == [
        (1, "p['<a>']"), (1, "rest[0]"), (2, "p['<a>']"), (2, "rest[0]"), (2, "the cotangent"),
    ]  # fmt: skip
    assert all(row.name in repr(report) for row in report.rows)
    html = report._repr_html_()
    assert html.count("<tr>") == 6
    assert "<a>" not in html
    assert "&lt;a&gt;" in html


def test_the_report_is_given_instead_of_raised() -> None:
    report = gradcheck(lambda x: x * x.detach(), X, raise_exception=False)
    assert not report
    assert report.rows[0].verdict == "wrong"
    assert "is wrong" in repr(report)
