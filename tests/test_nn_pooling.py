"""Pooling: PyTorch's numbers for all options, right derivatives, errors that teach."""

import inspect
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import tensor
from tests.nn_peers import agree, check_gradients, close, drawn

each_axes = pytest.mark.parametrize("axes", [1, 2])
Data = st.DataObject


def several(data: Data, axes: int, low: int, high: int) -> Any:
    """One number for all axes, or one for each."""
    numbers = tuple(data.draw(st.integers(low, high)) for _ in range(axes))
    return data.draw(st.sampled_from([numbers, numbers[0]]))


def options(data: Data, axes: int) -> dict[str, Any]:
    kernel = several(data, axes, 1, 4)
    least = min(kernel) if isinstance(kernel, tuple) else kernel
    return {
        "kernel_size": kernel,
        "stride": data.draw(st.sampled_from([None, several(data, axes, 1, 4)])),
        "padding": several(data, axes, 0, least // 2),
        "ceil_mode": data.draw(st.booleans()),
    }


def images(data: Data, axes: int) -> Any:
    rows = data.draw(st.sampled_from([(), (1,), (3,)]))
    return drawn((*rows, 2, *(data.draw(st.integers(7, 10)) for _ in range(axes))))


@each_axes
@settings(max_examples=40)
@given(data=st.data())
def test_largest_elements_agree_with_torch(axes: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    how, name = options(data, axes) | {"dilation": several(data, axes, 1, 2)}, f"MaxPool{axes}d"
    agree(getattr(nn, name)(**how), getattr(torch.nn, name)(**how), images(data, axes))


@each_axes
@settings(max_examples=40)
@given(data=st.data())
def test_means_agree_with_torch(axes: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    how, name = options(data, axes) | {"count_include_pad": data.draw(st.booleans())}, f"AvgPool{axes}d"
    if axes == 2:
        how["divisor_override"] = data.draw(st.sampled_from([None, 3]))
    agree(getattr(nn, name)(**how), getattr(torch.nn, name)(**how), images(data, axes))


@each_axes
@settings(max_examples=20)
@given(data=st.data())
def test_adaptive_means_agree_with_torch(axes: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    size, name = several(data, axes, 1, 12), f"AdaptiveAvgPool{axes}d"
    agree(getattr(nn, name)(size), getattr(torch.nn, name)(size), images(data, axes))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_large_windows_of_infinite_and_missing_numbers_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).integers(0, 3, (2, 2, 20, 20)) * 1.0
    x[0, 0, :12, :12], x[0, 1, 9, 9], x[1, 0, 4, 4:] = -np.inf, np.nan, np.inf
    for padding in 0, 4:
        results = []
        for library, leaf in (nn, tensor(x)), (torch.nn, torch.tensor(x)):
            out = library.MaxPool2d(9, padding=padding)(leaf.requires_grad_())
            out.sum().backward()
            results.append((np.asarray(out.detach()), np.asarray(leaf.grad)))
        for ours, theirs in zip(*results, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@each_axes
@settings(max_examples=60)
@given(data=st.data())
def test_as_many_windows_fit_into_small_inputs_as_in_torch(axes: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    kind, how = data.draw(st.sampled_from(["MaxPool", "AvgPool"])), options(data, axes)
    ours, theirs = (getattr(library, f"{kind}{axes}d")(**how) for library in (nn, torch.nn))
    x = drawn((2, 1, *(data.draw(st.integers(1, 4)) for _ in range(axes))))
    try:
        theirs(torch.tensor(x))
    except RuntimeError:
        with pytest.raises(ValueError, match="expected an input of at least"):
            ours(x)
    else:
        agree(ours, theirs, x)


def test_an_adaptive_size_may_be_that_of_the_input() -> None:
    torch = pytest.importorskip("torch")
    for size in (None, 3), (2, None), (None, None):
        agree(nn.AdaptiveAvgPool2d(size), torch.nn.AdaptiveAvgPool2d(size), drawn((2, 3, 5, 7)))


def test_at_ties_the_first_of_the_largest_gets_the_gradient_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).integers(0, 2, (2, 3, 8, 8)) * 1.0
    for how in {"kernel_size": 2}, {"kernel_size": 3, "stride": 1, "padding": 1}, {"kernel_size": 8}:
        agree(nn.MaxPool2d(**how), torch.nn.MaxPool2d(**how), x)


@settings(max_examples=40)
@given(kernel=st.integers(1, 400), data=st.data())
def test_pools_of_long_sequences_agree_with_torch(kernel: int, data: Data) -> None:
    torch = pytest.importorskip("torch")
    how = {
        "kernel_size": kernel,
        "stride": data.draw(st.none() | st.integers(max(1, kernel // 4), 2 * kernel)),
        "padding": data.draw(st.integers(0, kernel // 2)),
        "ceil_mode": data.draw(st.booleans()),
    }
    for name in "MaxPool1d", "AvgPool1d":
        agree(getattr(nn, name)(**how), getattr(torch.nn, name)(**how), drawn((2, 2, 700)))


@settings(max_examples=20)
@given(st.integers(1, 1500))
def test_adaptive_means_of_long_sequences_agree_with_torch(size: int) -> None:
    torch = pytest.importorskip("torch")
    agree(nn.AdaptiveAvgPool1d(size), torch.nn.AdaptiveAvgPool1d(size), drawn((2, 2, 700)))


def test_the_memory_of_means_is_linear_in_the_length() -> None:
    x = tensor(np.ones((1, 1, 10**5)), requires_grad=True)
    tracemalloc.start()
    nn.functional.avg_pool1d(x, 2).sum().backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 400 * x.size, "a whole matrix would have 50,000 elements for each of x"


LAYERS = {
    "MaxPool2d": lambda: nn.MaxPool2d(2),
    "MaxPool2d that overlaps": lambda: nn.MaxPool2d(3, stride=1, padding=1),
    "AvgPool2d": lambda: nn.AvgPool2d(2, padding=1, ceil_mode=True),
    "AdaptiveAvgPool2d": lambda: nn.AdaptiveAvgPool2d((2, 3)),
    "MaxPool1d": lambda: nn.MaxPool1d(2),
    "AvgPool1d": lambda: nn.AvgPool1d(2),
    "AdaptiveAvgPool1d": lambda: nn.AdaptiveAvgPool1d(2),
}


@pytest.mark.parametrize("name", LAYERS)
def test_pools_pass_gradcheck(name: str) -> None:
    check_gradients(LAYERS[name](), drawn((2, 2, 4, 5)[: 3 if "1d" in name else 4]))


def test_pools_of_large_windows_pass_gradcheck() -> None:
    for padding in 0, 3:
        check_gradients(nn.MaxPool2d(7, padding=padding), drawn((2, 2, 9, 9)))


@pytest.mark.parametrize("name", LAYERS)
def test_pools_keep_the_dtype_and_take_arrays_and_integers(name: str) -> None:
    layer, shape = LAYERS[name](), (2, 2, 4, 5)[: 3 if "1d" in name else 4]
    for dtype in np.float16, np.float32:
        x = tensor(np.ones(shape), dtype=dtype, requires_grad=True)
        layer(x).sum().backward()
        assert layer(x).dtype == x.grad.dtype == dtype
    whole = np.arange(np.prod(shape)).reshape(shape)
    assert isinstance(layer(whole), np.ndarray)
    close(layer(whole), layer(whole * 1.0))
    close(layer(whole.tolist()), layer(whole * 1.0))


def test_pools_show_themselves() -> None:
    assert repr(nn.MaxPool2d(2)) == (
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"
    )
    for size in (1, None), None:
        assert repr(nn.AdaptiveAvgPool2d(size)) == f"AdaptiveAvgPool2d(output_size={size})"


@pytest.mark.parametrize("name", [name for name in LAYERS if name in dir(nn)])
def test_arguments_are_those_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = (list(inspect.signature(getattr(library, name)).parameters) for library in (nn, torch.nn))
    assert ours == theirs


def test_arguments_are_taken_in_the_order_of_torch() -> None:
    assert nn.MaxPool2d(3, 1, 0, 1, False, True).ceil_mode


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nn.MaxPool2d(0), "kernel_size: expected a whole number from 1 or 2 of them, got 0"),
        (nn.MaxPool2d(2, stride=0), "stride: expected .*, got 0"),
        (nn.MaxPool2d(2, padding=2), r"padding: expected at most half of the kernel \(2, 2\), got \(2, 2\)"),
        (nn.MaxPool2d(2, dilation=0), "dilation: expected .*, got 0"),
        (nn.MaxPool2d(7), r"max_pool2d: expected an input of at least 7 elements .* got \(6, 6\)"),
        (nn.AvgPool2d((2, 2, 2)), r"kernel_size: expected .*, got \(2, 2, 2\)"),
        (nn.AvgPool2d(7), r"avg_pool2d: expected an input of at least 7 elements"),
        (nn.AdaptiveAvgPool2d(0), "output_size: expected a whole number from 1"),
        (nn.AdaptiveAvgPool2d((1, 2, 3)), "output_size: expected"),
        (nn.MaxPool1d(2), r"max_pool1d: expected an input of shape \(rows, channels, length\)"),
    ],
    ids=str,
)
def test_wrong_numbers_are_refused_with_the_path_of_the_layer(layer: nn.Module, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        nn.Sequential(nn.ReLU(), layer)(np.ones((2, 2, 6, 6)))
    assert "in layer '1' of Sequential" in "\n".join(caught.value.__notes__)


@pytest.mark.parametrize("divisor", [0, 2.5])
def test_a_divisor_must_be_a_whole_number(divisor: Any) -> None:
    with pytest.raises(ValueError, match="divisor_override: expected a whole number from 1, got"):
        nn.functional.avg_pool2d(np.ones((1, 1, 4, 4)), 2, divisor_override=divisor)


def test_places_of_maxima_are_not_offered() -> None:
    with pytest.raises(ValueError, match="return_indices: expected False"):
        nn.MaxPool2d(2, return_indices=True)
