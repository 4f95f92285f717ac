"""Writing a Tensor in place: by a new node under the graph, otherwise in the array itself."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.derivatives.indexing import set_item
from autograd.handle import Handle, is_tracked, plain
from autograd.versions import Version


class InPlace(Handle):
    """The part of a Tensor that writes.

    Under the graph the handle moves on to a new node and a new array, so that nothing recorded
    before changes: a slice taken earlier keeps its value, and a loop of writes copies the array
    each time (collect the parts and use ``np.stack`` instead). Elsewhere, under ``no_grad`` or
    where nothing is tracked, the array itself is written, and all who share it get to know.
    """

    __slots__ = ()

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
            RuntimeError: a leaf that requires a gradient is written under the graph, or items of a
                view are: the Tensor that it looks at would not change.
            ValueError, TypeError, IndexError: the result does not fit in shape or dtype.
        """
        record = modes.recording.get() and (self.tracked or is_tracked(args))
        if record and self.tracked and self.node is None:
            raise RuntimeError(errors.leaf_written(self))
        if record and function is set_item and self._is_view():
            raise RuntimeError(errors.view_written(self))
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
        if self.node is None:  # what was recorded with this Tensor cannot be replayed now
            self.version = Version(self)
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
            vertex.version = Version(vertex)
        return vertex.version

    def _is_view(self) -> bool:
        vertex = self.node or self
        return vertex.version is not None and vertex.version.owner not in (None, id(vertex))

    def share_version(self, args: Sequence[Any]) -> None:
        """Share the version of those arguments whose memory this Tensor looks at."""
        for argument in args:
            if isinstance(argument, InPlace) and np.may_share_memory(self._array, argument._array):
                (self.node or self).version = argument.shared_version()
