"""MLPClassifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import unique_labels

from nn import functional as F
from nn.estimators.base import Array, MultilayerPerceptron, goes_by_batches
from nn.estimators.batches import with_weights
from nn.estimators.tasks import with_callbacks


@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, MultilayerPerceptron):  # type: ignore[misc]
    """A network that predicts classes, with scikit-learn's parameters and methods, and more of its own.

    With the same parameters and ``random_state`` it learns the very weights that
    ``sklearn.neural_network.MLPClassifier`` learns. It works on arrays and sparse matrices, of float64 or
    float32; rows with several labels are those of a matrix of 0 and 1 as ``y``.

    Args:
        hidden_layer_sizes: the number of units of each hidden layer.
        activation: of the hidden layers: "identity", "logistic", "tanh" or "relu"; a class such as
            ``nn.ELU``, a module, or any function; or a list with one of these for each layer.
        solver: "adam", "sgd" or "lbfgs"; or an optimiser's class, or any function that makes one when it
            is called as ``solver(parameters, lr=learning_rate_init)``.
        alpha: strength of the L2 penalty α/2 Σ ‖W‖², which is divided by the number of rows in a batch.
        batch_size: rows in a batch; "auto" is 200, or all rows if there are less. L-BFGS takes all.
        learning_rate: "constant"; "invscaling" or "adaptive", which "adam" does not heed; or a function
            that makes a schedule of an optimiser, such as ``functools.partial(ExponentialLR, gamma=0.9)``
            of ``nn.optim.lr_scheduler``.
        learning_rate_init: the learning rate at first.
        power_t: p in learning_rate_init / (t + 1)ᵖ after t rows, for "invscaling".
        max_iter: the largest number of epochs; for "lbfgs", of iterations.
        shuffle: whether each epoch has an order of its own.
        random_state: where initial weights, orders and dropped units are drawn from.
        tol: an epoch that is not better than the best one by this much makes no progress.
        verbose: whether to print each epoch's loss.
        warm_start: whether ``fit`` goes on with the weights that there are.
        momentum: of "sgd".
        nesterovs_momentum: whether "sgd" looks ahead.
        early_stopping: whether progress is that of the score on rows that are set apart; the best weights
            are then restored.
        validation_fraction: the share of those rows.
        beta_1: β₁ of "adam".
        beta_2: β₂ of "adam".
        epsilon: ε of "adam".
        n_iter_no_change: after more epochs without progress in a row training ends, or "adaptive" divides
            the learning rate by 5.
        max_fun: the largest number of evaluations by "lbfgs".
        dropout: the share of each hidden layer's units that are dropped in training, or a list of shares.
        batch_norm: whether hidden layers are normalised over the batch before their activation, or a list.
        module: makes another network, called as ``module(inputs, outputs, rng=generator)``. It gives a
            logit for each class; for two classes and "log_loss", one logit. The parameters of layers
            then have no effect.
        callbacks: what is told of training: see :class:`nn.Callback`. scikit-learn's own go to
            ``set_callbacks``, from its release 1.9 on.
        loss: "log_loss"; or any function or module of logits, of shape (rows, classes), and classes, which
            are counted from 0; for rows with several labels, of logits and numbers 0.0 and 1.0, of shape
            (rows, labels). With weights of rows or classes it must give one loss for each row.
        class_weight: how much rows of each class count: a dict, or "balanced".

    Attributes:
        classes_: the classes.
        module_: the network.
        coefs_: the weights of its linear layers, each of shape (inputs, outputs).
        intercepts_: their biases.
        loss_curve_: the objective after each epoch: mean loss and penalty.
        best_loss_: the lowest; None with early stopping.
        validation_scores_: with early stopping, the accuracy on the rows set apart, after each epoch.
        best_validation_score_: the highest.
        validation_loss_curve_: with early stopping, the mean loss of these rows.
        history_: the :class:`nn.training.History` of the last fit.
        n_iter_: the number of epochs of the last fit.
        t_: the number of rows seen in all fits.
        n_features_in_: the number of features.
        n_outputs_: the number of outputs.
        n_layers_: the number of layers, that of the inputs included.
        out_activation_: the activation of the outputs, "softmax" or "logistic".

    Raises:
        ValueError: a parameter, or the data, is out of its range.
        TypeError: a parameter is of a wrong kind.
        FloatingPointError: the loss became infinite or NaN.

    Warns:
        ConvergenceWarning: ``max_iter`` was reached.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.model_selection import cross_val_score
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> network = MLPClassifier(
        ...     (20, 10), ["relu", nn.ELU], dropout=0.1, batch_norm=[True, False], solver=nn.optim.RMSprop,
        ...     learning_rate_init=0.01, tol=1e-3, max_iter=500, random_state=0,
        ... )
        >>> X, y = load_iris(return_X_y=True)
        >>> scores = cross_val_score(make_pipeline(StandardScaler(), network), X, y, cv=3)
        >>> bool(scores.mean() > 0.9)
        True

        A network of one's own:

        >>> def network(inputs, outputs, rng):
        ...     return nn.MLP([inputs, 8, outputs], nn.Tanh, rng=rng)
        >>> model = MLPClassifier(module=network, solver="lbfgs", random_state=0).fit(X, y)
        >>> [w.shape for w in model.coefs_]
        [(4, 8), (8, 3)]
    """

    loss: Any = "log_loss"
    class_weight: Any = None

    _losses: ClassVar = {"log_loss"}

    @with_callbacks  # type: ignore[untyped-decorator]
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the network to rows and their classes.

        Args:
            X: rows, an array or a sparse matrix of shape (rows, features).
            y: classes of shape (rows,), or of shape (rows, labels) 1 for each label that a row has, else 0.
            sample_weight: how much each row counts.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    @available_if(goes_by_batches)  # type: ignore[untyped-decorator]
    @with_callbacks  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go on for one epoch.

        Args:
            X: rows.
            y: their classes.
            sample_weight: how much each row counts.
            classes: all that there are to be; the first call needs them.
        """
        if not hasattr(self, "classes_"):
            if classes is None:
                raise ValueError("classes: expected all classes at the first call of partial_fit, got None")
            self._set_classes(y if np.ndim(y) == 2 else classes)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes: expected those of the calls before, {self.classes_}, got {classes}")
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Predict the classes of rows, of shape (rows,), or (rows, labels)."""
        probabilities = self.predict_proba(X)
        if self.n_outputs_ == 1:
            probabilities = probabilities[:, 1]
        found: Array = self._label_binarizer.inverse_transform(probabilities)
        return found

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, or label, of shape (rows, classes)."""
        outputs = self._logits(X)
        found: Array = F.sigmoid(outputs) if self._is_multilabel() else F.softmax(outputs, 1)
        return found

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of the probabilities."""
        outputs = self._logits(X)
        found: Array = F.logsigmoid(outputs) if self._is_multilabel() else F.log_softmax(outputs, 1)
        return found

    def _logits(self, X: Any) -> Array:
        """Return the outputs; those of two classes are 0 and the output, for σ(z) is softmax([0, z])."""
        outputs = self._outputs(X)
        return np.hstack([np.zeros_like(outputs), outputs]) if self.n_outputs_ == 1 else outputs

    def _is_multilabel(self) -> bool:
        return self.out_activation_ == "logistic" and self.n_outputs_ > 1

    def _set_classes(self, y: Any) -> None:
        self._label_binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._label_binarizer.classes_

    def _encoded(self, y: Any, dtype: Any, incremental: bool) -> tuple[Array, Array | None]:
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            self._set_classes(y)
        else:
            self._check_classes(unique_labels(y))
        weights = None if self.class_weight is None else compute_sample_weight(self.class_weight, y)
        multilabel = self._label_binarizer.y_type_.startswith("multilabel")
        if multilabel or (len(self.classes_) <= 2 and not callable(self.loss)):
            targets = self._label_binarizer.transform(y).astype(dtype)
            self.out_activation_, self.n_outputs_ = "logistic", targets.shape[1]
        else:
            targets = np.searchsorted(self.classes_, y)
            self.out_activation_, self.n_outputs_ = "softmax", len(self.classes_)
        return targets, weights if weights is None else weights.astype(dtype)

    def _check_classes(self, found: Any) -> None:
        unknown = np.setdiff1d(found, self.classes_)
        if len(unknown) or (self.warm_start and len(found) != len(self.classes_)):
            raise ValueError(
                f"y: expected classes of the fit before, {self.classes_}, got {found}; the usual fix is "
                f"warm_start=False, or partial_fit(..., classes=) with all of them"
            )

    def _score(self, outputs: Any, targets: Any) -> float:
        y, weights = with_weights(targets)
        predicted = outputs.argmax(axis=1) if self.out_activation_ == "softmax" else outputs > 0
        return float(accuracy_score(y, predicted, sample_weight=weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
