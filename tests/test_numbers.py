"""The numbers of the notes, to the digits that they give."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import nn
from autograd import Tensor, no_grad, tensor

Array = np.ndarray[Any, Any]

# Ten houses: area, bedrooms, price.
HOUSES = np.array(
    [
        (2104, 3, 399900), (1600, 3, 329900), (2400, 3, 369000), (1416, 2, 232000),
        (3000, 4, 539900), (1985, 4, 299900), (1534, 3, 314900), (1427, 3, 198999),
        (1380, 3, 212000), (1494, 3, 242500),
    ],
    dtype=float,
)  # fmt: skip
STANDARDISED = (HOUSES - HOUSES.mean(axis=0)) / HOUSES.std(axis=0)
X, Y = STANDARDISED[:, :2], STANDARDISED[:, 2:]


def test_mean_squared_error() -> None:
    y, h = np.array([0.875, 0.426, 0.213, 0.348]), np.array([0.9, 0.526, 0.721, 0.348])
    assert nn.MSELoss()(h, y).item() == pytest.approx(0.06717225, abs=1e-15)


def test_binary_cross_entropy() -> None:
    y, p = np.array([0.0, 1.0, 1.0, 1.0, 0.0]), np.array([0.1, 0.7, 0.5, 0.8, 0.2])
    assert nn.BCELoss()(p, y).item() == pytest.approx(0.3202939485569847, abs=1e-16)


CLASSES = np.array([2, 0, 0, 0, 1])
SHARES = np.array([(0, 0.05, 0.95), (0.98, 0.02, 0), (0.98, 0.02, 0), (0.95, 0.05, 0), (0.03, 0.6, 0.37)])


@pytest.mark.parametrize(
    ("loss", "target", "gradient"),
    [
        (nn.NLLLoss(), CLASSES, -np.eye(3)[CLASSES] / 5),
        (nn.CrossEntropyLoss(), np.eye(3)[CLASSES], (SHARES - np.eye(3)[CLASSES]) / 5),
        (nn.CrossEntropyLoss(), CLASSES, (SHARES - np.eye(3)[CLASSES]) / 5),
    ],
    ids=["NLLLoss of classes", "CrossEntropyLoss of one-hot rows", "CrossEntropyLoss of classes"],
)
def test_cross_entropy_where_some_probabilities_are_zero(
    loss: nn.Module, target: Array, gradient: Array
) -> None:
    with np.errstate(divide="ignore"):
        logarithms = tensor(np.log(SHARES), requires_grad=True)
    value = loss(logarithms, target)
    assert value.item() == pytest.approx(0.13076352543522615, abs=1e-16)
    value.backward()
    np.testing.assert_allclose(logarithms.grad.numpy(), gradient, rtol=0, atol=1e-15)


def test_cross_entropy_has_a_gradient_in_the_probabilities_too() -> None:
    p = tensor(SHARES, requires_grad=True)
    with np.errstate(divide="ignore"):
        value = nn.NLLLoss()(np.log(p), CLASSES)
    value.backward()
    expected = np.zeros((5, 3))
    expected[range(5), CLASSES] = -1 / (5 * SHARES[range(5), CLASSES])
    np.testing.assert_allclose(p.grad.numpy(), expected, rtol=1e-15)


def test_perceptron() -> None:
    neuron = nn.Perceptron(2)
    neuron.load_state_dict({"linear.weight": [[5.0, -3.0]], "linear.bias": [1.0]})
    g = neuron(np.array([-3.0, 2.0]))
    assert f"{g.item():.3g}" == "2.06e-09"
    assert g.item() == pytest.approx(1 / (1 + np.exp(20)), rel=1e-14)


def test_three_rows_of_training_a_line() -> None:
    x, y, rate = 1.0, 3.0, 0.2
    w, b = tensor(0.1, requires_grad=True), tensor(1.0, requires_grad=True)
    rows = []
    for _ in range(3):
        w.grad = b.grad = None
        h = w * x + b
        h.retain_grad()
        loss = (y - h) ** 2 / 2
        loss.backward()
        with no_grad():
            w -= rate * w.grad
            b -= rate * b.grad
        rows.append([float(number) for number in (h, loss, h.grad, w.grad, b.grad, w, b)])
    expected = [
        (1.1, 1.805, -1.9, -1.9, -1.9, 0.48, 1.38),
        (1.86, 0.6498, -1.14, -1.14, -1.14, 0.708, 1.608),
        (2.316, 0.2339, -0.684, -0.684, -0.684, 0.8448, 1.7448),
    ]
    np.testing.assert_allclose(np.round(rows, 4), expected, rtol=0, atol=1e-12)


# The house network: two inputs, five sigmoid neurons, one sigmoid output, E = 1/2 sum (y - out)^2.


def house_network(seed: int) -> nn.Module:
    return nn.MLP([2, 5, 1], output=nn.Sigmoid, rng=seed)


def error_of(network: nn.Module) -> Tensor:
    return 0.5 * ((Y - network(X)) ** 2).sum()


def sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def gradients_by_hand(w: Array, b: Array, v: Array, c: Array) -> list[Array]:
    """The chain rule, one weight after another.

    A house (x1, x2) gives h[j] = sigmoid(w[j] x + b[j]), and then out = sigmoid(v h + c).
    """
    dw, db, dv, dc = np.zeros((5, 2)), np.zeros(5), np.zeros((1, 5)), np.zeros(1)
    for x, y in zip(X, Y[:, 0], strict=True):
        h = [sigmoid(w[j, 0] * x[0] + w[j, 1] * x[1] + b[j]) for j in range(5)]
        out = sigmoid(sum(v[0, j] * h[j] for j in range(5)) + c[0])

        # E = (y - out)^2 / 2, and sigmoid' = sigmoid (1 - sigmoid)
        error = -(y - out) * out * (1 - out)
        dc[0] += error
        for j in range(5):
            dv[0, j] += error * h[j]
            error_j = error * v[0, j] * h[j] * (1 - h[j])
            db[j] += error_j
            for i in range(2):
                dw[j, i] += error_j * x[i]
    return [dw, db, dv, dc]


@pytest.mark.parametrize("seed", range(3))
def test_all_gradients_of_the_house_network_equal_the_chain_rule_by_hand(seed: int) -> None:
    network = house_network(seed)
    error_of(network).backward()
    parameters = list(network.parameters())
    expected = gradients_by_hand(*[p.data for p in parameters])
    assert sum(p.size for p in parameters) == 21
    for parameter, gradient in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), gradient, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_the_house_network_passes_check_grad_of_scipy(seed: int) -> None:
    network = house_network(seed)
    parameters = list(network.parameters())
    cuts = np.cumsum([p.size for p in parameters])[:-1]

    def at(point: Array) -> Tensor:
        with no_grad():
            for parameter, part in zip(parameters, np.split(point, cuts), strict=True):
                parameter.copy_(part.reshape(parameter.shape))
        return error_of(network)

    def gradient(point: Array) -> Array:
        network.zero_grad()
        at(point).backward()
        return np.concatenate([p.grad.numpy().ravel() for p in parameters])

    start = np.concatenate([p.data.ravel() for p in parameters])
    assert optimize.check_grad(lambda point: at(point).item(), gradient, start) < 1e-6
