"""Mistakes that beginners make with nn: what is said, and that the fix which is named works."""

import inspect
import os
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import no_grad, tensor
from nn.training import Training

X = np.random.default_rng(0).normal(size=(20, 4))
Y = np.arange(20) % 3


def said_by(call: Callable[[], Any]) -> str:
    """Return the message of the error that a call raises."""
    with pytest.raises((TypeError, ValueError, FileNotFoundError)) as caught:
        call()
    return str(caught.value)


def fix_of(message: str) -> str:
    """Find the fix that a message names."""
    return message.partition("the usual fix is ")[2]


# Inputs of another shape: the fix is an expression of the input, or an argument of the layer

sizes = st.integers(1, 4)


def shapes_of_linear(layer_inputs: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw shapes that do not fit, many of which would after a step."""
    others = st.lists(sizes, min_size=0, max_size=3).map(tuple)
    flat = st.tuples(sizes, st.just(layer_inputs), st.just(1))
    turned = st.tuples(st.just(layer_inputs), sizes)
    return st.one_of(others, flat, turned).filter(lambda shape: shape[-1:] != (layer_inputs,))


@given(sizes.flatmap(lambda n: st.tuples(st.just(n), shapes_of_linear(n))))
def test_the_fix_of_an_input_of_linear_works_and_mixes_no_rows(case: tuple[int, tuple[int, ...]]) -> None:
    inputs, shape = case
    x = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    message = said_by(lambda: nn.Linear(inputs, 2)(x))
    assert f"expected inputs of shape (..., {inputs})" in message
    assert f"got {shape}" in message
    fix = fix_of(message)
    if fix.startswith("in_features="):
        assert nn.Linear(int(fix.partition("=")[2]), 2)(np.atleast_1d(x)).shape == (*shape[:-1], 2)
        return
    fixed = eval(fix, {"x": x})
    assert nn.Linear(inputs, 2)(fixed).shape == (len(fixed), 2)
    if fix == "x.T":
        assert all(row in x.T.tolist() for row in fixed.tolist())
    elif x.ndim:
        assert fixed.tolist() == [np.ravel(row).tolist() for row in x]


@given(st.integers(1, 2), sizes, st.booleans(), st.data())
def test_the_fix_of_an_input_of_a_convolution_works(
    axes: int, channels: int, batched: bool, data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(5, 8), min_size=axes, max_size=axes))
    last = data.draw(st.sampled_from([channels, 9]))
    shape = (*[3] * batched, *places, last)
    layer: Any = [nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d][axes - 1 + data.draw(st.integers(0, axes - 1))]
    message = said_by(lambda: layer(channels, 2, 3)(np.ones(shape)))
    assert message.endswith(f"got {shape}; the usual fix is {fix_of(message)}")
    if fix_of(message).startswith("in_channels="):
        channels, fixed = int(message.rpartition("=")[2]), np.ones(shape)
    else:
        fixed = eval(fix_of(message), {"x": np.ones(shape)})
    assert layer(channels, 2, 3)(fixed).ndim >= len(shape)


def test_images_without_channels_are_told_from_one_image_of_other_channels() -> None:
    assert fix_of(said_by(lambda: nn.Conv2d(1, 4, 3)(np.ones((2, 8, 8))))) == "x[:, None]"
    assert fix_of(said_by(lambda: nn.Conv2d(3, 4, 3)(np.ones((2, 8, 8))))) == "in_channels=2"


# What is no array

LAYERS = [nn.Linear(3, 2), nn.Conv1d(7, 2, 1), nn.MaxPool1d(2), nn.BatchNorm1d(3), nn.LayerNorm(3),
          nn.Flatten(), nn.Dropout(), nn.GRU(3, 2), nn.Tanh(), nn.LogSoftmax(1)]  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            nn.LSTM(2, 3, rng=0)(np.ones((5, 7, 2))),
            r"got a tuple of 2: \(5, 7, 3\), …; LSTM gives \(output, state\)",
        ),
        (
            next(iter(nn.batches(X, Y, batch_size=10))),
            r"got a tuple of 2: \(10, 4\), \(10,\); .*batches give \(x, y\)",
        ),
        ([[1.0, 2.0], [3.0]], "rows of different shapes"),
        (None, r"got None; is a return missing\?"),
    ],
    ids=["output and state", "batch", "ragged", "nothing"],
)
def test_layers_take_one_array(layer: Any, data: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        nn.Sequential(layer)(data)
    assert "in layer '0'" in caught.value.__notes__[0]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_layers_take_other_kinds_of_arrays(layer: Any) -> None:
    def outputs(x: Any) -> Any:
        with no_grad():
            out = layer.eval()(x)
        return np.asarray(out[0] if isinstance(out, tuple) else out)

    x = np.random.default_rng(0).normal(size=(7, 3))
    for kind in np.memmap, np.matrix:
        np.testing.assert_array_equal(outputs(x.view(kind)), outputs(x))
    if isinstance(layer, (nn.Flatten, nn.Dropout)):
        return  # they compute nothing
    with pytest.raises(TypeError, match="masked arrays have no gradients here"):
        layer(x.view(np.ma.MaskedArray))


@pytest.mark.parametrize("loss", [nn.MSELoss(), nn.BCEWithLogitsLoss(), nn.HuberLoss()], ids=repr)
def test_losses_take_other_kinds_of_targets(loss: Any) -> None:
    x, y = tensor(X[:, :2], requires_grad=True), Y[:, None] % np.array([2, 1]) * 1.0
    assert loss(x, y.view(np.matrix)).item() == loss(x, y).item()
    with pytest.raises(TypeError, match="masked arrays have no gradients here"):
        loss(x, y.view(np.ma.MaskedArray))


def test_arrays_of_other_libraries() -> None:
    torch = pytest.importorskip("torch")
    x = torch.ones(2, 4, dtype=torch.float64)
    message = said_by(lambda: nn.Linear(4, 3)(x))
    assert message.startswith("linear: expected an array, got Tensor of torch")
    assert nn.Linear(4, 3)(eval(fix_of(message), {"x": x, "np": np})).shape == (2, 3)
    np.testing.assert_array_equal(nn.functional.softmax(x, 1), np.full((2, 4), 0.25))


WEIGHTS: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "conv1d": (nn.functional.conv1d, np.ones((2, 1, 3)), np.ones((2, 1, 2))),
    "conv2d": (nn.functional.conv2d, np.ones((2, 1, 3, 3)), np.ones((2, 1, 2, 2))),
    "conv_transpose2d": (nn.functional.conv_transpose2d, np.ones((2, 1, 3, 3)), np.ones((1, 2, 2, 2))),
    "bilinear": (lambda x, *w: nn.functional.bilinear(x, x, *w), np.ones((4, 3)), np.ones((2, 3, 3))),
    "prelu": (lambda x, w, _: nn.functional.prelu(x, w), np.ones((4, 2)), np.ones(2)),
}


@pytest.mark.parametrize(("function", "x", "weight"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_may_be_lists(function: Callable[..., Any], x: Any, weight: Any) -> None:
    bias = np.array([3.0, 4.0])
    out = function(x.tolist(), weight.tolist(), bias.tolist())
    np.testing.assert_array_equal(out, function(x, weight, bias), strict=True)


def test_linear_takes_arrays_and_says_so() -> None:
    for x, weight, name in ([[1.0, 2.0]], np.ones((3, 2)), "x"), (np.ones((4, 2)), [[1.0, 2.0]], "weight"):
        message = said_by(lambda x=x, weight=weight: nn.functional.linear(x, weight))
        assert message.startswith("linear: expected an array, got list")
        fixed = {"x": x, "weight": weight, name: eval(fix_of(message), {"np": np, name: locals()[name]})}
        assert nn.functional.linear(**fixed).shape == (len(x), len(weight))


def test_a_forward_without_a_return() -> None:
    class Net(nn.Module):
        def forward(self, x: Any) -> Any:
            np.tanh(x)

    for loss in nn.MSELoss(), nn.CrossEntropyLoss(), nn.BCELoss():
        with pytest.raises(TypeError, match=r"got None; is a return missing\?"):
            loss(Net()(X), Y)


# Targets of another kind or shape: the fix is an expression of the target, or an argument of the layer

names = np.array(["cat", "dog", "cow"])
TARGETS: dict[str, tuple[int, Any, str]] = {
    "floats": (3, Y.astype(float), "target.astype(int)"),
    "names": (3, names[Y], "np.unique(target, return_inverse=True)[1]"),
    "objects": (3, names[Y].astype(object), "np.unique(target, return_inverse=True)[1]"),
    "column": (3, Y[:, None], "target.reshape((20,))"),
    "one-hot integers": (3, np.eye(3, dtype=int)[Y], "target.argmax(1)"),
    "from 1": (3, Y + 1, "target - 1"),
    "-1 and 1": (2, 2 * (Y % 2) - 1, "np.unique(target, return_inverse=True)[1]"),
    "too many classes": (2, Y, "out_features=3"),
    "from 1, too many classes": (2, Y + 1, "out_features=4"),
    "one output": (1, Y % 2, "BCEWithLogitsLoss"),
    "a row too few": (3, Y[:19], "one target for each row"),
}


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.NLLLoss()], ids=repr)
@pytest.mark.parametrize(("outputs", "target", "fix"), TARGETS.values(), ids=TARGETS)
def test_the_fix_of_targets_works(loss: Any, outputs: int, target: Any, fix: str) -> None:
    said = fix_of(said_by(lambda: loss(np.zeros((20, outputs)), target)))
    assert said.startswith(fix)
    if "target" in fix.split()[0]:
        target = eval(said, {"target": target, "np": np})
    elif fix.startswith("out_features="):
        outputs = int(fix.partition("=")[2])
    else:
        return
    assert np.isfinite(loss(np.zeros((20, outputs)), target).item())


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 5, 3, 4)])
def test_the_fix_of_classes_on_the_last_axis_works(shape: tuple[int, ...]) -> None:
    scores, target = np.zeros(shape), np.zeros(shape[:-1], int)
    said = fix_of(said_by(lambda: nn.functional.cross_entropy(scores, target)))
    fixed = eval(said.partition(", for")[0], {"input": scores, "np": np})
    assert np.isfinite(nn.functional.cross_entropy(fixed, target))


@pytest.mark.parametrize(
    ("target", "fix"), [([1, 0, 1], "BCEWithLogitsLoss"), ([0, 1, 0], "target.argmax(0)")]
)
def test_one_axis_of_scores_is_one_row_of_classes(target: list[int], fix: str) -> None:
    assert fix_of(said_by(lambda: nn.CrossEntropyLoss()(np.zeros(3), target))).startswith(fix)


# Data in the place of options

OPTIONS: dict[str, Callable[[Any], Any]] = {
    "options of an activation": nn.ReLU,
    "an axis": nn.Softmax,
    "a slope": nn.LeakyReLU,
    "no options": nn.Sigmoid,
    "several inputs": lambda x: nn.MSELoss(x, Y),
    "a reduction": lambda x: nn.MSELoss(x),
    "a place of weights": lambda x: nn.CrossEntropyLoss(x, Y),
    "weights and a reduction": lambda x: nn.BCELoss(x, Y),
    "axes": nn.Flatten,
    "a kernel": nn.MaxPool2d,
    "a mean": nn.AvgPool1d,
}


@pytest.mark.parametrize("make", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("data", [X, tensor(X), nn.Linear(4, 3, rng=0)(X)], ids=["array", "Tensor", "result"])
def test_data_are_no_options(make: Callable[[Any], Any], data: Any) -> None:
    message = said_by(lambda: make(data))
    assert "." not in message.partition("got an array")[2].partition(";")[0]  # no numbers
    assert re.match(r"nn\.\w+\(\.\.\.\)\((inputs|input, target|x)\)", fix_of(message))


@pytest.mark.parametrize(
    "weights", [[1.0] * 3, np.ones(3), tensor(np.ones(3))], ids=["list", "array", "Tensor"]
)
def test_weights_of_classes_are_options(weights: Any) -> None:
    loss: Any = nn.CrossEntropyLoss(weights)
    assert isinstance(loss.weight, nn.Buffer)


def test_options_are_those_of_the_constructor() -> None:
    """Fields that a user adds, and the layers of users, may be arrays."""

    class Scaled(nn.Module):
        def __init__(self, factor: Any) -> None:
            self.factor = factor

    assert Scaled(X).factor is X
    layer: Any = nn.ReLU()
    layer.latest = X
    assert layer.latest is X


@pytest.mark.parametrize(
    "call",
    [
        lambda: nn.Linear(X, 3),
        lambda: nn.Conv2d(3, X, 3),
        lambda: nn.Dropout(X),
        lambda: nn.functional.max_pool2d(np.ones((1, 1, 9, 9)), X),
        lambda: nn.summary(nn.Linear(4, 3), X),
    ],
    ids=["size", "channels", "probability", "kernel", "summary"],
)
def test_errors_show_no_data(call: Callable[[], Any]) -> None:
    assert len(said_by(call)) < 200


@pytest.mark.parametrize("name", ["size_average", "reduce"])
@pytest.mark.parametrize("loss", [nn.MSELoss, nn.CrossEntropyLoss])
def test_options_of_older_pytorch(loss: Any, name: str) -> None:
    assert said_by(lambda: loss(**{name: False})).endswith("; use reduction='mean', 'sum' or 'none'")


# Weights that are not learned


def test_a_weight_that_is_no_parameter_is_warned_of() -> None:
    class Net(nn.Module):
        def __init__(self, weight: Any) -> None:
            self.weight = weight

    with pytest.warns(UserWarning, match=r"weight: .*not among model.parameters\(\).*nn\.Parameter\(array\)"):
        net = Net(tensor(X, requires_grad=True))
    assert not list(net.parameters())
    assert "nn.Parameter" in said_by(lambda: nn.optim.SGD(net.parameters()))
    for kept in (tensor(X), tensor(X, requires_grad=True) * 2, X, nn.Parameter(X), nn.Buffer(X)):
        assert Net(kept).weight is kept  # without a warning


def _stepped(kind: Any, *args: Any) -> None:
    weight = nn.Parameter(np.ones(2))
    weight.grad = np.ones(2)
    kind(weight if kind is nn.optim.Optimizer else nn.optim.SGD([weight]), *args).step()


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda: type("Empty", (nn.Module,), {})()(1), r"Empty has no forward\(\): define"),
        (lambda: _stepped(nn.optim.Optimizer), r"Optimiser has no update\(\): define"),
        (lambda: _stepped(nn.optim.lr_scheduler.LRScheduler), r"LRScheduler has no next_lr\(\): define"),
        (lambda: _stepped(nn.optim.lr_scheduler.ShareLR), r"ShareLR has no share\(\): define"),
    ],
    ids=["forward", "update", "next_lr", "share"],
)
def test_what_a_class_of_ones_own_must_define(use: Callable[[], Any], words: str) -> None:
    with pytest.raises(NotImplementedError, match=words):
        use()


@pytest.mark.parametrize("function", [nn.fit, nn.find_learning_rate, Training])
def test_arguments_are_spelled_as_in_pytorch(function: Any) -> None:
    assert "optimizer" in inspect.signature(function).parameters


def test_a_step_without_gradients_is_warned_of_once() -> None:
    model, other = nn.Linear(4, 3, rng=0), nn.Linear(4, 3, rng=0)
    optimiser = nn.optim.Adam(model.parameters())
    other(X).sum().backward()
    with pytest.warns(
        UserWarning, match=r"no parameter has a gradient.*loss\.backward\(\).*this model"
    ) as caught:
        optimiser.step()
    optimiser.step()  # without a warning
    assert len(caught) == 1
    assert caught[0].filename == __file__
    for used in model.parameters():  # all but one may be unused
        optimiser = nn.optim.Adam(model.parameters())
        optimiser.zero_grad()
        used.sum().backward()
        optimiser.step()


OPTIONS_OF_ADAM = ["lr", "betas", "weight_decay", "learning_rate"]


@pytest.mark.parametrize("option", OPTIONS_OF_ADAM)
def test_options_of_an_optimiser_stand_in_its_groups(option: str) -> None:
    optimiser = nn.optim.Adam([nn.Parameter(X)])
    with pytest.raises(AttributeError, match=f"^{option}: expected no such field") as caught:
        setattr(optimiser, option, 0.5)
    exec(fix_of(str(caught.value)), {"optimiser": optimiser})
    assert 0.5 in optimiser.param_groups[0].values()


def test_an_optimiser_of_ones_own_has_any_fields() -> None:
    class Mine(nn.optim.SGD):
        def __init__(self, params: Any, lr: float) -> None:
            super().__init__(params, lr=lr)
            self.lr = lr

    assert Mine([nn.Parameter(X)], 0.5).lr == 0.5


# Files


def test_what_is_saved_and_loaded_is_a_model(tmp_path: Any) -> None:
    model, path = nn.Linear(4, 3, rng=0), tmp_path / "model.safetensors"
    for save in (lambda: nn.save(path, model), lambda: nn.save(model.state_dict(), path)):
        assert fix_of(said_by(save)) == "nn.save(model, path)"
    assert fix_of(said_by(lambda: nn.load(path, model))) == "nn.load(model, path)"
    path = tmp_path / "runs" / "1" / "model.safetensors"
    message = said_by(lambda: nn.save(model, path))
    assert repr(str(path)) in message
    eval(fix_of(message), {"os": os})
    nn.save(model, path)
    nn.load(model, path)


def test_a_file_of_a_dtype_that_numpy_has_not(tmp_path: Any) -> None:
    torch = pytest.importorskip("torch")
    library, path = pytest.importorskip("safetensors.torch"), tmp_path / "model.safetensors"
    model = torch.nn.Linear(4, 3).bfloat16()
    library.save_file(model.state_dict(), path)
    assert "float32" in fix_of(said_by(lambda: nn.load(nn.Linear(4, 3), path)))
    library.save_file(model.float().state_dict(), path)
    nn.load(nn.Linear(4, 3), path)


# Names


@pytest.mark.parametrize(
    ("module", "name"), [(nn, "Relu"), (nn.functional, "softmx"), (nn.utils, "clip_norm")]
)
def test_python_can_suggest_a_name(module: Any, name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert caught.value.name == name
    assert caught.value.obj is module


def test_what_is_said_of_a_summary_works() -> None:
    model = nn.Linear(4, 3)
    with pytest.raises(AttributeError, match=r"use nn\.summary") as caught:
        model.summary()
    fix = str(caught.value).partition("; use ")[2]
    assert eval(fix, {"nn": nn, "model": model, "x": X}).parameters == 15


def test_the_data_of_a_loader() -> None:
    loader = nn.batches(X, Y)
    with pytest.raises(AttributeError, match=r"use loader\.rows .*loader\.arrays"):
        len(loader.dataset)
    assert loader.rows == len(loader.arrays[0])


def test_parameters_without_parentheses() -> None:
    message = said_by(lambda: nn.optim.SGD(nn.Linear(4, 3).parameters))
    assert fix_of(message).startswith("model.parameters()")
