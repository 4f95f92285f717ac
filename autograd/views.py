"""Views: Tensors that show the memory of another one, and where in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import getitem
from typing import Any, NamedTuple

import numpy as np

Call = tuple[Callable[..., Any], Sequence[Any], dict[str, Any]]  # and what it is given after the array


class Origin(NamedTuple):
    """What a view was taken from.

    Attributes:
        tensor: the Tensor, by a reference that does not keep it.
        serial: when the Tensor was recorded or written last; a later write makes the number higher.
        calls: those that lead from the Tensor to the view, or None if they are not known.
        parent: what the Tensor was taken from, if it is a view itself.
        place: the index of the view's elements in the Tensor, where it is needed.
    """

    tensor: Callable[[], Any]
    serial: int
    calls: tuple[Call, ...] | None
    parent: Origin | None
    place: Any = None

    def nearest(self) -> Origin | None:
        """Return the first origin whose Tensor still exists, with the calls from there to the view."""
        origin = self
        while origin.tensor() is None:
            if origin.parent is None:
                return None
            before, calls = origin.parent, origin.calls
            known = None if calls is None or before.calls is None else before.calls + calls
            origin = before._replace(calls=known)
        return origin

    def item(self) -> Sequence[Any]:
        """Return the index, in a sequence of its own, if the view is ``tensor[index]``; otherwise nothing."""
        if self.calls is not None and [function for function, _, _ in self.calls] == [getitem]:
            return self.calls[0][1]
        return ()

    def placed(self, shape: tuple[int, ...]) -> Origin:
        """Find the place of the view in the Tensor, which has this shape."""
        if item := self.item():
            return self._replace(place=item[0])
        places = np.arange(math.prod(shape)).reshape(shape)
        for function, args, kwargs in self.calls or ():
            places = function(places, *args, **kwargs)
        return self._replace(place=np.unravel_index(places, shape) if shape else ...)
