"""Views: Tensors that show the memory of another one, and where in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import getitem
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

Call = tuple[Callable[..., Any], Sequence[Any], dict[str, Any]]  # and what it is given after the array


class Origin(NamedTuple):
    """What a view was taken from.

    Attributes:
        tensor: the Tensor, by a reference that does not keep it.
        serial: of the call that the Tensor was the result of, or 0; a write makes it another one.
        calls: those that lead from the Tensor to the view, or None if they are not known.
    """

    tensor: ref[Any]
    serial: int
    calls: tuple[Call, ...] | None

    def item(self) -> Sequence[Any]:
        """Give the index, in a sequence of its own, if the view is ``tensor[index]``; otherwise nothing."""
        (function, args, _), *more = self.calls or ((None, (), {}),)
        return args if function is getitem and not more else ()

    def place(self, shape: tuple[int, ...]) -> Any:
        """Give the index of the view's elements in the Tensor, which has this shape."""
        for index in self.item():
            return index
        places = np.arange(math.prod(shape)).reshape(shape)
        for function, args, kwargs in self.calls or ():
            places = function(places, *args, **kwargs)
        return np.unravel_index(places, shape) if shape else ...
