"""The conditions of every measurement: one thread, one processor, one state of the allocator."""

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

THREAD_NUMBERS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def prepare() -> None:
    """Bring this process into the state in which every measurement starts.

    Call it before NumPy is imported: BLAS reads the number of its threads once, when it is loaded.
    Processes started from this one inherit the threads and the processor.
    """
    if "numpy" in sys.modules:
        raise RuntimeError("prepare() must run before NumPy is imported: its threads are set then")
    for name in THREAD_NUMBERS:
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):  # Linux. The last processor has the fewest interrupts.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    import numpy as np

    # When a large array is freed, glibc learns to keep arrays up to that size, where it returned
    # them to the kernel before; steps become up to twice as fast. Whoever runs first would teach
    # it for the others. So it is taught here, with the largest size that it learns from.
    np.empty(31 * 2**20, np.uint8)


def in_fresh_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process of its own, whose memory nothing has touched yet."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=prepare) as process:
        return process.submit(function, *arguments).result()
