"""Normalisation: PyTorch's numbers in training and in use, buffers, right derivatives, errors."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import nn
from autograd import as_tensor, no_grad, tensor
from tests.nn_peers import agree, check_gradients, close, drawn

BATCHES = {"BatchNorm1d": [(5, 3), (4, 3, 6), (1, 3, 2)], "BatchNorm2d": [(4, 3, 5, 6), (1, 3, 2, 2)]}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"eps": 0.1, "momentum": 0.5},
    {"momentum": None},
    {"momentum": 0.0},
    {"affine": False},
    {"bias": False},
    {"track_running_stats": False},
]
CASES = [(name, shape, how) for name, shapes in BATCHES.items() for shape in shapes for how in OPTIONS]


def randomised(layer: nn.Module) -> Any:
    """Move the parameters away from 1 and 0."""
    with no_grad():
        for i, p in enumerate(layer.parameters()):
            p += drawn(p.shape, seed=i)
    return layer


@pytest.mark.parametrize(("name", "shape", "how"), CASES, ids=str)
def test_batch_norms_agree_with_torch(name: str, shape: tuple[int, ...], how: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = randomised(getattr(nn, name)(3, **how)), getattr(torch.nn, name)(3, **how)
    for mode in True, True, False, True, False:  # running numbers move in training only
        ours.train(mode).zero_grad()
        theirs.zero_grad()
        agree(ours, theirs, 2 + 3 * drawn(shape))


@pytest.mark.parametrize("how", [{}, {"eps": 0.1}, {"elementwise_affine": False}, {"bias": False}], ids=str)
@pytest.mark.parametrize(("normalized", "shape"), [(4, (3, 4)), ((4,), (2, 3, 4)), ((3, 4), (2, 3, 4))])
def test_layer_norms_agree_with_torch(normalized: Any, shape: tuple[int, ...], how: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    layer = randomised(nn.LayerNorm(normalized, **how))
    agree(layer, torch.nn.LayerNorm(normalized, **how), 2 + 3 * drawn(shape))


@pytest.mark.parametrize("how", [{}, {"eps": 0.1}, {"elementwise_affine": False}], ids=str)
@pytest.mark.parametrize(
    ("normalized", "shape"), [(4, (3, 4)), ((4,), (2, 3, 4)), ((3, 4), (2, 3, 4)), (4, (4,))]
)
def test_rms_norms_agree_with_torch(normalized: Any, shape: tuple[int, ...], how: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    layer = randomised(nn.RMSNorm(normalized, **how))
    agree(layer, torch.nn.RMSNorm(normalized, **how), 2 + 3 * drawn(shape))


@pytest.mark.parametrize("how", [{}, {"eps": 0.1}, {"affine": False}, {"bias": False}], ids=str)
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("shape", [(3, 6, 4), (2, 6, 3, 2), (1, 6, 2)], ids=str)
def test_group_norms_agree_with_torch(shape: tuple[int, ...], groups: int, how: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    layer = randomised(nn.GroupNorm(groups, 6, **how))
    agree(layer, torch.nn.GroupNorm(groups, 6, **how), 2 + 3 * drawn(shape))


@pytest.mark.parametrize("running", [True, False])
def test_what_is_tracked_may_change_later_as_in_torch(running: bool) -> None:
    torch = pytest.importorskip("torch")
    pair = nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3)
    agree(*pair, drawn((5, 3)))
    for layer in pair:
        layer.track_running_stats = False
        if not running:
            layer.running_mean = layer.running_var = None
    for mode in True, False, True:
        pair[0].train(mode).zero_grad()
        pair[1].zero_grad()
        agree(*pair, 2 + 3 * drawn((5, 3)))
    pair[0].reset_running_stats()
    for buffer, value in zip(pair[0].buffers(), (0, 1, 0) if running else (0,), strict=True):
        assert (buffer.data == value).all()


@pytest.mark.parametrize("norm", [nn.functional.layer_norm, nn.functional.rms_norm])
def test_one_axis_may_be_given_by_its_length(norm: Callable[..., Any]) -> None:
    close(norm(drawn((3, 4)), 4), norm(drawn((3, 4)), (4,)))
    with pytest.raises(ValueError, match=r"normalized_shape: expected .*2\.5"):
        norm(drawn((3, 4)), (2.5,))


def test_running_numbers_come_together() -> None:
    for running in (np.zeros(3), None), (None, np.ones(3)):
        with pytest.raises(ValueError, match="expected running_mean and running_var, or None for both"):
            nn.functional.batch_norm(drawn((5, 3)), *running)


def test_layer_norm_of_one_row_without_others() -> None:
    torch = pytest.importorskip("torch")
    agree(nn.LayerNorm(4), torch.nn.LayerNorm(4), drawn((4,)))


def in_use(layer: nn.Module) -> nn.Module:
    layer(drawn((6, 3), seed=5)[:, :, None])
    return layer.eval()


LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), (4, 3)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(3), (2, 3, 2, 2)),
    "BatchNorm1d in use": (lambda: in_use(nn.BatchNorm1d(3)), (4, 3)),
    "BatchNorm1d without parameters": (lambda: nn.BatchNorm1d(3, affine=False), (4, 3)),
    "LayerNorm": (lambda: nn.LayerNorm(3), (4, 3)),
    "LayerNorm of two axes": (lambda: nn.LayerNorm((2, 3)), (2, 2, 3)),
    "RMSNorm": (lambda: nn.RMSNorm(3), (4, 3)),
    "RMSNorm of two axes": (lambda: nn.RMSNorm((2, 3)), (2, 2, 3)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (3, 4)),
    "GroupNorm of images": (lambda: nn.GroupNorm(2, 4), (2, 4, 1, 2)),
}
each_layer = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


@each_layer
def test_norms_pass_gradcheck(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    check_gradients(randomised(make()), drawn(shape))


@each_layer
def test_norms_take_arrays_lists_and_integers(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    whole = np.arange(np.prod(shape)).reshape(shape) ** 2 % 7
    expected = as_tensor(make()(whole * 1.0)).detach()
    for same in whole, whole.tolist(), whole.astype(np.uint8):
        close(as_tensor(make()(same)).detach(), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_norms_keep_the_dtype(dtype: Any) -> None:
    x = tensor(drawn((4, 3)), dtype=dtype, requires_grad=True)
    for kind in nn.BatchNorm1d, nn.LayerNorm, nn.RMSNorm, partial(nn.GroupNorm, 1):
        layer = kind(3, dtype=dtype)
        for mode in True, False:
            out = layer.train(mode)(x)
            out.sum().backward()
            assert {out.dtype, *(p.grad.dtype for p in layer.parameters())} == {np.dtype(dtype)}
    assert {b.dtype for b in nn.BatchNorm1d(3, dtype=dtype).buffers()} == {np.dtype(dtype), np.dtype(int)}


NORMS: dict[str, Callable[[Any], Any]] = {
    "batch_norm": lambda x: nn.functional.batch_norm(x, None, None),
    "layer_norm": lambda x: nn.functional.layer_norm(x, x.shape[1:]),
    "rms_norm": lambda x: nn.functional.rms_norm(x, x.shape[1:]),
    "group_norm": lambda x: nn.functional.group_norm(x, 1),
}


@pytest.mark.parametrize("name", NORMS)
def test_sums_of_many_elements_in_half_precision_do_not_overflow(name: str) -> None:
    images = (drawn((8, 2, 64, 64)) + 50).astype(np.float16)
    expected = NORMS[name](images.astype(float))
    x = tensor(images, requires_grad=True)
    out = NORMS[name](x)
    np.testing.assert_allclose(out.data, expected, atol=0.01)
    out.backward(np.ones(out.shape))
    assert np.isfinite(x.grad.data).all()


def test_channels_that_lie_last_in_memory_lose_no_more_to_rounding() -> None:
    images = (drawn((8, 4, 64, 64)) + 10).astype(np.float32)
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(images, 1, -1)), -1, 1)
    for x in images, last:
        error = nn.functional.batch_norm(x, None, None) - nn.functional.batch_norm(
            x.astype(float), None, None
        )
        assert abs(error).max() < 2e-5


def test_buffers_are_state_but_not_parameters() -> None:
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.BatchNorm1d(3))
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    names = ["1.running_mean", "1.running_var", "1.num_batches_tracked"]
    assert [name for name, _ in model.named_buffers()] == names
    assert list(model.state_dict())[4:] == names
    model(drawn((5, 2)))
    state = model.state_dict()
    assert state["1.num_batches_tracked"] == 1
    assert state["1.running_mean"].any()
    model(drawn((5, 2), seed=1))
    assert state["1.num_batches_tracked"] == 1, "the state is a copy"
    other = nn.Sequential(nn.Linear(2, 3, rng=1), nn.BatchNorm1d(3))
    other.load_state_dict(state)
    for name, array in other.state_dict().items():
        np.testing.assert_array_equal(array, state[name])
    model.requires_grad_()
    assert not any(buffer.requires_grad for buffer in model.buffers())


def test_a_state_without_the_buffers_is_refused() -> None:
    layer = nn.BatchNorm1d(3)
    state = layer.state_dict()
    del state["running_mean"], state["num_batches_tracked"]
    with pytest.raises(ValueError, match=r"missing: num_batches_tracked\n  missing: running_mean"):
        layer.load_state_dict(state)


def test_nothing_is_counted_in_use() -> None:
    layer = nn.BatchNorm1d(3).eval()
    before = layer.state_dict()
    layer(drawn((5, 3)))
    for name, array in layer.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_moving_the_running_numbers_does_not_disturb_a_graph_in_training() -> None:
    layer = nn.BatchNorm1d(3)
    x = tensor(drawn((5, 3)), requires_grad=True)
    total = (layer(x) ** 3).sum() + (layer(2 * x) ** 3).sum()
    total.backward()
    assert x.grad is not None


def with_bias(text: str) -> str:
    """Say what older releases of PyTorch leave out."""
    return text if "bias" in text else re.sub(r"affine=(\w+)", r"affine=\1, bias=\1", text)


def test_norms_show_themselves_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    for how in {}, {"eps": 0.1, "momentum": None}, {"affine": False, "track_running_stats": False}:
        for name in BATCHES:
            assert repr(getattr(nn, name)(3, **how)) == with_bias(repr(getattr(torch.nn, name)(3, **how)))
    assert repr(nn.RMSNorm((2, 3))) == repr(torch.nn.RMSNorm((2, 3)))
    assert repr(nn.GroupNorm(2, 4)) == with_bias(repr(torch.nn.GroupNorm(2, 4)))
    assert repr(nn.LayerNorm((2, 3))) == with_bias(repr(torch.nn.LayerNorm((2, 3))))


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        (nn.BatchNorm2d(3), (2, 3, 4), r"expected \(rows, channels, \.\.\.\) of 4 axes, got \(2, 3, 4\)"),
        (nn.BatchNorm1d(3), (3,), "of 2 or 3 axes"),
        (nn.BatchNorm1d(3), (4, 2), r"running_mean of shape \(2,\) .* got \(3,\).*num_features"),
        (nn.BatchNorm1d(3), (1, 3), r"expected several elements .* got an input of shape \(1, 3\)"),
        (
            nn.BatchNorm1d(3, track_running_stats=False).eval(),
            (1, 3),
            "expected several elements .*running numbers and eval",
        ),
        (nn.LayerNorm(3), (2, 4), r"layer_norm: expected an input of shape \(\.\.\., 3\), got \(2, 4\)"),
        (nn.RMSNorm((2, 3)), (3,), r"rms_norm: expected an input of shape \(\.\.\., 2, 3\), got \(3,\)"),
        (nn.GroupNorm(2, 4), (4,), r"group_norm: expected an input \(rows, channels, .* got shape \(4,\)"),
        (nn.GroupNorm(2, 4), (2, 5, 3), r"whose channels 2 groups divide, got shape \(2, 5, 3\)"),
        (nn.GroupNorm(2, 2), (1, 2), r"several elements in a group.*\(1, 2\) for 2 groups.* fewer groups"),
        (nn.GroupNorm(2, 4), (2, 6), r"weight of shape \(6,\) .* got \(4,\).*num_channels"),
    ],
    ids=str,
)
def test_wrong_inputs_are_refused_with_the_path(layer: nn.Module, shape: Any, said: str) -> None:
    before = layer.state_dict()
    with pytest.raises(ValueError, match=said) as caught:
        nn.Sequential(nn.ReLU(), layer)(np.ones(shape))
    assert "in layer '1' of Sequential" in "\n".join(caught.value.__notes__)
    assert {name: array.tolist() for name, array in layer.state_dict().items()} == {
        name: array.tolist() for name, array in before.items()
    }


@pytest.mark.parametrize("kind", ["BatchNorm1d", "LayerNorm", "RMSNorm", "GroupNorm"])
def test_a_batch_may_be_empty(kind: str) -> None:
    torch = pytest.importorskip("torch")
    sizes = (1, 3) if kind == "GroupNorm" else (3,)
    agree(getattr(nn, kind)(*sizes), getattr(torch.nn, kind)(*sizes), np.zeros((0, 3)))
    if kind in ("LayerNorm", "RMSNorm"):
        assert getattr(nn, kind)(0)(np.zeros((2, 0))).shape == (2, 0)


RUNNING = [124, 117, 0]


@pytest.mark.parametrize("kind", [np.uint8, np.int16, bool, list])
def test_running_numbers_in_use_may_be_of_any_kind(kind: Any) -> None:
    x, mean = drawn((4, 3)), np.array(RUNNING, float if kind is list else kind)
    given = RUNNING if kind is list else mean
    found = nn.functional.batch_norm(x, given, given, given, given)
    close(found, nn.functional.batch_norm(x, *[mean.astype(float)] * 4))


@pytest.mark.parametrize("running", [[0.0] * 3, np.zeros(3, int)], ids=["list", "integers"])
def test_running_numbers_that_cannot_move_are_refused_in_training(running: Any) -> None:
    with pytest.raises(
        ValueError, match="expected floating arrays as running_mean and running_var, which training"
    ):
        nn.functional.batch_norm(drawn((4, 3)), running, running, training=True)


def test_norms_take_parameters_as_lists() -> None:
    x, weight = drawn((4, 3)), [1.0, 2.0, 3.0]
    functional, given = nn.functional, np.array(weight)
    close(functional.layer_norm(x, 3, weight, weight), functional.layer_norm(x, 3, given, given))
    close(functional.rms_norm(x, 3, weight), functional.rms_norm(x, 3, given))
    close(functional.group_norm(x, 1, weight, weight), functional.group_norm(x, 1, given, given))


def test_the_function_refuses_an_input_without_channels() -> None:
    with pytest.raises(
        ValueError, match=r"batch_norm: expected an input \(rows, channels, \.\.\.\), got shape"
    ):
        nn.functional.batch_norm(np.ones(3), None, None)


@pytest.mark.parametrize("name", ["weight", "bias"])
def test_a_parameter_of_another_shape_is_refused_even_if_it_has_as_many_elements(name: str) -> None:
    said = rf"layer_norm: expected a {name} of shape \(2, 3\) .* got \(3, 2\).*normalized_shape"
    with pytest.raises(ValueError, match=said):
        nn.functional.layer_norm(np.ones((4, 2, 3)), (2, 3), **{name: np.ones((3, 2))})
    with pytest.raises(ValueError, match=r"rms_norm: expected a weight of shape \(3,\) .* got \(1,\)"):
        nn.functional.rms_norm(np.ones((4, 3)), 3, np.ones(1))


def test_sizes_must_be_whole_numbers() -> None:
    with pytest.raises(ValueError, match=r"num_features: expected a whole number from 0, got 2\.5"):
        nn.BatchNorm1d(2.5)
    with pytest.raises(ValueError, match="normalized_shape: expected a whole number from 0"):
        nn.LayerNorm((2, -1))
    with pytest.raises(ValueError, match="normalized_shape: expected a whole number from 0"):
        nn.RMSNorm((2, -1))
    for groups, channels, said in (
        (0, 4, "num_groups: expected a whole number from 1, got 0"),
        (2, 4.0, r"num_channels: expected a whole number from 0, got 4\.0"),
        (3, 4, "num_groups: expected a divisor of num_channels=4, got 3"),
    ):
        with pytest.raises(ValueError, match=said):
            nn.GroupNorm(groups, channels)
