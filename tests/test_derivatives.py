"""Every entry of the table holds the properties of autograd.testing; no operation is named here.

An entry added to the table is tested without further code, if its arguments can be drawn from its
kind; otherwise with one line in ``ARGUMENTS``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.derivatives.calls import name_of
from autograd.derivatives.domains import Interval
from autograd.derivatives.table import TABLE, Constant
from autograd.testing import ARGUMENTS, CHECKS, Draw, Style, call, calls
from autograd.testing.arguments.kinds import REDUCTIONS
from autograd.testing.checks import result_is_plain
from autograd.testing.strategies import TIED
from nn.functional import losses

Function = Callable[..., Any]

PROBABILITY = Interval("0 < p < 1", 0, 1)


def probabilities(d: Draw) -> list[Any]:
    shape = d.shape()
    return [np.clip(d.array(shape, PROBABILITY), 0, 1) for _ in range(2)]


ARGUMENTS |= {
    losses.binary_cross_entropy: lambda d: call(*probabilities(d), **d.some(reduction=REDUCTIONS)),
    losses.binary_cross_entropy_with_logits: lambda d: call(  # x is a target too, in f(x, x)
        *probabilities(d), **d.some(reduction=REDUCTIONS)
    ),
    losses.minus_one_hot: lambda d: call(x := d.array(least=1), np.arange(min(x.size, 2))),
}

DIFFERENTIABLE = [entry.function for entry in TABLE.values() if not isinstance(entry, Constant)]
CONSTANTS = [entry.function for entry in TABLE.values() if isinstance(entry, Constant)]


@pytest.mark.parametrize("style", CHECKS, ids=lambda style: style.name)
@pytest.mark.parametrize("function", DIFFERENTIABLE, ids=name_of)
@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_entry(function: Function, style: Style, data: st.DataObject) -> None:
    entry = TABLE[function]
    assert not isinstance(entry, Constant)
    drawn = data.draw(calls(entry, style))
    for check in CHECKS[style]:
        check(entry, drawn)


@pytest.mark.parametrize("function", CONSTANTS, ids=name_of)
@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_constant(function: Function, data: st.DataObject) -> None:
    result_is_plain(TABLE[function], data.draw(calls(TABLE[function], TIED)))
