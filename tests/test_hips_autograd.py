"""What programs for HIPS autograd compute runs here as it is, and gives its numbers."""

import pickle
from functools import reduce
from importlib import import_module
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
from autograd import gradcheck, jacobian, tensor

W, V = np.array([0.5, 2.0, 1.5]), np.array([1.0, 3.0, 2.0])

FORMS = [  # functions of w, as programs for HIPS autograd have them
    # Arrays of what was computed
    "np.sum(np.array([w[0] ** 2, w[1] * w[0]]))",
    "np.sum(np.array([w, v]) ** 2)",
    "np.sum(np.array([w, w * 2])[1] * v)",
    "np.sum(np.array((w[0], (w[1] * w[2]))))",
    "np.sum(np.array([[[w[0]], [1]], [[2.0], [w[1]]]]) ** 2)",
    "np.sum(np.array([w[0], 1], float) ** 2)",
    "np.sum(np.array(w) ** 2)",
    "np.sum(np.array([w, v], ndmin=3, copy=True)[0, 0] ** 2)",
    "np.sum(np.array([[np.cos(w[0]), -np.sin(w[0])], [np.sin(w[0]), np.cos(w[0])]]) @ np.array([1.0, 2.0]))",
    "reduce(lambda y, _: y + 0.1 * np.array([y[1], -w[1] * y[0]]), range(10), np.array([1.0, 0.0]))[0]",
    "np.prod(np.array([np.dot(w, v * i) for i in (1, 2)]))",
    "np.max(np.array([w[0], 2 * w[0]]))",
    "np.sum(np.diag(np.array([w[0], w[1] ** 2])))",
    "np.array([w[0] * 2])[0]",
    "jacobian(lambda x: np.array([x, x**2]))(w[1])[1]",
    "w[0] * np.isfinite(np.array([w[0], 1])).sum()",
    "np.sum(np.full(3, w[1]) ** 2)",
    "np.sum(np.full((2, 2), w[1], dtype=float) ** 2)",
    "np.sum(np.full((2, 3), w) ** 2)",
    # Orders
    "np.sum(np.reshape(np.outer(w, v), -1, order='F')[:4] ** 2)",
    "np.sum(np.outer(w, v).reshape((9, 1), order='F')[:4] ** 2)",
    "np.sum(np.outer(w, v).flatten('F')[:4] * np.outer(w, w).flatten(order='C')[:4])",
    "np.sum(np.outer(w, v).ravel('F')[:4] * np.outer(w, w).ravel(order='C')[:4])",
    "np.sum(np.outer(w, v).copy('F') * np.copy(w, order='F'))",
    # Brackets that join
    "np.sum(np.c_[w, np.ones(3)] @ np.array([1.0, 2.0]))",
    "np.sum(np.c_[w[0], w[1]] ** 2)",
    "np.sum(np.c_[np.eye(3), w] ** 2)",
    "np.sum(np.r_[w] ** 2)",
    "np.sum(np.r_[w[0], w, 0:3, 1.0] ** 2)",
    "np.sum(np.r_[[w[0], w[1]], 2.0] ** 2)",
    "np.sum(np.r_[np.eye(3), w[None]] ** 2)",
    # Lists in the place of arrays
    "np.sum([w[0] * 2, w[1]])",
    "np.sum(np.sum([w * 2, w], axis=0) * v)",
    "np.sum(np.sum([[w[0] * 2, w[1]], [1.0, w[2]]], axis=0) * v[:2])",
    "np.mean([w[0] * 2, w[1]])",
    "np.mean(a=[w[0], w[1]])",
    "np.max([w[0] * 2, w[1]])",
    "np.min([w[0] * 2, w[1]])",
    "np.prod([w[0] * 2, w[1]])",
    "np.std([w[0] * 2, w[1], w[2]])",
    "np.var([w[0] * 2, w[1], w[2]])",
    "np.sort([w[0], w[1], w[2]])[0]",
    "np.cumsum([w[0], w[1]])[1]",
    "np.dot([w[0], w[1], 1.0], v)",
    "np.dot([w[0], w[1], 1.0], w)",
    "np.sum(np.dot([[w[0], 0.0, 0.0], [0, w[1], 0.0]], v))",
    "np.sum(np.outer([w[0], w[1]], v))",
    "np.inner([w[0], w[1]], v[:2])",
    "np.einsum('i,i', [w[0], w[1]], [1.0, 2.0])",
    "np.sum(np.cross([w[0], w[1], w[2]], v))",
    "np.sum(np.where([True, False], [w[0], w[1]], [1.0, 2.0]))",
    "np.sum(np.reshape([w[0], w[1]], (2, 1)) ** 2)",
    "np.sum(np.transpose([w, w]) ** 2)",
    "np.sum(np.tile([w[0], w[1]], 2))",
    "np.trapezoid([w[0], w[1], w[2]])",
    "np.interp(0.5, [0.0, 1.0], [w[0], w[1]])",
    "np.polyval([w[0], w[1]], 2.0)",
    "np.linalg.norm([w[0], w[1]])",
    "np.linalg.det([[w[0], w[1]], [1.0, w[2]]])",
    "w[np.argmax([w[0], w[1]])]",
    "w[0] * np.allclose([w[0]], [0.5])",
    # Lists of lists and arrays
    "np.sum(np.vstack([[w[0], w[1]], [1.0, 2.0]]) ** 2)",
    "np.sum(np.vstack([w, [1.0, 2.0, 3.0]]) ** 2)",
    "np.sum(np.concatenate([[w[0], w[1]], w]) ** 2)",
    "np.sum(np.concatenate([np.array([w[0]]), w]) ** 2)",
    "np.sum(np.hstack([w[0], w]) ** 2)",
    "np.sum(np.stack([[w[0], w[1]], [1.0, 2.0]]) ** 2)",
    "np.sum(np.stack([w[0], w[1] * 2]) ** 2)",
    "np.sum(np.column_stack([w, [1.0, 2.0, 3.0]]) ** 2)",
    "np.sum(np.block([[w[0], w[1]], [1.0, w[2]]]) ** 2)",
    "np.sum(np.append(w, w[0]) ** 2)",
    "np.sum(np.select([v > 2, v < 2], [w, 2 * w], w * 3))",
]

SCIPY_FORMS = [
    "special.logsumexp(w * v)",
    "special.logsumexp([-np.inf, 0.0, 1.0] + w)",
    "np.sum(special.logsumexp(np.outer(w, v), axis=0, b=v[:, None]) * v)",
    "np.sum(np.exp(w - special.logsumexp(w, keepdims=True)) * v)",
    "np.sum(special.expit(w) * special.gammaln(w))",
    *(f"np.sum(norm.{name}(w, v, w * w))" for name in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf")),
    "np.sum(norm.logpdf(w))",
    "np.sum(norm.pdf([w[0], 2.0], scale=[1.0, w[1]]))",
    "np.sum(mvn.logpdf(w))",
    "mvn.logpdf([w[0], 2.0], [1.0, w[1]], w[2])",
    "mvn.logpdf(w, v, w * w)",
    "mvn.logpdf([[1.0, 2.0]], [w[0], w[1]], [[1 + w[0] ** 2, w[0]], [w[0], 2.0]])",
    "mvn.entropy(v, w[0])",
    "mvn.logpdf(w, v, np.eye(3) + np.outer(w, w))",
    "np.sum(mvn.pdf(np.outer(v[:2], w), w * v, np.eye(3) + np.outer(w, w)))",
    "mvn.entropy(v, np.eye(3) + np.outer(w, w))",
]


def check(form: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """Hold the value of a form against that of plain functions, and its derivatives against differences."""

    def computed(w: Any, functions: dict[str, Any]) -> Any:
        return eval(form, {"w": w, "v": V, "reduce": reduce, "jacobian": jacobian, **functions})

    expected = computed(W, ours if "jacobian" in form else theirs)
    for w in W, tensor(W, requires_grad=True):
        np.testing.assert_allclose(computed(w, ours).item(), expected, rtol=1e-12)
    gradcheck(lambda w: computed(w, ours), W, order=2)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_gives_what_numpy_gives_and_its_gradient(form: str) -> None:
    check(form, {"np": np}, {"np": anp})


@pytest.mark.parametrize("form", SCIPY_FORMS)
def test_a_form_gives_what_scipy_gives_and_its_gradient(form: str) -> None:
    pytest.importorskip("scipy")
    theirs: dict[str, Any] = {"np": np}
    ours: dict[str, Any] = {"np": anp}
    for names, package in (theirs, "scipy"), (ours, "autograd.scipy"):
        names["special"] = import_module(f"{package}.special")
        stats = import_module(f"{package}.stats")
        names |= {"norm": stats.norm, "mvn": stats.multivariate_normal}
    check(form, theirs, ours)


def test_names_are_those_of_numpy() -> None:
    assert anp.sin is np.sin
    assert anp.pi == np.pi
    assert anp.random is np.random
    assert anp.linalg.LinAlgError is np.linalg.LinAlgError
    with pytest.raises(AttributeError, match="no_such_name"):
        anp.no_such_name  # noqa: B018


@pytest.mark.parametrize("cov", [-np.eye(2), [[1, 2], [2, 1]], np.zeros((2, 2)), -1.0], ids=str)
def test_a_matrix_that_is_no_covariance_is_refused(cov: Any) -> None:
    mvn = pytest.importorskip("scipy.stats") and import_module("autograd.scipy.stats.multivariate_normal")
    for density in mvn.logpdf, mvn.pdf:
        with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
            density(np.ones(2), np.zeros(2), cov)
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        mvn.entropy(np.zeros(2), cov)


@pytest.mark.parametrize("name", ["pdf", "cdf", "logcdf", "sf", "logsf"])
def test_a_scale_that_is_none_gives_nan_as_in_scipy(name: str) -> None:
    theirs = getattr(pytest.importorskip("scipy.stats").norm, name)
    ours = getattr(import_module("autograd.scipy.stats.norm"), name)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(ours(1.0, 0.0, [-1.0, 0.0, 2.0]), theirs(1.0, 0.0, [-1.0, 0.0, 2.0]))


@pytest.mark.parametrize(
    "name", ["sin", "mean", "concat", "concatenate", "array", "full", "linalg.norm", "linalg.inv"]
)
def test_functions_can_be_pickled(name: str) -> None:
    function = attrgetter(name)(anp)
    assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize("joining", [anp.r_, anp.c_], ids=["r_", "c_"])
def test_brackets_that_join_can_be_pickled(joining: Any) -> None:
    copied, x = pickle.loads(pickle.dumps(joining)), tensor([1.0, 2.0], requires_grad=True)
    np.testing.assert_array_equal(copied[x, x].detach(), joining[x, x].detach())


def test_plain_arrays_stay_plain() -> None:
    for made in anp.array([1.0]), anp.full(2, 1.0), anp.r_[1.0, 2:4], anp.c_[1.0], anp.array([tensor(1.0)]):
        assert type(made) is np.ndarray
    assert type(anp.sum([1.0, 2.0])) is np.float64


def test_an_array_is_a_copy() -> None:
    x = tensor([1.0, 2.0], requires_grad=True) * 1
    y = anp.array(x)
    y[0] = 5.0
    assert x[0].item() == 1
    assert anp.asarray(x) is x
    assert anp.array([x[0], 1], dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("np.array([w[0], w])", "same shape"),
        ("np.sum([w[0], w])", "np.stack"),
        ("np.exp([w[0], w[1]])", "np.stack"),
        ("np.r_['0,2', w, v]", "use np.concatenate or np.stack"),
        ("np.sum(w, axis='0')", "np.sum"),
        ("np.array([1.0], no_such_argument=w)", "no_such_argument"),
    ],
)
def test_what_cannot_be_made_is_refused(form: str, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        eval(form, {"np": anp, "w": tensor(W, requires_grad=True), "v": V})


# Programs, as those among its examples

LOGISTIC_REGRESSION = """
import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad, value_and_grad
from autograd.numpy.linalg import norm
from scipy.optimize import minimize

inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
targets = np.array([True, True, False, True])

def logistic_predictions(weights):
    return 0.5 * (np.tanh(np.dot(inputs, weights) / 2) + 1)

def training_loss(weights):
    preds = logistic_predictions(weights)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities)) + 0.01 * norm(weights) ** 2

found = minimize(value_and_grad(training_loss), npr.RandomState(0).randn(3), jac=True)
result = training_loss(found.x), norm(grad(training_loss)(found.x)) < 1e-4
"""

GAUSSIAN_PROCESS = """
import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import value_and_grad

def covariance(kernel_params, x, xp):
    output_scale, lengthscales = np.exp(kernel_params[0]), np.exp(kernel_params[1:])
    diffs = np.expand_dims(x / lengthscales, 1) - np.expand_dims(xp / lengthscales, 0)
    return output_scale * np.exp(-0.5 * np.sum(diffs**2, axis=2))

def log_marginal_likelihood(params):
    mean, noise_scale = params[0], np.exp(params[1]) + 0.0001
    cov_y_y = covariance(params[2:], X, X) + noise_scale * np.eye(len(y))
    return mvn.logpdf(y, mean * np.ones(len(y)), cov_y_y)

X = np.concatenate([np.linspace(0, 3, 10), np.linspace(6, 8, 10)])[:, None]
y = (np.cos(X) + 0.1 * npr.RandomState(0).randn(*X.shape)).ravel() / 2
value, gradient = value_and_grad(log_marginal_likelihood)(np.array([0.1, -2.0, 0.3, 0.2]))
result = value, *gradient
"""

VARIATIONAL_INFERENCE = """
import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
import autograd.scipy.stats.norm as norm
from autograd import grad

def adam(grad, x, step_size, num_iters, b1=0.9, b2=0.999, eps=1e-8):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        m, v = (1 - b1) * g + b1 * m, (1 - b2) * g**2 + b2 * v
        x = x - step_size * (m / (1 - b1 ** (i + 1))) / (np.sqrt(v / (1 - b2 ** (i + 1))) + eps)
    return x

rs = npr.RandomState(0)

def log_density(x):
    mu, log_sigma = x[:, 0], x[:, 1]
    return norm.logpdf(log_sigma, 0, 1.35) + norm.logpdf(mu, 0, np.exp(log_sigma))

def variational_objective(params, t):
    mean, log_std = params[:2], params[2:]
    samples = rs.randn(200, 2) * np.exp(log_std) + mean
    return -(mvn.entropy(mean, np.diag(np.exp(2 * log_std))) + np.mean(log_density(samples)))

result = adam(grad(variational_objective), np.array([-1.0, -1.0, -5.0, -5.0]), step_size=0.1, num_iters=30)
"""

MIXTURE = """
import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import grad, ravel_pytree
from autograd.scipy.special import logsumexp

data, rs = npr.RandomState(1).randn(40, 2), npr.RandomState(0)
means, start = rs.randn(3, 2), {"log proportions": rs.randn(3)}
start |= {"lower triangles": np.zeros((3, 2, 2)) + np.eye(2), "means": means}

def objective(params):
    cluster_lls = []
    log_proportions = params["log proportions"] - logsumexp(params["log proportions"])
    for log_proportion, mean, root in zip(log_proportions, params["means"], params["lower triangles"]):
        cluster_lls.append(log_proportion + mvn.logpdf(data, mean, np.dot(root.T, root)))
    return -np.sum(logsumexp(np.vstack(cluster_lls), axis=0))

flattened, unflatten = ravel_pytree(start)

def flattened_obj(vector):
    return objective(unflatten(vector))

result = flattened_obj(flattened), *grad(flattened_obj)(flattened)[[0, 5, 20]]
"""

PROGRAMS = {  # with the numbers that its version 1.9 gives
    "logistic regression": (LOGISTIC_REGRESSION, [0.290725607564, 1.0]),
    "gaussian process": (
        GAUSSIAN_PROCESS,
        [-8.19078379098, 0.0272647752732, -6.83857037145, -2.71587622452, 3.95913994759],
    ),
    "variational inference": (
        VARIATIONAL_INFERENCE,
        [0.202952358783, -0.604712941924, -2.00319825664, -2.00049646006],
    ),
    "mixture": (MIXTURE, [162.493106713, -0.530157317658, -14.7780200921, 0.0395014882807]),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_numbers_of_hips_autograd(name: str) -> None:
    pytest.importorskip("scipy")
    program, expected = PROGRAMS[name]
    variables: dict[str, Any] = {}
    exec(compile(program, f"<{name}>", "exec"), variables)
    np.testing.assert_allclose(variables["result"], expected, rtol=1e-7)
