"""Strategies of what gradients are tested with: arrays, Tensors, groups that broadcast, axes.

Each is a line of a :class:`Draw`; :func:`drawn` makes a strategy of any such line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import index
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from autograd.derivatives.domains import REALS, Interval
from autograd.tensor import Tensor
from autograd.testing.strategies import GAP_TO_KINK, SMOOTH, Array, Draw, Shape, Style, window

T = TypeVar("T")
Shapes = Shape | int | st.SearchStrategy[Shape] | None
AwayFrom = tuple[float, ...] | Callable[[Any], Any]
AN_INTERVAL = "an Interval, such as POSITIVE or Interval('0 < x < 1', 0, 1)"


def drawn(line: Callable[[Draw], T], style: Style = SMOOTH) -> st.SearchStrategy[T]:
    """Make a strategy of a line: what a function gives that is handed a ``Draw``.

    Args:
        line: describes the arguments of a function, as in :func:`check_entry`.
        style: which numbers and lengths are drawn.

    Example:
        >>> from autograd.testing import assert_gradients, call
        >>> sums = drawn(lambda d: call(x := d.array(), axis=d.axes(x.ndim)))
        >>> assert_gradients(np.sum, sums)
    """

    @st.composite
    def strategy(draw: st.DrawFn) -> T:
        return line(Draw(draw, style))

    return strategy()


def arrays(
    shape: Shapes = None,
    *,
    dtype: npt.DTypeLike = np.float64,
    domain: Interval = REALS,
    away_from: AwayFrom = (),
) -> st.SearchStrategy[Array]:
    """Draw arrays at which a function can be differentiated.

    Elements are small, keep a distance from the borders of the domain, and all differ, so that
    ``max`` and ``sort`` meet no ties. They shrink towards the point of the domain next to zero.

    Args:
        shape: of all arrays, or where to draw it from; by default up to three axes of length 1 to 3.
        dtype: a floating dtype; or of integers or booleans, which no gradient goes to.
        domain: where the elements lie.
        away_from: points from which the elements keep a distance; or a function of the array that
            is 0 at a kink, as ``kink=`` of ``derivative``.

    Example:
        >>> from autograd.testing import assert_gradients
        >>> from hypothesis import given
        >>> @given(arrays(domain=POSITIVE))
        ... def log_undoes_exp(x):
        ...     np.testing.assert_allclose(np.exp(np.log(x)), x)
        >>> log_undoes_exp()
        >>> assert_gradients(np.abs, arrays((2, 3), away_from=(0.0,)))
        >>> assert_gradients(np.max, arrays(5, away_from=lambda x: np.diff(np.sort(x))))
    """
    kind = np.dtype(dtype).kind
    if kind not in "fiub":
        raise TypeError(f"dtype: expected a dtype of real numbers, got {dtype!r}")
    if not isinstance(shape, st.SearchStrategy) and shape is not None:
        shape = _shape(shape)
    if not isinstance(domain, Interval):
        raise TypeError(f"domain: expected {AN_INTERVAL}, got {domain!r}")
    kink = away_from if callable(away_from) else None
    holes = () if callable(away_from) else tuple(away_from)
    where = domain._replace(without=(*domain.without, *holes))

    def array(d: Draw) -> Array:
        chosen = d.draw(shape) if isinstance(shape, st.SearchStrategy) else shape
        chosen = d.shape() if chosen is None else _shape(chosen)
        if kind == "f":
            return d.array(chosen, where).astype(dtype)
        low, high, _ = window(domain)
        first = max(0, int(low)) if kind == "u" else int(low)
        found = d.booleans(chosen) if kind == "b" else d.integers(chosen, first, int(high))
        return found.astype(dtype)

    found = drawn(array)
    if kink is None:
        return found
    return found.filter(lambda x: bool(np.all(np.abs(kink(x)) > GAP_TO_KINK)))


def _shape(shape: Any) -> Shape:
    """Read a shape, or the length of the only axis."""
    try:
        lengths = (index(shape),) if hasattr(shape, "__index__") else tuple(map(index, shape))
    except TypeError:
        lengths = (-1,)
    if min(lengths, default=0) < 0:
        raise ValueError(f"shape: expected a length, a tuple of them, or a strategy of such, got {shape!r}")
    return lengths


def tensors(
    shape: Shapes = None,
    *,
    dtype: npt.DTypeLike = np.float64,
    domain: Interval = REALS,
    away_from: AwayFrom = (),
    requires_grad: bool = True,
) -> st.SearchStrategy[Tensor]:
    """Draw leaf Tensors, with the elements of :func:`arrays`.

    Example:
        >>> from hypothesis import given
        >>> @given(tensors(3))
        ... def squares(x):
        ...     np.sum(x**2).backward()
        ...     np.testing.assert_allclose(x.grad.data, 2 * x.data)
        >>> squares()
    """

    def tensor(array: Array) -> Tensor:
        return Tensor(array).requires_grad_(requires_grad)

    return arrays(shape, dtype=dtype, domain=domain, away_from=away_from).map(tensor)


class Group(tuple[Array, ...]):
    """Arrays that are drawn together: for :func:`assert_gradients`, so many arguments."""

    __slots__ = ()


def broadcastable(count: int, *, domain: Interval | tuple[Interval, ...] = REALS) -> st.SearchStrategy[Group]:
    """Draw groups of arrays whose shapes broadcast with each other.

    Args:
        count: how many arrays a group has.
        domain: of all arrays, or one for each.

    Example:
        >>> from autograd.testing import assert_gradients
        >>> from hypothesis import given
        >>> @given(broadcastable(2))
        ... def commutes(group):
        ...     x, y = group
        ...     np.testing.assert_array_equal(x * y, y * x)
        >>> commutes()
        >>> assert_gradients(np.divide, broadcastable(2, domain=(REALS, NONZERO)))
    """
    domains = (domain,) * count if isinstance(domain, Interval) else domain
    if len(domains) != count:
        raise ValueError(f"domain: expected one, or one for each of {count} arrays, got {len(domains)}")
    if not all(isinstance(domain, Interval) for domain in domains):
        raise TypeError(f"domain: expected {AN_INTERVAL}, got {domain!r}")

    def group(d: Draw) -> Iterator[Array]:
        return (d.array(shape, domain) for shape, domain in zip(d.broadcastable(count), domains, strict=True))

    return drawn(lambda d: Group(group(d)))


def axes(ndim: int) -> st.SearchStrategy[int | tuple[int, ...] | None]:
    """Draw what ``axis=`` may be for so many axes: one, some, or None for all.

    Example:
        >>> from hypothesis import given
        >>> @given(axes(2))
        ... def keeps_the_total(axis):
        ...     assert np.sum(np.sum(np.ones((2, 3)), axis=axis)) == 6
        >>> keeps_the_total()
    """
    if ndim < 0:
        raise ValueError(f"ndim: expected a number of axes, got {ndim}")
    return drawn(lambda d: d.axes(ndim))


def axes_and_keepdims(ndim: int) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the keyword arguments ``axis`` and ``keepdims`` of a reduction; each may be left out.

    Example:
        >>> from hypothesis import given
        >>> @given(arrays((2, 3)), axes_and_keepdims(2))
        ... def mean_lies_between(x, how):
        ...     assert np.all(np.mean(x, **how) <= np.max(x, **how))
        >>> mean_lies_between()
    """
    of_axes = axes(ndim)
    return drawn(lambda d: d.some(axis=(d.draw(of_axes),), keepdims=(True, False)))
