"""Layers that take the largest element, or the mean, of each window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nn import functional
from nn.errors import RefusedError
from nn.module import Module


class Pooling(Module):
    """A function of its input and of the options that its fields are."""

    function: ClassVar[Callable[..., Any]]

    def forward(self, x: Any) -> Any:
        """Pool the windows of (rows, channels, ...)."""
        return type(self).function(x, **self._options())

    def _options(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "training"}

    def extra_repr(self) -> str:
        """Say the options."""
        return ", ".join(f"{name}={value!r}" for name, value in self._options().items())


class MaxPool(Pooling):
    """What the layers that take the largest element share: their options."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation, self.ceil_mode = padding, dilation, ceil_mode
        if return_indices:
            raise RefusedError("return_indices: expected False, got True; places of maxima are not offered")


class MaxPool1d(MaxPool):
    """Take the largest element of each window of sequences: see :func:`nn.functional.max_pool1d`.

    Example:
        >>> MaxPool1d(2)(np.array([[[1.0, 3.0, 2.0, 5.0]]]))
        array([[[3., 5.]]])
    """

    function = staticmethod(functional.max_pool1d)


class MaxPool2d(MaxPool):
    """Take the largest element of each window of images: see :func:`nn.functional.max_pool2d`.

    Example:
        >>> MaxPool2d(2)(np.ones((1, 3, 28, 28))).shape
        (1, 3, 14, 14)
    """

    function = staticmethod(functional.max_pool2d)


class AvgPool1d(Pooling):
    """Average each window of sequences: see :func:`nn.functional.avg_pool1d`.

    Example:
        >>> AvgPool1d(2)(np.array([[[1.0, 3.0, 2.0, 4.0]]]))
        array([[[2., 3.]]])
    """

    function = staticmethod(functional.avg_pool1d)

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad


class AvgPool2d(AvgPool1d):
    """Average each window of images: see :func:`nn.functional.avg_pool2d`.

    Example:
        >>> AvgPool2d(2)(np.ones((1, 3, 28, 28))).shape
        (1, 3, 14, 14)
    """

    function = staticmethod(functional.avg_pool2d)

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.divisor_override = divisor_override


class AdaptiveAvgPool1d(Pooling):
    """Average sequences to a given length: see :func:`nn.functional.adaptive_avg_pool1d`.

    Example:
        >>> AdaptiveAvgPool1d(1)(np.array([[[1.0, 3.0, 2.0, 4.0]]]))
        array([[[2.5]]])
    """

    function = staticmethod(functional.adaptive_avg_pool1d)

    def __init__(self, output_size: Any) -> None:
        self.output_size = output_size


class AdaptiveAvgPool2d(AdaptiveAvgPool1d):
    """Average images to a given size: see :func:`nn.functional.adaptive_avg_pool2d`.

    Example:
        >>> AdaptiveAvgPool2d((7, None))(np.ones((1, 3, 28, 20))).shape
        (1, 3, 7, 20)
    """

    function = staticmethod(functional.adaptive_avg_pool2d)
