"""The table of derivatives, chapter by chapter."""

from autograd.derivatives import (
    constants,
    definitions,
    elementwise,
    indexing,
    products,
    reductions,
    shapes,
)

__all__ = ["constants", "definitions", "elementwise", "indexing", "products", "reductions", "shapes"]
