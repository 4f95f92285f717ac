"""What every entry of the table must hold, whatever its function is.

A property looks at one call of the function and raises an AssertionError where it does not hold.
All arrays that it hands over are read-only, so that a rule which writes to one fails.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd import GradientWarning, gradcheck
from autograd.checking.problem import frozen
from autograd.creation import as_tensor
from autograd.derivatives.table import Derivative, Entry
from autograd.differentiate import vjp
from autograd.handle import plain
from autograd.tensor import Tensor
from autograd.testing.closures import closed_over, names_of, taken_apart
from autograd.testing.strategies import Array, Call, positional_parameters

STEP = 1e-6  # of one-sided differences
SINGLE = 1e-2  # of the largest gradient, that single precision, or half, may cost
NEARBY = 60  # points are asked where kinks meet


# Tools


def cotangent_of(shape: tuple[int, ...], dtype: Any = np.float64) -> Array:
    """Return a cotangent that is nowhere zero, the same one in every run."""
    random = np.random.default_rng(0)
    return frozen((random.integers(1, 64, shape) / 32) * random.choice((-1, 1), shape), dtype)


def single(results: Any) -> Any:
    """Make one array, or Tensor, of the results of a function that gives several."""
    if isinstance(results, (list, tuple)):
        return np.concatenate([np.ravel(result) for result in results])
    return results


class Gradients(NamedTuple):
    """A differentiated call: its result, the cotangent of that, and those of the arrays."""

    result: Any
    seed: Array
    by_array: list[Array]


def differentiate(
    entry: Entry,
    call: Call,
    arrays: Sequence[Any],
    seed: Any = None,
    only: int | None = None,
    create_graph: bool = False,
) -> Gradients:
    """Call the function on Tensors of ``arrays``, all tracked or ``only`` one, and go backward.

    Args:
        entry: what is tested.
        call: how the function is called.
        arrays: take the place of the call's own.
        seed: the cotangent of the result.
        only: which of the arrays is tracked; by default all are.
        create_graph: whether to go back by rules on Tensors.
    """
    leaves = [as_tensor(array).requires_grad_(only in (None, i)) for i, array in enumerate(arrays)]
    result = single(call.with_arrays(leaves).of(entry.function))
    if seed is None:
        seed = cotangent_of(result.shape, result.dtype)
    if isinstance(result, Tensor) and result.requires_grad:
        result.backward(seed, create_graph=create_graph)
    found = [np.zeros_like(leaf.data) if leaf.grad is None else leaf.grad.data for leaf in leaves]
    return Gradients(result, seed, found)


def assert_same(actual: Any, expected: Any, tolerance: float = 64) -> None:
    """Compare shape, dtype and values, to some units in the last place of the largest."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if np.iscomplexobj(expected) and not np.any(expected.imag):  # real eigenvalues, since NumPy 2.5
        expected = expected.real
    assert actual.shape == expected.shape, f"shape {actual.shape}, expected {expected.shape}"
    assert actual.dtype == expected.dtype, f"dtype {actual.dtype}, expected {expected.dtype}"
    if actual.dtype.kind != "f":
        np.testing.assert_array_equal(actual, expected)
        return
    assert_close(actual, expected, tolerance * float(np.finfo(actual.dtype).eps))


def assert_close(actual: Any, expected: Any, relative: float) -> None:
    """Compare values, to a part of the largest."""
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(1.0, float(np.max(finite, initial=0)))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=relative * scale)


# Properties


def value_is_that_on_arrays(entry: Entry, call: Call) -> None:
    """Tensors, tracked or not, give the value and the dtype that arrays give."""
    for arrays in _of_several_dtypes(call.arrays()):
        expected = call.with_arrays(arrays).of(entry.function)
        for tracked in False, True:
            tensors = [as_tensor(x).requires_grad_(tracked) for x in arrays]
            actual = call.with_arrays(tensors).of(entry.function)
            assert isinstance(actual, (list, tuple)) == isinstance(expected, (list, tuple))
            several = isinstance(expected, (list, tuple))
            for a, e in zip(actual, expected, strict=True) if several else [(actual, expected)]:
                assert several or isinstance(a, Tensor), f"a {type(a).__name__} for a Tensor"
                assert_same(plain(a), e)


def derivatives_are_those_of_differences(entry: Entry, call: Call) -> None:
    """First and second derivatives, in the arguments and the cotangent, agree with differences."""
    template, variables = taken_apart(call, names_of(entry.function, call))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GradientWarning)  # a gradient that is nothing but rounding
        gradcheck(closed_over(entry.function, template, variables), *variables.values(), order=2)


def gradients_fit_their_arrays(entry: Entry, call: Call) -> None:
    """A gradient has the shape and the dtype of its array, and the same value in every dtype."""
    exact: Gradients | None = None
    for arrays in _of_several_dtypes(call.arrays()):
        for create_graph in False, True:
            found = differentiate(entry, call, arrays, create_graph=create_graph)
            exact = exact or found  # the first, in double
            comparable = found.seed.shape == exact.seed.shape  # np.polydiv cuts zeros off, to rounding
            for x, g, e in zip(arrays, found.by_array, exact.by_array, strict=True):
                assert g.shape == x.shape, f"a gradient of shape {g.shape}, expected {x.shape}"
                assert g.dtype == x.dtype, f"a gradient of dtype {g.dtype}, expected {x.dtype}"
                if comparable:
                    assert_close(g, e, SINGLE)


def rules_on_tensors_are_rules_on_arrays(entry: Entry, call: Call) -> None:
    """Going back with ``create_graph=True`` gives the same gradients."""
    arrays = [frozen(x) for x in call.arrays()]
    plain = differentiate(entry, call, arrays)
    recorded = differentiate(entry, call, arrays, create_graph=True)
    for a, b in zip(plain.by_array, recorded.by_array, strict=True):
        assert_same(a, b, 16)


def arrays_are_differentiated_alone(entry: Entry, call: Call) -> None:
    """The gradient by one array is the same whether the others are tracked or not."""
    arrays = [frozen(x) for x in call.arrays()]
    together = differentiate(entry, call, arrays).by_array
    for i, g in enumerate(together):
        assert_same(differentiate(entry, call, arrays, only=i).by_array[i], g, 16)


def zero_cotangent_gives_zero(entry: Entry, call: Call) -> None:
    """Where no cotangent flows in, exactly nothing flows on: also at the borders of the domain.

    Those that the backward pass does not guard promise so only where the function has a value. Nor is
    it guarded what a rule calls, to second order.
    """
    arrays = [frozen(x) for x in call.arrays()]
    guarded = isinstance(entry, Derivative) and entry.kind == "elementwise" and not entry.bounded
    with np.errstate(all="ignore"):
        has_value = not np.any(np.isnan(single(call.of(entry.function))))
    if not (guarded or has_value):
        return

    def pulled_back(arrays: list[Any]) -> Any:
        value, pullback = vjp(lambda xs: single(call.with_arrays(xs).of(entry.function)), arrays)
        return pullback(np.zeros(value.shape))[0]

    with np.errstate(all="ignore"):
        first, pullback = vjp(pulled_back, arrays)
        second = pullback([cotangent_of(x.shape) for x in arrays])[0] if has_value else []
    for order, gradients in (1, first), (2, second):
        for g in gradients:
            assert np.all(np.equal(g, 0)), f"of order {order}, a zero cotangent gives {g}"


def slope_lies_between_one_sided_slopes(entry: Entry, call: Call) -> None:
    """At a kink too the derivative lies between the slopes ahead and behind, or those of points nearby.

    Where several kinks meet, as in the least of some absolute values, the slopes nearby spread wider than
    those of the point itself; a generalised gradient is any mean of the gradients there (Clarke, 1975).
    """
    arrays = [frozen(x) for x in call.arrays()]
    random = np.random.default_rng(0)

    def value_at(arrays: list[Any]) -> Any:
        return np.asarray(single(call.with_arrays(arrays).of(entry.function)))

    def moved(arrays: list[Any], step: float, directions: list[Any]) -> list[Any]:
        return [np.asarray(x + step * v) for x, v in zip(arrays, directions, strict=True)]

    def random_directions(share: float) -> list[Any]:
        return [random.normal(size=x.shape) * (random.random(x.shape) < share) for x in arrays]

    seed = np.abs(cotangent_of(value_at(arrays).shape))
    gradients = differentiate(entry, call, arrays, seed=seed).by_array
    together = [np.ones(x.shape) for x in arrays]  # along which elements that tie stay so
    for directions in together, random_directions(1.0), random_directions(0.3):
        terms = [g * v for g, v in zip(gradients, directions, strict=True)]
        slope = sum(float(np.sum(term)) for term in terms)
        noise = 1e-4 * (1 + sum(float(np.sum(np.abs(term))) for term in terms))
        slopes: list[Any] = []
        for nearby in range(NEARBY + 1):
            here = moved(arrays, 10 * STEP, random_directions(1.0)) if nearby else arrays
            value = value_at(here)
            slopes += [
                seed * (value_at(moved(here, step, directions)) - value) / step for step in (STEP, -STEP)
            ]
            low, high = np.sum(np.min(slopes, axis=0)), np.sum(np.max(slopes, axis=0))
            if low - noise <= slope <= high + noise:
                break
        assert low - noise <= slope <= high + noise, f"slope {slope}, not from {low} to {high}"


def layout_makes_no_difference(entry: Entry, call: Call) -> None:
    """Arrays that are not contiguous, a cotangent too, have the same values and gradients."""
    contiguous = differentiate(entry, call, [frozen(x) for x in call.arrays()])
    for strided in _with_gaps, partial(frozen, order="F"):
        other = differentiate(entry, call, [strided(x) for x in call.arrays()], strided(contiguous.seed))
        assert_same(single(other.result).data, single(contiguous.result).data)
        for a, b in zip(other.by_array, contiguous.by_array, strict=True):
            assert_same(a, b)


def empty_arrays_are_arrays(entry: Entry, call: Call) -> None:
    """Empty Tensors give what empty arrays give, be it an error; gradients have their shapes."""
    arrays = [frozen(x) for x in call.arrays()]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing
        try:
            expected = single(call.with_arrays(arrays).of(entry.function))
        except (ValueError, ZeroDivisionError) as error:
            _assert_raises(type(error), lambda: differentiate(entry, call, arrays))
            return
        for create_graph in False, True:
            actual = differentiate(entry, call, arrays, create_graph=create_graph)
            assert_same(actual.result.data, expected)
            for x, g in zip(arrays, actual.by_array, strict=True):
                assert g.shape == x.shape


def one_tensor_may_come_twice(entry: Entry, call: Call) -> None:
    """In f(x, x) the gradient is the sum of those by both arguments."""
    arrays = call.arrays()
    if isinstance(entry, Derivative) and entry.kind == "elementwise":
        arrays = list(np.broadcast_arrays(*arrays))
    first = arrays[0]
    twins = [i for i, array in enumerate(arrays) if array.shape == first.shape]
    arrays = [frozen(first if i in twins else array) for i, array in enumerate(arrays)]
    with np.errstate(all="ignore"):
        apart = differentiate(entry, call, arrays)
        x = as_tensor(arrays[0]).requires_grad_()
        mixed = [x if i in twins else array for i, array in enumerate(arrays)]
        result = single(call.with_arrays(mixed).of(entry.function))
        if isinstance(result, Tensor) and result.requires_grad:
            result.backward(apart.seed)
    expected = sum(apart.by_array[i] for i in twins)
    assert_same(np.zeros_like(first) if x.grad is None else x.grad.data, expected)


def calls_do_not_disturb_each_other(entry: Entry, call: Call) -> None:
    """Of two calls in one graph, each has the gradients that it has alone."""
    arrays = [frozen(x) for x in call.arrays()]
    alone = differentiate(entry, call, arrays)
    first, second = ([as_tensor(x).requires_grad_() for x in arrays] for _ in range(2))
    results = [single(call.with_arrays(leaves).of(entry.function)) for leaves in (first, second)]
    if not isinstance(results[0], Tensor) or not results[0].requires_grad:
        return
    (results[0] + 2 * results[1]).backward(alone.seed)
    for factor, leaves in (1, first), (2, second):
        for x, g in zip(leaves, alone.by_array, strict=True):
            assert_same(np.zeros_like(g) if x.grad is None else x.grad.data, factor * g)


def nothing_is_written(entry: Entry, call: Call) -> None:
    """Neither the arguments, nor the cotangent, nor the result change on the way back."""
    arrays = [np.array(x) for x in call.arrays()]
    leaves = [as_tensor(x).requires_grad_() for x in arrays]
    result = single(call.with_arrays(leaves).of(entry.function))
    if not isinstance(result, Tensor) or not result.requires_grad:
        return
    seed = np.array(cotangent_of(result.shape, result.dtype))
    before = [np.array(x) for x in (*arrays, result.data, seed)]
    result.backward(seed, retain_graph=True)
    result.backward(seed, create_graph=True)
    for was, now in zip(before, (*arrays, result.data, seed), strict=True):
        np.testing.assert_array_equal(was, now)


def gradients_are_arrays_of_their_own(entry: Entry, call: Call) -> None:
    """A gradient shares no memory with the cotangent, an argument, the result, another gradient."""
    arrays = [frozen(x) for x in call.arrays()]
    for create_graph in False, True:
        found = differentiate(entry, call, arrays, create_graph=create_graph)
        others = [found.seed, found.result.data, *arrays]
        for g in found.by_array:
            assert g.flags.writeable, "a gradient is read-only"
            assert not any(np.may_share_memory(g, other) for other in others), "an alias"
            others.append(g)


def arguments_may_be_named(entry: Entry, call: Call) -> None:
    """Arguments may be given by their names or by position, as far as the function allows it."""
    expected = differentiate(entry, call, [frozen(x) for x in call.arrays()])
    for other in _other_spellings(entry.function, call):
        try:
            other.of(entry.function)
        except TypeError:
            continue  # some signatures promise names that NumPy does not take
        actual = differentiate(entry, other, [frozen(x) for x in other.arrays()])
        assert_same(actual.result.data, expected.result.data)
        for a, b in zip(actual.by_array, expected.by_array, strict=True):
            assert_same(a, b)


# Variations of a call


def _other_spellings(function: Callable[..., Any], call: Call) -> Iterator[Call]:
    """Spell a call with all arguments by name, and with keyword arguments by position."""
    if isinstance(function, np.ufunc):
        return
    parameters = positional_parameters(function)
    unnamed = sum(p.kind is p.POSITIONAL_ONLY for p in parameters)
    names = [p.name for p in parameters]
    if len(call.args) <= len(names):
        named = dict(zip(names[unnamed:], call.args[unnamed:], strict=False))
        yield Call(call.args[:unnamed], named | call.kwargs)
        following = itertools.takewhile(call.kwargs.__contains__, names[len(call.args) :])
        moved = {name: call.kwargs[name] for name in following}
        if moved:
            rest = {name: value for name, value in call.kwargs.items() if name not in moved}
            yield Call((*call.args, *moved.values()), rest)


def _of_several_dtypes(arrays: list[Array]) -> Iterator[list[Array]]:
    """Return arrays in double, in single, and, if there are several, in single and double by turns."""
    for dtypes in ("d", "f", "fd")[: 2 + (len(arrays) > 1)]:
        yield [frozen(x, dtype) for x, dtype in zip(arrays, itertools.cycle(dtypes), strict=False)]


def _with_gaps(array: Array) -> Array:
    """Put the elements at every second place of a larger array, backwards."""
    larger = np.full([2 * n for n in array.shape], np.nan)
    index: Any = (..., *(slice(None, None, -2) for _ in array.shape))
    view: Array = larger[index]
    view[...] = array
    view.flags.writeable = False
    return view


def _assert_raises(kind: type[Exception], function: Callable[[], Any]) -> None:
    try:
        function()
    except kind:
        return
    raise AssertionError(f"arrays raise {kind.__name__}, Tensors do not")
