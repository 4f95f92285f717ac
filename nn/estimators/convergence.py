"""Convergence: scikit-learn's rule of when training ends, and what it writes down of each epoch."""

from __future__ import annotations

from typing import Any

from nn.estimators.objective import Objective
from nn.training import Callback, Training

LOWEST_RATE = 1e-6


class Convergence(Callback):
    """Keep an estimator's fitted attributes, and stop when it makes no progress.

    An epoch makes progress if its loss, or with early stopping its validation score, is better by ``tol``
    than the best so far. After more than ``n_iter_no_change`` epochs in a row without progress training ends;
    an adaptive learning rate is divided by 5 first, as long as it is above 10⁻⁶. With early stopping
    the weights of the best epoch are restored.
    """

    def __init__(self, estimator: Any, objective: Objective, rows: int) -> None:
        self.estimator, self.objective, self.rows = estimator, objective, rows
        self.weights: dict[str, Any] | None = None

    def on_epoch_end(self, training: Training) -> bool:
        """Write the epoch down, and judge it."""
        e, history = self.estimator, training.history
        e.n_iter_, e.t_ = training.epoch, e.t_ + self.rows
        e.loss_ = history["loss"][-1] + self.objective.penalty / self.rows
        e.loss_curve_.append(e.loss_)
        self._say(f"Iteration {e.n_iter_}, loss = {e.loss_:.8f}")
        if e.early_stopping:
            score = history["val_score"][-1]
            e.validation_scores_.append(score)
            e.validation_loss_curve_.append(history["val_loss"][-1])
            self._say(f"Validation score: {score:f}")
            stalled = score < e.best_validation_score_ + e.tol
            if score > e.best_validation_score_:
                e.best_validation_score_, self.weights = score, training.model.state_dict()
        else:
            stalled = e.loss_ > e.best_loss_ - e.tol
            e.best_loss_ = min(e.best_loss_, e.loss_)
        e._no_improvement_count = e._no_improvement_count + 1 if stalled else 0
        groups = training.optimizer.param_groups
        if e.learning_rate == "invscaling" and e.solver != "adam":
            for group in groups:
                group["lr"] = e.learning_rate_init / (e.t_ + 1) ** e.power_t
        if e._no_improvement_count <= e.n_iter_no_change:
            return False
        return not self._slowed_down(groups)

    def _slowed_down(self, groups: list[dict[str, Any]]) -> bool:
        """Divide an adaptive learning rate by 5, and tell whether that was possible."""
        e = self.estimator
        what = "Validation score" if e.early_stopping else "Training loss"
        message = (
            f"{what} did not improve more than tol={e.tol:f} for {e.n_iter_no_change} consecutive epochs."
        )
        if e.learning_rate != "adaptive" or e.solver == "adam":
            self._say(f"{message} Stopping.")
            return False
        if groups[0]["lr"] <= LOWEST_RATE:
            self._say(f"{message} Learning rate too small. Stopping.")
            return False
        for group in groups:
            group["lr"] /= 5
        e._no_improvement_count = 0
        self._say(f"{message} Setting learning rate to {groups[0]['lr']:f}")
        return True

    def on_train_end(self, training: Training) -> None:
        """Restore the best weights."""
        if self.weights is not None:
            training.model.load_state_dict(self.weights)

    def _say(self, text: str) -> None:
        if self.estimator.verbose:
            print(text)
