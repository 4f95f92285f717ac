"""Parameters in files, in the safetensors format: nothing in them is ever executed.

PyTorch reads and writes the same files, with the same names, through ``safetensors.torch``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.module import Module

if TYPE_CHECKING:
    from types import ModuleType


def _safetensors() -> ModuleType:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "files of parameters need safetensors; install it with: pip install 'chainrule[train]'"
        ) from error
    return safetensors.numpy


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write the state of a model to a file, all of it or nothing.

    Raises:
        TypeError: this is no module.
        FileNotFoundError: the folder does not exist.

    Example:
        >>> model = nn.Linear(2, 1, rng=0)
        >>> save(model, "linear.safetensors")
        >>> copy = nn.Linear(2, 1)
        >>> load(copy, "linear.safetensors")
        >>> bool((copy.weight == model.weight).all())
        True
    """
    _check(model, "save")
    write(path, model.state_dict())


def _check(model: Any, call: str) -> None:
    """Refuse a state or a path in the place of the model."""
    if not isinstance(model, Module):
        got = type(model).__name__
        raise TypeError(f"model: expected a module, got {got}; the usual fix is nn.{call}(model, path)")


def write(path: str | os.PathLike[str], arrays: Mapping[str, Any], **texts: str) -> None:
    """Write arrays, and texts beside them, to a file: all of it or nothing."""
    library, target = _safetensors(), Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"path: expected a folder that exists, got {os.fspath(path)!r}; the usual fix is "
            f"os.makedirs({os.fspath(target.parent)!r})"
        )
    partial = target.with_name(target.name + ".partial")
    try:
        # safetensors takes the memory of an array as it lies
        rows = {name: np.asarray(array, order="C") for name, array in arrays.items()}
        library.save_file(rows, partial, texts or None)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what ``write`` wrote: arrays and texts.

    Raises:
        ValueError: this is no safetensors file, or NumPy has not its dtype, such as bfloat16.
    """
    _safetensors()
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(
            f"path: expected a safetensors file, got {os.fspath(path)!r} ({error}); what torch.save wrote "
            f"becomes one by safetensors.torch.save_file(torch.load(path), 'model.safetensors')"
        ) from error
    except TypeError as error:  # NumPy does not know the dtype
        raise ValueError(
            f"path: expected numbers that NumPy has, got {os.fspath(path)!r} ({error}); the usual fix is to "
            f"save it as float32, by model.float() in PyTorch"
        ) from error


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Read the state of a model from a file, which may be a checkpoint of its training.

    Raises:
        TypeError: this is no module.
        ValueError: this is no safetensors file; or names are missing or unknown, or shapes differ. All
            such are listed, and nothing is changed.
    """
    _check(model, "load")
    state, texts = read(path)
    if "training" in texts:
        state = {
            name.removeprefix("model/"): array for name, array in state.items() if name.startswith("model/")
        }
    try:
        model.load_state_dict(state)
    except ValueError as error:
        error.add_note(f"in the file {os.fspath(path)!r}")
        raise
