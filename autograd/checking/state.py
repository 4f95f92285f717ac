"""The state of modules: taken before a check, the same in every evaluation, put back after each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.containers import leaves
from autograd.tensor import Tensor

_SLOTS = "_array", "_grad", "node", "tracked", "version", "cut"


class State:
    """What modules hold: parameters, and whatever else a call may change.

    A call may draw random numbers or update running statistics. Every evaluation starts from the
    same generators and arrays, so that both are as they were, in the next evaluation and at the end.

    Attributes:
        names: those of the parameters that require gradients.
        parameters: these parameters.
    """

    def __init__(self, modules: list[Any]) -> None:
        named: dict[int, tuple[str, Tensor]] = {}
        fields: list[dict[str, Any]] = []
        for module in modules:
            for name, parameter in module.named_parameters():
                if parameter.requires_grad:
                    named.setdefault(id(parameter), (name, parameter))
            for _, part in module.named_modules():
                fields.append(vars(part))
        self.names = [name for name, _ in named.values()]
        self.parameters = [parameter for _, parameter in named.values()]
        held = {id(leaf): leaf for leaf in leaves(fields)}
        held |= {id(parameter): parameter for parameter in self.parameters}
        self._containers = [(container, container.copy()) for container in _containers(fields)]
        arrays = [a.data if isinstance(a, Tensor) else a for a in held.values()]
        self._arrays = [(a, a.copy()) for a in arrays if isinstance(a, np.ndarray)]
        self._generators = [
            (g.bit_generator, g.bit_generator.state)
            for g in held.values()
            if isinstance(g, np.random.Generator)
        ]
        tensors = [t for t in held.values() if isinstance(t, Tensor)]
        self._tensors = [(t, [getattr(t, slot) for slot in _SLOTS]) for t in tensors]

    @contextmanager
    def replaced(self, values: list[Any]) -> Iterator[None]:
        """Put other Tensors in the places of the parameters, inside a ``with`` block.

        The handles move on to the Tensors' vertices, so that whoever holds a parameter sees them.
        """
        for parameter, value in zip(self.parameters, values, strict=True):
            moved = Tensor.apply(np.positive, (value,))
            parameter._array, parameter.node, parameter.tracked = moved._array, moved.node, moved.tracked
        try:
            yield
        finally:
            self._restore()

    def _restore(self) -> None:
        for container, before in self._containers:
            container.clear()
            (container.update if isinstance(container, dict) else container.extend)(before)
        for generator, state in self._generators:
            generator.state = state
        for tensor, slots in self._tensors:
            for slot, value in zip(_SLOTS, slots, strict=True):
                setattr(tensor, slot, value)
        for array, copy in self._arrays:
            if not np.array_equal(array, copy, equal_nan=True):
                array[...] = copy


def _containers(tree: Any) -> Iterator[Any]:
    """Return all dicts and lists in a container."""
    if isinstance(tree, (dict, list)):
        yield tree
    for branch in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(branch, (dict, list, tuple)):
            yield from _containers(branch)
