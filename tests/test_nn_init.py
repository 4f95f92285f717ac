"""Initial values: bounds, variances, dtypes, and reproducibility from a seed."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nn
from autograd import get_default_dtype, set_default_dtype
from nn import init

Initialiser = Callable[..., nn.Parameter]

FAN_IN, FAN_OUT = 300, 200


def weight(*shape: int, dtype: Any = float) -> nn.Parameter:
    return nn.Parameter(np.full(shape or (FAN_OUT, FAN_IN), 7, dtype))


# Initialiser, options, and the standard deviation that is expected of a (200, 300) weight.
UNIFORM: list[tuple[Initialiser, dict[str, Any], float]] = [
    (init.uniform_, {"a": -1.5, "b": 1.5}, 1.5 / math.sqrt(3)),
    (init.xavier_uniform_, {}, math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (init.xavier_uniform_, {"gain": 5 / 3}, 5 / 3 * math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (init.kaiming_uniform_, {}, math.sqrt(2 / FAN_IN)),
    (init.kaiming_uniform_, {"nonlinearity": "relu"}, math.sqrt(2 / FAN_IN)),
    (init.kaiming_uniform_, {"mode": "fan_out"}, math.sqrt(2 / FAN_OUT)),
    (init.kaiming_uniform_, {"a": math.sqrt(5)}, math.sqrt(2 / 6 / FAN_IN)),
]
NORMAL: list[tuple[Initialiser, dict[str, Any], float]] = [
    (init.normal_, {}, 1.0),
    (init.normal_, {"std": 0.02}, 0.02),
    (init.xavier_normal_, {}, math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (init.xavier_normal_, {"gain": 2.0}, 2 * math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (init.kaiming_normal_, {"nonlinearity": "relu"}, math.sqrt(2 / FAN_IN)),
    (init.kaiming_normal_, {"nonlinearity": "tanh"}, 5 / 3 / math.sqrt(FAN_IN)),
    (init.kaiming_normal_, {"mode": "fan_out", "a": 0.2}, math.sqrt(2 / 1.04 / FAN_OUT)),
]
each_random = pytest.mark.parametrize(
    ("initialiser", "options", "std"),
    UNIFORM + NORMAL,
    ids=lambda v: getattr(v, "__name__", str(v)),
)


@each_random
def test_variance(initialiser: Initialiser, options: dict[str, Any], std: float) -> None:
    values = initialiser(weight(), **options, rng=0).data
    assert values.std() == pytest.approx(std, rel=0.01)
    assert abs(values.mean()) < 5 * std / math.sqrt(values.size)
    if (initialiser, options, std) in UNIFORM:
        assert 0.999 < abs(values).max() / (std * math.sqrt(3)) <= 1
    else:  # the fourth moment of a normal distribution is 3
        assert np.mean((values / std) ** 4) == pytest.approx(3, rel=0.05)


@each_random
def test_the_same_seed_gives_the_same_bits(
    initialiser: Initialiser, options: dict[str, Any], std: float
) -> None:
    def values(rng: Any) -> Any:
        return initialiser(weight(), **options, rng=rng).data

    generator = np.random.default_rng(3)
    assert np.array_equal(values(3), values(3))
    assert np.array_equal(values(3), values(generator))
    assert not np.array_equal(values(3), values(generator))  # the generator went on
    assert not np.array_equal(values(None), values(None))


@each_random
def test_global_random_state_is_neither_read_nor_changed(
    initialiser: Initialiser, options: dict[str, Any], std: float
) -> None:
    np.random.seed(0)  # noqa: NPY002 - global state is the subject
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    initialiser(weight(), **options)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@each_random
def test_a_parameter_is_filled_in_place_and_given_back(
    initialiser: Initialiser, options: dict[str, Any], std: float
) -> None:
    parameter = weight(dtype=np.float32)
    array = parameter.data
    assert initialiser(parameter, **options, rng=0) is parameter
    assert parameter.data is array
    assert parameter.dtype == np.float32
    assert parameter.is_leaf
    assert parameter.requires_grad


@pytest.mark.parametrize(
    ("initialiser", "value"),
    [(init.zeros_, 0), (init.ones_, 1), (lambda p: init.constant_(p, -2.5), -2.5)],
    ids=["zeros_", "ones_", "constant_"],
)
def test_constants(initialiser: Initialiser, value: float) -> None:
    parameter = weight(2, 3)
    assert initialiser(parameter) is parameter
    assert (parameter.data == value).all()


def test_fans_count_the_receptive_field() -> None:
    assert init.fans(weight(4, 3)) == (3, 4)
    assert init.fans(weight(4, 3, 5, 2)) == (30, 40)


def test_fans_and_gains_and_bounds_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    for shape in (4, 3), (4, 3, 5), (4, 3, 5, 2):
        theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
        assert init.fans(weight(*shape)) == theirs
    for name in "linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu":
        assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    assert init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)
    for initialiser, options, std in UNIFORM + NORMAL:
        theirs = torch.empty(FAN_OUT, FAN_IN, dtype=torch.float64)
        generator = torch.Generator().manual_seed(0)
        getattr(torch.nn.init, initialiser.__name__)(theirs, **options, generator=generator)
        assert theirs.std().item() == pytest.approx(std, rel=0.01)


# Layers


@pytest.mark.parametrize("bias", [True, False])
def test_linear_draws_uniformly_below_one_by_root_of_fan_in(bias: bool) -> None:
    layer = nn.Linear(FAN_IN, FAN_OUT, bias, rng=0)
    for parameter in layer.parameters():
        largest = abs(parameter.data).max() * math.sqrt(FAN_IN)
        assert 0.98 < largest <= 1


def test_linear_with_no_inputs_is_its_bias() -> None:
    assert nn.Linear(0, 3, rng=0)(np.ones((2, 0))).detach().numpy().tolist() == [[0.0] * 3] * 2


MODELS: dict[str, Callable[..., nn.Module]] = {
    "Linear": lambda **how: nn.Linear(3, 2, **how),
    "Perceptron": lambda **how: nn.Perceptron(3, 2, **how),
    "MLP": lambda **how: nn.MLP([3, 5, 2], **how),
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


@each_model
def test_models_are_reproducible_bit_for_bit(make: Callable[..., nn.Module]) -> None:
    def state(rng: Any) -> list[Any]:
        return [array.tolist() for array in make(rng=rng).state_dict().values()]

    assert state(5) == state(5) == state(np.random.default_rng(5))
    assert state(5) != state(6)
    assert state(None) != state(None)


def test_two_layers_of_one_model_are_drawn_apart() -> None:
    first, second = (layer.weight.data for layer in nn.MLP([3, 3, 3], rng=0)[::2])
    assert not np.array_equal(first, second)


def dtypes(model: nn.Module) -> set[Any]:
    return {parameter.dtype for parameter in model.parameters()}


@pytest.fixture
def default_float32() -> Iterator[None]:
    before = get_default_dtype()
    set_default_dtype(np.float32)
    yield
    set_default_dtype(before)


@each_model
def test_parameters_are_float64_by_default(make: Callable[..., nn.Module]) -> None:
    assert dtypes(make()) == {np.dtype(np.float64)}


@each_model
def test_parameters_have_the_default_dtype(make: Callable[..., nn.Module], default_float32: None) -> None:
    assert dtypes(make()) == {np.dtype(np.float32)}


@each_model
@pytest.mark.parametrize("dtype", [np.float32, "float32", np.dtype("float32")], ids=repr)
def test_dtype_can_be_given(make: Callable[..., nn.Module], dtype: Any) -> None:
    assert dtypes(make(dtype=dtype)) == {np.dtype(np.float32)}


# Bad input


@pytest.mark.parametrize(
    "initialiser",
    [init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_],
    ids=lambda f: f.__name__,
)
def test_fans_need_two_axes(initialiser: Initialiser) -> None:
    bias = weight(3)
    with pytest.raises(ValueError, match=r"expected a weight of two or more axes, got shape \(3,\)"):
        initialiser(bias)
    assert (bias.data == 7).all()


@pytest.mark.parametrize("initialiser", [init.kaiming_uniform_, init.kaiming_normal_])
def test_unknown_modes_and_nonlinearities(initialiser: Initialiser) -> None:
    with pytest.raises(ValueError, match=r"mode: expected 'fan_in' or 'fan_out', got 'fan'"):
        initialiser(weight(), mode="fan")
    with pytest.raises(ValueError, match=r"nonlinearity: expected one of .*relu.*, got 'rellu'"):
        initialiser(weight(), nonlinearity="rellu")
