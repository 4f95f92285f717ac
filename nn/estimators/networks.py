"""Networks: the layers that an estimator's parameters ask for."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nn.activations import make_activation
from nn.errors import whole_number
from nn.layers import BatchNorm1d, Dropout, Linear, Sequential


def multilayer_perceptron(
    inputs: int,
    hidden_layer_sizes: Any,
    outputs: int,
    activation: Any,
    dropout: Any,
    batch_norm: Any,
    dtype: npt.DTypeLike,
    random_state: np.random.RandomState,
) -> Sequential:
    """Stack hidden layers, each linear, normalised, active and dropped out, and a linear one on top.

    Example:
        >>> random = np.random.RandomState(0)
        >>> multilayer_perceptron(2, [5], 1, "tanh", 0.1, True, np.float64, random)
        Sequential(
          (0): Linear(in_features=2, out_features=5, bias=True)
          (1): BatchNorm1d(5, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
          (2): Tanh()
          (3): Dropout(p=0.1, inplace=False)
          (4): Linear(in_features=5, out_features=1, bias=True)
        )
    """
    sizes = [whole_number("hidden_layer_sizes", n, 1) for n in np.atleast_1d(hidden_layer_sizes).tolist()]
    kinds = _per_layer("activation", activation, len(sizes))
    normed = _per_layer("batch_norm", batch_norm, len(sizes))
    rates = _per_layer("dropout", dropout, len(sizes))
    rng = np.random.default_rng(random_state.randint(2**31)) if any(rates) else None
    layers: list[Any] = []
    for (n, m), kind, norm, rate in zip(pairwise([inputs, *sizes]), kinds, normed, rates, strict=True):
        layers.append(_linear(n, m, kind, dtype, random_state))
        layers += [BatchNorm1d(m, dtype=dtype)] if norm else []
        layers.append(make_activation("activation", kind))
        layers += [Dropout(rate, rng=rng)] if rate else []
    last = kinds[-1] if kinds else activation
    return Sequential(*layers, _linear([inputs, *sizes][-1], outputs, last, dtype, random_state))


def _per_layer(name: str, value: Any, count: int) -> list[Any]:
    """See one value for all hidden layers as one for each."""
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ValueError(
            f"{name}: expected one for all hidden layers, or a list of {count}, one for each, got {value!r}"
        )
    return list(value)


def _linear(
    inputs: int, outputs: int, kind: Any, dtype: npt.DTypeLike, random_state: np.random.RandomState
) -> Linear:
    """Make a layer with scikit-learn's initial values, uniform as of Glorot and Bengio (2010)."""
    bound = math.sqrt((2 if kind == "logistic" else 6) / (inputs + outputs))
    weight = random_state.uniform(-bound, bound, (inputs, outputs))
    bias = random_state.uniform(-bound, bound, outputs)
    layer = Linear(inputs, outputs, dtype=dtype, rng=0)
    layer.load_state_dict({"weight": weight.T, "bias": bias})
    return layer
