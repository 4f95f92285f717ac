"""``scipy.special``, whose ufuncs take Tensors, with a ``logsumexp`` that does so too.

Example:
    >>> import autograd.scipy.special as special
    >>> grad(special.expit)(0.0)
    np.float64(0.25)
"""

from typing import Any

import numpy as np
from scipy import special

from autograd.derivatives.constants import value_of


def __getattr__(name: str) -> Any:
    """Find what SciPy has."""
    return getattr(special, name)


def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: bool = False
) -> Any:
    """Compute log Σ b exp(a) along axes, without overflow.

    With ``return_sign``, which a negative sum needs: the logarithm of its size, and its sign. What has
    the weight 0 adds nothing, be it infinite or NaN.

    Example:
        >>> logsumexp([1000.0, 1000.0])
        np.float64(1000.6931471805599)
        >>> grad(logsumexp)(np.array([1000.0, 1000.0]))
        array([0.5, 0.5])
        >>> value, sign = logsumexp([0.0, 1.0], b=[1.0, -1.0], return_sign=True)
        >>> sign * np.exp(value), 1 - np.e
        (np.float64(-1.7182818284590453), -1.718281828459045)
    """
    b = 1.0 if b is None else b
    top = np.max(np.where(np.equal(b, 0), -np.inf, value_of(a)), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    power = a - top
    lost = np.equal(b, 0) & ~np.less(power, np.log(np.finfo(power.dtype).max))  # 0 times infinity
    total = np.sum(b * np.exp(np.where(lost, -np.inf, power)), axis=axis, keepdims=keepdims)
    with np.errstate(divide="ignore"):
        value = np.log(np.abs(total) if return_sign else total) + np.reshape(top, np.shape(total))
    return (value, np.sign(total)) if return_sign else value
