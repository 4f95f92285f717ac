"""Recorder: looks at a model while it is trained, now and then at all its layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Tensor, as_tensor, is_grad_enabled
from nn.diagnostics.chance import ROWS, chance_of
from nn.diagnostics.kinds import (
    NORMALISATIONS,
    Part,
    saturated,
    time_axis,
    unit_axis,
)
from nn.diagnostics.misfit import misfit
from nn.diagnostics.norms import largest_rms, norm
from nn.diagnostics.records import NAN, LayerRecord, Record, Thinned
from nn.layers import Embedding
from nn.module import Module
from nn.training import History, outputs_seen
from nn.training.data import array_of, count_rows, leaves

Array = np.ndarray[Any, Any]
Loss = Callable[[Any, Any], Any]

LOSSES = 1000  # how many are kept
LABELS = 4096  # how many are kept, for the frequencies of classes
COMMON = 0.5  # of units' gradients that are alike, more than half is what they have in common


class Recorder:
    """What is seen of a model in training.

    All steps' losses are looked at; layers in each of the first ``most`` steps, then in every second one,
    every fourth, and so on, so that time and memory stay bounded. Of the first ``most // 4`` steps, in which
    units die, each is kept.

    Attributes:
        model: what is trained.
        parts: its modules, by their paths.
        records: of the steps that were looked at.
        steps: how many there were.
        losses: steps with their mean losses over at least ``ROWS`` rows, thinned out in the same way.
        broken: the loss that was not finite, with which training ended, or None.
        unjudged: what could not be looked at, in words.
        history: the numbers of the epochs, where there are any.
    """

    def __init__(self, model: Module, most: int) -> None:
        self.model = model
        self.parts = {path: Part(module) for path, module in model.named_modules()}
        self.records: Thinned[Record] = Thinned(most, first=most // 4)
        self.steps = 0
        self.losses: Thinned[tuple[int, float]] = Thinned(LOSSES)
        self.broken: float | None = None
        self.unjudged: set[str] = set()
        self.history: History | None = None
        self._open: Record | None = None
        self._batches: list[tuple[float, int]] = []  # losses and rows that are not counted yet
        self._targets = np.empty(0)
        self._before: dict[str, list[Array]] = {}
        self._behind: Module | None = None
        self._takes_indices = any(isinstance(part.module, Embedding) for part in self.parts.values())

    @contextmanager
    def attached(self) -> Iterator[None]:
        """See all calls of the model, inside a ``with`` block."""
        with outputs_seen(self.model, self._see, self._prepare):
            yield

    def watched(self, loss: Loss) -> Loss:
        """Return a loss that does the same, and is seen."""

        def seen(outputs: Any, y: Any) -> Any:
            result = loss(outputs, y)
            if is_grad_enabled() and isinstance(result, Tensor) and result.size == 1:
                self._see_loss(result.item(), count_rows(y))
                if self._open is not None:
                    self._open.loss = result.item()
                    self._open.chance = chance_of(loss, outputs, y, self._recent(y))
                    last = [self.parts[path].module for path in self._open.layers][-1:]
                    self._open.misfit = misfit(loss, outputs, *last)
            return result

        return seen

    def _see_loss(self, value: float, rows: int) -> None:
        self.steps += 1
        if not np.isfinite(value):
            self.broken = value
            return
        self._batches.append((value, rows))
        losses, counts = np.array(self._batches).T
        if counts.sum() >= ROWS or self.steps == 1:
            if self.losses.due:
                self.losses.items.append((self.steps - 1, float(losses @ (counts / counts.sum()))))
            self.losses.advance()
            self._batches = []

    def _recent(self, y: Any) -> Any:
        """Return the targets of the last rows that were looked at, where they are arrays of one shape."""
        if isinstance(y, (tuple, dict)):
            return y
        y = np.atleast_1d(array_of(y))
        rows = max(ROWS, len(y), LABELS * len(y) // max(y.size, 1))
        same = self._targets.shape[1:] == y.shape[1:] and self._targets.dtype == y.dtype
        self._targets = np.concatenate([self._targets, y])[-rows:] if same else y
        return self._targets

    # Before a call

    def _prepare(
        self, path: str, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if module is self.model and module.training and is_grad_enabled() and self.records.due:
            self._begin({**{str(i): x for i, x in enumerate(args)}, **kwargs})
        if self._open is not None and args:
            axis = time_axis(module, args[0] if hasattr(args[0], "ndim") else np.asarray(args[0]))
            if axis is not None and is_grad_enabled():
                return (self._seen_in_time(path, args[0], axis), *args[1:]), kwargs
        return args, kwargs

    def _begin(self, inputs: dict[str, Any]) -> None:
        """Look at the inputs of a step, and keep the parameters that it will change."""
        if self._open is None:
            self._open, self._behind = Record(self.records.count), None
            self._before = {path: [p.data.copy() for p in part.own] for path, part in self.parts.items()}
        for name, value in inputs.items():
            for x in leaves(value):
                x = array_of(x)
                if x.dtype.kind == "f" or (x.dtype.kind in "iu" and not self._takes_indices):
                    self._open.inputs[name] = max(largest_rms(x), self._open.inputs.get(name, 0.0))
                else:
                    self.unjudged.add(f"the scale of input {name}, which is no floating number")

    def _seen_in_time(self, path: str, x: Any, axis: int) -> Any:
        """Return a recurrent layer's input as one that gets a gradient, and note that for each step."""
        layer = self._layer(path)
        if not (isinstance(x, Tensor) and x.requires_grad):
            x = as_tensor(array_of(x))
            if x.dtype.kind != "f":
                return x
            x = x.detach().requires_grad_()

        def note(g: Tensor) -> None:
            layer.in_time = [norm([step]) for step in np.moveaxis(g.data, axis, 0)]

        x.register_hook(note)
        return x

    def _layer(self, path: str) -> LayerRecord:
        assert self._open is not None
        return self._open.layers.setdefault(path, LayerRecord())

    # After a call

    def _see(self, path: str, module: Module, output: Any) -> None:
        if self._open is None or not is_grad_enabled():
            return
        part = self.parts[path]
        found = [y for y in leaves(output) if hasattr(y, "dtype") and y.dtype.kind == "f"]
        if not part.is_seen or not found:
            return
        y, layer = array_of(found[0]), self._layer(path)
        layer.calls += 1
        self._behind = module if part.has_weights else self._behind
        axis = unit_axis(y, self._behind)
        with np.errstate(all="ignore"):
            layer.finite &= bool(np.isfinite(y).all())
            layer.mean, layer.spread = float(y.mean()), float(y.std())
            layer.saturated = saturated(module, y)
            if part.is_rectifier and y.ndim:
                layer.active = _either(layer.active, _units(y != 0, axis))
        if isinstance(found[0], Tensor) and not found[0].is_leaf:

            def note(g: Tensor) -> None:
                layer.gradients.append(norm([g.data]))
                if part.has_weights and g.ndim:
                    layer.moved = _either(layer.moved, _units(g.data != 0, axis))

            found[0].register_hook(note)

    # After a step

    def end_step(self) -> None:
        """Look at the gradients of the parameters and at their change."""
        if self._open is not None:
            for path, layer in self._open.layers.items():
                self._see_parameters(layer, self.parts[path], self._before[path])
        self.close()
        self.records.advance()

    def _see_parameters(self, layer: LayerRecord, part: Part, before: list[Array]) -> None:
        gradients = [g for p in part.own if (g := p.grad_array) is not None]
        layer.weight, layer.weight_gradient = norm(before), norm(gradients) if gradients else NAN
        layer.trainable = any(p.requires_grad for p in part.own)
        layer.usual_weight = math.sqrt(sum(len(p) for p in part.own if p.ndim > 1) / 3)
        layer.change = norm([p.data - old for p, old in zip(part.own, before, strict=True)])
        if not self.records.count:  # only the start is judged
            layer.alike = any(
                is_alike(old, g, part.gates)
                for p, old in zip(part.own, before, strict=True)
                if (g := p.grad_array) is not None and p.ndim > 1
            )

    def close(self) -> None:
        """Keep what was seen of a step, also of one that did not come to its end."""
        if self._open is not None:
            self.records.items.append(self._open)
            self._open, self._before, self._behind = None, {}, None

    @property
    def normalises_inputs(self) -> bool:
        """Whether the first layer scales the inputs itself."""
        first = next((path for record in self.records for path in record.layers), None)
        return first is not None and isinstance(self.parts[first].module, NORMALISATIONS)


def is_alike(weight: Array, gradient: Array, gates: int = 1) -> bool:
    """Tell whether all units have the same weights, and gradients that are mostly the same.

    With equal weights, units of random biases still learn nearly the same; the classes of a last layer
    that begins at 0 do not. The units of a recurrent layer are compared gate by gate.

    Example:
        >>> is_alike(np.ones((3, 2)), np.ones((3, 2))), is_alike(np.zeros((2, 1)), np.array([[1.0], [-1.0]]))
        (True, False)
    """
    units = len(weight) // gates
    if units < 2:
        return False
    rows, g = (a.reshape(gates, units, -1) for a in (weight, gradient))
    tolerance = float(np.sqrt(np.finfo(weight.dtype).eps)) * float(abs(rows).max(initial=0.0))
    if float(np.ptp(rows, axis=1).max(initial=0.0)) > tolerance:
        return False
    return units * norm([g.mean(1)]) ** 2 >= COMMON * norm([g]) ** 2


def _units(mask: Array, axis: int) -> Array:
    """Tell of each unit whether the mask holds anywhere."""
    return np.asarray(np.moveaxis(mask, axis, -1).any(axis=tuple(range(mask.ndim - 1))))


def _either(before: Array | None, now: Array) -> Array:
    return now if before is None or before.shape != now.shape else before | now
