"""Parameter: a Tensor that a module learns; Buffer: one that it keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor


class Parameter(Tensor):
    """A leaf Tensor that requires a gradient, and that a module finds among its fields.

    Example:
        >>> Parameter(np.zeros(2), name="bias")
        tensor([0., 0.], name='bias', requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True, *, name: str | None = None) -> None:
        super().__init__(np.array(data), name=name)
        self.requires_grad = requires_grad


class Buffer(Tensor):
    """A Tensor that belongs to a module's state but is not learned, such as a running mean.

    Example:
        >>> Buffer(np.zeros(2), name="running_mean")
        tensor([0., 0.], name='running_mean')
    """

    __slots__ = ()

    def __init__(self, data: Any, *, name: str | None = None) -> None:
        super().__init__(np.array(data), name=name)


def forget_gradients(parameters: Iterable[Tensor], set_to_none: bool) -> None:
    """Make gradients None, or zeros where there are some."""
    for parameter in parameters:
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad = Tensor(np.zeros_like(parameter.grad.data))
