"""Records: what was seen of a network in one step of training."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from nn.diagnostics.chance import Chance

Array = np.ndarray[Any, Any]
T = TypeVar("T")
NAN = float("nan")


@dataclass
class LayerRecord:
    """What a layer did in one step.

    Attributes:
        calls: how often it was called; numbers of outputs are those of the last call.
        mean: of its outputs.
        spread: their standard deviation.
        saturated: the share of outputs at which its activation is flat, or None where that is not known.
        finite: whether all outputs are finite.
        active: of a rectifier, which units gave something other than 0; otherwise None.
        moved: of a layer with weights, which units' outputs the loss depends on; None without a gradient.
        gradients: the norm of the loss's gradient by its output, for each call, from the last to the first.
        in_time: of a recurrent layer, the same by its input, for each step in time.
        weight: the norm of its parameters.
        usual_weight: the norm that its weights have as nn.Linear draws them, with variance 1 / (3 fan_in).
        trainable: whether one of its parameters requires a gradient.
        weight_gradient: the norm of the loss's gradient by its parameters; NaN if none came.
        change: the norm of their change in the step.
        alike: whether, at the start, all its units have the same weights, and would learn the same.
    """

    calls: int = 0
    mean: float = NAN
    spread: float = NAN
    saturated: float | None = None
    finite: bool = True
    active: Array | None = None
    moved: Array | None = None
    gradients: list[float] = field(default_factory=list)
    in_time: list[float] = field(default_factory=list)
    weight: float = NAN
    usual_weight: float = 0.0
    trainable: bool = False
    weight_gradient: float = NAN
    change: float = NAN
    alike: bool = False

    @property
    def update(self) -> float:
        """The change of the parameters as a multiple of the parameters; NaN if there is none."""
        return self.change / self.weight if self.change and self.weight else NAN

    @property
    def gradient(self) -> float:
        """The norm of the loss's gradient by the output of the last call; NaN if none came."""
        return self.gradients[0] if self.gradients else NAN

    @property
    def through_time(self) -> list[float]:
        """The norm of the gradient at each step in time, or in each of several calls, from first to last."""
        return self.in_time or (self.gradients[::-1] if self.calls > 1 else [])


@dataclass
class Record:
    """What was seen in one step.

    Attributes:
        step: its number, from 0.
        inputs: of each floating input of the model, the root mean square of its largest feature.
        layers: what each layer did, by its path, in the order of the calls.
        loss: the loss before the step.
        chance: the same of knowing nothing, where that is known.
        misfit: what the outputs are that the loss does not take, and the cure.
    """

    step: int
    inputs: dict[str, float] = field(default_factory=dict)
    layers: dict[str, LayerRecord] = field(default_factory=dict)
    loss: float = NAN
    chance: Chance | None = None
    misfit: tuple[str, str] | None = None

    @property
    def update(self) -> float:
        """The change of all parameters together as a multiple of them; NaN if there is none.

        Where they are smaller than usual weights, it is a multiple of those: any step is long beside zeros.
        """
        layers = [layer for layer in self.layers.values() if not math.isnan(layer.weight)]
        change, weight, usual = (
            math.hypot(*(getattr(layer, name) for layer in layers))
            for name in ("change", "weight", "usual_weight")
        )
        return change / max(weight, usual) if change > 0 else NAN


class Thinned(Generic[T]):
    """A series that is kept in bounded memory: when full, every second item is forgotten.

    The first items are all kept, those after them evenly.

    Example:
        >>> series = Thinned(6, first=2)
        >>> for i in range(18):
        ...     if series.due:
        ...         series.items.append(i)
        ...     series.advance()
        >>> series.items, series.stride
        ([0, 1, 2, 6, 10, 14], 4)
    """

    def __init__(self, most: int, first: int = 0) -> None:
        self.most, self.first, self.stride, self.count = most, first, 1, 0
        self.items: list[T] = []

    @property
    def due(self) -> bool:
        """Whether the coming item is to be kept."""
        return self.count < self.first or (self.count - self.first) % self.stride == 0

    def advance(self) -> None:
        """Go on to the next item."""
        self.count += 1
        if len(self.items) > self.most:
            self.items[self.first :], self.stride = self.items[self.first :: 2], 2 * self.stride

    def __iter__(self) -> Iterator[T]:
        """Go through what is kept."""
        return iter(self.items)
