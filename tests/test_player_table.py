"""Every entry of the table can be played, and has words for what it does."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor, backprop, tensor
from autograd.derivatives.calls import name_of, own_name
from autograd.derivatives.table import TABLE, Derivative
from autograd.drawing import words
from autograd.drawing.draw import View
from autograd.drawing.page import data_of, program
from autograd.testing import calls
from autograd.testing.strategies import SMOOTH
from tests import test_derivatives as table_tests

PLAYED = [f for f in table_tests.DIFFERENTIABLE if not isinstance(TABLE[f], table_tests.Writing)]


@pytest.mark.parametrize("function", PLAYED, ids=own_name)
@settings(max_examples=5)
@given(data=st.data())
def test_every_entry_of_the_table_can_be_played(function: Any, data: st.DataObject) -> None:
    """Whatever a call looks like, its steps add up, have words, and can be put on a page."""
    found = data.draw(calls(TABLE[function], SMOOTH))
    leaves = [tensor(array, requires_grad=True) for array in found.arrays()]
    results = found.with_arrays(leaves).of(function)
    results = results if isinstance(results, (list, tuple)) else [results]
    result = next((x for x in results if isinstance(x, Tensor) and x.node), None)
    if result is None:
        return
    view = View("backprop", result, None)
    for step in view.tape.steps:
        before = 0 if step.before is None else step.before
        np.testing.assert_array_equal(before + step.contribution, step.after)
        assert step.after.shape == step.to.shape
        assert step.why
    deck = view.deck("auto", ())
    data_of(deck, "")
    program(deck)


RULES = [
    (entry, i)
    for entry in TABLE.values()
    if isinstance(entry, Derivative)
    for i, pullback in enumerate(entry.pullbacks)
    if pullback
]


@pytest.mark.parametrize(
    ("entry", "i"), RULES, ids=lambda x: x if isinstance(x, int) else own_name(x.function)
)
def test_every_rule_of_the_table_has_a_sentence(entry: Derivative, i: int) -> None:
    class Plan:
        def __init__(self) -> None:
            self.entry = entry

    class Call:
        plan, args, shape = Plan(), (1.0,) * 9, ()

    sentence = words.why(Call(), i)
    assert sentence[:1].isupper() or sentence.startswith("σ")
    assert sentence.endswith(".")
    assert "in the table of derivatives" not in sentence, f"no words for the kind {entry.kind!r}"


def test_sentences_go_by_the_names_that_users_know() -> None:
    assert words._OF_FUNCTION.keys() <= {name_of(entry.function).rpartition(".")[2] for entry, _ in RULES}
    w, b = (tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    scaled = nn.functional.batch_norm(np.ones((3, 2)), None, None, w, b, training=True)
    sentences = {step.argument: step.why for step in backprop(scaled).steps}
    assert sentences["w"].startswith("A scale is shared")
    assert sentences["b"].startswith("A shift is added")
    p = nn.functional.sigmoid(tensor([0.5], requires_grad=True))
    assert "The slope of binary_cross_entropy says" in backprop(nn.BCELoss()(p, [1.0])).steps[0].why
