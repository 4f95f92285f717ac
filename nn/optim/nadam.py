"""NAdam: Adam with Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.adam import Adam
from nn.optim.optimiser import Array, Optimiser, Options, check_numbers


class NAdam(Adam):
    """Adam that looks one step of its momentum ahead (Dozat, 2016).

    With the gradient g (plus ``weight_decay`` · parameter), m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g²
    and v̂ = v / (1 - β₂ᵗ). The momentum at step t is μₜ = β₁ (1 - 0.96^(t ψ) / 2), and
    m̂ = μₜ₊₁ m / (1 - μ₁⋯μₜ₊₁) + (1 - μₜ) g / (1 - μ₁⋯μₜ); the parameter loses lr m̂ / (√v̂ + ε).

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        betas: β₁ and β₂, each from 0 and below 1.
        eps: ε.
        weight_decay: the strength of an L2 penalty.
        momentum_decay: ψ, how fast the momentum rises from β₁ / 2 to β₁.
        decoupled_weight_decay: whether the decay does not pass through the moments, as in AdamW.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> NAdam([w], lr=0.5, betas=(0.0, 0.5)).step()
        >>> w
        tensor([ 2.5, -0.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
    ) -> None:
        options = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay}
        Optimiser.__init__(self, params, lr, **options, decoupled_weight_decay=decoupled_weight_decay)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        super().check(group)
        check_numbers(group, "momentum_decay")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Give the step of one parameter."""
        decoupled, decay = group["decoupled_weight_decay"], group["weight_decay"]
        scratch = self.moments(
            parameter, gradient, state, {**group, "weight_decay": 0.0} if decoupled else group
        )
        t, g = state["step"], state["g"]
        now, ahead = (group["betas"][0] * (1 - 0.96 ** (i * group["momentum_decay"]) / 2) for i in (t, t + 1))
        state["product"] = product = state.get("product", 1.0) * now
        g *= (1 - now) / (1 - product)
        g /= scratch
        np.divide(state["m"], scratch, out=scratch)
        scratch *= ahead / (1 - product * ahead)
        scratch += g
        scratch *= lr
        if decoupled:
            scratch += np.multiply(parameter, lr * decay, out=g)
        return scratch
