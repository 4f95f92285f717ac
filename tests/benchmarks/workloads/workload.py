"""What a workload is: one problem, and for each engine a function that builds its training step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Step = Callable[[], Any]
"""One whole training step. It returns its loss, as the engine's own scalar (with ``item``)."""


@dataclass(frozen=True)
class Problem:
    """Data, initial parameters (PyTorch's names and shapes) and learning rate of a training run."""

    x: np.ndarray
    y: np.ndarray
    parameters: dict[str, np.ndarray]
    learning_rate: float


@dataclass(frozen=True)
class Workload:
    """A problem, its solution in each engine, and how fast ours must be next to the others.

    ``problem`` makes a fresh, equal problem at each call, so that every engine starts with its own
    parameters. ``sides`` maps the name of an engine to what builds its step from a problem.
    ``bars`` maps the name of another engine to the largest accepted ratio of times, ours to its.
    ``tolerance`` is how far losses may lie apart, relatively.
    """

    name: str
    description: str
    problem: Callable[[], Problem]
    sides: Mapping[str, Callable[[Problem], Step]]
    bars: Mapping[str, float]
    tolerance: float


def initial_linear(
    rng: np.random.Generator, name: str, inputs: int, outputs: int, dtype: type[np.floating]
) -> dict[str, np.ndarray]:
    """Weight and bias of a linear layer, uniform within 1/√inputs as PyTorch draws them."""
    bound = inputs**-0.5
    return {
        f"{name}.weight": rng.uniform(-bound, bound, (outputs, inputs)).astype(dtype),
        f"{name}.bias": rng.uniform(-bound, bound, outputs).astype(dtype),
    }


def training_step(model: Any, loss_function: Any, optimizer: Any, x: Any, y: Any) -> Step:
    """The step that users write, letter by letter the same in PyTorch and in chainrule."""

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step
