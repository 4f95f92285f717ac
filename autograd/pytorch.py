"""Names of PyTorch and others where NumPy has its own: which are taken, and what is said of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.derivatives.calls import parameters_of

ARGUMENTS = {"dim": "axis", "keepdim": "keepdims"}

CPU = "there is only the CPU: leave it out"
RNG = "nothing draws from a global state: give rng=0 to what draws, such as nn.Linear(2, 5, rng=0)"
GENERATOR = "of a generator rng = np.random.default_rng(0)"
BACKWARD = (
    "for gradients in Tensors use loss.backward() and x.grad, of a function autograd.grad(f)(x); for a "
    "Function of your own, autograd.primitive and autograd.derivative"
)
SPLIT = "for parts of one length use np.split(x, count, axis), for others give the positions of the cuts"
TOPK = "use np.sort(x)[..., ::-1][..., :k] for values, np.argsort(x)[..., ::-1][..., :k] for indices"
UNBIND = "use tuple(x), along another axis tuple(np.moveaxis(x, axis, 0))"

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
OWN = ("clone", "detach", "flatten", "masked_fill", "permute", "unsqueeze")
NN = ("log_softmax", "logsumexp", "relu", "sigmoid", "softmax")
NUMPY = ("ceil", "count_nonzero", "diag", "expm1", "flip", "floor", "isfinite", "isinf", "isnan", "log10",
         "log1p", "log2", "maximum", "median", "minimum", "outer", "roll", "sign", "tan", "tile", "tril",
         "triu", "unique", "where")  # fmt: skip
OPERATORS = {"sub": "-", "mul": "*", "div": "/", "eq": "==", "ne": "!=", "lt": "<", "le": "<=",
             "gt": ">", "ge": ">="}  # fmt: skip

# What is to be done in place of both torch.name(x) and x.name().
_BOTH_WAYS = {
    **{name: f"use nn.functional.{name}(x)" for name in NN},
    **{name: f"use x {sign} y" for name, sign in OPERATORS.items()},
    "bmm": "use x @ y",
    "chunk": SPLIT,
    "clamp": "use x.clip(low, high)",
    "cuda": CPU,
    "gather": "use np.take_along_axis(x, index, axis)",
    "index_select": "use np.take(x, index, axis)",
    "masked_select": "use x[mask]",
    "neg": "use -x",
    "norm": "use np.linalg.norm(x)",
    "numel": "use x.size",
    "repeat_interleave": "use np.repeat(x, count, axis)",
    "split": SPLIT,
    "t": "use x.T",
    "topk": TOPK,
    "unbind": UNBIND,
}
# What JAX and HIPS autograd call otherwise.
TRANSFORMS = {
    "elementwise_grad": "use autograd.grad(lambda x: np.sum(f(x)))",
    "hessian_vector_product": "use autograd.hvp(f, x, v)",
    "jacfwd": "use autograd.jacobian(f)",
    "jacrev": "use autograd.jacobian(f)",
    "make_vjp": "use value, pullback = autograd.vjp(f, x)",
    "stop_gradient": "use x.detach()",
    "vmap": "write f for arrays with one more axis in front; NumPy's functions broadcast",
}
FUNCTIONS = {
    **TRANSFORMS,
    **{name: f"use the method x.{name}()" for name in OWN},
    **{name: f"use nn.functional.{name}(x)" for name in ("conv2d", "dropout", "selu", "softplus")},
    **_BOTH_WAYS,
    "autograd": BACKWARD,
    "bernoulli": f"use rng.random(p.shape) < p {GENERATOR}",
    "device": CPU,
    "func": "grad, vjp, jvp, jacobian and hessian stand in autograd itself",
    "functional": "jacobian, hessian, vjp, jvp and hvp stand in autograd itself",
    "from_numpy": "use autograd.tensor(array), or the array itself",
    "Generator": "use np.random.default_rng(0)",
    "inference_mode": "use autograd.no_grad()",
    "is_tensor": "use isinstance(x, autograd.Tensor)",
    "linalg": "use np.linalg",
    "load": "use nn.load(model, path)",
    "manual_seed": RNG,
    "mm": "use x @ y",
    "multinomial": f"use rng.choice(len(p), size, p=p) {GENERATOR}",
    "nn": "use import nn",
    "normal": f"use rng.normal(mean, std, shape) {GENERATOR}",
    "optim": "use nn.optim",
    "rand_like": "use autograd.rand(x.shape)",
    "randint": f"use rng.integers(low, high, shape) {GENERATOR}",
    "randn_like": "use autograd.randn(x.shape)",
    "randperm": f"use rng.permutation(n) {GENERATOR}",
    "save": "use nn.save(model, path)",
    "set_printoptions": "use np.set_printoptions",
    "utils": "for a DataLoader, write loader = nn.batches(x, y, batch_size=32, rng=0) before the loop over "
    "epochs, and inside it for xb, yb in loader:",
}
METHODS = {
    **{name: f"use np.{name}(x)" for name in NUMPY},
    **_BOTH_WAYS,
    "add": "use x + y",
    "bool": "use x.astype(bool)",
    "clamp_": "use x[...] = x.clip(low, high)",
    "contiguous": "leave it out",
    "cpu": CPU,
    "detach_": "use x = x.detach()",
    "dim": "use x.ndim",
    "expand": "use np.broadcast_to(x, shape)",
    "expand_as": "use np.broadcast_to(x, y.shape)",
    "grad_fn": "the recorded call is x.node, and autograd.draw(x) shows the graph",
    "half": "use x.astype(np.float16)",
    "int": "use x.astype(np.int32)",
    "lerp_": "use x += weight * (y - x), inside of autograd.no_grad() for a mean of parameters",
    "movedim": "use np.moveaxis(x, source, destination)",
    "normal_": "use nn.init.normal_(x, mean, std, rng=rng)",
    "reshape_as": "use x.reshape(y.shape)",
    "scatter_": "use np.put_along_axis(x, index, values, axis)",
    "to": "for a dtype use x.astype(dtype); there is only the CPU",
    "type": "use x.astype(dtype)",
    "type_as": "use x.astype(y.dtype)",
    "uniform_": "use nn.init.uniform_(x, low, high, rng=rng)",
    "view_as": "use x.reshape(y.shape)",
}


_BOTH = "gives values and indices in PyTorch; use {0}(axis=...) for values, arg{0}(axis=...) for indices"
_UNBIASED = "divides by n - 1 in PyTorch; use {0}(axis=..., ddof=1) for that, {0}(axis=...) to divide by n"
DIFFERENT = {"max": _BOTH, "min": _BOTH, "std": _UNBIASED, "var": _UNBIASED}


def numpy_arguments(how: dict[str, Any], method: str = "") -> dict[str, Any]:
    """Name arguments as NumPy does.

    Raises:
        TypeError: the method does something else in PyTorch.

    Example:
        >>> numpy_arguments({"dim": 1, "keepdim": True})
        {'axis': 1, 'keepdims': True}
    """
    for name in ARGUMENTS.keys() & how.keys():
        if method in DIFFERENT:
            raise TypeError(f"{method}({name}=) {DIFFERENT[method].format(method)}")
    return {ARGUMENTS.get(name, name): value for name, value in how.items()}


def takes_dim(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let NumPy's functions along an axis take the names of PyTorch too; give others as they are.

    Example:
        >>> autograd.sum(np.ones((2, 3)), dim=1)
        array([3., 3.])
    """
    if isinstance(function, np.ufunc) or "axis" not in parameters_of(function):
        return function

    @wraps(function)
    def renamed(*args: Any, **how: Any) -> Any:
        return function(*args, **numpy_arguments(how))

    return renamed
