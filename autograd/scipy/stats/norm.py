"""The normal distribution of mean ``loc`` and standard deviation ``scale``."""

import math
from typing import Any

import numpy as np
from scipy.special import log_ndtr, ndtr

from autograd.derivatives.constants import value_of
from autograd.numpy import asarray


def _standard(x: Any, loc: Any, scale: Any) -> Any:
    scale = asarray(scale)
    return (asarray(x) - asarray(loc)) / np.where(value_of(scale) > 0, scale, np.nan)


def logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of the density.

    Example:
        >>> grad(logpdf, argnums=(0, 1, 2))(1.0, 0.0, 2.0)
        (np.float64(-0.25), np.float64(0.25), np.float64(-0.375))
    """
    return -(_standard(x, loc, scale) ** 2) / 2 - np.log(asarray(scale)) - math.log(2 * math.pi) / 2


def pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the density."""
    return np.exp(logpdf(x, loc, scale))


def cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the probability of a value below ``x``."""
    return ndtr(_standard(x, loc, scale))


def logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of that probability."""
    return log_ndtr(_standard(x, loc, scale))


def sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the probability of a value above ``x``."""
    return ndtr(_standard(loc, x, scale))


def logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Compute the logarithm of that probability."""
    return log_ndtr(_standard(loc, x, scale))
