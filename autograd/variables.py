"""The variables of those who call this library, in which Tensors find their names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

_OURS = tuple(str(Path(__file__).parents[1] / name) + os.sep for name in ("autograd", "nn"))


def callers_variables() -> Iterator[tuple[str, Any]]:
    """Give names and values of the variables of all callers outside these packages, nearest first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_OURS):
            for name, value in (*frame.f_locals.items(), *frame.f_globals.items()):
                if not name.startswith("_"):
                    yield name, value
        frame = frame.f_back
