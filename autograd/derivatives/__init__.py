"""The table of derivatives, chapter by chapter."""

from autograd.derivatives import (
    by_numpy,
    constants,
    elementwise,
    grids,
    indexing,
    linear_algebra,
    products,
    reductions,
    shapes,
    signals,
    statistics,
)

__all__ = [
    "by_numpy", "constants", "elementwise", "grids", "indexing", "linear_algebra", "products", "reductions",
    "shapes", "signals", "statistics",
]  # fmt: skip
