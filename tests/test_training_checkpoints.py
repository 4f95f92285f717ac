"""Checkpoints: training that was interrupted goes on bit for bit; a kill leaves the old file whole."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.optim import lr_scheduler
from nn.training import Training

pytest.importorskip("safetensors")

Array = np.ndarray[Any, Any]
X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.sin(X.sum(axis=1, keepdims=True))
LOSS = nn.MSELoss()

OPTIMISERS: dict[str, Callable[[Any], nn.optim.Optimiser]] = {
    "SGD": lambda p: nn.optim.SGD(p, lr=0.05, momentum=0.9),
    "Adam": lambda p: nn.optim.Adam(p, lr=0.01, betas=(0.8, 0.9)),
    "AdamW": lambda p: nn.optim.AdamW(p, lr=0.01),
    "RMSprop": lambda p: nn.optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
    "Adagrad": lambda p: nn.optim.Adagrad(p, lr=0.05),
}
SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "none": lambda optimiser: None,
    "cosine": lambda optimiser: lr_scheduler.CosineAnnealingLR(optimiser, 5),
    "steps": lambda optimiser: lr_scheduler.MultiStepLR(optimiser, [2, 4, 4], 0.5),
    "lambda": lambda optimiser: lr_scheduler.LambdaLR(optimiser, lambda epoch: 0.9**epoch),
    "plateau": lambda optimiser: lr_scheduler.ReduceLROnPlateau(optimiser, patience=0, threshold=0.5),
}
GENERATORS = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64]


class Run:
    """One program: everything that is made anew in each process."""

    def __init__(self, optimiser: str = "Adam", schedule: str = "none", bits: Any = np.random.PCG64) -> None:
        rng = np.random.Generator(bits(0))
        self.model = nn.Sequential(
            nn.Linear(3, 8, rng=rng), nn.BatchNorm1d(8), nn.ReLU(),
            nn.Dropout(0.3, rng=np.random.Generator(bits(1))),
            nn.Linear(8, 8, rng=rng), nn.Dropout(0.2, rng=rng), nn.Linear(8, 1, rng=rng),
        )  # fmt: skip
        self.optimiser = OPTIMISERS[optimiser](self.model.parameters())
        self.schedule, self.rng = SCHEDULES[schedule](self.optimiser), rng  # which a layer draws from too
        self.stop = nn.EarlyStopping("val_loss", patience=3)

    def fit(self, epochs: int, callbacks: Any = (), **options: Any) -> nn.History:
        return nn.fit(
            self.model, (X, Y), LOSS, self.optimiser, epochs, 16, rng=self.rng,
            schedule=self.schedule, callbacks=[*callbacks, self.stop], validation_split=0.25, **options,
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        parts = self.model, LOSS, self.optimiser, self.schedule, self.rng, [self.stop]
        state = Training(*parts).state_dict()
        del state["history"], state["held_out"]
        return state


def numbers(history: nn.History) -> dict[str, list[float]]:
    """Return all that does not depend on the clock."""
    return {name: column for name, column in history.to_dict().items() if name != "seconds"}


class Break(nn.Callback):
    """Press Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_batch_end(self, training: Training) -> None:
        if training.epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("optimiser", "schedule", "bits"),
    [(name, "none", np.random.PCG64) for name in OPTIMISERS]
    + [("SGD", name, np.random.PCG64) for name in SCHEDULES if name != "none"]
    + [("Adam", "none", bits) for bits in GENERATORS[1:]],
)
def test_a_resumed_training_equals_an_uninterrupted_one(
    optimiser: str, schedule: str, bits: Any, tmp_path: Path
) -> None:
    whole = Run(optimiser, schedule, bits)
    history = whole.fit(7)
    first = Run(optimiser, schedule, bits)
    assert len(first.fit(7, [nn.Checkpoint(tmp_path), Break(3)])) == 3
    second = Run(optimiser, schedule, bits)
    second.rng.random(5)  # the generator of a new process may stand anywhere
    resumed = second.fit(7, resume_from=tmp_path)
    assert numbers(resumed) == numbers(history)
    np.testing.assert_equal(second.state(), whole.state())


def test_nothing_is_forgotten(tmp_path: Path) -> None:
    """Each part of the state matters: without it the resumed training differs."""
    whole = Run("Adam", "cosine")
    whole.fit(6)
    Run("Adam", "cosine").fit(3, [nn.Checkpoint(tmp_path)])
    for forgotten in "model", "optimizer", "schedule", "rng", "generators", "held_out":
        second = Run("Adam", "cosine")
        second.rng.random(5)
        if forgotten == "rng":  # else it is remembered as that of a layer
            second.model[5].rng = np.random.default_rng(1)
        load = Training.load_state_dict

        def partly(
            self: Training, state: dict[str, Any], forgotten: str = forgotten, load: Any = load
        ) -> None:
            load(self, {**state, forgotten: self.state_dict()[forgotten]})

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Training, "load_state_dict", partly)
            second.fit(6, resume_from=tmp_path)
        with pytest.raises(AssertionError):
            np.testing.assert_equal(second.state(), whole.state())


def test_batches_of_nn_go_on_where_they_were(tmp_path: Path) -> None:
    def fit(epochs: int, **options: Any) -> tuple[nn.History, dict[str, Array]]:
        model = nn.Linear(3, 1, rng=0)
        data, tested = nn.batches(X, Y, batch_size=16, rng=1), nn.batches(X, Y, batch_size=7, rng=2)
        optimiser = nn.optim.Adam(model.parameters())
        history = nn.fit(model, data, LOSS, optimiser, epochs, validation_data=tested, **options)
        return history, model.state_dict()

    whole, weights = fit(5)
    fit(2, callbacks=[nn.Checkpoint(tmp_path)])
    resumed, same = fit(5, resume_from=tmp_path)
    assert numbers(resumed) == numbers(whole)
    np.testing.assert_equal(same, weights)


def test_a_callback_that_comes_later_counts_from_there(tmp_path: Path) -> None:
    """Also one that saw another training before."""
    x, y = X[:, :1], 2 * X[:, :1]
    used = nn.EarlyStopping(patience=2, min_delta=100)
    for stop in nn.EarlyStopping(patience=2, min_delta=100), used:
        model = nn.Linear(1, 1, rng=0)
        task = model, (x, y), LOSS, nn.optim.SGD(model.parameters(), lr=0.01)
        nn.fit(*task, 4, rng=0, callbacks=[used])  # stops after 3 epochs, and keeps weights
        nn.fit(*task, 5, rng=0, callbacks=[nn.Checkpoint(tmp_path)])
        history = nn.fit(*task, 50, rng=0, callbacks=[stop], resume_from=tmp_path)
        assert history.ended == "stopped by EarlyStopping after epoch 8"
        assert (stop.best, stop.best_epoch) == (history["loss"][5], 6)


def test_a_training_that_was_stopped_stays_so(tmp_path: Path) -> None:
    first, second = Run("SGD"), Run("SGD")
    history = first.fit(200, [nn.Checkpoint(tmp_path)])
    assert history.ended.startswith("stopped by EarlyStopping")
    resumed = second.fit(200, resume_from=tmp_path)
    assert numbers(resumed) == numbers(history)
    np.testing.assert_equal(second.model.state_dict(), first.model.state_dict())


def test_the_best_state_is_kept_apart_and_nn_load_reads_it(tmp_path: Path) -> None:
    run = Run("SGD")
    history = run.fit(12, [nn.Checkpoint(tmp_path / "new" / "folder", "val_loss")])
    best = int(np.argmin(history["val_loss"]))
    assert best < len(history) - 1  # else there is nothing to be seen
    model = Run().model
    nn.load(model, tmp_path / "new" / "folder" / "best.safetensors")
    np.testing.assert_equal(model.state_dict(), run.model.state_dict())  # early stopping gave it back
    resumed = Run("SGD").fit(best + 1, resume_from=tmp_path / "new" / "folder" / "best.safetensors")
    assert numbers(resumed)["loss"] == history["loss"][: best + 1]


def test_every_few_epochs(tmp_path: Path) -> None:
    Run().fit(5, [nn.Checkpoint(tmp_path, "loss", mode="max", every=2)])
    assert len(Run().fit(4, resume_from=tmp_path)) == 4
    assert len(Run().fit(1, resume_from=tmp_path / "best.safetensors")) == 1


def test_what_does_not_fit_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"resume_from: expected a checkpoint, found none at .*Checkpoint"
    ):
        Run().fit(2, resume_from=tmp_path)
    nn.save(nn.Linear(2, 1), tmp_path / "weights.safetensors")
    with pytest.raises(ValueError, match="got a file of weights"):
        Run().fit(2, resume_from=tmp_path / "weights.safetensors")
    Run(schedule="cosine").fit(1, [nn.Checkpoint(tmp_path)])
    with pytest.raises(ValueError, match="schedule: expected False, got True"):
        Run().fit(2, resume_from=tmp_path)
    other = Run(schedule="cosine")
    other.optimiser = nn.optim.SGD(list(other.model.parameters())[:2])
    other.schedule = SCHEDULES["cosine"](other.optimiser)
    with pytest.raises(ValueError, match=r"groups of \[2\] parameters, got groups of \[8\]") as caught:
        other.fit(2, resume_from=tmp_path)
    assert "last.safetensors" in caught.value.__notes__[0]

    Run().fit(1, [nn.Checkpoint(tmp_path)])
    with pytest.raises(
        ValueError, match="history: expected loss, val_loss, lr, seconds, got loss, more, val"
    ):
        Run().fit(2, resume_from=tmp_path, metrics={"more": lambda out, y: 0.0})

    class Strange(nn.Callback):
        def state_dict(self) -> dict[str, Any]:
            return {"seen": {1, 2}}

    with pytest.raises(TypeError, match=r"got set at 'callbacks/Strange 0/seen'"):
        Run().fit(1, [nn.Checkpoint(tmp_path), Strange()])


PROGRAM = """
import sys, numpy as np, nn
model = nn.Sequential(nn.Linear(500, 500, rng=0), nn.Linear(500, 1, rng=0))
x = np.ones((4, 500))
task = model, (x, x[:, :1]), nn.MSELoss(), nn.optim.Adam(model.parameters())
nn.fit(*task, 10**6, callbacks=[nn.Checkpoint(sys.argv[1])], rng=0)
"""


def test_a_kill_at_any_moment_leaves_a_file_that_is_whole(tmp_path: Path) -> None:
    draw = random.Random(0)
    lengths = []
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)])
        before = len(lengths) and (tmp_path / "last.safetensors").stat().st_mtime_ns
        deadline = time.monotonic() + 60
        last = tmp_path / "last.safetensors"
        while not last.exists() or last.stat().st_mtime_ns == before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.2))
        process.kill()
        process.wait()
        model = nn.Sequential(nn.Linear(500, 500), nn.Linear(500, 1))
        x = np.ones((4, 500))
        task = model, (x, x[:, :1]), nn.MSELoss(), nn.optim.Adam(model.parameters())
        lengths.append(len(nn.fit(*task, 1, resume_from=tmp_path)))
    assert min(lengths) >= 1


# The state of optimisers


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_goes_on_from_its_state(name: str) -> None:
    def steps(model: nn.Module, optimiser: nn.optim.Optimiser, count: int) -> dict[str, Array]:
        for _ in range(count):
            optimiser.zero_grad()
            nn.functional.mse_loss(model(X), Y).backward()
            optimiser.step()
        return model.state_dict()

    model, copy = nn.Linear(3, 1, rng=0), nn.Linear(3, 1, rng=1)
    optimiser, other = OPTIMISERS[name](model.parameters()), OPTIMISERS[name](copy.parameters())
    optimiser.param_groups[0]["lr"] = 0.07
    copy.load_state_dict(steps(model, optimiser, 3))
    state = optimiser.state_dict()
    other.load_state_dict(state)
    np.testing.assert_equal(steps(copy, other, 3), steps(model, optimiser, 3))
    assert state["state"][0].keys() == optimiser.state_dict()["state"][0].keys()


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    model = nn.Linear(3, 1, rng=0)
    optimiser = nn.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    model(X).sum().backward()
    optimiser.step()
    state = optimiser.state_dict()
    wrong = [
        ({**state, "state": [{"velocity": np.ones(5)}, {}]}, r"'velocity' of shape \(1, 3\), got \(5,\)"),
        ({**state, "param_groups": [{**state["param_groups"][0], "lr": -1.0}]}, "lr: expected"),
        (
            {**state, "param_groups": [{**state["param_groups"][0], "betas": 1}]},
            "options of SGD, got 'betas'",
        ),
        ({**state, "param_groups": []}, r"groups of \[2\] parameters, got groups of \[\]"),
    ]
    for given, words in wrong:
        with pytest.raises(ValueError, match=words):
            optimiser.load_state_dict(given)
        np.testing.assert_equal(optimiser.state_dict(), state)


def test_more_parameters_can_be_added() -> None:
    first, second = nn.Linear(3, 2, rng=0), nn.Linear(2, 1, rng=0)
    optimiser = nn.optim.Adam(first.parameters(), lr=0.1)
    for _ in range(2):
        second(first(X)).sum().backward()
        optimiser.step()
    before = second.state_dict()
    optimiser.add_param_group({"params": second.parameters(), "lr": 0.2})
    optimiser.step()
    assert np.all(before["weight"] != second.weight.data)
    with pytest.raises(ValueError, match="stands there twice"):
        optimiser.add_param_group({"params": [first.weight]})
    with pytest.raises(TypeError, match="betta"):
        optimiser.add_param_group({"params": [nn.Parameter(np.ones(1))], "betta": 1})
    assert len(optimiser.param_groups) == 2
