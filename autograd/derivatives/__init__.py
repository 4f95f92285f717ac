"""The table of derivatives, chapter by chapter."""

from autograd.derivatives import (
    by_numpy,
    constants,
    elementwise,
    grids,
    indexing,
    linear_algebra,
    norms,
    padding,
    polynomials,
    products,
    reductions,
    shapes,
    signals,
    sorting,
    statistics,
    ufunc_methods,
)

__all__ = [
    "by_numpy", "constants", "elementwise", "grids", "indexing", "linear_algebra", "norms", "padding",
    "polynomials", "products", "reductions", "shapes", "signals", "sorting", "statistics", "ufunc_methods",
]  # fmt: skip
