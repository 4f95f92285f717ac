"""The normal distribution of vectors, of mean ``mean`` and covariance matrix ``cov``."""

import math
from typing import Any

import numpy as np


def logpdf(x: Any, mean: Any, cov: Any) -> Any:
    """Compute the logarithm of the density at vectors along the last axis of ``x``.

    Example:
        >>> grad(logpdf)(np.array([1.0, 2.0]), np.zeros(2), np.eye(2))
        array([-1., -2.])
    """
    centred = np.moveaxis(x - mean, -1, 0)
    columns = np.reshape(centred, (len(cov), -1))
    squares = np.reshape(np.sum(columns * np.linalg.solve(cov, columns), axis=0), np.shape(centred)[1:])
    return -(squares + np.linalg.slogdet(cov)[1] + len(cov) * math.log(2 * math.pi)) / 2


def pdf(x: Any, mean: Any, cov: Any) -> Any:
    """Compute the density."""
    return np.exp(logpdf(x, mean, cov))


def entropy(mean: Any, cov: Any) -> Any:
    """Compute the entropy in nats, which the mean does not change.

    Example:
        >>> entropy(np.zeros(1), np.eye(1))
        np.float64(1.4189385332046727)
    """
    return (len(cov) * (1 + math.log(2 * math.pi)) + np.linalg.slogdet(cov)[1]) / 2
