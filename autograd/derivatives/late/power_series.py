"""``numpy.polynomial.polynomial``: series in powers of two variables, the lowest powers first."""

from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from autograd.derivatives.table import definition


# fmt: off
def _powers(x: Any, n: int) -> Any:
    return np.vander(np.ravel(x), n, increasing=True)

def _series(subscripts: str, shape: tuple[int, ...], x: Any, y: Any, c: Any) -> Any:
    rows, columns, *rest = np.shape(c)
    return np.reshape(np.einsum(subscripts, c, _powers(x, rows), _powers(y, columns)), (*rest, *shape))

definition(polynomial.polyval2d,  lambda x, y, c: _series("ij...,pi,pj->...p", np.shape(x), x, y, c))
definition(polynomial.polygrid2d, lambda x, y, c: _series("ij...,pi,qj->...pq", np.shape(x) + np.shape(y), x, y, c))
# fmt: on
