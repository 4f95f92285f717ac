"""Solvers: what makes the objective fall, in scikit-learn's forms where they differ from PyTorch's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from autograd import no_grad, ravel_pytree
from nn.estimators.fused import Fused, gradient_of
from nn.estimators.objective import Objective
from nn.optim import Adam

Array = np.ndarray[Any, Any]


class MomentumSGD(Fused):
    """Gradient descent whose velocity is a step: it holds the learning rates that there were.

    v = momentum · v + lr g; the parameter loses v, or momentum · v + lr g with ``nesterov``
    (Sutskever et al., 2013). With a constant rate it is :class:`nn.optim.SGD`.

    Example:
        >>> w = tensor(1.0, requires_grad=True)
        >>> optimiser = MomentumSGD([w], lr=0.25, momentum=0.0, nesterov=True)
        >>> (w**2).backward()
        >>> optimiser.step()
        >>> w
        tensor(0.5, requires_grad=True)
    """

    def __init__(self, params: Iterable[Any], lr: float, momentum: float, nesterov: bool) -> None:
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov)

    def update(
        self, parameter: Array, gradient: Array, lr: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> Array:
        """Return the step of one parameter."""
        step: Array = np.multiply(gradient, lr, out=state["scratch"])
        velocity: Array = state.setdefault("velocity", np.zeros_like(parameter))
        velocity *= group["momentum"]
        velocity += step
        if not group["nesterov"]:
            return velocity
        step += group["momentum"] * velocity
        return step


class EpsilonHatAdam(Fused, Adam):
    """Adam with its ε outside of the correction of the bias (Kingma and Ba, 2015, end of section 2).

    With the sums m = β₁ m + g and v = β₂ v + g², which are faster than means, the parameter loses
    α (1 - β₁) m / (√((1 - β₂) v) + ε), where α = lr √(1 - β₂ᵗ) / (1 - β₁ᵗ).

    Example:
        >>> w = tensor([3.0, -1.0], requires_grad=True)
        >>> (w**2).sum().backward()
        >>> EpsilonHatAdam([w], lr=0.5).step()
        >>> w
        tensor([ 2.50000003, -0.50000008], requires_grad=True)
    """

    def __init__(
        self, params: Iterable[Any], lr: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        super().__init__(params, lr, betas, eps)

    def update(
        self, parameter: Array, gradient: Array, lr: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> Array:
        """Return the step of one parameter."""
        if "step" not in state:
            state |= {"step": 0, "m": np.zeros_like(parameter), "v": np.zeros_like(parameter)}
        t = state["step"] = state["step"] + 1
        (beta1, beta2), m, v = group["betas"], state["m"], state["v"]
        scratch: Array = state["scratch"]
        m *= beta1
        m += gradient
        v *= beta2
        v += np.multiply(gradient, gradient, out=scratch)
        np.sqrt(v, out=scratch)
        scratch += group["eps"] / math.sqrt(1 - beta2)
        np.divide(m, scratch, out=scratch)
        scratch *= group["lr"] * (1 - beta1) / (1 - beta1**t) * math.sqrt((1 - beta2**t) / (1 - beta2))
        return scratch


def minimise(objective: Objective, x: Any, targets: Any, **options: Any) -> OptimizeResult:
    """Minimise the objective of all rows by L-BFGS (Liu and Nocedal, 1989), with SciPy's options."""
    network = objective.network
    parameters = list(network.parameters())
    start, unravel = ravel_pytree([parameter.data for parameter in parameters])

    def write(flat: Array) -> None:
        with no_grad():
            for parameter, values in zip(parameters, unravel(flat), strict=True):
                parameter.copy_(values)

    def value_and_gradient(flat: Array) -> tuple[float, Array]:
        write(flat)
        network.zero_grad()
        loss = objective(network(x), targets)
        loss.backward()
        penalty = objective.decay()
        gradient, _ = ravel_pytree(list(map(gradient_of, parameters)))
        return loss.item() + penalty, gradient.astype(np.float64)

    start = start.astype(np.float64)
    found = minimize(value_and_gradient, start, method="L-BFGS-B", jac=True, options=options)
    write(found.x)
    return found
