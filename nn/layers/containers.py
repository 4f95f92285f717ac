"""Containers: modules that hold modules."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Self

import numpy as np

from nn.activations import Identity, Sigmoid, make_activation
from nn.init import DType, Rng
from nn.layers.linear import Linear
from nn.module import Module


class Container(Module):
    """Modules by name: what all containers share."""

    def __init__(self) -> None:
        self._layers: dict[str, Module] = {}

    def _named_fields(self) -> Iterator[tuple[str, Any]]:
        """Name the layers as they are called here, and other fields by their names."""
        return ((name.removeprefix("_layers."), value) for name, value in super()._named_fields())

    def _shown(self) -> list[tuple[str, Any]]:
        return list((self._layers | dict(super()._shown())).items())

    def __getattr__(self, name: str) -> Any:
        """Return the layer of that name."""
        layers = vars(self).get("_layers", {})
        return layers[name] if name in layers else object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Add the layer of that name, or replace it, as PyTorch does; or set another field."""
        layers = vars(self).get("_layers")
        if layers is not None and (name in layers or isinstance(value, Module)):
            self._put(name, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        """Remove the layer of that name, or another field."""
        if name in self._layers:
            del self._layers[name]
        else:
            super().__delattr__(name)

    def __len__(self) -> int:
        """Count the layers."""
        return len(self._layers)

    def _put(self, name: str, layer: Module) -> None:
        _check_layer(layer)
        self._layers[name] = layer


class Listed(Container):
    """A container whose layers are numbered, as in a list."""

    def append(self, layer: Module) -> Self:
        """Add a layer at the end."""
        self._put(str(len(self)), layer)
        return self

    def extend(self, layers: Iterable[Module]) -> Self:
        """Add layers at the end."""
        for layer in layers:
            self.append(layer)
        return self

    def insert(self, index: int, layer: Module) -> Self:
        """Add a layer before the one at a position."""
        layers = list(self)
        layers.insert(index, layer)
        self._layers = {}
        return self.extend(layers)

    def pop(self, index: int = -1) -> Any:
        """Remove one layer, and give it."""
        layer = list(self)[index]
        del self[index]
        return layer

    def __iter__(self) -> Iterator[Module]:
        """Go through the layers."""
        return iter(self._layers.values())

    def __setitem__(self, index: int, layer: Module) -> None:
        """Replace one layer."""
        self._put(list(self._layers)[index], layer)

    def __delitem__(self, index: int | slice) -> None:
        """Remove layers; those after them move up."""
        layers = list(self)
        del layers[index]
        self._layers = {}
        self.extend(layers)


class ModuleList(Listed):
    """A list of modules, for models that call them one by one.

    A plain list among the fields of a module does as well; this one is for PyTorch's programs.

    Args:
        modules: the modules.

    Raises:
        TypeError: one of them cannot be called.

    Example:
        >>> layers = ModuleList(Linear(2, 2, rng=i) for i in range(3))
        >>> len(layers), layers[-1], len(layers[1:])
        (3, Linear(in_features=2, out_features=2, bias=True), 2)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    def __getitem__(self, index: int | slice) -> Any:
        """Return one layer, or a ModuleList of several."""
        found = list(self)[index]
        return ModuleList(found) if isinstance(found, list) else found

    def __add__(self, layers: Iterable[Module]) -> ModuleList:
        """Return a list of these layers and others."""
        return ModuleList([*self, *layers])

    def __iadd__(self, layers: Iterable[Module]) -> Self:
        """Add layers at the end."""
        return self.extend(layers)


class ModuleDict(Container, MutableMapping[str, Any]):
    """A dict of modules, for models that choose among them by name.

    Args:
        modules: the modules, by name.

    Raises:
        TypeError: one of them cannot be called, or a name is no text.

    Example:
        >>> heads = ModuleDict({"price": Linear(2, 1), "rooms": Linear(2, 5)})
        >>> list(heads), heads["price"]
        (['price', 'rooms'], Linear(in_features=2, out_features=1, bias=True))
    """

    __eq__, __hash__ = object.__eq__, object.__hash__  # for a module is equal to itself only

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or ())

    def __getitem__(self, name: str) -> Any:
        """Return a module."""
        return self._layers[name]

    def __setitem__(self, name: str, module: Module) -> None:
        """Add or replace a module."""
        if not isinstance(name, str):
            raise TypeError(f"name: expected text, got {name!r}")
        self._put(name, module)

    def __delitem__(self, name: str) -> None:
        """Remove a module."""
        del self._layers[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._layers)


class Sequential(Listed):
    """Modules one after another, each fed with the result of the one before.

    Args:
        *layers: modules or functions, or one dict of them by name.

    Raises:
        TypeError: one of them cannot be called.

    Example:
        >>> model = Sequential(Linear(2, 5, rng=0), Sigmoid(), Linear(5, 1, rng=1))
        >>> [name for name, _ in model.named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *layers: Any) -> None:
        super().__init__()
        if len(layers) == 1 and isinstance(layers[0], Mapping):
            for name, layer in layers[0].items():
                self._put(name, layer)
        else:
            self.extend(layers)

    def forward(self, x: Any) -> Any:
        """Feed x through all layers."""
        for layer in self._layers.values():
            x = layer(x)
        return x

    def __getitem__(self, index: int | slice) -> Any:
        """Return one layer, or a Sequential of several, which keep their names."""
        if not isinstance(index, slice):
            return list(self)[index]
        return Sequential(dict(list(self._layers.items())[index]))


class MLP(Sequential):
    """A multi-layer perceptron: Linear layers with an activation after each but the last.

    Args:
        sizes: the lengths of the input, the hidden layers and the output.
        activation: of the hidden layers, by default Sigmoid: a class, a module that is copied for each, a
            function of x or one that makes a module, or "identity", "logistic", "tanh" or "relu".
        output: the activation of the last layer, likewise; by default none.
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
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        if np.ndim(sizes) != 1 or len(sizes) < 2:
            raise ValueError(
                f"sizes: expected at least those of input and output, as in [2, 5, 1], got {sizes!r}"
            )
        rng = np.random.default_rng(rng)
        layers: list[Module] = []
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [
                Linear(inputs, outputs, dtype=dtype, rng=rng),
                make_activation("activation", activation),
            ]
        last = make_activation("output", output)
        super().__init__(*layers[:-1], *([] if isinstance(last, Identity) else [last]))


def _check_layer(layer: Any) -> None:
    """Refuse a class, which still must be called, and what cannot be called, such as a list."""
    if isinstance(layer, type) or not callable(layer):
        raise TypeError(
            f"layers: expected modules or functions, got {layer!r}; "
            f"the usual fix is Sigmoid() for Sigmoid, or Sequential(*layers) for a list"
        )
