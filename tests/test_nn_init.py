"""Initial values: bounds, variances, dtypes, and reproducibility from a seed."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nn
from autograd import get_default_dtype, set_default_dtype
from nn import init
from nn.layers.normalisation import Normalisation

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
    (init.trunc_normal_, {"std": 0.02}, 0.02),
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


@each_random
def test_an_array_is_filled_in_place_and_given_back(
    initialiser: Initialiser, options: dict[str, Any], std: float
) -> None:
    array = nn.Linear(FAN_IN, FAN_OUT).weight.data  # which does not lie row by row
    assert initialiser(array, **options, rng=0) is array
    assert np.array_equal(array, initialiser(weight(), **options, rng=0).data)
    with pytest.raises(TypeError, match="expected floating numbers to be filled, got int64"):
        initialiser(np.zeros(array.shape, int), **options)
    with pytest.raises(TypeError, match="expected a Tensor or an array to be filled, got list"):
        init.normal_([1.0, 2.0])


@pytest.mark.parametrize(
    ("initialiser", "value"),
    [(init.zeros_, 0), (init.ones_, 1), (lambda p: init.constant_(p, -2.5), -2.5),
     (lambda p: init.constant_(p, val=3), 3)],
    ids=["zeros_", "ones_", "constant_", "val"],
)  # fmt: skip
def test_constants(initialiser: Initialiser, value: float) -> None:
    parameter = weight(2, 3)
    assert initialiser(parameter) is parameter
    assert (parameter.data == value).all()


SHAPES = [(3, 3), (5, 2), (2, 5), (4, 3, 2), (2, 3, 2), (1, 4), (4, 1)]


@pytest.mark.parametrize("gain", [1.0, 5 / 3])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_orthogonal_rows_or_columns(shape: tuple[int, ...], gain: float) -> None:
    q = init.orthogonal_(weight(*shape), gain, rng=0).data.reshape(shape[0], -1)
    product = q @ q.T if len(q) <= q.shape[1] else q.T @ q
    np.testing.assert_allclose(product, gain**2 * np.eye(len(product)), atol=1e-12)
    assert not np.array_equal(q, init.orthogonal_(weight(*shape), gain, rng=1).data.reshape(q.shape))


@pytest.mark.parametrize(("a", "b"), [(-2.0, 2.0), (-0.5, 3.0), (1.0, 1.5), (-math.inf, 0.0)])
@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.3, 0.5)])
def test_a_truncated_normal_distribution(a: float, b: float, mean: float, std: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    drawn = init.trunc_normal_(weight(), mean, std, a, b, rng=0).data
    theirs = stats.truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    assert a <= drawn.min() <= drawn.max() <= b
    assert stats.kstest(drawn.ravel(), theirs.cdf).pvalue > 0.01


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (2.0, -2.0), (50.0, 60.0)])
def test_a_normal_distribution_of_which_nothing_is_kept(a: float, b: float) -> None:
    with pytest.raises(ValueError, match="a, b: expected bounds around mean=0"):
        init.trunc_normal_(weight(), a=a, b=b)
    with pytest.raises(ValueError, match="std: expected a positive number, got 0"):
        init.trunc_normal_(weight(), std=0, a=a, b=b)


@pytest.mark.parametrize("shape", SHAPES[:3], ids=str)
def test_eye(shape: tuple[int, ...]) -> None:
    assert np.array_equal(init.eye_(weight(*shape)).data, np.eye(*shape))
    assert np.array_equal(init.eye_(np.full(shape, 7)), np.eye(*shape))
    with pytest.raises(ValueError, match=r"eye_: expected a matrix, got shape \(3,\)"):
        init.eye_(weight(3))


def test_fans_count_the_receptive_field() -> None:
    assert init.fans(weight(4, 3)) == (3, 4)
    assert init.fans(weight(4, 3, 5, 2)) == (30, 40)


def test_fans_and_gains_and_bounds_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    for shape in (4, 3), (4, 3, 5), (4, 3, 5, 2):
        theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
        assert init.fans(weight(*shape)) == theirs
    for name in "linear", "conv1d", "conv2d", "conv_transpose3d", "sigmoid", "tanh", "relu", "selu":
        assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    for slope in None, 0, 0.3:
        assert init.calculate_gain("leaky_relu", slope) == torch.nn.init.calculate_gain("leaky_relu", slope)
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


LAYERS: dict[str, Callable[..., nn.Module]] = {
    "Linear": lambda rng: nn.Linear(3, 2, rng=rng),
    "Bilinear": lambda rng: nn.Bilinear(3, 2, 4, rng=rng),
    "Perceptron": lambda rng: nn.Perceptron(3, 2, rng=rng),
    "Conv1d": lambda rng: nn.Conv1d(2, 4, 3, bias=False, rng=rng),
    "Conv2d": lambda rng: nn.Conv2d(2, 4, 3, groups=2, rng=rng),
    "ConvTranspose2d": lambda rng: nn.ConvTranspose2d(2, 4, 3, groups=2, rng=rng),
    "Embedding": lambda rng: nn.Embedding(4, 3, padding_idx=1, rng=rng),
    "RNN": lambda rng: nn.RNN(3, 4, 2, rng=rng),
    "LSTM": lambda rng: nn.LSTM(3, 4, bidirectional=True, rng=rng),
    "GRUCell": lambda rng: nn.GRUCell(3, 4, bias=False, rng=rng),
    "PReLU": lambda rng: nn.PReLU(3, init=0.1),
    "BatchNorm1d": lambda rng: nn.BatchNorm1d(3, bias=False),
    "BatchNorm2d": lambda rng: nn.BatchNorm2d(3, affine=False),
    "GroupNorm": lambda rng: nn.GroupNorm(2, 4),
    "LayerNorm": lambda rng: nn.LayerNorm((2, 3)),
    "RMSNorm": lambda rng: nn.RMSNorm(3),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_parameters_are_drawn_again_as_when_the_layer_was_made(make: Callable[..., Any]) -> None:
    def state() -> dict[str, Any]:
        return {name: array.tolist() for name, array in layer.state_dict().items()}

    layer = make(3)
    expected, parameters = state(), list(layer.parameters())
    for tensor in [*layer.parameters(), *layer.buffers()]:
        tensor.data = tensor.data + 1
    assert state() != expected
    assert layer.reset_parameters(rng=3) is None
    assert state() == expected
    assert list(layer.parameters()) == parameters
    layer.reset_parameters()
    assert (state() == expected) == isinstance(layer, (Normalisation, nn.PReLU))


def test_between_folds_all_layers_are_reset() -> None:
    """The idiom of PyTorch's programs, and the one that is reproducible."""
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.BatchNorm1d(3), nn.Linear(3, 1, rng=0))
    before = model.state_dict()
    for layer in model.children():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    assert not np.array_equal(model[0].weight.data, before["0.weight"])
    states = []
    for _ in range(2):
        rng = np.random.default_rng(1)
        model.apply(
            lambda m, rng=rng: m.reset_parameters(rng=rng) if hasattr(m, "reset_parameters") else None
        )
        states.append({name: array.tolist() for name, array in model.state_dict().items()})
    assert states[0] == states[1]


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


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (2, 3, 0)])
@each_random
def test_where_there_is_nothing_nothing_is_drawn(
    initialiser: Initialiser, options: dict[str, Any], std: float, shape: tuple[int, ...]
) -> None:
    assert initialiser(np.empty(shape), **options).shape == shape


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: init.constant_(x, "a"), "val: expected a number, got 'a'"),
    (lambda x: init.constant_(x, None), "val: expected a number, got None"),
    (lambda x: init.uniform_(x, 2, 1), "a, b: expected bounds in order, got 2 and 1"),
    (lambda x: init.normal_(x, std=-1), "std: expected a number from 0, got -1"),
]


@pytest.mark.parametrize(("draw", "said"), WRONG)
def test_numbers_that_make_no_distribution_are_refused(draw: Callable[[Any], Any], said: str) -> None:
    x = np.full((2, 3), 7.0)
    with pytest.raises(ValueError, match=said):
        draw(x)
    assert (x == 7).all()


@pytest.mark.parametrize("initialiser", [init.kaiming_uniform_, init.kaiming_normal_])
def test_unknown_modes_and_nonlinearities(initialiser: Initialiser) -> None:
    with pytest.raises(ValueError, match=r"mode: expected 'fan_in' or 'fan_out', got 'fan'"):
        initialiser(weight(), mode="fan")
    with pytest.raises(ValueError, match=r"nonlinearity: expected one of .*relu.*, got 'rellu'"):
        initialiser(weight(), nonlinearity="rellu")
