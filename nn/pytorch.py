"""PyTorch's names that are not here: what to write in their place."""

from __future__ import annotations

import sys
from typing import Any

CPU = "there is only the CPU: leave it out"
DTYPE = "give dtype= to its layers, or call autograd.set_default_dtype before they are made"
PICKED = "use a list or dict among the fields, such as self.weights = [nn.Parameter(array)]"

MODULE = {
    "add_module": "use module.name = layer, and model.append(layer) of a Sequential",
    "bfloat16": DTYPE,
    "cpu": CPU,
    "cuda": CPU,
    "double": DTYPE,
    "extra_repr": "use describe",
    "float": DTYPE,
    "get_parameter": "use dict(model.named_parameters())[name]",
    "get_submodule": "use dict(model.named_modules())[name]",
    "half": DTYPE,
    "register_forward_hook": "use a module of your own, whose forward calls that one",
    "register_module": "use module.name = layer",
    "register_parameter": "use module.name = nn.Parameter(array)",
    "to": f"{CPU}; for a dtype, {DTYPE}",
    "type": DTYPE,
}
NN = {
    "DataParallel": CPU,
    "ParameterDict": PICKED,
    "ParameterList": PICKED,
    "Softmax2d": "use nn.Softmax(dim=1)",
    "parallel": CPU,
}
FUNCTIONAL = {
    "cosine_similarity": "use np.vecdot(x, y) / (np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1))",
    "normalize": "use x / np.linalg.norm(x, axis=1, keepdims=True)",
    "one_hot": "use np.eye(classes)[target]",
    "pad": "use np.pad(x, widths), with a pair of widths for each axis, the first axis first",
    "scaled_dot_product_attention": "use softmax(q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5) @ v",
}


class Instead:
    """A method of PyTorch's that a class has not: who asks for it is told what to use.

    Example:
        >>> nn.Linear(2, 1).to("cuda")
        Traceback (most recent call last):
            ...
        AttributeError: 'Linear' object has no attribute 'to'; there is only the CPU: leave it out; ...
    """

    def __init__(self, words: str) -> None:
        self.words = words

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {self.name!r}; {self.words}",
            name=self.name,
            obj=instance,
        )


def without(module: str, name: str, words: dict[str, str]) -> AttributeError:
    """Make the error of a module that lacks a name; Python suggests a similar one."""
    return AttributeError(
        f"module {module!r} has no attribute {name!r}" + (f"; {words[name]}" if name in words else ""),
        name=name,
        obj=sys.modules[module],
    )
