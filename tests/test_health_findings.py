"""Health: each failure is found in networks built to show it, and nothing in healthy ones."""

import contextlib

import numpy as np
import pytest

import nn
from autograd import no_grad
from nn.diagnostics import Report
from tests.health_networks import FAILING, HEALTHY, Task, drawn_failing, drawn_healthy

SEEDS = range(10)
EPOCHS, BATCH = 10, 32
CASES = [(failure, name) for failure, networks in FAILING.items() for name in networks]
IN_TIME = {"dead units", "learning rate too high", "learning rate too low"}  # not seen at once


def names(report: Report) -> set[str]:
    return {finding.name for finding in report.findings}


def watched(task: Task, seed: int) -> Report:
    """Train, and report."""
    watch = nn.HealthWatch()
    with np.errstate(all="ignore"), contextlib.suppress(FloatingPointError):
        nn.fit(*task, EPOCHS, BATCH, rng=seed, callbacks=[watch])
    return watch.report()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_healthy_networks(name: str, seed: int) -> None:
    task = HEALTHY[name](np.random.default_rng(seed))
    assert nn.health(*task[:3]).findings == []
    assert watched(task, seed).findings == []


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_found_in_healthy_networks_of_other_sizes(seed: int) -> None:
    task = drawn_healthy(seed)
    assert nn.health(*task[:3]).findings == []
    assert watched(task, seed).findings == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("failure", "name"), CASES)
def test_each_failure_is_found(failure: str, name: str, seed: int) -> None:
    task = FAILING[failure][name](np.random.default_rng(seed))
    if failure not in IN_TIME:
        assert failure in names(nn.health(*task[:3]))
    assert failure in names(watched(task, seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("failure", [failure for failure in FAILING if not failure.endswith("low")])
def test_each_failure_is_found_in_networks_of_other_sizes(failure: str, seed: int) -> None:
    assert failure in names(watched(drawn_failing(failure, seed), seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_share_of_dead_units_is_that_of_all_examples(seed: int) -> None:
    task = FAILING["dead units"]["high rate"](np.random.default_rng(seed))
    rows = watched(task, seed).evidence.dead
    with no_grad():
        for path in "1", "3":
            active = (task.model[: int(path) + 1](task.data[0]).data > 0).any(0)
            assert rows(path) == pytest.approx(1 - active.mean(), abs=0.1)
