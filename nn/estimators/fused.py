"""Fused: optimisers that change all parameters at once."""

from __future__ import annotations

from collections.abc import Iterable
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
        gradients = self._joined(map(gradient_of, self.state))
        if group["maximize"]:
            np.negative(gradients, out=gradients)
        rate, state = np.array(group["lr"], gradients.dtype), next(iter(self.state.values()))
        if any(parameter.data.base is not self.joint for parameter in self.state):
            self._join_parameters()
        self.joint -= self.update(gradients, gradients, rate, state, group)
        for parameter in self.state:
            parameter.data = parameter.data  # a write

    def _joined(self, arrays: Iterable[Array]) -> Array:
        """Put arrays, one for each parameter, one after another."""
        pairs = zip(arrays, self.orders, strict=True)
        return np.concatenate([array.ravel(order) for array, order in pairs])

    def _parts(self, joint: Array) -> dict[Tensor, Array]:
        """Look at the part of each parameter, in its shape."""
        ends = accumulate(parameter.size for parameter in self.state)
        return {
            p: joint[end - p.size : end].reshape(p.shape, order=order)
            for p, end, order in zip(self.state, ends, self.orders, strict=True)
        }

    def _join_parameters(self) -> None:
        """Give the parameters one memory."""
        self.joint = self._joined(parameter.data for parameter in self.state)
        for parameter, part in self._parts(self.joint).items():
            parameter.data = part

    def _arrange_state(self) -> None:
        """Join what the rule keeps of each parameter; all have one state then."""
        self.orders: list[Any] = ["F" if p.data.flags.f_contiguous else "C" for p in self.state]
        self._join_parameters()
        kept = {**next(iter(self.state.values())), "scratch": np.empty_like(self.joint)}
        arrays = [name for name, value in kept.items() if isinstance(value, np.ndarray) and name != "scratch"]
        joint = {name: self._joined(state[name] for state in self.state.values()) for name in arrays}
        self.state = dict.fromkeys(self.state, kept | joint)

    def _kept(self) -> dict[Tensor, dict[str, Any]]:
        """Return what the rule keeps of each parameter, without the scratch array."""
        joint = {name: value for name, value in next(iter(self.state.values())).items() if name != "scratch"}
        parts = {name: self._parts(value) for name, value in joint.items() if isinstance(value, np.ndarray)}
        return {p: joint | {name: part[p] for name, part in parts.items()} for p in self.state}


def gradient_of(parameter: Tensor) -> Array:
    """Return the array of a parameter's gradient: zeros where there is none."""
    gradient = parameter.grad_array
    return np.zeros_like(parameter.data) if gradient is None else gradient
