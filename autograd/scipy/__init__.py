"""SciPy as programs for HIPS autograd import it: special functions and normal distributions."""

from autograd.scipy import special, stats

__all__ = ["special", "stats"]
