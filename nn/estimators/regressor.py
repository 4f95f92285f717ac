"""MLPRegressor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from nn.estimators.base import Array, MultilayerPerceptron, goes_by_batches
from nn.estimators.batches import with_weights
from nn.estimators.tasks import with_callbacks


@dataclass(eq=False, repr=False)
class MLPRegressor(RegressorMixin, MultiOutputMixin, MultilayerPerceptron):  # type: ignore[misc]
    """A network that predicts numbers, with scikit-learn's parameters and methods, and more of its own.

    With the same parameters and ``random_state`` it learns the very weights that
    ``sklearn.neural_network.MLPRegressor`` learns. Parameters, attributes and errors are those of
    :class:`MLPClassifier`, but for these.

    Args:
        loss: "squared_error", half the square of the error; "poisson", half the deviance of counts, for
            which the network gives logarithms; or any function or module of outputs and targets, both
            of shape (rows, outputs). With weights of rows it must give one loss for each.

    Attributes:
        validation_scores_: with early stopping, R² on the rows set apart, after each epoch.
        out_activation_: the activation of the outputs, "identity" or "exp".

    The loss of a row is the sum over its outputs. scikit-learn reports the mean of a row's squared
    errors, but follows the gradient of the sum; so its ``loss_curve_`` is lower for several outputs.

    Example:
        >>> X = np.linspace(-2.0, 2.0, 200)[:, None]
        >>> y = np.abs(X[:, 0])
        >>> y[::20] += 5.0  # outliers
        >>> model = MLPRegressor(
        ...     loss=nn.HuberLoss(), alpha=0.0, early_stopping=True, n_iter_no_change=30,
        ...     learning_rate_init=0.01, max_iter=500, random_state=0,
        ... ).fit(X, y)
        >>> bool(abs(model.predict([[-1.5]])[0] - 1.5) < 0.1)
        True
        >>> len(model.loss_curve_) == len(model.validation_loss_curve_) == model.n_iter_
        True
    """

    loss: Any = "squared_error"

    _losses: ClassVar = {"squared_error": "identity", "poisson": "exp"}  # and the activations of the output

    @with_callbacks  # type: ignore[untyped-decorator]
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the network to rows and their targets.

        Args:
            X: rows, an array or a sparse matrix of shape (rows, features).
            y: targets of shape (rows,) or (rows, outputs).
            sample_weight: how much each row counts.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    @available_if(goes_by_batches)  # type: ignore[untyped-decorator]
    @with_callbacks  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go on for one epoch."""
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Predict the targets of rows, of shape (rows,) or (rows, outputs)."""
        predicted = self._predictions(self._outputs(X))
        return predicted[:, 0] if self.n_outputs_ == 1 else predicted

    def _predictions(self, outputs: Array) -> Array:
        return np.exp(outputs) if self.out_activation_ == "exp" else outputs

    def _encoded(self, y: Any, dtype: Any, incremental: bool) -> tuple[Array, None]:
        if self.loss == "poisson" and np.any(y < 0):
            raise ValueError(f"y: expected numbers from 0 for loss='poisson', got {np.min(y)}")
        y = y.astype(dtype).reshape(len(y), -1)
        self.n_outputs_ = y.shape[1]
        self.out_activation_ = "identity" if callable(self.loss) else self._losses[self.loss]
        return y, None

    def _score(self, outputs: Any, targets: Any) -> float:
        y, weights = with_weights(targets)
        return float(r2_score(y, self._predictions(outputs), sample_weight=weights))
