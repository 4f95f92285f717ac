"""Callback: what is told of the course of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn.training.state import Training


class Callback:
    """What is told of the course of training, and may end it: define those of the methods that you need.

    A callback ends training by returning True. An error that it raises ends ``fit`` as any error does:
    so Optuna ends the trials that go badly.

    Example:
        >>> class Pruning(Callback):
        ...     def __init__(self, trial):
        ...         self.trial = trial
        ...
        ...     def on_epoch_end(self, training):
        ...         self.trial.report(training.history["loss"][-1], step=training.epoch)
        ...         if self.trial.should_prune():
        ...             raise optuna.TrialPruned
        >>> def objective(trial):
        ...     model, rate = nn.Linear(1, 1, rng=0), trial.suggest_float("rate", 1e-4, 1.0, log=True)
        ...     task = model, (np.ones((8, 1)), np.ones((8, 1))), nn.MSELoss()
        ...     optimiser = nn.optim.SGD(model.parameters(), lr=rate)
        ...     return nn.fit(*task, optimiser, epochs=5, callbacks=[Pruning(trial)])["loss"][-1]
        >>> from importlib.util import find_spec
        >>> if find_spec("optuna"):  # pip install optuna
        ...     import optuna
        ...     optuna.logging.set_verbosity(optuna.logging.ERROR)
        ...     optuna.create_study().optimize(objective, n_trials=3)
    """

    def __init_subclass__(cls) -> None:
        """Refuse methods that nobody would call."""
        super().__init_subclass__()
        events = [name for name in vars(Callback) if name.startswith("on_")]
        for name in vars(cls):
            if name.startswith("on_") and name not in events:
                raise TypeError(f"{cls.__name__}: expected methods among {', '.join(events)}, got {name!r}")

    def on_train_begin(self, training: Training) -> bool | None:
        """Before the first epoch, or before the first one after a resumption."""
        return None

    def on_epoch_begin(self, training: Training) -> None:
        """Before an epoch."""

    def on_backward_end(self, training: Training) -> None:
        """Before a step: gradients may be changed here, as by ``nn.utils.clip_grad_norm_``."""

    def on_batch_end(self, training: Training) -> None:
        """After a step; the gradients of the parameters are still there."""

    def on_epoch_end(self, training: Training) -> bool | None:
        """After an epoch: ``training.history`` holds its numbers."""
        return None

    def on_train_end(self, training: Training) -> None:
        """At the end, whatever the cause: all epochs, a stop, Ctrl-C or an error."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed training needs to know: numbers, texts, arrays, lists and dicts of them."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that ``state_dict`` gave."""
