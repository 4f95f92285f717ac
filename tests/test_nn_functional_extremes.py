"""Infinite, huge and missing numbers, and half precision: the values and gradients of PyTorch, or better."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import tensor
from nn import functional

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ENDS = [np.inf, -np.inf, np.nan, -1e38, 1e4, -1e4, 104, -104, 20.1, -20.1, 6, 3, -3, 1, -1, 1e-8, 0]
CURVES = [
    "celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid",
    "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softshrink", "softsign", "tanh",
    "tanhshrink",
]  # fmt: skip
IMAGES = np.arange(64.0).reshape(2, 2, 4, 4) % 7
IMAGES[0, 0, 0, 1], IMAGES[0, 1, 2, 2], IMAGES[1, 0, 3, 3], IMAGES[1, 1] = np.inf, -np.inf, np.nan, -np.inf
POOLS: dict[str, tuple[Any, ...]] = {
    "max_pool2d": (3, 2, 1),
    "avg_pool2d": (2, 1),
    "adaptive_avg_pool2d": (3,),
    "max_pool1d": (3, 2, 1),
    "avg_pool1d": (3, 2, 1),
    "adaptive_avg_pool1d": (3,),
}


def value_and_gradient(function: Callable[..., Any], x: Any, *args: Any) -> tuple[Any, Any]:
    """Run with Tensors of ours, or of PyTorch's."""
    out = function(x, *args)
    out.sum().backward()
    return np.asarray(out.detach()), np.asarray(x.grad)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", CURVES)
def test_curves_agree_with_torch_at_their_ends(name: str, dtype: Any) -> None:
    torch = pytest.importorskip("torch")
    x = np.array(ENDS, dtype)
    found = value_and_gradient(getattr(functional, name), tensor(x, requires_grad=True))
    expected = value_and_gradient(getattr(torch.nn.functional, name), torch.tensor(x, requires_grad=True))
    tolerance = 8 * np.finfo(np.float16 if dtype == np.float16 else np.float32).eps
    for ours, theirs in zip(found, expected, strict=True):
        known = ~(np.isnan(theirs) | np.isnan(x))  # PyTorch has NaN for some limits
        np.testing.assert_allclose(ours[known], theirs[known], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", ["silu", "mish"])
def test_what_falls_to_zero_does_so_to_the_end(name: str, dtype: Any) -> None:
    x = tensor(np.array([np.finfo(dtype).min], dtype), requires_grad=True)
    np.testing.assert_allclose(value_and_gradient(getattr(functional, name), x), 0, atol=1e-35)


def test_celu_of_huge_numbers_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    for alpha in 0.1, -0.1:
        found = value_and_gradient(functional.celu, tensor([1e308, 0.0], requires_grad=True), alpha)
        x = torch.tensor([1e308, 0.0], dtype=torch.float64, requires_grad=True)
        np.testing.assert_allclose(found, value_and_gradient(torch.nn.functional.celu, x, alpha), rtol=1e-7)


def test_hardswish_has_slopes_at_its_ends() -> None:
    x = tensor([-np.inf, np.inf], requires_grad=True)
    _, gradient = value_and_gradient(functional.hardswish, x)
    np.testing.assert_array_equal(gradient, [0, 1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", POOLS)
def test_pools_of_infinite_and_missing_numbers_agree_with_torch(name: str, dtype: Any) -> None:
    torch = pytest.importorskip("torch")
    x = IMAGES.astype(dtype).reshape(2, *((2, 4, 4) if name.endswith("2d") else (2, 16)))
    found = value_and_gradient(getattr(functional, name), tensor(x, requires_grad=True), *POOLS[name])
    peer = getattr(torch.nn.functional, name)
    expected = value_and_gradient(peer, torch.tensor(x, requires_grad=True), *POOLS[name])
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_sure_probabilities_have_finite_gradients(dtype: Any) -> None:
    x = tensor(np.array([0, 1, 0, 1], dtype), requires_grad=True)
    target = np.array([0, 1, 1, 0], dtype)
    functional.binary_cross_entropy(x, target, reduction="sum").backward()
    np.testing.assert_array_equal(x.grad.data[:2], 0)
    assert np.isfinite(x.grad.data).all()


SURE = np.concatenate([np.linspace(-40, 40, 41), [1e-5, -1e-5]])
SHARES = np.array([[0.0], [0.001], [0.999], [1.0]])


def test_the_cost_of_what_is_nearly_certain_is_not_lost_in_single_precision() -> None:
    """Values, and gradients by the target, are those of double precision."""
    chances = np.concatenate([2.0 ** -np.arange(1, 60, 3), 1 - 2.0 ** -np.arange(1, 24, 3)])
    for loss, x in (
        (functional.binary_cross_entropy_with_logits, SURE),
        (functional.binary_cross_entropy, chances),
    ):
        x, y = np.broadcast_arrays(x.astype(np.float32), SHARES.astype(np.float32))
        results = []
        for dtype in np.float32, np.float64:
            target = tensor(y, dtype=dtype, requires_grad=True)
            out = loss(x.astype(dtype), target, reduction="none")
            out.sum().backward()
            results.append((out.data, target.grad.data))
        for single, double in zip(*results, strict=True):
            np.testing.assert_allclose(single, double, rtol=1e-6)


def test_infinite_logits_cost_nothing_or_everything() -> None:
    x = tensor([np.inf, np.inf, -np.inf, -np.inf, np.nan], requires_grad=True)
    y = np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    out = functional.binary_cross_entropy_with_logits(x, y, reduction="none")
    np.testing.assert_array_equal(out.data, [np.inf, 0, 0, np.inf, np.nan])
    out.sum().backward()
    np.testing.assert_allclose(x.grad.data, [1, 0, 0, -1, np.nan], atol=1e-300)


CLASSES = 4096
OVER_CLASSES: dict[str, Callable[[Any], Any]] = {
    "softmax": lambda x: functional.softmax(x, 1),
    "softmin": lambda x: functional.softmin(x, 1),
    "log_softmax": lambda x: functional.log_softmax(x, 1),
    "logsumexp": lambda x: functional.logsumexp(x, 1),
    "cross_entropy": lambda x: functional.cross_entropy(x, np.zeros((2, 3), int)),
    "cross_entropy of shares": lambda x: functional.cross_entropy(x, np.full(x.shape, 1 / CLASSES, x.dtype)),
    "smoothed cross_entropy": lambda x: functional.cross_entropy(
        x, np.zeros((2, 3), int), label_smoothing=0.1
    ),
}


@pytest.mark.parametrize("name", OVER_CLASSES)
def test_thousands_of_classes_in_half_precision(name: str) -> None:
    """NumPy adds halves one by one along any axis but the last: sums of ones would stop at 2048."""
    rng, results = np.random.default_rng(0), []
    scores = rng.normal(size=(2, CLASSES, 3)).astype(np.float16)
    for dtype in np.float16, np.float64:
        x = tensor(scores, dtype=dtype, requires_grad=True)
        out = OVER_CLASSES[name](x)
        out.backward(1000 * np.cos(np.arange(out.size)).reshape(out.shape))
        assert out.dtype == dtype
        results.append((out.data, x.grad.data))
    for half, double in zip(*results, strict=True):
        assert np.linalg.norm(half - double) < 0.005 * np.linalg.norm(double)


def test_a_row_that_is_looked_up_often_gets_all_of_its_gradient_in_half_precision() -> None:
    table = tensor(np.zeros((2, 1), np.float16), requires_grad=True)
    functional.embedding(np.zeros(5000, int), table).backward(np.ones((5000, 1)))
    np.testing.assert_array_equal(table.grad.data, np.array([[5000], [0]], np.float16), strict=True)
