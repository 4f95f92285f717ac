"""What a node of the graph costs: time to record, sweep and free it, and memory.

Each measurement runs in a fresh process: a graph of a million nodes would change the memory that
others meet, and whatever else a process holds makes its garbage collections longer.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from tests.benchmarks.conditions import in_fresh_process
from tests.benchmarks.measure import OURS, PACKAGES, WITHOUT_GRAPHS

SMALL, LARGE = 10_000, 1_000_000


def chain(x: Any, nodes: int) -> Any:
    """A chain of sums that all use x: the longest path, and a leaf of many uses."""
    h = x
    for _ in range(nodes):
        h = h + x
    return h


def doublings(x: Any, nodes: int) -> Any:
    """Two edges from each node to the one before: as many paths as 2 to the power of nodes."""
    for _ in range(nodes):
        x = x + x
    return x


def diamonds(x: Any, nodes: int) -> Any:
    """Paths that part and meet again, three nodes each time."""
    for _ in range(nodes // 3):
        left, right = x * 0.5, x * 0.5
        x = left + right
    return x


def fan(x: Any, nodes: int) -> Any:
    """Many nodes from one, and all of them into one."""
    return np.sum(np.stack([x + x for _ in range(nodes)]))


SHAPES: dict[str, tuple[Callable[[Any, int], Any], Callable[[int], float]]] = {
    "chain": (chain, lambda nodes: nodes + 1.0),
    "doublings": (doublings, lambda nodes: float(np.ldexp(1.0, nodes))),  # infinite from 1024 on
    "diamonds": (diamonds, lambda nodes: 1.0),
    "fan": (fan, lambda nodes: 2.0 * nodes),
}
"""The graphs, and the right gradient of x at x = 1 for a number of nodes."""


@dataclass(frozen=True)
class Phases:
    """Microseconds per node of one graph's three phases."""

    record: float
    sweep: float
    free: float

    @property
    def total(self) -> float:
        """Microseconds per node from its birth to its death."""
        return self.record + self.sweep + self.free


def scalar(engine: str) -> Any:
    """The leaf x = 1, in float64."""
    package = import_module(PACKAGES[engine])
    return package.tensor(1.0, dtype=package.float64, requires_grad=True)


def time_graph(engine: str, shape: str, nodes: int) -> Phases:
    """Build one graph, differentiate it, drop it; raise if the gradient is wrong."""
    build, gradient = SHAPES[shape]
    x = scalar(engine)
    with np.errstate(over="ignore"):  # 2 to the power of 1024 and more
        start = perf_counter()
        result = build(x, nodes)
        recorded = perf_counter()
        result.backward()
        swept = perf_counter()
        del result
        freed = perf_counter()
        expected = gradient(nodes)
    if (found := x.grad.item()) != expected:
        raise ValueError(f"{shape} of {nodes} nodes: gradient {found}, expected {expected}")
    ends = (recorded - start, swept - recorded, freed - swept)
    return Phases(*(seconds / nodes * 1e6 for seconds in ends))


@dataclass(frozen=True)
class NodeTimes:
    """The usual time of a node in a small and in a large graph of one shape."""

    engine: str
    shape: str
    collector: bool
    small: Phases
    large: Phases
    growth: float
    """Large over small: the median of the ratios within each round."""


def time_nodes(engine: str, shape: str, collector: bool, rounds: int) -> NodeTimes:
    """Time small and large graphs in turns, with Python's garbage collector on or off."""
    if not collector:
        gc.disable()
    time_graph(engine, shape, SMALL)  # warms up
    small, large = [], []
    for _ in range(rounds):
        small.append(usual([time_graph(engine, shape, SMALL) for _ in range(10)]))
        large.append(time_graph(engine, shape, LARGE))
    growth = median(b.total / a.total for a, b in zip(small, large, strict=True))
    return NodeTimes(engine, shape, collector, usual(small), usual(large), growth)


def usual(graphs: list[Phases]) -> Phases:
    """The graph of median total."""
    return sorted(graphs, key=lambda graph: graph.total)[len(graphs) // 2]


def time_all(engines: list[str], rounds: int) -> Iterator[NodeTimes]:
    """The chain in each engine, then what only we are asked for; each in a fresh process."""
    plan = [(engine, "chain", True) for engine in engines if engine not in WITHOUT_GRAPHS]
    if OURS in engines:
        plan += [(OURS, "chain", False)]
        plan += [(OURS, shape, True) for shape in SHAPES if shape != "chain"]
    rounds = (rounds + 2) // 3  # a million nodes are an average by themselves
    for engine, shape, collector in plan:
        yield in_fresh_process(time_nodes, engine, shape, collector, rounds)


@dataclass(frozen=True)
class NodeBytes:
    """Bytes per node of a large chain, as growth of the process's resident set.

    The resident set counts all that a node occupies: Python objects, arrays, and what the
    allocators round up. (tracemalloc would count only what was asked for.)
    """

    engine: str
    recorded: float
    peak_of_sweep: float


def measure_bytes(engine: str) -> NodeBytes:
    """Record and sweep one large chain in a process that has done nothing else."""
    time_graph(engine, "chain", 10)  # loads what is loaded at the first use
    x = scalar(engine)
    before = resident_bytes("VmRSS")
    result = chain(x, LARGE)
    recorded = resident_bytes("VmRSS")
    result.backward()
    peak = resident_bytes("VmHWM")
    return NodeBytes(engine, (recorded - before) / LARGE, (peak - before) / LARGE)


def resident_bytes(field: str) -> int:
    """The resident set of this process: now (VmRSS) or at its highest (VmHWM). Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}")


def measure_all_bytes(engines: list[str]) -> Iterator[NodeBytes]:
    """Each engine in a process of its own."""
    if sys.platform != "linux":
        return
    for engine in engines:
        if engine not in WITHOUT_GRAPHS:
            yield in_fresh_process(measure_bytes, engine)
