"""Extreme arguments: arrays of nothing, places out of range, numbers at the limits of their dtype."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import grad, hessian, hvp, tensor, vjp
from autograd.derivatives.positions import moved

Function = Callable[..., Any]

X = np.array([[-3.0, 2.0], [5.0, -7.0], [0.5, 4.0]])
NOTHING = np.ones((0, 3))

AS_NUMPY: dict[str, tuple[Function, Any]] = {
    "cov: more lost than given": (lambda x: np.cov(x, ddof=5), X),
    "cov: three axes": (np.cov, X[None]),
    "gradient: no such axis": (lambda x: np.gradient(x, axis=1), X[0]),
    "gradient: one axis twice": (lambda x: np.gradient(x, axis=(0, 0)), X),
    "reduceat: after the end": (lambda x: np.add.reduceat(x, [0, 3]), X),
    "reduceat: before the start": (lambda x: np.multiply.reduceat(x, [-1], 1), X),
    "reduceat: of nothing": (lambda x: np.add.reduceat(x, [0]), NOTHING),
    "reduce: of one element": (lambda x: np.hypot.reduce(x[:1, 0]), X),
    "reduce: without an initial one": (lambda x: np.hypot.reduce(x[:1, 0], initial=None), X),
    "reduce: of float32": (np.hypot.reduce, X.astype(np.float32)),
    "reduce: of nothing": (np.hypot.reduce, NOTHING),
    "reduce: of no rows": (lambda x: np.hypot.reduce(x, 1), NOTHING),
    "reduce: nothing to divide": (np.divide.reduce, NOTHING),
    "outer: with a number": (lambda x: np.subtract.outer(x, 2.0), X.astype(np.float32)),
    "accumulate: nothing": (np.maximum.accumulate, NOTHING),
    "accumulate: nothing in each row": (lambda x: np.hypot.accumulate(x, 1), NOTHING.T),
    "take: nothing": (lambda x: np.take(x, []), X),
    "take: no rows": (lambda x: np.take(x, [], axis=0), X),
    "median: of nothing": (np.median, NOTHING),
    "median: no such axis": (lambda x: np.median(x, axis=0), X[0, 0]),
    "pad: of no axes": (lambda x: np.pad(x, 1, "linear_ramp"), X[0, 0]),
    "pad: of no axes, with numbers": (lambda x: np.pad(x, 1), X[0, 0]),
    "pad: mirrored at infinity": (
        lambda x: np.pad(x, ((2, 5), (1, 0)), "reflect", reflect_type="odd"),
        np.where(X > 4, np.inf, X),
    ),
    "polyint: of two axes": (np.polyint, X),
    "quantile: of no rows": (lambda x: np.quantile(x, [0.2, 0.9], axis=1), NOTHING),
    "quantile: of nothing": (lambda x: np.quantile(x, 0.2), NOTHING),
    "nanquantile: of no rows": (lambda x: np.nanquantile(x, 0.2, axis=1, keepdims=True), NOTHING),
    "nanquantile: of nothing": (lambda x: np.nanquantile(x, 0.2, axis=0), NOTHING),
    "nanmedian: of nothing": (lambda x: np.nanmedian(x, axis=0), NOTHING),
    "linspace: of float32": (lambda x: np.linspace(0, x, 3), X[0].astype(np.float32)),
    "linspace: of float16": (lambda x: np.linspace(x, 2.0, 4, endpoint=False), X[0].astype(np.float16)),
    "linspace: with integers": (lambda x: np.linspace(x, np.arange(2), 4), X[0].astype(np.float32)),
    "logspace: of float32": (lambda x: np.logspace(x, 2.0, 3), X[0].astype(np.float32)),
    "lstsq: of a stack": (lambda x: np.linalg.lstsq(x, x[0]), X[None]),
    "lstsq: of other lengths": (lambda x: np.linalg.lstsq(x, x[:2]), X),
    "nanvar: as many lost as numbers": (lambda x: np.nanvar(x, axis=1, ddof=2), np.where(X > 4, np.nan, X)),
    "nanstd: more lost than numbers": (lambda x: np.nanstd(x, correction=7), X),
    "subtract.reduce": (np.subtract.reduce, X),
    "subtract.reduce: with an initial one": (lambda x: np.subtract.reduce(x, 1, initial=2.0), X),
    "subtract.reduce: of one element": (np.subtract.reduce, X[:1]),
    "subtract.accumulate": (lambda x: np.subtract.accumulate(x, 1), X),
    "subtract.accumulate: nothing": (np.subtract.accumulate, NOTHING),
    "reduceat: some backwards, of several lengths": (
        lambda x: np.add.reduceat(x, [1, 3, 0, 2, 2], 1),
        X @ X.T,
    ),
    "reduceat: of subtract": (lambda x: np.subtract.reduceat(x, [0, 2]), X),
    "var: of float64": (lambda x: np.var(x, dtype="d"), X.astype(np.float32)),
    "std: of float64": (lambda x: np.std(x, 0, "d"), X.astype(np.float32)),
    "nansum: of float64": (lambda x: np.nansum(x, dtype="d"), X.astype(np.float32)),
    "nanprod: of float32": (lambda x: np.nanprod(x, 0, np.float32), X),
    "nanmean: of float64": (lambda x: np.nanmean(x, 0, "d"), X.astype(np.float32)),
    "nanvar: of float64": (lambda x: np.nanvar(x, 0, "d"), X[:2].astype(np.float32)),
    "nanstd: of float64": (lambda x: np.nanstd(x, 0, "d"), X[:2].astype(np.float32)),
    "concatenate: of float32": (lambda x: np.concatenate([x, x], dtype=np.float32), X),
    "logspace: of several bases": (lambda x: np.logspace(x, 1.0, 3, base=np.array([2.0, 3.0])), X[0]),
    "linspace: one number": (lambda x: np.linspace(x, 2 * x, 1), X),
    "linspace: no numbers": (lambda x: np.linspace(x, 2 * x, 0), X),
    "linspace: of subnormal length": (lambda x: np.linspace(0 * x, 5e-324, 3), X[0]),
    "var: of many small numbers": (lambda x: np.var(x, ddof=1), np.tile(np.float16([0, 0.5]), 40000)),
}
if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # before, this was refused
    AS_NUMPY["clip: by nothing"] = (lambda x: np.clip(x, None, None), X)


def outcome(function: Function, x: Any) -> Any:
    """What a call gives, or the kind of its error."""
    try:
        return function(x)
    except (ValueError, IndexError) as error:
        return type(error)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "x"), AS_NUMPY.values(), ids=AS_NUMPY)
def test_values_and_errors_are_those_of_numpy(function: Function, x: Any) -> None:
    expected, leaf = outcome(function, x), tensor(x, requires_grad=True)
    found = outcome(function, leaf)
    assert found is not leaf
    if isinstance(expected, type):
        assert found is expected
    else:
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.data, expected, strict=isinstance(expected, np.ndarray))
        found.sum().backward()
        assert leaf.grad.shape == x.shape


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("np.pad", lambda x: np.pad(x, ((1, 1), (1, 1, 1)), "edge")),
        ("np.repeat", lambda x: np.repeat(x, [1, 2], axis=0)),
        ("np.delete", lambda x: np.delete(x, 7, axis=0)),
    ],
)
def test_an_error_names_the_function_that_moves_elements(name: str, function: Function) -> None:
    with pytest.raises((ValueError, IndexError), match=rf"{name}: .*\n  argument 0: "):
        function(tensor(X, requires_grad=True))


# Numbers at the limits of their dtype


SLOPES: dict[str, tuple[Function, Any, float]] = {
    "logaddexp: far below": (lambda x: np.log(np.logaddexp(x, 0)), -40.0, 1),
    "logaddexp2: far below": (lambda x: np.log2(np.logaddexp2(0, x)), -60.0, 1),
    "logaddexp: far above": (lambda x: np.logaddexp(x, -1e307), 1e307, 1),
    "x**0: overflow of 1/x": (lambda x: x**0, np.float16(1e-6), 0),
    "x**0: a subnormal number": (lambda x: x**0.0, 1e-310, 0),
    "x**0: NaN": (lambda x: x**0.0, np.nan, 0),
    "x**0.5: at 0": (lambda x: x**0.5, 0.0, 0),
    "x**-1: at 0": (lambda x: x**-1.0, 0.0, -np.inf),
    "x**-0.5: at 0": (lambda x: x**-0.5, 0.0, -np.inf),
    "mean: of many": (lambda x: np.mean(np.repeat(x, 80000)), np.float16(2), 1),
    "arctan2: overflow of squares": (lambda x: np.arctan2(x, 400), np.float16(300), 400 / 500**2),
    "arctan2: overflow of squares, x": (lambda x: np.arctan2(3e200, x), 4e200, -3 / 25 / 1e200),
    "arcsinh: overflow of squares": (np.arcsinh, np.float16(300), 1 / 300),
    "arccosh: overflow of squares": (np.arccosh, 1e200, 1e-200),
    "arccosh: near 1": (np.arccosh, 1 + 2.0**-50, 2.0**24.5),
}


@pytest.mark.parametrize(("function", "x", "slope"), SLOPES.values(), ids=SLOPES)
def test_slopes_at_the_limits(function: Function, x: Any, slope: float) -> None:
    rtol = 2 * np.finfo(np.result_type(x)).eps
    with np.errstate(divide="ignore", over="ignore"):  # in what is 1 / x, or times 0
        np.testing.assert_allclose(grad(function)(x), slope, rtol=rtol)


@pytest.mark.parametrize(("power", "curvature"), [(0.5, 0), (1.5, 0), (-1.0, np.inf), (2.0, 2)])
def test_where_a_slope_is_zero_by_convention_so_is_the_next(power: float, curvature: float) -> None:
    with np.errstate(divide="ignore"):
        assert hessian(lambda x: x**power)(0.0) == curvature


def test_the_slope_of_a_power_by_both_has_its_value_where_the_exponent_is_zero() -> None:
    by_both = grad(grad(lambda x, y: x**y), 1)
    assert by_both(4.0, 0.0) == pytest.approx(1 / 4)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("function", [np.mean, np.var, np.std, np.nanmean, np.nanvar])
def test_of_nothing_a_zero_cotangent_gives_zero(function: Function) -> None:
    for where in X > 10, np.zeros((3, 1), bool):
        pullback = vjp(lambda x, where=where: function(x, axis=1, where=where), X)[1]
        np.testing.assert_array_equal(pullback(np.zeros(3))[0], 0 * X)


@pytest.mark.parametrize("space", [np.linspace, np.logspace])
def test_of_integers_a_range_is_a_plain_array(space: Function) -> None:
    found = space(tensor(-1.5, requires_grad=True), 2.0, 5, dtype=int)
    np.testing.assert_array_equal(found, space(-1.5, 2.0, 5, dtype=int), strict=True)


def test_valid_convolutions_cost_what_those_of_numpy_do(monkeypatch: pytest.MonkeyPatch) -> None:
    products = []

    def counted(function: Function) -> Function:
        def call(x: Any, y: Any, mode: Any = "full") -> Any:
            n, m = sorted(map(np.size, (x, y)))
            products.append(n * m if mode == "full" else n * (m - n + 1))
            return function(x, y, mode)

        return call

    x, y = np.ones(1000), np.ones(990)
    monkeypatch.setattr(np, "convolve", counted(np.convolve))
    monkeypatch.setattr(np, "correlate", counted(np.correlate))
    hvp(lambda both: np.sum(np.correlate(*both, "valid") ** 2), (x, y), (x, y))
    assert max(products) == products[0] == 11 * 990


def test_one_call_tells_of_all_arrays_where_their_elements_went() -> None:
    calls = []

    def row(arrays: Any) -> Any:
        calls.append(arrays)
        return np.concatenate([*arrays])

    gradients = grad(lambda arrays: np.sum(moved(*arrays, by=row)[:3] ** 2))([*X])
    np.testing.assert_array_equal(gradients, 2 * X * [[1, 1], [1, 0], [0, 0]])
    assert len(calls) == 2


def test_bessel_functions_of_large_numbers_are_infinite_at_once() -> None:
    with np.errstate(over="ignore"):
        assert grad(np.i0)(1e300) == np.inf  # by so many terms as that number asks for, never
        assert grad(np.i0)(-1e11) == -np.inf


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_moved_elements_have_gradients_of_their_dtype(dtype: Any) -> None:
    x = tensor(X.astype(dtype), requires_grad=True)
    third = np.ones((), dtype) / 3
    (np.repeat(x, 2, axis=0) * third).sum().backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, np.full(X.shape, third + third), strict=True)
