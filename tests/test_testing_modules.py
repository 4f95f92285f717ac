"""Random networks: their gradients are right, by their parameters too."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import nn
from autograd import GradientError, Tensor
from autograd.testing import assert_gradients
from nn.testing import Network, modules


def test_gradients_of_networks_are_right() -> None:
    assert_gradients(modules(), max_examples=settings().max_examples // 2)


@given(modules(max_depth=2))
def test_a_network_fits_its_inputs(network: Network) -> None:
    (x,) = network.inputs
    linear = [layer for layer in network.children() if isinstance(layer, nn.Linear)]
    assert 1 <= len(linear) <= 2
    assert network(x).shape == (*x.shape[:-1], linear[-1].out_features)


class Cut(nn.Module):
    """A layer that forgets part of its gradient."""

    def forward(self, x: Any) -> Any:
        return x * (x.detach() if isinstance(x, Tensor) else x)


def test_a_wrong_layer_is_found_and_shown() -> None:
    with pytest.raises(GradientError, match="weight") as found:
        assert_gradients(modules(Cut))
    program = found.value.__notes__[-1]
    assert "network = Sequential(Linear(1, 1, rng=0), Cut())" in program
    assert program.endswith("gradcheck(network, x0, order=2)")
    with pytest.raises(GradientError):
        exec(program, {"np": np})
