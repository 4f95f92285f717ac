"""The table as data: what its entries declare fits the functions that they are about."""

import inspect
import math
import runpy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Tensor, derivative, primitive, tensor
from autograd.derivatives import table
from autograd.derivatives.calls import name_of, own_name
from autograd.derivatives.domains import POSITIVE, Interval
from autograd.derivatives.table import TABLE, Definition, Derivative
from autograd.testing import Draw, Style, check_entry
from autograd.testing.arguments.kinds import required
from autograd.testing.strategies import EMPTY, SMOOTH, TIED

Function = Callable[..., Any]
NO_VALUE = (inspect.Parameter.empty, np._NoValue)


def has_signature(function: Function) -> bool:
    try:
        inspect.signature(function)
    except ValueError:
        return False
    return not isinstance(getattr(function, "__self__", function), np.ufunc)


DERIVATIVES = [entry for entry in TABLE.values() if isinstance(entry, Derivative)]
DEFINITIONS = [e for e in TABLE.values() if isinstance(e, Definition) and has_signature(e.function)]
SIGNED = [entry for entry in DERIVATIVES if has_signature(entry.function)]
each_derivative = pytest.mark.parametrize("entry", DERIVATIVES, ids=lambda e: own_name(e.function))
each_definition = pytest.mark.parametrize("entry", DEFINITIONS, ids=lambda e: own_name(e.function))


def parameters_of(function: Function) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


# Derivatives


@each_derivative
def test_a_derivative_has_a_rule_and_a_domain_for_each_argument(entry: Derivative) -> None:
    assert len(entry.pullbacks) == len(entry.names)
    assert any(entry.pullbacks)
    if isinstance(entry.function, np.ufunc):
        assert len(entry.names) == entry.function.nin
    domains = (entry.domain,) if isinstance(entry.domain, Interval) else entry.domain
    assert len(domains) in (1, len(entry.names))
    assert all(domain.low < domain.high for domain in domains)


@pytest.mark.parametrize("entry", SIGNED, ids=lambda e: own_name(e.function))
def test_keywords_of_rules_are_parameters_of_the_function(entry: Derivative) -> None:
    parameters = {p.name: p for p in parameters_of(entry.function)}
    for pullback in filter(None, (*entry.pullbacks, entry.cotangent)):
        for declared in parameters_of(pullback.rule):
            if declared.default is not declared.empty:
                own = parameters[declared.name]
                assert own.default in NO_VALUE or own.default == declared.default
    if not entry.variadic:
        assert len(entry.names) <= len(parameters)
        assert entry.keywords - {"dtype"} <= parameters.keys()


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        pytest.param([lambda g, slope: g * slope], "", id="neither argument nor keyword"),
        pytest.param([lambda g, y: g * y], "", id="an argument that the function has not"),
        pytest.param([lambda x: x], "", id="no cotangent"),
        pytest.param([lambda: 1], "", id="no parameter"),
        pytest.param([lambda g, x: g * x], "c", id="an argument of another name"),
        pytest.param([lambda g, c_size: g], "c", id="a suffix that means nothing"),
    ],
)
def test_a_parameter_that_nothing_explains_is_refused(rules: list[Function], names: str) -> None:
    before = dict(TABLE)
    with pytest.raises(TypeError, match=r"cube.*(first parameter is g|names=)"):
        derivative(cube, *rules, names=names)
    assert before == TABLE


def test_a_cotangent_rule_has_no_position() -> None:
    with pytest.raises(TypeError, match="cube: only pullbacks may read the position"):
        derivative(cube, lambda g: g, variadic=True, cotangent=lambda g, position: g)


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        pytest.param([], "", id="none"),
        pytest.param([lambda g, b: g * b], "a b", id="too few"),
        pytest.param([lambda g: g, lambda g: g], "a", id="too many"),
        pytest.param([lambda g: g] * 2, "", id="more than the function has parameters"),
    ],
)
def test_a_derivative_needs_one_rule_for_each_argument(rules: list[Function], names: str) -> None:
    with pytest.raises(TypeError, match="pullbacks for the arguments"):
        derivative(cube, *rules, names=names)


def test_fewer_rules_than_required_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="1 pullbacks for the arguments x, y"):
        derivative(scaled, lambda g: g)


@pytest.mark.parametrize(
    ("own", "same"),
    [(float("nan"), float("nan")), (np.ones(3), np.ones(3)), (1, 1.0)],
    ids=["NaN", "array", "number"],
)
def test_a_default_is_compared_by_its_value(own: Any, same: Any) -> None:
    other = np.zeros(2)

    @primitive
    def shifted(x: Any, by: Any = own) -> Any:
        return x + by

    derivative(shifted, lambda g, by=same: g)
    with pytest.raises(TypeError, match=r"by=array.* in a pullback, by="):
        derivative(shifted, lambda g, by=other: g)


def test_the_arguments_of_a_python_function_have_its_own_names() -> None:
    derivative(energy, lambda g, y, x: 3 * g * y**2 * x, lambda g, y: g * y**3)
    assert autograd.grad(energy, (0, 1))(2.0, 5.0) == (60, 8)
    check_entry(energy)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda x: np.round(x), id="a plain function"),
        pytest.param(math.exp, id="a built-in function"),
        pytest.param(partial(np.round, decimals=1), id="an object"),
    ],
)
def test_a_function_that_no_tensor_asks_the_table_about_is_refused(function: Function) -> None:
    with pytest.raises(TypeError, match="@primitive"):
        derivative(function, lambda g: g)
    assert function not in TABLE


class Once(dict[Function, Any]):
    """A table in which no function may be entered twice."""

    def __setitem__(self, function: Function, entry: Any) -> None:
        assert function not in self, f"{name_of(function)} has two entries"
        super().__setitem__(function, entry)

    def update(self, entries: dict[Function, Any]) -> None:
        for function, entry in entries.items():
            self[function] = entry


def test_every_function_has_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Once()
    monkeypatch.setattr(table, "TABLE", once)
    for package in autograd.derivatives, nn.functional:
        for path in sorted(Path(package.__path__[0]).glob("*.py")):
            if path.name not in ("__init__.py", "table.py"):
                runpy.run_path(str(path))
    names = list(map(own_name, once))
    assert len(set(names)) == len(names)
    assert set(names) <= set(map(own_name, TABLE))


# Definitions


@each_definition
def test_a_definition_takes_what_the_function_takes(entry: Definition) -> None:
    own = {p.name: p for p in parameters_of(entry.function)}
    if entry.function is np.clip and "min" not in own:
        pytest.skip("this release of NumPy has no min= and max=")
    order = [p.name for p in own.values() if p.kind is not p.KEYWORD_ONLY]
    declared = parameters_of(entry.define)
    for p in declared:
        assert p.name in own
        assert own[p.name].default in NO_VALUE or own[p.name].default == p.default
    positional = [p.name for p in declared if p.kind is not p.KEYWORD_ONLY]
    assert positional == order[: len(positional)]


# What an entry does not know is refused, never ignored


def unknown_keywords(entry: Derivative | Definition) -> list[str]:
    if isinstance(entry.function, np.ufunc):
        return ["where", "out", "casting", "order", "subok"]
    parameters = parameters_of(entry.function)
    if isinstance(entry, Definition):
        known = {p.name for p in parameters_of(entry.define)}
    else:
        known = entry.keywords | {p.name for p in parameters[: len(entry.names)]}
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.name not in {"like", *known} and p.kind in kinds]


@pytest.mark.parametrize(
    ("function", "keyword"),
    [
        pytest.param(entry.function, keyword, id=f"{own_name(entry.function)}-{keyword}")
        for entry in (*DERIVATIVES, *DEFINITIONS)
        if isinstance(entry.function, np.ufunc) or has_signature(entry.function)
        for keyword in unknown_keywords(entry)
    ],
)
def test_a_keyword_that_no_rule_knows_is_refused(function: Function, keyword: str) -> None:
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    count = max(required(function), 1)
    asks_like = not isinstance(function, np.ufunc) and "like" in inspect.signature(function).parameters
    like = {"like": x} if asks_like else {}
    value = {"device": "cpu"}.get(keyword, 1) if asks_like else object()  # NumPy looks at these first
    with pytest.raises(TypeError, match=keyword):
        function(*[x] * count, **like, **{keyword: value})


def reduces(function: Function) -> bool:
    return {"axis", "out"} <= inspect.signature(function).parameters.keys() and required(function) == 1


REDUCTIONS = [entry for entry in DEFINITIONS if reduces(entry.function)]


@pytest.mark.parametrize("entry", REDUCTIONS, ids=lambda e: own_name(e.function))
def test_no_dtype_and_no_output_may_be_said(entry: Definition) -> None:
    how = {name: None for name in ("dtype", "out") if name in inspect.signature(entry.function).parameters}
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    said, unsaid = entry.function(x, axis=0, **how), entry.function(x, axis=0)
    np.testing.assert_array_equal(said.data, unsaid.data)


# A user's own entry


@primitive
def cube(x: Any) -> Any:
    return x * x * x


@primitive
def scaled(x: Any, y: Any, factor: float = 1.0) -> Any:
    return factor * x * y


@primitive
def energy(y: Any, x: Any) -> Any:
    return y**3 * x


def cut(x: Any) -> Any:
    return x.detach() if isinstance(x, Tensor) else x


def test_a_right_entry_passes() -> None:
    derivative(cube, lambda g, x: 3 * g * x**2)
    check_entry(cube)


def test_a_right_entry_with_a_keyword_passes() -> None:
    derivative(
        scaled,
        lambda g, y, factor=1.0: factor * g * y,
        lambda g, x, factor=1.0: factor * g * x,
    )
    check_entry(scaled)


def enter_scaled(cotangent: Function) -> None:
    rules = (lambda g, x: g / x, lambda g, y: g / y)
    derivative(scaled, *rules, domain=POSITIVE, keywords="factor", cotangent=cotangent)


def test_a_right_cotangent_rule_passes() -> None:
    enter_scaled(lambda g, out: g * out)
    check_entry(scaled)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(lambda g, out: -g * out, id="another sign"),
        pytest.param(lambda g, out: g * cut(out), id="second order: result"),
        pytest.param(lambda g, out: cut(g) * out, id="second order: cotangent"),
    ],
)
def test_a_wrong_cotangent_rule_fails(rule: Function) -> None:
    enter_scaled(rule)
    with pytest.raises(AssertionError):
        check_entry(scaled)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(lambda g, x: 3.01 * g * x**2, id="another factor"),
        pytest.param(lambda g, x: -3 * g * x**2, id="another sign"),
        pytest.param(lambda g, x: 3 * g * x, id="another power"),
        pytest.param(lambda g, x: 3 * g * cut(x) ** 2, id="second order: argument"),
        pytest.param(lambda g, x: 3 * cut(g) * x**2, id="second order: cotangent"),
        pytest.param(lambda g, x: 3 * g * x**3 / x, id="not a number at 0"),
    ],
)
def test_a_wrong_entry_fails(rule: Function) -> None:
    derivative(cube, rule, bounded=True)
    with pytest.raises((AssertionError, RuntimeWarning)):  # 0 / 0 also warns
        check_entry(cube)


@pytest.mark.parametrize(
    "domain",
    [
        Interval("0 < x < 0.01", 0, 0.01),
        Interval("10 < x < 20", 10, 20),
        Interval("x < -100", -np.inf, -100),
        Interval("x > 0 but 1", 0, np.inf, without=(1.0,)),
    ],
    ids=lambda domain: domain.name,
)
@pytest.mark.parametrize("style", [SMOOTH, TIED, EMPTY], ids=lambda style: style.name)
@given(data=st.data())
def test_arguments_lie_in_the_domain(domain: Interval, style: Style, data: st.DataObject) -> None:
    x = Draw(data.draw, style).array(domain=domain)
    assert np.all((domain.low < x) & (x < domain.high))
    assert not np.isin(x, domain.without).any()


def test_an_unknown_kind_asks_for_a_line() -> None:
    derivative(cube, lambda g, x: 3 * g * x**2, kind="something else")
    with pytest.raises(LookupError, match=r"cube: .* add one line to autograd\.testing\.ARGUMENTS"):
        check_entry(cube)


def test_a_tracked_condition_chooses_and_gets_no_gradient() -> None:
    condition, x = tensor([1.0, 0.0], requires_grad=True), tensor([2.0, 3.0], requires_grad=True)
    np.compress(condition, x).sum().backward()
    assert condition.grad is None
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy(), [1, 0])
