"""Linear algebra where matrices are special: singular, zero, with equal eigenvalues, not square."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import grad, gradcheck, hessian, hvp, tensor, vjp

Function = Callable[..., Any]
Array = np.ndarray[Any, Any]
linalg = np.linalg

RANDOM = np.random.default_rng(0).normal(size=(4, 4))
ORDERS = ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


def of_rank(rank: int) -> Array:
    return RANDOM[:, :rank] @ RANDOM[:rank]


def total(function: Function) -> Function:
    return lambda x: np.sum(function(x))


def exact_slopes(function: Function, x: Array) -> Array:
    """The derivatives of a function that is affine in every element: its differences are exact."""
    slopes = np.empty((*x.shape, *np.shape(function(x))))
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = 1
        slopes[index] = (function(x + step) - function(x - step)) / 2
    return slopes


@pytest.mark.parametrize("matrix", [*map(of_rank, range(5)), np.ones((3, 3)), np.eye(3)])
def test_determinants_of_all_matrices_have_derivatives(matrix: Array) -> None:
    np.testing.assert_allclose(grad(linalg.det)(matrix), exact_slopes(linalg.det, matrix), atol=1e-13)
    slopes = exact_slopes(grad(linalg.det), matrix)
    np.testing.assert_allclose(hessian(linalg.det)(matrix), slopes, atol=1e-12)


# Equal eigenvalues, and zeros


@pytest.mark.parametrize("matrix", [np.eye(3), 2 * np.eye(3), np.zeros((3, 3))])
@pytest.mark.parametrize("values", [linalg.eigvalsh, linalg.svdvals])
def test_equal_eigenvalues_have_a_gradient(values: Function, matrix: Array) -> None:
    np.testing.assert_allclose(grad(total(values))(matrix), np.eye(3))


@pytest.mark.parametrize(("p", "share"), [("nuc", 1), (2, 1 / 3), (-2, 1 / 3), ("fro", 3**-0.5)])
def test_equal_singular_values_share_the_gradient_of_a_norm(p: Any, share: float) -> None:
    np.testing.assert_allclose(grad(lambda x: linalg.norm(x, p))(np.eye(3)), share * np.eye(3))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3), (3, 2)], ids=str)
@pytest.mark.parametrize("order", ORDERS)
def test_norms_of_zero_matrices_have_gradient_zero(order: Any, shape: tuple[int, int]) -> None:
    found = grad(lambda x: linalg.norm(x, order))(np.zeros(shape))
    np.testing.assert_array_equal(found, np.zeros(shape))


@pytest.mark.parametrize("order", [0, 0.5, 1, 1.5, 2, 3, np.inf, -np.inf])
def test_norms_of_zero_vectors_have_gradient_zero(order: float) -> None:
    np.testing.assert_array_equal(grad(lambda x: linalg.norm(x, order))(np.zeros(3)), np.zeros(3))


def test_the_best_condition_has_gradient_zero() -> None:
    np.testing.assert_allclose(grad(linalg.cond)(np.eye(3)), np.zeros((3, 3)), atol=1e-15)


def test_singular_matrices_have_an_infinite_condition() -> None:
    zeros, ones = np.zeros((2, 2)), np.ones((2, 2))
    stack = np.stack([ones, zeros, ones * np.nan, RANDOM[:2, :2]])
    for p in None, 2, -2, 1, -1, np.inf, "fro":
        x = zeros if p in (None, 2, -2) else stack
        value, pullback = vjp(lambda x, p=p: linalg.cond(x, p), x)
        np.testing.assert_allclose(value, linalg.cond(x, p))
        np.testing.assert_array_equal(pullback(np.zeros_like(value))[0], 0 * x)


def test_vectors_of_equal_eigenvalues_are_never_silently_wrong() -> None:
    def square_root(a: Any) -> Any:
        values, vectors = linalg.eigh(a)
        return np.sum((vectors * np.sqrt(values)) @ np.matrix_transpose(vectors))

    with np.errstate(all="ignore"):
        assert np.isnan(grad(square_root)(np.eye(2))).any()


def exponential(x: Any) -> Any:
    values, vectors = linalg.eigh(x.T @ x)
    return np.sum(SEVENTH * ((vectors * np.exp(values / 9)) @ vectors.T))


def principal(x: Any) -> Any:
    vector = linalg.eigh(x.T @ x)[1][:, -1:]
    return np.sum(SEVENTH * (vector @ vector.T))


def best_of_rank_one(x: Any) -> Any:
    u, s, vt = linalg.svd(x.T @ x)
    return np.sum(SEVENTH * (s[0] * u[:, :1] @ vt[:1]))


SEVENTH = np.random.default_rng(7).normal(size=(5, 5))


@pytest.mark.parametrize("function", [exponential, principal, best_of_rank_one])
def test_values_equal_up_to_rounding_do_no_harm_elsewhere(function: Function) -> None:
    """A covariance of fewer rows than columns: its least eigenvalues differ by rounding."""
    x, step = RANDOM[:2].reshape(2, 4) @ np.eye(4, 5) + np.eye(2, 5, 3), 1e-6
    direction = RANDOM[2:] @ np.eye(4, 5, 1)
    slope = (function(x + step * direction) - function(x - step * direction)) / (2 * step)
    assert np.sum(grad(function)(x) * direction) == pytest.approx(slope, rel=1e-6)
    bends = (grad(function)(x + step * direction) - grad(function)(x - step * direction)) / (2 * step)
    np.testing.assert_allclose(hvp(function, x, direction), bends, rtol=1e-6, atol=1e-7)


# One triangle


TRIANGLES: dict[str, tuple[Function, bool]] = {
    "cholesky": (linalg.cholesky, True),
    "cholesky, upper": (lambda a: linalg.cholesky(a, upper=True), False),
    "eigvalsh": (linalg.eigvalsh, True),
    "eigvalsh, upper": (lambda a: linalg.eigvalsh(a, "U"), False),
    "eigh": (lambda a: linalg.eigh(a, "L")[0], True),
    "pinv": (lambda a: linalg.pinv(a, hermitian=True), True),
    "svd": (lambda a: linalg.svd(a, hermitian=True)[1], True),
}


@pytest.mark.parametrize(("function", "lower"), TRIANGLES.values(), ids=TRIANGLES)
def test_the_gradient_lies_in_the_triangle_that_is_read(function: Function, lower: bool) -> None:
    a = RANDOM + RANDOM.T + 9 * np.eye(4)
    whole = grad(lambda a: np.sum(function((a + np.matrix_transpose(a)) / 2)))(a)
    np.testing.assert_allclose(whole, whole.T)
    half = np.tril(whole) if lower else np.triu(whole)
    np.testing.assert_allclose(grad(total(function))(a), 2 * half - np.diag(np.diag(whole)), atol=1e-15)


# Matrices that are not square


def onto(columns: Any) -> Any:
    return columns @ np.matrix_transpose(columns)


@pytest.mark.parametrize("shape", [(2, 4), (4, 2), (2, 4, 3)], ids=str)
def test_further_columns_span_what_is_left(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).normal(size=shape)
    k = min(shape[-2:])

    def svd(x: Any) -> Any:
        u, s, vt = linalg.svd(x)
        return u[..., :k], onto(u[..., k:]), s, vt[..., :k, :], onto(np.matrix_transpose(vt)[..., k:])

    def qr(x: Any) -> Any:
        q, r = linalg.qr(x, "complete")
        return q[..., :k], onto(q[..., k:]), r

    assert gradcheck(svd, x, order=2)
    assert gradcheck(qr, x, order=2)


@pytest.mark.parametrize("function", [linalg.eigh, linalg.eig, linalg.svd, linalg.qr, linalg.slogdet])
def test_several_results_have_their_names(function: Function) -> None:
    a = RANDOM + RANDOM.T
    expected, actual = function(a), function(tensor(a, requires_grad=True))
    assert type(actual) is type(expected)
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_allclose(one.data, other, atol=1e-13)


# What is refused, or wrong


def test_complex_eigenvalues_are_refused() -> None:
    turn = tensor([[0.0, 1.0], [-1.0, 0.0]], requires_grad=True)
    for function in linalg.eig, linalg.eigvals:
        with pytest.raises(TypeError, match="complex"):
            function(turn)


WRONG: dict[str, Function] = {
    "inv: not square": linalg.inv,
    "inv: singular": lambda x: linalg.inv(0 * x[:2]),
    "det: not square": linalg.det,
    "slogdet: not square": linalg.slogdet,
    "eigh: not square": linalg.eigh,
    "eigvals: not square": linalg.eigvals,
    "cholesky: not square": linalg.cholesky,
    "cholesky: not positive": lambda x: linalg.cholesky(-x[:2] @ x[:2].T),
    "solve: not square": lambda x: linalg.solve(x, x),
    "svd: a vector": lambda x: linalg.svd(x[0]),
    "qr: a vector": lambda x: linalg.qr(x[0]),
    "matrix_power: a vector": lambda x: linalg.matrix_power(x[0], 0),
    "norm: unknown": lambda x: linalg.norm(x, 7),
    "norm: of a vector": lambda x: linalg.norm(x[0], "fro"),
    "norm: of three axes": lambda x: linalg.norm(x[None], 2),
    "norm: one axis twice": lambda x: linalg.norm(x, axis=(0, 0)),
    "multi_dot: one array": lambda x: linalg.multi_dot([x]),
    "tensorinv: no axes": lambda x: linalg.tensorinv(x, 0),
    "outer: matrices": lambda x: linalg.outer(x, x),
    "cross: lengths": lambda x: np.cross(x, x[:, :1]),
    "tensordot: lengths": lambda x: np.tensordot(x, x, 1),
    "einsum: one operand less": lambda x: np.einsum("ij,jk", x),
    "einsum: one axis more": lambda x: np.einsum("ijk", x),
    "einsum: sum over ...": lambda x: np.einsum("...i->i", x),
    "einsum: sum over ... by numbers": lambda x: np.einsum(x, [..., 0], [0]),
    "einsum: no letter": lambda x: np.einsum("i0->i0", x),
}


@pytest.mark.parametrize("function", WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused_as_by_numpy(function: Function) -> None:
    x = np.arange(6.0).reshape(3, 2)
    with pytest.raises(ValueError, match=r"\w") as expected:
        function(x)
    with pytest.raises(ValueError, match=r"\w") as actual:
        function(tensor(x, requires_grad=True))
    assert actual.type is expected.type


@pytest.mark.parametrize(("of_x", "of_y"), [((1, 1), (3,)), ((3, 3), (1,)), ((3, 3), (3,))])
def test_einsum_broadcasts_axes_of_length_one(of_x: tuple[int, ...], of_y: tuple[int, ...]) -> None:
    assert gradcheck(lambda x, y: np.einsum("ii,i->i", x, y), np.full(of_x, 2.0), np.full(of_y, 3.0), order=2)


@pytest.mark.parametrize(
    ("given", "whole"),
    [("...j,jk->...k", "abj,jk->abk"), ("...a,ak", "bca,ak->bck"), ("j...,...", "jab,cab->cabj")],
)
def test_einsum_names_the_axes_of_dots_in_their_order(given: str, whole: str) -> None:
    x, y = tensor(np.ones((4, 4, 4)), requires_grad=True), np.ones((4, 4, 4))
    y = y if given.startswith("j") else y[0]
    node = np.einsum(given, x, y).node
    assert node.kwargs["subscripts"] == whole
