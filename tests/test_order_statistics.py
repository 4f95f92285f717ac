"""Equal elements share a gradient; quantiles and the edges of bins follow what they depend on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import grad, gradcheck

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


@pytest.mark.parametrize("method", CONTINUOUS)
@pytest.mark.parametrize("quantile", [np.quantile, np.nanquantile])
def test_a_quantile_has_a_gradient_by_q(quantile: Callable[..., Any], method: str) -> None:
    q = np.array([0.31, 0.66])
    gradcheck(lambda a, q: quantile(a, q, method=method), SAMPLES, q, order=2)


def test_a_percentile_has_a_gradient_by_q() -> None:
    gradcheck(lambda q: np.percentile(SAMPLES, q), np.array([31.0, 66.0]))


@pytest.mark.parametrize("bins", [3, "auto"])
def test_the_edges_of_bins_follow_the_data(bins: Any) -> None:
    gradcheck(lambda a: np.histogram_bin_edges(a, bins), SAMPLES, order=2)
    gradcheck(lambda a: np.histogram(a, bins)[1], SAMPLES)
    gradcheck(lambda a: np.histogram(a, 3, density=True)[0], SAMPLES)


def test_edges_of_several_axes_follow_the_data() -> None:
    gradcheck(lambda x: np.histogram2d(x, x * x, [2, 3])[2], SAMPLES)
    gradcheck(lambda x: np.histogramdd(np.stack([x, x**3], 1), 2, density=True)[0], SAMPLES)
    gradcheck(lambda edges: np.histogram2d(SAMPLES, SAMPLES, edges)[1], np.array([-2.0, 0.5, 3.0, 4.0]))
