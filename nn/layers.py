"""Layers with parameters, and containers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import as_tensor, get_default_dtype
from nn import functional, init
from nn.activations import Identity, Sigmoid
from nn.init import Rng
from nn.module import Module
from nn.parameter import Parameter


class Linear(Module):
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
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: npt.DTypeLike | None = None,
        rng: Rng = None,
    ) -> None:
        for name, size in ("in_features", in_features), ("out_features", out_features):
            if not isinstance(size, (int, np.integer)) or size < 0:
                raise ValueError(f"{name}: expected a whole number from 0, got {size!r}")
        self.in_features, self.out_features = int(in_features), int(out_features)
        rng, dtype = np.random.default_rng(rng), dtype or get_default_dtype()
        bound = 1 / math.sqrt(in_features) if in_features else 0.0
        self.weight = Parameter(np.empty((out_features, in_features), dtype), name="weight")
        init.uniform_(self.weight, -bound, bound, rng=rng)
        self.bias = Parameter(np.empty(out_features, dtype), name="bias") if bias else None
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def forward(self, x: Any) -> Any:
        """Map inputs of shape (..., in_features) to outputs of shape (..., out_features)."""
        if not hasattr(x, "dtype"):  # a list
            x = as_tensor(x)
        return functional.linear(x, self.weight, self.bias)

    def describe(self) -> str:
        """Say the sizes."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class Perceptron(Module):
    """One neuron, or several side by side: an activation of a weighted sum, σ(x Wᵀ + b).

    Args:
        in_features: the number of inputs.
        out_features: the number of neurons; each has its own weights and bias.
        activation: a module or function; by default Sigmoid.
        dtype: of the parameters.
        rng: where initial values are drawn from.

    Example:
        >>> neuron = Perceptron(2)
        >>> neuron.load_state_dict({"linear.weight": [[5.0, -3.0]], "linear.bias": [1.0]})
        >>> f"{neuron(np.array([-3.0, 2.0])).item():.3g}"
        '2.06e-09'
    """

    def __init__(
        self,
        in_features: int,
        out_features: int = 1,
        activation: Any = None,
        *,
        dtype: npt.DTypeLike | None = None,
        rng: Rng = None,
    ) -> None:
        if activation is not None:
            _check_layer("activation", activation)
        self.linear = Linear(in_features, out_features, dtype=dtype, rng=rng)
        self.activation = Sigmoid() if activation is None else activation

    def forward(self, x: Any) -> Any:
        """Compute the outputs, of shape (..., out_features)."""
        return self.activation(self.linear(x))


def _check_layer(name: str, layer: Any) -> None:
    """Refuse a class, which still must be called, and what cannot be called, such as a list."""
    if isinstance(layer, type) or not callable(layer):
        raise TypeError(
            f"{name}: expected modules or functions, got {layer!r}; "
            f"the usual fix is Sigmoid() for Sigmoid, or Sequential(*layers) for a list"
        )


class Sequential(Module):
    """Modules one after another, each fed with the result of the one before.

    Example:
        >>> model = Sequential(Linear(2, 5, rng=0), Sigmoid(), Linear(5, 1, rng=1))
        >>> [name for name, _ in model.named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *layers: Module) -> None:
        for layer in layers:
            _check_layer("layers", layer)
        self._layers = list(layers)

    def fields(self) -> Iterator[tuple[str, Any]]:
        """Name the layers by their positions, and other fields by their names."""
        return ((name.removeprefix("_layers."), value) for name, value in super().fields())

    def forward(self, x: Any) -> Any:
        """Feed x through all layers."""
        for layer in self._layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        """Count the layers."""
        return len(self._layers)

    def __iter__(self) -> Iterator[Module]:
        """Go through the layers."""
        return iter(self._layers)

    def __getitem__(self, index: int | slice) -> Module:
        """Give one layer, or a Sequential of several."""
        return Sequential(*self._layers[index]) if isinstance(index, slice) else self._layers[index]


class MLP(Sequential):
    """A multi-layer perceptron: Linear layers with an activation after each but the last.

    Args:
        sizes: the lengths of the input, the hidden layers and the output.
        activation: makes the activation of a hidden layer; by default Sigmoid.
        output: makes the activation of the last layer; by default none.
        dtype: of the parameters.
        rng: where initial values are drawn from.

    Example:
        >>> MLP([2, 5, 1], rng=0)
        MLP(
          (0): Linear(in_features=2, out_features=5, bias=True)
          (1): Sigmoid()
          (2): Linear(in_features=5, out_features=1, bias=True)
        )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Any = Sigmoid,
        output: Any = Identity,
        *,
        dtype: npt.DTypeLike | None = None,
        rng: Rng = None,
    ) -> None:
        if np.ndim(sizes) != 1 or len(sizes) < 2:
            raise ValueError(
                f"sizes: expected at least those of input and output, as in [2, 5, 1], got {sizes!r}"
            )
        for name, kind in ("activation", activation), ("output", output):
            if isinstance(kind, Module):
                raise TypeError(
                    f"{name}: expected a class or function that makes modules, got {kind!r}; "
                    f"the usual fix is nn.ReLU for nn.ReLU()"
                )
        rng = np.random.default_rng(rng)
        layers: list[Module] = []
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [Linear(inputs, outputs, dtype=dtype, rng=rng), activation()]
        last = [] if output is Identity else [output()]
        super().__init__(*layers[:-1], *last)
