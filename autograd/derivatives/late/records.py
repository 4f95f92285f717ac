"""Structured arrays. This chapter is loaded when a Tensor first meets one of their functions."""

from numpy.lib import recfunctions

from autograd.derivatives.table import refused

refused(
    "its arrays are structured; keep fields in a dict, and use np.stack or np.concatenate to join them",
    *filter(None, map(recfunctions.__dict__.get, recfunctions.__all__)),
)
