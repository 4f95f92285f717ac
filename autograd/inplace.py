"""Writing a Tensor in place: by a new node under the graph, otherwise in the array itself."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Self
from weakref import ref

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.derivatives.indexing import set_item
from autograd.graph import Node
from autograd.handle import Handle, is_tracked, plain
from autograd.versions import Version
from autograd.views import Origin


class InPlace(Handle):
    """The part of a Tensor that writes.

    Under the graph the handle moves on to a new node and a new array, so that nothing recorded
    before changes: a slice taken earlier keeps its value, and a loop of writes copies the array
    each time (collect the parts and use ``np.stack`` instead). A write to a view is one to the
    Tensor that it was taken from, too. Elsewhere, under ``no_grad`` or where nothing is tracked, the
    array itself is written, and all who share it get to know.
    """

    __slots__ = ("origin",)  # that of a view; others have none
    origin: Origin

    def _assign(self, array: npt.ArrayLike) -> None:
        if array is not self._array:
            new = np.asarray(array)
            if self.tracked and new.dtype.kind != "f":
                raise TypeError(errors.becomes_integer(self, new))
            if new.dtype.kind not in "fiub":
                raise TypeError(errors.not_numbers("data", new))
            self._array = new
        (self.version or self.shared_version()).write()

    data = property(
        attrgetter("_array"),
        _assign,
        doc="The array itself. What is computed from it leaves the graph; assigning is a write.",
    )

    def write(self, function: Any, *args: Any) -> Self:
        """Make ``function(self, *args)`` the value of this Tensor.

        Raises:
            RuntimeError: under the graph, a leaf that requires a gradient is written, or a view of
                what was written since, or one that was detached.
            ValueError, TypeError, IndexError: the result does not fit in shape or dtype.
        """
        record = modes.recording.get() and (self.tracked or is_tracked(args))
        if record and self.tracked and self.node is None:
            raise RuntimeError(errors.leaf_written(self))
        if record and function is set_item and self._has(*args):
            return self
        try:
            if record:
                self._move_on(function, args)
            else:
                self._write_array(function, plain(args))
        except (TypeError, ValueError, IndexError) as error:
            raise errors.does_not_fit(error, self) from error
        return self

    def _move_on(self, function: Any, args: Sequence[Any]) -> None:
        """Move this handle to a new node, whose result is a new array."""
        before = self.lift(self._array, self.node)
        before.version = self.version
        result = self.lift(self.apply(function, (before, *args)))
        if result.shape != self.shape or not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise ValueError(f"the result is of dtype {result.dtype} and shape {result.shape}")
        result = result if result.dtype == self.dtype else result.astype(self.dtype)
        self._write_through(result)
        if self.node is None:  # what was recorded with this Tensor cannot be replayed now
            self.version = Version()
            self.version.write()
        self._array, self.node, self.tracked = result._array, result.node, result.tracked

    def _write_array(self, function: Any, args: Sequence[Any]) -> None:
        if function is set_item:
            self._array[args[0]] = args[1]
        elif function is np.matmul:
            self._array @= args[0]
        else:
            function(self._array, *args, out=self._array)
        self.shared_version().write()

    def shared_version(self) -> Version:
        """Give the version of this Tensor's memory, which others who see it share."""
        vertex = self.node or self
        if vertex.version is None:
            vertex.version = Version()
        return vertex.version

    def look_at(self, args: Sequence[Any], function: Any = None, kwargs: Any = None) -> None:
        """Note whose memory this Tensor shows, as the result of a call: a write to one is a write to all."""
        for argument in args:
            if isinstance(argument, InPlace) and np.may_share_memory(self._array, argument._array):
                (self.node or self).version = argument.shared_version()
                origin: Origin | None = getattr(argument, "origin", None)
                if origin is None or origin.tensor() is None:
                    origin = Origin(ref(argument), argument._serial(), ())
                known = function is not None and origin.calls is not None and argument is args[0]
                calls = (*(origin.calls or ()), (function, args[1:], kwargs or {})) if known else None
                self.origin = origin._replace(calls=calls)

    def _serial(self) -> int:
        return self.node.serial if self.node else 0

    def _has(self, index: Any, value: Any) -> bool:
        """Tell whether ``value`` is the view at this index, which in ``y[0] += x`` has written already."""
        origin: Origin | None = getattr(value, "origin", None)
        if origin is None or origin.tensor() is not self or origin.serial != self._serial():
            return False
        return any(i is index or (type(index) is slice and i == index) for i in origin.item())

    def _write_through(self, value: Any) -> None:
        """Write what a view becomes to the Tensor that it was taken from, if anybody still has that one."""
        origin: Origin | None = getattr(self, "origin", None)
        tensor = None if origin is None else origin.tensor()
        if origin is None or tensor is None:
            return
        index = origin.place(tensor.shape)
        if origin.calls is None or not self._array.flags.writeable or tensor._written(index, origin.serial):
            raise RuntimeError(errors.view_written(self))
        tensor.write(set_item, index, value)
        self.origin = origin._replace(serial=tensor._serial())

    def _written(self, index: Any, since: int) -> bool:
        """Tell whether anything at this index was written under the graph since a call."""
        node: Any = self.node
        watched = np.zeros(self.shape, bool)
        watched[index] = True
        while isinstance(node, Node) and node.serial > since:
            if node.plan.entry.function is not set_item or watched[node.args[1]].any():
                return True
            node = node.args[0]
        return since != (node.serial if isinstance(node, Node) else 0)
