"""Bad input gets an error that names what it is about, says what was expected and how to fix it."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, as_tensor, derivative, grad, no_grad, primitive, tensor
from autograd.pytorch import REFUSED

leaf = partial(tensor, requires_grad=True)


def raises(error: type[Exception], *words: str) -> Any:
    """Expect an error whose message contains these words in this order."""
    return pytest.raises(error, match=r"(?s)" + ".*".join(words))


# Shapes

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: y - x,
    "power": lambda x, y: x**y,
    "maximum": np.maximum,
    "arctan2": np.arctan2,
    "where": lambda x, y: np.where(True, x, y),
}


@pytest.mark.parametrize("operate", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("tracked", [False, True])
def test_shapes_that_do_not_broadcast(operate: Callable[[Any, Any], Any], tracked: bool) -> None:
    x, y = tensor(np.ones((2, 3)), requires_grad=tracked, name="speed"), tensor(np.ones(4), name="time")
    with pytest.raises(ValueError, match="broadcast") as caught:
        operate(x, y)
    message = str(caught.value)
    for part in ("'speed'", "(2, 3)", "'time'", "(4,)", "expected", "the usual fix"):
        assert part in message


@pytest.mark.parametrize(
    "join",
    [np.stack, np.concatenate, np.hstack, lambda xs: np.einsum("ij,i", *xs)],
    ids=["np.stack", "np.concatenate", "np.hstack", "np.einsum"],
)
def test_what_does_not_broadcast_is_not_told_to(join: Callable[[Any], Any], request: Any) -> None:
    name = request.node.callspec.id.replace("hstack", "concatenate")
    with pytest.raises(ValueError, match=rf"^{name}: ") as caught:
        join([leaf(np.ones((2, 3)), name="speed"), leaf(np.ones(4), name="time")])
    assert "tensor of shape (2, 3)" in str(caught.value)
    assert "x[:, None]" not in str(caught.value)


@pytest.mark.parametrize("multiply", [np.matmul, np.dot, lambda x, w: x @ w], ids=["matmul", "dot", "@"])
def test_shapes_that_do_not_multiply(multiply: Callable[[Any, Any], Any]) -> None:
    x, w = tensor(np.ones((5, 3)), name="batch"), leaf(np.ones((4, 3)), name="weight")
    with pytest.raises(ValueError, match=r"matmul|dot") as caught:
        multiply(x, w)
    for part in ("'batch'", "(5, 3)", "'weight'", "(4, 3)", "transpose"):
        assert part in str(caught.value)


def test_a_plain_array_and_a_number_are_described_too() -> None:
    with raises(ValueError, r"'speed'.*\(3,\)", r"\(2,\)"):
        np.add(leaf(np.ones(3), name="speed"), [1.0, 2.0])
    with raises(ValueError, r"argument 0: .*array of shape \(2,\)", "argument 1: 'speed'"):
        np.ones(2) * leaf(np.ones(3), name="speed")


SHAPES: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda x: x.reshape(4, 4),
    "transpose": lambda x: x.transpose(0, 1, 2),
    "axis of sum": lambda x: x.sum(axis=5),
    "squeeze": lambda x: x.squeeze(axis=0),
    "concatenate": lambda x: np.concatenate([x, np.ones((5, 5))]),
    "stack": lambda x: np.stack([x, np.ones(2)]),
    "einsum": lambda x: np.einsum("ijk->i", x),
    "tensordot": lambda x: np.tensordot(x, x, 1),
    "order of diff": lambda x: np.diff(x, -1),
    "kind of norm": lambda x: np.linalg.norm(x, 7),
    "index": lambda x: x[7],
    "too many indices": lambda x: x[0, 0, 0],
    "mask": lambda x: x[np.array([True, False, True])],
    "index of strings": lambda x: x["row"],
}


@pytest.mark.parametrize("call", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("tracked", [False, True])
def test_other_shapes_and_indices_that_do_not_fit(call: Callable[[Any], Any], tracked: bool) -> None:
    table = tensor(np.ones((2, 3)), requires_grad=tracked, name="table")
    with raises((ValueError, IndexError, TypeError), "'table'", r"\(2, 3\)"):
        call(table)


FIXES: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "list of axes": (lambda x: x.sum(axis=[0, 1]), TypeError, r"np\.sum.*axis=\(0, 1\)"),
    "list of axes in a definition": (lambda x: x.std(axis=[0, 1]), TypeError, r"axis=\(0, 1\)"),
    "power": (lambda x: x ^ 2, TypeError, r"np\.bitwise_xor.*x \*\* 2"),
    "power of a number": (lambda x: 2 ^ x, TypeError, r"x \*\* 2"),
    "no list": (lambda x: np.concatenate(x, x), ValueError, r"np\.concatenate\(\[x, y\]\)"),
    "two axes": (lambda x: x[None].transpose(1, 2), ValueError, r"np\.transpose.*np\.swapaxes\(x, 1, 2\)"),
    "keepdims by position": (lambda x: np.sum(x, 1, True), TypeError, r"np\.sum.*keepdims=True, by its name"),
    "axes of repeat": (lambda x: x[0].repeat(2, 1), IndexError, r"np\.repeat.*np\.tile\(x, \(2, 1\)\)"),
    "numbers of repeat": (lambda x: x.repeat(2, 1, 1), TypeError, r"^repeat: .*np\.tile\(x, \(2, 1, 1\)\)"),
    "tuple of repeat": (lambda x: x.repeat((2, 1)), ValueError, r"np\.repeat.*np\.tile\(x, \(2, 1\)\)"),
    "comparison": (lambda x: x < np.ones(2), ValueError, r"np\.less.*shapes that broadcast"),
    "index of one axis": (lambda x: x[:, [0, 9]], IndexError, r"index 9 is out of bounds.*\[0, 9\]"),
    "written index": (lambda x: (x * 1).__setitem__((0, [0, 9]), 0), IndexError, "index 9 is out of bounds"),
    "ragged widths": (lambda x: np.pad(x, ((1, 1), (1, 1, 1))), ValueError, "pad"),
    "objects": (lambda x: x * Fraction(1, 2), TypeError, r"np\.multiply: .*got Fraction\(1, 2\).*float\("),
    "an object": (lambda x: x[0, 0] + Fraction(1, 2), TypeError, r"np\.add: .*got Fraction\(1, 2\).*float\("),
    "object on the left": (lambda x: Fraction(0) - x[0, 0], TypeError, r"got Fraction\(0, 1\).*float\("),
    "array of one object": (
        lambda x: x[0, 0] * np.array(1.0, object),
        TypeError,
        "got an object array of shape",
    ),
    "objects in a list": (
        lambda x: np.where(x > 0, x, [Fraction(1)] * 3),
        TypeError,
        r"got Fraction\(1, 1\)",
    ),
}


@pytest.mark.parametrize(("call", "error", "words"), FIXES.values(), ids=FIXES)
def test_the_usual_fix_is_said(call: Callable[[Any], Any], error: type[Exception], words: str) -> None:
    with raises(error, words):
        call(leaf(np.ones((2, 3)), name="table"))


def test_what_has_no_numbers_is_not_told_to_change_its_shape() -> None:
    with pytest.raises(TypeError, match=r"np\.matmul") as caught:
        leaf(np.ones((2, 3)), name="table") @ np.array([None, None, None])
    assert "'table'" in str(caught.value)
    assert "transpose" not in str(caught.value)


def test_names_are_those_of_variables_where_none_was_given() -> None:
    rows, columns = leaf(np.ones((2, 3))), tensor(np.ones(4))
    with raises(ValueError, "'rows'", "'columns'"):
        rows * columns


def test_errors_of_functions_that_are_called_back_are_raised_as_they_are() -> None:
    class NotConvergedError(ValueError):
        pass

    def solve(row: Any) -> Any:
        raise NotConvergedError

    with pytest.raises(NotConvergedError):
        np.apply_along_axis(solve, 0, leaf(np.ones((2, 3))))


# Leaves


@pytest.mark.parametrize("data", [[1, 2], 3, True, np.ones(2, bool), np.zeros(2, np.uint8)], ids=repr)
def test_integers_and_booleans_require_no_gradient(data: Any) -> None:
    with raises(TypeError, "'count'", "only floating numbers", "dtype=float"):
        tensor(data, requires_grad=True, name="count")
    x = tensor(data, name="count")
    with raises(TypeError, "'count'", "only floating"):
        x.requires_grad_()
    with raises(TypeError, "'count'", "only floating"):
        x.requires_grad = True
    assert not x.requires_grad


@pytest.mark.parametrize("data", ["one", ["a", "b"], None, 1j, [{}], np.array(["a"])], ids=repr)
@pytest.mark.parametrize("make", [tensor, as_tensor])
def test_only_numbers_make_a_tensor(make: Callable[[Any], Tensor], data: Any) -> None:
    with raises(TypeError, "expected real numbers"):
        make(data)


RAGGED: dict[str, Any] = {
    "numbers": [[1.0, 2.0], [3.0]],
    "tuples": ((1.0, 2.0), (3.0,)),
    "deeper": [[[1.0], [2.0]], [[3.0], [4.0, 5.0]]],
    "sequences": [np.ones((3, 2)), np.ones((4, 2))],
}
SEVERAL: dict[str, tuple[Any, str]] = {
    "output and state": (
        (leaf(np.ones((5, 7, 3))), (leaf(np.ones(3)), leaf(np.ones(3)))),
        r"2: \(5, 7, 3\), …",
    ),
    "without gradients": ((np.ones((5, 7, 3)), (np.ones(3), np.ones(3))), r"2: \(5, 7, 3\), …"),
    "a batch": ((np.ones((5, 2)), np.ones(5)), r"2: \(5, 2\), \(5,\); .*batches give \(x, y\)"),
    "losses": ((leaf(1.0), leaf(2.0)), r"2: \(\), \(\); .*np\.stack"),
}


@pytest.mark.parametrize("make", [tensor, as_tensor])
@pytest.mark.parametrize("data", RAGGED.values(), ids=RAGGED)
def test_ragged_lists_make_no_tensor(make: Callable[[Any], Tensor], data: Any) -> None:
    with raises(ValueError, "rows of different shapes; the usual fix is to pad"):
        make(data)


@pytest.mark.parametrize("make", [tensor, as_tensor])
@pytest.mark.parametrize(("data", "words"), SEVERAL.values(), ids=SEVERAL)
def test_several_arrays_are_not_one(make: Callable[[Any], Tensor], data: Any, words: str) -> None:
    with raises(TypeError, "expected an array, got a tuple of " + words):
        make(data)


def test_a_return_that_is_missing() -> None:
    with raises(TypeError, r"expected real numbers, got None; is a return missing\?"):
        as_tensor(None)
    with raises(TypeError, "expected real numbers, got generator"):
        tensor(number for number in (1.0, 2.0))


def test_a_tensor_of_tracked_tensors_is_refused() -> None:
    with raises(TypeError, "'weight'", r"np\.stack"):
        tensor([leaf(1.0, name="weight"), 2.0])


def test_scalars_that_shall_be_numbers_are_told_of_item() -> None:
    loss = leaf(np.ones(3)).mean()
    with raises(TypeError, "'loss'", r"or loss\.item\(\)", r"np\.stack"):
        np.mean([loss, loss])
    with pytest.raises(TypeError, match="'scores'") as caught:
        np.asarray(leaf(np.ones(3), name="scores"))
    assert "item()" not in str(caught.value)


def test_results_that_are_complex_are_refused() -> None:
    with raises(TypeError, r"np\.multiply", "complex"):
        leaf([1.0, 2.0]) * 1j


# The backward pass


def test_backward_on_what_is_no_scalar() -> None:
    scores = leaf(np.ones((2, 3))) * 2
    with raises(RuntimeError, "'scores'", r"\(2, 3\)", "not a scalar", r"y\.sum\(\)\.backward\(\)"):
        scores.backward()


@pytest.mark.parametrize("gradient", [1.0, np.ones(3), np.ones((3, 2)), np.ones((1, 2, 3))], ids=np.shape)
def test_backward_with_a_gradient_of_another_shape(gradient: Any) -> None:
    x = leaf(np.ones((2, 3)))
    scores = x * 2
    with raises(ValueError, "gradient of 'scores'", r"expected shape \(2, 3\)", "got"):
        scores.backward(gradient)
    assert x.grad is None
    scores.backward(np.ones((2, 3)))  # nothing was released


@pytest.mark.parametrize("gradient", ["ones", [1j, 1j], [None, None], {}], ids=repr)
def test_backward_with_a_gradient_of_no_numbers(gradient: Any) -> None:
    x = leaf([1.0, 2.0])
    scores = x * 2
    with raises((TypeError, ValueError), "gradient"):
        scores.backward(gradient)
    assert x.grad is None


def test_backward_on_an_untracked_tensor() -> None:
    total = tensor([1.0, 2.0]).sum()
    with raises(RuntimeError, "'total'", "does not require a gradient", "requires_grad=True"):
        total.backward()


LOSSES: dict[str, Callable[[Any], Any]] = {
    "at once": lambda y: y,
    "one call on": lambda y: np.sum(y),
    "several calls on": lambda y: np.mean((y * 2 - 1) ** 2),
    "through a definition": lambda y: np.linalg.norm(np.clip(y, 0, 1)),
    "through a list": lambda y: np.sum(np.concatenate([np.ones(2), y.reshape(-1)])),
}


@pytest.mark.parametrize("loss_of", LOSSES.values(), ids=LOSSES)
def test_the_error_says_where_detach_broke_the_path(loss_of: Callable[[Any], Any]) -> None:
    x = leaf([2.0], name="x")
    loss = loss_of(x.detach())
    with raises(RuntimeError, "'loss'", r"broke at detach\(\) of 'x'", "detach only"):
        loss.backward()


@pytest.mark.parametrize("loss_of", LOSSES.values(), ids=LOSSES)
def test_the_error_says_where_no_grad_broke_the_path(loss_of: Callable[[Any], Any]) -> None:
    x = leaf([2.0])
    with no_grad():
        h = np.exp(x)
    loss = loss_of(h)
    with raises(RuntimeError, r"broke at np\.exp", r"outside of no_grad\(\)"):
        loss.backward()


def test_a_second_pass() -> None:
    x = leaf([1.0, 2.0])
    loss = np.sum(x * x)
    loss.backward()
    with raises(RuntimeError, "second time", "compute the loss again", "detached", "retain_graph=True"):
        loss.backward()
    np.testing.assert_array_equal(x.grad.data, [2, 4])


def test_an_error_in_a_rule_says_where() -> None:
    @primitive
    def cube(x: Any) -> Any:
        return x**3

    def broken(g: Any, x: Any) -> Any:
        raise ZeroDivisionError("mine")

    derivative(cube, broken)
    x = leaf([1.0, 2.0])
    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        np.sum(cube(x)).backward()
    assert any("cube" in note and "(2,)" in note for note in caught.value.__notes__)
    assert x.grad is None


@pytest.mark.parametrize("given", [None, 1.0, [1.0, 2.0]], ids=repr)
def test_a_rule_gives_an_array(given: Any) -> None:
    @primitive
    def square(x: Any) -> Any:
        return x * x

    derivative(square, lambda g: given)
    with pytest.raises((TypeError, AttributeError)) as caught:
        square(leaf([1.0, 2.0])).sum().backward()
    assert "pullback to argument 0 of square, which must give an array" in " ".join(caught.value.__notes__)


@pytest.mark.parametrize("tracked", [False, True])
def test_tensors_in_a_list_are_not_made_arrays(tracked: bool) -> None:
    @primitive
    def scaled(x: Any, factors: Any) -> Any:
        return x * factors[0]

    derivative(scaled, lambda g, factors: g * factors[0], None)
    with raises(TypeError, "scaled: expected an array as its result, got a Tensor", "an argument of its own"):
        scaled(leaf([1.0, 2.0]), [tensor([3.0, 4.0], requires_grad=tracked)])


# Functions that have no derivative here


@primitive
def cumsums(x: Any) -> Any:
    return np.cumsum(x)


def test_a_function_without_derivative_and_the_nearest_that_has_one() -> None:
    with raises(TypeError, "cumsums has no", r"nearest.*np\.cumsum", r"autograd\.derivative", "detach"):
        cumsums(leaf([1.0, 2.0]))
    with pytest.raises(TypeError) as caught:
        np.fft.fft(leaf([1.0, 2.0]))
    assert "left_shift" not in str(caught.value)  # neither near, nor has it one


NOT_CALLS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "out of reduce": (lambda x: np.add.reduce(x, out=np.zeros(())), r"np\.add\.reduce.*out="),
    "out of accumulate": (lambda x: np.add.accumulate(x, out=np.zeros(2)), r"np\.add\.accumulate.*out="),
    "at of hypot": (
        lambda x: np.hypot.at(x, [0], 1.0),
        r"np\.hypot\.at.*no index is repeated.*x\[indices\] =",
    ),
    "at of one argument": (lambda x: np.exp.at(x, [0]), r"np\.exp\.at.*in place"),
    "at": (lambda x: np.add.at(np.zeros(2), [0, 1], x), r"np\.add\.at"),
    "out": (lambda x: np.add(x, 1, out=np.zeros(2)), r"np\.add\(.*out=.*a = a \+ tensor"),
    "where": (lambda x: np.add(x, 1, where=[True, False]), r"np\.add\(.*where=.*np\.where"),
    "out of sum": (lambda x: np.sum(x, out=np.zeros(())), r"np\.sum.*out="),
    "out of clip": (lambda x: np.clip(x, 0, 1, out=np.zeros(2)), r"np\.clip.*out="),
    "out of concatenate": (lambda x: np.concatenate([x], out=np.zeros(2)), r"np\.concatenate.*out="),
    "where of a fold": (lambda x: np.hypot.reduce(x, where=[True, False]), r"np\.hypot\.reduce.*where="),
    "unknown keyword": (lambda x: np.sum(x, colour="red"), r"colour"),
    "tracked keyword": (lambda x: np.sum(x, initial=x[0]), r"np\.sum.*initial"),
    "out of a Tensor": (lambda x: np.add(x, 1, out=x), r"cannot write into a Tensor.*x\[\.\.\.\] ="),
    "fill value": (lambda x: np.full_like(np.ones(2), x[0]), r"np\.full_like.*array a Tensor first"),
    "target of copyto": (lambda x: np.copyto(np.zeros(2), x), r"np\.copyto"),
}


@pytest.mark.parametrize(("call", "pattern"), NOT_CALLS.values(), ids=NOT_CALLS)
def test_calls_that_would_lose_a_gradient(call: Callable[[Any], Any], pattern: str) -> None:
    with raises(TypeError, pattern):
        call(leaf([1.0, 2.0]))


def test_an_array_does_not_take_a_tracked_tensor_in_place() -> None:
    a = np.ones(2)
    with raises(TypeError, r"np\.add", r"a = a \+ tensor"):
        a += leaf([1.0, 2.0])
    assert type(a) is np.ndarray
    np.testing.assert_array_equal(a, [1, 1])
    with raises((TypeError, ValueError), "detach|requires a gradient"):
        a[:] = leaf([1.0, 2.0])
    np.testing.assert_array_equal(a, [1, 1])


def test_an_array_takes_an_untracked_tensor_in_place() -> None:
    a, w = np.ones(2), leaf([1.0, 2.0])
    a += tensor([1.0, 2.0])
    np.testing.assert_array_equal(a, [2, 3])
    (w**2).sum().backward()
    w.data -= 0.5 * w.grad
    np.testing.assert_array_equal(w.data, [0, 0])
    with no_grad():
        a[1:] -= w[1:]
    np.testing.assert_array_equal(a, [2, 3])


def test_a_tensor_by_its_class_is_made_of_an_array() -> None:
    with raises(TypeError, "Tensor: expected an array, got list", r"tensor\(data\)"):
        Tensor([1.0, 2.0])


MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])


USES_OF_MASKED: dict[str, Callable[[Any], Any]] = {
    "subtract from": lambda w: (MASKED - w) ** 2,
    "multiply": lambda w: MASKED * w,
    "multiply by": lambda w: w * MASKED,
    "power": lambda w: w**MASKED,
    "exp of ma": np.ma.exp,
    "where of ma": lambda w: np.ma.where(MASKED > 1, w, 0),
    "getdata": np.ma.getdata,
    "tensor": lambda w: tensor(MASKED),
    "grad": lambda w: grad(np.sum)(MASKED),
    "as_tensor": lambda w: as_tensor(MASKED),
}


@pytest.mark.parametrize("use", USES_OF_MASKED.values(), ids=USES_OF_MASKED)
def test_masked_arrays_are_refused(use: Callable[[Any], Any]) -> None:
    with raises(TypeError, r"masked arrays|requires a gradient"):
        use(leaf(np.ones(3)))


MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix)  # by its own name it warns


USES_OF_MATRICES: dict[str, Callable[[Any], Any]] = {
    "multiply": lambda w: MATRIX * w,
    "multiply by": lambda w: w * MATRIX,
    "power": lambda w: w**MATRIX,
    "matmul": lambda w: MATRIX @ w,
    "dot": lambda w: np.dot(MATRIX, w),
    "comparison": lambda w: (w < MATRIX) * w,
    "differentiated": lambda w: grad(lambda x: np.sum(x * x))(MATRIX),
}


@pytest.mark.parametrize("use", USES_OF_MATRICES.values(), ids=USES_OF_MATRICES)
def test_matrices_are_refused_since_their_operators_mean_something_else(use: Callable[[Any], Any]) -> None:
    with raises(TypeError, r"np\.matrix", r"np\.asarray\(A\)", "A @ x"):
        use(leaf(np.ones((2, 2))))


def test_matrices_are_arrays_where_no_operator_is_another() -> None:
    w = leaf(np.ones((2, 2)))
    assert (tensor(MATRIX) * w).sum().item() == 10
    assert np.where(MATRIX > 1, w, 0).sum().item() == 3
    np.testing.assert_array_equal(*(nn.Linear(2, 2, rng=0)(x).data for x in (MATRIX, np.asarray(MATRIX))))


# Arguments of PyTorch

CREATIONS: dict[str, Callable[..., Any]] = {
    "tensor": partial(tensor, 1.0),
    "as_tensor": partial(as_tensor, 1.0),
    "zeros": partial(autograd.zeros, 3),
    "full": partial(autograd.full, 3, 1.0),
    "linspace": partial(autograd.linspace, 0, 1),
    "zeros_like": partial(autograd.zeros_like, np.ones(3)),
    "randn": partial(autograd.randn, 3),
    "grad": partial(grad, leaf(1.0), [leaf(1.0)]),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("create", CREATIONS.values(), ids=CREATIONS)
def test_arguments_of_pytorch_that_are_not_here(create: Any, name: str) -> None:
    with raises(TypeError, f"^{create.func.__name__}: there is no {name}=; {re.escape(REFUSED[name])}"):
        create(**{name: None})


@pytest.mark.parametrize("name", ["zeros", "ones", "rand", "randn", "arange", "eye"])
def test_an_unknown_argument_is_named_with_the_function(name: str) -> None:
    with raises(TypeError, r"\bcolour"):
        getattr(autograd, name)(3, colour="red")
    with pytest.raises(TypeError) as caught:
        getattr(autograd, name)(3, colour="red")
    assert "lambda" not in str(caught.value)


def test_no_gradient_is_none() -> None:
    with raises(ValueError, r"grad of 'x'.*expected shape \(2,\), got \(\); the usual fix is x\.grad = None"):
        leaf([1.0, 2.0], name="x").grad = 0


# Functions that take arrays only

ANGLE = leaf(0.3, name="angle")
ROWS = leaf(np.eye(3), name="rows")
COUNTERPARTS: dict[str, tuple[Callable[[], Any], str]] = {
    "rows of np.array": (
        lambda: np.array([[ANGLE, 0.0], [0.0, ANGLE]]),
        r"np\.block\(\[\[a, b\], \[c, d\]\]\)",
    ),
    "rows of np.stack": (
        lambda: np.stack([[ANGLE, 0.0], [0.0, ANGLE]]),
        r"np\.block\(\[\[a, b\], \[c, d\]\]\)",
    ),
    "np.r_": (lambda: np.r_[ROWS, ROWS], r"np\.concatenate"),
    "np.c_": (lambda: np.c_[ROWS, ROWS], r"np\.column_stack"),
}


@pytest.mark.parametrize(("call", "words"), COUNTERPARTS.values(), ids=COUNTERPARTS)
def test_the_counterpart_of_a_function_that_takes_arrays_only(call: Callable[[], Any], words: str) -> None:
    with raises(TypeError, "requires a gradient", words):
        call()


def test_counterparts_of_scipy() -> None:
    linalg, special = pytest.importorskip("scipy.linalg"), pytest.importorskip("scipy.special")
    norm = pytest.importorskip("scipy.stats").norm
    for function in norm.cdf, norm.logcdf, norm.pdf, norm.logpdf, linalg.inv, linalg.det:
        with raises(TypeError, "'rows'", rf"in the place of scipy\.\S*{function.__name__}.*, use ") as caught:
            function(ROWS)
        fix = str(caught.value).rpartition(", use ")[2]
        names = {"np": np, "math": math, "nn": nn, "scipy": pytest.importorskip("scipy"), "x": ROWS}
        found = eval(fix, names)
        found = found if isinstance(found, Tensor) else found(ROWS)
        np.testing.assert_allclose(found.data, function(ROWS.data), rtol=1e-12)
    with raises(TypeError, r"use np\.linalg\.solve"):
        linalg.cho_solve((ROWS, True), np.ones(3))
    with raises(TypeError, r"scipy\.special\.softmax, use nn\.functional\.softmax"):
        special.softmax(ROWS)


SPARSE: dict[str, Callable[[Any], Any]] = {
    "matmul": lambda a: ROWS @ a,
    "matmul from the left": lambda a: a @ ROWS,
    "multiply": lambda a: ROWS * a,
}


@pytest.mark.parametrize("form", ["csr_array", "csr_matrix"])
@pytest.mark.parametrize("call", SPARSE.values(), ids=SPARSE)
def test_sparse_matrices_are_made_arrays_first(call: Callable[[Any], Any], form: str) -> None:
    sparse = getattr(pytest.importorskip("scipy.sparse"), form)(np.eye(3))
    with pytest.raises((TypeError, ValueError), match=r"a\.toarray\(\)") as caught:
        call(sparse)
    assert str(caught.value).count("a float64 tensor of shape (3, 3)") < 2
    call(sparse.toarray())


# Numbers of Python inside of a transform

LOSING: dict[str, Callable[[Any], Any]] = {
    "math": math.exp,
    "item of an array": lambda x: np.zeros(1).__setitem__(0, x),
    "fromiter": lambda x: np.fromiter([x], float),
    "format": lambda x: f"{x:.2f}",
}


@pytest.mark.parametrize("use", LOSING.values(), ids=LOSING)
def test_what_makes_a_python_number_inside_of_a_transform(use: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        grad(lambda x: (use(x), x)[1])(2.0)
    message = str(caught.value.__cause__ or caught.value)
    for words in "inside grad", "np.exp for math.exp", "autograd.zeros(n)", "np.stack", "tensor.detach()":
        assert words in message


# Arrays, numbers, leaves that are written (test_tensor.py and test_inplace.py hold more)


def test_an_array_of_a_tracked_tensor() -> None:
    weight = leaf([1.0, 2.0])
    with raises(TypeError, "'weight'", "requires a gradient", r"tensor\.detach\(\)", r"np\.stack"):
        np.asarray(weight)
    with raises(TypeError, "'weight'", r"detach\(\)"):
        np.array([weight, weight])


def test_a_leaf_written_under_the_graph() -> None:
    weight = leaf([1.0, 2.0])
    with raises(RuntimeError, "'weight'", "leaf", r"with no_grad\(\): w -=", r"w = w \+ y"):
        weight -= 0.1
    with raises(RuntimeError, "'weight'", "leaf"):
        weight[0] = 3.0
    np.testing.assert_array_equal(weight.data, [1, 2])


# Entries of one's own


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        (lambda g, speed: g, "'speed'.*none of g, out, x"),
        (lambda x: x, "first parameter is g"),
        (partial(lambda g: g), "lambda or def.*partial"),
        (np.negative, "lambda or def.*negative"),
        (lambda g, *rest: g, r"no \*, \*args"),
        (lambda g, *, scale=1: g, r"no \*, \*args"),
        (lambda g, scale=2: g * scale, "scale=2 in a pullback, scale=1 in the function"),
    ],
    ids=["unknown name", "no cotangent", "partial", "ufunc", "varargs", "keyword only", "other default"],
)
def test_a_rule_whose_parameters_do_not_say_what_it_reads(rule: Callable[..., Any], pattern: str) -> None:
    @primitive
    def cube(x: Any, *, scale: float = 1) -> Any:
        return scale * x**3

    with raises(TypeError, "cube", pattern):
        derivative(cube, rule)
    with raises(TypeError, "cube has no derivative"):
        cube(leaf(1.0))


@pytest.mark.parametrize("join", [np.vstack, np.hstack])
def test_what_is_joined_stays_floating(join: Any) -> None:
    with raises(TypeError, "dtype: expected a floating one", "int64"):
        join([leaf([1.5]), leaf([2.5])], dtype=np.int64)
