"""The normal distribution of mean ``loc`` and standard deviation ``scale``."""

import math
from typing import Any

import numpy as np
from scipy.special import log_ndtr, ndtr


def logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of the density.

    Example:
        >>> grad(logpdf, argnums=(0, 1, 2))(1.0, 0.0, 2.0)
        (np.float64(-0.25), np.float64(0.25), np.float64(-0.375))
    """
    return -(((x - loc) / scale) ** 2) / 2 - np.log(scale) - math.log(2 * math.pi) / 2


def pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the density."""
    return np.exp(logpdf(x, loc, scale))


def cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the probability of a value below ``x``."""
    return ndtr((x - loc) / scale)


def logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of that probability."""
    return log_ndtr((x - loc) / scale)


def sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the probability of a value above ``x``."""
    return ndtr((loc - x) / scale)


def logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of that probability."""
    return log_ndtr((loc - x) / scale)
