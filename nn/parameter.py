"""Parameter: a Tensor that a module learns; Buffer: one that it keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograd import Tensor, get_default_dtype, is_grad_enabled

T = TypeVar("T", bound=Tensor)


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

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle this without its gradient, lest that of the copy be added to it."""
        return super().__getstate__() | {"_grad": None}


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


def in_place_of(own: T, value: Tensor) -> T:
    """Return a value, with its memory and its history, as what it stands for: a Parameter, or a Buffer.

    Example:
        >>> w = tensor([1.0, 2.0], requires_grad=True)
        >>> type(in_place_of(Parameter([0.0, 0.0]), 3 * w))
        <class 'nn.parameter.Parameter'>
    """
    if isinstance(value, type(own)):
        return value
    if value.requires_grad and value.is_leaf:  # a handle can take over the history of a result only
        value = +value
    twin = object.__new__(type(own))
    Tensor.__init__(twin, value.data, value.node, own.name)
    twin.version, twin.cut = value.shared_version(), value.cut
    if isinstance(own, Buffer) and isinstance(twin, Buffer):
        twin.persistent = own.persistent
    return twin


def refuse_history(argument: str, value: Any) -> None:
    """Refuse a Tensor of which only the numbers would be kept; those of another module's parameter may be.

    Raises:
        TypeError: it requires a gradient, and ``no_grad()`` does not say that none is wanted.
    """
    if not isinstance(value, Tensor) or (isinstance(value, Parameter) and value.is_leaf):
        return
    if value.requires_grad and is_grad_enabled():
        raise TypeError(
            f"{argument}: expected numbers, got a Tensor that requires a gradient, which would be lost. The "
            f"usual fix: x.detach(); or, to differentiate by weights, nn.functional_call(model, weights, x)"
        )


def has_history(value: Any) -> bool:
    """Tell whether this is a result whose gradient is wanted, for ``no_grad()`` does not say otherwise."""
    return isinstance(value, Tensor) and value.requires_grad and not value.is_leaf and is_grad_enabled()


def add_parameters(module: Any, dtype: npt.DTypeLike | None, **shapes: tuple[int, ...] | None) -> None:
    """Give a module parameters of these shapes, whose values are still to be written; or None."""
    for name, shape in shapes.items():
        empty = None if shape is None else np.empty(shape, dtype or get_default_dtype())
        setattr(module, name, None if empty is None else Parameter(empty, name=name))


def forget_gradients(parameters: Iterable[Tensor], set_to_none: bool) -> None:
    """Make gradients None, or zeros where there are some."""
    for parameter in parameters:
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad = Tensor(np.zeros_like(parameter.grad.data))
