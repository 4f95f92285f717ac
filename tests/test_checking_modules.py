"""The checker takes modules: parameters by name, and everything as it was before."""

from typing import Any

import numpy as np
import pytest

import nn
from autograd import GradientError, Tensor, gradcheck, tensor

X = np.random.default_rng(0).normal(size=(4, 3))


def model() -> nn.MLP:
    return nn.MLP([3, 5, 2], rng=0)


class Wrong(nn.Module):
    """A layer that forgets the gradient of its scale."""

    def __init__(self) -> None:
        self.scale = nn.Parameter(np.array([1.0, 2.0, 3.0]))
        self.shift = nn.Parameter(np.zeros(3))

    def forward(self, x: Any) -> Any:
        return x * self.scale.detach() + self.shift


class Noise(nn.Module):
    """A layer that draws from a generator of its own, counts its calls, and keeps a running mean."""

    def __init__(self, generator: Any = None) -> None:
        self.weight = nn.Parameter(np.ones(3))
        self.generator = np.random.default_rng(0) if generator is None else generator
        self.running_mean = np.zeros(3)
        self.kept = {"last": np.zeros(3)}
        self.calls = 0

    def forward(self, x: Any) -> Any:
        data = x.data if isinstance(x, Tensor) else x
        self.calls += 1
        self.running_mean *= 0.9
        self.running_mean += 0.1 * data.mean(axis=0)
        self.kept["last"] = data.mean(axis=0)
        return x * self.weight * self.generator.normal(size=3)


@pytest.mark.parametrize("order", [1, 2])
def test_parameters_are_checked_and_named(order: int) -> None:
    report = gradcheck(model(), X, order=order)
    names = [row.name for row in report.rows if row.order == 1]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias", "x"]


def test_a_module_may_be_an_argument() -> None:
    def loss(net: Any, x: Any, *, y: Any = X[:, :2]) -> Any:
        return np.mean((net(x) - y) ** 2)

    report = gradcheck(loss, model(), X, order=2)
    assert [row.name for row in report.rows][:5] == ["0.weight", "0.bias", "2.weight", "2.bias", "x"]


def test_parameters_that_a_function_holds_are_no_arguments() -> None:
    net = model()
    report = gradcheck(lambda x: net(x), X, order=2)
    assert [row.name for row in report.rows] == ["x", "x", "the cotangent"]


def test_a_wrong_parameter_is_named() -> None:
    with pytest.raises(GradientError) as caught:
        gradcheck(nn.Sequential(nn.Linear(3, 3, rng=0), Wrong()), X)
    wrong = [row for row in caught.value.report.rows if row.verdict == "wrong"]
    assert [row.name for row in wrong] == ["1.scale"]
    assert "treated as a constant" in wrong[0].cause


def test_a_class_is_no_module() -> None:
    with pytest.raises(TypeError, match="expected a module, got the class Linear; call it to make one"):
        gradcheck(nn.Linear, X)


def test_nothing_of_a_module_is_touched() -> None:
    net = model()
    first, *rest = net.parameters()
    loss = np.sum(net(X) ** 2)
    np.sum(net(X)).backward()
    before = [(p.data, p.data.copy(), p.grad, np.array(p.grad)) for p in (first, *rest)]
    first.requires_grad = False
    report = gradcheck(net, X, order=2)
    assert "0.weight" not in [row.name for row in report.rows]
    first.requires_grad = True
    for p, (data, values, grad, gradient) in zip((first, *rest), before, strict=True):
        assert p.data is data
        assert p.grad is grad
        assert p.is_leaf
        np.testing.assert_array_equal(p.data, values)
        np.testing.assert_array_equal(np.array(grad), gradient)
    loss.backward()  # a graph recorded before is still valid


def test_what_fails_leaves_a_module_as_it_was() -> None:
    net = model()
    before = net.state_dict()
    with pytest.raises(ValueError, match="linear"):
        gradcheck(net, X[:, :2])
    assert all(p.is_leaf and p.requires_grad for p in net.parameters())
    assert all(np.array_equal(before[name], p.data) for name, p in net.named_parameters())


def test_random_layers_draw_the_same_numbers_in_each_evaluation() -> None:
    layer = Noise()
    state = layer.generator.bit_generator.state
    assert gradcheck(layer, X, order=2)
    assert layer.generator.bit_generator.state == state
    assert layer.calls == 0
    np.testing.assert_array_equal(layer.running_mean, 0)
    np.testing.assert_array_equal(layer.kept["last"], 0)


def test_random_layers_whose_generator_is_out_of_reach_are_refused() -> None:
    class Drawn:
        def normal(self, size: int, generator: Any = np.random.default_rng(0)) -> Any:  # noqa: B008
            return generator.normal(size=size)

    with pytest.raises(GradientError, match=r"different results when it is called twice.*eval\(\)"):
        gradcheck(Noise(Drawn()), X)


@pytest.mark.parametrize("layer", [nn.Dropout(0.5, rng=0), nn.BatchNorm1d(3)], ids=["Dropout", "BatchNorm1d"])
@pytest.mark.parametrize("training", [True, False])
def test_layers_with_a_state_are_checked_as_they_stand(layer: nn.Module, training: bool) -> None:
    net = nn.Sequential(nn.Linear(3, 3, rng=0), layer).train(training)
    before = net.state_dict()
    assert gradcheck(net, X, order=2)
    assert net.training == training
    assert all(np.array_equal(before[name], value) for name, value in net.state_dict().items())


def test_a_shared_parameter_is_checked_once() -> None:
    layer = nn.Linear(3, 3, rng=0)
    report = gradcheck(nn.Sequential(layer, nn.Sigmoid(), layer), X)
    assert [row.name for row in report.rows] == ["0.weight", "0.bias", "x"]


def test_integers_are_constants_of_a_module() -> None:
    class Pick(nn.Module):
        def __init__(self) -> None:
            self.table = nn.Parameter(X)

        def forward(self, index: Any) -> Any:
            return self.table[index]

    report = gradcheck(Pick(), np.array([0, 2, 2]), order=2)
    assert [row.name for row in report.rows] == ["table", "table", "the cotangent"]


def test_modules_in_float32() -> None:
    net = nn.Linear(3, 2, rng=0, dtype=np.float32)
    with pytest.raises(TypeError, match="got float32 in weight"):
        gradcheck(net, X.astype(np.float32))
    assert gradcheck(net, X.astype(np.float32), allow_float32=True, order=2)
    assert net.weight.dtype == np.float32


def test_inputs_may_be_tensors_whose_gradient_stays() -> None:
    x = tensor(X, requires_grad=True)
    np.sum(x).backward()
    before = x.grad
    assert gradcheck(model(), x)
    assert x.grad is before
