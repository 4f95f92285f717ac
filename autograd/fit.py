"""Fitting a cotangent to its argument: here, once, so that no rule has to think of it."""

from __future__ import annotations

from typing import Any

import numpy as np


def fit(cotangent: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Fit a cotangent to its argument: sum over broadcast axes, spread over missing ones, cast.

    Broadcasting repeats an argument along some axes; the adjoint sums over them. A rule may also
    give less than the argument's shape, as that of ``sum`` does, and the rest is repetition.
    """
    if cotangent.shape != shape:
        extra = max(cotangent.ndim - len(shape), 0)
        kept = cotangent.shape[extra:]
        missing = len(shape) - len(kept)
        repeated = [extra + i for i, n in enumerate(kept) if n != 1 and shape[missing + i] == 1]
        if extra or repeated:
            cotangent = np.sum(cotangent, axis=(*range(extra), *repeated), keepdims=True)
            cotangent = np.reshape(cotangent, cotangent.shape[extra:])
        if cotangent.shape != shape:
            cotangent = np.broadcast_to(cotangent, shape)
    return cotangent if cotangent.dtype is dtype else cotangent.astype(dtype, copy=False)
