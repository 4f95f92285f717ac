"""Health: what a look and a watch record, what they leave alone, and how a report shows itself."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.diagnostics import Report
from nn.diagnostics.recorder import LOSSES
from tests.health_networks import CE, FAILING, HEALTHY, MSE, LastState, Task, classes, he, regression, sgd
from tests.nn_models import TwoInOut

ROOT = Path(__file__).parent.parent


def healthy(name: str = "ReLU, He") -> Task:
    return HEALTHY[name](np.random.default_rng(0))


def failing(failure: str, name: str) -> Task:
    return FAILING[failure][name](np.random.default_rng(0))


def trained(task: Task, epochs: int = 3, **how: Any) -> Report:
    watch = nn.HealthWatch(**how)
    nn.fit(*task, epochs, 32, rng=0, callbacks=[watch])
    return watch.report()


# What is left alone


def state(task: Task) -> list[Any]:
    """List everything that a look might change."""
    model, _, loss, _ = task
    arrays = [tensor.data.copy() for tensor in (*model.parameters(), *model.buffers())]
    gradients = [None if p.grad is None else p.grad.data.copy() for p in model.parameters()]
    fields = [value for module in model.modules() for _, value in module._named_fields()]
    generators = [g.bit_generator.state for g in fields if isinstance(g, np.random.Generator)]
    kinds = [(type(module), module.training, sorted(vars(module))) for module in (*model.modules(), loss)]
    return [arrays, gradients, generators, kinds]


@pytest.mark.parametrize("with_gradients", [True, False])
@pytest.mark.parametrize("name", HEALTHY)
def test_a_look_changes_nothing(name: str, with_gradients: bool) -> None:
    task = healthy(name)
    if with_gradients:
        task.loss(task.model(task.data[0]), task.data[1]).backward()
    next(iter(task.model.modules())).training = False
    before = state(task)
    nn.health(*task[:3])
    np.testing.assert_equal(state(task), before)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_watch_changes_nothing(name: str) -> None:
    with_watch, without = healthy(name), healthy(name)
    trained(with_watch)
    nn.fit(*without, 3, 32, rng=0)
    np.testing.assert_equal(state(with_watch), state(without))


def test_a_look_changes_nothing_through_the_loss_either() -> None:
    model, data, _, _ = healthy()
    model.latest = model(data[0])  # a result among the fields

    def loss(out: Any, y: Any) -> Any:
        return CE(out, y) + nn.functional.l2_penalty(model.parameters())

    loss(model.latest, data[1]).backward()
    before = [p.grad.data.copy() for p in model.parameters()]
    nn.health(model, data, loss)
    np.testing.assert_equal([p.grad.data for p in model.parameters()], before)


def test_two_looks_see_the_same() -> None:
    task = healthy("dropout, normalised")
    assert repr(nn.health(*task[:3])) == repr(nn.health(*task[:3]))


# What is recorded


def test_numbers_are_those_of_the_textbook() -> None:
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    x, y = (np.random.default_rng(0).normal(size=(20, n)) for n in (2, 1))
    report = trained(Task(model, (x, y), MSE, sgd(model, 0.1)), epochs=1)
    record = report.records[0]

    by_hand = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    order = np.random.default_rng(0).permutation(20)
    before = {name: array.copy() for name, array in by_hand.state_dict().items()}
    a = by_hand[0](x[order])
    h = by_hand[1](a)
    a.retain_grad()
    loss = MSE(by_hand[2](h), y[order])
    loss.backward()
    weight, bias = by_hand[0].parameters()
    layer = record.layers["0"]
    gradient = np.concatenate([weight.grad.data.ravel(), bias.grad.data])
    parameters = np.concatenate([before["0.weight"].ravel(), before["0.bias"]])
    np.testing.assert_allclose(
        [layer.mean, layer.spread, layer.gradient, layer.weight, layer.weight_gradient, layer.update],
        [
            a.data.mean(), a.data.std(), np.linalg.norm(a.grad.data), np.linalg.norm(parameters),
            np.linalg.norm(gradient), 0.1 * np.linalg.norm(gradient) / np.linalg.norm(parameters),
        ],
    )  # fmt: skip
    assert record.layers["1"].saturated == (abs(h.data) > 0.97).mean()
    assert record.loss == loss.item()
    assert record.chance is not None
    np.testing.assert_allclose(record.chance.loss, y.var())


class Shift(nn.Module):
    """Add a parameter."""

    def __init__(self) -> None:
        self.shift = nn.Parameter(0.0)

    def forward(self, x: Any) -> Any:
        return x + self.shift


HALF = np.arange(6)[:, None] % 2 * 1.0
FEW, HALVES = (np.arange(1000) % 50 == 0).astype(int), np.arange(1000) % 2
ENTROPY = -0.02 * math.log(0.02) - 0.98 * math.log(0.98)


@pytest.mark.parametrize(
    ("loss", "outputs", "y", "chance"),
    [
        (nn.CrossEntropyLoss(), np.ones((6, 4)), np.arange(6) % 4, math.log(4)),
        (nn.functional.cross_entropy, np.ones((6, 4)), np.arange(6) % 4, math.log(4)),
        (nn.NLLLoss(), np.ones((6, 4)), np.arange(6) % 4, math.log(4)),
        (nn.BCELoss(), np.full((6, 1), 0.9), HALF, math.log(2)),
        (nn.BCEWithLogitsLoss(), np.ones((6, 1)), HALF, math.log(2)),
        (nn.BCEWithLogitsLoss(), np.ones((1000, 2)), np.stack([FEW, 1 - FEW], 1) * 1.0, ENTROPY),
        (nn.BCEWithLogitsLoss(pos_weight=[49.0]), np.ones((1000, 1)), FEW[:, None] * 1.0, 1.96 * math.log(2)),
        (nn.CrossEntropyLoss(), np.ones((1000, 2)), FEW, ENTROPY),
        (nn.CrossEntropyLoss(ignore_index=1), np.ones((1000, 3)), np.where(FEW, 1, 2 * HALVES), math.log(2)),
        (nn.NLLLoss(reduction="sum"), np.ones((1000, 2)), FEW, 1000 * ENTROPY),
        (nn.MSELoss(), np.ones(4), np.array([0.0, 0.0, 2.0, 2.0]), 1.0),
        (nn.MSELoss(reduction="sum"), np.ones(4), np.array([0.0, 0.0, 2.0, 2.0]), 4.0),
        (nn.L1Loss(), np.ones(4), np.array([0.0, 0.0, 4.0, 4.0]), 2.0),
    ],
)
def test_chance_levels(loss: Any, outputs: Any, y: Any, chance: float) -> None:
    seen = nn.health(Shift(), (outputs, y), loss, len(y)).records[0].chance
    assert seen is not None
    assert seen.loss == pytest.approx(chance, rel=0.01)


def test_gradients_through_time_are_those_of_the_inputs() -> None:
    rng = np.random.default_rng(0)
    model = LastState(nn.LSTM(1, 4, batch_first=True, rng=rng), rng)
    x, y = rng.normal(size=(5, 7, 1)), rng.normal(size=(5, 1))
    layer = nn.health(model, [(x, y)], MSE).records[0].layers["recurrent"]
    leaf = Tensor(x).requires_grad_()
    MSE(model(leaf), y).backward()
    np.testing.assert_allclose(layer.through_time, np.linalg.norm(leaf.grad.data[..., 0], axis=0))


def test_losses_and_chance_are_of_enough_rows() -> None:
    """In batches of one row, they would be noise."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 2)), rng.normal(size=(200, 1))
    model, watch = nn.Sequential(nn.Linear(2, 1, rng=0)), nn.HealthWatch(200)
    nn.fit(model, (x, y), MSE, sgd(model, 1e-12), 1, batch_size=1, shuffle=False, callbacks=[watch])
    evidence = watch.report().evidence
    rows = ((model(x).data - y) ** 2)[:, 0]
    steps, losses = zip(*evidence.recorder.losses, strict=True)
    assert steps[:3] == (0, 16, 32)
    np.testing.assert_allclose(losses[:3], [rows[0], rows[1:17].mean(), rows[17:33].mean()])
    assert evidence.chance is not None
    assert evidence.chance.loss == pytest.approx(1, abs=0.3)
    assert [finding.name for finding in watch.report().findings] == ["learning rate too low"]


def test_noise_of_small_batches_is_no_failure() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(40, 2)), rng.normal(size=(40, 1))
        model, watch = nn.MLP([2, 8, 1], nn.ReLU, rng=rng), nn.HealthWatch()
        optimiser = nn.optim.Adam(model.parameters())
        nn.fit(model, (x, y), MSE, optimiser, 12, batch_size=4, rng=rng, callbacks=[watch])
        assert watch.report().findings == []


def test_sequences_may_have_different_lengths() -> None:
    rng = np.random.default_rng(0)
    model = LastState(nn.RNN(1, 8, batch_first=True, rng=rng), rng)
    parts = [(rng.normal(size=(4, steps, 1)), rng.normal(size=(4, 1))) for steps in (30, 40, 30)]
    watch = nn.HealthWatch()
    nn.fit(model, parts, MSE, sgd(model, 0.01), 3, callbacks=[watch])
    *_, reason = watch.report().unjudged
    assert "its gradients reach back" in reason
    assert reason.endswith("of 30 steps")


def test_time_and_memory_are_bounded() -> None:
    task = healthy()
    report = trained(task, epochs=700, records=16)
    recorder = report.evidence.recorder
    assert len(report.records) <= 16
    assert recorder.steps == 700 * 3
    assert len(recorder.losses.items) <= LOSSES + 1
    steps = [record.step for record in report.records]
    assert steps[:4] == [0, 1, 2, 3]
    assert len(set(np.diff(steps[4:]))) == 1  # evenly over the whole course
    assert steps[-1] > 0.8 * 2100


def test_layers_are_named_as_in_the_model() -> None:
    report = trained(failing("dead units", "high rate, by functions"), epochs=10)
    (finding,) = (f for f in report.findings if f.name == "dead units")
    assert set(finding.layers) <= {"hidden.0", "hidden.1"}
    assert all(repr(path) in str(finding) for path in finding.layers)
    assert "Usual cure: a lower learning rate" in str(finding)


# Trainings that end otherwise


def test_a_training_that_breaks_off_is_reported() -> None:
    task, watch = failing("learning rate too high", "breaks off"), nn.HealthWatch()
    kinds = [type(module) for module in task.model.modules()]
    with pytest.raises(FloatingPointError), np.errstate(all="ignore"):
        nn.fit(*task, 10, 32, rng=0, callbacks=[watch])
    text, broken = repr(watch.report()), watch.report().evidence.recorder.broken
    assert f"breaks off: from {watch.report().curve.first:.4g} to {broken} (" in text
    assert "Learning rate too high. The loss began at" in text
    assert kinds == [type(module) for module in task.model.modules()]


def test_a_stop_in_an_epoch_keeps_what_was_seen() -> None:
    class Stop(nn.Callback):
        def on_batch_end(self, training: nn.training.Training) -> None:
            raise KeyboardInterrupt

    watch, task = nn.HealthWatch(), healthy()
    nn.fit(*task, 2, 32, rng=0, callbacks=[watch, Stop()])
    assert len(watch.report().records) == 1
    assert type(task.model) is nn.MLP


def test_nan_in_the_data_is_named() -> None:
    model, x, y = healthy().model, *classes(np.random.default_rng(0))
    x[3, 1] = np.nan
    (finding, *_) = nn.health(model, (x, y), CE).findings
    assert finding.name == "numbers not finite"
    assert "Input 0 held NaN" in str(finding)


def test_nan_in_a_later_batch_is_no_fault_of_the_rate() -> None:
    model, x, y = healthy().model, *classes(np.random.default_rng(0))
    batches, watch = [(x, y), (x, y), (x * np.nan, y)], nn.HealthWatch()
    with pytest.raises(FloatingPointError):
        nn.fit(model, batches, CE, sgd(model, 0.1), 1, callbacks=[watch])
    (finding,) = watch.report().findings
    assert "Input 0 held NaN or infinity at step 2" in str(finding)


def test_a_loss_that_is_infinite_at_once_is_named() -> None:
    model = nn.Sequential(nn.Linear(2, 1, rng=0))
    x, y = np.ones((4, 2)), np.full((4, 1), np.inf)
    assert "The first loss was inf" in repr(nn.health(model, (x, y), MSE))


# What is not judged


FROZEN = nn.Sequential(nn.Linear(3, 2, rng=0).requires_grad_(False), nn.Linear(2, 1, rng=1))
FUNCTIONS = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Linear(2, 1, rng=1))
GATED = LastState(nn.GRU(3, 2, rng=0), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("model", "shape", "loss", "reason"),
    [
        (nn.Linear(3, 1, rng=0), (4, 3), lambda out, y: ((out - y) ** 2).mean(), "chance level"),
        (FROZEN, (4, 3), MSE, "gradients of layers where none came: 0"),
        (GATED, (4, 5, 3), MSE, "gates inside of: recurrent"),
        (FUNCTIONS, (4, 3), MSE, "activations that are no layers, behind: 0"),
        (nn.Linear(3, 1, rng=0), (4, 3), MSE, "the learning rate and units that die, in one step"),
    ],
)
def test_what_cannot_be_judged_is_said(model: nn.Module, shape: Any, loss: Any, reason: str) -> None:
    rng = np.random.default_rng(0)
    report = nn.health(model, (rng.normal(size=shape), rng.normal(size=(4, 1))), loss)
    assert reason in "\n".join(report.unjudged)
    assert f"Not judged: {report.unjudged[0]}." in repr(report)


def test_indices_are_not_taken_for_unscaled_inputs() -> None:
    model = nn.Sequential(nn.Embedding(500, 4, rng=0), nn.Flatten(), nn.Linear(8, 1, rng=0))
    rng = np.random.default_rng(0)
    report = nn.health(model, (rng.integers(500, size=(32, 2)), rng.normal(size=(32, 1))), MSE)
    assert report.healthy
    assert any("input 0" in reason for reason in report.unjudged)


def test_inputs_that_are_normalised_first_may_have_any_scale() -> None:
    x, y = regression(np.random.default_rng(0))
    layers = nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1)
    assert not nn.health(nn.Sequential(*layers), (1000 * x, y), MSE).healthy
    assert nn.health(nn.Sequential(nn.BatchNorm1d(3), *layers), (1000 * x, y), MSE).healthy


def test_targets_must_be_scaled_too() -> None:
    x, y = regression(np.random.default_rng(0))
    model = he(nn.MLP([3, 8, 1], nn.ReLU, rng=0), np.random.default_rng(0))
    assert "unscaled targets" in {f.name for f in nn.health(model, (x, 200_000 + 50_000 * y), MSE).findings}


def test_several_inputs_and_heads() -> None:
    x, y = regression(np.random.default_rng(0))
    data = {"a": x, "b": 1000 * y}, {"sum": y[:, 0], "first": y[:, 0]}
    report = nn.health(
        TwoInOut(), data, lambda out, y: MSE(out["sum"], y["sum"]) + MSE(out["first"], y["first"])
    )
    assert [f.seen.split(" has ")[0] for f in report.findings] == ["The largest feature of input b"]
    assert [*report.records[0].layers] == ["left", "right"]


# The report


@pytest.mark.parametrize("once", [True, False])
def test_a_report_shows_itself(once: bool) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    task = failing("vanishing gradients", "deep sigmoid")
    report = nn.health(*task[:3]) if once else trained(task)
    text, page = repr(report), report._repr_html_()
    for shown in text, page:
        assert "Vanishing gradients." in shown
        assert "14 (Linear)" in shown
        assert "Through depth" in shown
    assert max(map(len, text.splitlines())) <= 100
    assert all(str(finding) in text.replace("\n  ", " ") for finding in report.findings)
    assert "<svg" in page
    assert page.count("<text") > 20  # letters, and not their outlines
    assert "&#x27;0&#x27;" in page
    figure = report.plot()
    titles = [panel.get_title() for panel in figure.axes]
    assert ("Loss" in titles) != once
    lines = next(panel for panel in figure.axes if panel.get_title().startswith("Norm"))
    assert len(lines.patches if once else lines.lines) == 15
    pyplot.close(figure)


def test_lines_of_many_steps_are_thinned() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure = trained(healthy(), epochs=250, records=750).plot()
    counts = {len(line.get_xdata()) for panel in figure.axes for line in panel.lines}
    assert counts == {2, 188}  # 2 are those of level lines
    pyplot.close(figure)


def test_a_report_says_whether_a_loss_is_better_than_chance() -> None:
    model, (x, y), loss, optimiser = healthy()
    report = trained(Task(model, (300 * x, y), loss, optimiser), epochs=20)
    assert not report.curve.learned
    for seen, expected in (report, True), (trained(healthy(), epochs=20), False):
        assert ("no better than chance (all classes alike" in " ".join(seen.summary().split())) == expected


def test_a_watch_without_a_training_says_so() -> None:
    with pytest.raises(RuntimeError, match=r"callbacks=\[watch\]"):
        nn.HealthWatch().report()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.tanh, (np.ones((2, 1)), np.ones((2, 1))), MSE), "model: expected a module"),
        ((nn.Linear(1, 1), (np.ones((2, 1)), np.ones((2, 1))), nn.MSELoss), "loss: expected a function"),
        ((nn.Linear(1, 1), (np.ones((2, 1)), np.ones((3, 1))), MSE), "data: expected arrays with one number"),
        ((nn.Linear(1, 1), np.ones((2, 1)), MSE), "data: expected a tuple"),
        ((nn.Linear(1, 1), (np.ones((2, 1)), np.ones((2, 1))), MSE, 0), "batch_size: expected"),
        (
            (nn.Linear(1, 1), (np.ones((2, 1)), np.ones((2, 1))), nn.MSELoss("none")),
            "loss: expected a Tensor",
        ),
    ],
)
def test_bad_arguments_are_refused(arguments: tuple[Any, ...], error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        nn.health(*arguments)


def test_networks_alone_do_not_load_it() -> None:
    program = "import sys, nn; assert 'nn.diagnostics' not in sys.modules; nn.health; print(nn.HealthWatch)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "nn.diagnostics.watch.HealthWatch" in run.stdout
