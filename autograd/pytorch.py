"""Names of PyTorch and others where NumPy has its own: which are taken, and what is said of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any, TypeVar, cast

import numpy as np

from autograd.derivatives.calls import parameters_of
from autograd.derivatives.table import TABLE
from autograd.instead import COSINE, CPU, RNG

F = TypeVar("F", bound=Callable[..., Any])
ARGUMENTS = {"diagonal": "k", "dim": "axis", "dim1": "axis1", "dim2": "axis2", "dims": "axis",
             "keepdim": "keepdims", "shifts": "shift", "size": "shape", "steps": "num",
             "unbiased": "ddof"}  # fmt: skip
ARGUMENTS_OF_AXES = ARGUMENTS | {"dims": "axes"}  # of functions that call them so

GENERATOR = "of a generator rng = np.random.default_rng(0)"
BACKWARD = (
    "for gradients in Tensors use loss.backward() and x.grad, of a function autograd.grad(f)(x); for a "
    "Function of your own, autograd.primitive and autograd.derivative"
)
CHUNK = "for parts of one length use np.split(x, count, axis), for others give the positions of the cuts"
SPLIT = "use np.split(x, range(length, x.shape[axis], length), axis), or the positions of the cuts"
TOPK = "use np.sort(x)[..., ::-1][..., :k] for values, np.argsort(x)[..., ::-1][..., :k] for indices"
UNBIND = "use tuple(x), along another axis tuple(np.moveaxis(x, axis, 0))"
ADD_AT = "use np.add.at(x, index, values), with an index for each axis, such as (slice(None), columns)"
OF_DTYPE = "use autograd.tensor(data, dtype={})"

LARGEST = "use np.{0}(x, axis) for values, np.arg{0}(x, axis) for indices, np.{0}imum(x, y) of two"
DIVIDED = "use np.{}(x, axis, ddof=1), for otherwise NumPy divides by n"
MIDDLE = "use np.{}(x, 0.5, axis, method='lower'), for NumPy's median is the mean of the middle two"
INDICES = "use np.stack(np.{}_indices(rows, offset, columns))"
ALONE = "NumPy's max, min and sort give the values alone; for indices use argmax, argmin, argsort"
SWAPPED = "use x.swapaxes(axis1, axis2)"

# Arguments of PyTorch's functions that are not here.
BACKWARD_OF_LOSS = "use loss.backward({}), then w.grad"
REFUSED = {
    "allow_unused": BACKWARD_OF_LOSS.format(""),
    "argnum": "it is called argnums",
    "create_graph": BACKWARD_OF_LOSS.format("create_graph=True"),
    "descending": "use np.flip(np.sort(x, axis), axis), of indices np.flip(np.argsort(x, axis), axis)",
    "device": CPU,
    "dim0": SWAPPED,
    "generator": "use rng=, a numpy.random.Generator or a seed",
    "grad_outputs": BACKWARD_OF_LOSS.format("gradient"),
    "layout": "leave it out",
    "memory_format": "leave it out",
    "out": "write into a Tensor x by x[...] = value",
    "pin_memory": CPU,
    "retain_graph": BACKWARD_OF_LOSS.format("retain_graph=True"),
}

# The same under NumPy's and Python's names.
SAME = {
    "bool": np.bool_,
    "double": np.float64,
    "float": np.float32,
    "half": np.float16,
    "inf": math.inf,
    "int": np.int32,
    "long": np.int64,
    "nan": math.nan,
    "pi": math.pi,
    "short": np.int16,
}

# What a Tensor x does itself, what stands in nn.functional, and what in NumPy.
OWN = {"clone": "", "detach": "", "flatten": "", "masked_fill": "mask, value", "permute": "*axes",
       "unsqueeze": "axis"}  # fmt: skip
NN = ("log_softmax", "logsumexp", "relu", "sigmoid", "softmax")
NUMPY = ("acos", "amax", "amin", "arccos", "arcsin", "arctan", "asin", "asinh", "atan", "atanh", "bincount",
         "ceil", "corrcoef", "cosh", "count_nonzero", "cov", "diag", "diff", "expm1", "fliplr", "floor",
         "isfinite", "isinf", "isnan", "log10", "log1p", "log2", "logical_not", "nan_to_num", "nanmean",
         "nansum", "negative", "reciprocal", "rot90", "sign", "sinh", "tan", "tril", "triu", "trunc",
         "unique")  # fmt: skip
NUMPY_OF_TWO = ("allclose", "atan2", "cross", "fmod", "hypot", "isclose", "logaddexp", "logical_and",
                "logical_or", "maximum", "minimum", "outer", "remainder", "vdot")  # fmt: skip
LINALG = {"cholesky": "cholesky", "det": "det", "inverse": "inv", "pinverse": "pinv", "qr": "qr",
          "slogdet": "slogdet", "svd": "svd"}  # fmt: skip
OPERATORS = {"sub": "-", "mul": "*", "div": "/", "eq": "==", "ne": "!=", "lt": "<", "le": "<=",
             "gt": ">", "ge": ">="}  # fmt: skip
# NumPy's functions of these names do not do what PyTorch's do, though a call may look the same.
AMBIGUOUS = {
    **{name: LARGEST.format(name) for name in ("max", "min")},
    **{name: DIVIDED.format(name) for name in ("std", "var")},
    "meshgrid": "use np.meshgrid(x, y, indexing='ij'), for otherwise NumPy turns the first two axes",
    "nonzero": "use np.argwhere(x) for a row of each place, np.nonzero(x) for a tuple of indices",
    "sort": "use np.sort(x, axis) for values, np.argsort(x, axis) for indices",
}

# What is to be done in place of both torch.name(x) and x.name().
_BOTH_WAYS = {
    **{name: f"use nn.functional.{name}(x)" for name in NN},
    **{name: f"use x {sign} y" for name, sign in OPERATORS.items()},
    **{name: f"use np.linalg.{numpys}(x)" for name, numpys in LINALG.items()},
    "addmm": "use x + y @ z",
    "baddbmm": "use x + y @ z",
    "bmm": "use x @ y",
    "cdist": "use np.linalg.norm(x[:, None] - y, axis=-1)",
    "chunk": CHUNK,
    "clamp": "use x.clip(low, high)",
    "clamp_max": "use np.minimum(x, high)",
    "clamp_min": "use np.maximum(x, low)",
    "cuda": CPU,
    "dist": "use np.linalg.norm(x - y)",
    "equal": "use np.array_equal(x, y) for one bool, x == y for each element",
    "erf": "use scipy.special.erf(x)",
    "gather": "use np.take_along_axis(x, index, axis)",
    "index_select": "use np.take(x, index, axis)",
    "lerp": "use x + weight * (y - x)",
    "logdet": "use np.linalg.slogdet(x)[1]",
    "masked_select": "use x[mask]",
    "median": MIDDLE.format("quantile"),
    "movedim": "use np.moveaxis(x, source, destination)",
    "mv": "use x @ y",
    "nanmedian": MIDDLE.format("nanquantile"),
    "neg": "use -x",
    "norm": "use np.linalg.norm(x.ravel(), p) for p = 2 and others, np.linalg.norm(x, p, axis) along an axis",
    "numel": "use x.size",
    "repeat_interleave": "use np.repeat(x, count, axis)",
    "rsqrt": "use 1 / np.sqrt(x)",
    "scatter_add": ADD_AT,
    "split": SPLIT,
    "swapdims": SWAPPED,
    "t": "use x.T",
    "take_along_dim": "use np.take_along_axis(x, index, axis)",
    "topk": TOPK,
    "unbind": UNBIND,
    "xlogy": "use scipy.special.xlogy(x, y)",
}
# What JAX and HIPS autograd call otherwise.
TRANSFORMS = {
    **dict.fromkeys(("dict", "isinstance", "list", "tuple", "type"), "use Python's own"),
    "check_grads": "use autograd.gradcheck",
    "checkpoint": "leave it out",
    "defvjp": "use autograd.derivative(f, lambda g, x, out: ...)",
    "deriv": "use autograd.grad(lambda x: np.sum(f(x)))",
    "elementwise_grad": "use autograd.grad(lambda x: np.sum(f(x)))",
    "extend": "use autograd.primitive and autograd.derivative",
    "grad_and_aux": "use autograd.grad(f, has_aux=True)",
    "grad_named": "use autograd.grad(f, argnums=0), with its position",
    "hessian_tensor_product": "use autograd.hvp(f, x, v)",
    "hessian_vector_product": "use autograd.hvp(f, x, v)",
    "holomorphic_grad": "use arrays of the real and the imaginary parts, for gradients are of real numbers",
    "jacfwd": "use autograd.jacobian(f)",
    "jacrev": "use autograd.jacobian(f)",
    "make_ggnvp": "use autograd.vjp(f, x)[1](autograd.hvp(g, f(x), autograd.jvp(f, (x,), (v,))[1]))[0]",
    "make_hvp": "use autograd.hvp(f, x, v)",
    "make_jvp": "use autograd.jvp(f, (x,), (v,))",
    "make_vjp": "use value, pullback = autograd.vjp(f, x)",
    "misc": "use autograd.ravel_pytree to flatten, nn.optim or scipy.optimize.minimize for its optimizers",
    "multigrad_dict": "use autograd.grad(f, argnums=(0, 1))",
    "stop_gradient": "use x.detach()",
    "tensor_jacobian_product": "use value, pullback = autograd.vjp(f, x)",
    "test_util": "use autograd.gradcheck",
    "vector_jacobian_product": "use value, pullback = autograd.vjp(f, x)",
    "vmap": "write f for arrays with one more axis in front; NumPy's functions broadcast",
}
FUNCTIONS = {
    **TRANSFORMS,
    **{name: f"use the method x.{name}({more})" for name, more in OWN.items()},
    **{name: f"use nn.functional.{name}(x)" for name in ("dropout", "selu", "softplus")},
    **AMBIGUOUS,
    **_BOTH_WAYS,
    "FloatTensor": OF_DTYPE.format("autograd.float32"),
    "LongTensor": OF_DTYPE.format("autograd.int64"),
    "Variable": "use autograd.tensor(data, requires_grad=True)",
    "accelerator": CPU,
    "autograd": BACKWARD,
    "backends": CPU,
    "bernoulli": f"use rng.random(p.shape) < p {GENERATOR}",
    "compile": "leave it out",
    "conv2d": "use nn.functional.conv2d(x, weight)",
    "cosine_similarity": COSINE,
    "device": CPU,
    "distributions": f"use the methods {GENERATOR} to draw, and write a density as a function",
    "func": "grad, vjp, jvp, jacobian and hessian stand in autograd itself, functional_call in nn",
    "functional": "jacobian, hessian, vjp, jvp and hvp stand in autograd itself",
    "from_numpy": "use autograd.tensor(array), or the array itself",
    "Generator": "use np.random.default_rng(0)",
    "inference_mode": "use autograd.no_grad()",
    "is_tensor": "use isinstance(x, autograd.Tensor)",
    "jit": "leave it out",
    "linalg": "use np.linalg",
    "load": "use nn.load(model, path)",
    "manual_seed": RNG,
    "mm": "use x @ y",
    "mps": CPU,
    "multinomial": "use np.argmax(p / rng.exponential(size=p.shape), -1, keepdims=True) to draw once from "
    f"each row, np.argmax(p / rng.exponential(size=(n, *p.shape)), -1) to draw n times, {GENERATOR}",
    "nn": "use import nn",
    "normal": f"use rng.normal(mean, std, shape) {GENERATOR}",
    "optim": "use nn.optim",
    "rand_like": "use autograd.rand(x.shape)",
    "randint": f"use rng.integers(low, high, shape) {GENERATOR}",
    "randn_like": "use autograd.randn(x.shape)",
    "randperm": f"use rng.permutation(n) {GENERATOR}",
    "save": "use nn.save(model, path)",
    "set_default_device": CPU,
    "set_printoptions": "use np.set_printoptions",
    "special": "use scipy.special",
    **{name: INDICES.format(name[:4]) for name in ("tril_indices", "triu_indices")},
    "transpose": "use np.swapaxes(x, 0, 1) for two axes, np.transpose(x, axes) for all",
    "utils": "for a DataLoader, write loader = nn.batches(x, y, batch_size=32, rng=0) before the loop over "
    "epochs, and inside it for xb, yb in loader:",
}
METHODS = {
    **{name: f"use np.{name}(x)" for name in NUMPY},
    **{name: f"use np.{name}(x, y)" for name in NUMPY_OF_TWO},
    **_BOTH_WAYS,
    "add": "use x + y",
    "bool": "use x.astype(bool)",
    "clamp_": "use x[...] = x.clip(low, high)",
    "contiguous": "leave it out",
    "cpu": CPU,
    "detach_": "use x = x.detach()",
    "dim": "use x.ndim",
    "element_size": "use x.itemsize",
    "expand": "use np.broadcast_to(x, (5, *x.shape)), where -1 is not taken for a length",
    "expand_as": "use np.broadcast_to(x, y.shape)",
    "flip": "use np.flip(x, (0, 1)), with the axes in a tuple",
    "grad_fn": "the recorded call is x.node, and autograd.draw(x) shows the graph",
    "floor_divide": "use x // y",
    "half": "use x.astype(np.float16)",
    "index_add_": ADD_AT,
    "indices": ALONE,
    "int": "use x.astype(np.int32)",
    "lerp_": "use x += weight * (y - x), inside of autograd.no_grad() for a mean of parameters",
    "masked_fill_": "use x[mask] = value",
    "moveaxis": "use np.moveaxis(x, source, destination)",
    "narrow": "use x[start : start + length], along axis 1 x[:, start : start + length]",
    "ndimension": "use x.ndim",
    "nelement": "use x.size",
    "new_full": "use autograd.full(shape, value)",
    "new_ones": "use autograd.ones(shape)",
    "new_tensor": "use autograd.tensor(data)",
    "new_zeros": "use autograd.zeros(shape)",
    "normal_": "use nn.init.normal_(x, mean, std, rng=rng)",
    "quantile": "use np.quantile(x, q)",
    "reshape_as": "use x.reshape(y.shape)",
    "roll": "use np.roll(x, shift, axis)",
    "scatter_": "use np.put_along_axis(x, index, values, axis)",
    "scatter_add_": ADD_AT,
    "select": "use np.take(x, index, axis)",
    "tile": "use np.tile(x, counts)",
    "to": "for a dtype use x.astype(dtype); there is only the CPU",
    "type": "use x.astype(dtype)",
    "type_as": "use x.astype(y.dtype)",
    "uniform_": "use nn.init.uniform_(x, low, high, rng=rng)",
    "unsqueeze_": "use x = x.unsqueeze(axis)",
    "values": ALONE,
    "view_as": "use x.reshape(y.shape)",
    "where": "use np.where(condition, x, y)",
    "zero_grad": "use x.grad = None",
}


_BOTH = "gives values and indices in PyTorch; use {0}(axis=...) for values, arg{0}(axis=...) for indices"
_UNBIASED = "divides by n - 1 in PyTorch; use {0}(axis=..., ddof=1) for that, {0}(axis=...) to divide by n"
_WHOLE = "repeats the whole array in PyTorch; use np.tile(x, (2, 1, 1))"
_SORTED = "gives values and indices in PyTorch; use np.sort(x, axis=...) and np.argsort(x, axis=...)"
DIFFERENT = {**dict.fromkeys(("max", "min"), _BOTH), "repeat": _WHOLE, "sort": _SORTED,
             **dict.fromkeys(("std", "var"), _UNBIASED)}  # fmt: skip
_DIVISORS = {"correction", "ddof", "unbiased"}  # with one of them NumPy and PyTorch agree
_BY_NAME = "expected only the axis, and PyTorch's keepdim, by position; give all others by name"


def numpy_arguments(
    how: dict[str, Any], method: str = "", more: tuple[Any, ...] = (), names: dict[str, str] = ARGUMENTS
) -> dict[str, Any]:
    """Name arguments as NumPy does.

    Args:
        how: the arguments that were given by name.
        method: what was called.
        more: what was given by position after the axis: PyTorch's ``keepdim``.
        names: NumPy's names for those of PyTorch.

    Raises:
        TypeError: the method does something else in PyTorch, or takes nothing by position after the axis,
            or there is no such argument here.

    Example:
        >>> numpy_arguments({"dim": 1, "keepdim": True})
        {'axis': 1, 'keepdims': True}
    """
    if more:
        if len(more) > 1 or not isinstance(more[0], bool):
            raise TypeError(f"{method}: {DIFFERENT.get(method, _BY_NAME).format(method)}")
        how = {"keepdim": more[0], **how}
    if not how:  # as is usual
        return how
    refuse(method, REFUSED.keys() & how.keys() - {"out"})
    if method in DIFFERENT and _DIVISORS.isdisjoint(how):
        for name in ARGUMENTS.keys() & how.keys():
            raise TypeError(f"{method}({name}=) {DIFFERENT[method].format(method)}")
    return {names.get(name, name): value for name, value in how.items()}


@cache
def takes_dim(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of NumPy also take PyTorch's names of arguments; one that has none of them stays itself.

    Example:
        >>> autograd.sum(np.ones((2, 3)), dim=1)
        array([3., 3.])
    """
    define = getattr(TABLE.get(function), "define", function)  # where NumPy does not say the parameters
    parameters = {} if isinstance(function, np.ufunc) else parameters_of(function) or parameters_of(define)
    names = ARGUMENTS_OF_AXES if "axes" in parameters else ARGUMENTS
    if parameters.keys().isdisjoint(names.values()):
        return function

    @says_instead
    @wraps(function)
    def renamed(*args: Any, **how: Any) -> Any:
        own = {name: how.pop(name) for name in parameters.keys() & how.keys()}
        how = own | numpy_arguments(how, names=names)
        if len(args) == 3 and isinstance(args[-1], bool) and "keepdims" in parameters:
            return function(*args[:2], keepdims=args[-1], **how)
        return function(*args, **how)

    renamed.__module__ = "autograd"  # where pickle finds it
    return renamed


def refuse(function: str, names: Iterable[str]) -> None:
    """Say what to write in the place of arguments of PyTorch.

    Raises:
        TypeError: there is such an argument.
    """
    for name in names:
        raise TypeError(f"{function}: there is no {name}=; {REFUSED[name]}")


def says_instead(function: F) -> F:
    """Refuse arguments of PyTorch that a function does not have, and say what to write instead.

    Example:
        >>> autograd.zeros(3, device="cpu")
        Traceback (most recent call last):
            ...
        TypeError: zeros: there is no device=; there is only the CPU: leave it out
    """
    refused = REFUSED.keys() - parameters_of(function).keys()

    @wraps(function)
    def checked(*args: Any, **how: Any) -> Any:
        if not refused.isdisjoint(how):
            refuse(function.__name__, refused.intersection(how))
        return function(*args, **how)

    return cast(F, checked)
