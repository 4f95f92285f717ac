"""Classifiers with two hidden ReLU layers, softmax and cross-entropy, in float32."""

from functools import partial
from typing import Any

import numpy as np

from tests.benchmarks.workloads.workload import (
    Problem,
    Step,
    Workload,
    initial_linear,
    training_step,
)


def problem(batch: int, inputs: int, hidden1: int, hidden2: int, classes: int) -> Problem:
    """Random images in random classes: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    parameters = (
        initial_linear(rng, "0", inputs, hidden1, np.float32)
        | initial_linear(rng, "2", hidden1, hidden2, np.float32)
        | initial_linear(rng, "4", hidden2, classes, np.float32)
    )
    x = rng.normal(size=(batch, inputs)).astype(np.float32)
    return Problem(x, rng.integers(0, classes, batch), parameters, learning_rate=0.05)


def numpy_step(problem: Problem) -> Step:
    """Derived by hand; updates the parameters of the problem in place."""
    x, y, rate = problem.x, problem.y, problem.learning_rate
    w1, b1, w2, b2, w3, b3 = parameters = list(problem.parameters.values())
    batch = len(x)
    rows = np.arange(batch)

    def step() -> Any:
        h1 = x @ w1.T
        h1 += b1
        np.maximum(h1, 0, out=h1)
        h2 = h1 @ w2.T
        h2 += b2
        np.maximum(h2, 0, out=h2)
        logits = h2 @ w3.T
        logits += b3
        logits -= np.maximum.reduce(logits, 1, keepdims=True)  # so that exp cannot overflow
        g3 = np.exp(logits)
        total = np.add.reduce(g3, 1, keepdims=True)
        loss = (np.add.reduce(np.log(total), None) - np.add.reduce(logits[rows, y])) / batch

        g3 /= total  # the softmax; minus the one-hot targets it is the gradient of the logits
        g3[rows, y] -= 1
        g3 /= batch
        g2 = g3 @ w3
        g2 *= h2 > 0  # a product: np.where is 16 times slower on a mask without pattern
        g1 = g2 @ w2
        g1 *= h1 > 0
        gradients = (
            g1.T @ x,
            np.add.reduce(g1, 0),
            g2.T @ h1,
            np.add.reduce(g2, 0),
            g3.T @ h2,
            np.add.reduce(g3, 0),
        )
        for parameter, gradient in zip(parameters, gradients, strict=True):
            gradient *= rate
            parameter -= gradient
        return loss

    return step


def torch_step(problem: Problem) -> Step:
    """PyTorch, eager, as in its tutorials."""
    import torch
    from torch import nn

    (hidden1, inputs), (hidden2, _), (classes, _) = weight_shapes(problem)
    model = nn.Sequential(
        nn.Linear(inputs, hidden1),
        nn.ReLU(),
        nn.Linear(hidden1, hidden2),
        nn.ReLU(),
        nn.Linear(hidden2, classes),
    )
    model.load_state_dict({name: torch.tensor(p) for name, p in problem.parameters.items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    return training_step(model, nn.CrossEntropyLoss(), optimizer, x, y)


def chainrule_step(problem: Problem) -> Step:
    """Ours, as a user writes it."""
    import autograd
    import nn

    (hidden1, inputs), (hidden2, _), (classes, _) = weight_shapes(problem)
    model = nn.Sequential(
        nn.Linear(inputs, hidden1, dtype=np.float32, rng=0),
        nn.ReLU(),
        nn.Linear(hidden1, hidden2, dtype=np.float32, rng=0),
        nn.ReLU(),
        nn.Linear(hidden2, classes, dtype=np.float32, rng=0),
    )
    model.load_state_dict(problem.parameters)
    optimizer = nn.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = autograd.tensor(problem.x), autograd.tensor(problem.y)
    return training_step(model, nn.CrossEntropyLoss(), optimizer, x, y)


def weight_shapes(problem: Problem) -> list[tuple[int, ...]]:
    """The shapes of the weights, first layer first: (outputs, inputs)."""
    return [p.shape for p in problem.parameters.values() if p.ndim == 2]


def classifier(name: str, batch: int, sizes: tuple[int, ...], bars: dict[str, float]) -> Workload:
    """A workload of the given batch and layer sizes."""
    return Workload(
        name=name,
        description=f"{'-'.join(map(str, sizes))} ReLU, batch {batch}",
        problem=partial(problem, batch, *sizes),
        sides={"numpy": numpy_step, "torch": torch_step, "chainrule": chainrule_step},
        bars=bars,
        tolerance=1e-5,
    )


DIGITS_32 = classifier("digits-32", 32, (64, 128, 64, 10), {"numpy": 1.25, "torch": 0.55})
DIGITS_128 = classifier("digits-128", 128, (64, 128, 64, 10), {"numpy": 1.15, "torch": 0.70})
IMAGES_128 = classifier("images-128", 128, (784, 512, 256, 10), {"numpy": 1.05, "torch": 0.95})
