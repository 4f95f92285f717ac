"""Random networks with inputs, for property tests with Hypothesis.

It needs the extra ``testing``, and ``import nn`` does not load it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd.testing import arrays
from nn import ELU, Identity, LeakyReLU, Linear, Module, ReLU, Sequential, Sigmoid, Softmax, Softplus, Tanh

__all__ = ["Network", "modules"]

WIDEST = 3  # layer, and largest batch
SHAPE_KEEPING = (Identity, Tanh, Sigmoid, ReLU, LeakyReLU, ELU, Softplus, Softmax)


@dataclass(frozen=True)
class Maker:
    """How a layer was made."""

    make: Callable[..., Module]
    args: tuple[int, ...] = ()
    seed: int | None = None

    def __call__(self) -> Module:
        """Make the layer."""
        return self.make(*self.args) if self.seed is None else self.make(*self.args, rng=self.seed)

    def arguments(self) -> str:
        """Write the arguments as in a program."""
        return ", ".join([*map(repr, self.args), *([] if self.seed is None else [f"rng={self.seed}"])])


class Network(Sequential):
    """A drawn stack of layers.

    Attributes:
        makers: how the layers were made.
        inputs: what to call the network with.
    """

    def __init__(self, makers: tuple[Maker, ...], inputs: tuple[np.ndarray[Any, Any], ...]) -> None:
        super().__init__(*(maker() for maker in makers))
        self.makers, self.inputs = makers, inputs

    def write_to(self, program: Any) -> str:
        """Make the network again in the program of a failing test, under the name that is given back."""
        layers = [f"{program.function(maker.make)}({maker.arguments()})" for maker in self.makers]
        sequential = program.function(Sequential)
        program.definitions.append(f"network = {sequential}({', '.join(layers)})")
        program.names["network"] = self
        return "network"


def modules(*layers: Callable[[], Module], max_depth: int = 3) -> st.SearchStrategy[Network]:
    """Draw networks, and inputs for them: linear layers, each with or without another one behind it.

    Args:
        *layers: make the layers between the linear ones, which must keep the shape; by default
            the activations.
        max_depth: how many linear layers there are at most.

    Example:
        >>> from autograd.testing import assert_gradients
        >>> from hypothesis import given
        >>> @given(modules())
        ... def keeps_the_batch(network):
        ...     (x,) = network.inputs
        ...     assert network(x).shape[:-1] == x.shape[:-1]
        >>> keeps_the_batch()
        >>> assert_gradients(modules(nn.Tanh, nn.Softmax), max_examples=10)
    """
    between = st.sampled_from(layers or SHAPE_KEEPING)

    @st.composite
    def network(draw: st.DrawFn) -> Network:
        widths = draw(st.lists(st.integers(1, WIDEST), min_size=2, max_size=max_depth + 1))
        makers: list[Maker] = []
        for sizes in itertools.pairwise(widths):
            makers.append(Maker(Linear, sizes, draw(st.integers(0, 99))))
            if draw(st.booleans()):
                makers.append(Maker(draw(between)))
        batch = draw(st.sampled_from([(), (1,), (WIDEST,)]))
        return Network(tuple(makers), (draw(arrays((*batch, widths[0]))),))

    return network()
