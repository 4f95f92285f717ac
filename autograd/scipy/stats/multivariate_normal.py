"""The normal distribution of vectors, of mean ``mean`` and covariance matrix ``cov``.

A number in the place of ``cov`` is the variance along each axis, a vector those along the axes.
"""

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.numpy import asarray


def _matrix(mean: Any, cov: Any) -> Any:
    """Return the covariance as a matrix.

    Raises:
        LinAlgError: it is not positive definite.
    """
    cov = asarray(cov)
    if cov.ndim < 2:
        cov = cov * np.eye(np.size(value_of(asarray(mean))))
    np.linalg.cholesky(value_of(cov))
    return cov


def logpdf(x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """Compute the logarithm of the density at vectors along the last axis of ``x``.

    Raises:
        LinAlgError: the covariance matrix is not positive definite.

    Example:
        >>> grad(logpdf)(np.array([1.0, 2.0]), np.zeros(2), np.eye(2))
        array([-1., -2.])
    """
    cov, x = _matrix(mean, cov), asarray(x)
    if len(cov) == 1 and x.ndim < 2:
        x = x[..., None]
    centred = x - asarray(mean)
    columns = np.reshape(centred, (-1, len(cov))).T
    squares = np.reshape(np.sum(columns * np.linalg.solve(cov, columns), axis=0), centred.shape[:-1])
    return -(np.squeeze(squares) + np.linalg.slogdet(cov)[1] + len(cov) * math.log(2 * math.pi)) / 2


def pdf(x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """Compute the density."""
    return np.exp(logpdf(x, mean, cov))


def entropy(mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """Compute the entropy in nats, which the mean does not change.

    Example:
        >>> entropy(np.zeros(1), np.eye(1))
        np.float64(1.4189385332046727)
    """
    cov = _matrix(mean, cov)
    return (len(cov) * (1 + math.log(2 * math.pi)) + np.linalg.slogdet(cov)[1]) / 2
