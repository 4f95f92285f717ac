"""Functions that no gradient goes through: it is zero or undefined by nature, or they are for other than real numbers."""

from typing import Any

import numpy as np
from numpy._core import defchararray, strings, umath

from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import constant, refused


@primitive
def value_of(x: Any) -> Any:
    """Return the array of a Tensor: for what a definition computes without a derivative."""
    return x


# fmt: off
constant(
    value_of,
    # Comparisons and logic
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.isclose, np.allclose,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.all, np.any, np.count_nonzero,
    np.isnan, np.isinf, np.isfinite, np.isneginf, np.isposinf, np.signbit, np.array_equal, np.array_equiv,
    # Steps: constant between their jumps
    np.sign, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.floor_divide, np.spacing,
    # Positions
    np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.argwhere, np.nonzero,
    np.flatnonzero, np.searchsorted, np.digitize, np.isin, np.lexsort, np.unravel_index, np.ravel_multi_index,
    np.diag_indices_from, np.tril_indices_from, np.triu_indices_from,
    # Shapes, kinds and texts
    np.imag, np.angle, np.isreal, np.iscomplex,  # of real numbers
    np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.can_cast, np.common_type,
    np.min_scalar_type, np.shares_memory, np.may_share_memory, np.einsum_path, np.linalg.matrix_rank,
    np.array_repr, np.array_str, np.array2string,
    # Arrays that no number goes into; files, into which numbers go as they are
    vars(umath)["_ones_like"], np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.fromfunction, np.fromiter,
    np.frombuffer, np.fromstring, np.fromfile, np.loadtxt, np.genfromtxt, np.save, np.savez, np.savez_compressed, np.savetxt,
    # Integers, dates and strings: every ufunc that takes no floating numbers
    *(f for f in vars(umath).values() if isinstance(f, np.ufunc) and not any("d" in t for t in f.types)),
    np.packbits, np.unpackbits, np.is_busday, np.busday_count, np.busday_offset, np.datetime_as_string,
    *(f for module in (strings, defchararray) for f in vars(module).values() if hasattr(f, "_implementation")),
    *([np.in1d] if hasattr(np, "in1d") else []),  # noqa: NPY201 (until NumPy 2.3)
)
refused("it is for complex numbers; use np.sort", np.sort_complex)
refused(
    "complex arrays are not supported; use products with np.cos and np.sin of a grid, which are the same sums",
    *(f for name, f in vars(np.fft).items() if name[0] != "_" and name.endswith(("fft", "fft2", "fftn"))),
)
