"""Strings. This chapter is loaded when a Tensor first meets one of their functions."""

from __future__ import annotations

from numpy._core import defchararray, strings

from autograd.derivatives.table import TABLE, constant

_BOTH = (*vars(defchararray).values(), *vars(strings).values())
constant(*(f for f in _BOTH if hasattr(f, "_implementation") and f not in TABLE))
