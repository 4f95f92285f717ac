"""Structured arrays. NumPy loads its masked arrays with them, which takes as long as a third of autograd."""

from numpy.lib import recfunctions

from autograd.derivatives.table import refused

refused(
    "its arrays are structured; keep fields in a dict, and use np.stack or np.concatenate to join them",
    *(f for f in vars(recfunctions).values() if hasattr(f, "_implementation")),
)
