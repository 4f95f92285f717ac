"""Names of PyTorch and Keras that are not here: what to write in their place."""

from __future__ import annotations

import sys
from typing import Any

CPU = "there is only the CPU: leave it out"
RNG = "nothing draws from a global state: give rng=0 to what draws, such as nn.Linear(2, 5, rng=0)"
DTYPE = "give dtype= to its layers, or call autograd.set_default_dtype before they are made"
PICKED = "use a list or dict among the fields, such as self.weights = [nn.Parameter(array)]"

FIT = "use nn.fit(model, (x, y), loss, optimiser, epochs)"

MODULE = {
    "add": "use model.append(layer) of a Sequential",
    "add_module": "use module.name = layer, and model.append(layer) of a Sequential",
    "bfloat16": DTYPE,
    "compile": FIT,
    "cpu": CPU,
    "cuda": CPU,
    "double": DTYPE,
    "evaluate": "use model.eval(), and call the loss of model(x) and y",
    "extra_repr": "use describe",
    "fit": FIT,
    "float": DTYPE,
    "get_parameter": "use dict(model.named_parameters())[name]",
    "get_submodule": "use dict(model.named_modules())[name]",
    "get_weights": "use model.state_dict()",
    "half": DTYPE,
    "layers": "use list(model.children()), or model[i] of a Sequential",
    "load_weights": "use nn.load(model, path)",
    "pop": "use del model[-1] of a Sequential",
    "predict": "use model.eval(), and model(x) inside of autograd.no_grad()",
    "register_forward_hook": "use a module of your own, whose forward calls that one",
    "register_full_backward_hook": "use y.register_hook(function) of a Tensor y in forward",
    "register_module": "use module.name = layer",
    "register_parameter": "use module.name = nn.Parameter(array)",
    "save": "use nn.save(model, path)",
    "save_weights": "use nn.save(model, path)",
    "set_weights": "use model.load_state_dict(state)",
    "summary": "use nn.summary(model, x)",
    "to": f"{CPU}; for a dtype, {DTYPE}",
    "type": DTYPE,
}
NN = {
    "DataParallel": CPU,
    "Dense": "use nn.Linear(inputs, outputs), and nn.ReLU() as a layer behind it",
    "Input": "leave it out: nn.Linear(inputs, outputs) says how many inputs there are",
    "ParameterDict": PICKED,
    "ParameterList": PICKED,
    "Softmax2d": "use nn.Softmax(dim=1)",
    "manual_seed": RNG,
    "parallel": CPU,
    "set_random_seed": RNG,
}
UTILS = {
    "rnn": "there are no packed sequences: use batches of sequences of one length, or pad them and give the "
    "padded steps the ignore_index of nn.CrossEntropyLoss as targets",
}
FUNCTIONAL = {
    "cosine_similarity": "use np.vecdot(x, y) / (np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1))",
    "normalize": "use x / np.linalg.norm(x, axis=1, keepdims=True)",
    "one_hot": "use np.eye(classes)[target]",
    "pad": "use np.pad(x, widths), with a pair of widths for each axis, the first axis first",
    "scaled_dot_product_attention": "use softmax(q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5) @ v",
}


class Instead:
    """A method of PyTorch's or Keras's that a class has not: who asks for it is told what to use.

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
