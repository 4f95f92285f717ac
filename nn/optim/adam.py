"""Adam: steps scaled by running moments of the gradient."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from nn.optim.optimiser import Array, Optimiser, Options, average, check_numbers, with_decay


class Adam(Optimiser):
    """Adaptive moments (Kingma and Ba, 2015).

    With the gradient g (plus ``weight_decay`` · parameter), m = β₁ m + (1 - β₁) g and
    v = β₂ v + (1 - β₂) g²; without their bias towards the start, m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ); the parameter loses lr m̂ / (√v̂ + ε).

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        betas: β₁ and β₂, each from 0 and below 1.
        eps: ε.
        weight_decay: the strength of an L2 penalty.
        amsgrad: whether v̂ is made of the largest v so far (Reddi, Kale and Kumar, 2018).
        maximize: whether the loss is to rise, not to fall.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> Adam([w], lr=0.5).step()
        >>> w
        tensor([ 2.5, -0.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options: Options = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(params, lr, **options, maximize=maximize)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        check_numbers(group, "lr", "eps", "weight_decay")
        betas = group["betas"]
        pair = isinstance(betas, (tuple, list)) and len(betas) == 2
        if not pair or not all(isinstance(beta, Real) and 0 <= float(beta) < 1 for beta in betas):
            raise ValueError(f"betas: expected two numbers from 0 and below 1, got {betas!r}")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Return the step of one parameter."""
        scratch: Array = state["scratch"]
        if "step" not in state:
            state |= {"step": 0, "m": np.zeros_like(parameter), "v": np.zeros_like(parameter)}
        t = state["step"] = state["step"] + 1
        (beta1, beta2), m, v = group["betas"], state["m"], state["v"]
        if group["weight_decay"]:
            gradient = with_decay(parameter, gradient, state, group)
        average(m, beta1, gradient, scratch)
        average(v, beta2, np.multiply(gradient, gradient, out=scratch), scratch)
        if group["amsgrad"]:
            if "largest" not in state:
                state["largest"] = np.zeros_like(parameter)
            v = np.maximum(v, state["largest"], out=state["largest"])
        # lr m̂ / (√v̂ + ε), with both corrections taken out of the arrays
        np.sqrt(v, out=scratch)
        scratch /= math.sqrt(1 - beta2**t)
        scratch += group["eps"]
        np.divide(m, scratch, out=scratch)
        scratch *= lr / (1 - beta1**t)
        return scratch
