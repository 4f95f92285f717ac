"""A failing case is printed as a program: it runs as it stands, and fails as the case does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from autograd import POSITIVE, GradientError, Tensor, definition, derivative, primitive
from autograd.testing import arrays, assert_gradients, call, check_entry, drawn, tensors
from autograd.testing.source import Program

Function = Callable[..., Any]


def cut(x: Any) -> Any:
    return x.detach() if isinstance(x, Tensor) else x


@primitive
def product(x: Any, y: Any) -> Any:
    return x * y


def run_pasted(error: BaseException) -> None:
    """Run the program that an error carries as if it stood in a file of its own."""
    exec(compile(error.__notes__[-1], "pasted", "exec"), {"__name__": "pasted"})


def program_of_failure(*args: Any, **how: Any) -> str:
    with pytest.raises(GradientError) as found:
        assert_gradients(*args, **how)
    with pytest.raises(GradientError):
        run_pasted(found.value)
    return str(found.value.__notes__[-1])


FACTOR = np.array([1.0, np.inf, np.nan])[:1]


def test_the_smallest_case_is_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    program = program_of_failure(product)
    assert program == (
        "import numpy as np\n"
        "from autograd import gradcheck\n"
        f"from {__name__} import product\n\n"
        "x = np.array(0.0078125)\n"
        "y = np.array(0.0078125)\n"
        "gradcheck(product, x, y, order=2)"
    )


def test_what_a_function_reads_is_shown() -> None:
    weights = {"w": np.float32(2.0), "b": (np.zeros((0, 2)), None)}

    def wrong(x: Any) -> Any:
        return x * cut(x) * weights["w"] * FACTOR

    program = program_of_failure(lambda x, n: n * wrong(x), arrays((1,)), st.integers(1, 3))
    assert "weights = {'w': np.float32(2.0), 'b': (np.zeros((0, 2)), None)}" in program
    assert f"from {__name__} import cut" in program
    assert "FACTOR = np.array([1.0])" in program
    assert "def wrong(x: Any) -> Any:" in program
    assert program.endswith("gradcheck(lambda x: (lambda x, n: n * wrong(x))(x, 1), x, order=2)")


def test_an_entry_of_a_function_that_cannot_be_imported_is_shown() -> None:
    @primitive
    def cube(u: Any, /) -> Any:
        return u**3

    derivative(cube, lambda g, x: 3.1 * g * x**2, names="x", domain=POSITIVE, kink=lambda u: u - 1)
    program = program_of_failure(cube)
    assert "derivative(cube, lambda g, x: 3.1 * g * x**2, names='x', domain=Interval('x > 0'" in program
    assert "kink=lambda u: u - 1)" in program
    assert "@primitive" in program


def test_a_definition_that_cannot_be_imported_is_shown() -> None:
    @primitive
    def cube(x: Any) -> Any:
        return x**3

    definition(cube, lambda x: x * x * cut(x))
    assert "definition(cube, lambda x: x * x * cut(x))" in program_of_failure(cube)


def test_containers_tensors_and_keywords_are_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    case = st.fixed_dictionaries({"w": tensors((2,)), "b": arrays(())})
    program = program_of_failure(lambda p: product(p["w"], p["b"]), case)
    assert "p = {'w': tensor(np.array([" in program
    assert "requires_grad=True), 'b': np.array(0." in program
    mixed = drawn(lambda d: call([d.array((2,)), 3], y=d.array(()), axis=None))
    program = program_of_failure(lambda x, y, axis: product(x[0], y) * x[1], mixed)
    assert "([x, 3], y=y, axis=None), x, y, order=2)" in program


def test_a_callable_without_source_is_named() -> None:
    class Wrong:
        def __call__(self, x: Any) -> Any:
            return x * cut(x)

        def __repr__(self) -> str:
            return "Wrong()"

    with pytest.raises(GradientError) as found:
        assert_gradients(Wrong(), arrays())
    assert "Wrong = ...  # put here what gives Wrong()" in found.value.__notes__[-1]


def test_tolerances_are_passed_on_and_shown() -> None:
    derivative(product, lambda g, y: 1.05 * g * y, lambda g, x: g * x)
    assert_gradients(product, order=1, rtol=0.1)
    assert "order=1, rtol=0.01)" in program_of_failure(product, order=1, rtol=0.01)


def test_any_error_carries_the_case() -> None:
    def fail(x: Any) -> Any:
        raise LookupError("nothing there")

    with pytest.raises(LookupError) as found:
        assert_gradients(fail)
    assert "x = np.array(0.0078125)\ngradcheck(fail, x, order=2)" in found.value.__notes__[-1]


# Functions, and what they read


def test_a_primitive_of_a_plain_function_is_shown() -> None:
    def cube(x: Any) -> Any:
        return x**3

    square_, cube_ = primitive(lambda x: x**2), primitive(cube)
    derivative(square_, lambda g, x: g * x)
    derivative(cube_, lambda g, x: g * x)
    assert "function = primitive(lambda x: x**2)" in program_of_failure(square_)
    assert "cube_ = primitive(cube)" in program_of_failure(cube_)
    assert "square_ = primitive(lambda x: x**2)" in program_of_failure(lambda x: square_(cube_(x)))
    for function in square_, cube_:
        with pytest.raises(GradientError) as found:
            check_entry(function)
        with pytest.raises(GradientError):
            run_pasted(found.value)


def even(x: Any, n: int) -> Any:
    return x if n == 0 else odd(x * x, n - 1)


def odd(x: Any, n: int) -> Any:
    return cut(x) if n == 0 else even(x, n - 1)


def abs(x: Any) -> Any:
    return x * cut(x)


def test_functions_that_call_each_other_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in even, odd:
        monkeypatch.setattr(function, "__module__", "__main__")
    program = program_of_failure(lambda x: even(x, 3))
    assert "def even(" in program
    assert "def odd(" in program


def test_lambdas_that_call_each_other_are_shown() -> None:
    one: Function = lambda x, n: other(x, n - 1) if n else x * cut(x)  # noqa: E731
    other: Function = lambda x, n: one(x, n - 1) if n else x * cut(x)  # noqa: E731
    assert "one = lambda" in program_of_failure(lambda x: one(x, 3))


def test_a_lambda_may_take_several_lines() -> None:
    # fmt: off
    wrong: Function = (lambda x:  # noqa: E731
        x * cut(x))
    # fmt: on
    program_of_failure(wrong)
    program_of_failure(lambda x: wrong(x))


def test_a_function_may_be_called_as_one_that_is_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abs, "__module__", "__main__")
    assert "def abs(" in program_of_failure(abs)


def test_a_class_is_shown() -> None:
    factor = 2.0

    class Scaled:
        def __call__(self, x: Any) -> Any:
            return factor * x * cut(x)

    program = program_of_failure(lambda x: Scaled()(x))
    assert "class Scaled:" in program
    assert "factor = 2.0" in program


def test_functions_of_scipy_are_imported() -> None:
    special = pytest.importorskip("scipy.special")
    program = Program()
    program.write(program.literal([special.expit, special.logsumexp]))
    assert str(program) == "from scipy.special import expit, logsumexp\n\n[expit, logsumexp]"


# What no expression gives


@dataclass
class Settings:
    """An object whose own text is no program; nor can it be a key."""

    factor: float

    def __call__(self, x: Any) -> Any:
        return self.factor * x * cut(x)


ENDLESS: dict[str, Any] = {"factor": 2.0, "object": object()}
ENDLESS["itself"] = ENDLESS
LEFT_OPEN = {
    "a generator": np.random.default_rng(0),
    "an object": Settings(2.0),
    "a large array": np.linspace(0.0, 1.0, 20_000),
    "what holds itself": ENDLESS,
    "a function without source": eval("lambda x: x"),
}


@pytest.mark.parametrize("value", LEFT_OPEN.values(), ids=LEFT_OPEN)
def test_what_no_expression_gives_is_left_open(value: Any) -> None:
    def reads(x: Any) -> Any:
        return x * cut(x) if value is not None else x

    with pytest.raises(GradientError) as found:
        assert_gradients(reads)
    program = found.value.__notes__[-1]
    assert "\nvalue = ...  # put here what gives " in program
    assert len(program) < 1000
    with pytest.raises(GradientError):
        run_pasted(found.value)


def test_what_holds_the_function_that_reads_it_is_left_open() -> None:
    registry: dict[str, Any] = {}

    def registered(x: Any) -> Any:
        return x * cut(x) if registry is not None else x

    registry["it"] = registered
    assert "registry = ...  # put here" in program_of_failure(registered)
    registry["it"] = lambda x: registered(x) if registry else x
    assert "registry = {'it': lambda x: registered(x)" in program_of_failure(lambda x: registry["it"](x))


@pytest.mark.parametrize("function", [eval("lambda x: x * x.detach()"), Settings(2.0)])
def test_a_function_that_cannot_be_shown_is_left_open(function: Function) -> None:
    with pytest.raises(GradientError) as found:
        assert_gradients(function)
    compile(found.value.__notes__[-1], "pasted", "exec")
    assert "= ...  # put here what gives" in found.value.__notes__[-1]


def test_a_program_that_cannot_be_written_does_not_hide_what_was_found() -> None:
    class Unprintable:
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    nothing = Unprintable()
    with pytest.raises(GradientError) as found:
        assert_gradients(lambda x: x * x.detach() if nothing else x)
    assert found.value.__notes__[-1] == "(There is no program: writing it raised RuntimeError('no text').)"
