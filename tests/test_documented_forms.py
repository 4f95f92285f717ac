"""Every form that NumPy documents of a function with many keywords: values, and derivatives to order 2."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib import scimath

from autograd import Tensor, grad, gradcheck, tensor
from autograd.containers import leaves
from autograd.handle import plain

Form = tuple[Callable[..., Any], ...]

random = np.random.default_rng(1)
X, P = random.normal(size=(3, 4)), random.uniform(0.2, 2, size=(3, 4))
V, W = random.normal(size=6), random.uniform(0.2, 2, size=6)
ZEROS = np.where([[0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]], 0, X)
IS_NAN = np.array([[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]], bool)
MASK = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], bool)
REPEATS = np.array([1, 2, 3, 1])
PLACES = [np.array([0, 1.0, 3.0]), np.array([0, 1.0, 3.0, 3.5])]
AXES: tuple[Any, ...] = ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)})
METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen",
    "weibull", "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip

FORMS: dict[str, tuple[Any, ...]] = {}


def form(function: Callable[..., Any], *arrays: Any, nan: bool = False, **keywords: Any) -> None:
    """Add a form; with ``nan`` the first array gets some NaN inside of the function."""

    def call(x: Any, *others: Any) -> Any:
        return function(np.where(IS_NAN, np.nan, x) if nan else x, *others, **keywords)

    name = getattr(function, "__qualname__", function.__name__)
    FORMS[f"{len(FORMS)} {name} {' '.join(keywords)}"] = (call, *arrays)


for axes in AXES:
    for function in (
        np.sum,
        np.mean,
        np.prod,
        np.var,
        np.std,
        np.nansum,
        np.nanmean,
        np.nanprod,
        np.nanvar,
        np.nanstd,
    ):
        form(function, X, **axes, where=MASK)
    for function in (
        np.max,
        np.min,
        np.amax,
        np.amin,
        np.nanmax,
        np.nanmin,
        np.sum,
        np.prod,
        np.nansum,
        np.nanprod,
    ):
        form(function, X, **axes, where=MASK, initial=0.3)
    for function in (
        np.nansum,
        np.nanmean,
        np.nanprod,
        np.nanvar,
        np.nanstd,
        np.nanmax,
        np.nanmin,
        np.nanmedian,
    ):
        form(function, X, nan=True, **axes)
    for function in np.quantile, np.nanquantile:
        for q in 0.3, [0.1, 0.5, 0.9], [[0.0], [1.0]]:
            form(function, X, q=q, nan=function is np.nanquantile, **axes)
    form(np.percentile, X, q=[10, 37], **axes)
    form(np.nanpercentile, X, q=[10, 37], nan=True, **axes)
    form(np.average, X, **axes, returned=True)
    form(lambda x, w, **how: np.average(x, weights=w, returned=True, **how), X, P, **axes)
for function in np.sum, np.mean, np.var:
    form(function, X, where=MASK[0])
for method in METHODS:
    for q in 0.0, 0.25, 0.5, 0.37, 1.0:
        form(np.quantile, X, q=q, axis=1, method=method)
        form(np.nanquantile, X, q=q, axis=1, method=method, nan=True)
for axis in None, 0, -1:
    form(np.sort, X, axis=axis)
    form(np.partition, X, kth=(0, 2), axis=axis)
    for function in np.cumsum, np.cumprod, np.nancumsum, np.nancumprod:
        form(function, ZEROS, axis=axis)
    form(np.nancumprod, X, axis=axis, nan=True)
    form(np.prod, ZEROS, axis=axis)
for kind in "quicksort", "heapsort", "stable", "mergesort":
    form(np.sort, X, kind=kind)
if hasattr(np, "cumulative_sum"):  # since NumPy 2.1
    for function in np.cumulative_sum, np.cumulative_prod:
        form(function, ZEROS, axis=0, include_initial=True)
        form(function, V, include_initial=True)
form(lambda x: np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True), correction=1), X)
form(np.std, X, axis=0, correction=1)
form(np.nanvar, X, axis=1, ddof=1, nan=True)
form(lambda x, w: np.average(x, 1, w), X, P[0])
form(lambda x, w: np.average(x, (2, 0), w), random.normal(size=(2, 3, 4)), random.uniform(1, 2, (4, 2)))
for bias in {"bias": True}, {"ddof": 0}, {}:
    form(np.cov, X, **bias)
    form(lambda x, w, **how: np.cov(x, aweights=w, fweights=REPEATS, **how), X, P[0], **bias)
form(np.cov, X, rowvar=False)
form(np.cov, X, P, rowvar=False)
form(np.cov, V, W)
form(np.cov, V)
form(np.corrcoef, X, P)
form(np.corrcoef, V, W)
form(lambda w: np.bincount([0, 1, 1, 4, 0, 2], weights=w, minlength=7), V)

for how in {}, {"n": 2}, {"n": 0}, {"n": 2, "axis": 0, "prepend": 0.5}:
    form(np.diff, X, **how)
form(lambda x, y, z: np.diff(x, prepend=y, append=z), X, P[:, :1], np.array(0.3))
form(np.ediff1d, X, P[0], P[1])
for order in 1, 2:
    for axis in None, 0, (1, 0):
        form(np.gradient, X, axis=axis, edge_order=order)
        form(np.gradient, X, np.array(0.3), axis=axis, edge_order=order)
    form(np.gradient, X, *PLACES, edge_order=order)
    form(np.gradient, X, np.array(0.7), PLACES[1], edge_order=order)
    form(np.gradient, X, PLACES[1], axis=1, edge_order=order)
form(np.trapezoid, X)
form(np.trapezoid, X, PLACES[1])
form(np.trapezoid, X, np.cumsum(P, 0), axis=0)
form(lambda y, dx: np.trapezoid(y, dx=dx, axis=0), X, np.array(0.3))
form(np.interp, X, np.sort(V), W)
form(np.interp, 3 * X, np.sort(V), W, np.array(0.5), np.array(-0.5))
form(np.interp, 3 * X, V, W, period=3.3)
form(np.interp, X, np.array([0.3]), W[:1])
form(np.interp, np.array(0.1), np.sort(V), W)
for mode in "full", "same", "valid":
    for n, m in (6, 3), (6, 4), (3, 6), (4, 6), (1, 4), (5, 5), (4, 4):
        form(np.convolve, random.normal(size=n), random.normal(size=m), mode=mode)
        form(np.correlate, random.normal(size=n), random.normal(size=m), mode=mode)
form(np.unwrap, 5 * X)
form(np.unwrap, 5 * X, discont=4.0, axis=0, period=5.0)
form(np.sinc, np.array([0, 1e-9, 1e-3, 0.1, 0.5, 1, 2.3, 7, -3.3]))
form(np.i0, np.array([0, 1e-9, 0.1, 0.5, 1, 2.3, -3.3, 7]))

for function in np.union1d, np.setxor1d:
    form(function, X, V)
form(np.setdiff1d, X, ar2=[3.0], assume_unique=True)
form(lambda x: np.unique(x, return_index=True, return_inverse=True, return_counts=True), X)
form(np.nan_to_num, X, **{"nan": 2.0}, posinf=1.0)
form(lambda x: np.nan_to_num(np.where(IS_NAN, [[np.nan], [np.inf], [-np.inf]], x)), X)
form(lambda h: np.heaviside(np.sign(X) * MASK, h), P)
for function in scimath.sqrt, scimath.log, scimath.log2, scimath.log10:
    form(function, P)
for function in scimath.arccos, scimath.arcsin, scimath.arctanh:
    form(function, P / 3)
form(scimath.logn, P + 1.5, P)
form(scimath.power, P, X)

for ufunc in np.add, np.multiply, np.subtract, np.divide, np.maximum, np.fmin, np.hypot, np.logaddexp:
    for axis in 0, -1:
        form(ufunc.reduce, P, axis=axis, keepdims=True)
        form(ufunc.accumulate, P, axis=axis)
        form(lambda x, axis, ufunc=ufunc: ufunc.reduceat(x, [0, 2, 1], axis), P, axis=axis)
    form(ufunc.reduce, P, initial=1.1)
    form(ufunc.outer, P, 1.1 * P[0])
for ufunc in np.add, np.multiply, np.maximum, np.hypot, np.logaddexp:
    form(ufunc.reduce, P, axis=None)
    form(ufunc.reduce, P, axis=(1, 0))


@pytest.mark.filterwarnings("ignore:.*too flat to tell")  # a correlation of 1 with itself, and the like
@pytest.mark.parametrize(("call", "arrays"), [(call, arrays) for call, *arrays in FORMS.values()], ids=FORMS)
def test_value_and_derivatives(call: Callable[..., Any], arrays: list[Any]) -> None:
    for dtype in np.float64, np.float32:
        given = [array.astype(dtype) for array in arrays]
        expected = leaves(call(*given))
        found = leaves(call(*(tensor(array, requires_grad=True) for array in given)))
        assert any(isinstance(result, Tensor) for result in found)
        for actual, value in zip(map(plain, found), map(np.asarray, expected), strict=True):
            assert actual.dtype == value.dtype
            np.testing.assert_allclose(
                actual, value, rtol=100 * np.finfo(dtype).eps, atol=10 * np.finfo(dtype).eps
            )
    gradcheck(lambda *inputs: [r for r in leaves(call(*inputs)) if r.dtype.kind in "fc"], *arrays, order=2)


# The logarithm of a sum of powers

INF = np.inf


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2])
@pytest.mark.parametrize(
    ("row", "shares"),
    [
        ([-INF, -INF], [0.5, 0.5]), ([-INF, 1.0], [0, 1]), ([INF, 1.0], [1, 0]), ([INF, INF], [0.5, 0.5]),
        ([-INF, INF], [0, 1]), ([700.0, 1e9], [0, 1]), ([-1e9, -1e9], [0.5, 0.5]),
    ],
)  # fmt: skip
def test_of_what_is_infinite_the_equal_ones_share(ufunc: np.ufunc, row: list[float], shares: Any) -> None:
    x = np.array([row, [3.0, 3.0]])
    for function in (lambda x: ufunc(x[:, 0], x[:, 1])), (lambda x: ufunc.reduce(x, axis=1)):
        np.testing.assert_array_equal(function(tensor(x, requires_grad=True)).data, function(x))
        gradient = grad(lambda x, f=function: np.sum(f(x)))
        np.testing.assert_allclose(gradient(x), [shares, [0.5, 0.5]], rtol=1e-6)
        second = grad(lambda x, gradient=gradient: gradient(x)[1, 0])(x)
        base = 1 if ufunc is np.logaddexp else np.log(2)
        np.testing.assert_allclose(second, [[0, 0], [base / 4, -base / 4]], atol=1e-15)


@pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_a_sum_of_no_powers_is_zero(ufunc: np.ufunc, shape: tuple[int, ...]) -> None:
    for axis in (None, *range(len(shape))):
        x = tensor(np.ones(shape), requires_grad=True)
        result = ufunc.reduce(x, axis=axis)
        np.testing.assert_array_equal(result.data, ufunc.reduce(np.ones(shape), axis=axis))
        np.sum(result).backward()
        assert x.grad.shape == shape


# Lists beside a Tensor

PAIRS: dict[Callable[..., Any], tuple[Any, ...]] = {
    np.linalg.lstsq: (X, X[:, 0]),
    np.linalg.solve: (X[:, :3], X[:, 3]),
    np.polydiv: (V, [1.5, 2.0]),
    np.polyfit: (W, V),
    np.polymul: (V, W),
    np.geomspace: (P, 3.0 * P),
    np.linspace: (X, P),
    np.convolve: (V, W[:2]),
    np.interp: (V, np.arange(6.0), W),
    np.vecdot: (X, P),
    np.kron: (X, P),
    np.cross: (X[:, :3], P[:, :3]),
    np.cov: (V, W),
    np.tensordot: (X, P.T),
    np.outer: (V, W),
}
PAIRS |= {np.matvec: (X, P[0]), np.vecmat: (V[:3], X)} if hasattr(np, "matvec") else {}


@pytest.mark.parametrize("function", PAIRS, ids=lambda f: f.__name__)
def test_a_list_may_stand_beside_a_tensor(function: Callable[..., Any]) -> None:
    more = {"deg": 2} if function is np.polyfit else {"axes": 1} if function is np.tensordot else {}
    arrays = [np.asarray(array) for array in PAIRS[function]]
    for i in range(len(arrays)):

        def of_lists(x: Any, i: int = i) -> Any:
            given = [array.tolist() for array in arrays]
            given[i] = x
            return leaves(function(*given, **more))[0]

        def of_arrays(x: Any, i: int = i) -> Any:
            return leaves(function(*arrays[:i], x, *arrays[i + 1 :], **more))[0]

        x = tensor(arrays[i], requires_grad=True)
        np.testing.assert_allclose(plain(of_lists(x)), of_arrays(arrays[i]))
        found, expected = (grad(lambda x, f=f: np.sum(f(x) ** 2))(arrays[i]) for f in (of_lists, of_arrays))
        np.testing.assert_allclose(found, expected)
