"""fit: what one writes by hand, step for step; and errors that teach."""

import gc
import json
import math
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.sparse import csr_array

import nn
from autograd import Tensor
from nn.optim.lr_scheduler import ExponentialLR, ReduceLROnPlateau
from nn.training import Training, outputs_seen
from nn.training.data import source
from tests.nn_models import TwoInOut

Array = np.ndarray[Any, Any]

X = np.random.default_rng(0).normal(size=(50, 3))
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
LOSS = nn.MSELoss()


def network(seed: int = 0) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh(), nn.Linear(4, 1, rng=rng))


def task(model: nn.Module | None = None, lr: float = 0.1) -> tuple[Any, ...]:
    """Return the first arguments of fit."""
    model = network() if model is None else model
    return model, (X, Y), LOSS, nn.optim.SGD(model.parameters(), lr=lr)


def same(a: dict[str, Array], b: dict[str, Array]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_fit_does_what_the_loop_by_hand_does() -> None:
    ours, by_hand = network(), network()
    history = nn.fit(ours, (X, Y), LOSS, nn.optim.Adam(ours.parameters()), 5, 8, rng=7)
    optimiser, rng = nn.optim.Adam(by_hand.parameters()), np.random.default_rng(7)
    for epoch in range(5):
        total = 0.0
        for x, y in nn.batches(X, Y, batch_size=8, rng=rng):
            optimiser.zero_grad()
            loss = LOSS(by_hand(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        assert history["loss"][epoch] == total / len(X)
    assert same(ours.state_dict(), by_hand.state_dict())


def test_without_shuffling_batches_come_in_order() -> None:
    model = network()
    seen = []
    with outputs_seen(model[0], lambda name, module, output: seen.append(len(output))):
        nn.fit(*task(model), epochs=2, batch_size=20, shuffle=False)
    assert seen == [20, 20, 10] * 2


def test_batches_of_ones_own_are_gone_through_each_epoch() -> None:
    parts = list(nn.batches(X, Y, batch_size=8, rng=0))
    one, other = network(), network()
    history = nn.fit(one, parts, LOSS, nn.optim.SGD(one.parameters(), lr=0.1), 3)
    optimiser = nn.optim.SGD(other.parameters(), lr=0.1)
    for x, y in parts * 3:
        optimiser.zero_grad()
        LOSS(other(x), y).backward()
        optimiser.step()
    assert len(history) == 3
    assert same(one.state_dict(), other.state_dict())


@pytest.mark.parametrize(
    ("rows", "size", "sizes"),
    [(9, 4, [4, 5]), (10, 4, [4, 4, 2]), (5, 4, [5]), (1, 4, [1]), (3, 1, [1, 1, 1]), (8, 4, [4, 4])],
)
def test_a_last_row_alone_joins_the_batch_before(rows: int, size: int, sizes: list[int]) -> None:
    pairs = source("data", (X[:rows], Y[:rows]))
    batches = list(pairs.epoch(size, np.random.default_rng(0), shuffle=True))
    assert [len(x) for x, _ in batches] == sizes
    assert pairs.count(size) == len(sizes)
    order = np.random.default_rng(0).permutation(rows)
    for i, whole in enumerate((X, Y)):
        np.testing.assert_array_equal(np.concatenate([batch[i] for batch in batches]), whole[order])


class Foreign:
    """An array of another library, such as a tensor of PyTorch."""

    def __init__(self, array: Array) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.array


def test_arrays_of_other_libraries_are_data_too() -> None:
    """Also from a loader, of which everything else comes as it is."""
    x, texts, rng = Foreign(X), ["a", "bc"], np.random.default_rng(0)
    for data in (x, {"y": Foreign(Y)}), [[x, {"y": Foreign(Y)}]]:
        np.testing.assert_equal(next(source("data", data).epoch(50, rng, shuffle=False)), (X, {"y": Y}))
    assert next(source("data", [(texts, Y)]).epoch(2, rng, shuffle=False)) == (texts, Y)


class Pair(NamedTuple):
    mean: Any
    logarithm: Any


class Gives(nn.Module):
    """A model whose outputs have a form of their own."""

    def __init__(self, form: Callable[[Any], Any]) -> None:
        self.linear, self.form = nn.Linear(3, 1, rng=0), form

    def forward(self, x: Any) -> Any:
        return self.form(self.linear(x))


FORMS: dict[str, tuple[Callable[[Any], Any], Any, type]] = {
    "list": (lambda out: [out, out], ((None, 1), (None, 1)), tuple),
    "namedtuple": (lambda out: Pair(out, out), Pair((None, 1), (None, 1)), Pair),
    "number": (lambda out: (out, 2.0), ((None, 1), "float"), tuple),
    "nothing": (lambda out: (out, None), ((None, 1), "NoneType"), tuple),
}


@pytest.mark.parametrize("form", FORMS)
def test_outputs_may_have_other_forms(form: str) -> None:
    give, shape, kind = FORMS[form]
    model = Gives(give)
    seen: list[Any] = []

    def metric(out: Any, y: Any) -> float:
        seen.append(out)
        return float(len(out[0]))

    history = nn.fit(
        model, (X, Y), lambda out, y: LOSS(out[0], y), nn.optim.SGD(model.parameters()), 1,
        validation_data=(X, Y), metrics={"rows": metric},
    )  # fmt: skip
    assert history["rows"] == history["val_rows"] == [50.0]
    assert all(type(out) is kind for out in seen)
    table = nn.summary(nn.Sequential(model), (3,))
    assert table.layers[0].shape == shape
    assert str(shape) in repr(table)


@pytest.mark.parametrize("x", [(X, Y), {"b": Y, "a": X}], ids=["tuple", "dict"])
def test_several_inputs_and_heads(x: Any) -> None:
    model = TwoInOut()
    targets = {"sum": X.sum(axis=1), "first": Y[:, 0]}

    def loss(out: Any, y: Any) -> Any:
        return LOSS(out["sum"], y["sum"]) + LOSS(out["first"], y["first"])

    def error(out: Any, y: Any) -> float:
        assert out["sum"].shape == y["sum"].shape
        return float(np.abs(out["sum"] - y["sum"]).mean())

    optimiser = nn.optim.Adam(model.parameters(), lr=0.05)
    history = nn.fit(
        model, (x, targets), loss, optimiser, 30, rng=0, validation_split=0.2, metrics={"error": error}
    )
    for name in "loss", "error", "val_loss", "val_error":
        assert history[name][-1] < history[name][0] / 2


def test_metrics_are_those_of_the_whole_epoch_and_the_loss_counts_rows() -> None:
    model = network()
    metrics = {"r2": lambda out, y: 1 - ((out - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()}
    history = nn.fit(*task(model), 2, 7, validation_data=(X, Y), metrics=metrics, rng=0)
    out = model.eval()(X).detach().data
    np.testing.assert_allclose(history["val_loss"][-1], ((out - Y) ** 2).mean(), rtol=1e-12)
    np.testing.assert_allclose(history["val_r2"][-1], metrics["r2"](out, Y), rtol=1e-12)
    assert list(history.columns) == ["loss", "r2", "val_loss", "val_r2", "lr", "seconds"]


def test_the_split_leaves_out_rows_once_and_for_all() -> None:
    rows = np.arange(40.0)[:, None]
    model = nn.Linear(1, 1, rng=0)
    trained: set[float] = set()
    tested: set[float] = set()

    def loss(out: Any, y: Any) -> Any:
        (trained if model.training else tested).update(y.ravel().tolist())
        return LOSS(out, y)

    nn.fit(
        model,
        (rows, rows),
        loss,
        nn.optim.SGD(model.parameters(), lr=1e-4),
        3,
        8,
        validation_split=0.25,
        rng=1,
    )
    assert len(tested) == 10
    assert trained | tested == set(rows.ravel())
    assert not trained & tested


def test_modes_are_as_before_and_as_they_should_be_inside() -> None:
    model = nn.Sequential(
        nn.Linear(3, 4, rng=0), nn.Dropout(rng=0), nn.BatchNorm1d(4), nn.Linear(4, 1, rng=0)
    )
    model.eval()
    model[1].training = True
    seen = []

    def loss(out: Any, y: Any) -> Any:
        seen.append((model.training, out.requires_grad))
        return LOSS(out, y)

    optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
    nn.fit(model, (X, Y), loss, optimiser, 1, 50, validation_data=(X, Y))
    assert seen == [(True, True), (False, False)]
    assert [m.training for m in model.modules()] == [False, False, True, False, False]


def test_memory_stays_flat_over_10_000_steps() -> None:
    """Measured after each epoch of 100 steps, once warm, with the collector off."""

    class Memory(nn.Callback):
        def __init__(self) -> None:
            self.bytes: list[int] = []

        def on_epoch_end(self, training: Training) -> None:
            self.bytes.append(tracemalloc.get_traced_memory()[0])

    memory, rows = Memory(), np.resize(X, (100, 3))
    model, _, loss, optimiser = task(lr=0.01)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        nn.fit(model, (rows, rows[:, :1]), loss, optimiser, 120, 1, rng=0, callbacks=[memory])
    finally:
        tracemalloc.stop()
        gc.enable()
    assert memory.bytes[-1] - memory.bytes[-101] < 100 * 500  # each epoch adds a row to the history


def test_a_layer_that_is_set_apart_stays_so() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1, rng=0))
    model[0].eval()
    before = model[0].running_mean.data.copy()
    nn.fit(*task(model), epochs=1)
    np.testing.assert_array_equal(model[0].running_mean.data, before)


SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "exponential": lambda optimiser: ExponentialLR(optimiser, 0.5),
    "plateau": lambda optimiser: ReduceLROnPlateau(optimiser, factor=0.5, patience=0, threshold=1e9),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_make_a_step_after_each_epoch(name: str) -> None:
    *rest, optimiser = task(lr=0.08)
    history = nn.fit(*rest, optimiser, 3, schedule=SCHEDULES[name](optimiser), validation_data=(X, Y))
    assert history["lr"] in ([0.08, 0.04, 0.02], [0.08, 0.08, 0.04])
    assert optimiser.param_groups[0]["lr"] == history["lr"][-1] / 2


def test_a_schedule_on_the_greatest_is_refused_for_it_is_given_the_loss() -> None:
    *rest, optimiser = task()
    schedule = ReduceLROnPlateau(optimiser, mode="max")
    with pytest.raises(ValueError, match=r"schedule: expected mode='min', for .* in a callback"):
        nn.fit(*rest, optimiser, 1, schedule=schedule)


# Callbacks


class Log(nn.Callback):
    """Write down what it is told."""

    def __init__(self, stop: Any = None) -> None:
        self.told: list[Any] = []
        self.stop = stop

    def on_train_begin(self, training: Training) -> None:
        self.told.append("begin")

    def on_epoch_begin(self, training: Training) -> None:
        self.told.append("epoch")

    def on_backward_end(self, training: Training) -> None:
        assert all(p.grad is not None for p in training.model.parameters())
        self.told.append("backward")

    def on_batch_end(self, training: Training) -> None:
        assert all(p.grad is not None for p in training.model.parameters())
        assert training.batch_loss >= 0
        self.told.append("batch")

    def on_epoch_end(self, training: Training) -> bool | None:
        self.told.append(training.epoch)
        if isinstance(self.stop, BaseException) and training.epoch == 2:
            raise self.stop
        return training.epoch == self.stop

    def on_train_end(self, training: Training) -> None:
        self.told.append("end")


def test_callbacks_are_told_in_order_and_may_stop() -> None:
    log = Log(stop=2)
    history = nn.fit(*task(), epochs=9, batch_size=25, callbacks=[log])
    epoch = ["epoch", "backward", "batch", "backward", "batch"]
    assert log.told == ["begin", *epoch, 1, *epoch, 2, "end"]
    assert history.ended == "stopped by Log after epoch 2"
    assert "stopped by Log" in repr(history)


def test_gradients_may_be_changed_before_a_step() -> None:
    class Clipping(nn.Callback):
        def on_backward_end(self, training: Training) -> None:
            nn.utils.clip_grad_norm_(training.model.parameters(), 1e-3)

    model = network()
    before = model.state_dict()
    rest = task(model, lr=1.0)
    nn.fit(*rest, epochs=1, batch_size=len(X), callbacks=[Clipping()])
    changes = [model.state_dict()[name] - array for name, array in before.items()]
    assert np.sqrt(sum(np.vdot(change, change) for change in changes)) == pytest.approx(1e-3, rel=1e-2)


def test_an_error_of_a_callback_ends_training_as_pruners_need_it() -> None:
    model, log = network().eval(), Log(stop=LookupError("pruned"))
    with pytest.raises(LookupError, match="pruned"):
        nn.fit(*task(model), epochs=9, callbacks=[log])
    assert log.told[-2:] == [2, "end"]
    assert not model.training


def test_ctrl_c_gives_the_history_so_far() -> None:
    log = Log(stop=KeyboardInterrupt())
    history = nn.fit(*task(), epochs=9, callbacks=[log])
    assert len(history) == 2
    assert history.ended == "interrupted after epoch 2"
    assert log.told[-1] == "end"


def test_early_stopping_gives_back_the_best_epoch() -> None:
    model = network()
    states: list[dict[str, Array]] = []

    class Keep(nn.Callback):
        def on_epoch_end(self, training: Training) -> None:
            states.append(training.model.state_dict())

    wanted = iter([5.0, 3.0, 4.0, 3.5, 3.0, 1.0])
    stop = nn.EarlyStopping("val_wanted", patience=3, mode="min")
    calls = iter(range(100))
    history = nn.fit(
        *task(model), epochs=9, validation_data=(X, Y), callbacks=[Keep(), stop],
        metrics={"wanted": lambda out, y: next(wanted) if next(calls) % 2 else 0.0},
    )  # fmt: skip
    assert history["val_wanted"] == [5.0, 3.0, 4.0, 3.5, 3.0]
    assert (stop.best, stop.best_epoch) == (3.0, 2)
    assert same(model.state_dict(), states[1])
    assert not same(model.state_dict(), states[4])


def test_early_stopping_watches_the_greatest_if_asked() -> None:
    values = iter([0.1, 0.5, 0.4, 0.9, 0.2, 0.3, 0.1])
    stop = nn.EarlyStopping("score", patience=2, mode="max", restore_best=False)
    history = nn.fit(*task(), epochs=9, metrics={"score": lambda out, y: next(values)}, callbacks=[stop])
    assert len(history) == 6
    again = nn.fit(*task(), epochs=2, metrics={"score": lambda out, y: 0.0}, callbacks=[stop])
    assert len(again) == 2  # another training begins anew


# Not numbers


def test_a_loss_that_is_not_finite_stops_with_words_and_good_parameters() -> None:
    model = network()
    before = model.state_dict()
    data = X.copy()
    data[0] = np.nan
    with pytest.raises(
        FloatingPointError, match=r"loss is nan in epoch 1, batch 1; the usual fix is a lower"
    ):
        nn.fit(model, (data, Y), LOSS, nn.optim.SGD(model.parameters()), 3, 50)
    assert same(model.state_dict(), before)


BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "epochs": ({"epochs": 0}, ValueError, "epochs: expected a whole number from 1, got 0"),
    "batch_size": ({"batch_size": 0}, ValueError, "batch_size: expected a whole number from 1"),
    "rows": ({"data": (X, Y[:-1])}, ValueError, r"data: expected arrays with one number of rows, got shapes"),
    "no rows": ({"data": (X[:0], Y[:0])}, ValueError, "data: expected arrays with one number"),
    "three": ({"data": (X, Y, Y)}, ValueError, r"data: expected a tuple \(x, y\), got 3 parts"),
    "array": ({"data": X}, TypeError, r"data: expected a tuple \(x, y\), or batches"),
    "batches": ({"data": [X]}, ValueError, r"data: expected batches \(x, y\), got ndarray of 50"),
    "list": (
        {"validation_data": [X, Y]},
        ValueError,
        r"validation_data: expected batches .* the usual fix for arrays is a tuple, \(x, y\)",
    ),
    "lists of inputs": (
        {"data": ([X, X], [Y, Y])},
        TypeError,
        r"data: expected an array or a list of rows, .* the usual fix is a tuple, \(x1, x2\)",
    ),
    "sparse": ({"data": (csr_array(X), Y)}, TypeError, r"data: .* got csr_array; the usual fix is \.toarray"),
    "size of batches": ({"data": [(X, Y)], "batch_size": 4}, ValueError, "batch_size: expected none"),
    "no batch": ({"data": []}, ValueError, "data: no batch in pass 1$"),
    "used up": ({"data": iter([(X, Y)]), "epochs": 2}, ValueError, "no batch in pass 2; is it a generator"),
    "split": ({"validation_split": 1.5}, ValueError, "validation_split: expected a share from 0 to 1"),
    "split of few": ({"validation_split": 0.001}, ValueError, "leaves rows on both sides"),
    "both": (
        {"validation_split": 0.5, "validation_data": (X, Y)},
        ValueError,
        "validation_split: expected 0",
    ),
    "split batches": (
        {"validation_split": 0.5, "data": [(X, Y)]},
        ValueError,
        "validation_split: expected 0",
    ),
    "validation": ({"validation_data": (X, Y[1:])}, ValueError, "validation_data: expected arrays"),
    "model": ({"model": network}, TypeError, "model: expected a module"),
    "loss class": ({"loss": nn.MSELoss}, TypeError, "loss: expected a function, such as nn.MSELoss()"),
    "loss": ({"loss": nn.MSELoss(reduction="none")}, TypeError, r"got shape \(32, 1\); the usual fix is red"),
    "loss array": (
        {"loss": lambda out, y: 1.0},
        TypeError,
        r"loss: expected a Tensor of one number, got float; the usual fix .* without \.item",
    ),
    "order": (
        {"data": X, "loss": Y, "optimizer": LOSS},
        TypeError,
        r"loss: expected a function, .* after data=\(x, y\), got an array of shape \(50, 1\)$",
    ),
    "optimizer": ({"optimizer": 0.1}, TypeError, "optimizer: expected nn.optim"),
    "other optimizer": (
        {"optimizer": nn.optim.SGD(network().parameters())},
        ValueError,
        "optimizer: expected one of model.par",
    ),
    "schedule": (
        {"schedule": ExponentialLR(nn.optim.SGD(network().parameters()), 0.5)},
        ValueError,
        "schedule: expected one of the same",
    ),
    "callback": ({"callbacks": [print]}, TypeError, "callbacks: expected objects of nn.Callback"),
    "callbacks": ({"callbacks": nn.Callback()}, TypeError, r"got one; the usual fix is \[callback\]"),
    "metrics": ({"metrics": [len]}, TypeError, "metrics: expected functions by name"),
    "metric": ({"metrics": {"a": "accuracy"}}, TypeError, "metrics: expected functions by name"),
    **{
        f"metric {name}": ({"metrics": {name: abs}}, ValueError, f"metrics: expected .*, got '{name}'")
        for name in ("loss", "lr", "seconds", "val_loss")
    },
    "metric of arrays": (
        {"metrics": {"a": np.subtract}},
        TypeError,
        r"metrics: expected a number from 'a', got an array of shape \(50, 1\); the usual fix is .*mean",
    ),
    "monitor": (
        {"callbacks": [nn.EarlyStopping("val_loss")]},
        ValueError,
        "monitor: expected one of loss, lr, seconds",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_words(case: str) -> None:
    arguments, kind, words = BAD[case]
    model = network()
    right = {"model": model, "data": (X, Y), "loss": LOSS, "optimizer": nn.optim.SGD(model.parameters())}
    with pytest.raises(kind, match=words):
        nn.fit(**{**right, "epochs": 1, **arguments})


@pytest.mark.parametrize(
    ("options", "words"),
    [({"mode": "least"}, "mode: "), ({"patience": 0}, "patience: "), ({"min_delta": -1}, "min_delta: ")],
)
def test_bad_options_of_early_stopping(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        nn.EarlyStopping(**options)


@pytest.mark.parametrize("kind", [nn.EarlyStopping, partial(nn.Checkpoint, "folder")])
def test_less_is_better_only_of_losses_and_errors(kind: Callable[..., Any]) -> None:
    for column in None, "loss", "val_loss", "absolute_error":
        assert kind(column).mode == "min"
    with pytest.raises(ValueError, match="mode: expected 'min' or 'max' for the column 'val_acc', got None"):
        kind("val_acc")


def test_metrics_of_scikit_learn_are_refused_for_they_take_targets_first() -> None:
    r2_score = pytest.importorskip("sklearn.metrics").r2_score
    words = r"usual fix is lambda outputs, targets: r2_score\(targets, outputs\)"
    with pytest.raises(TypeError, match=words):
        nn.fit(*task(), epochs=1, metrics={"r2": r2_score})


def test_a_misspelt_method_of_a_callback_is_refused() -> None:
    words = "Typo: expected methods among on_train_begin, .*, on_train_end, got 'on_epoch_ends'"
    with pytest.raises(TypeError, match=words):
        type("Typo", (nn.Callback,), {"on_epoch_ends": lambda self, training: True})


def test_layers_that_the_optimiser_does_not_know_are_warned_of() -> None:
    model = network()
    optimiser = nn.optim.SGD(model.parameters())
    model[2] = nn.Linear(4, 1, rng=1)
    with pytest.warns(UserWarning, match="usual fix is to make the optimiser after the layers") as caught:
        nn.fit(model, (X, Y), LOSS, optimiser, 1)
    assert caught[0].filename == __file__
    model[2].requires_grad_(False)
    nn.fit(model, (X, Y), LOSS, optimiser, 1)  # one that shall not learn needs no optimiser


# Display


def test_progress_is_quiet_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    nn.fit(*task(), epochs=1)
    assert capfd.readouterr() == ("", "")
    pytest.importorskip("tqdm")
    nn.fit(*task(), epochs=2, batch_size=10, progress=True)
    assert "10/10" in capfd.readouterr().err


@pytest.mark.parametrize("library", ["tqdm", "matplotlib"])
def test_what_is_not_installed_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"{library}; install it with: pip install 'chainrule\[train\]'"):
        nn.fit(*task(), epochs=1, progress=True if library == "tqdm" else None).plot()


def test_a_history_shows_itself() -> None:
    history = nn.History()
    for i in range(100):
        history.append({"loss": 1 / (i + 1), "val_loss": 2.0})
    lines = repr(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "val_loss"]
    assert lines[-1].split() == ["100", "0.01", "2"]
    assert len(lines) == 21
    assert history._repr_html_().count("<tr>") == 21
    assert json.loads(json.dumps(history.to_dict())) == history.columns
    with pytest.raises(KeyError, match="expected one of loss, val_loss, got 'val'"):
        history["val"]


def test_a_history_draws_its_losses() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    history = nn.History({"loss": [2.0, 1.0], "val_loss": [3.0, 2.0], "lr": [0.1, 0.1]})
    axes = history.plot()
    assert [line.get_label() for line in axes.lines] == ["loss", "val_loss"]
    assert [list(line.get_ydata()) for line in axes.lines] == [[2.0, 1.0], [3.0, 2.0]]
    assert history.plot("lr", axes=axes) is axes
    assert len(axes.lines) == 3
    pyplot.close(axes.figure)


def test_import_nn_does_not_load_training() -> None:
    program = (
        "import sys, nn; print('nn.training' in sys.modules); nn.fit; print('nn.training' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]
    with pytest.raises(AttributeError, match="no attribute 'fitt'"):
        nn.fitt  # noqa: B018


# The learning-rate finder


def test_the_finder_leaves_everything_as_it_was_and_finds_a_rate() -> None:
    rng = np.random.default_rng(3)
    model = nn.Sequential(
        nn.Linear(3, 8, rng=0), nn.BatchNorm1d(8), nn.Dropout(0.1, rng=0), nn.Linear(8, 1, rng=1)
    )
    optimiser = nn.optim.SGD(model.parameters(), lr=0.123, momentum=0.9)
    nn.fit(model, (X, Y), LOSS, optimiser, 1, rng=rng)
    training = Training(model, LOSS, optimiser, rng=rng)
    before = training.state_dict()
    found = nn.find_learning_rate(model, (X, Y), LOSS, optimiser, rng=rng)
    np.testing.assert_equal(training.state_dict(), before)
    assert optimiser.param_groups[0]["lr"] == 0.123
    assert 1e-3 < found.suggestion < 1
    assert found.losses.shape == found.rates.shape
    assert "suggestion=" in repr(found)


def test_the_finder_leaves_the_generator_of_batches_as_it_was() -> None:
    model, batches = network(), nn.batches(X, Y, rng=0)
    nn.find_learning_rate(model, batches, LOSS, nn.optim.SGD(model.parameters()))
    np.testing.assert_equal(next(iter(batches)), next(iter(nn.batches(X, Y, rng=0))))


def test_the_finder_draws() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    axes = nn.find_learning_rate(*task(), rng=0).plot()
    assert axes.get_xscale() == "log"
    assert len(axes.lines) == 2
    pyplot.close(axes.figure)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"lowest": 1.0, "highest": 0.1}, "lowest < highest"), ({"steps": 3}, "steps: expected")],
)
def test_the_finder_refuses_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        nn.find_learning_rate(*task(), **options)


def test_the_finder_says_that_the_data_is_not_finite() -> None:
    model = network()
    before = model.state_dict()
    with pytest.raises(FloatingPointError, match="loss is nan at the rate 1e-06"):
        nn.find_learning_rate(model, (X * math.nan, Y), LOSS, nn.optim.SGD(model.parameters()))
    assert same(model.state_dict(), before)


# Summary


def test_the_cnn_of_the_notes_has_as_many_parameters_as_in_keras() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(14 * 14 * 64, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    table = nn.summary(model, (3, 64, 64))
    assert table.parameters == table.trainable == 1_626_442
    assert [layer.shape for layer in table.layers][:3] == [(None, 32, 62, 62)] * 2 + [(None, 32, 31, 31)]
    assert [layer.parameters for layer in table.layers if layer.parameters] == [896, 18_496, 1_605_760, 1_290]
    assert "Parameters: 1,626,442 (1,626,442 trainable, 0 frozen)" in repr(table)
    assert table.state_bytes == 8 * 1_626_442
    assert "1,605,760" in table._repr_html_()


class Odd(nn.Module):
    """Parameters of its own, a nested, a shared, a frozen and an unused layer."""

    def __init__(self) -> None:
        self.scale = nn.Parameter(np.ones(2))
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        self.again, self.unused = self.inner, nn.Linear(5, 5)
        self.inner[0].requires_grad_(False)

    def forward(self, x: Any) -> Any:
        return {"once": self.inner(x) * self.scale, "twice": self.again(self.inner(x))}


def test_a_summary_of_odd_models() -> None:
    model = Odd()
    before, modules = model.state_dict(), [type(module) for module in model.modules()]
    table = nn.summary(model, example=np.ones((7, 2)))
    assert [(layer.name, layer.shape, layer.parameters) for layer in table.layers] == [
        ("", {"once": (7, 2), "twice": (7, 2)}, 2),
        ("inner", (7, 2), 0),
        ("inner.0", (7, 2), 6),
        ("inner.1", (7, 2), 4),
        ("unused", None, 30),
    ]
    assert (table.parameters, table.trainable, table.buffers) == (42, 36, 5)
    assert sum(layer.parameters for layer in table.layers) == table.parameters
    assert same(model.state_dict(), before)
    assert model.training
    assert [type(module) for module in model.modules()] == modules


def test_a_summary_of_several_inputs_and_of_recurrent_layers() -> None:
    table = nn.summary(TwoInOut(), example={"a": X, "b": Y})
    assert table.layers[0].shape == (50, 2)
    table = nn.summary(nn.Sequential(nn.LSTM(3, 4, batch_first=True)), (6, 3))
    assert table.layers[0].shape == ((None, 6, 4), ((None, 1, 4), (None, 1, 4)))


@pytest.mark.parametrize("arguments", [{}, {"input_shape": (3,), "example": X}, {"input_shape": (2.5,)}])
def test_a_summary_needs_one_input(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"expected (either input_shape|whole numbers)"):
        nn.summary(network(), **arguments)


def test_watching_is_over_even_after_an_error() -> None:
    model = network()
    modules = [type(module) for module in model.modules()]
    with pytest.raises(ValueError, match="linear"), outputs_seen(model, lambda *seen: None):
        model(np.ones((2, 9)))
    assert [type(module) for module in model.modules()] == modules


def test_modules_show_themselves_in_notebooks() -> None:
    text = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU()))._repr_html_()
    assert text.count("<details") == 2
    assert "16 parameters" in text
    assert "Linear(in_features=3, out_features=4, bias=True)" in text


def test_tensors_are_data_too() -> None:
    model = network()
    history = nn.fit(model, (Tensor(X), Tensor(Y)), LOSS, nn.optim.SGD(model.parameters()), 1, metrics={
        "count": lambda out, y: len(out) + (0 if isinstance(y, np.ndarray) else 1),
    })  # fmt: skip
    assert history["count"] == [50]


def endless() -> Iterator[Any]:
    while True:
        yield X, Y


def test_ctrl_c_inside_an_epoch_counts_no_half_epoch() -> None:
    class Interrupt(nn.Callback):
        def on_batch_end(self, training: Training) -> None:
            raise KeyboardInterrupt

    *rest, optimiser = task()
    history = nn.fit(rest[0], endless(), LOSS, optimiser, 2, callbacks=[Interrupt()])
    assert len(history) == 0
    assert history.ended == "interrupted after epoch 0"


def test_a_number_that_is_nan_is_never_the_best() -> None:
    values = iter([math.nan, 2.0, math.nan, math.nan])
    stop = nn.EarlyStopping("score", patience=2, mode="min")
    history = nn.fit(*task(), epochs=9, metrics={"score": lambda out, y: next(values)}, callbacks=[stop])
    assert len(history) == 4
    assert (stop.best, stop.best_epoch) == (2.0, 2)
