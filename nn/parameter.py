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
    """A Tensor that a module keeps but does not learn, such as a running mean.

    Attributes:
        persistent: whether it belongs to the module's state.

    Example:
        >>> Buffer(np.zeros(2), name="running_mean")
        tensor([0., 0.], name='running_mean')
    """

    __slots__ = ("persistent",)

    def __init__(self, data: Any, persistent: bool = True, *, name: str | None = None) -> None:
        super().__init__(np.array(data), name=name)
        self.persistent = persistent

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle this, too."""
        return super().__getstate__() | {"persistent": self.persistent}


def forget_gradients(parameters: Iterable[Tensor], set_to_none: bool) -> None:
    """Make gradients None, or zeros where there are some."""
    for parameter in parameters:
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad = Tensor(np.zeros_like(parameter.grad.data))
