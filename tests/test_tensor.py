"""Tensor: making one, NumPy's protocols, ndarray's methods, and Python's."""

import copy
import operator
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd
import nn
from autograd import (
    Tensor,
    as_tensor,
    draw,
    float32,
    get_default_dtype,
    grad,
    hessian,
    no_grad,
    pytorch,
    set_default_dtype,
    tensor,
)
from autograd.methods import WITHOUT

leaf = partial(tensor, requires_grad=True)
X = np.array([[1.5, -2.0, 0.25], [4.0, 0.5, -1.0]])


def same(result: Any, expected: Any) -> None:
    """Hold a Tensor to the array that NumPy gives: values, shape and dtype."""
    assert isinstance(result, Tensor)
    np.testing.assert_array_equal(result.data, expected)
    assert result.shape == np.shape(expected)
    assert result.dtype == np.asarray(expected).dtype


# Making one


def test_tensor_copies_and_as_tensor_does_not() -> None:
    array = X.copy()
    copied, shared = tensor(array), as_tensor(array)
    array[0, 0] = 99
    assert copied.data[0, 0] == 1.5
    assert shared.data[0, 0] == 99
    assert shared.data is array
    assert as_tensor(copied) is copied
    assert not np.shares_memory(tensor(copied).data, copied.data)


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.0, "f8"), (1, "i8"), (True, "?"), ([1, 2.5], "f8"), ([], "f8"), ((1, 2), "i8"),
        (np.float32(1), "f4"), (np.ones(2, "f2"), "f2"), (np.ones(2, "i4"), "i4"), (range(3), "i8"),
        ([np.float32(1)], "f4"), (np.ones(2, "u1"), "u1"),
    ],
    ids=str,
)  # fmt: skip
def test_dtypes_follow_numpy(data: Any, dtype: str) -> None:
    assert tensor(data).dtype == dtype
    assert as_tensor(data).dtype == dtype


def test_dtype_may_be_given() -> None:
    assert tensor([1, 2], dtype=float32, requires_grad=True).dtype == np.float32
    assert as_tensor(X, dtype=float32).dtype == np.float32
    x = leaf(X)
    y = as_tensor(x, dtype=float32)
    np.sum(y).backward()
    assert x.grad.dtype == np.float64


@pytest.mark.parametrize(
    "name", ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool_"]
)
def test_numpys_dtypes_go_by_their_names(name: str) -> None:
    assert getattr(autograd, name) is getattr(np, name)


@pytest.fixture
def default_float32() -> Iterator[None]:
    set_default_dtype(np.float32)
    yield
    set_default_dtype(np.float64)


@pytest.mark.usefixtures("default_float32")
def test_the_default_dtype_is_for_python_floats_only() -> None:
    assert get_default_dtype() == np.float32
    assert tensor([1.0, 2.0]).dtype == np.float32
    assert as_tensor(1.0).dtype == np.float32
    assert tensor(X).dtype == np.float64
    assert tensor([1, 2]).dtype == np.int64
    assert repr(tensor([1.0])) == "tensor([1.])"
    assert repr(tensor(np.ones(1))) == "tensor([1.], dtype=float64)"


def test_python_numbers_do_not_widen_float32() -> None:
    x = leaf([1.0, 2.0], dtype=float32)
    for y in (x * 2.0, 1 + x, x**2, x / 3, np.maximum(x, 0.0), np.where(x > 1, x, 0.0)):
        assert y.dtype == np.float32


CREATED: dict[str, tuple[Callable[..., Tensor], Any]] = {
    "zeros": (lambda **how: autograd.zeros(2, 3, **how), np.zeros((2, 3))),
    "zeros of no shape": (lambda **how: autograd.zeros(**how), np.zeros(())),
    "ones": (lambda **how: autograd.ones((2, 3), **how), np.ones((2, 3))),
    "full": (lambda **how: autograd.full((2,), 1.5, **how), np.full(2, 1.5)),
    "eye": (lambda **how: autograd.eye(2, 3, **how), np.eye(2, 3)),
    "arange": (lambda **how: autograd.arange(0.0, 1.0, 0.25, **how), np.arange(0.0, 1.0, 0.25)),
    "linspace": (lambda **how: autograd.linspace(0, 1, 5, **how), np.linspace(0, 1, 5)),
    "zeros_like": (lambda **how: autograd.zeros_like(leaf(X), **how), np.zeros_like(X)),
    "ones_like": (lambda **how: autograd.ones_like(X, **how), np.ones_like(X)),
    "rand": (lambda **how: autograd.rand(2, 3, rng=1, **how), np.random.default_rng(1).random((2, 3))),
    "randn": (
        lambda **how: autograd.randn(2, rng=np.random.default_rng(1), **how),
        np.random.default_rng(1).standard_normal(2),
    ),
}


@pytest.mark.parametrize(("create", "expected"), CREATED.values(), ids=CREATED)
def test_creation_functions(create: Callable[..., Tensor], expected: Any) -> None:
    same(create(), expected)
    x = create(dtype=float32, requires_grad=True)
    same(x, expected.astype(np.float32))
    assert x.is_leaf
    assert x.requires_grad


def test_creation_functions_keep_integers_and_refuse_tracked_values() -> None:
    assert autograd.arange(3).dtype == autograd.full(2, 1).dtype == np.int64
    for create in (autograd.full, lambda n, x: autograd.linspace(0, x, n)):
        with pytest.raises(TypeError, match="requires a gradient"):
            create(2, leaf(1.0))


def test_functions_of_numpy_go_by_their_names() -> None:
    assert autograd.exp is np.exp
    assert autograd.where is np.where
    same(autograd.cat([leaf(X), X], dim=1), np.concatenate([X, X], 1))
    for name in "std", "max", "split", "meshgrid":
        with pytest.raises(AttributeError, match=f"np.{name}"):
            getattr(autograd, name)
    for name in "nothing", "newaxis", "ndarray", "e":
        assert not hasattr(autograd, name)


def test_complex_arrays_are_refused() -> None:
    calls: tuple[Callable[[], Any], ...] = (
        lambda: tensor([1j]),
        lambda: as_tensor(np.array([1j])),
        lambda: tensor([1.0]).astype(complex),
        lambda: leaf([1.0]).astype(complex),
        lambda: np.fft.fft(tensor([1.0, 2.0])),
        lambda: np.fft.fft(leaf([1.0, 2.0])),
        lambda: np.roots(leaf([1.0, 0.0, 1.0])),
        lambda: leaf([1.0]) * 1j,
        lambda: setattr(tensor([1.0]), "data", np.array([1j])),
    )
    for call in calls:
        with pytest.raises(TypeError, match=r"real|complex"):
            call()


# Both protocols, in both orders

OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod,
]  # fmt: skip
OTHERS = {
    "array": np.array([2.0, 0.5, 3.0]),
    "column": np.array([[2.0], [3.0]]),
    "int array": np.array([1, 2, 3]),
    "float": 2.5,
    "int": 3,
    "float64": np.float64(2.5),
    "float32": np.float32(2.5),
    "0-d array": np.array(2.5),
    "list": [1.0, 2.0, 3.0],
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("operate", OPERATORS, ids=lambda f: f.__name__)
def test_operators_in_both_orders(operate: Callable[[Any, Any], Any], other: Any) -> None:
    array = np.abs(X)
    x = leaf(array)
    same(operate(x, other), operate(array, np.asarray(other) if type(other) is list else other))
    same(operate(other, x), operate(np.asarray(other) if type(other) is list else other, array))
    assert operate(other, x).requires_grad
    assert operate(x, other).requires_grad
    same(operate(x, tensor(other)), operate(array, np.asarray(other)))


def test_matmul_in_both_orders() -> None:
    x = leaf(X)
    same(x @ X.T, X @ X.T)
    same(X.T @ x, X.T @ X)
    same(x @ [1.0, 2.0, 3.0], X @ [1.0, 2.0, 3.0])
    same([1.0, 2.0] @ x, [1.0, 2.0] @ X)


def test_unary_operators() -> None:
    x = leaf(X)
    same(-x, -X)
    same(+x, +X)
    same(abs(x), abs(X))
    np.testing.assert_array_equal(~tensor([True, False]), [False, True])


def test_divmod_and_floor_division() -> None:
    quotient, rest = divmod(leaf(X), 2.0)
    np.testing.assert_array_equal(quotient, X // 2)
    same(rest, X % 2)
    np.testing.assert_array_equal(7.0 // leaf(np.abs(X)), 7 // np.abs(X))


def test_functions_of_numpy_take_tensors() -> None:
    x = leaf(X)
    same(np.exp(x), np.exp(X))
    same(np.add(X, x), X + X)
    same(np.sum(x, axis=1, keepdims=True), np.sum(X, axis=1, keepdims=True))
    same(np.mean(a=x, axis=0), np.mean(X, axis=0))
    same(np.concatenate((x, X), axis=1), np.concatenate((X, X), axis=1))
    same(np.stack([X, x]), np.stack([X, X]))
    same(np.where(X > 0, x, 0.0), np.where(X > 0, X, 0.0))
    same(np.einsum("ij,kj->ik", X, x), X @ X.T)
    assert all(isinstance(part, Tensor) for part in np.split(x, 3, axis=1))


def test_functions_without_derivative_take_untracked_tensors() -> None:
    same(np.nan_to_num(tensor([np.nan])), [0.0])
    with no_grad():
        same(np.nan_to_num(leaf([np.nan])), [0.0])


CONSTANTS: dict[str, Callable[[Any], Any]] = {
    "==": lambda x: x == 0.5,
    "!=": lambda x: x != X,
    "<": lambda x: x < 0,
    "<=": lambda x: x <= X,
    ">": lambda x: x > X.T[0, 0],
    ">=": lambda x: np.greater_equal(X, x),
    "argmax": lambda x: x.argmax(),
    "argmin": lambda x: x.argmin(axis=1),
    "argsort": lambda x: x.argsort(axis=0),
    "np.argmax": lambda x: np.argmax(x, axis=0),
    "all": lambda x: x.all(),
    "any": lambda x: x.any(axis=0),
    "isnan": np.isnan,
    "sign": np.sign,
    "floor": np.floor,
    "round": lambda x: x.round(1),
    "and": lambda x: (x > 0) & (x < 3),
}


@pytest.mark.parametrize("function", CONSTANTS.values(), ids=CONSTANTS)
def test_comparisons_and_other_constants_give_plain_arrays(function: Callable[[Any], Any]) -> None:
    result = function(leaf(X))
    assert isinstance(result, (np.ndarray, np.generic))
    np.testing.assert_array_equal(result, function(X))


def test_constants_are_written_into_arrays() -> None:
    mask, whole = np.zeros(2, bool), np.zeros(2)
    x = tensor([-1.5, 2.5], requires_grad=True)
    assert np.greater(x, 0, out=mask) is mask
    assert np.floor(x, out=whole, where=mask) is whole
    np.testing.assert_array_equal(mask, [False, True])
    np.testing.assert_array_equal(whole, [0, 2])


def test_comparison_with_what_is_no_number_is_as_with_arrays() -> None:
    np.testing.assert_array_equal(tensor([1.0, 2.0]) == "one", [False, False])
    np.testing.assert_array_equal(tensor([1.0, 2.0]) != "one", [True, True])
    assert not np.any(tensor([1.0, 2.0]) == None)  # noqa: E711


# Methods

METHODS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(),
    "sum axis": lambda x: x.sum(0),
    "sum keepdims": lambda x: x.sum(axis=(0, 1), keepdims=True),
    "mean": lambda x: x.mean(axis=-1),
    "prod": lambda x: x.prod(axis=1),
    "max": lambda x: x.max(),
    "min": lambda x: x.min(axis=0, keepdims=True),
    "var": lambda x: x.var(ddof=1),
    "std": lambda x: x.std(axis=1),
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumsum flat": lambda x: x.cumsum(),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape tuple": lambda x: x.reshape((3, -1)),
    "reshape flat": lambda x: x.reshape(-1),
    "transpose": lambda x: x.transpose(),
    "transpose axes": lambda x: x.transpose(1, 0),
    "transpose array": lambda x: x.transpose(np.array([1, 0])),
    "transpose tuple": lambda x: x.transpose((1, 0)),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "ravel": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten(),
    "squeeze": lambda x: x[:1].squeeze(),
    "squeeze axis": lambda x: x[:1].squeeze(axis=0),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "repeat": lambda x: x.repeat(2, axis=1),
    "repeat by position": lambda x: x.repeat(2, 0),
    "repeat flat": lambda x: x.repeat(2),
    "astype": lambda x: x.astype(np.float32),
    "copy": lambda x: x.copy(),
    "clip": lambda x: x.clip(-1, 1),
    "clip max": lambda x: x.clip(max=1),
    "dot": lambda x: x.dot([1.0, 2.0, 3.0]),
    "take": lambda x: x.take([0, 2], axis=1),
    "take flat": lambda x: x.take([0, 5]),
    "take mode": lambda x: x.take([-7, 9], axis=1, mode="clip"),
    "cumprod": lambda x: x.cumprod(axis=1),
    "trace": lambda x: x.trace(1),
    "diagonal": lambda x: x.diagonal(1),
    "compress": lambda x: x.compress([True, False], axis=0),
    "conj": lambda x: x.conj(),
    "conjugate": lambda x: x.conjugate(),
    "real": lambda x: x.real,
    "view": lambda x: x.view(),
    "to_device": lambda x: x.to_device("cpu") if hasattr(x, "to_device") else x,  # since NumPy 2.1
    "index": lambda x: x[1, ::2],
    "mask": lambda x: x[x > 0],
    "integers": lambda x: x[[0, 0, 1], [2, 1, 0]],
    "new axis": lambda x: x[:, None, ..., 1],
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize("tracked", [False, True])
def test_methods_equal_those_of_ndarray(method: Callable[[Any], Any], tracked: bool) -> None:
    result = method(tensor(X, requires_grad=tracked))
    same(result, method(X))
    assert result.requires_grad == tracked


# PyTorch's names for what NumPy has as functions
OF_PYTORCH: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "abs": (lambda x: x.abs(), np.abs(X)),
    "square": (lambda x: x.square(), X**2),
    "sqrt": (lambda x: x.square().sqrt(), np.abs(X)),
    "exp": (lambda x: x.exp(), np.exp(X)),
    "log": (lambda x: x.exp().log(), np.log(np.exp(X))),
    "sin": (lambda x: x.sin(), np.sin(X)),
    "cos": (lambda x: x.cos(), np.cos(X)),
    "tanh": (lambda x: x.tanh(), np.tanh(X)),
    "pow": (lambda x: x.pow(3), X**3),
    "matmul": (lambda x: x.matmul(X.T), X @ X.T),
    "mm": (lambda x: x.mm(X.T), X @ X.T),
    "view": (lambda x: x.view(3, -1), X.reshape(3, 2)),
    "view of a tuple": (lambda x: x.view((6,)), X.reshape(6)),
    "permute": (lambda x: x.permute(1, 0), X.T),
    "unsqueeze": (lambda x: x.unsqueeze(-1), X[..., None]),
    "flatten": (lambda x: x[None].flatten(1), X.reshape(1, 6)),
    "flatten some": (lambda x: x[None].flatten(0, 1), X),
    "flatten a scalar": (lambda x: x[0, 0].flatten(), X[0, :1]),
    "float": (lambda x: x.float(), X.astype(np.float32)),
    "double": (lambda x: x.float().double(), X),
    "clone": (lambda x: x.clone(), X),
    "masked_fill": (lambda x: x.masked_fill(X > 1, -1.0), np.where(X > 1, -1.0, X)),
}


@pytest.mark.parametrize(("method", "expected"), OF_PYTORCH.values(), ids=OF_PYTORCH)
def test_methods_of_pytorch(method: Callable[[Any], Any], expected: Any) -> None:
    result = method(leaf(X))
    same(result, expected)
    assert result.requires_grad


def test_methods_that_give_plain_arrays() -> None:
    x = leaf(X)
    np.testing.assert_array_equal(x.long(), X.astype(int))
    np.testing.assert_array_equal(x.imag, np.zeros_like(X))
    np.testing.assert_array_equal(leaf([1.0, 2.0, 4.0]).searchsorted([1.5, 9.0]), [1, 3])
    np.testing.assert_array_equal(X[0][x[0].argpartition(1)][1], np.sort(X[0])[1])
    same(tensor([1, 0]).choose([x[0, :2], x[1, :2]]), [4.0, -2.0])


WRITES: dict[str, Callable[[Any], Any]] = {
    "fill": lambda x: x.fill(3.0),
    "put": lambda x: x.put([0, 4], [7.0, 8.0]),
    "sort": lambda x: x.sort(),
    "sort axis": lambda x: x.sort(axis=0),
    "partition": lambda x: x.partition(1),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_methods_that_write_do_as_those_of_ndarray(write: Callable[[Any], Any]) -> None:
    expected = X.copy()
    write(expected)
    untracked, tracked = tensor(X), leaf(X) * 1
    for x in untracked, tracked:
        assert write(x) is None
        same(x, expected)
    assert tracked.requires_grad
    with pytest.raises(RuntimeError, match="leaf"):
        write(leaf(X))


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "all", "any", "argmax", "argmin"])
def test_reductions_take_the_names_of_pytorch(name: str) -> None:
    method = getattr(tensor(X), name)
    for result in method(dim=1, keepdim=True), method(1, True):
        np.testing.assert_array_equal(result, method(axis=1, keepdims=True))
    for too_many in (float,), (True, True):
        with pytest.raises(TypeError, match=rf"^{name}: expected only the axis.*by position.* by name"):
            method(1, *too_many)


@pytest.mark.parametrize("name", ["max", "min", "std", "var"])
def test_reductions_that_pytorch_means_otherwise_refuse_its_names(name: str) -> None:
    with pytest.raises(TypeError, match=rf"{name}\(dim=\) .* in PyTorch; use .*axis="):
        getattr(tensor(X), name)(dim=1)
    with pytest.raises(TypeError, match=rf"{name}\(keepdim=\) .* in PyTorch; use .*axis="):
        getattr(tensor(X), name)(1, True)


SAME_PLACE = [(0, 1), (-2, -1), (0, -1), (-2, 1)]


@pytest.mark.parametrize("axes", SAME_PLACE, ids=str)
def test_two_axes_that_stay_where_they_are_are_warned_of(axes: tuple[int, int]) -> None:
    words = re.escape(f"x.transpose{axes} moves nothing") + ".*" + re.escape(f"x.swapaxes{axes} or x.T")
    with pytest.warns(UserWarning, match=words) as caught:
        same(leaf(X).transpose(*axes), X)
    assert caught[0].filename == __file__
    x = leaf(X)
    for meant in x.transpose(axes), x.permute(*axes), np.transpose(x, axes):  # without a warning
        same(meant, X)
    same(x.transpose(*axes[::-1]), X.T)


@pytest.mark.parametrize(("owner", "names"), [(tensor(X), pytorch.METHODS), (autograd, pytorch.FUNCTIONS)])
def test_what_pytorch_calls_otherwise_is_said(owner: Any, names: dict[str, str]) -> None:
    for name, instead in names.items():
        with pytest.raises(AttributeError, match=re.escape(f"no attribute '{name}'; {instead}")):
            getattr(owner, name)


MODULES = {  # packages and plain modules
    "autograd": pytorch.FUNCTIONS,
    "nn": nn.pytorch.NN,
    "nn.functional": nn.pytorch.FUNCTIONAL,
    "nn.optim": nn.pytorch.OPTIM,
    "nn.optim.lr_scheduler": nn.pytorch.SCHEDULES,
    "nn.utils": nn.pytorch.UTILS,
}


@pytest.mark.parametrize(("module", "names"), MODULES.items(), ids=MODULES)
def test_what_pytorch_calls_otherwise_is_said_of_imports_too(module: str, names: dict[str, str]) -> None:
    for name, instead in names.items():
        with pytest.raises(ImportError, match=re.escape(f"'{name}' from '{module}'; {instead}")) as caught:
            exec(f"from {module} import {name}")
        assert caught.value.name == module
        assert not hasattr(sys.modules[module], name)
    with pytest.raises(ImportError, match=r"cannot import name 'nothing'"):
        exec(f"from {module} import nothing")


def test_the_version_is_that_of_the_distribution() -> None:
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert f'\nversion = "{autograd.__version__}"\n' in project


WORDS = {*pytorch.METHODS.values(), *pytorch.FUNCTIONS.values(), *pytorch.REFUSED.values()}


@pytest.mark.parametrize("words", sorted(WORDS))
def test_what_is_said_to_be_used_is_there(words: str) -> None:
    owners = {"np": np, "nn": nn, "autograd": autograd, "x": tensor(X), "rng": np.random.default_rng(0)}
    for owner, path in re.findall(r"\b(np|nn|autograd|x|rng)((?:\.\w+)+)", words):
        operator.attrgetter(path[1:])(owners[owner])


SQUARE = np.array([[3.0, 0.5, 0.2], [0.5, 2.0, 0.1], [0.2, 0.1, 1.0]]) / 4
MEANT = {**dict.fromkeys("xyzv", SQUARE), "weight": 0.5, "low": 0.1, "high": 0.6, "q": 0.5, "value": 0.5,
         **dict.fromkeys(("axis", "count", "counts", "destination", "length", "shift", "start"), 1),
         **dict.fromkeys(("axis1", "offset", "rows"), 0), "axis2": 1, "columns": 3,
         "mask": SQUARE > 0.2, "condition": SQUARE > 0.2, "source": 0, "axes": (1, 0), "shape": (3, 3),
         "index": np.array([[0, 1, 1]] * 3), "values": SQUARE, "dtype": np.float32}  # fmt: skip


def is_a_program(text: str) -> bool:
    """Tell programs from prose."""
    try:
        return bool(compile(text, "words", "exec"))
    except SyntaxError:
        return False


PROGRAMS = {
    found[1]
    for words in WORDS
    if (found := re.fullmatch(r"use (?:the method )?((?:np|scipy|nn\.functional|x)\b.*)", words))
    and is_a_program(found[1])
}


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_what_is_said_to_be_called_takes_these_arguments(program: str) -> None:
    names = {"np": np, "nn": nn, **MEANT, "x": tensor(SQUARE)}
    if "bincount" in program:
        names["x"] = tensor([1, 2])
    if "conv2d" in program:
        names |= {"x": tensor(np.ones((1, 1, 3, 3))), "weight": np.ones((1, 1, 2, 2))}
    if "scipy" in program:
        pytest.importorskip("scipy.special")
        names["scipy"] = import_module("scipy")
    exec(program, names)


def test_the_names_of_pytorch_for_numbers_and_dtypes() -> None:
    torch = pytest.importorskip("torch")
    for name in pytorch.SAME:
        ours, theirs = getattr(autograd, name), getattr(torch, name)
        if isinstance(theirs, torch.dtype):
            assert tensor([1], dtype=ours).dtype == torch.ones(1, dtype=theirs).numpy().dtype
        else:
            np.testing.assert_equal(ours, theirs)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "amax", "amin", "argmax", "all", "any", "nansum"])
def test_functions_along_an_axis_take_the_names_of_pytorch(name: str) -> None:
    ours, numpys = getattr(autograd, name), getattr(np, name)
    for x in X, tensor(X), leaf(X):
        for how, as_numpy in (({"dim": 1, "keepdim": True}, {"axis": 1, "keepdims": True}), ({}, {})):
            result = ours(x, **how)
            np.testing.assert_array_equal(as_tensor(result).detach(), numpys(X, **as_numpy))
            result = ours(x, 1, True) if how else result
            np.testing.assert_array_equal(as_tensor(result).detach(), numpys(X, **as_numpy))
            assert getattr(result, "requires_grad", None) == getattr(numpys(x), "requires_grad", None)
    with pytest.raises(TypeError, match="axes"):
        ours(X, axes=1)


def test_other_arguments_of_pytorch_are_taken_by_name() -> None:
    same(autograd.triu(leaf(X), diagonal=1), np.triu(X, 1))
    same(autograd.tril(leaf(X), diagonal=-1), np.tril(X, -1))
    same(autograd.linspace(0, 1, steps=5), np.linspace(0, 1, 5))
    same(autograd.flip(leaf(X), dims=(0,)), np.flip(X, 0))
    same(autograd.roll(leaf(X), 1, dims=1), np.roll(X, 1, 1))


@pytest.mark.parametrize("name", ["sum", "concat", "concatenate", "zeros", "randn", "tensor", "cat"])
def test_functions_can_be_pickled(name: str) -> None:
    function = getattr(autograd, name)
    assert pickle.loads(pickle.dumps(function)) is function


def test_functions_that_join_take_the_name_of_pytorch_for_the_axis() -> None:
    same(autograd.stack([leaf(X), X], dim=1), np.stack([X, X], 1))
    same(autograd.concatenate([leaf(X), X], dim=1), np.concatenate([X, X], 1))


def test_every_method_of_ndarray_is_there_or_refused_in_words() -> None:
    x = tensor(X)
    for name in (name for name in dir(X) if not name.startswith("_") and hasattr(X, name)):
        if name in WITHOUT:
            with pytest.raises(AttributeError, match=rf"no attribute '{name}'; .*(use|np\.)"):
                getattr(x, name)
        else:
            assert hasattr(x, name), name
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'$"):
        x.nothing  # noqa: B018


def test_view_takes_a_shape_and_no_dtype() -> None:
    for dtype in np.float32, "f4", np.dtype("f4"):
        with pytest.raises(TypeError, match=r"view: expected a shape.*astype"):
            leaf(X).view(dtype)


def test_bytes_and_files(tmp_path: Path) -> None:
    assert tensor(X).tobytes() == X.tobytes()
    tensor(X).tofile(tmp_path / "x")
    np.testing.assert_array_equal(np.fromfile(tmp_path / "x"), X.ravel())
    for write in (lambda x: x.tobytes(), lambda x: x.tofile(tmp_path / "y")):
        with pytest.raises(TypeError, match=r"detach\(\)"):
            write(leaf(X))


@pytest.mark.parametrize("name", ["shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides"])
def test_attributes_equal_those_of_ndarray(name: str) -> None:
    assert getattr(leaf(X), name) == getattr(X, name)


def test_nonzero_and_tolist() -> None:
    np.testing.assert_array_equal(tensor(X > 0).nonzero(), (X > 0).nonzero())
    assert tensor(X).tolist() == X.tolist()


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-9, 9)),
    st.data(),
)
def test_basic_indexing_equals_numpys(array: np.ndarray, data: st.DataObject) -> None:
    index = data.draw(hnp.basic_indices(array.shape, allow_newaxis=True))
    x = leaf(array)
    same(x[index], array[index])
    np.sum(x[index]).backward()
    expected = np.zeros_like(array)
    expected[index] = 1
    np.testing.assert_array_equal(x.grad.data, expected)


REPEATED: dict[str, Any] = {
    "array": np.array([1, 1, 2]),
    "list": [1, 1, 2],
    "tensor": tensor([1, 1, 2]),
    "array and slice": (np.array([1, 1, 2]), slice(None)),
    "list and slice": ([1, 1, 2], slice(None)),
    "tuple and slice": ((1, 1, 2), slice(None)),
    "tensor and slice": (tensor([1, 1, 2]), slice(None)),
    "negative": [1, -2, 2],
}  # fmt: skip


@pytest.mark.parametrize("index", REPEATED.values(), ids=REPEATED)
def test_an_element_that_is_indexed_twice_counts_twice(index: Any) -> None:
    x = leaf(np.ones((3, 2)))
    np.sum(x[index]).backward()
    np.testing.assert_array_equal(x.grad.data, [[0, 0], [2, 2], [1, 1]])


# Python's own protocols


def test_iteration_and_length() -> None:
    x = leaf(X)
    assert len(x) == 2
    rows = list(x)
    same(rows[1], X[1])
    first, second = x
    (first.sum() + 2 * second.sum()).backward()
    np.testing.assert_array_equal(x.grad.data, [[1, 1, 1], [2, 2, 2]])
    with pytest.raises(TypeError):
        len(leaf(1.0))
    with pytest.raises(TypeError):
        iter(leaf(1.0))


def test_contains() -> None:
    assert 0.25 in leaf(X)
    assert 0.3 not in leaf(X)


def test_truth() -> None:
    assert leaf(1.0)
    assert not leaf([0.0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(leaf([1.0, 2.0]))


def test_numbers() -> None:
    assert float(leaf(1.5)) == leaf([1.5]).item() == 1.5
    assert type(leaf(1.5).item()) is float
    assert int(leaf(2.7)) == 2
    assert [10, 11, 12][tensor(1)] == 11
    with pytest.raises(TypeError):
        operator.index(tensor(1.0))
    for convert in (float, int, Tensor.item):
        with pytest.raises((TypeError, ValueError)):
            convert(leaf([1.0, 2.0]))


def test_formatting() -> None:
    x = leaf(3.14159)
    assert f"{x:.2f}" == "3.14"
    assert f"{x}" == str(x) == repr(x)
    assert f"{leaf([1.0])}" == "tensor([1.], requires_grad=True)"


def test_repr() -> None:
    x = leaf([1.0, 2.0], name="x")
    assert repr(tensor([1, 2])) == "tensor([1, 2])"
    assert repr(tensor(True)) == "tensor(True)"
    assert repr(x) == "tensor([1., 2.], name='x', requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], from=np.multiply)"
    assert repr(x.detach()) == "tensor([1., 2.])"
    assert repr(tensor([1.0], dtype=float32)) == "tensor([1.], dtype=float32)"
    assert repr(tensor([[1.0], [2.0]])) == "tensor([[1.],\n        [2.]])"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: np.stack([x, x]), "np.stack"),
        (lambda x: np.append(x, x), "np.concatenate"),
        (lambda x: np.einsum("i->", x), "np.einsum"),
        (lambda x: np.cumsum(x), "np.cumsum"),
        (lambda x: x.astype(float32), "astype"),
    ],
)
def test_a_result_names_the_function_that_its_user_called(call: Callable[[Any], Any], name: str) -> None:
    result = call(leaf([1.0, 2.0]))
    assert f"from={name})" in repr(result)
    assert f"from {name}<" in result._repr_html_()
    assert f"{name}(" in draw(result).source


def test_hash_and_use_in_containers() -> None:
    x, y = leaf([1.0, 2.0]), leaf([1.0, 2.0])
    assert len({x, y, x}) == 2
    assert {x: "x", y: "y"}[y] == "y"
    assert hash(x) == hash(x)


def test_asarray_of_an_untracked_tensor() -> None:
    x = tensor(X)
    assert np.asarray(x) is x.data
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert not np.shares_memory(np.array(x), x.data)
    assert x.numpy() is x.data
    np.testing.assert_allclose(x, X)
    same(tensor([tensor(1.0), tensor(2.0)]), [1.0, 2.0])


@pytest.mark.parametrize(
    "convert",
    [np.asarray, np.array, Tensor.numpy, lambda x: tensor([x, x])],
    ids=["np.asarray", "np.array", "numpy", "tensor"],
)
def test_a_tracked_tensor_becomes_no_array(convert: Callable[[Tensor], Any]) -> None:
    weight = leaf(X, name="weight")
    with pytest.raises(TypeError, match=r"'weight'.*requires a gradient.*detach\(\)"):
        convert(weight)


# Leaving the graph and entering it


def test_detach_shares_memory_and_leaves_the_graph() -> None:
    x = leaf(X, name="x")
    y = (2 * x).detach()
    assert not y.requires_grad
    assert y.is_leaf
    assert np.shares_memory(x.detach().data, x.data)
    z = np.sum(x * x.detach())
    z.backward()
    np.testing.assert_array_equal(x.grad.data, X)


def test_requires_grad_() -> None:
    x = tensor([1.0, 2.0])
    assert x.requires_grad_() is x
    assert x.requires_grad
    x.requires_grad_(False)
    assert not (x * 2).requires_grad
    x.requires_grad = True
    assert (x * 2).requires_grad
    with pytest.raises(RuntimeError, match=r"detach\(\)"):
        (x * 2).requires_grad_(False)


def test_leaves() -> None:
    x = leaf(1.0)
    assert x.is_leaf
    assert not (x * 1).is_leaf
    assert (x * 1).requires_grad
    assert tensor(1.0).is_leaf


# Copies

CLONES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("clone", CLONES.values(), ids=CLONES)
def test_leaves_can_be_pickled_and_copied(clone: Callable[[Any], Any]) -> None:
    x = leaf(X.astype(np.float32), name="x")
    np.sum(x).backward()
    y = clone(x)
    same(y, x.data)
    assert (y.name, y.requires_grad) == ("x", True)
    np.testing.assert_array_equal(y.grad.data, x.grad.data)
    assert not np.shares_memory(y.data, x.data)
    np.sum(y * 2).backward()
    np.testing.assert_array_equal(y.grad.data, np.full_like(X, 3))
    np.testing.assert_array_equal(x.grad.data, np.ones_like(X))


@pytest.mark.parametrize("clone", CLONES.values(), ids=CLONES)
def test_results_cannot_lose_their_gradients_in_a_copy(clone: Callable[[Any], Any]) -> None:
    y = leaf(X) * 2
    with pytest.raises((RuntimeError, TypeError), match="detach"):
        clone(y)
    same(clone(y.detach()), y.data)


def test_copy_of_a_container_keeps_what_is_shared() -> None:
    x = leaf(X)
    first, second = copy.deepcopy([x, x])
    assert first is second


# Constants: what is neither tracked nor an array of floating numbers

CONSTANTS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "list": (lambda w, c: w**c, [2, 3]),
    "tuple": (np.arctan2, (1.0, 2.0)),
    "matrix in lists": (lambda w, c: w @ c, [[1.0, 2.0], [3.0, 4.0]]),
    "product of lists": (np.dot, [1.0, 2.0]),
    "8 bits": (lambda w, c: w**c, np.array([0, 1], np.uint8)),
    "8 bits, to the power": (lambda w, c: np.power(c, w), np.array([2, 3], np.int8)),
    "32 bits": (np.arctan2, np.array([100_000, 70_000], np.int32)),
    "truth values": (lambda w, c: w * c, np.array([True, False])),
    "an integer scalar": (lambda w, c: w / c, np.int8(100)),
}


@pytest.mark.parametrize("form", [lambda c: c, np.asarray, tensor], ids=["as it is", "array", "tensor"])
@pytest.mark.parametrize(("function", "constant"), CONSTANTS.values(), ids=CONSTANTS)
def test_a_constant_counts_as_its_numbers(function: Any, constant: Any, form: Any) -> None:
    w = np.array([1.5, 2.5])
    floats, given = np.asarray(constant, float), form(constant)

    def loss(c: Any) -> Any:
        return lambda w: np.sum(function(w, c) ** 2)

    np.testing.assert_allclose(grad(loss(given))(w), grad(loss(floats))(w), rtol=1e-14)
    np.testing.assert_allclose(hessian(loss(given))(w), hessian(loss(floats))(w), rtol=1e-14)


def test_a_recorded_pass_takes_plain_arrays() -> None:
    x, w = np.array([[1.0, 2.0]]), tensor([[3.0, 4.0]], requires_grad=True)
    nn.functional.mse_loss(nn.functional.linear(x, w), np.zeros((1, 1))).backward(create_graph=True)
    assert w.grad is not None
    np.sum(w.grad).backward()
    np.testing.assert_allclose(w.grad.detach().numpy(), [[22 + 6, 44 + 12]])


def test_a_series_times_a_tensor_is_a_tensor() -> None:
    pandas = pytest.importorskip("pandas")
    w = tensor([3.0, 4.0], requires_grad=True)
    (pandas.Series([1.0, 2.0]) * w).sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), [1, 2])
