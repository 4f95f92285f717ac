"""The error function, which NumPy lacks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import derivative, primitive

# Rational functions in x² for |x| below 15/32, and in |x| above; by falling powers (W. J. Cody,
# Rational Chebyshev approximations for the error function, 1969).
# fmt: off
_LOW = (0.185777706184603153, 3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947)
_LOW_UNDER = (1, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062)
_HIGH = (2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131,
         881.952221241769090, 1712.04761263407058, 2051.07837782607147, 1230.33935479799725)
_HIGH_UNDER = (1, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019,
               3290.79923573345963, 4362.61909014324716, 3439.36767414372164, 1230.33935480374942)
# fmt: on


@primitive
def erf(x: Any) -> Any:
    """Compute the error function 2/√π ∫₀ˣ exp(-t²) dt, to the rounding of float64.

    Example:
        >>> erf(np.array([-np.inf, 0.0, 1.0]))
        array([-1.        ,  0.        ,  0.84270079])
    """
    size = np.minimum(np.abs(x), 6.0, dtype=float)  # above, erf is 1
    square = np.minimum(size, 0.5) ** 2
    low = size * (np.polyval(_LOW, square) / np.polyval(_LOW_UNDER, square))
    high = 1 - np.exp(-size * size) * (np.polyval(_HIGH, size) / np.polyval(_HIGH_UNDER, size))
    return np.copysign(np.where(size < 15 / 32, low, high), x).astype(np.result_type(x, 1.0))


derivative(erf, lambda g, x: g * np.exp(-x * x) * (2 / math.sqrt(math.pi)), bounded=True)
