"""Health: each failure is found in networks built to show it, and nothing in healthy ones."""

import contextlib
from typing import Any

import numpy as np
import pytest

import nn
from autograd import no_grad
from nn.diagnostics import Report
from tests.health_networks import (
    CE,
    FAILING,
    HEALTHY,
    MSE,
    TANHS,
    Task,
    classes,
    constant,
    drawn_failing,
    drawn_healthy,
    mlp,
    natural_units,
    normal,
    sgd,
    task,
    xavier,
)

SEEDS = range(10)
BATCH = 32
CASES = [(failure, name) for failure, networks in FAILING.items() for name in networks]
IN_TIME = {"dead units", "learning rate too high", "learning rate too low"}  # not seen at once


def names(report: Report) -> set[str]:
    return {finding.name for finding in report.findings}


def watched(task: Task, seed: int, epochs: int = 10) -> Report:
    """Train, and report."""
    watch = nn.HealthWatch()
    with np.errstate(all="ignore"), contextlib.suppress(FloatingPointError):
        nn.fit(*task, epochs, BATCH, rng=seed, callbacks=[watch])
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


def test_a_fast_rate_is_not_too_high_where_a_network_learns() -> None:
    make = task(mlp(4, 16, 3, **TANHS, begin=xavier), classes, CE, sgd, 3)
    for seed in SEEDS:
        report = watched(make(np.random.default_rng(seed)), seed, epochs=30)
        assert report.curve.learned
        assert report.findings == []


@pytest.mark.parametrize("std", [0, 1e-3])
@pytest.mark.parametrize("layers", [(4, 3), (4, 16, 3), (4, 16, 16, 3)])
def test_a_step_is_not_too_long_because_weights_are_small(layers: tuple[int, ...], std: float) -> None:
    for seed in SEEDS:
        made = task(mlp(*layers, begin=normal(std)), classes, CE, sgd, 0.3)(np.random.default_rng(seed))
        for p in made.model.parameters():
            p.data[...] *= p.ndim > 1
        assert "learning rate too high" not in names(watched(made, seed, epochs=30))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("value", [0, 0.5])
def test_gradients_that_cancel_among_equal_units_do_not_vanish(value: float, seed: int) -> None:
    model = constant(value)(nn.MLP([4, 8, 8, 2], nn.Tanh, rng=seed), np.random.default_rng(seed))
    data = classes(np.random.default_rng(seed), count=2)
    found = names(nn.health(model, data, CE))
    assert "weights all equal" in found
    assert "vanishing gradients" not in found


YES_OR_NO = nn.BCEWithLogitsLoss()
LAST: list[tuple[nn.Module, list[nn.Module], bool]] = [
    (CE, [nn.Softmax(1)], True),
    (CE, [nn.LogSoftmax(1)], False),
    (CE, [nn.Sigmoid()], False),
    (nn.NLLLoss(), [nn.Softmax(1)], True),
    (nn.NLLLoss(), [], True),
    (nn.NLLLoss(), [nn.LogSoftmax(1)], False),
    (YES_OR_NO, [nn.Sigmoid()], True),
    (YES_OR_NO, [], False),
]


@pytest.mark.parametrize(("loss", "last", "unfit"), LAST, ids=lambda value: str(value))
def test_outputs_are_those_that_the_loss_takes(loss: nn.Module, last: list[nn.Module], unfit: bool) -> None:
    x, y = classes(np.random.default_rng(0))
    model = nn.Sequential(nn.Linear(4, 3, rng=0), *last)
    data = x, np.eye(3)[y] if loss is YES_OR_NO else y
    for report in nn.health(model, data, loss), watched(Task(model, data, loss, sgd(model, 0.01)), 0, 1):
        assert ("outputs unfit for the loss" in names(report)) == unfit


class Cut(nn.Module):
    """A network in which a layer is cut off from the loss."""

    def __init__(self) -> None:
        self.first, self.last = nn.Linear(4, 8, rng=0), nn.Linear(8, 3, rng=1)

    def forward(self, x: Any) -> Any:
        return self.last(np.tanh(self.first(x).detach()))


@pytest.mark.parametrize("frozen", [False, True])
def test_a_layer_that_is_cut_off_is_found(frozen: bool) -> None:
    model = Cut()
    model.first.requires_grad_(not frozen)
    case = Task(model, classes(np.random.default_rng(0)), CE, sgd(model, 0.01))
    for report in nn.health(*case[:3]), watched(case, 0):
        assert [finding.layers for finding in report.findings if finding.name == "no gradient"] == (
            [] if frozen else [("first",)]
        )
        assert ("gradients of layers where none came: first" in "".join(report.unjudged)) == frozen


@pytest.mark.parametrize("layers", [1, 3])
def test_a_layer_that_the_optimiser_has_not_is_found(layers: int) -> None:
    model = nn.MLP([4, 8, 3], nn.ReLU, rng=0)
    case = Task(model, classes(np.random.default_rng(0)), CE, sgd(model[:layers], 0.1))
    found = [finding for finding in watched(case, 0).findings if finding.name == "no updates"]
    assert [finding.layers for finding in found] == ([("2",)] if layers == 1 else [])
    assert nn.health(*case[:3]).healthy


@pytest.mark.parametrize("labels", ["random", "learnable"])
@pytest.mark.parametrize("stops", [False, True])
def test_over_fitting_is_found(labels: str, stops: bool) -> None:
    rng = np.random.default_rng(0)
    x, y = classes(rng, rows=200)
    y = rng.integers(3, size=200) if labels == "random" else y
    model, watch = nn.MLP([4, 128, 128, 3], nn.ReLU, rng=rng), nn.HealthWatch()
    callbacks = [watch, *([nn.EarlyStopping()] if stops else [])]
    optimiser = nn.optim.Adam(model.parameters(), 0.003)
    nn.fit(model, (x, y), CE, optimiser, 60, validation_split=0.3, rng=0, callbacks=callbacks)
    assert ("over-fitting" in names(watch.report())) == (labels == "random" and not stops)


def test_a_network_that_knows_only_the_majority_is_no_better_than_chance() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 6)), (np.arange(300) % 50 == 0).astype(int)
    model = nn.MLP([6, 16, 2], nn.ReLU, rng=rng)
    report = watched(Task(model, (x, y), CE, nn.optim.Adam(model.parameters(), 0.003)), 0)
    assert report.healthy
    assert "no better than chance (the frequencies of the labels would give 0.09" in " ".join(
        report.summary().split()
    )


def test_causes_stand_before_consequences() -> None:
    made = task(mlp(3, 16, 16, 1, **TANHS, begin=constant(0.5)), natural_units, MSE, sgd, 30)
    report = watched(made(np.random.default_rng(0)), 0)
    assert [finding.name for finding in report.findings] == [
        "unscaled inputs", "weights all equal", "learning rate too high", "first loss above chance",
        "saturated units",
    ]  # fmt: skip
