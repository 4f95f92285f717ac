"""What is known of kinds of layers: where they are flat, and along which axis their units stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn import activations, layers
from nn.layers.convolution import Convolution
from nn.layers.recurrent import Recurrent, RecurrentLayer
from nn.module import Module

Array = np.ndarray[Any, Any]

# Where an activation's slope is below this part of its largest, it hardly lets a gradient through: for
# tanh, outputs beyond 0.97, as Karpathy counts them ("Building makemore, part 3").
FLAT = 1 - 0.97**2

# The slope of an activation as a part of its largest, from its output y.
# fmt: off
SLOPES: dict[type[Module], Callable[[Any, Array], Array]] = {
    activations.Sigmoid:     lambda layer, y: 4 * y * (1 - y),
    activations.Tanh:        lambda layer, y: 1 - y * y,
    activations.Softsign:    lambda layer, y: (1 - abs(y)) ** 2,
    activations.Hardtanh:    lambda layer, y: (layer.min_val < y) & (y < layer.max_val),
    activations.Hardsigmoid: lambda layer, y: (y > 0) & (y < 1),
    activations.BinaryStep:  lambda layer, y: 0 * y,
    layers.RNN:              lambda layer, y: 1 - y * y,
    layers.RNNCell:          lambda layer, y: 1 - y * y,
}
# fmt: on

# A unit whose output is 0 lets no gradient through.
RECTIFIERS = (activations.ReLU, activations.ReLU6, activations.Threshold, activations.Hardshrink)
NORMALISATIONS = (
    layers.BatchNorm1d, layers.BatchNorm2d, layers.GroupNorm, layers.LayerNorm, layers.RMSNorm,
)  # fmt: skip


def saturated(layer: Module, y: Array) -> float | None:
    """Return the share of a layer's outputs at which its activation is flat, or None where none is known.

    Example:
        >>> saturated(nn.Tanh(), np.array([0.0, 0.5, 0.99, -1.0]))
        0.5
    """
    slope = next((slope for kind, slope in SLOPES.items() if isinstance(layer, kind)), None)
    if slope is None or is_rectifier(layer) or not y.size:
        return None
    return float((slope(layer, y) < FLAT).mean())


def is_rectifier(layer: Module) -> bool:
    """Tell whether units of this layer can be dead: 0, with slope 0."""
    if isinstance(layer, Recurrent):
        return layer.nonlinearity == "relu"
    return isinstance(layer, RECTIFIERS)


class Part:
    """One module of a model, and what is known of its kind.

    Attributes:
        module: the module.
        kind: the name of its class.
        own: its parameters, without those of modules inside.
        has_weights: whether one of them is a matrix.
        gates: how many gates stand one after another in its weights.
        is_activation: whether it is an activation function.
        is_rectifier: whether its units can be dead.
        is_seen: whether its outputs are looked at, and not only those of modules inside.
    """

    def __init__(self, module: Module) -> None:
        self.module, self.kind = module, type(module).__name__
        self.own = list(module.parameters(recurse=False))
        self.has_weights = any(parameter.ndim > 1 for parameter in self.own)
        self.gates = module.gates if isinstance(module, Recurrent) else 1
        of_ours = any(kind.__module__ == activations.__name__ for kind in type(module).__mro__)
        self.is_activation = of_ours and not isinstance(module, activations.Identity)
        self.is_rectifier = is_rectifier(module)
        self.is_seen = bool(self.own) or not any(True for _ in module.children())


def unit_axis(y: Array, behind: Module | None) -> int:
    """Return the axis along which the units of an output stand, behind the last layer that has weights."""
    return 1 if isinstance(behind, Convolution) and y.ndim == behind.axes + 2 else -1


def time_axis(layer: Module, x: Any) -> int | None:
    """Return the axis of the steps in the input of a recurrent layer, or None for other layers."""
    if not isinstance(layer, RecurrentLayer):
        return None
    return 1 if layer.batch_first and x.ndim == 3 else 0
