"""Layers that slide kernels over their input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nn import functional
from nn.errors import RefusedError, whole_number
from nn.functional.convolution import sides
from nn.functional.windows import whole_numbers
from nn.init import DType, Rng
from nn.layers.linear import Affine
from nn.parameter import add_parameters


class Convolution(Affine):
    """What convolutions of sequences and of images share."""

    axes: ClassVar[int]
    function: ClassVar[Callable[..., Any]]
    transposed: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        self.in_channels = whole_number("in_channels", in_channels)
        self.out_channels = whole_number("out_channels", out_channels)
        self.kernel_size = whole_numbers("kernel_size", kernel_size, self.axes)
        self.stride = whole_numbers("stride", stride, self.axes)
        self.dilation = whole_numbers("dilation", dilation, self.axes)
        self.groups = whole_number("groups", groups, 1)
        named = isinstance(padding, str)
        self.padding = padding if named else whole_numbers("padding", padding, self.axes, 0)
        sides(padding, self.kernel_size, self.stride, self.dilation)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            both = f"in_channels={in_channels} and out_channels={out_channels}"
            raise RefusedError(f"groups: expected a divisor of {both}, got {groups}")
        if padding_mode != "zeros":
            raise RefusedError(f"padding_mode: expected 'zeros', got {padding_mode!r}")
        self.padding_mode = padding_mode
        channels = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = channels[0], channels[1] // groups, *self.kernel_size
        add_parameters(self, dtype, weight=shape, bias=(out_channels,) if bias else None)
        self.reset_parameters(rng=rng)

    def forward(self, x: Any) -> Any:
        """Slide the kernels over inputs of shape (rows, channels, ...), or over one without rows."""
        how = self.stride, self.padding, self.dilation, self.groups
        return self.function(x, self.weight, self.bias, *how)

    def extra_repr(self) -> str:
        """Say the channels and the kernel, and what is not as usual."""
        channels = f"{self.in_channels}, {self.out_channels}"
        said = [channels, f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        zeros, ones = (0,) * self.axes, (1,) * self.axes
        usual = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        options = ((name, getattr(self, name, value), value) for name, value in usual.items())
        said += [f"{name}={found}" for name, found, value in options if found != value]
        return ", ".join(said if self.bias is not None else [*said, "bias=False"])


class Conv1d(Convolution):
    """Slide kernels along sequences (rows, channels, length). The arguments are those of :class:`Conv2d`.

    Example:
        >>> Conv1d(3, 8, 5, rng=0)(np.ones((2, 3, 20))).shape
        (2, 8, 16)
    """

    axes = 1
    function = staticmethod(functional.conv1d)


class Conv2d(Convolution):
    """Slide kernels over images (rows, channels, height, width).

    Args:
        in_channels: the channels of an input.
        out_channels: the channels of an output.
        kernel_size: how large a window is; one number, or one for each axis, here and below.
        stride: how far a window lies from the next one.
        padding: how many zeros stand at every side; "same" for an output as large as the input, or "valid".
        dilation: how far the elements of a window lie apart.
        groups: into how many parts the channels are divided; each part sees its own kernels only.
        bias: whether something is added to each output channel.
        padding_mode: "zeros"; others are not offered.
        dtype: of the parameters; by default the default dtype.
        rng: where initial values are drawn from, uniformly between ±1/√fan_in, as in PyTorch.

    Attributes:
        weight: of shape (out_channels, in_channels / groups, *kernel_size).
        bias: of shape (out_channels,), or None.

    Raises:
        ValueError: a number is not whole or too small, or groups do not divide the channels.

    Example:
        >>> Conv2d(1, 32, 3, padding="same", rng=0)(np.ones((2, 1, 28, 28))).shape
        (2, 32, 28, 28)
    """

    axes = 2
    function = staticmethod(functional.conv2d)


class ConvTranspose2d(Convolution):
    """The adjoint of a :class:`Conv2d` with the same kernels: it makes small images large again.

    The arguments are those of :class:`Conv2d`, in another order, and ``output_padding``: how many
    elements outputs get at their lower and right side. ``padding`` is cut off.

    Attributes:
        weight: of shape (in_channels, out_channels / groups, *kernel_size).
        bias: of shape (out_channels,), or None.

    Raises:
        ValueError: a number is not whole or too small, or groups do not divide the channels.

    Example:
        >>> ConvTranspose2d(32, 8, 4, stride=2, padding=1, rng=0)(np.ones((2, 32, 7, 7))).shape
        (2, 8, 14, 14)
    """

    axes, transposed = 2, True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        *,
        dtype: DType = None,
        rng: Rng = None,
    ) -> None:
        padding = whole_numbers("padding", padding, 2, 0)
        how = stride, padding, dilation, groups, bias, padding_mode
        super().__init__(in_channels, out_channels, kernel_size, *how, dtype=dtype, rng=rng)
        self.output_padding = whole_numbers("output_padding", output_padding, 2, 0)

    def forward(self, x: Any) -> Any:
        """Add up kernels for inputs of shape (rows, channels, height, width), or for one without rows."""
        how = self.stride, self.padding, self.output_padding, self.groups, self.dilation
        return functional.conv_transpose2d(x, self.weight, self.bias, *how)
