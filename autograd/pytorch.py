"""PyTorch's names where NumPy has others: which are taken, and what is said of the rest."""

from __future__ import annotations

from typing import Any

ARGUMENTS = {"dim": "axis", "keepdim": "keepdims"}

CPU = "there is only the CPU: leave it out"
RNG = "nothing draws from a global state: give rng=0 to what draws, such as nn.Linear(2, 5, rng=0)"
NN = ("relu", "sigmoid", "softmax", "log_softmax", "softplus", "dropout", "conv2d")

FUNCTIONS = {
    **{name: f"use nn.functional.{name}" for name in NN},
    "bmm": "use autograd.matmul",
    "cuda": CPU,
    "device": CPU,
    "from_numpy": "use autograd.tensor(array), or the array itself",
    "Generator": "use np.random.default_rng(0)",
    "load": "use nn.load(model, path)",
    "manual_seed": RNG,
    "mm": "use autograd.matmul",
    "randint": "use rng.integers of a generator rng = np.random.default_rng(0)",
    "randperm": "use rng.permutation of a generator rng = np.random.default_rng(0)",
    "save": "use nn.save(model, path)",
    "utils": "for DataLoader, use nn.batches(x, y, batch_size=32, rng=0)",
}
METHODS = {
    **{name: f"use nn.functional.{name}(x)" for name in ("relu", "sigmoid", "softmax", "log_softmax")},
    "bmm": "use x @ y",
    "contiguous": "leave it out",
    "cpu": CPU,
    "cuda": CPU,
    "dim": "use x.ndim",
    "expand": "use np.broadcast_to(x, shape)",
    "gather": "use np.take_along_axis(x, index, axis)",
    "norm": "use np.linalg.norm(x)",
    "numel": "use x.size",
    "scatter_": "use np.put_along_axis(x, index, values, axis)",
    "t": "use x.T",
    "to": "for a dtype use x.astype(dtype); there is only the CPU",
    "type": "use x.astype(dtype)",
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
