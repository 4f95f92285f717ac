"""What a Tensor consists of; its abilities stand in the files that build on this one."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import errors
from autograd.containers import mapped
from autograd.graph import Node, Vertex

if TYPE_CHECKING:
    from autograd.tensor import Tensor


class Handle(Vertex):
    """The state of a Tensor.

    Attributes:
        _array: the array.
        _grad: for a leaf, the gradient so far; an array, until somebody asks for the Tensor.
        node: the recorded call whose result this is, or None for a leaf.
        tracked: whether calls with this Tensor are recorded.
        name: what drawings and errors call it.
        cut: where the way back to tracked Tensors was cut off, for the error that says so.
    """

    __slots__ = ("__weakref__", "_array", "_grad", "cut", "name", "node", "tracked")
    _array: np.ndarray[Any, Any]
    _grad: Any

    def __init__(self, data: np.ndarray[Any, Any], node: Node | None = None, name: str | None = None) -> None:
        if not isinstance(data, np.ndarray):
            raise TypeError(errors.no_array(type(self).__name__, data))
        self._array = data
        self._grad = None
        self.node = node
        self.tracked = node is not None
        self.name = name
        self.cut: tuple[str, Any] | None = None
        self.version = self.hooks = None

    if TYPE_CHECKING:

        @staticmethod
        def apply(function: Any, args: Any, kwargs: Any = None) -> Tensor: ...  # noqa: D102

        @staticmethod
        def lift(value: Any, vertex: Vertex | None = None) -> Tensor: ...  # noqa: D102

    # Attributes of the array, by getters in C because sweeps ask for them often
    shape = property(attrgetter("_array.shape"), doc="The shape of the array.")
    dtype = property(attrgetter("_array.dtype"), doc="The dtype of the array.")
    ndim = property(attrgetter("_array.ndim"), doc="The number of axes of the array.")
    size = property(attrgetter("_array.size"), doc="The number of elements of the array.")
    itemsize = property(attrgetter("_array.itemsize"), doc="The number of bytes of an element.")
    nbytes = property(attrgetter("_array.nbytes"), doc="The number of bytes of all elements.")
    strides = property(attrgetter("_array.strides"), doc="The steps in bytes along each axis.")
    device = "cpu"

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle leaves; a copy of a result would lose its history."""
        if self.node is not None:
            raise TypeError(errors.not_copied(self))
        slots = ("_array", "_grad", "name", "tracked", "version")
        return {slot: getattr(self, slot) for slot in slots}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Handle.__init__(self, state["_array"])
        for slot, value in state.items():
            setattr(self, slot, value)

    @property
    def is_leaf(self) -> bool:
        """Whether a user made this Tensor, rather than a recorded call."""
        return self.node is None


def like(value: Any, tensor: Any, name: str) -> Tensor:
    """Return numbers as a Tensor of the dtype of another, whose shape they must have.

    Raises:
        TypeError, ValueError: they are no real numbers, or have another shape; ``name`` says which they are.
    """
    given: Tensor = tensor.lift(value)
    if given.dtype.kind not in "fiub":
        raise TypeError(errors.not_numbers(name, given))
    if given.shape != tensor.shape:
        raise ValueError(errors.wrong_shape(name, tensor, given))
    return given if given.dtype == tensor.dtype else given.astype(tensor.dtype)


def plain(value: Any) -> Any:
    """Put arrays in the place of Tensors, inside of lists, tuples and dicts too."""
    if isinstance(value, Handle):
        return value._array
    return mapped(plain, value) if isinstance(value, (list, tuple, dict)) else value


def read_only(value: Any) -> Any:
    """Do as ``plain``, with views that cannot be written: a write would go unnoticed."""
    if isinstance(value, Handle):
        view = value._array.view()
        view.flags.writeable = False
        return view
    return mapped(read_only, value) if isinstance(value, (list, tuple, dict)) else value


def is_tracked(value: Any) -> bool:
    """Tell whether a Tensor that requires a gradient stands anywhere in ``value``."""
    if isinstance(value, (list, tuple, dict)):
        return any(map(is_tracked, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Handle) and value.tracked
