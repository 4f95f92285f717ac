"""The estimators: equal to scikit-learn's where both can do it, and right where only ours can."""

import copy
import pickle
import subprocess
import sys
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")
from scipy import sparse
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale
from sklearn.utils import compute_sample_weight

import nn
from nn import functional as F
from nn.estimators.solvers import MomentumSGD

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

KINDS = ["MLPClassifier", "MLPRegressor"]
each_kind = pytest.mark.parametrize("kind", KINDS)

DIGITS = tuple(a[:250] for a in load_digits(return_X_y=True))
DIGITS = DIGITS[0] / 16, DIGITS[1]
TUMOURS = tuple(a[:250] for a in load_breast_cancer(return_X_y=True))
TUMOURS = scale(TUMOURS[0]), TUMOURS[1]
DIABETES = tuple(a[:250] for a in load_diabetes(return_X_y=True))
DIABETES = DIABETES[0] * 20, DIABETES[1] / 100
LABELS = DIGITS[0], np.stack([DIGITS[1] % 2, DIGITS[1] > 4, DIGITS[1] == 3], 1).astype(int)
COUNTS = DIABETES[0], np.round(3 * DIABETES[1])
TARGETS = DIABETES[0], np.stack([DIABETES[1], DIABETES[0][:, 2]], 1)
WEIGHTS = np.random.default_rng(0).uniform(0.0, 2.0, 250)

DATA = {"MLPClassifier": DIGITS, "MLPRegressor": DIABETES}
FEW = {"hidden_layer_sizes": (16,), "max_iter": 8, "random_state": 0, "batch_size": 64}


def ours(kind: str, **parameters: Any) -> Any:
    return getattr(nn, kind)(**{**FEW, **parameters})


def theirs(kind: str, **parameters: Any) -> Any:
    return getattr(neural_network, kind)(**{**FEW, **parameters})


# Equal to scikit-learn's


def assert_equal(one: Any, two: Any, X: Any) -> None:
    """Compare all that two fitted estimators know."""
    for a, b in zip(one.coefs_ + one.intercepts_, two.coefs_ + two.intercepts_, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8)
    known = {name for name in vars(two) if name.endswith("_") and not name.startswith("_")}
    for name in known - {"coefs_", "intercepts_", "loss_"}:
        expected, found = getattr(two, name), getattr(one, name)
        if isinstance(expected, (str, type(None))):
            assert found == expected, name
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-8, err_msg=name)
    assert one.loss_ == pytest.approx(two.loss_, rel=1e-8)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        if hasattr(two, method):
            expected = getattr(two, method)(X)
            np.testing.assert_allclose(getattr(one, method)(X), expected, rtol=1e-5, atol=1e-8)


SOLVERS = {
    "adam": {},
    "adam, in order": {"shuffle": False, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.05},
    "sgd, in order": {"solver": "sgd", "shuffle": False, "nesterovs_momentum": False},
    "sgd, no momentum": {"solver": "sgd", "momentum": 0.0},
    "inverse scaling": {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.1},
    "adaptive": {
        "solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.02, "tol": 0.1, "max_iter": 60,
        "n_iter_no_change": 1,
    },
    "a strong penalty": {"alpha": 3.0},
    "early stopping": {"early_stopping": True, "max_iter": 60, "n_iter_no_change": 2, "tol": 1e-2},
    "converged": {"tol": 0.1, "n_iter_no_change": 2, "max_iter": 60},
    "lbfgs": {"solver": "lbfgs"},
}  # fmt: skip


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("solver", SOLVERS)
@each_kind
def test_results_equal_those_of_scikit_learn(kind: str, solver: str, weights: Any) -> None:
    X, y = DATA[kind]
    one, two = (make(kind, **SOLVERS[solver]).fit(X, y, weights) for make in (ours, theirs))
    assert_equal(one, two, X)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh"])
@pytest.mark.parametrize(
    ("kind", "data", "options"),
    [
        ("MLPClassifier", TUMOURS, {}),
        ("MLPClassifier", LABELS, {"hidden_layer_sizes": (8, 6)}),
        ("MLPRegressor", COUNTS, {"loss": "poisson"}),
        ("MLPClassifier", TUMOURS, {"early_stopping": True}),
        ("MLPClassifier", (DIGITS[0].astype(np.float32), DIGITS[1]), {"shuffle": False}),
        ("MLPClassifier", (sparse.csr_array(DIGITS[0]), DIGITS[1]), {}),
        ("MLPClassifier", (DIGITS[0], DIGITS[1].astype(str)), {"max_iter": 2}),
    ],
    ids=["two classes", "labels", "counts", "stratified", "float32", "sparse", "names"],
)
def test_any_data(kind: str, data: Any, options: dict[str, Any], activation: str) -> None:
    X, y = data
    one, two = (make(kind, activation=activation, **options).fit(X, y) for make in (ours, theirs))
    assert one.predict(X).dtype == two.predict(X).dtype
    if y.dtype.kind == "U" or X.dtype == np.float32:
        np.testing.assert_allclose(one.loss_curve_, two.loss_curve_, rtol=1e-4)
        assert one.coefs_[0].dtype == X.dtype
        assert one.predict_proba(X).dtype == X.dtype
        assert np.mean(one.predict(X) == two.predict(X)) > 0.99
    else:
        assert_equal(one, two, X)


def test_several_outputs_have_the_weights_of_scikit_learn() -> None:
    X, y = TARGETS
    one, two = (make("MLPRegressor").fit(X, y) for make in (ours, theirs))
    np.testing.assert_allclose(one.predict(X), two.predict(X), rtol=1e-8)


@each_kind
def test_more_fits_go_on_as_those_of_scikit_learn(kind: str) -> None:
    X, y = DATA[kind]
    warm = [make(kind, warm_start=True, max_iter=3) for make in (ours, theirs)]
    parts = [make(kind) for make in (ours, theirs)]
    more = {"classes": np.unique(y)} if kind == "MLPClassifier" else {}
    for _ in range(3):
        one, two = (estimator.fit(X, y) for estimator in warm)
        assert_equal(one, two, X)
        one, two = (estimator.partial_fit(X[:100], y[:100], **more) for estimator in parts)
        assert_equal(one, two, X)
    assert len(warm[0].loss_curve_) == 9


@each_kind
def test_parameters_and_their_defaults_are_those_of_scikit_learn(kind: str) -> None:
    found, expected = (getattr(package, kind)().get_params() for package in (nn, neural_network))
    assert expected.items() <= found.items()


# What scikit-learn's own refuse


def test_dropout_and_normalisation_act_in_training_only() -> None:
    X, y = DIGITS
    model = ours("MLPClassifier", dropout=0.5, batch_norm=True, hidden_layer_sizes=(16, 8)).fit(X, y)
    kinds = [type(layer).__name__ for layer in model.module_]
    assert kinds == [*["Linear", "BatchNorm1d", "ReLU", "Dropout"] * 2, "Linear"]
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))
    np.testing.assert_allclose(model.predict_proba(X[:5]), model.predict_proba(X)[:5])
    again = clone(model).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert clone(model).set_params(random_state=1).fit(X, y).loss_ != model.loss_


def test_a_batch_of_one_row_is_not_normalised_alone() -> None:
    X, y = DIGITS
    model = ours("MLPClassifier", batch_norm=True, batch_size=64).fit(X[:129], y[:129])
    assert np.isfinite(model.loss_)


def test_each_layer_has_its_activation_and_its_share() -> None:
    prelu = nn.PReLU(init=0.1)
    kinds = ["tanh", nn.ELU, np.sin, prelu]
    model = ours(
        "MLPRegressor", hidden_layer_sizes=(5, 4, 3, 2), activation=kinds, dropout=[0, 0.2, 0, 0],
        batch_norm=[True, False, False, False],
    ).fit(*DIABETES)  # fmt: skip
    found = [layer for layer in model.module_ if not isinstance(layer, nn.Linear)]
    assert [type(layer) for layer in found[:4]] == [nn.BatchNorm1d, nn.Tanh, nn.ELU, nn.Dropout]
    assert found[4] is np.sin
    assert prelu.weight.data == 0.1  # a module that was given is not trained, but its copy is
    assert found[5].weight.data != 0.1


def test_no_hidden_layer_is_a_linear_model() -> None:
    X, y = DIABETES
    model = ours("MLPRegressor", hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, tol=1e-9, max_iter=500)
    expected = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)[0]
    np.testing.assert_allclose(model.fit(X, y).predict(X), np.c_[X, np.ones(len(X))] @ expected, atol=1e-4)


@pytest.mark.parametrize("data", [DIGITS, TUMOURS], ids=["ten classes", "two classes"])
def test_a_loss_of_ones_own_is_that_of_logits_and_classes(data: Any) -> None:
    X, y = data
    models = [
        ours("MLPClassifier", loss=loss, learning_rate_init=0.01, max_iter=30).fit(X, y, weights)
        for loss, weights in [
            (nn.CrossEntropyLoss(), None),
            (nn.CrossEntropyLoss(reduction="none"), np.ones(len(y))),
            (lambda logits, classes: F.nll_loss(F.log_softmax(logits, 1), classes), None),
        ]
    ]
    for model in models[1:]:
        np.testing.assert_allclose(model.loss_curve_, models[0].loss_curve_)
    assert models[0].n_outputs_ == len(np.unique(y))
    assert models[0].score(X, y) > 0.95


def test_a_loss_of_ones_own_for_labels() -> None:
    X, y = LABELS
    one = ours("MLPClassifier", loss=nn.BCEWithLogitsLoss(), alpha=0.0).fit(X, y)
    two = ours("MLPClassifier", loss=F.binary_cross_entropy_with_logits, alpha=0.0).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert one.predict(X).shape == y.shape
    assert one.set_params(max_iter=300).fit(X, y).score(X, y) > 0.9


def test_a_loss_of_several_numbers_a_row_is_averaged_with_the_weights() -> None:
    X, y = TARGETS
    every = {"batch_size": 250, "shuffle": False, "alpha": 0.0}
    one = ours("MLPRegressor", **every).fit(X, y, WEIGHTS)
    two = ours("MLPRegressor", loss=nn.MSELoss(reduction="none"), **every).fit(X, y, WEIGHTS)
    np.testing.assert_allclose(one.loss_curve_[0], two.loss_curve_[0])  # half the sum over two outputs


@pytest.mark.parametrize("data", [DIGITS, TUMOURS], ids=["ten classes", "two classes"])
def test_weights_of_classes_are_weights_of_their_rows(data: Any) -> None:
    X, y = data
    weights = WEIGHTS * compute_sample_weight("balanced", y)
    one = ours("MLPClassifier", class_weight="balanced").fit(X, y, WEIGHTS)
    two = ours("MLPClassifier").fit(X, y, weights)
    np.testing.assert_allclose(one.predict_proba(X), two.predict_proba(X), rtol=1e-6, atol=1e-9)
    three = ours("MLPClassifier", class_weight=dict.fromkeys(np.unique(y), 1.0)).fit(X, y)
    np.testing.assert_allclose(three.loss_curve_, ours("MLPClassifier").fit(X, y).loss_curve_)


@pytest.mark.parametrize("name", ["a", 7, True])
def test_one_class_is_predicted(name: Any) -> None:
    X, _ = DIGITS
    assert set(ours("MLPClassifier").fit(X, [name] * len(X)).predict(X)) == {name}


@each_kind
@pytest.mark.parametrize("hidden", [(), (3,)])
def test_sparse_rows_do_not_become_dense(kind: str, hidden: tuple[int, ...]) -> None:
    X = sparse.random(3000, 4000, density=0.001, format="csr", rng=0)
    model = ours(kind, hidden_layer_sizes=hidden, max_iter=1, batch_size=50).fit(X[:50], np.arange(50) % 2)
    tracemalloc.start()
    predicted = model.predict(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.shape[0] * X.shape[1]  # bytes, where dense rows take eight times as many
    np.testing.assert_allclose(predicted, model.predict(X.toarray()))


@pytest.mark.parametrize("maximize", [False, True])
def test_an_optimiser_of_joined_parameters_does_what_sgd_does(maximize: bool) -> None:
    start = [np.ones((2, 3), order="F"), np.array([1.0, 2.0]), np.array(3.0)]
    ours, theirs = ([nn.Parameter(array) for array in start] for _ in range(2))
    joined = MomentumSGD(ours, lr=0.1, momentum=0.9, nesterov=False)
    joined.param_groups[0]["maximize"] = maximize
    sgd = nn.optim.SGD(theirs, lr=0.1, momentum=0.9, maximize=maximize)
    for _ in range(3):
        for optimiser, (v, w, unused) in (joined, ours), (sgd, theirs):
            optimiser.zero_grad()
            (np.sum(v**2) * np.sum(w)).backward()
            optimiser.step()
            assert unused.item() == 3
        joined.load_state_dict(copy.deepcopy(joined.state_dict()))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.data, other.data, rtol=1e-12)


def test_any_optimiser_and_schedule() -> None:
    X, y = DIGITS
    one = ours("MLPClassifier", solver=nn.optim.SGD, alpha=0.0).fit(X, y)
    two = ours("MLPClassifier", solver="sgd", momentum=0.0, alpha=0.0).fit(X, y)
    np.testing.assert_allclose(one.loss_curve_, two.loss_curve_)
    halving = partial(nn.optim.lr_scheduler.ExponentialLR, gamma=0.5)
    model = ours("MLPClassifier", solver=partial(nn.optim.AdamW, weight_decay=0.1), learning_rate=halving)
    np.testing.assert_allclose(model.fit(X, y).history_["lr"], 0.001 * 0.5 ** np.arange(8))


@pytest.mark.parametrize("score", ["early_stopping", None])
def test_curves_of_training_and_validation(score: str | None) -> None:
    X, y = DIGITS
    model = ours("MLPClassifier", early_stopping=bool(score), max_iter=20).fit(X, y, WEIGHTS)
    assert len(model.loss_curve_) == model.n_iter_
    if score is None:
        assert model.validation_loss_curve_ is model.validation_scores_ is None
        return
    assert len(model.validation_loss_curve_) == len(model.validation_scores_) == model.n_iter_
    assert model.validation_loss_curve_[-1] < model.validation_loss_curve_[0]
    best = max(model.validation_scores_)
    assert model.best_validation_score_ == best
    assert list(model.history_.columns) == ["loss", "score", "val_loss", "val_score", "lr", "seconds"]


class Course(nn.Callback):
    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_epoch_end(self, training: Any) -> bool:
        self.losses.append(training.history["loss"][-1])
        return len(self.losses) == 3


def test_callbacks_see_training_and_end_it() -> None:
    course = Course()
    model = ours("MLPClassifier", alpha=0.0, callbacks=[course]).fit(*DIGITS)
    assert course.losses == model.loss_curve_
    assert model.n_iter_ == 3
    assert model.history_.ended == "stopped by Course after epoch 3"
    copied = clone(model)  # with callbacks of its own
    assert copied.callbacks[0] is not course


class Interrupted(nn.Callback):
    def on_batch_end(self, training: Any) -> None:
        if training.epoch == 2:
            raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_learned() -> None:
    model = ours("MLPClassifier", callbacks=[Interrupted()])
    with pytest.warns(UserWarning, match="interrupted"):
        model.fit(*DIGITS)
    assert model.n_iter_ == 2
    assert model.predict(DIGITS[0]).shape == DIGITS[1].shape


def convolutional(inputs: int, outputs: int, rng: np.random.Generator) -> nn.Module:
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 4, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(36, outputs, rng=rng),
    )  # fmt: skip


def test_a_network_of_ones_own() -> None:
    X, y = DIGITS
    model = ours("MLPClassifier", module=convolutional, max_iter=30, learning_rate_init=0.01).fit(X, y)
    assert model.score(X, y) > 0.95
    assert [w.shape for w in model.coefs_] == [(36, 10)]
    assert model.n_layers_ == 2
    np.testing.assert_array_equal(clone(model).fit(X, y).loss_curve_, model.loss_curve_)


@each_kind
def test_a_fitted_estimator_can_be_pickled_and_goes_on(kind: str) -> None:
    X, y = DATA[kind]
    model = ours(kind, dropout=0.1, batch_norm=True, activation=[nn.PReLU()]).fit(X, y)
    assert all(parameter.grad is None for parameter in model.module_.parameters())
    for copied in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(copied.predict(X), model.predict(X))
        copied.partial_fit(X, y)
        assert copied.loss_ != model.loss_
        assert len(copied.loss_curve_) == len(model.loss_curve_) + 1


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_the_state_of_a_solver_is_that_of_each_parameter(solver: str) -> None:
    model = ours("MLPClassifier", solver=solver).fit(*DIGITS)
    optimiser, parameters = model._optimiser, list(model.module_.parameters())
    state = optimiser.state_dict()["state"]
    for kept, parameter in zip(state, parameters, strict=True):
        arrays = [value for value in kept.values() if isinstance(value, np.ndarray)]
        assert arrays
        assert all(array.shape == parameter.shape for array in arrays)
        assert all(np.any(array) for array in arrays)
    fresh = clone(model).fit(*DIGITS)
    fresh._optimiser = fresh._new_optimiser()
    fresh._optimiser.load_state_dict(optimiser.state_dict())
    for estimator in model, fresh:
        estimator.partial_fit(*DIGITS)
    np.testing.assert_array_equal(fresh.loss_curve_, model.loss_curve_)
    np.testing.assert_array_equal(fresh.coefs_[0], model.coefs_[0])


def test_a_parameter_without_a_gradient_stays() -> None:
    class Half(nn.Module):
        def __init__(self, inputs: int, outputs: int, rng: np.random.Generator) -> None:
            self.used = nn.Linear(inputs, outputs, rng=rng)
            self.idle = nn.Linear(2, 3, rng=0)

        def forward(self, x: Any) -> Any:
            return self.used(x)

    model = ours("MLPClassifier", module=Half).fit(*DIGITS)
    np.testing.assert_array_equal(model.module_.idle.weight.data, nn.Linear(2, 3, rng=0).weight.data)


def test_epochs_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model = ours("MLPClassifier", verbose=True, max_iter=2, early_stopping=True).fit(*DIGITS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Iteration 1, loss = {model.loss_curve_[0]:.8f}"
    assert lines[1] == f"Validation score: {model.validation_scores_[0]:f}"
    assert len(lines) == 4


# Bad input

REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"alpha": -1.0}, ValueError, "alpha == -1.0, must be >= 0"),
    ({"max_iter": 1.5}, TypeError, "max_iter must be an instance of int"),
    ({"batch_size": 0}, ValueError, "batch_size == 0, must be >= 1"),
    ({"solver": "newton"}, ValueError, "solver: expected one of 'lbfgs', 'sgd', 'adam'.*'newton'"),
    ({"learning_rate": "fast"}, ValueError, "learning_rate: expected one of 'constant'.*'fast'"),
    ({"activation": "step"}, ValueError, "activation: expected one of 'identity'.*'step'"),
    ({"activation": ["tanh", "relu"]}, ValueError, r"activation: .* or a list of 1, one for each, got"),
    ({"dropout": 1.5}, ValueError, "1.5"),
    ({"hidden_layer_sizes": (5, 0)}, ValueError, "hidden_layer_sizes: expected a whole number from 1, got 0"),
    ({"hidden_layer_sizes": (2.5,)}, ValueError, "hidden_layer_sizes: expected a whole number from 1"),
    ({"loss": "hinge"}, ValueError, "loss: expected one of .*'hinge'"),
    ({"loss": nn.CrossEntropyLoss}, TypeError, "loss: expected a function or a module.*CrossEntropyLoss"),
    ({"module": nn.Linear(64, 10)}, TypeError, "module: expected a function that makes a module"),
    ({"module": lambda inputs, outputs, rng: None}, TypeError, "module: expected a function"),
    ({"solver": "lbfgs", "callbacks": [Course()]}, ValueError, "callbacks: expected none for solver='lbfgs'"),
    ({"callbacks": Course()}, TypeError, r"callbacks: expected a list of them, got one.*\[callback\]"),
    ({"validation_fraction": 0.001, "early_stopping": True}, ValueError, "validation"),
    ({"solver": "sgd", "learning_rate_init": 1e9, "activation": "identity"}, FloatingPointError, "loss is"),
]


@pytest.mark.parametrize(("parameters", "error", "words"), REFUSED, ids=map(str, range(len(REFUSED))))
@each_kind
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_bad_parameters_are_refused(kind: str, parameters: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        ours(kind, **parameters).fit(*DATA[kind])


@pytest.mark.parametrize(
    "outputs", [lambda x: x[:, 0], lambda x: np.concatenate([x, x], 1)], ids=["no column", "two columns"]
)
def test_a_network_of_ones_own_gives_the_outputs_asked_for(outputs: Any) -> None:
    class Network(nn.Linear):
        def forward(self, x: Any) -> Any:
            return outputs(super().forward(x))

    model = ours("MLPClassifier", module=lambda inputs, n, rng: Network(inputs, n, rng=rng))
    with pytest.raises(ValueError, match=r"module: expected outputs of shape \(64, 1\), got \(64"):
        model.fit(*TUMOURS)


def test_bad_data_is_refused() -> None:
    X, y = DIGITS
    with pytest.raises(TypeError, match=r"loss: expected one number for each row.*reduction='none'"):
        ours("MLPClassifier", loss=nn.CrossEntropyLoss()).fit(X, y, WEIGHTS)
    with pytest.raises(ValueError, match="classes: expected all classes at the first call"):
        ours("MLPClassifier").partial_fit(X, y)
    model = ours("MLPClassifier").partial_fit(X, y, classes=np.arange(10))
    with pytest.raises(ValueError, match="classes: expected those of the calls before"):
        model.partial_fit(X, y, classes=np.arange(11))
    with pytest.raises(ValueError, match="y: expected classes of the fit before"):
        model.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="y: expected classes of the fit before"):
        ours("MLPClassifier", warm_start=True).fit(X, y).fit(X, y % 2)
    with pytest.raises(ValueError, match="early_stopping: expected False for partial_fit"):
        ours("MLPClassifier", early_stopping=True).partial_fit(X, y, classes=np.arange(10))
    with pytest.raises(ValueError, match="y: expected numbers from 0 for loss='poisson'"):
        ours("MLPRegressor", loss="poisson").fit(X, y - 5.0)
    assert not hasattr(ours("MLPClassifier", solver="lbfgs"), "partial_fit")
    with pytest.warns(UserWarning, match="batch_size: expected at most 250"):
        ours("MLPClassifier", batch_size=1000).fit(X, y)


def test_the_end_without_convergence_is_a_warning() -> None:
    with pytest.warns(ConvergenceWarning, match="max_iter=8 epochs"):
        ours("MLPClassifier").fit(*DIGITS)
    with pytest.warns(ConvergenceWarning, match="lbfgs did not converge"):
        ours("MLPClassifier", solver="lbfgs").fit(*DIGITS)


# How they are found

ROOT = Path(__file__).parent.parent


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_import_loads_neither_them_nor_scikit_learn() -> None:
    shown = "print('sklearn' in sys.modules, 'nn.estimators' in sys.modules)"
    assert run(f"import sys, nn; from nn import *; {shown}; nn.MLPClassifier; {shown}").split() == [
        "False", "False", "True", "True",
    ]  # fmt: skip


def test_without_scikit_learn_the_error_names_the_extra() -> None:
    attempt = "try: nn.MLPRegressor\nexcept ImportError as error: print(error)"
    assert "pip install 'chainrule[train]'" in run(
        f"import sys, nn; sys.modules['sklearn'] = None\n{attempt}"
    )
