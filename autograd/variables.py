"""The variables of those who call this library, in which Tensors find their names."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterator
from types import FrameType
from typing import Any

import numpy as np

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OURS = tuple(os.path.join(_ROOT, name, "") for name in ("autograd", "nn"))
_NUMPYS = os.path.join(os.path.dirname(np.__file__), "")  # where its own text is a definition
_LIBRARIES = os.path.dirname(os.__file__), f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}"


def callers_variables(libraries: bool = True) -> Iterator[tuple[str, Any]]:
    """Return names and values of all variables of callers outside of our code and NumPy's.

    The nearest go first, but those of other libraries after all that users wrote themselves, or not at all.
    """
    for frame in sorted(_callers(), key=_is_of_a_library):
        if _is_of_a_library(frame) and not libraries:
            return
        for name, value in (*frame.f_locals.items(), *frame.f_globals.items()):
            if not name.startswith("_"):
                yield name, value


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith((*_OURS, _NUMPYS)):
            yield frame
        frame = frame.f_back


def _is_of_a_library(frame: FrameType) -> bool:
    return any(folder in frame.f_code.co_filename for folder in _LIBRARIES)


def callers_function(package: str, names: Container[str]) -> str | None:
    """Tell which of some functions of a package is being called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in names and frame.f_globals.get("__name__", "").startswith(package + "."):
            return frame.f_code.co_name
        frame = frame.f_back
    return None
