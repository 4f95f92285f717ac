"""Fused: optimisers that change all parameters at once."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from autograd import Tensor
from nn.optim import Optimiser

Array = np.ndarray[Any, Any]


class Fused(Optimiser):
    """An optimiser of one group whose rule sees all parameters as one long array.

    The rule must treat each element alone, and read gradients only. A step then makes a few long passes in
    the place of many short ones, which is faster, for many parameters are as small as biases. The arrays of
    the parameters become views of one. A parameter without a gradient counts as one whose gradient is 0.

    Example:
        >>> class SignDescent(Fused):
        ...     def update(self, parameter, gradient, lr, state, group):
        ...         return lr * np.sign(gradient)
        >>> v, w = tensor(1.0, requires_grad=True), tensor([[2.0, 3.0]], requires_grad=True)
        >>> (v * w).sum().backward()
        >>> SignDescent([v, w], lr=0.5).step()
        >>> v, w
        (tensor(0.5, requires_grad=True), tensor([[1.5, 2.5]], requires_grad=True))
    """

    def _move(self) -> None:
        """Subtract what the rule says from all parameters."""
        (group,) = self.param_groups
        gradients = np.concatenate([_flat(gradient_of(p), order) for p, _, order in self.places])
        rate, state = np.array(group["lr"], gradients.dtype), next(iter(self.state.values()))
        if any(parameter.data.base is not self.joint for parameter in self.state):
            self._join_parameters()
        self.joint -= self.update(gradients, gradients, rate, state, group)
        for parameter in self.state:
            parameter.data = parameter.data  # a write

    def _join_parameters(self) -> None:
        """Give the parameters one memory."""
        self.joint = np.concatenate([_flat(p.data, order) for p, _, order in self.places])
        for parameter, part, order in self.places:
            parameter.data = self.joint[part].reshape(parameter.shape, order=order)

    def _share_scratch(self) -> None:
        """Join what the rule keeps of each parameter; all have one state then."""
        ends = accumulate(parameter.size for parameter in self.state)
        self.places: list[tuple[Tensor, slice, Any]] = [
            (p, slice(end - p.size, end), "F" if p.data.flags.f_contiguous else "C")
            for p, end in zip(self.state, ends, strict=True)
        ]
        kept: dict[str, Any] = {
            name: np.concatenate([_flat(self.state[p][name], order) for p, _, order in self.places])
            if isinstance(value, np.ndarray)
            else value
            for name, value in next(iter(self.state.values())).items()
            if name != "scratch"
        }
        self._join_parameters()
        kept["scratch"] = np.empty_like(self.joint)
        self.state = dict.fromkeys(self.state, kept)

    def _kept(self) -> dict[Tensor, dict[str, Any]]:
        """Give what the rule keeps of each parameter, without the scratch array."""
        return {
            p: {
                name: value[part].reshape(p.shape, order=order) if isinstance(value, np.ndarray) else value
                for name, value in self.state[p].items()
                if name != "scratch"
            }
            for p, part, order in self.places
        }


def gradient_of(parameter: Tensor) -> Array:
    """Give the array of a parameter's gradient: zeros where there is none."""
    gradient = parameter.grad
    return np.zeros_like(parameter.data) if gradient is None else gradient.data


def _flat(array: Array, order: Any) -> Array:
    return array.ravel(order=order)
