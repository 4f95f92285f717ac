"""Linear layers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import as_tensor
from nn import functional, init
from nn.activations import Sigmoid, make_activation
from nn.errors import whole_number
from nn.init import DType, Rng
from nn.module import Module
from nn.parameter import Parameter, add_parameters


def uniform_by_fan_in(parameters: Iterable[Parameter | None], fan_in: int, rng: Rng) -> None:
    """Draw parameters uniformly between ±1/√fan_in."""
    bound, rng = 1 / math.sqrt(fan_in) if fan_in else 0.0, np.random.default_rng(rng)
    for parameter in parameters:
        if parameter is not None:
            init.uniform_(parameter, -bound, bound, rng=rng)


class Affine(Module):
    """What layers share that have a weight (outputs, inputs, ...), and a bias (outputs,) or None."""

    weight: Parameter
    bias: Parameter | None

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Draw weight and bias anew, uniformly between ±1/√fan_in."""
        uniform_by_fan_in((self.weight, self.bias), math.prod(self.weight.shape[1:]), rng)


class Linear(Affine):
    """The affine map x Wᵀ + b.

    Args:
        in_features: length of an input.
        out_features: length of an output.
        bias: whether there is a b.
        dtype: of the parameters; by default the default dtype, float64.
        rng: where initial values are drawn from, uniformly between ±1/√in_features, as in PyTorch.

    Attributes:
        weight: W, of shape (out_features, in_features).
        bias: b, of shape (out_features,), or None.

    Example:
        >>> Linear(2, 5, rng=0)(np.ones((10, 2))).shape
        (10, 5)
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, dtype: DType = None, rng: Rng = None
    ) -> None:
        self.in_features = whole_number("in_features", in_features)
        self.out_features = whole_number("out_features", out_features)
        shape = self.out_features, self.in_features
        add_parameters(self, dtype, weight=shape, bias=shape[:1] if bias else None)
        self.reset_parameters(rng=rng)
        # Wᵀ lies contiguous in memory, for BLAS is faster at x Wᵀ then, up to twice for few rows.
        self.weight.data = np.asfortranarray(self.weight.data)

    def forward(self, x: Any) -> Any:
        """Map inputs of shape (..., in_features) to outputs of shape (..., out_features)."""
        if not hasattr(x, "dtype"):  # a list
            x = as_tensor(x)
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Say the sizes."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class Bilinear(Affine):
    """The bilinear map x₁ᵀ A x₂ + b, with one matrix A for each output.

    Args:
        in1_features: length of a first input.
        in2_features: length of a second input.
        out_features: length of an output.
        bias: whether there is a b.
        dtype: of the parameters; by default the default dtype.
        rng: where initial values are drawn from, uniformly between ±1/√in1_features, as in PyTorch.

    Attributes:
        weight: all A, of shape (out_features, in1_features, in2_features).
        bias: b, of shape (out_features,), or None.

    Raises:
        ValueError: a size is not whole.

    Example:
        >>> Bilinear(2, 3, 5, rng=0)(np.ones((10, 2)), np.ones((10, 3))).shape
        (10, 5)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        self.in1_features = whole_number("in1_features", in1_features)
        self.in2_features = whole_number("in2_features", in2_features)
        self.out_features = whole_number("out_features", out_features)
        shape = self.out_features, self.in1_features, self.in2_features
        add_parameters(self, dtype, weight=shape, bias=shape[:1] if bias else None)
        self.reset_parameters(rng=rng)

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Draw weight and bias anew, uniformly between ±1/√in1_features."""
        uniform_by_fan_in((self.weight, self.bias), self.in1_features, rng)

    def forward(self, x1: Any, x2: Any) -> Any:
        """Map inputs of shapes (..., in1_features) and (..., in2_features) to (..., out_features)."""
        return functional.bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Say the sizes."""
        sizes = f"in1_features={self.in1_features}, in2_features={self.in2_features}"
        return f"{sizes}, out_features={self.out_features}, bias={self.bias is not None}"


class Perceptron(Module):
    """One neuron, or several side by side: an activation of a weighted sum, σ(x Wᵀ + b).

    Args:
        in_features: the number of inputs.
        out_features: the number of neurons; each has its own weights and bias.
        activation: by default Sigmoid; what it may be, MLP says.
        dtype: of the parameters.
        rng: where initial values are drawn from.

    Example:
        >>> neuron = Perceptron(2)
        >>> neuron.load_state_dict({"linear.weight": [[5.0, -3.0]], "linear.bias": [1.0]})
        IncompatibleKeys(missing_keys=[], unexpected_keys=[])
        >>> f"{neuron(np.array([-3.0, 2.0])).item():.3g}"
        '2.06e-09'
    """

    def __init__(
        self,
        in_features: int,
        out_features: int = 1,
        activation: Any = Sigmoid,
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        self.linear = Linear(in_features, out_features, dtype=dtype, rng=rng)
        self.activation = make_activation("activation", activation)

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Draw the weights and biases anew."""
        self.linear.reset_parameters(rng=rng)

    def forward(self, x: Any) -> Any:
        """Compute the outputs, of shape (..., out_features)."""
        return self.activation(self.linear(x))
