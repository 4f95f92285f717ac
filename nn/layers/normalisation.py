"""Layers that normalise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from autograd import as_tensor, get_default_dtype, no_grad
from nn import functional
from nn.errors import RefusedError, whole_number
from nn.functional.windows import whole_numbers
from nn.module import Module
from nn.parameter import Buffer, Parameter


class BatchNorm(Module):
    """What batch normalisations share."""

    ndims: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        self.num_features = n = whole_number("num_features", num_features)
        self.eps, self.momentum, self.affine, biased = eps, momentum, affine, affine and bias
        self.track_running_stats = tracks = track_running_stats
        dtype = dtype or get_default_dtype()
        self.weight = Parameter(np.ones(n, dtype), name="weight") if affine else None
        self.bias = Parameter(np.zeros(n, dtype), name="bias") if biased else None
        self.running_mean = Buffer(np.zeros(n, dtype), name="running_mean") if tracks else None
        self.running_var = Buffer(np.ones(n, dtype), name="running_var") if tracks else None
        self.num_batches_tracked = Buffer(0, name="num_batches_tracked") if tracks else None

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (rows, channels, ...)."""
        x = x if hasattr(x, "shape") else as_tensor(x)
        if x.ndim not in self.ndims:
            axes = " or ".join(map(str, self.ndims))
            raise RefusedError(
                f"{type(self).__name__}: expected (rows, channels, ...) of {axes} axes, got {x.shape}"
            )
        batches, momentum = self.num_batches_tracked, self.momentum
        if momentum is None:
            momentum = 0.0 if batches is None else 1 / (batches.item() + 1)
        numbers = self.running_mean, self.running_var, self.weight, self.bias
        out = functional.batch_norm(x, *numbers, self.training or batches is None, momentum, self.eps)
        if self.training and batches is not None:
            with no_grad():
                batches += 1
        return out

    def describe(self) -> str:
        """Say the options."""
        numbers = f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}"
        return f"{numbers}, bias={self.bias is not None}, track_running_stats={self.track_running_stats}"


class BatchNorm1d(BatchNorm):
    """Normalise every channel of (rows, channels) or (rows, channels, length), as :class:`BatchNorm2d` does.

    Example:
        >>> BatchNorm1d(1, eps=0.0)(np.array([[1.0], [3.0]])).detach()
        tensor([[-1.],
                [ 1.]])
    """

    ndims = (2, 3)


class BatchNorm2d(BatchNorm):
    """Normalise every channel of (rows, channels, height, width).

    Args:
        num_features: the number of channels.
        eps: is added to the variance.
        momentum: by which part of the way the running numbers move to the batch's; None for the mean
            of all batches.
        affine: whether there are a weight and, with ``bias``, a bias.
        track_running_stats: whether mean and variance in use are those of training.
        bias: whether there is a bias.
        dtype: of the parameters and running numbers; by default the default dtype.

    Attributes:
        weight: factor of each channel, 1 at first, or None.
        bias: what is added to each channel, 0 at first, or None.
        running_mean: mean of each channel, a buffer.
        running_var: variance of each channel, a buffer.
        num_batches_tracked: how many batches they were moved by, a buffer.

    Raises:
        ValueError: the number of channels is not whole.

    Example:
        >>> BatchNorm2d(3)(np.ones((2, 3, 4, 5))).shape
        (2, 3, 4, 5)
    """

    ndims = (4,)


class LayerNorm(Module):
    """Normalise over the last axes, for each row by itself.

    Args:
        normalized_shape: the lengths of these axes, or one number.
        eps: is added to the variance.
        elementwise_affine: whether there are a weight and, with ``bias``, a bias.
        bias: whether there is a bias.
        dtype: of the parameters; by default the default dtype.

    Attributes:
        weight: factor of each element, 1 at first, or None.
        bias: what is added to each element, 0 at first, or None.

    Raises:
        ValueError: a length is not whole.

    Example:
        >>> LayerNorm(2, eps=0.0)(np.array([[1.0, 3.0]])).detach()
        tensor([[-1.,  1.]])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        lengths = [normalized_shape] if isinstance(normalized_shape, (int, np.integer)) else normalized_shape
        self.normalized_shape = whole_numbers("normalized_shape", lengths, len(lengths), 0)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        shape, dtype, biased = (
            self.normalized_shape,
            dtype or get_default_dtype(),
            elementwise_affine and bias,
        )
        self.weight = Parameter(np.ones(shape, dtype), name="weight") if elementwise_affine else None
        self.bias = Parameter(np.zeros(shape, dtype), name="bias") if biased else None

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (..., *normalized_shape)."""
        x = x if hasattr(x, "shape") else as_tensor(x)
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def describe(self) -> str:
        """Say the options."""
        affine = f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}"
