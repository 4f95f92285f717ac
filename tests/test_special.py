"""The chapter of scipy.special: its entries hold what all entries hold; the rest is refused in words."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from autograd import grad, gradcheck, tensor
from autograd.derivatives.calls import name_of
from autograd.derivatives.domains import POSITIVE
from autograd.derivatives.late import special as chapter
from autograd.derivatives.table import TABLE, Derivative
from autograd.scipy.special import logsumexp
from autograd.testing import check_entry

ENTRIES = [e for f, e in TABLE.items() if isinstance(e, Derivative) and name_of(f).startswith("scipy")]
ELEMENTWISE = [entry.function for entry in ENTRIES if entry.kind == "elementwise"]
POINTS = np.array([0.3, 0.7, 1.0, 2.6])


@pytest.mark.parametrize("function", ELEMENTWISE, ids=name_of)
def test_an_entry_holds_the_properties(function: Callable[..., Any]) -> None:
    check_entry(function, max_examples=8)


@pytest.mark.parametrize(
    "function", [special.gammainc, special.gammaincc, special.jv, special.iv, special.ive, special.zeta]
)
def test_a_function_with_a_parameter(function: Callable[..., Any]) -> None:
    gradcheck(lambda x: function(2.5, x), POINTS, order=2)
    with pytest.raises(TypeError, match=r"scipy\.special.* by '[avs]'.*detach"):
        function(tensor(2.5, requires_grad=True), POINTS)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_functions_that_take_arrays_only_name_their_counterpart(name: str) -> None:
    with pytest.raises(TypeError, match=rf"nn\.functional\.{name}"):
        getattr(special, name)(tensor(POINTS, requires_grad=True))


def test_logsumexp_of_nothing_but_minus_infinity_warns_of_nothing() -> None:
    assert logsumexp(np.full(3, -np.inf)) == special.logsumexp(np.full(3, -np.inf)) == -np.inf


WEIGHTED: dict[str, tuple[Any, ...]] = {  # a, axis, b
    "no weight for the largest": ([1000.0, 0.0], None, [0.0, 1.0]),
    "no weight for infinity": ([np.inf, 0.0], None, [0.0, 2.0]),
    "no weight for NaN": ([np.nan, 0.0, 1.0], None, [0.0, 2.0, 1.0]),
    "a negative sum": ([[1.0, 2.0], [3.0, 4.0]], 1, [1.0, -1.0]),
    "more axes of weights": ([1.0, 2.0, 3.0], 1, [[1.0], [-2.0]]),
    "weights for each row": ([[1.0, 2.0], [3.0, 4.0]], 0, [[1.0], [0.0]]),
}


@pytest.mark.parametrize(("a", "axis", "b"), WEIGHTED.values(), ids=WEIGHTED)
def test_weighted_logsumexp_is_that_of_scipy(a: Any, axis: Any, b: Any) -> None:
    expected = special.logsumexp(a, axis, b, return_sign=True)
    value, sign = logsumexp(a, axis, b, return_sign=True)
    np.testing.assert_allclose((value, sign), expected)
    a, b = (np.where(np.isfinite(x), x, 0.0) for x in (a, b))
    gradcheck(lambda a, b: logsumexp(a, axis, b, return_sign=True)[0], a, b)


def test_what_has_no_weight_has_no_gradient() -> None:
    found = grad(lambda a: logsumexp(a, b=[0.0, 1.0]))(np.array([1000.0, 0.0]))
    np.testing.assert_array_equal(found, [0, 1])
    by_weight = grad(lambda b: logsumexp([3.0, 0.0], b=b))(np.array([0.0, 2.0]))
    np.testing.assert_allclose(by_weight, [np.exp(3) / 2, 1 / 2])


def test_parameters_and_domains_are_declared() -> None:
    assert {e.kind for e in ENTRIES} == {"elementwise", "parametric"}
    assert TABLE[chapter.zeta].domain == POSITIVE


def test_the_chapter_is_loaded_when_it_is_needed() -> None:
    program = (
        "import sys, autograd; chapter = 'autograd.derivatives.late.special';"
        "assert chapter not in sys.modules;"
        "from scipy import special; x = autograd.tensor([0.5], requires_grad=True);"
        "special.erf(x).sum().backward(); assert chapter in sys.modules; print(x.grad.item())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(run.stdout) == pytest.approx(2 / np.sqrt(np.pi) * np.exp(-0.25))
