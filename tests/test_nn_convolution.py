"""Convolution: PyTorch's numbers for all options, right derivatives, errors that teach."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import no_grad, tensor
from tests.nn_peers import agree, check_gradients, close, drawn

KINDS = {1: "Conv1d", 2: "Conv2d"}
each_kind = pytest.mark.parametrize("axes", KINDS)
Data = st.DataObject


def options(data: Data, axes: int) -> dict[str, Any]:
    """Options of a layer, and a size of inputs that they fit."""

    def several(low: int, high: int) -> Any:
        return tuple(data.draw(st.integers(low, high)) for _ in range(axes))

    found: dict[str, Any] = {"kernel_size": several(1, 3), "dilation": several(1, 2)}
    found["padding"] = data.draw(st.sampled_from(["same", "valid", several(0, 3), 1]))
    found["stride"] = 1 if found["padding"] == "same" else data.draw(st.sampled_from([1, 2, several(1, 3)]))
    found |= {"groups": data.draw(st.integers(1, 3)), "bias": data.draw(st.booleans())}
    return found


def size(data: Data, axes: int) -> tuple[int, ...]:
    return tuple(data.draw(st.integers(5, 9)) for _ in range(axes))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@each_kind
@settings(max_examples=40)
@given(data=st.data())
def test_convolutions_agree_with_torch(axes: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    how = options(data, axes)
    inputs, outputs = (data.draw(st.integers(1, 3)) * how["groups"] for _ in range(2))
    ours = getattr(nn, KINDS[axes])(inputs, outputs, **how, rng=0)
    theirs = getattr(torch.nn, KINDS[axes])(inputs, outputs, **how)
    rows = data.draw(st.sampled_from([(), (1,), (3,)]))
    agree(ours, theirs, drawn((*rows, inputs, *size(data, axes))))


@settings(max_examples=40)
@given(data=st.data())
def test_transposed_convolutions_agree_with_torch(data: Data) -> None:
    torch = pytest.importorskip("torch")
    how = options(data, 2)
    how["padding"] = data.draw(st.sampled_from([0, 1, (0, 2)]))
    how["stride"] = data.draw(st.sampled_from([1, 2, (3, 2)]))
    most = np.maximum(how["stride"], how["dilation"]) - 1
    how["output_padding"] = tuple(data.draw(st.integers(0, int(n))) for n in most)
    inputs, outputs = (data.draw(st.integers(1, 3)) * how["groups"] for _ in range(2))
    ours = nn.ConvTranspose2d(inputs, outputs, **how, rng=0)
    theirs = torch.nn.ConvTranspose2d(inputs, outputs, **how)
    assert repr(ours) == repr(theirs)
    rows = data.draw(st.sampled_from([(), (1,), (3,)]))
    agree(ours, theirs, drawn((*rows, inputs, *size(data, 2))))


def test_a_transposed_convolution_is_the_adjoint_of_a_convolution() -> None:
    how: dict[str, Any] = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2, "bias": False}
    there, back = nn.Conv2d(4, 6, 3, **how, rng=0), nn.ConvTranspose2d(6, 4, 3, output_padding=1, **how)
    back.load_state_dict(there.state_dict())
    x, y = drawn((2, 4, 8, 8)), drawn((2, 6, 3, 3), seed=1)
    assert np.sum(there(x).detach().numpy() * y) == pytest.approx(np.sum(x * back(y).detach().numpy()))


def test_a_large_batch_is_convolved_in_parts() -> None:
    torch = pytest.importorskip("torch")
    agree(nn.Conv2d(8, 6, 3, rng=0), torch.nn.Conv2d(8, 6, 3), drawn((11, 8, 40, 40)))
    agree(nn.Conv2d(1, 6, 3, rng=0), torch.nn.Conv2d(1, 6, 3), drawn((11, 1, 90, 90)))


@each_kind
@pytest.mark.parametrize(
    "how", [{}, {"stride": 2, "padding": 1}, {"padding": "same", "dilation": 2}, {"groups": 2}], ids=str
)
def test_convolutions_pass_gradcheck(axes: int, how: dict[str, Any]) -> None:
    layer = getattr(nn, KINDS[axes])(2, 4, 2, **how, rng=0)
    check_gradients(layer, drawn((2, 2, 4, 5)[: axes + 2]))


@pytest.mark.parametrize(
    "how", [{}, {"stride": 2, "padding": 1, "output_padding": 1}, {"dilation": 2, "groups": 2}], ids=str
)
def test_transposed_convolutions_pass_gradcheck(how: dict[str, Any]) -> None:
    check_gradients(nn.ConvTranspose2d(2, 4, 2, **how, rng=0), drawn((2, 2, 3, 2)))


def test_channels_lie_last_in_memory_so_that_layers_in_a_row_copy_nothing() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
    with no_grad():
        out = model(np.ones((2, 3, 12, 12)))
    assert out.shape == (2, 8, 5, 5)
    assert np.moveaxis(out.numpy(), 1, -1).flags.c_contiguous


@pytest.mark.parametrize("shape", [(0, 2, 5, 5), (3, 0, 5, 5)], ids=str)
def test_no_rows_and_no_channels(shape: tuple[int, ...]) -> None:
    layer = nn.Conv2d(shape[1], 4, 3, rng=0)
    x = tensor(np.ones(shape), requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert out.shape == (shape[0], 4, 3, 3)
    assert (x.grad.shape, layer.weight.grad.shape) == (shape, layer.weight.shape)


@each_kind
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_convolutions_keep_the_dtype(axes: int, dtype: Any) -> None:
    layer = getattr(nn, KINDS[axes])(2, 3, 2, dtype=dtype, rng=0)
    x = tensor(np.ones((2, 2, 4, 4)[: axes + 2]), dtype=dtype, requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert {out.dtype, x.grad.dtype, *(p.grad.dtype for p in layer.parameters())} == {np.dtype(dtype)}


def test_lists_and_integers_are_taken() -> None:
    layer = nn.Conv1d(1, 2, 2, rng=0)
    x = [[[1, 2, 4]]]
    close(layer(x).detach(), layer(np.array(x, float)).detach())
    close(layer(tensor(x)).detach(), layer(np.array(x, float)).detach())


def test_depthwise_convolutions_of_many_rows_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    layers = (package.Conv2d(40, 40, 3, padding=1, groups=40) for package in (nn, torch.nn))
    agree(*layers, drawn((9, 40, 20, 20)))


def test_parameters_are_drawn_as_torch_draws_them() -> None:
    layer = nn.Conv2d(4, 500, 5, groups=2, rng=0)
    assert (layer.weight.shape, layer.bias.shape) == ((500, 2, 5, 5), (500,))
    bound = 1 / np.sqrt(2 * 25)
    for p in layer.parameters():
        assert bound * 0.98 < np.abs(p.data).max() <= bound
        assert p.data.std() == pytest.approx(bound / np.sqrt(3), rel=0.1)
    same = nn.Conv2d(4, 500, 5, groups=2, rng=0)
    close(same.weight.data, layer.weight.data)


def test_convolutions_show_themselves_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    for how in (
        {},
        {"padding": 1, "stride": 2},
        {"padding": "same", "dilation": 2, "bias": False},
        {"groups": 2},
    ):
        assert repr(nn.Conv2d(2, 4, 3, **how)) == repr(torch.nn.Conv2d(2, 4, 3, **how))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"in_channels": 2.5}, "in_channels: expected a whole number from 0, got 2.5"),
        ({"kernel_size": 0}, "kernel_size: expected a whole number from 1 or 2 of them, got 0"),
        ({"kernel_size": (3, 3, 3)}, r"kernel_size: expected .*, got \(3, 3, 3\)"),
        ({"stride": "2"}, "stride: expected .*, got '2'"),
        ({"dilation": (1, -1)}, r"dilation: expected .*, got \(1, -1\)"),
        ({"padding": -1}, "padding: expected a whole number from 0 or 2 of them, got -1"),
        ({"padding": "full"}, "padding: expected .*, got 'full'"),
        ({"padding": "same", "stride": 2}, r"padding: expected numbers where stride is \(2, 2\)"),
        ({"groups": 3}, "groups: expected a divisor of in_channels=2 and out_channels=4, got 3"),
        ({"groups": 0}, "groups: expected a whole number from 1, got 0"),
        ({"padding_mode": "circular"}, "padding_mode: expected 'zeros', got 'circular'"),
    ],
    ids=str,
)
def test_wrong_options_are_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nn.Conv2d(**{"in_channels": 2, "out_channels": 4, "kernel_size": 3} | how)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (
            (5, 3, 8, 8),
            r"shape \(rows, 2, height, width\), got \(5, 3, 8, 8\); the usual fix is in_channels=3",
        ),
        ((8, 8), r"expected an input of shape \(rows, channels, height, width\), got \(8, 8\)"),
        ((5, 2, 8, 2), r"at least 3 elements along every axis .* got \(8, 2\) and padding \(0, 0\)"),
    ],
    ids=str,
)
def test_wrong_inputs_are_refused_with_the_path_of_the_layer(shape: tuple[int, ...], said: str) -> None:
    model = nn.Sequential(nn.ReLU(), nn.Conv2d(2, 4, 3))
    with pytest.raises(ValueError, match=said) as caught:
        model(np.ones(shape))
    assert "in layer '1' of Sequential" in "\n".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("weight", "bias", "groups"), [((4,), None, 1), ((2, 4, 3, 3), (2,), 1), ((2, 4, 3, 3), None, 3)], ids=str
)
def test_weights_that_do_not_fit_a_transposed_convolution_are_refused(
    weight: Any, bias: Any, groups: int
) -> None:
    bias = None if bias is None else np.ones(bias)
    with pytest.raises(
        ValueError, match=r"conv_transpose2d: expected a weight of 4 axes, \(channels, outputs / groups"
    ):
        nn.functional.conv_transpose2d(np.ones((5, 2, 8, 8)), np.ones(weight), bias, groups=groups)


def test_a_transposed_convolution_without_rows_or_channels() -> None:
    for rows, inputs, outputs in (0, 2, 3), (2, 0, 3), (2, 3, 0):
        layer = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, rng=0)
        x = tensor(np.ones((rows, inputs, 4, 4)), requires_grad=True)
        out = layer(x)
        out.sum().backward()
        assert (out.shape, x.grad.shape) == ((rows, outputs, 9, 9), x.shape)


@pytest.mark.parametrize(
    ("weight", "bias", "groups"), [((4, 2), None, 1), ((4, 2, 3), (1,), 1), ((4, 1, 3), (4,), 3)], ids=str
)
def test_weights_and_biases_that_do_not_fit_are_refused(weight: Any, bias: Any, groups: int) -> None:
    bias = None if bias is None else np.ones(bias)
    with pytest.raises(ValueError, match=r"conv1d: expected a weight of 3 axes.* and a bias \(outputs,\)"):
        nn.functional.conv1d(np.ones((5, 2, 8)), np.ones(weight), bias, groups=groups)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_transposed_convolutions_keep_the_dtype_and_begin_as_in_torch(dtype: Any) -> None:
    layer = nn.ConvTranspose2d(4, 500, 5, groups=2, dtype=dtype, rng=0)
    x = tensor(np.ones((1, 4, 2, 2)), dtype=dtype, requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert {out.dtype, x.grad.dtype, *(p.grad.dtype for p in layer.parameters())} == {np.dtype(dtype)}
    bound = 1 / np.sqrt(250 * 25)
    assert all(bound * 0.98 < np.abs(p.data).max() <= bound for p in layer.parameters())
    np.testing.assert_array_equal(layer(np.ones((4, 2, 2), dtype)).detach(), out.detach()[0])
    assert layer(np.ones((1, 4, 2, 2), int).tolist()).shape == out.shape


@pytest.mark.parametrize(
    ("how", "shape", "said"),
    [
        (
            {},
            (5, 3, 8, 8),
            r"conv_transpose2d: .*\(rows, 2, height, width\), got \(5, 3, 8, 8\); .*in_channels=3",
        ),
        ({}, (8, 8), r"expected an input of shape \(rows, channels, height, width\), got \(8, 8\)"),
        ({"output_padding": 1}, (1, 2, 8, 8), r"output_padding below stride \(1, 1\) .* got outputs of"),
        ({"padding": 9}, (1, 2, 8, 8), r"at least 1 element .* got outputs of \(-8, -8\)"),
        ({"padding": "same"}, (1, 2, 8, 8), "padding: expected a whole number from 0"),
        ({"output_padding": -1}, (1, 2, 8, 8), "output_padding: expected a whole number from 0"),
        (
            {"groups": 3},
            (1, 2, 8, 8),
            "groups: expected a divisor of in_channels=2 and out_channels=4, got 3",
        ),
    ],
    ids=str,
)
def test_wrong_transposed_convolutions_are_refused(how: dict[str, Any], shape: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nn.ConvTranspose2d(2, 4, 3, **how)(np.ones(shape))
