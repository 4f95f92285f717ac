"""The classifiers of scikit-learn and of ours: many epochs of the digits, with the same parameters."""

import warnings
from typing import Any

import numpy as np

from tests.benchmarks.workloads.workload import Problem, Step, Workload

EPOCHS = 40


def problem() -> Problem:
    """All digits, in float32, which both classifiers keep."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return Problem((x / 16).astype(np.float32), y, {}, learning_rate=0.001)


def fits(classifier: Any, problem: Problem) -> Step:
    """A fit with scikit-learn's defaults, which draw the same initial weights and orders in both."""
    from sklearn.exceptions import ConvergenceWarning

    estimator = classifier(
        learning_rate_init=problem.learning_rate, max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=0
    )

    def step() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(problem.x, problem.y)
        return np.float64(estimator.loss_)

    return step


def sklearn_step(problem: Problem) -> Step:
    """scikit-learn's own."""
    from sklearn.neural_network import MLPClassifier

    return fits(MLPClassifier, problem)


def chainrule_step(problem: Problem) -> Step:
    """Ours."""
    from nn import MLPClassifier

    return fits(MLPClassifier, problem)


DIGITS_FIT = Workload(
    name="digits-fit",
    description=f"MLPClassifier: {EPOCHS} epochs of 64-100-10 ReLU, Adam, batch 200",
    problem=problem,
    sides={"sklearn": sklearn_step, "chainrule": chainrule_step},
    bars={"sklearn": 0.60},
    tolerance=1e-4,
)
