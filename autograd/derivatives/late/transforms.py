"""Fourier transforms, which are complex. This chapter is loaded when a Tensor first meets one."""

import numpy as np

from autograd.derivatives.positions import rearranged
from autograd.derivatives.table import definition, refused

definition(np.fft.fftshift, rearranged(np.fft.fftshift, "x"))
definition(np.fft.ifftshift, rearranged(np.fft.ifftshift, "x"))
refused(
    "complex arrays are not supported; use products with np.cos and np.sin of a grid, which are the same sums",
    *(f for name, f in vars(np.fft).items() if name[0] != "_" and name.endswith(("fft", "fft2", "fftn"))),
)
