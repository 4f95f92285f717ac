"""The error function, which NumPy lacks, and GELU, which is made of it."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd import derivative, primitive

# For x from 0 to 6, erf(x) is 1 - exp(-x q(x)), where q(x) = -log(1 - erf(x)) / x is nearly a quotient of two
# polynomials. By falling powers; found by least squares over 60 digits, and right to 7e-17 of q. All are positive,
# so that nothing cancels. One formula for all x has no branches, over which NumPy is slow.
# fmt: off
_OVER = (7.611590077056027e-06, 0.0003871112561085996, 0.006480216671417269, 0.054051208881695276, 0.2721935853860306,
         0.8991840899706142, 2.0012841102682253, 2.9476506264949953, 2.649510430914106, 1.1283791670955126)
_UNDER = (7.611964028942514e-06, 0.00038702786685664405, 0.00643957831189895, 0.0525635793097516, 0.2529671775389073,
          0.7734556399754978, 1.5147621745100217, 1.7838778995962459, 1.0)
# fmt: on
_AT_ONCE = 2**14  # elements: what stays in the cache


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """Compute as ``np.polyval`` does, in place."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


@primitive
def erf(x: Any) -> Any:
    """Compute the error function 2/√π ∫₀ˣ exp(-t²) dt, to a few roundings.

    Example:
        >>> erf(np.array([-np.inf, 0.0, 1.0]))
        array([-1.        ,  0.        ,  0.84270079])
    """
    x = np.asarray(x)
    dtype = np.result_type(x, 1.0)
    with np.nditer(
        [x, None],
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[["readonly"], ["writeonly", "allocate"]],
        op_dtypes=[np.promote_types(dtype, np.float32), dtype],
        casting="same_kind",
        buffersize=_AT_ONCE,
    ) as parts:
        for part, out in parts:
            size = np.minimum(np.abs(part), 6)  # above, erf is 1
            quotient = _polynomial(_OVER, size) / _polynomial(_UNDER, size)
            out[...] = np.copysign(np.expm1(-size * quotient), part)
        return parts.operands[1][()]


derivative(erf, lambda g, x: g * np.exp(-x * x) * (2 / math.sqrt(math.pi)), bounded=True)


def _below(x: Any) -> Any:
    """Compute Φ(x), the part of the normal distribution that is below x."""
    return 0.5 * (1 + erf(x * math.sqrt(0.5)))


def _gelu(x: Any) -> tuple[Any, Any]:
    """Compute the result, and Φ(x) for its derivative."""
    part = _below(x)
    return x * part, part


@partial(primitive, known_as="gelu")
def exact_gelu(x: Any) -> Any:
    """Compute x Φ(x). Its derivative is Φ(x) + x φ(x), with the normal density φ(x) = exp(-x²/2) / √(2π)."""
    return _gelu(x)[0]


derivative(
    exact_gelu,
    lambda g, x, residual: g * (residual + x * np.exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))),
    forward=_gelu,
    residual=_below,
)
