"""fit: train a model on data."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from nn.errors import whole_number
from nn.init import Rng
from nn.module import Module
from nn.optim import Optimiser
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.training.callbacks import Callback
from nn.training.checkpoints import Checkpoint, resume
from nn.training.data import Pairs, source
from nn.training.history import History
from nn.training.passes import evaluate, train
from nn.training.state import Metrics, Training, in_mode


def fit(
    model: Module,
    data: Any,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimiser,
    epochs: int,
    batch_size: int | None = None,
    *,
    validation_split: float = 0.0,
    validation_data: Any = None,
    metrics: Metrics | None = None,
    callbacks: Iterable[Callback] = (),
    schedule: Any = None,
    rng: Rng = None,
    shuffle: bool = True,
    progress: bool | None = None,
    resume_from: str | os.PathLike[str] | None = None,
) -> History:
    """Train a model, and give the numbers of all epochs.

    Ctrl-C ends training; the history so far is given back. The mode of each layer, training or
    evaluation, is afterwards as before.

    Args:
        model: what is trained.
        data: a tuple (x, y) of arrays, each of which may also be a tuple or dict of arrays, for models
            of several inputs or outputs: a tuple x is given as ``model(*x)``, a dict as ``model(**x)``.
            Or batches: any iterable of such tuples, gone through once in each epoch.
        loss: gives one number, a Tensor, from the model's outputs and the targets.
        optimizer: of the model's parameters.
        epochs: how many there are to be, those before a resumption included.
        batch_size: rows in a batch, by default 32, if the data are arrays. A last row alone joins the batch
            before, for BatchNorm cannot learn from one row.
        validation_split: the share of rows, drawn by ``rng``, on which the model is only tested.
        validation_data: other data on which the model is tested after each epoch.
        metrics: what else is to be known, by name: functions that give a number from the outputs and
            targets, arrays, of a whole epoch, which stay in memory until its end. scikit-learn's have the
            other order, and are given as ``lambda outputs, targets: r2_score(targets, outputs)``.
        callbacks: what is told of the course of training, see :class:`Callback`.
        schedule: of the optimiser; it makes a step after each epoch, on the validation loss, or without
            one the loss, if it asks for a number.
        rng: what shuffles; a seed or a ``numpy.random.Generator``.
        shuffle: whether each epoch has an order of its own.
        progress: whether to show a progress bar; by default on a terminal, if tqdm is installed.
        resume_from: a folder that a :class:`Checkpoint` wrote into, or one of its files.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: an argument is out of its range, or arrays have different numbers of rows.
        FloatingPointError: the loss became infinite or NaN. The parameters are those of the step before.
        ImportError: progress is asked for, and tqdm is not installed.

    Example:
        >>> x = np.linspace(-1.0, 1.0, 64)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> optimiser = nn.optim.SGD(model.parameters(), lr=0.5)
        >>> history = fit(model, (x, 3 * x), nn.MSELoss(), optimiser, epochs=8, validation_split=0.25, rng=0)
        >>> list(history.columns), history["val_loss"][-1] < 0.01
        (['loss', 'val_loss', 'lr', 'seconds'], True)
    """
    if isinstance(callbacks, Callback):
        raise TypeError("callbacks: expected a list of them, got one; the usual fix is [callback]")
    told = sorted(callbacks, key=lambda c: isinstance(c, Checkpoint))  # they hold what the others decided
    training = Training(
        model, loss, optimizer, schedule, np.random.default_rng(rng), told, metrics or {},
        data=data, validation_data=validation_data,
    )  # fmt: skip
    training.epochs = whole_number("epochs", epochs, 1)
    batches = source("data", data)
    if batch_size is not None and not isinstance(batches, Pairs):
        raise ValueError(f"batch_size: expected none with batches, which have their own, got {batch_size!r}")
    batch_size = whole_number("batch_size", 32 if batch_size is None else batch_size, 1)
    validation = None if validation_data is None else source("validation_data", validation_data)
    if resume_from is not None:
        resume(training, resume_from)
    if validation_split:
        if validation is not None or not isinstance(batches, Pairs):
            raise ValueError(
                "validation_split: expected 0 with batches or validation_data; the usual fix is data=(x, y)"
            )
        batches, validation = _split(batches, validation_split, training)

    steps = batches.count(batch_size)
    total = None if steps is None else steps * epochs
    with in_mode(model, training=True), _bar(progress, total, (steps or 0) * training.epoch) as bar:
        try:
            stopped = training.tell(lambda callback: callback.on_train_begin(training))
            while not stopped and training.epoch < epochs:
                for callback in training.callbacks:
                    callback.on_epoch_begin(training)
                parts = batches.epoch(batch_size, training.rng, shuffle)
                tested = validation and validation.epoch(batch_size, training.rng, shuffle=False)
                row = _epoch(training, parts, tested, bar)
                training.history.append(row)
                _step(schedule, row)
                if bar is not None:
                    bar.set_postfix({name: f"{v:.4g}" for name, v in row.items()}, refresh=False)
                stopped = training.tell(lambda callback: callback.on_epoch_end(training))
        except KeyboardInterrupt:
            training.history.ended = f"interrupted after epoch {training.epoch}"
        finally:
            training.tell(lambda callback: callback.on_train_end(training))
    return training.history


def _split(data: Pairs, share: float, training: Training) -> tuple[Pairs, Pairs]:
    """Set rows apart for validation: in a resumed training the same as before."""
    held = round(share * data.rows) if 0 < share < 1 else 0
    if not 0 < held < data.rows:
        raise ValueError(
            f"validation_split: expected a share from 0 to 1 that leaves rows on both sides, got {share!r} "
            f"of {data.rows} rows"
        )
    if training.held_out is None:
        training.held_out = training.rng.permutation(data.rows)[:held]
    return data.take(np.setdiff1d(np.arange(data.rows), training.held_out)), data.take(training.held_out)


def _epoch(training: Training, batches: Any, validation: Any, bar: Any) -> dict[str, float]:
    """Go through the data once, and through the validation data if there are any; give all numbers."""
    start, lr = time.perf_counter(), training.optimizer.param_groups[0]["lr"]
    row = train(training, batches, bar)
    if validation is not None:
        row |= {f"val_{name}": value for name, value in evaluate(training, validation).items()}
    return {**row, "lr": lr, "seconds": time.perf_counter() - start}


def _step(schedule: Any, row: dict[str, float]) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(row.get("val_loss", row["loss"]))
    elif schedule is not None:
        schedule.step()


def _bar(progress: bool | None, total: int | None, initial: int) -> AbstractContextManager[Any]:
    """Return a progress bar over all batches, or None."""
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return nullcontext()
    try:
        from tqdm import tqdm
    except ImportError as error:
        if progress is None:
            return nullcontext()
        raise ImportError(
            "progress bars need tqdm; install it with: pip install 'chainrule[train]'"
        ) from error
    bar: AbstractContextManager[Any] = tqdm(total=total, initial=initial, unit="batch", dynamic_ncols=True)
    return bar
