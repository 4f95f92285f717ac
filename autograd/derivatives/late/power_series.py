"""``numpy.polynomial.polynomial``: series in powers of two variables, the lowest powers first."""

from functools import reduce
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from autograd.derivatives.table import definition


# fmt: off
def _along(c: Any, x: Any) -> Any:
    return np.reshape(c, (*np.shape(c), *np.ones(np.ndim(x), int)))

def _horner(c: Any, x: Any) -> Any:
    return reduce(lambda total, coefficient: total * x + coefficient, c[-2::-1], c[-1] + np.zeros_like(x))

if hasattr(polynomial.polyval2d, "_implementation"):  # later than NumPy 2.0
    definition(polynomial.polyval2d,  lambda x, y, c: _horner(_horner(_along(c, x), x), y))
    definition(polynomial.polygrid2d, lambda x, y, c: _horner(_along(_horner(_along(c, x), x), y), y))
if hasattr(polynomial, "polyvalnd"):  # since NumPy 2.5
    definition(polynomial.polyvalnd, lambda pts, c: reduce(_horner, pts, _along(c, pts[0])))
# fmt: on
