"""Tools for layers: comparing them with PyTorch's, and checking their derivatives."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import nn
from autograd import gradcheck, tensor

Array = np.ndarray[Any, Any]


def close(ours: Any, theirs: Any) -> None:
    """Compare numbers, to 1e-10."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def drawn(shape: Sequence[int], seed: int = 0) -> Array:
    """An array of random numbers, the same in every run."""
    return np.random.default_rng(seed).normal(size=tuple(shape))


def same_state(ours: nn.Module, theirs: Any) -> None:
    """Give PyTorch's layer our numbers: keys and shapes must be the same, in the same order."""
    import torch

    state = ours.state_dict()
    assert list(state) == list(theirs.state_dict())
    theirs.load_state_dict({name: torch.tensor(array) for name, array in state.items()})


def agree(ours: nn.Module, theirs: Any, *inputs: Array) -> Any:
    """Compare results, gradients of inputs and parameters, and buffers; give the result."""
    import torch

    theirs = theirs.double().train(ours.training)
    same_state(ours, theirs)
    xs = [tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    torch_xs = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    out, expected = ours(*xs), theirs(*torch_xs)
    close(out.detach(), expected.detach())
    if out.requires_grad:
        cotangent = drawn(out.shape, seed=1)
        out.backward(cotangent)
        expected.backward(torch.tensor(cotangent))
    for x, torch_x in zip(xs, torch_xs, strict=True):
        if x.requires_grad:
            close(x.grad.numpy(), torch_x.grad)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        close(p.grad.numpy(), q.grad)
    for name, buffer in theirs.state_dict().items():
        close(ours.state_dict()[name], buffer)
    return out


def check_gradients(layer: nn.Module, *inputs: Any) -> None:
    """Check first and second derivatives by all inputs and parameters; the layer is of no use then."""
    parameters = [p.data for p in layer.parameters()]
    places = [name.rpartition(".") for name, _ in layer.named_parameters()]
    modules = dict(layer.named_modules())

    def f(*values: Any) -> Any:
        for (path, _, field), value in zip(places, values[len(inputs) :], strict=True):
            vars(modules[path])[field] = value  # a Tensor in a Parameter's place, on purpose
        return layer(*values[: len(inputs)])

    gradcheck(f, *inputs, *parameters, order=2)
