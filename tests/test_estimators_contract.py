"""The estimators keep scikit-learn's contract: its checks, searches on any backend, and its callbacks."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")
import joblib
from scipy.stats import loguniform
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = (array[:200] for array in load_digits(return_X_y=True))
SMALL: dict[str, Any] = {"hidden_layer_sizes": (20,), "learning_rate_init": 0.01, "random_state": 0}


@parametrize_with_checks(
    [
        make(**SMALL, max_iter=60, **options)
        for make in (nn.MLPClassifier, nn.MLPRegressor)
        for options in ({}, {"solver": "lbfgs"})
    ]
)
@pytest.mark.filterwarnings("ignore")  # the checks make inputs that are warned of
def test_every_check_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


# Searches


@pytest.fixture(params=["threading", "loky", "dask, threads", "dask, processes"])
def backend(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return what makes joblib use a backend."""
    name, _, workers = request.param.partition(", ")
    if name != "dask":
        yield partial(joblib.parallel_config, name, n_jobs=2)
        return
    distributed = pytest.importorskip("distributed", reason="searches on a cluster need dask and distributed")
    processes = workers == "processes"
    with (
        distributed.LocalCluster(
            n_workers=2 if processes else 1, threads_per_worker=1, processes=processes, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield partial(joblib.parallel_config, "dask")


@pytest.mark.filterwarnings("ignore")  # of clusters, about ports and the end of threads
def test_a_search_finds_the_same_on_any_backend(backend: Any) -> None:
    network = nn.MLPClassifier(**SMALL, max_iter=15, activation=lambda x: np.maximum(x, 0))
    model = make_pipeline(StandardScaler(), network)
    grid = {"mlpclassifier__dropout": [0.0, 0.9], "mlpclassifier__batch_norm": [False, True]}
    alone = GridSearchCV(model, grid, cv=2).fit(X, Y)
    with backend():
        found = GridSearchCV(model, grid, cv=2).fit(X, Y)
    assert found.best_params_ == alone.best_params_
    assert found.best_params_["mlpclassifier__dropout"] == 0.0
    np.testing.assert_array_equal(found.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


def test_random_searches_and_scores() -> None:
    model = nn.MLPClassifier(**SMALL, max_iter=10)
    rates = {"learning_rate_init": loguniform(1e-4, 1e-1), "solver": ["adam", nn.optim.RMSprop]}
    found = RandomizedSearchCV(model, rates, n_iter=3, cv=2, random_state=0).fit(X, Y)
    assert found.best_score_ > 0.5
    assert confusion_matrix(Y, found.predict(X)).trace() > 150
    assert cross_val_score(model, X, Y, cv=2).shape == (2,)


# Callbacks of scikit-learn


class Recorder:
    """A callback as scikit-learn's protocol has it."""

    def __init__(self, last: int) -> None:
        self.last, self.events, self.scores = last, [], []

    def setup(self, estimator: Any, context: Any) -> None:
        self.events.append("setup")

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.events.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any, y: Any, metadata: Any, fitted_estimator: Any
    ) -> bool:
        self.events.append(f"end {context.task_name} {context.task_id}")
        self.scores.append(fitted_estimator.score(X, y, **(metadata or {})))
        return context.task_name == "epoch" and context.task_id == self.last

    def teardown(self, estimator: Any, context: Any) -> None:
        self.events.append("teardown")


def test_callbacks_of_scikit_learn_are_told_of_epochs_and_end_training() -> None:
    pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from 1.9 on")
    recorder = Recorder(last=2)
    model = nn.MLPClassifier(**SMALL, dropout=0.2, max_iter=20).set_callbacks(recorder)
    model.fit(X, Y, sample_weight=np.ones(200))
    epochs = [f"{event} epoch {i}" for i in range(3) for event in ("begin", "end")]
    assert recorder.events == ["setup", "begin fit 0", *epochs, "end fit 0", "teardown"]
    assert model.n_iter_ == 3
    assert recorder.scores[-1] == recorder.scores[-2] == model.score(X, Y)
    assert len(set(recorder.scores)) > 1
    short = nn.MLPClassifier(**SMALL, dropout=0.2, max_iter=3).fit(X, Y)
    np.testing.assert_allclose(model.loss_curve_, short.loss_curve_)


def test_a_monitor_of_scikit_learn_scores_every_epoch_of_a_pipeline() -> None:
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from 1.9 on")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = nn.MLPClassifier(**SMALL, max_iter=4).set_callbacks(monitor)
    make_pipeline(StandardScaler(), model).fit(X, Y)
    logged = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert [row["task_id"] for row in logged] == [0, 1, 2, 3]
    assert logged[-1]["accuracy"] > logged[0]["accuracy"]
