"""The house network: 2 inputs, 5 sigmoid units, 1 linear output, squared error, in float64."""

from typing import Any

import numpy as np

from tests.benchmarks.workloads.workload import (
    Problem,
    Step,
    Workload,
    initial_linear,
    training_step,
)


def problem() -> Problem:
    """Ten standardised houses."""
    rng = np.random.default_rng(0)
    hidden = initial_linear(rng, "0", 2, 5, np.float64)
    output = initial_linear(rng, "2", 5, 1, np.float64)
    x, y = rng.normal(size=(10, 2)), rng.normal(size=(10, 1))
    return Problem(x, y, hidden | output, learning_rate=1e-4)


def numpy_step(problem: Problem) -> Step:
    """Derived by hand; updates the parameters of the problem in place."""
    x, y, rate = problem.x, problem.y, problem.learning_rate
    w1, b1, w2, b2 = parameters = list(problem.parameters.values())

    def step() -> Any:
        h = x @ w1.T
        h += b1
        h = 1.0 / (1.0 + np.exp(-h))
        error = h @ w2.T
        error += b2
        error -= y
        loss = np.vdot(error, error)

        g_output = 2.0 * error
        g_hidden = g_output @ w2
        g_hidden *= h
        g_hidden *= 1.0 - h
        gradients = (
            g_hidden.T @ x,
            np.add.reduce(g_hidden, 0),
            g_output.T @ h,
            np.add.reduce(g_output, 0),
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

    model = nn.Sequential(nn.Linear(2, 5), nn.Sigmoid(), nn.Linear(5, 1)).double()
    model.load_state_dict({name: torch.tensor(p) for name, p in problem.parameters.items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    return training_step(model, nn.MSELoss(reduction="sum"), optimizer, x, y)


def chainrule_step(problem: Problem) -> Step:
    """Ours, as a user writes it."""
    import autograd
    import nn

    model = nn.Sequential(nn.Linear(2, 5, rng=0), nn.Sigmoid(), nn.Linear(5, 1, rng=0))
    model.load_state_dict(problem.parameters)
    optimizer = nn.optim.SGD(model.parameters(), lr=problem.learning_rate)
    x, y = autograd.tensor(problem.x), autograd.tensor(problem.y)
    return training_step(model, nn.MSELoss(reduction="sum"), optimizer, x, y)


HOUSE = Workload(
    name="house",
    description="2-5-1 sigmoid, 10 houses",
    problem=problem,
    sides={"numpy": numpy_step, "torch": torch_step, "chainrule": chainrule_step},
    bars={"numpy": 2.3, "torch": 0.45},
    tolerance=1e-12,
)
