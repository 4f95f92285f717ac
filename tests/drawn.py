"""Graphs that the tests of drawings and of the player look at."""

from __future__ import annotations

import numpy as np

import nn
from autograd import Tensor, tensor

HOSTILE = "<script>alert(\"x\")</script> & 'q' \\N\\"


def leaf(name: str, value: float) -> Tensor:
    return tensor(value, requires_grad=True, name=name)


def neuron() -> Tensor:
    """One neuron with a squared loss."""
    w, v, b = leaf("w", -0.5), leaf("v", 0.8), leaf("b", 0.3)
    x, y, t = tensor(2.0, name="x"), tensor(-1.0, name="y"), tensor(1.0, name="t")
    p = w * x
    q = v * y
    s = p + q
    z = s + b
    a = nn.functional.sigmoid(z)
    e = a - t
    loss = e**2
    loss.name = "L"
    return loss


def reuse() -> Tensor:
    x = leaf("x", 3.0)
    y = x * x + x
    y.name = "y"
    return y


def house() -> Tensor:
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(2, 5, rng=0), nn.Sigmoid(), nn.Linear(5, 1, rng=0))
    return nn.MSELoss()(model(rng.normal(size=(10, 2))), rng.normal(size=(10, 1)))


def digits() -> Tensor:
    rng = np.random.default_rng(0)
    model = nn.MLP([64, 32, 10], activation=nn.ReLU, rng=0)
    images, labels = rng.normal(size=(8, 64)), rng.integers(0, 10, 8)
    return nn.CrossEntropyLoss()(model(images), labels)


def hostile() -> Tensor:
    x = tensor([1.0, 2.0], requires_grad=True, name=HOSTILE)
    y = tensor(2.0, requires_grad=True, name="{0} $title naïve 日本\n\x00\ud800 ]]> --")
    return x * y


def scalars() -> Tensor:
    """Many functions of scalars, and a value that several of them use."""
    x, y = leaf("x", 0.7), leaf("y", 1.3)
    a = np.exp(x) / y - np.sin(x * y)
    b = np.maximum(a, 0.1) ** 3 + np.sqrt(y) * np.tanh(a)
    return np.log(b**2 + 1) - np.where(b > 0, b, -b) / (2 + abs(x))


def unrolled() -> Tensor:
    """A recurrent network over 30 steps, whose loop is rolled up."""
    w, h = tensor(0.4 * np.eye(3), requires_grad=True, name="w"), tensor(np.ones(3), name="h")
    for x in np.random.default_rng(0).normal(size=(30, 3)):
        h = np.tanh(h @ w + x)
    return np.sum(h)


def chain(calls: int) -> Tensor:
    x = tensor(1.0, requires_grad=True)
    for _ in range(calls):
        x = x * 0.999
    return x


GRAPHS = [neuron, reuse, house, digits, hostile, scalars, unrolled]
