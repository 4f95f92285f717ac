"""Functions that NumPy writes in Python through others of this table: its own text is their definition."""

import inspect

import numpy as np

from autograd.derivatives.table import definition

# fmt: off
_SINCE_NUMPY_2_1 = ("cumulative_sum", "cumulative_prod", "unstack")
_FUNCTIONS = [
    np.split, np.vsplit, np.hsplit, np.dsplit, np.dstack, np.rollaxis, np.extract,
    np.amax, np.amin, np.ptp, np.union1d, np.setxor1d, np.unique_all, np.unique_counts, np.unique_inverse,
    np.polyadd, np.polysub, np.linalg.matmul, np.linalg.tensordot, np.linalg.vecdot, np.linalg.svdvals,
    np.linalg.matrix_transpose, np.linalg.diagonal, np.linalg.trace,
    *(getattr(np, name) for name in _SINCE_NUMPY_2_1 if hasattr(np, name)),
]
for _function in _FUNCTIONS:
    definition(_function, inspect.unwrap(_function))
