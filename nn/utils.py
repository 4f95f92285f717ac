"""Limits for gradients, which explode in recurrent networks; call them before ``optimiser.step()``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from autograd import Tensor
from autograd.instead import module_getattr
from nn.pytorch import UTILS


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[np.ndarray]:
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [parameter.grad.data for parameter in listed if parameter.grad is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float | str = 2.0,
    error_if_nonfinite: bool = False,
) -> np.float64:
    """Scale all gradients down together, in place, so that their common norm is at most ``max_norm``.

    Args:
        parameters: whose gradients are scaled.
        max_norm: the largest norm (Pascanu, Mikolov and Bengio, 2013).
        norm_type: p of the p-norm over all elements; ``math.inf`` or ``"inf"`` for the largest one.
        error_if_nonfinite: whether an infinite or undefined norm is an error.

    Returns:
        The norm before.

    Raises:
        RuntimeError: the norm is not finite, and ``error_if_nonfinite`` is set.

    Example:
        >>> w = tensor([3.0, 4.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> clip_grad_norm_([w], max_norm=1.0).item()
        10.0
        >>> w.grad.data.round(3)
        array([0.6, 0.8])
    """
    gradients = _gradients(parameters)
    p = float(norm_type)
    norms = [float(np.linalg.norm(g.ravel(), p)) for g in gradients]
    total = float(np.linalg.norm(norms, p)) if norms else 0.0
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"clip_grad_norm_: the norm of the gradients is {total}; the usual fix is a lower learning rate, "
            f"or error_if_nonfinite=False to go on"
        )
    factor = min(max_norm / (total + 1e-6), 1.0)
    for g in gradients:
        g *= factor
    return np.float64(total)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Clip every element of all gradients, in place, to lie between ±``clip_value``.

    Example:
        >>> w = tensor([3.0, 0.25], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> clip_grad_value_([w], 1.0)
        >>> w.grad
        tensor([1. , 0.5])
    """
    for g in _gradients(parameters):
        np.clip(g, -clip_value, clip_value, out=g)


if not TYPE_CHECKING:
    __getattr__ = module_getattr(__name__, UTILS)
