"""Dropout: what is drawn, and how often; replay repeats it; nothing happens in use."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import gradcheck, tensor
from autograd.replay import replay
from tests.nn_peers import close, drawn

each_kind = pytest.mark.parametrize("kind", [nn.Dropout, nn.Dropout2d])
Kind = Callable[..., nn.Module]


@each_kind
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_so_many_are_dropped_and_the_mean_stays(kind: Kind, p: float) -> None:
    x = np.ones((200, 500, 1) if kind is nn.Dropout2d else (200, 500))
    out = kind(p, rng=0)(x)
    assert set(np.unique(out)) == {0.0, 1 / (1 - p)}
    assert np.mean(out == 0) == pytest.approx(p, abs=0.01)


def test_channels_are_dropped_as_a_whole() -> None:
    out = nn.Dropout2d(0.5, rng=0)(np.ones((10, 20, 3, 4)))
    first = out[:, :, :1, :1]
    np.testing.assert_array_equal(out, np.broadcast_to(first, out.shape))
    assert 0 < np.mean(first == 0) < 1


@each_kind
def test_nothing_is_dropped_in_use_or_with_probability_0(kind: Kind) -> None:
    x = tensor(drawn((4, 5, 2)))
    assert kind(0.5).eval()(x) is x
    assert kind(0.0)(x) is x


@each_kind
def test_everything_is_dropped_with_probability_1(kind: Kind) -> None:
    x = tensor(drawn((4, 5, 2)), requires_grad=True)
    out = kind(1.0)(x)
    out.sum().backward()
    assert not out.detach().numpy().any()
    assert not x.grad.numpy().any()


@each_kind
def test_a_seed_decides_what_is_drawn(kind: Kind) -> None:
    x = np.ones((4, 5, 6))
    one, other, third = kind(rng=0), kind(rng=0), kind(rng=1)
    first = one(x)
    np.testing.assert_array_equal(first, other(x))
    assert (first != one(x)).any(), "every call draws anew"
    assert (first != third(x)).any()
    shared = np.random.default_rng(0)
    np.testing.assert_array_equal(first, kind(rng=shared)(x))
    assert (first != kind(rng=shared)(x)).any(), "layers may share a generator"


@each_kind
def test_the_gradient_passes_where_the_value_does(kind: Kind) -> None:
    x = tensor(drawn((4, 5, 6)), requires_grad=True)
    out = kind(0.5, rng=0)(x)
    out.sum().backward()
    close(out.detach().numpy(), x.data * x.grad.numpy())
    gradcheck(lambda x: kind(0.5, rng=0)(x), x.data, order=2)


def test_one_byte_is_kept_of_each_draw() -> None:
    x = tensor(np.ones((100, 1000)), requires_grad=True)
    tracemalloc.start()
    loss = nn.functional.dropout(x, rng=0).sum()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert loss.requires_grad
    assert x.size <= kept < 2 * x.size


@each_kind
def test_replay_repeats_the_draw(kind: Kind) -> None:
    x = tensor(drawn((4, 5, 6)), requires_grad=True)
    out = kind(0.5)(x)
    np.testing.assert_array_equal(replay(out.node)[out.node], out.detach().numpy())


@each_kind
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dropout_keeps_the_dtype(kind: Kind, dtype: Any) -> None:
    x = tensor(np.ones((4, 5, 2)), dtype=dtype, requires_grad=True)
    out = kind(0.3, rng=0)(x)
    out.sum().backward()
    assert out.dtype == x.grad.dtype == dtype


@each_kind
def test_dropout_takes_integers_for_floats(kind: Kind) -> None:
    x = np.arange(40).reshape(4, 5, 2)
    for whole in x, x.astype(np.uint8), x > 20:
        for given in whole, whole.tolist():
            close(kind(0.5, rng=0)(given), kind(0.5, rng=0)(whole.astype(float)))


@each_kind
def test_arguments_are_those_of_torch(kind: Kind) -> None:
    torch = pytest.importorskip("torch")
    name = kind.__name__
    for args in (), (0.2,), (0.2, True):
        assert repr(kind(*args)) == repr(getattr(torch.nn, name)(*args))
    function, x = getattr(nn.functional, name.lower()), np.ones((2, 3, 4))
    expected = function(x, 0.5, rng=0)
    for same in function(x, 0.5, True, True, rng=0), function(x.tolist(), rng=0):
        np.testing.assert_array_equal(same, expected)
    assert (x == 1).all()
    assert function(x, 0.5, False, True) is x


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan"), "0.5", None], ids=repr)
def test_what_is_no_probability_is_refused(p: Any) -> None:
    for refuse in nn.Dropout, nn.Dropout2d, lambda p: nn.functional.dropout(np.ones(2), p):
        with pytest.raises(ValueError, match="p: expected a probability from 0 to 1, got"):
            refuse(p)


def test_an_input_without_channels_is_refused_with_the_path() -> None:
    with pytest.raises(ValueError, match=r"expected an input .* got \(2, 3\)") as caught:
        nn.Sequential(nn.ReLU(), nn.Dropout2d())(np.ones((2, 3)))
    assert "in layer '1' of Sequential" in "\n".join(caught.value.__notes__)
