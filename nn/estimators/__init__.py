"""Estimators: networks with the methods of scikit-learn, for its pipelines, searches and scores."""

try:
    import sklearn  # noqa: F401
except ImportError as error:
    raise ImportError(
        "MLPClassifier and MLPRegressor need scikit-learn; install it with: pip install 'chainrule[train]'"
    ) from error

from nn.estimators.classifier import MLPClassifier
from nn.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
