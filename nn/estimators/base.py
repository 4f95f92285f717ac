"""What both estimators share: parameters, fitting, and what is known afterwards."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any, Self

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d, gen_batches
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from autograd import no_grad
from nn.estimators.batches import Batches, affine, dense, rows_at_once
from nn.estimators.convergence import Convergence
from nn.estimators.networks import multilayer_perceptron
from nn.estimators.objective import Objective
from nn.estimators.parameters import check_parameters
from nn.estimators.solvers import EpsilonHatAdam, MomentumSGD, minimise
from nn.estimators.tasks import CallbackSupportMixin, epochs_as_tasks
from nn.layers import Linear
from nn.layers.normalisation import BatchNorm
from nn.module import Module
from nn.optim import Optimiser
from nn.training import Callback
from nn.training import fit as train
from nn.training.state import in_mode

Array = np.ndarray[Any, Any]
FLOATS = (np.float64, np.float32)


def goes_by_batches(estimator: Any) -> bool:
    """Tell whether an estimator can go on for an epoch."""
    return bool(estimator.solver != "lbfgs")


@dataclass(eq=False, repr=False)
class MultilayerPerceptron(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """The parameters, and everything that does not depend on what is predicted."""

    hidden_layer_sizes: Any = (100,)
    activation: Any = "relu"
    _: KW_ONLY
    solver: str | Callable[..., Optimiser] = "adam"
    alpha: float = 0.0001
    batch_size: int | str = "auto"
    learning_rate: str | Callable[[Optimiser], Any] = "constant"
    learning_rate_init: float = 0.001
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: int | np.random.RandomState | None = None
    tol: float = 1e-4
    verbose: bool = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10
    max_fun: int = 15000
    dropout: Any = 0.0
    batch_norm: Any = False
    module: Callable[..., Module] | None = None
    callbacks: Iterable[Callback] = ()

    # What is known afterwards

    @property
    def coefs_(self) -> list[Array]:
        """The weights of the linear layers, each of shape (inputs, outputs)."""
        return [layer.weight.data.T for layer in self._linear_layers()]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of the linear layers."""
        return [layer.bias.data for layer in self._linear_layers() if layer.bias is not None]

    @property
    def n_layers_(self) -> int:
        """The number of linear layers, and one for the inputs."""
        return 1 + len(self._linear_layers())

    def _linear_layers(self) -> list[Linear]:
        return [layer for layer in self.module_.modules() if isinstance(layer, Linear)]

    # What the two estimators define

    @abstractmethod
    def _encoded(self, y: Any, dtype: Any, incremental: bool) -> tuple[Array, Array | None]:
        """Return the targets as the loss takes them, and weights of the rows or None.

        This also finds out ``n_outputs_`` and ``out_activation_``.
        """

    @abstractmethod
    def _score(self, outputs: Any, targets: Any) -> float:
        """Return the score of the network's outputs."""

    # Fitting

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> Self:
        check_parameters(self)
        fresh = not hasattr(self, "module_") or not (self.warm_start or incremental)
        X, labels = validate_data(
            self, X, y, accept_sparse="csr", multi_output=True, dtype=FLOATS, reset=fresh,
            y_numeric=isinstance(self, RegressorMixin),
        )  # fmt: skip
        if labels.ndim == 2 and labels.shape[1] == 1:
            labels = column_or_1d(labels, warn=True)
        y, weights = self._encoded(labels, X.dtype, incremental)
        metadata = None
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=X.dtype)
            weights = sample_weight if weights is None else sample_weight * weights
            metadata = {"sample_weight": sample_weight}
        random_state = check_random_state(self.random_state)
        if fresh:
            self._start(X.shape[1], X.dtype, random_state)
        data = [X, y] if weights is None else [X, y, weights]
        with epochs_as_tasks(self, X=X, y=labels, metadata=metadata) as tasks:
            if self.solver == "lbfgs":
                self._minimise(*data)
            else:
                self._descend(data, random_state, incremental, tasks)
        self.module_.zero_grad()  # gradients are not to be pickled
        return self

    def _start(self, inputs: int, dtype: Any, random_state: np.random.RandomState) -> None:
        """Make a fresh network, and forget what was known of another one."""
        if self.module is None:
            self.module_: Module = multilayer_perceptron(
                inputs, self.hidden_layer_sizes, self.n_outputs_, self.activation, self.dropout,
                self.batch_norm, dtype, random_state,
            )  # fmt: skip
        else:
            rng = np.random.default_rng(random_state.randint(2**31))
            made = None if isinstance(self.module, Module) else self.module(inputs, self.n_outputs_, rng=rng)
            if not isinstance(made, Module):
                raise TypeError(
                    f"module: expected a function that makes a module, as in lambda inputs, outputs, rng: "
                    f"nn.Linear(inputs, outputs, rng=rng), got {self.module!r}"
                )
            self.module_ = made
        self.module_.eval()
        self.n_iter_ = self.t_ = self._no_improvement_count = 0
        self.loss_curve_: list[float] = []
        stopping = self.early_stopping
        self.best_loss_ = None if stopping else math.inf
        self.validation_scores_: list[float] | None = [] if stopping else None
        self.validation_loss_curve_: list[float] | None = [] if stopping else None
        self.best_validation_score_ = -math.inf if stopping else None

    def _objective(self, weighted: bool) -> Objective:
        loss = self.loss if callable(self.loss) else self.out_activation_
        return Objective(loss, self.module_, self.alpha, weighted, self.n_outputs_)

    def _minimise(self, X: Any, y: Array, weights: Array | None = None) -> None:
        """Fit by L-BFGS, with all rows at once."""
        objective = self._objective(weights is not None)
        targets = y if weights is None else (y, weights)
        options = {"maxiter": self.max_iter, "maxfun": self.max_fun, "gtol": self.tol}
        with in_mode(self.module_, training=True):
            found = minimise(objective, dense(X), targets, **options)
        self.n_iter_, self.loss_ = min(found.nit, self.max_iter), found.fun
        if not found.success:
            warnings.warn(f"lbfgs did not converge: {found.message}", ConvergenceWarning, stacklevel=4)

    def _descend(
        self, data: list[Any], random_state: np.random.RandomState, incremental: bool, tasks: list[Callback]
    ) -> None:
        """Fit batch by batch."""
        if not incremental or not hasattr(self, "_optimiser"):
            self._optimiser = self._new_optimiser()
            self._schedule = self.learning_rate(self._optimiser) if callable(self.learning_rate) else None
        tested = None
        if self.early_stopping:
            if incremental:
                raise ValueError(
                    "early_stopping: expected False for partial_fit, which is one epoch, got True"
                )
            data, tested = self._split(data, random_state)
        rows = data[0].shape[0]
        size = self._rows_in_a_batch(rows)
        objective = self._objective(weighted=len(data) == 3)
        self.history_ = train(
            self.module_,
            Batches(
                *data, size=size, random_state=random_state if self.shuffle else None, least=self._least()
            ),
            objective,
            self._optimiser,
            epochs=1 if incremental else self.max_iter,
            validation_data=tested and Batches(*tested, size=rows_at_once(tested[0])),
            metrics={"score": self._score} if tested else None,
            callbacks=[objective, *self.callbacks, Convergence(self, objective, rows), *tasks],
            schedule=self._schedule,
            progress=False,
        )
        if self.history_.ended.startswith("interrupted"):
            warnings.warn("Training interrupted by user.", stacklevel=4)
        elif not self.history_.ended and not incremental:
            warnings.warn(
                f"training ended after max_iter={self.max_iter} epochs, and has not converged yet",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _rows_in_a_batch(self, rows: int) -> int:
        size = min(200, rows) if self.batch_size == "auto" else int(self.batch_size)
        if size > rows:
            warnings.warn(
                f"batch_size: expected at most {rows}, the number of rows, got {size}", stacklevel=5
            )
        return size

    def _new_optimiser(self) -> Optimiser:
        parameters, lr = self.module_.parameters(), self.learning_rate_init
        if self.solver == "sgd":
            return MomentumSGD(parameters, lr=lr, momentum=self.momentum, nesterov=self.nesterovs_momentum)
        if self.solver == "adam":
            return EpsilonHatAdam(parameters, lr=lr, betas=(self.beta_1, self.beta_2), eps=self.epsilon)
        made: Optimiser = self.solver(parameters, lr=lr)  # type: ignore[operator]
        return made

    def _split(self, data: list[Any], random_state: np.random.RandomState) -> tuple[list[Any], list[Any]]:
        """Set rows apart for early stopping."""
        parts = train_test_split(
            *data,
            random_state=random_state,
            test_size=self.validation_fraction,
            stratify=data[1] if self.out_activation_ == "logistic" and self.n_outputs_ == 1 else None,
        )
        tested = parts[1::2]
        if tested[0].shape[0] < 2:
            raise ValueError(
                f"validation_fraction: expected a share of {data[0].shape[0]} rows that is two rows or more, "
                f"got {self.validation_fraction!r}"
            )
        return parts[::2], tested

    def _least(self) -> int:
        """Return the rows that a batch needs."""
        return 2 if any(isinstance(module, BatchNorm) for module in self.module_.modules()) else 1

    # Use

    def _outputs(self, X: Any) -> Array:
        """Return what the network gives."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        first: Callable[[Any], Any] = dense
        rest: Any = self.module_
        if issparse(X) and self.module is None:
            first, rest = partial(affine, layer=rest[0]), rest[1:]
        with no_grad():
            parts = [rest(first(X[rows])) for rows in gen_batches(X.shape[0], rows_at_once(X))]
        return np.concatenate([np.asarray(part) for part in parts])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
