"""Clipping gradients: PyTorch's numbers, in place."""

import math
from typing import Any

import numpy as np
import pytest

import nn
from autograd import tensor

GRADIENTS = [np.array([[3.0, -4.0], [0.5, 0.0]]), np.array([-12.0]), None]


def parameters() -> list[Any]:
    made = [nn.Parameter(np.zeros((2, 2))), nn.Parameter(np.zeros(1)), nn.Parameter(np.zeros(3))]
    for parameter, gradient in zip(made, GRADIENTS, strict=True):
        parameter.grad = None if gradient is None else tensor(gradient)
    return made


def torch_parameters() -> list[Any]:
    torch = pytest.importorskip("torch")
    made = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in ((2, 2), 1, 3)]
    for parameter, gradient in zip(made, GRADIENTS, strict=True):
        parameter.grad = None if gradient is None else torch.tensor(gradient)
    return made


def assert_alike(ours: list[Any], theirs: list[Any]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            np.testing.assert_allclose(a.grad.data, b.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3, math.inf, "inf"], ids=repr)
@pytest.mark.parametrize("max_norm", [0.5, 5.0, 100.0])
def test_norms_are_those_of_torch(norm_type: float | str, max_norm: float) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = parameters(), torch_parameters()
    arrays = [p.grad.data for p in ours if p.grad is not None]
    norm = nn.utils.clip_grad_norm_(iter(ours), max_norm, norm_type)
    assert norm.item() == pytest.approx(
        float(torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)), rel=1e-12
    )
    assert_alike(ours, theirs)
    assert all(a is p.grad.data for a, p in zip(arrays, ours, strict=False))


def test_values_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = parameters(), torch_parameters()
    nn.utils.clip_grad_value_(ours, 3.5)
    torch.nn.utils.clip_grad_value_(theirs, 3.5)
    assert_alike(ours, theirs)


def test_one_parameter_and_none_are_taken() -> None:
    assert nn.utils.clip_grad_norm_(parameters()[1], 6.0) == 12.0
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


def test_a_norm_that_is_not_finite_is_an_error_if_wanted() -> None:
    w = nn.Parameter(np.zeros(2))
    w.grad = tensor([1.0, math.inf])
    with pytest.raises(RuntimeError, match="the norm of the gradients is inf"):
        nn.utils.clip_grad_norm_([w], 1.0, error_if_nonfinite=True)
    assert w.grad.data.tolist() == [1.0, math.inf]
