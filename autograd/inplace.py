"""Writing a Tensor in place: by a new node under the graph, otherwise in the array itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Self
from weakref import ref

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import byte_bounds

from autograd import errors, modes
from autograd.derivatives.indexing import set_item
from autograd.graph import Node
from autograd.handle import Handle, is_tracked, plain
from autograd.versions import Version
from autograd.views import Origin

RETAINED = 0  # the key among a node's hooks of the one that retain_grad makes; it stays with the handle


class InPlace(Handle):
    """The part of a Tensor that writes.

    Under the graph the handle moves on to a new node and a new array, so that nothing recorded
    before changes: a slice taken earlier keeps its value, and a loop of writes copies the array
    each time (collect the parts and use ``np.stack`` instead). A write to a view is one to the
    Tensor that it was taken from, too. Elsewhere, under ``no_grad`` or where nothing is tracked, the
    array itself is written, and all who share it get to know.
    """

    __slots__ = ("origin", "writes")  # of a view, and what was written since one was taken; others have none
    origin: Origin
    writes: tuple[int, int, np.ndarray[Any, Any]]

    def _assign(self, array: npt.ArrayLike) -> None:
        if array is not self._array:
            new = np.asarray(array)
            if self.tracked and new.dtype.kind != "f":
                raise TypeError(errors.becomes_integer(self, new))
            if new.dtype.kind not in "fiub":
                raise TypeError(errors.not_numbers("data", new))
            self._array = new
            with suppress(AttributeError):
                del self.origin
        (self.version or self.shared_version()).write()

    data = property(
        attrgetter("_array"),
        _assign,
        doc="The array itself. What is computed from it leaves the graph; assigning is a write.",
    )

    def write(self, function: Any, *args: Any) -> Self:
        """Make ``function(self, *args)`` the value of this Tensor.

        Raises:
            RuntimeError: under the graph, this is a leaf that requires a gradient, or a view of a Tensor
                that was written or detached since.
            ValueError, TypeError, IndexError: the result does not fit in shape or dtype.
        """
        origin = self._nearest()
        apart = self._is_apart(origin)
        record = modes.recording.get() and (self.tracked or is_tracked(args) or apart)
        if record and self.tracked and self.node is None:
            raise RuntimeError(errors.leaf_written(self))
        if record and function is set_item and self._has(*args):
            return self
        if origin is not None and (record or apart):
            origin = self._placed(origin)
        try:
            if record:
                self._move_on(function, args, origin)
            else:
                self._write_array(function, plain(args))
                if origin is not None and apart:
                    self._hand_on(self._array, origin)
        except (TypeError, ValueError, IndexError) as error:
            raise errors.does_not_fit(error, self) from error
        return self

    def _move_on(self, function: Any, args: Sequence[Any], origin: Origin | None) -> None:
        """Move this handle to a new node, whose result is a new array."""
        before = self.lift(self._array, self.node)
        before.version = self.version
        result = self.lift(self.apply(function, (before, *args)))
        if result.shape != self.shape or not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise ValueError(f"the result is of dtype {result.dtype} and shape {result.shape}")
        result = result if result.dtype == self.dtype else result.astype(self.dtype)
        if origin is not None:
            self._hand_on(result, origin)
        hooks = (self.node and self.node.hooks) or {}
        if result.node and RETAINED in hooks:
            result.node.hooks = {RETAINED: hooks.pop(RETAINED)}
        if self.node is None:  # what was recorded with this Tensor cannot be replayed now
            self.version = Version()
            self.version.write()
        array = _laid_out_as(self._array, result._array)
        self._array, self.node, self.tracked = array, result.node, result.tracked

    def _write_array(self, function: Any, args: Sequence[Any]) -> None:
        if function is set_item:
            self._array[args[0]] = args[1]
        elif function is np.matmul:
            self._array @= args[0]
        else:
            function(self._array, *args, out=self._array)
        self.shared_version().write()

    def shared_version(self) -> Version:
        """Return the version of this Tensor's memory, which others who see it share."""
        vertex = self.node or self
        if vertex.version is None:
            vertex.version = Version()
        return vertex.version

    # Views

    def look_at(self, args: Sequence[Any], function: Any = None, kwargs: Any = None) -> None:
        """Note whose memory this Tensor shows, as the result of a call: a write to one is a write to all."""
        for argument in args:
            if isinstance(argument, InPlace) and np.may_share_memory(self._array, argument._array):
                (self.node or self).version = argument.shared_version()
                known = function is not None and argument is args[0]
                calls = ((function, args[1:], kwargs or {}),) if known else None
                parent = getattr(argument, "origin", None)
                self.origin = Origin(ref(argument), argument._serial(), calls, parent)

    def _serial(self) -> int:
        """Say when this was recorded or last written."""
        vertex = self.node or self
        return max(self.node.serial if self.node else 0, vertex.version.serial if vertex.version else 0)

    def _nearest(self) -> Origin | None:
        origin: Origin | None = getattr(self, "origin", None)
        return origin and origin.nearest()

    def _has_left(self, origin: Origin) -> bool:
        """Tell whether a view has an array of its own by now, for one of the two was written."""
        return not np.may_share_memory(self._array, origin.tensor()._array)

    def _is_apart(self, origin: Origin | None) -> bool:
        """Tell whether a write to this array would not reach all that this is a view of."""
        if origin is None or origin.calls is None:
            return False
        tensor = origin.tensor()
        return self._has_left(origin) or tensor._is_apart(tensor._nearest())

    def _has(self, index: Any, value: Any) -> bool:
        """Tell whether ``value`` is the view at this index, which in ``y[0] += x`` has written already."""
        origin: Origin | None = getattr(value, "origin", None)
        if origin is None or origin.tensor() is not self or origin.serial != self._serial():
            return False
        return any(i is index or (type(index) is slice and i == index) for i in origin.item())

    def _placed(self, origin: Origin) -> Origin:
        """Find the place of this view in what it was taken from.

        Raises:
            RuntimeError: it cannot be found, or something was written there since.
        """
        tensor = origin.tensor()
        origin = origin.placed(tensor.shape)
        stale = self._has_left(origin) and tensor._written(origin.place, origin.serial)
        if stale or origin.calls is None or not self._array.flags.writeable:
            raise RuntimeError(errors.view_written(self))
        return origin

    def _hand_on(self, value: Any, origin: Origin) -> None:
        """Write what a view becomes to the Tensor that it was taken from."""
        tensor = origin.tensor().write(set_item, origin.place, value)
        self.origin = origin._replace(serial=tensor._serial(), place=None)

    def _written(self, place: Any, since: int) -> bool:
        """Tell whether anything at a place was written since then."""
        start, end, places = getattr(self, "writes", (None, 0, None))
        if places is None or start != since:
            end, places = since, np.zeros(self.shape, bool)
        node: Any = self.node
        while isinstance(node, Node) and node.serial > end and node.plan.entry.function is set_item:
            places[node.args[1]] = True
            node = node.args[0]
        by_another = isinstance(node, Node) and node.serial > end
        if by_another or self.shared_version().serial > since:
            places[...] = True
        self.writes = since, self.node.serial if self.node else 0, places
        return bool(places[place].any())


def _laid_out_as(before: np.ndarray[Any, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give an array the gaps in memory that there were: they decide whether a reshape is a view."""
    if array.strides == before.strides:
        return array
    low, high = byte_bounds(before)
    if high - low < array.nbytes:  # elements share memory
        return array
    start = before.__array_interface__["data"][0] - low
    memory = np.empty(high - low, np.uint8)
    laid_out = np.ndarray(array.shape, array.dtype, memory, start, before.strides)
    laid_out[...] = array
    return laid_out
