"""Training: everything that one run of ``fit`` consists of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.errors import shown
from nn.module import Module
from nn.optim import Optimiser
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.training.callbacks import Callback
from nn.training.history import History

Metrics = Mapping[str, Callable[[Any, Any], Any]]


@dataclass
class Training:
    """What a run of ``fit`` consists of; callbacks are given it.

    Attributes:
        model: what is trained.
        loss: what is to fall.
        optimizer: what changes the parameters.
        schedule: what changes the learning rate after each epoch, or None.
        rng: what shuffles.
        callbacks: all of them.
        metrics: what else is to be known, by name.
        epochs: how many there are to be.
        history: the numbers of the epochs so far.
        batch_loss: the loss of the last batch.
        held_out: the rows that are set apart for validation, or None.
        data: what the model is trained on, as it was given.
        validation_data: what it is tested on, as it was given.

    Raises:
        TypeError: a part is of another kind.
        ValueError: parts do not belong together, or a metric has the name of another column.

    Warns:
        UserWarning: the optimiser has parameters of other layers in the place of the model's.
    """

    model: Module
    loss: Callable[[Any, Any], Any]
    optimizer: Optimiser
    schedule: Any = None
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    callbacks: Sequence[Callback] = ()
    metrics: Metrics = field(default_factory=dict)
    epochs: int = 0
    history: History = field(default_factory=History)
    batch_loss: float = float("nan")
    held_out: np.ndarray[Any, Any] | None = None
    data: Any = None
    validation_data: Any = None

    def __post_init__(self) -> None:
        self._check_kinds()
        for name, metric in self.metrics.items():
            _check_metric(name, metric)
        self._check_schedule()
        self._check_parameters()

    def _check_kinds(self) -> None:
        is_loss = callable(self.loss) and not isinstance(self.loss, type)
        are_metrics = isinstance(self.metrics, Mapping) and all(map(callable, self.metrics.values()))
        for name, value, right, expected in (
            ("model", self.model, isinstance(self.model, Module), "a module"),
            ("loss", self.loss, is_loss, "a function, such as nn.MSELoss(), after data=(x, y)"),
            ("optimizer", self.optimizer, isinstance(self.optimizer, Optimiser), "nn.optim.SGD(...) or such"),
            ("metrics", self.metrics, are_metrics, "functions by name, in a dict"),
            *(("callbacks", c, isinstance(c, Callback), "objects of nn.Callback") for c in self.callbacks),
        ):
            if not right:
                raise TypeError(f"{name}: expected {expected}, got {shown(value)}")

    def _check_schedule(self) -> None:
        if self.schedule is not None and getattr(self.schedule, "optimizer", None) is not self.optimizer:
            raise ValueError(f"schedule: expected one of the same optimiser, got {self.schedule!r}")
        if isinstance(self.schedule, ReduceLROnPlateau) and self.schedule.mode == "max":
            raise ValueError(
                "schedule: expected mode='min', for it is given the loss, got 'max'; the usual fix is to "
                "call schedule.step(training.history['val_accuracy'][-1]) in a callback"
            )

    def _check_parameters(self) -> None:
        """Refuse an optimiser of another model, and warn of one that knows only some of the parameters."""
        parameters, known = set(self.model.parameters()), set(self.optimizer.state)
        if not known & parameters:
            raise ValueError("optimizer: expected one of model.parameters(), got one of other parameters")
        if known - parameters and any(p.requires_grad for p in parameters - known):
            warnings.warn(
                "optimizer: it has parameters that are not the model's, and lacks some that are, which do "
                "not learn; were layers replaced? The usual fix is to make the optimiser after the layers",
                stacklevel=5,
            )

    @property
    def epoch(self) -> int:
        """The number of finished epochs."""
        return len(self.history)

    def tell(self, event: Callable[[Callback], bool | None]) -> bool:
        """Tell all callbacks of an event, and find out whether one of them ends training."""
        stopping = [type(callback).__name__ for callback in self.callbacks if event(callback)]
        if stopping:
            self.history.ended = f"stopped by {' and '.join(stopping)} after epoch {self.epoch}"
        return bool(stopping)

    # State

    def _generators(self) -> dict[str, np.random.Generator]:
        """Find the generators of the layers, by the names of their fields, and of the data."""
        found: dict[str, Any] = {
            f"{path}.{name}": value
            for path, module in self.model.named_modules()
            for name, value in module._named_fields()
        }
        found["data"] = getattr(self.data, "rng", None)
        found["validation_data"] = getattr(self.validation_data, "rng", None)
        return {name: value for name, value in found.items() if isinstance(value, np.random.Generator)}

    def _named_callbacks(self) -> dict[str, Callback]:
        """Name the callbacks by their classes, and number those of a class."""
        named: dict[str, Callback] = {}
        for callback in self.callbacks:
            name = type(callback).__name__
            named[f"{name} {sum(other.startswith(name + ' ') for other in named)}"] = callback
        return named

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of everything that changes: with it, training goes on as if never interrupted."""
        schedule = None if self.schedule is None else self.schedule.state_dict()
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": schedule and {name: v for name, v in schedule.items() if not callable(v)},
            "rng": self.rng.bit_generator.state,
            "generators": {name: g.bit_generator.state for name, g in self._generators().items()},
            "callbacks": {name: callback.state_dict() for name, callback in self._named_callbacks().items()},
            "history": self.history.to_dict(),
            "held_out": self.held_out,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave.

        Raises:
            ValueError: the model, the optimiser, the schedule or the layers' generators are others.
        """
        generators = self._generators()
        for name, ours, theirs in (
            ("schedule", self.schedule is not None, state["schedule"] is not None),
            ("generators", sorted(generators), sorted(state["generators"])),
        ):
            if ours != theirs:
                raise ValueError(f"state of training: {name}: expected {ours}, got {theirs}")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        self.rng.bit_generator.state = state["rng"]
        for name, generator in generators.items():
            generator.bit_generator.state = state["generators"][name]
        for name, callback in self._named_callbacks().items():
            if name in state["callbacks"]:
                callback.load_state_dict(state["callbacks"][name])
        self.history = History({name: list(column) for name, column in state["history"].items()})
        self.held_out = state["held_out"]


def _check_metric(name: str, metric: Callable[[Any, Any], Any]) -> None:
    """Refuse the names of other columns, and functions that take targets before outputs."""
    if name in ("loss", "lr", "seconds") or name.startswith("val_"):
        raise ValueError(f"metrics: expected names other than loss, lr, seconds and val_..., got {name!r}")
    if str(getattr(metric, "__module__", "")).startswith("sklearn.metrics"):
        kind = getattr(metric, "__name__", "metric")
        raise TypeError(
            f"metrics: expected a function of outputs and targets, got scikit-learn's {kind}, which takes "
            f"targets first; the usual fix is lambda outputs, targets: {kind}(targets, outputs)"
        )


@contextmanager
def in_mode(model: Module, training: bool) -> Iterator[None]:
    """Switch a model to training or to use; afterwards each layer is as before.

    A model in that mode is left as it is, with the layers that were set apart, such as frozen ones.
    """
    before = [(module, module.training) for module in model.modules()]
    if model.training != training:
        model.train(training)
    try:
        yield
    finally:
        for module, mode in before:
            module.training = mode
