"""summary: the layers of a model with their output shapes and parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import get_default_dtype, no_grad
from nn.errors import shown
from nn.module import Module
from nn.training.data import apply, leaves, mapped
from nn.training.outputs import outputs_seen
from nn.training.state import in_mode
from nn.training.tables import Table


@dataclass(frozen=True)
class Layer:
    """A row of a summary.

    Attributes:
        name: of the layer in the model, such as ``"encoder.0"``; of the model itself ``""``.
        kind: the name of its class.
        shape: of its output; a tuple or dict of shapes for several, None if it was not called.
        parameters: how many numbers its own parameters have, without those of layers inside.
    """

    name: str
    kind: str
    shape: Any
    parameters: int


@dataclass(frozen=True, repr=False)
class Summary(Table):
    """The layers of a model; it shows itself as a table.

    Attributes:
        layers: the rows.
        parameters: how many numbers all parameters have.
        trainable: how many of them require a gradient.
        buffers: how many numbers the buffers have, such as running means.
        state_bytes: the memory of parameters and buffers.
        output_bytes: the memory of what the innermost layers gave for this input.
    """

    layers: list[Layer]
    parameters: int
    trainable: int
    buffers: int
    state_bytes: int
    output_bytes: int

    def header(self) -> tuple[str, ...]:
        """Name the columns."""
        return "Layer", "Output shape", "Parameters"

    def cells(self) -> Iterable[tuple[str, ...]]:
        """Return the rows, those of inner layers indented."""
        for layer in self.layers:
            title = f"{layer.name} ({layer.kind})" if layer.name else layer.kind
            shape = "not called" if layer.shape is None else str(layer.shape)
            yield "  " * layer.name.count(".") + title, shape, f"{layer.parameters:,}"

    def footer(self) -> Iterable[str]:
        """Return the sums."""
        frozen = self.parameters - self.trainable
        yield f"Parameters: {self.parameters:,} ({self.trainable:,} trainable, {frozen:,} frozen)"
        yield f"Buffers: {self.buffers:,}"
        yield f"Memory: {_size(self.state_bytes)} of state, {_size(self.output_bytes)} of layers' outputs"


def summary(model: Module, input_shape: Any = None, *, example: Any = None) -> Summary:
    """Find the layers of a model, their output shapes, parameters and memory, as a table to print.

    The model is called once, in evaluation mode and without recording.

    Args:
        model: what is looked at.
        input_shape: of one row, as in Keras: zeros of shape (1, *input_shape) are given, and axes of
            length 1 at the front are shown as None.
        example: in its place, an input: an array, or a tuple or dict of several.

    Raises:
        TypeError: neither or both of shape and example are given, or the shape is none.

    Example:
        >>> summary(nn.Sequential(nn.Linear(2, 5), nn.Sigmoid(), nn.Linear(5, 1)), (2,))
        Layer       Output shape  Parameters
        0 (Linear)     (None, 5)          15
        1 (Sigmoid)    (None, 5)           0
        2 (Linear)     (None, 1)           6
        Parameters: 21 (21 trainable, 0 frozen)
        Buffers: 0
        Memory: 168 B of state, 88 B of layers' outputs
    """
    x = _input(input_shape, example)

    def shape_of(output: Any) -> Any:
        if not hasattr(output, "shape"):
            return type(output).__name__
        found = output.shape
        return (None, *found[1:]) if example is None and found[:1] == (1,) else found

    shapes: dict[str, Any] = {}
    output_bytes = 0

    def see(name: str, module: Module, output: Any) -> None:
        nonlocal output_bytes
        shapes.setdefault(name, mapped(shape_of, output))
        if not any(True for _ in module.children()):
            output_bytes += sum(getattr(array, "nbytes", 0) for array in leaves(output))

    with in_mode(model, training=False), no_grad(), outputs_seen(model, see):
        apply(model, x)
    rows = []
    for name, module in model.named_modules():
        own = sum(parameter.size for parameter in module.parameters(recurse=False))
        if name or own:
            rows.append(Layer(name, type(module).__name__, shapes.get(name), own))
    parameters, buffers = list(model.parameters()), list(model.buffers())
    return Summary(
        layers=rows,
        parameters=sum(p.size for p in parameters),
        trainable=sum(p.size for p in parameters if p.requires_grad),
        buffers=sum(b.size for b in buffers),
        state_bytes=sum(tensor.nbytes for tensor in [*parameters, *buffers]),
        output_bytes=output_bytes,
    )


def _input(input_shape: Any, example: Any) -> Any:
    """Return zeros of a shape, or the example as arrays."""
    if (input_shape is None) == (example is None):
        raise TypeError("summary: expected either input_shape, such as (3, 64, 64), or example=array")
    if example is not None:
        return mapped(lambda a: a if hasattr(a, "shape") else np.asarray(a), example)
    lengths = [input_shape] if isinstance(input_shape, int) else input_shape
    if not isinstance(lengths, (tuple, list)) or not all(isinstance(n, int) for n in lengths):
        got = shown(input_shape)
        raise TypeError(f"input_shape: expected whole numbers, got {got}; or give example=array")
    return np.zeros((1, *lengths), get_default_dtype())


def _size(count: float) -> str:
    """Write a number of bytes."""
    for unit in "B", "KiB", "MiB":
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GiB"
