"""Networks with data, built to be healthy or to show one failure each; all take a generator."""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn

Rng = np.random.Generator
Array = np.ndarray[Any, Any]
Make = Callable[[Rng], nn.Module]
Begin = Callable[[nn.Module, Rng], nn.Module]


class Task(NamedTuple):
    """What fit is given."""

    model: nn.Module
    data: tuple[Array, Array]
    loss: nn.Module
    optimiser: nn.optim.Optimiser


Maker = Callable[[Rng], Task]

# Data


def regression(rng: Rng, features: int = 3, rows: int = 96) -> tuple[Array, Array]:
    x = rng.normal(size=(rows, features))
    return x, np.sin(x @ rng.normal(size=(features, 1))) + 0.1 * rng.normal(size=(rows, 1))


def classes(rng: Rng, features: int = 4, count: int = 3, rows: int = 96) -> tuple[Array, Array]:
    y = rng.integers(count, size=rows)
    x = 2 * rng.normal(size=(count, features))[y] + rng.normal(size=(rows, features))
    return (x - x.mean(0)) / x.std(0), y


def images(rng: Rng, count: int = 3, rows: int = 64) -> tuple[Array, Array]:
    y = rng.integers(count, size=rows)
    return rng.normal(size=(count, 1, 8, 8))[y] + 0.5 * rng.normal(size=(rows, 1, 8, 8)), y


def waves(rng: Rng, steps: int = 12, rows: int = 64) -> tuple[Array, Array]:
    phases, rates = rng.uniform(0, 6, (rows, 1)), rng.uniform(0.3, 0.8, (rows, 1))
    wave = np.sin(rates * np.arange(steps + 1) + phases)
    return wave[:, :-1, None], wave[:, -1:]


# Initial weights


def weights(model: nn.Module) -> list[nn.Parameter]:
    return [p for p in model.parameters() if p.ndim > 1]


def he(model: nn.Module, rng: Rng) -> nn.Module:
    for p in model.parameters():
        nn.init.kaiming_normal_(p, nonlinearity="relu", rng=rng) if p.ndim > 1 else nn.init.zeros_(p)
    return model


def xavier(model: nn.Module, rng: Rng) -> nn.Module:
    for p in model.parameters():
        nn.init.xavier_uniform_(p, rng=rng) if p.ndim > 1 else nn.init.zeros_(p)
    return model


def normal(std: float) -> Begin:
    def begin(model: nn.Module, rng: Rng) -> nn.Module:
        for p in weights(model):
            nn.init.normal_(p, 0, std, rng=rng)
        return model

    return begin


def constant(value: float) -> Begin:
    def begin(model: nn.Module, rng: Rng) -> nn.Module:
        for p in weights(model):
            nn.init.constant_(p, value)
        return model

    return begin


def growing(b: float) -> Begin:
    """Make recurrent weights b times the identity, and the others so that states are positive."""

    def begin(recurrent: nn.Module, rng: Rng) -> nn.Module:
        for p in weights(recurrent):
            p.data[...] = b * np.eye(*p.shape) if p.shape[0] == p.shape[1] else abs(p.data)
        return recurrent

    return begin


# Models


class LastState(nn.Module):
    """A number from the last state of a recurrent layer."""

    def __init__(self, recurrent: nn.Module, rng: Rng) -> None:
        self.recurrent = recurrent
        self.head = nn.Linear(recurrent.hidden_size, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.recurrent(x)[0][:, -1])


class Stepped(nn.Module):
    """A number from the last state of a cell, called for each step."""

    def __init__(self, cell: nn.Module, rng: Rng) -> None:
        self.cell, self.head = cell, nn.Linear(cell.hidden_size, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h = None
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
        return self.head(h)


class Scalar(nn.Module):
    """The recurrence hₜ = xₜ + b hₜ₋₁ of the textbook."""

    def __init__(self, b: float) -> None:
        self.b = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.b.weight, b)

    def forward(self, x: Any) -> Any:
        h = np.zeros((len(x), 1))
        for t in range(x.shape[1]):
            h = x[:, t] + self.b(h)
        return h


class ByFunctions(nn.Module):
    """A network whose activations are functions and no layers."""

    def __init__(self, rng: Rng) -> None:
        self.hidden = [nn.Linear(4, 32, rng=rng), nn.Linear(32, 32, rng=rng)]
        self.head = nn.Linear(32, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        for layer in self.hidden:
            x = nn.functional.relu(layer(x))
        return self.head(x)


def normalised(rng: Rng) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs in 4, 32:
        layers += [nn.Linear(inputs, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3, rng=rng)]
    return nn.Sequential(*layers, nn.Linear(32, 3, rng=rng))


def convolutional(rng: Rng) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32, 3, rng=rng),
    )  # fmt: skip


def sgd(model: nn.Module, lr: float, **options: Any) -> nn.optim.Optimiser:
    return nn.optim.SGD(model.parameters(), lr=lr, **options)


def adam(model: nn.Module, lr: float) -> nn.optim.Optimiser:
    return nn.optim.Adam(model.parameters(), lr=lr)


MSE, CE, HUBER = nn.MSELoss(), nn.CrossEntropyLoss(), nn.HuberLoss()


def task(
    make: Make,
    data: Callable[[Rng], tuple[Array, Array]],
    loss: nn.Module,
    optimiser: Callable[..., nn.optim.Optimiser],
    lr: float,
    **options: Any,
) -> Maker:
    def made(rng: Rng) -> Task:
        model = make(rng)
        return Task(model, data(rng), loss, optimiser(model, lr, **options))

    return made


def mlp(*sizes: int, activation: Any = nn.ReLU, begin: Begin | None = None, **how: Any) -> Make:
    def made(rng: Rng) -> nn.Module:
        model = nn.MLP(sizes, activation, rng=rng, **how)
        return model if begin is None else begin(model, rng)

    return made


def last_state(kind: Any, size: int, begin: Begin | None = None, **how: Any) -> Make:
    def made(rng: Rng) -> nn.Module:
        recurrent = kind(1, size, batch_first=True, rng=rng, **how)
        return LastState(recurrent if begin is None else begin(recurrent, rng), rng)

    return made


def yes_or_no(rng: Rng) -> tuple[Array, Array]:
    x, y = classes(rng, count=2)
    return x, y[:, None].astype(float)


def natural_units(rng: Rng) -> tuple[Array, Array]:
    """Area, rooms and year, for a price in standard units."""
    x, y = regression(rng)
    return x * [30, 1, 15] + [120, 4, 1990], y


def long_waves(rng: Rng) -> tuple[Array, Array]:
    x, y = waves(rng, steps=40)
    return abs(x), y


HEALTHY: dict[str, Maker] = {
    "ReLU, He": task(mlp(4, 32, 32, 3, begin=he), classes, CE, sgd, 0.1),
    "ReLU, default": task(mlp(4, 32, 32, 3), classes, CE, adam, 0.003),
    "ReLU, numbers": task(mlp(3, 32, 32, 1, begin=he), regression, MSE, sgd, 0.01),
    "ReLU, by functions": task(ByFunctions, classes, CE, adam, 0.003),
    "tanh, Xavier": task(
        mlp(3, 20, 20, 20, 20, 1, activation=nn.Tanh, begin=xavier), regression, MSE, sgd, 0.05, momentum=0.9
    ),
    "sigmoid, shallow": task(mlp(3, 5, 1, activation=nn.Sigmoid), regression, MSE, sgd, 0.3),
    "probability": task(mlp(4, 16, 1, begin=he, output=nn.Sigmoid), yes_or_no, nn.BCELoss(), adam, 0.01),
    "dropout, normalised": task(normalised, classes, CE, adam, 0.01),
    "CNN": task(lambda rng: he(convolutional(rng), rng), images, CE, sgd, 0.03),
    "RNN": task(last_state(nn.RNN, 16), waves, MSE, adam, 0.01),
    "LSTM": task(last_state(nn.LSTM, 16), waves, MSE, adam, 0.01),
    "GRU cell": task(lambda rng: Stepped(nn.GRUCell(1, 16, rng=rng), rng), waves, HUBER, adam, 0.01),
}

SIGMOIDS, TANHS, LEAKY = {"activation": nn.Sigmoid}, {"activation": nn.Tanh}, {"activation": nn.LeakyReLU}
RELU = {"nonlinearity": "relu"}
STILL = 1e-9  # a rate at which nothing changes
FAILING: dict[str, dict[str, Maker]] = {
    "vanishing gradients": {
        "deep sigmoid": task(mlp(3, *7 * [12], 1, **SIGMOIDS), regression, MSE, sgd, 0.1),
        "deep sigmoid, Xavier": task(mlp(4, *8 * [16], 3, **SIGMOIDS, begin=xavier), classes, CE, adam, 3e-3),
    },
    "saturated units": {
        "sigmoid": task(mlp(3, *4 * [30], 1, **SIGMOIDS, begin=normal(4)), regression, MSE, sgd, 0.01),
        "tanh": task(mlp(4, *3 * [30], 3, **TANHS, begin=normal(2)), classes, CE, sgd, 0.01),
    },
    "dead units": {
        "high rate": task(mlp(4, 32, 32, 3, begin=he), classes, CE, sgd, 5),
        "high rate, by functions": task(lambda rng: he(ByFunctions(rng), rng), classes, CE, sgd, 5),
    },
    "exploding gradients": {
        "b > 1": task(lambda rng: Scalar(1.4), long_waves, MSE, sgd, STILL),
        "b > 1, ReLU": task(last_state(nn.RNN, 8, growing(1.4), **RELU), long_waves, MSE, sgd, STILL),
        "b > 1, tanh": task(last_state(nn.RNN, 32, normal(0.7)), long_waves, MSE, sgd, STILL),
        "b > 1, cell": task(
            lambda rng: Stepped(growing(1.4)(nn.RNNCell(1, 8, **RELU, rng=rng), rng), rng),
            long_waves, MSE, sgd, 0.01,
        ),
        "through depth": task(mlp(3, *8 * [20], 1, begin=normal(1)), regression, MSE, sgd, STILL),
    },
    "learning rate too high": {
        "line": task(mlp(3, 1), regression, MSE, sgd, 1.5),
        "tanh": task(mlp(3, 20, 1, **TANHS, begin=xavier), regression, MSE, sgd, 3),
        "tanh, classes": task(mlp(4, 20, 3, **TANHS, begin=xavier), classes, CE, sgd, 30),
        "momentum": task(mlp(4, 32, 3, **LEAKY, begin=he), classes, CE, sgd, 5, momentum=0.9),
        "Adam": task(mlp(4, 20, 3, **TANHS, begin=xavier), classes, CE, adam, 3),
        "breaks off": task(mlp(3, 20, 20, 1, **LEAKY, begin=he), regression, MSE, sgd, 1),
    },
    "learning rate too low": {"ReLU": task(mlp(4, 32, 32, 3, begin=he), classes, CE, sgd, 1e-6)},
    "unscaled inputs": {"natural units": task(mlp(3, 16, 1, **TANHS), natural_units, MSE, sgd, 0.01)},
    "weights all equal": {
        "tanh": task(mlp(3, 8, 8, 1, **TANHS, begin=constant(0.5)), regression, MSE, sgd, 0.1),
        "zeros": task(mlp(4, 8, 3, begin=constant(0)), classes, CE, sgd, 0.1),
        "LSTM": task(lambda rng: constant(0.1)(last_state(nn.LSTM, 8)(rng), rng), waves, MSE, sgd, 0.1),
    },
}  # fmt: skip


# Networks of other sizes than those above


def drawn_healthy(seed: int) -> Task:
    """Draw a healthy network: its activation, width, depth, data and rate."""
    rng = np.random.default_rng([2026, seed])
    width, depth, features = (int(rng.integers(low, high)) for low, high in ((8, 65), (1, 6), (3, 17)))
    activation = [nn.ReLU, nn.LeakyReLU, nn.GELU, nn.Tanh][rng.integers(4)]
    numbers, layers = rng.random() < 0.5, [features, *depth * [width]]
    data = regression(rng, features) if numbers else classes(rng, features)
    begin = xavier if activation is nn.Tanh else he
    steps: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(layers):
        steps += [nn.Linear(inputs, outputs, rng=rng), activation()]
        steps += [nn.Dropout(0.2, rng=rng)] if rng.random() < 0.2 else []
    model = begin(nn.Sequential(*steps, nn.Linear(width, 1 if numbers else 3, rng=rng)), rng)
    rate = 10 ** rng.uniform(-3.5, -2)
    return Task(model, data, MSE if numbers else CE, [sgd, adam][rng.integers(2)](model, rate))


def drawn_failing(failure: str, seed: int) -> Task:
    """Draw a network that fails: its width, its depth, and how badly it fails."""
    rng = np.random.default_rng([2027, seed])
    width, few, many = (int(rng.integers(low, high)) for low, high in ((8, 65), (1, 4), (7, 13)))
    how = rng.uniform()
    scaled = 10 ** (1.5 + 3 * how)
    return {
        "vanishing gradients": task(mlp(3, *many * [width], 1, **SIGMOIDS), regression, MSE, adam, 0.003),
        "saturated units": task(
            mlp(4, *few * [width], 3, **TANHS, begin=normal(2 + 8 * how)), classes, CE, sgd, 0.001
        ),
        "dead units": task(mlp(4, width, width, 3, begin=he), classes, CE, sgd, 5 + 10 * how),
        "exploding gradients": task(
            last_state(nn.RNN, width, growing(1.3 + how), **RELU), long_waves, MSE, sgd, STILL
        ),
        "learning rate too high": task(
            mlp(4, width, 3, **TANHS, begin=xavier), classes, CE, adam, 2 + 8 * how
        ),
        "unscaled inputs": task(
            mlp(3, width, 1),
            lambda rng: (scaled * rng.normal(size=(96, 3)), rng.normal(size=(96, 1))),
            MSE,
            sgd,
            STILL,
        ),
        "weights all equal": task(
            mlp(4, *few * [width], 3, begin=constant(how / width)), classes, CE, sgd, 0.01
        ),
    }[failure](rng)
