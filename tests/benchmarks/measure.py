"""Time the engines of a workload in turns, so that what disturbs one disturbs all."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import repeat
from statistics import median
from time import perf_counter

from tests.benchmarks.workloads.workload import Step, Workload

PACKAGES = {"numpy": "numpy", "torch": "torch", "sklearn": "sklearn", "chainrule": "autograd"}
"""The engines, and the packages that they need."""

WITHOUT_GRAPHS = {"numpy", "sklearn"}

OURS = "chainrule"

TURN = 0.12
"""Seconds that an engine runs in one round."""


@dataclass(frozen=True)
class StepTimes:
    """The times of one workload."""

    workload: str
    description: str
    bars: Mapping[str, float]
    rounds: dict[str, list[float]]
    """For each engine, microseconds per step in each round."""

    @property
    def medians(self) -> dict[str, float]:
        """For each engine, its usual time."""
        return {engine: median(times) for engine, times in self.rounds.items()}

    @property
    def ratios(self) -> dict[str, float]:
        """For each other engine, our time over its time: the median of the rounds' ratios."""
        return {
            engine: median(a / b for a, b in zip(self.rounds[OURS], times, strict=True))
            for engine, times in self.rounds.items()
            if engine != OURS and OURS in self.rounds
        }


def installed() -> list[str]:
    """The engines that can run here."""
    return [engine for engine, package in PACKAGES.items() if find_spec(package)]


def build(workload: Workload, engines: list[str]) -> dict[str, Step]:
    """A step for each engine that has the workload, all from equal parameters."""
    return {e: workload.sides[e](workload.problem()) for e in engines if e in workload.sides}


def check_agreement(workload: Workload, steps: dict[str, Step], count: int = 5) -> None:
    """Take some steps with each engine, and raise unless their losses agree.

    The first loss checks the forward pass, the later ones the gradients and the updates.
    """
    losses = {engine: [step().item() for _ in range(count)] for engine, step in steps.items()}
    reference = next(iter(losses))
    expected = losses[reference]
    for engine, found in losses.items():
        for number, (a, b) in enumerate(zip(expected, found, strict=True), start=1):
            if not abs(a - b) <= workload.tolerance * abs(a):  # "not", so that NaN raises too
                raise ValueError(
                    f"{workload.name}: the loss of step {number} is {b!r} in {engine}, {a!r} in "
                    f"{reference}; nothing is timed before they agree to {workload.tolerance:g}"
                )


def seconds(step: Step, count: int) -> float:
    """The time of so many steps."""
    start = perf_counter()
    for _ in repeat(None, count):
        step()
    return perf_counter() - start


def steps_per_turn(step: Step) -> int:
    """How many steps fill a turn; finding out warms the engine up."""
    count = 1
    while (elapsed := seconds(step, count)) < TURN / 4:
        count *= 2
    return max(1, round(count * TURN / elapsed))


def time_workload(workload: Workload, engines: list[str], rounds: int) -> StepTimes:
    """Check that the engines agree on a workload, then time them round by round."""
    steps = build(workload, engines)
    check_agreement(workload, steps)
    counts = {engine: steps_per_turn(step) for engine, step in steps.items()}
    times: dict[str, list[float]] = {engine: [] for engine in steps}
    for _ in range(rounds):
        for engine, step in steps.items():
            times[engine].append(seconds(step, counts[engine]) / counts[engine] * 1e6)
    return StepTimes(workload.name, workload.description, workload.bars, times)
