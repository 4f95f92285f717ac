"""How long our packages take to import, beyond NumPy's own import."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

PROGRAM = """
import time
import numpy
start = time.perf_counter()
import {package}
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class ImportTime:
    """The usual time of an import."""

    package: str
    milliseconds: float


def import_time(package: str, rounds: int) -> ImportTime:
    """The median over fresh processes. One more, first, compiles what has no byte code yet."""
    command = [sys.executable, "-c", PROGRAM.format(package=package)]
    seconds = [float(subprocess.check_output(command)) for _ in range(rounds + 1)]
    return ImportTime(package, median(seconds[1:]) * 1e3)


def time_all(rounds: int) -> Iterator[ImportTime]:
    """The engine alone, and the networks with it."""
    for package in ("autograd", "nn"):
        yield import_time(package, rounds)
