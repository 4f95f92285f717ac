"""Activation functions as modules, for use in a Sequential."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.module import Module


class Identity(Module):
    """Give x back."""

    def forward(self, x: Any) -> Any:
        """Give x back."""
        return x


class BinaryStep(Module):
    """1 for x ≥ 0, else 0. Its derivative is 0, so that nothing learns through it."""

    def forward(self, x: Any) -> Any:
        """Compute the step of every element."""
        return functional.binary_step(x)


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        """Compute σ of every element."""
        return functional.sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, x: Any) -> Any:
        """Compute tanh of every element."""
        return functional.tanh(x)


class ReLU(Module):
    """max(x, 0)."""

    def forward(self, x: Any) -> Any:
        """Compute max(x, 0) of every element."""
        return functional.relu(x)


class LeakyReLU(Module):
    """x for x > 0, else a x, where a is ``negative_slope``."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Compute the function of every element."""
        return functional.leaky_relu(x, negative_slope=self.negative_slope)

    def describe(self) -> str:
        """Say the slope."""
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x for x > 0, else α (eˣ - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Compute the function of every element."""
        return functional.elu(x, alpha=self.alpha)

    def describe(self) -> str:
        """Say α."""
        return f"alpha={self.alpha}"


class Softplus(Module):
    """log(1 + e^(β x)) / β, a smooth ReLU, and x where β x is above the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Any) -> Any:
        """Compute the function of every element."""
        return functional.softplus(x, beta=self.beta, threshold=self.threshold)

    def describe(self) -> str:
        """Say β and the threshold."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """eˣ / Σ eˣ along the axis ``dim``."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Compute the shares along the axis."""
        return functional.softmax(x, dim=self.dim)

    def describe(self) -> str:
        """Say the axis."""
        return f"dim={self.dim}"
