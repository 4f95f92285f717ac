"""Serial numbers: when a call was recorded, and when a piece of memory was last written.

Both are drawn from one counter. So a Tensor was changed after a call that refers to it exactly
if its number is the higher one.
"""

from __future__ import annotations

import itertools
from typing import Any

from autograd import errors

next_serial = itertools.count(1).__next__


class Version:
    """When a piece of memory was last written in place; all who see that memory share it.

    A copy is as unwritten: the numbers mean nothing elsewhere.
    """

    __slots__ = ("serial",)

    def __init__(self) -> None:
        self.serial = 0

    def __reduce__(self) -> tuple[type[Version], tuple[()]]:
        return Version, ()

    def write(self) -> None:
        """Note that the memory is written now."""
        self.serial = last_write.serial = next_serial()


last_write = Version()  # that of whatever memory it was


def check_unchanged(*nodes: Any) -> None:
    """Raise if what a node refers to was written in place after the node was recorded."""
    for node in nodes:
        for argument in (node, *node.args):
            version = getattr(argument, "version", None)
            if isinstance(version, Version) and version.serial > node.serial:
                raise RuntimeError(errors.changed(argument, node))
