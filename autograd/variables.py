"""The variables of those who call this library, in which Tensors find their names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OURS = tuple(os.path.join(_ROOT, name, "") for name in ("autograd", "nn"))


def callers_variables() -> Iterator[tuple[str, Any]]:
    """Give names and values of the variables of all callers outside these packages, nearest first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_OURS):
            for name, value in (*frame.f_locals.items(), *frame.f_globals.items()):
                if not name.startswith("_"):
                    yield name, value
        frame = frame.f_back


def callers_function(package: str, names: tuple[str, ...]) -> str | None:
    """Tell which of some functions of a package is being called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in names and frame.f_globals.get("__name__", "").startswith(package + "."):
            return frame.f_code.co_name
        frame = frame.f_back
    return None
