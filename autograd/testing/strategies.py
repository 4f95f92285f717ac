"""Calls, and how to draw with Hypothesis what they consist of.

A ``Draw`` gives arrays, shapes, axes and indices. Which numbers an array is made of, and how short
an axis may be, is up to the ``Style``, so that one description of a function's arguments serves
every property: smooth points, ties, borders of the domain, empty arrays.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd.containers import leaves, mapped
from autograd.creation import as_tensor
from autograd.derivatives.domains import REALS, Interval
from autograd.handle import plain
from autograd.tensor import Tensor

T = TypeVar("T")
Array = npt.NDArray[Any]
Shape = tuple[int, ...]
Numbers = Callable[[Interval], st.SearchStrategy[float]]

LONGEST = 3  # axis
GAP_TO_KINK = 1 / 128  # that is kept where no kink is wanted
REACH = 3.0  # of numbers, where the domain allows


class Call(NamedTuple):
    """The arguments of a call; its floating arrays are what one can differentiate by."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def arrays(self) -> list[Array]:
        """List the floating arrays and Tensors among the arguments, inside of containers too."""
        return [leaf for leaf in leaves(self) if is_floating(leaf)]

    def with_arrays(self, arrays: Iterable[Any]) -> Call:
        """Return the same call of other arrays, or of Tensors in their place."""
        following = iter(arrays)
        other: Call = mapped(lambda leaf: next(following) if is_floating(leaf) else leaf, self)
        return other

    def of(self, function: Callable[..., Any]) -> Any:
        """Call the function."""
        return function(*self.args, **self.kwargs)

    def misfit(self, function: Callable[..., Any]) -> str:
        """Say how the function itself fails at these arguments: that it raises, or gives NaN; else ``""``."""
        try:
            with np.errstate(all="ignore"):
                values = leaves([self.with_arrays(map(as_tensor, self.arrays())).of(function)])
        except Exception as error:  # whatever it is, that is what there is to say
            return f"raises {type(error).__name__}"
        return "gives nan" if any(np.any(np.isnan(plain(x))) for x in values if is_floating(x)) else ""


def call(*args: Any, **kwargs: Any) -> Call:
    """Write down a call: ``call(x, axis=0)``."""
    return Call(args, kwargs)


def positional_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """List the parameters that can be given by position; none where a function written in C does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def is_floating(value: Any) -> bool:
    """Tell whether one can differentiate by a value: arrays and Tensors, not Python's numbers."""
    return isinstance(value, (np.ndarray, np.generic, Tensor)) and value.dtype.kind == "f"


class Style(NamedTuple):
    """Which arguments to draw: the numbers, and how short an axis may be."""

    name: str
    numbers: Numbers
    distinct: bool = False
    shortest: int = 1
    dtypes: tuple[type, ...] = (np.float64,)


def window(domain: Interval) -> tuple[float, float, float]:
    """Return the well scaled part of a domain near zero, and the distance kept from its borders."""
    margin = min(1 / 4, (domain.high - domain.low) / 8)
    low, high = domain.low + margin, domain.high - margin
    return max(low, min(-REACH, high - 1)), min(high, max(REACH, low + 1)), margin


@cache
def _lattice(domain: Interval, steps: int, shift: float, least: int) -> st.SearchStrategy[float]:
    """Draw (k + shift) / steps for integers k, inside the domain; finer steps if that is small."""
    low, high, margin = window(domain)
    while (high - low) * steps < least:
        steps *= 2
    first, last = math.ceil(low * steps - shift), math.floor(high * steps - shift)
    points = st.integers(first, last).map(lambda k: (k + shift) / steps)
    holes = domain.without
    if not holes:
        return points
    return points.filter(lambda x: all(abs(x - hole) >= margin for hole in holes))


def _smooth_numbers(domain: Interval, count: int = 12) -> st.SearchStrategy[float]:
    """Draw (4k + 1) / 128: never zero, an integer or a half, nor of equal size with two signs.

    The lattice is finer where otherwise ``count`` different numbers would be hard to find.
    """
    return _lattice(domain, 32, 1 / 4, least=4 * count)


def _tied_numbers(domain: Interval) -> st.SearchStrategy[float]:
    """Draw halves, so that zeros and ties are frequent."""
    return _lattice(domain, 2, 0, least=2)


@cache
def _border_numbers(domain: Interval) -> st.SearchStrategy[float]:
    """Draw from the borders of the domain, and from in- and outside of it."""
    borders = [x for x in (domain.low, domain.high, *domain.without) if math.isfinite(x)]
    return st.sampled_from([*borders, 0.0, 1.0, -1.0, 0.5, -2.0, 3.0])


def _infinite_numbers(domain: Interval) -> st.SearchStrategy[float]:
    """Draw infinities and NaN too."""
    return _border_numbers(domain) | st.sampled_from([math.inf, -math.inf, math.nan])


SMOOTH = Style("smooth", _smooth_numbers, distinct=True)
TIED = Style("tied", _tied_numbers)
BORDER = Style("border", _border_numbers)
INFINITE = Style("infinite", _infinite_numbers)
EMPTY = Style("empty", _tied_numbers, shortest=0)
ANY_DTYPE = SMOOTH._replace(name="any dtype", dtypes=(np.float64, np.float32, np.float16))


@cache
def _shapes(lengths: range, ndim: int) -> st.SearchStrategy[Shape]:
    """Draw a shape at one go: Hypothesis likes draws of one kind to be equal, which lengths should not be."""
    return st.sampled_from(list(itertools.product(lengths, repeat=ndim)))


class Draw:
    """What a line of ``ARGUMENTS`` draws from: arrays, shapes, axes, indices."""

    def __init__(self, draw: st.DrawFn, style: Style) -> None:
        self.draw = draw
        self.style = style

    def choice(self, *values: T) -> T:
        """Draw one of some values."""
        return self.draw(st.sampled_from(values))

    def integer(self, low: int, high: int) -> int:
        """Draw an integer; both bounds are among them."""
        return self.draw(st.integers(low, high))

    def some(self, **choices: tuple[Any, ...]) -> dict[str, Any]:
        """Draw keyword arguments, each one of some values or left out."""
        drawn = {name: self.choice(..., *values) for name, values in choices.items()}
        return {name: value for name, value in drawn.items() if value is not ...}

    # Arrays

    def array(
        self,
        shape: Shape | None = None,
        domain: Interval = REALS,
        *,
        least: int = 0,
        style: Style | None = None,
    ) -> Array:
        """Draw a floating array, by default of any shape with ``least`` axes or more."""
        style = style or self.style
        shape = self.shape(least) if shape is None else shape
        count = math.prod(shape)
        numbers = _smooth_numbers(domain, count) if style.distinct and count > 27 else style.numbers(domain)
        return self._array(np.float64, shape, numbers, style.distinct)

    def arrays(self, letters: str) -> list[Array]:
        """Draw arrays whose axes are equally long where they have one letter: ``"ij,jk"``."""
        return [self.array(shape) for shape in self.shapes(letters)]

    def integers(self, shape: Shape, low: int, high: int) -> Array:
        """Draw an array of integers; both bounds are among them."""
        return self._array(np.int64, shape, st.integers(low, max(low, high)))

    def booleans(self, shape: Shape) -> Array:
        """Draw an array of booleans."""
        return self._array(np.bool_, shape, st.booleans())

    def _array(
        self, dtype: type, shape: Shape, elements: st.SearchStrategy[Any], distinct: bool = False
    ) -> Array:
        return self.draw(hnp.arrays(dtype, shape, elements=elements, fill=st.nothing(), unique=distinct))

    def dtype(self) -> type:
        """Draw a floating dtype to convert to."""
        return self.choice(*self.style.dtypes)

    # Shapes

    def shape(self, least: int = 0, most: int = 3) -> Shape:
        """Draw a shape of so many axes."""
        lengths = range(self.style.shortest, LONGEST + 1)
        return self.draw(_shapes(lengths, self.integer(least, most)))

    def length(self) -> int:
        """Draw the length of an axis."""
        return self.integer(self.style.shortest, LONGEST)

    def shapes(self, letters: str) -> list[Shape]:
        """Draw shapes with one length for each letter; the digit 1 is itself."""
        lengths = {letter: self.length() for letter in dict.fromkeys(letters) if letter.isalpha()}
        return [tuple(lengths.get(x, 1) for x in term) for term in letters.split(",")]

    def broadcastable(self, count: int) -> list[Shape]:
        """Draw shapes that broadcast with each other."""
        shape = self.shape()
        return [self.choice(shape, self.broadcastable_to(shape)) for _ in range(count)]

    def broadcastable_to(self, shape: Shape) -> Shape:
        """Draw a shape that broadcasts to another one."""
        kept = shape[self.integer(0, len(shape)) :]
        return tuple(self.choice(n, 1) for n in kept)

    def reshaped(self, x: Array) -> Any:
        """Draw a shape of as many elements."""
        return self.choice(x.size, (-1,), (1, x.size), (x.size, 1), x.shape[::-1], (*x.shape, 1))

    def sections(self, n: int) -> Any:
        """Draw how to split an axis of length n: into equal parts, or where to cut."""
        parts = [i for i in range(1, n + 1) if n % i == 0] or [1]
        return self.choice(*parts, sorted(self.integer(0, n) for _ in range(2)))

    # Calls, axes and indices

    def reduction(self, domain: Interval = REALS, **choices: tuple[Any, ...]) -> Call:
        """Draw a call with an array and, or not, ``axis``, ``keepdims`` and other keywords."""
        x = self.array(domain=domain)
        return call(x, **self.some(axis=(self.axes(x.ndim),), keepdims=(True, False), **choices))

    def axis(self, ndim: int) -> int:
        """Draw one of the axes, counted from the front or from behind."""
        return self.integer(-ndim, ndim - 1)

    def axes(self, ndim: int) -> Any:
        """Draw one axis, some of them, or None for all."""
        some = st.none() | hnp.valid_tuple_axes(ndim)
        return self.draw(some | st.integers(-ndim, ndim - 1) if ndim else some)

    def order(self, ndim: int) -> tuple[int, ...]:
        """Draw an order of the axes."""
        return tuple(i - ndim * self.choice(0, 1) for i in self.draw(st.permutations(range(ndim))))

    def index(self, shape: Shape) -> Any:
        """Draw an index: slices and integers, arrays of integers, or a mask."""
        mask = hnp.arrays(np.bool_, shape)
        kinds: list[st.SearchStrategy[Any]] = [hnp.basic_indices(shape, allow_newaxis=True), mask]
        if shape and 0 not in shape:
            few = hnp.array_shapes(max_dims=2, max_side=3)
            rows = st.integers(-shape[0], shape[0] - 1)
            kinds.append(hnp.integer_array_indices(shape, result_shape=few))
            kinds.append(hnp.arrays(np.int64, few, elements=rows))
        return self.draw(st.one_of(kinds))
