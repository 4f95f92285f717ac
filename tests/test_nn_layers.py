"""Layers and activations: PyTorch's numbers, right derivatives, errors that teach."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import nn
from autograd import gradcheck, set_default_dtype, tensor
from tests.nn_peers import agree, check_gradients, close, drawn

Array = np.ndarray[Any, Any]

# Around 0, around the bends, and where a careless formula overflows.
EXTREMES = np.array([-1000, -745, -50, -20.5, -2, -1e-3, -0.0, 0, 1e-3, 1, 2, 20.5, 50, 709, 1000]).reshape(
    3, 5
)

ACTIVATIONS: list[tuple[str, dict[str, Any]]] = [
    *[(name, {}) for name in (
        "Identity", "Sigmoid", "ReLU6", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softsign", "LogSigmoid",
        "Hardtanh", "Hardsigmoid", "Hardswish", "Hardshrink", "Softshrink", "Tanhshrink",
    )],
    ("Tanh", {}),
    ("ReLU", {}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("ELU", {}),
    ("ELU", {"alpha": 2.0}),
    ("Softplus", {}),
    ("Softplus", {"beta": 2.0, "threshold": 5.0}),
    ("Softmax", {"dim": -1}),
    ("Softmax", {"dim": 0}),
    ("Softmin", {"dim": 0}),
    ("LogSoftmax", {"dim": 1}),
    ("CELU", {"alpha": 0.5}),
    ("CELU", {"alpha": -2.0}),
    ("GELU", {"approximate": "tanh"}),
    ("Hardtanh", {"min_val": -0.25, "max_val": 1.75}),
    ("Hardshrink", {"lambd": 1.5}),
    ("Softshrink", {"lambd": 1.5}),
    ("Threshold", {"threshold": 1.0, "value": -7.0}),
]  # fmt: skip
each_activation = pytest.mark.parametrize(("name", "options"), ACTIVATIONS, ids=str)

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    name: getattr(nn.functional, name)
    for name in (
        "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "softmax",
        "log_softmax", "logsumexp", "binary_step", "softmin", "relu6", "selu", "celu", "gelu", "silu",
        "mish", "softsign", "logsigmoid", "hardtanh", "hardsigmoid", "hardswish", "hardshrink",
        "softshrink", "tanhshrink",
    )
}  # fmt: skip
ALONG_AN_AXIS = ("softmax", "log_softmax", "logsumexp", "softmin")
each_function = pytest.mark.parametrize("name", FUNCTIONS)

LAYERS: dict[str, Callable[..., nn.Module]] = {
    "Linear": lambda **how: nn.Linear(3, 2, **how),
    "Linear without bias": lambda **how: nn.Linear(3, 2, bias=False, **how),
    "Perceptron": lambda **how: nn.Perceptron(3, **how),
    "Perceptron with several outputs": lambda **how: nn.Perceptron(3, 4, **how),
    "Perceptron with Tanh": lambda **how: nn.Perceptron(3, 2, nn.Tanh(), **how),
    "Perceptron with a function": lambda **how: nn.Perceptron(3, 2, np.tanh, **how),
    "MLP": lambda **how: nn.MLP([3, 5, 4, 2], **how),
    "MLP with Softmax": lambda **how: nn.MLP([3, 5, 2], nn.Tanh, nn.Softmax(-1), **how),
    "Sequential": lambda **how: nn.Sequential(nn.Linear(3, 4, **how), nn.ELU(), nn.MLP([4, 2])),
}
each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)

INPUT_SHAPES = [(3,), (4, 3), (2, 4, 3), (1, 3), (0, 3)]


def pulled_back(function: Callable[..., Any], inputs: Sequence[Any], cotangent: Array) -> list[Any]:
    """Return the value, and the gradients of all inputs."""
    out = function(*inputs)
    out.backward(tensor(cotangent))
    return [out.detach().numpy(), *[x.grad.numpy() for x in inputs]]


# PyTorch's numbers


@each_activation
def test_activations_agree_with_torch(name: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    cotangent = np.random.default_rng(0).normal(size=EXTREMES.shape)
    x, x_torch = tensor(EXTREMES, requires_grad=True), torch.tensor(EXTREMES, requires_grad=True)
    ours = pulled_back(getattr(nn, name)(**options), [x], cotangent)
    out = getattr(torch.nn, name)(**options)(x_torch)
    out.backward(torch.tensor(cotangent))
    close(ours[0], out.detach())
    tolerance = 1e-7 if name == "Hardsigmoid" else 1e-10  # PyTorch rounds its slope 1/6 to float32
    np.testing.assert_allclose(ours[1], x_torch.grad, rtol=tolerance, atol=1e-10)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("binary_step", "identity")])
def test_functions_agree_with_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn.functional, name, None) or getattr(torch, name)
    along = {"dim": -1} if name in ALONG_AN_AXIS else {}
    close(FUNCTIONS[name](EXTREMES), theirs(torch.tensor(EXTREMES), **along))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "softmin"])
def test_the_axis_of_a_function_is_called_dim_as_in_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    f = FUNCTIONS[name]
    theirs = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    for dim in 0, 1, -2:
        close(f(tensor(EXTREMES), dim=dim), theirs(torch.tensor(EXTREMES), dim=dim))
    if name == "logsumexp":
        sums = theirs(torch.tensor(EXTREMES), dim=0, keepdim=True)
        close(f(EXTREMES, dim=0, keepdim=True), sums)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_the_axis_is_asked_for_where_pytorch_takes_the_first(name: str) -> None:
    module = {"softmax": nn.Softmax, "log_softmax": nn.LogSoftmax, "softmin": nn.Softmin}[name]
    for x in EXTREMES, EXTREMES[0]:
        results = [
            pulled_back(f, [tensor(x, requires_grad=True)], drawn(x.shape))
            for f in (FUNCTIONS[name], module(), module(-1))
        ]
        for value, gradient in results[:-1]:
            close(value, results[-1][0])
            close(gradient, results[-1][1])
    for f in FUNCTIONS[name], module():
        with pytest.raises(
            ValueError, match=r"expected dim= for .* got shape \(3, 5, 1\); the usual fix is dim=1"
        ):
            f(EXTREMES[..., None])


def test_logsumexp_of_infinities() -> None:
    x = np.array([[-np.inf, -np.inf], [-np.inf, 2.0], [np.inf, 0.0]])
    close(nn.functional.logsumexp(x), [-np.inf, 2.0, np.inf])


def test_logsumexp_of_nothing_but_minus_infinity_has_a_gradient_and_warns_of_nothing() -> None:
    forbidden = np.zeros((3, 3))
    forbidden[:, 1] = -np.inf
    x = tensor(np.zeros(3), requires_grad=True)
    inner = nn.functional.logsumexp(x[:, None] + forbidden, 0)
    nn.functional.logsumexp(inner, 0).backward()
    close(x.grad, np.full(3, 1 / 3))
    x = tensor(np.full(4, -np.inf), requires_grad=True)
    nn.functional.logsumexp(x).backward()
    close(x.grad, np.full(4, 0.25))  # as of equal scores


def test_softplus_of_infinities_and_nan() -> None:
    close(nn.functional.softplus([-np.inf, np.inf, np.nan]), [0.0, np.inf, np.nan])


def test_binary_step_agrees_with_torch() -> None:
    torch = pytest.importorskip("torch")
    expected = torch.heaviside(torch.tensor(EXTREMES), torch.ones((), dtype=torch.float64))
    x = tensor(EXTREMES, requires_grad=True)
    out, gradient = pulled_back(nn.BinaryStep(), [x], np.ones((3, 5)))
    close(out, expected)
    assert not gradient.any()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", INPUT_SHAPES, ids=str)
def test_linear_agrees_with_torch(shape: tuple[int, ...], bias: bool) -> None:
    torch = pytest.importorskip("torch")
    layer, theirs = nn.Linear(3, 2, bias, rng=0), torch.nn.Linear(3, 2, bias, dtype=torch.float64)
    theirs.load_state_dict({name: torch.tensor(p) for name, p in layer.state_dict().items()})
    rng = np.random.default_rng(1)
    x, cotangent = rng.normal(size=shape), rng.normal(size=(*shape[:-1], 2))
    ours = pulled_back(layer, [tensor(x, requires_grad=True)], cotangent)
    x_torch = torch.tensor(x, requires_grad=True)
    out = theirs(x_torch)
    out.backward(torch.tensor(cotangent))
    close(ours[0], out.detach())
    close(ours[1], x_torch.grad)
    for p, q in zip(layer.parameters(), theirs.parameters(), strict=True):
        close(p.grad.numpy(), q.grad)


BILINEAR_SHAPES = [((3,), (2,)), ((5, 3), (5, 2)), ((2, 4, 3), (2, 4, 2)), ((0, 3), (0, 2))]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shapes", BILINEAR_SHAPES, ids=str)
def test_bilinear_agrees_with_torch(shapes: Any, bias: bool) -> None:
    torch = pytest.importorskip("torch")
    layer = nn.Bilinear(3, 2, 4, bias, rng=0)
    agree(layer, torch.nn.Bilinear(3, 2, 4, bias), *map(drawn, shapes))
    assert repr(layer) == repr(torch.nn.Bilinear(3, 2, 4, bias))
    bound = 1 / np.sqrt(3)
    assert all(np.abs(p.data).max() <= bound for p in layer.parameters())


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shapes", BILINEAR_SHAPES[:3], ids=str)
def test_bilinear_passes_gradcheck(shapes: Any, bias: bool) -> None:
    check_gradients(nn.Bilinear(3, 2, 4, bias, rng=0), *map(drawn, shapes))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bilinear_keeps_the_dtype_and_takes_lists(dtype: Any) -> None:
    layer, x, y = nn.Bilinear(3, 2, 4, dtype=dtype, rng=0), [[1, 2, 3]], [[4, 5]]
    out = layer(tensor(x, dtype=dtype), np.array(y, dtype))
    assert out.dtype == dtype
    np.testing.assert_allclose(layer(x, y).detach(), out.detach(), rtol=1e-6)
    layer(np.array(x), np.array(y, np.uint8))
    with pytest.raises(
        ValueError, match=r"bilinear: expected .*got \(1, 2\), \(1, 3\) and \(4, 3, 2\)"
    ) as caught:
        layer(np.array(y), np.array(x))
    assert "in layer Bilinear" in caught.value.__notes__[0]


def equivalents(torch: Any) -> list[tuple[nn.Module, Any]]:
    """Models of ours, and PyTorch's layers that do the same."""
    linear, sigmoid = torch.nn.Linear, torch.nn.Sigmoid
    return [
        (nn.Perceptron(3, rng=0), torch.nn.Sequential(linear(3, 1), sigmoid())),
        (nn.Perceptron(3, 4, rng=0), torch.nn.Sequential(linear(3, 4), sigmoid())),
        (nn.Perceptron(3, 4, nn.ReLU(), rng=0), torch.nn.Sequential(linear(3, 4), torch.nn.ReLU())),
        (
            nn.MLP([3, 5, 4, 2], rng=0),
            torch.nn.Sequential(linear(3, 5), sigmoid(), linear(5, 4), sigmoid(), linear(4, 2)),
        ),
        (
            nn.MLP([3, 5, 2], nn.Tanh, nn.Softmax, rng=0),
            torch.nn.Sequential(linear(3, 5), torch.nn.Tanh(), linear(5, 2), torch.nn.Softmax(dim=-1)),
        ),
    ]


def test_perceptron_and_mlp_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(1).normal(size=(7, 3))
    for model, theirs in equivalents(torch):
        theirs.double()
        pairs = list(zip(model.parameters(), theirs.parameters(), strict=True))
        for p, q in pairs:
            q.data = torch.tensor(p.data)
        out, out_torch = model(x), theirs(torch.tensor(x))
        close(out.detach(), out_torch.detach())
        (out**2).sum().backward()
        (out_torch**2).sum().backward()
        for p, q in pairs:
            close(p.grad.numpy(), q.grad)


def test_names_and_shapes_of_parameters_equal_those_of_torch() -> None:
    torch = pytest.importorskip("torch")

    def build(package: Any) -> Any:
        class Net(package.Module):
            def __init__(self) -> None:
                super().__init__()
                self.body = package.Sequential(package.Linear(4, 5), package.ReLU())
                self.own = package.Parameter(tensor(1.0) if package is nn else torch.tensor(1.0))
                self.head = package.Linear(5, 3, bias=False)
                self.inner = package.Sequential(package.Sequential(package.Linear(1, 1)))

        return Net()

    ours, theirs = build(nn), build(torch.nn)
    assert [(k, v.shape) for k, v in ours.state_dict().items()] == [
        (k, tuple(v.shape)) for k, v in theirs.state_dict().items()
    ]
    assert [k for k, _ in ours.named_parameters()] == [k for k, _ in theirs.named_parameters()]
    assert [k for k, _ in ours.named_modules()] == [k for k, _ in theirs.named_modules()]
    # and the arrays move, in both directions
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    close(ours.head.weight.data, theirs.head.weight.detach())


# Derivatives


@each_layer
@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 2, 3)], ids=str)
def test_layers_pass_gradcheck(make: Callable[..., nn.Module], shape: tuple[int, ...]) -> None:
    check_gradients(make(rng=0), np.random.default_rng(1).normal(size=shape))


@each_activation
def test_activations_pass_gradcheck(name: str, options: dict[str, Any]) -> None:
    x = np.array([[-3.5, -0.6, 0.7], [0.2, 1.6, 4.0]])
    gradcheck(getattr(nn, name)(**options), x, order=2)


@each_function
def test_functions_pass_gradcheck(name: str) -> None:
    gradcheck(FUNCTIONS[name], np.array([[-3.5, -0.6, 0.7], [0.2, 1.6, 4.0]]), order=2)


@each_function
def test_functions_of_arrays_give_arrays(name: str) -> None:
    assert isinstance(FUNCTIONS[name](EXTREMES), np.ndarray)


@each_function
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_functions_keep_the_dtype(name: str, dtype: Any) -> None:
    x = tensor(np.linspace(-12, 12, 7), dtype=dtype, requires_grad=True)
    out = FUNCTIONS[name](x)
    assert out.dtype == dtype
    out.sum().backward()
    assert x.grad.dtype == dtype
    assert np.isfinite(x.grad.numpy()).all()


@each_function
def test_functions_take_integers_lists_and_numbers(name: str) -> None:
    function, x = FUNCTIONS[name], [-2, 0, 3]
    expected = np.asarray(function(np.array(x, float)))
    close(function(np.array(x)), expected)
    close(function(tensor(x)), expected)
    close(function(x), expected)
    if name not in ALONG_AN_AXIS:
        close(function(3), np.asarray(function(np.array(3.0))))


@each_function
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, bool], ids=lambda d: d.__name__)
def test_functions_take_small_integers_for_floats(name: str, dtype: Any) -> None:
    """NumPy's exp of bytes is a float16, and their differences wrap around."""
    x = np.random.default_rng(0).integers(0, 120, (4, 6)).astype(dtype)
    for given in x, tensor(x):
        np.testing.assert_allclose(FUNCTIONS[name](given), FUNCTIONS[name](x.astype(float)), rtol=1e-12)


# Layers


@each_layer
def test_layers_keep_the_dtype(make: Callable[..., nn.Module]) -> None:
    for dtype in (np.float32, np.float64):
        layer = make(dtype=dtype, rng=0)
        layer.load_state_dict(layer.state_dict())
        if {p.dtype for p in layer.parameters()} != {np.dtype(dtype)}:
            continue  # one of its layers was not told
        out = layer(tensor(np.ones((4, 3)), dtype=dtype))
        assert out.dtype == dtype
        out.sum().backward()
        assert {p.grad.dtype for p in layer.parameters()} == {np.dtype(dtype)}


@each_layer
def test_layers_take_arrays_and_integers(make: Callable[..., nn.Module]) -> None:
    layer, x = make(rng=0), [[1, 2, 3], [4, 5, 6]]
    expected = layer(tensor(x, dtype=float)).detach()
    close(layer(np.array(x, float)).detach(), expected)
    close(layer(np.array(x)).detach(), expected)


ON_LISTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys((f"{name}(**{options})" for name, options in ACTIVATIONS if name != "Identity"), (4, 2)),
    **dict.fromkeys(("Linear(2, 3)", "Bilinear(2, 2, 3)", "BatchNorm1d(2)", "LayerNorm(2)", "RMSNorm(2)",
                     "GroupNorm(1, 2)", "GRUCell(2, 3)", "Flatten()", "PReLU()", "GLU()"), (4, 2)),
    **dict.fromkeys(("L1Loss()", "MSELoss()", "HuberLoss()", "BCELoss()", "BCEWithLogitsLoss()",
                     "CrossEntropyLoss()", "CrossEntropyLoss([0.5, 0.5])"), (4, 2)),
    **dict.fromkeys(("Conv1d(2, 3, 2)", "MaxPool1d(2)", "AvgPool1d(2)", "Dropout2d()"), (2, 2, 4)),
    **dict.fromkeys(("LSTM(4, 3)", "Unflatten(2, (2, 2))"), (2, 2, 4)),
    **dict.fromkeys(("Conv2d(2, 3, 2)", "ConvTranspose2d(2, 3, 2)", "AdaptiveAvgPool2d(1)"), (2, 2, 4, 4)),
}  # fmt: skip


@pytest.mark.parametrize("text", ON_LISTS)
def test_layers_and_losses_make_the_default_dtype_of_lists(text: str) -> None:
    x: list[Any] = np.full(ON_LISTS[text], 0.5).tolist()
    count = 2 if "Loss" in text or "Bilinear" in text else 1
    expected = eval(f"nn.{text}")(*[np.array(x)] * count)
    assert (expected[0] if isinstance(expected, tuple) else expected).dtype == np.float64
    set_default_dtype(np.float32)
    try:
        found = eval(f"nn.{text}")(*[x] * count)
        assert (found[0] if isinstance(found, tuple) else found).dtype == np.float32
    finally:
        set_default_dtype(np.float64)


def test_linear_takes_lists() -> None:
    layer = nn.Linear(2, 3, rng=0)
    close(layer([[1.0, 2.0]]).detach(), layer(np.array([[1.0, 2.0]])).detach())


def test_each_output_of_a_perceptron_has_its_own_weights_and_bias() -> None:
    several = nn.Perceptron(3, 4, rng=0)
    x = np.random.default_rng(1).normal(size=(5, 3))
    for i in range(4):
        one = nn.Perceptron(3)
        one.load_state_dict({k: v[i : i + 1] for k, v in several.state_dict().items()})
        close(one(x).detach(), several(x).detach()[:, i : i + 1])


def test_sequential_is_a_sequence() -> None:
    layers = [nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)]
    model = nn.Sequential(*layers)
    assert (len(model), list(model), model[0], model[-1]) == (3, layers, layers[0], layers[2])
    assert list(model[1:]) == layers[1:]
    x = np.ones((4, 2))
    close(model(x).detach(), layers[2](layers[1](layers[0](x))).detach())
    assert nn.Sequential()(x) is x


def test_mlp_is_a_stack_of_linear_layers_with_activations() -> None:
    kinds = [type(layer).__name__ for layer in nn.MLP([4, 3, 2, 1], nn.ReLU, nn.Sigmoid)]
    assert kinds == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Sigmoid"]
    for none in {}, {"output": "identity"}, {"output": nn.Identity}:
        assert [type(layer).__name__ for layer in nn.MLP([4, 3], **none)] == ["Linear"]


@pytest.mark.parametrize(
    "activation",
    [nn.Tanh, nn.Tanh(), lambda: nn.Tanh(), "tanh", np.tanh, nn.functional.tanh, lambda x: np.tanh(x)],
    ids=["class", "module", "maker", "name", "ufunc", "function", "own function"],
)
def test_the_activation_of_an_mlp_may_be_a_name_a_class_a_module_or_a_function(activation: Any) -> None:
    x = np.random.default_rng(0).normal(size=(5, 4))
    model = nn.MLP([4, 3, 2, 1], activation, output=activation, rng=0)
    first, _, second, _, third, _ = model
    expected = np.tanh(third(np.tanh(second(np.tanh(first(x))))))
    close(model(x).detach(), expected.detach())


def test_the_layers_of_an_mlp_do_not_share_what_their_activation_learns() -> None:
    model = nn.MLP([4, 3, 2, 1], nn.PReLU(init=0.5))
    assert model[1].weight is not model[3].weight
    assert model[1].weight == model[3].weight == 0.5


NOT_OFFERED = {"output_padding", "mode", "proj_size", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"}


@pytest.mark.parametrize(
    "text",
    ["Linear(2, 3)", "Bilinear(1, 2, 3)", "Conv1d(1, 2, 3)", "Conv2d(1, 2, 3, padding='same')", "PReLU(2)",
     "ConvTranspose2d(1, 2, 3)", "BatchNorm2d(3)", "LayerNorm(3)", "GroupNorm(1, 2)", "RMSNorm(2)", "Tanh()",
     "Embedding(3, 2)", "RNN(2, 3)", "LSTM(2, 3, bidirectional=True)", "GRUCell(2, 3)", "Dropout(0.2)",
     "Flatten()", "RNNCell(2, 3, nonlinearity='relu')", "AdaptiveAvgPool2d(1)", "MSELoss()", "Softplus()"],
)  # fmt: skip
def test_fields_are_those_of_torch(text: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = eval(f"nn.{text}"), eval(f"torch.nn.{text}", {"torch": torch})
    fields = {name: value for name, value in vars(theirs).items() if not name.startswith("_")}
    for name in fields.keys() - NOT_OFFERED:
        assert getattr(ours, name) == fields[name], name


def test_layers_show_themselves_as_in_torch() -> None:
    for module, text in (
        (nn.Linear(2, 5), "Linear(in_features=2, out_features=5, bias=True)"),
        (nn.Linear(2, 5, bias=False), "Linear(in_features=2, out_features=5, bias=False)"),
        (nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"),
        (nn.ELU(), "ELU(alpha=1.0)"),
        (nn.Softmax(dim=1), "Softmax(dim=1)"),
        (nn.Softplus(2.0), "Softplus(beta=2.0, threshold=20.0)"),
        (nn.ReLU(), "ReLU()"),
        (nn.Sequential(nn.Tanh(), nn.ReLU()), "Sequential(\n  (0): Tanh()\n  (1): ReLU()\n)"),
    ):
        assert repr(module) == text


# Bad input


def test_a_wrong_shape_names_the_path_of_the_layer() -> None:
    inner = nn.Sequential(nn.Sigmoid(), nn.Linear(4, 1))

    class Net(nn.Module):
        def __init__(self) -> None:
            self.blocks = [nn.MLP([2, 5]), nn.Sequential(nn.Tanh(), inner)]

        def forward(self, x: Any) -> Any:
            for block in self.blocks:
                x = block(x)
            return x

    for model, path in (inner, "1"), (Net(), "blocks.1.1.1"):
        x = np.ones((10, 5 if model is inner else 2))
        with pytest.raises(ValueError, match=r"\(10, 5\)") as caught:
            model(x)
        said = str(caught.value) + "\n".join(caught.value.__notes__)
        assert f"in layer {path!r} of {type(model).__name__}" in said
        assert "expected inputs of shape (..., 4)" in said
        assert "the usual fix" in said


def test_a_layer_that_is_no_field_does_not_hide_the_error() -> None:
    class Net(nn.Module):
        def forward(self, x: Any) -> Any:
            return nn.Linear(3, 1)(x)

    for model in Net(), nn.Sequential(Net()):
        with pytest.raises(ValueError, match="expected inputs of shape") as caught:
            model(np.ones((2, 2)))
        assert "Linear(in_features=3" in "\n".join(caught.value.__notes__)


def test_the_same_layer_failing_twice_is_located_twice() -> None:
    layer = nn.Linear(3, 1)
    model = nn.Sequential(nn.Sequential(layer))
    for call, place in (layer, "in layer Linear"), (model, "in layer '0.0' of Sequential"):
        with pytest.raises(ValueError, match=place):
            call(np.ones((2, 2)))


def test_notes_that_a_user_adds_on_the_way_are_kept() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.layer = nn.Linear(3, 1)

        def forward(self, x: Any) -> Any:
            try:
                return self.layer(x)
            except ValueError as error:
                error.add_note("while reading batch 7")
                raise

    with pytest.raises(ValueError, match="while reading batch 7") as caught:
        Net()(np.ones((2, 2)))
    assert "in layer 'layer' of Net" in "\n".join(caught.value.__notes__)


@pytest.mark.parametrize("name", ["in_features", "out_features"])
@pytest.mark.parametrize("size", [-1, 2.5, "3", None], ids=repr)
def test_sizes_must_be_whole_numbers(name: str, size: Any) -> None:
    sizes: dict[str, Any] = {"in_features": 2, "out_features": 3} | {name: size}
    with pytest.raises(ValueError, match=f"{name}: expected a whole number from 0, got {size!r}"):
        nn.Linear(**sizes)


@pytest.mark.parametrize("name", ["in1_features", "in2_features", "out_features"])
def test_sizes_of_bilinear_must_be_whole_numbers(name: str) -> None:
    sizes: dict[str, Any] = {"in1_features": 2, "in2_features": 2, "out_features": 3} | {name: 2.5}
    with pytest.raises(ValueError, match=f"{name}: expected a whole number from 0, got 2.5"):
        nn.Bilinear(**sizes)


@pytest.mark.parametrize("sizes", [[], [3], 3, "25", [[2, 3]]], ids=str)
def test_an_mlp_needs_two_sizes(sizes: Any) -> None:
    with pytest.raises(ValueError, match=r"sizes: expected .*, got "):
        nn.MLP(sizes)


@pytest.mark.parametrize("argument", ["activation", "output"])
@pytest.mark.parametrize("kind", ["sigmoid", None, 2], ids=repr)
def test_what_is_no_activation_is_refused(argument: str, kind: Any) -> None:
    how = {argument: kind}
    with pytest.raises(ValueError, match=f"{argument}: expected one of 'identity'.*a class.*got {kind!r}"):
        nn.MLP([2, 3, 1], **how)


def test_a_class_for_a_module_is_refused() -> None:
    for make, said in (
        (lambda: nn.Sequential(nn.Linear(2, 1), nn.ReLU), r"layers: expected modules.*Sigmoid\(\)"),
        (lambda: nn.Sequential([nn.Linear(2, 1)]), r"layers: expected .*Sequential\(\*layers\)"),
    ):
        with pytest.raises(TypeError, match=said):
            make()


@pytest.mark.parametrize("dtype", [int, bool, complex], ids=str)
def test_parameters_must_be_floating(dtype: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="float"):
        nn.Linear(2, 3, dtype=dtype)


class Rows(nn.Softmax):
    """A softmax whose option is a field of the class."""

    dim = 0

    def __init__(self) -> None:
        pass


class Sums(nn.MSELoss):
    """A loss whose option is a property."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    @property
    def reduction(self) -> str:  # type: ignore[override]
        return "sum"


class Far(nn.TripletMarginLoss):
    """A loss of three, of whose options one is a field of the class."""

    margin = 5.0

    def __init__(self, p: float = 2.0) -> None:
        self.p, self.eps, self.swap, self.reduction = p, 0.0, False, "mean"


def test_options_may_be_fields_or_properties_of_a_subclass() -> None:
    x = drawn((3, 2))
    close(Rows()(x), nn.Softmax(dim=0)(x))
    close(Rows()(x.tolist()), nn.Softmax(dim=0)(x))
    close(Sums()(x, 0 * x), nn.MSELoss(reduction="sum")(x, 0 * x))
    close(Far()(x, x, x), 5.0)


class Halving(nn.MaxPool2d):
    """A pooling layer with arguments of its own."""

    def __init__(self, ceil: bool = False) -> None:
        super().__init__(2, ceil_mode=ceil)


class Halves(Halving):
    """One that takes over those of its parent."""


@pytest.mark.parametrize("kind", [Rows, Sums, Far, Halving, Halves, nn.MaxPool2d, nn.Softmax, nn.L1Loss])
def test_arguments_are_those_of_the_nearest_constructor(kind: type[nn.Module]) -> None:
    own = {Rows: [], Sums: ["scale"], Far: ["p"], Halving: ["ceil"], Halves: ["ceil"], nn.Softmax: ["dim"]}
    pool = ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"]
    rest = {nn.MaxPool2d: pool, nn.L1Loss: ["reduction"]}
    assert list(inspect.signature(kind).parameters) == (own | rest)[kind]
