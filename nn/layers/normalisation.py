"""Layers that normalise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from autograd import get_default_dtype, no_grad
from nn import functional, init
from nn.errors import RefusedError, real_number, whole_number
from nn.functional.normalisation import lengths
from nn.functional.numbers import as_numbers
from nn.init import DType, Rng
from nn.module import Module
from nn.parameter import Buffer, Parameter, add_parameters


class Normalisation(Module):
    """What normalisations share: a weight, a bias, or None for them."""

    weight: Parameter | None
    bias: Parameter | None

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Make the weight 1 and the bias 0, as at first; nothing is drawn."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class BatchNorm(Normalisation):
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
        dtype: DType = None,
    ) -> None:
        self.num_features = n = whole_number("num_features", num_features)
        self.eps, self.affine = real_number("eps", eps), affine
        self.momentum: float | None = None if momentum is None else real_number("momentum", momentum)
        self.track_running_stats = tracks = track_running_stats
        dtype = dtype or get_default_dtype()
        self.running_mean = Buffer(np.empty(n, dtype), name="running_mean") if tracks else None
        self.running_var = Buffer(np.empty(n, dtype), name="running_var") if tracks else None
        self.num_batches_tracked = Buffer(0, name="num_batches_tracked") if tracks else None
        add_parameters(self, dtype, weight=(n,) if affine else None, bias=(n,) if affine and bias else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the batches that were seen."""
        for buffer, value in (self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0):
            if buffer is not None:
                init.constant_(buffer, value)

    def reset_parameters(self, *, rng: Rng = None) -> None:
        """Make the weight 1 and the bias 0, and forget the batches that were seen; nothing is drawn."""
        self.reset_running_stats()
        super().reset_parameters()

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (rows, channels, ...)."""
        x = as_numbers(x)
        if x.ndim not in self.ndims:
            axes = " or ".join(map(str, self.ndims))
            raise RefusedError(
                f"{type(self).__name__}: expected (rows, channels, ...) of {axes} axes, got {x.shape}"
            )
        batches = self.num_batches_tracked
        used = self.track_running_stats or not self.training
        running = (self.running_mean, self.running_var) if used else (None, None)
        training = self.training or running[0] is None
        momentum = self._share_of_the_batch()
        out = functional.batch_norm(x, *running, self.weight, self.bias, training, momentum, self.eps)
        if self.training and self.track_running_stats and batches is not None:
            with no_grad():
                batches += 1
        return out

    def _share_of_the_batch(self) -> float:
        """Return the momentum; without one, what makes the running numbers the mean of all batches."""
        if self.momentum is not None:
            return self.momentum
        return 0.0 if self.num_batches_tracked is None else 1 / (self.num_batches_tracked.item() + 1)

    def extra_repr(self) -> str:
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
        track_running_stats: whether mean and variance in evaluation mode are those of training.
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


class GroupNorm(Normalisation):
    """Normalise the channels of each group over all places, for each row by itself.

    Args:
        num_groups: into how many parts of one size the channels are divided.
        num_channels: the number of channels.
        eps: is added to the variance.
        affine: whether there are a weight and, with ``bias``, a bias.
        dtype: of the parameters; by default the default dtype.
        bias: whether there is a bias.

    Attributes:
        weight: factor of each channel, 1 at first, or None.
        bias: what is added to each channel, 0 at first, or None.

    Raises:
        ValueError: a number is not whole, or the groups do not divide the channels.

    Example:
        >>> GroupNorm(2, 4, eps=0.0)(np.array([[1.0, 3.0, 5.0, 9.0]])).detach()
        tensor([[-1.,  1., -1.,  1.]])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        bias: bool = True,
        dtype: DType = None,
    ) -> None:
        self.num_groups = whole_number("num_groups", num_groups, 1)
        self.num_channels = whole_number("num_channels", num_channels)
        if num_channels % num_groups:
            raise RefusedError(
                f"num_groups: expected a divisor of num_channels={num_channels}, got {num_groups}"
            )
        self.eps, self.affine = real_number("eps", eps), affine
        shape = (self.num_channels,) if affine else None
        add_parameters(self, dtype, weight=shape, bias=shape if bias else None)
        self.reset_parameters()

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (rows, channels, ...)."""
        return functional.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Say the options."""
        affine = f"affine={self.affine}, bias={self.bias is not None}"
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, {affine}"


class LayerNorm(Normalisation):
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
        dtype: DType = None,
    ) -> None:
        self.normalized_shape = shape = lengths(normalized_shape)
        self.eps, self.elementwise_affine = real_number("eps", eps), elementwise_affine
        weight = shape if elementwise_affine else None
        add_parameters(self, dtype, weight=weight, bias=weight if bias else None)
        self.reset_parameters()

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (..., *normalized_shape)."""
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Say the options."""
        affine = f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}"


class RMSNorm(Normalisation):
    """Divide by the root of the mean square over the last axes, for each row by itself.

    Args:
        normalized_shape: the lengths of these axes, or one number.
        eps: is added to the mean square; by default the distance from 1 to the next number of the dtype.
        elementwise_affine: whether there is a weight.
        dtype: of the weight; by default the default dtype.

    Attributes:
        weight: factor of each element, 1 at first, or None.

    Raises:
        ValueError: a length is not whole.

    Example:
        >>> RMSNorm(2, eps=0.0)(np.array([[1.0, 7.0]])).detach()
        tensor([[0.2, 1.4]])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        dtype: DType = None,
    ) -> None:
        self.normalized_shape = shape = lengths(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        add_parameters(self, dtype, weight=shape if elementwise_affine else None, bias=None)
        self.reset_parameters()

    def forward(self, x: Any) -> Any:
        """Normalise an input of shape (..., *normalized_shape)."""
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Say the options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
