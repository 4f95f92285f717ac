"""Functions whose derivative is zero or undefined by nature: their results are plain arrays."""

from __future__ import annotations

import numpy as np

from autograd.derivatives.table import constant

# Comparisons and logic
constant(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
constant(np.logical_and, np.logical_or, np.logical_xor, np.logical_not)
constant(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift)
constant(np.isnan, np.isinf, np.isfinite, np.signbit, np.isclose, np.allclose, np.array_equal, np.array_equiv)
constant(np.all, np.any, np.count_nonzero, np.isneginf, np.isposinf)

# Steps: constant between their jumps
constant(np.sign, np.floor, np.ceil, np.trunc, np.rint, np.round, np.fix, np.floor_divide)

# Positions
constant(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.argwhere)
constant(np.nonzero, np.flatnonzero, np.searchsorted, np.digitize)

# Shapes and kinds
constant(np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.can_cast)
constant(np.zeros_like, np.ones_like, np.empty_like, np.full_like)
constant(np.shares_memory, np.may_share_memory, np.array_repr, np.array_str, np.array2string)
