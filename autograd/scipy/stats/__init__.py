"""Densities that take Tensors, under the names of ``scipy.stats``."""

from autograd.scipy.stats import multivariate_normal, norm

__all__ = ["multivariate_normal", "norm"]
