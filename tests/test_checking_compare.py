"""Gradients derived by hand, compared with those of the engine."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import compare_gradients, tensor

X = np.random.default_rng(0).normal(size=(5, 3))
W = np.random.default_rng(1).normal(size=(3, 4))


def engine() -> dict[str, Any]:
    """Return the variables of a layer, with their gradients."""
    w, b = tensor(W, requires_grad=True), tensor(np.zeros(4), requires_grad=True)
    loss: Any = np.mean(np.tanh(X @ w + b))
    loss.backward()
    return {"W": w, "b": b}


def by_hand() -> dict[str, Any]:
    """Derive the same gradients."""
    error = (1 - np.tanh(X @ W) ** 2) / 20
    return {"W": X.T @ error, "b": error.sum(axis=0)}


def test_what_agrees_is_exact_or_close() -> None:
    exact = compare_gradients({"x": X}, {"x": X.copy()})
    assert exact
    assert exact.rows[0][:5] == ("x", (5, 3), "exact", 0.0, 0.0)
    close = compare_gradients({"x": X * (1 + 1e-10)}, {"x": X})
    assert close
    assert close.rows[0].verdict == "close"
    assert 0 < close.rows[0].largest < 1e-9
    report = compare_gradients(by_hand(), engine())
    assert report
    assert [row.name for row in report.rows] == ["W", "b"]
    assert {row.verdict for row in report.rows} <= {"exact", "close"}


def test_tolerance_follows_the_dtype() -> None:
    near = X * (1 + 1e-5)
    assert not compare_gradients(near, X)
    assert compare_gradients(near, X, rtol=1e-4)
    assert compare_gradients(near.astype(np.float32), X.astype(np.float32))


WRONG: dict[str, tuple[str, Any, str]] = {
    "transposed": ("W", lambda g: g.T, "it is transposed"),
    "not summed": ("b", lambda g: np.tile(g / 5, (5, 1)), "a sum over axis 0, along which the variable was"),
    "twice": ("W", lambda g: 2 * g, "everything is 2 times what it should be"),
    "negated": ("b", lambda g: -g, "the sign is wrong"),
    "no mean": ("W", lambda g: 12 * g, "everything is 12 times too large, the length of an axis: a mean"),
    "constant": ("b", lambda g: 0 * g, "the gradient is zero: the argument is treated as a constant"),
    "one element": ("W", lambda g: g + np.eye(3, 4) * [1, 0, 0, 0], "1 of 12 elements"),
}


@pytest.mark.parametrize(("name", "mistake", "cause"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_explained(name: str, mistake: Any, cause: str) -> None:
    hand = by_hand()
    hand[name] = mistake(hand[name])
    report = compare_gradients(hand, engine())
    assert not report
    wrong = {row.name: row for row in report.rows if row.verdict == "different"}
    assert wrong.keys() == {name}
    assert cause in wrong[name].cause
    assert cause in repr(report)
    assert "1 of 2 agree" in repr(report)
    assert cause in report._repr_html_()


@pytest.mark.parametrize(
    ("hand", "found", "name"),
    [
        pytest.param([X], [None], "[0]", id="list"),
        pytest.param({"w": W, "b": X}, {"w": W, "b": None}, "b", id="dict"),
        pytest.param((W, {"b": X}), (W, {"b": None}), "[1]['b']", id="nested"),
        pytest.param(X, None, "gradient", id="alone"),
        pytest.param([X, None], [X, X], "[1]", id="by hand"),
        pytest.param([None], [None], "[0]", id="both"),
    ],
)
def test_a_missing_gradient_agrees_with_nothing(hand: Any, found: Any, name: str) -> None:
    report = compare_gradients(hand, found)
    assert not report
    assert [row.name for row in report.rows if row.verdict == "different"] == [name]
    assert f"{name}: " in repr(report)
    assert "there is no gradient" in repr(report)


@given(st.integers(0, 4), st.integers(0, 2), st.floats(-12, 12))
def test_the_worst_element_is_named_at_every_scale(row: int, column: int, decade: float) -> None:
    true = 10**decade * X
    hand = true.copy()
    hand[row, column] += 0.05 * np.max(np.abs(true))
    found = compare_gradients({"x": hand}, {"x": true}).rows[0]
    assert f"x[{row}, {column}]" in found.note
    assert found.relative == pytest.approx(0.05)


def test_any_structure_will_do() -> None:
    assert compare_gradients(X, X).rows[0].name == "gradient"
    nested = {"layers": [{"W": X}, {"W": W}]}
    assert [row.name for row in compare_gradients(nested, nested).rows] == [
        "['layers'][0]['W']", "['layers'][1]['W']",
    ]  # fmt: skip
    named = tensor(X, requires_grad=True, name="weights")
    np.sum(named).backward()
    assert compare_gradients([np.ones((5, 3))], [named]).rows[0].name == "weights"
    bias = tensor(0.0, name="bias")
    several = compare_gradients([X, 0, X, X], [named, bias, named, X])
    assert [row.name for row in several.rows] == ["weights 1", "bias", "weights 2", "[3]"]


def test_what_is_not_finite_is_different() -> None:
    bad = X.copy()
    bad[2, 1] = np.nan
    for who, hand, found in (("hand", bad, X), ("the engine", X, bad)):
        report = compare_gradients({"x": hand}, {"x": found})
        assert not report
        assert f"by {who} it is not finite at x[2, 1]" in repr(report)


def test_what_rounding_leaves_of_the_largest_gradient_is_close() -> None:
    """Before batch normalisation a bias changes nothing."""
    bias = np.array([2.7e-15, -1e-15])
    assert compare_gradients({"w": W, "b": 0 * bias}, {"w": W, "b": bias})
    assert not compare_gradients({"b": 0 * bias}, {"b": bias})
    assert not compare_gradients({"w": W, "b": 1e3 * bias}, {"w": W, "b": bias})


def test_the_least_numbers_have_factors() -> None:
    assert "1/2 times" in compare_gradients(1e-200 * X, 2e-200 * X).rows[0].cause


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"hand_derived: expected a dict with the keys \['W', 'b'\]"):
        compare_gradients({"W": X}, engine())
    for found, kind in (
        ((W, X), "a tuple of length 2"),
        ({"W": X}, "a dict with the keys"),
        (None, "NoneType"),
    ):
        with pytest.raises(
            ValueError, match=f"hand_derived: expected a list of length 3, got {kind}"
        ) as caught:
            compare_gradients(found, [W, X, X])
        assert len(str(caught.value)) < 100  # without the arrays
    with pytest.raises(ValueError, match=r"W has no gradient; call backward\(\)"):
        compare_gradients({"W": X}, {"W": tensor(X, requires_grad=True)})
