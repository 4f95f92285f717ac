"""Every entry of the table holds the properties of autograd.testing; no operation is named here.

An entry added to the table is tested without further code, if its arguments can be drawn from its
kind; otherwise with one line in ``ARGUMENTS``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, as_tensor, tensor
from autograd.derivatives.calls import own_name
from autograd.derivatives.indexing import Writing
from autograd.derivatives.table import TABLE, Constant, Definition, Derivative, Entry
from autograd.testing import ARGUMENTS, CHECKS, Style, calls
from autograd.testing.properties import assert_same
from autograd.testing.strategies import TIED
from tests.constant_arguments import constant_call
from tests.nn_arguments import NN_ARGUMENTS

Function = Callable[..., Any]


def takes_numbers(function: Function) -> bool:
    """Tell functions of strings and dates from those that a Tensor can be given to."""
    ufunc = getattr(function, "__self__", function)
    if not isinstance(ufunc, np.ufunc):
        return function.__module__ not in ("numpy.strings", "numpy.char")
    return any(types[0] in "?bld" for types in ufunc.types)


ARGUMENTS |= NN_ARGUMENTS

DIFFERENTIABLE = [e.function for e in TABLE.values() if isinstance(e, (Derivative, Definition))]
CONSTANTS = [e.function for e in TABLE.values() if isinstance(e, Constant) and takes_numbers(e.function)]


def own(entry: Entry) -> Entry:
    """Make of a function that writes to its first argument one that writes to a copy, and gives that."""
    if not isinstance(entry, Writing):
        return entry

    @wraps(entry.function)
    def on_a_copy(*args: Any, **kwargs: Any) -> Any:
        copy = np.copy(args[0] if args else next(iter(kwargs.values())))
        named = dict.fromkeys(list(kwargs)[: not args], copy)
        entry.function(*(copy, *args[1:])[: len(args)], **kwargs | named)
        return copy

    return entry._replace(function=on_a_copy)


@pytest.mark.parametrize("style", CHECKS, ids=lambda style: style.name)
@pytest.mark.parametrize("function", DIFFERENTIABLE, ids=own_name)
@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_entry(function: Function, style: Style, data: st.DataObject) -> None:
    entry = TABLE[function]
    drawn = data.draw(calls(entry, style))
    for check in CHECKS[style]:
        check(own(entry), drawn)


@pytest.mark.parametrize("function", CONSTANTS, ids=own_name)
@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_a_constant_gives_of_tensors_what_it_gives_of_arrays(function: Function, data: st.DataObject) -> None:
    call = data.draw(calls(TABLE[function], TIED, ARGUMENTS.get(function) or constant_call(function)))
    with np.errstate(all="ignore"):
        expected = call.of(function)
    for tracked in False, True:
        given = [as_tensor(x) if isinstance(x, np.ndarray) else x for x in call.args]
        for x in given:
            if isinstance(x, Tensor):
                x.requires_grad = tracked and x.dtype.kind == "f"
        with np.errstate(all="ignore"):
            actual = function(*given, **call.kwargs)
        assert type(actual) is type(expected), f"a {type(actual).__name__}"
        several = isinstance(expected, tuple)
        for a, e in zip(actual, expected, strict=True) if several else [(actual, expected)]:
            assert not isinstance(a, Tensor)
            assert_same(str(a), str(e)) if isinstance(e, list) else assert_same(a, e)


ADDING = [entry for entry in TABLE.values() if isinstance(entry, Derivative) and entry.adding]


@pytest.mark.parametrize("entry", ADDING, ids=lambda entry: own_name(entry.function))
@given(data=st.data())
def test_adding_agrees_with_the_pullback(entry: Derivative, data: st.DataObject) -> None:
    drawn = data.draw(calls(entry, TIED))
    (x,) = drawn.arrays()

    def gradient(*factors: float) -> Any:
        leaf = tensor(x, requires_grad=True)
        for factor in factors:  # in passes of their own, so that nothing is added to
            result = entry.function(*drawn.with_arrays([leaf]).args) * factor
            np.sum(result).backward()
        return leaf.grad.data

    leaf = tensor(x, requires_grad=True)
    results = [entry.function(*drawn.with_arrays([leaf]).args) * factor for factor in (2.0, 3.0, 4.0)]
    np.sum(np.stack(results)).backward()
    np.testing.assert_allclose(leaf.grad.data, gradient(2.0, 3.0, 4.0))
