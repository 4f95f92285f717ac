"""Checking gradients against differences of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import modes
from autograd.containers import leaves, rebuilt
from autograd.differentiate import vjp
from autograd.handle import plain
from autograd.tensor import Tensor

STEP = 1e-4


class GradientError(AssertionError):
    """A gradient disagrees with differences of values."""


def gradcheck(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    atol: float = 1e-7,
    rtol: float = 1e-6,
    rng: np.random.Generator | int | None = 0,
) -> bool:
    """Check the derivatives of ``f`` at ``inputs`` along random directions.

    For a direction v of an argument and a cotangent u of the result, ⟨pullback(u), v⟩ must equal
    ⟨u, ∂f/∂v⟩, which central differences at steps h and h/2 give, extrapolated to h = 0; how far the
    extrapolation moves the value is allowed as noise. To order 2 the pullback itself is checked,
    as a function of the inputs *and* of the cotangent.

    Args:
        f: a function of arrays, or of nested containers of arrays.
        *inputs: where to check; floating arrays, of float64.
        order: up to which order of derivatives.
        atol: tolerated error beside what is relative to the size of the terms.
        rtol: tolerated relative error.
        rng: where directions are drawn from.

    Returns:
        True.

    Raises:
        GradientError: a derivative is wrong; it names the argument and gives both numbers.
        TypeError: an input is not of dtype float64.

    Example:
        >>> gradcheck(lambda x, y: np.sum(x * np.exp(y)), np.array([1.0, 2.0]), np.array([0.5, 1.0]), order=2)
        True
    """
    rng = np.random.default_rng(rng)
    given = [np.asarray(plain(leaf)) for leaf in leaves(inputs)]
    for i, array in enumerate(given):
        if array.dtype != np.float64:
            raise TypeError(
                f"gradcheck: expected float64, got {array.dtype} in input {i}; use x.astype(float)"
            )

    def values(arrays: list[Any]) -> list[Any]:
        with modes.no_grad():
            result = f(*rebuilt(inputs, iter(map(Tensor.lift, arrays))))
        return [np.asarray(plain(leaf), float) for leaf in leaves(result)]

    value, pullback = vjp(f, *rebuilt(inputs, iter(given)))
    cotangents = [rng.normal(size=np.shape(leaf)) for leaf in leaves(value)]
    analytic = leaves(pullback(rebuilt(value, iter(cotangents))))
    for i, (x, g) in enumerate(zip(given, analytic, strict=True)):
        direction = rng.normal(size=x.shape)
        direction /= max(float(np.linalg.norm(direction)), 1e-300)

        def along(step: float, i: int = i, v: Any = direction) -> float:
            ahead, behind = (values([*given[:i], given[i] + s * v, *given[i + 1 :]]) for s in (step, -step))
            return sum(
                float(np.sum(u * (a - b))) for u, a, b in zip(cotangents, ahead, behind, strict=True)
            ) / (2 * step)

        step = STEP * max(1.0, float(np.max(np.abs(x), initial=0.0)))
        coarse, fine = along(step), along(step / 2)
        numeric = (4 * fine - coarse) / 3
        expected = float(np.sum(g * direction))
        scale = float(np.sum(np.abs(g * direction)))
        if not abs(expected - numeric) <= atol + rtol * scale + abs(numeric - fine):
            raise GradientError(
                f"the derivative by input {i} is wrong: along a random direction the gradient gives "
                f"{expected:.9g}, differences give {numeric:.9g} (shape {x.shape})"
            )
    if order > 1:
        structure = value

        def pulled_back(arguments: Any, u: Any) -> Any:
            return vjp(f, *arguments)[1](rebuilt(structure, iter(u)))

        gradcheck(
            pulled_back,
            rebuilt(inputs, iter(given)),
            cotangents,
            order=order - 1,
            atol=atol,
            rtol=rtol,
            rng=rng,
        )
    return True
