"""RMSprop: steps scaled by a running mean square of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.optimiser import Array, Optimiser, Options, average, check_numbers, with_decay


class RMSprop(Optimiser):
    """Divide the gradient by its running root mean square (Tieleman and Hinton, 2012).

    With the gradient g (plus ``weight_decay`` · parameter), v = α v + (1 - α) g² and, if ``centered``,
    m = α m + (1 - α) g and v̂ = v - m², otherwise v̂ = v; the parameter loses lr g / (√v̂ + ε), or lr b
    where ``momentum`` is above 0, with b = momentum · b + g / (√v̂ + ε).

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        alpha: α, how much of the running mean stays.
        eps: ε.
        weight_decay: the strength of an L2 penalty.
        momentum: how much of the last step stays.
        centered: whether to divide by the standard deviation.
        maximize: whether the loss is to rise, not to fall.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> RMSprop([w], lr=0.5, alpha=0.75).step()
        >>> w.data.round(6) + 0.0
        array([2., 0.])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(params, lr, **options, centered=centered, maximize=maximize)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        check_numbers(group, "lr", "alpha", "eps", "weight_decay", "momentum")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return the step of one parameter."""
        scratch: Array = state["scratch"]
        if "v" not in state:
            state |= {name: np.zeros_like(parameter) for name in ("v", "m", "b")}
        alpha, v, m, b = group["alpha"], state["v"], state["m"], state["b"]
        if group["weight_decay"]:
            gradient = with_decay(parameter, gradient, state, group)
        average(v, alpha, np.multiply(gradient, gradient, out=scratch), scratch)
        if group["centered"]:
            average(m, alpha, gradient, scratch)
            np.multiply(m, m, out=scratch)
            v = np.subtract(v, scratch, out=scratch)
        np.sqrt(v, out=scratch)
        scratch += group["eps"]
        step: Array = np.divide(gradient, scratch, out=scratch)
        if group["momentum"]:
            b *= group["momentum"]
            b += step
            step = b
        return np.multiply(step, lr, out=scratch)
