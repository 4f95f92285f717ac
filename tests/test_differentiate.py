"""Functional transforms: values, containers, nesting, and what they refuse."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    Tensor,
    derivative,
    grad,
    hessian,
    hvp,
    is_grad_enabled,
    jacobian,
    jvp,
    no_grad,
    primitive,
    ravel_pytree,
    tensor,
    value_and_grad,
    vjp,
)
from autograd.graph import topological_order

leaf = partial(tensor, requires_grad=True)
X, V = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -3.0])


def cubes(x: Any) -> Any:
    return np.sum(x**3)


def mixed(x: Any) -> Any:
    """Map three numbers to two."""
    return np.stack([x[0] * np.sin(x[1]), np.exp(x[2]) * x[0] * x[0]])


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x: np.ndarray) -> np.ndarray:
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def rosenbrock_hessian(x: np.ndarray) -> np.ndarray:
    diagonal = np.zeros_like(x)
    diagonal[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    beside = -400 * x[:-1]
    return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)


POINTS = st.lists(st.floats(-2, 2), min_size=2, max_size=5).map(np.array)


@given(POINTS)
def test_rosenbrock(x: np.ndarray) -> None:
    np.testing.assert_allclose(grad(rosenbrock)(x), rosenbrock_gradient(x), rtol=1e-10, atol=1e-9)
    second = hessian(rosenbrock)(x)
    np.testing.assert_allclose(second, rosenbrock_hessian(x), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(hvp(rosenbrock, x, x), second @ x, rtol=1e-9, atol=1e-8)


@given(POINTS)
def test_hessians_are_symmetric(x: np.ndarray) -> None:
    second = hessian(lambda x: np.sum(np.sin(np.outer(x, x)) * np.exp(x / 2)))(x)
    np.testing.assert_allclose(second, second.T, rtol=1e-10, atol=1e-10)


@given(st.integers(0, 2**32 - 1))
def test_jvp_and_vjp_are_adjoint_and_agree_with_the_jacobian(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, v, u = rng.normal(size=3), rng.normal(size=3), rng.normal(size=2)
    value, pushed = jvp(mixed, (x,), (v,))
    same_value, pullback = vjp(mixed, x)
    (pulled,) = pullback(u)
    np.testing.assert_allclose(value, same_value)
    np.testing.assert_allclose(u @ pushed, pulled @ v)
    matrix = jacobian(mixed)(x)
    np.testing.assert_allclose(matrix @ v, pushed)
    np.testing.assert_allclose(u @ matrix, pulled)


def test_arrays_in_arrays_out() -> None:
    value, gradient = value_and_grad(cubes)(X)
    assert (type(value), type(gradient)) == (np.float64, np.ndarray)
    assert type(grad(lambda x: x * x)(3.0)) is np.float64
    assert type(jacobian(mixed)(X)) is np.ndarray
    assert type(hvp(cubes, X, V)) is np.ndarray
    assert [type(part) for part in jvp(mixed, (X,), (V,))] == [np.ndarray, np.ndarray]


def test_tensors_in_tensors_out() -> None:
    value, gradient = value_and_grad(cubes)(tensor(X))
    assert isinstance(value, Tensor)
    assert isinstance(gradient, Tensor)
    assert not gradient.requires_grad
    np.testing.assert_allclose(gradient.data, 3 * X**2)


def test_float32_stays() -> None:
    x = X.astype(np.float32)
    assert grad(cubes)(x).dtype == np.float32
    assert jacobian(mixed)(x).dtype == np.float32
    assert hvp(cubes, x, V).dtype == np.float32
    assert jvp(mixed, (x,), (V,))[1].dtype == np.float32


@pytest.mark.parametrize("f", [np.sum, lambda x: np.mean(x), lambda x: x[0]], ids=["sum", "mean", "item"])
def test_results_belong_to_the_caller(f: Callable[[Any], Any]) -> None:
    x = X.copy()
    gradient = grad(f)(x)
    gradient += 1
    assert not np.shares_memory(gradient, x)
    np.testing.assert_array_equal(x, X)


def test_a_pullback_does_not_give_the_cotangent_itself_away() -> None:
    u = V.copy()
    _, pullback = vjp(lambda x, y: x + y, X, X)
    one, other = pullback(u)
    for g in (one, other):
        assert not np.shares_memory(g, u)
    assert not np.shares_memory(one, other)


def test_a_value_does_not_share_memory_with_the_argument() -> None:
    x = X.copy()
    value, _ = vjp(lambda x: x, x)
    assert not np.shares_memory(value, x)


def test_a_pullback_may_be_called_many_times() -> None:
    _, pullback = vjp(mixed, X)
    first = pullback(np.ones(2))[0]
    np.testing.assert_array_equal(pullback(np.ones(2))[0], first)
    np.testing.assert_allclose(pullback(2 * np.ones(2))[0], 2 * first)


# Containers


class Pair(NamedTuple):
    left: Any
    right: Any


def test_nested_containers() -> None:
    parameters = {"w": [X, (2.0, {"b": V})], "p": Pair(1.0, X)}

    def f(p: Any) -> Any:
        w, (c, rest) = p["w"]
        return np.sum(w * rest["b"]) * c + p["p"].left * np.sum(p["p"].right ** 2)

    value, g = value_and_grad(f)(parameters)
    assert value == pytest.approx(2 * X @ V + X @ X)
    np.testing.assert_allclose(g["w"][0], 2 * V)
    assert g["w"][1][0] == pytest.approx(X @ V)
    np.testing.assert_allclose(g["w"][1][1]["b"], 2 * X)
    assert type(g["p"]) is Pair
    assert g["p"].left == pytest.approx(X @ X)


def test_argnums() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y * y * z

    assert grad(f, argnums=1)(2.0, 3.0, 5.0) == 60
    assert grad(f, argnums=(0, 2))(2.0, 3.0, 5.0) == (45, 18)
    assert grad(f, argnums=(2, 0))(2.0, 3.0, 5.0) == (18, 45)
    assert grad(f, argnums=[0])(2.0, 3.0, 5.0) == (45,)
    assert grad(f)(2.0, y=3.0, z=5.0) == 45
    assert jacobian(f, argnums=(0, 1))(2.0, 3.0, 5.0) == (45, 60)
    assert hessian(f, argnums=1)(2.0, 3.0, 5.0) == 20
    assert hessian(f, argnums=(0, 1))(2.0, 3.0, 5.0) == ((0, 30), (30, 20))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grad(np.sum, has_aux=True)(X), r"has_aux: expected .* a pair.*usual fix is has_aux=False"),
        (lambda: grad(lambda x: (np.sum(x), 3))(X), r"one scalar result, got a tuple.*has_aux=True"),
        (lambda: grad(lambda x: "a")(X), r"grad: expected .* arrays of real numbers, got 'a'"),
        (lambda: hvp(np.sum, X, np.ones(2)), r"v: expected the shape of x, \(3,\), got \(2,\)"),
    ],
    ids=["no pair", "a pair", "words", "another shape"],
)
def test_wrong_functions_and_directions_are_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_the_jacobian_of_nothing_has_the_dtype_of_the_argument() -> None:
    assert jacobian(lambda x: x[:0])(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("transform", [grad, hessian, jacobian, value_and_grad])
def test_argnums_under_the_name_of_hips_autograd(transform: Any) -> None:
    with pytest.raises(TypeError, match=rf"{transform.__name__}.*argnum=.*argnums"):
        transform(lambda x, y: x * y, argnum=1)


def test_argnums_may_count_from_the_end() -> None:
    assert grad(lambda x, y: x * y, argnums=-1)(2.0, 3.0) == 2
    assert grad(lambda x, y: x * y * y, argnums=(-1, -2))(2.0, 3.0) == (12, 9)


def test_argnums_that_do_not_exist_are_refused() -> None:
    with pytest.raises((TypeError, ValueError, IndexError), match="argnums"):
        grad(lambda x: x * x, argnums=1)(2.0)


@pytest.mark.parametrize("argnums", [(0, 0), (0, -2), (1, 0, 1)])
def test_argnums_that_name_an_argument_twice_are_refused(argnums: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match=r"argnums.*twice"):
        grad(lambda x, y: x * y, argnums)(2.0, 3.0)


def test_argnums_may_be_integers_of_numpy() -> None:
    assert grad(lambda x, y: x * y, np.int64(1))(2.0, 3.0) == 2.0


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
@pytest.mark.parametrize("x", [2.0, X, leaf(2.0), [X]], ids=repr)
def test_an_argument_in_place_of_its_position_is_refused(transform: Callable[..., Any], x: Any) -> None:
    with pytest.raises(TypeError, match=r"argnums: expected a position.*grad\(f\)\(x\)"):
        transform(cubes, x)


@pytest.mark.parametrize("transform", [grad, value_and_grad, vjp, jvp, jacobian, hessian, hvp])
@pytest.mark.parametrize("loss", [leaf(2.0) ** 2, X, 2.0], ids=repr)
def test_a_loss_in_place_of_the_function_is_refused(transform: Callable[..., Any], loss: Any) -> None:
    arguments = () if transform in (grad, value_and_grad, jacobian, hessian) else ((leaf(2.0),), (1.0,))
    with pytest.raises(TypeError, match=r"expected a function.*loss\.backward\(\), then x\.grad"):
        transform(loss, *arguments)


def test_arguments_that_are_not_differentiated_may_be_anything() -> None:
    assert grad(lambda x, n, word: x**n if word == "power" else x)(3.0, 2, "power") == 6


def test_what_else_a_function_gives_keeps_its_own_gradients() -> None:
    """Also where the result itself does not depend on them."""

    def twice_its_own(w: Any) -> Any:
        return grad(lambda x: (np.sum(x**2), {"w": 3 * w, "x": 2 * x}), has_aux=True)(X)[1]["w"]

    assert grad(twice_its_own)(2.0) == 3.0
    w = tensor(2.0, requires_grad=True)
    (value, aux), _ = value_and_grad(lambda x: (np.sum(x**2), (np.sum(w * x), 2 * x)), has_aux=True)(X)
    assert not isinstance(value, Tensor)
    assert not isinstance(aux[1], Tensor)
    aux[0].backward()
    assert w.grad is not None
    assert w.grad.item() == np.sum(X)


def test_has_aux() -> None:
    def f(x: Any) -> Any:
        return np.sum(x**2), {"twice": 2 * x, "word": "kept", "count": 3}

    (value, aux), gradient = value_and_grad(f, has_aux=True)(X)
    assert value == np.sum(X**2)
    np.testing.assert_allclose(gradient, 2 * X)
    assert (aux["word"], aux["count"]) == ("kept", 3)
    same_gradient, _ = grad(f, has_aux=True)(X)
    np.testing.assert_array_equal(same_gradient, gradient)


def test_aux_is_given_as_arrays() -> None:
    _, aux = grad(lambda x: (np.sum(x**2), {"twice": 2 * x}), has_aux=True)(X)
    np.testing.assert_array_equal(np.asarray(aux["twice"]), 2 * X)


def test_results_in_containers() -> None:
    def f(x: Any) -> Any:
        return {"square": x * x, "sum": (np.sum(x),)}

    _, pushed = jvp(f, (X,), (V,))
    np.testing.assert_allclose(pushed["square"], 2 * X * V)
    assert pushed["sum"][0] == np.sum(V)
    _, pullback = vjp(f, X)
    np.testing.assert_allclose(pullback({"square": V, "sum": (10.0,)})[0], 2 * X * V + 10)
    blocks = jacobian(f)(X)
    np.testing.assert_allclose(blocks["square"], np.diag(2 * X))
    np.testing.assert_allclose(blocks["sum"][0], np.ones(3))


def test_dicts_go_by_their_keys() -> None:
    def f(p: Any) -> Any:
        return 3 * p["a"] ** 2 + 5 * p["b"] ** 2

    point, direction = {"a": 1.0, "b": 2.0}, {"b": 0.0, "a": 1.0}
    assert jvp(f, (point,), (direction,))[1] == 6
    assert hvp(f, point, direction) == {"a": 6, "b": 0}
    _, pullback = vjp(lambda x: {"one": x, "two": 2 * x}, 1.0)
    assert pullback({"two": 1.0, "one": 0.0}) == (2,)


def test_shapes_of_jacobians() -> None:
    x = np.ones((2, 3))
    assert jacobian(lambda x: np.ones((4, 2)) @ x)(x).shape == (4, 3, 2, 3)
    assert jacobian(np.sum)(x).shape == (2, 3)
    assert jacobian(lambda x: x[:0])(x).shape == (0, 3, 2, 3)
    assert hessian(cubes)(x).shape == (2, 3, 2, 3)


def test_containers_go_through_vectors_and_back() -> None:
    tree = {"w": np.arange(6.0).reshape(2, 3), "b": [0.5, (np.ones(2),)], "none": None}

    def f(tree: Any) -> Any:
        return np.sum(tree["w"] ** 2) * tree["b"][0] + np.sum(tree["b"][1][0])

    vector, unravel = ravel_pytree(tree)
    np.testing.assert_equal(unravel(vector), tree)
    gradient = grad(lambda vector: f(unravel(vector)))(vector)
    np.testing.assert_equal(unravel(gradient), grad(f)(tree))
    assert ravel_pytree([])[0].shape == (0,)


def test_hessian_and_hvp_of_containers() -> None:
    point = {"a": X, "b": 2.0}

    def f(p: Any) -> Any:
        return p["b"] ** 2 * np.sum(p["a"] ** 2)

    blocks = hessian(f)(point)
    np.testing.assert_allclose(blocks["a"]["a"], 8 * np.eye(3))
    np.testing.assert_allclose(blocks["a"]["b"], 8 * X)
    np.testing.assert_allclose(blocks["b"]["a"], 8 * X)
    assert blocks["b"]["b"] == pytest.approx(2 * X @ X)
    product = hvp(f, point, {"a": V, "b": 1.0})
    np.testing.assert_allclose(product["a"], 8 * V + 8 * X)
    assert product["b"] == pytest.approx(8 * X @ V + 2 * X @ X)


# What does not depend on the argument


def test_constant_functions_have_gradient_zero() -> None:
    np.testing.assert_array_equal(grad(lambda x: 3.0)(X), np.zeros(3))
    np.testing.assert_array_equal(grad(lambda x: 3)(X), np.zeros(3))
    np.testing.assert_array_equal(grad(lambda x: np.sum(np.floor(x)))(X), np.zeros(3))
    np.testing.assert_array_equal(jacobian(lambda x: np.ones(2))(X), np.zeros((2, 3)))
    assert jvp(lambda x: 3.0, (X,), (V,)) == (3, 0)
    assert jvp(lambda x: 3, (X,), (V,)) == (3, 0)
    np.testing.assert_array_equal(hessian(np.sum)(X), np.zeros((3, 3)))
    np.testing.assert_array_equal(hvp(np.sum, X, V), np.zeros(3))
    assert grad(lambda x, y: x, argnums=(0, 1))(1.0, 2.0) == (1, 0)


# Nesting

NESTED: dict[str, tuple[Callable[[], Any], float]] = {
    "an inner variable is not the outer": (lambda: grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0), 1),
    "product": (lambda: grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0), 6),
    "the inner at the outer": (lambda: grad(lambda x: x * grad(lambda y: x * y)(x))(3.0), 6),
    "shadowed": (lambda: grad(lambda x: grad(lambda x: x * x)(x) * x)(3.0), 12),
    "tower": (lambda: grad(grad(grad(lambda x: x**4)))(2.0), 48),
    "twice in one": (lambda: grad(lambda x: grad(np.sin)(x) + grad(np.square)(x))(0.0), 2),
    "constant inside": (lambda: grad(lambda x: grad(lambda y: 3.0 * x)(x))(1.0), 0),
    "jvp in grad": (lambda: grad(lambda x: jvp(lambda y: x * y * y, (x,), (1.0,))[1])(3.0), 12),
    "grad in jvp": (lambda: jvp(lambda x: grad(lambda y: x * y * y)(x), (3.0,), (1.0,))[1], 12),
    "jvp in jvp": (lambda: jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1], 1),
    "vjp in grad": (lambda: grad(lambda x: vjp(lambda y: x * y, x)[1](x)[0])(3.0), 6),
    "vjp value": (lambda: grad(lambda x: vjp(lambda y: y * y, x)[0])(3.0), 6),
    "value in grad": (lambda: grad(lambda x: value_and_grad(lambda y: x * y * y)(x)[0])(2.0), 12),
    "jacobian in grad": (lambda: grad(lambda x: jacobian(lambda y: x * y**2)(x).sum())(2.0), 8),
    "hvp in grad": (lambda: grad(lambda x: hvp(lambda y: y**4, x, 1.0))(2.0), 48),
    "hessian in grad": (lambda: grad(lambda x: hessian(lambda y: y**4)(x))(2.0), 48),
    "a closure's tangent": (lambda: jvp(lambda x: grad(lambda y: x)(2.0), (1.0,), (1.0,))[1], 0),
}  # fmt: skip


@pytest.mark.parametrize(("compute", "expected"), NESTED.values(), ids=NESTED)
def test_transforms_nest_without_confusion(compute: Callable[[], Any], expected: float) -> None:
    result = compute()
    assert not isinstance(result, Tensor)
    assert result == pytest.approx(expected, rel=1e-12)


INNER: dict[str, Callable[[Any, Any], Any]] = {
    "grad": lambda f, x: grad(f)(x),
    "value and grad": lambda f, x: np.sum(np.stack(value_and_grad(f)(x))),
    "vjp by the cotangent": lambda f, x: vjp(f, 2.0)[1](x)[0],
    "jvp": lambda f, x: jvp(f, (x,), (1.0,))[1],
    "jvp by the tangent": lambda f, x: jvp(f, (2.0,), (x,))[1],
    "hvp": lambda f, x: hvp(f, x, 1.0),
    "hvp by the vector": lambda f, x: hvp(f, 2.0, x),
}


@pytest.mark.parametrize("inner", INNER.values(), ids=INNER)
def test_every_transform_is_differentiated_by_all_that_it_is_given(inner: Callable[[Any, Any], Any]) -> None:
    def f(x: Any) -> Any:
        return x * np.sin(x)

    h = 1e-6
    slope = (inner(f, 0.7 + h) - inner(f, 0.7 - h)) / (2 * h)
    assert grad(lambda x: inner(f, x))(0.7) == pytest.approx(slope, rel=1e-8)
    x = leaf(0.7)
    inner(f, x).backward()
    assert x.grad is not None
    assert x.grad.item() == pytest.approx(slope, rel=1e-8)


def test_what_an_inner_transform_was_asked_about_is_no_leaf_of_others() -> None:
    def energy(x: Any, t: Any) -> Any:
        return np.sum(x**2 * t)

    mixed_partials = jacobian(grad(energy, 0), 1)(np.ones(2), np.ones(2))
    assert type(mixed_partials) is np.ndarray
    np.testing.assert_array_equal(mixed_partials, 2 * np.eye(2))

    def residual(parameters: Any) -> Any:
        slope = grad(lambda x: np.sum(np.tanh(x * parameters[0]) * parameters[1]))
        return np.mean((slope(X) - np.cos(X)) ** 2)

    assert [type(g) for g in grad(residual)([1.0, 1.0])] == [np.float64] * 2


def test_a_hook_on_an_argument_is_called() -> None:
    def f(x: Any) -> Any:
        x.register_hook(lambda g: 10 * g)
        return np.sum(x**2)

    np.testing.assert_array_equal(grad(f)(X), 20 * X)
    np.testing.assert_array_equal(grad(f)(leaf(X)).data, 20 * X)


def test_one_sweep_serves_all_outputs() -> None:
    pulled = []

    @primitive
    def twice(x: Any) -> Any:
        return 2 * x

    derivative(twice, lambda g: (pulled.append(g), 2 * g)[1])
    outputs = 20

    def powers(x: Any) -> list[Any]:
        return list(itertools.accumulate(range(outputs - 1), lambda y, _: twice(y), initial=twice(x)))

    _, pullback = vjp(powers, 1.0)
    assert pullback([1.0] * outputs) == (2.0 ** (outputs + 1) - 2,)
    assert len(pulled) == outputs


def test_an_inner_transform_does_not_walk_through_the_outer_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []

    def noted(*roots: Any, since: int = 0) -> Any:
        walked.append(topological_order(*roots, since=since))
        return walked[-1]

    monkeypatch.setattr("autograd.differentiate.topological_order", noted)
    monkeypatch.setattr("autograd.graph.topological_order", noted)

    def descent(x: Any) -> Any:
        for _ in range(20):
            x = x - 0.1 * grad(lambda x: np.sum(np.sin(x)))(x)
        return np.sum(x)

    gradient = grad(descent)(X)
    assert sorted(map(len, walked))[-3] < 10 < len(walked)  # the last two are of the outer one
    h = 1e-6 * np.eye(3)
    differences = [(descent(X + e) - descent(X - e)) / 2e-6 for e in h]
    np.testing.assert_allclose(gradient, differences, rtol=1e-7)


def test_aux_of_an_inner_transform_stays_in_the_outer_graph() -> None:
    def outer(x: Any) -> Any:
        _, aux = grad(lambda y: (y * y, x * y), has_aux=True)(x)
        return aux

    assert grad(outer)(3.0) == 6


# Together with backward()


def test_a_captured_leaf_is_differentiated_through_a_transform() -> None:
    w = leaf(X)
    gradient = grad(lambda x: np.sum(w * w * x**2))(V)
    assert isinstance(gradient, Tensor)
    assert gradient.requires_grad
    np.sum(gradient).backward()
    np.testing.assert_allclose(w.grad.data, 4 * X * V)


def test_a_tracked_argument_is_differentiated_through_a_transform() -> None:
    x = leaf(X)
    value, gradient = value_and_grad(cubes)(x)
    (value + np.sum(gradient)).backward()
    np.testing.assert_allclose(x.grad.data, 3 * X**2 + 6 * X)


@pytest.mark.parametrize("transform", ["jvp", "vjp", "jacobian", "hvp"])
def test_other_transforms_of_captured_leaves(transform: str) -> None:
    w = leaf(2.0)

    def f(x: Any) -> Any:
        return w * w * cubes(x)

    results: dict[str, Callable[[], Any]] = {
        "jvp": lambda: jvp(f, (X,), (V,))[1],
        "vjp": lambda: np.sum(vjp(f, X)[1](1.0)[0] * V),
        "jacobian": lambda: np.sum(jacobian(f)(X) * V),
        "hvp": lambda: np.sum(hvp(f, X, V)),
    }
    results[transform]().backward()
    expected = 4 * np.sum(6 * X * V if transform == "hvp" else 3 * X**2 * V)
    assert w.grad.item() == pytest.approx(expected)


def test_a_transform_leaves_no_gradient_behind() -> None:
    x, w = leaf(X), leaf(2.0)
    grad(lambda y: np.sum(w * y))(x)
    assert x.grad is None
    assert w.grad is None


def test_backward_inside_a_transform() -> None:
    def f(x: Any) -> Any:
        w = leaf(3.0)
        (w * w).backward()
        return x * w.grad

    assert grad(f)(2.0) == 6


def test_a_function_may_write_into_its_intermediates() -> None:
    def f(x: Any) -> Any:
        y = 1 * x
        y[0] = y[1] * 3
        y *= x
        return np.sum(y)

    np.testing.assert_allclose(grad(f)(X), [3 * X[1], 3 * X[0] + 2 * X[1], 2 * X[2]])


# Modes


def test_no_grad_outside_changes_nothing() -> None:
    w = leaf(2.0)
    with no_grad():
        result = grad(lambda x: w * np.sum(x**2))(X)
        assert grad(grad(lambda x: x**3))(2.0) == 12
        assert not is_grad_enabled()
    np.testing.assert_allclose(result, 4 * X)
    assert type(result) is np.ndarray


def test_no_grad_inside_makes_a_constant() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            scale = np.sum(x * x)
        return scale * x[0]

    np.testing.assert_allclose(grad(f)(X), [X @ X, 0, 0])


def test_detach_inside_makes_a_constant() -> None:
    assert grad(lambda x: x * x.detach())(3.0) == 3


# What is refused

ESCAPES: dict[str, Callable[[Any], Any]] = {
    "item": lambda x: x.item(),
    "float": float,
    "int": int,
    "index": lambda x: [1.0, 2.0][x],
    "format": lambda x: f"{x:.2f}",
    "asarray": np.asarray,
    "tolist": lambda x: x.tolist(),
}
TRANSFORMS: dict[str, Callable[[Any, Any], Any]] = {
    "grad": lambda f, x: grad(f)(x),
    "vjp": vjp,
    "jvp": lambda f, x: jvp(f, (x,), (1.0,)),
    "jacobian": lambda f, x: jacobian(f)(x),
    "hessian": lambda f, x: hessian(f)(x),
    "hvp": lambda f, x: hvp(f, x, 1.0),
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_leaving_the_graph_raises_inside(
    escape: Callable[[Any], Any], transform: Callable[[Any, Any], Any]
) -> None:
    def f(x: Any) -> Any:
        escape(x)
        return x * x

    with pytest.raises(TypeError, match="detach"):
        transform(f, 2.0)
    assert leaf(2.0).item() == 2


def test_untracked_values_may_be_read_inside() -> None:
    assert grad(lambda x: x * tensor(3.0).item() * float(x.detach()))(2.0) == 6


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("x", [2, True, np.array(2), tensor(2)], ids=repr)
def test_integers_are_refused(x: Any, transform: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"floating.*2\.0 for 2"):
        transform(lambda x: x * x, x)


@pytest.mark.parametrize("f", [lambda x: x, lambda x: (x, x), lambda x: []], ids=["array", "pair", "nothing"])
def test_the_gradient_of_what_is_no_scalar_is_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"scalar.*jacobian"):
        grad(f)(X)


def test_wrong_shapes_and_structures_are_refused() -> None:
    with pytest.raises(ValueError, match=r"tangents.*\(3,\).*\(2,\)"):
        jvp(cubes, (X,), (np.ones(2),))
    with pytest.raises(ValueError, match=r"cotangent.*\(\).*\(3,\)"):
        vjp(cubes, X)[1](np.ones(3))
    with pytest.raises(TypeError, match=r"cotangent: expected real numbers.*complex"):
        vjp(np.sum, X)[1](1j)
    with pytest.raises(ValueError, match="expected"):
        vjp(lambda x: (x, x), X)[1](X)
    with pytest.raises(TypeError, match=r"primals: expected a tuple.*jvp\(f, \(x,\), \(v,\)\)"):
        jvp(np.sin, 1.0, 1.0)
    with pytest.raises(TypeError, match="tangents: expected a tuple"):
        jvp(np.sin, (1.0,), np.ones(1))
    with pytest.raises(ValueError, match="v: expected a dict"):
        hvp(lambda p: p["a"] * p["b"], {"a": 1.0, "b": 2.0}, {"a": 1.0, "c": 2.0})


def test_an_error_inside_resets_the_state() -> None:
    def fail(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), no_grad():
        grad(fail)(2.0)
    assert leaf(2.0).item() == 2
    assert is_grad_enabled()
