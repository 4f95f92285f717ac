"""Adadelta: steps as large as the last ones, whatever the scale of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.optimiser import Array, Optimiser, Options, average_square, check_numbers


class Adadelta(Optimiser):
    """Scale the gradient by the ratio of two running root mean squares: steps to gradients (Zeiler, 2012).

    With the gradient g (plus ``weight_decay`` · parameter), v = ρ v + (1 - ρ) g², the step is
    Δ = √(u + ε) / √(v + ε) · g, then u = ρ u + (1 - ρ) Δ²; the parameter loses lr Δ.

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        rho: ρ, how much of the running means stays, from 0 to 1.
        eps: ε.
        weight_decay: the strength of an L2 penalty.

    Raises:
        TypeError: ``params`` are no leaf Tensors of floating numbers, or an option is unknown.
        ValueError: an option is out of its range.

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> Adadelta([w], rho=0.75, eps=0.25).step()
        >>> w.data.round(2)
        array([ 2.01, -0.11])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
    ) -> None:
        super().__init__(params, lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def check(self, group: Options) -> None:
        """Refuse options that are out of their ranges."""
        check_numbers(group, "lr", "rho", "eps", "weight_decay")
        if group["rho"] > 1:
            raise ValueError(f"rho: expected a number from 0 to 1, got {group['rho']!r}")

    def update(self, parameter: Array, gradient: Array, lr: Array, state: Options, group: Options) -> Array:
        """Give the step of one parameter."""
        scratch: Array = state["scratch"]
        if "v" not in state:
            state |= {name: np.zeros_like(parameter) for name in ("v", "u", "g")}
        rho, eps, v, u, g = group["rho"], group["eps"], state["v"], state["u"], state["g"]
        np.multiply(parameter, group["weight_decay"], out=g)
        g += gradient
        average_square(v, rho, g, scratch)
        np.add(u, eps, out=scratch)
        g *= np.sqrt(scratch, out=scratch)
        np.add(v, eps, out=scratch)
        g /= np.sqrt(scratch, out=scratch)
        average_square(u, rho, g, scratch)
        np.multiply(g, lr, out=scratch)
        return scratch
