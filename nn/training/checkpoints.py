"""Checkpoints: files from which training goes on, bit for bit.

A file holds arrays in the safetensors format, and everything else as JSON in its header, so that
one rename puts all of it in place. Nothing in it is ever executed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from nn import files
from nn.errors import whole_number
from nn.training.early_stopping import Monitor
from nn.training.state import Training

Arrays = dict[str, np.ndarray[Any, Any]]


class Checkpoint(Monitor):
    """Write ``last.safetensors`` and ``best.safetensors`` into a folder, each all of it or nothing.

    Each holds the whole state of training: parameters, buffers, optimiser, schedule, callbacks,
    history, and the generators of shuffling, of layers and of :func:`nn.batches`.
    ``fit(..., resume_from=folder)`` goes on from the last one as if never interrupted, and ``nn.load``
    reads a model from either.

    Args:
        folder: where; it is made if it is not there.
        monitor: the column of the history that says what is best; by default the validation loss, or
            without one the loss.
        mode: "min" if less is better, or "max", as in :class:`EarlyStopping`.
        every: after how many epochs the last state is written.

    Raises:
        ValueError: an option is out of its range, or, in training, there is no such column.
        ImportError: safetensors is not installed.

    Example:
        >>> model, x = nn.Linear(1, 1, rng=0), np.linspace(-1.0, 1.0, 64)[:, None]
        >>> optimiser = nn.optim.Adam(model.parameters(), lr=0.1)
        >>> task = model, (x, 2 * x), nn.MSELoss(), optimiser
        >>> half = nn.fit(*task, epochs=2, callbacks=[Checkpoint("run")])
        >>> whole = nn.fit(*task, epochs=4, resume_from="run")
        >>> len(whole), whole["loss"][:2] == half["loss"]
        (4, True)
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        monitor: str | None = None,
        *,
        mode: str | None = None,
        every: int = 1,
    ) -> None:
        super().__init__(monitor, mode)
        self.folder, self.every = Path(folder), whole_number("every", every, 1)

    def on_epoch_end(self, training: Training) -> None:
        """Write what is due."""
        names = ["best"] if self.improved(training) else []
        names += ["last"] if training.epoch % self.every == 0 else []
        if names:
            self.folder.mkdir(parents=True, exist_ok=True)
            arrays: Arrays = {}
            text = json.dumps(_without_arrays(training.state_dict(), "", arrays))
            for name in names:
                files.write(self.folder / f"{name}.safetensors", arrays, training=text)


def resume(training: Training, path: str | os.PathLike[str]) -> None:
    """Go on from a checkpoint: a file, or the last one in a folder.

    Raises:
        FileNotFoundError: there is none.
        ValueError: the file is no checkpoint, or one of another training.
    """
    path = Path(path)
    path = path / "last.safetensors" if path.is_dir() else path
    if not path.exists():
        raise FileNotFoundError(
            f"resume_from: expected a checkpoint, found none at {os.fspath(path)!r}; the usual fix is "
            f"callbacks=[Checkpoint(folder)] in the first run, and no resume_from"
        )
    arrays, texts = files.read(path)
    if "training" not in texts:
        raise ValueError(f"resume_from: expected a checkpoint, got a file of weights, {os.fspath(path)!r}")
    try:
        training.load_state_dict(_with_arrays(json.loads(texts["training"]), "", arrays))
    except ValueError as error:
        error.add_note(f"in the file {os.fspath(path)!r}")
        raise


def _without_arrays(value: Any, path: str, arrays: Arrays) -> Any:
    """Take the arrays out of nested dicts and lists, and name them by their paths."""
    if isinstance(value, np.ndarray):
        arrays[path] = value
        return None
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _without_arrays(v, f"{path}/{key}".lstrip("/"), arrays) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_arrays(item, f"{path}/{i}", arrays) for i, item in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(
        f"checkpoint: expected numbers, texts, arrays, lists, and dicts by texts in the state "
        f"of training, got {type(value).__name__} at {path!r}"
    )


def _with_arrays(value: Any, path: str, arrays: Arrays) -> Any:
    """Put the arrays back."""
    if path in arrays:
        return arrays[path]
    if isinstance(value, dict):
        return {key: _with_arrays(v, f"{path}/{key}".lstrip("/"), arrays) for key, v in value.items()}
    if isinstance(value, list):
        return [_with_arrays(item, f"{path}/{i}", arrays) for i, item in enumerate(value)]
    return value
