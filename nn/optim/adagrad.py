"""Adagrad: steps scaled by all squared gradients so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.optimiser import Array, Optimiser, Options, check_numbers, with_decay


class Adagrad(Optimiser):
    """Divide the gradient by the root of the sum of its squares (Duchi, Hazan and Singer, 2011).

    With the gradient g (plus ``weight_decay`` · parameter) at step t = 1, 2, …, s = s + g², and the
    parameter loses lr / (1 + (t - 1) · ``lr_decay``) · g / (√s + ε).

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        lr_decay: how fast the learning rate falls.
        weight_decay: the strength of an L2 penalty.
        initial_accumulator_value: s at the start.
        eps: ε.
        maximize: whether the loss is to rise, not to fall.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> Adagrad([w], lr=0.5).step()
        >>> w
        tensor([ 2.5, -0.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
        options["initial_accumulator_value"] = initial_accumulator_value
        super().__init__(params, lr, **options, maximize=maximize)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        check_numbers(group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return the step of one parameter."""
        scratch: Array = state["scratch"]
        if "step" not in state:
            state |= {"step": 0, "s": np.full_like(parameter, group["initial_accumulator_value"])}
        s = state["s"]
        if group["weight_decay"]:
            gradient = with_decay(parameter, gradient, state, group)
        s += np.multiply(gradient, gradient, out=scratch)
        np.sqrt(s, out=scratch)
        scratch += group["eps"]
        np.divide(gradient, scratch, out=scratch)
        scratch *= lr / (1 + state["step"] * group["lr_decay"])
        state["step"] += 1
        return scratch
