"""A small reverse-mode autograd engine on NumPy."""

from numpy import bool_, float16, float32, float64, int8, int16, int32, int64, uint8

from autograd import derivatives
from autograd.creation import as_tensor, tensor
from autograd.derivatives.table import constant, definition, derivative, primitive
from autograd.modes import (
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
)
from autograd.tensor import Tensor
