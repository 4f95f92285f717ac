"""Activation functions as modules, for use in a Sequential."""

from __future__ import annotations

import copy
from inspect import signature
from typing import Any

from nn import functional
from nn.errors import whole_number
from nn.function import Function
from nn.init import DType, Rng, constant_
from nn.module import Module
from nn.parameter import Parameter, add_parameters


class Identity(Module):
    """Return x; what it is made with is ignored, as in PyTorch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def forward(self, x: Any) -> Any:
        """Return x."""
        return x


class BinaryStep(Function, function=functional.binary_step):
    """1 for x ≥ 0, else 0. Its derivative is 0, so that nothing learns through it."""


class Sigmoid(Function, function=functional.sigmoid):
    """σ(x) = 1 / (1 + e⁻ˣ)."""


class Tanh(Function, function=functional.tanh):
    """The hyperbolic tangent."""


class ReLU(Function, function=functional.relu):
    """max(x, 0)."""


class ReLU6(Function, function=functional.relu6):
    """min(max(x, 0), 6)."""


class LeakyReLU(Function, function=functional.leaky_relu):
    """x for x > 0, else a x, where a is ``negative_slope``."""


class ELU(Function, function=functional.elu):
    """x for x > 0, else α (eˣ - 1)."""


class SELU(Function, function=functional.selu):
    """λ elu(x, α), with α and λ that keep mean 0 and variance 1."""


class CELU(Function, function=functional.celu):
    """x for x > 0, else α (e^(x/α) - 1)."""


class GELU(Function, function=functional.gelu):
    """x Φ(x), where Φ is the normal distribution function; ``approximate`` may be "tanh"."""


class SiLU(Function, function=functional.silu):
    """x σ(x), also called swish."""


class Mish(Function, function=functional.mish):
    """x tanh(log(1 + eˣ))."""


class Softplus(Function, function=functional.softplus):
    """log(1 + e^(β x)) / β, a smooth ReLU, and x where β x is above the threshold."""


class Softsign(Function, function=functional.softsign):
    """x / (1 + |x|)."""


class LogSigmoid(Function, function=functional.logsigmoid):
    """log σ(x)."""


class Hardtanh(Function, function=functional.hardtanh):
    """x between ``min_val`` and ``max_val``, and these outside."""


class Hardsigmoid(Function, function=functional.hardsigmoid):
    """relu6(x + 3) / 6."""


class Hardswish(Function, function=functional.hardswish):
    """x relu6(x + 3) / 6."""


class Hardshrink(Function, function=functional.hardshrink):
    """x where |x| > ``lambd``, else 0."""


class Softshrink(Function, function=functional.softshrink):
    """x moved towards 0 by ``lambd``, and 0 where it would pass."""


class Tanhshrink(Function, function=functional.tanhshrink):
    """x - tanh(x)."""


class Threshold(Function, function=functional.threshold):
    """x above the threshold, else ``value``."""


class GLU(Function, function=functional.glu):
    """a σ(b) for the halves a and b along the axis ``dim``."""


class Softmax(Function, function=functional.softmax):
    """eˣ / Σ eˣ along the axis ``dim``."""


class Softmin(Function, function=functional.softmin):
    """e⁻ˣ / Σ e⁻ˣ along the axis ``dim``."""


class LogSoftmax(Function, function=functional.log_softmax):
    """log(eˣ / Σ eˣ) along the axis ``dim``."""


class PReLU(Module):
    """x for x > 0, else a x, where a is learned: one for all elements, or one for each channel.

    Args:
        num_parameters: 1, or the number of channels of inputs of shape (rows, channels, ...).
        init: a at first.
        dtype: of the parameter; by default the default dtype.

    Attributes:
        weight: a, of shape (num_parameters,).

    Example:
        >>> PReLU()(np.array([-2.0, 3.0])).detach()
        tensor([-0.5,  3. ])
    """

    weight: Parameter

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: DType = None) -> None:
        self.num_parameters, self.init = whole_number("num_parameters", num_parameters, 1), init
        add_parameters(self, dtype, weight=(num_parameters,))
        self.reset_parameters()

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Make the weight what it was at first; nothing is drawn."""
        constant_(self.weight, self.init)

    def forward(self, x: Any) -> Any:
        """Compute the function of every element."""
        return functional.prelu(x, self.weight)

    def extra_repr(self) -> str:
        """Say how many parameters there are."""
        return f"num_parameters={self.num_parameters}"


NAMES = {"identity": Identity, "logistic": Sigmoid, "tanh": Tanh, "relu": ReLU}  # scikit-learn's


def make_activation(argument: str, kind: Any) -> Any:
    """Make an activation of a name, a class, a module, or a function.

    A module is copied, for it may have parameters. A function that needs no argument makes an
    activation, such as ``lambda: LeakyReLU(0.2)``; any other function is one.

    Raises:
        ValueError: it is none of these.

    Example:
        >>> make_activation("activation", "tanh"), make_activation("activation", np.tanh)
        (Tanh(), <ufunc 'tanh'>)
    """
    kind = NAMES.get(kind, kind) if isinstance(kind, str) else kind
    if not callable(kind):
        known = ", ".join(map(repr, NAMES))
        raise ValueError(
            f"{argument}: expected one of {known}, a module, a class such as nn.GELU, or a function, "
            f"got {kind!r}"
        )
    if isinstance(kind, Module):
        return copy.deepcopy(kind)
    return kind() if isinstance(kind, type) or _needs_no_argument(kind) else kind


def _needs_no_argument(function: Any) -> bool:
    try:
        signature(function).bind()
    except (TypeError, ValueError):  # ufuncs of older releases of NumPy have no signature
        return False
    return True
