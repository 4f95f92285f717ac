"""A small reverse-mode autograd engine on NumPy: the table of derivatives, the graph, Tensor.

Example:
    >>> x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> np.sum(x**2).backward()
    >>> x.grad
    tensor([2., 4., 6.])
"""

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import bool_, float16, float32, float64, int8, int16, int32, int64, uint8

from autograd import derivatives
from autograd.containers import ravel_pytree
from autograd.creation import (
    arange,
    as_tensor,
    cat,
    empty,
    eye,
    full,
    linspace,
    ones,
    ones_like,
    rand,
    randn,
    tensor,
    zeros,
    zeros_like,
)
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
from autograd.derivatives.table import TABLE, constant, definition, derivative
from autograd.differentiate import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.instead import absent
from autograd.modes import (
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    is_transforming,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
)
from autograd.pytorch import FUNCTIONS, SAME, takes_dim
from autograd.tensor import Tensor

__all__ = [
    "ABOVE_MINUS_ONE", "ABOVE_ONE", "GradientError", "GradientWarning", "Interval", "NONZERO",
    "POSITIVE", "REALS", "Tensor", "UNIT", "arange", "as_tensor", "backprop", "bool_", "cat",
    "compare_gradients", "constant", "definition", "derivative", "derivatives", "draw", "empty",
    "enable_grad", "eye", "float16", "float32", "float64", "full", "get_default_dtype", "grad", "gradcheck",
    "hessian", "hvp", "int16", "int32", "int64", "int8", "is_grad_enabled", "is_transforming", "jacobian",
    "jvp", "linspace", "no_grad", "ones", "ones_like", "primitive", "rand", "randn", "ravel_pytree",
    "set_default_dtype", "set_grad_enabled", "tensor", "uint8", "value_and_grad", "vjp", "zeros",
    "zeros_like",
]  # fmt: skip


# What is imported when it is first used, so that the engine alone loads fast.
_CHECKING = "GradientError", "GradientWarning", "compare_gradients", "gradcheck"
_LATE = dict.fromkeys(_CHECKING, "autograd.checking") | dict.fromkeys(
    ("backprop", "draw"), "autograd.drawing"
)

if TYPE_CHECKING:
    from autograd.checking import GradientError as GradientError
    from autograd.checking import GradientWarning as GradientWarning
    from autograd.checking import compare_gradients as compare_gradients
    from autograd.checking.gradcheck import gradcheck as gradcheck
    from autograd.drawing.draw import draw as draw
    from autograd.drawing.player import backprop as backprop
else:

    def __getattr__(name: str) -> Any:
        """Find what is imported late, or NumPy's function: ``autograd.exp`` is ``np.exp``."""
        if name in _LATE:
            return globals().setdefault(name, getattr(import_module(_LATE[name]), name))
        if name == "__version__":
            metadata = import_module("importlib.metadata")
            with suppress(metadata.PackageNotFoundError):  # where nothing is installed
                return metadata.version("chainrule")
        if name in SAME:
            return SAME[name]
        function = getattr(np, name, None)
        if name in FUNCTIONS or not callable(function) or TABLE.get(function) is None:
            raise absent("autograd", name, FUNCTIONS)
        return globals().setdefault(name, takes_dim(function))
