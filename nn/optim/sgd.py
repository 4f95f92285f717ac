"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.optimiser import Array, Optimiser, Options, check_numbers, with_decay


class SGD(Optimiser):
    """Gradient descent, with momentum if wanted.

    With the gradient g (plus ``weight_decay`` · parameter), the velocity v is g at the first step
    and then momentum · v + (1 - dampening) · g; the parameter loses lr · v, or lr · (g + momentum · v)
    with ``nesterov``. (Sutskever et al., 2013, in PyTorch's form.)

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        momentum: how much of the velocity stays.
        dampening: how much of the gradient does not enter the velocity.
        weight_decay: the strength of an L2 penalty.
        nesterov: look ahead along the velocity.
        maximize: whether the loss is to rise, not to fall.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is no finite number from 0; or ``nesterov`` without momentum.

    Example:
        >>> w = tensor(1.0, requires_grad=True)
        >>> optimiser = SGD([w], lr=0.25)
        >>> for _ in range(2):
        ...     optimiser.zero_grad()
        ...     (w**2).backward()
        ...     optimiser.step()
        >>> w
        tensor(0.25, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, lr, **options, nesterov=nesterov, maximize=maximize)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        check_numbers(group, "lr", "momentum", "dampening", "weight_decay")
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError("nesterov: expected a momentum above 0 and no dampening")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return the step of one parameter."""
        scratch: Array = state["scratch"]
        if group["weight_decay"]:
            gradient = with_decay(parameter, gradient, state, group)
        if group["momentum"]:
            if "velocity" not in state:
                state["velocity"] = np.copy(gradient)
            else:
                state["velocity"] *= group["momentum"]
                state["velocity"] += np.multiply(gradient, 1 - group["dampening"], out=scratch)
            if group["nesterov"]:
                ahead = np.multiply(state["velocity"], group["momentum"], out=scratch)
                gradient = np.add(gradient, ahead, out=scratch)
            else:
                gradient = state["velocity"]
        return np.multiply(gradient, lr, scratch)
