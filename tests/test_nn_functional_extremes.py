"""Infinite, huge and missing numbers, and half precision: the values and gradients of PyTorch, or better."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import tensor
from nn import functional

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ENDS = [np.inf, -np.inf, np.nan, 1e4, -1e4, 104.0, -104.0, 20.1, -20.1, 6.0, 3.0, -3.0, 1.0, -1.0, 1e-8, 0.0]
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


def test_a_row_that_is_looked_up_often_gets_all_of_its_gradient_in_half_precision() -> None:
    table = tensor(np.zeros((2, 1), np.float16), requires_grad=True)
    functional.embedding(np.zeros(5000, int), table).backward(np.ones((5000, 1)))
    np.testing.assert_array_equal(table.grad.data, np.array([[5000], [0]], np.float16), strict=True)
