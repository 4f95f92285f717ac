"""Watching one number of the history; EarlyStopping: end when it gets no better, with the best weights."""

from __future__ import annotations

import math
from typing import Any

from nn.errors import whole_number
from nn.training.callbacks import Callback
from nn.training.state import Training


class Monitor(Callback):
    """What callbacks share that watch one column of the history.

    Attributes:
        best: the best number so far.
        best_epoch: when it came; before that the epoch from which it is looked for.
    """

    _goes_on = False  # from a state, so that what was seen before counts

    def __init__(self, monitor: str | None, mode: str | None, min_delta: float = 0.0) -> None:
        column = monitor or "loss"
        if mode is None and column.endswith(("loss", "error")):
            mode = "min"
        if mode not in ("min", "max"):
            raise ValueError(f"mode: expected 'min' or 'max' for the column {column!r}, got {mode!r}")
        if not 0 <= min_delta < math.inf:
            raise ValueError(f"min_delta: expected a number from 0, got {min_delta!r}")
        self.monitor, self.mode, self.min_delta = monitor, mode, min_delta
        self._begin(0)

    def _begin(self, epoch: int) -> None:
        self.best, self.best_epoch = math.inf if self.mode == "min" else -math.inf, epoch

    def on_train_begin(self, training: Training) -> bool | None:
        """Forget the best of another training, unless this one goes on from a state."""
        if not self._goes_on:
            self._begin(training.epoch)
        self._goes_on = False
        return None

    def improved(self, training: Training) -> bool:
        """Look at the epoch's number, and tell whether it is the best so far.

        Raises:
            ValueError: the history has no such column.
        """
        columns = training.history.columns
        name = self.monitor or ("val_loss" if "val_loss" in columns else "loss")
        if name not in columns:
            raise ValueError(
                f"monitor: expected one of {', '.join(columns)}, got {name!r}; the usual fix is to give fit "
                f"validation_split=0.2, or metrics={{{name.removeprefix('val_')!r}: ...}}"
            )
        sign, value = (1 if self.mode == "min" else -1), columns[name][-1]
        if sign * value < sign * self.best - self.min_delta:  # never of a NaN
            self.best, self.best_epoch = value, training.epoch
            return True
        return False

    def state_dict(self) -> dict[str, Any]:
        """Return the best number and its epoch."""
        return {"best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave."""
        vars(self).update(state, _goes_on=True)


class EarlyStopping(Monitor):
    """End training when a number has not become better for ``patience`` epochs.

    Args:
        monitor: the column of the history; by default the validation loss, or without one the loss.
        patience: how many epochs without a better number are accepted.
        restore_best: whether the model gets back the parameters and buffers of its best epoch.
        mode: "min" if less is better, or "max", as for an accuracy; by default "min" for columns whose
            names end in "loss" or "error", and to be given for all others.
        min_delta: by how much a number must be better to count.

    Raises:
        ValueError: an option is out of its range, or, in training, there is no such column.

    Example:
        >>> model, x = nn.Linear(1, 1, rng=0), np.linspace(-1.0, 1.0, 64)[:, None]
        >>> optimiser = nn.optim.SGD(model.parameters(), lr=0.5)
        >>> stop = EarlyStopping("loss", patience=2, min_delta=1e-6)
        >>> nn.fit(model, (x, 2 * x), nn.MSELoss(), optimiser, 1000, rng=0, callbacks=[stop]).ended
        'stopped by EarlyStopping after epoch 13'
    """

    def __init__(
        self,
        monitor: str | None = None,
        patience: int = 10,
        restore_best: bool = True,
        *,
        mode: str | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.restore_best = whole_number("patience", patience, 1), restore_best

    def _begin(self, epoch: int) -> None:
        super()._begin(epoch)
        self.weights: dict[str, Any] = {}

    def _is_over(self, training: Training) -> bool:
        return training.epoch - self.best_epoch >= self.patience

    def on_train_begin(self, training: Training) -> bool | None:
        """Do not go on with a training that was stopped."""
        super().on_train_begin(training)
        return self._is_over(training)

    def on_epoch_end(self, training: Training) -> bool | None:
        """Keep the best weights, and stop when patience is at an end."""
        if self.improved(training) and self.restore_best:
            self.weights = training.model.state_dict()
        return self._is_over(training)

    def on_train_end(self, training: Training) -> None:
        """Give back the best weights."""
        if self.restore_best and self.weights:
            training.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """Return the best number, its epoch and its weights."""
        return {**super().state_dict(), "weights": self.weights}
