"""Equal elements share a gradient; quantiles and the edges of bins follow what they depend on."""

import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import grad, gradcheck, tensor, vjp

SAMPLES = np.array([0.3, -1.2, 2.5, 0.9, 1.7])
CONTINUOUS = ("linear", "hazen", "weibull", "median_unbiased", "normal_unbiased", "interpolated_inverted_cdf")


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda x: np.sort(x)[1], id="sort"),
        pytest.param(lambda x: np.partition(x, 2)[2], id="partition"),
        pytest.param(np.median, id="median"),
        pytest.param(np.nanmedian, id="nanmedian"),
        pytest.param(lambda x: np.max(x[:4]), id="max"),
    ],
)
def test_three_equal_elements_share_equally(choose: Callable[[Any], Any]) -> None:
    x = np.array([2.0, 2.0, 1.0, 2.0, 5.0])
    np.testing.assert_allclose(grad(choose)(x), [1 / 3, 1 / 3, 0, 1 / 3, 0])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
@pytest.mark.parametrize("function", [np.median, np.nanmedian])
def test_of_nothing_the_median_is_what_numpy_says(
    function: Callable[..., Any], shape: tuple[int, ...]
) -> None:
    for axis in (None, *range(len(shape))):
        x = tensor(np.ones(shape), requires_grad=True)
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Mean of empty slice")
            result, expected = function(x, axis), function(np.ones(shape), axis)
        np.testing.assert_array_equal(result.data, expected)
        np.sum(result).backward()
        assert x.grad.shape == shape


@pytest.mark.parametrize("axis", [0, 1, -2, None])
def test_equal_elements_of_one_row_share_the_mean(axis: int | None) -> None:
    x = np.array([[2.0, np.nan, 2.0, -0.0, 1.0], [1.0, 2.0, 0.0, np.nan, np.nan], [2.0, 2.0, 2.0, 0.0, 1.0]])
    g = np.arange(15.0).reshape(np.sort(x, axis).shape)
    found = vjp(lambda x: np.sort(x, axis), x)[1](g)[0]
    rows = (
        [np.arange(15)]
        if axis is None
        else np.moveaxis(np.arange(15).reshape(3, 5), axis, -1).reshape(-1, x.shape[axis])
    )
    for row in rows:
        values, flat = x.ravel()[row], np.sort(x, axis).ravel()[row]
        for i, value in zip(row, values, strict=True):
            same = np.isclose(flat, value, rtol=0, atol=0, equal_nan=True)
            assert found.ravel()[i] == np.mean(g.ravel()[row][same])


@pytest.mark.parametrize("function", [np.sort, np.median], ids=lambda f: f.__name__)
def test_a_gradient_compares_no_pairs(function: Callable[..., Any]) -> None:
    x = np.random.default_rng(0).normal(size=(300, 300))
    tracemalloc.start()
    try:
        grad(lambda x: np.sum(function(x, axis=1)))(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * x.nbytes


@pytest.mark.parametrize("method", CONTINUOUS)
@pytest.mark.parametrize("quantile", [np.quantile, np.nanquantile])
def test_a_quantile_has_a_gradient_by_q(quantile: Callable[..., Any], method: str) -> None:
    q = np.array([0.31, 0.66])
    gradcheck(lambda a, q: quantile(a, q, method=method), SAMPLES, q, order=2)


@pytest.mark.parametrize(
    "method", [*CONTINUOUS, "lower", "midpoint", "closest_observation", "averaged_inverted_cdf"]
)
def test_a_quantile_has_the_dtype_that_numpy_gives(method: Any) -> None:
    x = SAMPLES.astype(np.float32)
    wide = [np.float64(0.3)] if np.lib.NumpyVersion(np.__version__) >= "2.3.0" else []  # else as a number
    for q in 0.3, [0.3, 0.5], np.float32(0.3), *wide:
        found = np.quantile(tensor(x, requires_grad=True), q, method=method)
        assert found.dtype == np.quantile(x, q, method=method).dtype


def test_a_percentile_has_a_gradient_by_q() -> None:
    gradcheck(lambda q: np.percentile(SAMPLES, q), np.array([31.0, 66.0]))


@pytest.mark.parametrize("function", [np.median, np.nanmedian, lambda x, **how: np.percentile(x, 50, **how)])
def test_nothing_needs_to_be_overwritten(function: Callable[..., Any]) -> None:
    np.testing.assert_array_equal(grad(lambda x: function(x, overwrite_input=True))(SAMPLES), [0, 0, 0, 1, 0])


@pytest.mark.parametrize("bins", [3, "auto", "doane"])
def test_the_edges_of_bins_follow_the_data(bins: Any) -> None:
    gradcheck(lambda a: np.histogram_bin_edges(a, bins), SAMPLES, order=2)
    gradcheck(lambda a: np.histogram(a, bins)[1], SAMPLES)
    gradcheck(lambda a: np.histogram(a, 3, density=True)[0], SAMPLES)
    gradcheck(lambda w: np.histogram(SAMPLES, 3, weights=w)[0], SAMPLES**2)


def test_edges_of_several_axes_follow_the_data() -> None:
    gradcheck(lambda x: np.histogram2d(x, x * x, [2, 3])[2], SAMPLES)
    gradcheck(lambda x: np.histogramdd(np.stack([x, x**3], 1), 2, density=True)[0], SAMPLES)
    gradcheck(lambda w: np.histogramdd([SAMPLES, SAMPLES], 2, weights=w)[0], SAMPLES)
    gradcheck(lambda edges: np.histogram2d(SAMPLES, SAMPLES, edges)[1], np.array([-2.0, 0.5, 3.0, 4.0]))
