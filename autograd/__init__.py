"""A small reverse-mode autograd engine on NumPy: the table of derivatives, the graph, Tensor.

Example:
    >>> x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> np.sum(x**2).backward()
    >>> x.grad
    tensor([2., 4., 6.])
"""

from typing import Any

from numpy import bool_, float16, float32, float64, int8, int16, int32, int64, uint8

from autograd import derivatives
from autograd.creation import as_tensor, tensor
from autograd.derivatives.domains import (
    ABOVE_MINUS_ONE,
    ABOVE_ONE,
    NONZERO,
    POSITIVE,
    REALS,
    UNIT,
    Interval,
)
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import constant, definition, derivative
from autograd.differentiate import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.gradcheck import GradientError, gradcheck
from autograd.modes import (
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
)
from autograd.tensor import Tensor

__all__ = [
    "ABOVE_MINUS_ONE", "ABOVE_ONE", "NONZERO", "POSITIVE", "REALS", "UNIT", "GradientError", "Interval",
    "Tensor", "as_tensor", "bool_", "constant", "definition", "derivative", "derivatives", "draw",
    "enable_grad", "float16", "float32", "float64", "get_default_dtype", "grad", "gradcheck", "hessian",
    "hvp", "int8", "int16", "int32", "int64", "is_grad_enabled", "jacobian", "jvp", "no_grad",
    "primitive", "set_default_dtype", "set_grad_enabled", "tensor", "uint8", "value_and_grad", "vjp",
]  # fmt: skip


def draw(tensor: Tensor, **how: Any) -> Any:
    """Draw the graph that ``tensor`` came from: see ``autograd.drawing.draw``."""
    from autograd.drawing import draw

    return draw(tensor, **how)
