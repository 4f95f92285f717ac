"""Activations with parameters, two inputs or shapes of their own; empty arrays; options and their errors."""

import copy
import inspect
import math
import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import gradcheck, set_default_dtype, tensor
from nn import functional
from nn.functional.error_function import erf
from tests.nn_peers import agree, check_gradients, close, drawn

SHAPES = [(), (5,), (4, 3), (2, 3, 4), (2, 3, 2, 2)]
CHANNELS = [(shape, count) for shape in SHAPES for count in {1, *shape[1:2]}]


@pytest.mark.parametrize(("shape", "count"), CHANNELS, ids=str)
def test_prelu_agrees_with_torch(shape: tuple[int, ...], count: int) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.PReLU(count, init=0.3), torch.nn.PReLU(count), drawn(shape))
    check_gradients(nn.PReLU(count, init=0.3), drawn(shape))


def test_prelu_refuses_other_channels() -> None:
    with pytest.raises(ValueError, match=r"shape \(1,\) or \(4,\).*\(2, 4\), got \(3,\).*num_parameters=4"):
        nn.PReLU(3)(np.ones((2, 4)))
    with pytest.raises(ValueError, match="num_parameters: expected a whole number from 1, got 0"):
        nn.PReLU(0)


@pytest.mark.parametrize(
    ("shape", "dim"), [((4,), -1), ((3, 6), 1), ((2, 4, 3), 1), ((2, 4, 3), -2)], ids=str
)
def test_glu_agrees_with_torch(shape: tuple[int, ...], dim: int) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.GLU(dim), torch.nn.GLU(dim), drawn(shape))
    gradcheck(nn.GLU(dim), drawn(shape), order=2)


@pytest.mark.parametrize(("shape", "dim"), [((3,), -1), ((2, 3), 1), ((2,), 1), ((), 0)], ids=str)
def test_glu_refuses_what_has_no_halves(shape: tuple[int, ...], dim: int) -> None:
    with pytest.raises(ValueError, match=f"axis {dim} of even length") as caught:
        nn.GLU(dim)(np.ones(shape))
    assert str(shape) in str(caught.value)


@given(st.floats() | st.floats(-7, 7))
def test_erf_is_that_of_math(x: float) -> None:
    assert erf(x) == pytest.approx(math.erf(x), rel=1e-15, abs=1e-323, nan_ok=True)


@pytest.mark.parametrize(("dtype", "roundings"), [(np.float16, 1), (np.float32, 4)])
def test_erf_is_right_to_a_few_roundings_in_short_dtypes(dtype: Any, roundings: int) -> None:
    x = np.linspace(-5, 5, 1001, dtype=dtype)
    expected = np.array([math.erf(value) for value in x]).astype(dtype)
    np.testing.assert_array_max_ulp(erf(x), expected, roundings)


BENDS: list[tuple[Any, float, float]] = [
    (functional.relu6, 0.0, 0.0),
    (functional.relu6, 6.0, 0.0),
    (functional.hardtanh, -1.0, 0.0),
    (functional.hardtanh, 1.0, 0.0),
    (functional.hardsigmoid, -3.0, 0.0),
    (functional.hardsigmoid, 3.0, 0.0),
    (functional.hardswish, -3.0, 0.0),
    (functional.hardswish, 3.0, 1.0),
    (functional.hardshrink, -0.5, 0.0),
    (functional.softshrink, 0.5, 0.0),
    (lambda x: functional.threshold(x, 1.0, 5.0), 1.0, 0.0),
    (lambda x: functional.prelu(x, np.array([0.25])), 0.0, 0.25),
]


@pytest.mark.parametrize(("function", "bend", "slope"), BENDS)
def test_the_slope_at_a_bend_is_that_of_the_flatter_side(function: Any, bend: float, slope: float) -> None:
    x = tensor(bend, requires_grad=True)
    function(x).backward()
    assert x.grad.item() == slope


# Empty arrays, and the name of the axis

ALONG = ("softmax", "log_softmax", "softmin", "logsumexp")


@pytest.mark.parametrize("name", ALONG)
@pytest.mark.parametrize("shape", [(0,), (5, 0), (0, 5), (5, 0, 0), (2, 0, 3)], ids=str)
def test_empty_arrays_are_as_in_torch(name: str, shape: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    for dim in range(len(shape)):
        x = tensor(np.zeros(shape), requires_grad=True)
        out = getattr(functional, name)(x, dim)
        expected = theirs(torch.zeros(shape), dim=dim)
        assert out.shape == tuple(expected.shape)
        np.testing.assert_array_equal(out.detach(), expected)
        out.sum().backward()
        assert x.grad.shape == shape


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize("make", [np.asarray, tensor, lambda x: tensor(x, requires_grad=True)])
def test_the_error_of_another_name_of_the_axis_says_dim(name: str, make: Any) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected the axis as dim=, .*got axis=0"):
        getattr(functional, name)(make([1.0, 2.0]), axis=0)


# Options


ACTIVATIONS = [
    "celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu",
    "logsigmoid", "log_softmax", "mish", "relu6", "selu", "sigmoid", "silu", "softmax", "softmin",
    "softplus", "softshrink", "softsign", "tanh", "tanhshrink",
]  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_list_is_an_array_of_the_default_dtype(name: str) -> None:
    function, numbers = getattr(nn.functional, name), [0.5, -1.5]
    set_default_dtype(np.float32)
    try:
        found = function(numbers)
    finally:
        set_default_dtype(np.float64)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, function(np.array(numbers, np.float32)))


def test_options_are_those_of_torch() -> None:
    """Names, order and defaults."""
    torch = pytest.importorskip("torch")
    deprecated = ("size_average", "reduce", "min_value", "max_value")
    modules = [
        value for value in vars(nn).values() if isinstance(value, type) and issubclass(value, nn.Module)
    ]
    checked = [m for m in modules if hasattr(m, "options") and hasattr(torch.nn, m.__name__)]
    assert len(checked) > 30
    for module in checked:
        theirs = inspect.signature(getattr(torch.nn, module.__name__)).parameters
        expected = {
            name: p.default
            for name, p in theirs.items()
            if name not in deprecated and p.kind is p.POSITIONAL_OR_KEYWORD
        }
        ours = {name: p.default for name, p in inspect.signature(module).parameters.items()}
        assert list(ours.items()) == list(expected.items()), module


def test_in_place_is_accepted_and_changes_nothing() -> None:
    for module in nn.ReLU(True), nn.ReLU(inplace=True), nn.LeakyReLU(0.1, True), nn.SiLU(inplace=True):
        x = np.array([-1.0, 2.0])
        module(x)
        assert x.tolist() == [-1.0, 2.0]
    for function in functional.relu, functional.elu, functional.hardswish:
        x = tensor([-1.0, 2.0], requires_grad=True)
        function(x, inplace=True).sum().backward()
        assert x.detach().numpy().tolist() == [-1.0, 2.0]
        assert x.grad is not None
    assert repr(nn.ReLU(inplace=True)) == "ReLU(inplace=True)"


REFUSED: dict[str, tuple[Any, str]] = {
    "bounds": (
        lambda: nn.Hardtanh(1.0, -1.0)(1.0),
        "hardtanh: expected min_val up to max_val, got 1.0 and -1.0",
    ),
    "shrinking": (lambda: nn.Softshrink(-1.0)(1.0), "softshrink: expected a lambd from 0, got -1.0"),
    "scale": (lambda: nn.CELU(0.0)(1.0), "celu: expected an alpha other than 0, got 0.0"),
    "slope": (lambda: nn.LeakyReLU("a"), "negative_slope: expected a number, got 'a'"),
    "alpha": (lambda: nn.ELU(None), "alpha: expected a number, got None"),
    "delta": (lambda: nn.HuberLoss(delta=None), "delta: expected a number, got None"),
    "momentum": (lambda: nn.BatchNorm1d(3, momentum="x"), "momentum: expected a number, got 'x'"),
    "eps": (lambda: nn.GroupNorm(1, 3, eps="x"), "eps: expected a number, got 'x'"),
}


@pytest.mark.parametrize(("call", "said"), REFUSED.values(), ids=REFUSED)
def test_options_out_of_range_are_refused(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


NO_NUMBERS = [None, "a", [{}], np.array(["a"])]
COMPLEX = [[1j], np.array([1j])]
OF_NUMBERS = [*ACTIVATIONS, "threshold"]


@pytest.mark.parametrize(
    ("name", "data"), [*product(OF_NUMBERS, NO_NUMBERS + COMPLEX), *product(["relu"], NO_NUMBERS)], ids=repr
)
def test_only_real_numbers_are_taken(name: str, data: Any) -> None:
    function, more = getattr(functional, name), (0.5, 0.5) if name == "threshold" else ()
    with pytest.raises(TypeError, match=r"expected|got"):
        function(data, *more)


@pytest.mark.parametrize("name", [*ACTIVATIONS, "relu", "logsumexp", "identity", "prelu", "threshold"])
def test_the_input_is_called_so_as_in_torch(name: str) -> None:
    function = getattr(functional, name)
    how = {"prelu": {"weight": np.ones(1)}, "threshold": {"threshold": 0.5, "value": 0.5}}.get(name, {})
    x, y = (tensor([0.5, -1.5], requires_grad=True) for _ in range(2))
    for out in function(x, **how), function(input=y, **how):
        out.sum().backward()
    np.testing.assert_array_equal(x.grad.data, y.grad.data)
    assert next(iter(inspect.signature(function).parameters)) == "input"


def test_unknown_options_are_refused_with_the_known_ones() -> None:
    with pytest.raises(TypeError, match=r"ELU\(alpha: float = 1.0, .*\): .*unexpected.*'alfa'"):
        nn.ELU(alfa=2.0)
    with pytest.raises(TypeError, match=r"Softmax\(dim: int \| None = None\).*'axis'"):
        nn.Softmax(axis=1)
    with pytest.raises(TypeError, match=r"Threshold\(threshold: float, value: float, .*missing.*'value'"):
        nn.Threshold(1.0)
    with pytest.raises(ValueError, match=r"approximate to be 'none' or 'tanh', got 'fast'"):
        nn.GELU("fast")(np.ones(2))


def test_a_class_of_ones_own_may_have_other_arguments() -> None:
    class Steep(nn.ELU):
        def __init__(self, steepness: float) -> None:
            super().__init__(alpha=2 * steepness)

    close(Steep(1.5)(np.array([-1.0])), 3 * np.expm1([-1.0]))


def test_options_are_fields_that_may_be_changed_and_copied() -> None:
    layer = nn.ELU(alpha=2.0)
    layer.alpha = 3.0
    for same in layer, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)):
        close(same(np.array([-1.0])), 3 * np.expm1([-1.0]))
        assert repr(same.eval()) == "ELU(alpha=3.0)"
