"""Layers that take the largest element, or the mean, of each window."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.errors import RefusedError
from nn.function import Function


class Pooling(Function):
    """A function of windows, which touch by default: a ``stride`` is then the ``kernel_size``."""

    kernel_size: Any
    stride: Any

    def __post_init__(self) -> None:
        """Complete the stride, if there is one."""
        if "stride" in self.options and self.stride is None:
            self.stride = self.kernel_size

    def extra_repr(self) -> str:
        """Say all options."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.options)


class MaxPool(Pooling):
    """What the layers that take the largest element share: the order of PyTorch's arguments."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        if return_indices:
            raise RefusedError("return_indices: expected False, got True; places of maxima are not offered")
        super().__init__(kernel_size, stride, padding, dilation, ceil_mode)


class MaxPool1d(MaxPool, function=functional.max_pool1d):
    """Take the largest element of each window of sequences: see :func:`nn.functional.max_pool1d`.

    Example:
        >>> MaxPool1d(2)(np.array([[[1.0, 3.0, 2.0, 5.0]]]))
        array([[[3., 5.]]])
    """


class MaxPool2d(MaxPool, function=functional.max_pool2d):
    """Take the largest element of each window of images: see :func:`nn.functional.max_pool2d`.

    Example:
        >>> MaxPool2d(2)(np.ones((1, 3, 28, 28))).shape
        (1, 3, 14, 14)
    """


class AvgPool1d(Pooling, function=functional.avg_pool1d):
    """Average each window of sequences: see :func:`nn.functional.avg_pool1d`.

    Example:
        >>> AvgPool1d(2)(np.array([[[1.0, 3.0, 2.0, 4.0]]]))
        array([[[2., 3.]]])
    """


class AvgPool2d(Pooling, function=functional.avg_pool2d):
    """Average each window of images: see :func:`nn.functional.avg_pool2d`.

    Example:
        >>> AvgPool2d(2)(np.ones((1, 3, 28, 28))).shape
        (1, 3, 14, 14)
    """


class AdaptiveAvgPool1d(Pooling, function=functional.adaptive_avg_pool1d):
    """Average sequences to a given length: see :func:`nn.functional.adaptive_avg_pool1d`.

    Example:
        >>> AdaptiveAvgPool1d(1)(np.array([[[1.0, 3.0, 2.0, 4.0]]]))
        array([[[2.5]]])
    """


class AdaptiveAvgPool2d(Pooling, function=functional.adaptive_avg_pool2d):
    """Average images to a given size: see :func:`nn.functional.adaptive_avg_pool2d`.

    Example:
        >>> AdaptiveAvgPool2d((7, None))(np.ones((1, 3, 28, 20))).shape
        (1, 3, 7, 20)
    """
