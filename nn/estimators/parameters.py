"""Parameters: what is accepted for those that both estimators have."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from sklearn.utils import check_scalar

from nn.training import Callback

# What may also be a class or function, and what is known by name.
NAMED = {
    "solver": ("lbfgs", "sgd", "adam"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
}

# The kind, the lowest and the highest value, and which of both are allowed.
RANGES: dict[str, tuple[type, float | None, float | None, str]] = {
    "alpha": (Real, 0, None, "left"),
    "learning_rate_init": (Real, 0, None, "neither"),
    "power_t": (Real, 0, None, "left"),
    "max_iter": (Integral, 1, None, "left"),
    "tol": (Real, 0, None, "left"),
    "momentum": (Real, 0, 1, "both"),
    "validation_fraction": (Real, 0, 1, "left"),
    "beta_1": (Real, 0, 1, "left"),
    "beta_2": (Real, 0, 1, "left"),
    "epsilon": (Real, 0, None, "neither"),
    "n_iter_no_change": (Real, 1, None, "left"),
    "max_fun": (Integral, 1, None, "left"),
}


def check_parameters(estimator: Any) -> None:
    """Refuse parameters of a wrong kind, or out of their ranges.

    Raises:
        ValueError: one is out of its range, or no known name.
        TypeError: one is of a wrong kind.
    """
    for name, (kind, low, high, allowed) in RANGES.items():
        value = getattr(estimator, name)
        check_scalar(value, name, kind, min_val=low, max_val=high, include_boundaries=allowed)
    if estimator.batch_size != "auto":
        check_scalar(estimator.batch_size, "batch_size", Integral, min_val=1)
    for name, known in NAMED.items():
        _check_name(name, getattr(estimator, name), known)
    _check_name("loss", estimator.loss, tuple(estimator._losses))
    if isinstance(estimator.loss, type):
        fix = f"the usual fix is {estimator.loss.__name__}()"
        raise TypeError(f"loss: expected a function or a module, got {estimator.loss!r}; {fix}")
    if isinstance(estimator.callbacks, Callback):
        raise TypeError("callbacks: expected a list of them, got one; the usual fix is [callback]")
    if estimator.solver == "lbfgs" and estimator.callbacks:
        raise ValueError("callbacks: expected none for solver='lbfgs', which has no epochs; use 'adam'")


def _check_name(name: str, value: Any, known: tuple[str, ...]) -> None:
    if not callable(value) and value not in known:
        names = ", ".join(map(repr, known))
        raise ValueError(f"{name}: expected one of {names}, or a class or function, got {value!r}")
