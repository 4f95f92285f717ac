"""AdamW: Adam with a weight decay of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.adam import Adam
from nn.optim.optimiser import Array, Options


class AdamW(Adam):
    """Adam whose weight decay does not pass through the moments (Loshchilov and Hutter, 2019).

    Beside Adam's step for the plain gradient, a parameter loses lr · ``weight_decay`` · parameter.

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        betas: β₁ and β₂, each from 0 and below 1.
        eps: ε.
        weight_decay: the strength of the decay.
        amsgrad: whether v̂ is made of the largest v so far (Reddi, Kale and Kumar, 2018).
        maximize: whether the loss is to rise, not to fall.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([4.0, -2.0], requires_grad=True)
        >>> (0 * w).sum().backward()
        >>> AdamW([w], lr=0.5, weight_decay=0.5).step()
        >>> w
        tensor([ 3. , -1.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return the step of one parameter."""
        step = super().update(parameter, gradient, lr, state, {**group, "weight_decay": 0.0})
        step += np.multiply(parameter, lr * group["weight_decay"], out=state["scratch_gradient"])
        return step
