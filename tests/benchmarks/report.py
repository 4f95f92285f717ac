"""How results are printed: for each section a header, and a function that writes one line."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.graphs import LARGE, SMALL, NodeBytes, NodeTimes
from tests.benchmarks.imports import ImportTime
from tests.benchmarks.measure import OURS, PACKAGES, StepTimes

BYTES_BAR = 300
IMPORT_BAR = 40
NODE_BARS = {SMALL: 4.0, LARGE: 5.0}
OTHERS = [engine for engine in PACKAGES if engine != OURS]
GROWTH_BARS = {True: 1.5, False: 1.15}  # with Python's garbage collector, without


def against(value: float, bar: float, form: str = ".2f") -> str:
    """A value, its bar, and whether it passes."""
    return f"{value:{form}} ≤ {bar:g} {'pass' if value <= bar else 'MISS'}"


def steps_line(times: StepTimes) -> str:
    """One workload."""
    medians, ratios = times.medians, times.ratios
    line = f"{times.workload:12}"
    for engine in PACKAGES:
        line += f"{medians[engine]:10.1f}" if engine in medians else f"{'–':>10}"
    for other in OTHERS:
        barred = other in times.bars and other in ratios
        line += f"{against(ratios[other], times.bars[other]) if barred else '–':>18}"
    return f"{line}   {times.description}"


def nodes_line(times: NodeTimes) -> str:
    """One shape of graph in one engine. Only ours has bars, and in microseconds only its chain."""
    ours, collector = times.engine == OURS, times.collector
    line = f"{times.engine:10}{times.shape + ('' if collector else ', collector off'):22}"
    for nodes, phases in ((SMALL, times.small), (LARGE, times.large)):
        barred = ours and collector and times.shape == "chain"
        total = against(phases.total, NODE_BARS[nodes]) if barred else f"{phases.total:.2f}"
        line += f"{total:>18}"
    growth = against(times.growth, GROWTH_BARS[collector]) if ours else f"{times.growth:.2f}"
    line += f"{growth:>18}"
    return f"{line}   {times.large.record:.2f} + {times.large.sweep:.2f} + {times.large.free:.2f}"


def bytes_line(size: NodeBytes) -> str:
    """One engine."""
    ours = size.engine == OURS
    recorded = against(size.recorded, BYTES_BAR, ".0f") if ours else f"{size.recorded:.0f}"
    return f"{size.engine:10}{recorded:>18}{size.peak_of_sweep:>18.0f}"


def imports_line(time: ImportTime) -> str:
    """One package."""
    barred = time.package == PACKAGES[OURS]
    value = f"{time.milliseconds:.1f}"
    return f"{time.package:10}{against(time.milliseconds, IMPORT_BAR, '.1f') if barred else value}"


Section = tuple[str, Callable[[Any], str]]

STEPS: Section = (
    "Training steps: microseconds (medians of the rounds), and our time ÷ theirs\n"
    f"{'':12}{''.join(f'{engine:>10}' for engine in PACKAGES)}"
    f"{''.join(f'÷ {other}'.rjust(18) for other in OTHERS)}   layers",
    steps_line,
)
NODES: Section = (
    "Cost of a node: microseconds to record, sweep and free it (float64 scalars)\n"
    f"{'':32}{f'{SMALL:,} nodes':>18}{f'{LARGE:,} nodes':>18}{'growth':>18}"
    f"   record + sweep + free at {LARGE:,}",
    nodes_line,
)
BYTES: Section = (
    f"Bytes per node of a chain of {LARGE:,}: growth of the resident set\n"
    f"{'':10}{'recorded':>18}{'peak of its sweep':>18}",
    bytes_line,
)
IMPORTS: Section = ("Import, beyond NumPy's own: milliseconds", imports_line)
